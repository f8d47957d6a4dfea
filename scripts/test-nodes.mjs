// Runs the end-to-end tests, against the built bridge and against the package as installed, under other Node versions,
// and the launcher under those that are too old: from the npm registry into .cache/. Under one of them the server does
// without its ready answers, so that each of these tests runs once with and once without them.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const asked = process.argv.slice(2);
const [current] = process.versions.node.split('.');
// Those that are supported, but for the one that `npm test` runs on; then some that are not.
const supported = asked.length > 0 ? asked : ['20', '22', '24'].filter((version) => version !== current);
const tooOld = asked.length > 0 ? [] : ['10', '18'];
const windows = process.platform === 'win32';
// The binary's own package: unlike the `node` package it needs no install script.
const carrier = `node-${windows ? 'win' : process.platform}-${process.arch}`;

function run(command, args, options = {}) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit', shell: windows, ...options });
  if (status !== 0) process.exit(status ?? 1);
}

function installed(version) {
  const folder = join(root, '.cache', `node-${version}`);
  const binary = join(folder, 'node_modules', carrier, 'bin', windows ? 'node.exe' : 'node');
  if (!existsSync(binary)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{"private":true}\n');
    const install = ['install', '--no-audit', '--no-fund', '--loglevel=error', '--ignore-scripts', '--prefix', folder];
    run('npm', [...install, `${carrier}@${version}`]);
  }
  return binary;
}

function test(about, binary, env, ...paths) {
  const { stdout } = spawnSync(binary, ['--version'], { encoding: 'utf8' });
  process.stdout.write(`\n${about} with Node ${stdout}`);
  run('npx', ['vitest', 'run', ...paths], { env: { ...process.env, ...env } });
}

/** How a test starts the server: by a client of test/helpers, as a command, or by itself. */
const STARTS =
  /\/helpers\/(?:mcp|asking|rpc-bridge|soak|one-other)\.ts'|'serve'|(?:spawn\(|runToEnd\(|command: )NODE\b/;

/** Other commands, and what runs in the test's own process, never meet the ready answers. */
function startsServer(path) {
  return (
    path.endsWith('.test.ts') && !path.endsWith('.slow.test.ts') && STARTS.test(readFileSync(join(root, path), 'utf8'))
  );
}

const END_TO_END = 'test/e2e';
const INSTALLED = 'test/release/tarball.test.ts';

for (const [index, version] of supported.entries()) {
  const binary = installed(version);
  const env = { LUCANTO_TEST_NODE: binary };
  if (asked.length > 0 || index > 0) {
    test('End-to-end tests', binary, env, END_TO_END, INSTALLED);
    continue;
  }
  const promises = readdirSync(join(root, 'test/promises')).map((name) => `test/promises/${name}`);
  const others = ['test/faults/endings.slow.test.ts', ...promises.filter(startsServer)];
  test('End-to-end tests without ready answers', binary, { ...env, LUCANTO_NO_FRONT: '1' }, END_TO_END, ...others);
  test('Ready answers', binary, env, 'test/front', INSTALLED);
}
// There never were builds of the old ones for other processors.
for (const version of process.arch === 'x64' ? tooOld : []) {
  const binary = installed(version);
  test('The launcher', binary, { LUCANTO_TEST_OLD_NODE: binary }, 'test/cli/launcher.test.ts');
}
