import { ApiError, LucantoError, ProtocolError } from '../core/errors.ts';
import { isDelivered, KEY_LIFETIME_MS, NO_KEY, type WriteKind, type WriteRecord } from './write-record.ts';

/**
 * The states of a write. Pure: records in, decisions out. What is said with each is in write-messages.ts.
 *
 * Before a write is sent, the record of the same call decides, for 24 hours:
 *
 *   record                 has a key, or is idempotent      is sent once (remote)
 *   ---------------------  -------------------------------  ------------------------------
 *   none                   new: a new key                   new
 *   open                   again: the same key              refused: outcome unknown *
 *   throttled              again: the same key              new
 *   conflict               again: the same key *            refused: outcome unknown *
 *   done, not delivered    again: gets the stored answer    refused: duplicate *
 *   done while it waited   again: gets the stored answer    refused: duplicate *
 *   done and delivered     new; a create within the duplicate window is refused: duplicate *
 *
 *   partly done            refused: partly done *; new      refused: partly done *
 *                          if it is idempotent
 *
 *   * With allow_duplicate: new. Whatever else is repeated keeps its key even then.
 *
 * After it was sent, its end decides what becomes of the record (`-`: it is removed):
 *
 *   record     done   partly   refused   throttled   conflict   unknown    not sent
 *   ---------  -----  ------  --------  ----------  ---------  ---------  ---------
 *   new        done   partly  -         throttled   conflict   open       -
 *   open       done   partly  -         open        conflict   open       open
 *   conflict   done   partly  conflict  conflict    conflict   conflict   conflict
 *   done       done   partly  done      done        conflict   done       done
 *
 * A `throttled` record becomes a new one, with the same key, before it is sent again. The client gets the answer
 * where it is done, the error where it was refused or throttled, and where the outcome is unknown, or still is from an
 * earlier attempt, that it is, where to look, and how to repeat the call.
 */

/**
 * `refused`: not carried out, a definite answer. `throttled`: not carried out, try again later. `conflict`: the key was
 * used for something else. `partly`: some of it was carried out, and the answer says what. `unknown`: it may have been. `not_sent`: nothing left this machine.
 */
export type FailureClass = 'partly' | 'refused' | 'throttled' | 'conflict' | 'unknown' | 'not_sent';

// biome-ignore format: a table
const NEXT = {
  new:      { partly: 'partly', refused: null,       throttled: 'throttled', conflict: 'conflict', unknown: 'open',     not_sent: null },
  open:     { partly: 'partly', refused: null,       throttled: 'open',      conflict: 'conflict', unknown: 'open',     not_sent: 'open' },
  conflict: { partly: 'partly', refused: 'conflict', throttled: 'conflict',  conflict: 'conflict', unknown: 'conflict', not_sent: 'conflict' },
  done:     { partly: 'partly', refused: 'done',     throttled: 'done',      conflict: 'conflict', unknown: 'done',     not_sent: 'done' },
} as const satisfies Record<string, Record<FailureClass, WriteRecord['state'] | null>>;

/** @param isNew nothing was ever sent under this record before. @returns null where nothing is left to remember */
export function stateAfter({ state }: WriteRecord, isNew: boolean, failure: FailureClass) {
  return NEXT[isNew || state === 'throttled' || state === 'partly' ? 'new' : state][failure];
}

/** What an identical earlier call means for this one. */
export type EarlierWrite =
  | { readonly step: 'new' }
  | { readonly step: 'again' | 'duplicate' | 'partly' | 'unknown'; readonly record: WriteRecord };

interface EarlierWriteQuery {
  readonly kind: WriteKind;
  readonly create: boolean;
  readonly allowDuplicate: boolean;
  /** Milliseconds since the epoch: when this call came in, which may be before it had the lock. */
  readonly arrived: number;
  readonly now: number;
  readonly duplicateWindowMs: number;
}

/** @param records of this fingerprint, oldest first; a call may have gone by another route then than it goes now */
export function earlierWrite(records: readonly WriteRecord[], query: EarlierWriteQuery): EarlierWrite {
  const valid = records.filter(({ created }) => created + KEY_LIFETIME_MS > query.now);
  // What is not settled comes first: its outcome must be known before anything new is begun. What a duplicate that was
  // allowed has begun comes before what it was begun in place of. By the clock, the newest is not always the last.
  const record =
    valid.findLast(({ state }) => state === 'open' || state === 'throttled') ??
    valid.findLast((one) => one.state !== 'partly' && !isDelivered(one)) ??
    valid.at(-1);
  if (record === undefined) return { step: 'new' };
  // The same values once more do no harm.
  if (record.state === 'partly')
    return query.allowDuplicate || query.kind === 'idempotent' ? { step: 'new' } : { step: 'partly', record };
  const isRecognised = query.kind === 'keyed' ? record.key !== NO_KEY : query.kind === 'idempotent';
  return isRecognised ? repeatable(record, query) : sentOnce(record, query);
}

/** The service recognises the call when it comes again, or repeating it does no harm. */
function repeatable(record: WriteRecord, query: EarlierWriteQuery): EarlierWrite {
  if (record.state === 'conflict' && query.allowDuplicate) return { step: 'new' };
  if (awaitsAnswer(record, query)) return { step: 'again', record };
  return isRepeatedCreate(record, query) ? { step: 'duplicate', record } : { step: 'new' };
}

/** Only the ledger can tell that the call comes again: it was sent, or would be sent now, without a key. */
function sentOnce(record: WriteRecord, query: EarlierWriteQuery): EarlierWrite {
  if (query.allowDuplicate || record.state === 'throttled') return { step: 'new' };
  if (record.state !== 'done') return { step: 'unknown', record };
  const isDuplicate = awaitsAnswer(record, query) || isRepeatedCreate(record, query);
  return isDuplicate ? { step: 'duplicate', record } : { step: 'new' };
}

/** Its client has no answer yet, or it is a concurrent duplicate: it ended while this call waited for it, and both get the same answer. */
function awaitsAnswer(record: WriteRecord, { arrived, now }: EarlierWriteQuery): boolean {
  // A time in the future says that the clock was set back since.
  return !isDelivered(record) || (record.updated > arrived && record.updated <= now);
}

function isRepeatedCreate(record: WriteRecord, query: EarlierWriteQuery): boolean {
  if (!query.create || query.allowDuplicate || !isDelivered(record)) return false;
  return query.now - record.delivered < query.duplicateWindowMs;
}

/** @param isSent an attempt had begun @param isRepeat an earlier one under the same key may have been carried out */
export function failureClassOf(error: unknown, isSent: boolean, isRepeat: boolean): FailureClass {
  // A defect of ours says nothing about the service.
  if (!(error instanceof LucantoError)) return isSent ? 'unknown' : 'not_sent';
  const { status, outcome } = error.details;
  if (error.code === 'idempotency_key_conflict') return 'conflict';
  if (outcome !== undefined) return outcome;
  if (status === 429 && error.code !== 'feature_limit_exceeded') return 'throttled';
  // Like a missing permission, this is answered before the service looks at the key.
  if (status === 404 && isRepeat) return 'unknown';
  if (status !== undefined) return 'refused';
  // An answer without a status, such as a refused redirect or a question of a remote tool: nothing was done.
  return isSent && (error instanceof ApiError || error instanceof ProtocolError) ? 'refused' : 'not_sent';
}
