import { randomUUID } from 'node:crypto';
import { abortedBy, unlessAborted } from '../core/deadline.ts';
import { toLucantoError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { CallContext, ToolResult } from '../core/tool.ts';
import type { Locks } from './lock.ts';
import type { RecordStore } from './record-store.ts';
import type { SendCount } from './send-count.ts';
import type { Journal, JournalLine } from './write-history.ts';
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
import {
  NO_KEY,
  type WriteAnswer,
  type WriteCall,
  type WriteFacts,
  type WriteRecord,
  type WriteResult,
  type WriteSendContext,
} from './write-record.ts';
import { type EarlierWrite, earlierWrite, type FailureClass, failureClassOf, stateAfter } from './write-states.ts';

/**
 * One call on its way through the ledger: lock, decide, count, record, send, settle. Its caller is answered the moment it
 * gives up or its time is over; what has left by then is followed for a few seconds more, so that the ledger knows how it
 * ended.
 */

/** How a write ended, for its caller and for those who wait with it. */
export type WriteOutcome =
  | { readonly kind: 'done'; readonly result: ToolResult; readonly record: WriteRecord | null }
  | { readonly kind: 'failed'; readonly error: Error; readonly failure: FailureClass };

/** How long a write is followed after its caller has gone. */
const FOLLOW_MS = 5_000;
/** The lock may stay this much longer than its call may take. */
const LOCK_SLACK_MS = 10_000;
/** After these it is certain that this attempt was not carried out. */
const SENT_NOTHING: ReadonlySet<FailureClass> = new Set(['refused', 'throttled', 'not_sent']);

export class WriteAttempt {
  /** How it ended, once it has or is not followed any longer. Never rejects. */
  readonly ended: Promise<WriteOutcome>;
  readonly #deps;
  readonly #write;
  readonly #caller: CallContext;
  readonly #send;
  readonly #control = new AbortController();
  /** Its lines in the journal are known by it. */
  readonly #id = randomUUID();
  /** Whether a request has begun: from then on the outcome matters. */
  #isSent = false;
  #following: NodeJS.Timeout | undefined;

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
      readonly arrived: number;
    },
    caller: CallContext,
    send: (context: WriteSendContext) => Promise<WriteResult>,
  ) {
    this.#deps = deps;
    this.#write = write;
    this.#caller = caller;
    this.#send = send;
    this.ended = this.#run().finally(() => clearTimeout(this.#following));
  }

  /** How it ended, for the caller. @throws LucantoError when the caller gives up */
  async answer(): Promise<WriteOutcome> {
    const { signal } = this.#caller;
    return unlessAborted(this.ended, signal, (reject) => {
      // What has not left is given up with its caller, and ends at once.
      if (!this.#isSent) return this.abort(signal.reason);
      const { call } = this.#write;
      this.#following = setTimeout(() => this.abort(signal.reason), FOLLOW_MS);
      reject(withNextStep(abortedBy(signal.reason, call.tool, true, call.listTool), 'unknown', call, null));
    });
  }

  abort(reason: unknown): void {
    this.#control.abort(reason);
  }

  async #run(): Promise<WriteOutcome> {
    const { call, fingerprint } = this.#write;
    try {
      const until = this.#caller.deadline + LOCK_SLACK_MS;
      const gaveUp = (since: number | null) => writeInProgress(call.tool, since);
      const lock = await this.#deps.locks.acquire(fingerprint, until, this.#control.signal, gaveUp);
      try {
        return await this.#decideAndSend(lock.isHeld);
      } finally {
        await lock.release();
      }
    } catch (error) {
      return { kind: 'failed', error: toLucantoError(error), failure: 'not_sent' };
    }
  }

  async #decideAndSend(isLocked: () => Promise<boolean>): Promise<WriteOutcome> {
    const { call, fingerprint, arrived } = this.#write;
    const { clock, duplicateWindowMs, store } = this.#deps;
    const now = clock();
    const known = await store.find(fingerprint);
    const allowDuplicate = this.#caller.allowDuplicate === true;
    const earlier = earlierWrite(known, { ...call, arrived, allowDuplicate, now, duplicateWindowMs });
    if (earlier.step === 'duplicate' || earlier.step === 'unknown' || earlier.step === 'partly') {
      await this.#note('duplicate_stopped', earlier.record.answer);
      const error = { duplicate: duplicateError, unknown: outcomeUnknownError, partly: partlyDoneError }[earlier.step];
      return { kind: 'failed', error: error(call, earlier.record), failure: 'not_sent' };
    }
    const isNew = earlier.step === 'new' || earlier.record.state === 'throttled';
    const planned = this.#planned(earlier, now);
    const takeBack = await this.#count(planned);
    const record = await this.#recorded(planned, earlier, isLocked).catch(async (error: unknown) => {
      await takeBack();
      throw error;
    });
    await this.#note('started', null);
    const since = isNew ? null : timeOf(record.created);
    try {
      const key = record.key === NO_KEY ? null : record.key;
      const written = await this.#send({ key, context: this.#context(), earlier: since });
      if (written.refused) await this.#quietly(takeBack);
      const outcome = await this.#done(record, written, since);
      // Only now: had this one failed, what came before would still count.
      const before = written.refused ? [] : known.filter((old) => old.key !== record.key);
      for (const old of before) await this.#quietly(() => store.remove(old));
      return outcome;
    } catch (error) {
      const outcome = await this.#failed(record, error, since);
      if (outcome.kind === 'failed' && SENT_NOTHING.has(outcome.failure)) await this.#quietly(takeBack);
      return outcome;
    }
  }

  /** To send with: it may outlive its caller. */
  #context(): CallContext {
    const { onProgress, onDelivered: _ofTheCaller, ...rest } = this.#caller;
    const passOn: typeof onProgress = (progress) => {
      if (!rest.signal.aborted) onProgress?.(progress);
    };
    const onSending = () => {
      this.#isSent = true;
    };
    return {
      ...rest,
      signal: this.#control.signal,
      ...(onProgress !== undefined && { onProgress: passOn }),
      write: { onSending, giveUpAt: rest.deadline + FOLLOW_MS },
    };
  }

  /** The sends of a write count before it leaves, and also where its outcome is unknown. @returns takes them back */
  async #count({ key }: WriteRecord): Promise<() => Promise<void>> {
    const { sends = 0 } = this.#caller;
    if (sends === 0) return async () => undefined;
    const name = key === NO_KEY ? this.#id : key;
    return this.#deps.sendCount.take(name, sends, this.#write.call.tool, this.#control.signal);
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
    if (await isLocked()) return record;
    if (isNew && record.key !== NO_KEY) await store.remove(record);
    throw writeInProgress(this.#write.call.tool, null);
  }

  async #done(record: WriteRecord, written: WriteResult, since: string | null): Promise<WriteOutcome> {
    const { call, facts } = this.#write;
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
    const repeated = this.#caller.allowDuplicate === true && since !== null ? stillOpenNote(since) : null;
    const note = isSecond ? madeTwiceNote(call, before, id) : repeated;
    return { kind: 'done', record: settled, result: note === null ? result : withNote(result, note) };
  }

  /** @param since ISO 8601, of an earlier attempt that may have been carried out */
  async #failed(record: WriteRecord, thrown: unknown, since: string | null): Promise<WriteOutcome> {
    const { call, facts } = this.#write;
    const { store, clock } = this.#deps;
    const failure = failureClassOf(thrown, this.#isSent, since !== null && call.kind === 'keyed');
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
    const { clock, journal } = this.#deps;
    return journal.append(clock(), { call: this.#id, outcome }, this.#write, answer);
  }
}

/** Of the record that a call names. */
function recordId(id: unknown): string | null {
  const isId = typeof id === 'number' || typeof id === 'bigint' || (typeof id === 'string' && id.length <= 100);
  return isId ? String(id) : null;
}
