/** Files of the config directory that other users own or can change are refused by name, each in its own way. */
import { chmodSync, chownSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { useOneOther } from '../helpers/one-other.ts';
import { run } from '../helpers/run.ts';

const at = useOneOther();
const STRANGER = 4711;
const owned = [
  'belongs to another user of this computer',
  (path: string) => chownSync(path, STRANGER, STRANGER),
] as const;
const open = ['can be changed by other users of this computer', (path: string) => chmodSync(path, 0o666)] as const;
// Only root can give a file away.
const HOW = process.getuid?.() === 0 ? [owned, open] : [open];

const called = (tool: string, ...args: readonly string[]) =>
  run(['call', tool, ...args.flatMap((arg) => ['--arg', arg])], at.bridge());
const create = (name: string) => called('lucanto_create_contact', `name=${name}`);
const creates = () => at.other.requests.filter(({ method, path }) => method === 'POST' && path.endsWith('/contacts'));
const inConfig = (...names: readonly string[]) => join(at.home.configDir, ...names);
const mine = (path: string, mode: number) => {
  if (process.getuid?.() === 0) chownSync(path, 0, 0);
  chmodSync(path, mode);
};
const firstIn = (...names: readonly string[]) => inConfig(...names, readdirSync(inConfig(...names))[0] ?? 'nothing');

describe.skipIf(process.platform === 'win32').each(HOW)('What %s', (why, spoil) => {
  it.each(['contract.json', 'catalogue.json'])('is not read from the cache: %s', async (name) => {
    const file = join(firstIn('cache'), name);
    spoil(file);
    const { stderr, stdout, exitCode } = await called('lucanto_list_workspaces');
    expect(stderr).toContain(`${file} ${why}`);
    // The service itself is asked, and what it says is kept in a file of our own.
    expect([exitCode, stdout.includes('"id":')]).toEqual([0, true]);
    expect(at.other.requests.length).toBeGreaterThan(1);
    expect((await called('lucanto_list_workspaces')).stderr).not.toContain(why);
    expect(statSync(file).uid).toBe(process.getuid?.());
  });

  it.each(['secret', 'record', 'journal'])('is no part of the write ledger: %s', async (which) => {
    expect((await create('Before')).exitCode).toBe(0);
    const record = readdirSync(inConfig('writes', 'open')).find((name) => name.endsWith('.json')) ?? '';
    at.other.clear();
    const file =
      which === 'record'
        ? inConfig('writes', 'open', record)
        : inConfig('writes', which === 'journal' ? 'journal.jsonl' : which);
    spoil(file);
    const { stdout, stderr, exitCode } = await create('Before');
    expect(`${stdout}${stderr}`).toContain(`${file} ${why}`);
    // What people read may be missing a line; what decides whether something is sent may not.
    if (which !== 'journal') {
      expect([exitCode, JSON.parse(stdout).error]).toEqual([1, 'ledger_untrusted']);
      expect(creates()).toEqual([]);
    }
    const history = await run(['history'], at.bridge());
    mine(file, 0o600);
    if (which !== 'secret')
      expect([history.exitCode, history.stderr]).toEqual([1, expect.stringContaining(`${file} ${why}`)]);
  });
});

describe.skipIf(process.getuid?.() !== 0)('A folder of another user', () => {
  it.each(['writes', 'writes/open'])('holds no ledger: %s', async (folder) => {
    mkdirSync(inConfig(folder), { recursive: true, mode: 0o700 });
    owned[1](inConfig(folder));
    const { stdout, exitCode } = await create('Other');
    mine(inConfig(folder), 0o700);
    expect([exitCode, JSON.parse(stdout)]).toMatchObject([1, { error: 'ledger_untrusted' }]);
    expect(stdout).toContain(`${inConfig(folder)} ${owned[0]}`);
    expect(creates()).toEqual([]);
  });

  it('holds no cache', async () => {
    const folder = firstIn('cache');
    owned[1](folder);
    const { stderr, exitCode } = await called('lucanto_list_workspaces');
    mine(folder, 0o700);
    expect([exitCode, stderr]).toEqual([0, expect.stringContaining(`${folder} ${owned[0]}`)]);
  });
});

describe.skipIf(process.platform === 'win32')('The mode of a folder that was there', () => {
  it.each(['writes', 'cache', 'profiles'])('is changed only with a word about it: %s', async (name) => {
    const folder = inConfig(name);
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, 0o755);
    const { stderr } = await called('lucanto_list_workspaces');
    expect(stderr).toContain(`${folder} could be read by other users of this computer; now only you can read it.`);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });
});

describe('A token from the environment', () => {
  it('does not go to the service of a stored login, but to the default one or the one that is named', async () => {
    const token = 'lct_pat_0123456789abcdef';
    const origin = async (env: Record<string, string>) => {
      const { stdout } = await run(['status', '--json'], { home: at.home, env });
      return JSON.parse(stdout).origin;
    };
    expect(await origin({})).toBe(at.other.url);
    expect(await origin({ LUCANTO_TOKEN: token })).toBe('https://app.lucanto.eu');
    const file = join(at.home.dir, 'token.txt');
    writeFileSync(file, token, { mode: 0o600 });
    expect(await origin({ LUCANTO_TOKEN_FILE: file })).toBe('https://app.lucanto.eu');
    expect(await origin({ LUCANTO_TOKEN: token, LUCANTO_URL: 'http://127.0.0.1:9' })).toBe('http://127.0.0.1:9');
  });
});
