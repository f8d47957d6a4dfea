// Calls every tool of the documents in test/documents twice, and lets a mock server that others wrote judge each request.
// It comes from the npm registry into .cache/: with 180 packages it is too large for the lock file.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const VERSION = '5.14.2';
const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, '.cache', `prism-${VERSION}`);
const tables = join(root, '.cache', 'documents');
const windows = process.platform === 'win32';

if (!existsSync(join(folder, 'node_modules', '@stoplight', 'prism-cli'))) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"private":true}\n');
  const options = ['--no-audit', '--no-fund', '--loglevel=error', '--ignore-scripts', '--prefix', folder];
  const { status } = spawnSync('npm', ['install', ...options, `@stoplight/prism-cli@${VERSION}`], {
    stdio: 'inherit',
    shell: windows,
  });
  if (status !== 0) process.exit(status ?? 1);
}

rmSync(tables, { recursive: true, force: true });
mkdirSync(tables, { recursive: true });
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
const env = { ...process.env, LUCANTO_TEST_PRISM: folder, LUCANTO_TEST_TABLES: tables };
const words = ['run', '--config', 'vitest.documents.config.ts', ...process.argv.slice(2)];
const { status } = spawnSync(process.execPath, [vitest, ...words], { cwd: root, stdio: 'inherit', env });

const rows = readdirSync(tables)
  .filter((file) => file.endsWith('.json'))
  .map((file) => JSON.parse(readFileSync(join(tables, file), 'utf8')));
const columns = ['document', 'operations', 'tools', 'no tool', 'sent', 'valid', 'refused before sending'];
process.stdout.write(`${columns.join(' | ')}\n`);
for (const row of rows) process.stdout.write(`${columns.map((column) => row[column]).join(' | ')}\n`);
for (const { document, reasons } of rows) {
  for (const [reason, count] of Object.entries(reasons)) process.stdout.write(`${document}: ${count} × ${reason}\n`);
}
process.exit(status ?? 1);
