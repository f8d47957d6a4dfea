import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { CLIENTS, claudeCode, claudeDesktop, cursor, isInstalled, vscode } from '../../src/setup/client-table.ts';
import { launchOf } from '../../src/setup/computer.ts';
import { codex } from '../../src/setup/terminal-clients.ts';
import {
  connectIn,
  disconnectIn,
  type FixtureHome,
  fixtureHome,
  type HomeOptions,
  inspectIn,
  type Platform,
} from './fixture-home.ts';

const homes: FixtureHome[] = [];
afterEach(() => {
  for (const home of homes.splice(0)) home.remove();
});
function homeOf(platform: Platform, options?: HomeOptions): FixtureHome {
  const home = fixtureHome(platform, options);
  homes.push(home);
  return home;
}
const program = (home: FixtureHome, path: string) => {
  home.write(path, '');
  chmodSync(home.disk(path), 0o755);
};

describe('the files of clients', () => {
  it.each([
    [
      'linux',
      [
        '/home/anna/.config/Claude/claude_desktop_config.json',
        '/home/anna/.claude.json',
        '/home/anna/.codex/config.toml',
        '/home/anna/.codex/config.toml',
        '/home/anna/.cursor/mcp.json',
        '/home/anna/.config/Code/User/mcp.json',
        '/home/anna/.copilot/mcp-config.json',
        '/home/anna/.mcp.json',
        '/home/anna/.codeium/windsurf/mcp_config.json',
        '/home/anna/.config/devin/mcp_config.json',
        '/home/anna/.gemini/settings.json',
        '/home/anna/.gemini/config/mcp_config.json',
        '/home/anna/.config/zed/settings.json',
        '/home/anna/.lmstudio/mcp.json',
        '/home/anna/.kiro/settings/mcp.json',
        '/home/anna/.junie/mcp/mcp.json',
        '/home/anna/.cline/data/settings/cline_mcp_settings.json',
        '/home/anna/.config/goose/config.yaml',
        '/home/anna/.vibe/config.toml',
        '/home/anna/.config/opencode/opencode.json',
        '/home/anna/.qwen/settings.json',
        '/home/anna/.warp/.mcp.json',
        '/home/anna/.config/amp/settings.json',
        '/home/anna/.continue/config.yaml',
      ],
    ],
    [
      'darwin',
      [
        '/Users/anna/Library/Application Support/Claude/claude_desktop_config.json',
        '/Users/anna/.claude.json',
        '/Users/anna/.codex/config.toml',
        '/Users/anna/.codex/config.toml',
        '/Users/anna/.cursor/mcp.json',
        '/Users/anna/Library/Application Support/Code/User/mcp.json',
        '/Users/anna/.copilot/mcp-config.json',
        '/Users/anna/.mcp.json',
        '/Users/anna/.codeium/windsurf/mcp_config.json',
        '/Users/anna/.config/devin/mcp_config.json',
        '/Users/anna/.gemini/settings.json',
        '/Users/anna/.gemini/config/mcp_config.json',
        '/Users/anna/.config/zed/settings.json',
        '/Users/anna/.lmstudio/mcp.json',
        '/Users/anna/.kiro/settings/mcp.json',
        '/Users/anna/.junie/mcp/mcp.json',
        '/Users/anna/.cline/data/settings/cline_mcp_settings.json',
        '/Users/anna/.config/goose/config.yaml',
        '/Users/anna/.vibe/config.toml',
        '/Users/anna/.config/opencode/opencode.json',
        '/Users/anna/.qwen/settings.json',
        '/Users/anna/.warp/.mcp.json',
        '/Users/anna/.config/amp/settings.json',
        '/Users/anna/.continue/config.yaml',
      ],
    ],
    [
      'win32',
      [
        'C:\\Users\\Anna Müller\\AppData\\Roaming\\Claude\\claude_desktop_config.json',
        'C:\\Users\\Anna Müller\\.claude.json',
        'C:\\Users\\Anna Müller\\.codex\\config.toml',
        'C:\\Users\\Anna Müller\\.codex\\config.toml',
        'C:\\Users\\Anna Müller\\.cursor\\mcp.json',
        'C:\\Users\\Anna Müller\\AppData\\Roaming\\Code\\User\\mcp.json',
        'C:\\Users\\Anna Müller\\.copilot\\mcp-config.json',
        'C:\\Users\\Anna Müller\\.mcp.json',
        'C:\\Users\\Anna Müller\\.codeium\\windsurf\\mcp_config.json',
        'C:\\Users\\Anna Müller\\.config\\devin\\mcp_config.json',
        'C:\\Users\\Anna Müller\\.gemini\\settings.json',
        'C:\\Users\\Anna Müller\\.gemini\\config\\mcp_config.json',
        'C:\\Users\\Anna Müller\\AppData\\Roaming\\Zed\\settings.json',
        'C:\\Users\\Anna Müller\\.lmstudio\\mcp.json',
        'C:\\Users\\Anna Müller\\.kiro\\settings\\mcp.json',
        'C:\\Users\\Anna Müller\\.junie\\mcp\\mcp.json',
        'C:\\Users\\Anna Müller\\.cline\\data\\settings\\cline_mcp_settings.json',
        'C:\\Users\\Anna Müller\\AppData\\Roaming\\Block\\goose\\config\\config.yaml',
        'C:\\Users\\Anna Müller\\.vibe\\config.toml',
        'C:\\Users\\Anna Müller\\.config\\opencode\\opencode.json',
        'C:\\Users\\Anna Müller\\.qwen\\settings.json',
        'C:\\Users\\Anna Müller\\.warp\\.mcp.json',
        'C:\\Users\\Anna Müller\\.config\\amp\\settings.json',
        'C:\\Users\\Anna Müller\\.continue\\config.yaml',
      ],
    ],
  ] as const)('are where %s has them', (platform, files) => {
    const home = homeOf(platform);
    expect(CLIENTS.flatMap((client) => client.files(home.place))).toEqual(files);
    expect(CLIENTS.filter((client) => isInstalled(client, home.place))).toEqual([]);
  });

  it('are elsewhere where the environment says so', () => {
    const env = { XDG_CONFIG_HOME: '/data/config', CODEX_HOME: '/data/codex', CLAUDE_CONFIG_DIR: '/data/claude' };
    const { place } = homeOf('linux', { env });
    expect([claudeDesktop, codex, claudeCode].flatMap((client) => client.files(place))).toEqual([
      '/data/config/Claude/claude_desktop_config.json',
      '/data/codex/config.toml',
      '/data/claude/.claude.json',
    ]);
  });

  it('are two for Claude Desktop on Windows where both builds are installed, and the packaged one where only that is', async () => {
    const home = homeOf('win32');
    const local = 'C:\\Users\\Anna Müller\\AppData\\Local\\Packages';
    const packaged = `${local}\\Claude_pzs8sxrjxfjjc\\LocalCache\\Roaming\\Claude\\claude_desktop_config.json`;
    const classic = 'C:\\Users\\Anna Müller\\AppData\\Roaming\\Claude\\claude_desktop_config.json';
    mkdirSync(home.disk(`${local}\\Other_1`), { recursive: true });
    mkdirSync(home.disk(`${local}\\Claude_pzs8sxrjxfjjc`));
    expect(isInstalled(claudeDesktop, home.place)).toBe(true);
    expect(claudeDesktop.files(home.place)).toEqual([packaged]);
    mkdirSync(dirname(home.disk(classic)), { recursive: true });
    expect(claudeDesktop.files(home.place)).toEqual([classic, packaged]);
    for (const file of claudeDesktop.files(home.place)) {
      expect(await connectIn(home, claudeDesktop, file)).toMatchObject({ outcome: 'changed' });
    }
    expect(readFileSync(home.disk(packaged))).toEqual(readFileSync(home.disk(classic)));
  });

  it('of Windows are not those of Linux below it (WSL)', () => {
    const home = homeOf('linux', { env: { PATH: '/mnt/c/VS Code/bin' } });
    program(home, '/mnt/c/VS Code/bin/code');
    expect(isInstalled(vscode, home.place)).toBe(false);
  });

  it('show that a client is installed, and so does its command', () => {
    const home = homeOf('win32', { env: { Path: 'relative;C:\\tools', PATHEXT: '.EXE;.CMD' } });
    program(home, 'C:\\tools\\codex.cmd');
    home.write('C:\\Users\\Anna Müller\\.gemini\\settings.json', '{}');
    expect(CLIENTS.filter((client) => isInstalled(client, home.place)).map(({ id }) => id)).toEqual([
      'codex',
      'gemini',
    ]);
  });
});

describe('the commands of clients', () => {
  const file = '/home/anna/.claude.json';
  const withClaude = (options: HomeOptions = {}) => {
    const home = homeOf('linux', { env: { PATH: '/opt/bin' }, ...options });
    program(home, '/opt/bin/claude');
    program(home, '/opt/bin/code');
    return home;
  };

  it('are used instead of the file, the options after --', async () => {
    const home = withClaude();
    const result = await connectIn(home, claudeCode, file, { flags: { readOnly: true } });
    expect(result).toMatchObject({ outcome: 'changed', command: 'claude mcp add', backup: null });
    const { node, script } = home.place;
    expect(home.runs).toEqual([
      {
        program: '/opt/bin/claude',
        args: ['mcp', 'add', '--scope', 'user', 'lucanto', '--', node, script, '--read-only'],
      },
    ]);
    expect(home.exists(file)).toBe(false);
  });

  it('take the earlier entry out first, and out it goes with remove', async () => {
    const home = withClaude();
    home.write(file, '{"mcpServers": {"lucanto": {"type": "stdio", "command": "npx", "args": ["-y", "lucanto-mcp"]}}}');
    await connectIn(home, claudeCode, file);
    await disconnectIn(home, claudeCode, file);
    expect(home.runs.map(({ args }) => args.slice(0, 5))).toEqual([
      ['mcp', 'remove', '--scope', 'user', 'lucanto'],
      ['mcp', 'add', '--scope', 'user', 'lucanto'],
      ['mcp', 'remove', '--scope', 'user', 'lucanto'],
    ]);
  });

  it('give way to the file where they fail, and are not run where nothing is to change', async () => {
    const home = withClaude({ run: () => ({ code: 1, lastLine: 'unknown option --scope' }) });
    const result = await connectIn(home, claudeCode, file);
    expect(result).toMatchObject({ outcome: 'changed', command: null });
    expect(result.notes.join()).toContain('unknown option --scope');
    expect(await inspectIn(home, claudeCode, file)).toMatchObject({ recognised: { kind: 'ours' } });
    expect(await connectIn(home, claudeCode, file)).toMatchObject({ outcome: 'unchanged' });
    expect(home.runs).toHaveLength(1);
  });

  it('are not believed where they leave the token in the file', async () => {
    const home = withClaude();
    const [settings = ''] = vscode.files(home.place);
    const token = 'lct_pat_0123456789';
    const url = 'https://app.lucanto.eu/api/mcp/v1';
    home.write(
      settings,
      JSON.stringify({ servers: { lucanto: { url, headers: { Authorization: `Bearer ${token}` } } } }),
    );
    const result = await connectIn(home, vscode, settings, { secrets: [token] });
    expect(home.runs).toHaveLength(1);
    expect(result).toMatchObject({ outcome: 'changed', command: null });
    expect(result.notes).toEqual(['`code --add-mcp` left the API key in the file, so the file was edited.']);
    expect(readFileSync(home.disk(settings), 'utf8')).not.toContain(token);
  });

  it('may add members of their own, which change nothing', async () => {
    const home = withClaude();
    const { node, script } = home.place;
    const entry = { type: 'stdio', command: node, args: [script], env: {} };
    home.write(file, JSON.stringify({ mcpServers: { lucanto: entry } }));
    expect(await connectIn(home, claudeCode, file)).toMatchObject({ outcome: 'unchanged' });
  });

  it('are left alone where they cannot say all of an entry', async () => {
    const home = withClaude();
    home.write(file, '{"mcpServers": {"lucanto": {"command": "npx", "args": ["lucanto-mcp"], "alwaysLoad": true}}}');
    await connectIn(home, claudeCode, file);
    expect(home.runs).toEqual([]);
    expect(readFileSync(home.disk(file), 'utf8')).toContain('alwaysLoad');
  });

  it('get one word of JSON from VS Code, which cannot remove', async () => {
    const home = withClaude();
    const [settings = ''] = vscode.files(home.place);
    await connectIn(home, vscode, settings);
    const [run] = home.runs;
    expect(run?.args[0]).toBe('--add-mcp');
    expect(JSON.parse(run?.args[1] ?? '')).toEqual({
      name: 'lucanto',
      type: 'stdio',
      command: home.place.node,
      args: [home.place.script],
    });
    home.write(settings, JSON.stringify({ servers: { lucanto: { command: 'npx', args: ['lucanto-mcp'] } } }));
    expect(await disconnectIn(home, vscode, settings)).toMatchObject({ outcome: 'changed', command: null });
    expect(home.runs).toHaveLength(1);
  });

  it('are not used on Windows where they are scripts for cmd.exe', async () => {
    const home = homeOf('win32', { env: { PATH: 'C:\\tools' } });
    program(home, 'C:\\tools\\claude.cmd');
    const [settings = ''] = claudeCode.files(home.place);
    expect(await connectIn(home, claudeCode, settings)).toMatchObject({ outcome: 'changed', command: null });
    program(home, 'C:\\tools\\claude.exe');
    home.write(settings, '{}');
    expect(await connectIn(home, claudeCode, settings)).toMatchObject({
      outcome: 'changed',
      command: 'claude mcp add',
    });
    expect(home.runs.map((run) => run.program)).toEqual(['C:\\tools\\claude.exe']);
  });
});

describe('deep links', () => {
  it('carry the whole entry', () => {
    const entry = { command: '/usr/bin/node', args: ['/x/ä b.js', '--read-only'] };
    const link = new URL(cursor.deepLink?.('lucanto', entry) ?? '');
    expect(link.searchParams.get('name')).toBe('lucanto');
    expect(JSON.parse(Buffer.from(link.searchParams.get('config') ?? '', 'base64').toString())).toEqual(entry);
    const code = vscode.deepLink?.('lucanto', entry) ?? '';
    expect(JSON.parse(decodeURIComponent(code.replace('vscode:mcp/install?', '')))).toEqual({
      name: 'lucanto',
      ...entry,
    });
  });
});

describe('what clients are told to start', () => {
  it('is npx by its JavaScript, with the PATH that it needs, where the program runs from its cache', async () => {
    const script =
      'C:\\Users\\Anna Müller\\AppData\\Local\\npm-cache\\_npx\\1f\\node_modules\\lucanto-mcp\\bin\\lucanto-mcp.js';
    const home = homeOf('win32', { script });
    const npx = 'C:\\Program Files\\nodejs\\node_modules\\npm\\bin\\npx-cli.js';
    home.write(npx, '');
    expect(launchOf(home.place)).toEqual({
      command: 'C:\\Program Files\\nodejs\\node.exe',
      args: [npx, '-y', expect.stringMatching(/^lucanto-mcp@\d+$/)],
      env: { PATH: 'C:\\Program Files\\nodejs;C:\\Windows\\System32;C:\\Windows' },
      throughNpx: true,
    });
    const [file = ''] = codex.files(home.place);
    await connectIn(home, codex, file);
    expect(await inspectIn(home, codex, file)).toMatchObject({
      recognised: { kind: 'ours' },
      entry: { startup_timeout_sec: 60, env: { PATH: expect.any(String) } },
    });
  });

  it('is the Node of Homebrew that outlives an update', async () => {
    const { symlinkSync } = await import('node:fs');
    const home = homeOf('darwin', { node: '/opt/homebrew/Cellar/node/26.1.0/bin/node' });
    program(home, '/opt/homebrew/Cellar/node/26.1.0/bin/node');
    expect(launchOf(home.place).command).toBe('/opt/homebrew/Cellar/node/26.1.0/bin/node');
    mkdirSync(home.disk('/opt/homebrew/opt'), { recursive: true });
    symlinkSync('../Cellar/node/26.1.0', home.disk('/opt/homebrew/opt/node'));
    expect(launchOf(home.place).command).toBe('/opt/homebrew/opt/node/bin/node');
  });
});
