import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Generation } from '../contract/bundled-contract.ts';
import { LocalError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { Message } from './data/store.ts';
import type { DemoTokens } from './data/tokens.ts';
import { LucantoEngine } from './engine.ts';
import type { EngineRequest } from './http/demo-request.ts';
import type { Hold } from './http/idempotency.ts';
import type { McpEndpoint } from './http/mcp-endpoint.ts';

/** The embedded Lucanto on loopback: REST, its OpenAPI document, files and the MCP endpoint over one store. */
const HOST = '127.0.0.1';
const MCP_PATH = '/api/mcp/v1';
const MCP_PAGE_SIZE = 50;
const DEFAULT_SEED = 1;
const MAX_BODY_BYTES = 20 * 1024 * 1024;

interface DemoOptions {
  /** 0 for any free one. */
  readonly port: number;
  readonly generation: Generation;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** The same seed and clock give the same sample data and tokens. */
  readonly seed?: number;
  readonly log?: Log;
  /** How the MCP endpoint answers: JSON, unless told otherwise. */
  readonly mcpAnswers?: 'json' | 'sse';
}

interface LoggedRequest {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** Empty for the MCP endpoint. */
  readonly requestId: string;
}

export interface DemoService {
  /** The origin, `http://127.0.0.1:<port>`. */
  readonly url: string;
  readonly tokens: DemoTokens;
  /** What would have been e-mailed. */
  readonly outbox: readonly Message[];
  /** Every HTTP request answered so far. */
  readonly requests: readonly LoggedRequest[];
  /** Stops the next request that matches until it is released. */
  hold(matches: (request: EngineRequest) => boolean): Hold;
  reset(): void;
  close(): Promise<void>;
}

/** @throws LocalError where the port cannot be had. */
export async function startDemo(options: DemoOptions): Promise<DemoService> {
  const outbox: Message[] = [];
  const requests: LoggedRequest[] = [];
  let url = '';
  const engine = new LucantoEngine({
    generation: options.generation,
    seed: options.seed ?? DEFAULT_SEED,
    clock: options.clock,
    origin: () => url,
    outbox,
    log: options.log ?? null,
  });
  const mcp = mcpOf(engine, options.mcpAnswers ?? 'json');
  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const { pathname, searchParams } = new URL(incoming.url ?? '/', url);
    const method = incoming.method ?? 'GET';
    if (pathname === MCP_PATH) {
      outgoing.once('finish', () => {
        requests.push({ method, path: pathname, status: outgoing.statusCode, requestId: '' });
      });
      return mcp(incoming, outgoing);
    }
    const body = await bodyOf(incoming);
    const response = await engine.handle({
      method,
      path: pathname,
      query: searchParams,
      headers: headersOf(incoming),
      body,
    });
    requests.push({
      method,
      path: pathname,
      status: response.status,
      requestId: response.headers['X-Request-Id'] ?? '',
    });
    const length = response.body === null ? {} : { 'Content-Length': Buffer.byteLength(response.body) };
    outgoing.writeHead(response.status, { ...response.headers, ...length }).end(response.body ?? undefined);
  };
  const server = createServer((incoming, outgoing) => {
    answer(incoming, outgoing).catch((error: unknown) => {
      options.log?.debug(`demo: ${String(error)}`);
      outgoing.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    const refuse = (cause: NodeJS.ErrnoException): void => {
      const why = cause.code === 'EADDRINUSE' ? 'another program listens there' : cause.message;
      const hint = 'Leave out --port to take any free one.';
      reject(
        new LocalError('port_unavailable', `The embedded Lucanto cannot listen on ${HOST}:${options.port}: ${why}.`, {
          hint,
          cause,
        }),
      );
    };
    server.once('error', refuse).listen(options.port, HOST, resolve);
  });
  const address = server.address();
  url = `http://${HOST}:${typeof address === 'object' && address !== null ? address.port : options.port}`;
  return {
    url,
    tokens: engine.tokens.all,
    outbox,
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

/** The MCP SDK is loaded with the first request to the endpoint. */
function mcpOf(engine: LucantoEngine, answers: 'json' | 'sse') {
  let endpoint: Promise<McpEndpoint> | null = null;
  return async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    endpoint ??= import('./http/mcp-endpoint.ts').then(({ createMcpEndpoint }) =>
      createMcpEndpoint({
        engine,
        contract: engine.contract,
        tokens: engine.tokens,
        requestId: randomUUID,
        answers,
        pageSize: MCP_PAGE_SIZE,
      }),
    );
    const { serveFetch } = await import('./http/mcp-endpoint.ts');
    await serveFetch(await endpoint, incoming, outgoing);
  };
}

async function bodyOf(incoming: IncomingMessage): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new Error(`a body of more than ${MAX_BODY_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function headersOf(incoming: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
}
