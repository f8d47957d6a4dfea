import { type JsonObject, stringifyJson } from '../core/json.ts';
import type { CallContext, ToolResult } from '../core/tool.ts';
import type { KnownCatalogue, ServiceCache } from './known-service.ts';
import { believed, changesNote, changesOf, isOversized, withFirstSight } from './remote-changes.ts';
import type { Workspace, WorkspaceList } from './workspaces.ts';

/** What the catalogue needs of the remote endpoint; its client is loaded only when something is first sent. */
export interface RemotePort {
  /** `tools/list`, all pages, verbatim. @throws LucantoError */
  listTools(context: CallContext): Promise<readonly unknown[]>;
  /** @throws LucantoError */
  callTool(
    name: string,
    args: JsonObject,
    context: CallContext,
    options: { readonly readOnly: boolean },
  ): Promise<ToolResult>;
}

/** The remote endpoint's own tool list: live, else last known, else never seen. It is the only evidence of scopes. */
export interface RemoteState {
  readonly source: 'live' | 'cached' | 'never';
  /** ISO 8601, null where the list was never seen. */
  readonly fetchedAt: string | null;
  readonly tools: number;
}

export class RemoteSource {
  readonly #deps;
  #known: KnownCatalogue | null;
  #live = false;
  #oversized = 0;
  #revision = 0;

  constructor(deps: {
    readonly cache: ServiceCache;
    readonly remote: RemotePort;
    readonly clock: () => number;
  }) {
    this.#deps = deps;
    this.#known = deps.cache.catalogue();
  }

  /** `tools/list` with the hints that may be believed, null while it was never seen. */
  get tools(): readonly unknown[] | null {
    if (this.#known === null) return null;
    const { tools, seen = {} } = this.#known;
    return tools.map((tool) => believed(tool, seen));
  }

  /** Which tools changed since the last login; null where none did. */
  changesNote(): string | null {
    return changesNote(this.#known?.changes ?? {});
  }

  /** The user logs in again: what the tools say of themselves now is what counts from here on. */
  async acceptChanges(): Promise<void> {
    if (this.#known === null) return;
    await this.#learn({ ...this.#known, seen: withFirstSight({}, this.#known.tools), changes: {} });
  }

  get readable(): readonly string[] {
    return Object.entries(this.#known?.probes ?? {}).flatMap(([resource, readable]) => (readable ? [resource] : []));
  }

  /** Why they may not be all; null where they are. */
  get workspacesStopped(): string | null {
    return this.#known?.workspacesStopped ?? null;
  }

  get workspaces(): readonly Workspace[] | null {
    return this.#known?.workspaces ?? null;
  }

  /** Tools of the last list that are too long or too deep to be looked at. */
  get oversized(): number {
    return this.#oversized;
  }

  state(): RemoteState {
    if (this.#known === null) return { source: 'never', fetchedAt: null, tools: 0 };
    return {
      source: this.#live ? 'live' : 'cached',
      fetchedAt: this.#known.fetchedAt,
      tools: this.#known.tools.length,
    };
  }

  /** @throws LucantoError where the endpoint does not answer with a tool list */
  async refresh(context: CallContext): Promise<void> {
    const listed = await this.#deps.remote.listTools(context);
    const tools = listed.filter((tool) => !isOversized(tool));
    this.#oversized = listed.length - tools.length;
    const { probes = {}, workspaces = null, tools: before = [], ...known } = this.#known ?? {};
    // The list of an earlier version, which kept no first sight, is what the user saw.
    const seen = withFirstSight(this.#known?.seen ?? withFirstSight({}, before), tools);
    const fetchedAt = new Date(this.#deps.clock()).toISOString();
    await this.#learn({ ...known, fetchedAt, tools, probes, workspaces, seen, changes: changesOf(seen, tools) });
    this.#live = true;
  }

  isProbed(resource: string): boolean {
    return this.#known !== null && resource in this.#known.probes;
  }

  /** Keeps what probing found. Means nothing without a catalogue, whose silence is what was probed. */
  async learnProbes(probes: Readonly<Record<string, boolean>>): Promise<void> {
    if (this.#known !== null) await this.#learn({ ...this.#known, probes: { ...this.#known.probes, ...probes } });
  }

  async learnWorkspaces({ rows, stopped }: Pick<WorkspaceList, 'rows' | 'stopped'>): Promise<void> {
    if (this.#known === null) return;
    const { workspacesStopped: _before, ...known } = this.#known;
    await this.#learn({ ...known, workspaces: rows, ...(stopped !== null && { workspacesStopped: stopped }) });
  }

  /** Another number whenever something else is known than before. */
  get revision(): number {
    return this.#revision;
  }

  async #learn(known: KnownCatalogue): Promise<void> {
    if (this.#known === null || contentOf(known) !== contentOf(this.#known)) this.#revision++;
    this.#known = known;
    await this.#deps.cache.saveCatalogue(known);
  }
}

function contentOf({ fetchedAt: _when, ...content }: KnownCatalogue): string {
  return stringifyJson(content);
}
