import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type { Generation } from '../contract/bundled-contract.ts';
import { lazy } from '../core/deadline.ts';
import { LocalError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { SentEmail } from './data/store.ts';
import { LucantoEngine } from './engine.ts';
import type { Tokens } from './http/access.ts';
import type { EngineRequest, EngineResponse, Holds, RequestHandler } from './http/demo-request.ts';

/** The embedded Lucanto on loopback: REST, its OpenAPI document, files and the MCP endpoint over one store. */
const HOST = '127.0.0.1';
const MCP_PATH = '/api/mcp/v1';
const MCP_PAGE_SIZE = 50;
const DEFAULT_SEED = 1;

export interface DemoService {
  /** The origin, `http://127.0.0.1:<port>`. */
  readonly url: string;
  readonly tokens: Tokens['all'];
  readonly outbox: readonly SentEmail[];
  /** Every HTTP request answered so far; the id is empty where the answer has none. */
  readonly requests: readonly {
    readonly method: string;
    readonly path: string;
    readonly status: number;
    readonly requestId: string;
  }[];
  readonly hold: Holds['next'];
  reset(): void;
  close(): Promise<void>;
}

/** @throws LocalError where the port cannot be had. */
export async function startDemo(options: {
  /** 0 for any free one. */
  readonly port: number;
  readonly generation: Generation;
  readonly clock: () => number;
  /** The same seed and clock give the same sample data and tokens. */
  readonly seed?: number;
  readonly log?: Log;
}): Promise<DemoService> {
  const { generation, clock, port, seed = DEFAULT_SEED, log = null } = options;
  let url = '';
  const engine = new LucantoEngine(generation, seed, clock, () => url, log);
  /** The MCP SDK is loaded with the first request to the endpoint. */
  const mcp = lazy(async () => {
    const { createMcpEndpoint } = await import('./http/mcp-endpoint.ts');
    const { contract, tokens } = engine;
    return createMcpEndpoint({
      engine: (call) => engine.handle(call),
      contract,
      tokens,
      requestId: randomUUID,
      answers: 'json',
      pageSize: MCP_PAGE_SIZE,
    });
  });
  const requests: DemoService['requests'][number][] = [];
  const answer: RequestHandler = async (request) => {
    const { method, path } = request;
    const response = await (path === MCP_PATH ? (await mcp())(request) : engine.handle(request));
    const requestId = response.headers['X-Request-Id'] ?? '';
    requests.push({ method, path, status: response.status, requestId });
    return response;
  };
  const server = createServer((incoming, outgoing) => {
    requestOf(incoming)
      .then(answer)
      .then((response) => write(response, outgoing))
      .catch((error: unknown) => {
        log?.debug(`demo: ${String(error)}`);
        outgoing.destroy();
      });
  });
  await new Promise<void>((resolve, reject) => {
    const refuse = (cause: NodeJS.ErrnoException): void => {
      const why = cause.code === 'EADDRINUSE' ? 'another program listens there' : cause.message;
      const hint = 'Leave out --port to take any free one.';
      const message = `The embedded Lucanto cannot listen on ${HOST}:${port}: ${why}.`;
      reject(new LocalError('port_unavailable', message, { hint, cause }));
    };
    server.once('error', refuse).listen(port, HOST, resolve);
  });
  const address = server.address();
  url = `http://${HOST}:${typeof address === 'object' && address !== null ? address.port : port}`;
  return {
    url,
    tokens: engine.tokens.all,
    outbox: engine.outbox,
    requests,
    hold: (matches) => engine.holds.next(matches),
    reset: () => {
      engine.reset();
      requests.length = 0;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export async function requestOf(incoming: IncomingMessage): Promise<EngineRequest> {
  const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://localhost');
  const headers = Object.entries(incoming.headers).map(([name, value]) => [name, [value ?? ''].flat().join(', ')]);
  return {
    method: incoming.method ?? 'GET',
    path: pathname,
    query: searchParams,
    headers: Object.fromEntries(headers),
    body: await buffer(incoming),
  };
}

export async function write({ status, headers, body }: EngineResponse, outgoing: ServerResponse): Promise<void> {
  if (body instanceof ReadableStream) {
    outgoing.writeHead(status, headers);
    // It fails where the client has gone.
    return pipeline(Readable.fromWeb(body), outgoing).catch(() => void outgoing.destroy());
  }
  const length = body === null ? {} : { 'Content-Length': Buffer.byteLength(body) };
  outgoing.writeHead(status, { ...headers, ...length }).end(body ?? undefined);
}
