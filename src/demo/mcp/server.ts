/** The MCP server of one request: the tools that its token may use, listed page by page, and called. */
import { ProtocolError, ProtocolErrorCode, Server } from '@modelcontextprotocol/server';
import { VERSION } from '../../version.ts';
import type { Fields } from '../store/fields.ts';
import { type CallPort, callTool } from './call.ts';
import type { RemoteTool } from './catalogue.ts';

const INSTRUCTIONS =
  'Lucanto: invoices, quotes, proformas, credit notes, expenses, contacts and bank accounts. ' +
  'Call lucanto_list_workspaces first: other tools need a workspace_id.';

export interface ServerParts {
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
