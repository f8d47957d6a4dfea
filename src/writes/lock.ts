import { randomUUID } from 'node:crypto';
import { link, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { fileErrorCode } from '../config/paths.ts';
import { ledgerUnwritable, OWNER_ONLY_FILE, parseJournalLine, readOwn } from './private-files.ts';

/**
 * One call at a time per fingerprint, over all copies of the bridge. A lock outlives neither its process nor its
 * time; a call looks once more, after its record is on the disk, whether the lock is still its own.
 */

export const LOCK_SUFFIX = '.lock';
const POLL_MS = 50;
/** A lock without content is being written, or its process was killed while it wrote. */
const UNWRITTEN_MS = 3_000;
const LOOK_MS = 5;
const MAX_LOOKS = 100;

/** The content of a lock's file: which process holds it. */
const lockHolder = z.object({
  pid: z.number(),
  host: z.string(),
  nonce: z.string(),
  /** Milliseconds since the epoch: since when, and until when at the latest. */
  since: z.number(),
  until: z.number(),
});

export class Locks {
  readonly #folder: string;
  readonly #clock: () => number;

  /** @param folder exists already */
  constructor(folder: string, clock: () => number) {
    this.#folder = folder;
    this.#clock = clock;
  }

  /**
   * Waits until the present holder has released it.
   * @param until milliseconds since the epoch by which the holder has certainly ended
   * @param gaveUp the error for a caller that gives up waiting; `since` is null where the holder is unknown
   * @returns the lock; `isHeld` is false once another copy took it for left behind, as when this process slept
   * @throws what `gaveUp` makes, LocalError where no lock can be written
   */
  async acquire(fingerprint: string, until: number, signal: AbortSignal, gaveUp: (since: number | null) => Error) {
    const path = join(this.#folder, `${fingerprint}${LOCK_SUFFIX}`);
    const nonce = randomUUID();
    let since: number | null = null;
    for (;;) {
      if (signal.aborted) throw gaveUp(since);
      const own = { pid: process.pid, host: hostname(), nonce, since: this.#clock(), until };
      if (await created(path, own)) return { isHeld: () => isOwn(path, nonce), release: () => release(path, nonce) };
      const found = await this.#look(path);
      if (found === 'gone') continue;
      if (found.stale) await breakLock(path, found.holder?.nonce ?? null);
      else {
        since = found.holder?.since ?? null;
        await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  /** Null where another call holds it for longer than `ms` milliseconds. @throws LocalError */
  async tryAcquire(fingerprint: string, ms: number) {
    const signal = AbortSignal.timeout(ms);
    const busy = new Error('The lock is held');
    try {
      return await this.acquire(fingerprint, this.#clock() + 2 * ms, signal, () => busy);
    } catch (error) {
      if (error === busy) return null;
      throw error;
    }
  }

  /** Whether a call with this fingerprint runs at this moment, in any copy. */
  async isHeld(fingerprint: string): Promise<boolean> {
    const found = await this.#look(join(this.#folder, `${fingerprint}${LOCK_SUFFIX}`));
    return found !== 'gone' && !found.stale;
  }

  async #look(
    path: string,
  ): Promise<'gone' | { readonly holder: z.infer<typeof lockHolder> | null; readonly stale: boolean }> {
    const now = this.#clock();
    try {
      const holder = parseJournalLine(lockHolder, String(await readOwn(path)));
      if (holder !== null) return { holder, stale: isStale(holder, now) };
      // In either direction: the clock may have been set back since.
      return { holder, stale: Math.abs(now - (await stat(path)).mtimeMs) > UNWRITTEN_MS };
    } catch (error) {
      if (fileErrorCode(error) === 'ENOENT') return 'gone';
      throw ledgerUnwritable(path, error);
    }
  }
}

async function created(path: string, holder: z.infer<typeof lockHolder>): Promise<boolean> {
  try {
    const file = await open(path, 'wx', OWNER_ONLY_FILE);
    try {
      await file.writeFile(JSON.stringify(holder));
    } catch (error) {
      await rm(path).catch(() => undefined);
      throw error;
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    if (fileErrorCode(error) === 'EEXIST') return false;
    // Windows: the file is being removed by its holder.
    if (fileErrorCode(error) === 'EPERM' && process.platform === 'win32') return false;
    throw ledgerUnwritable(path, error);
  }
}

/** Renamed away first, since only one can do that; a fresh lock of another call, written in full or not, is put back. */
async function breakLock(path: string, nonce: string | null): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
    const moved = parseJournalLine(lockHolder, await readFile(aside, 'utf8'));
    if ((moved?.nonce ?? null) !== nonce) await link(aside, path);
  } catch (error) {
    // Broken by another copy, or taken anew: the next look shows it. Windows does not move a file that is open.
    const isExpected = process.platform === 'win32' || ['ENOENT', 'EEXIST'].includes(fileErrorCode(error) ?? '');
    if (!isExpected) throw ledgerUnwritable(path, error);
  } finally {
    await rm(aside).catch(() => undefined);
  }
}

/** Looks again while another copy has it aside, which puts it back at once: one released meanwhile would stay. */
async function isOwn(path: string, nonce: string): Promise<boolean> {
  let wasAside = true;
  for (let looks = 0; ; looks++) {
    const text = await readFile(path, 'utf8').catch(() => '');
    if (parseJournalLine(lockHolder, text)?.nonce === nonce) return true;
    // What was put back between the two looks is seen by the second.
    if (text !== '' || !wasAside || looks === MAX_LOOKS) return false;
    wasAside = await isAside(path);
    if (wasAside) await sleep(LOOK_MS);
  }
}

async function isAside(path: string): Promise<boolean> {
  const names = await readdir(dirname(path)).catch(() => []);
  return names.some((name) => name.startsWith(`${basename(path)}.`));
}

async function release(path: string, nonce: string): Promise<void> {
  // One that cannot be removed ends by its own time.
  if (await isOwn(path, nonce)) await rm(path).catch(() => undefined);
}

function isStale(holder: z.infer<typeof lockHolder>, now: number): boolean {
  if (holder.until < now) return true;
  if (holder.host !== hostname()) return false;
  // In a container every process may have the same id: a lock from before this one began is an earlier one's.
  if (holder.pid === process.pid) return holder.since < performance.timeOrigin;
  return !isAlive(holder.pid);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return fileErrorCode(error) === 'EPERM';
  }
}
