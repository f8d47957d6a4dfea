/** Credentials are for their owner only, also where an earlier program, a copy or a restore left them open. */
import { chmodSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { type ProfileLocation, profilePath, profilesDir } from './profile-file.ts';

const OTHERS = 0o077;

/** Takes other users' rights away; best effort, since a folder may belong to somebody else. Nothing on Windows. */
export function keepPrivate(location: ProfileLocation): void {
  if (location.machine.platform === 'win32') return;
  for (const path of [dirname(profilesDir(location)), profilesDir(location), profilePath(location)]) {
    try {
      const { mode } = statSync(path);
      if ((mode & OTHERS) !== 0) chmodSync(path, mode & 0o700);
    } catch {
      // Missing, or not ours to change: reading it will tell.
    }
  }
}
