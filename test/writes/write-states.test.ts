/** The table of states, cell by cell, and what stands at its edges. */
import { describe, expect, it } from 'vitest';
import { ApiError, AuthError, LocalError, ProtocolError, UnreachableError } from '../../src/core/errors.ts';
import { isUnresolved } from '../../src/writes/write-history.ts';
import { KEY_LIFETIME_MS, NO_KEY, type WriteRecord } from '../../src/writes/write-record.ts';
import { earlierWrite, failureClassOf, stateAfter } from '../../src/writes/write-states.ts';

const NOW = 1_800_000_000_000;
const WINDOW = 600_000;

function record(over: Partial<WriteRecord> = {}): WriteRecord {
  const times = { created: NOW - 1_000, updated: NOW - 1_000, delivered: null };
  return { fingerprint: 'f', key: 'k', state: 'open', ...times, facts: null, answer: null, ...over };
}
const delivered = (ago: number, over: Partial<WriteRecord> = {}) =>
  record({ state: 'done', updated: NOW - ago, delivered: NOW - ago, ...over });

type Query = Parameters<typeof earlierWrite>[1];
function step(records: readonly WriteRecord[], over: Partial<Query> = {}): string {
  const query: Query = {
    ...{ kind: 'keyed', create: true, allowDuplicate: false, arrived: NOW, now: NOW, duplicateWindowMs: WINDOW },
    ...over,
  };
  const found = earlierWrite(records, query);
  return found.step === 'new' ? 'new' : `${found.step} ${found.record.key}`;
}

describe('Before a write is sent', () => {
  const once = { kind: 'once' } as const;
  const idempotent = { kind: 'idempotent' } as const;
  const allowDuplicate = { allowDuplicate: true };
  const none = { key: NO_KEY };
  const CASES: readonly (readonly [string, readonly WriteRecord[], Partial<Query>, string])[] = [
    ['no record', [], {}, 'new'],
    ['an open one', [record()], {}, 'again k'],
    ['an open one, with allow_duplicate', [record()], allowDuplicate, 'again k'],
    ['an open update', [record(none)], idempotent, 'again -'],
    ['an open one of a remote call', [record(none)], once, 'unknown -'],
    ['an open one of a remote call, with allow_duplicate', [record(none)], { ...once, ...allowDuplicate }, 'new'],
    ['an open one with a key, now remote', [record()], once, 'unknown k'],
    ['an open remote one, now with a key', [record(none)], {}, 'unknown -'],
    ['a throttled one', [record({ state: 'throttled' })], {}, 'again k'],
    ['a throttled one of a remote call', [record({ state: 'throttled', ...none })], once, 'new'],
    ['a conflict', [record({ state: 'conflict' })], {}, 'again k'],
    ['a conflict, with allow_duplicate', [record({ state: 'conflict' })], allowDuplicate, 'new'],
    ['one that is done and not delivered', [record({ state: 'done' })], {}, 'again k'],
    ['a remote one that is done and not delivered', [record({ state: 'done', ...none })], once, 'duplicate -'],
    [
      'a remote update that is done and not delivered',
      [record({ state: 'done', ...none })],
      { ...once, create: false },
      'duplicate -',
    ],
    ['a delivered create', [delivered(1)], {}, 'duplicate k'],
    ['a delivered create, with allow_duplicate', [delivered(1)], allowDuplicate, 'new'],
    ['a delivered action', [delivered(1)], { create: false }, 'new'],
    ['a delivered create at the end of the window', [delivered(WINDOW - 1)], {}, 'duplicate k'],
    ['a delivered create after the window', [delivered(WINDOW)], {}, 'new'],
    ['a delivered remote create', [delivered(1, none)], once, 'duplicate -'],
    ['a delivered remote update', [delivered(1, none)], { ...once, create: false }, 'new'],
    ['one that ended while this waited', [delivered(0)], { arrived: NOW - 1 }, 'again k'],
    ['one that ended as this came', [delivered(0)], { arrived: NOW, create: false }, 'new'],
    [
      'a remote update that ended while this waited',
      [delivered(0, none)],
      { ...once, create: false, arrived: NOW - 1 },
      'duplicate -',
    ],
    ['a part of it', [record({ state: 'partly' })], {}, 'partly k'],
    ['a part of a remote one', [record({ state: 'partly', ...none })], { ...once, create: false }, 'partly -'],
    ['a part of it, with allow_duplicate', [record({ state: 'partly' })], allowDuplicate, 'new'],
    ['a part of an update', [record({ state: 'partly', ...none })], idempotent, 'new'],
    ['a part of it, and all of it since', [record({ state: 'partly' }), delivered(1, { key: 'b' })], {}, 'duplicate b'],
    ['a day-old open one', [record({ created: NOW - KEY_LIFETIME_MS })], {}, 'new'],
    ['an open one of nearly a day', [record({ created: NOW - KEY_LIFETIME_MS + 1 })], {}, 'again k'],
    [
      'a day-old one and a newer one',
      [record({ created: NOW - KEY_LIFETIME_MS, key: 'old' }), record()],
      {},
      'again k',
    ],
    ['an open one before one that is done', [record({ key: 'a' }), delivered(1, { key: 'b' })], {}, 'again a'],
    ['an open one after one that is done', [delivered(1, { key: 'a' }), record({ key: 'b' })], {}, 'again b'],
    [
      'a conflict and what was begun in its place',
      [record({ state: 'conflict', key: 'a' }), record({ key: 'b' })],
      allowDuplicate,
      'again b',
    ],
    [
      'an open one and a conflict that seems newer',
      [record({ key: 'b' }), record({ state: 'conflict', key: 'a' })],
      allowDuplicate,
      'again b',
    ],
    [
      'a throttled one and a conflict that seems newer',
      [record({ state: 'throttled', key: 'b' }), record({ state: 'conflict', key: 'a' })],
      allowDuplicate,
      'again b',
    ],
    [
      'a conflict and a delivered one',
      [record({ state: 'conflict', key: 'a' }), delivered(1, { key: 'b' })],
      {},
      'again a',
    ],
    [
      'one that was not delivered before one that was',
      [record({ state: 'done', key: 'a' }), delivered(1, { key: 'b' })],
      {},
      'again a',
    ],
    ['one that ends in the future', [delivered(-1)], { arrived: NOW - 1 }, 'duplicate k'],
    ['two that are done', [delivered(2, { key: 'a' }), delivered(1, { key: 'b' })], {}, 'duplicate b'],
  ];

  it.each(CASES)('%s decides', (_what, records, query, expected) => {
    expect(step(records, query)).toBe(expected);
  });
});

describe('After a write was sent', () => {
  const ENDS = ['partly', 'refused', 'throttled', 'conflict', 'unknown', 'not_sent'] as const;
  const TABLE: readonly (readonly [string, WriteRecord['state'], boolean, string])[] = [
    ['a new one', 'open', true, 'partly - throttled conflict open -'],
    ['an open one', 'open', false, 'partly - open conflict open open'],
    ['a throttled one', 'throttled', false, 'partly - throttled conflict open -'],
    ['one that is done in part', 'partly', false, 'partly - throttled conflict open -'],
    ['a conflict', 'conflict', false, 'partly conflict conflict conflict conflict conflict'],
    ['one that is done', 'done', false, 'partly done done conflict done done'],
  ];

  it.each(TABLE)('%s becomes what the table says', (_what, state, isNew, expected) => {
    expect(ENDS.map((end) => stateAfter(record({ state }), isNew, end) ?? '-').join(' ')).toBe(expected);
  });

  const init = (status?: number, outcome?: 'unknown') => ({
    hint: '',
    details: { ...(status !== undefined && { status }), ...(outcome !== undefined && { outcome }) },
  });
  const FAILURES: readonly (readonly [string, unknown, boolean, boolean, string])[] = [
    ['a defect of ours', new Error('x'), true, false, 'unknown'],
    ['a defect of ours before anything left', new Error('x'), false, false, 'not_sent'],
    [
      'a key that is used for something else',
      new ApiError('idempotency_key_conflict', 'x', init(409)),
      true,
      false,
      'conflict',
    ],
    ['a lost answer', new UnreachableError('reset', 'x', init(undefined, 'unknown')), true, false, 'unknown'],
    ['a 5xx', new ApiError('http_502', 'x', init(502, 'unknown')), true, false, 'unknown'],
    ['a 429', new ApiError('rate_limited', 'x', init(429)), true, false, 'throttled'],
    ['a plan limit', new ApiError('feature_limit_exceeded', 'x', init(429)), true, false, 'refused'],
    ['a 422', new ApiError('unprocessable_entity', 'x', init(422)), true, true, 'refused'],
    ['a 404', new ApiError('not_found', 'x', init(404)), true, false, 'refused'],
    ['a 404 to a repeated key', new ApiError('not_found', 'x', init(404)), true, true, 'unknown'],
    ['a 401', new AuthError('unauthenticated', 'x', init(401)), true, false, 'refused'],
    ['an answer without a status', new ProtocolError('redirect', 'x', init()), true, false, 'refused'],
    ['an error of a tool without a status', new ApiError('tool_error', 'x', init()), true, false, 'refused'],
    ['the same before anything left', new ApiError('tool_error', 'x', init()), false, false, 'not_sent'],
    ['no connection', new UnreachableError('econnrefused', 'x', init()), true, false, 'not_sent'],
    ['a file that is gone', new LocalError('file_gone', 'x', init()), true, false, 'not_sent'],
  ];

  it.each(FAILURES)('%s is classed by what it proves', (_what, error, isSent, isRepeat, expected) => {
    expect(failureClassOf(error, isSent, isRepeat)).toBe(expected);
  });
});

describe('A write is unresolved', () => {
  it.each([
    ['open', record(), true],
    ['in conflict', record({ state: 'conflict' }), true],
    ['in conflict after a delivery', record({ state: 'conflict', delivered: NOW }), true],
    ['done and not delivered', record({ state: 'done' }), true],
    ['done and delivered', delivered(1), false],
    ['throttled', record({ state: 'throttled' }), false],
    ['open for a day', record({ created: NOW - KEY_LIFETIME_MS }), false],
    ['open for nearly a day', record({ created: NOW - KEY_LIFETIME_MS + 1 }), true],
  ])('or not where it is %s', (_what, one, expected) => {
    expect(isUnresolved(one, NOW)).toBe(expected);
  });
});
