import { defineConfig } from 'vitest/config';

/** What `npm run test:clients` runs. The files have a name of their own, so that `npm test` leaves them alone. */
export default defineConfig({
  test: {
    include: ['test/clients/**/*.loop.ts'],
    // One host at a time: they are large programs.
    fileParallelism: false,
    hookTimeout: 600_000,
    env: { NO_COLOR: '1' },
  },
});
