// Makes a fresh clone ready: installs exactly what the lock file names, unless that is done already, then builds.
// Needs only Node and npm.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstatSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const packages = `${root}/node_modules`;
const stampFile = `${packages}/.prepared`;
const stamp = createHash('sha256')
  .update(readFileSync(`${root}/package-lock.json`))
  .digest('hex');

function prepared() {
  try {
    // A link, as into the folder of another worktree: `npm ci` would empty what it leads to.
    if (lstatSync(packages).isSymbolicLink()) return true;
    return readFileSync(stampFile, 'utf8') === stamp;
  } catch {
    return false;
  }
}

function npm(args, problem, hint) {
  // npm is a .cmd file on Windows, which only a shell starts.
  const { status } = spawnSync('npm', args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (status !== 0) {
    process.stderr.write(`error: ${problem} (npm ${args.join(' ')})\nhint: ${hint}\n`);
    process.exit(status ?? 1);
  }
}

if (!prepared()) {
  process.stderr.write('Installing the dependencies that package-lock.json names …\n');
  // No dependency needs its install script: esbuild's only puts its program into another place.
  npm(
    ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
    'The dependencies could not be installed.',
    "Check that this computer reaches npm's registry (npm's own message is above), then run the same command again.",
  );
  writeFileSync(stampFile, stamp);
}
npm(
  ['run', '--silent', 'build', '--', '--silent'],
  'The program could not be built.',
  'Fix what the compiler reports above. If it misses a package, delete node_modules and run the same command again.',
);
