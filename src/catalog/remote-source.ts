import { createHash } from 'node:crypto';
import { canonicalJson, isDeeperThan, isJsonObject, type JsonObject, objectIn, stringifyJson } from '../core/json.ts';
import { type Company, count } from '../core/text.ts';
import type { CallContext, ToolResult } from '../core/tool.ts';
import type { KnownCatalogue, SeenTool, ServiceCache } from './service-cache.ts';
import type { WorkspaceList } from './workspace-list.ts';

/** What the catalogue needs of the remote endpoint; its client is loaded only when something is first sent. */
export interface RemotePort {
  /** `tools/list`, all pages, verbatim. @throws LucantoError */
  listTools(context: CallContext): Promise<readonly unknown[]>;
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
  /** With the hints that may be believed; another array whenever they may be others. */
  #tools: readonly unknown[] | null;
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
    this.#tools = this.#known && believedTools(this.#known);
  }

  /** `tools/list` with the hints that may be believed, null while it was never seen. */
  get tools(): readonly unknown[] | null {
    return this.#tools;
  }

  /** Which tools changed since the last login, in one sentence; null where none did. */
  changesNote(): string | null {
    const entries = Object.entries(this.#known?.changes ?? {});
    if (entries.length === 0) return null;
    const named = entries.slice(0, MAX_NAMED).map(([name, what]) => `${name} (${what.join(', ')})`);
    const more = entries.length > MAX_NAMED ? [`and ${entries.length - MAX_NAMED} more`] : [];
    return `${count(entries.length, 'tool')} of the service changed since the last login: ${[...named, ...more].join(', ')}. \`lucanto-mcp login\` accepts the changes.`;
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

  get workspaces(): readonly Company[] | null {
    return this.#known?.workspaces ?? null;
  }

  /** Tools of the last list that are too long or too deep to be looked at. */
  get oversized(): number {
    return this.#oversized;
  }

  state(): RemoteState {
    if (this.#known === null) return { source: 'never', fetchedAt: null, tools: 0 };
    const { fetchedAt, tools } = this.#known;
    return { source: this.#live ? 'live' : 'cached', fetchedAt, tools: tools.length };
  }

  /** @throws LucantoError where the endpoint does not answer with a tool list */
  async refresh(context: CallContext): Promise<void> {
    const listed = await this.#deps.remote.listTools(context);
    const tools = listed.filter(
      (tool) => !isDeeperThan(tool, MAX_DEPTH) && stringifyJson(tool ?? null).length <= MAX_TOOL_CHARS,
    );
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
    if (known.tools !== this.#known?.tools || known.seen !== this.#known.seen) this.#tools = believedTools(known);
    this.#known = known;
    await this.#deps.cache.saveCatalogue(known);
  }
}

function contentOf({ fetchedAt: _when, ...content }: KnownCatalogue): string {
  return stringifyJson(content);
}

// What may be believed of the list: a tool that changed since the user first saw it is named with what changed; a hint that
// promises less harm than before counts only after the next `login`.

type SeenTools = Readonly<Record<string, SeenTool>>;

/** What a missing hint means in MCP, which is the cautious value of each, and what the other one promises. */
const HINTS = {
  readOnlyHint: [false, 'that it only reads'],
  destructiveHint: [true, 'that it deletes nothing'],
  idempotentHint: [false, 'that a repetition changes nothing'],
  openWorldHint: [true, 'that it reaches nobody outside'],
} as const;

const MAX_SEEN = 2_000;
const MAX_NAMED = 5;
/** Far more than any tool needs; a model's context and the parsers behind it are not to be filled by one. */
const MAX_TOOL_CHARS = 100_000;
const MAX_DEPTH = 40;

/** The tools of the list that were not seen before, added. */
function withFirstSight(seen: SeenTools, tools: readonly unknown[]): SeenTools {
  const known = new Map(Object.entries(seen));
  for (const tool of tools) {
    const name = nameOf(tool);
    if (name !== null && !known.has(name) && known.size < MAX_SEEN) known.set(name, sightOf(tool));
  }
  return Object.fromEntries(known);
}

/** By the name of each tool that changed, what did. */
function changesOf(seen: SeenTools, tools: readonly unknown[]): Readonly<Record<string, readonly string[]>> {
  const changes = tools.flatMap((tool) => {
    const name = nameOf(tool);
    const first = firstSight(seen, name);
    if (name === null || first === undefined) return [];
    const now = sightOf(tool);
    const what = [
      ...(first.description === now.description ? [] : ['its description']),
      ...(first.arguments === now.arguments ? [] : ['its arguments']),
      ...Object.entries(HINTS).flatMap(([hint, [cautious, promise]]) => {
        const [before, after] = [first.hints[hint] ?? cautious, now.hints[hint] ?? cautious];
        if (before === after) return [];
        return [after === cautious ? `it no longer says ${promise}` : `it now says ${promise}, which is not believed`];
      }),
    ];
    return what.length === 0 ? [] : [[name, what] as const];
  });
  return Object.fromEntries(changes);
}

function believedTools({ tools, seen = {} }: KnownCatalogue): readonly unknown[] {
  return tools.map((tool) => believed(tool, seen));
}

/** The tool with the hints that may be believed. */
function believed(tool: unknown, seen: SeenTools): unknown {
  const first = firstSight(seen, nameOf(tool));
  if (first === undefined || !isJsonObject(tool)) return tool;
  const hints = { ...objectIn(tool.annotations) };
  for (const [hint, [cautious]] of Object.entries(HINTS)) {
    const before = first.hints[hint];
    const promisesLess = (before ?? cautious) === cautious && (hints[hint] ?? cautious) !== cautious;
    // A tool that said outright that it reaches others does not stop to by saying nothing.
    const fellSilent = hint === 'openWorldHint' && before === true;
    if (promisesLess || fellSilent) hints[hint] = before ?? cautious;
  }
  return { ...tool, annotations: hints };
}

function firstSight(seen: SeenTools, name: string | null): SeenTool | undefined {
  return name === null || !Object.hasOwn(seen, name) ? undefined : seen[name];
}

function sightOf(tool: unknown): SeenTool {
  const { title, description, inputSchema, outputSchema, annotations } = objectIn(tool);
  const given = objectIn(annotations);
  const hints = Object.keys(HINTS).flatMap((hint) => (typeof given[hint] === 'boolean' ? [[hint, given[hint]]] : []));
  return {
    description: hashOf([title ?? null, given.title ?? null, description ?? null]),
    arguments: hashOf([inputSchema ?? null, outputSchema ?? null]),
    hints: Object.fromEntries(hints),
  };
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex').slice(0, 32);
}

function nameOf(tool: unknown): string | null {
  return isJsonObject(tool) && typeof tool.name === 'string' ? tool.name : null;
}
