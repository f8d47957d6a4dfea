/** The folder with token, caches and ledger: its owner's, writable for them, closed to everybody else. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { profilePath } from '../../auth/profile-file.ts';
import { pathsOf } from '../../config/paths.ts';
import type { Place } from '../../setup/place.ts';
import { type Check, type Finding, fail, ok, warn } from '../check.ts';
import type { DoctorContext } from '../context.ts';
import { isWritable, nearestFolder, statOf } from '../disk-facts.ts';
import { keepForOwner, makeOwn } from '../fixes.ts';

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

function userOf({ env, machine }: Place): string {
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
