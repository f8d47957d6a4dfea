import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLog, Secrets } from '../../src/core/log.ts';
import { ledgerPaths } from '../../src/writes/private-files.ts';
import { RecordStore } from '../../src/writes/record-store.ts';
import { Journal } from '../../src/writes/write-history.ts';
import type { WriteRecord } from '../../src/writes/write-record.ts';
import { callContext } from '../helpers/call-context.ts';
import { type Bench, bench, create, type Widgets, widgets } from '../helpers/ledger.ts';

let place: Bench;
let service: Widgets;
beforeEach(() => {
  place = bench();
  service = widgets();
});
afterEach(() => place.remove());

const record = () => join(place.folder, 'open', place.records()[0] ?? 'none');

async function leaveOpen(): Promise<void> {
  await place
    .open()
    .run(create(), callContext(), service.sendAndLose)
    .catch(() => undefined);
}

describe('A record', () => {
  it.each<[string, (text: string) => string | Buffer]>([
    ['is empty', () => ''],
    ['is cut off', (text) => text.slice(0, text.length / 2)],
    ['is filled with zeros', (text) => Buffer.alloc(text.length)],
    ['is no object', () => '[1]'],
    ['lacks its state', (text) => text.replace('"state":"open"', '"state":"fine"')],
  ])('that %s keeps its key, counts as open, and is reported once', async (_what, damage) => {
    await leaveOpen();
    writeFileSync(record(), damage(readFileSync(record(), 'utf8')));
    // Two copies see it, one after the other, and cannot settle it.
    await leaveOpen();
    writeFileSync(record(), damage('{"state":"open"'));
    await leaveOpen();
    await place.open().run(create(), callContext(), service.send);
    expect(service).toMatchObject({ made: 1 });
    expect(new Set(service.keys).size).toBe(1);
    expect(readdirSync(join(place.folder, 'damaged'))).toHaveLength(1);
    expect(place.lines.filter((line) => line.includes('damaged'))).toHaveLength(1);
  });

  it('of a remote write that is damaged does not allow to send the write again', async () => {
    const remote = create({ route: 'remote', kind: 'once' });
    await place
      .open()
      .run(remote, callContext(), service.sendAndLose)
      .catch(() => undefined);
    writeFileSync(record(), '');
    await expect(place.open().run(remote, callContext(), service.send)).rejects.toMatchObject({
      code: 'outcome_unknown',
    });
  });

  it('is not looked for in files of other names', async () => {
    await leaveOpen();
    for (const name of ['x.json', '.DS_Store', `${'0'.repeat(64)}.json`, 'a.json.1.tmp'])
      writeFileSync(join(place.folder, 'open', name), 'junk');
    await place.open().run(create(), callContext(), service.send);
    expect(service.made).toBe(1);
    expect(place.lines).toEqual([]);
  });
});

describe('A disk that does not take the ledger', () => {
  const never = () => {
    throw new Error('sent');
  };
  const refused = { code: 'ledger_unwritable', message: expect.stringMatching(/writes.*file.*nothing was sent/) };

  it.each(['writes', 'config'])('since a file stands where the folder %s should be refuses writes', async (which) => {
    const path = which === 'writes' ? place.folder : dirname(place.folder);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, '');
    const ledger = place.open();
    await expect(ledger.run(create(), callContext(), never)).rejects.toMatchObject(refused);
    rmSync(path);
    await ledger.run(create(), callContext(), service.send);
    expect(service.made).toBe(1);
  });

  it('since its records have no folder refuses writes', async () => {
    mkdirSync(place.folder, { recursive: true });
    writeFileSync(join(place.folder, 'open'), '');
    await expect(place.open().run(create(), callContext(), never)).rejects.toMatchObject(refused);
  });

  it('since its secret cannot be read refuses writes', async () => {
    mkdirSync(join(place.folder, 'secret'), { recursive: true });
    await expect(place.open().run(create(), callContext(), never)).rejects.toMatchObject({ code: 'ledger_unwritable' });
    rmSync(join(place.folder, 'secret'), { recursive: true });
  });

  it.each<[string, (secret: string) => string]>([
    ['is empty', () => ''],
    ['was cut off', (secret) => secret.slice(0, 40)],
    ['is filled with zeros', () => '\0'.repeat(64)],
  ])('since its secret %s refuses writes: no open call would be recognised', async (_what, damage) => {
    await leaveOpen();
    const path = join(place.folder, 'secret');
    const secret = readFileSync(path, 'utf8');
    writeFileSync(path, damage(secret));
    await expect(place.open().run(create(), callContext(), never)).rejects.toMatchObject({
      code: 'ledger_unwritable',
      hint: expect.stringContaining('history --open'),
    });
    writeFileSync(path, secret);
    await place.open().run(create(), callContext(), service.send);
    expect(service.made).toBe(1);
  });

  it('since its folder was removed refuses one write, and makes the folder anew for the next', async () => {
    const ledger = place.open();
    await ledger.run(create(), callContext(), service.send);
    await place.settled();
    rmSync(place.folder, { recursive: true });
    await expect(ledger.run(create(), callContext(), never)).rejects.toMatchObject({
      message: expect.stringContaining('its folder is gone'),
    });
    await ledger.run(create(), callContext(), service.send);
    expect(service.made).toBe(2);
  });

  it('after the write was sent is reported, and the answer is still given', async () => {
    const breaking = (ticket: Parameters<Widgets['send']>[0]) => {
      rmSync(join(place.folder, 'open'), { recursive: true });
      writeFileSync(join(place.folder, 'open'), '');
      return service.send(ticket);
    };
    const answer = await place.open().run(create(), callContext(), breaking);
    expect(answer.content[0]?.text).toContain('W-1');
    await place.settled();
    expect(place.lines).toEqual([
      expect.stringContaining('could not note how a write ended'),
      expect.stringContaining('could not note a delivery'),
    ]);
  });

  it('in an old record of another call is reported, and stops no write', async () => {
    mkdirSync(join(place.folder, 'open', `${'a'.repeat(64)}.k.json`), { recursive: true });
    await place.open().run(create(), callContext(), service.send);
    expect(service.made).toBe(1);
    expect(place.lines).toEqual([expect.stringContaining('old records of the write ledger could not be removed')]);
  });

  it.runIf(process.platform === 'linux')('in the journal alone stops no write', async () => {
    mkdirSync(place.folder, { recursive: true });
    symlinkSync('/dev/full', join(place.folder, 'journal.jsonl'));
    await place.open().run(create(), callContext(), service.send);
    expect(service.made).toBe(1);
    expect(place.lines.join()).toContain('history will be incomplete');
  });
});

describe.skipIf(process.platform === 'win32')('A file of the ledger that others can change', () => {
  const at = (name: string) => join(place.folder, name);
  const never = () => {
    throw new Error('sent');
  };

  it.each(['secret', 'record', 'lock'])('refuses the write, by name: %s', async (which) => {
    await leaveOpen();
    const path =
      which === 'secret' ? at('secret') : which === 'record' ? record() : record().replace(/[.][^/]*$/, '.lock');
    if (which === 'lock') writeFileSync(path, '');
    chmodSync(path, 0o620);
    const refused = expect(place.open().run(create(), callContext(), never)).rejects;
    await refused.toMatchObject({
      code: 'ledger_untrusted',
      message: `${path} can be changed by other users of this computer, so the write ledger there is not used.`,
      hint: expect.stringContaining('chown'),
      modelHint: expect.stringMatching(/^Nothing was sent\..*chown/),
    });
    chmodSync(path, 0o600);
    if (which === 'lock') rmSync(path);
    await place.open().run(create(), callContext(), service.send);
    expect(service.made).toBe(1);
  });

  it('is no journal, which stops no write', async () => {
    await leaveOpen();
    chmodSync(at('journal.jsonl'), 0o602);
    const { size } = statSync(at('journal.jsonl'));
    await place.open().run(create(), callContext(), service.send);
    expect(place.lines.join()).toMatch(
      /journal\.jsonl can be changed by other users .* is not used; history will be incomplete/,
    );
    expect(statSync(at('journal.jsonl')).size).toBe(size);
    await expect(
      new Journal(
        place.folder,
        createLog('error', () => undefined, new Secrets()),
      ).read(),
    ).rejects.toMatchObject({
      code: 'ledger_untrusted',
    });
  });

  it.runIf(process.getuid?.() === 0).each(['', 'open'])(
    'is a folder of another user, which refuses the write: %s',
    async (name) => {
      await leaveOpen();
      chownSync(at(name), 12_345, 12_345);
      await expect(place.open().run(create(), callContext(), never)).rejects.toMatchObject({
        code: 'ledger_untrusted',
      });
    },
  );

  it('is one that others can only read, which is used', async () => {
    await leaveOpen();
    for (const path of [at('secret'), record(), at('journal.jsonl')]) chmodSync(path, 0o644);
    await place.open().run(create(), callContext(), service.send);
    expect([service.made, new Set(service.keys).size, place.lines]).toEqual([1, 1, []]);
  });

  it('lies in folders of the owner alone, but for those that were there', async () => {
    await leaveOpen();
    expect([place.folder, at('open')].map((path) => statSync(path).mode & 0o777)).toEqual([0o700, 0o700]);
    chmodSync(at('open'), 0o755);
    await leaveOpen();
    expect(statSync(at('open')).mode & 0o777).toBe(0o755);
    expect(ledgerPaths(place.folder)).toEqual(expect.arrayContaining([place.folder, at('open'), at('secret')]));
    expect(ledgerPaths(at('nothing'))).toEqual([]);
  });
});

describe('The folder of the records', () => {
  const NOW = 1_800_000_000_000;
  const HOUR = 3_600_000;
  const print = 'f'.repeat(64);
  const at = (name: string) => join(place.folder, 'open', name);
  const names = () => readdirSync(at('')).sort();
  const store = () =>
    new RecordStore(
      place.folder,
      createLog('warn', (text) => place.lines.push(text), new Secrets()),
    );
  const one = (over: Partial<WriteRecord> = {}): WriteRecord => ({
    ...{ fingerprint: print, key: 'k', state: 'done', created: NOW, updated: NOW, delivered: NOW },
    ...{ facts: null, answer: null, ...over },
  });
  beforeEach(() => {
    mkdirSync(at(''), { recursive: true });
  });

  it('gives them oldest first, and those of one moment in the order of their keys', async () => {
    for (const [index, key] of [...'hgfedcba'].entries())
      await store().save(one({ key, created: NOW + Math.floor(index / 2) }));
    const keys = (await store().find(print)).map(({ key }) => key);
    expect(keys.join('')).toBe('ghefcdab');
  });

  it.each([
    ['an answered one until others have given up waiting for it', { delivered: NOW - HOUR + 1 }, HOUR / 6, true],
    ['an answered one no longer than that', { delivered: NOW - HOUR }, HOUR / 6, false],
    ['an answered one for the whole duplicate window', { delivered: NOW - 2 * HOUR + 1 }, 2 * HOUR, true],
    ['an answered one no longer than the duplicate window', { delivered: NOW - 2 * HOUR }, 2 * HOUR, false],
    ['an open one while its key is known', { state: 'open', delivered: null, created: NOW - 24 * HOUR + 1 }, 0, true],
    ['an open one no longer than its key', { state: 'open', delivered: null, created: NOW - 24 * HOUR }, 0, false],
  ] as const)('keeps %s', async (_what, over, window, isKept) => {
    await store().save(one(over));
    const expired = await store().prune(NOW, window);
    expect(names()).toHaveLength(isKept ? 1 : 0);
    expect(expired).toHaveLength(!isKept && 'state' in over ? 1 : 0);
  });

  it('is swept of what killed processes left behind two hours ago, and of nothing else', async () => {
    const made = (name: string, age: number) => {
      writeFileSync(at(name), '');
      utimesSync(at(name), NOW / 1000 - age, NOW / 1000 - age);
    };
    for (const name of ['r.json.1.tmp', `${print}.lock`, `${print}.lock.aside`]) made(name, 7_201);
    for (const name of ['draft.tmp', 'young.lock']) made(name, 7_200);
    for (const name of ['notes.txt', 'r.tmp.bak']) made(name, 99_999);
    await store().prune(NOW, 0);
    expect(names()).toEqual(['draft.tmp', 'notes.txt', 'r.tmp.bak', 'young.lock']);
  });

  it('is cleared by many copies at once: none fails, and each call that was never resolved is named once', async () => {
    for (let index = 0; index < 30; index++) {
      writeFileSync(at(`${index}.tmp`), '');
      utimesSync(at(`${index}.tmp`), 1, 1);
      await store().save(one({ key: `${index}`, state: 'open', created: 1, delivered: null }));
    }
    const expired = (await Promise.all(Array.from({ length: 6 }, () => store().prune(NOW, 0)))).flat();
    expect(names()).toEqual([]);
    expect(new Set(expired.map(({ key }) => key)).size).toBe(30);
    expect([expired.length, place.lines]).toEqual([30, []]);
  });

  it('says whether what is removed was there, and fails for what cannot be removed or read', async () => {
    await store().save(one());
    expect([await store().remove(one()), await store().remove(one())]).toEqual([true, false]);
    mkdirSync(at(`${print}.k.json`));
    await expect(store().remove(one())).rejects.toMatchObject({ code: 'ledger_unwritable' });
    await expect(store().find(print)).rejects.toMatchObject({ code: 'ledger_unwritable' });
  });

  it('holds nothing while it is missing, and is an error when it cannot be read: calls may be open in it', async () => {
    rmSync(at(''), { recursive: true });
    expect(await store().find()).toEqual([]);
    writeFileSync(at(''), '');
    await expect(store().find()).rejects.toMatchObject({ code: 'ledger_unwritable' });
  });

  it.skipIf(process.platform === 'win32')('passes over what is gone since its names were read', async () => {
    // A link that leads nowhere has a name and no file.
    for (const name of [`${print}.k.json`, 'gone.tmp']) symlinkSync(at('nowhere'), at(name));
    expect(await store().find(print)).toEqual([]);
    expect(await store().prune(NOW, 0)).toEqual([]);
    expect(place.lines).toEqual([]);
  });
});

describe('A lock', () => {
  const lock = () => join(place.folder, 'open', place.records()[0]?.replace(/[.].*/, '.lock') ?? '');
  const deadPid = () => spawnSync(process.execPath, ['-e', '']).pid;
  const held = (over: object) =>
    JSON.stringify({
      pid: process.ppid,
      host: hostname(),
      nonce: 'theirs',
      since: Date.now(),
      until: Date.now() + 60_000,
      ...over,
    });
  const soon = () => callContext({ signal: AbortSignal.timeout(400) });

  it.each<[string, () => string, Date?]>([
    ['of a process that is gone', () => held({ pid: deadPid() })],
    ['of a process with our id, from before we began', () => held({ pid: process.pid, since: 0 })],
    ['whose time is over', () => held({ until: Date.now() - 1 })],
    ['of another computer whose time is over', () => held({ host: 'elsewhere', until: Date.now() - 1 })],
    ['that was never written in full', () => '{"pid":', new Date(Date.now() - 60_000)],
    ['that was never written in full, before the clock was set back', () => '', new Date(Date.now() + 3_600_000)],
  ])('%s is broken', async (_what, content, mtime) => {
    await leaveOpen();
    writeFileSync(lock(), content());
    if (mtime !== undefined) utimesSync(lock(), mtime, mtime);
    await place.open().run(create(), soon(), service.send);
    expect(service.made).toBe(1);
    await place.settled();
    expect(readdirSync(join(place.folder, 'open')).filter((name) => name.includes('.lock'))).toEqual([]);
  });

  it.each<[string, () => string]>([
    ['of a living process', () => held({})],
    ['of another computer', () => held({ host: 'elsewhere', pid: deadPid() })],
    ['that is being written', () => ''],
  ])('%s is waited for', async (_what, content) => {
    await leaveOpen();
    writeFileSync(lock(), content());
    await expect(place.open().run(create(), soon(), service.send)).rejects.toMatchObject({ code: 'write_in_progress' });
    expect(service.keys).toHaveLength(1);
  });
});

describe('The journal', () => {
  const facts = {
    ...{ profile: 'default', origin: 'https://lucanto.test', workspace: null, route: 'rest' },
    tool: 'x'.repeat(900),
  };
  const append = (journal: Journal, call: string) =>
    journal.append(0, { call, outcome: 'done' }, { fingerprint: 'f'.repeat(64), facts }, null);
  const old = JSON.stringify({
    ...{ time: '2026-01-01T00:00:00.000Z', call: 'old', fingerprint: 'f'.repeat(16), outcome: 'done', ...facts },
  });
  const open = () =>
    new Journal(
      place.folder,
      createLog('warn', (text) => place.lines.push(text), new Secrets()),
    );

  const guard = () => join(place.folder, 'journal.jsonl.rotating');
  /** With one line that is no event. */
  const fill = (bytes: number) => {
    mkdirSync(place.folder, { recursive: true });
    writeFileSync(join(place.folder, 'journal.jsonl'), `${'x'.repeat(bytes - 1)}\n`);
  };

  it('skips lines that are broken, and goes on after one that was cut off', async () => {
    mkdirSync(place.folder, { recursive: true });
    writeFileSync(join(place.folder, 'journal.jsonl'), 'junk\n{}\nnull\n{"time":"2026');
    await append(open(), 'a');
    expect((await open().read()).map(({ call }) => call)).toEqual(['a']);
  });

  it.each([
    ['by the next copy where the one that did it was killed before the clock was set back', 3_600_000, true],
    ['by no other copy while one does it', 0, false],
  ])('that is full is rotated %s', async (_what, later, isRotated) => {
    fill(1_000_001);
    writeFileSync(guard(), '');
    utimesSync(guard(), new Date(Date.now() + later), new Date(Date.now() + later));
    for (const call of ['a', 'b']) await append(open(), call);
    expect(readdirSync(place.folder).includes('journal.1.jsonl')).toBe(isRotated);
    expect((await open().read()).map(({ call }) => call)).toEqual(['a', 'b']);
  });

  it.each([2, 3])('that cannot move an old file away keeps it, and all others: file %i', async (age) => {
    mkdirSync(join(place.folder, `journal.${age}.jsonl`, 'x'), { recursive: true });
    for (let younger = 1; younger < age; younger++)
      writeFileSync(join(place.folder, `journal.${younger}.jsonl`), `${old}\n`);
    fill(1_000_001);
    await append(open(), 'new');
    expect((await open().read()).map(({ call }) => call)).toEqual([...Array(age - 1).fill('old'), 'new']);
    expect(place.lines).toEqual([]);
  });

  it('is rotated by the first line that is written beyond its limit', async () => {
    fill(1_000_000);
    await append(open(), 'a');
    expect(readdirSync(place.folder)).toEqual(['journal.jsonl']);
    await append(open(), 'b');
    expect(readdirSync(place.folder)).toEqual(['journal.1.jsonl']);
  });

  it.each([
    [10_000, false],
    [10_001, true],
    [-10_000, false],
    [-10_001, true],
  ])('that is full is left to a copy that has been rotating it for %i ms or not', async (age, isRotated) => {
    fill(1_000_001);
    writeFileSync(guard(), '');
    utimesSync(guard(), 1_800_000_000, 1_800_000_000);
    const now = vi.spyOn(Date, 'now').mockReturnValue(1_800_000_000_000 + age);
    for (const call of ['a', 'b']) await append(open(), call);
    now.mockRestore();
    expect(readdirSync(place.folder).includes('journal.1.jsonl')).toBe(isRotated);
  });

  it.skipIf(process.platform === 'win32')('that is full stays so where no copy can begin to rotate it', async () => {
    fill(1_000_001);
    symlinkSync(join(place.folder, 'nowhere'), guard());
    for (const call of ['a', 'b']) await append(open(), call);
    expect((await open().read()).map(({ call }) => call)).toEqual(['a', 'b']);
    expect(place.lines).toEqual([]);
  });

  it('that is full is rotated once by many copies, which find nothing wrong with it', async () => {
    for (let round = 0; round < 20; round++) {
      fill(1_000_001);
      const calls = Array.from({ length: 8 }, (_one, index) => `${round}/${index}`);
      // Each a little later than the one before.
      const later = (index: number) => new Promise((resolve) => setTimeout(resolve, index / 2));
      await Promise.all(calls.map((call, index) => later(index).then(() => append(open(), call))));
      expect((await open().read()).map(({ call }) => call).sort()).toEqual(calls);
      expect(readdirSync(place.folder).filter((name) => /[23]/.test(name))).toEqual([]);
      expect(place.lines).toEqual([]);
      rmSync(place.folder, { recursive: true });
    }
  });

  it('that is full is rotated by many copies without a failure, though a clock that jumps makes each take the others for dead', async () => {
    const now = vi.spyOn(Date, 'now').mockReturnValue(4_000_000_000_000);
    for (let round = 0; round < 20; round++) {
      fill(1_000_001);
      writeFileSync(guard(), '');
      await Promise.all(Array.from({ length: 12 }, (_one, index) => append(open(), `${round}/${index}`)));
    }
    now.mockRestore();
    expect(place.lines).toEqual([]);
  });

  it('has a line for each event, and nothing else', async () => {
    mkdirSync(place.folder, { recursive: true });
    for (const call of ['a', 'b', 'c']) await append(open(), call);
    const lines = readFileSync(join(place.folder, 'journal.jsonl'), 'utf8').split('\n');
    expect(lines.map((line) => line && JSON.parse(line).call)).toEqual(['a', 'b', 'c', '']);
  });

  it('that cannot be written is reported once, with the reason', async () => {
    mkdirSync(join(place.folder, 'journal.jsonl'), { recursive: true });
    const journal = open();
    for (const call of ['a', 'b']) await append(journal, call);
    expect(place.lines).toEqual([
      expect.stringMatching(/journal\.jsonl cannot be written \(.*EISDIR\); history will be incomplete/),
    ]);
  });

  it.runIf(process.platform === 'linux')('and the records are not kept open', async () => {
    await leaveOpen();
    await place.open().run(create(), callContext(), service.send);
    await place.settled();
    await open().read();
    const files = readdirSync('/proc/self/fd').map((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`);
      } catch {
        return '';
      }
    });
    expect(files.filter((path) => path.startsWith(place.folder))).toEqual([]);
  });

  it('is rotated, and keeps three old files', async () => {
    mkdirSync(place.folder, { recursive: true });
    const journals = [open(), open(), open()];
    for (let round = 0; round < 1700; round++)
      await Promise.all(journals.map((journal, copy) => append(journal, `${round}/${copy}`)));
    const names = readdirSync(place.folder).sort();
    expect(names).toEqual(['journal.1.jsonl', 'journal.2.jsonl', 'journal.3.jsonl', 'journal.jsonl']);
    const calls = (await open().read()).map(({ call }) => call);
    expect(new Set(calls).size).toBe(calls.length);
    expect(calls.length).toBeGreaterThan(2500);
    expect(calls.slice(-3).map((call) => call.split('/')[0])).toEqual(['1699', '1699', '1699']);
    expect(place.lines).toEqual([]);
  });
});
