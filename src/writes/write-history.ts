import { whereToLook } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { timeOf } from './decide.ts';
import { FINGERPRINT_DIGITS, Journal, type JournalLine, lineFacts, type Outcome } from './journal.ts';
import { Locks } from './lock.ts';
import { KEY_LIFETIME_MS, NO_KEY, RecordStore, type WriteRecord } from './record-store.ts';

/** The journal and the open records as one list: what was written through this bridge, and what is still unresolved. */
/** `running`: at this moment, in some copy of the bridge. */
export type HistoryOutcome = Exclude<Outcome, 'started'> | 'running';

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

interface HistorySource {
  /** The ledger's own folder; it need not exist. */
  readonly folder: string;
  readonly clock: () => number;
  readonly log: Log;
}

interface Call {
  readonly begun: JournalLine;
  readonly last: JournalLine;
}

/** Newest first. @throws LocalError where the ledger cannot be read */
export async function history({ folder, clock, log }: HistorySource): Promise<HistoryEntry[]> {
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
  const entries = calls(await new Journal(folder, log).read())
    .reverse()
    .map((call) => {
      const print = call.last.fingerprint;
      const outcome = outcomeOf(call.last, running);
      const record = unresolved.get(print);
      const isAboutIt = record !== undefined && TELLS_OF[record.state].includes(outcome);
      if (isAboutIt) unresolved.delete(print);
      const entry: HistoryEntry = {
        ...lineFacts(call.last),
        time: call.begun.time,
        outcome: isAboutIt && record.state === 'done' && outcome === 'unknown' ? 'done' : outcome,
        ...answered(isAboutIt ? (record.answer ?? call.last) : call.last),
        later: outcome === 'unknown' && call.last.route === 'rest' && !isAboutIt ? (found.get(print) ?? null) : null,
        resolve: isAboutIt ? wayToResolve(record) : null,
      };
      if (isFinding(call.last) && !found.has(print)) found.set(print, outcome);
      return entry;
    });
  return [...entries, ...[...unresolved.values()].map(unjournalled)].sort((a, b) => b.time.localeCompare(a.time));
}

/** By the record's state: the outcomes of a call that it is the record of. */
const TELLS_OF: Readonly<Record<WriteRecord['state'], readonly HistoryOutcome[]>> = {
  open: ['unknown'],
  untouched: [],
  conflict: ['refused', 'unknown'],
  done: ['done', 'replayed', 'unknown'],
};

function isUnresolved(record: WriteRecord, now: number): boolean {
  if (record.state === 'untouched' || record.created + KEY_LIFETIME_MS <= now) return false;
  return record.state !== 'done' || record.delivered === null;
}

/** The lines of each call as one, in the order in which the calls were made. */
function calls(lines: readonly JournalLine[]): Call[] {
  const byCall = new Map<string, Call>();
  for (const line of lines) byCall.set(line.call, { begun: byCall.get(line.call)?.begun ?? line, last: line });
  return [...byCall.values()].sort((a, b) => a.begun.time.localeCompare(b.begun.time));
}

/** What was begun and never ended was cut off, unless it is still running. */
function outcomeOf({ outcome, fingerprint }: JournalLine, running: ReadonlySet<string>): HistoryOutcome {
  if (outcome !== 'started') return outcome;
  return running.has(fingerprint) ? 'running' : 'unknown';
}

function isFinding({ outcome, status }: JournalLine): boolean {
  return ['done', 'replayed', 'expired'].includes(outcome) || (outcome === 'refused' && status !== 429);
}

function answered({ status, id, number, requestId }: Partial<WriteRecord['answer'] & object>) {
  return { status: status ?? null, id: id ?? null, number: number ?? null, request_id: requestId ?? null };
}

/** A record whose line in the journal is lost, or never came to be written. */
function unjournalled(record: WriteRecord): HistoryEntry {
  const { facts, answer, state, created } = record;
  const unnamed = { profile: '?', origin: '?', workspace: null, tool: '(damaged record)', route: '?' };
  return {
    ...(facts === null ? unnamed : lineFacts(facts)),
    time: new Date(created).toISOString(),
    outcome: state === 'done' ? 'done' : 'unknown',
    ...answered(answer ?? {}),
    later: null,
    resolve: wayToResolve(record),
  };
}

function wayToResolve({ key, facts, state, created }: WriteRecord): string {
  const until = timeOf(created + KEY_LIFETIME_MS);
  if (facts === null && key === NO_KEY)
    return 'Look in Lucanto what was written at that time, and repeat what is missing.';
  if (facts === null) return `Make the same call again before ${until}: it is carried out once, whatever happened.`;
  const { tool, kind } = facts;
  const look = whereToLook(facts.listTool);
  if (state === 'conflict')
    return `Check ${look}; if it was not carried out, call ${tool} again with allow_duplicate: true.`;
  if (kind === 'once') {
    return state === 'done'
      ? `It was carried out, but the client never got the answer: look ${look}.`
      : `Check ${look}; if it was not carried out, call ${tool} again with allow_duplicate: true.`;
  }
  if (state === 'done')
    return `It was carried out, but the client never got the answer: the same call again before ${until} gets it.`;
  return kind === 'keyed'
    ? `Make the same call again before ${until}: it is carried out once, whatever happened. Or check ${look}.`
    : `Make the same call again: it is safe to repeat. Or check ${look}.`;
}
