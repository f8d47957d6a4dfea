import { readdirSync } from 'node:fs';
import { pathsOf } from '../../config/paths.ts';
import { inAppData, inHome, inLocalAppData, type Place } from '../place.ts';
import { type Client, commandEntry } from './client.ts';

const FILE = 'claude_desktop_config.json';

export const claudeDesktop: Client = {
  id: 'claude-desktop',
  title: 'Claude Desktop',
  format: 'json',
  container: 'mcpServers',
  files: (place) => {
    const classic = inAppData(place, 'Claude', FILE);
    const packaged = packages(place).map((folder) =>
      pathsOf(place.machine).join(folder, 'LocalCache', 'Roaming', 'Claude', FILE),
    );
    // Where both kinds are installed, nobody knows which one will be opened.
    return packaged.length === 0 || exists(place, inAppData(place, 'Claude')) ? [classic, ...packaged] : packaged;
  },
  traces: (place) => [
    inAppData(place, 'Claude'),
    ...packages(place),
    ...(place.machine.platform === 'darwin'
      ? ['/Applications/Claude.app', inHome(place, 'Applications', 'Claude.app')]
      : []),
    ...(place.machine.platform === 'win32' ? [inLocalAppData(place, 'AnthropicClaude')] : []),
  ],
  commands: ['claude-desktop'],
  entry: commandEntry,
  takesUrl: false,
  startSeconds: () => 60,
  startedFrom: 'desktop',
  next: ({ machine }) =>
    machine.platform === 'win32'
      ? 'Quit Claude from its icon in the tray (right-click, Quit; closing the window is not enough) and open it again.'
      : `Quit Claude${machine.platform === 'darwin' ? ' with Cmd-Q' : ''} (closing the window is not enough) and open it again.`,
  ownCommand: null,
  deepLink: null,
};

/** The MSIX build keeps what it believes to be %APPDATA% in a folder of its own. */
function packages(place: Place): readonly string[] {
  if (place.machine.platform !== 'win32') return [];
  const root = inLocalAppData(place, 'Packages');
  try {
    const names = readdirSync(place.onDisk(root)).filter((name) => name.startsWith('Claude_'));
    return names.sort().map((name) => pathsOf(place.machine).join(root, name));
  } catch {
    return [];
  }
}

function exists(place: Place, folder: string): boolean {
  try {
    readdirSync(place.onDisk(folder));
    return true;
  } catch {
    return false;
  }
}
