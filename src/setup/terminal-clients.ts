/** Apps that are used in a terminal, and those that share their files. */
import { type Client, commandEntry, usualClient } from './client.ts';
import { inAppData, inCode, inDotConfig, inFolder, inHome, inLocalAppData, isThere } from './computer.ts';

const START_SECONDS = 10;
/** npx may have to download the program first. */
const NPX_START_SECONDS = 60;
const GOOSE_SECONDS = 300;
const CLINE_FILE = 'cline_mcp_settings.json';

export const codex = usualClient({
  id: 'codex',
  title: 'Codex',
  format: 'toml',
  container: 'mcp_servers',
  files: (place) => [inFolder(place, 'CODEX_HOME', '.codex', 'config.toml')],
  commands: ['codex'],
  entry: (launch) => ({
    ...commandEntry(launch),
    ...(launch.throughNpx && { startup_timeout_sec: NPX_START_SECONDS }),
  }),
  startSeconds: ({ startup_timeout_sec: own }) => (typeof own === 'number' ? own : START_SECONDS),
  startedFrom: 'terminal',
  next: () => 'Start a new session of Codex; /mcp shows the connection.',
});

/** It reads the file of Codex. */
export const chatgpt: Client = {
  ...codex,
  id: 'chatgpt',
  title: 'ChatGPT',
  traces: (place) => {
    if (place.machine.platform === 'win32') return [inLocalAppData(place, 'Programs', 'ChatGPT')];
    return ['/Applications/ChatGPT.app', inHome(place, 'Applications', 'ChatGPT.app')];
  },
  commands: ['chatgpt'],
  startedFrom: 'desktop',
  next: () => 'Quit ChatGPT and open it again. Codex, which has the same file, is connected too.',
};

export const copilot = usualClient({
  id: 'copilot',
  title: 'GitHub Copilot CLI',
  files: (place) => [inFolder(place, 'COPILOT_HOME', '.copilot', 'mcp-config.json')],
  commands: ['copilot'],
  entry: (launch) => ({ type: 'local', ...commandEntry(launch), tools: ['*'] }),
  startedFrom: 'terminal',
  next: () => 'Start a new session of Copilot; /mcp shows the connection.',
});

export const gemini = usualClient({
  id: 'gemini',
  title: 'Gemini CLI',
  files: (place) => [inHome(place, '.gemini', 'settings.json')],
  // Antigravity has the folder too.
  traces: (place) => ['settings.json', 'oauth_creds.json', 'tmp'].map((name) => inHome(place, '.gemini', name)),
  commands: ['gemini'],
  startedFrom: 'terminal',
  next: () => 'Start a new session of Gemini CLI; /mcp shows the connection.',
});

export const cline = usualClient({
  id: 'cline',
  title: 'Cline',
  files: (place) => {
    const program = inHome(place, '.cline', 'data', 'settings', CLINE_FILE);
    const extension = inCode(place, 'globalStorage', 'saoudrizwan.claude-dev', 'settings', CLINE_FILE);
    if (!isThere(place, extension, 2)) return [program];
    return isThere(place, program, 3) ? [program, extension] : [extension];
  },
  traces: (place) => [inHome(place, '.cline'), inCode(place, 'globalStorage', 'saoudrizwan.claude-dev')],
  commands: ['cline'],
  isLikely: (place) => isThere(place, inCode(place, 'globalStorage', 'saoudrizwan.claude-dev')),
  startedFrom: 'terminal',
  next: () => 'Restart Cline; its list of MCP servers shows the connection.',
});

export const goose = usualClient({
  id: 'goose',
  title: 'Goose',
  format: 'yaml',
  container: 'extensions',
  variables: 'envs',
  files: (place) => [
    place.machine.platform === 'win32'
      ? inAppData(place, 'Block', 'goose', 'config', 'config.yaml')
      : inDotConfig(place, 'goose', 'config.yaml'),
  ],
  commands: ['goose'],
  entry: ({ command, args, env }, name) => ({
    type: 'stdio',
    name,
    cmd: command,
    args: [...args],
    ...(Object.keys(env).length > 0 && { envs: { ...env } }),
    timeout: GOOSE_SECONDS,
    enabled: true,
  }),
  isLikely: () => true,
  next: () => 'Start a new session of Goose; its list of extensions shows the connection.',
});

export const vibe = usualClient({
  id: 'vibe',
  title: 'Mistral Vibe',
  format: 'toml',
  container: 'mcp_servers',
  isList: true,
  files: (place) => [inFolder(place, 'VIBE_HOME', '.vibe', 'config.toml')],
  commands: ['vibe'],
  entry: (launch) => ({ transport: 'stdio', ...commandEntry(launch) }),
  startedFrom: 'terminal',
  next: () => 'Start a new session of Vibe.',
});

export const opencode = usualClient({
  id: 'opencode',
  title: 'opencode',
  container: 'mcp',
  variables: 'environment',
  files: (place) => {
    const withComments = inDotConfig(place, 'opencode', 'opencode.jsonc');
    return [isThere(place, withComments) ? withComments : inDotConfig(place, 'opencode', 'opencode.json')];
  },
  commands: ['opencode'],
  entry: ({ command, args, env }) => ({
    type: 'local',
    command: [command, ...args],
    ...(Object.keys(env).length > 0 && { environment: { ...env } }),
    enabled: true,
  }),
  startedFrom: 'terminal',
  next: () => 'Restart opencode; `opencode mcp list` shows the connection.',
});

export const qwen = usualClient({
  id: 'qwen',
  title: 'Qwen Code',
  files: (place) => [inHome(place, '.qwen', 'settings.json')],
  commands: ['qwen'],
  startedFrom: 'terminal',
  next: () => 'Start a new session of Qwen Code; /mcp shows the connection.',
});

export const amp = usualClient({
  id: 'amp',
  title: 'Amp',
  container: 'amp.mcpServers',
  files: (place) => [inDotConfig(place, 'amp', 'settings.json')],
  commands: ['amp'],
  isLikely: ({ machine }) => machine.platform !== 'linux',
  startedFrom: 'terminal',
  next: () => 'Start a new session of Amp.',
});

export const kiro = usualClient({
  id: 'kiro',
  title: 'Kiro',
  files: (place) => [inHome(place, '.kiro', 'settings', 'mcp.json')],
  traces: (place) => [inHome(place, '.kiro')],
  commands: ['kiro', 'kiro-cli'],
  next: (_, name) => `Kiro notices the change; its MCP panel shows ${name}.`,
});

export const warp = usualClient({
  id: 'warp',
  title: 'Warp',
  files: (place) => [inHome(place, '.warp', '.mcp.json')],
  commands: ['warp', 'warp-terminal'],
  isLikely: () => true,
  next: (_, name) => `In Warp, start ${name} in Settings, AI, MCP servers.`,
});

export const continueDev = usualClient({
  id: 'continue',
  title: 'Continue',
  format: 'yaml',
  isList: true,
  files: (place) => [inHome(place, '.continue', 'config.yaml')],
  commands: ['cn'],
  next: () => 'Reload the window of your editor; Continue uses MCP servers in its agent mode only.',
});
