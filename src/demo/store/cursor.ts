/**
 * Keyset pagination: a cursor names the last row seen, so rows that are created meanwhile neither repeat nor push
 * others out. Opaque to clients, and good for the list that made it only.
 */
import { createHash } from 'node:crypto';
import { Refusal } from '../http/refusal.ts';

export const DEFAULT_LIMIT = 25;

export interface Page<T> {
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
export function paginate<T extends { readonly seq: number }>(
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
