import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Machine } from '../../../src/config/paths.ts';
import { resolveSettings } from '../../../src/config/resolve.ts';
import { SETTINGS } from '../../../src/config/settings.ts';
import { UsageError } from '../../../src/core/errors.ts';

const LINUX: Machine = { platform: 'linux', home: '/home/eva', cwd: '/work' };

function refusal(flags: Record<string, unknown>, env: Record<string, string> = {}): UsageError {
  try {
    resolveSettings(flags, env, LINUX);
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

/** What an app that runs a bundle may leave in a variable. */
const unfilled = (key: string) => `\${user_config.${key}}`;

/** One good value per setting as text, and what it becomes; then another one. */
const EXAMPLES: Record<keyof typeof SETTINGS, readonly [string, unknown, string, unknown]> = {
  tokenFile: ['token.txt', '/work/token.txt', '~/t', '/home/eva/t'],
  url: ['https://a.example/', 'https://a.example', 'http://127.0.0.1:4010', 'http://127.0.0.1:4010'],
  backend: ['rest', 'rest', 'REMOTE', 'remote'],
  workspace: ['42', '42', 'ws_abc', 'ws_abc'],
  readOnly: ['yes', true, 'off', false],
  scopes: ['manage:invoices, read:*', ['manage:invoices', 'read:*'], 'read:quotes', ['read:quotes']],
  toolsets: ['Invoices, credit-notes', ['invoices', 'credit_notes'], '-quotes', ['-quotes']],
  confirm: ['always', 'always', 'NEVER', 'never'],
  limit: [
    'Sends=010/day, amount=5000.50 eur',
    ['sends=10/day', 'amount=5000.50EUR'],
    'recipients=stored,recipients=stored',
    ['recipients=stored'],
  ],
  timeout: ['10', 10, '2.5', 2.5],
  concurrency: ['1', 1, '32', 32],
  duplicateWindow: ['0', 0, '2.5', 2.5],
  files: ['/srv/files', '/srv/files', 'papers', '/work/papers'],
  profile: ['Work', 'work', 'b', 'b'],
  configDir: ['/etc/l', '/etc/l', 'conf', '/work/conf'],
  demo: ['1', true, 'FALSE', false],
  logLevel: ['debug', 'debug', 'error', 'error'],
};

describe('settings', () => {
  it.each(Object.entries(EXAMPLES))('%s: flag beats variable beats default', (key, [a, valueA, b, valueB]) => {
    const setting = Object.entries(SETTINGS).find(([name]) => name === key)?.[1];
    const variable = setting?.variable ?? '';
    const asFlag = setting?.argument === null ? true : a;
    const read = (flags: object, env: Record<string, string>) => {
      const settings: Record<string, unknown> & { sources: Record<string, string> } = resolveSettings(
        { ...flags },
        env,
        LINUX,
      );
      return [settings[key], settings.sources[key]];
    };
    expect(read({ [key]: asFlag }, { [variable]: b })).toEqual([valueA, 'flag']);
    expect(read({}, { [variable]: b })).toEqual([valueB, 'environment']);
    expect(read({}, { [variable]: '  ' })[1]).toBe('default');
    expect(read({}, { [variable]: '' })[1]).toBe('default');
  });

  it('has a key that is its flag in camelCase, and a variable of the same words', () => {
    for (const [key, { flag, variable }] of Object.entries(SETTINGS)) {
      expect(flag.slice(2).replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())).toBe(key);
      expect(`LUCANTO_${flag.slice(2).replaceAll('-', '_').toUpperCase()}`).toBe(variable);
    }
  });

  it('has the defaults of the interface', () => {
    expect(resolveSettings({}, {}, LINUX)).toMatchObject({
      tokenFile: null,
      url: 'https://app.lucanto.eu',
      backend: 'auto',
      workspace: null,
      readOnly: false,
      scopes: null,
      timeout: 50,
      concurrency: 6,
      duplicateWindow: 10,
      files: '/home/eva/Downloads/Lucanto',
      profile: 'default',
      demo: false,
      logLevel: 'warn',
    });
  });

  it.each([
    ['https://app.lucanto.eu/api/v1', 'https://app.lucanto.eu'],
    ['https://app.lucanto.eu?x=1', 'https://app.lucanto.eu'],
  ])('refuses %s as an origin and says which one it would be', (url, origin) => {
    const error = refusal({ url });
    expect(error.message).toContain('--url');
    expect(error.message).toContain(origin);
    expect(error.hint).toContain('without a path');
  });

  it('refuses plain http but to loopback', () => {
    expect(refusal({ url: 'http://app.lucanto.eu' }).message).toContain('unencrypted');
    expect(refusal({ url: 'http://localhost.evil.example' }).message).toContain('unencrypted');
    for (const url of ['http://localhost:1', 'http://127.0.0.1:1', 'http://[::1]:1']) {
      expect(resolveSettings({ url }, {}, LINUX).url).toBe(url);
    }
  });

  it('never repeats credentials in a refused origin', () => {
    const error = refusal({ url: 'https://eva:secret@app.lucanto.eu' });
    expect(error.message + error.hint).not.toContain('secret');
  });

  it('takes as an origin only what Node takes for one, and in its form', () => {
    const host = fc.oneof(fc.domain(), fc.ipV4(), fc.constantFrom('127.0.0.1', '127.0.0.01', 'a.b', '0x7f.1', 'a.1'));
    const port = fc.oneof(
      fc.constant(''),
      fc.integer({ min: 0, max: 99_999 }).map((number) => `:${number}`),
    );
    const property = fc.property(fc.constantFrom('https', 'http'), host, port, (scheme, name, end) => {
      const url = `${scheme}://${name}${end}`;
      const taken = taking(() => resolveSettings({ url }, {}, LINUX).url);
      const origin = taking(() => new URL(url));
      const mayGo = origin !== null && (scheme === 'https' || origin.hostname.startsWith('127.'));
      expect(taken).toBe(mayGo ? origin.origin : null);
    });
    fc.assert(property, { numRuns: 2_000 });
  });

  it('brings an origin into its normal form', () => {
    expect(resolveSettings({ url: 'HTTPS://App.Lucanto.EU:443/' }, {}, LINUX).url).toBe('https://app.lucanto.eu');
  });

  it.each([
    [{ url: 'app.lucanto.eu' }, {}, '--url'],
    [{ url: '' }, {}, '--url'],
    [{}, { LUCANTO_BACKEND: 'soap' }, 'LUCANTO_BACKEND'],
    [{}, { LUCANTO_READ_ONLY: 'maybe' }, 'LUCANTO_READ_ONLY'],
    [{ timeout: '0.5' }, {}, '--timeout'],
    [{ timeout: '3601' }, {}, '--timeout'],
    [{ timeout: '1e3' }, {}, '--timeout'],
    [{ concurrency: '0' }, {}, '--concurrency'],
    [{ concurrency: '33' }, {}, '--concurrency'],
    [{}, { LUCANTO_CONCURRENCY: '1.5' }, 'LUCANTO_CONCURRENCY'],
    [{ workspace: '0' }, {}, '--workspace'],
    [{ workspace: '-3' }, {}, '--workspace'],
    [{ workspace: 'a\nb' }, {}, '--workspace'],
    [{ workspace: '..' }, {}, '--workspace'],
    [{ workspace: unfilled('workspace') }, {}, '--workspace'],
    [{ scopes: 'admin:invoices' }, {}, '--scopes'],
    [{ scopes: ',' }, {}, '--scopes'],
    [{ profile: '../x' }, {}, '--profile'],
    [{ logLevel: 'loud' }, {}, '--log-level'],
    [{ configDir: ' ' }, {}, '--config-dir'],
  ])('refuses %j with %j, naming %s and what is accepted', (flags, env, name) => {
    const error = refusal(flags, env);
    expect(error.message.startsWith(`${name} `)).toBe(true);
    expect(error.hint.startsWith(`${name} takes `)).toBe(true);
  });

  it.each(Object.entries(SETTINGS).map(([key, { variable }]) => [key, variable] as const))(
    '%s: a placeholder that an app left unfilled is as good as nothing, and switches writing off',
    (key, variable) => {
      const read = (env: Record<string, string>): Record<string, unknown> & { sources: Record<string, string> } =>
        resolveSettings({}, env, LINUX);
      const settings = read({ [variable]: ` ${unfilled(key)} ` });
      const expected = key === 'readOnly' ? [true, 'environment'] : [read({})[key], 'default'];
      expect([settings[key], settings.sources[key]]).toEqual(expected);
    },
  );

  it('lets a flag win over a placeholder', () => {
    const env = { LUCANTO_READ_ONLY: unfilled('read_only'), LUCANTO_WORKSPACE: unfilled('workspace') };
    expect(resolveSettings({ readOnly: 'off', workspace: '42' }, env, LINUX)).toMatchObject({
      readOnly: false,
      workspace: '42',
    });
  });

  it('does not look at a variable that a flag overrides', () => {
    expect(resolveSettings({ backend: 'rest' }, { LUCANTO_BACKEND: 'soap' }, LINUX).backend).toBe('rest');
  });

  it.each<[string, Machine, Record<string, string>, string]>([
    ['Linux', LINUX, {}, '/home/eva/.config/lucanto-mcp'],
    ['Linux with XDG', LINUX, { XDG_CONFIG_HOME: '/x' }, '/x/lucanto-mcp'],
    ['Linux with a relative XDG', LINUX, { XDG_CONFIG_HOME: 'x' }, '/home/eva/.config/lucanto-mcp'],
    [
      'macOS',
      { ...LINUX, platform: 'darwin', home: '/Users/e' },
      {},
      '/Users/e/Library/Application Support/lucanto-mcp',
    ],
    ['Windows', { platform: 'win32', home: 'C:\\Users\\e', cwd: 'C:\\' }, { APPDATA: 'D:\\R' }, 'D:\\R\\lucanto-mcp'],
    [
      'Windows without APPDATA',
      { platform: 'win32', home: 'C:\\Users\\e', cwd: 'C:\\' },
      {},
      'C:\\Users\\e\\AppData\\Roaming\\lucanto-mcp',
    ],
  ])('keeps its files where %s keeps such files', (_, machine, env, dir) => {
    expect(resolveSettings({}, env, machine).configDir).toBe(dir);
  });

  it('reads Windows paths by the rules of Windows', () => {
    const windows: Machine = { platform: 'win32', home: 'C:\\Users\\e', cwd: 'C:\\work' };
    expect(resolveSettings({ tokenFile: '~\\t.txt' }, {}, windows).tokenFile).toBe('C:\\Users\\e\\t.txt');
    expect(resolveSettings({ tokenFile: 't.txt' }, {}, windows).tokenFile).toBe('C:\\work\\t.txt');
  });
});

/** Null where it throws. */
function taking<T>(get: () => T): T | null {
  try {
    return get();
  } catch {
    return null;
  }
}
