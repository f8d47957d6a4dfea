import http, { type ClientRequestArgs, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { Socket } from 'node:net';
import { type Duplex, pipeline, Readable } from 'node:stream';
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls';
import { constants, createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { AnswerHead } from './answer-body.ts';
import { publicLookup } from './private-address.ts';
import { CONNECT_TIMEOUT_MS, connectTimeout, type HttpProxy, openTunnel } from './proxy.ts';
import { type HttpRequest, isBodySource } from './request.ts';

/**
 * Connections to the service, directly or through a proxy. They trust certificates of our choice, serve one request only
 * where that is asked for, and can be left behind. Nothing of Node's fetch is in them: loading it takes as long as a call.
 */
export interface Connections {
  /** Redirects are not followed. @throws what Node's HTTP client throws */
  send(
    request: Pick<HttpRequest, 'headers' | 'body'> & { readonly url: URL; readonly method: string },
    signal: AbortSignal,
  ): Promise<ReturnType<typeof answerOf>>;
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
    send: (request, signal) => send(request, signal, request.url.protocol === 'https:' ? secure : plain),
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

function send(
  { url, method, headers: own, body }: Parameters<Connections['send']>[0],
  signal: AbortSignal,
  agent: http.Agent,
): ReturnType<Connections['send']> {
  const headers = {
    ...own,
    'Accept-Encoding': 'gzip, br',
    // Of a stream, the length is known beforehand and stands in the headers.
    ...(body !== null && !isBodySource(body) && { 'Content-Length': Buffer.byteLength(body) }),
  };
  return new Promise((resolve, reject) => {
    const { request: start } = agent instanceof https.Agent ? https : http;
    const sent = start(url, { method, headers, agent, signal }, (answer) => {
      const status = answer.statusCode ?? 0;
      try {
        resolve(answerOf(answer, status));
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
    if (isBodySource(body)) pipeline(Readable.from(body.open()), sent, () => undefined);
    else sent.end(body);
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

const WITHOUT_BODY: readonly number[] = [204, 205, 304];

function answerOf(answer: IncomingMessage, status: number) {
  if (status < 200 || status > 599) throw Object.assign(new Error(`status ${status}`), { code: 'HPE_INVALID_STATUS' });
  // A reader of the body gets its failure; a body without a reader may fail too.
  answer.on('error', () => undefined);
  const headers = headersOf(answer);
  if (!WITHOUT_BODY.includes(status)) return { status, headers, body: decoded(answer) };
  answer.resume();
  return { status, headers, body: null };
}

/** The values of one that comes several times are joined, as fetch joins them. */
function headersOf({ rawHeaders }: IncomingMessage): AnswerHead['headers'] {
  const values = new Map<string, string>();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] ?? '').toLowerCase();
    const before = values.get(name);
    values.set(name, `${before === undefined ? '' : `${before}, `}${rawHeaders[at + 1]}`);
  }
  return { get: (name) => values.get(name) ?? null };
}

/** What is compressed is passed on as it arrives: a stream of events must not wait for its end. One that is cut off fails. */
function decoded(answer: IncomingMessage): Readable {
  if (answer.headers['content-length'] === '0') return answer;
  const encodings = (answer.headers['content-encoding'] ?? '').toLowerCase().split(',').reverse();
  if (encodings.length > MAX_ENCODINGS) throw Object.assign(new Error('too many encodings'), { code: 'HPE_ENCODINGS' });
  return encodings.reduce<Readable>((stream, encoding) => {
    switch (encoding.trim()) {
      case 'gzip':
      case 'x-gzip':
        return through(stream, createGunzip({ flush: constants.Z_SYNC_FLUSH }));
      case 'deflate':
        return through(stream, createInflate({ flush: constants.Z_SYNC_FLUSH }));
      case 'br':
        return through(stream, createBrotliDecompress({ flush: constants.BROTLI_OPERATION_FLUSH }));
      default:
        return stream;
    }
  }, answer);
}

/** Either end's failure ends both. */
function through(stream: Readable, decoder: Duplex): Readable {
  return pipeline(stream, decoder, () => undefined);
}
