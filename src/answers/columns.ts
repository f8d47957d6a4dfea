import { FieldNames, memberNames, plainName } from '../contract/field-names.ts';
import { areStates, COLUMNS, type Column, columnNames } from '../contract/field-roles.ts';
import { isJsonObject, type JsonObject, setMember, stringifyJson } from '../core/json.ts';
import type { AnswerField } from '../core/tool.ts';

/** Which fields of a list's rows are shown: those that the call names, else what a person would look for. */
export interface Columns {
  /** Null for all. */
  readonly shown: ReadonlySet<string> | null;
  readonly more: readonly string[];
  /** Names from the call that neither a row nor the contract has. */
  readonly unknown: readonly string[];
}

/** Rows with no more fields than this are shown whole. */
const FEW_FIELDS = 12;
/** How many of the first fields are shown where their names say nothing. */
const SOME_FIELDS = 10;
const LEAST_COLUMNS = 3;
const LONG_TEXT = 120;
/** For names and titles, which tell what the row is about. */
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
  const present = [...memberNames(records)];
  if (asked?.includes('*')) return { shown: null, more: [], unknown: [] };
  const known = new Set([...present, ...contract.map(({ name }) => name)]);
  const found = (asked ?? []).map((name) => ({ name, field: fieldNamed(name, known) }));
  const unknown = known.size === 0 ? [] : found.flatMap(({ name, field }) => (field === null ? [name] : []));
  const wanted = found.flatMap(({ field }) => field ?? []);
  const isChosen = wanted.length > 0 || (asked !== null && known.size === 0);
  const shown = isChosen ? new Set(wanted) : usualFields(records, present, contract);
  // Of a call that names its fields, the others help only one that named a field that does not exist.
  const more = isChosen && unknown.length === 0 ? [] : present.filter((name) => !shown.has(name));
  return { shown, more, unknown };
}

/** In the row's own order. Of a nested customer or supplier, its name and id are enough by default. */
export function projected(row: unknown, { shown }: Columns, asked: readonly string[] | null): unknown {
  if (shown === null || !isJsonObject(row)) return row;
  const result: JsonObject = {};
  for (const name of Object.keys(row)) {
    const value = row[name];
    if (shown.has(name)) setMember(result, name, asked === null && isParty(name, value) ? brief(value) : value);
  }
  return result;
}

/** As it is written, in another spelling, or by the first step of a path (`customer.name`). */
function fieldNamed(asked: string, known: ReadonlySet<string>): string | null {
  if (known.has(asked)) return asked;
  const spelled = [...known].find((name) => plainName(name) === plainName(asked));
  const [first = ''] = asked.split('.');
  return spelled ?? (known.has(first) ? first : null);
}

function usualFields(
  records: readonly JsonObject[],
  present: readonly string[],
  contract: readonly AnswerField[],
): ReadonlySet<string> {
  const nested = new Set(contract.filter(({ fields }) => fields.length > 0).map(({ name }) => name));
  const isLight = (name: string, longest: number) =>
    records.every((row) => isParty(name, row[name]) || weight(row[name]) <= longest) &&
    (!nested.has(name) || records.some((row) => isParty(name, row[name]) || isAmount(name, row[name])));
  const light = () => present.filter((name) => isLight(name, LONG_TEXT));
  const named = () => present.filter((name) => NAMES.has(plainName(name)) && isLight(name, LONG_NAME));
  if (present.length <= FEW_FIELDS) return new Set([...light(), ...named()]);
  const index = new FieldNames(present);
  const chosen = WANTED.flatMap(({ column, most, unless, names }) => {
    const longest = column === 'name' || PARTIES.has(column) ? LONG_NAME : LONG_TEXT;
    const found = new Set(names.flatMap((name) => index.find(name) ?? []));
    const fitting = [...found].filter((name) => isLight(name, longest));
    return fitting.slice(0, most).map((name) => ({ column, name, unless }));
  });
  if (chosen.length < LEAST_COLUMNS) return new Set(light().slice(0, SOME_FIELDS));
  const has = new Set<Column>(chosen.map(({ column }) => column));
  const names = chosen.flatMap(({ name, unless }) => (unless !== null && has.has(unless) ? [] : name));
  if (has.has('status')) return new Set(names);
  const state = light().find((name) => {
    const { values = [] } = contract.find((field) => field.name === name) ?? {};
    return areStates([...values, ...records.map((row) => row[name])]);
  });
  return new Set(state === undefined ? names : [...names, state]);
}

const WANTED = COLUMNS.map((column) => ({ ...column, names: columnNames(column.column) }));

const NAMES = new Set(columnNames('name'));
const PARTIES = new Set<Column>(['customer', 'supplier']);
const PARTY_NAMES = new Set([...PARTIES].flatMap(columnNames));

function isParty(name: string, value: unknown): value is JsonObject {
  return isJsonObject(value) && PARTY_NAMES.has(plainName(name)) && Object.keys(brief(value)).length > 0;
}

const AMOUNT_NAMES = new Set([...columnNames('total'), ...columnNames('open')]);

/** `{"amount": "15.50", "currency": "EUR"}` of a total. */
function isAmount(name: string, value: unknown): boolean {
  return isJsonObject(value) && AMOUNT_NAMES.has(plainName(name)) && !Object.values(value).some(isNested);
}

const BRIEF = new Set([...columnNames('id'), ...NAMES]);

function brief(value: JsonObject): JsonObject {
  const isBrief = ([name, member]: [string, unknown]) =>
    BRIEF.has(plainName(name)) && !isNested(member) && weight(member) <= LONG_NAME;
  return Object.fromEntries(Object.entries(value).filter(isBrief));
}

function isNested(value: unknown): boolean {
  return Array.isArray(value) || isJsonObject(value);
}

function weight(value: unknown): number {
  return typeof value === 'object' ? stringifyJson(value).length : String(value ?? '').length;
}
