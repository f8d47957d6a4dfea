/** Locks by themselves: who holds one, until when, and what becomes of one that was left behind. */
import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Locks } from '../../src/writes/lock.ts';

const NOW = 1_800_000_000_000;
const PRINT = 'f'.repeat(64);
let folder: string;
let locks: Locks;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lucanto-locks-'));
  locks = new Locks(folder, () => NOW);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const path = (print = PRINT) => join(folder, `${print}.lock`);
const written = () => JSON.parse(readFileSync(path(), 'utf8'));
const held = (over: object = {}, print = PRINT) => {
  const holder = { pid: process.ppid, host: hostname(), nonce: 'theirs', since: NOW, until: NOW + 60_000, ...over };
  writeFileSync(path(print), JSON.stringify(holder));
};
const soon = () => AbortSignal.timeout(150);
const acquire = (signal = AbortSignal.timeout(20_000), print = PRINT) =>
  locks.acquire(print, NOW + 5_000, signal, (since) => new Error(`gave up, held since ${since}`));

describe('A lock', () => {
  it('names its holder, and is gone when it is released', async () => {
    const lock = await acquire();
    expect(written()).toMatchObject({ pid: process.pid, host: hostname(), since: NOW, until: NOW + 5_000 });
    expect([await lock.isHeld(), await locks.isHeld(PRINT)]).toEqual([true, true]);
    await lock.release();
    expect(readdirSync(folder)).toEqual([]);
    expect([await lock.isHeld(), await locks.isHeld(PRINT)]).toEqual([false, false]);
    await lock.release();
  });

  it('of another call is neither taken for its own nor released', async () => {
    const lock = await acquire();
    held();
    expect(await lock.isHeld()).toBe(false);
    await lock.release();
    expect(written()).toMatchObject({ nonce: 'theirs' });
  });

  it('is waited for until the caller gives up, who learns since when it is held', async () => {
    held({ since: NOW - 7 });
    await expect(acquire(soon())).rejects.toThrow(`gave up, held since ${NOW - 7}`);
    await expect(acquire(AbortSignal.abort())).rejects.toThrow('gave up, held since null');
  });

  it('is taken as soon as it is released', async () => {
    const first = await acquire();
    const second = acquire();
    await first.release();
    await (await second).release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is tried for a while, and then left to its holder', async () => {
    held();
    expect(await locks.tryAcquire(PRINT, 60)).toBeNull();
    rmSync(path());
    const lock = await locks.tryAcquire(PRINT, 20_000);
    expect(written()).toMatchObject({ until: NOW + 40_000 });
    await lock?.release();
    expect(existsSync(path())).toBe(false);
  });

  it('that cannot be written is an error, however it is asked for', async () => {
    locks = new Locks(join(folder, 'none'), () => NOW);
    await expect(acquire()).rejects.toMatchObject({ code: 'ledger_unwritable' });
    await expect(locks.tryAcquire(PRINT, 60)).rejects.toMatchObject({ code: 'ledger_unwritable' });
  });

  it('that cannot be written in full is taken away again, so that the next call need not wait for it', async () => {
    const stringify = vi.spyOn(JSON, 'stringify').mockImplementation((value: { readonly nonce?: string }) => {
      if (value.nonce !== undefined) throw new Error('as a disk that is full');
      return '';
    });
    await expect(acquire().finally(() => stringify.mockRestore())).rejects.toMatchObject({ code: 'ledger_unwritable' });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('of a process of another user, which cannot be asked, is held', async () => {
    held();
    const kill = vi.spyOn(process, 'kill').mockImplementation(() => {
      throw Object.assign(new Error('not permitted'), { code: 'EPERM' });
    });
    const isHeld = await locks.isHeld(PRINT).finally(() => kill.mockRestore());
    expect(isHeld).toBe(true);
  });

  it('that another copy took between the look at a dead one and its removal is put back, and waited for', async () => {
    held({ pid: 4_000_000, nonce: 'dead' });
    // The last that is looked at: whether the process of the lock still runs.
    const kill = vi.spyOn(process, 'kill').mockImplementationOnce(() => {
      held({ pid: process.pid, nonce: 'fresh', since: NOW - 3 });
      throw Object.assign(new Error('no such process'), { code: 'ESRCH' });
    });
    await expect(acquire(soon())).rejects.toThrow(`gave up, held since ${NOW - 3}`);
    kill.mockRestore();
    expect([written().nonce, readdirSync(folder)]).toEqual(['fresh', [`${PRINT}.lock`]]);
  });

  it('that another copy has moved aside for a moment is still held, and is gone once it is released', async () => {
    const aside = `${path()}.aside`;
    const whileAside = async <T>(ask: () => Promise<T>) => {
      renameSync(path(), aside);
      const asked = ask();
      await new Promise((resolve) => setTimeout(resolve, 30));
      linkSync(aside, path());
      rmSync(aside);
      return asked;
    };
    const lock = await acquire();
    expect(await whileAside(() => lock.isHeld())).toBe(true);
    await whileAside(() => lock.release());
    expect(readdirSync(folder)).toEqual([]);
  });

  it('that is gone, beside what another copy left behind when it was killed, is not waited for without end', async () => {
    const lock = await acquire();
    renameSync(path(), `${path()}.aside`);
    expect(await lock.isHeld()).toBe(false);
  });

  it.each<[string, object, boolean]>([
    ['of a living process, in the last moment of its time', { until: NOW }, true],
    ['whose time is over', { until: NOW - 1 }, false],
    ['of a living process of another computer', { host: 'elsewhere', pid: 4_000_000 }, true],
    ['of a process that is gone', { pid: 4_000_000 }, false],
    ['of this process', { pid: process.pid }, true],
    ['of this process, from its first moment', { pid: process.pid, since: performance.timeOrigin }, true],
    ['of an earlier process with the same id', { pid: process.pid, since: performance.timeOrigin - 1 }, false],
  ])('%s is held or not', async (_what, over, expected) => {
    held(over);
    expect(await locks.isHeld(PRINT)).toBe(expected);
    const taken = await locks.tryAcquire(PRINT, expected ? 60 : 20_000);
    expect(taken === null).toBe(expected);
    await taken?.release();
    expect(readdirSync(folder)).toHaveLength(expected ? 1 : 0);
  });

  it.each([
    [-3_000, true],
    [-3_001, false],
    [3_000, true],
    [3_001, false],
  ])('without content counts for three seconds, whatever the clock does: %i ms', async (age, expected) => {
    writeFileSync(path(), '{"pid":');
    utimesSync(path(), (NOW + age) / 1000, (NOW + age) / 1000);
    expect(await locks.isHeld(PRINT)).toBe(expected);
  });

  it('without content is waited for while it may be written, and then taken', async () => {
    writeFileSync(path(), '');
    utimesSync(path(), NOW / 1000, NOW / 1000);
    await expect(acquire(soon())).rejects.toThrow('gave up, held since null');
    utimesSync(path(), NOW / 1000 - 4, NOW / 1000 - 4);
    await (await acquire()).release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('that cannot be read is an error, not a wait', async () => {
    mkdirSync(path());
    await expect(acquire()).rejects.toMatchObject({ code: 'ledger_unwritable' });
  });

  it('that was left behind and cannot be moved away is an error, not a wait', async () => {
    // With the name that it is moved to, it is longer than a file may be.
    const print = 'f'.repeat(240);
    held({ until: NOW - 1 }, print);
    await expect(acquire(undefined, print)).rejects.toMatchObject({ code: 'ledger_unwritable' });
  });

  it('that was left behind is taken by each of many in turn, and nothing stays', async () => {
    for (let round = 0; round < 5; round++) {
      held({ until: NOW - 1 });
      const one = async () => (await acquire()).release();
      await Promise.all([one(), one(), one()]);
      expect(readdirSync(folder)).toEqual([]);
    }
  });
});
