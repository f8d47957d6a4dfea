/** What all collections of a workspace have in common: presenting, listing, finding, deleting. */

import { notFound } from '../http/refusal.ts';
import { DEFAULT_LIMIT, paginate } from '../store/cursor.ts';
import { type Fields, fieldsOf, isFields, textOf, timestamp } from '../store/fields.ts';
import { decimal } from '../store/money.ts';
import type { Collection, Row } from '../store/store.ts';
import type { Call } from './call.ts';

/** Decimals that a value has at least, by property; everything else is kept as it was written. */
const DECIMALS: Readonly<Record<string, number>> = {
  rate: 2,
  exchange_rate: 4,
  discount_percentage: 2,
  discount_amount: 2,
  quantity: 1,
  unit_price: 2,
  vat_rate: 1,
  total_without_vat: 2,
  total_vat: 2,
  total: 2,
};

/** Written values in the form in which they are answered: decimals are strings, `null` stays. */
export function normalized(fields: Fields): Fields {
  const entries = Object.entries(fields).map(([name, value]) => {
    const digits = DECIMALS[name];
    if (digits !== undefined && value !== null) return [name, decimal(value, digits)];
    if (Array.isArray(value)) return [name, value.map((entry) => (isFields(entry) ? normalized(entry) : entry))];
    return [name, isFields(value) ? normalized(value) : value];
  });
  return Object.fromEntries(entries);
}

/** A PATCH: properties replace, nested objects merge, arrays replace. */
export function merged(before: Fields, changes: Fields): Fields {
  const result: Fields = { ...before };
  for (const [name, value] of Object.entries(changes)) {
    result[name] = isFields(value) ? merged(fieldsOf(before[name]), value) : value;
  }
  return result;
}

export function rowValues(row: Row): Fields {
  return { ...row.fields, id: row.id, created_at: row.createdAt, updated_at: row.updatedAt };
}

export function listRows(
  call: Call,
  collection: Collection,
  keep: (row: Row) => boolean,
  show: (row: Row) => Fields,
): Fields {
  const rows = call.store.list(collection, call.workspace.id).filter(keep);
  const limit = Number(textOf(call.query, 'limit') ?? DEFAULT_LIMIT);
  const list = `${call.workspace.id}/${collection}`;
  const page = paginate(rows, list, limit, textOf(call.query, 'cursor'));
  return { data: page.data.map(show), next_cursor: page.next_cursor, has_more: page.has_more };
}

export function findRow(call: Call, collection: Collection, what: string): Row {
  const row = call.store.find(collection, call.workspace.id, call.id);
  if (row === undefined) throw notFound(what);
  return row;
}

export function change(call: Call, row: Row, fields: Fields): void {
  row.fields = fields;
  row.updatedAt = timestamp(call.now);
}

export function softDelete(call: Call, row: Row): undefined {
  row.deletedAt = timestamp(call.now);
}
