import { constants } from 'node:fs';
import { type FileHandle, open, realpath, stat } from 'node:fs/promises';
import filenamify from 'filenamify';
import { absolutePath, fileErrorCode, fileErrorReason, type Machine, pathsOf } from '../config/paths.ts';
import { LocalError } from '../core/errors.ts';
import type { Secrets } from '../core/log.ts';

/**
 * The files folder: the one place that files are taken from and saved to. Nothing outside it can be named, whether by
 * `..`, by an absolute path or through a link of either kind, and nothing in it is ever overwritten.
 */
export const MAX_FILE_BYTES = 20 * 1024 * 1024;

/** A file that was found to be in the folder, open for reading. */
export interface OpenFile {
  readonly handle: FileHandle;
  /** Without its folder. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
}

export class FilesFolder {
  /** Absolute; it need not exist yet. */
  readonly path: string;
  /** What no file that is saved here may hold. */
  readonly secrets: Secrets;
  readonly #machine: Machine;

  constructor(path: string, machine: Machine, secrets: Secrets) {
    this.path = path;
    this.secrets = secrets;
    this.#machine = machine;
  }

  /**
   * @param given relative to the folder, or absolute and inside it
   * @throws LocalError for anything but a plain file in the folder, of MAX_FILE_BYTES at most
   */
  async open(given: string): Promise<OpenFile> {
    let handle: FileHandle | undefined;
    try {
      const real = await this.#located(given);
      handle = await open(real, READ_PLAIN);
      const opened = await handle.stat({ bigint: true });
      // What was opened must be what was looked at: a link may have been put in its place since.
      const again = await realpath(real);
      const now = await stat(again, { bigint: true });
      if (again !== real || now.ino !== opened.ino || now.dev !== opened.dev) throw this.#outside(given);
      if (!opened.isFile()) throw this.#noFile(given);
      if (opened.nlink > 1n) throw this.#elsewhereToo(given);
      const size = Number(opened.size);
      if (size === 0 || size > MAX_FILE_BYTES) throw this.#wrongSize(given, size);
      return { handle, name: pathsOf(this.#machine).basename(real), size };
    } catch (error) {
      await handle?.close();
      throw error instanceof LocalError ? error : this.#unreadable(given, error);
    }
  }

  /** The file's own path, without links. */
  async #located(given: string): Promise<string> {
    const paths = pathsOf(this.#machine);
    if (given.includes('\0')) throw this.#outside(given);
    const asked = absolutePath(given, { ...this.#machine, cwd: this.path });
    // Told before the disk is asked, so that nobody learns what exists elsewhere.
    const root = await realpath(this.path).catch(() => null);
    if (![this.path, root ?? this.path].some((one) => isInside(paths, one, asked))) throw this.#outside(given);
    if (root === null) throw this.#unreadable(given, null);
    const real = await realpath(asked);
    if (!isInside(paths, root, real)) throw this.#outside(given);
    // A pipe would block the process that opens it, and a device is not a file.
    if (!(await stat(real)).isFile()) throw this.#noFile(given);
    return real;
  }

  #outside(given: string): LocalError {
    const message = `${given} is not in the files folder ${this.path}: nothing was sent.`;
    const hint = {
      person: `Files are taken from ${this.path} only: put the file there, or choose another folder with --files <dir>.`,
      model: `Files are taken from ${this.path} only: ask the user to put the file there, or to choose another folder with --files.`,
    };
    return new LocalError('outside_files_folder', message, { hint });
  }

  #noFile(given: string): LocalError {
    return new LocalError('no_plain_file', `${given} is not a regular file: nothing was sent.`, {
      hint: 'Name a file, such as a PDF or a picture.',
    });
  }

  /** A hard link to a file outside looks like a file of the folder's own in every other way. */
  #elsewhereToo(given: string): LocalError {
    const message = `${given} has a second name on this disk (a hard link), which may be outside the files folder: nothing was sent.`;
    const hint = {
      person: `Put a copy of it into ${this.path}, under a new name, and give that name.`,
      model: `Ask the user to put a copy of it into ${this.path}, under a new name, and name that.`,
    };
    return new LocalError('hard_link', message, { hint });
  }

  #wrongSize(given: string, size: number): LocalError {
    const what = size === 0 ? 'is empty' : `is larger than ${MAX_FILE_BYTES / 1024 / 1024} MB`;
    return new LocalError('file_size', `${given} ${what}: nothing was sent.`, { hint: 'Choose another file.' });
  }

  #unreadable(given: string, cause: unknown): LocalError {
    const code = fileErrorCode(cause);
    const isMissing = code === undefined || code === 'ENOENT' || code === 'ENOTDIR';
    const what = isMissing
      ? `there is no such file in the files folder ${this.path}`
      : `it cannot be read (${fileErrorReason(cause)})`;
    const hint = isMissing
      ? {
          person: `Put the file into ${this.path}, and give its name there.`,
          model: `Ask the user to put the file into ${this.path}, and name it by its name there.`,
        }
      : { person: 'Make the file readable for you.', model: 'Ask the user to make the file readable for them.' };
    return new LocalError('file_unreadable', `${given}: ${what}.`, { hint, cause });
  }
}

/** Windows has neither: there, links and pipes are found out before. */
const READ_PLAIN = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

function isInside(paths: ReturnType<typeof pathsOf>, root: string, path: string): boolean {
  const way = paths.relative(root, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${paths.sep}`) && !paths.isAbsolute(way);
}

/** File systems count bytes (255 at most); this leaves room for ` (12)`, the ending and a draft's suffix. */
const MAX_NAME_BYTES = 180;
/** Characters that nobody sees, among them those that make a name read otherwise than it is. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{DI}]+/gu;

const OPTIONS = { replacement: '-', maxLength: 255 };

/**
 * A readable name that every platform takes: `FAK2026-0001 ACME s.r.o..pdf`.
 * @param parts in order; what is empty is left out.
 * @param ending with its dot
 */
export function fileName(parts: readonly (string | null)[], ending: string): string {
  const said = parts
    .map((part) => (part ?? '').normalize('NFC').replace(INVISIBLE, ' ').replace(/\s+/g, ' ').trim())
    .filter((part) => part !== '')
    .join(' ');
  const segments = [...new Intl.Segmenter().segment(said)].map(({ segment }) => segment);
  while (Buffer.byteLength(segments.join('')) > MAX_NAME_BYTES) segments.pop();
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
