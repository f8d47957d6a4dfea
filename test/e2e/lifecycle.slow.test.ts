/** The life of the built bridge as hosts lead it: first messages, several copies, cancelling, and every kind of end. */
import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type DemoService, startDemo } from '../../src/demo/demo-server.ts';
import { CLIENTS, connect, HANDSHAKE, type RawSession, startRaw } from '../helpers/mcp.ts';
import { meetService } from '../helpers/rpc-bridge.ts';
import { BIN, type Home, NODE, run, temporaryHome } from '../helpers/run.ts';

const WORKSPACE = 42;

let demo: DemoService;
/** Where the bridge was started once before the tests: what it learned then is there at the start of each. */
let known: Home;
let home: Home;
let env: Record<string, string>;
const sessions: RawSession[] = [];

beforeAll(async () => {
  demo = await startDemo({ port: 0, generation: 'workspaces', clock: Date.now });
  env = { LUCANTO_URL: demo.url, LUCANTO_TOKEN: demo.tokens.manage };
  known = await temporaryHome();
  await meetService({ home: known, env });
});
afterAll(async () => {
  await demo.close();
  await known.remove();
});

beforeEach(async () => {
  demo.reset();
  home = await temporaryHome(known);
  env = { LUCANTO_URL: demo.url, LUCANTO_TOKEN: demo.tokens.manage };
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

/** Past the handshake and the first list, as every host does it. */
async function ready(args: readonly string[] = []): Promise<RawSession> {
  const session = open(args);
  for (const line of HANDSHAKE) session.send(line);
  await session.lineWith('"id":"hello"');
  session.send('{"jsonrpc":"2.0","id":"tools","method":"tools/list"}');
  await session.lineWith('"id":"tools"');
  return session;
}

function call(id: string, name: string, args: object): string {
  const params = { name, arguments: { workspace_id: WORKSPACE, ...args } };
  return JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params });
}

/** Says at its end how many timers of more than ten seconds were neither cleared nor had passed. */
const COUNTS_TIMERS = `
  const waiting = new Set();
  const { setTimeout: set, clearTimeout: clear } = globalThis;
  globalThis.setTimeout = (act, ms, ...more) => {
    const timer = set((...given) => { waiting.delete(timer); act(...given); }, ms, ...more);
    if (ms > 10_000) waiting.add(timer);
    return timer;
  };
  globalThis.clearTimeout = (timer) => { waiting.delete(timer); clear(timer); };
  const { timeout } = AbortSignal;
  AbortSignal.timeout = (ms) => { if (ms > 10_000) waiting.add({}); return timeout.call(AbortSignal, ms); };
  process.on('exit', () => console.error('still waiting: ' + waiting.size));`;

const isListing = ({ method, path }: { method: string; path: string }) =>
  method === 'GET' && path.endsWith('/invoices');
const isCreating = ({ method, path }: { method: string; path: string }) =>
  method === 'POST' && path.endsWith('/contacts');

async function contacts(named: string): Promise<number> {
  const response = await fetch(`${demo.url}/api/v1/workspaces/${WORKSPACE}/contacts?q=${named}`, {
    headers: { Authorization: `Bearer ${demo.tokens.manage}` },
  });
  const body: unknown = await response.json();
  return typeof body === 'object' && body !== null && 'data' in body && Array.isArray(body.data)
    ? body.data.length
    : -1;
}

describe.each(CLIENTS)('A host with the client %s', (kind) => {
  it('lists tools, calls one, and gets instructions that name the first step', async () => {
    const session = await connect(kind, { home, env });
    const tools = await session.listTools();
    expect(tools.map(({ name }) => name)).toContain('lucanto_issue_invoice');
    const answer = await session.callTool('lucanto_list_invoices', { workspace_id: WORKSPACE, limit: 2 });
    expect(JSON.parse(answer.text)).toMatchObject({
      has_more: true,
      data: [{ status: expect.any(String) }, { total: expect.any(String) }],
    });
    expect(session.instructions()).toContain('lucanto_list_workspaces');
    await session.close();
  });

  it('gets a JSON-RPC error for an unknown tool, with the reason for a hidden one', async () => {
    const session = await connect(kind, { home, env: { ...env, LUCANTO_READ_ONLY: '1' } });
    await expect(session.callTool('lucanto_fly')).rejects.toThrow('Unknown tool: lucanto_fly');
    await expect(session.callTool('lucanto_delete_invoice', { id: 1 })).rejects.toThrow(/Unknown tool.*read-only/);
    await session.close();
  });
});

it('What a call held is not kept until its time limit', async () => {
  const counting = join(home.dir, 'counting.cjs');
  await writeFile(counting, COUNTS_TIMERS);
  env = { ...env, NODE_OPTIONS: `--require ${counting}` };
  const session = await ready();
  for (const id of ['call-1', 'call-2', 'call-3']) {
    session.send(call(id, 'lucanto_list_invoices', {}));
    await session.lineWith(`"id":"${id}"`);
  }
  await session.end();
  expect(session.stderr()).toContain('still waiting: 0');
});

describe('The first message', () => {
  it.each(['2024-10-07', '2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25'])(
    'may be an initialize of %s',
    async (protocolVersion) => {
      const session = open();
      const params = { protocolVersion, capabilities: {}, clientInfo: { name: 'host', version: '1' } };
      session.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params }));
      expect(JSON.parse(await session.lineWith('"id":1'))).toMatchObject({ result: { protocolVersion } });
    },
  );

  it('may be a server/discover of another protocol version, followed by initialize', async () => {
    const session = open();
    session.send('{"jsonrpc":"2.0","id":0,"method":"server/discover","params":{}}');
    expect(JSON.parse(await session.lineWith('"id":0'))).toHaveProperty('error');
    for (const line of HANDSHAKE) session.send(line);
    expect(JSON.parse(await session.lineWith('"id":"hello"'))).toHaveProperty('result');
  });

  it('with an unknown method is answered with an error, and the connection goes on', async () => {
    const session = open();
    session.send('{"jsonrpc":"2.0","id":7,"method":"what/ever"}');
    expect(JSON.parse(await session.lineWith('"id":7'))).toHaveProperty('error.code', -32601);
    session.send('not json at all');
    expect(JSON.parse(await session.lineWith('-32700'))).toHaveProperty('id', null);
    session.send('{"jsonrpc":"2.0","id":8,"method":"ping"}');
    expect(JSON.parse(await session.lineWith('"id":8'))).toHaveProperty('result');
  });

  it('is answered without a network request when the service is down', async () => {
    env.LUCANTO_URL = 'http://127.0.0.1:9';
    const session = await ready();
    const list: unknown = JSON.parse(await session.lineWith('"id":"tools"'));
    expect(JSON.stringify(list)).toContain('lucanto_list_invoices');
    session.send(call('c', 'lucanto_list_invoices', {}));
    const answer = await session.lineWith('"id":"c"');
    expect(answer).toContain('"isError":true');
    expect(answer).toContain('hint');
  });
});

describe('A running call', () => {
  it('is answered at the time limit when the service hangs', async () => {
    const session = await ready(['--timeout', '1']);
    const hold = demo.hold(isListing);
    session.send(call('c', 'lucanto_list_invoices', {}));
    await hold.arrived;
    const answer = await session.lineWith('"id":"c"');
    expect(answer).toContain('timeout');
    hold.release();
  });

  it('that the client cancels is not answered, and the next one is', async () => {
    const session = await ready();
    const hold = demo.hold(isListing);
    session.send(call('c', 'lucanto_list_invoices', {}));
    await hold.arrived;
    session.send('{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"c"}}');
    session.send(call('d', 'lucanto_list_contacts', { limit: 1 }));
    expect(await session.lineWith('"id":"d"')).toContain('has_more');
    hold.release();
    expect(session.lines.some((line) => line.includes('"id":"c"'))).toBe(false);
  });
});

describe('The end of stdin', () => {
  it('waits for the answers to everything that was asked before it', async () => {
    const stdin = `${[...HANDSHAKE, '{"jsonrpc":"2.0","id":"t","method":"tools/list"}', call('c', 'lucanto_list_invoices', { limit: 1 })].join('\n')}\n`;
    const { stdout, exitCode } = await run(['serve'], { home, env, stdin });
    expect(stdout).toContain('"id":"t"');
    expect(stdout).toContain('"id":"c"');
    expect(exitCode).toBe(0);
  });

  it('ends a read that hangs, with an answer', async () => {
    const session = await ready();
    const hold = demo.hold(isListing);
    session.send(call('c', 'lucanto_list_invoices', {}));
    await hold.arrived;
    expect(await session.end()).toBe(0);
    expect(session.lines.find((line) => line.includes('"id":"c"'))).toContain('"isError":true');
    hold.release();
  });

  it('lets a write that was sent finish', async () => {
    const session = await ready();
    const hold = demo.hold(isCreating);
    session.send(call('c', 'lucanto_create_contact', { name: 'Zlatica' }));
    await hold.arrived;
    const ended = session.end();
    setTimeout(() => hold.release(), 1500);
    expect(await ended).toBe(0);
    expect(session.lines.find((line) => line.includes('"id":"c"'))).toContain('Zlatica');
    expect(await contacts('Zlatica')).toBe(1);
  });
});

describe('A host that goes away', () => {
  it.each(['SIGTERM', 'SIGHUP', 'SIGINT'] as const)(
    'with %s ends the process, after a running write',
    async (signal) => {
      const child = spawn(NODE, [BIN], { env: { ...home.env, ...env }, stdio: ['pipe', 'pipe', 'ignore'] });
      const exited = new Promise<void>((resolve) => child.once('close', () => resolve()));
      const hold = demo.hold(isCreating);
      child.stdin.write(`${[...HANDSHAKE, '{"jsonrpc":"2.0","id":"t","method":"tools/list"}'].join('\n')}\n`);
      // Writes are unknown until the tool list was seen.
      await new Promise<void>((resolve) => {
        child.stdout.on('data', (chunk: Buffer) => {
          if (chunk.toString().includes('lucanto_create_contact')) resolve();
        });
      });
      child.stdin.write(`${call('c', 'lucanto_create_contact', { name: 'Bohumil' })}\n`);
      await hold.arrived;
      child.kill(signal);
      setTimeout(() => hold.release(), 300);
      await exited;
      expect(await contacts('Bohumil')).toBe(1);
    },
  );

  it('by closing stdout does not crash the process', async () => {
    const child = spawn(NODE, [BIN], { env: { ...home.env, ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
    child.stdin.on('error', () => undefined);
    child.stdout.destroy();
    child.stdin.write(`${HANDSHAKE.join('\n')}\n`);
    expect(await exited).toBe(0);
    expect(stderr).not.toContain('EPIPE');
  });
});

describe('Two copies of the bridge at once', () => {
  it('share one configuration folder without disturbing each other', async () => {
    const [first, second] = await Promise.all([ready(), ready()]);
    first.send(call('a', 'lucanto_create_contact', { name: 'Radoslava' }));
    second.send(call('b', 'lucanto_list_contacts', { limit: 1 }));
    expect(await first.lineWith('"id":"a"')).toContain('Radoslava');
    expect(await second.lineWith('"id":"b"')).toContain('has_more');
    expect(await Promise.all([first.end(), second.end()])).toEqual([0, 0]);
    const third = await ready();
    expect(await third.lineWith('"id":"tools"')).toContain('lucanto_delete_invoice');
  });
});
