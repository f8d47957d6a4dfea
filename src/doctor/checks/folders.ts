import { accessSync, constants, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { profilePath } from '../../auth/profile.ts';
import { type Machine, pathsOf } from '../../config/paths.ts';
import type { Computer } from '../../setup/computer.ts';
import { type Check, type DoctorContext, type Finding, fail, ok, skip, warn } from '../check.ts';

/** Looks at the disk without changing it. */
/** The folder itself, or the nearest one above it that is there; null where something else is in the way. */
function nearestFolder(path: string, { machine, onDisk }: Computer): string | null {
  const paths = pathsOf(machine);
  for (let at = path; ; at = paths.dirname(at)) {
    const stats = statOf(onDisk(at));
    if (stats !== undefined) return stats.isDirectory() ? at : null;
    if (paths.dirname(at) === at) return null;
  }
}

/** Undefined also where a part of the path is no folder. */
export function statOf(path: string): ReturnType<typeof statSync> {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Commands that users paste, in the words of their platform. */
/** A path as one word of a shell's line. */
function quotedPath(path: string, { platform }: Machine): string {
  if (/^[\w./:@%+=,~\\-]+$/.test(path)) return path;
  return platform === 'win32' ? `"${path}"` : `'${path.replaceAll("'", "'\\''")}'`;
}

/**
 * Takes everybody else's rights away, from a folder and all that is in it.
 * @param user the name on Windows, since cmd.exe and PowerShell spell its variable differently
 */
export function keepForOwner(folder: string, machine: Machine, user: string): string {
  const path = quotedPath(folder, machine);
  return machine.platform === 'win32'
    ? `Run: icacls ${path} /inheritance:r /grant:r "${user}:(OI)(CI)F"`
    : `Run: chmod -R go= ${path}`;
}

/** Gives a folder, and all that is in it, back to the user. */
export function makeOwn(folder: string, machine: Machine): string {
  const path = quotedPath(folder, machine);
  return machine.platform === 'win32'
    ? `Run as administrator: takeown /f ${path} /r`
    : `Run: sudo chown -R "$(id -un)" ${path}`;
}

export function deleteFile(path: string, machine: Machine): string {
  return `Run: ${machine.platform === 'win32' ? 'del' : 'rm'} ${quotedPath(path, machine)}`;
}

/** The folder with token, caches and ledger: its owner's, writable for them, closed to everybody else. */
const OTHERS = 0o077;
/** A ledger holds a file per open write; more than this needs no looking at. */
const MOST_FILES = 2000;

export const configDirCheck: Check = {
  id: 'config-dir',
  title: 'Config directory',
  run: (context) => {
    const { settings, place } = context;
    const folder = settings.configDir;
    const stats = statOf(place.onDisk(folder));
    if (stats === undefined) return notThere(context);
    if (!stats.isDirectory()) return fail(`${folder} is no folder`, 'Choose another one with --config-dir <dir>.');
    if (!isWritable(place.onDisk(folder))) {
      return fail(`${folder} cannot be written by this user`, makeOwn(folder, place.machine));
    }
    return place.machine.platform === 'win32' ? onWindows(context) : withModes(context);
  },
};

function notThere({ settings, place }: DoctorContext): Finding {
  const above = nearestFolder(settings.configDir, place);
  if (above === null) {
    return fail(`${settings.configDir} cannot be made: a part of its path is no folder`, OTHER_FOLDER);
  }
  if (!isWritable(place.onDisk(above))) {
    return fail(`${settings.configDir} cannot be made: ${above} cannot be written by this user`, OTHER_FOLDER);
  }
  return ok(`${settings.configDir} (not made yet)`);
}

const OTHER_FOLDER = 'Choose another folder with --config-dir <dir>.';

/** Windows has no modes; what is below the user's own folder is closed to other users. */
function onWindows({ settings, place }: DoctorContext): Finding {
  const { configDir } = settings;
  const way = pathsOf(place.machine).relative(place.machine.home, configDir);
  if (!way.startsWith('..') && !pathsOf(place.machine).isAbsolute(way)) return ok(configDir);
  return warn(
    `${configDir} is outside of your own folder, where others may read the token`,
    keepForOwner(configDir, place.machine, userOf(place)),
  );
}

function withModes({ settings, place, runtime }: DoctorContext): Finding {
  const folder = settings.configDir;
  const found = [folder, ...below(folder)].map((path) => ({ path, stats: statOf(path) }));
  const foreign = found.find(({ stats }) => runtime.userId !== null && stats?.uid !== runtime.userId);
  if (foreign?.stats !== undefined && runtime.userId !== 0) {
    return fail(`${foreign.path} belongs to another user`, makeOwn(folder, place.machine));
  }
  const loose = found.filter(({ stats }) => stats !== undefined && (Number(stats.mode) & OTHERS) !== 0);
  const [first] = loose;
  if (first === undefined) return ok(`${folder}, for this user only`);
  const fix = keepForOwner(folder, place.machine, userOf(place));
  const token = profilePath(settings);
  if (loose.some(({ path }) => path === folder) && loose.some(({ path }) => path === token)) {
    return fail(`${token} holds the token and is open to others on this computer (${modeOf(token)})`, fix);
  }
  const more = loose.length === 1 ? '' : `, and ${loose.length - 1} more in it`;
  return warn(`${first.path} is open to others on this computer (${modeOf(first.path)})${more}`, fix);
}

function userOf({ env, machine }: Computer): string {
  return env.USERNAME || pathsOf(machine).basename(machine.home);
}

function below(folder: string): readonly string[] {
  try {
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    return names.slice(0, MOST_FILES).map((name) => join(folder, name));
  } catch {
    return [];
  }
}

function modeOf(path: string): string {
  return (statSync(path).mode & 0o777).toString(8).padStart(4, '0');
}

const MB = 1024 * 1024;
/** Records and caches are small; a disk with less than this fails in the middle of something. */
const LEAST = 20 * MB;
const LITTLE = 200 * MB;

export const diskCheck: Check = {
  id: 'disk',
  title: 'Disk space',
  run: async ({ settings, place }) => {
    const folder = nearestFolder(settings.configDir, place);
    if (folder === null) return skip('there is no folder to look at');
    const { bavail, bsize } = await statfs(place.onDisk(folder));
    const free = bavail * bsize;
    const detail = `${amount(free)} free where ${settings.configDir} is`;
    if (free < LEAST) return fail(`${detail}; without room nothing is written to Lucanto`, MAKE_ROOM);
    return free < LITTLE ? warn(detail, MAKE_ROOM) : ok(detail);
  },
};

const MAKE_ROOM = 'Make room on that disk, or choose another folder with --config-dir <dir>.';

function amount(bytes: number): string {
  return bytes < 1024 * MB ? `${Math.floor(bytes / MB)} MB` : `${Math.floor(bytes / MB / 1024)} GB`;
}

export const filesFolderCheck: Check = {
  id: 'files-folder',
  title: 'Files folder',
  run: (context) => {
    const { files } = context.settings;
    const folder = nearestFolder(files, context.place);
    const fix = 'Choose another folder with --files <dir> or LUCANTO_FILES.';
    if (folder === null) return fail(`${files} is no folder, or a part of its path is none`, fix);
    if (!takesFiles(context, folder)) return fail(`${folder} cannot be written by this user`, fix);
    return ok(folder === files ? files : `${files} (made when it is needed)`);
  },
};

function takesFiles({ place }: DoctorContext, folder: string): boolean {
  if (place.machine.platform !== 'win32') return isWritable(place.onDisk(folder));
  // Windows answers access() by the read-only flag alone.
  const trial = place.onDisk(pathsOf(place.machine).join(folder, `.lucanto-${process.pid}.tmp`));
  try {
    writeFileSync(trial, '', { flag: 'wx' });
    rmSync(trial);
    return true;
  } catch {
    return false;
  }
}
