/**
 * A proxy between the bridge and a service, on real sockets, that spoils what passes as it is told for each request,
 * and remembers what it saw on both sides.
 */
import { request as httpRequest } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { type Canned, cannedAnswer, type Fault, reachesService } from './faults.ts';
import { answerHead, type RawRequest, RequestReader } from './raw-http.ts';

export interface ProxiedRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly idempotencyKey: string | null;
  /** JSON-RPC method and tool, for the remote endpoint. */
  readonly rpcMethod: string | null;
  readonly tool: string | null;
  readonly body: string;
  /** From 1: how often the same request (by its key, else by what it asks) has come. */
  readonly attempt: number;
}

interface Upstream {
  readonly status: number;
  readonly replayed: boolean;
  readonly body: string;
}

interface Seen extends ProxiedRequest {
  readonly fault: Fault | null;
  /** What the service answered; null where it was not asked or did not answer. */
  upstream: Upstream | null;
}

type ChooseFault = (request: ProxiedRequest) => Fault | null;

export interface FaultProxyOptions {
  /** Origin of the service. */
  readonly upstream: string;
  readonly choose: ChooseFault;
  /** Milliseconds that `late`, `slow_head` and `slow_body` take, asked for each. */
  readonly slowMs: () => number;
}

export interface FaultProxy {
  /** Stays the same while refusing. */
  readonly origin: string;
  readonly seen: readonly Seen[];
  /** As if nothing had come so far. */
  forget(): void;
  /** Closes the listener and what is idle: new connections are refused from now on. */
  refuse(): Promise<void>;
  /** Listens again. */
  accept(): Promise<void>;
  close(): Promise<void>;
}

const HOP_HEADERS = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length']);
const SLOW_STEPS = 5;

export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const seen: Seen[] = [];
  const attempts = new Map<string, number>();
  const connections = new Map<Socket, { busy: boolean }>();

  const observe = (raw: RawRequest): Seen => {
    const request = described(raw);
    const identity = identityOf(request);
    const attempt = (attempts.get(identity) ?? 0) + 1;
    attempts.set(identity, attempt);
    const known = { ...request, attempt };
    const entry: Seen = { ...known, fault: options.choose(known), upstream: null };
    seen.push(entry);
    return entry;
  };

  const serve = async (raw: RawRequest, socket: Socket): Promise<void> => {
    const entry = observe(raw);
    const { fault } = entry;
    if (fault === 'late') await wait(options.slowMs());
    const answer = fault === null || reachesService(fault) ? await forwarded(raw, options.upstream) : null;
    if (answer !== null) {
      entry.upstream = {
        status: answer.status,
        replayed: answer.headers['idempotent-replayed'] === 'true',
        body: answer.body.toString(),
      };
    }
    await play(fault, answer, raw, socket, options.slowMs());
  };

  const onConnection = (socket: Socket): void => {
    const reader = new RequestReader();
    const state = { busy: false };
    connections.set(socket, state);
    socket.on('close', () => connections.delete(socket));
    socket.on('error', () => undefined);
    let queue = Promise.resolve();
    socket.on('data', (chunk) => {
      for (const raw of reader.push(Buffer.from(chunk))) {
        queue = queue.then(async () => {
          state.busy = true;
          await serve(raw, socket).catch(() => socket.resetAndDestroy());
          state.busy = false;
        });
      }
    });
  };

  let server = await listening(onConnection, 0);
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  let isListening = true;
  const stop = async (): Promise<void> => {
    if (!isListening) return;
    isListening = false;
    server.close();
    for (const [socket, { busy }] of connections) if (!busy) socket.destroy();
  };
  return {
    origin: `http://127.0.0.1:${port}`,
    seen,
    forget: () => {
      seen.length = 0;
      attempts.clear();
    },
    refuse: stop,
    accept: async () => {
      if (isListening) return;
      server = await listening(onConnection, port);
      isListening = true;
    },
    close: async () => {
      await stop();
      for (const socket of connections.keys()) socket.destroy();
    },
  };
}

function listening(onConnection: (socket: Socket) => void, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer({ noDelay: true }, onConnection);
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

function described(raw: RawRequest): Omit<ProxiedRequest, 'attempt'> {
  const body = raw.body.toString();
  const rpc = body.includes('"jsonrpc"') ? JSON.parse(body) : null;
  return {
    method: raw.method,
    path: raw.target.split('?')[0] ?? '',
    idempotencyKey: raw.headers['idempotency-key'] ?? null,
    rpcMethod: typeof rpc?.method === 'string' ? rpc.method : null,
    tool: typeof rpc?.params?.name === 'string' ? rpc.params.name : null,
    body: rpc === null ? body : JSON.stringify(rpc.params ?? {}),
  };
}

/** A request of JSON-RPC has another id each time, and is yet the same. */
function identityOf({ method, path, idempotencyKey, rpcMethod, body }: Omit<ProxiedRequest, 'attempt'>): string {
  return [method, path, idempotencyKey ?? '', rpcMethod ?? '', idempotencyKey === null ? body : ''].join('\n');
}

interface Forwarded {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Whole, also where the asker is gone meanwhile, as behind a real proxy. */
function forwarded(raw: RawRequest, upstream: string): Promise<Forwarded> {
  return new Promise((resolve, reject) => {
    const headers = { ...raw.headers, 'content-length': String(raw.body.length), connection: 'close' };
    const kept = Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'transfer-encoding'));
    const outgoing = httpRequest(
      new URL(raw.target, upstream),
      { method: raw.method, headers: kept, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('error', reject);
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const entries = Object.entries(response.headers).filter(([name]) => !HOP_HEADERS.has(name));
          resolve({
            status: response.statusCode ?? 0,
            headers: Object.fromEntries(entries.map(([name, value]) => [name, String(value)])),
            body: Buffer.concat(chunks),
          });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(raw.body);
  });
}

async function play(
  fault: Fault | null,
  answer: Forwarded | null,
  raw: RawRequest,
  socket: Socket,
  slowMs: number,
): Promise<void> {
  const canned = fault === null ? null : cannedAnswer(fault, raw.body.toString());
  const told = canned === null ? answer : bytesOf(canned);
  switch (fault) {
    case 'reset_before':
    case 'reset_after':
      socket.resetAndDestroy();
      return;
    case 'hang_before':
    case 'hang_after':
      await new Promise((resolve) => socket.once('close', resolve));
      return;
  }
  if (told === null) throw new Error(`there is nothing to answer for ${fault}`);
  const head = answerHead(told.status, told.headers, told.body.length);
  switch (fault) {
    case 'cut_body':
      // Where there is no body, the head is cut.
      if (told.body.length === 0) socket.end(head.slice(0, head.length >> 1));
      else socket.end(Buffer.concat([Buffer.from(head, 'latin1'), told.body.subarray(0, told.body.length >> 1)]));
      return;
    case 'slow_head':
      await wait(slowMs);
      break;
    case 'slow_body':
      socket.write(head);
      for (const part of inParts(told.body, SLOW_STEPS)) {
        await wait(slowMs / SLOW_STEPS);
        socket.write(part);
      }
      return;
  }
  // In one write: a head without its body is a fault of its own.
  socket.write(Buffer.concat([Buffer.from(head, 'latin1'), told.body]));
}

function bytesOf({ status, headers, body }: Canned): Forwarded {
  return { status, headers, body: Buffer.from(body) };
}

function inParts(body: Buffer, count: number): Buffer[] {
  const size = Math.ceil(body.length / count) || 1;
  return Array.from({ length: count }, (_, index) => body.subarray(index * size, (index + 1) * size));
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
