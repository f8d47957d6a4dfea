/** Each refusal of a call that a person has to agree to says that nothing was sent, why, and how to go on, for both readers. */
import { describe, expect, it } from 'vitest';
import {
  ASK_FIRST,
  badConfirmation,
  badState,
  cancelled,
  confirmationNeeded,
  declined,
  declinedByApp,
  earlyConfirmation,
  noAnswer,
  tooMuchToShow,
} from '../../src/confirm/confirmation-refusals.ts';
import { LucantoError } from '../../src/core/errors.ts';

const TOOL = 'lucanto_burn_crate';
const OFFER = { done: false, preview: { x: 1 }, confirmation: 'c', takes_effect_at: 'a', expires_at: 'b' } as const;
const NOTHING = `${TOOL} was not carried out and nothing was sent`;

const REFUSALS: readonly (readonly [string, LucantoError, string, string | null])[] = [
  [
    'confirmation_needed',
    confirmationNeeded(TOOL, 'nobody was asked'),
    `${TOOL} was not carried out: nobody was asked.`,
    null,
  ],
  ['declined', declined(TOOL), `This was not confirmed: ${NOTHING}.`, 'Run it again if you want it after all.'],
  ['declined_by_client', declinedByApp(TOOL), `faster than a person can read the question: ${NOTHING}.`, null],
  [
    'no_answer',
    noAnswer(TOOL),
    `There was no answer in time: ${NOTHING}.`,
    'Run it again; `--timeout <seconds>` gives more time.',
  ],
  ['cancelled', cancelled(TOOL), `before it was confirmed: ${NOTHING}.`, null],
  [
    'too_much_to_confirm',
    tooMuchToShow(TOOL, 12_345, 4_000),
    `(12,345 characters, where 4,000 are the most): ${NOTHING}.`,
    null,
  ],
];

describe('A refusal', () => {
  it.each(REFUSALS)('named %s says so', (code, error, message, person) => {
    expect(error).toBeInstanceOf(LucantoError);
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
    if (person !== null) {
      expect(error.hint).toBe(person);
      expect(error.modelHint).not.toBe(person);
    }
    // It is read by a person at a terminal, and by a model.
    expect(error.message).not.toMatch(/\b(the user|you)\b/i);
    for (const hint of [error.hint, error.modelHint]) expect(hint).toMatch(/^[A-Z].{20,}[.]$/);
  });

  it('of a call that needs a confirmation says first that the user is to be asked', () => {
    const { hint, modelHint } = confirmationNeeded(TOOL, 'x');
    expect([hint, modelHint]).toEqual([ASK_FIRST.person, ASK_FIRST.model]);
  });
});

describe('A confirmation that does not count', () => {
  it.each([
    ['foreign', 'does not belong to this call'],
    ['expired', 'has expired'],
    ['changed', 'before it changed'],
  ] as const)('because it is %s brings a new preview, and nothing was done', (problem, why) => {
    const error = badConfirmation(TOOL, problem, OFFER);
    expect(error.code).toBe('confirmation_refused');
    expect(error.message).toContain(why);
    expect(error.message).toMatch(new RegExp(`${NOTHING}\\.$`));
    expect(error.details.more).toEqual(OFFER);
    expect([error.hint, error.modelHint]).toEqual([ASK_FIRST.person, ASK_FIRST.model]);
  });

  it('because it was used may have led to the write before', () => {
    const error = badConfirmation(TOOL, 'used', OFFER);
    expect(error.message).toBe(
      `The confirmation was used already: nothing was sent now, and ${TOOL} may have been carried out by the call that used it.`,
    );
    expect(error.hint).toBe(`Look at the record first: it may be done already. ${ASK_FIRST.person}`);
    expect(error.modelHint).toBe(`Look at the record first: it may be done already. ${ASK_FIRST.model}`);
    expect(badState(TOOL, 'used').message).toContain('may have been carried out by the call that used it');
    expect(badState(TOOL, 'expired').message).toMatch(new RegExp(`has expired: ${NOTHING}\\.$`));
    expect(badState(TOOL, 'expired').hint).toContain('asked again');
  });

  it.each([
    [5_400, 6],
    [1_000, 1],
    [-7_000, 1],
  ])('because it came too soon counts %i ms later, which is said in whole seconds', (ms, seconds) => {
    const now = Date.parse('2026-11-28T10:00:00Z');
    const error = earlyConfirmation(TOOL, now + ms, now);
    const at = new Date(now + ms).toISOString();
    expect(error.details).toEqual({ retryAfterSeconds: seconds, more: { takes_effect_at: at } });
    expect(error.message).toContain(`sooner than a person could have read the preview: ${NOTHING}.`);
    expect(error.hint).toBe(`Check the preview. The same code counts from ${at} on.`);
    expect(error.modelHint).toContain(`counts from ${at} on.`);
  });
});
