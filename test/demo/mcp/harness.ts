/** The MCP endpoint on a loopback port, over an engine that records what it is asked. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as TransportV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { onTestFinished } from 'vitest';
import type { Generation } from '../../../src/contract/bundled-contract.ts';
import { requestOf, write } from '../../../src/demo/demo-server.ts';
import { Tokens } from '../../../src/demo/http/access.ts';
import { Contract } from '../../../src/demo/http/demo-contract.ts';
import type { EngineRequest, EngineResponse, RequestHandler } from '../../../src/demo/http/demo-request.ts';
import { createMcpEndpoint } from '../../../src/demo/http/mcp-endpoint.ts';

interface Recorded {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Running {
  readonly url: URL;
  readonly tokens: Tokens['all'];
  readonly requests: Recorded[];
}

export interface Setting {
  readonly answers?: 'json' | 'sse';
  readonly pageSize?: number;
  readonly generation?: Generation;
  readonly respond?: (request: EngineRequest) => EngineResponse;
}

export function answer(status: number, body: string | null): EngineResponse {
  return { status, headers: { 'Content-Type': 'application/json', 'X-Request-Id': 'req-engine' }, body };
}

export async function startEndpoint(setting: Setting = {}): Promise<Running> {
  const { answers = 'json', pageSize = 100, generation = 'accounts', respond = () => answer(200, '{}') } = setting;
  const requests: Recorded[] = [];
  const tokens = new Tokens(1);
  const engine: RequestHandler = async (request) => {
    const { method, path, query, headers, body } = request;
    requests.push({ method, path, query: query.toString(), headers, body: new TextDecoder().decode(body) });
    return respond(request);
  };
  const endpoint = createMcpEndpoint({
    engine,
    contract: new Contract(generation),
    tokens,
    requestId: () => 'req-mcp',
    answers,
    pageSize,
  });
  const server = createServer(async (incoming, outgoing) => write(await endpoint(await requestOf(incoming)), outgoing));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { url: new URL(`http://127.0.0.1:${portOf(server.address())}/api/mcp/v1`), tokens: tokens.all, requests };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('The server has no port');
  return address.port;
}

export interface AnyClient {
  /** One page, as it came. */
  list(cursor?: string): Promise<{ tools: { name: string }[]; nextCursor?: string | undefined }>;
  call(name: string, args: Record<string, unknown>): Promise<Record<string, unknown>>;
}

export const CLIENTS = ['v1', 'v2 legacy', 'v2 modern'] as const;

export async function connect(kind: (typeof CLIENTS)[number], url: URL, token: string): Promise<AnyClient> {
  const options = { requestInit: { headers: { Authorization: `Bearer ${token}` } } };
  const identity = { name: 'test', version: '1' };
  if (kind === 'v1') {
    const client = new ClientV1(identity);
    const transport = new TransportV1(url, options);
    // The v1 transport's sessionId is not written for exactOptionalPropertyTypes; an adapter keeps types strict.
    await client.connect({
      start: () => transport.start(),
      send: (message) => transport.send(message),
      close: () => transport.close(),
      set onmessage(handler: typeof transport.onmessage) {
        if (handler !== undefined) transport.onmessage = handler;
      },
      set onclose(handler: () => void) {
        transport.onclose = handler;
      },
      set onerror(handler: (error: Error) => void) {
        transport.onerror = handler;
      },
    });
    onTestFinished(() => client.close());
    return {
      list: (cursor) => client.listTools(cursor === undefined ? {} : { cursor }),
      call: async (name, args) => client.callTool({ name, arguments: args }),
    };
  }
  const mode = kind === 'v2 legacy' ? 'legacy' : { pin: '2026-07-28' };
  const client = new Client(identity, { versionNegotiation: { mode } });
  await client.connect(new StreamableHTTPClientTransport(url, options));
  onTestFinished(() => client.close());
  return {
    list: (cursor) => client.request({ method: 'tools/list', params: cursor === undefined ? {} : { cursor } }),
    call: async (name, args) => client.callTool({ name, arguments: args }),
  };
}
