import { constants } from 'node:fs';
import { copyFile, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isJsonObject } from '../core/json.ts';
import type { Log } from '../core/log.ts';
import { LOCK_SUFFIX } from './lock.ts';
import { DRAFT_SUFFIX, errorCode, ledgerUnwritable, privateFolder, writeDurably } from './private-files.ts';

/** One record of the ledger: what is known of one write, and under which key it was sent. Never what it said. */
const WRITE_KINDS = ['keyed', 'idempotent', 'once'] as const;
/** How a write can be repeated: with its key, by HTTP's own rules, or not at all (see http/retry.ts). */
export type WriteKind = (typeof WRITE_KINDS)[number];

/** In place of a key, for writes that have none. */
export const NO_KEY = '-';

/** What was called, without its arguments. */
export interface WriteFacts {
  readonly profile: string;
  readonly origin: string;
  readonly workspace: string | null;
  readonly tool: string;
  readonly route: string;
  readonly kind: WriteKind;
  /** Makes something that would be there twice if it were made again. */
  readonly create: boolean;
  /** The read tool that shows whether it was carried out; null where the client has none. */
  readonly listTool: string | null;
}

/** What the service said. */
export interface WriteAnswer {
  readonly status: number | null;
  readonly id: string | null;
  readonly number: string | null;
  readonly requestId: string | null;
}

/**
 * `open`: whether it was carried out is not known. `untouched`: open, but nothing can have been done yet (throttled).
 * `conflict`: the service says that the key was used for something else. `done`: carried out.
 */
const RECORD_STATES = ['open', 'untouched', 'conflict', 'done'] as const;
type RecordState = (typeof RECORD_STATES)[number];

export interface WriteRecord {
  readonly fingerprint: string;
  /** UUID v4, or NO_KEY. */
  readonly key: string;
  readonly state: RecordState;
  /** Milliseconds since the epoch: when the key was made, when the state last changed, when the client had the answer. */
  readonly created: number;
  readonly updated: number;
  readonly delivered: number | null;
  /** Null where the record was damaged and only its name is left. */
  readonly facts: WriteFacts | null;
  readonly answer: WriteAnswer | null;
}

const NAME = /^([0-9a-f]{64})\.([0-9a-zA-Z-]{1,64})\.json$/;

function recordFileName({ fingerprint, key }: Pick<WriteRecord, 'fingerprint' | 'key'>): string {
  return `${fingerprint}.${key}.json`;
}

/** Null for a file that is no record. */
function readRecordName(name: string): { readonly fingerprint: string; readonly key: string } | null {
  const [, fingerprint, key] = NAME.exec(name) ?? [];
  return fingerprint === undefined || key === undefined ? null : { fingerprint, key };
}

/** The key is in the name alone: content can be lost, a name hardly. */
function recordText({ fingerprint: _name, key: _inName, ...content }: WriteRecord): string {
  return `${JSON.stringify({ version: 1, ...content })}\n`;
}

/** Null where the content is damaged. */
function readRecord(name: Pick<WriteRecord, 'fingerprint' | 'key'>, text: string): WriteRecord | null {
  const value = parsed(text);
  if (!isJsonObject(value)) return null;
  const { created, updated, delivered, facts, answer } = value;
  const state = RECORD_STATES.find((known) => known === value.state);
  if (state === undefined || !isTime(created) || !isTime(updated) || !(delivered === null || isTime(delivered)))
    return null;
  if (!(facts === null || isFacts(facts)) || !(answer === null || isAnswer(answer))) return null;
  return { ...name, state, created, updated, delivered, facts, answer };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || typeof value === 'string';
}

function isFacts(value: unknown): value is WriteFacts {
  return (
    isJsonObject(value) &&
    [value.profile, value.origin, value.tool, value.route].every(isText) &&
    [value.workspace, value.listTool].every(isTextOrNull) &&
    typeof value.create === 'boolean' &&
    WRITE_KINDS.some((kind) => kind === value.kind)
  );
}

function isAnswer(value: unknown): value is WriteAnswer {
  return (
    isJsonObject(value) &&
    (value.status === null || isTime(value.status)) &&
    [value.id, value.number, value.requestId].every(isTextOrNull)
  );
}

/** The records on disk, one file each, with the key in its name. Safe with many copies of the bridge at once. */
/** As long as the service remembers a key. */
export const KEY_LIFETIME_MS = 24 * 60 * 60_000;
/** A twin that waits in another copy has given up by then: as long as --timeout may be. */
const TWIN_MS = 60 * 60_000;
/** Drafts and locks that a killed process left behind. */
const DEBRIS_AFTER_MS = 2 * 60 * 60_000;

export class RecordStore {
  readonly #folder: string;
  readonly #damaged: string;
  readonly #log: Log;

  /** @param root the ledger's own folder */
  constructor(root: string, log: Log) {
    this.#folder = join(root, 'open');
    this.#damaged = join(root, 'damaged');
    this.#log = log;
  }

  get folder(): string {
    return this.#folder;
  }

  /** Oldest first. @throws LocalError where the folder cannot be read */
  async find(fingerprint: string): Promise<WriteRecord[]> {
    return this.#read((name) => name.startsWith(fingerprint));
  }

  async all(): Promise<WriteRecord[]> {
    return this.#read(() => true);
  }

  /** On the disk when this resolves. @throws LocalError */
  async save(record: WriteRecord): Promise<void> {
    const path = join(this.#folder, recordFileName(record));
    try {
      await writeDurably(path, recordText(record));
    } catch (error) {
      throw ledgerUnwritable(path, error);
    }
  }

  /** @returns whether it was there */
  async remove(record: Pick<WriteRecord, 'fingerprint' | 'key'>): Promise<boolean> {
    try {
      await rm(join(this.#folder, recordFileName(record)));
      return true;
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return false;
      throw ledgerUnwritable(this.#folder, error);
    }
  }

  /** Removes what no call can need any more. @returns open records that nobody ever settled */
  async prune(now: number, duplicateWindowMs: number): Promise<WriteRecord[]> {
    const expired: WriteRecord[] = [];
    for (const record of await this.all()) {
      const ended = isDelivered(record)
        ? record.delivered + Math.max(duplicateWindowMs, TWIN_MS) <= now
        : record.created + KEY_LIFETIME_MS <= now;
      if (ended && (await this.remove(record)) && record.state !== 'done') expired.push(record);
    }
    await this.#sweep(now);
    return expired;
  }

  async #sweep(now: number): Promise<void> {
    const debris = (await this.#names()).filter((name) => name.endsWith(DRAFT_SUFFIX) || name.includes(LOCK_SUFFIX));
    for (const name of debris) {
      const path = join(this.#folder, name);
      const info = await stat(path).catch(() => null);
      if (info !== null && info.mtimeMs + DEBRIS_AFTER_MS < now) await rm(path, { force: true });
    }
  }

  async #read(wanted: (name: string) => boolean): Promise<WriteRecord[]> {
    const records: WriteRecord[] = [];
    for (const name of (await this.#names()).filter(wanted)) {
      const parts = readRecordName(name);
      const record = parts === null ? null : await this.#load(name, parts);
      if (record !== null) records.push(record);
    }
    return records.sort((left, right) => left.created - right.created || (left.key < right.key ? -1 : 1));
  }

  async #load(name: string, parts: Pick<WriteRecord, 'fingerprint' | 'key'>): Promise<WriteRecord | null> {
    const path = join(this.#folder, name);
    try {
      const text = await readFile(path, 'utf8');
      return readRecord(parts, text) ?? (await this.#salvage(name, parts));
    } catch (error) {
      // Settled and removed by another copy since the folder was listed.
      if (errorCode(error) === 'ENOENT') return null;
      throw ledgerUnwritable(path, error);
    }
  }

  /** A record that cannot be read is no proof that nothing was sent: it counts as open, under the key of its name. */
  async #salvage(name: string, parts: Pick<WriteRecord, 'fingerprint' | 'key'>): Promise<WriteRecord> {
    const path = join(this.#folder, name);
    const { mtimeMs } = await stat(path);
    const aside = join(this.#damaged, name);
    try {
      await privateFolder(this.#damaged);
      await copyFile(path, aside, constants.COPYFILE_EXCL);
      this.#log.warn(
        `a record of the write ledger is damaged: it is kept at ${aside}, and its call counts as one whose outcome is not known`,
      );
    } catch {
      // Reported by whoever set it aside; a disk that cannot take the copy is reported by the write that follows.
    }
    return { ...parts, state: 'open', created: mtimeMs, updated: mtimeMs, delivered: null, facts: null, answer: null };
  }

  async #names(): Promise<string[]> {
    try {
      return await readdir(this.#folder);
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return [];
      throw ledgerUnwritable(this.#folder, error);
    }
  }
}

export function isDelivered(record: WriteRecord): record is WriteRecord & { readonly delivered: number } {
  return record.state === 'done' && record.delivered !== null;
}
