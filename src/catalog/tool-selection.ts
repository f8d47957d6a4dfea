import { WORDS } from '../contract/curated-words.ts';
import { saysThatItReads } from '../contract/effects.ts';
import type { Tier, Tool } from '../core/tool.ts';
import { withConfirmation } from './arguments/own-arguments.ts';
import { type Grants, isSwitchedOff, mayReachSwitchedOff, type Toolsets } from './grants.ts';
import { type Listing, listTools } from './listing/list-size.ts';
import { fillWorkspace, pinTool } from './workspace-argument.ts';
import { UNRESOLVED_PIN, type Workspaces } from './workspaces.ts';

/**
 * The tools of one token: merged from the contract, the remote endpoint and our own, then filtered by what the token,
 * the mode and the user's options allow. Pure: sources in, lists out.
 */
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
export function mergeTools(
  sources: {
    /** Compiled from the contract, called over REST. */
    readonly rest: readonly Tool[];
    /** True where the contract came from the service itself, now or earlier; false for the bundled one. */
    readonly contractIsLive: boolean;
    /** The remote endpoint's own tools; null while its catalogue was never seen. */
    readonly remote: readonly Tool[] | null;
    /** For names of remote tools the tool of the contract that does the same, by whatever name. */
    readonly equivalents: ReadonlyMap<string, string>;
    /** Stand-ins for the remote tools of a catalogue that was never seen (backend `remote` only). */
    readonly provisional: readonly Tool[];
    readonly local: readonly Tool[];
  },
  backend: CatalogueOptions['backend'],
): Tool[] {
  const merged = new Map<string, Tool>();
  const add = (tools: readonly Tool[], replace: boolean) => {
    for (const tool of tools) {
      const { name } = tool.descriptor;
      if (replace || !merged.has(name)) merged.set(name, tool);
    }
  };
  if (backend === 'remote') {
    add(sources.remote ?? sources.provisional, false);
    add(sources.local, false);
    return [...merged.values()];
  }
  // One whose calls cannot be sent stands in nobody's way.
  const usable = sources.rest.filter(({ unusable }) => unusable === undefined);
  add(usable, false);
  if (backend === 'auto') add(withoutEquivalents(sources, merged), !sources.contractIsLive);
  add(sources.rest, false);
  add(sources.local, false);
  return [...merged.values()];
}

/**
 * The remote tools without those that the contract has under another name. An operation known only from the bundle
 * gives way to what the service itself lists, but for the names that its documentation promises.
 */
function withoutEquivalents(
  { remote, equivalents, contractIsLive }: Parameters<typeof mergeTools>[0],
  merged: Map<string, Tool>,
): readonly Tool[] {
  return (remote ?? []).filter(({ descriptor: { name } }) => {
    const equivalent = equivalents.get(name);
    if (equivalent === undefined || equivalent === name || !merged.has(equivalent)) return true;
    if (contractIsLive || WORDS.get(equivalent)?.documented === true) return false;
    merged.delete(equivalent);
    return true;
  });
}

export function selectTools(
  tools: readonly Tool[],
  grants: Grants,
  restrictions: Pick<CatalogueOptions, 'readOnly' | 'toolsets'>,
): Selection {
  const visible: Tool[] = [];
  const hidden: HiddenTool[] = [];
  for (const tool of [...tools].sort(byResourceThenTier)) {
    const reason = reasonToHide(tool, grants, restrictions);
    if (reason === null) visible.push(tool);
    else hidden.push({ tool, reason });
  }
  return { visible, hidden };
}

function reasonToHide(
  tool: Tool,
  grants: Grants,
  restrictions: Pick<CatalogueOptions, 'readOnly' | 'toolsets'>,
): string | null {
  if (tool.unusable !== undefined) return `unsupported: ${tool.unusable}`;
  if (restrictions.readOnly && !(tool.tier === 'read' && tool.descriptor.annotations.readOnlyHint)) {
    return 'read-only mode: only read tools exist (--read-only or LUCANTO_READ_ONLY is set)';
  }
  if (restrictions.readOnly && tool.route === 'remote' && !saysThatItReads(tool.descriptor))
    return 'read-only mode: neither its name nor its description says that it only reads';
  if (isSwitchedOff(tool.resource, restrictions.toolsets)) {
    return `${tool.resource.replaceAll('_', ' ')} are switched off (--toolsets or LUCANTO_TOOLSETS is set)`;
  }
  if (mayReachSwitchedOff(tool, restrictions.toolsets)) {
    return 'nothing says which resources it reaches, and some are switched off (--toolsets or LUCANTO_TOOLSETS is set)';
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

/** As many tools as this are taken to fit, so that a start need not build every schema to know it. */
const SURELY_LISTED = 64;
const MAX_NAMED = 3;

/** A snapshot of the catalogue: the tools of the sources in force, selected, and the list of them as it is sent. */
export class CatalogueSnapshot {
  /** Every tool, hidden or not, before a workspace is pinned. */
  readonly merged: readonly Tool[];
  readonly grants: Grants;
  readonly #selection: Selection;
  readonly #toolsets: Toolsets | null;
  /** Remote tools that are left out, since they go by the name of one of ours. */
  readonly shadowing: readonly string[];
  #listed: { readonly listing: Listing; readonly selection: Selection } | null = null;

  constructor(
    merged: readonly Tool[],
    grants: Grants,
    selection: Selection,
    toolsets: Toolsets | null,
    shadowing: readonly string[],
  ) {
    this.merged = merged;
    this.shadowing = shadowing;
    this.grants = grants;
    this.#selection = selection;
    this.#toolsets = toolsets;
  }

  /** What the list has no room for is hidden. */
  selection(): Selection {
    return this.#list().selection;
  }

  visible(): readonly Tool[] {
    return this.#isLong() ? this.#list().selection.visible : this.#selection.visible;
  }

  listing(): Listing {
    return this.#list().listing;
  }

  /** That tools are left out, and how to get them; null where none is. */
  roomNote(): string | null {
    if (!this.#isLong()) return null;
    const { leftOut } = this.#list().listing;
    if (leftOut.length === 0) return null;
    const resources = [...new Set(leftOut.map(({ resource }) => resource))];
    const named = resources.slice(0, MAX_NAMED).join(', ');
    const more = resources.length > MAX_NAMED ? ` and ${resources.length - MAX_NAMED} more` : '';
    const count = leftOut.length === 1 ? '1 tool is' : `${leftOut.length} tools are`;
    return `${count} left out (${named}${more}): the list would be over 40 kB. Start with --toolsets to name what is needed.`;
  }

  #isLong(): boolean {
    return this.#listed !== null || this.#selection.visible.length > SURELY_LISTED;
  }

  #list() {
    this.#listed ??= this.#makeList();
    return this.#listed;
  }

  #makeList() {
    const { visible, hidden } = this.#selection;
    const listing = listTools(visible);
    if (listing.leftOut.length === 0) return { listing, selection: this.#selection };
    const out = new Set(listing.leftOut);
    const left = listing.leftOut.map((tool): HiddenTool => ({ tool, reason: this.#reasonToLeaveOut(tool) }));
    return { listing, selection: { visible: visible.filter((tool) => !out.has(tool)), hidden: [...hidden, ...left] } };
  }

  #reasonToLeaveOut({ resource }: Tool): string {
    const named = (this.#toolsets ?? []).filter((name) => !name.startsWith('-'));
    const over = 'the list would be over 40 kB';
    if (named.length === 0) return `${over}; name it with --toolsets ${resource}`;
    if (named.length > 1) return `${over}; name fewer resources with --toolsets`;
    return `${over}, even with ${resource.replaceAll('_', ' ')} alone; --read-only leaves room for more that reads`;
  }
}

/** Tools as the user's options leave them: in which workspace they work, and whether a person has to agree first. */
export interface CatalogueOptions {
  readonly backend: 'auto' | 'rest' | 'remote';
  readonly readOnly: boolean;
  readonly pinned: string | null;
  readonly scopes: readonly string[];
  readonly toolsets: Toolsets | null;
  /** `always`: tools that a person must agree to take the code of a preview. */
  readonly confirm: 'auto' | 'always' | 'never';
}

export function applyOptions(
  tools: readonly Tool[],
  { pinned, confirm }: Pick<CatalogueOptions, 'pinned' | 'confirm'>,
  workspaces: Workspaces,
): readonly Tool[] {
  const placed = tools.map((tool) =>
    pinned === null
      ? fillWorkspace(tool, workspaces)
      : pinTool(tool, () => workspaces.pinnedId ?? UNRESOLVED_PIN, workspaces),
  );
  return placed.map((tool) => withConfirmation(tool, confirm === 'always'));
}
