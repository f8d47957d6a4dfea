/** One attempt: what its client gets, what the journal and the record say of it, and which key goes along. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '../../src/core/errors.ts';
import type { WriteCall, WriteSendContext } from '../../src/writes/write-record.ts';
import { callContext } from '../helpers/call-context.ts';
import { type Bench, bench, create, gate, undelivered, type Widgets, widgets } from '../helpers/ledger.ts';

let place: Bench;
let service: Widgets;
beforeEach(() => {
  place = bench();
  service = widgets();
});
afterEach(() => {
  vi.useRealTimers();
  return place.remove();
});

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

  it.each([
    [7, '7'],
    [12_345_678_901_234_567_890n, '12345678901234567890'],
    ['inv_7', 'inv_7'],
    ['x'.repeat(100), 'x'.repeat(100)],
    ['x'.repeat(101), null],
    [{ of: 7 }, null],
  ])('that fails is in the journal with the id of the record that it names: %s', async (id, expected) => {
    await attempt(service.refuse(422, 'no'), create({ create: false, args: { id } }));
    expect(place.journal().at(-1)).toMatchObject({ outcome: 'refused', id: expected });
  });

  it('after one that was done in part is not sent, and says so in the journal', async () => {
    const half = new ApiError('x', 'Half.', { hint: '', details: { status: 207, outcome: 'partly' } });
    await attempt(() => Promise.reject(half));
    expect(await attempt(service.send)).toMatchObject({ code: 'partly_done' });
    expect([service.made, place.journal().at(-1)?.outcome]).toEqual([0, 'duplicate_stopped']);
  });

  it('tells its caller how far it is until that gives up, and has some time more for the answer', async () => {
    const giveUp = new AbortController();
    const told: unknown[] = [];
    const deadline = Date.now() + 20_000;
    const caller = callContext({ deadline, signal: giveUp.signal, onProgress: (progress) => told.push(progress) });
    let delivered: unknown;
    let giveUpAt: number | undefined;
    const send: Send = async (sending) => {
      const { context } = sending;
      const written = await service.send(sending);
      context.onProgress?.({ progress: 1 });
      giveUp.abort();
      context.onProgress?.({ progress: 2 });
      delivered = context.onDelivered;
      giveUpAt = context.write?.giveUpAt;
      return written;
    };
    expect(await attempt(send, create(), { ...caller, onDelivered: () => undefined })).toMatchObject({
      code: 'cancelled',
    });
    await place.settled();
    expect([told, delivered, giveUpAt]).toEqual([[{ progress: 1 }], undefined, deadline + 5_000]);
  });

  it('is asked for no progress where its caller wants none', async () => {
    let wanted: unknown = 'not asked';
    await attempt((sending) => {
      wanted = sending.context.onProgress;
      return service.send(sending);
    });
    expect(wanted).toBeUndefined();
  });

  it('is followed for five seconds after its caller gave up, and is then cut off, with an unknown outcome', async () => {
    const giveUp = new AbortController();
    const sent = gate();
    let signal = giveUp.signal;
    const answer = attempt(
      async (sending) => {
        signal = sending.context.signal;
        await service.send(sending);
        sent.open();
        return new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new Error('cut off')));
        });
      },
      create(),
      callContext({ signal: giveUp.signal }),
    );
    await sent.passed;
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    giveUp.abort();
    expect(await answer).toMatchObject({ code: 'cancelled', details: { outcome: 'unknown' } });
    vi.advanceTimersByTime(4_999);
    expect(signal.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect(signal.aborted).toBe(true);
    await place.settled();
    expect(place.journal().at(-1)).toMatchObject({ outcome: 'unknown' });
    expect(place.records()).toHaveLength(1);
  });

  it('that ends leaves no timer of a caller that gave up', async () => {
    const giveUp = new AbortController();
    const [sent, release] = [gate(), gate()];
    const answer = attempt(
      async (sending) => {
        const written = await service.send(sending);
        sent.open();
        await release.passed;
        return written;
      },
      create(),
      callContext({ signal: giveUp.signal }),
    );
    await sent.passed;
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    giveUp.abort();
    await answer;
    const following = vi.getTimerCount();
    release.open();
    await place.settled();
    expect([following, vi.getTimerCount()]).toEqual([1, 0]);
  });
});

describe('The hint after a failed write', () => {
  it.each([
    [502, /does not remember such failures/],
    [408, /^It is not known whether .* the same idempotency key goes along\.$/],
  ])('that was answered with %i says to look first, and never that a repeat is harmless', async (status, hint) => {
    const error = new ApiError('x', 'Lost.', { hint: '', details: { status, outcome: 'unknown' } });
    const failed = Object(await attempt(() => Promise.reject(error)));
    expect(failed.hint).toMatch(hint);
    expect(failed.hint).toMatch(/Check with lucanto_list_widgets first\./);
    expect(failed.hint).not.toMatch(/cannot|twice|once, whatever/);
  });
});
