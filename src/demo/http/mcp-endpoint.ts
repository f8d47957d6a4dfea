import {
  type CallToolResult,
  createMcpHandler,
  isLegacyRequest,
  ProtocolError,
  ProtocolErrorCode,
  Server,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server';
import { VERSION } from '../../core/command-name.ts';
import { isJsonObject, type JsonObject, LosslessNumber, objectIn, parseJson, stringifyJson } from '../../core/json.ts';
import { allows, type Grant, type Tokens } from './access.ts';
import { type Contract, DEMO_API_BASE } from './demo-contract.ts';
import {
  type EngineRequest,
  type EngineResponse,
  envelope,
  Refusal,
  type RequestHandler,
  refused,
} from './demo-request.ts';
import { type RemoteTool, remoteTools } from './mcp-tools.ts';

/**
 * `POST /api/mcp/v1` of the embedded Lucanto: stateless Streamable HTTP over the engine that answers REST,
 * for clients with `initialize` (2024-10-07 to 2025-11-25) and without (2026-07-28).
 */
const INSTRUCTIONS =
  'Lucanto: invoices, quotes, proformas, credit notes, expenses, contacts and bank accounts. ' +
  'Call lucanto_list_workspaces first: other tools need a workspace_id.';

export function createMcpEndpoint(options: {
  readonly engine: RequestHandler;
  readonly contract: Contract;
  readonly tokens: Tokens;
  /** Makes the id of an answer that the engine never saw. */
  readonly requestId: () => string;
  /** How a request is answered: one JSON body, or an SSE stream with one message. */
  readonly answers: 'json' | 'sse';
  readonly pageSize: number;
}): RequestHandler {
  const tools = remoteTools(options.contract);
  return async ({ method, path, headers, body }) => {
    const grant = grantOf(options.tokens, headers.authorization);
    // What is refused before MCP begins is answered like REST.
    if (grant instanceof Refusal) return refused(grant, options.requestId());
    const text = method === 'POST' ? new TextDecoder().decode(body) : null;
    const allowed = tools.filter(({ operation }) => allows(grant.scopes, operation));
    const create = () => serverOf(options, allowed, grant.token, messagesIn(text ?? ''));
    const request = new Request(`http://localhost${path}`, { method, headers, body: text });
    return exact(await serve(create, request, options.answers));
  };
}

async function serve(create: () => Server, request: Request, answers: 'json' | 'sse'): Promise<Response> {
  if (answers === 'json' && request.method === 'POST' && (await isLegacyRequest(request))) {
    // The SDK's own legacy transport always streams.
    const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
    await create().connect(transport);
    return transport.handleRequest(request);
  }
  return createMcpHandler(create, { responseMode: answers === 'sse' ? 'sse' : 'auto' }).fetch(request);
}

function grantOf(tokens: Tokens, authorization: string | undefined): Grant | Refusal {
  try {
    return tokens.authenticate(authorization);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

/** The JSON-RPC messages of a body; none where it is not JSON, which the SDK then answers. */
function messagesIn(body: string): JsonObject[] {
  try {
    return [parseJson(body)].flat().map(objectIn);
  } catch {
    return [];
  }
}

/**
 * The MCP server of one request: the tools that its token may use, listed page by page, and called.
 * @param messages of the request, read without loss: the SDK's own reading rounds long ids.
 */
function serverOf(
  { engine, requestId, pageSize }: Parameters<typeof createMcpEndpoint>[0],
  tools: readonly RemoteTool[],
  token: string,
  messages: readonly JsonObject[],
): Server {
  const server = new Server(
    { name: 'lucanto', title: 'Lucanto', version: VERSION },
    { capabilities: { tools: {} }, instructions: INSTRUCTIONS },
  );
  server.setRequestHandler('tools/list', ({ params }) => {
    const start = params?.cursor === undefined ? 0 : offsetOf(params.cursor, tools.length);
    const end = start + pageSize;
    return {
      tools: tools.slice(start, end).map(({ descriptor }) => descriptor),
      ...(end < tools.length ? { nextCursor: Buffer.from(`tools:${end}`).toString('base64url') } : {}),
    };
  });
  server.setRequestHandler('tools/call', async ({ params }, context): Promise<CallToolResult> => {
    const tool = tools.find(({ descriptor }) => descriptor.name === params.name);
    if (tool === undefined) throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Unknown tool: ${params.name}`);
    const message = messages.find(({ id }) => id === context.mcpReq.id);
    const args = objectIn(objectIn(message?.params).arguments);
    const complaint = complaintAbout(tool, args);
    if (complaint === null) return resultOf(await engine(requestFor(tool, args, token)));
    const refusal = new Refusal(400, 'bad_request', complaint);
    return { content: [{ type: 'text', text: stringifyJson(envelope(refusal, requestId())) }], isError: true };
  });
  return server;
}

function offsetOf(cursor: string, count: number): number {
  const [, digits = ''] = /^tools:(\d{1,6})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? [];
  const offset = Number(digits);
  if (digits === '' || offset >= count) throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'Invalid cursor');
  return offset;
}

function complaintAbout({ descriptor, operation, pathParameters, body }: RemoteTool, args: JsonObject): string | null {
  const inPath = pathParameters.map(([argument]) => argument);
  const known = [...inPath, ...operation.query.map(({ name }) => name), ...(body?.fields ?? [])];
  const unknown = Object.keys(args).filter((name) => !known.includes(name));
  if (unknown.length > 0) return `${descriptor.name} has no argument ${unknown.join(', ')}.`;
  const missing = inPath.filter((name) => (args[name] ?? null) === null);
  return missing.length > 0 ? `${descriptor.name} needs ${missing.join(' and ')}.` : null;
}

/** The call as a request to the engine that answers REST. */
function requestFor({ operation, pathParameters, body }: RemoteTool, args: JsonObject, token: string): EngineRequest {
  const path = pathParameters.reduce(
    (template, [argument, name]) => template.replace(`{${name}}`, encodeURIComponent(String(args[argument]))),
    operation.template,
  );
  const query = operation.query.map(({ name }) => name).filter((name) => (args[name] ?? null) !== null);
  const given = (body?.fields ?? []).filter((name) => args[name] !== undefined);
  const text =
    body === null ? '' : stringifyJson({ [body.wrapper]: Object.fromEntries(given.map((name) => [name, args[name]])) });
  return {
    method: operation.method,
    path: `${DEMO_API_BASE}${path}`,
    query: new URLSearchParams(Object.fromEntries(query.map((name) => [name, String(args[name])]))),
    headers: {
      authorization: `Bearer ${token}`,
      accept: 'application/json',
      ...(body === null ? {} : { 'content-type': 'application/json' }),
    },
    body: new TextEncoder().encode(text),
  };
}

/** The API's answer as text, and as `structuredContent` where it is an object; its errors with `isError`. */
function resultOf({ status, body }: EngineResponse): CallToolResult {
  const text = typeof body === 'string' ? body : '';
  const content: CallToolResult['content'] = [{ type: 'text', text }];
  if (status >= 400) return { content, isError: true };
  const parsed = text === '' ? null : parseJson(text);
  return isJsonObject(parsed) ? { content, structuredContent: objectIn(marked(parsed)) } : { content };
}

/**
 * Ids are 64-bit integers, and the SDK writes its answers with JSON.stringify, which has no such number.
 * So they pass through it as marked strings, and the marks are taken off the finished answer.
 */
// No text of the demo begins with NUL, and JSON always writes it escaped.
const MARK = '\u0000';
const MARKED = /"\\u0000(-?\d[\d.eE+-]*)"/g;

function marked(value: unknown): unknown {
  if (typeof value === 'bigint' || value instanceof LosslessNumber) return `${MARK}${value.toString()}`;
  if (Array.isArray(value)) return value.map(marked);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, marked(entry)]));
}

/** The SDK's answer with its numbers written digit by digit; a stream stays one. */
function exact({ status, headers, body }: Response): EngineResponse {
  const unmarked = body
    ?.pipeThrough(new TextDecoderStream())
    .pipeThrough(byLine((line) => line.replace(MARKED, '$1')))
    .pipeThrough(new TextEncoderStream());
  return { status, headers: Object.fromEntries(headers), body: unmarked ?? null };
}

/** JSON and an SSE frame's data are one line each, so that no mark is ever cut in two. */
function byLine(change: (line: string) => string): TransformStream<string, string> {
  let rest = '';
  return new TransformStream({
    transform(chunk, controller) {
      const end = chunk.lastIndexOf('\n') + 1;
      if (end > 0) controller.enqueue(change(rest + chunk.slice(0, end)));
      rest = end > 0 ? chunk.slice(end) : rest + chunk;
    },
    flush(controller) {
      if (rest !== '') controller.enqueue(change(rest));
    },
  });
}
