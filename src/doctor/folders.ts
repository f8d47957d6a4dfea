import { accessSync, constants, rmSync, statSync, writeFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { profilePath } from '../auth/profile.ts';
import { type Machine, pathsOf } from '../config/paths.ts';
import { shellWord } from '../core/command-name.ts';
import { count } from '../core/text.ts';
import { type Computer, namesIn } from '../setup/computer.ts';
import { type Check, type CheckResult, type DoctorContext, fail, ok, skip, warn } from './check.ts';

/** The folders that the bridge writes to, looked at without changing them, and the commands that put them right. */

/** The folder itself, or the nearest one above it that exists; null where something else is in the way. */
function nearestFolder(path: string, { machine, onDisk }: Computer): string | null {
  const paths = pathsOf(machine);
  for (let at = path; ; at = paths.dirname(at)) {
    const stats = statOf(onDisk(at));
    if (stats !== undefined) return stats.isDirectory() ? at : null;
    if (paths.dirname(at) === at) return null;
  }
}

/** Undefined also where a part of the path is not a folder. */
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

/**
 * Takes the rights of all other users away, from a folder and everything in it.
 * @param user the name on Windows, since cmd.exe and PowerShell spell its variable differently
 */
export function keepForOwner(folder: string, machine: Machine, user: string): string {
  const path = shellWord(folder, machine);
  return machine.platform === 'win32'
    ? `Run \`icacls ${path} /inheritance:r /grant:r ${shellWord(`${user}:(OI)(CI)F`, machine)}\`.`
    : `Run \`chmod -R go= ${path}\`.`;
}

/** Gives a folder, and everything in it, back to the user. */
export function makeOwn(folder: string, machine: Machine): string {
  const path = shellWord(folder, machine);
  return machine.platform === 'win32'
    ? `Run \`takeown /f ${path} /r\` as administrator.`
    : `Run \`sudo chown -R "$(id -un)" ${path}\`.`;
}

export function deleteFile(path: string, machine: Machine): string {
  return `Run \`${machine.platform === 'win32' ? 'del' : 'rm'} ${shellWord(path, machine)}\`.`;
}

/** Rights of other users; the second may change what the bridge trusts. */
const OTHERS_MAY_READ_OR_WRITE = 0o077;
const OTHERS_MAY_WRITE = 0o022;
/** The write record has a file per open write; more than this need not be looked at. */
const MOST_FILES = 2000;
const OTHER_FOLDER = 'Choose another folder with --config-dir <dir>.';

/** The folder with API key, caches and write record: its owner's, writable for them, closed to other users. */
const configDirCheck: Check = {
  id: 'config-dir',
  title: 'Settings folder',
  run: (context) => {
    const { settings, computer } = context;
    const folder = settings.configDir;
    const stats = statOf(computer.onDisk(folder));
    if (stats === undefined) return notThere(context);
    if (!stats.isDirectory()) return fail(`${folder} is not a folder.`, OTHER_FOLDER);
    if (!isWritable(computer.onDisk(folder))) {
      return fail(`This user cannot write to ${folder}.`, makeOwn(folder, computer.machine));
    }
    return computer.machine.platform === 'win32' ? onWindows(context) : withModes(context);
  },
};

function notThere({ settings, computer }: DoctorContext): CheckResult {
  const parent = nearestFolder(settings.configDir, computer);
  if (parent === null) {
    return fail(`${settings.configDir} cannot be created: a part of its path is not a folder.`, OTHER_FOLDER);
  }
  if (!isWritable(computer.onDisk(parent))) {
    return fail(`${settings.configDir} cannot be created: this user cannot write to ${parent}.`, OTHER_FOLDER);
  }
  return ok(`${settings.configDir} (not created yet)`);
}

/** Windows has no modes; what is below the user's own folder is closed to other users. */
function onWindows({ settings, computer }: DoctorContext): CheckResult {
  const { configDir } = settings;
  const paths = pathsOf(computer.machine);
  const fromHome = paths.relative(computer.machine.home, configDir);
  if (!fromHome.startsWith('..') && !paths.isAbsolute(fromHome)) return ok(configDir);
  return warn(
    `${configDir} is outside your user folder, where other users may be able to read the API key.`,
    keepForOwner(configDir, computer.machine, userOf(computer)),
  );
}

function withModes({ settings, computer, runtime }: DoctorContext): CheckResult {
  const folder = settings.configDir;
  const found = [
    folder,
    ...namesIn(folder, true)
      .slice(0, MOST_FILES)
      .map((name) => join(folder, name)),
  ].flatMap((path) => {
    const stats = statOf(path);
    return stats === undefined ? [] : [{ path, owner: stats.uid, mode: Number(stats.mode) & 0o777 }];
  });
  const foreign = found.find(({ owner }) => runtime.userId !== null && owner !== runtime.userId);
  if (foreign !== undefined) {
    return fail(`${foreign.path} belongs to another user of this computer.`, makeOwn(folder, computer.machine));
  }
  const fix = keepForOwner(folder, computer.machine, userOf(computer));
  const writable = found.filter(({ mode }) => (mode & OTHERS_MAY_WRITE) !== 0);
  if (writable[0] !== undefined) return fail(`${named(writable)} can be changed by other users of this computer.`, fix);
  const readable = found.filter(({ mode }) => (mode & OTHERS_MAY_READ_OR_WRITE) !== 0);
  if (readable[0] === undefined) return ok(`${folder}, for this user only`);
  const token = readable.find(({ path }) => path === profilePath(settings));
  if (token !== undefined && readable.some(({ path }) => path === folder)) {
    return fail(`${named([token])} holds the API key and can be read by other users of this computer.`, fix);
  }
  return warn(`${named(readable)} can be read by other users of this computer.`, fix);
}

/** The first with its mode, and how many more there are. */
function named(found: readonly { readonly path: string; readonly mode: number }[]): string {
  const [first] = found;
  const more = found.length > 1 ? ` and ${count(found.length - 1, 'more file')}` : '';
  return first === undefined ? '' : `${first.path} (${first.mode.toString(8).padStart(4, '0')})${more}`;
}

function userOf({ env, machine }: Computer): string {
  return env.USERNAME || pathsOf(machine).basename(machine.home);
}

const MB = 1024 * 1024;
/** Records and caches are small; a disk with less than this fails in the middle of something. */
const FAILS_BELOW = 20 * MB;
const WARNS_BELOW = 200 * MB;

const diskCheck: Check = {
  id: 'disk',
  title: 'Disk space',
  run: async ({ settings, computer }) => {
    const folder = nearestFolder(settings.configDir, computer);
    if (folder === null) return skip('there is no folder to check');
    const { bavail, bsize } = await statfs(computer.onDisk(folder));
    const free = bavail * bsize;
    const fix = 'Free some space on that disk, or choose another folder with --config-dir <dir>.';
    const detail = `The disk of ${settings.configDir} has ${amount(free)} left.`;
    if (free < FAILS_BELOW) return fail(`${detail} Without space nothing is written to Lucanto.`, fix);
    return free < WARNS_BELOW ? warn(detail, fix) : ok(`${amount(free)} free`);
  },
};

function amount(bytes: number): string {
  return bytes < 1024 * MB ? `${Math.floor(bytes / MB)} MB` : `${Math.floor(bytes / MB / 1024)} GB`;
}

const filesFolderCheck: Check = {
  id: 'files-folder',
  title: 'Files folder',
  run: ({ settings, computer }) => {
    const { files } = settings;
    const folder = nearestFolder(files, computer);
    const fix = 'Choose another folder with --files <dir> or LUCANTO_FILES.';
    if (folder === null) return fail(`${files} is not a folder, or a part of its path is not.`, fix);
    if (!takesFiles(computer, folder)) return fail(`This user cannot write to ${folder}.`, fix);
    return ok(folder === files ? files : `${files} (created when it is needed)`);
  },
};

function takesFiles(computer: Computer, folder: string): boolean {
  if (computer.machine.platform !== 'win32') return isWritable(computer.onDisk(folder));
  // Windows answers access() by the read-only flag alone.
  const trial = computer.onDisk(pathsOf(computer.machine).join(folder, `.lucanto-${process.pid}.tmp`));
  try {
    writeFileSync(trial, '', { flag: 'wx' });
    rmSync(trial);
    return true;
  } catch {
    return false;
  }
}

export const FOLDER_CHECKS: readonly Check[] = [diskCheck, configDirCheck, filesFolderCheck];
