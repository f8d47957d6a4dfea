import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isJsonObject } from '../core/json.ts';
import type { Log } from '../core/log.ts';
import { errorCode, OWNER_ONLY_FILE } from './private-files.ts';
import type { WriteAnswer, WriteFacts } from './record-store.ts';

/** What was written through this bridge, one JSON line per event: append-only, bounded, without any content. */
/** `started` is followed by one of the others, unless the process was killed. */
const OUTCOMES = [
  'started',
  'done',
  'replayed',
  'refused',
  'unknown',
  'not_sent',
  'duplicate_stopped',
  'expired',
] as const;
export type Outcome = (typeof OUTCOMES)[number];

export interface JournalLine extends Partial<WriteAnswer> {
  /** ISO 8601. */
  readonly time: string;
  /** The same for all lines of one call. */
  readonly call: string;
  /** The beginning of the call's fingerprint. */
  readonly fingerprint: string;
  readonly outcome: Outcome;
  readonly profile: string;
  readonly origin: string;
  readonly workspace: string | null;
  readonly tool: string;
  readonly route: string;
}

export const FINGERPRINT_DIGITS = 16;
const MAX_BYTES = 1_000_000;
/** Files besides the current one; `.1` is the youngest. */
const KEPT = 3;
const ROTATION_STALE_MS = 10_000;

export class Journal {
  readonly #path: string;
  readonly #log: Log;
  #complained = false;

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
        const { size } = await file.stat();
        await file.appendFile(`${(await endsMidLine(file, size)) ? '\n' : ''}${JSON.stringify(line)}\n`);
        if (size > MAX_BYTES) await this.#rotate();
      } finally {
        await file.close();
      }
    } catch (error) {
      if (this.#complained) return;
      this.#complained = true;
      this.#log.warn(
        `${this.#path} cannot be written (${errorCode(error) ?? String(error)}); history will be incomplete`,
      );
    }
  }

  /** Oldest first; broken lines are skipped. */
  async read(): Promise<JournalLine[]> {
    const lines: JournalLine[] = [];
    for (let age = KEPT; age >= 0; age--) {
      const text = await readFile(this.#file(age), 'utf8').catch(() => '');
      for (const line of text.split('\n')) {
        const parsed = readLine(line);
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
      if (age !== null && age.mtimeMs + ROTATION_STALE_MS < Date.now()) await rm(guard, { force: true });
      return;
    }
    try {
      // Another copy may have done it since.
      if ((await stat(this.#path)).size <= MAX_BYTES) return;
      for (let age = KEPT; age > 0; age--) await rename(this.#file(age - 1), this.#file(age)).catch(() => undefined);
    } finally {
      await rm(guard, { force: true });
    }
  }
}

async function endsMidLine(file: { read: FileReader }, size: number): Promise<boolean> {
  if (size === 0) return false;
  const last = Buffer.alloc(1);
  await file.read(last, 0, 1, size - 1);
  return last[0] !== 0x0a;
}

type FileReader = (buffer: Buffer, offset: number, length: number, position: number) => Promise<unknown>;

type NamedFacts = Pick<WriteFacts, 'profile' | 'origin' | 'workspace' | 'tool' | 'route'>;

/** The part of a line that tells which call it is about. */
export function lineFacts({ profile, origin, workspace, tool, route }: NamedFacts): NamedFacts {
  return { profile, origin, workspace, tool, route };
}

function readLine(text: string): JournalLine | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  return isLine(value) ? value : null;
}

function isLine(value: unknown): value is JournalLine {
  return (
    isJsonObject(value) &&
    [value.time, value.call, value.fingerprint, value.profile, value.origin, value.tool, value.route].every(
      (text) => typeof text === 'string',
    ) &&
    (value.workspace === null || typeof value.workspace === 'string') &&
    OUTCOMES.some((outcome) => outcome === value.outcome)
  );
}
