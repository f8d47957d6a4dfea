import { plainName } from '../contract/field-names.ts';
import { FIELD_ROLES } from '../contract/field-roles.ts';
import { plural, snake } from '../contract/naming.ts';
import {
  isWorkspaceSegment,
  mayMeanWorkspace,
  surelyNamesWorkspace,
  workspaceConditions,
} from '../contract/workspace-path.ts';
import { isJsonObject, LosslessNumber, tryParseJson, uriDecoded } from '../core/json.ts';

/** Recognises, in the parts of a request, a workspace that is not the pinned one. */
export class OtherWorkspaces {
  readonly #pinned: string;
  readonly #ids: ReadonlySet<string> | null;
  readonly #records: readonly string[];

  /** @param ids of the others; null while they are not known @param records what the paths of the contract lead to */
  constructor(pinned: string, ids: ReadonlySet<string> | null, records: readonly string[]) {
    this.#pinned = pinned;
    this.#ids = ids;
    this.#records = records;
  }

  /** At any depth, JSON and paths in texts included. An object under such a name is taken by its id, and a list by its items. */
  areNamedIn(value: unknown, depth = 0): boolean {
    if (depth > MAX_DEPTH) return true;
    if (typeof value === 'string') return this.#areNamedInText(value, depth);
    if (Array.isArray(value)) {
      // `["workspace_id", 43]`
      const isPair = (item: unknown, next: unknown) =>
        typeof item === 'string' && mayMeanWorkspace(item) && idsIn(next).some((id) => this.#ids?.has(id));
      return value.some((item, at) => isPair(item, value[at + 1]) || this.areNamedIn(item, depth + 1));
    }
    if (!isJsonObject(value)) return false;
    const members = Object.entries(value);
    // `{ "type": "organization", "id": 43 }`
    const isTold = members.some(
      ([name, kind]) => KIND.test(name) && typeof kind === 'string' && mayMeanWorkspace(kind.replace(/^\//, '')),
    );
    if (isTold && idsIn(value).some((id) => this.#ids?.has(id))) return true;
    return members.some(
      ([name, member]) =>
        (mayMeanWorkspace(name) && idsIn(member).some((id) => this.isMeant(name, id))) ||
        this.isUnderUnknownName(name, member) ||
        (name.length > 5 && this.#ids?.has(name) === true) ||
        (typeof member === 'string' && ASKS.test(name) && this.areAskedFor(member)) ||
        this.areNamedIn(member, depth + 1),
    );
  }

  /** A list of requests in one body has paths, and a filter may be JSON as text. */
  #areNamedInText(text: string, depth: number): boolean {
    if (this.isSurely(text)) return true;
    if (/^\s*["[{]/.test(text) && this.areNamedIn(tryParseJson(text), depth + 1)) return true;
    const fields = /^[\w.[\]-]+=[^\s=]*(&[\w.[\]-]+=[^\s=]*)*$/.test(text) ? [...new URLSearchParams(text)] : [];
    if (fields.some(([name, value]) => this.areNamedIn({ [name]: value }, depth + 1))) return true;
    return [...uriDecoded(text).matchAll(PATH)].some(([, segment = '', id = '']) => {
      return isWorkspaceSegment(segment) && LOOKS_LIKE_ID.test(id) && this.isMeant(segment, id);
    });
  }

  /** `filter=workspace_id eq 43`, `q=tenant:43`, `company in (42,43)`, `company(id: 43)`, and all but the pinned one. */
  areAskedFor(text: string): boolean {
    const isId = (id: string) => LOOKS_LIKE_ID.test(id) || this.#ids?.has(id) === true;
    return workspaceConditions(uriDecoded(uriDecoded(text)).normalize('NFKC')).some(({ name, ids }) =>
      ids === null ? surelyNamesWorkspace(name) : ids.some((id) => isId(id) && this.isMeant(name, id)),
    );
  }

  /** A name with other meanings counts only if its value is, or may be, the id of another workspace. */
  isMeant(name: string, value: string): boolean {
    if (!mayMeanWorkspace(name) || value === this.#pinned || value === '') return false;
    return surelyNamesWorkspace(name) || (this.#ids?.has(value) ?? LOOKS_LIKE_ID.test(value));
  }

  /** An id that no other record has counts under whatever name it stands. */
  isSurely(value: string): boolean {
    const spelled = [value, value.toLowerCase(), value.toUpperCase()];
    return /^[0-9a-f]{8}-[0-9a-f-]{20,}$/i.test(value) && spelled.some((one) => this.#ids?.has(one));
  }

  /** Whether a member holds one of them, long enough to be no accident, and its name is that of no other record. */
  isUnderUnknownName(name: string, value: unknown): boolean {
    const plain = plainName(name).replace(/^x_/, '');
    const found = idsIn(value).filter((id) => id.length > 3 && this.#ids?.has(id));
    if (found.length === 0 || plain === 'id') return false;
    const [, noun = plain] = ID_NAME.exec(plain) ?? [];
    const isName = noun !== plain || PLAIN_NAME.test(plain);
    // Long enough to be nothing else, under whatever name; but an object's id is that of a record.
    if (!isName && (isJsonObject(value) || !found.some((id) => id.length > 5 && /\d/.test(id)))) return false;
    const isRole = Object.values(FIELD_ROLES).some(({ names }) =>
      names.some((one) => one === `${noun}_id` || (!isName && one === noun)),
    );
    return !isRole && !this.#records.some((record) => `_${plural(noun)}`.endsWith(`_${plural(snake(record))}`));
  }
}

/** Members that say what the others are about. */
const KIND =
  /(^|_)(type|kind|resource|entity|model|class|object|field|property|column|attribute|parameter|name|key|k|path)$/i;
/** Deeper, nothing of ours is nested. */
const MAX_DEPTH = 100;
const PATH = /(?<![^/])([a-z_-]+)(?=\/([\w%-]+))/gi;

/** Members that hold a condition or an address, by their last word. */
const ASKS =
  /(?:^|[_-]|[a-z](?=[A-Z]))(?:q|query|filters?|where|search|conditions?|criteria|expression|sql|ur[il]|path|href|link)$/i;

/** `ledger_id`; a bare `id` is that of the record itself. */
const ID_NAME = /^(.+)_(?:ids?|uuids?|guids?|refs?|keys?|codes?)$/;
/** Words that services have for companies, and for much else. */
const PLAIN_NAME =
  /^(ref|[cotw]id|entity|books?|branch|context|database|db|environment|establishment|group|holding|ledger|merchant|owner|practice|principal|profile|scope|shop|site|space|target|unit)$/;

const LOOKS_LIKE_ID = /^(\d+|[0-9a-f]{8}-[0-9a-f-]{20,})$/i;
const HELD = /^(id|uuid|guid|slug|key|ref|\$?(eq|in|is|any|equals?|values?|v|data|add|set|connect|items))$/i;

function idsIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(idsIn);
  if (isJsonObject(value)) {
    return Object.entries(value).flatMap(([name, member]) => {
      // No id of a company, and so not the pinned one's.
      if (/^\$?(ne|neq|nin|not|not_in)$/i.test(name)) return '(all but some)';
      return HELD.test(name) ? idsIn(member) : LOOKS_LIKE_ID.test(name) ? name : [];
    });
  }
  const isScalar = ['string', 'number', 'bigint'].includes(typeof value) || value instanceof LosslessNumber;
  return isScalar && value !== '' ? String(value).split(/[,;|]\s*/) : [];
}
