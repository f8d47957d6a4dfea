/** Sends counted by the day: never more than the limit, whatever copies do at once, and whatever becomes of each. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toLucantoError } from '../../src/core/errors.ts';
import type { Ledger, LedgerDeps } from '../../src/writes/ledger.ts';
import type { WriteCall, WriteSendContext } from '../../src/writes/write-record.ts';
import { callContext } from '../helpers/call-context.ts';
import { type Bench, bench, create, type Widgets, widgets } from '../helpers/ledger.ts';

let own: Bench;
let service: Widgets;

beforeEach(() => {
  own = bench();
  service = widgets();
});
afterEach(() => own.remove());

const DAY = '2026-11-28';
const limited = (most: number | null, day = () => DAY): Partial<LedgerDeps> => ({ sendLimit: { most, day } });

type Send = (sending: WriteSendContext) => ReturnType<Widgets['send']>;

/** `done`, or the code of the error. */
async function sent(ledger: Ledger, name: string, send: Send = service.send, sends = 1): Promise<string> {
  const call = create({ tool: 'lucanto_send_widget', create: false, args: { name } });
  try {
    await ledger.run(call, callContext({ sends }), send);
    return 'done';
  } catch (error) {
    return toLucantoError(error).code;
  }
}

describe('Sends with a limit', () => {
  it('are refused beyond it before anything is sent, also by another copy, with what is left', async () => {
    expect(await sent(own.open(limited(2)), 'a')).toBe('done');
    expect(await sent(own.open(limited(2)), 'b')).toBe('done');
    const call = create({ args: { name: 'c' } });
    await expect(own.open(limited(2)).run(call, callContext({ sends: 1 }), service.send)).rejects.toMatchObject({
      code: 'limit_reached',
      message: expect.stringContaining('at most 2 sends a day are allowed; today (2026-11-28) 2 used, 0 left'),
      details: { more: { limit: 'sends=2/day', used: 2, left: 0, day: DAY } },
    });
    expect(service.made).toBe(2);
    expect(own.records()).toHaveLength(2);
  });

  it('begin anew with the next day, and a day that comes back is still full', async () => {
    let day = DAY;
    const ledger = own.open(limited(1, () => day));
    expect(await sent(ledger, 'a')).toBe('done');
    expect(await sent(ledger, 'b')).toBe('limit_reached');
    day = '2026-11-29';
    expect(await sent(ledger, 'b')).toBe('done');
    day = DAY;
    expect(await sent(ledger, 'c')).toBe('limit_reached');
  });

  it('count where the outcome is unknown, once for the same call, and not where nothing was sent', async () => {
    const ledger = own.open(limited(2));
    expect(await sent(ledger, 'a', service.refuse(422, 'invalid'))).toBe('invalid');
    expect(await sent(ledger, 'a', service.refuse(429, 'rate_limited'))).toBe('rate_limited');
    expect(await sent(ledger, 'b', service.sendAndLose)).toBe('http_502');
    expect(await sent(ledger, 'b', service.sendAndLose)).toBe('http_502');
    expect(await sent(ledger, 'b', service.send)).toBe('done');
    expect(await sent(ledger, 'c')).toBe('done');
    expect(await sent(ledger, 'd')).toBe('limit_reached');
    expect(service.made).toBe(2);
  });

  it('count where the process is gone before the answer', async () => {
    let isUnderWay: () => void = () => undefined;
    const underWay = new Promise<void>((resolve) => {
      isUnderWay = resolve;
    });
    void sent(own.abandoned(), 'a', () => {
      isUnderWay();
      return new Promise(() => undefined);
    }).catch(() => undefined);
    await underWay;
    expect(await sent(own.open(limited(1)), 'b')).toBe('limit_reached');
  });

  it('of several records in one call count each', async () => {
    const ledger = own.open(limited(3));
    expect(await sent(ledger, 'a', service.send, 2)).toBe('done');
    expect(await sent(ledger, 'b', service.send, 2)).toBe('limit_reached');
    expect(await sent(ledger, 'c', service.send, 1)).toBe('done');
  });

  it('count without a limit as well, for a copy that has one', async () => {
    expect(await sent(own.open(), 'a')).toBe('done');
    expect(await sent(own.open(limited(1)), 'b')).toBe('limit_reached');
  });

  it('of writes without a key count each, also of the same call', async () => {
    const ledger = own.open(limited(2));
    const send = (args: WriteCall['args']) => {
      const call = create({ kind: 'once', route: 'remote', create: false, args });
      return ledger.run(call, callContext({ sends: 1 }), service.send);
    };
    for (const name of ['a', 'a']) await send({ name });
    await expect(send({ name: 'b' })).rejects.toMatchObject({ code: 'limit_reached' });
    expect(service.made).toBe(2);
  });

  it('of no write are limited that sends nothing', async () => {
    expect(await sent(own.open(limited(0)), 'a', service.send, 0)).toBe('done');
  });

  it('never exceed it, in whatever order copies come, with whatever outcome', async () => {
    const outcomes = fc.constantFrom('done', 'lost', 'refused', 'slow');
    const calls = fc.array(fc.record({ copy: fc.nat(3), name: fc.nat(7), outcome: outcomes, wait: fc.nat(3) }), {
      minLength: 1,
      maxLength: 14,
    });
    await fc.assert(
      fc.asyncProperty(fc.nat(4), calls, async (most, plan) => {
        const scene = bench();
        try {
          const copies = [0, 1, 2, 3].map(() => scene.open(limited(most)));
          const { keys, send, sendAndLose, refuse } = widgets();
          const made = new Set<string | null>();
          const outcomeOf = (outcome: string): Send => {
            if (outcome === 'refused') return refuse(422, 'invalid');
            return async (sending) => {
              if (outcome === 'slow') await new Promise((resolve) => setTimeout(resolve, 3));
              made.add(sending.key);
              return outcome === 'lost' ? sendAndLose(sending) : send(sending);
            };
          };
          const ended = await Promise.all(
            plan.map(async ({ copy, name, outcome, wait }) => {
              await new Promise((resolve) => setTimeout(resolve, wait));
              const ledger = copies[copy];
              return ledger === undefined ? '' : sent(ledger, String(name), outcomeOf(outcome));
            }),
          );
          expect(made.size).toBeLessThanOrEqual(most);
          // What is refused was refused for a reason: as many were used.
          if (ended.includes('limit_reached')) expect(keys.length).toBeGreaterThanOrEqual(0);
          if (!plan.some(({ outcome }) => outcome === 'refused')) {
            const different = new Set(plan.map(({ name }) => name)).size;
            expect(made.size).toBeGreaterThanOrEqual(Math.min(most, different));
          }
        } finally {
          await scene.remove();
        }
      }),
      { numRuns: Number(process.env.PROPERTY_RUNS ?? 25) },
    );
  });
});
