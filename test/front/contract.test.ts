/** What a start costs before the list is answered: which modules, how many bytes, and nothing of the program itself. */
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDemo } from '../../src/demo/demo-server.ts';
import { runToEnd } from '../helpers/child.ts';
import { HANDSHAKE } from '../helpers/mcp.ts';
import { ROOT } from '../helpers/npm.ts';
import { type Home, NODE, temporaryHome } from '../helpers/run.ts';

const FILES = ['package.json', 'bin/package.json', 'bin/lucanto-mcp.js', 'dist/front.cjs', 'dist/ready.txt'];
const LISTS = ['tools/list', 'prompts/list', 'resources/list', 'resources/templates/list'];

/** The program with everything taken away that may not be needed. */
const folder = mkdtempSync(join(tmpdir(), 'lucanto-front-'));
let home: Home;

beforeAll(async () => {
  home = await temporaryHome();
  for (const file of FILES) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    copyFileSync(join(ROOT, file), join(folder, file));
  }
  writeFileSync(
    join(folder, 'report.cjs'),
    `process.on('exit', () => process.stderr.write(JSON.stringify({
      internal: process.moduleLoadList,
      files: Object.keys(require.cache),
    })));`,
  );
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await home.remove();
});

async function started(args: readonly string[]) {
  const lists = LISTS.map((method) => JSON.stringify({ jsonrpc: '2.0', id: method, method }));
  return runToEnd(
    NODE,
    ['--require', join(folder, 'report.cjs'), join(folder, 'bin/lucanto-mcp.js'), ...args],
    { cwd: home.dir, env: home.env },
    `${[...HANDSHAKE, ...lists].join('\n')}\n`,
  );
}

describe.each([
  ['without a token', []],
  ['with --read-only', ['serve', '--read-only']],
  ['with --demo', ['--demo']],
])('a start %s', (_how, args) => {
  it('answers every opening message from two files, with nothing of the program at hand', async () => {
    const { stdout, stderr, code } = await started(args);
    expect(code).toBe(0);
    expect(stdout.trim().split('\n')).toHaveLength(1 + LISTS.length);
    for (const method of LISTS) expect(stdout).toContain(`"id":"${method}"`);
    const { files } = JSON.parse(stderr);
    expect(files.filter((file: string) => !file.endsWith('report.cjs')).toSorted()).toEqual(
      ['bin/lucanto-mcp.js', 'dist/front.cjs'].map((file) => join(folder, file)),
    );
  });

  it('touches nothing of fetch, HTTP, TLS or Intl', async () => {
    const { internal } = JSON.parse((await started(args)).stderr);
    const heavy = /undici|NativeModule (http|https|http2|tls|_http|zlib|worker_threads|child_process|inspector)/;
    expect(internal.filter((name: string) => heavy.test(name))).toEqual([]);
    // The list of currencies is asked for only where --limit names one.
    expect(readFileSync(join(ROOT, 'dist/front.cjs'), 'utf8')).not.toMatch(
      /localeCompare|Intl\.(?!supportedValuesOf)|\bfetch\(|zod/,
    );
  });
});

it("a call over HTTP loads nothing of Node's fetch and of HTTP/2", async () => {
  const demo = await startDemo({ port: 0, generation: 'workspaces', clock: Date.now });
  const { stdout, stderr } = await runToEnd(
    NODE,
    ['--require', join(folder, 'report.cjs'), join(ROOT, 'bin/lucanto-mcp.js'), 'call', 'lucanto_list_workspaces'],
    { cwd: home.dir, env: { ...home.env, LUCANTO_URL: demo.url, LUCANTO_TOKEN: demo.tokens.manage } },
  );
  await demo.close();
  expect(stdout).toContain('"id":42');
  const { internal } = JSON.parse(stderr);
  expect(internal).toContain('NativeModule http');
  expect(internal.filter((name: string) => /undici|http2/.test(name))).toEqual([]);
});

it('the entry is small', () => {
  expect(statSync(join(ROOT, 'dist/front.cjs')).size).toBeLessThan(35_500);
});

it('the answers of a first start hold nothing of the computer that built them', () => {
  const text = readFileSync(join(ROOT, 'dist/ready.txt'), 'utf8');
  expect(text).not.toContain('nonexistent');
  expect(text).not.toContain(home.dir);
  expect(text).not.toContain('rehearsal');
  expect(text.length).toBeLessThan(160_000);
});
