// Runs the end-to-end tests against the built bridge under other Node versions, from the npm registry into .cache/.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const versions = process.argv.slice(2).length > 0 ? process.argv.slice(2) : ['22', '24'];
const windows = process.platform === 'win32';
// The binary's own package: unlike the `node` package it needs no install script.
const carrier = `node-${windows ? 'win' : process.platform}-${process.arch}`;

function run(command, args, options = {}) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit', shell: windows, ...options });
  if (status !== 0) process.exit(status ?? 1);
}

for (const version of versions) {
  const folder = join(root, '.cache', `node-${version}`);
  const binary = join(folder, 'node_modules', carrier, 'bin', windows ? 'node.exe' : 'node');
  if (!existsSync(binary)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{"private":true}\n');
    run('npm', ['install', '--prefix', folder, '--no-audit', '--no-fund', '--loglevel=error', `${carrier}@${version}`]);
  }
  const { stdout } = spawnSync(binary, ['--version'], { encoding: 'utf8' });
  process.stdout.write(`\nEnd-to-end tests with Node ${stdout}`);
  run('npx', ['vitest', 'run', 'test/e2e'], { env: { ...process.env, LUCANTO_TEST_NODE: binary } });
}
