// Runs real hosts (Claude Code, Codex, Gemini CLI, GitHub Copilot CLI, Continue) through tool loops against a mock of their model's API.
// They come from the npm registry into .cache/, in the versions of test/clients/clients.json; none is a dependency.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const windows = process.platform === 'win32';
const cache = join(root, '.cache', 'clients');
const facts = join(cache, 'facts');
const table = JSON.parse(readFileSync(join(root, 'test', 'clients', 'clients.json'), 'utf8'));

/** @returns whether it is there and starts */
function install({ id, package: name, version, program, installScript }) {
  const folder = join(cache, `${id}@${version}`);
  const home = join(folder, 'node_modules', ...name.split('/'));
  const done = join(folder, '.installed');
  if (existsSync(done)) return true;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"private":true}\n');
  process.stdout.write(`Installing ${name}@${version} into .cache/clients …\n`);
  const args = ['install', '--no-audit', '--no-fund', '--loglevel=error', '--ignore-scripts', '--prefix', folder];
  const npm = spawnSync('npm', [...args, `${name}@${version}`], { cwd: root, stdio: 'inherit', shell: windows });
  // The one script that is needed puts the binary of this platform in its place.
  const own = npm.status === 0 && installScript !== null;
  const placed = own ? spawnSync(process.execPath, [installScript], { cwd: home, stdio: 'inherit' }) : npm;
  // npm does not fail where the binary of this platform, an optional package, is not to be had.
  const binary = join(folder, 'node_modules', '.bin', program);
  const env = { ...process.env, HOME: folder, USERPROFILE: folder };
  const starts = () => spawnSync(binary, ['--version'], { env, stdio: 'inherit', shell: windows }).status === 0;
  if (placed.status === 0 && starts()) {
    writeFileSync(done, '');
    return true;
  }
  rmSync(folder, { recursive: true, force: true });
  return false;
}

const missing = table.filter((client) => !install(client));
rmSync(facts, { recursive: true, force: true });

const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
const words = ['run', '--config', 'vitest.clients.config.ts', '--reporter', 'verbose', ...process.argv.slice(2)];
const { status } = spawnSync(process.execPath, [vitest, ...words], { cwd: root, stdio: 'inherit' });

const told = existsSync(facts) ? readdirSync(facts).sort() : [];
for (const file of told) process.stdout.write(`${readFileSync(join(facts, file), 'utf8')}\n`);
for (const { package: name, version } of missing) {
  process.stderr.write(
    `skipped: ${name}@${version} could not be installed or does not start; see the messages above\n`,
  );
}
if (told.length === 0) process.stderr.write('error: not one host ran\nhint: check that npm reaches its registry\n');
// On a developer's machine a host that is not to be had is told; in CI all of them must run.
const allRan = told.length === table.length || !process.env.CI;
process.exit(status === 0 && told.length > 0 && allRan ? 0 : 1);
