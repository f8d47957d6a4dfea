import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { fileErrorCode, fileErrorReason } from '../config/paths.ts';
import { LocalError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { Locks } from './lock.ts';
import { OWNER_ONLY_FILE, parseJournalLine, readOwn, refuseForeignFile } from './private-files.ts';
import { RecordStore } from './record-store.ts';
import { howToResolve } from './write-messages.ts';
import { KEY_LIFETIME_MS, type WriteAnswer, type WriteRecord, writeAnswer } from './write-record.ts';

/**
 * What was written through this bridge: a journal of one JSON line per event, append-only, bounded and without any content;
 * and the history, which people read, made from it and from the records that are still unresolved.
 */

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
  // Lines of earlier versions have none.
  listTool: z.string().nullish(),
  fields: z.array(z.string()).readonly().optional(),
});
export type JournalLine = Readonly<z.infer<typeof journalLine>>;

const FINGERPRINT_DIGITS = 16;
const MAX_BYTES = 1_000_000;
/** Files besides the current one, oldest first: `.1` is the youngest. */
const KEPT = [3, 2, 1];
const ROTATION_STALE_MS = 10_000;

export class Journal {
  readonly #root: string;
  readonly #path: string;
  readonly #log: Log;
  #hasWarned = false;

  /** @param root the ledger's own folder */
  constructor(root: string, log: Log) {
    this.#root = root;
    this.#path = this.#file(0);
    this.#log = log;
  }

  /** Never fails: the records are what counts, this is what people read. @param at milliseconds since the epoch */
  async append(
    at: number,
    line: Pick<JournalLine, 'call' | 'outcome'>,
    { fingerprint, facts }: { readonly fingerprint: string; readonly facts: Parameters<typeof lineFacts>[0] },
    answer: WriteAnswer | null,
  ): Promise<void> {
    try {
      // In one write, so that lines of several copies do not mix; a newline first where a killed one left half a line.
      const file = await open(this.#path, 'a+', OWNER_ONLY_FILE);
      try {
        await refuseForeignFile(this.#path, file);
        const { size } = await file.stat();
        const text = this.#log.secrets.fileJson({
          time: new Date(at).toISOString(),
          ...line,
          fingerprint: fingerprint.slice(0, FINGERPRINT_DIGITS),
          ...lineFacts(facts),
          ...answer,
        });
        await file.appendFile(`${(await endsMidLine(file, size)) ? '\n' : ''}${text}\n`);
        if (size > MAX_BYTES) await this.#rotate();
      } finally {
        await file.close();
      }
    } catch (error) {
      if (this.#hasWarned) return;
      this.#hasWarned = true;
      const why =
        error instanceof LocalError ? error.message : `${this.#path} cannot be written (${fileErrorReason(error)})`;
      this.#log.warn(`${why.replace(/\.$/, '')}; history will be incomplete`);
    }
  }

  /** Oldest first; broken lines are skipped. @throws LocalError for a file of another user */
  async read(): Promise<JournalLine[]> {
    const lines: JournalLine[] = [];
    for (const age of [...KEPT, 0]) {
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
    return join(this.#root, age === 0 ? 'journal.jsonl' : `journal.${age}.jsonl`);
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
      // Another copy may have done it since, and no line may have followed yet.
      const size = await stat(this.#path).then(
        (now) => now.size,
        () => 0,
      );
      if (size <= MAX_BYTES) return;
      for (const age of KEPT) {
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
function lineFacts({
  profile,
  origin,
  workspace,
  tool,
  route,
  listTool,
  fields = [],
}: Pick<JournalLine, 'profile' | 'origin' | 'workspace' | 'tool' | 'route' | 'listTool' | 'fields'>) {
  return { profile, origin, workspace, tool, route, listTool, fields };
}

/** What people are shown of these. */
function shownFacts(facts: Parameters<typeof lineFacts>[0]) {
  const { listTool, ...shown } = lineFacts(facts);
  return { ...shown, resource: listTool?.replace(/^(lucanto_)?list_/, '') ?? null };
}

/** `running`: at this moment, in some copy of the bridge. */
export type HistoryOutcome = Exclude<JournalLine['outcome'], 'started'> | 'running';

export interface HistoryEntry {
  /** ISO 8601, when the call was made. */
  readonly time: string;
  readonly profile: string;
  readonly origin: string;
  readonly workspace: string | null;
  readonly tool: string;
  readonly route: string;
  /** `invoices`: what was written; null where it is not known. */
  readonly resource: string | null;
  /** Names of what a change gave; of a create none. */
  readonly fields: readonly string[];
  readonly outcome: HistoryOutcome;
  readonly status: number | null;
  readonly id: string | null;
  readonly number: string | null;
  readonly request_id: string | null;
  /** For an outcome that was unknown: what the same call, made again, found out. */
  readonly later: HistoryOutcome | null;
  /** What to do, for what is unresolved. */
  readonly resolve: string | null;
}

/** The journal and the open records as one list, newest first. The folder need not exist. @throws LocalError where the ledger cannot be read */
export async function history({
  folder,
  clock,
  log,
}: {
  readonly folder: string;
  readonly clock: () => number;
  readonly log: Log;
}): Promise<HistoryEntry[]> {
  const store = new RecordStore(folder, log);
  const locks = new Locks(store.folder, clock);
  const unresolved = new Map<string, WriteRecord>();
  const running = new Set<string>();
  for (const record of await store.find()) {
    const print = record.fingerprint.slice(0, FINGERPRINT_DIGITS);
    if (await locks.isHeld(record.fingerprint)) running.add(print);
    else if (isUnresolved(record, clock())) unresolved.set(print, record);
  }
  const found = new Map<string, HistoryOutcome>();
  const entries = callsOf(await new Journal(folder, log).read())
    .reverse()
    .map(({ time, last }): HistoryEntry => {
      const print = last.fingerprint;
      const outcome = outcomeOf(last, running);
      // One lock, one call: an earlier one of the same fingerprint cannot be running any more.
      running.delete(print);
      const open = unresolved.get(print);
      const record = open !== undefined && OUTCOMES_OF[open.state].includes(outcome) ? open : null;
      if (record !== null) unresolved.delete(print);
      const entry = {
        ...shownFacts(last),
        time,
        outcome: record?.state === 'done' && outcome === 'unknown' ? 'done' : outcome,
        ...answerOf(record?.answer ?? last),
        later: outcome === 'unknown' && last.route === 'rest' && record === null ? (found.get(print) ?? null) : null,
        resolve: record === null ? null : howToResolve(record),
      };
      // The nearest call counts: a later one may have been a new write.
      if (isDefinite(last)) found.set(print, outcome);
      return entry;
    });
  return [...entries, ...[...unresolved.values()].map(withoutJournal)].sort((a, b) => b.time.localeCompare(a.time));
}

/** Whether a person should still find out what became of the write. */
export function isUnresolved(record: WriteRecord, now: number): boolean {
  if (['throttled', 'partly'].includes(record.state) || record.created + KEY_LIFETIME_MS <= now) return false;
  return record.state !== 'done' || record.delivered === null;
}

/** By a record's state: the outcomes of the call that left it behind. */
const OUTCOMES_OF: Readonly<Record<WriteRecord['state'], readonly HistoryOutcome[]>> = {
  open: ['unknown'],
  throttled: [],
  conflict: ['refused', 'unknown'],
  partly: [],
  done: ['done', 'replayed', 'unknown'],
};

/** The last line of each call, with the time of its first, in the order in which the calls were made: that of the lines, since a clock can be set back. */
function callsOf(lines: readonly JournalLine[]) {
  const byCall = new Map<string, { readonly time: string; readonly last: JournalLine }>();
  for (const last of lines) byCall.set(last.call, { time: byCall.get(last.call)?.time ?? last.time, last });
  return [...byCall.values()];
}

/** A call that was started and never ended was cut off, unless it is still running. */
function outcomeOf({ outcome, fingerprint }: JournalLine, running: ReadonlySet<string>): HistoryOutcome {
  if (outcome !== 'started') return outcome;
  return running.has(fingerprint) ? 'running' : 'unknown';
}

/** Throttling and a conflict say nothing about an earlier call. */
function isDefinite({ outcome, status }: JournalLine): boolean {
  if (outcome === 'refused') return status !== 429 && status !== 409;
  return ['done', 'replayed', 'partly', 'expired'].includes(outcome);
}

function answerOf({ status, id, number, requestId }: Partial<WriteAnswer> | JournalLine) {
  return { status: status ?? null, id: id ?? null, number: number ?? null, request_id: requestId ?? null };
}

/** A record whose line in the journal is lost, or was never written. */
function withoutJournal(record: WriteRecord): HistoryEntry {
  const { facts, answer, state, created } = record;
  const unnamed = { profile: '?', origin: '?', workspace: null, tool: '(damaged record)', route: '?' };
  return {
    ...shownFacts(facts ?? unnamed),
    time: new Date(created).toISOString(),
    outcome: state === 'done' ? 'done' : 'unknown',
    ...answerOf(answer ?? {}),
    later: null,
    resolve: howToResolve(record),
  };
}
