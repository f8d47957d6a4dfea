/** "It was done": nothing is carried out twice, and nothing is called done that may not be. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ChaosCall, FATES, ledgerChaos } from '../helpers/ledger-chaos.ts';

/** Calls that come at the same time, and the minutes until the next ones. Few fates in a row meet each other sooner. */
const ROUNDS = fc.uniqueArray(fc.constantFrom(...FATES), { minLength: 2, maxLength: 4 }).chain((fates) => {
  const call = fc.record({
    copy: fc.nat(2),
    tool: fc.constantFrom(0, 0, 0, 1),
    fate: fc.constantFrom('ok' as const, ...fates),
    isDelivered: fc.boolean(),
    allowDuplicate: fc.constant(false),
  });
  const calls = fc.oneof({ weight: 2, arbitrary: fc.tuple(call) }, fc.array(call, { minLength: 1, maxLength: 4 }));
  return fc.array(fc.record({ calls, minutes: fc.nat(9) }), { minLength: 3, maxLength: 10 });
});
const RUNS = { numRuns: Number(process.env.PROPERTY_RUNS ?? 15), seed: Number(process.env.PROPERTY_SEED ?? 20261128) };

async function play(
  chaos: ReturnType<typeof ledgerChaos>,
  rounds: readonly { calls: readonly ChaosCall[]; minutes: number }[],
) {
  for (const { calls, minutes } of rounds) {
    await Promise.all(calls.map((call) => chaos.call(call)));
    chaos.wait(minutes * 60_000);
  }
}

describe('Whatever is lost, refused, crashes or comes at the same time, a create of the same arguments', () => {
  it.each(['keyed', 'once'] as const)(
    'is carried out once at most within a day (%s)',
    { timeout: 240_000 },
    async (kind) => {
      await fc.assert(
        fc.asyncProperty(ROUNDS, async (rounds) => {
          const chaos = ledgerChaos(kind);
          try {
            await play(chaos, rounds);
            for (const times of chaos.made()) expect(times).toBe(1);
          } finally {
            await chaos.remove();
          }
        }),
        RUNS,
      );
    },
  );

  it('is carried out exactly once when it is repeated until the service answers', { timeout: 240_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(ROUNDS, async (rounds) => {
        const chaos = ledgerChaos('keyed');
        try {
          await play(chaos, rounds);
          for (const tool of [0, 1]) {
            const last = { copy: 0, tool, fate: 'ok', isDelivered: true, allowDuplicate: false } as const;
            expect(['done', 'duplicate']).toContain(await chaos.call(last));
          }
          expect(chaos.made()).toEqual([1, 1]);
        } finally {
          await chaos.remove();
        }
      }),
      RUNS,
    );
  });

  it('is carried out once more at most for each allowed duplicate', { timeout: 240_000 }, async () => {
    const calls = ROUNDS.map((rounds) =>
      rounds.map((round, at) => ({
        ...round,
        calls: round.calls.map((call, index) => ({ ...call, tool: 0, allowDuplicate: (at + index) % 3 === 0 })),
      })),
    );
    await fc.assert(
      fc.asyncProperty(calls, fc.constantFrom('keyed' as const, 'once' as const), async (rounds, kind) => {
        const chaos = ledgerChaos(kind);
        try {
          await play(chaos, rounds);
          const allowed = rounds.flatMap((round) => round.calls).filter(({ allowDuplicate }) => allowDuplicate).length;
          for (const times of chaos.made()) expect(times).toBeLessThanOrEqual(1 + allowed);
        } finally {
          await chaos.remove();
        }
      }),
      RUNS,
    );
  });
});
