import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'acorn';
import { describe, expect, it } from 'vitest';

/** A Node that is too old: `npm run test:nodes` brings some. */
const OLD_NODE = process.env.LUCANTO_TEST_OLD_NODE;

const BIN = fileURLToPath(new URL('../../bin', import.meta.url));

describe('The launcher', () => {
  it('answers an old Node with one sentence that names its version, its path and the version needed', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'lucanto-launcher-'));
    const pretend = path.join(folder, 'pretend.cjs');
    const versions = "{ ...process.versions, node: '10.24.1' }";
    writeFileSync(pretend, `Object.defineProperty(process, 'versions', { value: ${versions} });`);
    const run = spawnSync(process.execPath, ['-r', pretend, path.join(BIN, 'lucanto-mcp.js')], { encoding: 'utf8' });
    rmSync(folder, { recursive: true });
    expect([run.status, run.stdout]).toEqual([1, '']);
    expect(run.stderr.split('\n')).toEqual([
      `error: lucanto-mcp needs Node 20 or later, and this is Node 10.24.1 at ${process.execPath}.`,
      expect.stringMatching(/^hint: /),
      '',
    ]);
  });

  it('is CommonJS in ES5, which every Node parses', () => {
    expect(JSON.parse(readFileSync(path.join(BIN, 'package.json'), 'utf8'))).toEqual({ type: 'commonjs' });
    const code = readFileSync(path.join(BIN, 'lucanto-mcp.js'), 'utf8');
    const program = parse(code, { ecmaVersion: 5, sourceType: 'script', allowHashBang: true });
    expect(program.body.length).toBeGreaterThan(3);
    // Node before 14.18 knows no `node:` modules.
    expect(code.replace(/\/\/.*$/gm, '')).not.toContain("'node:");
  });

  it.skipIf(OLD_NODE === undefined)('gives the same answer on a real old Node, with any arguments', () => {
    const old = OLD_NODE ?? '';
    const { stdout: version } = spawnSync(old, ['--version'], { encoding: 'utf8' });
    for (const args of [[], ['--version'], ['serve', '--demo']]) {
      const run = spawnSync(old, [path.join(BIN, 'lucanto-mcp.js'), ...args], { encoding: 'utf8' });
      expect([run.status, run.stdout]).toEqual([1, '']);
      expect(run.stderr).toContain(
        `needs Node 20 or later, and this is Node ${version.trim().slice(1)} at ${old}.\nhint: `,
      );
    }
  });
});
