import type { JsonObject } from '../core/json.ts';
import type { CallContext, ToolResult } from '../core/tool.ts';
import type { KnownCatalogue, ServiceCache } from './service-cache.ts';
import type { Workspace } from './workspaces.ts';

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

interface RemoteSourceDeps {
  readonly cache: ServiceCache;
  readonly remote: RemotePort;
  readonly clock: () => number;
}

export class RemoteSource {
  readonly #deps: RemoteSourceDeps;
  #known: KnownCatalogue | null;
  #live = false;

  constructor(deps: RemoteSourceDeps) {
    this.#deps = deps;
    this.#known = deps.cache.catalogue();
  }

  /** `tools/list` verbatim, null while it was never seen. */
  get tools(): readonly unknown[] | null {
    return this.#known?.tools ?? null;
  }

  get readable(): readonly string[] {
    return Object.entries(this.#known?.probes ?? {}).flatMap(([resource, readable]) => (readable ? [resource] : []));
  }

  get workspaces(): readonly Workspace[] | null {
    return this.#known?.workspaces ?? null;
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
    const tools = await this.#deps.remote.listTools(context);
    const { probes = {}, workspaces = null } = this.#known ?? {};
    await this.#learn({ fetchedAt: new Date(this.#deps.clock()).toISOString(), tools, probes, workspaces });
    this.#live = true;
  }

  isProbed(resource: string): boolean {
    return this.#known !== null && resource in this.#known.probes;
  }

  /** Keeps what probing found. Means nothing without a catalogue, whose silence is what was probed. */
  async learnProbes(probes: Readonly<Record<string, boolean>>): Promise<void> {
    if (this.#known !== null) await this.#learn({ ...this.#known, probes: { ...this.#known.probes, ...probes } });
  }

  async learnWorkspaces(workspaces: readonly Workspace[]): Promise<void> {
    if (this.#known !== null) await this.#learn({ ...this.#known, workspaces });
  }

  async #learn(known: KnownCatalogue): Promise<void> {
    this.#known = known;
    await this.#deps.cache.saveCatalogue(known);
  }
}
