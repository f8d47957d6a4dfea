import { FieldNames, plainName } from '../contract/field-names.ts';
import { FIELD_ROLES, type Role } from '../contract/field-roles.ts';
import { isJsonObject, type JsonObject, LosslessNumber } from '../core/json.ts';
import type { AnswerField } from '../core/tool.ts';

/** Which field of a record has which role, and its value: the first name of the role that records or contract have. */

/** The value at a path of a record; undefined where there is none. */
export function valueAt(record: JsonObject, path: string): unknown {
  let value: unknown = record;
  for (const name of path.split('.')) value = isJsonObject(value) ? value[name] : undefined;
  return value;
}

/** What a record is known by, whether it is called `id` or `uuid`; undefined where it has no such field. */
export function ownId(record: JsonObject): unknown {
  const values = FIELD_ROLES.id.names.map((name) => record[name]);
  return values.find((value) => (typeof value !== 'object' || value instanceof LosslessNumber) && (value ?? '') !== '');
}

const DECIMAL = /^-?\d+(\.\d+)?$/;

/** An amount as the service writes it, digit by digit; null for anything else. */
export function decimalText(value: unknown): string | null {
  if (typeof value === 'string') return DECIMAL.test(value.trim()) ? value.trim() : null;
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : null;
  return typeof value === 'bigint' || value instanceof LosslessNumber ? String(value) : null;
}

/** `2026-01-15` of a date or a time; null for anything else. */
export function dateText(value: unknown): string | null {
  return typeof value === 'string' ? (/^\d{4}-\d\d-\d\d(?=$|T| )/.exec(value)?.[0] ?? null) : null;
}

const EARLIEST_S = Date.UTC(2000, 0, 1) / 1000;
const LATEST_S = Date.UTC(2100, 0, 1) / 1000;

/** Milliseconds since the epoch of a time that is written as a number of seconds or milliseconds; null for anything else. */
export function epochTime(value: unknown): number | null {
  if (typeof value !== 'number' || !Number.isInteger(value)) return null;
  if (value >= EARLIEST_S && value < LATEST_S) return value * 1000;
  return value >= EARLIEST_S * 1000 && value < LATEST_S * 1000 ? value : null;
}

/** Texts and ids; null for anything else. */
export function plainText(value: unknown): string | null {
  if (typeof value === 'string') return value.trim() === '' ? null : value;
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : null;
}

/** The text of the field that has a role; null where no field has it, or none that is a text. */
export function textOfRole(role: Role, record: JsonObject): string | null {
  const field = fieldFor(role, [record], []);
  return field === null ? null : plainText(valueAt(record, field));
}

const FITS: Readonly<Record<NonNullable<(typeof FIELD_ROLES)[Role]['holds']>, (value: unknown) => boolean>> = {
  decimal: (value) => decimalText(value) !== null,
  date: (value) => dateText(value) !== null || epochTime(value) !== null,
  flag: (value) => typeof value === 'boolean',
  lines: (value) => Array.isArray(value) && value.some(isJsonObject),
};

/**
 * The field that has a role: one that the records use, else one that the contract describes.
 * @returns null where neither has any of the role's names
 */
export function fieldFor(role: Role, records: readonly JsonObject[], described: readonly AnswerField[]): string | null {
  const { names: likely, also = [], holds } = FIELD_ROLES[role];
  const candidates = [...likely, ...also];
  const fits = holds === undefined ? (value: unknown) => plainText(value) !== null : FITS[holds];
  const names = namesIn(records);
  for (const candidate of candidates) {
    const path = pathInRecords(records, names, candidate);
    if (path !== null && records.some((record) => fits(valueAt(record, path)))) return path;
  }
  const known = new FieldNames(described.map(({ name }) => name));
  for (const candidate of candidates) {
    const path = pathInContract(described, known, candidate);
    if (path !== null) return path;
    // A draft may have the field without a value.
    const empty = pathInRecords(records, names, candidate);
    if (empty !== null && records.some((record) => valueAt(record, empty) === null)) return empty;
  }
  return null;
}

/** Every field of the records that has a role, the likelier first. */
export function fieldsFor(role: Role, records: readonly JsonObject[]): readonly string[] {
  const names = namesIn(records);
  const { names: likely, holds } = FIELD_ROLES[role];
  const fits = holds === undefined ? (value: unknown) => plainText(value) !== null : FITS[holds];
  const paths = likely.flatMap((name) => pathInRecords(records, names, name) ?? []);
  return [...new Set(paths)].filter((path) => records.some((record) => fits(valueAt(record, path))));
}

function namesIn(records: readonly JsonObject[]): FieldNames {
  return new FieldNames(records.flatMap((record) => Object.keys(record)));
}

/** A path as the records spell it; null where none has it. */
function pathInRecords(records: readonly JsonObject[], names: FieldNames, path: string): string | null {
  const [first = '', ...rest] = path.split('.');
  const name = names.find(first);
  if (name === null || rest.length === 0) return name;
  const inner = records.map((record) => record[name]).filter(isJsonObject);
  const below = pathInRecords(inner, namesIn(inner), rest.join('.'));
  return below === null ? null : `${name}.${below}`;
}

/** A path as the contract spells it; null where it describes none. */
function pathInContract(described: readonly AnswerField[], names: FieldNames, path: string): string | null {
  const [first = '', ...rest] = path.split('.');
  const name = names.find(first);
  if (name === null || rest.length === 0) return name;
  const inner = described.find((field) => field.name === name)?.fields ?? [];
  const below = pathInContract(inner, new FieldNames(inner.map((field) => field.name)), rest.join('.'));
  return below === null ? null : `${name}.${below}`;
}

/** Whether a path leads to the id of another record: `purchaser_id`, `customer.id`, `clientId`. */
export function isIdPath(path: string): boolean {
  return /(^|_)id$/.test(plainName(path.split('.').at(-1) ?? path));
}

/** The word for the record that an id belongs to: `purchaser`, `customer`, `client`. */
export function wordOfId(path: string): string {
  return plainName(path.split('.').at(-2) ?? path).replace(/_id$/, '');
}
