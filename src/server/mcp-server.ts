/** One MCP server instance over the bridge, for either protocol era (the SDK's entry picks the era). */
import {
  CLIENT_INFO_META_KEY,
  isSpecType,
  ProtocolError,
  Server,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { FOR_MODELS } from '../answers/wish.ts';
import type { SentDescriptor } from '../catalog/size-policy.ts';
import type { TimeLimit } from '../catalog/time-limit.ts';
import type { CallContext, ClientIdentity, Progress, Tool } from '../catalog/tool.ts';
import { UnknownToolError } from '../errors.ts';
import { isJsonObject, stringifyJson } from '../json.ts';
import type { Log } from '../log.ts';
import { VERSION } from '../version.ts';
import type { OutputBacklog } from './backlog.ts';
import type { Deliveries } from './deliveries.ts';
import { instructions } from './instructions.ts';
import type { RunningCalls } from './running.ts';
import type { ServedBridge } from './served-bridge.ts';

const INVALID_PARAMS = -32602;
/** How long a client of the 2026-07-28 revision may reuse a list; changes are announced besides. */
const LIST_TTL_MS = 60_000;

/** Never waits longer than this for a token whose tools were never seen (interface.md section 3). */
const FIRST_LIST_WAIT_MS = 5_000;

export interface McpServerDeps {
  readonly bridge: ServedBridge;
  readonly running: RunningCalls;
  readonly deliveries: Deliveries;
  readonly backlog: OutputBacklog;
  readonly log: Log;
  readonly clock: () => number;
}

export function createMcpServer({ bridge, running, deliveries, backlog, log, clock }: McpServerDeps): Server {
  const server = new Server(
    { name: 'lucanto-mcp', title: 'Lucanto', version: VERSION },
    {
      capabilities: { tools: { listChanged: true } },
      instructions: instructions(bridge.facts()),
      cacheHints: { 'tools/list': { ttlMs: LIST_TTL_MS, cacheScope: 'private' } },
    },
  );

  server.setRequestHandler('tools/list', () =>
    running.run('read', async () => {
      await bridge.firstCatalogue(FIRST_LIST_WAIT_MS);
      return { tools: bridge.listed().map(listed) };
    }),
  );

  server.setRequestHandler('tools/call', async (request, context) => {
    const { name, arguments: args } = request.params;
    const { tier } = findTool(bridge, name);
    return running.run(tier, async (ended) => {
      const limit = bridge.timeLimit(clock());
      const { id, signal } = context.mcpReq;
      const { result } = await bridge.call(name, args ?? {}, {
        ...callContext(server, context, ended, limit),
        earlierTaken: (waiting) => backlog.taken(waiting),
        answer: FOR_MODELS,
        onDelivered: (callback) => deliveries.expect(id, callback),
      });
      if (signal.aborted) deliveries.forget(id);
      // A remote tool may answer with content that MCP does not know; the SDK would turn it into a JSON-RPC error.
      return isSpecType.CallToolResult(result)
        ? result
        : { content: [{ type: 'text' as const, text: stringifyJson(result) }] };
    });
  });

  const stopListening = bridge.onToolsChanged(() => {
    server
      .sendToolListChanged()
      .catch((error: unknown) => log.debug(`tools/list_changed was not sent: ${String(error)}`));
  });
  server.onclose = stopListening;
  server.onerror = (error) => log.debug(`MCP: ${error.message}`);
  return server;
}

function listed(descriptor: SentDescriptor) {
  return { ...descriptor, inputSchema: { ...descriptor.inputSchema, type: 'object' as const } };
}

/** @throws ProtocolError: an unknown tool is the one failure of a call that is no `isError` result */
function findTool(bridge: ServedBridge, name: string): Tool {
  try {
    return bridge.find(name);
  } catch (error) {
    if (error instanceof UnknownToolError) throw new ProtocolError(INVALID_PARAMS, error.message);
    throw error;
  }
}

function callContext(server: Server, context: ServerContext, ended: AbortSignal, limit: TimeLimit): CallContext {
  const { _meta: meta, envelope, signal, notify } = context.mcpReq;
  const progressToken = meta?.progressToken;
  const traceparent = meta?.traceparent;
  const client =
    identity(isJsonObject(envelope) ? envelope[CLIENT_INFO_META_KEY] : undefined) ??
    identity(server.getClientVersion());
  return {
    signal: AbortSignal.any([signal, ended, limit.signal]),
    deadline: limit.deadline,
    ...(client && { client }),
    ...(typeof traceparent === 'string' && { traceparent }),
    ...(progressToken !== undefined && {
      progressToken,
      onProgress: (progress: Progress) => {
        notify({ method: 'notifications/progress', params: { ...progress, progressToken } }).catch(() => undefined);
      },
    }),
  };
}

function identity(value: unknown): ClientIdentity | undefined {
  if (!isJsonObject(value) || typeof value.name !== 'string') return undefined;
  return { name: value.name, version: typeof value.version === 'string' ? value.version : '' };
}
