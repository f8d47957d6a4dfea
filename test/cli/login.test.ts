import { chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startDemo } from '../../src/demo/demo-server.ts';
import { programAndService } from './program-and-service.ts';

const bench = programAndService('workspaces');
beforeEach(() => bench.program.newHome());

const profileFile = (name = 'default') => path.join('config', 'profiles', `profile-${name}.json`);
const common = () => ['--config-dir', path.join(bench.program.home, 'config')];
const login = (token: string, ...args: string[]) =>
  bench.program.run(['login', '--url', bench.service.url, ...common(), ...args], { stdin: `${token}\n` });
const stored = (name = 'default'): unknown => {
  const text = bench.program.files()[profileFile(name)];
  return text === undefined ? null : JSON.parse(text);
};

describe('The command login', () => {
  it('verifies and stores a token, and says what it gives access to and what to do next', async () => {
    const { code, stdout, stderr } = await login(bench.service.tokens.manage);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toContain(`Signed in to ${bench.service.url} (profile default) with a personal API key.`);
    expect(stdout).toMatch(/^Companies: \S.* \(\d+\), \S.* \(\d+\)$/m);
    expect(stdout).toMatch(/^Access: {4}read, create, change, issue, send and delete: .*invoices/m);
    expect(stdout).not.toMatch(/tools|tokens/);
    expect(stdout.match(/^Next: .*/gm)).toEqual([expect.stringContaining('lucanto-mcp setup')]);
    expect(stored()).toMatchObject({
      version: 1,
      origin: bench.service.url,
      token: bench.service.tokens.manage,
      verified: true,
      kind: 'personal',
    });
  });

  it('says that the profile is of another service than Lucanto itself, and how to come back', async () => {
    const { url, tokens } = bench.service;
    expect((await login(tokens.read)).stdout).not.toContain('from an earlier --url');
    const { stdout } = await bench.program.run(['login', ...common()], { stdin: tokens.manage });
    expect(stdout).toContain(`This profile belongs to ${url}, from an earlier --url.`);
    const store = common().join(' ');
    expect(stdout).toContain(
      `\`lucanto-mcp login --url https://app.lucanto.eu ${store}\` goes back to Lucanto itself.`,
    );
    expect(stored()).toMatchObject({ origin: url, token: tokens.manage });
  });

  it('says what it does not store, and hands it on to setup', async () => {
    const { stdout } = await login(
      bench.service.tokens.manage,
      '--workspace',
      '42',
      '--read-only',
      '--profile',
      'work',
    );
    expect(stdout).toContain('Not stored with the key: --workspace, --read-only.');
    const [, next = ''] = /^Next: `lucanto-mcp (.*?)`/m.exec(stdout) ?? [];
    expect(next).toMatch(/^setup --workspace 42 --read-only --profile work --config-dir /);
    expect((await login(bench.service.tokens.manage)).stdout).not.toContain('Not stored');
  });

  it('says that the key was not stored where the service answers with an error', async () => {
    const { code, stderr } = await login(bench.service.tokens.throttled);
    expect([code, Object.keys(bench.program.files())]).toEqual([1, []]);
    expect(stderr).toContain('429');
    expect(stderr).toContain('The API key was not verified and not stored.');
  });

  it('names the service of this call in the commands that it prints', async () => {
    const { stdout } = await bench.program.run(['status', '--url', 'http://127.0.0.1:9', '--profile', 'new']);
    const doctor = await bench.program.run(['doctor', '--url', 'http://127.0.0.1:9', '--timeout', '2']);
    expect(stdout).toContain('--url http://127.0.0.1:9 (given here)');
    expect(doctor.stdout).toContain('`lucanto-mcp doctor --url http://127.0.0.1:9`');
    expect(doctor.stdout).not.toMatch(/`[^`]*--url [^`]*--url /);
  });

  it.runIf(process.platform !== 'win32')('leaves no file that other users could read', async () => {
    const config = path.join(bench.program.home, 'config');
    mkdirSync(config);
    chmodSync(config, 0o755);
    await login(bench.service.tokens.read);
    const modes = ['', 'profiles', 'cache'].map((folder) => statSync(path.join(config, folder)).mode & 0o777);
    expect(modes).toEqual([0o700, 0o700, 0o700]);
    for (const file of Object.keys(bench.program.files()))
      expect(statSync(path.join(bench.program.home, file)).mode & 0o777).toBe(0o600);
  });

  it('stores nothing and exits with 3 when the service refuses the token', async () => {
    const { code, stdout, stderr } = await login('lct_pat_0123456789abcdef0123456789abcdef');
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toMatch(/^error: .+\nhint: .+\n$/);
    expect(stderr).toContain('refused this API key (401 unauthenticated). It was not stored.');
    expect(Object.keys(bench.program.files())).toEqual([]);
  });

  it('stores nothing and exits with 4 where nothing answers, but with --no-verify', async () => {
    const nowhere = ['--url', 'http://127.0.0.1:9', ...common(), '--timeout', '3'];
    const input = { stdin: bench.service.tokens.manage };
    const refused = await bench.program.run(['login', ...nowhere], input);
    expect(refused.code).toBe(4);
    expect(refused.stderr).toContain('not verified and not stored');
    expect(refused.stderr).toContain('--no-verify');
    expect(Object.keys(bench.program.files())).toEqual([]);
    const { code, stdout } = await bench.program.run(['login', '--no-verify', ...nowhere], input);
    expect(code).toBe(0);
    expect(stdout).toContain('without checking it');
    expect(stored()).toMatchObject({ verified: false, origin: 'http://127.0.0.1:9' });
  });

  it('replaces an earlier token only by one that the service accepts', async () => {
    await login(bench.service.tokens.read);
    expect((await login('lct_pat_ffffffffffffffffffffffffffffffff')).code).toBe(3);
    expect(stored()).toMatchObject({ token: bench.service.tokens.read });
    const caches = Object.keys(bench.program.files()).length;
    expect((await login(bench.service.tokens.manage)).code).toBe(0);
    expect(stored()).toMatchObject({ token: bench.service.tokens.manage });
    expect(Object.keys(bench.program.files())).toHaveLength(caches);
  });

  it.each([
    ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJodW50ZXIyIn0.c2ln', 'JWT'],
    ['lct_pat_', 'only the beginning'],
    ['hunter2secret', 'does not look like an API key of Lucanto'],
    ['lct_pat_hunter2 secret', 'a space'],
  ])('refuses %s before it is sent anywhere', async (text, sentence) => {
    const before = bench.service.requests.length;
    const { code, stdout, stderr } = await login(text);
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toContain(sentence);
    expect(stderr).not.toContain('hunter2');
    expect(bench.service.requests).toHaveLength(before);
    expect(Object.keys(bench.program.files())).toEqual([]);
  });

  it('removes quotes and Bearer, and says so', async () => {
    const { code, stderr } = await login(`"Bearer ${bench.service.tokens.manage}"`);
    expect(code).toBe(0);
    expect(stderr).toContain('quotes');
    expect(stored()).toMatchObject({ token: bench.service.tokens.manage });
  });

  it('reads one line and does not wait for the end of stdin', async () => {
    const args = ['login', '--url', bench.service.url, ...common()];
    const { code } = await bench.program.run(args, { stdin: `${bench.service.tokens.read}\nanything`, keepOpen: true });
    expect(code).toBe(0);
    expect(stored()).toMatchObject({ token: bench.service.tokens.read });
  });

  it('says that an empty stdin holds no token', async () => {
    const { code, stderr } = await bench.program.run(['login', '--url', bench.service.url, ...common()], { stdin: '' });
    expect(code).toBe(3);
    expect(stderr).toContain('no API key on stdin');
  });

  it('does not overwrite a file that it cannot parse', async () => {
    const file = path.join(bench.program.home, profileFile());
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, '{"token": ');
    const { code, stderr } = await login(bench.service.tokens.manage);
    expect(code).toBe(1);
    expect(stderr).toContain(file);
    expect(bench.program.files()[profileFile()]).toBe('{"token": ');
  });

  it('warns that LUCANTO_TOKEN wins over the stored token', async () => {
    const env = { LUCANTO_TOKEN: bench.service.tokens.read };
    const { code, stderr } = await bench.program.run(['login', '--url', bench.service.url, ...common()], {
      stdin: bench.service.tokens.manage,
      env,
    });
    expect(code).toBe(0);
    expect(stderr).toContain('warning: LUCANTO_TOKEN is set');
    expect(stored()).toMatchObject({ token: bench.service.tokens.manage });
  });

  it('keeps every profile when many processes log in at once', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const runs = await Promise.all(
      names.map((name) => login(bench.service.tokens.manage, '--profile', name, '--no-verify')),
    );
    expect(runs.map(({ code }) => code)).toEqual(names.map(() => 0));
    for (const name of names) expect(stored(name)).toMatchObject({ token: bench.service.tokens.manage });
    await Promise.all(names.map(() => login(bench.service.tokens.read, '--profile', 'a', '--no-verify')));
    expect(stored('a')).toMatchObject({ token: bench.service.tokens.read });
    expect(Object.keys(bench.program.files())).toHaveLength(names.length);
  });
});

describe('The stored token', () => {
  const withToken = (...args: string[]) => bench.program.run([...args, ...common()]);

  it('is sent to its own origin without --url, and to no other', async () => {
    await login(bench.service.tokens.manage);
    expect((await withToken('call', 'lucanto_list_workspaces')).code).toBe(0);
    const other = await startDemo({ port: 0, generation: 'workspaces', clock: Date.now });
    const { code, stderr } = await withToken('call', 'lucanto_list_workspaces', '--url', other.url);
    await other.close();
    expect(code).toBe(3);
    expect(stderr).toContain(`belongs to ${bench.service.url}`);
    expect(stderr).toContain(`lucanto-mcp login --url ${other.url}`);
    expect(other.requests).toEqual([]);
  });

  it('is forgotten by logout with its caches, which says where a token still comes from', async () => {
    await login(bench.service.tokens.manage);
    expect(Object.keys(bench.program.files()).length).toBeGreaterThan(1);
    const out = await bench.program.run(['logout', ...common()], { env: { LUCANTO_TOKEN: bench.service.tokens.read } });
    expect(out.code).toBe(0);
    expect(out.stderr).toContain('LUCANTO_TOKEN is set');
    expect(Object.keys(bench.program.files())).toEqual([]);
    const again = await withToken('logout');
    expect([again.code, again.stdout]).toEqual([0, 'No API key was stored in profile default.\n']);
    expect((await withToken('call', 'lucanto_list_workspaces')).code).toBe(3);
  });

  it('is in no output, in no other file, and in no file name', async () => {
    const { manage } = bench.service.tokens;
    const secret = manage.replace(/^lct_pat_/, '');
    const debug = ['--log-level', 'debug', ...common()];
    const runs = [
      await login(manage, '--log-level', 'debug'),
      await bench.program.run(['status', ...debug]),
      await bench.program.run(['status', '--json', ...debug]),
      await bench.program.run(['tools', '--all', '--json', ...debug]),
      await bench.program.run(['call', 'lucanto_list_workspaces', ...debug]),
      await bench.program.run(['call', 'lucanto_get_invoice', '--arg', `id=${manage}`, ...debug]),
      await bench.program.run(['call', manage, ...debug]),
      await bench.program.run([manage]),
      await bench.program.run(['status', '--url', `https://${manage}@a.example`]),
    ];
    for (const { stdout, stderr } of runs) expect(stdout + stderr).not.toContain(secret);
    for (const [name, content] of Object.entries(bench.program.files())) {
      expect(name).not.toContain(secret);
      if (name !== profileFile()) expect(content).not.toContain(secret);
    }
    expect(JSON.stringify(stored())).toContain(secret);
  });
});

describe('The command status', () => {
  afterEach(() => bench.program.newHome());

  it('works without a token and offline, and says what to do', async () => {
    const { code, stdout, stderr } = await bench.program.run(['status', ...common()]);
    expect(code).toBe(0);
    expect(stdout).toContain('https://app.lucanto.eu');
    expect(stdout).toContain('Not signed in.');
    expect(stderr).toContain('lucanto-mcp login');
    expect(Object.keys(bench.program.files())).toEqual([]);
  });

  it('says in its JSON where every value comes from', async () => {
    await login(bench.service.tokens.workspace);
    const { code, stdout } = await bench.program.run(['status', '--json', ...common()], {
      env: { LUCANTO_READ_ONLY: 'yes' },
    });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      origin: bench.service.url,
      token: { source: 'stored', kind: 'workspace', verified: true },
      problem: null,
      workspaces: [{ id: expect.any(String), name: expect.any(String) }],
      scopes: expect.arrayContaining(['manage:invoices']),
      contract: { source: 'cached', fetched_at: expect.any(String) },
      catalogue: { source: 'cached', fetched_at: expect.any(String) },
      settings: {
        readOnly: { value: true, source: 'environment' },
        url: { value: bench.service.url, source: 'stored' },
      },
    });
  });

  it('reports a file that cannot be parsed', async () => {
    const file = path.join(bench.program.home, profileFile());
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, 'nonsense');
    const { code, stdout } = await bench.program.run(['status', ...common()]);
    expect(code).toBe(0);
    expect(stdout).toContain(file);
  });
});
