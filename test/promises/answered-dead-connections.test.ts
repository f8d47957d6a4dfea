/** A connection that died silently costs a read seconds and not its whole time, and the next call nothing at all. */
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type DemoService, startDemo } from '../../src/demo/demo-server.ts';
import type { HttpRequest } from '../../src/http/request.ts';
import { sendContext, testClient } from '../helpers/http-client.ts';
import { readyBridge } from '../helpers/rpc-bridge.ts';
import { temporaryHome } from '../helpers/run.ts';
import { portOf } from '../helpers/scripted-server.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A relay whose connections can die without a word: bytes go in, none come out, and nothing is closed. */
async function relay(target: string) {
  const sockets = new Set<Socket>();
  const dead = new Set<Socket>();
  let intoDead = '';
  const server: Server = createServer((client) => {
    const peer = connect(Number(new URL(target).port), '127.0.0.1');
    for (const socket of [client, peer]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    }
    client.on('data', (data) => {
      if (dead.has(client)) intoDead += data.toString();
      else peer.write(data);
    });
    peer.on('data', (data) => {
      if (!dead.has(client)) client.write(data);
    });
    client.on('close', () => peer.destroy());
    peer.on('close', () => {
      if (!dead.has(client)) client.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return {
    origin: `http://127.0.0.1:${portOf(server.address())}`,
    killSilently: async () => {
      // Node takes a connection back a moment after its answer was read.
      await new Promise((resolve) => setTimeout(resolve, 100));
      for (const socket of sockets) dead.add(socket);
    },
    /** Requests that went into dead connections. */
    lost: () => [...intoDead.matchAll(/^(GET|POST) (\S+)/gm)].map(([, method, path]) => `${method} ${path}`),
  };
}

/** Keeps its connections for a long time, and answers a path after as many milliseconds as its query says. */
async function service() {
  const received: string[] = [];
  const server = createHttpServer((request, response) => {
    request.resume();
    const url = new URL(request.url ?? '/', 'http://x');
    received.push(`${request.method} ${url.pathname}`);
    setTimeout(() => response.end('{}'), Number(url.searchParams.get('after') ?? 0));
  });
  server.keepAliveTimeout = 600_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { origin: `http://127.0.0.1:${portOf(server.address())}`, received };
}

const get = (path: string, query = ''): HttpRequest => ({
  ...{ method: 'GET', path, query, headers: {}, body: null, accept: '*/*' },
});
const post = (path: string): HttpRequest => ({ ...get(path), method: 'POST', body: '{}' });
const within = (ms: number) => ({ deadline: Date.now() + ms });

describe('A connection that died silently', () => {
  it('costs reads a new connection each, and the next ones nothing', async () => {
    const count = 3;
    const { origin, received } = await service();
    const way = await relay(origin);
    const { http } = testClient(way.origin);
    const all = (name: string) => Array.from({ length: count }, (_one, index) => get(`/${name}-${index}`));
    const sendAll = (name: string) =>
      Promise.all(all(name).map((one) => http.send(one, sendContext('read', within(15_000)))));
    await sendAll('first');
    await way.killSilently();
    const answers = await sendAll('second');
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(received.filter((one) => one.includes('second'))).toHaveLength(count);
    await sendAll('third');
    expect(way.lost().filter((one) => one.includes('third'))).toEqual([]);
  });

  it('ends with the time limit of a write, which is sent once, and costs the next call nothing', async () => {
    const { origin, received } = await service();
    const way = await relay(origin);
    const { http } = testClient(way.origin);
    await http.send(get('/first'), sendContext('read'));
    await way.killSilently();
    const error = await http.send(post('/write'), sendContext('keyed', within(800))).catch((one: unknown) => one);
    expect(error).toMatchObject({ code: 'timeout', details: { outcome: 'unknown' } });
    expect(way.lost()).toEqual(['POST /write']);
    await http.send(get('/next'), sendContext('read', within(2_000)));
    await http.send(post('/next'), sendContext('keyed', within(2_000)));
    expect(received.slice(1)).toEqual(['GET /next', 'POST /next']);
  });

  it('ends with the time limit of a read that has little time, and costs the next one nothing', async () => {
    const { origin } = await service();
    const way = await relay(origin);
    const { http } = testClient(way.origin);
    await http.send(get('/first'), sendContext('read'));
    await way.killSilently();
    const error = await http.send(get('/short'), sendContext('read', within(500))).catch((one: unknown) => one);
    expect(error).toMatchObject({ code: 'timeout' });
    expect((await http.send(get('/next'), sendContext('read', within(2_000)))).status).toBe(200);
  });

  it('costs a tool of the built program no more either', async () => {
    const demo: DemoService = await startDemo({ port: 0, generation: 'workspaces', clock: Date.now });
    const way = await relay(demo.url);
    const home = await temporaryHome();
    closing.push(
      () => demo.close(),
      () => home.remove(),
    );
    const env = { LUCANTO_URL: way.origin, LUCANTO_TOKEN: demo.tokens.manage, LUCANTO_TIMEOUT: '30' };
    const bridge = await readyBridge({ home, env });
    closing.push(() => bridge.end());
    const list = () => bridge.call('lucanto_list_invoices', { workspace_id: 42, limit: 1 });
    expect((await list())?.result?.isError ?? false).toBe(false);
    await way.killSilently();
    expect((await list())?.result?.isError ?? false).toBe(false);
    expect((await list())?.result?.isError ?? false).toBe(false);
  });
});

describe('A service that is only slow', () => {
  it('answers a read that takes longer than a dead connection would be waited for, and gets each write once', async () => {
    const reads = await service();
    const { http } = testClient(reads.origin);
    await http.send(get('/first'), sendContext('read'));
    const read = http.send(get('/slow', 'after=5000'), sendContext('read', within(15_000)));
    const writes = (['keyed', 'idempotent', 'once'] as const).map(async (retry) => {
      const { origin, received } = await service();
      const client = testClient(origin).http;
      await client.send(get('/first'), sendContext('read'));
      const method = retry === 'idempotent' ? 'PATCH' : 'POST';
      const write: HttpRequest = { ...post('/slow'), method, query: 'after=5000' };
      const { status } = await client.send(write, sendContext(retry, within(15_000)));
      return [retry, status, received.filter((one) => one.endsWith('/slow')).length];
    });
    expect((await read).status).toBe(200);
    expect(reads.received.filter((one) => one === 'GET /slow').length).toBeLessThanOrEqual(2);
    expect(await Promise.all(writes)).toEqual([
      ['keyed', 200, 1],
      ['idempotent', 200, 1],
      ['once', 200, 1],
    ]);
  });
});
