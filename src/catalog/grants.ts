import { plural, singular } from '../contract/naming.ts';
import { TIERS, type Tier, type Tool } from '../core/tool.ts';

/** `manage:invoices` → its parts; null for anything else. */
function parseScope(text: string) {
  const [word, resource, ...rest] = text.split(':');
  const tier = TIERS.find((one) => one === word);
  return tier === undefined || !resource || rest.length > 0 ? null : { tier, resource };
}

function covers(granted: Tier | undefined, wanted: Tier): boolean {
  return granted !== undefined && TIERS.indexOf(granted) >= TIERS.indexOf(wanted);
}

/** The scopes any one of which opens a tool; where the contract states none of its own, its tier on its resource. */
function scopesOf(tool: Pick<Tool, 'scopes'>) {
  return tool.scopes.map(parseScope).filter((scope) => scope !== null);
}

/**
 * What a token may see. Lucanto has no way to ask for a token's scopes: its remote catalogue, which is filtered by
 * them, is the only evidence (lucanto-api.md section 2). From it follows the highest tier of every resource it
 * mentions; resources it never mentions are probed (read) or named by the user (`--scopes`).
 */
export class Grants {
  readonly #listed: ReadonlySet<string> | null;
  readonly #mentioned = new Map<string, Tier>();
  readonly #readable: ReadonlySet<string>;
  readonly #claimed: ReturnType<typeof scopesOf>;

  constructor(evidence: {
    /** Name, tier and scopes of every tool of the remote catalogue; null where it was never seen. */
    readonly catalogue: readonly Pick<Tool, 'tier' | 'scopes' | 'descriptor'>[] | null;
    /** Tools of the contract that the remote catalogue lists under another name. */
    readonly equivalents?: readonly string[];
    /** Resources whose list answered a probe. */
    readonly readable: readonly string[];
    /** The user's `--scopes`, in Lucanto's notation. */
    readonly claimed: readonly string[];
  }) {
    const { catalogue, equivalents = [] } = evidence;
    this.#listed = catalogue && new Set([...catalogue.map((tool) => tool.descriptor.name), ...equivalents]);
    // A tool that needs no scope (listing workspaces) is listed for every token and proves nothing.
    for (const tool of catalogue ?? []) {
      for (const { resource } of scopesOf(tool))
        if (!covers(this.#mentioned.get(resource), tool.tier)) this.#mentioned.set(resource, tool.tier);
    }
    this.#readable = new Set(evidence.readable);
    this.#claimed = scopesOf({ scopes: evidence.claimed });
  }

  get catalogueSeen(): boolean {
    return this.#listed !== null;
  }

  /** Null where the token may use the tool, else one sentence that says why it is hidden and what would show it. */
  reasonAgainst(tool: Pick<Tool, 'tier' | 'scopes' | 'descriptor'>): string | null {
    if (this.#listed?.has(tool.descriptor.name)) return null;
    const scopes = scopesOf(tool);
    // Nothing to evidence: listing workspaces needs no scope.
    if (scopes.length === 0 && tool.tier === 'read') return null;
    if (scopes.some((scope) => this.#allows(scope))) return null;
    const wanted = tool.scopes[0] ?? tool.tier;
    if (this.#listed === null) {
      return `the service's tool list was never seen with this API key, so only read tools are shown, and this one needs ${wanted}: run \`lucanto-mcp login\` or pass --scopes`;
    }
    const resource = scopes[0]?.resource;
    const granted = resource === undefined ? undefined : this.#mentioned.get(resource);
    if (granted !== undefined) return `the API key has ${granted}:${resource}, this tool needs ${wanted}`;
    return `the service's tool list does not say whether the API key has ${wanted}: if it has, pass --scopes ${wanted}`;
  }

  #allows({ tier, resource }: Pick<Tool, 'tier' | 'resource'>): boolean {
    const mentioned = this.#mentioned.get(resource);
    if (mentioned !== undefined) return covers(mentioned, tier);
    if (this.#listed === null && this.#claimed.length === 0) return tier === 'read';
    if (tier === 'read' && this.#readable.has(resource)) return true;
    return this.#claimed.some((claim) => ['*', resource].includes(claim.resource) && covers(claim.tier, tier));
  }

  /** The scopes that the token is known or said to have, highest tier only, in Lucanto's notation. */
  scopes(): string[] {
    const all = new Map(this.#mentioned);
    for (const resource of this.#readable) if (!all.has(resource)) all.set(resource, 'read');
    for (const { resource, tier } of this.#claimed) if (!all.has(resource)) all.set(resource, tier);
    return [...all].map(([resource, tier]) => `${tier}:${resource}`).sort();
  }
}

/**
 * `--toolsets`: which resources there are tools for. `invoices,contacts` leaves only these, `-quotes` takes one away.
 * Workspaces always stay: every conversation begins there.
 */
export type Toolsets = readonly string[];

export const ALWAYS_ON = 'workspaces';

/** @param toolsets as parsed from the setting; null where all are wanted */
export function isSwitchedOff(resource: string, toolsets: Toolsets | null): boolean {
  if (toolsets === null || resource === ALWAYS_ON) return false;
  if (toolsets.includes(`-${resource}`)) return true;
  const only = toolsets.filter((name) => !name.startsWith('-'));
  return only.length > 0 && !only.includes(resource);
}

/** Names of what reaches across resources: a search finds invoices too. */
const ACROSS =
  /(^|_)(search(es)?|find|quer(y|ies)|everythings?|alls?|graphqls?|batch(es)?|bulks?|exports?|dumps?|feeds?|timelines?|activit(y|ies)|dashboards?|overviews?|reports?|statistics?|stats|analytics?|audits?|logs?|events?|histor(y|ies)|syncs?|changes?|documents?|archives?|inbox(es)?|recents?|trash|drafts?|favou?rites?|notifications?)$/;

/**
 * With `-invoices`, a tool of which nobody can say that it stays away from invoices is out, and so are those of a contact.
 * Of workspaces only the records themselves stay: an export of one holds everything.
 */
export function mayReachSwitchedOff(
  tool: Pick<Tool, 'resource' | 'route' | 'isResourceGuessed' | 'descriptor'>,
  toolsets: Toolsets | null,
): boolean {
  const { resource, route, isResourceGuessed, descriptor } = tool;
  if (toolsets === null || route === 'local' || toolsets.includes(resource)) return false;
  const words = descriptor.name.replace(/^lucanto_/, '');
  if (resource === ALWAYS_ON) return !/_workspaces?$/.test(words) || ACROSS.test(words.replace(/_workspaces?$/, ''));
  const off = toolsets.flatMap((name) => (name.startsWith('-') ? name.slice(1) : []));
  if (off.length === 0) return false;
  const own = `_${singular(resource)}_`;
  const part = words.includes(own) ? plural(words.slice(words.indexOf(own) + own.length)) : '';
  const isPart = off.some((name) => resource.startsWith(`${singular(name)}_`));
  return isResourceGuessed === true || isPart || [resource, part].some((one) => ACROSS.test(one)) || off.includes(part);
}
