/** What an identical earlier call means for this one. Pure: records in, decision out. */

import { NO_KEY, type WriteKind, type WriteRecord } from './record.ts';
import { isDelivered, KEY_LIFETIME_MS } from './store.ts';

/** How long a remote write whose outcome is unknown stands in the way of the same one. */
export const UNKNOWN_WINDOW_MS = 10 * 60_000;

export interface Asked {
  readonly kind: WriteKind;
  readonly create: boolean;
  readonly allowDuplicate: boolean;
  /** Milliseconds since the epoch: when this call came in, which may be before it had the lock. */
  readonly arrived: number;
  readonly now: number;
  readonly duplicateWindowMs: number;
}

export type Decision =
  | { readonly kind: 'new' }
  /** The client was never told how the earlier one ended: the same key, so that it cannot happen twice. */
  | { readonly kind: 'again'; readonly record: WriteRecord }
  | { readonly kind: 'duplicate'; readonly record: WriteRecord }
  | { readonly kind: 'unknown'; readonly record: WriteRecord };

/** @param records of this fingerprint, oldest first; a call may have gone by another route then than it goes now */
export function decide(records: readonly WriteRecord[], asked: Asked): Decision {
  const own = records.filter(({ created }) => created + KEY_LIFETIME_MS > asked.now);
  // Whatever is not settled comes first: its outcome must be known before anything new is begun.
  const record = own.find(({ state }) => state !== 'done') ?? own.at(-1);
  if (record === undefined) return { kind: 'new' };
  const recognised = asked.kind === 'keyed' ? record.key !== NO_KEY : asked.kind === 'idempotent';
  return recognised ? repeatable(record, asked) : unrecognised(record, asked);
}

/** The service itself knows it when it comes again, or it does no harm. */
function repeatable(record: WriteRecord, asked: Asked): Decision {
  if (record.state === 'conflict' && asked.allowDuplicate) return { kind: 'new' };
  if (!isDelivered(record)) return { kind: 'again', record };
  // It ended while this one waited for it: a twin, which gets the same answer.
  if (record.updated > asked.arrived) return { kind: 'again', record };
  return isRepeated(record, asked) ? { kind: 'duplicate', record } : { kind: 'new' };
}

/** Nobody but us can tell that it comes again: it was sent, or would be sent now, without a key. */
function unrecognised(record: WriteRecord, asked: Asked): Decision {
  if (asked.allowDuplicate || record.state === 'untouched') return { kind: 'new' };
  const recent = asked.now - record.updated < UNKNOWN_WINDOW_MS;
  // One that has a key can still be resolved by the route that uses it.
  if (record.state !== 'done') return recent || record.key !== NO_KEY ? { kind: 'unknown', record } : { kind: 'new' };
  // Nobody was told that it was done, or somebody else while this one waited.
  const untold = !isDelivered(record) || record.updated > asked.arrived;
  return (untold && recent) || isRepeated(record, asked) ? { kind: 'duplicate', record } : { kind: 'new' };
}

function isRepeated(record: WriteRecord, asked: Asked): boolean {
  if (!asked.create || asked.allowDuplicate || !isDelivered(record)) return false;
  return asked.now - record.delivered < asked.duplicateWindowMs;
}
