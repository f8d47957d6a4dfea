import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ROOT } from '../helpers/npm.ts';

const SCRIPT = join(ROOT, 'scripts', 'check-release.mjs');

const GOOD = `# Changelog

## [Unreleased]

### Added

## [1.2.0] - 2026-03-04

### Added

- A thing [with a link].

### Fixed

- Another thing.

## [1.1.0] - 2026-01-02

- An old thing.

[with a link]: https://example.com
[1.2.0]: https://example.com/compare
`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lucanto-release-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function check(changelog: string, args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) {
  writeFileSync(join(folder, 'package.json'), '{"version":"1.2.0"}');
  writeFileSync(join(folder, 'CHANGELOG.md'), changelog);
  const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT, '--root', folder, ...args], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH ?? '', ...env },
  });
  return { status, stdout, stderr };
}

const FINE = { status: 0, stdout: '', stderr: '' };

describe('The check before a release', () => {
  it('passes a version whose dated section has entries, with none left under [Unreleased]', () => {
    expect(check(GOOD)).toEqual(FINE);
    expect(check(GOOD.replace(/\n/g, '\r\n'))).toEqual(FINE);
    expect(check(GOOD.replace('## [Unreleased]\n\n### Added\n', ''))).toEqual(FINE);
    expect(check(GOOD, ['--tag', 'v1.2.0'])).toEqual(FINE);
  });

  it('prints only the section of the version, for the page of the release', () => {
    const notes = '### Added\n\n- A thing [with a link].\n\n### Fixed\n\n- Another thing.\n';
    expect(check(GOOD, ['--notes'])).toEqual({ status: 0, stdout: notes, stderr: '' });
  });

  it.each([
    ['no section', GOOD.replace('[1.2.0] -', '[1.2.1] -'), 'CHANGELOG.md has no section for version 1.2.0.'],
    ['only a longer version', GOOD.replace('[1.2.0] -', '[1.2.0-rc.1] -'), 'has no section for version 1.2.0.'],
    ['no date', GOOD.replace('[1.2.0] - 2026-03-04', '[1.2.0]'), 'has no date.'],
    ['an impossible date', GOOD.replace('2026-03-04', '2026-13-04'), 'has no date.'],
    ['a section without entries', GOOD.replace(/^- A.*thing.*$/gm, ''), 'is empty.'],
    ['two sections', GOOD.replace('[1.1.0]', '[1.2.0]'), 'has 2 sections for version 1.2.0.'],
    ['entries under Unreleased', GOOD.replace('### Added', '### Added\n\n- Late.'), 'has entries under [Unreleased].'],
    ['an empty changelog', '', 'CHANGELOG.md has no section for version 1.2.0.'],
  ])('refuses %s, with the next step', (_, changelog, sentence) => {
    for (const args of [[], ['--notes']]) {
      const { status, stdout, stderr } = check(changelog, args);
      expect([status, stdout]).toEqual([1, '']);
      expect(stderr).toMatch(/^error: .+\.\nhint: .+\.\n$/);
      expect(stderr.replace('still has', 'has')).toContain(sentence);
    }
  });

  it('refuses a tag that differs from the version, also the tag that started a workflow', () => {
    const told = 'error: The tag is v1.3.0, and package.json says 1.2.0.\n';
    expect(check(GOOD, ['--tag', 'v1.3.0'])).toMatchObject({ status: 1, stderr: expect.stringContaining(told) });
    const started = { GITHUB_REF_TYPE: 'tag', GITHUB_REF_NAME: 'v1.3.0' };
    expect(check(GOOD, [], started)).toMatchObject({ status: 1, stderr: expect.stringContaining(told) });
    expect(check(GOOD, [], { GITHUB_REF_TYPE: 'branch', GITHUB_REF_NAME: 'main' })).toEqual(FINE);
    expect(check(GOOD, ['--tag', '1.2.0']).status).toBe(1);
  });
});
