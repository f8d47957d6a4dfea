/**
 * The random secret of this installation: it makes fingerprints of calls that nobody else can compute from a guess of
 * their arguments. Losing it means not recognising open calls, so it is never replaced.
 */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LocalError } from '../errors.ts';
import { createOnce, errorCode, ledgerUnwritable } from './files.ts';

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
    return await readFile(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw ledgerUnwritable(path, error);
  }
}

function usable(secret: Buffer, path: string): Buffer {
  if (secret.length > 0) return secret;
  throw new LocalError(
    'ledger_unwritable',
    `The secret of the write ledger at ${path} is empty, so nothing was sent.`,
    {
      hint: `See \`lucanto-mcp history --open\`, check what it lists in Lucanto, then delete ${path}.`,
    },
  );
}
