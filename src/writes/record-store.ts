import { constants } from 'node:fs';
import { copyFile, readdir, rm, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileErrorCode } from '../config/paths.ts';
import type { Log } from '../core/log.ts';
import { LOCK_SUFFIX } from './lock.ts';
import { DRAFT_SUFFIX, ledgerUnwritable, privateFolder, readOwn, writeDurably } from './private-files.ts';
import {
  isDelivered,
  KEY_LIFETIME_MS,
  readRecordName,
  readWriteRecord,
  recordFileName,
  type WriteRecord,
} from './write-record.ts';

/** The records on disk, one file each, with the key in its name. Safe with many copies of the bridge at once. */

/** A concurrent duplicate in another copy has given up by then: as long as --timeout may be. */
const DUPLICATE_WAIT_MS = 60 * 60_000;
/** Drafts and locks that a killed process left behind. */
const DEBRIS_AFTER_MS = 2 * 60 * 60_000;

export class RecordStore {
  /** Where the records are, and their locks. */
  readonly folder: string;
  readonly #damaged: string;
  readonly #log: Log;

  /** @param root the ledger's own folder */
  constructor(root: string, log: Log) {
    this.folder = join(root, 'open');
    this.#damaged = join(root, 'damaged');
    this.#log = log;
  }

  /** Those of one fingerprint, or all, oldest first. @throws LocalError where the folder cannot be read */
  async find(fingerprint = ''): Promise<WriteRecord[]> {
    const records: WriteRecord[] = [];
    for (const name of (await this.#names()).filter((one) => one.startsWith(fingerprint))) {
      const parts = readRecordName(name);
      const record = parts === null ? null : await this.#load(name, parts);
      if (record !== null) records.push(record);
    }
    return records.sort((left, right) => left.created - right.created);
  }

  /** On the disk when this resolves. @throws LocalError */
  async save(record: WriteRecord): Promise<void> {
    const path = join(this.folder, recordFileName(record));
    const { fingerprint: _inName, key: _too, ...content } = record;
    try {
      await writeDurably(path, `${this.#log.secrets.fileJson({ version: 1, ...content })}\n`);
    } catch (error) {
      throw ledgerUnwritable(path, error);
    }
  }

  /** @returns whether it was there */
  async remove(record: Pick<WriteRecord, 'fingerprint' | 'key'>): Promise<boolean> {
    try {
      // Not `rm`, which succeeds for each of several copies at once.
      await unlink(join(this.folder, recordFileName(record)));
      return true;
    } catch (error) {
      if (fileErrorCode(error) === 'ENOENT') return false;
      throw ledgerUnwritable(this.folder, error);
    }
  }

  /** Removes what no call can need any more. @returns records whose outcome was never settled */
  async prune(now: number, duplicateWindowMs: number): Promise<WriteRecord[]> {
    const expired: WriteRecord[] = [];
    for (const record of await this.find()) {
      const ended = isDelivered(record)
        ? record.delivered + Math.max(duplicateWindowMs, DUPLICATE_WAIT_MS) <= now
        : record.created + KEY_LIFETIME_MS <= now;
      if (ended && (await this.remove(record)) && record.state !== 'done') expired.push(record);
    }
    const debris = (await this.#names()).filter((name) => name.endsWith(DRAFT_SUFFIX) || name.includes(LOCK_SUFFIX));
    for (const name of debris) {
      const path = join(this.folder, name);
      const info = await stat(path).catch(() => null);
      if (info !== null && info.mtimeMs + DEBRIS_AFTER_MS < now) await rm(path, { force: true });
    }
    return expired;
  }

  async #load(name: string, parts: Pick<WriteRecord, 'fingerprint' | 'key'>): Promise<WriteRecord | null> {
    const path = join(this.folder, name);
    try {
      const text = (await readOwn(path)).toString('utf8');
      return readWriteRecord(parts, text) ?? (await this.#salvage(name, parts));
    } catch (error) {
      // Settled and removed by another copy since the folder was listed.
      if (fileErrorCode(error) === 'ENOENT') return null;
      throw ledgerUnwritable(path, error);
    }
  }

  /** A record that cannot be read is no proof that nothing was sent: it counts as open, under the key of its name. */
  async #salvage(name: string, parts: Pick<WriteRecord, 'fingerprint' | 'key'>): Promise<WriteRecord> {
    const path = join(this.folder, name);
    const { mtimeMs } = await stat(path);
    const copy = join(this.#damaged, name);
    try {
      await privateFolder(this.#damaged);
      await copyFile(path, copy, constants.COPYFILE_EXCL);
      this.#log.warn(
        `a record of the write ledger is damaged: a copy is kept at ${copy}, and the outcome of its call counts as unknown`,
      );
    } catch {
      // Reported by the copy of the bridge that kept it; a disk that is full is reported by the write that follows.
    }
    return { ...parts, state: 'open', created: mtimeMs, updated: mtimeMs, delivered: null, facts: null, answer: null };
  }

  /** In the same order for every copy of the bridge. */
  async #names(): Promise<string[]> {
    try {
      return (await readdir(this.folder)).sort();
    } catch (error) {
      if (fileErrorCode(error) === 'ENOENT') return [];
      throw ledgerUnwritable(this.folder, error);
    }
  }
}
