import { statfs } from 'node:fs/promises';
import { type Check, fail, ok, skip, warn } from '../check.ts';
import { nearestFolder } from '../disk-facts.ts';

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
