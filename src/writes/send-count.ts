import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileErrorCode } from '../config/paths.ts';
import { AbortedError } from '../core/errors.ts';
import type { Locks } from './lock.ts';
import { createOnce, ledgerUnwritable, privateFolder } from './private-files.ts';
import { tooManySends } from './write-messages.ts';

/**
 * How much was sent on each calendar day of this computer, over all copies of the bridge: a folder for each day with an
 * empty file for each send. What may have been sent counts as well, so a file is there before anything leaves, and goes
 * again only where it is certain that nothing was sent.
 */

/** In the folder of the ledger. */
const FOLDER = 'sends';
const LOCK = 'sends';
/** Another time zone, or a clock that is set right, can bring a day back. */
const KEPT_DAYS = 5;
const LOCK_MS = 10_000;

export interface SendLimit {
  /** The most on one day; null for any number. */
  readonly most: number | null;
  /** The day that it is on this computer, YYYY-MM-DD. */
  readonly day: () => string;
}

export class SendCount {
  readonly #root: string;
  readonly #limit: SendLimit;
  readonly #locks: Locks;
  readonly #clock: () => number;

  /** @param folder the ledger's own folder, which exists */
  constructor(folder: string, limit: SendLimit, locks: Locks, clock: () => number) {
    this.#root = join(folder, FOLDER);
    this.#limit = limit;
    this.#locks = locks;
    this.#clock = clock;
  }

  /**
   * Counts what is about to be sent. The same write counts once a day, however often it is attempted.
   * @param name of the write, fit for a file @param sends how many it makes
   * @returns takes it back, for a write that certainly sent nothing
   * @throws AbortedError where there would be more than the limit, LocalError where it cannot be noted
   */
  async take(name: string, sends: number, tool: string, signal: AbortSignal): Promise<() => Promise<void>> {
    const day = this.#limit.day();
    const folder = join(this.#root, day);
    await this.#prepare(folder);
    const busy = () =>
      new AbortedError('limit_busy', `${tool} was not carried out: other calls were being counted.`, {
        hint: 'Nothing was sent. Try again.',
      });
    const lock = await this.#locks.acquire(LOCK, this.#clock() + LOCK_MS, signal, busy);
    try {
      const before = new Set(await filesIn(folder));
      const names = Array.from({ length: sends }, (_one, index) => `${name}.${index + 1}`);
      const missing = names.filter((one) => !before.has(one));
      this.#refuseAbove(before.size + missing.length, before.size, sends, tool);
      const takeBack = () => remove(folder, missing);
      for (const one of missing) await createOnce(join(folder, one), '');
      // Should two copies ever hold the lock together, the later one sees the files of both.
      const after = await filesIn(folder);
      try {
        this.#refuseAbove(after.length, after.length - missing.length, sends, tool);
      } catch (error) {
        await takeBack();
        throw error;
      }
      return takeBack;
    } finally {
      await lock.release();
    }
  }

  /** What counts so far on the present day. @throws LocalError where it cannot be read */
  async used(): Promise<number> {
    return (await filesIn(join(this.#root, this.#limit.day()))).length;
  }

  /** Before a person is asked: whether so many more would be refused. @throws AbortedError, LocalError */
  async check(sends: number, tool: string): Promise<void> {
    if (this.#limit.most === null) return;
    const used = await this.used();
    this.#refuseAbove(used + sends, used, sends, tool);
  }

  /** Removes days that are over. */
  async prune(): Promise<void> {
    const days = (await filesIn(this.#root)).filter((name) => /^\d{4}-\d\d-\d\d$/.test(name)).sort();
    const today = this.#limit.day();
    const old = days.filter((day) => day < today).slice(0, -KEPT_DAYS);
    for (const day of old) await rm(join(this.#root, day), { recursive: true, force: true });
  }

  async #prepare(folder: string): Promise<void> {
    try {
      await privateFolder(this.#root);
      await privateFolder(folder);
    } catch (error) {
      throw ledgerUnwritable(folder, error);
    }
  }

  #refuseAbove(would: number, used: number, sends: number, tool: string): void {
    const { most, day } = this.#limit;
    if (most !== null && would > most) throw tooManySends(tool, { most, used, sends, day: day() });
  }
}

async function remove(folder: string, names: readonly string[]): Promise<void> {
  for (const name of names) await rm(join(folder, name), { force: true });
}

async function filesIn(folder: string): Promise<readonly string[]> {
  try {
    // What is still being written has not been counted yet.
    return (await readdir(folder)).filter((name) => !name.endsWith('.tmp'));
  } catch (error) {
    if (fileErrorCode(error) === 'ENOENT') return [];
    throw ledgerUnwritable(folder, error);
  }
}
