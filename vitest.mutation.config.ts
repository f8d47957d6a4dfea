import { defineConfig } from 'vitest/config';

/** The tests that StrykerJS runs for one part: those that run in this process and see what it changes (scripts/test-mutation.mjs). */
export default defineConfig({
  test: {
    include: (process.env.MUTATION_TESTS ?? 'test/writes/*.test.ts,test/confirm/*.test.ts').split(','),
    testTimeout: 30_000,
    isolate: false,
    env: { NO_COLOR: '1' },
  },
});
