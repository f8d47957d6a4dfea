import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { getStaticTOMLValue, parseTOML } from 'toml-eslint-parser';
import { beforeEach, describe, expect, it } from 'vitest';
import { programAndService } from '../cli/program-and-service.ts';

const bench = programAndService('workspaces');
beforeEach(() => bench.program.newHome());

const DESKTOP = path.join('.config', 'Claude', 'claude_desktop_config.json');
const CODEX = path.join('.codex', 'config.toml');
const CURSOR = path.join('.cursor', 'mcp.json');
const PROFILE = path.join('.config', 'lucanto-mcp', 'profiles', 'profile-default.json');

const setup = (...args: string[]) => bench.program.run(['setup', ...args]);
const file = (name: string) => bench.program.files()[name] ?? '';
function put(name: string, text: string): void {
  const target = path.join(bench.program.home, name);
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, text);
}
const urlEntry = (token: string, origin = bench.service.url) =>
  `${JSON.stringify({ mcpServers: { lucanto: { url: `${origin}/api/mcp/v1`, headers: { Authorization: `Bearer ${token}` } }, other: { command: 'x' } } }, undefined, 2)}\n`;

interface Entry {
  readonly command: string;
  readonly args: string[];
  readonly env?: Record<string, string>;
}
function isEntry(value: unknown): value is Entry {
  return (
    typeof value === 'object' && value !== null && 'command' in value && 'args' in value && Array.isArray(value.args)
  );
}
function entryIn(text: string, name = 'lucanto'): Entry {
  const root: unknown = text.startsWith('{') ? JSON.parse(text) : getStaticTOMLValue(parseTOML(text));
  const servers = Object.values(root ?? {}).flatMap((value) =>
    typeof value === 'object' ? Object.entries(value ?? {}) : [],
  );
  const entry = servers.find(([key]) => key === name)?.[1];
  if (!isEntry(entry)) throw new Error(`No entry in ${text}`);
  return entry;
}

/** As an app does: no shell, a short PATH, nothing else but a home. */
async function toolsOf({ command, args, env }: Entry): Promise<readonly string[]> {
  const client = new Client({ name: 'test-app', version: '1' });
  const bare = { PATH: '/usr/bin:/bin', HOME: bench.program.home, ...env };
  await client.connect(new StdioClientTransport({ command, args, env: bare, cwd: '/', stderr: 'ignore' }));
  try {
    return (await client.listTools()).tools.map(({ name }) => name);
  } finally {
    await client.close();
  }
}

describe('setup', () => {
  it.each([
    ['claude-desktop', DESKTOP],
    ['codex', CODEX],
  ])(
    'writes for %s a command that starts in a bare environment and lists the tools of the stored token',
    async (client, name) => {
      const login = await bench.program.run(['login', '--url', bench.service.url], {
        stdin: bench.service.tokens.manage,
      });
      expect(login.stdout).toContain('lucanto-mcp setup');
      const { code, stdout, stderr } = await setup(client, '--yes');
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(/^connected {2}(Claude Desktop|Codex)/);
      expect(stdout).toContain('Next: ');
      const entry = entryIn(file(name));
      expect(path.isAbsolute(entry.command)).toBe(true);
      expect(entry.args).toEqual([expect.stringMatching(/[/]bin[/]lucanto-mcp[.]js$/), '--url', bench.service.url]);
      expect(await toolsOf(entry)).toContain('lucanto_create_invoice');

      await setup(client, '--yes', '--read-only');
      const readOnly = await toolsOf(entryIn(file(name)));
      expect(readOnly).toContain('lucanto_list_invoices');
      expect(readOnly).not.toContain('lucanto_create_invoice');
      for (const [path, content] of Object.entries(bench.program.files())) {
        if (path !== PROFILE) expect(content).not.toContain(bench.service.tokens.manage);
      }
    },
  );

  /** The program in the cache of npx, where it is on nobody's PATH. */
  async function inNpx() {
    const folder = path.join(bench.program.home, '.npm', '_npx', '1f', 'node_modules');
    mkdirSync(folder, { recursive: true });
    const script = entryIn((await setup('--print', 'claude-desktop')).stdout).args[0] ?? '';
    symlinkSync(path.dirname(path.dirname(script)), path.join(folder, 'lucanto-mcp'));
    const cached = path.join(folder, 'lucanto-mcp', 'bin', 'lucanto-mcp.js');
    const env = { HOME: bench.program.home, PATH: process.env.PATH ?? '' };
    return (args: string[], input = '') =>
      spawnSync(process.execPath, [cached, ...args], { env, input, encoding: 'utf8' });
  }

  it('starts through npx where it runs from the cache of npx, and says what that costs', async () => {
    const run = (await inNpx())(['setup', 'claude-desktop']);
    expect(run.status).toBe(0);
    expect(run.stderr).toContain('650 ms');
    const entry = entryIn(file(DESKTOP));
    expect(entry.args.slice(1)).toEqual(['-y', expect.stringMatching(/^lucanto-mcp@\d+$/)]);
    expect(entry.args[0]).toMatch(/npx-cli[.]js$/);
    const version = spawnSync(entry.command, [entry.args[0] ?? '', '--version'], {
      env: { ...entry.env },
      encoding: 'utf8',
    });
    expect(version.stdout).toMatch(/^\d+[.]\d+/);
  });

  it('names commands as they can be typed, also in the answers to a model', async () => {
    const cached = await inNpx();
    const call = { jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: 'lucanto_list_workspaces' } };
    const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'x', version: '1' } };
    const lines = [{ jsonrpc: '2.0', id: 1, method: 'initialize', params }, call].map((line) => JSON.stringify(line));
    const input = `${lines.join('\n')}\n`;
    expect(cached(['login']).stderr).toContain('`npx lucanto-mcp login`');
    expect(cached([], input).stdout).toContain('Ask the user to run `npx lucanto-mcp login`');
    expect((await bench.program.run(['login'])).stderr).toContain('run `lucanto-mcp login`');
    expect((await bench.program.run([], { stdin: input })).stdout).toContain('Ask the user to run `lucanto-mcp login`');
  });

  it('says of a named app that is not here that its entry waits, and of one that is nothing', async () => {
    put(CURSOR, '{}');
    const absent = await setup('claude-desktop');
    expect(absent.stdout).toContain('Claude Desktop was not found on this computer; the entry waits for it.');
    expect((await setup('cursor')).stdout).not.toContain('not found');
  });

  it('names the entry after the profile and carries what this run was given', async () => {
    const { code } = await setup('cursor', '--profile', 'work', '--workspace', '42', '--config-dir', 'store');
    expect(code).toBe(0);
    expect(entryIn(file(CURSOR), 'lucanto-work').args.slice(1)).toEqual([
      '--workspace',
      '42',
      '--profile',
      'work',
      '--config-dir',
      path.join(bench.program.home, 'store'),
    ]);
  });

  it('writes nothing with --dry-run, --print and --list', async () => {
    put(CURSOR, '{"mcpServers": {"o": {"command": "x"}}}');
    const dry = await setup('--dry-run');
    expect([dry.code, dry.stdout]).toEqual([0, expect.stringContaining('+++ ')]);
    const print = await setup('--print', 'codex');
    expect(print.stdout).toMatch(/^\[mcp_servers[.]lucanto\]\ncommand = /);
    const list = await setup('--list', '--json');
    expect(JSON.parse(list.stdout)).toMatchObject({
      name: 'lucanto',
      clients: expect.arrayContaining([
        {
          client: 'cursor',
          title: 'Cursor',
          installed: true,
          connected: false,
          files: [expect.objectContaining({ entry: 'none' })],
        },
      ]),
    });
    expect(bench.program.files()).toEqual({ [CURSOR]: '{"mcpServers": {"o": {"command": "x"}}}' });
  });

  it('prints an entry for any app with --print and no name, and says what it is made of', async () => {
    put(CURSOR, '{}');
    const { code, stdout, stderr } = await setup('--print', '--read-only');
    expect([code, file(CURSOR)]).toEqual([0, '{}']);
    const { command, args } = entryIn(stdout);
    expect([path.basename(command), args.slice(1)]).toEqual([path.basename(process.execPath), ['--read-only']]);
    expect(stderr).toContain(`the command ${command}, and its arguments`);
    const json = JSON.parse((await setup('--print', '--json')).stdout);
    expect(json).toMatchObject({ name: 'lucanto', command, snippets: [{ client: null, files: [] }] });
  });

  it.each([
    [
      'any.json',
      '{"mcpServers": {"o": {"command": "x"}}}',
      /"mcpServers": \{"o": \{"command": "x"\}, "lucanto": \{"command"/,
    ],
    ['new/.mcp.json', null, /^\{\n {2}"mcpServers": \{\n {4}"lucanto": \{\n {6}"command"/],
    ['vs.json', '{"servers": {"o": {}}}', /"lucanto": \{"type": ?"stdio"/],
    ['zed.jsonc', '// mine\n{"context_servers": {}}', /^\/\/ mine\n\{"context_servers": \{\s*"lucanto"/],
    ['amp.json', '{"amp.mcpServers": {}}', /"amp.mcpServers": \{\s*"lucanto"/],
    ['oc.json', '{"mcp": {"o": {"type": "local"}}}', /"lucanto": \{"type": ?"local", ?"command": ?\["/],
    ['vscode.json', '{"mcp": {"servers": {"o": {}}}}', /"mcpServers": ?\{"lucanto"/],
    ['a.toml', '[mcp_servers.o]\ncommand = "x"\n', /\n\[mcp_servers.lucanto\]\ncommand = /],
    ['b.toml', '[[mcp_servers]]\nname = "o"\n', /\n\[\[mcp_servers\]\]\nname = "lucanto"\ntransport = "stdio"/],
    [
      'c.yaml',
      'mcpServers: # mine\n  - name: o\n    command: x\n',
      /^mcpServers: # mine\n {2}- name: o\n {4}command: x\n {2}- name: "lucanto"\n {4}command: "/,
    ],
    [
      'd.yml',
      'extensions:\n  o: {enabled: true}\n',
      /\n {2}o: \{enabled: true\}\n {2}lucanto:\n {4}type: "stdio"\n {4}name: "lucanto"\n {4}cmd: "/,
    ],
  ] as const)(
    'writes into the file %s with --file, in the form that it has, and takes it out again',
    async (name, text, expected) => {
      if (text !== null) put(name, text);
      const added = await setup('--file', name, '--yes');
      expect([added.code, added.stdout]).toEqual([0, expect.stringMatching(/^connected +\S+ /)]);
      expect(file(name)).toMatch(expected);
      // Neither an app that is missing nor a check that doctor does not make.
      expect(added.stdout).not.toMatch(/was not found|doctor/);
      expect((await setup('--file', name, '--yes')).stdout).toMatch(/^unchanged/);
      expect((await setup('--remove', '--file', name)).code).toBe(0);
      expect(bench.program.files()[name] ?? null).toBe(text);
    },
  );

  it.each([
    ['books/.vscode/mcp.json', /^\{\n {2}"servers": \{\n {4}"lucanto": \{\n {6}"type": "stdio"/],
    ['.config/zed/settings.json', /^\{\n {2}"context_servers": /],
    ['books/opencode.json', /^\{\n {2}"mcp": \{\n {4}"lucanto": \{\n {6}"type": "local"/],
    ['.copilot/mcp-config.json', /"type": "local",[\s\S]*"tools": \[\s*"[*]"/],
    ['.vibe/config.toml', /\[\[mcp_servers\]\]/],
    ['.continue/config.yaml', /^mcpServers:\n {2}- name/],
  ] as const)('gives the new file %s with --file the form of the app that reads it', async (name, expected) => {
    const { code, stdout } = await setup('--file', name, '--yes');
    expect([code, file(name)]).toEqual([0, expect.stringMatching(expected)]);
    expect(stdout).not.toContain('did not show');
  });

  it.each(['zed/mcp.json', 'new.toml'])('says of the new file %s that it got the most common form', async (name) => {
    const { code, stdout } = await setup('--file', name, '--yes');
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^connected[\s\S]*Next: .*did not show which form/)]);
    expect(file(name)).toMatch(/"mcpServers"|\[mcp_servers.lucanto\]/);
  });

  it('asks for the form of a file that does not show it, and takes it from an app that is named', async () => {
    put('empty.yaml', '');
    const unknown = await setup('--file', 'empty.yaml', '--yes');
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining('setup goose --file')]);
    expect((await setup('goose', '--file', 'empty.yaml', '--yes')).code).toBe(0);
    expect(file('empty.yaml')).toMatch(/^extensions:\n {2}lucanto:\n/);
    const other = await setup('continue', '--file', 'notes.txt', '--yes');
    expect([other.code, file('notes.txt')]).toEqual([0, expect.stringMatching(/^mcpServers:\n {2}- name: "lucanto"/)]);
  });

  it('connects ChatGPT and Codex, which share a file, once, and says what was not tried', async () => {
    put(CODEX, '');
    const { stdout } = await setup('chatgpt', '--json', '--yes');
    expect(JSON.parse(stdout).results).toMatchObject([{ client: 'chatgpt', title: 'ChatGPT', outcome: 'changed' }]);
    expect(file(CODEX)).toContain('[mcp_servers.lucanto]');
    expect((await setup('codex', '--yes')).stdout).toMatch(/^unchanged +Codex/);
    // Of the two apps that share the file, the one that is here.
    mkdirSync(path.join(bench.program.home, '.codex'), { recursive: true });
    const removed = JSON.parse((await setup('--remove', '--yes', '--json')).stdout);
    expect(removed.results).toMatchObject([{ client: 'codex' }]);
    const likely = await setup('warp', '--yes');
    expect(likely.stdout).toContain('tell us if this does not work');
    expect((await setup('--print', 'goose')).stderr).toContain('tell us if this does not work');
    expect((await setup('qwen', '--yes')).stdout).not.toContain('tell us');
  });

  it('with --yes and no name takes what is installed, and --remove takes it out of what is connected', async () => {
    put(CURSOR, '{}');
    put(CODEX, 'model = "o3"\n');
    const before = bench.program.files();
    const { code, stdout } = await setup('--yes', '--json');
    expect(code).toBe(0);
    const { results } = JSON.parse(stdout);
    expect(results).toMatchObject([
      { client: 'codex', outcome: 'changed' },
      { client: 'cursor', outcome: 'changed' },
    ]);
    expect(stdout).not.toContain('cursor://');
    expect((await setup('--list')).stdout).toMatch(/codex +installed +connected/);
    expect((await setup('--remove', '--yes')).code).toBe(0);
    expect(bench.program.files()).toEqual(before);
    const again = await setup('--remove', '--yes');
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('No app is connected: none has the entry')]);
  });

  it('without a terminal and a name says what it found and the exact command', async () => {
    const nothing = await setup();
    expect([nothing.code, nothing.stderr]).toEqual([1, expect.stringContaining('`lucanto-mcp setup claude-desktop`')]);
    put(CODEX, '');
    const { code, stderr } = await setup();
    expect(code).toBe(2);
    expect(stderr).toContain('Codex (codex)');
    // What comes before connecting.
    expect(stderr).toContain('Until you run `lucanto-mcp login`');
    expect(stderr).toContain('hint: Run `lucanto-mcp setup codex`');
    expect((await setup('cursr')).stderr).toContain('Did you mean `cursor`?');
  });

  it('does not touch a file that it cannot parse, prints what to paste, and fails', async () => {
    put(DESKTOP, '{"mcpServers": ');
    put(CURSOR, '{}');
    const { code, stdout } = await setup('claude-desktop', 'cursor');
    expect(code).toBe(1);
    expect(stdout).toMatch(/failed +Claude Desktop/);
    expect(stdout).toMatch(/connected +Cursor/);
    expect(stdout).toContain('is not valid JSON (line 1)');
    expect(stdout).toContain('"mcpServers": {\n    "lucanto"');
    expect(file(DESKTOP)).toBe('{"mcpServers": ');
  });

  it('and every other command name the account that they are about in what to type next', async () => {
    const office = ['--profile', 'office'];
    await bench.program.run(['login', '--url', bench.service.url, ...office], { stdin: bench.service.tokens.manage });
    expect((await setup('cursor', ...office)).stdout).toContain('`lucanto-mcp doctor --profile office` finds');
    // Without the profile it would remove another key.
    expect((await setup('--remove', 'cursor', ...office)).stdout).toContain('`lucanto-mcp logout --profile office`');
    const unknown = await bench.program.run(['call', 'lucanto_none', ...office]);
    expect(unknown.stderr).toContain('`lucanto-mcp tools --all --profile office`');
    const bare = { env: { LUCANTO_PROFILE: 'empty' } };
    expect((await bench.program.run(['tools'], bare)).stderr).toContain('`lucanto-mcp login --profile empty`');
  });

  it.runIf(process.platform !== 'win32')('and every other command print commands that a shell reads back', async () => {
    for (const name of ['a b', `q"u'x`, '$HOME $(id)', 'b\\s', '!x']) {
      const dir = path.join(bench.program.home, name);
      const words = ['--profile', 'office', '--config-dir', dir];
      mkdirSync(path.join(dir, 'profiles'), { recursive: true });
      writeFileSync(path.join(dir, 'profiles', 'profile-office.json'), '{}');
      chmodSync(path.join(dir, 'profiles', 'profile-office.json'), 0o666);
      const { stdout } = await bench.program.run(['status', '--json', ...words]);
      const { error, hint }: { error: string; hint: string } = JSON.parse(stdout).problem;
      expect(error).toBe('profile_untrusted');
      const unknown = await bench.program.run(['call', 'lucanto_none', '--demo', ...words]);
      const [login, tools] = [hint, unknown.stderr].map((text) => /`lucanto-mcp ([^`]+)`/.exec(text)?.[1] ?? '');
      const read = (line = '') => spawnSync('bash', ['-c', `printf '%s\\n' ${line}`], { encoding: 'utf8' }).stdout;
      expect(read(login).split('\n').slice(0, -1)).toEqual(['login', ...words]);
      expect(read(tools).split('\n').slice(0, -1)).toEqual(['tools', '--all', ...words]);
    }
  });

  it('warns of a company that the key does not reach, and status says so', async () => {
    await bench.program.run(['login', '--url', bench.service.url], { stdin: bench.service.tokens.manage });
    const problem = 'No company matches "Nowhere Ltd". The API key reaches 42 (Tatranské štúdio s.r.o.)';
    expect((await setup('cursor', '--workspace', 'Nowhere Ltd')).stderr).toContain(`As of your last login: ${problem}`);
    expect((await setup('cursor', '--workspace', 'tatran')).stderr).toBe('');
    const status = await bench.program.run(['status', '--workspace', 'Nowhere Ltd']);
    expect(status.stderr).toContain(problem);
    const pinned = await bench.program.run(['status', '--workspace', 'tatran']);
    const several = await bench.program.run(['status', '--workspace', 's']);
    expect(several.stdout).toMatch(/^Pinned +only company s can be reached$/m);
    expect(pinned.stdout).toMatch(/^Pinned +only Tatranské štúdio s.r.o. \(42\) can be reached$/m);
  });

  it('says in words why a file cannot be written, and what the code is', async () => {
    put('.cursor', 'not a folder');
    const { code, stdout } = await setup('cursor');
    expect([code, stdout]).toEqual([1, expect.stringContaining('a part of its path is a file, not a folder, E')]);
    expect(file('.cursor')).toBe('not a folder');
  });

  it.runIf(process.getuid?.() === 0)('leaves to a user what root writes for that user', async () => {
    put(DESKTOP, '{}');
    const home = bench.program.home;
    for (const name of ['', '.config', path.dirname(DESKTOP), DESKTOP]) chownSync(path.join(home, name), 1234, 1235);
    expect((await setup('claude-desktop', 'kiro')).code).toBe(0);
    const written = [DESKTOP, `${DESKTOP}.lucanto-backup`, '.kiro', '.kiro/settings', '.kiro/settings/mcp.json'];
    const owners = written.map((name) => [
      name,
      statSync(path.join(home, name)).uid,
      statSync(path.join(home, name)).gid,
    ]);
    expect(owners).toEqual(written.map((name) => [name, 1234, 1235]));
  });

  it.runIf(process.getuid?.() === 0)('and login say so where root stores the key in the home of a user', async () => {
    const login = () =>
      bench.program.run(['login', '--url', bench.service.url], { stdin: bench.service.tokens.manage });
    expect((await login()).stderr).not.toContain('as root');
    chownSync(bench.program.home, 1234, 1235);
    const { code, stderr } = await login();
    const store = path.join(bench.program.home, '.config', 'lucanto-mcp');
    expect([code, stderr]).toEqual([
      0,
      expect.stringContaining(`Log in as that user. Run \`sudo chown -R "$(id -un)" ${store}\`.`),
    ]);
  });

  it('leaves an entry of that name alone that starts something else', async () => {
    const text = '{"mcpServers": {"lucanto": {"command": "python", "args": ["mine.py"]}}}';
    put(DESKTOP, text);
    const { code, stdout } = await setup('claude-desktop', '--yes');
    expect([code, file(DESKTOP)]).toEqual([1, text]);
    expect(stdout).toContain('of another program');
    // Pasted beside it, ours would have the same name.
    expect(stdout).not.toContain('To connect it yourself');
    expect((await setup('claude-desktop', '--remove')).code).toBe(0);
    expect(file(DESKTOP)).toBe(text);
  });

  it('says that a token from the environment stays in this terminal', async () => {
    const { stderr } = await bench.program.run(['setup', 'cursor'], {
      env: { LUCANTO_TOKEN: bench.service.tokens.read },
    });
    expect(stderr).toContain('LUCANTO_TOKEN, which apps do not see');
  });
});

describe("an entry with the service's address and a token", () => {
  it('is replaced with --yes, its token verified and moved into the store, and kept in no other file', async () => {
    const token = bench.service.tokens.manage;
    put(DESKTOP, urlEntry(token));
    const { code, stdout, stderr } = await setup('claude-desktop', '--yes');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('Its API key was moved into the store (profile default).');
    expect(JSON.parse(file(PROFILE))).toMatchObject({ token, origin: bench.service.url, verified: true });
    expect(statSync(path.join(bench.program.home, PROFILE)).mode & 0o777).toBe(0o600);
    const entry = entryIn(file(DESKTOP));
    expect(entry.args.slice(1)).toEqual(['--url', bench.service.url]);
    expect(await toolsOf(entry)).toContain('lucanto_create_invoice');
    const backup = file(`${DESKTOP}.lucanto-backup`);
    expect(backup).toContain('"other"');
    expect(stdout).not.toContain(token);
    for (const [path, content] of Object.entries(bench.program.files()))
      if (path !== PROFILE) expect(content).not.toContain(token);
    expect(await setup('claude-desktop', '--yes')).toMatchObject({ stdout: expect.stringMatching(/^unchanged/) });
  });

  it('is not touched unasked: a failure where the app cannot use it, left alone where it can', async () => {
    const text = urlEntry(bench.service.tokens.read);
    put(DESKTOP, text);
    put(CURSOR, text);
    const before = bench.program.files();
    const desktop = await setup('claude-desktop');
    expect([desktop.code, desktop.stdout]).toEqual([1, expect.stringContaining('--yes')]);
    const cursor = await setup('cursor');
    expect([cursor.code, cursor.stdout]).toEqual([0, expect.stringMatching(/^unchanged.*\n.*which it can use/)]);
    const dry = await setup('cursor', '--dry-run');
    expect(dry.stdout).toContain('"Authorization": "…"');
    expect(dry.stdout).toContain('would be verified');
    expect(bench.program.files()).toEqual(before);
    expect(desktop.stdout + cursor.stdout + dry.stdout).not.toContain(bench.service.tokens.read);
  });

  it('keeps a refused token where it is, but not where another one is stored', async () => {
    const dead = 'lct_pat_ffffffffffffffffffffffffffffffff';
    put(DESKTOP, urlEntry(dead));
    const before = bench.program.files();
    const refused = await setup('claude-desktop', '--yes');
    expect([refused.code, refused.stdout]).toEqual([1, expect.stringContaining('refused the API key')]);
    expect(file(DESKTOP)).toBe(before[DESKTOP]);
    await bench.program.run(['login', '--url', bench.service.url], { stdin: bench.service.tokens.read });
    expect(await setup('claude-desktop', '--yes')).toMatchObject({ code: 0 });
    expect(JSON.parse(file(PROFILE))).toMatchObject({ token: bench.service.tokens.read });
  });

  it('loses neither token where another one is stored', async () => {
    await bench.program.run(['login', '--url', bench.service.url], { stdin: bench.service.tokens.read });
    put(CURSOR, urlEntry(bench.service.tokens.manage));
    const { code, stdout } = await setup('cursor', '--yes');
    expect([code, stdout]).toEqual([0, expect.stringContaining('profile cursor')]);
    expect(stdout).toContain('`lucanto-mcp setup cursor --profile cursor` connects the app with its own');
    expect(JSON.parse(file(PROFILE))).toMatchObject({ token: bench.service.tokens.read });
    expect(JSON.parse(file(PROFILE.replace('default', 'cursor')))).toMatchObject({
      token: bench.service.tokens.manage,
    });
    const store = ['--config-dir', 'the store'];
    const stored = `--config-dir '${path.join(bench.program.home, 'the store')}'`;
    await bench.program.run(['login', '--url', bench.service.url, ...store], { stdin: bench.service.tokens.read });
    put(CURSOR, urlEntry(bench.service.tokens.manage));
    expect((await setup('cursor', '--yes', ...store)).stdout).toContain(
      `\`lucanto-mcp setup cursor --profile cursor ${stored}\` connects the app with its own`,
    );
  });

  it('is named where it has another name, or is for one folder, since it stays there', async () => {
    const { url, token } = { url: `${bench.service.url}/api/mcp/v1`, token: bench.service.tokens.read };
    const entry = { url, headers: { Authorization: `Bearer ${token}` } };
    put(DESKTOP, JSON.stringify({ mcpServers: { books: entry, github: { url: 'https://api.example/mcp' } } }));
    put('.claude.json', JSON.stringify({ projects: { '/srv/books': { mcpServers: { lucanto: entry } }, '/x': 1 } }));
    const { code, stdout } = await setup('claude-desktop', 'claude-code', '--url', bench.service.url);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /also has an entry books with the service's address and an API key in plain text: remove that/,
    );
    expect(stdout).toMatch(
      /folder \/srv\/books has its own entry lucanto .*: run `claude mcp remove --scope local lucanto`/,
    );
    expect(stdout).not.toMatch(/github|lct_/);
  });

  it('is moved unverified with --yes where nothing answers', async () => {
    put(DESKTOP, urlEntry(bench.service.tokens.manage, 'http://127.0.0.1:9'));
    const { code, stdout } = await setup('claude-desktop', '--yes', '--timeout', '3');
    expect([code, stdout]).toEqual([0, expect.stringContaining(', unverified')]);
    expect(JSON.parse(file(PROFILE))).toMatchObject({
      token: bench.service.tokens.manage,
      verified: false,
      origin: 'http://127.0.0.1:9',
    });
    expect(readFileSync(path.join(bench.program.home, DESKTOP), 'utf8')).not.toContain(bench.service.tokens.manage);
  });
});
