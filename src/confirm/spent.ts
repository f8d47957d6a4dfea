/** Seals that were used: one empty file each until they expire, so that every copy of the bridge sees them. */
import { createHash } from 'node:crypto';
import { open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode, ledgerUnwritable, OWNER_ONLY_FILE, privateFolder } from '../writes/files.ts';
import type { Seal } from './seal.ts';

/** @returns whether it was unused; of several at once, one is told so. @throws LocalError */
export async function spend(folder: string, seal: Seal, now: number): Promise<boolean> {
  const hash = createHash('sha256').update(seal.text).digest('hex').slice(0, 32);
  const path = join(folder, `${seal.expires}.${hash}`);
  try {
    await privateFolder(folder);
    await (await open(path, 'wx', OWNER_ONLY_FILE)).close();
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw ledgerUnwritable(path, error);
  }
  await sweep(folder, now).catch(() => undefined);
  return true;
}

async function sweep(folder: string, now: number): Promise<void> {
  for (const name of await readdir(folder)) {
    if (Number.parseInt(name, 10) < now) await rm(join(folder, name), { force: true });
  }
}
