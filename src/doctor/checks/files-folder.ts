import { rmSync, writeFileSync } from 'node:fs';
import { pathsOf } from '../../config/paths.ts';
import { type Check, fail, ok } from '../check.ts';
import type { DoctorContext } from '../context.ts';
import { isWritable, nearestFolder } from '../disk-facts.ts';

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
