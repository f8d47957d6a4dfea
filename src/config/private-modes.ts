/** What is for its owner only, also where an earlier program, a copy or a restore left it open. */
import { chmodSync, statSync } from 'node:fs';

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
