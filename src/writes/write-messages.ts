import {
  AbortedError,
  ApiError,
  AuthError,
  type ErrorDetails,
  type Hint,
  type LucantoError,
  ProtocolError,
  UnreachableError,
  whereToLook,
} from '../core/errors.ts';
import { count } from '../core/text.ts';
import type { ToolResult } from '../core/tool.ts';
import { KEY_LIFETIME_MS, NO_KEY, type WriteCall, type WriteRecord } from './write-record.ts';
import type { FailureClass } from './write-states.ts';

/** What the ledger says: its own errors, the next step after a failed write, and notes added to an answer. */

/** @param before what must be true first, without a full stop; for a model in its own words where it acts for a user */
function anyway(before: string, forModel = before) {
  return {
    person: `${before}, run it again with \`--arg allow_duplicate=true\`.`,
    model: `${forModel}, call again with allow_duplicate: true.`,
  };
}

function followedBy(first: string, { person, model }: ReturnType<typeof anyway>): Hint {
  return { person: `${first} ${person}`, model: `${first} ${model}` };
}

/** A create that was carried out minutes ago, or a remote write whose answer was lost on its way to the client. */
export function duplicateError(call: WriteCall, { answer, updated }: WriteRecord): ApiError {
  const at = timeOf(updated);
  const names = [
    answer?.number == null ? '' : `number ${answer.number}`,
    answer?.id == null ? '' : `id ${answer.id}`,
  ].filter((part) => part !== '');
  const which = names.length === 0 ? '' : `: ${names.join(', ')}`;
  const look = answer?.id == null ? ` (look ${whereToLook(call.listTool)})` : '';
  return new ApiError('duplicate', `${call.tool} was carried out with the same arguments at ${at}${which}.`, {
    hint: followedBy(
      `Nothing was sent. Use that record${look}.`,
      anyway('Only if you want a second one', 'Only if the user wants a second one'),
    ),
    details: {
      ...(answer?.requestId == null ? {} : { requestId: answer.requestId }),
      more: { earlier: { time: at, id: answer?.id ?? undefined, number: answer?.number ?? undefined } },
    },
  });
}

/** A remote write that was sent once, and must not be sent again while its outcome is unknown. */
export function outcomeUnknownError(call: WriteCall, record: WriteRecord): ApiError {
  const at = timeOf(record.updated);
  return new ApiError(
    'outcome_unknown',
    `${call.tool} was sent with the same arguments at ${at}, and whether it was carried out is not known.`,
    {
      hint: followedBy(
        `Nothing was sent now. Check ${whereToLook(call.listTool)}.`,
        anyway('If it was not carried out'),
      ),
      details: { outcome: 'unknown', more: { earlier: { time: at } } },
    },
  );
}

/** A write of several things of which some were done: everything again would do those a second time. */
export function partlyDoneError(call: WriteCall, { updated }: WriteRecord): ApiError {
  const at = timeOf(updated);
  return new ApiError('partly_done', `${call.tool} was partly carried out with the same arguments at ${at}.`, {
    hint: followedBy(
      `Nothing was sent now. Check ${whereToLook(call.listTool)} what was done, and repeat only what was not.`,
      anyway('Only if you want all of it done a second time', 'Only if the user wants all of it done a second time'),
    ),
    details: { outcome: 'partly', more: { earlier: { time: at } } },
  });
}

/** @param since milliseconds since the epoch, null where that is unknown */
export function writeInProgress(tool: string, since: number | null): AbortedError {
  const when = since === null ? '' : ` since ${timeOf(since)}`;
  return new AbortedError('write_in_progress', `The same call of ${tool} is running${when} and has not ended yet.`, {
    hint: 'Nothing was sent by this one. Try again with the same arguments in a minute to get the answer of the first.',
    details: { ...(since === null ? {} : { more: { running_since: timeOf(since) } }) },
  });
}

export function tooManySends(
  tool: string,
  { most, used, sends, day }: Readonly<Record<'most' | 'used' | 'sends', number>> & { readonly day: string },
): AbortedError {
  const left = Math.max(0, most - used);
  // Another day helps only with what one day can hold.
  const later = sends <= most;
  const asked = sends === 1 ? '' : `, and this call would make ${sends}`;
  const message = `${tool} was not carried out: at most ${count(most, 'send')} a day ${most === 1 ? 'is' : 'are'} allowed; today (${day}) ${used} used, ${left} left${asked}.`;
  return new AbortedError('limit_reached', message, {
    hint: {
      person: `Nothing was sent. ${later ? 'Wait until tomorrow, send' : 'Send'} it in the Lucanto app, or start lucanto-mcp with another --limit.`,
      model: `Nothing was sent. Do not send it in another way: tell the user about this limit${later ? ', which starts again on the next calendar day of this computer' : ''}. Only the user can change it.`,
    },
    details: { more: { limit: `sends=${most}/day`, used, left, day } },
  });
}

/**
 * The error with the next step that the ledger makes possible.
 * @param earlier ISO 8601, when an identical call was made whose outcome is still open
 */
export function withNextStep(error: LucantoError, failure: FailureClass, call: WriteCall, earlier: string | null) {
  const where = whereToLook(call.listTool);
  if (failure === 'conflict') {
    const id = error.details.requestId === undefined ? '' : ` ${error.details.requestId}`;
    const report = `This is a fault of lucanto-mcp: report it with the request id${id}. Check ${where} whether it was carried out.`;
    return withHint(error, followedBy(report, anyway('If it was not')));
  }
  if (failure === 'unknown' && call.kind === 'keyed') {
    return withHint(error, repeatHint(error, call.tool, where), { outcome: 'unknown' });
  }
  if (earlier === null || (failure !== 'not_sent' && failure !== 'throttled')) return error;
  // This attempt did nothing, but the earlier one may have.
  const still = `Whether the same call of ${earlier} was carried out is still not known: check ${where} before you repeat it.`;
  const hint = { person: `${error.hint} ${still}`, model: `${error.modelHint} ${still}` };
  return withHint(error, hint, { outcome: 'unknown' });
}

/** Looking comes first: the key lets the service recognise a repeat, but not after every failure. */
function repeatHint({ details }: LucantoError, tool: string, where: string): Hint {
  const forgets =
    details.status !== undefined && details.status >= 500
      ? ' The service does not remember such failures under a key, so repeating without looking first may do it a second time.'
      : '';
  const first = `It is not known whether this was carried out. Check ${where} first. If it was not,`;
  const key = `for 24 hours the same idempotency key goes along.${forgets}`;
  return {
    person: `${first} run exactly the same command again: ${key}`,
    model: `${first} call ${tool} again with exactly the same arguments: ${key}`,
  };
}

const FAMILY = [AbortedError, UnreachableError, ProtocolError, AuthError, ApiError] as const;

function withHint(error: LucantoError, hint: Hint, details: ErrorDetails = {}): LucantoError {
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

/** A note after the answer. The first item stays pure JSON. */
export function withNote(result: ToolResult, text: string): ToolResult {
  return { ...result, content: [...result.content, { type: 'text', text }] };
}

export function concurrentDuplicateNote({ create }: WriteCall): string {
  const another = create ? ' To create another one, repeat it with allow_duplicate.' : '';
  return `The same call was running already, and this is its answer: no second one was sent.${another}`;
}

/** @param earlier ISO 8601 */
export function stillOpenNote(earlier: string): string {
  return `The answer to the same call of ${earlier} had not arrived yet, so this call repeated that one instead of making another. To create another identical one, repeat it once more with allow_duplicate (in a terminal \`--arg allow_duplicate=true\`).`;
}

/** The service did not recognise its own key. @param before id of the record that the lost answer named */
export function madeTwiceNote({ tool, listTool }: WriteCall, before: string, id: string): string {
  return `The same call of ${tool} had made the record ${before} before, and its answer was lost; the service did not recognise the repeated call, and made ${id} as well. There may be two records: check ${whereToLook(listTool)} before anything else is done with them.`;
}

/** What a person can do about a write whose outcome is unresolved: in the app that asked for it, or with `call`. */
export function howToResolve({ key, facts, state, created }: WriteRecord): string {
  const until = timeOf(created + KEY_LIFETIME_MS);
  const repeat = `ask for exactly the same again before ${until}: it goes under the same key, so that Lucanto can tell a repeat`;
  if (facts === null) {
    const look = 'Look in Lucanto what was written at that time';
    return key === NO_KEY ? `${look}, and repeat what is missing.` : `${look}. If it is missing, ${repeat}.`;
  }
  if (state === 'done') {
    const lost = 'It was carried out, but the app never got the answer: look in Lucanto';
    return facts.kind === 'once' ? `${lost}.` : `${lost}, or ${repeat}.`;
  }
  const check = 'Check in Lucanto whether it was carried out. If it was not,';
  if (state === 'conflict' || facts.kind === 'once') {
    return `${check} ask for it again with allow_duplicate (in a terminal \`--arg allow_duplicate=true\`).`;
  }
  return facts.kind === 'keyed' ? `${check} ${repeat}.` : `${check} ask for the same again.`;
}
