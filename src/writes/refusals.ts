/** The errors of the ledger itself, and the next step after writes whose outcome is not known. */
import {
  AbortedError,
  ApiError,
  AuthError,
  type ErrorDetails,
  type LucantoError,
  ProtocolError,
  UnreachableError,
} from '../errors.ts';
import { whereToLook } from '../http/outcome.ts';
import type { WriteRecord } from './record.ts';
import type { Verdict } from './verdict.ts';
import type { WriteCall } from './write.ts';

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
export function withNextStep(error: LucantoError, verdict: Verdict, call: WriteCall, earlier: string | null) {
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
