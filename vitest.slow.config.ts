import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import usual from './vitest.config.ts';

/** What takes too long for every day, as part of `npm run test:slow`: long fuzz runs, faults of services and networks, large services. */
export default defineConfig({
  ...usual,
  test: {
    ...usual.test,
    include: ['test/**/*.slow.test.ts'],
    exclude: [],
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // These keep a core busy most of the time.
    maxWorkers: availableParallelism() + 1,
  },
});
