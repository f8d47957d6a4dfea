import { chmodSync, statSync } from 'node:fs';
import path from 'node:path';

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

/** Where token, caches and ledger live unless told otherwise. */
export function defaultConfigDir(machine: Machine, env: Environment): string {
  const paths = pathsOf(machine);
  const { home, platform } = machine;
  if (platform === 'win32') {
    return paths.join(env.APPDATA || paths.join(home, 'AppData', 'Roaming'), 'lucanto-mcp');
  }
  if (platform === 'darwin') return paths.join(home, 'Library', 'Application Support', 'lucanto-mcp');
  const xdg = env.XDG_CONFIG_HOME;
  // The XDG specification: a relative path in it is invalid and to be ignored.
  return paths.join(xdg && paths.isAbsolute(xdg) ? xdg : paths.join(home, '.config'), 'lucanto-mcp');
}

/** The folder `Lucanto` in the user's downloads: where PDFs are saved and receipts are taken from. */
export function defaultFilesDir(machine: Machine, env: Environment): string {
  const paths = pathsOf(machine);
  const stated = machine.platform === 'win32' || machine.platform === 'darwin' ? undefined : env.XDG_DOWNLOAD_DIR;
  // Desktops name it in the user's language; the same rule as for XDG_CONFIG_HOME holds for relative paths.
  const downloads = stated && paths.isAbsolute(stated) ? stated : paths.join(machine.home, 'Downloads');
  return paths.join(downloads, 'Lucanto');
}

/** What is for its owner only, also where an earlier program, a copy or a restore left it open. */
const OTHERS = 0o077;

/** Takes other users' rights away; best effort, since a folder may belong to somebody else. Nothing on Windows. */
export function keepPrivate(paths: readonly string[], platform: NodeJS.Platform): void {
  if (platform === 'win32') return;
  for (const path of paths) {
    try {
      const { mode } = statSync(path);
      if ((mode & OTHERS) !== 0) chmodSync(path, mode & 0o700);
    } catch {
      // Missing, or not ours to change: reading it will tell.
    }
  }
}

/** The shape of one row of the settings table (settings.ts), and what rows are parsed on. */

/** Facts about this machine. Passed in from the entry point, so that every platform can be tested on any. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  /** Absolute path of the user's home. */
  readonly home: string;
  /** Absolute path that relative paths are resolved against. */
  readonly cwd: string;
  /** An IANA name; without it, the one that this process runs in. */
  readonly timeZone?: string;
  /** What users type to run this program (invocation.ts); without it, its name. */
  readonly command?: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;
