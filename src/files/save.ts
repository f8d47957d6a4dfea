import { createHash, randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, copyFile, type FileHandle, link, mkdir, open, rm } from 'node:fs/promises';
import { join, parse } from 'node:path';
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
        const { handle } = await this.#onDisk(async () => this.#draft ?? (await this.#create()));
        if (isFirst) await this.#onDisk(() => handle.truncate(0));
        isFirst = false;
        this.#hash.update(bytes);
        if (this.#head.length < this.#headBytes) {
          this.#head = Buffer.concat([this.#head, bytes.subarray(0, this.#headBytes - this.#head.length)]);
        }
        await this.#onDisk(() => handle.write(bytes, 0, bytes.length, this.#size));
        this.#size += bytes.length;
      },
    };
  }

  /**
   * @param wanted its name; ` (2)` and so on is added where it is taken
   * @returns its absolute path, its size in bytes and its hash in hexadecimal. @throws LocalError
   */
  async keep(wanted: string) {
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
