/** A ready answer is what the server would answer: its key holds every input, and a file that does not fit is ignored. */
import { chmod, mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readyAnswers } from '../../scripts/ready-answers.ts';
import { openBridge } from '../../src/bridge/open-bridge.ts';
import type { Machine } from '../../src/config/paths.ts';
import { type Flags, resolveSettings } from '../../src/config/resolve.ts';
import { SETTINGS } from '../../src/config/settings.ts';
import { createLog, Secrets } from '../../src/core/log.ts';
import {
  ID_MARK,
  readCachedFiles,
  readPrivate,
  readyAnswersIn,
  readyKey,
  readyText,
} from '../../src/front/ready-answers.ts';
import { rehearse } from '../../src/front/rehearsal.ts';

const MACHINE: Machine = { platform: 'linux', home: '/home/a', cwd: '/home/a' };
const log = createLog('error', () => undefined, new Secrets());

/** Another value than the default for every setting. */
const OTHER: Flags = {
  tokenFile: '/home/a/token',
  url: 'https://other.example',
  backend: 'rest',
  workspace: '42',
  readOnly: true,
  scopes: 'read:invoices',
  toolsets: 'invoices',
  confirm: 'always',
  timeout: '7',
  concurrency: '2',
  duplicateWindow: '3',
  files: '/home/a/files',
  profile: 'other',
  configDir: '/home/a/config',
  demo: true,
  logLevel: 'error',
};

const settingsOf = (flags: Flags, machine = MACHINE) => resolveSettings(flags, {}, {}, machine);
const keyOf = (flags: Flags) => readyKey({ settings: settingsOf(flags), hasToken: true, cached: 'x' });

async function answersOf(flags: Flags, machine = MACHINE): Promise<string> {
  const settings = settingsOf(flags, machine);
  const credential = { token: 'lct_pat_x'.repeat(3), source: 'environment', kind: 'personal', where: '' } as const;
  const bridge = await openBridge({
    ...{ settings, env: {}, log, clock: Date.now, readOnlyInspection: true },
    credential: { ...credential, origin: settings.url },
  });
  const answers = await rehearse(bridge, true, log);
  await bridge.close();
  return JSON.stringify([...answers.answers]);
}

function difference(one: string, other: string): string {
  const at = [...one].findIndex((char, index) => char !== other[index]);
  return `${one.slice(at - 100, at + 100)} instead of ${other.slice(at - 100, at + 100)}`;
}

describe('the key of ready answers', () => {
  it('knows every setting that there is', () => {
    expect(Object.keys(OTHER).toSorted()).toEqual(Object.keys(SETTINGS).toSorted());
  });

  it.each(['backend', 'workspace', 'readOnly', 'scopes', 'toolsets', 'confirm', 'demo'])('differs with %s', (name) => {
    expect(keyOf({ [name]: OTHER[name] })).not.toBe(keyOf({}));
  });

  it('differs with what is cached, and with whether there is a token', () => {
    const inputs = { settings: settingsOf({}), hasToken: true, cached: 'x' };
    const keys = [inputs, { ...inputs, cached: 'y' }, { ...inputs, hasToken: false }].map(readyKey);
    expect(new Set(keys).size).toBe(3);
  });

  it.each([
    'tokenFile',
    'url',
    'timeout',
    'concurrency',
    'duplicateWindow',
    'files',
    'profile',
    'configDir',
    'logLevel',
  ])('need not differ with %s, which changes no answer', async (name) => {
    const [other, usual] = [await answersOf({ [name]: OTHER[name] }), await answersOf({})];
    expect(other === usual ? '' : difference(other, usual)).toBe('');
  });

  it('need not differ with the computer or the day', async () => {
    const other: Machine = { platform: 'win32', home: 'C:\\Users\\b', cwd: 'D:\\', timeZone: 'Asia/Tokyo' };
    const [first, second] = await Promise.all([
      readyAnswers(MACHINE, () => Date.parse('2027-03-01T12:00:00Z')),
      readyAnswers(other, () => Date.parse('2029-11-30T23:59:00Z')),
    ]);
    expect(second).toBe(first);
  });
});

describe('a file of ready answers', () => {
  const answers = { answers: new Map([['2025-06-18 ping', `{"id":${ID_MARK}}`]]), noteChars: 5 };
  const text = readyText(new Map([['k', answers]]));

  it('gives back what was put in', () => {
    expect(readyAnswersIn(text, 'k')).toEqual(answers);
  });

  it.each([
    ['another key', text.replace('{"k"', '{"l"')],
    ['nothing', ''],
    ['half of it', text.slice(0, -4)],
    ['an index alone', text.split('\n')[0] ?? ''],
    ['garbage', '{"k":{"noteChars":5,"lines":{"a":9}}}\n{}\n'],
    ['a line that is no answer', text.replace('{"id"', '["id"')],
  ])('is ignored where it holds %s', (_what, damaged) => {
    expect(readyAnswersIn(damaged, 'k')).toBeNull();
  });
});

describe('the digest of what is cached', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lucanto-cached-'));
    await writeFile(join(folder, 'contract.json'), '{"fetchedAt":"2026-11-01T10:00:00.000Z","etag":"a","text":"x"}');
    await writeFile(join(folder, 'catalogue.json'), '{"fetchedAt":"2026-11-01T09:00:00.000Z","tools":[]}');
  });
  afterEach(() => rm(folder, { recursive: true }));
  const digest = () => readCachedFiles(folder)?.digest;

  it('is null where nothing is', async () => {
    await mkdir(join(folder, 'empty'));
    expect(readCachedFiles(join(folder, 'empty'))).toBeNull();
    expect(readCachedFiles(join(folder, 'none'))).toBeNull();
  });

  it('stays when a file is confirmed, and says when the older one was', async () => {
    const before = digest();
    await writeFile(join(folder, 'contract.json'), '{"fetchedAt":"2026-11-02T10:00:00.000Z","etag":"a","text":"x"}');
    await utimes(join(folder, 'catalogue.json'), 1, 1);
    expect(digest()).toBe(before);
    expect(readCachedFiles(folder)?.confirmedAt).toBe(Date.parse('2026-11-01T09:00:00.000Z'));
  });

  it.each([
    ['contract.json', '{"fetchedAt":"2026-11-01T10:00:00.000Z","etag":"a","text":"y"}'],
    ['catalogue.json', '{"fetchedAt":"2026-11-01T09:00:00.000Z","tools":[{}]}'],
    ['catalogue.json', '{"tools":[],"fetchedAt":"2026-11-01T09:00:00.000Z"}'],
    ['a-later-file.json', '{}'],
  ])('differs with what %s says', async (name, text) => {
    const before = digest();
    await writeFile(join(folder, name), text);
    expect(digest()).not.toBe(before);
  });

  it('does not differ with ready answers or drafts beside it', async () => {
    const before = digest();
    await writeFile(join(folder, 'ready-abc.txt'), 'x');
    await writeFile(join(folder, 'contract.json.1.tmp'), 'x');
    expect(digest()).toBe(before);
    expect(await readdir(folder)).toHaveLength(4);
  });

  it('is read from a file of this user alone', async () => {
    const path = join(folder, 'contract.json');
    await chmod(path, 0o600);
    expect(readPrivate(path)).toContain('fetchedAt');
    await chmod(path, 0o640);
    expect(readPrivate(path)).toBeNull();
    expect(readPrivate(join(folder, 'none'))).toBeNull();
  });
});
