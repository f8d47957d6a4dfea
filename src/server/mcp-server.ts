import { isSpecType, ProtocolError, Server } from '@modelcontextprotocol/server';
import { FOR_MODELS } from '../catalog/arguments/argument-parser.ts';
import type { SentDescriptor } from '../catalog/listing/list-size.ts';
import { VERSION } from '../core/command-name.ts';
import { UnknownToolError } from '../core/errors.ts';
import { isJsonObject, type JsonObject, type JsonSchema, stringifyJson, tryParseJson } from '../core/json.ts';
import type { Tool, ToolResult } from '../core/tool.ts';
import { confirmerOf, type McpServerDeps, requestContext, type ServedBridge } from './call-context.ts';
import { serveCompletions } from './completions.ts';
import { instructions } from './instructions.ts';
import { hasPrompts } from './prompt-parts.ts';
import { hasResources, serveResources } from './resources.ts';
import { SerialQueue } from './running-calls.ts';

/** One MCP server instance over the bridge, for either family of protocol versions (the SDK's entry picks it). */

/** An invoice on a rounded square, as the bundle has it. In the answer itself, so that no app has to fetch it. */
const ICON = [
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">',
  '<rect width="32" height="32" rx="7" fill="#1f4e79"/><rect x="8.5" y="6" width="15" height="20" rx="1.5" fill="#fff"/>',
  '<path stroke="#1f4e79" stroke-width="1.5" d="M11 9.5h6M15.5 22.5h5.5"/>',
  '<path stroke="#93b0cc" d="M11 13.5h10M11 16h10M11 18.5h8"/></svg>',
].join('');

/** What apps show of this server. */
const SERVER_INFO = {
  name: 'lucanto-mcp',
  title: 'Lucanto',
  version: VERSION,
  websiteUrl: 'https://lucanto.eu',
  icons: [
    {
      src: `data:image/svg+xml;base64,${Buffer.from(ICON).toString('base64')}`,
      mimeType: 'image/svg+xml',
      sizes: ['any'],
    },
  ],
};

const INVALID_PARAMS = -32602;
/** How long a client of the 2026-07-28 revision may reuse a list; changes are announced besides. */
const LIST_TTL_MS = 60_000;
/** The longest wait for a token whose tools were never seen. */
const FIRST_LIST_WAIT_MS = 5_000;

/**
 * What Gemini CLI does to calls and results of its own accord, undone. It adds an argument to the schema of every tool
 * and passes it on. It copies the JSON of a first text into `structuredContent` and refuses the whole result unless
 * that is an object (google-gemini/gemini-cli, issue 27725): a bare list, as services give their workspaces, would
 * never reach the model.
 */
const GEMINI_CLI = /^gemini-cli/;
const ADDED_ARGUMENT = 'wait_for_previous';

/** @param host the client's name for itself, or null @param schema as the host was given it */
export function argumentsFrom(host: string | null, args: JsonObject, schema: JsonSchema): JsonObject {
  if (!isGemini(host) || !Object.hasOwn(args, ADDED_ARGUMENT)) return args;
  if (isJsonObject(schema.properties) && Object.hasOwn(schema.properties, ADDED_ARGUMENT)) return args;
  const { [ADDED_ARGUMENT]: _added, ...own } = args;
  return own;
}

/** @param host the client's name for itself, or null */
export function resultFor(host: string | null, result: ToolResult): ToolResult {
  if (!isGemini(host) || result.structuredContent !== undefined) return result;
  const [first, ...rest] = result.content;
  if (first?.type !== 'text' || typeof first.text !== 'string') return result;
  const wrapped = asObject(first.text);
  return wrapped === null ? result : { ...result, content: [{ ...first, text: wrapped }, ...rest] };
}

function isGemini(host: string | null): boolean {
  return host !== null && GEMINI_CLI.test(host);
}

/** Wraps the text itself, so that not a digit of it changes; null where no wrapping is needed. */
function asObject(text: string): string | null {
  const value = tryParseJson(text);
  if (value === undefined || isJsonObject(value)) return null;
  return Array.isArray(value) ? `{"data":${text}}` : `{"value":${text}}`;
}

/** `prompts/list` and `prompts/get`: the only request they can lead to is the first one for the tool list. */
function servePrompts(server: Server, { bridge, running, clock }: McpServerDeps, lists: SerialQueue): void {
  server.setRequestHandler('prompts/list', () =>
    running.run('read', async (ended) => {
      const turn = lists.next(ended);
      const [{ listedPrompts, promptKit }] = await Promise.all([
        import('./prompts.ts'),
        bridge.firstCatalogue(FIRST_LIST_WAIT_MS),
      ]);
      await turn;
      return { prompts: listedPrompts(promptKit(bridge.facts(), clock())) };
    }),
  );

  server.setRequestHandler('prompts/get', ({ params }) =>
    running.run('read', async () => {
      const [{ promptKit, promptResult }] = await Promise.all([
        import('./prompts.ts'),
        bridge.firstCatalogue(FIRST_LIST_WAIT_MS),
      ]);
      return promptResult(params.name, params.arguments ?? {}, promptKit(bridge.facts(), clock()));
    }),
  );
}

export function createMcpServer(deps: McpServerDeps): Server {
  const { bridge, running, deliveries, backlog, clientGone, log, clock } = deps;
  const resources = hasResources(bridge.visible());
  const prompts = hasPrompts(bridge.visible());
  const list = { ttlMs: LIST_TTL_MS, cacheScope: 'private' as const };
  const server = new Server(SERVER_INFO, {
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
  });

  const lists = new SerialQueue(backlog);
  server.setRequestHandler('tools/list', (_request, { mcpReq }) =>
    running.run('read', async (ended) => {
      if (deps.isAnswered(mcpReq.id)) return { tools: [] };
      const turn = lists.next(ended);
      await bridge.firstCatalogue(FIRST_LIST_WAIT_MS);
      await turn;
      return { tools: bridge.listed().map(listed) };
    }),
  );

  // One wait for all, so that calls go on in their order.
  let first: Promise<void> | undefined;
  server.setRequestHandler('tools/call', (request, context) => {
    const { name, arguments: args } = request.params;
    const limit = bridge.timeLimit(clock());
    let tool: Tool | undefined;
    const answer = running.run(
      () => tool?.tier ?? 'read',
      async (ended) => {
        // A call before the first list shares its wait: the bundled contract may name other paths and tools.
        first ??= bridge.firstCatalogue(Math.min(FIRST_LIST_WAIT_MS, limit.deadline - clock()));
        await first;
        tool = findTool(bridge, name);
        const { id, signal } = context.mcpReq;
        const of = requestContext(server, context, ended, limit);
        const host = of.client?.name ?? null;
        const person = confirmerOf(server, context, clientGone);
        const { result: answered } = await bridge.run(
          tool,
          argumentsFrom(host, args ?? {}, tool.descriptor.inputSchema),
          {
            ...of,
            drained: (waiting) => backlog.drained(waiting),
            answer: FOR_MODELS,
            ...(person !== undefined && { human: person.confirmer }),
            onDelivered: (callback) => deliveries.expect(id, callback),
          },
        );
        if (signal.aborted) deliveries.forget(id);
        const question = person?.question() ?? null;
        if (question !== null) return question;
        const result = resultFor(host, answered);
        // A remote tool may answer with content that MCP does not know; the SDK would turn it into a JSON-RPC error.
        return isSpecType.CallToolResult(result)
          ? result
          : { content: [{ type: 'text' as const, text: stringifyJson(result) }] };
      },
    );
    return answer.finally(() => {
      limit.release();
      deps.onCalled();
    });
  });

  if (resources) serveResources(server, deps, lists, FIRST_LIST_WAIT_MS);
  if (prompts) servePrompts(server, deps, lists);
  if (resources || prompts) serveCompletions(server, deps);

  // Resources and prompts follow from the tools.
  const stopListening = bridge.onToolsChanged(() => {
    const notifications = [
      server.sendToolListChanged(),
      ...(resources ? [server.sendResourceListChanged()] : []),
      ...(prompts ? [server.sendPromptListChanged()] : []),
    ];
    for (const notification of notifications) {
      notification.catch((error: unknown) => log.debug(`a list_changed notification was not sent: ${String(error)}`));
    }
  });
  server.onclose = stopListening;
  server.onerror = (error) => log.debug(`MCP: ${error.message}`);
  return server;
}

function listed(descriptor: SentDescriptor) {
  return { ...descriptor, inputSchema: { ...descriptor.inputSchema, type: 'object' as const } };
}

function findTool(bridge: ServedBridge, name: string): Tool {
  try {
    return bridge.find(name);
  } catch (error) {
    if (error instanceof UnknownToolError) throw new ProtocolError(INVALID_PARAMS, error.message);
    throw error;
  }
}
