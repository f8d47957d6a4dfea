/** A client that asks for very much at once. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { HANDSHAKE } from '../helpers/mcp.ts';
import { BIN, type Home, NODE, temporaryHome } from '../helpers/run.ts';
import { portOf } from '../helpers/scripted-server.ts';

/** All answers together are far more than the bridge may hold at once. */
const CALLS = 1_000;
const PADDING = 'x'.repeat(200_000);
const HEAP_MB = 128;

let home: Home;
let server: Server;
let bridge: ChildProcess | undefined;
const held: ServerResponse[] = [];
const served: number[] = [];
let underWay = 0;
let most = 0;

/** Answers every contact after a moment, and nothing else at all. */
beforeEach(async () => {
  home = await temporaryHome();
  served.length = 0;
  underWay = 0;
  most = 0;
  server = createServer((request, response) => {
    request.resume();
    const id = /\/contacts\/(\d+)$/.exec(request.url ?? '')?.[1];
    if (id === undefined) return void held.push(response);
    underWay++;
    most = Math.max(most, underWay);
    response.on('close', () => underWay--);
    served.push(Number(id));
    response.setHeader('Content-Type', 'application/json');
    setTimeout(() => response.end(JSON.stringify({ id: Number(id), name: PADDING })), 2);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  bridge?.kill('SIGKILL');
  for (const response of held.splice(0)) response.destroy();
  server.closeAllConnections();
  server.close();
  await home.remove();
});

interface Session {
  send(...lines: readonly string[]): void;
  /** Ids of the calls answered so far, and of those whose answer was an error. */
  readonly answered: number[];
  readonly failed: number[];
  /** Exit code or signal, and stderr, once it has ended. */
  readonly ended: Promise<string>;
}

/** Keeps no answer: this process has to read as fast as the bridge writes. */
function start(env: Readonly<Record<string, string>> = {}): Session {
  const child = spawn(NODE, [BIN, 'serve'], {
    cwd: home.dir,
    env: {
      ...home.env,
      LUCANTO_URL: `http://127.0.0.1:${portOf(server.address())}`,
      LUCANTO_TOKEN: 'lct_pat_anything',
      NODE_OPTIONS: `--max-old-space-size=${HEAP_MB}`,
      ...env,
    },
    stdio: 'pipe',
  });
  bridge = child;
  const answered: number[] = [];
  const failed: number[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    const id = /"id":"call-(\d+)"/.exec(line)?.[1];
    if (id === undefined) return;
    answered.push(Number(id));
    if (line.includes('"isError":true')) failed.push(Number(id));
  });
  let stderr = '';
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  child.stdin.on('error', () => undefined);
  const ended = new Promise<string>((resolve) => {
    child.once('close', (code, signal) => resolve(`ended with ${code ?? signal}: ${stderr.slice(0, 2000)}`));
  });
  child.stdin.write(`${HANDSHAKE.join('\n')}\n`);
  return { answered, failed, ended, send: (...lines) => child.stdin.write(`${lines.join('\n')}\n`) };
}

function call(id: number): string {
  const params = { name: 'lucanto_get_contact', arguments: { workspace_id: 42, id } };
  return JSON.stringify({ jsonrpc: '2.0', id: `call-${id}`, method: 'tools/call', params });
}

async function allAnswered({ answered, ended }: Session, count: number): Promise<void> {
  const all = expect.poll(() => answered.length, { timeout: 80_000 }).toBe(count);
  await Promise.race([
    all,
    ended.then((how) => {
      throw new Error(how);
    }),
  ]);
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

it('A thousand calls at once get a thousand answers, with a few requests at a time and in bounded memory', async () => {
  const session = start();
  session.send(...numbers(CALLS).map(call));
  await allAnswered(session, CALLS);
  expect(session.answered.toSorted((a, b) => a - b)).toEqual(numbers(CALLS));
  expect(session.failed).toEqual([]);
  expect(served).toHaveLength(CALLS);
  expect(most).toBeLessThanOrEqual(6);
  expect(most).toBeGreaterThan(1);
}, 90_000);

it('With a concurrency of one, requests leave in the order of the calls', async () => {
  const session = start({ LUCANTO_CONCURRENCY: '1', LUCANTO_READ_ONLY: '1' });
  session.send(...numbers(100).map(call));
  await allAnswered(session, 100);
  expect(served).toEqual(numbers(100));
  expect(most).toBe(1);
}, 90_000);

it('Calls are answered while a background refresh hangs', async () => {
  const session = start({ LUCANTO_CONCURRENCY: '2' });
  await expect.poll(() => held.length, { timeout: 10_000 }).toBe(1);
  session.send(...[1, 2, 3].map(call));
  await allAnswered(session, 3);
  expect(session.failed).toEqual([]);
  expect(most).toBe(1);
}, 90_000);

it('Calls are answered even if a background refresh that hangs took the only slot', async () => {
  const session = start({ LUCANTO_CONCURRENCY: '1', LUCANTO_TIMEOUT: '20' });
  await expect.poll(() => held.length, { timeout: 10_000 }).toBe(1);
  session.send(...[1, 2, 3].map(call));
  await allAnswered(session, 3);
  expect(session.failed).toEqual([]);
}, 90_000);
