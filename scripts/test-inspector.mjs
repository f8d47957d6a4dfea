// Lists the bridge's tools with the MCP Inspector's command line, which checks every schema (`--strict`).
// The Inspector and the Node it needs come from the npm registry into .cache/; neither is a dependency.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const windows = process.platform === 'win32';
const folder = join(root, '.cache', 'inspector');
const carrier = `node-${windows ? 'win' : process.platform}-${process.arch}`;
const packages = join(folder, 'node_modules');
const binary = join(packages, carrier, 'bin', windows ? 'node.exe' : 'node');
const inspector = join(packages, '@modelcontextprotocol', 'inspector');

if (!existsSync(binary) || !existsSync(inspector)) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"private":true}\n');
  const wanted = [`${carrier}@22`, '@modelcontextprotocol/inspector@2'];
  const install = ['install', '--no-audit', '--no-fund', '--loglevel=error', '--ignore-scripts', '--prefix', folder];
  const { status } = spawnSync('npm', [...install, ...wanted], { cwd: root, stdio: 'inherit', shell: windows });
  if (status !== 0) process.exit(status ?? 1);
}

const { bin } = JSON.parse(readFileSync(join(inspector, 'package.json'), 'utf8'));
const launcher = join(inspector, typeof bin === 'string' ? bin : Object.values(bin)[0]);
const bridge = [process.execPath, join(root, 'bin', 'lucanto-mcp.js'), '--demo'];
const args = [launcher, '--cli', ...bridge, '--method', 'tools/list', '--strict'];
const { status, stdout, stderr } = spawnSync(binary, args, { cwd: root, encoding: 'utf8', timeout: 120_000 });
process.stderr.write(stderr);
if (status !== 0) {
  process.stderr.write(`The Inspector ended with ${status}.\n${stdout}`);
  process.exit(1);
}
const { tools } = JSON.parse(stdout);
process.stdout.write(`MCP Inspector, tools/list --strict: ${tools.length} tools, no complaint\n`);
