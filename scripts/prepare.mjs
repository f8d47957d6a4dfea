// Makes a fresh clone ready: installs what is missing, then builds. Needs only Node and npm.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const stampFile = `${root}/node_modules/.prepared`;
const stamp = createHash('sha256')
  .update(readFileSync(`${root}/package-lock.json`))
  .digest('hex');

function prepared() {
  try {
    return readFileSync(stampFile, 'utf8') === stamp;
  } catch {
    return false;
  }
}

function npm(...args) {
  // npm is a .cmd file on Windows, which only a shell starts.
  const { status } = spawnSync('npm', args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (status !== 0) {
    process.stderr.write(
      `error: npm ${args.join(' ')} failed\nhint: read npm's message above, then run the same command again\n`,
    );
    process.exit(status ?? 1);
  }
}

if (!prepared()) {
  // Not `npm ci`: it refuses a lock file that was made where not every platform's optional packages were to be had.
  npm('install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error');
  writeFileSync(stampFile, stamp);
}
npm('run', '--silent', 'build');
