import { FINGERPRINT_DIGITS, Journal, type JournalLine, lineFacts } from './journal.ts';
import type { LedgerDeps } from './ledger.ts';
import { Locks } from './lock.ts';
import { RecordStore } from './record-store.ts';
import { howToResolve } from './write-messages.ts';
import type { WriteAnswer, WriteRecord } from './write-record.ts';
import { isUnresolved } from './write-states.ts';

/** The journal and the open records as one list: what was written through this bridge, and what is still unresolved. */

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

/** Newest first. The folder need not exist. @throws LocalError where the ledger cannot be read */
export async function history({
  folder,
  clock,
  log,
}: Pick<LedgerDeps, 'folder' | 'clock' | 'log'>): Promise<HistoryEntry[]> {
  const store = new RecordStore(folder, log);
  const locks = new Locks(store.folder, clock);
  const unresolved = new Map<string, WriteRecord>();
  const running = new Set<string>();
  for (const record of await store.all()) {
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
        ...lineFacts(last),
        time,
        outcome: record?.state === 'done' && outcome === 'unknown' ? 'done' : outcome,
        ...answerOf(record?.answer ?? last),
        later: outcome === 'unknown' && last.route === 'rest' && record === null ? (found.get(print) ?? null) : null,
        resolve: record === null ? null : howToResolve(record),
      };
      if (isDefinite(last) && !found.has(print)) found.set(print, outcome);
      return entry;
    });
  return [...entries, ...[...unresolved.values()].map(withoutJournal)].sort((a, b) => b.time.localeCompare(a.time));
}

/** By a record's state: the outcomes of the call that left it behind. */
const OUTCOMES_OF: Readonly<Record<WriteRecord['state'], readonly HistoryOutcome[]>> = {
  open: ['unknown'],
  throttled: [],
  conflict: ['refused', 'unknown'],
  partly: [],
  done: ['done', 'replayed', 'unknown'],
};

/** The last line of each call, with the time of its first, in the order in which the calls were made. */
function callsOf(lines: readonly JournalLine[]) {
  const byCall = new Map<string, { readonly time: string; readonly last: JournalLine }>();
  for (const last of lines) byCall.set(last.call, { time: byCall.get(last.call)?.time ?? last.time, last });
  return [...byCall.values()].sort((a, b) => a.time.localeCompare(b.time));
}

/** A call that was started and never ended was cut off, unless it is still running. */
function outcomeOf({ outcome, fingerprint }: JournalLine, running: ReadonlySet<string>): HistoryOutcome {
  if (outcome !== 'started') return outcome;
  return running.has(fingerprint) ? 'running' : 'unknown';
}

function isDefinite({ outcome, status }: JournalLine): boolean {
  return ['done', 'replayed', 'partly', 'expired'].includes(outcome) || (outcome === 'refused' && status !== 429);
}

function answerOf({ status, id, number, requestId }: Partial<WriteAnswer> | JournalLine) {
  return { status: status ?? null, id: id ?? null, number: number ?? null, request_id: requestId ?? null };
}

/** A record whose line in the journal is lost, or was never written. */
function withoutJournal(record: WriteRecord): HistoryEntry {
  const { facts, answer, state, created } = record;
  const unnamed = { profile: '?', origin: '?', workspace: null, tool: '(damaged record)', route: '?' };
  return {
    ...(facts === null ? unnamed : lineFacts(facts)),
    time: new Date(created).toISOString(),
    outcome: state === 'done' ? 'done' : 'unknown',
    ...answerOf(answer ?? {}),
    later: null,
    resolve: howToResolve(record),
  };
}
