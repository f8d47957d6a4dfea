import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { LocalError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { fileErrorCode, OWNER_ONLY_FILE, readOwn, refuseForeignFile } from './private-files.ts';
import { parseJournalLine, type WriteFacts, writeAnswer } from './write-record.ts';

/** What was written through this bridge, one JSON line per event: append-only, bounded, without any content. */

const journalLine = writeAnswer.partial().extend({
  /** ISO 8601. */
  time: z.string(),
  /** The same for all lines of one call. */
  call: z.string(),
  /** The beginning of the call's fingerprint. */
  fingerprint: z.string(),
  /** `started` is followed by one of the others, unless the process was killed. */
  outcome: z.enum([
    'started',
    'done',
    'replayed',
    'partly',
    'refused',
    'unknown',
    'not_sent',
    'duplicate_stopped',
    // After a day, of a write whose outcome was never found out.
    'expired',
  ]),
  profile: z.string(),
  origin: z.string(),
  workspace: z.string().nullable(),
  tool: z.string(),
  route: z.string(),
});
export type JournalLine = Readonly<z.infer<typeof journalLine>>;

export const FINGERPRINT_DIGITS = 16;
const MAX_BYTES = 1_000_000;
/** Files besides the current one; `.1` is the youngest. */
const KEPT = 3;
const ROTATION_STALE_MS = 10_000;

export class Journal {
  readonly #path: string;
  readonly #log: Log;
  #hasWarned = false;

  /** @param root the ledger's own folder */
  constructor(root: string, log: Log) {
    this.#path = join(root, 'journal.jsonl');
    this.#log = log;
  }

  /** Never fails: the records are what counts, this is what people read. */
  async append(line: JournalLine): Promise<void> {
    try {
      // In one write, so that lines of several copies do not mix; a newline first where a killed one left half a line.
      const file = await open(this.#path, 'a+', OWNER_ONLY_FILE);
      try {
        await refuseForeignFile(this.#path, file);
        const { size } = await file.stat();
        const text = this.#log.secrets.fileJson(line);
        await file.appendFile(`${(await endsMidLine(file, size)) ? '\n' : ''}${text}\n`);
        if (size > MAX_BYTES) await this.#rotate();
      } finally {
        await file.close();
      }
    } catch (error) {
      if (this.#hasWarned) return;
      this.#hasWarned = true;
      const code = fileErrorCode(error) ?? String(error);
      const why = error instanceof LocalError ? error.message : `${this.#path} cannot be written (${code})`;
      this.#log.warn(`${why.replace(/\.$/, '')}; history will be incomplete`);
    }
  }

  /** Oldest first; broken lines are skipped. @throws LocalError for a file of another user */
  async read(): Promise<JournalLine[]> {
    const lines: JournalLine[] = [];
    for (let age = KEPT; age >= 0; age--) {
      const text = await readOwn(this.#file(age)).then(String, (error: unknown) => {
        if (error instanceof LocalError) throw error;
        return '';
      });
      for (const line of text.split('\n')) {
        const parsed = parseJournalLine(journalLine, line);
        if (parsed !== null) lines.push(parsed);
      }
    }
    return lines;
  }

  #file(age: number): string {
    return age === 0 ? this.#path : this.#path.replace(/jsonl$/, `${age}.jsonl`);
  }

  async #rotate(): Promise<void> {
    const guard = `${this.#path}.rotating`;
    try {
      await (await open(guard, 'wx', OWNER_ONLY_FILE)).close();
    } catch {
      const age = await stat(guard).catch(() => null);
      if (age !== null && Math.abs(Date.now() - age.mtimeMs) > ROTATION_STALE_MS) await rm(guard, { force: true });
      return;
    }
    try {
      // Another copy may have done it since.
      if ((await stat(this.#path)).size <= MAX_BYTES) return;
      for (let age = KEPT; age > 0; age--) {
        // One that stays where it is must not be replaced by the next.
        if (!(await isMoved(this.#file(age - 1), this.#file(age)))) return;
      }
    } finally {
      await rm(guard, { force: true });
    }
  }
}

async function isMoved(from: string, to: string): Promise<boolean> {
  return rename(from, to).then(
    () => true,
    (error: unknown) => fileErrorCode(error) === 'ENOENT',
  );
}

async function endsMidLine(file: FileHandle, size: number): Promise<boolean> {
  if (size === 0) return false;
  const last = Buffer.alloc(1);
  await file.read(last, 0, 1, size - 1);
  return last[0] !== 0x0a;
}

/** The part of a line that identifies its call. */
export function lineFacts({
  profile,
  origin,
  workspace,
  tool,
  route,
}: Pick<WriteFacts, 'profile' | 'origin' | 'workspace' | 'tool' | 'route'>) {
  return { profile, origin, workspace, tool, route };
}
