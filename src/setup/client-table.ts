import { pathsOf } from '../config/paths.ts';
import { isJsonObject, type JsonObject, objectIn } from '../core/json.ts';
import { type Client, commandEntry, usualClient } from './client.ts';
import { type Computer, inAppData, inCode, inDotConfig, inHome, inLocalAppData, isThere, namesIn } from './computer.ts';
import {
  amp,
  chatgpt,
  cline,
  codex,
  continueDev,
  copilot,
  gemini,
  goose,
  kiro,
  opencode,
  qwen,
  vibe,
  warp,
} from './terminal-clients.ts';

/** Every app that setup can connect: a further one is a record here, or in terminal-clients.ts. */
const SCOPE = ['--scope', 'user'] as const;

export const claudeCode = usualClient({
  id: 'claude-code',
  title: 'Claude Code',
  format: 'json',
  // Where `claude mcp add` puts an entry by default; there it takes precedence over the user's.
  byFolder: ({ projects }) =>
    Object.fromEntries(
      Object.entries(objectIn(projects)).map(([folder, project]) => [
        folder,
        isJsonObject(project) ? project.mcpServers : undefined,
      ]),
    ),
  files: (place) => [configFile(place)],
  traces: (place) => [configFile(place), inHome(place, '.claude')],
  commands: ['claude'],
  entry: (launch) => ({ type: 'stdio', ...commandEntry(launch) }),
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
});

function configFile(place: Computer): string {
  const folder = place.env.CLAUDE_CONFIG_DIR;
  const paths = pathsOf(place.machine);
  return folder && paths.isAbsolute(folder) ? paths.join(folder, '.claude.json') : inHome(place, '.claude.json');
}

const FILE = 'claude_desktop_config.json';

export const claudeDesktop = usualClient({
  id: 'claude-desktop',
  title: 'Claude Desktop',
  format: 'json',
  rejectsBom: true,
  files: (place) => {
    const classic = inAppData(place, 'Claude', FILE);
    const packaged = packages(place).map((folder) =>
      pathsOf(place.machine).join(folder, 'LocalCache', 'Roaming', 'Claude', FILE),
    );
    // Where both kinds are installed, either may be opened.
    return packaged.length === 0 || isThere(place, inAppData(place, 'Claude')) ? [classic, ...packaged] : packaged;
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
  takesUrl: false,
  startSeconds: () => 60,
  next: ({ machine }) =>
    machine.platform === 'win32'
      ? 'Quit Claude from its icon in the tray (right-click, Quit; closing the window is not enough) and open it again.'
      : `Quit Claude${machine.platform === 'darwin' ? ' with Cmd-Q' : ''} (closing the window is not enough) and open it again.`,
});

/** The MSIX build keeps what it believes to be %APPDATA% in a folder of its own. */
function packages(place: Computer): readonly string[] {
  if (place.machine.platform !== 'win32') return [];
  const root = inLocalAppData(place, 'Packages');
  const names = namesIn(place.onDisk(root)).filter((name) => name.startsWith('Claude_'));
  return names.toSorted().map((name) => pathsOf(place.machine).join(root, name));
}

export const cursor = usualClient({
  id: 'cursor',
  title: 'Cursor',
  files: (place) => [inHome(place, '.cursor', 'mcp.json')],
  commands: ['cursor'],
  next: (_, name) =>
    `In Cursor, see that ${name} is switched on in Settings, Tools & MCP; restart Cursor if it is not listed.`,
  deepLink: (name, entry) => base64Link('cursor://anysphere.cursor-deeplink/mcp/install', name, entry),
});

export const vscode = usualClient({
  id: 'vscode',
  title: 'VS Code',
  container: 'servers',
  files: (place) => [inCode(place, 'mcp.json')],
  commands: ['code'],
  entry: (launch) => ({ type: 'stdio', ...commandEntry(launch) }),
  next: (_, name) => `In VS Code, run "MCP: List Servers" and start ${name}; VS Code asks once whether to trust it.`,
  ownCommand: {
    program: 'code',
    add: (name, entry) => [['--add-mcp', JSON.stringify({ name, ...entry })]],
    remove: () => null,
  },
  deepLink: (name, entry) => `vscode:mcp/install?${encodeURIComponent(JSON.stringify({ name, ...entry }))}`,
});

const visualStudio = usualClient({
  id: 'visual-studio',
  title: 'Visual Studio',
  container: 'servers',
  files: (place) => [inHome(place, '.mcp.json')],
  traces: (place) => (place.machine.platform === 'win32' ? [inLocalAppData(place, 'Microsoft', 'VisualStudio')] : []),
  entry: (launch) => ({ type: 'stdio', ...commandEntry(launch) }),
  next: (_, name) => `Restart Visual Studio; in the chat, choose ${name} in the list of tools.`,
});

const windsurf = usualClient({
  id: 'windsurf',
  title: 'Windsurf',
  format: 'json',
  files: (place) => [inHome(place, '.codeium', 'windsurf', 'mcp_config.json')],
  commands: ['windsurf'],
  next: () => 'In Windsurf, press Refresh in the MCP panel of Cascade, or restart Windsurf.',
});

/** Windsurf's new name. */
const devin = usualClient({
  id: 'devin',
  title: 'Devin',
  format: 'json',
  files: (place) => [inDotConfig(place, 'devin', 'mcp_config.json')],
  isLikely: () => true,
  next: () => 'Restart Devin.',
});

const antigravity = usualClient({
  id: 'antigravity',
  title: 'Antigravity',
  files: (place) => {
    const older = inHome(place, '.gemini', 'antigravity', 'mcp_config.json');
    const current = inHome(place, '.gemini', 'config', 'mcp_config.json');
    return isThere(place, older) ? [current, older] : [current];
  },
  traces: (place) => [inHome(place, '.gemini', 'config'), inHome(place, '.gemini', 'antigravity')],
  commands: ['antigravity', 'agy'],
  isLikely: () => true,
  next: () => 'In Antigravity, open "Manage MCP Servers" and press Refresh, or restart it.',
});

const zed = usualClient({
  id: 'zed',
  title: 'Zed',
  container: 'context_servers',
  files: (place) => [
    place.machine.platform === 'win32'
      ? inAppData(place, 'Zed', 'settings.json')
      : inDotConfig(place, 'zed', 'settings.json'),
  ],
  commands: ['zed', 'zeditor'],
  next: (_, name) => `Zed notices the change; the agent panel's settings show ${name} with a green dot.`,
});

const lmStudio = usualClient({
  id: 'lm-studio',
  title: 'LM Studio',
  files: (place) => [inHome(place, '.lmstudio', 'mcp.json')],
  commands: ['lms'],
  isLikely: () => true,
  next: (_, name) => `In LM Studio, switch ${name} on in the Program tab of the chat's right-hand side.`,
  deepLink: (name, entry) => base64Link('lmstudio://add_mcp', name, entry),
});

const junie = usualClient({
  id: 'junie',
  title: 'Junie',
  files: (place) => [inHome(place, '.junie', 'mcp', 'mcp.json')],
  traces: (place) => [inHome(place, '.junie')],
  commands: ['junie'],
  isLikely: () => true,
  next: () => "In the IDE's settings, Tools, Junie, MCP Settings show the connection.",
});

/** In the order of lists and questions. */
// biome-ignore format: a list
export const CLIENTS: readonly Client[] = [
  claudeDesktop, claudeCode, chatgpt, codex, cursor, vscode, copilot, visualStudio, windsurf, devin, gemini,
  antigravity, zed, lmStudio, kiro, junie, cline, goose, vibe, opencode, qwen, warp, amp, continueDev,
];

export function isInstalled(client: Client, place: Computer): boolean {
  return (
    client.traces(place).some((path) => isThere(place, path)) ||
    client.commands.some((command) => place.which(command) !== null)
  );
}

function base64Link(address: string, name: string, entry: JsonObject): string {
  const config = Buffer.from(JSON.stringify(entry)).toString('base64');
  return `${address}?name=${encodeURIComponent(name)}&config=${encodeURIComponent(config)}`;
}
