/** Which country a company or a person is of, and under which VAT number, wherever a record keeps that. */
import { plainName } from '../../contract/field-names.ts';
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import type { AnswerField } from '../../core/tool.ts';
import { fieldFor, plainText, valueAt } from '../record-fields.ts';
import { isVatName } from './code-checks.ts';

const DEPTH = 3;

/** By the VAT number, else by the address; two letters in capitals, null where neither is there. */
export function countryOf(record: JsonObject): string | null {
  const prefix = /^\s*([A-Za-z]{2})/.exec(vatNumberOf(record) ?? '')?.[1];
  const code = prefix ?? addressCountry(record, 0);
  return code === null || code === undefined ? null : code.toUpperCase();
}

/** The first VAT number in a record; null where it has none. */
export function vatNumberOf(record: JsonObject, depth = 0): string | null {
  for (const [name, value] of Object.entries(record)) {
    if (isVatName(name) && typeof value === 'string' && value.trim() !== '') return value;
  }
  return firstInside(record, depth, (inner) => vatNumberOf(inner, depth + 1));
}

function addressCountry(record: JsonObject, depth: number): string | null {
  const path = fieldFor('country', [record], []);
  const code = path === null ? null : plainText(valueAt(record, path));
  if (code !== null && /^[A-Za-z]{2}$/.test(code.trim())) return code.trim();
  return firstInside(record, depth, (inner) => addressCountry(inner, depth + 1));
}

/** The registered address counts before the one for letters. */
function firstInside(record: JsonObject, depth: number, find: (inner: JsonObject) => string | null): string | null {
  if (depth >= DEPTH) return null;
  const inner = Object.entries(record).flatMap(([name, value]) => (isJsonObject(value) ? [{ name, value }] : []));
  const ordered = [...inner].sort((a, b) => Number(isPostal(a.name)) - Number(isPostal(b.name)));
  for (const { value } of ordered) {
    const found = find(value);
    if (found !== null) return found;
  }
  return null;
}

function isPostal(name: string): boolean {
  return /post|mail|ship|deliver/.test(plainName(name));
}

/** Whether the contract has a VAT number in such records, so that one without it has none. */
export function describesVatNumber(described: readonly AnswerField[]): boolean {
  return described.some(({ name, fields }) => isVatName(name) || describesVatNumber(fields));
}
