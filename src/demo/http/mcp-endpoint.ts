import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  createMcpHandler,
  isLegacyRequest,
  type Server,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server';
import { parseJson, stringifyJson } from '../../core/json.ts';
import { type Fields, fieldsOf } from '../data/fields.ts';
import type { Grant, Tokens } from '../data/tokens.ts';
import { allows, authenticate } from './access.ts';
import type { Contract } from './demo-contract.ts';
import { type Engine, envelope, Refusal } from './demo-request.ts';
import { createServer, withExactNumbers } from './mcp-calls.ts';
import { remoteTools } from './mcp-tools.ts';

/**
 * `POST /api/mcp/v1` of the embedded Lucanto: stateless Streamable HTTP over the engine that answers REST,
 * for clients with `initialize` (2024-10-07 to 2025-11-25) and without (2026-07-28).
 */
interface McpEndpointOptions {
  readonly engine: Engine;
  readonly contract: Contract;
  readonly tokens: Tokens;
  readonly requestId: () => string;
  /** How a request is answered: one JSON body, or an SSE stream with one message. */
  readonly answers: 'json' | 'sse';
  /** Tools per page of `tools/list`. */
  readonly pageSize: number;
}

export type McpEndpoint = (request: Request) => Promise<Response>;

export function createMcpEndpoint(options: McpEndpointOptions): McpEndpoint {
  const { engine, contract, tokens, requestId, answers, pageSize } = options;
  const tools = remoteTools(contract);

  return async (request) => {
    const grant = grantOf(tokens, request);
    if (grant instanceof Refusal) return refused(grant, requestId());
    const body = request.method === 'POST' ? await request.text() : null;
    const messages = body === null ? [] : messagesIn(body);
    const create = () =>
      createServer({
        tools: tools.filter(({ need }) => allows(grant.scopes, need)),
        pageSize,
        port: { engine, token: grant.token, requestId },
        argumentsOf: (id) => argumentsIn(messages, id),
      });
    const { url, method, headers, signal } = request;
    const answer = await serve(create, new Request(url, { method, headers, signal, body }), answers);
    return withExactNumbers(answer);
  };
}

async function serve(create: () => Server, request: Request, answers: 'json' | 'sse'): Promise<Response> {
  if (answers === 'json' && request.method === 'POST' && (await isLegacyRequest(request))) {
    // The SDK's own legacy leg always streams.
    const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
    await create().connect(transport);
    return transport.handleRequest(request);
  }
  const handler = createMcpHandler(create, { responseMode: answers === 'sse' ? 'sse' : 'auto' });
  return handler.fetch(request);
}

function grantOf(tokens: Tokens, request: Request): Grant | Refusal {
  try {
    return authenticate(tokens, request.headers.get('authorization') ?? undefined);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

/** What is refused before MCP begins is answered like REST. */
function refused(refusal: Refusal, requestId: string): Response {
  const { retryAfter } = refusal.extras;
  return new Response(stringifyJson(envelope(refusal, requestId)), {
    status: refusal.status,
    headers: {
      'Content-Type': 'application/json',
      'X-Request-Id': requestId,
      ...(retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) }),
    },
  });
}

/** The JSON-RPC messages of a body; none where it is not JSON, which the SDK then answers. */
function messagesIn(body: string): Fields[] {
  try {
    return [parseJson(body)].flat().map(fieldsOf);
  } catch {
    return [];
  }
}

function argumentsIn(messages: readonly Fields[], id: string | number): Fields {
  const message = messages.find((entry) => entry.id === id);
  return fieldsOf(fieldsOf(message?.params).arguments);
}

/** Carries a fetch-style handler on Node's own HTTP server. */
/** Answers when the whole of the request has been read; a client that goes away aborts the handler's request. */
export async function serveFetch(
  handler: (request: Request) => Promise<Response>,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const gone = new AbortController();
  outgoing.once('close', () => gone.abort());
  const method = incoming.method ?? 'GET';
  const response = await handler(
    new Request(`http://${incoming.headers.host ?? 'localhost'}${incoming.url ?? '/'}`, {
      method,
      headers: headersOf(incoming),
      signal: gone.signal,
      body: method === 'GET' || method === 'HEAD' ? null : Buffer.concat(chunks),
    }),
  );
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  if (response.body === null) outgoing.end();
  // The pipeline fails where the client has gone, and then nobody is left to be told.
  else await pipeline(Readable.fromWeb(response.body), outgoing).catch(() => outgoing.destroy());
}

function headersOf(incoming: IncomingMessage): Headers {
  const headers = new Headers();
  for (let index = 0; index + 1 < incoming.rawHeaders.length; index += 2) {
    headers.append(incoming.rawHeaders[index] ?? '', incoming.rawHeaders[index + 1] ?? '');
  }
  return headers;
}
