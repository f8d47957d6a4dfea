import { defineConfig } from 'vitest/config';
import { ClosingLine } from './test/closing-line.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Child processes and real sockets: generous, since no test asserts how fast something is.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    reporters: ['default', new ClosingLine()],
    // Inherited variables must not decide what is tested.
    env: { NO_COLOR: '1' },
  },
});
