import { afterEach, describe, expect, it } from 'vitest';
import type { HttpRequest, SendContext } from '../../src/http/request.ts';
import { pauseBeforeRetry, type RetryClass, retryAfterMs } from '../../src/http/retry.ts';
import { sendContext, testClient } from '../helpers/http-client.ts';
import { cut, json, reset, type ScriptedServer, type Step, scriptedServer, text } from '../helpers/scripted-server.ts';

const open: ScriptedServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

const METHOD: Readonly<Record<RetryClass, HttpRequest['method']>> = {
  read: 'GET',
  keyed: 'POST',
  idempotent: 'PATCH',
  once: 'POST',
};

interface Outcome {
  readonly attempts: number;
  readonly keys: Set<unknown>;
  readonly waits: readonly number[];
  /** Status of the answer, or the code of the error. */
  readonly end: unknown;
  readonly unknown: boolean;
}

async function play(
  retry: RetryClass,
  steps: readonly [Step, ...Step[]],
  over: Partial<SendContext> = {},
): Promise<Outcome> {
  const server = await scriptedServer(...steps);
  open.push(server);
  const { http, waits } = testClient(server.origin);
  const headers = retry === 'keyed' ? { 'Idempotency-Key': 'key-1' } : {};
  const request: HttpRequest = {
    method: METHOD[retry],
    path: '/x',
    query: '',
    headers,
    body: retry === 'read' ? null : '{}',
    accept: '*/*',
  };
  const ended = await http.send(request, sendContext(retry, over)).then(
    (answer) => ({ end: answer.status, unknown: answer.earlierOpen }),
    (error) => ({ end: error.code, unknown: error.details.outcome === 'unknown' }),
  );
  return {
    attempts: server.requests.length,
    keys: new Set(server.requests.map((seen) => seen.headers['idempotency-key'])),
    waits,
    ...ended,
  };
}

const OK = json(200, { ok: true });
const HTML_502 = text(502, '<html><h1>Bad Gateway</h1></html>', { 'Content-Type': 'text/html' });
const IN_PROGRESS = json(409, { error: 'idempotency_in_progress' });

/** Attempts made when the fault comes once, and the next answer would be fine. */
const TABLE: readonly (readonly [string, Step, Readonly<Record<RetryClass, number>>])[] = [
  ['a reset before the answer', reset, { read: 2, keyed: 2, idempotent: 2, once: 1 }],
  ['a body that is cut', cut(200, '{"a":'), { read: 2, keyed: 2, idempotent: 2, once: 1 }],
  ['429 with Retry-After', json(429, {}, { 'Retry-After': '1' }), { read: 2, keyed: 2, idempotent: 2, once: 1 }],
  ['429 without Retry-After', json(429, {}), { read: 2, keyed: 2, idempotent: 2, once: 1 }],
  [
    '429 for a plan limit',
    json(429, { error: 'feature_limit_exceeded' }, { 'Retry-After': '1' }),
    { read: 1, keyed: 1, idempotent: 1, once: 1 },
  ],
  ['402', json(402, {}, { 'Retry-After': '1' }), { read: 1, keyed: 1, idempotent: 1, once: 1 }],
  ['409 in progress', IN_PROGRESS, { read: 1, keyed: 2, idempotent: 1, once: 1 }],
  ['409 conflict', json(409, { error: 'conflict' }), { read: 1, keyed: 1, idempotent: 1, once: 1 }],
  ['408', json(408, {}), { read: 2, keyed: 1, idempotent: 2, once: 1 }],
  ['422', json(422, {}), { read: 1, keyed: 1, idempotent: 1, once: 1 }],
  ['500', json(500, {}), { read: 1, keyed: 1, idempotent: 1, once: 1 }],
  ['502 in HTML', HTML_502, { read: 2, keyed: 1, idempotent: 2, once: 1 }],
  ['503', json(503, {}), { read: 2, keyed: 1, idempotent: 2, once: 1 }],
  ['503 with Retry-After', json(503, {}, { 'Retry-After': '1' }), { read: 2, keyed: 1, idempotent: 2, once: 1 }],
  ['504', json(504, {}), { read: 2, keyed: 1, idempotent: 2, once: 1 }],
];
const CLASSES: readonly RetryClass[] = ['read', 'keyed', 'idempotent', 'once'];

describe.each(TABLE)('The fault %s', (_name, fault, attempts) => {
  it.each(CLASSES)('is retried according to the policy of a request that is %s', async (retry) => {
    const outcome = await play(retry, [fault, OK]);
    expect(outcome.attempts).toBe(attempts[retry]);
    if (attempts[retry] > 1) expect(outcome.end).toBe(200);
  });
});

describe('A request that fails again and again', () => {
  it.each([reset, HTML_502, json(503, {})])('is sent three times (fault %#)', async (fault) => {
    expect((await play('read', [fault])).attempts).toBe(3);
  });

  it('keeps its idempotency key', async () => {
    const outcome = await play('keyed', [reset, json(429, {}), OK]);
    expect(outcome).toMatchObject({ attempts: 3, end: 200 });
    expect([...outcome.keys]).toEqual(['key-1']);
  });

  it('waits longer before each attempt', async () => {
    const { waits } = await play('read', [json(503, {})]);
    expect(waits).toEqual([125, 250]);
  });

  it('waits for an earlier attempt that is still in progress', async () => {
    const outcome = await play('keyed', [IN_PROGRESS, IN_PROGRESS, IN_PROGRESS, IN_PROGRESS, OK]);
    expect(outcome).toMatchObject({ attempts: 5, end: 200 });
  });
});

describe('A write whose outcome stays unknown', () => {
  it.each<[string, RetryClass, readonly [Step, ...Step[]]]>([
    ['a reset to the end', 'keyed', [reset]],
    ['a reset to the end', 'idempotent', [reset]],
    ['a reset, then 404', 'idempotent', [reset, json(404, {})]],
    ['one cut body', 'once', [cut(200, '{')]],
    ['a reset, then a refusal that says nothing of it', 'keyed', [reset, json(401, {})]],
  ])('says so in its error: %s', async (_name, retry, steps) => {
    expect((await play(retry, steps)).unknown).toBe(true);
  });

  it('does not include a write whose connection was never made', async () => {
    const server = await scriptedServer(OK);
    await server.close();
    const { http, waits } = testClient(server.origin);
    const request: HttpRequest = { method: 'POST', path: '/x', query: '', headers: {}, body: '{}', accept: '*/*' };
    await expect(http.send(request, sendContext('once'))).rejects.toMatchObject({ code: 'econnrefused', details: {} });
    expect(waits).toHaveLength(2);
  });
});

describe('Retry-After', () => {
  it('is waited for in seconds', async () => {
    expect((await play('read', [json(429, {}, { 'Retry-After': '3' }), OK])).waits).toEqual([3000]);
  });

  it('is read as a date', () => {
    const now = Date.parse('2026-11-22T08:00:00Z');
    expect(retryAfterMs('Sun, 22 Nov 2026 08:00:30 GMT', now)).toBe(30_000);
    expect(retryAfterMs('Sun, 22 Nov 2026 07:00:00 GMT', now)).toBe(0);
    expect(retryAfterMs('120', now)).toBe(120_000);
    for (const nonsense of [null, '', '-5', 'soon', '1e9', 'Sun, soon']) expect(retryAfterMs(nonsense, now)).toBeNull();
  });

  it('of 0 seconds counts as no Retry-After', async () => {
    const soon = { 'Retry-After': '0' };
    expect((await play('keyed', [json(429, {}, soon)])).waits).toEqual([125, 250]);
    expect((await play('read', [json(503, {}, soon)])).waits).toEqual([125, 250]);
    const stillRunning = json(409, { error: 'idempotency_in_progress' }, soon);
    const { waits } = await play('keyed', [stillRunning, stillRunning, stillRunning, OK]);
    expect(waits).toEqual([125, 250, 500]);
  });

  it('beyond the deadline ends the request at once', async () => {
    const outcome = await play('read', [json(429, {}, { 'Retry-After': '60' }), OK]);
    expect(outcome).toMatchObject({ attempts: 1, end: 429, waits: [] });
  });
});

describe('The jitter of a pause', () => {
  it('leaves between half of it and all of it', () => {
    expect(pauseBeforeRetry('read', 'lost', 1, null, () => 0)).toBe(125);
    expect(pauseBeforeRetry('read', 'lost', 2, null, () => 0.999999)).toBe(500);
  });
});
