import { randomBytes } from 'node:crypto';
import { readdirSync, type Stats } from 'node:fs';
import { chmod, type FileHandle, link, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type * as z from 'zod';
import { fileErrorCode, fileErrorReason, foreignRights } from '../config/paths.ts';
import { LocalError } from '../core/errors.ts';

/** Files that survive a crash, private to the user, and the error where the disk does not take them. */

export const OWNER_ONLY_FILE = 0o600;
const OWNER_ONLY_DIR = 0o700;
export const DRAFT_SUFFIX = '.tmp';

/** Nothing is sent that could not be recognised when it comes again. */
export function ledgerUnwritable(path: string, cause: unknown): LocalError {
  if (cause instanceof LocalError) return cause;
  return new LocalError(
    'ledger_unwritable',
    `The write ledger at ${path} cannot be written (${fileErrorReason(cause)}), so nothing was sent.`,
    {
      hint: {
        person: 'Make room or make the folder writable for this user, or choose another one with --config-dir <dir>.',
        model: `Ask the user to make room, or to make the folder writable. Tools that only read work without it.`,
      },
      cause,
    },
  );
}

/** An existing folder keeps its mode: that is changed where it can be said. @throws LocalError for that of another user */
export async function privateFolder(path: string): Promise<void> {
  const made = await mkdir(path, { recursive: true, mode: OWNER_ONLY_DIR });
  if (made === undefined) refuseForeign(path, await stat(path));
  else {
    // The umask applies to new ones.
    await chmod(path, OWNER_ONLY_DIR);
    await flushFolder(dirname(path));
  }
}

/** The ledger's folder, and what is directly in it. */
export function ledgerPaths(root: string): readonly string[] {
  try {
    return [root, ...readdirSync(root).map((name) => join(root, name))];
  } catch {
    return [];
  }
}

/** @throws LocalError where another user could have written it, otherwise the error of the disk */
export async function readOwn(path: string): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    await refuseForeignFile(path, file);
    return await file.readFile();
  } finally {
    await file.close();
  }
}

/** What one of the ledger's files, or a line of it, says; null where it is damaged. */
export function parseJournalLine<T>(schema: z.ZodType<T>, text: string): T | null {
  try {
    return schema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** @throws LocalError where another user could have written it */
export async function refuseForeignFile(path: string, file: FileHandle): Promise<void> {
  refuseForeign(path, await file.stat());
}

/** What another user wrote could say that something was done that never was, and the other way about. */
function refuseForeign(path: string, stats: Stats): void {
  const userId = process.getuid?.();
  const why = foreignRights(stats, { platform: process.platform, ...(userId !== undefined && { userId }) });
  if (why === null) return;
  throw new LocalError('ledger_untrusted', `${path} ${why}, so the write ledger there is not used.`, {
    hint: {
      person: 'Move it away, or make it yours alone (chown and chmod go-w).',
      model: `Nothing was sent. Ask the user to move ${path} away, or to make it theirs alone (chown and chmod go-w).`,
    },
  });
}

/** Old content or new content, never a mixture, whatever happens; on the disk when this resolves. */
export async function writeDurably(path: string, text: string): Promise<void> {
  const draft = await writeDraft(path, text);
  try {
    await replace(draft, path);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined);
    throw error;
  }
  await flushFolder(dirname(path));
}

/** Makes a file that does not exist yet; leaves one that does alone. @throws LocalError */
export async function createOnce(path: string, text: string): Promise<void> {
  try {
    const draft = await writeDraft(path, text);
    try {
      await link(draft, path);
    } catch (error) {
      if (fileErrorCode(error) !== 'EEXIST') await createPlainly(path, text);
    } finally {
      await rm(draft, { force: true });
    }
    await flushFolder(dirname(path));
  } catch (error) {
    throw ledgerUnwritable(path, error);
  }
}

/** For disks without hard links. */
async function createPlainly(path: string, text: string): Promise<void> {
  try {
    await writeFlushed(path, text);
  } catch (error) {
    if (fileErrorCode(error) !== 'EEXIST') throw error;
  }
}

async function writeDraft(path: string, text: string): Promise<string> {
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}${DRAFT_SUFFIX}`;
  try {
    await writeFlushed(draft, text);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined);
    throw error;
  }
  return draft;
}

async function writeFlushed(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', OWNER_ONLY_FILE);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Windows refuses to replace a file that another program has open, a virus scanner for example; it never has it for long. */
async function replace(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await rename(from, to);
    } catch (error) {
      const passing = ['EPERM', 'EACCES', 'EBUSY'].includes(fileErrorCode(error) ?? '');
      if (process.platform !== 'win32' || !passing || attempt === 10) throw error;
      await sleep(20 * attempt);
    }
  }
}

/** A new name is safe once its folder is; not every platform can flush one. */
async function flushFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, 'r');
    await folder.sync().finally(() => folder.close());
  } catch {
    // Windows, and some network disks: the file itself was flushed.
  }
}

/**
 * The random secret of this installation: it makes fingerprints of calls that cannot be computed from a guess of
 * their arguments. Losing it means not recognising open calls, so it is never replaced.
 */
const BYTES = 32;

/** @throws LocalError where it can neither be read nor made */
export async function localSecret(folder: string): Promise<Buffer> {
  const path = join(folder, 'secret');
  const known = await read(path);
  if (known !== null) return usable(known, path);
  // Another copy may be making one at this moment: the first one counts, for all.
  await createOnce(path, randomBytes(BYTES).toString('hex'));
  const made = await read(path);
  return usable(made ?? Buffer.alloc(0), path);
}

async function read(path: string): Promise<Buffer | null> {
  try {
    return await readOwn(path);
  } catch (error) {
    if (fileErrorCode(error) === 'ENOENT') return null;
    throw ledgerUnwritable(path, error);
  }
}

function usable(secret: Buffer, path: string): Buffer {
  // One that was cut off would make other fingerprints, and no open call would be recognised.
  if (/^[0-9a-f]+$/.test(String(secret)) && secret.length === 2 * BYTES) return secret;
  throw new LocalError(
    'ledger_unwritable',
    `The secret of the write ledger at ${path} is damaged, so nothing was sent.`,
    {
      hint: {
        person: `Run \`lucanto-mcp history --open\`, check in Lucanto what it lists, then delete ${path}.`,
        model: `Ask the user to run \`lucanto-mcp history --open\`, to check in Lucanto what it lists, and then to delete ${path}.`,
      },
    },
  );
}
