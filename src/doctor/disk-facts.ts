/** Looks at the disk without changing it. */
import { accessSync, constants, statSync } from 'node:fs';
import { pathsOf } from '../config/paths.ts';
import type { Place } from '../setup/place.ts';

/** The folder itself, or the nearest one above it that is there; null where something else is in the way. */
export function nearestFolder(path: string, { machine, onDisk }: Place): string | null {
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

export function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
