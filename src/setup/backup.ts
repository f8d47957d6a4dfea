/** A copy of a client's file beside it, before setup changes it. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type ConfigFile, type FileProblem, writeBeside } from './config-file.ts';

const ENDING = '.lucanto-backup';
const GONE = '[token taken out by lucanto-mcp]';
const MAX_IN_A_SECOND = 100;

/** @returns the backup's name. @param secrets what must not stand in it */
export function backUp(file: ConfigFile, secrets: readonly string[], now: number): { name: string } | FileProblem {
  const bytes = withoutSecrets(file.bytes ?? Buffer.alloc(0), secrets);
  const time = new Date(now).toISOString().replace(/[-:]|[.]\d+/g, '');
  const first = basename(file.path) + ENDING;
  for (let attempt = 0; attempt < MAX_IN_A_SECOND; attempt += 1) {
    const name = [first, ...(attempt > 0 ? [time] : []), ...(attempt > 1 ? [attempt] : [])].join('-');
    const written = writeBeside(file, name, bytes);
    if (written === 'done') return { name };
    if (written !== 'taken') return written;
  }
  return { problem: 'has too many backups beside it' };
}

/** Every backup of a file, the oldest first. */
export function backupsOf(file: ConfigFile): readonly { readonly path: string; readonly bytes: Buffer }[] {
  const folder = dirname(file.path);
  try {
    const names = readdirSync(folder).filter((name) => name.startsWith(basename(file.path) + ENDING));
    return names.sort().map((name) => ({ path: join(folder, name), bytes: readFileSync(join(folder, name)) }));
  } catch {
    return [];
  }
}

function withoutSecrets(bytes: Buffer, secrets: readonly string[]): Buffer {
  if (secrets.length === 0) return bytes;
  // As a file may spell it: plainly, or with JSON's escapes.
  const spellings = secrets.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)]);
  return Buffer.from(spellings.reduce((text, secret) => text.replaceAll(secret, GONE), bytes.toString('utf8')));
}
