/** Paths on this computer, and who may read or change what is there. */
import { chmodSync, type Stats, statSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { commandOf } from '../core/command-name.ts';
import { sha256 } from '../core/sha256.ts';

/** The path rules of a platform, also when it is not the one we run on (tests). */
export function pathsOf(machine: Machine): path.PlatformPath {
  return machine.platform === 'win32' ? path.win32 : path.posix;
}

/** Absolute form of a path as a user writes it. `~` is ours to expand: clients start us without a shell. */
export function absolutePath(text: string, machine: Machine): string {
  const paths = pathsOf(machine);
  const [head, ...rest] = text.split(machine.platform === 'win32' ? /[/\\]/ : '/');
  if (head === '~') return paths.join(machine.home, ...rest);
  return paths.resolve(machine.cwd, text);
}

/** A folder of its own per origin and token; the token itself is in no name. */
export function cacheFolder(configDir: string, origin: string, token: string): string {
  const key = sha256(`${origin}\n${token}`).slice(0, 32);
  return path.join(configDir, 'cache', key);
}

const OTHERS = 0o077;
const OTHERS_WRITE = 0o022;

/**
 * Takes other users' rights to read away, where an earlier program, a copy or a restore gave them. A file that others
 * can change stays as it is: what they may have put into it must not look trustworthy afterwards.
 * @returns the paths that were changed, for a word about it
 */
export function keepPrivate(paths: readonly string[], { platform }: Pick<Machine, 'platform'>): readonly string[] {
  if (platform === 'win32') return [];
  return paths.filter((path) => {
    try {
      const stats = statSync(path);
      const isOpen = (stats.mode & OTHERS) !== 0;
      if (!isOpen || (stats.isFile() && (stats.mode & OTHERS_WRITE) !== 0)) return false;
      chmodSync(path, stats.mode & 0o700);
      return true;
    } catch {
      // Missing, or owned by another user: reading it reports that.
      return false;
    }
  });
}

/** Why what a file of ours holds cannot be trusted, as a clause that completes "the file …"; null where it can. */
export function foreignRights(stats: Stats, { platform, userId }: Pick<Machine, 'platform' | 'userId'>): string | null {
  if (platform === 'win32') return null;
  if (userId !== undefined && stats.uid !== userId) return 'belongs to another user of this computer';
  const isOpen = stats.isFile() && (stats.mode & OTHERS_WRITE) !== 0;
  return isOpen ? 'can be changed by other users of this computer' : null;
}

/** Facts about this machine. Passed in from the entry point, so that every platform can be tested on any. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  /** Absolute path of the user's home. */
  readonly home: string;
  /** Absolute path that relative paths are resolved against. */
  readonly cwd: string;
  /** The user that this process runs as; unknown on Windows. */
  readonly userId?: number;
  /** An IANA name; without it, the one that this process runs in. */
  readonly timeZone?: string;
  /** What users type to run this program (through npx, say); without it, its name. */
  readonly command?: string;
}

/** @param script the path of this program's script */
export function thisMachine(script: string): Machine {
  // As Node does, but without a word to the system: loading what asks it takes longer than reading all settings.
  const home = process.env[process.platform === 'win32' ? 'USERPROFILE' : 'HOME'] || homedir();
  const userId = process.getuid?.();
  return {
    platform: process.platform,
    home,
    cwd: workingFolder(home),
    command: commandOf(script),
    ...(userId !== undefined && { userId }),
  };
}

/** The folder that the program was started in may be gone; relative paths then begin at the user's home. */
function workingFolder(home: string): string {
  try {
    return process.cwd();
  } catch {
    return home;
  }
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** What Node names the error of a file, such as `ENOENT`. */
export function fileErrorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the disk is read-only',
  EACCES: 'this user has no right to it',
  EPERM: 'this user has no right to it',
  EBUSY: 'another program has it open',
  ENOTDIR: 'a part of its path is a file, not a folder',
  EEXIST: 'a part of its path is a file, not a folder',
  EISDIR: 'there is a folder in its place',
  ENOENT: 'its folder is gone',
  ELOOP: 'its links lead in a circle',
  ENAMETOOLONG: 'its path is too long',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
};

/** Why a file could not be read or written, in words, and the code that support asks for. */
export function fileErrorReason(error: unknown): string {
  const code = fileErrorCode(error);
  const why = REASONS[code ?? ''] ?? 'an error of the disk';
  return code === undefined ? why : `${why}, ${code}`;
}
