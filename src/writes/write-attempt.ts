import { randomUUID } from 'node:crypto';
import { toLucantoError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { ToolResult } from '../core/tool.ts';
import type { InFlightWrite } from './in-flight-write.ts';
import { FINGERPRINT_DIGITS, type Journal, type JournalLine, lineFacts } from './journal.ts';
import type { Locks } from './lock.ts';
import type { RecordStore } from './record-store.ts';
import type { WriteCall, WritePort, WriteResult } from './write.ts';
import {
  duplicateError,
  outcomeUnknownError,
  stillOpenNote,
  timeOf,
  withNextStep,
  withNote,
  writeInProgress,
} from './write-messages.ts';
import { NO_KEY, type WriteAnswer, type WriteFacts, type WriteRecord } from './write-record.ts';
import { type EarlierWrite, earlierWrite, type FailureClass, failureClassOf, stateAfter } from './write-states.ts';

/** One call on its way through the ledger: lock, decide, record, send, settle. */

interface AttemptDeps {
  readonly store: RecordStore;
  readonly journal: Journal;
  readonly locks: Locks;
  readonly duplicateWindowMs: number;
  readonly clock: () => number;
  readonly log: Log;
}

interface AttemptedWrite {
  readonly call: WriteCall;
  readonly facts: WriteFacts;
  readonly fingerprint: string;
  /** Milliseconds since the epoch. */
  readonly arrived: number;
  readonly allowDuplicate: boolean;
}

/** How a write ended, for its caller and for those who wait with it. */
export type WriteOutcome =
  | { readonly kind: 'done'; readonly result: ToolResult; readonly record: WriteRecord | null }
  | { readonly kind: 'failed'; readonly error: Error; readonly failure: FailureClass };

/** The lock may stay this much longer than its call may take. */
const LOCK_SLACK_MS = 10_000;

export class WriteAttempt {
  readonly #deps: AttemptDeps;
  readonly #write: AttemptedWrite;
  /** Its lines in the journal are known by it. */
  readonly #id = randomUUID();

  constructor(deps: AttemptDeps, write: AttemptedWrite) {
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
      const release = await this.#deps.locks.acquire(fingerprint, until, signal, gaveUp);
      try {
        return await this.#decideAndSend(inFlight, send);
      } finally {
        await release();
      }
    } catch (error) {
      return { kind: 'failed', error: toLucantoError(error), failure: 'not_sent' };
    }
  }

  async #decideAndSend(
    inFlight: InFlightWrite<WriteOutcome>,
    send: Parameters<WritePort['run']>[2],
  ): Promise<WriteOutcome> {
    const { call, fingerprint, ...when } = this.#write;
    const { clock, duplicateWindowMs, store } = this.#deps;
    const now = clock();
    const known = await store.find(fingerprint);
    const earlier = earlierWrite(known, { ...when, kind: call.kind, create: call.create, now, duplicateWindowMs });
    if (earlier.step === 'duplicate' || earlier.step === 'unknown') {
      await this.#note('duplicate_stopped', earlier.record.answer);
      const error = earlier.step === 'duplicate' ? duplicateError : outcomeUnknownError;
      return { kind: 'failed', error: error(call, earlier.record), failure: 'not_sent' };
    }
    const isNew = earlier.step === 'new' || earlier.record.state === 'throttled';
    const record = await this.#recorded(earlier, known, now);
    await this.#note('started', null);
    const since = isNew ? null : timeOf(record.created);
    try {
      const key = record.key === NO_KEY ? null : record.key;
      return await this.#done(record, await send({ key, context: inFlight.context, earlier: since }), since);
    } catch (error) {
      return await this.#failed(record, error, inFlight.isSent, since);
    }
  }

  /** The record under which the write is sent: on the disk, as one that may be carried out, before anything leaves. */
  async #recorded(earlier: EarlierWrite, known: readonly WriteRecord[], now: number): Promise<WriteRecord> {
    const { fingerprint, facts } = this.#write;
    const { store } = this.#deps;
    if (earlier.step !== 'new') {
      if (earlier.record.state !== 'throttled') return earlier.record;
      const again: WriteRecord = { ...earlier.record, facts, state: 'open', updated: now };
      await store.save(again);
      return again;
    }
    const key = facts.kind === 'keyed' ? randomUUID() : NO_KEY;
    const times = { created: now, updated: now, delivered: null };
    const record: WriteRecord = { fingerprint, key, state: 'open', ...times, facts, answer: null };
    await store.save(record);
    for (const old of known) if (old.key !== key) await store.remove(old);
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
    const note = allowDuplicate && since !== null ? stillOpenNote(call, since) : null;
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
