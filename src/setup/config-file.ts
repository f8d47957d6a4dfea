import {
  chmodSync,
  closeSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/** A client's file on disk: read whole, replaced whole, through links, with its mode. */
/** Other programs' files may hold other programs' secrets. */
const NEW_FILE = 0o600;
const MAX_BYTES = 50 * 1024 * 1024;
const MAX_LINKS = 10;
const BOM = '\uFEFF';

export interface ConfigFile {
  /** Where it was looked for, on disk. */
  readonly path: string;
  /** Where the bytes are: behind every link. */
  readonly target: string;
  /** Null where there is no file. */
  readonly bytes: Buffer | null;
  /** Without the byte order mark. */
  readonly text: string;
  readonly mode: number;
}

/** A clause that completes "the file …". */
export interface FileProblem {
  readonly problem: string;
}

export function readConfigFile(path: string): ConfigFile | FileProblem {
  try {
    const target = targetOf(path);
    const stats = statSync(target, { throwIfNoEntry: false });
    if (stats === undefined) return { path, target, bytes: null, text: '', mode: NEW_FILE };
    if (!stats.isFile()) return { problem: 'is no file' };
    if (stats.size > MAX_BYTES) return { problem: 'is too large for a configuration' };
    const bytes = readFileSync(target);
    const text = decode(bytes);
    if (text === null) return { problem: 'is not written in UTF-8' };
    return { path, target, bytes, text, mode: stats.mode & 0o777 };
  } catch (error) {
    return { problem: `cannot be read (${codeOf(error)})` };
  }
}

/**
 * Replaces the file in one step. @param bytes null takes the file away
 * @returns 'meanwhile' where it is no longer what was read
 */
export function replaceConfigFile(file: ConfigFile, text: string | null): 'done' | 'meanwhile' | FileProblem {
  // Renaming would replace a file that its owner has locked.
  if (file.bytes !== null && (file.mode & 0o222) === 0) return { problem: 'is read-only' };
  const temporary = join(dirname(file.target), `.${basename(file.target)}.lucanto-${process.pid}`);
  try {
    mkdirSync(dirname(file.target), { recursive: true });
    if (text !== null) writeDurably(temporary, withBom(file, text), file.mode);
    if (hasChanged(file)) return 'meanwhile';
    if (text === null) rmSync(file.target);
    else renameSync(temporary, file.target);
    return 'done';
  } catch (error) {
    return { problem: `cannot be written (${codeOf(error)})` };
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Puts a file beside another one, never over a third. @returns 'taken' where something else has that name */
export function writeBeside(file: ConfigFile, name: string, bytes: Buffer): 'done' | 'taken' | FileProblem {
  const path = join(dirname(file.path), name);
  try {
    if (lstatSync(path, { throwIfNoEntry: false }) !== undefined)
      return readFileSync(path).equals(bytes) ? 'done' : 'taken';
    writeFileSync(path, bytes, { mode: NEW_FILE, flag: 'wx' });
    return 'done';
  } catch (error) {
    return { problem: `has no room for a backup beside it (${codeOf(error)})` };
  }
}

export function removeEmptyFolder(path: string): void {
  try {
    rmdirSync(path);
  } catch {
    // It is not empty.
  }
}

export function withBom(file: ConfigFile, text: string): Buffer {
  return Buffer.from(hasBom(file) ? BOM + text : text);
}

function hasBom({ bytes }: ConfigFile): boolean {
  return bytes?.subarray(0, 3).equals(Buffer.from(BOM)) === true;
}

function hasChanged({ target, bytes }: ConfigFile): boolean {
  const now = statSync(target, { throwIfNoEntry: false }) === undefined ? null : readFileSync(target);
  return now === null || bytes === null ? now !== bytes : !now.equals(bytes);
}

function writeDurably(path: string, bytes: Buffer, mode: number): void {
  rmSync(path, { force: true });
  const descriptor = openSync(path, 'wx', mode);
  try {
    writeFileSync(descriptor, bytes);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  // The umask had its say.
  chmodSync(path, mode);
}

/** A link may lead to a file that is not there yet. */
function targetOf(path: string): string {
  let target = path;
  for (let link = 0; link < MAX_LINKS; link += 1) {
    const stats = lstatSync(target, { throwIfNoEntry: false });
    if (stats === undefined) return target;
    if (!stats.isSymbolicLink()) return realpathSync(target);
    target = resolve(dirname(target), readlinkSync(target));
  }
  return realpathSync(path);
}

function decode(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown error';
}
