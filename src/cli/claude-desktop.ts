/** What to paste into Claude Desktop's configuration, and where it is. No token: that stays in the store. */
import { pathsOf } from '../config/paths.ts';
import type { ResolvedSettings } from '../config/resolve.ts';
import type { Environment, Machine } from '../config/setting.ts';
import { SETTINGS, type SettingKey } from '../config/settings.ts';

/** Settings that an entry repeats, so that the app starts what was logged in to. */
const CARRIED: readonly SettingKey[] = ['profile', 'configDir', 'workspace', 'readOnly'];

export function claudeDesktopSnippet(settings: ResolvedSettings): string {
  const options = CARRIED.filter((key) => settings.sources[key] !== 'default').flatMap((key) => {
    const value = settings[key];
    if (typeof value === 'boolean') return value ? [SETTINGS[key].flag] : [];
    return [SETTINGS[key].flag, String(value)];
  });
  const name = settings.profile === 'default' ? 'lucanto' : `lucanto-${settings.profile}`;
  const entry = { command: 'npx', args: ['-y', 'lucanto-mcp', ...options] };
  return JSON.stringify({ mcpServers: { [name]: entry } }, undefined, 2).replace(
    /\[\s+([^\]]*?)\s+\]/s,
    (_, list: string) => {
      return `[${list.replace(/\s*\n\s*/g, ' ')}]`;
    },
  );
}

export function claudeDesktopFile(machine: Machine, env: Environment): string {
  const paths = pathsOf(machine);
  const file = 'claude_desktop_config.json';
  if (machine.platform === 'win32') {
    return paths.join(env.APPDATA || paths.join(machine.home, 'AppData', 'Roaming'), 'Claude', file);
  }
  if (machine.platform === 'darwin') {
    return paths.join(machine.home, 'Library', 'Application Support', 'Claude', file);
  }
  return paths.join(machine.home, '.config', 'Claude', file);
}
