import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { HttpRequest } from '../../src/http/request.ts';
import type { RetryClass } from '../../src/http/retry.ts';
import { sendContext, testClient } from '../helpers/http-client.ts';
import { portOf } from '../helpers/scripted-server.ts';

const METHOD: Readonly<Record<RetryClass, HttpRequest['method']>> = {
  read: 'GET',
  keyed: 'POST',
  idempotent: 'DELETE',
  once: 'POST',
};
const CLASSES: readonly RetryClass[] = ['read', 'keyed', 'idempotent', 'once'];
const ANSWER = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}';
const CALLS = 12;

const servers: Server[] = [];
const sockets = new Set<Socket>();
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});

async function listen(server: Server): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${portOf(server.address())}`;
}

interface Count {
  connections: number;
  requests: number;
}

/** @param onRequest what happens to a request, given its number on this connection, from 1. */
async function rawServer(count: Count, onRequest: (socket: Socket, nth: number) => void): Promise<string> {
  return listen(
    createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
      count.connections++;
      let nth = 0;
      socket.on('data', (data) => {
        if (!/^(GET|POST|DELETE) /.test(data.toString())) return;
        count.requests++;
        onRequest(socket, ++nth);
      });
    }),
  );
}

/** The status of each of some calls that follow each other, with pauses that grow by a millisecond. */
async function calls(origin: string, retry: RetryClass): Promise<number[]> {
  const { http } = testClient(origin);
  const body = METHOD[retry] === 'POST' ? '{}' : null;
  const request: HttpRequest = { method: METHOD[retry], path: '/x', query: '', headers: {}, body, accept: '*/*' };
  const statuses: number[] = [];
  for (let call = 0; call < CALLS; call++) {
    statuses.push((await http.send(request, sendContext(retry))).status);
    await new Promise((resolve) => setTimeout(resolve, call));
  }
  return statuses;
}

const FINE = new Array(CALLS).fill(200);

describe.each(CLASSES)('A request that is %s', (retry) => {
  it('does not fail because its connection is reset as it arrives', async () => {
    const count: Count = { connections: 0, requests: 0 };
    const origin = await rawServer(count, (socket, nth) => {
      if (nth === 1) socket.write(ANSWER);
      else socket.resetAndDestroy();
    });
    expect(await calls(origin, retry)).toEqual(FINE);
    // What may not be repeated never meets such a connection; everything else is repeated.
    if (retry === 'once') expect(count).toEqual({ connections: CALLS, requests: CALLS });
    else expect(count.requests).toBeGreaterThan(CALLS);
  });

  it('does not fail because its connection is closed without an answer as it arrives', async () => {
    const count: Count = { connections: 0, requests: 0 };
    const origin = await rawServer(count, (socket, nth) => {
      if (nth === 1) socket.write(ANSWER);
      else socket.end();
    });
    expect(await calls(origin, retry)).toEqual(FINE);
    if (retry === 'once') expect(count.requests).toBe(CALLS);
  });

  it('does not fail because the server closes connections a few milliseconds after each answer', async () => {
    const count: Count = { connections: 0, requests: 0 };
    const origin = await rawServer(count, (socket) => {
      socket.write(ANSWER);
      setTimeout(() => socket.end(), 5);
    });
    expect(await calls(origin, retry)).toEqual(FINE);
    if (retry === 'once') expect(count.requests).toBe(CALLS);
  });

  it.each([true, false])('does not fail because of a short keepAliveTimeout (announced: %s)', async (announced) => {
    const server = createHttpServer((request, response) => {
      request.resume();
      if (!announced) response.setHeader('Connection', 'keep-alive');
      response.end('{}');
    });
    server.keepAliveTimeout = 6;
    expect(await calls(await listen(server), retry)).toEqual(FINE);
  });
});

describe('A server that keeps its connections open', () => {
  it('sees few connections for calls that may be repeated', async () => {
    const count: Count = { connections: 0, requests: 0 };
    const origin = await rawServer(count, (socket) => socket.write(ANSWER));
    await calls(origin, 'read');
    expect(count.connections).toBeLessThan(CALLS / 2);
  });
});
