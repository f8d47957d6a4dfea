import { CUSTOMER, FIELD_NAMES, FieldNames, plainName, SUPPLIER } from '../contract/field-names.ts';
import { isJsonObject, type JsonObject, stringifyJson } from '../core/json.ts';
import type { AnswerField } from '../core/tool.ts';

/**
 * What a person looks for in a list, and under which names. They only choose columns, and only among those that the rows
 * have: a service with other names shows other columns, and no answer depends on one of these. Data only.
 */
export interface Role {
  readonly role:
    | 'id'
    | 'number'
    | 'status'
    | 'name'
    | 'who'
    | 'supplier'
    | 'date'
    | 'created'
    | 'total'
    | 'due'
    | 'currency'
    | 'flag';
  readonly names: readonly string[];
  /** How many of them a row shows. */
  readonly most: number;
  /** Not needed where there is one of that role. */
  readonly unless?: Role['role'];
}

export const ROLES: readonly Role[] = [
  { role: 'id', most: 1, names: ['id', 'uuid', 'guid', 'uid', 'key'] },
  {
    role: 'number',
    most: 1,
    names: [...FIELD_NAMES.number, 'code', 'ref', 'iban', 'account_number', 'registration_id', 'sku'],
  },
  { role: 'status', most: 1, names: [...FIELD_NAMES.status, 'extraction_status', 'phase', 'stage'] },
  { role: 'name', most: 1, names: [...FIELD_NAMES.name, 'title', 'label', 'subject', 'description', 'url'] },
  { role: 'who', most: 2, names: [...CUSTOMER.name, ...CUSTOMER.record, ...CUSTOMER.id] },
  {
    // On what the firm sends out, this is the firm itself.
    role: 'supplier',
    most: 1,
    unless: 'who',
    names: [...SUPPLIER.name, ...SUPPLIER.record, ...SUPPLIER.id],
  },
  {
    role: 'date',
    most: 3,
    names: [
      ...FIELD_NAMES.issued,
      ...['starts_on', 'start_date'],
      ...FIELD_NAMES.due,
      ...['valid_until', 'valid_to', 'expires_on', 'expiry_date', 'expires_at', 'ends_on', 'end_date', 'deadline'],
      ...['paid_at', 'paid_on', 'payment_date'],
    ],
  },
  { role: 'created', most: 1, unless: 'date', names: [...FIELD_NAMES.created, 'inserted_at', 'updated_at'] },
  {
    role: 'total',
    most: 1,
    names: [
      ...FIELD_NAMES.total,
      ...FIELD_NAMES.amount,
      ...['price', 'unit_price', 'balance_available', 'balance', 'budget', 'value'],
    ],
  },
  { role: 'due', most: 1, names: FIELD_NAMES.open },
  { role: 'currency', most: 1, names: FIELD_NAMES.currency },
  { role: 'flag', most: 1, names: ['overdue', 'is_overdue', 'default', 'is_default', 'archived', 'active', 'done'] },
];

/** Which fields of a list's rows are shown: those that were asked for, else what a person would look at. */
export interface Columns {
  /** Null for all. */
  readonly shown: ReadonlySet<string> | null;
  /** Fields that these rows have besides. */
  readonly more: readonly string[];
  /** Names that were asked for and that no row has and no contract knows. */
  readonly unknown: readonly string[];
}

/** Rows with no more fields than this are no burden. */
const FEW_FIELDS = 12;
/** Where the names say nothing: this many of the first ones. */
const SOME_FIELDS = 10;
const LEAST_ROLES = 3;
const LONG_TEXT = 120;
/** For names and titles, which are what the row is about. */
const LONG_NAME = 300;

/**
 * @param asked names, `*` for all, null for the default
 * @param contract what the document says of a row, perhaps nothing
 */
export function columnsOf(
  rows: readonly unknown[],
  asked: readonly string[] | null,
  contract: readonly AnswerField[],
): Columns {
  const records = rows.filter(isJsonObject);
  const present = [...new Set(records.flatMap((row) => Object.keys(row)))];
  if (asked?.includes('*')) return { shown: null, more: [], unknown: [] };
  const known = new Set([...present, ...contract.map(({ name }) => name)]);
  const found = (asked ?? []).map((name) => ({ name, field: fieldNamed(name, known) }));
  const unknown = known.size === 0 ? [] : found.flatMap(({ name, field }) => (field === null ? [name] : []));
  const wanted = found.flatMap(({ field }) => field ?? []);
  if (wanted.length > 0 || (asked !== null && known.size === 0)) {
    const shown = new Set(wanted);
    // The rest is of interest only to someone who asked for what there is not.
    return { shown, more: unknown.length === 0 ? [] : others(present, shown), unknown };
  }
  const shown = usual(records, present, contract);
  return { shown, more: others(present, shown), unknown };
}

/** The row's own order stays. Of a person or firm that is a record of its own, its name and id are enough by default. */
export function projected(row: unknown, { shown }: Columns, asked: readonly string[] | null): unknown {
  if (shown === null || !isJsonObject(row)) return row;
  const members = Object.entries(row).filter(([name]) => shown.has(name));
  if (asked !== null) return Object.fromEntries(members);
  return Object.fromEntries(members.map(([name, value]) => [name, isWho(name, value) ? brief(value) : value]));
}

function others(present: readonly string[], shown: ReadonlySet<string>): readonly string[] {
  return present.filter((name) => !shown.has(name));
}

/** As it is written, in another spelling, or by the first step of a path (`customer.name`). */
function fieldNamed(asked: string, known: ReadonlySet<string>): string | null {
  if (known.has(asked)) return asked;
  const plain = plainName(asked);
  const spelt = [...known].find((name) => plainName(name) === plain);
  if (spelt !== undefined) return spelt;
  const first = asked.split('.')[0] ?? '';
  return first !== asked && known.has(first) ? first : null;
}

function usual(
  records: readonly JsonObject[],
  present: readonly string[],
  contract: readonly AnswerField[],
): ReadonlySet<string> {
  const nested = new Set(contract.filter(({ fields }) => fields.length > 0).map(({ name }) => name));
  const isLight = (name: string, longest: number) =>
    records.every((row) => isWho(name, row[name]) || weight(row[name]) <= longest) &&
    (!nested.has(name) || records.some((row) => isWho(name, row[name])));
  const light = present.filter((name) => isLight(name, LONG_TEXT));
  if (present.length <= FEW_FIELDS) return new Set(light.concat(present.filter((name) => isNamed(name, isLight))));
  const index = new FieldNames(present);
  const byRole = ROLES.flatMap(({ role, names, most, unless }) => {
    const spelt = names.flatMap((wanted) => index.find(wanted) ?? []);
    return [...new Set(spelt)]
      .filter((name) => isLight(name, role === 'name' || PARTIES.has(role) ? LONG_NAME : LONG_TEXT))
      .slice(0, most)
      .map((name) => ({ role, name, unless }));
  });
  if (byRole.length < LEAST_ROLES) return new Set(light.slice(0, SOME_FIELDS));
  const found = new Set(byRole.map(({ role }) => role));
  return new Set(byRole.flatMap(({ name, unless }) => (unless !== undefined && found.has(unless) ? [] : name)));
}

function isNamed(name: string, isLight: (name: string, longest: number) => boolean): boolean {
  return namesOf('name').has(plainName(name)) && isLight(name, LONG_NAME);
}

function namesOf(role: Role['role']): ReadonlySet<string> {
  return new Set(ROLES.find((one) => one.role === role)?.names);
}

const PARTIES = new Set<Role['role']>(['who', 'supplier']);
const WHO = new Set([...PARTIES].flatMap((role) => [...namesOf(role)]));

function isWho(name: string, value: unknown): value is JsonObject {
  return isJsonObject(value) && WHO.has(plainName(name)) && Object.keys(brief(value)).length > 0;
}

const BRIEF = new Set([...namesOf('id'), ...namesOf('name')]);

function brief(value: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(value).filter(
      ([name, member]) => BRIEF.has(plainName(name)) && !isNested(member) && weight(member) <= LONG_NAME,
    ),
  );
}

function isNested(value: unknown): boolean {
  return Array.isArray(value) || isJsonObject(value);
}

function weight(value: unknown): number {
  return typeof value === 'string' ? value.length : value === undefined ? 0 : stringifyJson(value).length;
}
