/** One MCP server instance over the bridge, for either protocol era (the SDK's entry picks the era). */
import { isSpecType, ProtocolError, Server } from '@modelcontextprotocol/server';
import { FOR_MODELS } from '../answers/wish.ts';
import type { SentDescriptor } from '../catalog/size-policy.ts';
import type { Tool } from '../catalog/tool.ts';
import { UnknownToolError } from '../errors.ts';
import { stringifyJson } from '../json.ts';
import type { Log } from '../log.ts';
import { VERSION } from '../version.ts';
import type { OutputBacklog } from './backlog.ts';
import { callContext } from './call-context.ts';
import { serveCompletions } from './completions.ts';
import type { Deliveries } from './deliveries.ts';
import { argumentsFrom, resultFor } from './host-habits.ts';
import { humanOf } from './human.ts';
import { instructions } from './instructions.ts';
import { servePrompts } from './prompt-handlers.ts';
import { hasPrompts } from './prompts/needs.ts';
import { hasResources, serveResources } from './resources.ts';
import type { RunningCalls } from './running.ts';
import type { ServedBridge } from './served-bridge.ts';
import { Turns } from './turns.ts';

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
  /** Aborts once the client can answer no more. */
  readonly nobody: AbortSignal;
  readonly log: Log;
  readonly clock: () => number;
}

export function createMcpServer(deps: McpServerDeps): Server {
  const { bridge, running, deliveries, backlog, nobody, log, clock } = deps;
  const resources = hasResources(bridge.visible());
  const prompts = hasPrompts(bridge.visible());
  const list = { ttlMs: LIST_TTL_MS, cacheScope: 'private' as const };
  const server = new Server(
    { name: 'lucanto-mcp', title: 'Lucanto', version: VERSION },
    {
      capabilities: {
        tools: { listChanged: true },
        ...(resources && { resources: { listChanged: true } }),
        ...(prompts && { prompts: { listChanged: true } }),
        ...((resources || prompts) && { completions: {} }),
      },
      instructions: instructions(bridge.facts()),
      cacheHints: {
        'tools/list': list,
        'resources/list': list,
        'resources/templates/list': list,
        'prompts/list': list,
        // Records change at any time.
        'resources/read': { ttlMs: 0, cacheScope: 'private' },
      },
    },
  );

  const lists = new Turns(backlog);
  server.setRequestHandler('tools/list', () =>
    running.run('read', async (ended) => {
      const turn = lists.next(ended);
      await bridge.firstCatalogue(FIRST_LIST_WAIT_MS);
      await turn;
      return { tools: bridge.listed().map(listed) };
    }),
  );

  server.setRequestHandler('tools/call', async (request, context) => {
    const { name, arguments: args } = request.params;
    const { tier, descriptor } = findTool(bridge, name);
    return running.run(tier, async (ended) => {
      const limit = bridge.timeLimit(clock());
      const { id, signal } = context.mcpReq;
      const of = callContext(server, context, ended, limit);
      const host = of.client?.name ?? null;
      const human = humanOf(server, context, nobody);
      const { result: answered } = await bridge.call(name, argumentsFrom(host, args ?? {}, descriptor.inputSchema), {
        ...of,
        earlierTaken: (waiting) => backlog.taken(waiting),
        answer: FOR_MODELS,
        ...(human !== undefined && { human }),
        onDelivered: (callback) => deliveries.expect(id, callback),
      });
      if (signal.aborted) deliveries.forget(id);
      const question = human?.question() ?? null;
      if (question !== null) return question;
      const result = resultFor(host, answered);
      // A remote tool may answer with content that MCP does not know; the SDK would turn it into a JSON-RPC error.
      return isSpecType.CallToolResult(result)
        ? result
        : { content: [{ type: 'text' as const, text: stringifyJson(result) }] };
    });
  });

  if (resources) serveResources(server, deps, lists, FIRST_LIST_WAIT_MS);
  if (prompts) servePrompts(server, deps, lists, FIRST_LIST_WAIT_MS);
  if (resources || prompts) serveCompletions(server, deps);

  // What can be read and which prompts there are follows from the tools.
  const stopListening = bridge.onToolsChanged(() => {
    const notices = [
      server.sendToolListChanged(),
      ...(resources ? [server.sendResourceListChanged()] : []),
      ...(prompts ? [server.sendPromptListChanged()] : []),
    ];
    for (const notice of notices) {
      notice.catch((error: unknown) => log.debug(`a list_changed notice was not sent: ${String(error)}`));
    }
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
