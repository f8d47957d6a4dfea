import { AbortedError, type ErrorDetails, type Hint } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import { thousands } from '../core/text.ts';

/** Why a call was not made, and how to go on. In all of these nothing was sent. */

/** Why a confirmation that came back does not count. */
export type TokenProblem = 'foreign' | 'expired' | 'used' | 'changed' | 'early';

export const ASK_FIRST = {
  person:
    'Check the preview on stdout. Then run the same again with `--arg confirmation=<its code>`, after takes_effect_at, or with --confirm never.',
  model:
    'Show the question of this preview to the user, whole, and wait for their answer. Only when they agree, call again with the same arguments and this confirmation. It does not count before takes_effect_at.',
};

function refusal(code: string, message: string, hint: Hint, details: ErrorDetails = {}): AbortedError {
  return new AbortedError(code, message, { hint, details });
}

function notMade(tool: string): string {
  return `${tool} was not carried out and nothing was sent`;
}

export function confirmationNeeded(tool: string, why: string): AbortedError {
  return refusal('confirmation_needed', `${tool} was not carried out: ${why}.`, ASK_FIRST);
}

export function declined(tool: string): AbortedError {
  return refusal('declined', `This was not confirmed: ${notMade(tool)}.`, {
    person: 'Run it again if you want it after all.',
    model: 'Do not call it again unless the user asks for it.',
  });
}

/** Not the user's answer: it neither forbids the call nor leads to it. */
export function declinedByApp(tool: string): AbortedError {
  return refusal(
    'declined_by_client',
    `The app answered no by itself, faster than a person can read the question: ${notMade(tool)}.`,
    'This app does not show such questions. Ask the user to do it in the Lucanto app or with `lucanto-mcp call` in a terminal, or, where the app has an approval of its own, to start lucanto-mcp with `--confirm never`.',
  );
}

export function noAnswer(tool: string): AbortedError {
  return refusal('no_answer', `There was no answer in time: ${notMade(tool)}.`, {
    person: 'Run it again; `--timeout <seconds>` gives more time.',
    model: 'Ask the user whether it is still wanted, then call it again.',
  });
}

export function cancelled(tool: string): AbortedError {
  const message = `The call was cancelled before it was confirmed: ${notMade(tool)}.`;
  return refusal('cancelled', message, 'Call it again if it is still wanted.');
}

/** @param length characters of the question */
export function tooMuchToShow(tool: string, length: number, most: number): AbortedError {
  return refusal(
    'too_much_to_confirm',
    `What this call would do cannot be shown to a person in full (${thousands(length)} characters, where ${thousands(most)} are the most): ${notMade(tool)}.`,
    'Split it into smaller calls, for example with fewer recipients or records in each.',
  );
}

const WHY: Readonly<Record<TokenProblem, string>> = {
  foreign: 'does not belong to this call with these arguments',
  expired: 'has expired',
  used: 'was used already',
  changed: 'was given for the record as it was before it changed',
  early: 'came back sooner than a person could have read the preview',
};

/** What was sent with it the first time may have been carried out, whatever became of its answer. */
function outcomeOf(tool: string, problem: TokenProblem): string {
  return problem === 'used'
    ? `nothing was sent now, and ${tool} may have been carried out by the call that used it`
    : notMade(tool);
}

/** @param offer a new preview, so that the user can be asked in the conversation */
export function badConfirmation(
  tool: string,
  problem: Exclude<TokenProblem, 'early'>,
  offer: JsonObject,
): AbortedError {
  const { person, model } = ASK_FIRST;
  const look = 'Look at the record first: it may be done already.';
  const hint = problem === 'used' ? { person: `${look} ${person}`, model: `${look} ${model}` } : ASK_FIRST;
  const message = `The confirmation ${WHY[problem]}: ${outcomeOf(tool, problem)}.`;
  return refusal('confirmation_refused', message, hint, { more: offer });
}

export function earlyConfirmation(tool: string, from: number, now: number): AbortedError {
  const at = new Date(from).toISOString();
  return refusal(
    'confirmation_refused',
    `The confirmation ${WHY.early}: ${notMade(tool)}.`,
    {
      person: `Check the preview. The same code counts from ${at} on.`,
      model: `Show the question of the preview to the user and wait for their answer. If they agree, the same confirmation counts from ${at} on.`,
    },
    { retryAfterSeconds: Math.max(1, Math.ceil((from - now) / 1000)), more: { takes_effect_at: at } },
  );
}

export function badState(tool: string, problem: TokenProblem): AbortedError {
  return refusal(
    'confirmation_refused',
    `The requestState that came with the user's answer ${WHY[problem]}: ${outcomeOf(tool, problem)}.`,
    'Call it again without inputResponses and requestState; the user is then asked again.',
  );
}
