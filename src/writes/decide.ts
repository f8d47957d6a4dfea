import {
  AbortedError,
  ApiError,
  AuthError,
  type ErrorDetails,
  LucantoError,
  ProtocolError,
  UnreachableError,
  whereToLook,
} from '../core/errors.ts';
import type { ToolResult } from '../core/tool.ts';
import { isDelivered, KEY_LIFETIME_MS, NO_KEY, type WriteKind, type WriteRecord } from './record-store.ts';
import type { WriteCall } from './write.ts';

/** What an identical earlier call means for this one. Pure: records in, decision out. */
/** How long a remote write whose outcome is unknown stands in the way of the same one. */
const UNKNOWN_WINDOW_MS = 10 * 60_000;

interface EarlierWriteQuery {
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
export function decide(records: readonly WriteRecord[], asked: EarlierWriteQuery): Decision {
  const own = records.filter(({ created }) => created + KEY_LIFETIME_MS > asked.now);
  // Whatever is not settled comes first: its outcome must be known before anything new is begun.
  const record = own.find(({ state }) => state !== 'done') ?? own.at(-1);
  if (record === undefined) return { kind: 'new' };
  const recognised = asked.kind === 'keyed' ? record.key !== NO_KEY : asked.kind === 'idempotent';
  return recognised ? repeatable(record, asked) : unrecognised(record, asked);
}

/** The service itself knows it when it comes again, or it does no harm. */
function repeatable(record: WriteRecord, asked: EarlierWriteQuery): Decision {
  if (record.state === 'conflict' && asked.allowDuplicate) return { kind: 'new' };
  if (!isDelivered(record)) return { kind: 'again', record };
  // It ended while this one waited for it: a twin, which gets the same answer.
  if (record.updated > asked.arrived) return { kind: 'again', record };
  return isRepeated(record, asked) ? { kind: 'duplicate', record } : { kind: 'new' };
}

/** Nobody but us can tell that it comes again: it was sent, or would be sent now, without a key. */
function unrecognised(record: WriteRecord, asked: EarlierWriteQuery): Decision {
  if (asked.allowDuplicate || record.state === 'untouched') return { kind: 'new' };
  const recent = asked.now - record.updated < UNKNOWN_WINDOW_MS;
  // One that has a key can still be resolved by the route that uses it.
  if (record.state !== 'done') return recent || record.key !== NO_KEY ? { kind: 'unknown', record } : { kind: 'new' };
  // Nobody was told that it was done, or somebody else while this one waited.
  const untold = !isDelivered(record) || record.updated > asked.arrived;
  return (untold && recent) || isRepeated(record, asked) ? { kind: 'duplicate', record } : { kind: 'new' };
}

function isRepeated(record: WriteRecord, asked: EarlierWriteQuery): boolean {
  if (!asked.create || asked.allowDuplicate || !isDelivered(record)) return false;
  return asked.now - record.delivered < asked.duplicateWindowMs;
}

/** What an error says about the write that it ended. */
/**
 * `refused`: not carried out, a definite answer. `throttled`: not carried out, ask again later. `conflict`: the key was
 * used for something else. `unknown`: it may have been carried out. `not_sent`: nothing left this machine.
 */
export type FailureClass = 'refused' | 'throttled' | 'conflict' | 'unknown' | 'not_sent';

/** @param sending whether an attempt had begun */
export function failureClassOf(error: unknown, sending: boolean): FailureClass {
  // A defect of ours says nothing about the service.
  if (!(error instanceof LucantoError)) return sending ? 'unknown' : 'not_sent';
  const { status, outcome } = error.details;
  if (error.code === 'idempotency_key_conflict') return 'conflict';
  if (outcome === 'unknown') return 'unknown';
  if (status === 429 && error.code !== 'feature_limit_exceeded') return 'throttled';
  if (status !== undefined) return 'refused';
  // An answer without a status, such as a refused redirect or a question of a remote tool: nothing was done.
  return sending && (error instanceof ApiError || error instanceof ProtocolError) ? 'refused' : 'not_sent';
}

/** The errors of the ledger itself, and the next step after writes whose outcome is not known. */
const ANOTHER = 'call again with allow_duplicate: true';

/** A create that was carried out minutes ago, or a remote write whose answer got lost on its way to the client. */
export function duplicate(call: WriteCall, record: WriteRecord): ApiError {
  const { answer } = record;
  const at = timeOf(record.updated);
  const which = [
    answer?.number == null ? '' : `number ${answer.number}`,
    answer?.id == null ? '' : `id ${answer.id}`,
  ].filter((part) => part !== '');
  const what = which.length === 0 ? '' : `: ${which.join(', ')}`;
  return new ApiError('duplicate', `${call.tool} was carried out with the same arguments at ${at}${what}.`, {
    hint: `Nothing was sent. Use that record${answer?.id == null ? ` (look ${whereToLook(call.listTool)})` : ''}; only if the user wants another one, ${ANOTHER}.`,
    details: {
      ...(answer?.requestId == null ? {} : { requestId: answer.requestId }),
      more: { earlier: { time: at, id: answer?.id ?? undefined, number: answer?.number ?? undefined } },
    },
  });
}

export function remoteUnknown(call: WriteCall, record: WriteRecord): ApiError {
  const at = timeOf(record.updated);
  return new ApiError(
    'outcome_unknown',
    `${call.tool} was sent with the same arguments at ${at}, and whether it was carried out is not known.`,
    {
      hint: `Nothing was sent now. Check ${whereToLook(call.listTool)}; if it was not carried out, ${ANOTHER}.`,
      details: { outcome: 'unknown', more: { earlier: { time: at } } },
    },
  );
}

/** @param since milliseconds since the epoch, null where that is not known */
export function writeInProgress(tool: string, since: number | null): AbortedError {
  const when = since === null ? '' : ` since ${timeOf(since)}`;
  return new AbortedError('write_in_progress', `The same call of ${tool} is running${when} and has not ended yet.`, {
    hint: 'Nothing was sent by this one. Call again with the same arguments in a minute to get the answer of the first.',
    details: { ...(since === null ? {} : { more: { running_since: timeOf(since) } }) },
  });
}

/**
 * The error with the next step that the ledger makes possible.
 * @param earlier ISO 8601, when an identical call was made whose outcome is still open
 */
export function withNextStep(error: LucantoError, verdict: FailureClass, call: WriteCall, earlier: string | null) {
  const check = `or check ${whereToLook(call.listTool)}`;
  if (verdict === 'conflict') {
    const id = error.details.requestId === undefined ? '' : ` ${error.details.requestId}`;
    return reworded(
      error,
      `This is a fault of lucanto-mcp: report it with the request id${id}. Check ${whereToLook(call.listTool)} whether it was carried out; if it was not, ${ANOTHER}.`,
    );
  }
  if (verdict === 'unknown' && call.kind === 'keyed') {
    return reworded(
      error,
      `It is not known whether this was carried out. Call ${call.tool} again with exactly the same arguments: for 24 hours that cannot do it twice; ${check}.`,
    );
  }
  if (earlier === null || (verdict !== 'not_sent' && verdict !== 'throttled')) return error;
  // This attempt did nothing, but the earlier one may have.
  return reworded(
    error,
    `${error.hint} Whether the same call of ${earlier} was carried out is still not known: repeat it, ${check}.`,
    { outcome: 'unknown' },
  );
}

const FAMILY = [AbortedError, UnreachableError, ProtocolError, AuthError, ApiError] as const;

function reworded(error: LucantoError, hint: string, details: ErrorDetails = {}): LucantoError {
  const Kind = FAMILY.find((kind) => error instanceof kind);
  if (Kind === undefined) return error;
  return new Kind(error.code, error.message, {
    hint,
    details: { ...error.details, ...details },
    cause: error.cause,
  });
}

/** ISO 8601, to the second. */
export function timeOf(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

/** What an answer says beside itself. The first item stays pure JSON. */
export function withNote(result: ToolResult, text: string): ToolResult {
  return { ...result, content: [...result.content, { type: 'text', text }] };
}

export function concurrentDuplicateNote({ tool, create }: WriteCall): string {
  const another = create ? ` To create another one, call ${tool} again with allow_duplicate: true.` : '';
  return `The same call was running already: this is its answer, nothing was done twice.${another}`;
}

/** @param earlier ISO 8601 */
export function stillOpenNote({ tool }: WriteCall, earlier: string): string {
  return `The outcome of the same call of ${earlier} had not been told yet, so this is its answer and nothing was done twice. To create another one, call ${tool} again with allow_duplicate: true.`;
}
