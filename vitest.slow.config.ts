import { defineConfig } from 'vitest/config';
import usual from './vitest.config.ts';

/** What takes too long for every day, as part of `npm run test:slow`: long fuzz and soak runs, every size of a contract. */
export default defineConfig({ test: { ...usual.test, include: ['test/**/*.slow.test.ts'], exclude: [] } });
