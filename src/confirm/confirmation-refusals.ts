import { AbortedError, type ErrorDetails } from '../core/errors.ts';

/** Why a call was not made, and how to go on. In all of these nothing was sent. */
/** What a client is told besides, so that the user can be asked another way. */
export interface PreviewOffer {
  readonly done: false;
  readonly preview: unknown;
  readonly confirmation: string;
  readonly expires_at: string;
}

const NEVER = 'start lucanto-mcp with `--confirm never` where the app has an approval of its own';

export const ASK_FIRST =
  'Show this preview to the user. Only when they agree, call again with the same arguments and this confirmation.';

function refusal(code: string, message: string, hint: string, offer?: PreviewOffer): AbortedError {
  const details: ErrorDetails = offer === undefined ? {} : { more: { ...offer } };
  return new AbortedError(code, message, { hint, details });
}

export function declined(tool: string) {
  return refusal(
    'declined',
    `The user declined: ${tool} was not carried out and nothing was sent.`,
    'Do not call it again unless the user asks for it.',
  );
}

/** @param offer how to ask without the client's dialog */
export function declinedByClient(tool: string, offer: PreviewOffer) {
  return refusal(
    'declined_by_client',
    `The app declined the question by itself, faster than a person can read it: ${tool} was not carried out and nothing was sent.`,
    `${ASK_FIRST} To be asked no more, ${NEVER}.`,
    offer,
  );
}

export function noAnswer(tool: string) {
  return refusal(
    'no_answer',
    `The user did not answer in time: ${tool} was not carried out and nothing was sent.`,
    'Ask the user whether it is still wanted, then call it again; --timeout <seconds> gives more time.',
  );
}

export function cancelled(tool: string) {
  return refusal(
    'cancelled',
    `The call was given up before the user had agreed: ${tool} was not carried out and nothing was sent.`,
    'Call it again if it is still wanted.',
  );
}

export type Problem = 'foreign' | 'expired' | 'used' | 'changed';

const LOOK_FIRST = 'Look at the record first: it may be done already.';

const WHY: Readonly<Record<Problem, string>> = {
  foreign: 'does not belong to this call with these arguments',
  expired: 'has expired',
  used: 'was used already',
  changed: 'was given for the record as it was before somebody changed it',
};

/** What was sent with it the first time may have been carried out, whatever became of its answer. */
function outcomeOf(tool: string, problem: Problem): string {
  return problem === 'used'
    ? `nothing was sent now, and ${tool} may have been carried out by the call that used it`
    : `${tool} was not carried out and nothing was sent`;
}

export function badConfirmation(tool: string, problem: Problem, offer: PreviewOffer) {
  const hint = problem === 'used' ? `${LOOK_FIRST} ${ASK_FIRST}` : ASK_FIRST;
  return refusal('confirmation_refused', `The confirmation ${WHY[problem]}: ${outcomeOf(tool, problem)}.`, hint, offer);
}

export function badState(tool: string, problem: Problem) {
  return refusal(
    'confirmation_refused',
    `The requestState that came with the user's answer ${WHY[problem]}: ${outcomeOf(tool, problem)}.`,
    'Call it again without inputResponses and requestState; the user is then asked anew.',
  );
}
