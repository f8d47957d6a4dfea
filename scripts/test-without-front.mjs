// Runs the end-to-end tests once more with the server alone: whatever begins with ready answers must do without them.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const { status } = spawnSync('npx', ['vitest', 'run', 'test/e2e', 'test/faults/endings.test.ts', 'test/promises'], {
  cwd: fileURLToPath(new URL('..', import.meta.url)),
  env: { ...process.env, LUCANTO_NO_FRONT: '1' },
  stdio: 'inherit',
  shell: process.platform === 'win32',
});
process.exit(status ?? 1);
