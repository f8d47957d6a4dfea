/**
 * The tools of one token: merged from the contract, the remote endpoint and our own, then filtered by what the token,
 * the mode and the user's options allow. Pure: sources in, lists out.
 */
import type { Tier } from '../contract/operation.ts';
import { WORDS } from '../contract/words.ts';
import type { Grants } from './grants.ts';
import type { Tool } from './tool.ts';
import { isSwitchedOff, type Toolsets } from './toolsets.ts';

export type Backend = 'auto' | 'rest' | 'remote';

export interface Sources {
  /** Compiled from the contract, called over REST. */
  readonly rest: readonly Tool[];
  /** True where the contract came from the service itself, now or earlier; false for the bundled one. */
  readonly contractIsLive: boolean;
  /** The remote endpoint's own tools; null while its catalogue was never seen. */
  readonly remote: readonly Tool[] | null;
  /** For names of remote tools the tool of the contract that does the same, by whatever name. */
  readonly twins: ReadonlyMap<string, string>;
  /** Stand-ins for the remote tools of a catalogue that was never seen (backend `remote` only). */
  readonly assumed: readonly Tool[];
  readonly local: readonly Tool[];
}

export interface Restrictions {
  readonly backend: Backend;
  readonly readOnly: boolean;
  /** As parsed from `--toolsets`; null for all. */
  readonly toolsets: Toolsets | null;
}

export interface HiddenTool {
  readonly tool: Tool;
  /** One sentence: why it is not there and what would show it. */
  readonly reason: string;
}

export interface Selection {
  readonly visible: readonly Tool[];
  readonly hidden: readonly HiddenTool[];
}

/** One tool per name, by the precedence of the backend (interface.md section 3). */
export function mergeTools(sources: Sources, backend: Backend): Tool[] {
  const merged = new Map<string, Tool>();
  const add = (tools: readonly Tool[], replace: boolean) => {
    for (const tool of tools) {
      const { name } = tool.descriptor;
      if (replace || !merged.has(name)) merged.set(name, tool);
    }
  };
  if (backend === 'remote') {
    add(sources.remote ?? sources.assumed, false);
    return [...merged.values()];
  }
  // One whose calls cannot be sent stands in nobody's way.
  const usable = sources.rest.filter(({ unusable }) => unusable === undefined);
  add(usable, false);
  if (backend === 'auto') add(withoutTwins(sources, merged), !sources.contractIsLive);
  add(sources.rest, false);
  add(sources.local, false);
  return [...merged.values()];
}

/**
 * The remote tools without those that the contract has under another name. An operation known only from the bundle
 * gives way to what the service itself lists, but for the names that its documentation promises.
 */
function withoutTwins({ remote, twins, contractIsLive }: Sources, merged: Map<string, Tool>): readonly Tool[] {
  return (remote ?? []).filter(({ descriptor: { name } }) => {
    const twin = twins.get(name);
    if (twin === undefined || twin === name || !merged.has(twin)) return true;
    if (contractIsLive || WORDS.get(twin)?.documented === true) return false;
    merged.delete(twin);
    return true;
  });
}

export function selectTools(tools: readonly Tool[], grants: Grants, restrictions: Restrictions): Selection {
  const visible: Tool[] = [];
  const hidden: HiddenTool[] = [];
  for (const tool of [...tools].sort(byResourceThenTier)) {
    const reason = reasonToHide(tool, grants, restrictions);
    if (reason === null) visible.push(tool);
    else hidden.push({ tool, reason });
  }
  return { visible, hidden };
}

function reasonToHide(tool: Tool, grants: Grants, restrictions: Restrictions): string | null {
  if (tool.unusable !== undefined) return `unsupported: ${tool.unusable}`;
  if (restrictions.readOnly && !(tool.tier === 'read' && tool.descriptor.annotations.readOnlyHint)) {
    return 'read-only mode: only read tools exist (--read-only or LUCANTO_READ_ONLY is set)';
  }
  if (isSwitchedOff(tool.resource, restrictions.toolsets)) {
    return `toolset: ${tool.resource.replaceAll('_', ' ')} are switched off (--toolsets or LUCANTO_TOOLSETS is set)`;
  }
  return grants.reasonAgainst(tool);
}

const TIER_ORDER: Record<Tier, number> = { read: 0, write: 1, manage: 2 };

/** Workspaces first, where every conversation begins; within a resource reads before writes; stable otherwise. */
function byResourceThenTier(a: Tool, b: Tool): number {
  const first = Number(b.resource === 'workspaces') - Number(a.resource === 'workspaces');
  if (first !== 0) return first;
  if (a.resource !== b.resource) return a.resource < b.resource ? -1 : 1;
  return TIER_ORDER[a.tier] - TIER_ORDER[b.tier];
}
