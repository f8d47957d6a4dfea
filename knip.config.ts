/** What `npm run knip` looks at: files, exports and dependencies that nothing uses. */
import type { KnipConfig } from 'knip';

export default {
  // The second's name keeps its files out of `npm test`, and so out of knip's sight.
  vitest: { config: ['vitest.config.ts', 'vitest.clients.config.ts'] },
  // Copied into a bridge; built and started by scripts/soak.mjs.
  entry: ['test/clients/tap.cjs', 'test/helpers/soak.ts'],
  // Programs of the system: tests that need one are skipped where it is missing.
  ignoreBinaries: ['pdftotext', 'script', 'mkfifo'],
  // Shown without failing until the files of src have found their places.
  rules: { exports: 'warn', types: 'warn' },
} satisfies KnipConfig;
