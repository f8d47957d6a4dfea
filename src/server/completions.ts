/** `completion/complete` for arguments of prompts and variables of resource templates. */
import { ProtocolError, type Server } from '@modelcontextprotocol/server';
import type { CallContext } from '../catalog/tool.ts';
import { workspaceArgument } from '../catalog/workspace-argument.ts';
import { callContext } from './call-context.ts';
import type { McpServerDeps } from './mcp-server.ts';
import { lastMonths } from './prompts/month.ts';
import { findTool } from './prompts/needs.ts';
import type { PromptArgument } from './prompts/prompt.ts';
import { recordKinds } from './records.ts';
import { recordTemplate, WORKSPACES_URI } from './resource-uri.ts';
import { beginning, knownWorkspaces, matching, NONE, recordIds, recordNames, type Suggestions } from './suggestions.ts';
import { workspaceNamed } from './workspace-named.ts';

const INVALID_PARAMS = -32602;
/** Somebody is typing: later than that, a list is of no use. */
const WITHIN_MS = 3_000;
/** MCP allows no more in one answer. */
const MAX_VALUES = 100;

interface Asked {
  readonly typed: string;
  /** Arguments that are filled in already. */
  readonly others: Readonly<Record<string, string>>;
}

type Find = (context: CallContext) => Promise<Suggestions> | Suggestions;

export function serveCompletions(server: Server, deps: McpServerDeps): void {
  const { bridge, running, log, clock } = deps;
  let first: Promise<void> | undefined;
  server.setRequestHandler('completion/complete', ({ params }, context) =>
    running.run('read', async (ended) => {
      const { ref, argument } = params;
      const limit = { deadline: clock() + WITHIN_MS, signal: AbortSignal.timeout(WITHIN_MS) };
      first ??= bridge.firstCatalogue(WITHIN_MS);
      await first;
      const asked = { typed: argument.value, others: params.context?.arguments ?? {} };
      const find =
        ref.type === 'ref/prompt'
          ? await promptArgument(deps, ref.name, argument.name, asked)
          : templateVariable(deps, ref.uri, argument.name, asked);
      const call = callContext(server, context, ended, limit);
      const found = await inTime(call.signal, async () => find(call)).catch((error: unknown) => {
        log.debug(`completion of ${argument.name}: ${String(error)}`);
        return NONE;
      });
      return { completion: completionOf(found) };
    }),
  );
}

function completionOf({ values, more }: Suggestions) {
  return {
    values: values.slice(0, MAX_VALUES),
    ...(!more && { total: values.length }),
    hasMore: more || values.length > MAX_VALUES,
  };
}

/** The calls end by themselves; this holds should one of them not. */
async function inTime<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const ended = new Promise<never>((_resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  return Promise.race([work(), ended]);
}

/** @throws ProtocolError for a prompt that is not there */
async function promptArgument(deps: McpServerDeps, prompt: string, argument: string, asked: Asked): Promise<Find> {
  const { findPrompt, promptKit } = await import('./prompts/prompts.ts');
  const kit = promptKit(deps.bridge.facts(), deps.clock());
  const known = findPrompt(prompt, kit)
    .arguments(kit)
    .find(({ name }) => name === argument);
  return known === undefined ? () => NONE : valuesOf(deps, known, asked);
}

function valuesOf(
  { bridge, clock }: McpServerDeps,
  { kind, values, isClosed }: PromptArgument,
  { typed, others }: Asked,
): Find {
  switch (kind) {
    case 'text':
      return () => NONE;
    case 'status':
      // Nobody said that these are all: a host must not take a short list for the whole one.
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

/** @throws ProtocolError for a template that is not there */
function templateVariable({ bridge }: McpServerDeps, uri: string, variable: string, { typed, others }: Asked): Find {
  const { pinned } = bridge.facts();
  const kind = recordKinds(bridge.visible(), pinned).find(({ resource }) => recordTemplate(resource, pinned) === uri);
  if (kind === undefined) {
    // A resource without variables is nothing to complete, and no mistake.
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
