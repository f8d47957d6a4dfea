/** An app's file on disk: read whole, replaced whole, through links, with its mode and a backup. */
import {
  chmodSync,
  chownSync,
  closeSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileErrorReason } from '../config/paths.ts';
import type { FileProblem } from './splice.ts';

/** Other programs' files may hold other programs' secrets. */
const NEW_FILE = 0o600;
const MAX_BYTES = 50 * 1024 * 1024;
const MAX_LINKS = 10;
const BOM = '\uFEFF';
const BACKUP_ENDING = '.lucanto-backup';
const REMOVED_TOKEN = '[token removed by lucanto-mcp]';
const MAX_IN_A_SECOND = 100;

export interface ConfigFile {
  /** Where it was looked for, on disk. */
  readonly path: string;
  /** Where the bytes are: behind every link. */
  readonly target: string;
  /** Null where there is no file. */
  readonly bytes: Buffer | null;
  /** Without the byte order mark. */
  readonly text: string;
  readonly hasBom: boolean;
  readonly mode: number;
  /** Whose it is, or of a file that is not there its folder: what root writes for a user (`sudo`) stays that user's. */
  readonly owner: Pick<Stats, 'uid' | 'gid'>;
}

export function readConfigFile(path: string): ConfigFile | FileProblem {
  try {
    const target = targetOf(path);
    const stats = statSync(target, { throwIfNoEntry: false });
    if (stats === undefined) {
      return { path, target, bytes: null, text: '', hasBom: false, mode: NEW_FILE, owner: ownerAbove(target) };
    }
    if (!stats.isFile()) return { problem: stats.isDirectory() ? 'is a folder' : 'is not a regular file' };
    if (stats.size > MAX_BYTES) return { problem: 'is too large to be a configuration file' };
    const bytes = readFileSync(target);
    const text = decode(bytes);
    if (text === null) return { problem: 'is not written in UTF-8' };
    const hasBom = bytes.subarray(0, 3).equals(Buffer.from(BOM));
    return { path, target, bytes, text, hasBom, mode: stats.mode & 0o777, owner: stats };
  } catch (error) {
    return { problem: `cannot be read (${fileErrorReason(error)})` };
  }
}

/**
 * Replaces the file in one step. @param bytes null takes the file away
 * @returns 'meanwhile' where it is no longer what was read
 */
export function replaceConfigFile(file: ConfigFile, bytes: Buffer | null): 'done' | 'meanwhile' | FileProblem {
  // Renaming would replace a file that its owner has locked.
  if (file.bytes !== null && (file.mode & 0o222) === 0) return { problem: 'is read-only' };
  const temporary = join(dirname(file.target), `.${basename(file.target)}.lucanto-${process.pid}`);
  try {
    const folder = dirname(file.target);
    const made = mkdirSync(folder, { recursive: true });
    for (let at = folder; made !== undefined && at.length >= made.length; at = dirname(at)) giveTo(file, at);
    if (bytes !== null) {
      writeDurably(temporary, bytes, file.mode);
      giveTo(file, temporary);
    }
    if (hasChanged(file)) return 'meanwhile';
    if (bytes === null) rmSync(file.target);
    else renameSync(temporary, file.target);
    return 'done';
  } catch (error) {
    return { problem: `cannot be written (${fileErrorReason(error)})` };
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** A copy beside the file, before setup changes it. @returns the copy's name @param secrets what must not stand in it */
export function backUp(file: ConfigFile, secrets: readonly string[], now: number): { name: string } | FileProblem {
  const bytes = withoutSecrets(file.bytes ?? Buffer.alloc(0), secrets);
  const time = new Date(now).toISOString().replace(/[-:]|[.]\d+/g, '');
  const first = basename(file.path) + BACKUP_ENDING;
  for (let attempt = 0; attempt < MAX_IN_A_SECOND; attempt += 1) {
    const name = [first, ...(attempt > 0 ? [time] : []), ...(attempt > 1 ? [attempt] : [])].join('-');
    const written = writeBeside(file, name, bytes);
    if (written === 'done') return { name };
    if (written !== 'taken') return written;
  }
  return { problem: 'has too many backups beside it' };
}

/** Every backup of a file, the oldest first. */
export function backupsOf(file: ConfigFile): readonly { readonly path: string; readonly bytes: Buffer }[] {
  const folder = dirname(file.path);
  try {
    const names = readdirSync(folder).filter((name) => name.startsWith(basename(file.path) + BACKUP_ENDING));
    return names.sort().map((name) => ({ path: join(folder, name), bytes: readFileSync(join(folder, name)) }));
  } catch {
    return [];
  }
}

function withoutSecrets(bytes: Buffer, secrets: readonly string[]): Buffer {
  if (secrets.length === 0) return bytes;
  // As a file may spell it: plainly, or with JSON's escapes.
  const spellings = secrets.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)]);
  return Buffer.from(
    spellings.reduce((text, secret) => text.replaceAll(secret, REMOVED_TOKEN), bytes.toString('utf8')),
  );
}

/** Writes a file beside another one, never over a third. @returns 'taken' where something else has that name */
function writeBeside(file: ConfigFile, name: string, bytes: Buffer): 'done' | 'taken' | FileProblem {
  const path = join(dirname(file.path), name);
  try {
    if (lstatSync(path, { throwIfNoEntry: false }) !== undefined)
      return readFileSync(path).equals(bytes) ? 'done' : 'taken';
    writeFileSync(path, bytes, { mode: NEW_FILE, flag: 'wx' });
    giveTo(file, path);
    return 'done';
  } catch (error) {
    return { problem: `cannot have a backup beside it (${fileErrorReason(error)})` };
  }
}

export function removeEmptyFolder(path: string): boolean {
  try {
    rmdirSync(path);
    return true;
  } catch {
    // It is not empty.
    return false;
  }
}

/** The bytes of a new text for this file. @param keepsBom whether the byte order mark that is there stays */
export function bytesOf({ hasBom }: ConfigFile, text: string, keepsBom: boolean): Buffer {
  return Buffer.from(hasBom && keepsBom ? BOM + text : text);
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

function giveTo({ owner: { uid, gid } }: ConfigFile, path: string): void {
  if (process.getuid?.() === 0) chownSync(path, uid, gid);
}

function ownerAbove(path: string): ConfigFile['owner'] {
  const folder = dirname(path);
  // Of a drive that is not there nothing is above.
  return statSync(folder, { throwIfNoEntry: false }) ?? (folder === path ? { uid: 0, gid: 0 } : ownerAbove(folder));
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
