// Runs the official MCP conformance suite against the built bridge: its server scenarios through an HTTP shim in front of
// stdio, its client scenarios against the remote backend, for every revision that it knows. What cannot apply, and why,
// is in test/conformance/not-applicable.json, as is what is still to be built; everything else must pass.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SUITE = '@modelcontextprotocol/conformance';
const VERSION = '0.2.0-alpha.12';
const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, '.cache', `conformance-${VERSION}`);
const results = join(folder, 'results');
const windows = process.platform === 'win32';
// The suite needs Node 22; the binary's own package needs no install script.
const carrier = `node-${windows ? 'win' : process.platform}-${process.arch}`;
const node22 = join(folder, 'node_modules', carrier, 'bin', windows ? 'node.exe' : 'node');
const suite = join(folder, 'node_modules', SUITE, 'dist', 'index.js');
const notApplicable = JSON.parse(readFileSync(join(root, 'test/conformance/not-applicable.json'), 'utf8'));
const only = process.argv[2];

function install() {
  if (existsSync(suite) && existsSync(node22)) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"private":true}\n');
  const options = ['--no-audit', '--no-fund', '--loglevel=error', '--ignore-scripts', '--prefix', folder];
  const packages = [`${SUITE}@${VERSION}`, `${carrier}@22`];
  const { status } = spawnSync('npm', ['install', ...options, ...packages], { stdio: 'inherit', shell: windows });
  if (status !== 0) process.exit(status ?? 1);
}

function run(...args) {
  return spawnSync(node22, [suite, ...args], { cwd: folder, encoding: 'utf8', timeout: 120_000 });
}

/** What the suite lists: `  - tools-list [2025-06-18,2025-11-25]`. */
function scenarios(side) {
  const { stdout } = run('list', `--${side}`);
  return [...stdout.matchAll(/^ +- (\S+) \[([^\]]+)\]/gm)].map(([, name, revisions]) => ({
    name,
    revisions: revisions.split(',').filter((revision) => /^\d{4}-/.test(revision)),
  }));
}

function reasonFor(side, name) {
  const entry = Object.entries(notApplicable[side]).find(([pattern]) =>
    pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern,
  );
  return entry?.[1] ?? null;
}

/** One scenario at one revision. @returns the ids of the checks that failed, and how many there were */
function check(side, name, revision, target) {
  rmSync(results, { recursive: true, force: true });
  const { stdout, stderr } = run(side, ...target, '--scenario', name, '--spec-version', revision, '-o', results);
  const [report] = existsSync(results) ? readdirSync(results) : [];
  const file = report === undefined ? null : join(results, report, 'checks.json');
  if (file === null || !existsSync(file)) return { failed: ['no-report'], all: 0, output: `${stdout}${stderr}` };
  const checks = JSON.parse(readFileSync(file, 'utf8'));
  const failures = checks.filter(({ status }) => status === 'FAILURE');
  return {
    failed: [...new Set(failures.map(({ id }) => id))].filter((id) => reasonFor(side, `${name}:${id}`) === null),
    all: checks.filter(({ status }) => status !== 'INFO').length,
    output: failures
      .map(({ id, errorMessage, details }) => `${id}: ${errorMessage ?? JSON.stringify(details)}`)
      .join('\n'),
  };
}

function runSide(side, target) {
  const listed = scenarios(side);
  for (const pattern of Object.keys({ ...notApplicable[side], ...notApplicable.pending[side] })) {
    const [name = ''] = pattern.split(':');
    const isKnown = listed.some((one) =>
      name.endsWith('*') ? one.name.startsWith(name.slice(0, -1)) : one.name === name,
    );
    if (!isKnown) failures.push(`${side} ${pattern}: the suite has no such scenario`);
  }
  process.stdout.write(`\n${side} scenarios of ${SUITE} ${VERSION}\n`);
  for (const { name, revisions } of listed) {
    if (only !== undefined && name !== only) continue;
    const reason = reasonFor(side, name);
    if (reason !== null) {
      process.stdout.write(`  -  ${name}: ${reason}\n`);
      continue;
    }
    for (const revision of revisions) {
      const { failed, all, output } = check(side, name, revision, target);
      const pending = notApplicable.pending[side][name];
      if (pending !== undefined) {
        process.stdout.write(`  .. ${name} ${revision}: ${pending}\n`);
        if (failed.length === 0) failures.push(`${side} ${name} ${revision} passes: it is no longer pending`);
        continue;
      }
      process.stdout.write(
        `  ${failed.length === 0 ? 'ok' : 'XX'} ${name} ${revision}: ${all} ${all === 1 ? 'check' : 'checks'}\n`,
      );
      if (failed.length === 0) continue;
      process.stdout.write(`${output.replace(/^/gm, '     ')}\n`);
      failures.push(`${side} ${name} ${revision}: ${failed.join(', ')}`);
    }
  }
}

async function startShim() {
  const shim = spawn(process.execPath, [join(root, 'test/conformance/http-shim.mjs')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const url = await new Promise((resolve, reject) => {
    shim.stdout.once('data', (chunk) => resolve(chunk.toString().trim()));
    shim.once('exit', () => reject(new Error('the HTTP shim did not start')));
  });
  return { url, stop: () => shim.stdin.end() };
}

const failures = [];
install();
const shim = await startShim();
runSide('server', ['--url', shim.url]);
shim.stop();
runSide('client', ['--command', `${process.execPath} ${join(root, 'test/conformance/bridge-client.mjs')}`]);
const summary = failures.length === 0 ? 'Everything that applies passes.' : `Failed:\n${failures.join('\n')}`;
process.stdout.write(`\n${summary}\n`);
process.exitCode = failures.length === 0 ? 0 : 1;
