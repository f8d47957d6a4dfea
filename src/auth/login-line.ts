/** The exact line that logs in under the settings in force. */
import type { ResolvedSettings } from '../config/resolve.ts';
import { SETTINGS, type SettingKey } from '../config/settings.ts';

// Where the token goes and where it is kept; nothing else matters to a login.
const CARRIED: readonly SettingKey[] = ['url', 'profile', 'configDir'];

export function loginLine(settings: ResolvedSettings): string {
  return commandLine('login', settings);
}

/** A line with one of our commands, for the same service and the same store. */
export function commandLine(command: string, settings: ResolvedSettings): string {
  const options = CARRIED.filter(
    (key) => settings.sources[key] === 'flag' || settings.sources[key] === 'environment',
  ).flatMap((key) => [SETTINGS[key].flag, quoted(String(settings[key]))]);
  return ['lucanto-mcp', command, ...options].join(' ');
}

// Double quotes work in every shell that people paste into, cmd.exe included.
function quoted(word: string): string {
  return /^[\w./:@%+=,~\\-]+$/.test(word) ? word : `"${word}"`;
}
