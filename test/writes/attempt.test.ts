/** One attempt: what its client gets, what the journal and the record say of it, and which key goes along. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WriteCall, WriteSendContext } from '../../src/writes/write-record.ts';
import { callContext } from '../helpers/call-context.ts';
import { type Bench, bench, create, undelivered, type Widgets, widgets } from '../helpers/ledger.ts';

let place: Bench;
let service: Widgets;
beforeEach(() => {
  place = bench();
  service = widgets();
});
afterEach(() => place.remove());

type Send = (sending: WriteSendContext) => ReturnType<Widgets['send']>;
async function attempt(send: Send, call: WriteCall = create(), context = callContext()): Promise<unknown> {
  try {
    return (await place.open().run(call, context, send)).content;
  } catch (error) {
    return error;
  }
}
const NOTE = /had not arrived yet/;

describe('An attempt', () => {
  it('that a remote tool refuses gives the refusal, and nothing is remembered', async () => {
    const remote = create({ kind: 'once', route: 'remote' });
    const content = [{ type: 'text', text: 'No.' }];
    const refused: Send = async (sending) => ({ ...(await service.send(sending)), refused: true, result: { content } });
    expect(await attempt(refused, remote)).toEqual(content);
    expect(place.records()).toEqual([]);
    expect(place.journal().map(({ outcome }) => outcome)).toEqual(['started', 'refused']);
    expect(await attempt(service.send, remote)).toHaveLength(1);
  });

  it('adds a note only where a duplicate was allowed and an earlier one was repeated in its place', async () => {
    const allowed = () => callContext({ allowDuplicate: true });
    expect(await attempt(service.send, create(), allowed())).toHaveLength(1);
    const lost = create({ args: { n: 1 } });
    await attempt(service.sendAndLose, lost);
    expect(await attempt(service.send, lost)).toHaveLength(1);
    const other = create({ args: { n: 2 } });
    await attempt(service.sendAndLose, other);
    expect(await attempt(service.send, other, allowed())).toEqual([
      expect.anything(),
      { type: 'text', text: expect.stringMatching(NOTE) },
    ]);
  });

  it.each([
    ['keyed', 'unknown', 1],
    ['idempotent', 'refused', 0],
  ] as const)('of kind %s that is repeated and answered with 404 is %s', async (kind, outcome, records) => {
    const call = create({ kind });
    await attempt(service.sendAndLose, call);
    await attempt(service.refuse(404, 'not_found'), call);
    expect(place.journal().at(-1)).toMatchObject({ outcome, status: 404, requestId: 'req-r', id: null, number: null });
    expect(place.records()).toHaveLength(records);
  });

  it.each([
    [429, 'rate_limited', 'throttled'],
    [409, 'idempotency_key_conflict', 'conflict'],
  ])('that is answered with %i %s is a refusal in the journal', async (status, code, state) => {
    await attempt(service.refuse(status, code));
    const record = JSON.parse(readFileSync(join(place.folder, 'open', place.records()[0] ?? ''), 'utf8'));
    expect(record).toMatchObject({ state, delivered: null, answer: null });
    expect(place.journal().at(-1)).toMatchObject({ outcome: 'refused', status, requestId: 'req-r' });
  });

  it('without an answer leaves a line without one', async () => {
    await attempt(() => Promise.reject(new Error('defect')));
    expect(place.journal().at(-1)).toMatchObject({ outcome: 'not_sent', status: null, requestId: null });
  });

  it('after one that was throttled is a first one, under the same key', async () => {
    await attempt(service.refuse(429, 'rate_limited'));
    const earlier: (string | null)[] = [];
    const send: Send = (sending) => {
      earlier.push(sending.earlier);
      return service.send(sending);
    };
    expect(await attempt(send)).toHaveLength(1);
    expect(earlier).toEqual([null]);
    expect(new Set(service.keys).size).toBe(1);
  });

  it('is in the journal by the beginning of its fingerprint, and locked until after its deadline', async () => {
    let lock = { until: 0 };
    const deadline = Date.now() + 20_000;
    const send: Send = (sending) => {
      const name = readdirSync(join(place.folder, 'open')).find((one) => one.endsWith('.lock'));
      lock = JSON.parse(readFileSync(join(place.folder, 'open', name ?? ''), 'utf8'));
      return service.send(sending);
    };
    await attempt(send, create(), callContext({ deadline }));
    expect(lock.until).toBe(deadline + 10_000);
    const [print] = place.records()[0]?.split('.') ?? [];
    expect(place.journal().map(({ fingerprint }) => fingerprint)).toEqual([print?.slice(0, 16), print?.slice(0, 16)]);
  });

  it('that fails again leaves the record of one that is done as it was', async () => {
    await attempt(service.send, create(), undelivered().context);
    const path = join(place.folder, 'open', place.records()[0] ?? '');
    const before = readFileSync(path, 'utf8');
    for (const fail of [service.sendAndLose, service.refuse(422, 'no'), service.refuse(429, 'rate_limited')])
      await attempt(fail);
    expect(readFileSync(path, 'utf8')).toBe(before);
  });
});

describe('The hint after a failed write', () => {
  it.each([
    [502, /does not remember such failures/],
    [408, /^It is not known whether .* the same idempotency key goes along\.$/],
  ])('that was answered with %i says to look first, and never that a repeat is harmless', async (status, hint) => {
    const { ApiError } = await import('../../src/core/errors.ts');
    const error = new ApiError('x', 'Lost.', { hint: '', details: { status, outcome: 'unknown' } });
    const failed = Object(await attempt(() => Promise.reject(error)));
    expect(failed.hint).toMatch(hint);
    expect(failed.hint).toMatch(/Check with lucanto_list_widgets first\./);
    expect(failed.hint).not.toMatch(/cannot|twice|once, whatever/);
  });
});
