/** What is offered at one moment: the tools of the sources in force, selected, and the list of them as it is sent. */

import type { HiddenTool, Selection } from './catalogue.ts';
import type { Grants } from './grants.ts';
import { type Listing, listTools } from './size-policy.ts';
import type { Tool } from './tool.ts';
import type { Toolsets } from './toolsets.ts';

/** As many tools as this are taken to fit, so that a start need not build every schema to know it. */
const SURELY_LISTED = 64;
const MAX_NAMED = 3;

interface Listed {
  readonly listing: Listing;
  readonly selection: Selection;
}

export class Offer {
  /** Every tool, hidden or not, before a workspace is pinned. */
  readonly merged: readonly Tool[];
  readonly grants: Grants;
  readonly #selection: Selection;
  readonly #toolsets: Toolsets | null;
  #listed: Listed | null = null;

  constructor(merged: readonly Tool[], grants: Grants, selection: Selection, toolsets: Toolsets | null) {
    this.merged = merged;
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
    return `${count} left out (${named}${more}): the list would be over 40 kB. Start with --toolsets to name what is needed; \`lucanto-mcp tools --all\` shows all.`;
  }

  #isLong(): boolean {
    return this.#listed !== null || this.#selection.visible.length > SURELY_LISTED;
  }

  #list(): Listed {
    this.#listed ??= this.#makeList();
    return this.#listed;
  }

  #makeList(): Listed {
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
