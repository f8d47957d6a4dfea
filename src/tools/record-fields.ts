import { FieldNames, memberNames, plainName } from '../contract/field-names.ts';
import { areStates, FIELD_ROLES, type Role } from '../contract/field-roles.ts';
import { isDay } from '../core/calendar.ts';
import { onceFor, onceForEach } from '../core/deadline.ts';
import { isJsonObject, type JsonObject, LosslessNumber } from '../core/json.ts';
import type { AnswerField } from '../core/tool.ts';

/** Which field of a record has which role, and its value: the first name of the role that records or contract have. */

/** The value at a path of a record; undefined where the record has none, or there is no path. */
export function valueAt(record: JsonObject, path: string | null): unknown {
  if (path?.includes('.') === false) return record[path];
  let value: unknown = path === null ? undefined : record;
  for (const name of path?.split('.') ?? []) value = isJsonObject(value) ? value[name] : undefined;
  return value;
}

/**
 * What a record is known by, whether it is called `id`, `Id` or `uuid`; undefined where it has no such field.
 * @param named what the addresses of such records call it: `InvoiceID`
 */
export function ownId(record: JsonObject, named?: string): unknown {
  const names = [...FIELD_ROLES.id.names, ...(named === undefined ? [] : [named])];
  const isId = (value: unknown) =>
    (typeof value !== 'object' || value instanceof LosslessNumber) && (value ?? '') !== '';
  const spelled = names.map((name) => record[name]).find(isId);
  if (spelled !== undefined) return spelled;
  const keyOf = (name: string) => Object.keys(record).find((key) => plainName(key) === plainName(name));
  return names.map((name) => record[keyOf(name) ?? '']).find(isId);
}

const DECIMAL = /^-?\d+(\.\d+)?$/;

/** An amount as the service writes it, digit by digit; null for anything else. */
export function decimalText(value: unknown): string | null {
  if (typeof value === 'string') return DECIMAL.test(value.trim()) ? value.trim() : null;
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : null;
  return typeof value === 'bigint' || value instanceof LosslessNumber ? String(value) : null;
}

/** `23` of `23`, `"23.0"` and `"23 %"`, digit by digit; null for anything else. */
export function percentText(value: unknown): string | null {
  return decimalText(typeof value === 'string' ? value.replace(/\s*%\s*$/, '') : value);
}

/** `2026-01-15` of a date or a time; null for anything else. */
export function dateText(value: unknown): string | null {
  return typeof value === 'string' ? (/^\d{4}-\d\d-\d\d(?=$|T| )/.exec(value)?.[0] ?? null) : null;
}

const DAY_STYLES = [
  /^(?<year>\d{4})[-/. ] ?(?<month>\d\d?)[-/. ] ?(?<day>\d\d?)\.?(?=$|[T ])/,
  /^(?<year>\d{4})(?<month>\d\d)(?<day>\d\d)(?=$|T)/,
  /^(?<day>\d\d?)\. ?(?<month>\d\d?)\. ?(?<year>\d{4})(?=$|[T ])/,
];

/** Also of `31.03.2026`, `2026. 3. 31.`, `2026/3/31` and `20260331`, which mean one day: `3/4/2026` may mean two. */
export function dayText(value: unknown): string | null {
  const text = plainText(value)?.trim() ?? '';
  const found = DAY_STYLES.map((style) => style.exec(text)?.groups).find((groups) => groups !== undefined) ?? {};
  const part = (name: string, digits: number) => String(found[name]).padStart(digits, '0');
  const written = `${part('year', 4)}-${part('month', 2)}-${part('day', 2)}`;
  const date = dateText(value) ?? written;
  return isDay(date) ? date : null;
}

const EARLIEST_S = Date.UTC(2000, 0, 1) / 1000;
const LATEST_S = Date.UTC(2100, 0, 1) / 1000;

/** Milliseconds since the epoch of a time that is written as a number of seconds or milliseconds, or its digits; null for anything else. */
export function epochTime(given: unknown): number | null {
  const value = typeof given === 'string' && /^\d{10}(\d{3})?$/.test(given) ? Number(given) : given;
  if (typeof value !== 'number' || !Number.isInteger(value)) return null;
  if (value >= EARLIEST_S && value < LATEST_S) return value * 1000;
  return value >= EARLIEST_S * 1000 && value < LATEST_S * 1000 ? value : null;
}

/** Texts and numbers, digit by digit; null for anything else. */
export function plainText(value: unknown): string | null {
  if (typeof value === 'string') return value.trim() === '' ? null : value;
  const isNumber = typeof value === 'number' || typeof value === 'bigint' || value instanceof LosslessNumber;
  return isNumber ? String(value) : null;
}

export function textAt(record: JsonObject, path: string | null): string | null {
  return plainText(valueAt(record, path));
}

/** The text of the field that has a role; null where no field has it, or none that is a text. */
export function textOfRole(role: Role, record: JsonObject, described: readonly AnswerField[] = []): string | null {
  return textAt(record, fieldFor(role, [record], described));
}

const FITS: Readonly<Record<NonNullable<(typeof FIELD_ROLES)[Role]['holds']>, (value: unknown) => boolean>> = {
  decimal: (value) => decimalText(value) !== null,
  percent: (value) => percentText(value) !== null,
  date: (value) => dayText(value) !== null || epochTime(value) !== null,
  flag: (value) => typeof value === 'boolean',
  lines: (value) => Array.isArray(value) && value.some(isJsonObject),
};

/** The fields of the records of one list and of its contract by their roles. What is looked up often is indexed once. */
export class RecordFields {
  readonly #records: readonly JsonObject[];
  readonly #described: readonly AnswerField[];
  readonly #below = new Map<string, RecordFields>();
  #used: FieldNames | undefined;

  constructor(records: readonly JsonObject[], described: readonly AnswerField[]) {
    this.#records = records;
    this.#described = described;
  }

  /**
   * The field that has a role: one that the records use, else one that the contract describes.
   * @returns null where neither has any of the role's names
   */
  readonly find = onceFor((role: Role): string | null => this.#search(role));

  #search(role: Role): string | null {
    const { names, also = [] } = FIELD_ROLES[role];
    const candidates = [...names, ...also];
    const fits = fitOf(role);
    for (const candidate of candidates) {
      const path = this.#inRecords(candidate);
      if (path !== null && this.#records.some((record) => fits(valueAt(record, path)))) return path;
    }
    for (const candidate of candidates) {
      const path = this.#inContract(candidate);
      if (path !== null) return path;
      // A draft may have the field without a value.
      const empty = this.#inRecords(candidate);
      if (empty !== null && this.#records.some((record) => valueAt(record, empty) === null)) return empty;
    }
    return role === 'status' ? this.#stateField() : null;
  }

  /** Every field of the records that has a role, the likelier first. */
  findAll(role: Role): readonly string[] {
    const fits = fitOf(role);
    const { names, also = [] } = FIELD_ROLES[role];
    const named = (role === 'status' ? [...names, ...also] : names).flatMap((name) => this.#inRecords(name) ?? []);
    const own = named.length === 0 && role === 'status' ? this.#stateField() : null;
    const paths = new Set(own === null ? named : [own]);
    return [...paths].filter((path) => this.#records.some((record) => fits(valueAt(record, path))));
  }

  /** Where no name says it, the values do. */
  #stateField(): string | null {
    const names = new Set([...this.#described.map(({ name }) => name), ...memberNames(this.#records)]);
    const found = [...names].find((name) => {
      const { values = [] } = this.#described.find((field) => field.name === name) ?? {};
      return areStates([...values, ...this.#records.map((record) => record[name])]);
    });
    return found ?? null;
  }

  /** A path as the records spell it; null where none has it. */
  #inRecords(path: string): string | null {
    this.#used ??= new FieldNames(memberNames(this.#records));
    const [first, rest] = splitPath(path);
    const name = this.#used.find(first);
    if (name === null || rest === null) return name;
    const below = this.#inside(name).#inRecords(rest);
    return below === null ? null : `${name}.${below}`;
  }

  /** A path as the contract spells it; null where it does not describe it. */
  #inContract(path: string): string | null {
    const [first, rest] = splitPath(path);
    const name = namesIn(this.#described).find(first);
    if (name === null || rest === null) return name;
    const below = this.#inside(name).#inContract(rest);
    return below === null ? null : `${name}.${below}`;
  }

  #inside(name: string): RecordFields {
    const known = this.#below.get(name);
    if (known !== undefined) return known;
    const records = this.#records.map((record) => record[name]).filter(isJsonObject);
    const described = this.#described.find((field) => field.name === name)?.fields ?? [];
    const inside = new RecordFields(records, described);
    this.#below.set(name, inside);
    return inside;
  }
}

/** Kept, since every answer of a tool is read with them. */
const namesIn = onceForEach((described: readonly AnswerField[]) => new FieldNames(described.map(({ name }) => name)));

function fitOf(role: Role): (value: unknown) => boolean {
  const { holds } = FIELD_ROLES[role];
  return holds === undefined ? (value) => plainText(value) !== null : FITS[holds];
}

function splitPath(path: string): readonly [first: string, rest: string | null] {
  const dot = path.indexOf('.');
  return dot < 0 ? [path, null] : [path.slice(0, dot), path.slice(dot + 1)];
}

/** The field that has a role in these records, or in what the contract describes; null where neither has it. */
export function fieldFor(role: Role, records: readonly JsonObject[], described: readonly AnswerField[]): string | null {
  return new RecordFields(records, described).find(role);
}

export function withoutField(records: readonly JsonObject[], field: string | null | undefined): readonly JsonObject[] {
  return records.map((record) => Object.fromEntries(Object.entries(record).filter(([name]) => name !== field)));
}

/** Every field of the records that has a role, the likelier first. */
export function fieldsFor(role: Role, records: readonly JsonObject[]): readonly string[] {
  return new RecordFields(records, []).findAll(role);
}

/** Whether a path leads to the id of another record: `purchaser_id`, `customer.id`, `clientId`. */
export function isIdPath(path: string): boolean {
  return /(^|_)id$/.test(plainName(path.split('.').at(-1) ?? path));
}

/** The word for the record that an id belongs to: `purchaser`, `customer`, `client`. */
export function wordOfId(path: string): string {
  return plainName(path.split('.').at(-2) ?? path).replace(/_id$/, '');
}
