import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const BIN = fileURLToPath(new URL('../../bin/', import.meta.url));

describe('the launcher', () => {
  it('answers an old Node with one sentence: which one, where, what is needed', () => {
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

  it('is CommonJS without syntax or modules that Node 8 lacks', () => {
    expect(JSON.parse(readFileSync(path.join(BIN, 'package.json'), 'utf8'))).toEqual({ type: 'commonjs' });
    const code = readFileSync(path.join(BIN, 'lucanto-mcp.js'), 'utf8').replace(/^\s*\/\/.*$/gm, '');
    for (const late of [/\bimport\b/, /\?\./, /\?\?/, /'node:/, /\.\.\.[\w{[]/, /catch \{/, /,\s*\)/])
      expect(code).not.toMatch(late);
  });
});
