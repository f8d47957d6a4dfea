import { ProtocolError, ResourceNotFoundError, type Server } from '@modelcontextprotocol/server';
import { LIST_WORKSPACES } from '../catalog/workspace-list.ts';
import { singular, toolName } from '../contract/naming.ts';
import { UnknownToolError } from '../core/errors.ts';
import { type JsonObject, objectIn, stringifyJson, tryParseJson } from '../core/json.ts';
import { MOST_CHARS } from '../core/results.ts';
import { asSentence, capitalised } from '../core/text.ts';
import type { AnswerOptions, CallContext, Tool, ToolResult } from '../core/tool.ts';
import { type McpServerDeps, requestContext, type ServedBridge } from './call-context.ts';
import type { SerialQueue } from './running-calls.ts';
import { isGetTool, recordKinds } from './tool-properties.ts';

/** Workspaces and records as MCP resources: whatever a visible tool can get, under an address of its own. */

const JSON_TYPE = 'application/json';
const INTERNAL_ERROR = -32603;
const INVALID_PARAMS = -32602;
const NOT_FOUND = 404;
/** The whole record, as far as hosts take it. */
const WHOLE: AnswerOptions = { fields: ['*'], maxChars: MOST_CHARS, from: 0 };

/**
 * One read, through the same dispatcher as tools.
 * @param uri the requested resource, for errors
 * @throws ProtocolError with the tool's sentence and hint
 */
async function readThrough(
  bridge: ServedBridge,
  tool: Tool,
  args: JsonObject,
  uri: string,
  context: CallContext,
): Promise<{ readonly mimeType: string; readonly text: string }> {
  const { result } = await bridge.run(tool, args, { ...context, answer: WHOLE });
  if (result.isError === true) throw failure(result, uri);
  const texts = result.content.flatMap(({ text }) => (typeof text === 'string' ? [text] : []));
  const json = texts.find(isJson) ?? (result.structuredContent && stringifyJson(result.structuredContent));
  return json === undefined ? { mimeType: 'text/plain', text: texts.join('\n') } : { mimeType: JSON_TYPE, text: json };
}

function isJson(text: string): boolean {
  return tryParseJson(text) !== undefined;
}

/** Sentence and hint in the message, which is all that some hosts show. */
function failure({ content }: ToolResult, uri: string): ProtocolError {
  const text = content.flatMap((block) => (typeof block.text === 'string' ? [block.text] : [])).join('\n');
  const error = objectIn(tryParseJson(text));
  const sentence = typeof error.message === 'string' ? error.message : text || 'The resource could not be read.';
  const message = typeof error.hint === 'string' ? `${asSentence(sentence)} ${error.hint}` : sentence;
  if (error.status === NOT_FOUND) return new ResourceNotFoundError(uri, message);
  const code = error.error === 'invalid_arguments' ? INVALID_PARAMS : INTERNAL_ERROR;
  return new ProtocolError(code, message, Object.keys(error).length > 0 ? error : undefined);
}

/** Addresses are `lucanto://workspaces` and `lucanto://{workspace_id}/{resource}/{id}`. */
const SCHEME = 'lucanto:';
/** A URL parser follows `.` and `..` to other records than the address seems to name. */
const DOTS = /\/(\.|%2e){1,2}(\/|$)/i;
export const WORKSPACES_URI = `${SCHEME}//workspaces`;

/** RFC 6570; with a pinned workspace, that one stands where the variable would. */
export function recordTemplate(resource: string, pinned: string | null): string {
  const workspace = pinned === null ? '{workspace_id}' : encodeURIComponent(pinned);
  return `${SCHEME}//${workspace}/${encodeURIComponent(resource)}/{id}`;
}

/** `workspaces`, the percent-decoded parts of a record's address, or null for anything else. */
function readAddress(uri: string) {
  const url = DOTS.test(uri) ? null : parsed(uri);
  // A query, a port or a user would be dropped silently.
  if (url === null || url.protocol !== SCHEME || url.search || url.hash || url.port || url.username || url.password) {
    return null;
  }
  try {
    const workspace = decodeURIComponent(url.hostname);
    const [root, resource, id, ...more] = url.pathname.split('/').map(decodeURIComponent);
    if (workspace === 'workspaces' && !resource && id === undefined) return 'workspaces' as const;
    if (root !== '' || !workspace || !resource || !id || more.length > 0) return null;
    return { workspace, resource, id };
  } catch {
    // A `%` that begins no character.
    return null;
  }
}

function parsed(uri: string): URL | null {
  try {
    return new URL(uri);
  } catch {
    return null;
  }
}

/** Decided by names alone: `initialize` does not wait for schemas. */
export function hasResources(visible: readonly Tool[]): boolean {
  return visible.some((tool) => tool.descriptor.name === LIST_WORKSPACES || isGetTool(tool));
}

function listedResources(visible: readonly Tool[]) {
  if (!visible.some(({ descriptor }) => descriptor.name === LIST_WORKSPACES)) return [];
  return [
    {
      uri: WORKSPACES_URI,
      name: 'workspaces',
      title: 'Workspaces',
      description: 'The companies that the API key reaches, with their ids and legal data.',
      mimeType: JSON_TYPE,
    },
  ];
}

/** @param firstWaitMs how long templates and reads may wait for a token whose tools were never seen */
export function serveResources(server: Server, deps: McpServerDeps, lists: SerialQueue, firstWaitMs: number): void {
  const { bridge, running, backlog, clock } = deps;
  let first: Promise<void> | undefined;

  server.setRequestHandler('resources/list', () =>
    running.run('read', async (ended) => {
      await lists.next(ended);
      return { resources: listedResources(bridge.visible()) };
    }),
  );

  server.setRequestHandler('resources/templates/list', () =>
    running.run('read', async (ended) => {
      const turn = lists.next(ended);
      await bridge.firstCatalogue(firstWaitMs);
      await turn;
      const { pinned } = bridge.facts();
      return {
        resourceTemplates: recordKinds(bridge.visible(), pinned).map(({ resource, word }) => ({
          uriTemplate: recordTemplate(resource, pinned),
          name: resource,
          title: capitalised(word),
          description: `One ${word} as JSON: every field, amounts as decimal strings.`,
          mimeType: JSON_TYPE,
        })),
      };
    }),
  );

  server.setRequestHandler('resources/read', (request, context) => {
    const limit = bridge.timeLimit(clock());
    const answer = running.run('read', async (ended) => {
      const { uri } = request.params;
      // The list of resources does not wait, so that this may be the first to need the service's own contract.
      first ??= bridge.firstCatalogue(firstWaitMs);
      await first;
      const { tool, args } = target(deps, uri);
      const call = {
        ...requestContext(server, context, ended, limit),
        drained: (waiting: AbortSignal) => backlog.drained(waiting),
      };
      return { contents: [{ uri, ...(await readThrough(bridge, tool, args, uri, call)) }] };
    });
    return answer.finally(limit.release);
  });
}

function target({ bridge }: McpServerDeps, uri: string): { tool: Tool; args: Record<string, string> } {
  const address = readAddress(uri);
  if (address === 'workspaces') return { tool: toolOrMissing(bridge, LIST_WORKSPACES, uri), args: {} };
  if (address === null) throw new ResourceNotFoundError(uri, missing(uri, ADVICE));
  const { workspace, resource, id } = address;
  const kind = recordKinds(bridge.visible(), bridge.facts().pinned).find((one) => one.resource === resource);
  if (kind === undefined) {
    const tool = toolOrMissing(bridge, toolName(`get_${singular(resource)}`), uri);
    throw new ResourceNotFoundError(uri, missing(uri, `${tool.descriptor.name} reads it.`));
  }
  // A pinned workspace is compared by the dispatcher, as for every tool.
  return { tool: kind.get, args: { [kind.workspaceArgument]: workspace, [kind.idArgument]: id } };
}

function toolOrMissing(bridge: ServedBridge, name: string, uri: string): Tool {
  try {
    return bridge.find(name);
  } catch (error) {
    if (!(error instanceof UnknownToolError)) throw error;
    // A reason is there only for a tool that exists.
    throw new ResourceNotFoundError(uri, missing(uri, error.message.includes('(hidden') ? error.message : ADVICE));
  }
}

const ADVICE = 'The list of resource templates shows what can be read.';

function missing(uri: string, why: string): string {
  return `There is no resource ${uri}. ${why}`;
}
