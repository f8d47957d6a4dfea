import { createHash } from 'node:crypto';
import { appendFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { fileErrorCode, fileErrorReason } from '../config/paths.ts';
import { LocalError } from '../core/errors.ts';
import { isJsonObject } from '../core/json.ts';
import type { Log } from '../core/log.ts';
import { OWNER_ONLY_FILE, privateFolder, readOwn } from '../writes/private-files.ts';
import { HEAD_BYTES } from './media-type.ts';

/** Which files were uploaded before, by what they hold: a line each in `uploads.jsonl`, beside the write ledger. */
interface UploadFacts {
  readonly origin: string;
  readonly workspace: string | null;
  /** Of the file, in hexadecimal. */
  readonly sha256: string;
  readonly tool: string;
  /** The record that the service answered with. */
  readonly id: string | null;
}

export interface PastUpload extends UploadFacts {
  /** ISO 8601. */
  readonly time: string;
}

export class UploadIndex {
  readonly #folder: string;
  readonly #clock: () => number;
  readonly #log: Log;

  constructor(folder: string, clock: () => number, log: Log) {
    this.#folder = folder;
    this.#clock = clock;
    this.#log = log;
  }

  /** The latest upload of the same bytes to the same service. A line that cannot be read is no upload. */
  async find({ origin, sha256 }: Pick<UploadFacts, 'origin' | 'sha256'>): Promise<PastUpload | null> {
    const text = await readOwn(this.#path).then(String, (error: unknown) => {
      if (error instanceof LocalError) this.#log.warn(error.message);
      else if (fileErrorCode(error) !== 'ENOENT')
        this.#log.warn(`the list of uploads cannot be read (${fileErrorReason(error)})`);
      return '';
    });
    const rows = text.split('\n').filter((line) => line.includes(sha256));
    return rows.map(read).findLast((row) => row?.sha256 === sha256 && row.origin === origin) ?? null;
  }

  /** The upload is done: a disk that fails now is told, but changes nothing about the answer. */
  async add(facts: UploadFacts): Promise<void> {
    const line = this.#log.secrets.fileJson({ time: new Date(this.#clock()).toISOString(), ...facts });
    try {
      await privateFolder(this.#folder);
      // One write in append mode: several copies of the bridge do not mix their lines.
      await appendFile(this.#path, `${line}\n`, { mode: OWNER_ONLY_FILE });
    } catch (error) {
      this.#log.warn(`the list of uploads cannot be written (${fileErrorReason(error)})`);
    }
  }

  get #path(): string {
    return join(this.#folder, 'uploads.jsonl');
  }
}

/** How a file begins, and the hash of all that it holds. */
export async function contentOf(handle: FileHandle, size: number) {
  const hash = createHash('sha256');
  let head: Uint8Array = new Uint8Array();
  for (let at = 0; at < size; ) {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(64 * 1024), 0, null, at);
    if (bytesRead === 0) break;
    const bytes = buffer.subarray(0, Math.min(bytesRead, size - at));
    if (at === 0) head = bytes.subarray(0, HEAD_BYTES);
    hash.update(bytes);
    at += bytes.length;
  }
  return { head, sha256: hash.digest('hex') };
}

export function uploadedBefore({ time, tool, id, workspace, sha256 }: PastUpload, name: string): string {
  const where = [id === null ? '' : `, record ${id}`, workspace === null ? '' : `, workspace ${workspace}`].join('');
  return `The same file as ${name} (SHA-256 ${sha256}) was uploaded before, at ${time} (${tool}${where}): if that was the same receipt, it is there twice now.`;
}

function read(line: string): PastUpload | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  if (!isJsonObject(value)) return null;
  const { time, origin, workspace, sha256, tool, id } = value;
  const texts = [time, origin, sha256, tool].filter((one) => typeof one === 'string');
  const [when, where, hash, by] = texts;
  if (when === undefined || where === undefined || hash === undefined || by === undefined) return null;
  return { time: when, origin: where, workspace: orNull(workspace), sha256: hash, tool: by, id: orNull(id) };
}

function orNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
