import { createHash, randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, copyFile, type FileHandle, link, mkdir, open, rm } from 'node:fs/promises';
import { join, parse } from 'node:path';
import filenamify from 'filenamify';
import { fileErrorCode, fileErrorReason } from '../config/paths.ts';
import { LocalError } from '../core/errors.ts';
import type { ByteSink } from '../http/answer-body.ts';
import type { FilesFolder } from './folder.ts';

/** Saving a file as it arrives: complete or not at all, under a name that nothing had before. */
const MAX_NAMES = 1000;

/** One file on its way to the folder: take its bytes, then keep it or drop it. */
export class IncomingFile {
  readonly #folder: FilesFolder;
  readonly #limit: number;
  /** How many of the first bytes `head` keeps. */
  readonly #headBytes: number;
  #draft: { readonly path: string; readonly handle: FileHandle } | null = null;
  #hash = createHash('sha256');
  #head: Buffer = Buffer.alloc(0);
  #size = 0;

  constructor(folder: FilesFolder, limit: number, headBytes: number) {
    this.#folder = folder;
    this.#limit = limit;
    this.#headBytes = headBytes;
  }

  /** The first bytes. */
  get head(): Uint8Array {
    return this.#head;
  }

  /** For one attempt: what an earlier one brought is forgotten. */
  sink(): ByteSink {
    this.#hash = createHash('sha256');
    this.#head = Buffer.alloc(0);
    this.#size = 0;
    let isFirst = true;
    return {
      limit: this.#limit,
      write: async (bytes) => {
        const draft = await this.#opened(isFirst);
        isFirst = false;
        this.#hash.update(bytes);
        if (this.#head.length < this.#headBytes) {
          this.#head = Buffer.concat([this.#head, bytes.subarray(0, this.#headBytes - this.#head.length)]);
        }
        await this.#onDisk(() => draft.write(bytes, 0, bytes.length, this.#size));
        this.#size += bytes.length;
      },
    };
  }

  /** @param wanted its name; ` (2)` and so on is added where it is taken. @throws LocalError */
  async keep(wanted: string): Promise<{
    /** Absolute. */
    readonly path: string;
    /** Bytes. */
    readonly size: number;
    /** In hexadecimal. */
    readonly sha256: string;
  }> {
    const { handle, path: draft } = await this.#onDisk(async () => this.#draft ?? (await this.#create()));
    await this.#onDisk(() => handle.sync());
    const name = this.#folder.secrets.maskedValues(wanted);
    const { name: stem, ext } = parse(name);
    for (let count = 1; count <= MAX_NAMES; count += 1) {
      const path = join(this.#folder.path, count === 1 ? name : `${stem} (${count})${ext}`);
      if (!(await this.#onDisk(() => placed(draft, path)))) continue;
      await this.drop();
      return { path, size: this.#size, sha256: this.#hash.digest('hex') };
    }
    throw new LocalError('files_unwritable', `There are ${MAX_NAMES} files named ${name} in ${this.#folder.path}.`, {
      hint: {
        person: 'Move older files away, or choose another folder with --files <dir>.',
        model: `Ask the user to move older files out of ${this.#folder.path}, or to choose another folder with --files.`,
      },
    });
  }

  /** Removes the draft, if there is one. */
  async drop(): Promise<void> {
    const draft = this.#draft;
    this.#draft = null;
    await draft?.handle.close().catch(() => undefined);
    if (draft !== null) await rm(draft.path, { force: true }).catch(() => undefined);
  }

  async #opened(isFirst: boolean): Promise<FileHandle> {
    return this.#onDisk(async () => {
      const { handle } = this.#draft ?? (await this.#create());
      if (isFirst) await handle.truncate(0);
      return handle;
    });
  }

  async #create(): Promise<{ readonly path: string; readonly handle: FileHandle }> {
    await mkdir(this.#folder.path, { recursive: true });
    const path = join(this.#folder.path, `.lucanto-${randomBytes(6).toString('hex')}.part`);
    this.#draft = { path, handle: await open(path, 'wx', 0o600) };
    return this.#draft;
  }

  async #onDisk<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      const why = fileErrorReason(cause);
      throw new LocalError('files_unwritable', `The files folder ${this.#folder.path} cannot be written (${why}).`, {
        hint: {
          person: 'Make room or make it writable, or choose another folder with --files <dir>.',
          model: 'Ask the user to make room or to make it writable, or to choose another folder with --files.',
        },
        cause,
      });
    }
  }
}

/** False where the name is taken. A hard link is the one way to give a name that fails if there is one. */
async function placed(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (fileErrorCode(error) === 'EEXIST') return false;
  }
  // Disks without hard links (exFAT, some network disks).
  try {
    await copyFile(draft, path, constants.COPYFILE_EXCL);
    await chmod(path, 0o600).catch(() => undefined);
    return true;
  } catch (error) {
    if (fileErrorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Readable names that every platform takes: `FAK2026-0001 ACME s.r.o..pdf`. */
/** File systems count bytes (255 at most); this leaves room for ` (12)`, the ending and a draft's suffix. */
const MAX_BYTES = 180;
/** Characters that nobody sees, among them those that make a name read otherwise than it is. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{DI}]+/gu;

const OPTIONS = { replacement: '-', maxLength: 255 };

/** @param parts of the name, in order; what is empty is left out. @param ending with its dot */
export function fileName(parts: readonly (string | null)[], ending: string): string {
  const said = parts
    .map((part) => (part ?? '').normalize('NFC').replace(INVISIBLE, ' ').replace(/\s+/g, ' ').trim())
    .filter((part) => part !== '')
    .join(' ');
  const segments = [...new Intl.Segmenter().segment(said)].map(({ segment }) => segment);
  while (Buffer.byteLength(segments.join('')) > MAX_BYTES) segments.pop();
  // A leading dot hides a file, programs take a leading dash for an option, and a dash stands for each sign that is taken out.
  const stem =
    segments
      .join('')
      .replace(/^[.\s<>:"/\\|?*-]+/, '')
      .trim() || 'document';
  // Windows knows its devices by what comes before the first dot (`CON.2026.pdf`).
  const [device = '', ...rest] = stem.split('.');
  const harmless = [filenamify(device, OPTIONS), ...rest].join('.');
  return filenamify(`${harmless}${ending}`, OPTIONS);
}
