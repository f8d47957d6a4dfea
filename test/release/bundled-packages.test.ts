/** The check of what is bundled, given reports as `npm audit` makes them: nothing here asks a registry. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../helpers/npm.ts';

const ADVISORY = { title: 'Reads too much', url: 'https://example.com/advisory', severity: 'high', range: '*' };

/** @param vulnerable name, places in node_modules, and advisories or the packages that it is vulnerable through */
function check(...vulnerable: readonly (readonly [string, readonly string[], readonly unknown[]])[]) {
  const vulnerabilities = Object.fromEntries(
    vulnerable.map(([name, nodes, via]) => [name, { name, severity: 'high', nodes, via }]),
  );
  return checkReport({ auditReportVersion: 2, vulnerabilities });
}

function checkReport(report: unknown) {
  const folder = mkdtempSync(join(tmpdir(), 'lucanto-audit-'));
  try {
    const file = join(folder, 'report.json');
    writeFileSync(file, JSON.stringify(report));
    const script = join(ROOT, 'scripts', 'check-bundled.mjs');
    return spawnSync(process.execPath, [script, '--report', file], { encoding: 'utf8' });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('The check of the bundled packages', () => {
  it('lists each of them with its licence, and passes where npm knows no vulnerability', () => {
    const { status, stdout, stderr } = check();
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^MIT +zod@\d+[.]\d+[.]\d+$/m);
    const [, count] = /^(\d+) bundled packages, no known vulnerability$/m.exec(stdout) ?? [];
    expect(Number(count)).toBeGreaterThan(30);
    expect(stdout.trim().split('\n').length).toBe(Number(count) + 1);
  });

  it('fails where npm knows a vulnerability of one of them, and names it', () => {
    const { status, stderr } = check(['zod', ['node_modules/zod'], [ADVISORY]]);
    expect(status).toBe(1);
    expect(stderr).toContain('high: zod: Reads too much https://example.com/advisory\n');
    expect(stderr).toMatch(/^error: .+\nhint: .+$/m);
  });

  it('passes where only tools are vulnerable, or a package that a bundled one names without its code being bundled', () => {
    const tool = ['vitest', ['node_modules/vitest'], [ADVISORY]] as const;
    const through = [
      '@modelcontextprotocol/server',
      ['node_modules/@modelcontextprotocol/server'],
      ['vitest'],
    ] as const;
    expect(check(tool, through)).toMatchObject({ status: 0, stderr: '' });
  });

  it('fails with the reason where npm has no report', () => {
    const { status, stderr } = checkReport({ message: '503 Service Unavailable', error: {} });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^error: .*503 Service Unavailable\nhint: .+\n$/);
  });
});
