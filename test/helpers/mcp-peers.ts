/** The official MCP servers as peers on loopback: v2 in both eras or the modern one only, v1 with and without sessions. */
import { randomUUID } from 'node:crypto';
import { createServer, type Server as HttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Server as ServerV1 } from '@modelcontextprotocol/sdk/server/index.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { createMcpHandler, Server } from '@modelcontextprotocol/server';
import { portOf } from './scripted-server.ts';

export interface Peer {
  readonly origin: string;
  /** JSON-RPC methods in the order in which they came, `-` for what was none. */
  readonly methods: string[];
  /** Headers of each of them. */
  readonly headers: IncomingMessage['headers'][];
  /** Forgets every session, as a restart does. */
  forgetSessions(): void;
  close(): Promise<void>;
}

const TOOLS = [
  {
    name: 'lucanto_list_things',
    description: 'Lists',
    inputSchema: { type: 'object' as const, properties: {} },
    annotations: { readOnlyHint: true },
  },
  {
    name: 'lucanto_create_thing',
    description: 'Creates',
    inputSchema: { type: 'object' as const, properties: { name: { type: 'string' } } },
  },
];

interface Called {
  readonly name: string;
  readonly arguments?: Record<string, unknown> | undefined;
  readonly _meta?: Record<string, unknown> | undefined;
}

function called({ name, arguments: args, _meta }: Called) {
  const meta = Object.fromEntries(
    Object.entries(_meta ?? {}).filter(([key]) => !key.startsWith('io.modelcontextprotocol/')),
  );
  return { content: [{ type: 'text' as const, text: JSON.stringify({ name, args, meta }) }] };
}

async function serve(
  answer: (request: IncomingMessage, response: ServerResponse, body: unknown) => Promise<void>,
  forgetSessions = () => undefined as unknown,
): Promise<Peer> {
  const methods: string[] = [];
  const headers: IncomingMessage['headers'][] = [];
  const server: HttpServer = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
      const body: unknown = JSON.parse(Buffer.concat(chunks).toString());
      methods.push(typeof body === 'object' && body !== null && 'method' in body ? String(body.method) : '-');
      headers.push(request.headers);
      await answer(request, response, body);
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${portOf(server.address())}`,
    methods,
    headers,
    forgetSessions: () => void forgetSessions(),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** @param legacy `reject`: modern only. */
export async function peerV2(options: { legacy: 'stateless' | 'reject'; mode: 'json' | 'sse' }): Promise<Peer> {
  const handler = createMcpHandler(
    () => {
      const server = new Server({ name: 'peer', version: '1' }, { capabilities: { tools: {} } });
      server.setRequestHandler('tools/list', () => ({ tools: TOOLS }));
      server.setRequestHandler('tools/call', async (request, context) => {
        const token = request.params._meta?.progressToken;
        if (token !== undefined) {
          await context.mcpReq.notify({
            method: 'notifications/progress',
            params: { progressToken: token, progress: 1, total: 2, message: 'half' },
          });
        }
        return called(request.params);
      });
      return server;
    },
    { legacy: options.legacy, responseMode: options.mode },
  );
  return serve(async (request, response, body) => {
    const answer = await handler.fetch(
      new Request(`http://127.0.0.1${request.url ?? '/'}`, {
        method: request.method ?? 'POST',
        headers: Object.entries(request.headers).flatMap(([name, value]): [string, string][] =>
          typeof value === 'string' ? [[name, value]] : [],
        ),
        body: JSON.stringify(body),
      }),
    );
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    if (answer.body !== null) for await (const chunk of answer.body) response.write(chunk);
    response.end();
  });
}

export async function peerV1(options: { sessions: boolean; mode: 'json' | 'sse' }): Promise<Peer> {
  const sessions = new Map<string, StreamableHTTPServerTransport>();
  const connect = async (): Promise<StreamableHTTPServerTransport> => {
    const server = new ServerV1({ name: 'peer', version: '1' }, { capabilities: { tools: {} } });
    server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: TOOLS }));
    server.setRequestHandler(CallToolRequestSchema, async (request, extra) => {
      const token = request.params._meta?.progressToken;
      if (token !== undefined) {
        await extra.sendNotification({
          method: 'notifications/progress',
          params: { progressToken: token, progress: 1, total: 2, message: 'half' },
        });
      }
      return called(request.params);
    });
    const transport = new StreamableHTTPServerTransport({
      ...(options.sessions ? { sessionIdGenerator: () => randomUUID() } : {}),
      enableJsonResponse: options.mode === 'json',
      onsessioninitialized: (id) => void sessions.set(id, transport),
    });
    await server.connect(transport);
    return transport;
  };
  return serve(
    async (request, response, body) => {
      const id = request.headers['mcp-session-id'];
      if (options.sessions && typeof id === 'string' && !sessions.has(id)) {
        response.writeHead(404, { 'Content-Type': 'application/json' });
        response.end(
          JSON.stringify({ jsonrpc: '2.0', id: null, error: { code: -32001, message: 'Session not found' } }),
        );
        return;
      }
      const transport = (typeof id === 'string' ? sessions.get(id) : undefined) ?? (await connect());
      await transport.handleRequest(request, response, body);
    },
    () => sessions.clear(),
  );
}
