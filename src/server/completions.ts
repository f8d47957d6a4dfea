import { ProtocolError, type Server } from '@modelcontextprotocol/server';
import { workspaceArgument } from '../catalog/workspace-argument.ts';
import { LIST_WORKSPACES } from '../catalog/workspace-list.ts';
import { isJsonObject, type JsonObject, parseJson } from '../core/json.ts';
import { type Company, withoutAccents } from '../core/text.ts';
import type { CallContext, Tool } from '../core/tool.ts';
import { type McpServerDeps, requestContext, type ServedBridge } from './call-context.ts';
import { findTool, lastMonths, type PromptArgument } from './prompt-parts.ts';
import { recordTemplate, WORKSPACES_URI } from './resources.ts';
import { pageSize, type RecordKind, recordKinds, searchArgument, workspaceNamed } from './tool-properties.ts';

/** `completion/complete` for arguments of prompts and variables of resource templates. */

const INVALID_PARAMS = -32602;
/** Later than that, a list is of no use to a person who types. */
const WITHIN_MS = 3_000;
/** MCP allows no more in one answer. */
const MAX_VALUES = 100;

/** `more`: there are others, and their number is unknown. */
interface Suggestions {
  readonly values: readonly string[];
  readonly more: boolean;
}

/** Values, or a search for them. A search is bounded in time and fails to nothing. */
type Find = (context: CallContext) => Promise<Suggestions> | Suggestions;

/** `others` are the arguments that are filled in already. */
interface CompletionRequest {
  readonly typed: string;
  readonly others: Readonly<Record<string, string>>;
}

const NONE: Suggestions = { values: [], more: false };

/** Values that contain the typed text, those that begin with it first. */
function matching(values: readonly string[], typed: string): readonly string[] {
  const wanted = withoutAccents(typed);
  const found = [...new Set(values)].filter((value) => withoutAccents(value).includes(wanted));
  const begins = (value: string) => withoutAccents(value).startsWith(wanted);
  return [...found.filter(begins), ...found.filter((value) => !begins(value))];
}

function beginning(values: readonly string[], typed: string): readonly string[] {
  return [...new Set(values)].filter((value) => value.startsWith(typed));
}

/** Those in the local cache, else the service's. */
async function knownWorkspaces(bridge: ServedBridge, context: CallContext): Promise<readonly Company[]> {
  const { workspaces } = bridge.facts();
  if (workspaces.length > 0) return workspaces;
  const mayList = bridge.visible().some(({ descriptor }) => descriptor.name === LIST_WORKSPACES);
  return mayList ? bridge.listWorkspaces(context) : [];
}

/** Ids of the newest records of a kind that begin with the typed text. */
async function recordIds(
  bridge: ServedBridge,
  kind: RecordKind,
  typed: string,
  workspace: JsonObject,
  context: CallContext,
): Promise<Suggestions> {
  if (kind.list === undefined) return NONE;
  const { rows, more } = await firstRows(bridge, kind.list, workspace, context);
  const ids = rows.flatMap(({ id }) => (id === undefined || id === null ? [] : [String(id)]));
  return { values: beginning(ids, typed), more };
}

/** Names of records that match the typed text; the service searches where its list can. */
async function recordNames(
  bridge: ServedBridge,
  list: Tool,
  typed: string,
  workspace: JsonObject,
  context: CallContext,
): Promise<Suggestions> {
  const search = searchArgument(list);
  const searches = search !== null && typed.trim() !== '';
  const query = searches ? { [search]: typed } : {};
  const { rows, more } = await firstRows(bridge, list, { ...workspace, ...query }, context);
  const names = rows.flatMap(({ name }) => (typeof name === 'string' && name !== '' ? [name] : []));
  return { values: searches ? [...new Set(names)] : matching(names, typed), more };
}

async function firstRows(
  bridge: ServedBridge,
  list: Tool,
  args: JsonObject,
  context: CallContext,
): Promise<{ readonly rows: readonly JsonObject[]; readonly more: boolean }> {
  const { result } = await bridge.run(list, { ...pageSize(list), ...args }, context);
  const [first] = result.content;
  const text = typeof first?.text === 'string' ? first.text : 'null';
  const answer = result.isError === true ? null : (result.structuredContent ?? parseJson(text));
  const rows = Array.isArray(answer) ? answer : isJsonObject(answer) ? Object.values(answer).find(Array.isArray) : [];
  const more = isJsonObject(answer) && (answer.has_more === true || typeof answer.next_cursor === 'string');
  return { rows: Array.isArray(rows) ? rows.filter(isJsonObject) : [], more };
}

export function serveCompletions(server: Server, deps: McpServerDeps): void {
  const { bridge, running, log, clock } = deps;
  let first: Promise<void> | undefined;
  server.setRequestHandler('completion/complete', ({ params }, context) =>
    running.run('read', async (ended) => {
      const { ref, argument } = params;
      const limit = { deadline: clock() + WITHIN_MS, signal: AbortSignal.timeout(WITHIN_MS) };
      first ??= bridge.firstCatalogue(WITHIN_MS);
      await first;
      const request = { typed: argument.value, others: params.context?.arguments ?? {} };
      const find =
        ref.type === 'ref/prompt'
          ? await promptArgument(deps, ref.name, argument.name, request)
          : templateVariable(deps, ref.uri, argument.name, request);
      const call = requestContext(server, context, ended, limit);
      const found = await inTime(call.signal, async () => find(call)).catch((error: unknown) => {
        log.debug(`completion of ${argument.name}: ${String(error)}`);
        return NONE;
      });
      return {
        completion: {
          values: found.values.slice(0, MAX_VALUES),
          ...(!found.more && { total: found.values.length }),
          hasMore: found.more || found.values.length > MAX_VALUES,
        },
      };
    }),
  );
}

/** The calls end by themselves; this bounds one that does not. */
async function inTime<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const ended = new Promise<never>((_resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  return Promise.race([work(), ended]);
}

async function promptArgument(
  deps: McpServerDeps,
  prompt: string,
  argument: string,
  request: CompletionRequest,
): Promise<Find> {
  const { findPrompt, promptKit } = await import('./prompts.ts');
  const kit = promptKit(deps.bridge.facts(), deps.clock());
  const known = findPrompt(prompt, kit)
    .arguments(kit)
    .find(({ name }) => name === argument);
  return known === undefined ? () => NONE : valuesOf(deps, known, request);
}

function valuesOf(
  { bridge, clock }: McpServerDeps,
  { kind, values, isClosed }: PromptArgument,
  { typed, others }: CompletionRequest,
): Find {
  switch (kind) {
    case 'text':
      return () => NONE;
    case 'status':
      // The list may be incomplete: a host must not take a short list for the whole one.
      return () => ({ values: beginning(values, typed), more: isClosed !== true });
    case 'month':
      return () => ({ values: beginning(lastMonths(clock()), typed), more: false });
    case 'workspace':
      return async (context) => {
        const rows = await knownWorkspaces(bridge, context);
        const both = rows.flatMap(({ id, name }) => [name, id]).filter((text) => text !== '');
        return { values: matching(both, typed), more: false };
      };
    case 'contact':
      return async (context) => {
        const list = findTool(bridge.visible(), 'list_contacts');
        const workspace = list === undefined ? null : workspaceArgument(list);
        if (list === undefined) return NONE;
        const given = others.workspace;
        if (workspace === null || given === undefined || given === '') {
          return recordNames(bridge, list, typed, {}, context);
        }
        const known = workspaceNamed(await knownWorkspaces(bridge, context), given);
        return known === null ? NONE : recordNames(bridge, list, typed, { [workspace]: known.id }, context);
      };
  }
}

function templateVariable(
  { bridge }: McpServerDeps,
  uri: string,
  variable: string,
  { typed, others }: CompletionRequest,
): Find {
  const { pinned } = bridge.facts();
  const kind = recordKinds(bridge.visible(), pinned).find(({ resource }) => recordTemplate(resource, pinned) === uri);
  if (kind === undefined) {
    // A resource without variables has nothing to complete, which is not an error.
    if (uri === WORKSPACES_URI) return () => NONE;
    throw new ProtocolError(INVALID_PARAMS, `There is no resource template ${uri}.`);
  }
  if (variable === 'workspace_id' && pinned === null) {
    return async (context) => {
      const rows = await knownWorkspaces(bridge, context);
      const ids = rows.map(({ id }) => id);
      return { values: beginning(ids, typed), more: false };
    };
  }
  if (variable !== 'id') return () => NONE;
  const workspace = others.workspace_id;
  const args = pinned === null && workspace ? { [kind.workspaceArgument]: workspace } : {};
  return (context) => recordIds(bridge, kind, typed, args, context);
}
