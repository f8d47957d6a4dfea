/** Calls and processes that end otherwise than planned: nothing hangs, nothing is done twice, no process stays behind. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DemoService, startDemo } from '../../src/demo/demo-server.ts';
import { startFaultProxy } from '../helpers/fault-proxy.ts';
import { HANDSHAKE, type RawSession, startRaw } from '../helpers/mcp.ts';
import { readyBridge, toolAnswer } from '../helpers/rpc-bridge.ts';
import { BIN, type Home, NODE, run, temporaryHome } from '../helpers/run.ts';

const WORKSPACE = 42;

let demo: DemoService;
let home: Home;
let env: Record<string, string>;
const sessions: RawSession[] = [];
const processes: ChildProcess[] = [];

beforeEach(async () => {
  demo = await startDemo({ port: 0, generation: 'workspaces', clock: Date.now });
  home = await temporaryHome();
  env = { LUCANTO_URL: demo.url, LUCANTO_TOKEN: demo.tokens.manage, LUCANTO_TIMEOUT: '10' };
});
afterEach(async () => {
  for (const session of sessions.splice(0)) session.kill();
  for (const child of processes.splice(0)) child.kill('SIGKILL');
  await demo.close();
  await home.remove();
});

async function ready(more: Readonly<Record<string, string>> = {}): Promise<RawSession> {
  const session = startRaw({ home, env: { ...env, ...more } });
  sessions.push(session);
  for (const line of HANDSHAKE) session.send(line);
  session.send('{"jsonrpc":"2.0","id":"tools","method":"tools/list"}');
  await session.lineWith('"id":"tools"');
  return session;
}

function call(id: string, name: string, args: object): string {
  const params = { name, arguments: { workspace_id: WORKSPACE, ...args } };
  return JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params });
}

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

async function unresolved(): Promise<unknown> {
  const { stdout } = await run(['history', '--open', '--json'], { home, env });
  return JSON.parse(stdout);
}

describe('A service that stops in the middle of a call', () => {
  it('leaves a read with an error, and the bridge goes on', async () => {
    const session = await ready();
    const hold = demo.hold(isListing);
    session.send(call('c', 'lucanto_list_invoices', {}));
    await hold.arrived;
    await demo.close();
    expect(await session.lineWith('"id":"c"')).toContain('"isError":true');
    session.send('{"jsonrpc":"2.0","id":"p","method":"ping"}');
    expect(await session.lineWith('"id":"p"')).toContain('"result"');
  });

  it('leaves a create with an unknown outcome, which the same call finds out once it is back', async () => {
    const session = await ready();
    const hold = demo.hold(isCreating);
    session.send(call('c', 'lucanto_create_contact', { name: 'Drahomira' }));
    await hold.arrived;
    await demo.close();
    const answer = await session.lineWith('"id":"c"');
    expect(answer).toContain('"isError":true');
    expect(answer).toContain('\\"outcome\\":\\"unknown\\"');
    expect(await unresolved()).toMatchObject({ unresolved: 1, writes: [{ tool: 'lucanto_create_contact' }] });

    const port = Number(new URL(demo.url).port);
    demo = await startDemo({ port, generation: 'workspaces', clock: Date.now });
    session.send(call('d', 'lucanto_create_contact', { name: 'Drahomira' }));
    expect(await session.lineWith('"id":"d"')).not.toContain('"isError":true');
    expect(await contacts('Drahomira')).toBe(1);
    expect(await unresolved()).toMatchObject({ unresolved: 0 });
  });
});

describe('A client', () => {
  it('that sends the same request id twice gets two answers, and one record', async () => {
    const session = await ready();
    const line = call('twice', 'lucanto_create_contact', { name: 'Ctibor' });
    session.send(line);
    session.send(line);
    expect(await session.end()).toBe(0);
    const answers = session.lines.filter((text) => text.includes('"id":"twice"'));
    expect(answers).toHaveLength(2);
    expect(await contacts('Ctibor')).toBe(1);
  });

  it('that cancels a queued write prevents it, and frees its slot in the queue', async () => {
    const session = await ready({ LUCANTO_CONCURRENCY: '1' });
    const hold = demo.hold(isListing);
    session.send(call('first', 'lucanto_list_invoices', {}));
    await hold.arrived;
    session.send(call('queued', 'lucanto_create_contact', { name: 'Slavomir' }));
    session.send(call('next', 'lucanto_list_contacts', { limit: 1 }));
    session.send('{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"queued"}}');
    session.send('{"jsonrpc":"2.0","id":"p","method":"ping"}');
    await session.lineWith('"id":"p"');
    hold.release();
    expect(await session.lineWith('"id":"first"')).toContain('has_more');
    expect(await session.lineWith('"id":"next"')).toContain('has_more');
    expect(await session.end()).toBe(0);
    expect(session.lines.filter((text) => text.includes('"id":"queued"'))).toEqual([]);
    expect(await contacts('Slavomir')).toBe(0);
    expect(await unresolved()).toMatchObject({ unresolved: 0 });
  });
});

describe('A call to a service that hangs', () => {
  it('is given up at its time limit however much was done meanwhile, and leaves no connection that keeps the process', async () => {
    const proxy = await startFaultProxy({
      upstream: demo.url,
      choose: ({ path }) => (path.endsWith('/contacts') ? 'hang_before' : null),
      slowMs: () => 0,
    });
    const bridge = await readyBridge({ home, env: { ...env, LUCANTO_URL: proxy.origin, LUCANTO_TIMEOUT: '4' } });
    const hanging = bridge.call('lucanto_list_contacts', { workspace_id: WORKSPACE });
    let answered = false;
    void hanging.then(() => {
      answered = true;
    });
    // Enough garbage for collections to come: a signal without a reference aborts nothing.
    while (!answered) await bridge.call('lucanto_list_invoices', { workspace_id: WORKSPACE, limit: 100 });
    const answer = await hanging;
    expect(answer === null ? null : toolAnswer(answer)?.json).toMatchObject({
      error: 'timeout',
      message: `${proxy.origin} did not answer before the time limit.`,
    });
    await bridge.end();
    await proxy.close();
  });
});

describe.skipIf(process.platform === 'win32')('A host that is killed', () => {
  /** Starts the bridge with pipes as hosts do, tells its pid, and never ends by itself. */
  const HOST = `
    const { spawn } = require('node:child_process');
    const bridge = spawn(process.execPath, [${JSON.stringify(BIN)}], { stdio: 'pipe' });
    bridge.stdout.on('data', (chunk) => process.stdout.write(chunk));
    process.stdin.on('data', (chunk) => bridge.stdin.write(chunk));
    process.stderr.write('pid ' + bridge.pid + '\\n');
  `;

  async function startHost(): Promise<{ readonly host: ChildProcess; readonly bridge: number }> {
    const host = spawn(NODE, ['-e', HOST], { env: { ...home.env, ...env }, stdio: 'pipe' });
    processes.push(host);
    const [line] = await once(host.stderr, 'data');
    const bridge = Number(/pid (\d+)/.exec(String(line))?.[1]);
    host.stdin.write(`${[...HANDSHAKE, '{"jsonrpc":"2.0","id":"tools","method":"tools/list"}'].join('\n')}\n`);
    let text = '';
    for await (const chunk of host.stdout) {
      text += String(chunk);
      if (text.includes('"id":"tools"')) break;
    }
    return { host, bridge };
  }

  function isAlive(pid: number): boolean {
    try {
      process.kill(pid, 0);
      return true;
    } catch {
      return false;
    }
  }

  async function gone(pid: number): Promise<void> {
    while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 50));
  }

  it('takes an idle bridge with it', async () => {
    const { host, bridge } = await startHost();
    host.kill('SIGKILL');
    await gone(bridge);
  });

  it('takes a bridge with it whose pipes another process keeps open', async () => {
    // As with npx in between: the parent dies, and the host keeps the pipes open.
    const fifo = join(home.dir, 'stdin');
    await promisify(execFile)('mkfifo', [fifo]);
    const held = await open(fifo, 'r+');
    const between = `
      const { spawn } = require('node:child_process');
      const bridge = spawn(process.execPath, [${JSON.stringify(BIN)}], { stdio: ['inherit', 'pipe', 'inherit'] });
      bridge.stdout.once('data', () => process.stdout.write('pid ' + bridge.pid + '\\n'));
    `;
    const parent = spawn(NODE, ['-e', between], { env: { ...home.env, ...env }, stdio: [held.fd, 'pipe', 'inherit'] });
    processes.push(parent);
    await held.write(`${HANDSHAKE.join('\n')}\n`);
    const [line] = await once(parent.stdout ?? parent, 'data');
    const bridge = Number(/pid (\d+)/.exec(String(line))?.[1]);
    parent.kill('SIGKILL');
    await gone(bridge);
    await held.close();
  });

  it('takes a bridge with it that reads, and one that writes once the write is done', async () => {
    const { host, bridge } = await startHost();
    const reading = demo.hold(isListing);
    const writing = demo.hold(isCreating);
    host.stdin?.write(`${call('r', 'lucanto_list_invoices', {})}\n`);
    host.stdin?.write(`${call('w', 'lucanto_create_contact', { name: 'Vratislav' })}\n`);
    await Promise.all([reading.arrived, writing.arrived]);
    host.kill('SIGKILL');
    setTimeout(() => writing.release(), 500);
    await gone(bridge);
    reading.release();
    expect(await contacts('Vratislav')).toBe(1);
  });
});
