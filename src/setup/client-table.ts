/** Every app that setup can connect: a further one is a record here. */
import { existsSync, readdirSync } from 'node:fs';
import { pathsOf } from '../config/paths.ts';
import { isJsonObject } from '../core/json.ts';
import { type Client, commandEntry, stdioEntry } from './client.ts';
import { type Computer, inAppData, inDotConfig, inHome, inLocalAppData } from './computer.ts';

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

const START_SECONDS = 10;
/** npx may have to download the program first. */
const NPX_START_SECONDS = 60;

export const codex: Client = {
  id: 'codex',
  title: 'Codex',
  format: 'toml',
  container: 'mcp_servers',
  files: (place) => [pathsOf(place.machine).join(codexFolder(place), 'config.toml')],
  traces: (place) => [codexFolder(place)],
  commands: ['codex'],
  entry: (launch) => ({
    ...commandEntry(launch),
    ...(launch.throughNpx && { startup_timeout_sec: NPX_START_SECONDS }),
  }),
  takesUrl: true,
  startSeconds: ({ startup_timeout_sec: own }) => (typeof own === 'number' ? own : START_SECONDS),
  startedFrom: 'terminal',
  next: () => 'Start a new session of Codex; /mcp shows the connection.',
  ownCommand: null,
  deepLink: null,
};

function codexFolder(place: Computer): string {
  const own = place.env.CODEX_HOME;
  return own && pathsOf(place.machine).isAbsolute(own) ? own : inHome(place, '.codex');
}

export const cursor: Client = {
  id: 'cursor',
  title: 'Cursor',
  format: 'jsonc',
  container: 'mcpServers',
  files: (place) => [inHome(place, '.cursor', 'mcp.json')],
  traces: (place) => [inHome(place, '.cursor')],
  commands: ['cursor'],
  entry: commandEntry,
  takesUrl: true,
  startSeconds: () => null,
  startedFrom: 'desktop',
  next: (_, name) =>
    `In Cursor, see that ${name} is switched on in Settings, Tools & MCP; restart Cursor if it is not listed.`,
  ownCommand: null,
  deepLink: (name, entry) => {
    const config = Buffer.from(JSON.stringify(entry)).toString('base64');
    return `cursor://anysphere.cursor-deeplink/mcp/install?name=${encodeURIComponent(name)}&config=${encodeURIComponent(config)}`;
  },
};

export const gemini: Client = {
  id: 'gemini',
  title: 'Gemini CLI',
  format: 'jsonc',
  container: 'mcpServers',
  files: (place) => [inHome(place, '.gemini', 'settings.json')],
  traces: (place) => [inHome(place, '.gemini')],
  commands: ['gemini'],
  entry: commandEntry,
  takesUrl: true,
  startSeconds: () => null,
  startedFrom: 'terminal',
  next: () => 'Start a new session of Gemini CLI; /mcp shows the connection.',
  ownCommand: null,
  deepLink: null,
};

export const vscode: Client = {
  id: 'vscode',
  title: 'VS Code',
  format: 'jsonc',
  container: 'servers',
  files: (place) => [inAppData(place, 'Code', 'User', 'mcp.json')],
  traces: (place) => [inAppData(place, 'Code', 'User')],
  commands: ['code'],
  entry: stdioEntry,
  takesUrl: true,
  startSeconds: () => null,
  startedFrom: 'desktop',
  next: (_, name) => `In VS Code, run "MCP: List Servers" and start ${name}; VS Code asks once whether to trust it.`,
  ownCommand: {
    program: 'code',
    add: (name, entry) => [['--add-mcp', JSON.stringify({ name, ...entry })]],
    remove: () => null,
  },
  deepLink: (name, entry) => `vscode:mcp/install?${encodeURIComponent(JSON.stringify({ name, ...entry }))}`,
};

export const windsurf: Client = {
  id: 'windsurf',
  title: 'Windsurf',
  format: 'json',
  container: 'mcpServers',
  files: (place) => [inHome(place, '.codeium', 'windsurf', 'mcp_config.json')],
  traces: (place) => [inHome(place, '.codeium', 'windsurf')],
  commands: ['windsurf'],
  entry: commandEntry,
  takesUrl: true,
  startSeconds: () => null,
  startedFrom: 'desktop',
  next: () => 'In Windsurf, press Refresh in the MCP panel of Cascade, or restart Windsurf.',
  ownCommand: null,
  deepLink: null,
};

export const zed: Client = {
  id: 'zed',
  title: 'Zed',
  format: 'jsonc',
  container: 'context_servers',
  files: (place) => [pathsOf(place.machine).join(zedFolder(place), 'settings.json')],
  traces: (place) => [zedFolder(place)],
  commands: ['zed', 'zeditor'],
  entry: commandEntry,
  takesUrl: true,
  startSeconds: () => null,
  startedFrom: 'desktop',
  next: (_, name) => `Zed notices the change; the agent panel's settings show ${name} with a green dot.`,
  ownCommand: null,
  deepLink: null,
};

function zedFolder(place: Computer): string {
  return place.machine.platform === 'win32' ? inAppData(place, 'Zed') : inDotConfig(place, 'zed');
}

export const CLIENTS: readonly Client[] = [claudeDesktop, claudeCode, cursor, vscode, windsurf, codex, gemini, zed];

export function isInstalled(client: Client, place: Computer): boolean {
  return (
    client.traces(place).some((path) => existsSync(place.onDisk(path))) ||
    client.commands.some((command) => place.which(command) !== null)
  );
}
