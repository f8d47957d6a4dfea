import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { withOwnFetch } from './scripts/own-fetch.ts';
import { ClosingLines } from './test/closing-lines.ts';

export default defineConfig({
  // As in the built program.
  plugins: [{ name: 'own-fetch', transform: (text, id) => withOwnFetch(id, text) }],
  test: {
    server: { deps: { inline: ['ky'] } },
    include: ['test/**/*.test.ts'],
    // What takes long is for vitest.slow.config.ts; the other Nodes of `npm run test:nodes` get it too.
    exclude: process.env.LUCANTO_TEST_NODE === undefined ? ['test/**/*.slow.test.ts'] : [],
    // Child processes and real sockets: generous, since no test asserts how fast something is.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // A second, the default, is not enough for a child process on a loaded machine.
    expect: { poll: { timeout: 20_000 } },
    // More than there are cores: the tests wait about half of their time, for a person's pace, a time limit or a retry.
    maxWorkers: availableParallelism() + 3,
    // No test changes what others see of the process; each file in a process of its own takes half a second more.
    isolate: false,
    reporters: ['default', new ClosingLines()],
    // Inherited variables must not decide what is tested.
    env: { NO_COLOR: '1' },
  },
});
