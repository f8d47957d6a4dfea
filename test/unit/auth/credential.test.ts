import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { resolveCredential } from '../../../src/auth/credential.ts';
import { profilePath, readProfile } from '../../../src/auth/profile.ts';
import type { StoredProfile } from '../../../src/auth/profile-schema.ts';
import { removeProfile, writeProfile } from '../../../src/auth/write-profile.ts';
import { type ResolvedSettings, resolveSettings } from '../../../src/config/resolve.ts';
import { LocalError } from '../../../src/core/errors.ts';

const POSIX = process.platform !== 'win32';
let home: string;

beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'lucanto-auth-'));
});
afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

function settingsOf(flags: Record<string, unknown> = {}, env: Record<string, string> = {}): ResolvedSettings {
  const machine = { platform: process.platform, home, cwd: home };
  return resolveSettings({ configDir: path.join(home, 'config'), ...flags }, env, machine);
}

function profile(token: string, origin = 'https://app.lucanto.eu'): StoredProfile {
  return {
    version: 1,
    origin,
    token,
    savedAt: '2026-11-22T08:00:00.000Z',
    verified: true,
    kind: 'personal',
    workspaces: [{ id: '9007199254740993', name: 'Hlavná s.r.o.' }],
  };
}

function tokenFile(name: string, content: string | Buffer, mode = 0o600): string {
  const file = path.join(home, name);
  writeFileSync(file, content);
  chmodSync(file, mode);
  return file;
}

describe('the stored profile', () => {
  it('comes back as it was written', () => {
    writeProfile(settingsOf(), profile('lct_pat_abcdef'));
    expect(readProfile(settingsOf())).toEqual({ state: 'stored', profile: profile('lct_pat_abcdef') });
  });

  it.runIf(POSIX)('is readable by its owner only, also where folder and file were there with other modes', () => {
    const settings = settingsOf();
    writeProfile(settings, profile('lct_pat_abcdef'));
    const folder = path.dirname(profilePath(settings));
    const modes = () => [settings.configDir, folder, profilePath(settings)].map((file) => statSync(file).mode & 0o777);
    expect(modes()).toEqual([0o700, 0o700, 0o600]);
    chmodSync(settings.configDir, 0o755);
    chmodSync(folder, 0o777);
    chmodSync(profilePath(settings), 0o644);
    writeProfile(settings, profile('lct_pat_def'));
    expect(modes()).toEqual([0o700, 0o700, 0o600]);
    chmodSync(profilePath(settings), 0o644);
    vi.stubEnv('SNAP', '/snap/node/1');
    writeProfile(settings, profile('lct_pat_ghi'));
    vi.unstubAllEnvs();
    expect(modes()).toEqual([0o700, 0o700, 0o600]);
  });

  it('is reported with its path and left alone where it cannot be parsed', () => {
    const settings = settingsOf();
    mkdirSync(path.dirname(profilePath(settings)), { recursive: true });
    for (const content of [
      '{"token": "lct_pat_abcdef',
      '[]',
      '{}',
      '{"origin":"http://evil.example","token":"lct_pat_abcdef"}',
      '',
    ]) {
      writeFileSync(profilePath(settings), content);
      const { problem, credential } = resolveCredential(settings, {});
      expect(credential).toBeNull();
      expect(problem).toBeInstanceOf(LocalError);
      expect(problem?.message).toContain(profilePath(settings));
      expect(`${problem?.message} ${problem?.hint} ${String(problem?.cause)}`).not.toContain('lct_pat_abcdef');
      expect(() => writeProfile(settings, profile('lct_pat_new'))).toThrow(LocalError);
      expect(readFileSync(profilePath(settings), 'utf8')).toBe(content);
    }
  });

  it('is one file per profile, and nothing else is left behind', () => {
    for (const name of ['default', 'con', 'work-2'])
      writeProfile(settingsOf({ profile: name }), profile(`lct_pat_${name}`));
    const folder = path.dirname(profilePath(settingsOf()));
    expect(readdirSync(folder).sort()).toEqual(['profile-con.json', 'profile-default.json', 'profile-work-2.json']);
    for (let time = 0; time < 2; time += 1) removeProfile(settingsOf({ profile: 'con' }));
    expect(readProfile(settingsOf({ profile: 'con' }))).toEqual({ state: 'none' });
    expect(resolveCredential(settingsOf({ profile: 'work-2' }), {}).credential?.token).toBe('lct_pat_work-2');
  });
});

describe('which token is used', () => {
  it('is --token-file, then LUCANTO_TOKEN, then LUCANTO_TOKEN_FILE, then the stored one', () => {
    writeProfile(settingsOf(), profile('lct_pat_stored'));
    const a = tokenFile('a', 'lct_pat_flag\nanything\n');
    const b = tokenFile('b', 'lct_live_envfile');
    const env = { LUCANTO_TOKEN: ' lct_pat_variable ', LUCANTO_TOKEN_FILE: b };
    const used = (flags: Record<string, unknown>, from: Record<string, string>) => {
      const { credential } = resolveCredential(settingsOf(flags, from), from);
      return [credential?.token, credential?.source, credential?.kind, credential?.where];
    };
    expect(used({ tokenFile: a }, env)).toEqual(['lct_pat_flag', 'file', 'personal', a]);
    expect(used({}, env)).toEqual(['lct_pat_variable', 'environment', 'personal', 'LUCANTO_TOKEN']);
    expect(used({}, { LUCANTO_TOKEN: '  ', LUCANTO_TOKEN_FILE: b })).toEqual([
      'lct_live_envfile',
      'file',
      'workspace',
      b,
    ]);
    // What an app that runs a bundle leaves in the variable where nothing was filled in.
    const unfilled = `\${user_config.${'token'}}`;
    expect(used({}, { LUCANTO_TOKEN: unfilled, LUCANTO_TOKEN_FILE: b })).toEqual([
      'lct_live_envfile',
      'file',
      'workspace',
      b,
    ]);
    expect(used({}, {})).toEqual(['lct_pat_stored', 'stored', 'personal', profilePath(settingsOf())]);
  });

  it('is never the stored one for another origin', () => {
    writeProfile(settingsOf(), profile('lct_pat_stored', 'https://one.example'));
    const { credential, problem } = resolveCredential(settingsOf({ url: 'https://two.example' }), {});
    expect(credential).toBeNull();
    expect(problem?.exitCode).toBe(3);
    expect(problem?.message).toContain('belongs to https://one.example');
    expect(problem?.hint).toContain('lucanto-mcp login --url https://two.example');
    expect(resolveCredential(settingsOf({ url: 'https://one.example' }), {}).credential?.origin).toBe(
      'https://one.example',
    );
  });

  it('is none where there is none, with the line that logs in', () => {
    const { problem, credential } = resolveCredential(settingsOf({ profile: 'work' }), {});
    expect(credential).toBeNull();
    expect(problem?.exitCode).toBe(3);
    expect(problem?.hint).toContain('lucanto-mcp login --profile work --config-dir');
  });

  it('is used with a warning where it does not look like one, and not at all with control characters', () => {
    const odd = resolveCredential(settingsOf(), { LUCANTO_TOKEN: 'hunter2hunter2' });
    expect(odd.credential?.token).toBe('hunter2hunter2');
    expect(odd.warnings.join()).toContain('does not look like');
    expect(odd.warnings.join()).not.toContain('hunter2');
    const bad = resolveCredential(settingsOf(), { LUCANTO_TOKEN: 'lct_pat_a\u0001b' });
    expect(bad.credential).toBeNull();
    expect(bad.problem?.message).toContain('LUCANTO_TOKEN');
  });
});

describe('a token file', () => {
  const problemWith = (file: string) => resolveCredential(settingsOf({ tokenFile: file }), {}).problem?.message;

  it('is explained where it cannot be used', () => {
    expect(problemWith(path.join(home, 'missing'))).toContain('does not exist');
    expect(problemWith(home)).toContain('is a folder');
    expect(problemWith(tokenFile('empty', ''))).toContain('is empty');
    expect(problemWith(tokenFile('blank', '\nlct_pat_abcdef'))).toContain('empty first line');
    expect(problemWith(tokenFile('large', 'x'.repeat(20_000)))).toContain('too large');
  });

  it('may have been written by Windows', () => {
    const used = (file: string) => resolveCredential(settingsOf({ tokenFile: file }), {}).credential?.token;
    expect(used(tokenFile('crlf', 'lct_pat_abcdef\r\n'))).toBe('lct_pat_abcdef');
    expect(used(tokenFile('bom', '\uFEFFlct_pat_abcdef'))).toBe('lct_pat_abcdef');
    expect(used(tokenFile('utf16', Buffer.from('\uFEFFlct_pat_abcdef\r\n', 'utf16le')))).toBe('lct_pat_abcdef');
  });

  it.runIf(POSIX)('is used with a warning where others can read it', () => {
    const { credential, warnings } = resolveCredential(
      settingsOf({ tokenFile: tokenFile('o', 'lct_pat_abcdef', 0o644) }),
      {},
    );
    expect(credential?.token).toBe('lct_pat_abcdef');
    expect(warnings.join()).toContain('chmod 600');
  });
});
