import { randomUUID } from 'node:crypto';
import { LocalError, toLucantoError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { CallContext, ToolResult } from '../core/tool.ts';
import { concurrentDuplicateNote, withNextStep, withNote, writeInProgress } from './decide.ts';
import { FINGERPRINT_DIGITS, Journal, lineFacts } from './journal.ts';
import { Locks } from './lock.ts';
import { ledgerUnwritable, localSecret, privateFolder } from './private-files.ts';
import { RecordStore, type WriteFacts, type WriteRecord } from './record-store.ts';
import { fingerprint, type WriteCall, type WritePort } from './write.ts';
import { InFlightWrite, type Send, WriteAttempt, type WriteOutcome } from './write-attempt.ts';

/**
 * The write ledger: a write is on the disk before it leaves, and the same write again, from whatever copy of the
 * bridge, is recognised until the client was given a definite answer (interface.md section 5).
 */
export interface LedgerDeps {
  /** The ledger's own folder, made when first needed. */
  readonly folder: string;
  readonly profile: string;
  readonly origin: string;
  readonly token: string;
  /** Milliseconds; 0 never refuses a repeated create. */
  readonly duplicateWindowMs: number;
  readonly clock: () => number;
  readonly log: Log;
}

/** How long a delivery waits for another copy that makes the same call. */
const MARK_MS = 1_000;
const PRUNE_EVERY_MS = 10 * 60_000;

export class Ledger implements WritePort {
  readonly #deps: LedgerDeps;
  readonly #store: RecordStore;
  readonly #journal: Journal;
  readonly #locks: Locks;
  readonly #flights = new Map<string, InFlightWrite<WriteOutcome>>();
  /** What is noted behind an answer that was delivered, by fingerprint. */
  readonly #marks = new Map<string, Promise<void>>();
  #secret: Promise<Buffer> | null = null;
  #pruneAt = 0;

  constructor(deps: LedgerDeps) {
    this.#deps = deps;
    this.#store = new RecordStore(deps.folder, deps.log);
    this.#journal = new Journal(deps.folder, deps.log);
    this.#locks = new Locks(this.#store.folder, deps.clock);
  }

  async run(call: WriteCall, context: CallContext, send: Send): Promise<ToolResult> {
    const { clock, origin, token, profile } = this.#deps;
    const arrived = clock();
    const print = fingerprint(await this.#ready(), { origin, token, ...call });
    for (;;) {
      const gaveUp = () => writeInProgress(call.tool, arrived);
      const mark = this.#marks.get(print);
      if (mark !== undefined) await waitFor(mark, context.signal, gaveUp);
      const twin = this.#flights.get(print);
      if (twin === undefined) break;
      const ending = await waitFor(twin.ended, context.signal, gaveUp);
      if (ending.kind === 'failed' && ending.verdict !== 'refused') continue;
      return this.#handOver(ending, context, concurrentDuplicateNote(call));
    }
    const { args: _unrecorded, ...rest } = call;
    const facts: WriteFacts = { ...rest, profile, origin };
    const parts = { ...this.#deps, store: this.#store, journal: this.#journal, locks: this.#locks };
    const allowDuplicate = context.allowDuplicate === true;
    const passage = new WriteAttempt(parts, { call, facts, fingerprint: print, arrived, allowDuplicate });
    const flight = new InFlightWrite<WriteOutcome>(call, context, (own) => passage.run(own, send));
    this.#flights.set(print, flight);
    const landed = () => void this.#flights.delete(print);
    flight.ended.then(landed, landed);
    return this.#handOver(await answered(flight, call), context, null);
  }

  /** Resolves when nothing is on its way any more; what still is after `ms` milliseconds is given up. */
  async settle(ms: number): Promise<void> {
    const flights = [...this.#flights.values()];
    const timer = setTimeout(() => {
      for (const flight of flights) flight.abort(new DOMException('The connection ended', 'AbortError'));
    }, ms);
    await Promise.allSettled(flights.map(({ ended }) => ended));
    clearTimeout(timer);
    await Promise.allSettled(this.#marks.values());
  }

  /** @throws LocalError where there is no place for the ledger */
  async #ready(): Promise<Buffer> {
    this.#secret ??= this.#open();
    try {
      const secret = await this.#secret;
      await this.#prune();
      return secret;
    } catch (error) {
      // The disk may be better next time.
      this.#secret = null;
      throw error;
    }
  }

  async #open(): Promise<Buffer> {
    const { folder } = this.#deps;
    try {
      await privateFolder(folder);
      await privateFolder(this.#store.folder);
    } catch (error) {
      throw ledgerUnwritable(folder, error);
    }
    return localSecret(folder);
  }

  #handOver(ending: WriteOutcome, context: CallContext, remark: string | null): ToolResult {
    if (ending.kind === 'failed') {
      // Somebody may have removed the folder: the next write makes it anew.
      if (ending.error instanceof LocalError) this.#secret = null;
      throw ending.error;
    }
    const { record, result } = ending;
    if (record !== null) {
      const delivered = () => this.#mark(record);
      if (context.onDelivered === undefined) delivered();
      else context.onDelivered(delivered);
    }
    return remark === null ? result : withNote(result, remark);
  }

  #mark(record: WriteRecord): void {
    const print = record.fingerprint;
    const before = this.#marks.get(print) ?? this.#flights.get(print)?.ended;
    const mark = Promise.resolve(before)
      .then(() => this.#delivered(record))
      .catch((error: unknown) => {
        this.#deps.log.warn(`the write ledger could not note a delivery: ${toLucantoError(error).message}`);
      });
    this.#marks.set(print, mark);
    void mark.then(() => {
      if (this.#marks.get(print) === mark) this.#marks.delete(print);
    });
  }

  /** The client has the answer: what the next call need not know is forgotten. */
  async #delivered(record: WriteRecord): Promise<void> {
    const { clock } = this.#deps;
    const lock = await this.#locks.tryAcquire(record.fingerprint, MARK_MS);
    // The same call is being made again: it will find that nobody was told, and repeat the answer.
    if (lock === null) return;
    try {
      const now = (await this.#store.find(record.fingerprint)).find(({ key }) => key === record.key);
      if (now === undefined || now.state !== 'done' || now.updated !== record.updated) return;
      // Another copy may wait to make the same call: that it was made meanwhile, it can only see here.
      await this.#store.save({ ...record, delivered: clock() });
    } finally {
      await lock.release();
    }
  }

  async #prune(): Promise<void> {
    const { clock, duplicateWindowMs } = this.#deps;
    const now = clock();
    if (now < this.#pruneAt) return;
    this.#pruneAt = now + PRUNE_EVERY_MS;
    const expired = await this.#store.prune(now, duplicateWindowMs).catch((error: unknown) => {
      this.#deps.log.warn(`old records of the write ledger could not be removed: ${toLucantoError(error).message}`);
      return [];
    });
    for (const { facts, fingerprint: print, answer } of expired) {
      if (facts === null) continue;
      await this.#journal.append({
        time: new Date(now).toISOString(),
        call: randomUUID(),
        fingerprint: print.slice(0, FINGERPRINT_DIGITS),
        outcome: 'expired',
        ...lineFacts(facts),
        ...answer,
      });
    }
  }
}

async function answered(flight: InFlightWrite<WriteOutcome>, call: WriteCall): Promise<WriteOutcome> {
  try {
    return await flight.answer();
  } catch (error) {
    throw withNextStep(toLucantoError(error), 'unknown', call, null);
  }
}

async function waitFor<T>(what: Promise<T>, signal: AbortSignal, gaveUp: () => Error): Promise<T> {
  let stop = (): void => undefined;
  const ended = new Promise<never>((_resolve, reject) => {
    stop = () => reject(gaveUp());
  });
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([what, ended]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
