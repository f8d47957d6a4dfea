/** Claude Code and Claude Desktop, which have files and commands of their own kinds. */
import { readdirSync } from 'node:fs';
import { pathsOf } from '../config/paths.ts';
import { isJsonObject } from '../core/json.ts';
import { type Client, commandEntry, stdioEntry } from './client.ts';
import { type Computer, inAppData, inHome, inLocalAppData } from './computer.ts';

const SCOPE = ['--scope', 'user'] as const;

export const claudeCode: Client = {
  id: 'claude-code',
  title: 'Claude Code',
  format: 'json',
  container: 'mcpServers',
  // Where `claude mcp add` puts an entry by default; there it takes precedence over the user's.
  byFolder: ({ projects }) =>
    Object.fromEntries(
      Object.entries(isJsonObject(projects) ? projects : {}).map(([folder, project]) => [
        folder,
        isJsonObject(project) ? project.mcpServers : undefined,
      ]),
    ),
  files: (place) => [configFile(place)],
  traces: (place) => [configFile(place), inHome(place, '.claude')],
  commands: ['claude'],
  entry: stdioEntry,
  takesUrl: true,
  startSeconds: () => null,
  startedFrom: 'terminal',
  next: () => 'Start a new session of Claude Code; /mcp shows the connection.',
  ownCommand: {
    program: 'claude',
    add: (name, { type, command, args, env, ...more }, present) => {
      if (type !== 'stdio' || typeof command !== 'string' || Object.keys(more).length > 0) return null;
      const words = Array.isArray(args) ? args.map(String) : [];
      const variables = isJsonObject(env) ? Object.entries(env).map(([key, value]) => `${key}=${String(value)}`) : [];
      // -e takes everything that follows, so the name comes before it.
      const add = ['mcp', 'add', ...SCOPE, name, ...variables.flatMap((one) => ['-e', one]), '--', command, ...words];
      return present ? [['mcp', 'remove', ...SCOPE, name], add] : [add];
    },
    remove: (name) => ['mcp', 'remove', ...SCOPE, name],
  },
  deepLink: null,
};

function configFile(place: Computer): string {
  const folder = place.env.CLAUDE_CONFIG_DIR;
  const paths = pathsOf(place.machine);
  return folder && paths.isAbsolute(folder) ? paths.join(folder, '.claude.json') : inHome(place, '.claude.json');
}

const FILE = 'claude_desktop_config.json';

export const claudeDesktop: Client = {
  id: 'claude-desktop',
  title: 'Claude Desktop',
  format: 'json',
  rejectsBom: true,
  container: 'mcpServers',
  files: (place) => {
    const classic = inAppData(place, 'Claude', FILE);
    const packaged = packages(place).map((folder) =>
      pathsOf(place.machine).join(folder, 'LocalCache', 'Roaming', 'Claude', FILE),
    );
    // Where both kinds are installed, either may be opened.
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
function packages(place: Computer): readonly string[] {
  if (place.machine.platform !== 'win32') return [];
  const root = inLocalAppData(place, 'Packages');
  try {
    const names = readdirSync(place.onDisk(root)).filter((name) => name.startsWith('Claude_'));
    return names.sort().map((name) => pathsOf(place.machine).join(root, name));
  } catch {
    return [];
  }
}

function exists(place: Computer, folder: string): boolean {
  try {
    readdirSync(place.onDisk(folder));
    return true;
  } catch {
    return false;
  }
}
