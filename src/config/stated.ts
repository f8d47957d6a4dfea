/** Which variables say something. Apps that run a bundle may leave the ones of empty options as they stand in its manifest. */
import type { Environment } from './setting.ts';

/** `${user_config.workspace}`: the option exists, and nothing was filled in for it. */
export function isUnfilled(text: string): boolean {
  return /^\$\{user_config\.[^{}]*\}$/.test(text.trim());
}

/** Trimmed; null where the variable is unset, empty, or a bundle's placeholder. */
export function statedVariable(env: Environment, variable: string): string | null {
  const text = env[variable]?.trim() ?? '';
  return text === '' || isUnfilled(text) ? null : text;
}
