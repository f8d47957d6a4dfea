import { ArgumentsError, ProtocolError } from '../core/errors.ts';
import { isJsonObject, type JsonObject, parseJson } from '../core/json.ts';
import { companyList, isSurelyId, matchingNames } from '../core/name-match.ts';
import type { CallContext, Tool, ToolResult } from '../core/tool.ts';

/**
 * Which workspace a call goes to: the pinned one, the given one, else the only one, else an error that lists them.
 * Never a guess (interface.md section 2).
 */
export interface Workspace {
  /** Digits or an opaque id, exactly as the service wrote it. */
  readonly id: string;
  readonly name: string;
}

export type WorkspaceId = string | number | bigint;

/** How long the list may be reused within one process; workspaces hardly ever change. */
const LIST_LIFETIME_MS = 5 * 60_000;

/** What a pin by name is until its company is known: no id is equal to it, so that nothing can be reached. */
export const UNRESOLVED_PIN = '(not known yet)';

function isWorkspaceId(value: unknown): value is WorkspaceId {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint';
}

export class Workspaces {
  readonly #deps;
  #known: { readonly at: number; readonly rows: readonly Workspace[] } | null = null;

  #pinned: string | null;

  constructor(deps: {
    /** An id, a name or a part of a name. */
    readonly pinned: string | null;
    readonly clock: () => number;
    /** Asks the service. @throws LucantoError */
    readonly list: (context: CallContext) => Promise<readonly Workspace[]>;
  }) {
    this.#deps = deps;
    const { pinned } = deps;
    this.#pinned = pinned === null || isSurelyId(pinned) ? pinned : UNRESOLVED_PIN;
  }

  /** The id of the pinned workspace, which may still be `UNRESOLVED_PIN`; null where none is pinned. */
  get pinnedId(): string | null {
    return this.#pinned;
  }

  /** The same, found out where needed. @throws LucantoError where no single company is meant */
  async pinned(context: CallContext): Promise<string | null> {
    const { pinned } = this.#deps;
    if (pinned === null || this.#pinned !== UNRESOLVED_PIN) return this.#pinned;
    this.#pinned = await this.#pinByName(pinned, context);
    return this.#pinned;
  }

  async #pinByName(given: string, context: CallContext): Promise<string> {
    try {
      return oneOf(await this.list(context), given, '--workspace').id;
    } catch (error) {
      // A service without a list of companies takes an id as it is.
      const isUnlisted = error instanceof ProtocolError && error.code === NO_LIST;
      if (isUnlisted && /^[\w-]{1,128}$/.test(given)) return given;
      throw error;
    }
  }

  async list(context: CallContext): Promise<readonly Workspace[]> {
    const now = this.#deps.clock();
    if (this.#known !== null && now - this.#known.at < LIST_LIFETIME_MS) return this.#known.rows;
    const rows = await this.#deps.list(context);
    this.#known = { at: now, rows };
    return rows;
  }

  /** @throws ArgumentsError where there is no single answer, and whatever asking the service throws */
  readonly resolve = async (args: JsonObject, context: CallContext): Promise<WorkspaceId> => {
    const pinned = await this.pinned(context);
    if (pinned !== null) return pinned;
    if (isWorkspaceId(args.workspace_id)) return args.workspace_id;
    const rows = await this.list(context);
    const [only] = rows;
    if (only !== undefined && rows.length === 1) return only.id;
    if (only === undefined) {
      throw new ArgumentsError('The API key reaches no company', {
        hint: {
          person: 'Create a company in Lucanto, or use the API key of a user who has one.',
          model: 'Ask the user to create a company in Lucanto, or to use the API key of a user who has one.',
        },
      });
    }
    const choices = companyList(rows);
    throw new ArgumentsError(`workspace_id is missing, and the API key reaches ${rows.length} companies: ${choices}`, {
      hint: {
        person: 'Add `--workspace` with the id or a part of the name of one of them, or `--arg workspace_id=<id>`.',
        model: 'Ask the user which company is meant, then pass its id as workspace_id.',
      },
      details: { more: { workspaces: rows } },
    });
  };

  /** The companies that a call is about which may be about all: the pinned or given one alone, else every one. */
  async reachable(args: JsonObject, context: CallContext): Promise<readonly Workspace[]> {
    const pinned = await this.pinned(context);
    const only = pinned ?? (isWorkspaceId(args.workspace_id) ? String(args.workspace_id) : null);
    if (only === null) return this.list(context);
    // Its name is worth a request, and not a failure.
    const rows = await this.list(context).catch(() => []);
    return [rows.find(({ id }) => id === only) ?? { id: only, name: '' }];
  }

  /**
   * The arguments with a workspace that is named by its name under its id. With a pinned one, a call that names another
   * must not silently land there: the argument is checked and left out.
   * @param argument that names the workspace @throws LucantoError
   */
  async placed(args: JsonObject, argument: string | null, context: CallContext): Promise<JsonObject> {
    const pinned = await this.pinned(context);
    const name = argument ?? 'workspace_id';
    const given = args[name];
    if (pinned !== null) return this.#withoutPinned(args, pinned, context);
    if (argument === null || typeof given !== 'string' || given.trim() === '' || isSurelyId(given.trim())) return args;
    const rows = await this.#listed(context);
    return rows === null ? args : { ...args, [name]: oneOf(rows, given, name).id };
  }

  async #withoutPinned(args: JsonObject, pinned: string, context: CallContext): Promise<JsonObject> {
    if (!('workspace_id' in args)) return args;
    const { workspace_id: given, ...rest } = args;
    if (given === null || given === undefined || String(given) === pinned || given === this.#deps.pinned) return rest;
    const rows = isSurelyId(String(given)) ? null : await this.#listed(context);
    const meant = matchingNames(rows ?? [], String(given));
    if (meant.length === 1 && meant[0]?.id === pinned) return rest;
    throw new ArgumentsError(
      `This bridge is pinned to workspace ${pinned}; workspace ${String(given)} cannot be reached`,
      {
        hint: `Leave workspace_id out, or restart lucanto-mcp without --workspace ${pinned}.`,
      },
    );
  }

  /** Null where the service does not list them: then what was given counts as an id. */
  async #listed(context: CallContext): Promise<readonly Workspace[] | null> {
    try {
      return await this.list(context);
    } catch (error) {
      if (error instanceof ProtocolError && error.code === NO_LIST) return null;
      throw error;
    }
  }
}

/** @throws ArgumentsError where not exactly one company is meant */
function oneOf(rows: readonly Workspace[], given: string, argument: string): Workspace {
  const meant = matchingNames(rows, given);
  const [only] = meant;
  if (only !== undefined && meant.length === 1) return only;
  const found =
    only === undefined
      ? `No company matches "${given}". The API key reaches ${companyList(rows) || 'no company'}`
      : `${meant.length === 2 ? 'Two' : meant.length} companies match "${given}": ${companyList(meant)}`;
  const isPin = argument === '--workspace';
  throw new ArgumentsError(`${found}.`, {
    hint: {
      person: isPin ? 'Give --workspace the id of one of them.' : `Give ${argument} the id of one of them.`,
      model: isPin
        ? 'Ask the user to give --workspace the id of one of them, where lucanto-mcp is started.'
        : `Ask the user which company is meant, then pass its id as ${argument}.`,
    },
    details: { more: { workspaces: only === undefined ? rows : meant } },
  });
}

/** The code where a service has no list of workspaces that can be read: it may have no workspaces. */
export const NO_LIST = 'no_workspace_list';

/** Reads the workspaces out of the answer of the tool that lists them, over REST or remote. */
/** A name of the interface, not of any one contract: it exists in either generation and on the remote endpoint. */
export const LIST_WORKSPACES = 'lucanto_list_workspaces';

/** @throws LucantoError where the service does not list workspaces in any known way */
export async function listWorkspaces(tools: readonly Tool[], context: CallContext): Promise<readonly Workspace[]> {
  // A list that needs more than a token is not the one of the user's workspaces.
  const tool = tools.find(({ descriptor, validation }) => {
    const needed = Array.isArray(validation.required) ? validation.required.length : 0;
    return descriptor.name === LIST_WORKSPACES && needed === 0;
  });
  // What the call wants of its own answer (some fields, a page) is not to leave workspaces out of this one.
  const { answer: _own, ...whole } = context;
  const found = new Map<string, Workspace>();
  let next: JsonObject | null = {};
  for (let pages = 0; next !== null && pages < MAX_PAGES; pages += 1) {
    const value: unknown = tool && dataOf(await tool.call(next, whole));
    const rows = rowsOf(value);
    if (rows === null) {
      throw new ProtocolError(NO_LIST, 'The service does not say which workspaces the token reaches', {
        hint: 'Pass workspace_id with the call, or pin a workspace with --workspace <id>.',
      });
    }
    const before = found.size;
    for (const row of rows) {
      const id = row.id ?? row.workspace_id ?? null;
      if (id !== null) found.set(String(id), { id: String(id), name: typeof row.name === 'string' ? row.name : '' });
    }
    // A name that fits one of the first page may fit another company better.
    next = found.size === before ? null : nextPage(value);
  }
  return [...found.values()];
}

/** Of companies. */
const MAX_PAGES = 20;

/** The arguments for the next page; null where none is named. */
function nextPage(value: unknown): JsonObject | null {
  if (!isJsonObject(value) || value.has_more === false) return null;
  const { next_cursor: cursor } = value;
  return typeof cursor === 'string' && cursor !== '' ? { cursor } : null;
}

/** The list of a bare array, or of the one array in an object (`data`, or whatever the service calls it). */
function rowsOf(value: unknown): Record<string, unknown>[] | null {
  const list = Array.isArray(value)
    ? value
    : isJsonObject(value)
      ? Object.values(value).find(Array.isArray)
      : undefined;
  return Array.isArray(list) ? list.filter(isJsonObject) : null;
}

function dataOf(result: ToolResult): unknown {
  return result.structuredContent ?? parsedText(result);
}

function parsedText({ content }: ToolResult): unknown {
  const [first] = content;
  if (first === undefined || typeof first.text !== 'string') return undefined;
  try {
    return parseJson(first.text);
  } catch {
    return undefined;
  }
}
