/** The built program with ready answers: when they are kept, when they are used, and what happens when they do not fit. */
import { spawn } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isJsonObject } from '../../src/core/json.ts';
import { type DemoService, startDemo } from '../../src/demo/demo-server.ts';
import { loadProgram } from '../../src/front/code-cache.ts';
import { HANDSHAKE, type RawSession, startRaw } from '../helpers/mcp.ts';
import { modernLine } from '../helpers/modern.ts';
import { type Home, NODE, PROGRAM, run, temporaryHome } from '../helpers/run.ts';

let demo: DemoService;
/** As `login` leaves it; every test begins with a copy. */
let known: Home;
let home: Home;
let env: Record<string, string>;
const sessions: RawSession[] = [];

beforeAll(async () => {
  demo = await startDemo({ port: 0, generation: 'workspaces', clock: Date.now });
  known = await temporaryHome();
  const { exitCode } = await run(['login'], {
    home: known,
    env: { LUCANTO_URL: demo.url },
    stdin: `${demo.tokens.manage}\n`,
  });
  expect(exitCode).toBe(0);
});
afterAll(async () => {
  await demo.close();
  await known.remove();
});
beforeEach(async () => {
  demo.reset();
  home = await temporaryHome(known);
  env = { LUCANTO_URL: demo.url };
});
afterEach(async () => {
  for (const session of sessions.splice(0)) session.kill();
  await home.remove();
});

function open(args: readonly string[] = []): RawSession {
  const session = startRaw({ home, env, args });
  sessions.push(session);
  return session;
}

const LIST = '{"jsonrpc":"2.0","id":"list","method":"tools/list"}';

async function listed(args: readonly string[] = []): Promise<string> {
  const session = open(args);
  for (const line of [...HANDSHAKE, LIST]) session.send(line);
  return session.lineWith('"id":"list"');
}

async function cacheFolder(): Promise<string> {
  const cache = join(home.configDir, 'cache');
  const [folder = ''] = await readdir(cache);
  return join(cache, folder);
}

async function readyFiles(): Promise<string[]> {
  const folder = await cacheFolder();
  return (await readdir(folder)).filter((name) => name.startsWith('ready-')).map((name) => join(folder, name));
}

/** So that it can be told from which file an answer came. */
async function mark(path: string): Promise<void> {
  const text = await readFile(path, 'utf8');
  // Its answers come before the copy of what was cached.
  await writeFile(path, text.replace('"title":"List invoices"', '"title":"Kept invoices"'), { mode: 0o600 });
}

/** Every file of the cache as if it was last confirmed that long ago. */
async function age(hours: number): Promise<void> {
  const folder = await cacheFolder();
  for (const name of ['contract.json', 'catalogue.json']) {
    const text = await readFile(join(folder, name), 'utf8');
    const then = new Date(Date.now() - hours * 3_600_000).toISOString();
    await writeFile(join(folder, name), text.replace(/"fetchedAt":"[^"]*"/, `"fetchedAt":"${then}"`), { mode: 0o600 });
  }
}

describe('ready answers', () => {
  it('are kept at login, for their owner alone, and used by the next start', async () => {
    const [file = '', ...others] = await readyFiles();
    expect(others).toEqual([]);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await mark(file);
    expect(await listed()).toContain('Kept invoices');
  });

  it('are kept after the first start with other options, a few of them at most', async () => {
    const ofEarlierNode = join(await cacheFolder(), 'code-v20.0.0-11-x64.bin');
    await writeFile(ofEarlierNode, 'code');
    for (const timeout of ['5', '6', '7']) await listed(['--timeout', timeout]);
    expect(await readyFiles()).toHaveLength(1);
    const toolsets = [
      'invoices',
      'quotes',
      'contacts',
      'expenses',
      'proformas',
      'invoices,quotes',
      'invoices,contacts',
    ];
    for (const names of toolsets) {
      const before = (await readyFiles()).join();
      expect(await listed(['--toolsets', names])).toContain('"result"');
      await expect.poll(async () => (await readyFiles()).join(), { timeout: 15_000 }).not.toBe(before);
    }
    await expect.poll(async () => (await readyFiles()).length).toBeLessThanOrEqual(6);
    expect(await readdir(await cacheFolder())).not.toContain(basename(ofEarlierNode));
    // Ten starts, one after another.
  }, 90_000);

  it.each([
    ['the contract', 'contract.json', 'List invoices', 'Enumerate invoices'],
    ['the tool list', 'catalogue.json', 'lucanto_', 'lucanto_'],
  ])('are not used once %s is another', async (_what, name, from, to) => {
    const [file = ''] = await readyFiles();
    await mark(file);
    const path = join(await cacheFolder(), name);
    const text = await readFile(path, 'utf8');
    await writeFile(path, `${text.replace(from, to).trimEnd()} `, { mode: 0o600 });
    expect(await listed()).not.toContain('Kept invoices');
  });

  it('are not used with other options, without the token, or by another build', async () => {
    const [file = ''] = await readyFiles();
    await mark(file);
    expect(await listed(['--read-only'])).not.toContain('Kept invoices');
    expect(await listed(['--confirm=always'])).not.toContain('Kept invoices');
    expect(await listed(['--profile', 'other'])).not.toContain('Kept invoices');
    env.LUCANTO_NO_FRONT = '1';
    expect(await listed()).not.toContain('Kept invoices');
  });

  it('are not used where others could have written them', async () => {
    const [file = ''] = await readyFiles();
    await mark(file);
    await chmod(file, 0o666);
    expect(await listed()).not.toContain('Kept invoices');
  });

  it.each(['', '{}', 'x'.repeat(100), '{"a":1}\n{"result":{}}\n'])(
    'are thrown away silently when damaged: %j',
    async (text) => {
      const [file = ''] = await readyFiles();
      await writeFile(file, text);
      const session = open();
      for (const line of [...HANDSHAKE, LIST]) session.send(line);
      expect(await session.lineWith('"id":"list"')).toContain('lucanto_delete_invoice');
      expect(session.stderr()).toBe('');
    },
  );
});

describe('a connection that began with ready answers', () => {
  it('goes on with a call, a prompt and a resource', async () => {
    const session = open();
    for (const line of [...HANDSHAKE, LIST]) session.send(line);
    await session.lineWith('"id":"list"');
    const params = { name: 'lucanto_list_invoices', arguments: { workspace_id: 42, limit: 1 } };
    session.send(JSON.stringify({ jsonrpc: '2.0', id: 'call', method: 'tools/call', params }));
    expect(await session.lineWith('"id":"call"')).toContain('has_more');
    session.send('{"jsonrpc":"2.0","id":"get","method":"prompts/get","params":{"name":"review_drafts"}}');
    expect(await session.lineWith('"id":"get"')).toContain('messages');
    expect(session.lines.filter((line) => line.includes('"id":"hello"'))).toHaveLength(1);
    expect(session.lines.filter((line) => line.includes('"id":"list"'))).toHaveLength(1);
    expect(await session.end()).toBe(0);
  });

  it('goes on with a call of 2026-07-28', async () => {
    const session = open();
    for (const method of ['server/discover', 'tools/list']) session.send(modernLine(method, method));
    session.send(modernLine('listen', 'subscriptions/listen', { notifications: { toolsListChanged: true } }));
    await session.lineWith('subscriptions/acknowledged');
    const params = { name: 'lucanto_list_invoices', arguments: { workspace_id: 42, limit: 1 } };
    session.send(modernLine('call', 'tools/call', params));
    expect(await session.lineWith('"id":"call"')).toContain('has_more');
    expect(session.lines.filter((line) => line.includes('subscriptions/acknowledged'))).toHaveLength(1);
    expect(await session.end()).toBe(0);
  });

  it('asks the service nothing while the cache is younger than an hour', async () => {
    const requests = demo.requests.length;
    await listed();
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(demo.requests.length).toBe(requests);
  });

  it('asks in few requests whether the service changed, once the cache is older, and only then', async () => {
    await age(2);
    const before = demo.requests.length;
    const session = open();
    for (const line of [...HANDSHAKE, LIST]) session.send(line);
    await session.lineWith('"id":"list"');
    const path = join(await cacheFolder(), 'catalogue.json');
    const confirmed = async () => Date.parse(JSON.parse(await readFile(path, 'utf8')).fetchedAt);
    await expect.poll(confirmed, { timeout: 15_000 }).toBeGreaterThan(Date.now() - 60_000);
    const asked = demo.requests.slice(before).map(({ method, path: of, status }) => `${method} ${of} ${status}`);
    expect(asked).toContain('GET /api/v1/openapi.json 304');
    expect(asked.filter((one) => !/openapi.json|\/api\/mcp\/v1/.test(one))).toEqual([]);
    expect(asked.length).toBeLessThanOrEqual(6);
    const requests = demo.requests.length;
    await listed();
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(demo.requests.length).toBe(requests);
    expect(session.lines.some((line) => line.includes('list_changed'))).toBe(false);
  });

  it('is told when the service changed since, once the cache is older', async () => {
    // As if the service had had fewer tools when it was last asked; while it is away, that is what is kept.
    const path = join(await cacheFolder(), 'catalogue.json');
    const known = JSON.parse(await readFile(path, 'utf8'));
    await writeFile(path, JSON.stringify({ ...known, tools: known.tools.slice(0, 5) }), { mode: 0o600 });
    const port = Number(new URL(demo.url).port);
    await demo.close();
    const [file = ''] = await readyFiles();
    const made = async () => (await stat(file)).mtimeMs;
    const before = await made();
    await listed();
    await expect.poll(made, { timeout: 20_000 }).toBeGreaterThan(before);
    demo = await startDemo({ port, generation: 'workspaces', clock: Date.now });
    await age(2);
    const session = open();
    for (const line of [...HANDSHAKE, LIST]) session.send(line);
    expect(await session.lineWith('"id":"list"')).not.toContain('lucanto_issue_invoice');
    await session.lineWith('notifications/tools/list_changed');
    session.send('{"jsonrpc":"2.0","id":"again","method":"tools/list"}');
    expect(await session.lineWith('"id":"again"')).toContain('lucanto_issue_invoice');
  });
});

describe('compiled code', () => {
  const CALL = { name: 'lucanto_list_invoices', arguments: { workspace_id: 42, limit: 1 } };

  async function called(): Promise<RawSession> {
    const session = open();
    const call = JSON.stringify({ jsonrpc: '2.0', id: 'call', method: 'tools/call', params: CALL });
    for (const line of [...HANDSHAKE, call]) session.send(line);
    expect(await session.lineWith('"id":"call"')).toContain('has_more');
    return session;
  }

  async function kept(): Promise<readonly { path: string; mode: number; made: number }[]> {
    const folder = await cacheFolder();
    const paths = (await readdir(folder))
      .filter((name) => /^code-.*\.bin$/.test(name))
      .map((name) => join(folder, name));
    return Promise.all(
      paths.map(async (path) => {
        const { mode, mtimeMs, ino } = await stat(path);
        return { path, mode: mode & 0o777, made: mtimeMs + ino };
      }),
    );
  }

  const settled = async () => expect.poll(kept, { timeout: 15_000 }).toHaveLength(1);

  it('is kept for its owner alone after a first call, and serves the next start', async () => {
    const first = await called();
    await settled();
    const [file] = await kept();
    expect(file?.mode).toBe(0o600);
    first.kill();
    await called();
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(await kept()).toEqual([file]);
  });

  it('that cannot be written costs no call', async () => {
    const first = await called();
    await settled();
    first.kill();
    const [{ path } = { path: '' }] = await kept();
    await rm(path);
    const session = open();
    // A folder in the place of its draft can neither be written nor removed as a file.
    await mkdir(`${path}.${session.pid}.tmp`, { mode: 0o700 });
    const call = (id: string) => JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: CALL });
    for (const line of [...HANDSHAKE, call('one')]) session.send(line);
    await session.lineWith('"id":"one"');
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    session.send(call('two'));
    expect(await session.lineWith('"id":"two"')).toContain('has_more');
    expect(session.stderr()).toBe('');
  });

  it('of a part that could not be loaded is loaded when it is needed again', async () => {
    await writeFile(join(home.dir, 'main.cjs'), "exports.part = () => require('./part.cjs')");
    await writeFile(join(home.dir, 'part.cjs'), "exports.below = require('./below.cjs').name");
    const { program } = loadProgram(home.dir, null);
    const part = () => (isJsonObject(program) && typeof program.part === 'function' ? program.part() : null);
    expect(part).toThrow('below.cjs');
    expect(part).toThrow('below.cjs');
    await writeFile(join(home.dir, 'below.cjs'), "exports.name = 'below'");
    expect(part()).toEqual({ below: 'below' });
  });

  it.each<[string, (path: string) => Promise<void>]>([
    ['that others could have written', (path) => chmod(path, 0o666)],
    [
      'of which a byte was changed',
      async (path) => {
        const content = await readFile(path);
        content[content.length - 5_000] = (content[content.length - 5_000] ?? 0) ^ 0x5a;
        await writeFile(path, content);
      },
    ],
    [
      'of another program',
      async (path) => {
        const content = await readFile(path, 'latin1');
        await writeFile(path, content.replace(/"hash":"[0-9a-f]{64}"/, `"hash":"${'0'.repeat(64)}"`), 'latin1');
      },
    ],
    ['that was cut off', async (path) => writeFile(path, (await readFile(path)).subarray(0, 100_000))],
    ['that is none', (path) => writeFile(path, '[]\n')],
  ])('%s is replaced and not run', async (_what, spoil) => {
    const first = await called();
    await settled();
    first.kill();
    const [{ path, made } = { path: '', made: 0 }] = await kept();
    await spoil(path);
    const session = await called();
    await expect.poll(async () => (await kept())[0]?.made, { timeout: 15_000 }).not.toBe(made);
    expect(await kept()).toMatchObject([{ path, mode: 0o600 }]);
    expect(session.stderr()).toBe('');
  });
});

describe('the end of a connection that only listed', () => {
  it.each([
    ['SIGTERM', 0],
    ['SIGHUP', 0],
    ['SIGINT', 130],
  ] as const)('comes with %s', async (signal, code) => {
    const child = spawn(NODE, PROGRAM, { env: { ...home.env, ...env }, stdio: ['pipe', 'pipe', 'ignore'] });
    const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
    child.stdin.write(`${[...HANDSHAKE, LIST].join('\n')}\n`);
    await new Promise((resolve) => child.stdout.once('data', resolve));
    child.kill(signal);
    expect(await exited).toBe(code);
  });

  it('comes with the end of stdin, after a last line without its end', async () => {
    const { stdout, exitCode, stderr } = await run([], { home, env, stdin: [...HANDSHAKE, LIST].join('\n') });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toContain('"id":"list"');
  });

  it('comes when stdout is closed', async () => {
    const child = spawn(NODE, PROGRAM, { env: { ...home.env, ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
    let stderr = '';
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
    child.stdin.on('error', () => undefined);
    child.stdout.destroy();
    child.stdin.write(`${[...HANDSHAKE, LIST].join('\n')}\n`);
    expect(await exited).toBe(0);
    expect(stderr).toBe('');
  });
});
