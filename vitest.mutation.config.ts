import { defineConfig } from 'vitest/config';

/** The tests that run in this process and see what StrykerJS changes; those of the built program do not. */
export default defineConfig({
  test: {
    include: [
      'test/writes/*.test.ts',
      'test/confirm/*.test.ts',
      'test/unit/**/*.test.ts',
      'test/promises/strangers-patterns.test.ts',
    ],
    testTimeout: 30_000,
    isolate: false,
    env: { NO_COLOR: '1' },
  },
});
