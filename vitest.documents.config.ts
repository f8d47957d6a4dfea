import { defineConfig } from 'vitest/config';
import usual from './vitest.config.ts';

/** `scripts/test-documents.mjs` installs the mock server that judges the requests, then runs this. */
export default defineConfig({
  test: {
    ...usual.test,
    include: ['test/documents/*.judge.ts'],
    exclude: [],
    testTimeout: 180_000,
    hookTimeout: 60_000,
  },
});
