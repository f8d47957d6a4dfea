/** The columns of a saved table, and each value as a cell: days as days, money as numbers, ids and all else as text. */
import { plainName } from '../contract/field-names.ts';
import { columnRank, FIELD_ROLES } from '../contract/field-roles.ts';
import { isDay } from '../core/calendar.ts';
import { isJsonObject, isListOfRecords, type JsonObject, LosslessNumber, stringifyJson } from '../core/json.ts';
import type { AnswerField } from '../core/tool.ts';
import type { TableCell } from '../files/table-file.ts';
import { valueAt } from './record-fields.ts';

// biome-ignore format: a table
const MONEY_ROLES = ['total', 'net', 'vat', 'open', 'paidAmount', 'price', 'grossPrice', 'discountAmount', 'rounding',
  'paymentAmount', 'balance'] as const;
const MONEY_NAMES = new Set(
  MONEY_ROLES.flatMap((role) => FIELD_ROLES[role].names).map((name) => name.split('.').at(-1) ?? name),
);
const MONEY_ENDING = /(^|_)(amount|total|price|sum|balance|cost|net|gross|vat|tax)$/;
/** Numbers of another kind. */
const NO_MONEY = /rate|percent|quantity|qty|count|days|hours|units/;
const TWO_DECIMALS = /^-?\d+\.\d\d$/;
/** Digits that are no quantity. */
const TEXT_NAME =
  /(^|_)(id|uuid|guid|number|code|reference|symbol|iban|bic|swift|account|phone|fax|zip|postal_code|postcode|sku|ean|ico|dic)$/;
const TIME = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d)?(?:\.\d+)?(Z|[+-]\d\d:?\d\d)$/i;
const DECIMAL = /^-?\d+\.\d+$/;
/** More digits than these, a spreadsheet does not keep. */
const MOST_DIGITS = 15;
/** Deeper records are written as JSON. */
const MOST_DEPTH = 5;

/** The paths of a row's values; of a list of records, the one of how many it has. */
export function valuePaths(value: unknown, path = '', depth = 0): readonly string[] {
  if (value === null) return [];
  if (!isJsonObject(value) || depth > MOST_DEPTH) return [isListOfRecords(value) ? `${path}${COUNTED}` : path];
  return Object.entries(value).flatMap(([name, member]) =>
    valuePaths(member, path === '' ? name : `${path}.${name}`, depth + 1),
  );
}

const COUNTED = ' (count)';

/** @param wanted names that a call asked for; null for all */
export function tableColumns(
  rows: readonly JsonObject[],
  described: readonly AnswerField[],
  wanted: readonly string[] | null,
): {
  /** Paths into the rows: `total`, `customer.name`. */
  readonly paths: readonly string[];
  /** Addresses that let anybody in who has the file: they have no column. */
  readonly leftOut: readonly string[];
  /** Fields that the call does not ask for. */
  readonly others: readonly string[];
} {
  const all = new Set(rows.flatMap((row) => valuePaths(row)));
  // A list that is empty in one row may hold records in another one.
  for (const row of rows) for (const [name, value] of Object.entries(row)) if (value === null) all.add(name);
  for (const path of all) {
    if ([...all].some((one) => one.startsWith(`${path}.`) || one === `${path}${COUNTED}`)) all.delete(path);
  }
  const signed = new Set([...all].filter((path) => rows.some((row) => isSigned(valueAt(row, path)))));
  // A field that is empty on the first page may be filled later.
  for (const { name, fields } of described) {
    const isUsed = [...all].some(
      (path) => path === name || path.startsWith(`${name}.`) || path.startsWith(`${name} (`),
    );
    if (!isUsed && fields.length === 0) all.add(name);
  }
  const isWanted = (path: string) =>
    wanted === null || wanted.includes('*') || wanted.some((name) => isBelow(path, name));
  const shown = [...all].filter((path) => isWanted(path) && !signed.has(path));
  return {
    paths: shown.sort((a, b) => rankOf(a) - rankOf(b)),
    leftOut: [...signed].filter(isWanted),
    others: [...all].filter((path) => !isWanted(path)),
  };
}

function isBelow(path: string, name: string): boolean {
  const plain = (one: string) => one.split('.').map(plainName).join('.');
  const [wanted, own] = [plain(name), plain(path.replace(COUNTED, ''))];
  return own === wanted || own.startsWith(`${wanted}.`);
}

function isSigned(value: unknown): boolean {
  return typeof value === 'string' && /^https?:\/\/\S+\?\S*=/i.test(value);
}

/** What tells a row apart comes first; the rest stays in the service's order. */
function rankOf(path: string): number {
  return columnRank(path.split('.')[0] ?? path);
}

export function cellsOf(row: JsonObject, paths: readonly string[]): readonly TableCell[] {
  return paths.map((path) => {
    const value = valueAt(row, path.replace(COUNTED, ''));
    if (!path.endsWith(COUNTED)) return cellOf(value, path);
    return Array.isArray(value) ? { kind: 'number', text: String(value.length), isMoney: false } : null;
  });
}

function cellOf(value: unknown, path: string): TableCell {
  if (value === null || value === undefined || value === '') return null;
  if (typeof value === 'boolean') return { kind: 'flag', isTrue: value };
  if (Array.isArray(value)) return { kind: 'text', text: value.map((one) => plainOf(one)).join(', ') };
  const name = plainName(path.split('.').at(-1) ?? path);
  const isNumeric = typeof value === 'number' || typeof value === 'bigint' || value instanceof LosslessNumber;
  const text = plainOf(value);
  if (isNumeric || DECIMAL.test(text) || /^-?\d+$/.test(text)) return numberCell(text, name, isNumeric);
  if (text > '1900-03-01' && isDay(text)) return { kind: 'date', text };
  const time = TIME.test(text) && text >= '1900-03-02' ? Date.parse(text.replace(' ', 'T')) : Number.NaN;
  if (Number.isNaN(time)) return { kind: 'text', text };
  return { kind: 'time', text: new Date(time).toISOString().slice(0, 19) };
}

function plainOf(value: unknown): string {
  return typeof value === 'string' ? value : stringifyJson(value ?? null);
}

/** Digits in a text are a number only where a field means money, or where they have decimals. */
function numberCell(text: string, name: string, isNumeric: boolean): TableCell {
  const isNamed = MONEY_NAMES.has(name) || MONEY_ENDING.test(name) || TWO_DECIMALS.test(text);
  const isMoney = isNamed && !NO_MONEY.test(name);
  const isExact =
    text.replaceAll(/\D/g, '').replace(/^0+/, '').length <= MOST_DIGITS && /^-?(0|[1-9]\d*)(\.\d+)?$/.test(text);
  const isText = TEXT_NAME.test(name) || !isExact || (!isNumeric && !isMoney && !DECIMAL.test(text));
  if (isText) return { kind: 'text', text };
  const [whole, decimals = ''] = text.split('.');
  return { kind: 'number', text: isMoney ? `${whole}.${decimals.padEnd(2, '0')}` : text, isMoney };
}
