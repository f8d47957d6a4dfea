// Runs every end-to-end test that starts the server once more, with the server alone: whatever begins with ready answers
// must do without them. Other commands, and what runs in the test's own process, never meet them.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
/** How a test starts the server: by a client of test/helpers, as a command, or by itself. */
const STARTS =
  /\/helpers\/(?:mcp|asking|rpc-bridge|soak|one-other)\.ts'|'serve'|(?:spawn\(|runToEnd\(|command: )NODE\b/;

const tests = ['test/e2e', 'test/promises']
  .flatMap((folder) => readdirSync(`${root}/${folder}`).map((name) => `${folder}/${name}`))
  .filter((path) => path.endsWith('.test.ts') && !path.endsWith('.slow.test.ts'))
  .filter((path) => STARTS.test(readFileSync(`${root}/${path}`, 'utf8')));
const { status } = spawnSync('npx', ['vitest', 'run', 'test/faults/endings.test.ts', ...tests], {
  cwd: root,
  env: { ...process.env, LUCANTO_NO_FRONT: '1' },
  stdio: 'inherit',
  shell: process.platform === 'win32',
});
process.exit(status ?? 1);
