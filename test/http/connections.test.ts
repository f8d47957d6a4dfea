/** Every request ends: with its answer, with its abort, or with the connection, whatever the other end does. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, expect, it } from 'vitest';
import { isServiceUnchanged } from '../../src/front/service-check.ts';
import { connections } from '../../src/http/connections.ts';
import type { HttpProxy } from '../../src/http/proxy.ts';
import { portOf } from '../helpers/scripted-server.ts';

const servers: Server[] = [];
const sockets = new Set<Socket>();
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});

/** @param onRequest of the first bytes of a connection */
async function portThat(onRequest: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).once('data', () => onRequest(socket));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return portOf(server.address());
}

function send(url: string, signal: AbortSignal, proxy: HttpProxy | null = null): Promise<Response> {
  return connections({ proxy, certificates: null, reuse: true, publicOnly: false }).send(new Request(url), signal);
}

const OTHER_PROTOCOL = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n';

it.each([
  ['changes to another protocol', OTHER_PROTOCOL],
  ['is an announcement without an answer', 'HTTP/1.1 103 Early Hints\r\n\r\n'],
  ['is not there', ''],
])('an answer that %s is an error', async (_what, answer) => {
  const port = await portThat((socket) => socket.end(answer));
  const failure = { code: 'ECONNRESET' };
  await expect(send(`http://127.0.0.1:${port}/`, new AbortController().signal)).rejects.toMatchObject(failure);
});

it('an answer in more encodings than any server uses is an error, and no decoders are made for it', async () => {
  const head = `HTTP/1.1 200 OK\r\nContent-Encoding: ${Array.from({ length: 500 }, () => 'br').join(',')}\r\n`;
  const port = await portThat((socket) => socket.end(`${head}Content-Length: 2\r\n\r\n{}`));
  const failure = { code: 'HPE_ENCODINGS' };
  await expect(send(`http://127.0.0.1:${port}/`, new AbortController().signal)).rejects.toMatchObject(failure);
});

it.each([
  ['gzip', gzipSync],
  ['br', brotliCompressSync],
  ['deflate', deflateSync],
] as const)('an answer in %s that is cut off is an error, and an empty one is empty', async (encoding, compress) => {
  const whole = compress(JSON.stringify(Array.from({ length: 500 }, (_one, at) => at * at)));
  const text = async (body: Buffer, head = '') => {
    const port = await portThat((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Encoding: ${encoding}\r\nConnection: close\r\n${head}\r\n`);
      socket.end(body);
    });
    return (await send(`http://127.0.0.1:${port}/`, new AbortController().signal)).text();
  };
  expect(await text(whole)).toContain(`,${499 * 499}]`);
  await expect(text(whole.subarray(0, -20))).rejects.toThrow('unexpected end of file');
  expect(await text(Buffer.alloc(0), 'Content-Length: 0\r\n')).toBe('');
});

it.each(['before', 'after'])('a request that is aborted %s it waits for a tunnel ends at once', async (when) => {
  const controller = new AbortController();
  // A proxy that takes every connection and never says a word.
  const port = await portThat(() => controller.abort());
  const proxy = { url: new URL(`http://127.0.0.1:${port}`), host: `127.0.0.1:${port}`, variable: 'HTTP_PROXY' };
  if (when === 'before') controller.abort();
  const failure = { name: 'AbortError' };
  await expect(send('http://service.example/', controller.signal, proxy)).rejects.toMatchObject(failure);
});

it('the question whether a service changed ends where the answer changes to another protocol', async () => {
  const port = await portThat((socket) => socket.end(OTHER_PROTOCOL));
  const folder = await mkdtemp(join(tmpdir(), 'lucanto-check-'));
  try {
    await writeFile(join(folder, 'contract.json'), '{"etag":"x","text":"{}"}');
    await writeFile(join(folder, 'catalogue.json'), '{"tools":[]}');
    await writeFile(join(folder, 'protocol.json'), '{}');
    const check = { origin: `http://127.0.0.1:${port}`, token: 'x', folder, env: {}, clock: Date.now };
    expect(await isServiceUnchanged(check)).toBe(false);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
