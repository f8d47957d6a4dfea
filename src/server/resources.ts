/** Workspaces and records as MCP resources: whatever a visible tool can get, under an address of its own. */
import { ResourceNotFoundError, type Server } from '@modelcontextprotocol/server';
import { LIST_WORKSPACES } from '../catalog/list-workspaces.ts';
import type { Tool } from '../catalog/tool.ts';
import { singular, toolName } from '../contract/naming.ts';
import { UnknownToolError } from '../errors.ts';
import { callContext } from './call-context.ts';
import type { McpServerDeps } from './mcp-server.ts';
import { readThrough } from './read-resource.ts';
import { isGetTool, type RecordKind, recordKinds } from './records.ts';
import { readAddress, recordTemplate, WORKSPACES_URI } from './resource-uri.ts';
import type { ServedBridge } from './served-bridge.ts';
import type { Turns } from './turns.ts';

const JSON_TYPE = 'application/json';

/** Judged by names alone: `initialize` does not wait for schemas. */
export function hasResources(visible: readonly Tool[]): boolean {
  return visible.some((tool) => tool.descriptor.name === LIST_WORKSPACES || isGetTool(tool));
}

export function listedResources(visible: readonly Tool[]) {
  if (!visible.some(({ descriptor }) => descriptor.name === LIST_WORKSPACES)) return [];
  return [
    {
      uri: WORKSPACES_URI,
      name: 'workspaces',
      title: 'Workspaces',
      description: 'The firms that the token reaches, with their ids and legal data.',
      mimeType: JSON_TYPE,
    },
  ];
}

export function listedTemplates(kinds: readonly RecordKind[], pinned: string | null) {
  return kinds.map(({ resource, word }) => ({
    uriTemplate: recordTemplate(resource, pinned),
    name: resource,
    title: word.charAt(0).toUpperCase() + word.slice(1),
    description: `One ${word} as JSON: every field, amounts as decimal strings.`,
    mimeType: JSON_TYPE,
  }));
}

/** @param lists the turns of all lists @param firstWaitMs how long templates and reads may wait for a token whose tools were never seen */
export function serveResources(server: Server, deps: McpServerDeps, lists: Turns, firstWaitMs: number): void {
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
      return { resourceTemplates: listedTemplates(recordKinds(bridge.visible(), pinned), pinned) };
    }),
  );

  server.setRequestHandler('resources/read', (request, context) =>
    running.run('read', async (ended) => {
      const { uri } = request.params;
      // The list of resources does not wait, so that this may be the first to need the service's own contract.
      first ??= bridge.firstCatalogue(firstWaitMs);
      await first;
      const { tool, args } = target(deps, uri);
      const call = {
        ...callContext(server, context, ended, bridge.timeLimit(clock())),
        earlierTaken: (waiting: AbortSignal) => backlog.taken(waiting),
      };
      return { contents: [{ uri, ...(await readThrough(bridge, tool, args, uri, call)) }] };
    }),
  );
}

/** @throws ResourceNotFoundError, with the reason where a hidden tool would have read it */
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

const ADVICE = 'The list of resource templates says which there are.';

function missing(uri: string, why: string): string {
  return `There is no resource ${uri}. ${why}`;
}
