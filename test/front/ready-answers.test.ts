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
  filledIn,
  ID_MARK,
  NOTE_MARK,
  readCachedFiles,
  readPrivate,
  readyAnswersIn,
  readyKey,
} from '../../src/front/ready-answers.ts';
import { readyFile, rehearse } from '../../src/front/rehearsal.ts';

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
  limit: 'sends=3/day,amount=100EUR,recipients=stored',
  timeout: '7',
  concurrency: '2',
  duplicateWindow: '3',
  files: '/home/a/files',
  profile: 'other',
  configDir: '/home/a/config',
  demo: true,
  logLevel: 'error',
};

const settingsOf = (flags: Flags, machine = MACHINE) => resolveSettings(flags, {}, machine);
const keyOf = (flags: Flags) => readyKey(settingsOf(flags), true);

async function answersOf(flags: Flags, machine = MACHINE): Promise<string> {
  const settings = settingsOf(flags, machine);
  const credential = {
    token: 'lct_pat_x23456789'.repeat(3),
    source: 'environment',
    kind: 'personal',
    where: '',
  } as const;
  const bridge = await openBridge({
    ...{ settings, env: {}, log, clock: Date.now, readOnlyInspection: true },
    credential: { ...credential, origin: settings.url },
  });
  const answers = await rehearse(bridge, true, log);
  await bridge.close();
  return [...answers.answers].map(([name, answer]) => `${name}: ${answer}`).join('\n');
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

  it('differs with whether there is a token', () => {
    expect(readyKey(settingsOf({}), false)).not.toBe(keyOf({}));
  });

  it.each([
    'tokenFile',
    'url',
    'limit',
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
    expect(second.equals(first)).toBe(true);
  });
});

describe('a file of ready answers', () => {
  const answers = {
    answers: new Map([
      ['2025-06-18 ping', Buffer.from(`{"id":${ID_MARK}}`)],
      ['2025-11-25 ping', Buffer.from(`{"id":${ID_MARK}}`)],
      ['2025-06-18 initialize', Buffer.from(`{"id":${ID_MARK},"note":"ž ${NOTE_MARK}"}`)],
    ]),
    noteChars: 5,
  };
  const cached = { contents: new Map([['contract.json', Buffer.from('"etag":"ž"}')]]), confirmedAt: 0 };
  const file = readyFile(new Map([['k', answers]]), cached);
  const text = file.toString('latin1');

  it('gives back what was put in, equal answers once', () => {
    expect(readyAnswersIn(file, 'k', cached)).toEqual(answers);
    expect(text.split('\n').filter((line) => line === `{"id":${ID_MARK}}`)).toHaveLength(1);
  });

  it('is filled in with the id and the note', () => {
    const answer = readyAnswersIn(file, 'k', cached)?.answers.get('2025-06-18 initialize');
    expect(filledIn(answer ?? Buffer.of(), '"$1"', 'why')).toBe('{"id":"$1","note":"ž why"}\n');
  });

  it.each([
    ['another key', text.replace('{"k"', '{"l"')],
    ['nothing', ''],
    ['half of it', text.slice(0, -4)],
    ['its first line alone', text.split('\n')[0] ?? ''],
    ['a place outside of it', text.replace(/\[\d+,\d+\]/, '[9,99999]')],
    ['no numbers', text.replace(/\[\d+,\d+\]/, '["a",1]')],
    ['more than it says', `${text} `],
  ])('is ignored where it holds %s', (_what, damaged) => {
    expect(readyAnswersIn(Buffer.from(damaged, 'latin1'), 'k', cached)).toBeNull();
  });

  it.each([
    ['another contract', [['contract.json', '"etag":"z"}']]],
    ['one that begins the same', [['contract.json', '"etag":"ž"}\n']]],
    ['another name', [['contracts.json', '"etag":"ž"}']]],
    [
      'one more file',
      [
        ['catalogue.json', '{}'],
        ['contract.json', '"etag":"ž"}'],
      ],
    ],
    ['nothing', []],
  ])('is ignored where %s is cached', (_what, files) => {
    const contents = new Map(files.map(([name = '', content = '']) => [name, Buffer.from(content)]));
    expect(readyAnswersIn(file, 'k', { contents, confirmedAt: 0 })).toBeNull();
    expect(readyAnswersIn(file, 'k', null)).toBeNull();
  });
});

describe('what is cached', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lucanto-cached-'));
    await writeFile(join(folder, 'contract.json'), '{"fetchedAt":"2026-11-01T10:00:00.000Z","etag":"a","text":"x"}');
    await writeFile(join(folder, 'catalogue.json'), '{"fetchedAt":"2026-11-01T09:00:00.000Z","tools":[]}');
  });
  afterEach(() => rm(folder, { recursive: true }));
  const content = () =>
    [...(readCachedFiles(folder)?.contents ?? [])].map(([name, bytes]) => `${name}: ${bytes}`).join('\n');

  it('is null where nothing is', async () => {
    await mkdir(join(folder, 'empty'));
    expect(readCachedFiles(join(folder, 'empty'))).toBeNull();
    expect(readCachedFiles(join(folder, 'none'))).toBeNull();
  });

  it('stays when a file is confirmed, and says when the older one was', async () => {
    const before = content();
    await writeFile(join(folder, 'contract.json'), '{"fetchedAt":"2026-11-02T10:00:00.000Z","etag":"a","text":"x"}');
    await utimes(join(folder, 'catalogue.json'), 1, 1);
    expect(content()).toBe(before);
    expect(readCachedFiles(folder)?.confirmedAt).toBe(Date.parse('2026-11-01T09:00:00.000Z'));
  });

  it.each([
    ['contract.json', '{"fetchedAt":"2026-11-01T10:00:00.000Z","etag":"a","text":"y"}'],
    ['catalogue.json', '{"fetchedAt":"2026-11-01T09:00:00.000Z","tools":[{}]}'],
    ['catalogue.json', '{"tools":[],"fetchedAt":"2026-11-01T09:00:00.000Z"}'],
    ['a-later-file.json', '{}'],
  ])('differs with what %s says', async (name, text) => {
    const before = content();
    await writeFile(join(folder, name), text);
    expect(content()).not.toBe(before);
  });

  it('does not differ with ready answers or drafts beside it', async () => {
    const before = content();
    await writeFile(join(folder, 'ready-abc.txt'), 'x');
    await writeFile(join(folder, 'contract.json.1.tmp'), 'x');
    expect(content()).toBe(before);
    expect(await readdir(folder)).toHaveLength(4);
  });

  it('is read from a file of this user alone', async () => {
    const path = join(folder, 'contract.json');
    await chmod(path, 0o600);
    expect(readPrivate(path)?.toString()).toContain('fetchedAt');
    await chmod(path, 0o640);
    expect(readPrivate(path)).toBeNull();
    expect(readPrivate(join(folder, 'none'))).toBeNull();
  });
});
