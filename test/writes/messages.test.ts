/** What the ledger says to a person and to a model, and that none of it promises what is not proved. */
import { describe, expect, it } from 'vitest';
import { ApiError, type LucantoError, UnreachableError, UsageError } from '../../src/core/errors.ts';
import {
  concurrentDuplicateNote,
  duplicateError,
  howToResolve,
  outcomeUnknownError,
  timeOf,
  withNextStep,
  writeInProgress,
} from '../../src/writes/write-messages.ts';
import { NO_KEY, type WriteRecord } from '../../src/writes/write-record.ts';
import { create } from '../helpers/ledger.ts';

const AT = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const TIME = '2026-01-02T03:04:05Z';
const { args: _none, ...called } = create();
const FACTS = { ...called, profile: 'default', origin: 'https://lucanto.test' };

function record(over: Partial<WriteRecord> = {}): WriteRecord {
  const times = { created: AT, updated: AT, delivered: null };
  return { fingerprint: 'f', key: 'k', state: 'open', ...times, facts: FACTS, answer: null, ...over };
}
const answer = (over: object) => ({ status: 201, id: null, number: null, requestId: null, ...over });
const saidBy = ({ message, hint, modelHint, details }: LucantoError) => ({ message, hint, modelHint, details });

describe('A duplicate', () => {
  it.each([
    [{ id: '7', number: 'F-7', requestId: 'r' }, ': number F-7, id 7.', 'Use that record.', { requestId: 'r' }],
    [{ id: '7' }, ': id 7.', 'Use that record.', {}],
    [{ number: 'F-7' }, ': number F-7.', 'Use that record (look with lucanto_list_widgets).', {}],
    [{}, '.', 'Use that record (look with lucanto_list_widgets).', {}],
  ])('is named by what is known of it: %o', (known, end, use, details) => {
    const said = saidBy(duplicateError(create(), record({ answer: answer(known) })));
    expect(said.message).toBe(`lucanto_create_widget was carried out with the same arguments at ${TIME}${end}`);
    expect(said.hint).toBe(
      `Nothing was sent. ${use} Only if you want a second one, run it again with \`--arg allow_duplicate=true\`.`,
    );
    expect(said.modelHint).toBe(
      `Nothing was sent. ${use} Only if the user wants a second one, call again with allow_duplicate: true.`,
    );
    const { id, number } = answer(known);
    expect(said.details).toEqual({
      ...details,
      more: { earlier: { time: TIME, id: id ?? undefined, number: number ?? undefined } },
    });
  });

  it('of which nothing is known is looked for', () => {
    expect(duplicateError(create({ listTool: null }), record()).modelHint).toContain('(look in the Lucanto app)');
  });
});

describe('The error', () => {
  it('of a remote write with an unknown outcome names its time and what to check', () => {
    expect(saidBy(outcomeUnknownError(create(), record()))).toMatchObject({
      message: expect.stringContaining(`at ${TIME}, and whether it was carried out is not known`),
      modelHint:
        'Nothing was sent now. Check with lucanto_list_widgets. If it was not carried out, call again with allow_duplicate: true.',
      details: { outcome: 'unknown', more: { earlier: { time: TIME } } },
    });
  });

  it.each([
    [AT, ` since ${TIME}`, { more: { running_since: TIME } }],
    [null, '', {}],
  ])('of a write in progress since %s says so', (since, when, details) => {
    const error = writeInProgress('lucanto_x', since);
    expect(error.message).toBe(`The same call of lucanto_x is running${when} and has not ended yet.`);
    expect(error.details).toEqual(details);
  });

  const lost = (status?: number) =>
    new ApiError('x', 'Lost.', {
      hint: { person: 'P.', model: 'M.' },
      details: status === undefined ? {} : { status },
      cause: 'why',
    });
  it.each([
    ['unknown', 'keyed', lost(499), null, /^It is not known .* goes along\.$/, 'unknown'],
    ['unknown', 'keyed', lost(500), null, /goes along\. The service does not remember such failures/, 'unknown'],
    ['unknown', 'keyed', lost(), null, /goes along\.$/, 'unknown'],
    ['unknown', 'once', lost(), null, /^M\.$/, undefined],
    ['refused', 'keyed', lost(422), TIME, /^M\.$/, undefined],
    ['not_sent', 'keyed', lost(), null, /^M\.$/, undefined],
    ['not_sent', 'keyed', lost(), TIME, /^M\. Whether the same call of 2026.* is still not known/, 'unknown'],
    ['throttled', 'keyed', lost(429), TIME, /^M\. Whether the same call of 2026/, 'unknown'],
    [
      'conflict',
      'keyed',
      lost(409),
      null,
      /report it with the request id\. Check .* If it was not, call again/,
      undefined,
    ],
  ] as const)('of a write that is %s (%s) says what comes next', (failure, kind, error, earlier, hint, outcome) => {
    const told = withNextStep(error, failure, create({ kind }), earlier);
    expect(told.modelHint).toMatch(hint);
    expect(told.details.outcome).toBe(outcome);
    expect([told.code, told.message, told.details.status, told.cause]).toEqual([
      'x',
      'Lost.',
      error.details.status,
      'why',
    ]);
    expect(told.hint.startsWith('P.')).toBe(told.modelHint.startsWith('M.'));
  });

  it('keeps its class, and stays as it is where that is none of the service', () => {
    const call = create();
    expect(withNextStep(new UnreachableError('x', 'y', { hint: '' }), 'unknown', call, null)).toBeInstanceOf(
      UnreachableError,
    );
    const usage = new UsageError('y', { hint: '' });
    expect(withNextStep(usage, 'unknown', call, null)).toBe(usage);
    const conflict = new ApiError('x', 'y', { hint: '', details: { requestId: 'r-1' } });
    expect(withNextStep(conflict, 'conflict', call, null).modelHint).toContain('request id r-1.');
  });
});

describe('A note and a way to resolve', () => {
  it('names allow_duplicate for creates alone', () => {
    expect(concurrentDuplicateNote(create())).toContain('allow_duplicate');
    expect(concurrentDuplicateNote(create({ create: false }))).not.toContain('allow_duplicate');
    expect(timeOf(AT)).toBe(TIME);
  });

  const REPEAT =
    'ask for exactly the same again before 2026-01-03T03:04:05Z: it goes under the same key, so that Lucanto can tell a repeat.';
  const CHECK = 'Check in Lucanto whether it was carried out. If it was not,';
  const LOST = 'It was carried out, but the app never got the answer: look in Lucanto';
  const once = { facts: { ...FACTS, kind: 'once' as const } };
  it.each([
    [
      'a damaged record with a key',
      { facts: null },
      `Look in Lucanto what was written at that time. If it is missing, ${REPEAT}`,
    ],
    [
      'a damaged record without one',
      { facts: null, key: NO_KEY },
      'Look in Lucanto what was written at that time, and repeat what is missing.',
    ],
    ['an open create', {}, `${CHECK} ${REPEAT}`],
    ['an open update', { facts: { ...FACTS, kind: 'idempotent' as const } }, `${CHECK} ask for the same again.`],
    [
      'an open remote write',
      once,
      `${CHECK} ask for it again with allow_duplicate (in a terminal \`--arg allow_duplicate=true\`).`,
    ],
    [
      'a conflict',
      { state: 'conflict' as const },
      `${CHECK} ask for it again with allow_duplicate (in a terminal \`--arg allow_duplicate=true\`).`,
    ],
    ['one that is done', { state: 'done' as const }, `${LOST}, or ${REPEAT}`],
    ['a remote one that is done', { state: 'done' as const, ...once }, `${LOST}.`],
  ])('is told for %s', (_what, over, text) => {
    expect(howToResolve(record(over))).toBe(text);
    expect(text).not.toMatch(/twice|carried out once/);
  });
});
