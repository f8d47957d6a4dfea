import { randomUUID } from 'node:crypto';
import { toLucantoError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { ToolResult } from '../core/tool.ts';
import type { InFlightWrite } from './in-flight-write.ts';
import { FINGERPRINT_DIGITS, type Journal, type JournalLine, lineFacts } from './journal.ts';
import type { Locks } from './lock.ts';
import type { RecordStore } from './record-store.ts';
import type { SendCount } from './send-count.ts';
import type { WriteCall, WritePort, WriteResult } from './write.ts';
import {
  duplicateError,
  madeTwiceNote,
  outcomeUnknownError,
  partlyDoneError,
  stillOpenNote,
  timeOf,
  withNextStep,
  withNote,
  writeInProgress,
} from './write-messages.ts';
import { NO_KEY, type WriteAnswer, type WriteFacts, type WriteRecord } from './write-record.ts';
import { type EarlierWrite, earlierWrite, type FailureClass, failureClassOf, stateAfter } from './write-states.ts';

/** One call on its way through the ledger: lock, decide, count, record, send, settle. */
/** How a write ended, for its caller and for those who wait with it. */
export type WriteOutcome =
  | { readonly kind: 'done'; readonly result: ToolResult; readonly record: WriteRecord | null }
  | { readonly kind: 'failed'; readonly error: Error; readonly failure: FailureClass };

/** The lock may stay this much longer than its call may take. */
const LOCK_SLACK_MS = 10_000;
/** After these it is certain that this attempt was not carried out. */
const SENT_NOTHING: ReadonlySet<FailureClass> = new Set(['refused', 'throttled', 'not_sent']);

export class WriteAttempt {
  readonly #deps;
  readonly #write;
  /** Its lines in the journal are known by it. */
  readonly #id = randomUUID();

  constructor(
    deps: {
      readonly store: RecordStore;
      readonly journal: Journal;
      readonly locks: Locks;
      readonly sendCount: SendCount;
      readonly duplicateWindowMs: number;
      readonly clock: () => number;
      readonly log: Log;
    },
    write: {
      readonly call: WriteCall;
      readonly facts: WriteFacts;
      readonly fingerprint: string;
      /** Milliseconds since the epoch. */
      readonly arrived: number;
      readonly allowDuplicate: boolean;
      /** How many sends it makes, by the meaning of its operation. */
      readonly sends: number;
    },
  ) {
    this.#deps = deps;
    this.#write = write;
  }

  /** Never throws: how it ended is in the outcome. */
  async run(inFlight: InFlightWrite<WriteOutcome>, send: Parameters<WritePort['run']>[2]): Promise<WriteOutcome> {
    const { call, fingerprint } = this.#write;
    const { signal, deadline } = inFlight.context;
    try {
      const until = deadline + LOCK_SLACK_MS;
      const gaveUp = (since: number | null) => writeInProgress(call.tool, since);
      const lock = await this.#deps.locks.acquire(fingerprint, until, signal, gaveUp);
      try {
        return await this.#decideAndSend(inFlight, send, lock.isHeld);
      } finally {
        await lock.release();
      }
    } catch (error) {
      return { kind: 'failed', error: toLucantoError(error), failure: 'not_sent' };
    }
  }

  async #decideAndSend(
    inFlight: InFlightWrite<WriteOutcome>,
    send: Parameters<WritePort['run']>[2],
    isLocked: () => Promise<boolean>,
  ): Promise<WriteOutcome> {
    const { call, fingerprint, ...when } = this.#write;
    const { clock, duplicateWindowMs, store } = this.#deps;
    const now = clock();
    const known = await store.find(fingerprint);
    const earlier = earlierWrite(known, { ...when, kind: call.kind, create: call.create, now, duplicateWindowMs });
    if (earlier.step === 'duplicate' || earlier.step === 'unknown' || earlier.step === 'partly') {
      await this.#note('duplicate_stopped', earlier.record.answer);
      const error = { duplicate: duplicateError, unknown: outcomeUnknownError, partly: partlyDoneError }[earlier.step];
      return { kind: 'failed', error: error(call, earlier.record), failure: 'not_sent' };
    }
    const isNew = earlier.step === 'new' || earlier.record.state === 'throttled';
    const planned = this.#planned(earlier, now);
    const takeBack = await this.#count(planned, inFlight.context.signal);
    const record = await this.#recorded(planned, earlier, isLocked).catch(async (error: unknown) => {
      await takeBack();
      throw error;
    });
    await this.#note('started', null);
    const since = isNew ? null : timeOf(record.created);
    try {
      const key = record.key === NO_KEY ? null : record.key;
      const written = await send({ key, context: inFlight.context, earlier: since });
      if (written.refused) await this.#quietly(takeBack);
      const outcome = await this.#done(record, written, since);
      // Only now: had this one failed, what came before would still count.
      if (!written.refused)
        for (const old of known) if (old.key !== record.key) await this.#quietly(() => store.remove(old));
      return outcome;
    } catch (error) {
      const outcome = await this.#failed(record, error, inFlight.isSent, since);
      if (outcome.kind === 'failed' && SENT_NOTHING.has(outcome.failure)) await this.#quietly(takeBack);
      return outcome;
    }
  }

  /** The sends of a write count before it leaves, and also where its outcome is unknown. @returns takes them back */
  async #count({ key }: WriteRecord, signal: AbortSignal): Promise<() => Promise<void>> {
    const { sends, call } = this.#write;
    if (sends === 0) return async () => undefined;
    return this.#deps.sendCount.take(key === NO_KEY ? this.#id : key, sends, call.tool, signal);
  }

  /** The record under which the write will be sent. */
  #planned(earlier: EarlierWrite, now: number): WriteRecord {
    const { fingerprint, facts } = this.#write;
    if (earlier.step !== 'new') {
      const { record } = earlier;
      return record.state === 'throttled' ? { ...record, facts, state: 'open', updated: now } : record;
    }
    const key = facts.kind === 'keyed' ? randomUUID() : NO_KEY;
    const times = { created: now, updated: now, delivered: null };
    return { fingerprint, key, state: 'open', ...times, facts, answer: null };
  }

  /** On the disk, as one that may be carried out, before anything leaves. */
  async #recorded(record: WriteRecord, earlier: EarlierWrite, isLocked: () => Promise<boolean>): Promise<WriteRecord> {
    const { store } = this.#deps;
    const isNew = earlier.step === 'new';
    if (isNew || record !== earlier.record) await store.save(record);
    // A copy that took the lock before the record was there has not seen it, and may be sending under a key of its own.
    if (!(await isLocked())) {
      if (isNew && record.key !== NO_KEY) await store.remove(record);
      throw writeInProgress(this.#write.call.tool, null);
    }
    return record;
  }

  async #done(record: WriteRecord, written: WriteResult, since: string | null): Promise<WriteOutcome> {
    const { call, facts, allowDuplicate } = this.#write;
    const { result, replayed, status, id, number, requestId } = written;
    const answer: WriteAnswer = { status, id, number, requestId };
    if (written.refused) {
      await this.#quietly(() => this.#deps.store.remove(record));
      await this.#note('refused', answer);
      return { kind: 'done', record: null, result };
    }
    const updated = this.#deps.clock();
    const settled: WriteRecord = { ...record, facts, state: 'done', updated, delivered: null, answer };
    await this.#quietly(() => this.#deps.store.save(settled));
    await this.#note(replayed ? 'replayed' : 'done', answer);
    const before = record.answer?.id ?? null;
    const isSecond = call.create && before !== null && id !== null && before !== id;
    const repeated = allowDuplicate && since !== null ? stillOpenNote(call, since) : null;
    const note = isSecond ? madeTwiceNote(call, before, id) : repeated;
    return { kind: 'done', record: settled, result: note === null ? result : withNote(result, note) };
  }

  /** @param since ISO 8601, of an earlier attempt that may have been carried out */
  async #failed(record: WriteRecord, thrown: unknown, isSent: boolean, since: string | null): Promise<WriteOutcome> {
    const { call, facts } = this.#write;
    const { store, clock } = this.#deps;
    const failure = failureClassOf(thrown, isSent, since !== null && call.kind === 'keyed');
    const state = stateAfter(record, since === null, failure);
    await this.#quietly(async () => {
      if (state === null) await store.remove(record);
      else if (state !== record.state) await store.save({ ...record, facts, state, updated: clock() });
    });
    const error = withNextStep(toLucantoError(thrown), failure, call, since);
    const { status, requestId } = error.details;
    // In the journal, a conflict is a refusal, and throttling too: neither attempt was carried out.
    const outcome = failure === 'conflict' || failure === 'throttled' ? 'refused' : failure;
    const id = recordId(call.args.id);
    await this.#note(outcome, { status: status ?? null, id, number: null, requestId: requestId ?? null });
    return { kind: 'failed', error, failure };
  }

  /** The write has left: a disk that fails now is reported, but changes nothing about the answer. */
  async #quietly(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#deps.log.warn(`the write ledger could not note how a write ended: ${toLucantoError(error).message}`);
    }
  }

  #note(outcome: JournalLine['outcome'], answer: WriteAnswer | null): Promise<void> {
    return this.#deps.journal.append({
      time: new Date(this.#deps.clock()).toISOString(),
      call: this.#id,
      fingerprint: this.#write.fingerprint.slice(0, FINGERPRINT_DIGITS),
      outcome,
      ...lineFacts(this.#write.facts),
      ...answer,
    });
  }
}

/** Of the record that a call names. */
function recordId(id: unknown): string | null {
  const isId = typeof id === 'number' || typeof id === 'bigint' || (typeof id === 'string' && id.length <= 100);
  return isId ? String(id) : null;
}
