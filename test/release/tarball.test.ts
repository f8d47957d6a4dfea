import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runToEnd } from '../helpers/child.ts';
import { connect } from '../helpers/mcp.ts';
import { npm, ROOT } from '../helpers/npm.ts';
import { type Home, NODE, temporaryHome } from '../helpers/run.ts';

const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

const folder = mkdtempSync(join(tmpdir(), 'lucanto-tarball-'));
const tarball = join(folder, `lucanto-mcp-${version}.tgz`);
const empty = join(folder, 'empty');
const installed = join(empty, 'node_modules', 'lucanto-mcp', 'bin', 'lucanto-mcp.js');
/** Loaded into every process of the program: whoever leaves this computer is written down. */
const evidence = join(folder, 'evidence.cjs');
const seen = join(folder, 'seen.txt');

let home: Home;
let env: Record<string, string>;

beforeAll(async () => {
  home = await temporaryHome();
  env = { ...home.env, NODE_OPTIONS: `--require ${JSON.stringify(evidence)}` };
  mkdirSync(empty);
  writeFileSync(
    evidence,
    `const { appendFileSync } = require('node:fs');
const { Socket } = require('node:net');
const dns = require('node:dns');
const told = (what) => appendFileSync(${JSON.stringify(seen)}, what + '\\n');
const connect = Socket.prototype.connect;
Socket.prototype.connect = function (...args) {
  const [first, host] = Array.isArray(args[0]) ? args[0] : args;
  const to = typeof first === 'object' ? (first.path ?? first.host) : typeof first === 'number' ? host : first;
  told(to ?? 'localhost');
  return connect.apply(this, args);
};
for (const api of [dns, dns.promises]) {
  const lookup = api.lookup;
  api.lookup = function (name, ...rest) { told(name); return lookup.call(this, name, ...rest); };
}
`,
  );
  await npm(['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: ROOT, home: folder });
  await npm(['install', tarball], { cwd: empty, home: folder });
});
afterAll(async () => {
  await home.remove();
  rmSync(folder, { recursive: true, force: true });
});

const run = (command: string, args: readonly string[]) => runToEnd(command, args, { cwd: home.dir, env });

/** Where the processes so far went; forgets it. */
function contacts(): string[] {
  if (!existsSync(seen)) return [];
  const lines = readFileSync(seen, 'utf8').trim().split('\n');
  rmSync(seen);
  return [...new Set(lines)];
}

describe(`The package, installed from its tarball on Node ${NODE === process.execPath ? process.version : NODE},`, () => {
  it('is the only package in node_modules', () => {
    expect(readdirSync(join(empty, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual(['lucanto-mcp']);
  });

  it('prints its version', async () => {
    expect(await run(NODE, [installed, '--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
    expect(contacts()).toEqual([]);
  });

  it.skipIf(process.platform === 'win32')('starts by the command that npm links', async () => {
    const shim = join(empty, 'node_modules', '.bin', 'lucanto-mcp');
    expect((await run(shim, ['--version'])).stdout).toBe(`${version}\n`);
  });

  it('lists the tools of the demo, and connects to this computer only', async () => {
    const { code, stdout, stderr } = await run(NODE, [installed, 'tools', '--demo']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('lucanto_create_invoice');
    expect(contacts()).toEqual(['127.0.0.1']);
  });

  it('lists tools and calls one over stdio, and connects to this computer only', async () => {
    const session = await connect('v2 auto', { home, env, bin: installed, args: ['--demo'] });
    try {
      expect((await session.listTools()).map(({ name }) => name)).toContain('lucanto_list_workspaces');
      const answer = await session.callTool('lucanto_list_workspaces');
      expect(answer.isError).toBe(false);
      expect(answer.text).toMatch(/"name":/);
    } finally {
      await session.close();
    }
    expect(contacts()).toEqual(['127.0.0.1']);
  });

  it('runs through npx without being installed', async () => {
    const printed = await npm(['exec', '--yes', `--package=${tarball}`, '--', 'lucanto-mcp', '--version'], {
      cwd: home.dir,
      home: folder,
    });
    expect(printed).toBe(`${version}\n`);
  });
});
