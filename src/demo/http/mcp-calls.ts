import { type CallToolResult, ProtocolError, ProtocolErrorCode, Server } from '@modelcontextprotocol/server';
import { LosslessNumber, parseJson, stringifyJson } from '../../core/json.ts';
import { VERSION } from '../../core/version.ts';
import { type Fields, isFields } from '../data/fields.ts';
import { API_BASE } from './demo-contract.ts';
import { type Engine, type EngineResponse, envelope, Refusal } from './demo-request.ts';
import type { RemoteTool } from './mcp-tools.ts';

/**
 * Ids are 64-bit integers, and the SDK writes its answers with JSON.stringify, which has no such number.
 * So they pass through it as marked strings, and the marks are taken off the finished answer.
 */
// No text of the demo begins with NUL, and JSON always writes it escaped.
const MARK = '\u0000';
const MARKED = /"\\u0000(-?\d[\d.eE+-]*)"/g;

function markExactNumbers(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, marked(value)]));
}

function marked(value: unknown): unknown {
  if (typeof value === 'bigint' || value instanceof LosslessNumber) return `${MARK}${value.toString()}`;
  if (Array.isArray(value)) return value.map(marked);
  return isFields(value) ? markExactNumbers(value) : value;
}

/** The same answer with its numbers written digit by digit; a stream stays one. */
export function withExactNumbers(response: Response): Response {
  if (response.body === null) return response;
  const body = response.body
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(byLine((line) => line.replace(MARKED, '$1')))
    .pipeThrough(new TextEncoderStream());
  return new Response(body, { status: response.status, headers: response.headers });
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

/** One tool call, carried out by the same engine that answers REST. */
interface CallPort {
  readonly engine: Engine;
  readonly token: string;
  /** Makes the id of an answer that the engine never saw. */
  readonly requestId: () => string;
}

/** @returns the API's answer as text, and as `structuredContent` where it is an object; its errors with `isError`. */
async function callTool(port: CallPort, tool: RemoteTool, args: Fields): Promise<CallToolResult> {
  const complaint = complaintAbout(tool, args);
  if (complaint !== null) {
    const refusal = new Refusal(400, 'bad_request', complaint);
    return { content: [text(stringifyJson(envelope(refusal, port.requestId())))], isError: true };
  }
  const body = bodyOf(tool, args);
  const response = await port.engine.handle({
    method: tool.operation.method,
    path: tool.pathParameters.reduce(
      (path, [argument, name]) => path.replace(`{${name}}`, encodeURIComponent(String(args[argument]))),
      `${API_BASE}${tool.operation.template}`,
    ),
    query: new URLSearchParams(
      Object.fromEntries(
        queryNames(tool)
          .filter((name) => isGiven(args[name]))
          .map((name) => [name, String(args[name])]),
      ),
    ),
    headers: {
      authorization: `Bearer ${port.token}`,
      accept: 'application/json',
      ...(body === null ? {} : { 'content-type': 'application/json' }),
    },
    body: new TextEncoder().encode(body === null ? '' : stringifyJson(body)),
  });
  return resultOf(response);
}

function complaintAbout(tool: RemoteTool, args: Fields): string | null {
  const known = [
    ...tool.pathParameters.map(([argument]) => argument),
    ...queryNames(tool),
    ...(tool.body?.fields ?? []),
  ];
  const unknown = Object.keys(args).filter((name) => !known.includes(name));
  if (unknown.length > 0) return `${tool.descriptor.name} has no argument ${unknown.join(', ')}.`;
  const missing = tool.pathParameters.filter(([argument]) => !isGiven(args[argument]));
  return missing.length > 0
    ? `${tool.descriptor.name} needs ${missing.map(([argument]) => argument).join(' and ')}.`
    : null;
}

function bodyOf(tool: RemoteTool, args: Fields): Fields | null {
  if (tool.body === null) return null;
  const given = tool.body.fields.filter((name) => args[name] !== undefined);
  return { [tool.body.wrapper]: Object.fromEntries(given.map((name) => [name, args[name]])) };
}

function resultOf(response: EngineResponse): CallToolResult {
  const answer = typeof response.body === 'string' ? response.body : '';
  if (response.status >= 400) return { content: [text(answer)], isError: true };
  const parsed = answer === '' ? null : parseJson(answer);
  return {
    content: [text(answer)],
    ...(isFields(parsed) ? { structuredContent: markExactNumbers(parsed) } : {}),
  };
}

function queryNames(tool: RemoteTool): string[] {
  return tool.operation.query.map(({ name }) => name);
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function text(value: string): { type: 'text'; text: string } {
  return { type: 'text', text: value };
}

/** The MCP server of one request: the tools that its token may use, listed page by page, and called. */
const INSTRUCTIONS =
  'Lucanto: invoices, quotes, proformas, credit notes, expenses, contacts and bank accounts. ' +
  'Call lucanto_list_workspaces first: other tools need a workspace_id.';

interface ServerParts {
  /** Those that the token's scopes allow. */
  readonly tools: readonly RemoteTool[];
  readonly pageSize: number;
  readonly port: CallPort;
  /** Arguments of a `tools/call` by its id, read without loss; the SDK's own reading rounds long ids. */
  readonly argumentsOf: (id: string | number) => Fields;
}

export function createServer(parts: ServerParts): Server {
  const { tools, pageSize, port, argumentsOf } = parts;
  const server = new Server(
    { name: 'lucanto', title: 'Lucanto', version: VERSION },
    { capabilities: { tools: {} }, instructions: INSTRUCTIONS },
  );
  server.setRequestHandler('tools/list', ({ params }) => {
    const start = params?.cursor === undefined ? 0 : offsetOf(params.cursor, tools.length);
    const end = start + pageSize;
    return {
      tools: tools.slice(start, end).map(({ descriptor }) => descriptor),
      ...(end < tools.length ? { nextCursor: cursorAt(end) } : {}),
    };
  });
  server.setRequestHandler('tools/call', ({ params }, context) => {
    const tool = tools.find(({ descriptor }) => descriptor.name === params.name);
    if (tool === undefined) throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Unknown tool: ${params.name}`);
    return callTool(port, tool, argumentsOf(context.mcpReq.id));
  });
  return server;
}

function cursorAt(offset: number): string {
  return Buffer.from(`tools:${offset}`).toString('base64url');
}

function offsetOf(cursor: string, count: number): number {
  const [, digits = ''] = /^tools:(\d{1,6})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? [];
  const offset = Number(digits);
  if (digits === '' || offset >= count) throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'Invalid cursor');
  return offset;
}
