import { createHash } from 'node:crypto';
import { type Fields, fieldsOf, isFields, textOf, timestamp } from '../data/fields.ts';
import type { Collection, Row, Store, StoredFile, Workspace } from '../data/store.ts';
import type { Grant } from '../data/tokens.ts';
import { decimal } from '../data/totals.ts';
import type { Contract } from '../http/demo-contract.ts';
import { notFound, Refusal } from '../http/demo-request.ts';

/** What a handler gets and gives. */
export interface SignedUrl {
  readonly url: string;
  readonly expiresAt: string;
}

export interface Call {
  readonly store: Store;
  readonly contract: Contract;
  readonly grant: Grant;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly workspace: Workspace;
  /** The record in the path; 0n where there is none. */
  readonly id: bigint;
  /** Checked against the contract; all values are texts. */
  readonly query: Fields;
  /** The properties inside the wrapper key, checked against the contract. */
  readonly body: Fields;
  readonly upload: StoredFile | null;
  /** A URL on the service's own origin that needs no token. */
  sign(path: string): SignedUrl;
}

/** Returns the JSON of the answer; its status is the contract's. Undefined is an empty answer. */
export type Handler = (call: Call) => unknown;
export type Handlers = Readonly<Record<string, Handler>>;

/** Operations on the user instead of on a workspace. */
export type UserHandler = (call: Omit<Call, 'workspace'>) => unknown;

/**
 * Keyset pagination: a cursor names the last row seen, so rows that are created meanwhile neither repeat nor push
 * others out. Opaque to clients, and good for the list that made it only.
 */
const DEFAULT_LIMIT = 25;

interface Page<T> {
  readonly data: readonly T[];
  readonly next_cursor: string | null;
  readonly has_more: boolean;
}

function seal(list: string, seq: number): string {
  return createHash('sha256').update(`${list}:${seq}`).digest('hex').slice(0, 12);
}

function encode(list: string, seq: number): string {
  return Buffer.from(`${seq}.${seal(list, seq)}`).toString('base64url');
}

function decode(list: string, cursor: string): number {
  const [seq = '', mark] = Buffer.from(cursor, 'base64url').toString('latin1').split('.');
  if (!/^\d{1,15}$/.test(seq) || mark !== seal(list, Number(seq))) {
    throw new Refusal(400, 'bad_request', 'The cursor is not one that this list has given out.');
  }
  return Number(seq);
}

/**
 * @param rows newest first, each with a sequence number that only ever grows.
 * @param list names the list that the cursor belongs to.
 */
function paginate<T extends { readonly seq: number }>(
  rows: readonly T[],
  list: string,
  limit: number,
  cursor: string | null,
): Page<T> {
  const before = cursor === null ? Number.POSITIVE_INFINITY : decode(list, cursor);
  const rest = rows.filter((row) => row.seq < before);
  const data = rest.slice(0, limit);
  const last = data.at(-1);
  const more = rest.length > data.length && last !== undefined;
  return { data, next_cursor: more ? encode(list, last.seq) : null, has_more: more };
}

/** What all collections of a workspace have in common: presenting, listing, finding, deleting. */
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
