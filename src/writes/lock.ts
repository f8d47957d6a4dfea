import { randomUUID } from 'node:crypto';
import { link, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { isJsonObject } from '../core/json.ts';
import { errorCode, ledgerUnwritable, OWNER_ONLY_FILE } from './private-files.ts';

/**
 * One call at a time per fingerprint, over all copies of the bridge. A lock outlives neither its process nor its
 * time; should two copies ever hold one together, they share the open record's key, and the service tells them apart.
 */
export const LOCK_SUFFIX = '.lock';
const POLL_MS = 50;
/** A lock without content is being written, or its process was killed while it wrote. */
const UNWRITTEN_MS = 3_000;

interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly nonce: string;
  /** Milliseconds since the epoch: since when, and until when at the latest. */
  readonly since: number;
  readonly until: number;
}

interface Lock {
  release(): Promise<void>;
}

interface LockRequest {
  readonly fingerprint: string;
  /** Milliseconds since the epoch by which the holder is done for certain. */
  readonly until: number;
  readonly signal: AbortSignal;
  /** The error for who gives up waiting. @param since null where the holder is not known */
  readonly gaveUp: (since: number | null) => Error;
}

export class Locks {
  readonly #folder: string;
  readonly #clock: () => number;

  /** @param folder exists already */
  constructor(folder: string, clock: () => number) {
    this.#folder = folder;
    this.#clock = clock;
  }

  /** Waits for whoever has it. @throws what `gaveUp` makes, LocalError where no lock can be written */
  async acquire({ fingerprint, until, signal, gaveUp }: LockRequest): Promise<Lock> {
    const path = join(this.#folder, `${fingerprint}${LOCK_SUFFIX}`);
    const nonce = randomUUID();
    let since: number | null = null;
    for (;;) {
      if (signal.aborted) throw gaveUp(since);
      const own: Holder = { pid: process.pid, host: hostname(), nonce, since: this.#clock(), until };
      if (await taken(path, own)) return { release: () => release(path, nonce) };
      const found = await this.#look(path);
      if (found === 'gone') continue;
      if (found.stale) await breakLock(path, found.holder?.nonce ?? null);
      else {
        since = found.holder?.since ?? null;
        await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  /** Null where somebody else has it for longer than `ms` milliseconds. @throws LocalError */
  async tryAcquire(fingerprint: string, ms: number): Promise<Lock | null> {
    const signal = AbortSignal.timeout(ms);
    const busy = new Error('The lock is held');
    try {
      return await this.acquire({ fingerprint, until: this.#clock() + 2 * ms, signal, gaveUp: () => busy });
    } catch (error) {
      if (error === busy) return null;
      throw error;
    }
  }

  /** Whether a call with this fingerprint runs at this moment, in whatever copy. */
  async isHeld(fingerprint: string): Promise<boolean> {
    const found = await this.#look(join(this.#folder, `${fingerprint}${LOCK_SUFFIX}`));
    return found !== 'gone' && !found.stale;
  }

  async #look(path: string): Promise<'gone' | { readonly holder: Holder | null; readonly stale: boolean }> {
    const now = this.#clock();
    try {
      const holder = readHolder(await readFile(path, 'utf8'));
      if (holder !== null) return { holder, stale: isStale(holder, now) };
      return { holder, stale: (await stat(path)).mtimeMs + UNWRITTEN_MS < now };
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return 'gone';
      throw ledgerUnwritable(path, error);
    }
  }
}

async function taken(path: string, holder: Holder): Promise<boolean> {
  try {
    const file = await open(path, 'wx', OWNER_ONLY_FILE);
    try {
      await file.writeFile(JSON.stringify(holder));
    } catch (error) {
      await rm(path, { force: true }).catch(() => undefined);
      throw error;
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    // Windows: the file is being removed by its holder.
    if (errorCode(error) === 'EPERM' && process.platform === 'win32') return false;
    throw ledgerUnwritable(path, error);
  }
}

/** Renamed away first, since only one can do that; what turns out to be somebody's fresh lock is put back. */
async function breakLock(path: string, nonce: string | null): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
    const moved = readHolder(await readFile(aside, 'utf8'));
    if (moved !== null && moved.nonce !== nonce) await link(aside, path);
  } catch {
    // Broken by another copy, or taken anew: the next look will tell.
  } finally {
    await rm(aside, { force: true }).catch(() => undefined);
  }
}

async function release(path: string, nonce: string): Promise<void> {
  try {
    if (readHolder(await readFile(path, 'utf8'))?.nonce === nonce) await rm(path, { force: true });
  } catch {
    // Gone, or unreadable: it ends by its own time.
  }
}

function isStale(holder: Holder, now: number): boolean {
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
    return errorCode(error) === 'EPERM';
  }
}

function readHolder(text: string): Holder | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isJsonObject(value)) return null;
  const { pid, host, nonce, since, until } = value;
  if (typeof pid !== 'number' || typeof since !== 'number' || typeof until !== 'number') return null;
  return typeof host === 'string' && typeof nonce === 'string' ? { pid, host, nonce, since, until } : null;
}
