// Makes lucanto-mcp-<version>.mcpb, which Claude Desktop installs with a double click. `--out <folder>`: where to.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { fixTimes } from './bundle/fixed-times.mjs';
import { drawIcon } from './bundle/icon.mjs';
import { manifestOf } from './bundle/manifest.mjs';
import { loadSettings } from './bundle/settings.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { out } = parseArgs({ options: { out: { type: 'string', default: root } } }).values;
const require = createRequire(import.meta.url);
const packageJson = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

function node(script, ...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], { cwd: root, encoding: 'utf8' });
  if (status !== 0) {
    process.stderr.write(`${stdout}${stderr}error: ${script} failed\nhint: its message is above\n`);
    process.exit(1);
  }
}

/** Its whole contents: what runs, what it is, what it may be used for. */
function stage(folder, settings) {
  const json = (name, value) => writeFileSync(join(folder, name), `${JSON.stringify(value, null, 2)}\n`);
  json('manifest.json', manifestOf(packageJson, settings));
  // Node reads from it that dist/ holds modules.
  json('package.json', { name: packageJson.name, version: packageJson.version, type: packageJson.type });
  writeFileSync(join(folder, 'icon.png'), drawIcon());
  for (const name of ['LICENSE', 'README.md']) copyFileSync(join(root, name), join(folder, name));
  mkdirSync(join(folder, 'bin'));
  for (const name of readdirSync(join(root, 'bin'))) copyFileSync(join(root, 'bin', name), join(folder, 'bin', name));
  // Not a copy of dist/, which another build may be emptying at this moment.
  node(join(dirname(require.resolve('tsup')), 'cli-default.js'), '--silent', '--outDir', join(folder, 'dist'));
  // The packer keeps modes, which depend on the umask.
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) chmodSync(join(entry.parentPath, entry.name), 0o644);
  }
}

const staging = mkdtempSync(join(tmpdir(), 'lucanto-bundle-'));
try {
  stage(staging, await loadSettings());
  const file = resolve(out, `${packageJson.name}-${packageJson.version}.mcpb`);
  const mcpb = join(dirname(require.resolve('@anthropic-ai/mcpb')), 'cli', 'cli.js');
  node(mcpb, 'validate', join(staging, 'manifest.json'));
  node(mcpb, 'pack', staging, file);
  const archive = readFileSync(file);
  const entries = fixTimes(archive);
  writeFileSync(file, archive);
  const sha256 = createHash('sha256').update(archive).digest('hex');
  process.stdout.write(`${file}\n${Math.ceil(archive.length / 1024)} kB, ${entries} files, sha256 ${sha256}\n`);
} finally {
  rmSync(staging, { recursive: true, force: true });
}
