import { within } from '../core/deadline.ts';
import { ArgumentsError, noCompany, ProtocolError } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import { type Company, companyList, isSurelyId, matchingNames } from '../core/text.ts';
import type { CallContext } from '../core/tool.ts';
import { NO_LIST, type WorkspaceList } from './workspace-list.ts';

/**
 * Which workspace a call goes to: the pinned one, the given one, else the only one, else an error that lists them.
 * Never a guess (interface.md section 2).
 */
export type WorkspaceId = string | number | bigint;

/** How long the list may be reused within one process; workspaces hardly ever change. */
const LIST_LIFETIME_MS = 5 * 60_000;

const LIST_AT_MOST_MS = 5_000;

/** What a pin by name is until its company is known: no id is equal to it, so that nothing can be reached. */
export const UNRESOLVED_PIN = '(not known yet)';

function isWorkspaceId(value: unknown): value is WorkspaceId {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint';
}

export class Workspaces {
  readonly #deps;
  #known: { readonly at: number; readonly list: WorkspaceList } | null = null;

  #pinned: string | null;

  constructor(deps: {
    /** An id, a name or a part of a name. */
    readonly pinned: string | null;
    readonly clock: () => number;
    /** Those of an earlier refresh; null where they were never listed. */
    readonly stored: () => readonly Company[] | null;
    /** Asks the service. @throws LucantoError */
    readonly list: (context: CallContext) => Promise<WorkspaceList>;
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
      return oneOf(await this.listed(context), given, '--workspace').id;
    } catch (error) {
      // A service without a list of companies takes an id as it is.
      const isUnlisted = error instanceof ProtocolError && error.code === NO_LIST;
      if (isUnlisted && /^[\w-]{1,128}$/.test(given)) return given;
      throw error;
    }
  }

  /** As far as they were ever listed. */
  get known(): readonly Company[] | null {
    return this.#known?.list.rows ?? this.#deps.stored();
  }

  async list(context: CallContext): Promise<readonly Company[]> {
    return (await this.listed(context)).rows;
  }

  async listed(context: CallContext): Promise<WorkspaceList> {
    const now = this.#deps.clock();
    if (this.#known !== null && now - this.#known.at < LIST_LIFETIME_MS) return this.#known.list;
    const list = await this.#deps.list(context);
    this.#known = { at: now, list };
    return list;
  }

  /** @throws ArgumentsError where there is no single answer, and whatever asking the service throws */
  readonly resolve = async (args: JsonObject, context: CallContext): Promise<WorkspaceId> => {
    const pinned = await this.pinned(context);
    if (pinned !== null) return pinned;
    if (isWorkspaceId(args.workspace_id)) return args.workspace_id;
    const { rows, stopped } = await this.listed(context);
    const [only] = rows;
    if (only !== undefined && rows.length === 1 && stopped === null) return only.id;
    if (only === undefined && stopped === null) throw noCompany();
    const choices = `${companyList(rows)}${furtherOnes(stopped)}`;
    throw new ArgumentsError(
      `workspace_id is missing, and the API key reaches ${rows.length === 1 ? '1 company' : `${rows.length} companies`}: ${choices}`,
      {
        hint: {
          person: 'Add `--workspace` with the id or a part of the name of one of them, or `--arg workspace_id=<id>`.',
          model: 'Ask the user which company is meant, then pass its id as workspace_id.',
        },
        details: { more: { workspaces: rows } },
      },
    );
  };

  /** The companies that a call is about which may be about all: the pinned or given one alone, else every known one. */
  async reachable(args: JsonObject, context: CallContext): Promise<Pick<WorkspaceList, 'rows' | 'stopped'>> {
    const pinned = await this.pinned(context);
    const only = pinned ?? (isWorkspaceId(args.workspace_id) ? String(args.workspace_id) : null);
    if (only === null) return this.listed(context);
    // Its name is worth a request, and not a failure.
    const rows = await this.list(context).catch(() => []);
    return { rows: [rows.find(({ id }) => id === only) ?? { id: only, name: '' }], stopped: null };
  }

  /** The pinned company as the service describes it, on whatever page it is listed. */
  async pinnedRecords(context: CallContext): Promise<Pick<WorkspaceList, 'records' | 'stopped'>> {
    const { records, stopped } = await this.listed(context);
    const found = records.filter(({ id }) => String(id) === this.#pinned);
    return { records: found, stopped: found.length > 0 ? null : stopped };
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
    if (pinned !== null) {
      // By their ids the guard knows the others under names that say nothing; a list that hangs is no reason to.
      if (this.known === null) await within(LIST_AT_MOST_MS, [this.#listed(context).catch(() => null)]);
      return this.#withoutPinned(args, pinned, context);
    }
    if (argument === null || typeof given !== 'string' || given.trim() === '' || isSurelyId(given.trim())) return args;
    const list = await this.#listed(context);
    return list === null ? args : { ...args, [name]: oneOf(list, given, name).id };
  }

  async #withoutPinned(args: JsonObject, pinned: string, context: CallContext): Promise<JsonObject> {
    if (!('workspace_id' in args)) return args;
    const { workspace_id: given, ...rest } = args;
    if (given === null || given === undefined || String(given) === pinned || given === this.#deps.pinned) return rest;
    const list = isSurelyId(String(given)) ? null : await this.#listed(context);
    const meant = matchingNames(list?.rows ?? [], String(given));
    if (meant.length === 1 && meant[0]?.id === pinned && list?.stopped === null) return rest;
    throw new ArgumentsError(
      `This bridge is pinned to workspace ${pinned}; workspace ${String(given)} cannot be reached`,
      {
        hint: 'Leave workspace_id out: this bridge works for the pinned company only.',
      },
    );
  }

  /** Null where the service does not list them: then what was given counts as an id. */
  async #listed(context: CallContext): Promise<WorkspaceList | null> {
    try {
      return await this.listed(context);
    } catch (error) {
      if (error instanceof ProtocolError && error.code === NO_LIST) return null;
      throw error;
    }
  }
}

function oneOf({ rows, stopped }: WorkspaceList, given: string, argument: string): Company {
  const meant = matchingNames(rows, given);
  const [only] = meant;
  const isOne = only !== undefined && meant.length === 1;
  // Of companies that were not read, one may have the same name; none has the same id.
  if (isOne && (stopped === null || only.id === given.trim())) return only;
  const found =
    only === undefined
      ? `No company ${stopped === null ? '' : 'that could be read '}matches "${given}". The API key reaches ${companyList(rows) || 'no company'}`
      : isOne
        ? `Of the companies that could be read, one matches "${given}": ${companyList(meant)}`
        : `${meant.length === 2 ? 'Two' : meant.length} companies match "${given}": ${companyList(meant)}`;
  const isPin = argument === '--workspace';
  throw new ArgumentsError(`${found}${furtherOnes(stopped)}.`, {
    hint: {
      person: isPin ? 'Give --workspace the id of one of them.' : `Give ${argument} the id of one of them.`,
      model: isPin
        ? 'Ask the user to give --workspace the id of one of them, where lucanto-mcp is started.'
        : `Ask the user which company is meant, then pass its id as ${argument}.`,
    },
    details: { more: { workspaces: only === undefined ? rows : meant } },
  });
}

function furtherOnes(stopped: string | null): string {
  return stopped === null ? '' : `; there may be further ones, since the list could not be read to its end: ${stopped}`;
}
