import http, { type ClientRequestArgs, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { Socket } from 'node:net';
import { type Duplex, pipeline, Readable } from 'node:stream';
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls';
import { constants, createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { uriDecoded } from '../core/json.ts';
import { publicLookup } from './private-address.ts';
import type { HttpProxy } from './proxy.ts';

/**
 * Connections to the service, directly or through a proxy. They do what Node's fetch does, and what it does not: they trust
 * certificates of our choice, serve one request only where that is asked for, and can be left behind.
 */
export interface Connections {
  /** The request's own signal is ignored and redirects are not followed. @throws what Node's HTTP client throws */
  send(request: Request, signal: AbortSignal): Promise<Response>;
  /** Requests that are under way go on. */
  close(): void;
}

/** How long an idle connection is kept: servers close theirs after five seconds or more. */
const IDLE_MS = 4_000;

/**
 * @param certificates PEM, in place of what Node trusts by itself. @param reuse whether a connection may serve another request later
 * @param publicOnly connects to no address of this computer or its network
 */
export function connections({
  proxy,
  certificates,
  reuse,
  publicOnly,
}: {
  readonly proxy: HttpProxy | null;
  readonly certificates: readonly string[] | null;
  readonly reuse: boolean;
  readonly publicOnly: boolean;
}): Connections {
  const trusted = certificates === null ? null : createSecureContext({ ca: [...certificates] });
  const options = {
    keepAlive: reuse,
    ...(reuse && { timeout: IDLE_MS }),
    // Behind a proxy, the proxy looks names up.
    ...(publicOnly && proxy === null && { lookup: publicLookup }),
    ...(trusted !== null && { secureContext: trusted }),
  };
  const plain = new http.Agent(options);
  const secure = new https.Agent(options);
  if (proxy !== null) {
    const encrypt = secure.createConnection.bind(secure);
    plain.createConnection = tunnelled(proxy, trusted, (_options, socket) => socket);
    secure.createConnection = tunnelled(proxy, trusted, (options, socket) => {
      const over = { ...options, socket };
      return encrypt(over);
    });
  }
  return {
    send: (request, signal) => send(request, signal, request.url.startsWith('https:') ? secure : plain),
    close: () => {
      for (const agent of [plain, secure]) {
        // What comes back from a request that is under way is not kept either.
        agent.keepSocketAlive = () => false;
        for (const socket of Object.values(agent.freeSockets).flatMap((sockets) => sockets ?? [])) socket.destroy();
      }
    },
  };
}

/** @param finish makes what the requests go through out of the socket that leads to the target */
function tunnelled(
  proxy: HttpProxy,
  trusted: SecureContext | null,
  finish: (options: ClientRequestArgs, socket: Duplex) => Duplex | null | undefined,
): (options: ClientRequestArgs, callback?: (error: Error | null, socket: Duplex) => void) => undefined {
  return (options, callback) => {
    const host = options.host ?? '';
    const target = `${host.includes(':') ? `[${host}]` : host}:${options.port}`;
    openTunnel(proxy, target, trusted).then(
      (socket) => callback?.(null, finish(options, socket) ?? socket),
      // The socket of a failure is ignored.
      (error: unknown) => callback?.(error instanceof Error ? error : new Error(String(error)), new Socket()),
    );
  };
}

async function send(request: Request, signal: AbortSignal, agent: http.Agent): Promise<Response> {
  const { method, url } = request;
  // Of a stream, the length is known beforehand and stands in the headers.
  const isStream = request.headers.has('content-length');
  const bytes = request.body === null || isStream ? null : new Uint8Array(await request.arrayBuffer());
  const headers = {
    ...Object.fromEntries(request.headers),
    'Accept-Encoding': 'gzip, br',
    ...(bytes !== null && { 'Content-Length': bytes.byteLength }),
  };
  return new Promise((resolve, reject) => {
    const { request: start } = agent instanceof https.Agent ? https : http;
    const sent = start(url, { method, headers, agent, signal }, (answer) => {
      const status = answer.statusCode ?? 0;
      try {
        resolve(responseOf(answer, status));
      } catch (error) {
        sent.destroy();
        reject(error);
      }
    });
    limitConnecting(sent);
    sent.on('error', reject);
    // What waits for a tunnel hears of an abort only with its socket; an answer of another protocol ends without an error.
    const onAbort = () => reject(new DOMException('aborted', 'AbortError'));
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    sent.once('close', () => {
      signal.removeEventListener('abort', onAbort);
      reject(Object.assign(new Error('no answer'), { code: 'ECONNRESET' }));
    });
    if (request.body !== null && isStream) pipeline(Readable.fromWeb(request.body), sent, () => undefined);
    else sent.end(bytes);
  });
}

/** A connection is made, encryption included, within CONNECT_TIMEOUT_MS. */
function limitConnecting(sent: http.ClientRequest): void {
  const timer = setTimeout(() => sent.destroy(connectTimeout()), CONNECT_TIMEOUT_MS);
  const made = () => clearTimeout(timer);
  sent.once('close', made).once('socket', (socket) => {
    if (sent.reusedSocket) made();
    else if (socket instanceof TLSSocket) socket.once('secureConnect', made);
    else if (socket.connecting) socket.once('connect', made);
    else made();
  });
}

/** Each takes memory, and no server needs more than one. */
const MAX_ENCODINGS = 3;

function responseOf(answer: IncomingMessage, status: number): Response {
  if (status < 200 || status > 599) throw Object.assign(new Error(`status ${status}`), { code: 'HPE_INVALID_STATUS' });
  const headers = new Headers();
  for (let at = 0; at + 1 < answer.rawHeaders.length; at += 2) {
    headers.append(answer.rawHeaders[at] ?? '', answer.rawHeaders[at + 1] ?? '');
  }
  if ([204, 205, 304].includes(status)) {
    answer.resume();
    return new Response(null, { status, headers });
  }
  return new Response(Readable.toWeb(decoded(answer)), { status, headers });
}

/** What is compressed is passed on as it arrives: a stream of events must not wait for its end. One that is cut off fails. */
function decoded(answer: IncomingMessage): Readable {
  if (answer.headers['content-length'] === '0') return answer;
  const encodings = (answer.headers['content-encoding'] ?? '').toLowerCase().split(',').reverse();
  if (encodings.length > MAX_ENCODINGS) throw Object.assign(new Error('too many encodings'), { code: 'HPE_ENCODINGS' });
  return encodings.reduce<Readable>((stream, encoding) => {
    // Either end's failure ends both.
    const through = (decoder: Duplex) => pipeline(stream, decoder, () => undefined);
    switch (encoding.trim()) {
      case 'gzip':
      case 'x-gzip':
        return through(createGunzip({ flush: constants.Z_SYNC_FLUSH }));
      case 'deflate':
        return through(createInflate({ flush: constants.Z_SYNC_FLUSH }));
      case 'br':
        return through(createBrotliDecompress({ flush: constants.BROTLI_OPERATION_FLUSH }));
      default:
        return stream;
    }
  }, answer);
}

const CONNECT_TIMEOUT_MS = 10_000;

function connectTimeout(): Error {
  return Object.assign(new Error('no answer in time'), { code: 'CONNECT_TIMEOUT' });
}

/** The tunnel was not made: nothing of the request has left. */
export class ProxyError extends Error {
  override readonly name = 'ProxyError';
  /** What the proxy answered, or null where it was not reached; then `cause` says why. */
  readonly status: number | null;

  constructor(status: number | null, cause?: unknown) {
    super('the proxy made no connection', { cause });
    this.status = status;
  }
}

/**
 * A socket to the target, not yet encrypted: by CONNECT, for https and http alike, so that the proxy sees no request of ours.
 * @param target `host:port`. @param trusted for a proxy that is itself reached over TLS.
 * @throws ProxyError
 */
export function openTunnel({ url }: HttpProxy, target: string, trusted: SecureContext | null): Promise<Socket> {
  // A password may contain a percent sign that encodes nothing.
  const login = `${uriDecoded(url.username)}:${uriDecoded(url.password)}`;
  const credentials = Buffer.from(login).toString('base64');
  return new Promise((resolve, reject) => {
    const secure = url.protocol === 'https:';
    const request = (secure ? https : http).request({
      method: 'CONNECT',
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port || (secure ? 443 : 80),
      path: target,
      headers: { Host: target, ...(login !== ':' && { 'Proxy-Authorization': `Basic ${credentials}` }) },
      // An agent would keep the socket, and might have a proxy of its own.
      agent: false,
      ...(trusted === null ? {} : { secureContext: trusted }),
    });
    const timer = setTimeout(() => request.destroy(connectTimeout()), CONNECT_TIMEOUT_MS);
    request.once('connect', (response, socket, head) => {
      clearTimeout(timer);
      const status = response.statusCode ?? 0;
      if (status < 200 || status > 299) {
        socket.destroy();
        reject(new ProxyError(status));
        return;
      }
      if (head.length > 0) socket.unshift(head);
      resolve(socket);
    });
    request.once('error', (error) => {
      clearTimeout(timer);
      reject(new ProxyError(null, error));
    });
    request.end();
  });
}
