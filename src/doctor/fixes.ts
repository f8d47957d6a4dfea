/** Commands that users paste, in the words of their platform. */
import type { Machine } from '../config/setting.ts';

/** A path as one word of a shell's line. */
export function quotedPath(path: string, { platform }: Machine): string {
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
