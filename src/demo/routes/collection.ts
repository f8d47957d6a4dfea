import { createHash } from 'node:crypto';
import type { JsonObject } from '../../core/json.ts';
import type { Row, Store, StoreCollection, StoredFile, StoredWorkspace } from '../data/store.ts';
import { stringOf, timestamp } from '../data/totals.ts';
import type { Grant } from '../http/access.ts';
import { merged, normalized } from '../http/bodies.ts';
import type { Contract } from '../http/demo-contract.ts';
import { notFound, Refusal } from '../http/demo-request.ts';

/** What all collections of a workspace have in common: listing, creating, getting, updating, deleting. */
export interface Call {
  readonly store: Store;
  readonly contract: Contract;
  readonly grant: Grant;
  readonly now: number;
  readonly workspace: StoredWorkspace;
  /** The record in the path; 0n for a path without one. */
  readonly id: bigint;
  /** Checked against the contract; all values are texts. */
  readonly query: JsonObject;
  /** The properties inside the wrapper key, checked against the contract. */
  readonly body: JsonObject;
  readonly upload: StoredFile | null;
  /** A URL on the service's own origin that needs no token. */
  sign(path: string): { readonly url: string; readonly expires_at: string };
}

/** By operation. A handler returns the JSON of the answer; undefined is an empty one. */
export type Handlers = Readonly<Record<string, (call: Call) => unknown>>;

/** The five operations that every resource has. */
export function resourceHandlers(resource: {
  readonly collection: StoreCollection;
  /** As in `The bank account was not found.` and, with hyphens, in the operations' names. */
  readonly word: string;
  show(call: Call, row: Row): JsonObject;
  /** What a new record has where nothing else is given. */
  defaults(call: Call): JsonObject;
  /** @param row null for a new one. @returns what is stored. @throws Refusal 422 */
  checked(call: Call, fields: JsonObject, row: Row | null): JsonObject;
  /** Filters of the list. */
  matches?(call: Call, row: Row): boolean;
  /** @throws Refusal 409 where the record can neither be changed nor deleted. */
  refuseLocked?(row: Row): void;
  /** After a create or an update. @throws Refusal for a create that the plan does not include */
  beforeCreate?(call: Call): void;
  stored?(call: Call, row: Row): void;
}): Handlers {
  const { collection, word, show, defaults, checked, matches, refuseLocked, beforeCreate, stored } = resource;
  const name = word.replaceAll(' ', '-');
  const find = (call: Call) => findRow(call, collection, word);
  return {
    [`list-${name}s`]: (call) => {
      const rows = call.store.list(collection, call.workspace.id).filter((row) => matches?.(call, row) ?? true);
      const page = paginate(rows, `${call.workspace.id}/${collection}`, call.query);
      return { ...page, data: page.data.map((row) => show(call, row)) };
    },
    [`create-${name}`]: (call) => {
      const fields = checked(call, { ...defaults(call), ...normalized(call.body) }, null);
      beforeCreate?.(call);
      const row = call.store.insert(collection, call.workspace.id, fields, call.now);
      stored?.(call, row);
      return show(call, row);
    },
    [`get-${name}`]: (call) => show(call, find(call)),
    [`update-${name}`]: (call) => {
      const row = find(call);
      refuseLocked?.(row);
      change(call, row, checked(call, merged(row.fields, normalized(call.body)), row));
      stored?.(call, row);
      return show(call, row);
    },
    [`delete-${name}`]: (call) => {
      const row = find(call);
      refuseLocked?.(row);
      row.deletedAt = timestamp(call.now);
    },
  };
}

export function findRow(call: Call, collection: StoreCollection, word: string): Row {
  const row = call.store.find(collection, call.workspace.id, call.id);
  if (row === undefined) throw notFound(`The ${word}`);
  return row;
}

export function change(call: Call, row: Row, fields: JsonObject): void {
  row.fields = fields;
  row.updatedAt = timestamp(call.now);
}

export function rowValues(row: Row): JsonObject {
  return { ...row.fields, id: row.id, created_at: row.createdAt, updated_at: row.updatedAt };
}

/**
 * Keyset pagination: a cursor names the last row seen, so rows that are created meanwhile neither repeat nor push
 * others out. Opaque to clients, and good only for the list that made it.
 */
const DEFAULT_LIMIT = 25;

function cursorAfter(list: string, seq: number): string {
  const mark = createHash('sha256').update(`${list}:${seq}`).digest('hex').slice(0, 12);
  return Buffer.from(`${seq}.${mark}`).toString('base64url');
}

/** @param rows newest first. @param list names the list that the cursor belongs to. */
function paginate(rows: readonly Row[], list: string, query: JsonObject) {
  const cursor = stringOf(query, 'cursor');
  const seq = Number(
    Buffer.from(cursor ?? '', 'base64url')
      .toString('latin1')
      .split('.')[0],
  );
  if (cursor !== null && cursorAfter(list, seq) !== cursor) {
    throw new Refusal(400, 'bad_request', 'The cursor is not one that this list has given out.');
  }
  const rest = cursor === null ? rows : rows.filter((row) => row.seq < seq);
  const data = rest.slice(0, Number(stringOf(query, 'limit') ?? DEFAULT_LIMIT));
  const last = data.at(-1);
  const hasMore = rest.length > data.length && last !== undefined;
  return { data, next_cursor: hasMore ? cursorAfter(list, last.seq) : null, has_more: hasMore };
}
