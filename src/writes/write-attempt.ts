import { randomUUID } from 'node:crypto';
import { abortedBy } from '../core/deadline.ts';
import { toLucantoError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { CallContext, ToolResult } from '../core/tool.ts';
import {
  type Decision,
  decide,
  duplicate,
  type FailureClass,
  failureClassOf,
  remoteUnknown,
  stillOpenNote,
  timeOf,
  withNextStep,
  withNote,
  writeInProgress,
} from './decide.ts';
import { FINGERPRINT_DIGITS, type Journal, lineFacts, type Outcome } from './journal.ts';
import type { Locks } from './lock.ts';
import { NO_KEY, type RecordStore, type WriteAnswer, type WriteFacts, type WriteRecord } from './record-store.ts';
import type { WriteCall, WriteResult, WriteSendContext } from './write.ts';

/**
 * One write on its way. Its caller is answered the moment it gives up or its time is over; what has left by then is
 * followed for a few seconds more, so that the ledger knows how it ended.
 */
/** How long a write is followed after its caller has gone. */
const FOLLOW_MS = 5_000;

export class InFlightWrite<T> {
  /** Settles when the write has ended or is not followed any longer. */
  readonly ended: Promise<T>;
  readonly #control = new AbortController();
  readonly #call: WriteCall;
  readonly #caller: CallContext;
  #sending = false;
  #follow: NodeJS.Timeout | undefined;

  /** @param work must end soon after the signal of its context aborts */
  constructor(call: WriteCall, caller: CallContext, work: (flight: InFlightWrite<T>) => Promise<T>) {
    this.#call = call;
    this.#caller = caller;
    this.ended = work(this).finally(() => clearTimeout(this.#follow));
    // Whoever waits for it hears of a failure; where nobody does any more, the ledger has.
    this.ended.catch(() => undefined);
  }

  /** Whether an attempt has begun: from then on the outcome matters. */
  get sending(): boolean {
    return this.#sending;
  }

  /** To send with. */
  get context(): CallContext {
    const { onProgress, onDelivered: _theirs, ...rest } = this.#caller;
    return {
      ...rest,
      signal: this.#control.signal,
      ...(onProgress === undefined
        ? {}
        : {
            onProgress: (progress) => {
              if (!this.#caller.signal.aborted) onProgress(progress);
            },
          }),
      write: {
        onSending: () => {
          this.#sending = true;
        },
        giveUpAt: this.#caller.deadline + FOLLOW_MS,
      },
    };
  }

  /** The answer for the caller. @throws AbortedError when the caller gives up */
  async answer(): Promise<T> {
    const { signal } = this.#caller;
    let onAbort = (): void => undefined;
    const gaveUp = new Promise<never>((_resolve, reject) => {
      onAbort = () => {
        // What has not left is given up with its caller, and ends at once.
        if (!this.#sending) return this.abort(signal.reason);
        this.#follow = setTimeout(() => this.abort(signal.reason), FOLLOW_MS);
        reject(abortedBy(signal.reason, this.#call.tool, true, this.#call.listTool));
      };
    });
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await Promise.race([this.ended, gaveUp]);
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  abort(reason: unknown): void {
    this.#control.abort(reason);
  }
}

/** One call on its way through the ledger: lock, record, send, settle. */
interface WriteAttemptDeps {
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
  | { readonly kind: 'failed'; readonly error: Error; readonly verdict: FailureClass };

export type Send = (ticket: WriteSendContext) => Promise<WriteResult>;

/** The lock may stay this much longer than its call may take. */
const LOCK_SLACK_MS = 10_000;

// biome-ignore format: a table
const OUTCOME: Readonly<Record<FailureClass, Outcome>> = {
  refused: 'refused', throttled: 'refused', conflict: 'refused', unknown: 'unknown', not_sent: 'not_sent',
};

export class WriteAttempt {
  readonly #deps: WriteAttemptDeps;
  readonly #who: AttemptedWrite;
  readonly #id = randomUUID();

  constructor(deps: WriteAttemptDeps, who: AttemptedWrite) {
    this.#deps = deps;
    this.#who = who;
  }

  /** Never throws: how it ended is told by the ending. */
  async run(flight: InFlightWrite<WriteOutcome>, send: Send): Promise<WriteOutcome> {
    const { call, fingerprint } = this.#who;
    const { context } = flight;
    try {
      const lock = await this.#deps.locks.acquire({
        fingerprint,
        until: context.deadline + LOCK_SLACK_MS,
        signal: context.signal,
        gaveUp: (since) => writeInProgress(call.tool, since),
      });
      try {
        return await this.#decided(flight, send);
      } finally {
        await lock.release();
      }
    } catch (error) {
      return { kind: 'failed', error: toLucantoError(error), verdict: 'not_sent' };
    }
  }

  async #decided(flight: InFlightWrite<WriteOutcome>, send: Send): Promise<WriteOutcome> {
    const { call, fingerprint, allowDuplicate, arrived } = this.#who;
    const { clock, duplicateWindowMs, store } = this.#deps;
    const now = clock();
    const known = await store.find(fingerprint);
    const { kind, create } = call;
    const decision = decide(known, { kind, create, allowDuplicate, arrived, now, duplicateWindowMs });
    if (decision.kind === 'duplicate' || decision.kind === 'unknown') {
      await this.#tell('duplicate_stopped', decision.record.answer);
      const refuse = decision.kind === 'duplicate' ? duplicate : remoteUnknown;
      return { kind: 'failed', error: refuse(call, decision.record), verdict: 'not_sent' };
    }
    const record = await this.#recorded(decision, known, now);
    await this.#tell('started', null);
    const earlier = decision.kind === 'again' && record.state !== 'untouched' ? timeOf(record.created) : null;
    try {
      const key = record.key === NO_KEY ? null : record.key;
      return await this.#done(record, await send({ key, context: flight.context, earlier }), earlier);
    } catch (error) {
      return await this.#failed(record, error, flight.sending, earlier);
    }
  }

  /** The record under which the write is sent: on the disk before anything leaves. */
  async #recorded(decision: Decision, known: readonly WriteRecord[], now: number): Promise<WriteRecord> {
    if (decision.kind === 'again') return decision.record;
    const { fingerprint, facts } = this.#who;
    const { store } = this.#deps;
    const key = facts.kind === 'keyed' ? randomUUID() : NO_KEY;
    const times = { created: now, updated: now, delivered: null };
    const record: WriteRecord = { fingerprint, key, state: 'open', ...times, facts, answer: null };
    await store.save(record);
    for (const old of known) if (old.key !== key) await store.remove(old);
    return record;
  }

  async #done(record: WriteRecord, written: WriteResult, earlier: string | null): Promise<WriteOutcome> {
    const { call, facts, allowDuplicate } = this.#who;
    const { result, replayed, status, id, number, requestId } = written;
    const answer: WriteAnswer = { status, id, number, requestId };
    if (written.refused) {
      await this.#quietly(() => this.#deps.store.remove(record));
      await this.#tell('refused', answer);
      return { kind: 'done', record: null, result };
    }
    const updated = this.#deps.clock();
    const settled: WriteRecord = { ...record, facts, state: 'done', updated, delivered: null, answer };
    await this.#quietly(() => this.#deps.store.save(settled));
    await this.#tell(replayed ? 'replayed' : 'done', answer);
    const note = allowDuplicate && earlier !== null ? stillOpenNote(call, earlier) : null;
    return { kind: 'done', record: settled, result: note === null ? result : withNote(result, note) };
  }

  async #failed(record: WriteRecord, thrown: unknown, sending: boolean, earlier: string | null): Promise<WriteOutcome> {
    const verdict = failureClassOf(thrown, sending);
    await this.#quietly(() => this.#noteFailure(record, verdict, earlier));
    const error = withNextStep(toLucantoError(thrown), verdict, this.#who.call, earlier);
    const { status, requestId } = error.details;
    const answer = { status: status ?? null, id: null, number: null, requestId: requestId ?? null };
    await this.#tell(OUTCOME[verdict], answer);
    return { kind: 'failed', error, verdict };
  }

  async #noteFailure(record: WriteRecord, verdict: FailureClass, earlier: string | null): Promise<void> {
    const { store, clock } = this.#deps;
    const become = (state: WriteRecord['state']) =>
      store.save({ ...record, facts: this.#who.facts, state, updated: clock() });
    switch (verdict) {
      case 'refused':
        await store.remove(record);
        return;
      case 'not_sent':
        if (earlier === null) await store.remove(record);
        return;
      case 'throttled':
        if (earlier === null) await become('untouched');
        return;
      case 'conflict':
        return become('conflict');
      case 'unknown':
        // What is known to be done stays done, even if asking for its answer again failed.
        if (record.state !== 'done') await become('open');
    }
  }

  /** The write has left: a disk that fails now is reported, but changes nothing about the answer. */
  async #quietly(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#deps.log.warn(`the write ledger could not note how a write ended: ${toLucantoError(error).message}`);
    }
  }

  #tell(outcome: Outcome, answer: WriteAnswer | null): Promise<void> {
    return this.#deps.journal.append({
      time: new Date(this.#deps.clock()).toISOString(),
      call: this.#id,
      fingerprint: this.#who.fingerprint.slice(0, FINGERPRINT_DIGITS),
      outcome,
      ...lineFacts(this.#who.facts),
      ...answer,
    });
  }
}
