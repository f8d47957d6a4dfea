/** The short version of `npm run soak`. */
import { expect, it } from 'vitest';
import { soak, summary } from '../helpers/soak.ts';

/** Of this run; `LUCANTO_TEST_SEED` repeats another, as far as chance allows with processes of their own. */
const SEED = Number(process.env.LUCANTO_TEST_SEED ?? Date.now() % 1_000_000);

it('creates exactly what several clients asked for, through faults and kills', { timeout: 120_000 }, async () => {
  const report = await soak({ seed: SEED, creates: 60, clients: 8, copies: 4 });
  process.stdout.write(`${summary(report)}\n`);
  const { duplicates, lost, unanswered, wrong, conflictingEntries } = report;
  expect({ duplicates, lost, unanswered, wrong, conflictingEntries }, summary(report)).toEqual({
    duplicates: 0,
    lost: 0,
    unanswered: 0,
    wrong: [],
    conflictingEntries: [],
  });
  expect(report.kills).toBeGreaterThan(0);
  expect(Object.keys(report.faults).length).toBeGreaterThan(5);
});
