import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import type { HttpRequest, SendContext } from '../../src/http/request.ts';
import { sendContext, testClient } from '../helpers/http-client.ts';
import { json, type ScriptedServer, type Step, scriptedServer } from '../helpers/scripted-server.ts';

const open: ScriptedServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

/** Answers nothing until told. */
async function patientServer(...first: readonly Step[]) {
  const held: { readonly url: string; readonly response: ServerResponse }[] = [];
  let most = 0;
  let step = 0;
  const server = await scriptedServer((response, seen) => {
    const now = first[step++];
    if (now !== undefined) return now(response, seen);
    held.push({ url: seen.url, response });
    most = Math.max(most, held.length);
  });
  open.push(server);
  return {
    ...server,
    /** The most that was ever under way at once. */
    most: () => most,
    underWay: () => held.map(({ url }) => url),
    answerOldest: () => held.shift()?.response.end('{}'),
    arrived: (count: number) => expect.poll(() => server.requests.length).toBe(count),
    order: () => server.requests.map(({ url }) => url),
  };
}

function get(path: string): HttpRequest {
  return { method: 'GET', path, query: '', headers: {}, body: null, accept: '*/*' };
}

const post = (path: string): HttpRequest => ({ ...get(path), method: 'POST', body: '{}' });
const paths = (count: number) => Array.from({ length: count }, (_, index) => `/${index}`);
const settled = (promise: Promise<unknown>) => promise.catch((error: unknown) => error);

describe('Concurrent requests', () => {
  it('are never more than the limit, and leave in the order in which they came', async () => {
    const server = await patientServer();
    const { http } = testClient(server.origin, { concurrency: 3 });
    const all = Promise.all(paths(10).map((path) => http.send(get(path), sendContext('read'))));
    for (let answered = 0; answered < 10; answered++) {
      await server.arrived(Math.min(answered + 3, 10));
      server.answerOldest();
    }
    expect((await all).map(({ status }) => status)).toEqual(new Array(10).fill(200));
    expect(server.order()).toEqual(paths(10));
    expect(server.most()).toBe(3);
  });

  it('leave the queue at once, certainly unsent, when their caller gives up or their deadline passes', async () => {
    const server = await patientServer();
    const { http } = testClient(server.origin, { concurrency: 1 });
    const first = http.send(get('/first'), sendContext('read'));
    await server.arrived(1);
    const caller = new AbortController();
    const cancelled = settled(http.send(post('/cancelled'), sendContext('once', { signal: caller.signal })));
    const late = settled(http.send(post('/late'), sendContext('keyed', { deadline: Date.now() + 50 })));
    const last = http.send(get('/last'), sendContext('read'));
    caller.abort();
    expect(await cancelled).toMatchObject({
      code: 'cancelled',
      details: {},
      message: expect.stringContaining('cancelled before it was sent'),
    });
    expect(await late).toMatchObject({
      code: 'timeout',
      details: {},
      message: expect.stringContaining('was not sent'),
    });
    server.answerOldest();
    await server.arrived(2);
    server.answerOldest();
    await Promise.all([first, last]);
    expect(server.order()).toEqual(['/first', '/last']);
  });

  it('do not wait for a request that waits out a Retry-After, which keeps its place', async () => {
    const server = await patientServer(json(429, {}, { 'Retry-After': '1' }));
    let endWait: () => void = () => undefined;
    const clock = {
      now: () => Date.now(),
      wait: () =>
        new Promise<void>((resolve) => {
          endWait = resolve;
        }),
    };
    const { http } = testClient(server.origin, { concurrency: 1, clock });
    const all = Promise.all(['/0', '/1', '/2', '/3'].map((path) => http.send(get(path), sendContext('read'))));
    await server.arrived(2);
    endWait();
    await new Promise((resolve) => setImmediate(resolve));
    for (let answered = 0; answered < 4; answered++) {
      server.answerOldest();
      await server.arrived(Math.min(answered + 3, 5));
    }
    await all;
    expect(server.order()).toEqual(['/0', '/1', '/0', '/2', '/3']);
  });

  it('free their slot however they end', async () => {
    const server = await patientServer((response) => response.socket?.destroy(), json(500, {}));
    const { http } = testClient(server.origin, { concurrency: 1 });
    await settled(http.send(post('/lost'), sendContext('once')));
    await http.send(get('/refused'), sendContext('read'));
    const caller = new AbortController();
    const cancelled = settled(http.send(get('/cancelled'), sendContext('read', { signal: caller.signal })));
    await server.arrived(3);
    caller.abort();
    await cancelled;
    const last = http.send(get('/last'), sendContext('read'));
    await server.arrived(4);
    while (server.underWay().length > 0) server.answerOldest();
    expect((await last).status).toBe(200);
  });

  it('of a background refresh leave half of the slots to calls', async () => {
    const server = await patientServer();
    const { http } = testClient(server.origin, { concurrency: 4 });
    const send = (path: string, over: Partial<SendContext> = {}) => http.send(get(path), sendContext('read', over));
    const refresh = Promise.all(paths(20).map((path) => send(path, { background: true })));
    await server.arrived(2);
    const calls = Promise.all(['/a', '/b', '/c'].map((path) => send(path)));
    await server.arrived(4);
    expect(server.underWay()).toEqual(['/0', '/1', '/a', '/b']);
    while (server.requests.length < 23 || server.underWay().length > 0) {
      server.answerOldest();
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await Promise.all([refresh, calls]);
  });
});
