/** The parts of `--help` that commander does not know: variables, defaults, examples. All from the settings table. */
import type { Setting } from '../config/setting.ts';
import { TOKEN_VARIABLE } from '../config/settings.ts';

export function settingHelp(setting: Setting<unknown>): string {
  const fallback = setting.fallbackText === null ? '' : `, default ${setting.fallbackText}`;
  return `${setting.help} (${setting.variable}${fallback})`;
}

export function examplesHelp(examples: readonly string[]): string {
  if (examples.length === 0) return '';
  return `\nExamples:\n${examples.map((example) => `  ${example}`).join('\n')}\n`;
}

/** The variables that have no option; those of the options stand beside them. */
export function environmentHelp(): string {
  const rows = [
    [TOKEN_VARIABLE.variable, TOKEN_VARIABLE.help],
    ['NO_COLOR', 'No colours on a terminal'],
  ] as const;
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, help]) => `  ${name.padEnd(width)}  ${help}`);
  return `\nEnvironment variables besides those of the options, which beat them:\n${lines.join('\n')}\n`;
}

export const EXIT_CODES_HELP =
  '\nExit codes: 0 done, 1 failed, 2 wrong usage, 3 no token or refused, 4 service unreachable, 130 interrupted\n';
