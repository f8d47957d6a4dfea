import { randomUUID } from 'node:crypto';
import { unlessAborted } from '../core/deadline.ts';
import { toLucantoError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { CallContext, ToolResult } from '../core/tool.ts';
import { Locks } from './lock.ts';
import { ledgerUnwritable, localSecret, privateFolder } from './private-files.ts';
import { RecordStore } from './record-store.ts';
import { SendCount, type SendLimit } from './send-count.ts';
import { WriteAttempt, type WriteOutcome } from './write-attempt.ts';
import { Journal } from './write-history.ts';
import { concurrentDuplicateNote, withNote, writeInProgress } from './write-messages.ts';
import {
  fingerprint,
  type WriteCall,
  type WriteRecord,
  type WriteResult,
  type WriteSendContext,
} from './write-record.ts';

/**
 * The write ledger: a write is on the disk before it leaves, and the same write again, from any copy of the bridge, is
 * recognised until the client was given a definite answer (interface.md section 5).
 */

export interface WritePort {
  /**
   * Runs a write so that a repeated call is recognised, also after a crash, until its client has a definite answer.
   * @param send called once at most; throws a LucantoError where the write was not carried out, or may not have been
   * @throws LucantoError
   */
  run(
    call: WriteCall,
    context: CallContext,
    send: (context: WriteSendContext) => Promise<WriteResult>,
  ): Promise<ToolResult>;
  /** Does it while no other copy does it with what is named alike. Absent where nothing is locked. @throws LucantoError */
  readonly alone?: (
    named: Pick<WriteCall, 'workspace' | 'tool' | 'args'>,
    context: CallContext,
    act: () => Promise<ToolResult>,
  ) => Promise<ToolResult>;
}

export interface LedgerDeps {
  /** The ledger's own folder, made when first needed. */
  readonly folder: string;
  readonly profile: string;
  readonly origin: string;
  readonly token: string;
  /** Milliseconds; 0 never refuses a repeated create. */
  readonly duplicateWindowMs: number;
  readonly sendLimit: SendLimit;
  readonly clock: () => number;
  readonly log: Log;
}

/** How long the note of a delivery waits for another copy that makes the same call. */
const DELIVERY_WAIT_MS = 1_000;
/** A lock may stay this much longer than its call may take. */
const ALONE_SLACK_MS = 10_000;
/** The name of an argument, and no text that somebody wrote. */
const FIELD = /^[a-z]\w{0,39}$/i;
const PRUNE_EVERY_MS = 10 * 60_000;

export class Ledger implements WritePort {
  readonly #deps: LedgerDeps;
  readonly #store: RecordStore;
  readonly #journal: Journal;
  readonly #locks: Locks;
  readonly #sendCount: SendCount;
  /** By fingerprint. */
  readonly #inFlight = new Map<string, WriteAttempt>();
  /** Notes of deliveries that are being made behind an answer, by fingerprint. */
  readonly #deliveries = new Map<string, Promise<void>>();
  #secret: Promise<Buffer> | null = null;
  #pruneAt = 0;

  constructor(deps: LedgerDeps) {
    this.#deps = deps;
    // No file of the ledger may ever hold the token, however the log was made.
    deps.log.secrets.conceal(deps.token);
    this.#store = new RecordStore(deps.folder, deps.log);
    this.#journal = new Journal(deps.folder, deps.log);
    this.#locks = new Locks(this.#store.folder, deps.clock);
    this.#sendCount = new SendCount(deps.folder, deps.sendLimit, this.#locks, deps.clock);
  }

  async run(call: WriteCall, context: CallContext, send: Parameters<WritePort['run']>[2]): Promise<ToolResult> {
    const { clock, origin, token, profile } = this.#deps;
    const arrived = clock();
    const print = fingerprint(await this.#ready(), origin, token, call);
    const waitFor = <T>(what: Promise<T>) =>
      unlessAborted(what, context.signal, (reject) => reject(writeInProgress(call.tool, arrived)));
    for (;;) {
      const delivery = this.#deliveries.get(print);
      if (delivery !== undefined) await waitFor(delivery);
      const running = this.#inFlight.get(print);
      if (running === undefined) break;
      const outcome = await waitFor(running.ended);
      if (outcome.kind === 'failed' && outcome.failure !== 'refused') continue;
      return this.#answer(outcome, context, concurrentDuplicateNote(call));
    }
    const { args, ...called } = call;
    // A create gives most of a record.
    const fields = call.create ? [] : Object.keys(args).filter((name) => FIELD.test(name) && name !== 'id');
    const facts = { ...called, tool: context.calledAs ?? call.tool, profile, origin, fields };
    const attempt = new WriteAttempt(
      {
        ...this.#deps,
        ...{ store: this.#store, journal: this.#journal, locks: this.#locks, sendCount: this.#sendCount },
      },
      { call, arrived, facts, fingerprint: print },
      context,
      send,
    );
    this.#inFlight.set(print, attempt);
    void attempt.ended.then(() => this.#inFlight.delete(print));
    return this.#answer(await attempt.answer(), context, null);
  }

  readonly alone: NonNullable<WritePort['alone']> = async ({ tool, ...named }, { signal, deadline }, act) => {
    const { origin, token } = this.#deps;
    const print = fingerprint(await this.#ready(), origin, token, { ...named, tool: `alone: ${tool}` });
    const gaveUp = (since: number | null) => writeInProgress(tool, since);
    const lock = await this.#locks.acquire(print, deadline + ALONE_SLACK_MS, signal, gaveUp);
    try {
      return await act();
    } finally {
      await lock.release();
    }
  };

  /** Resolves when no write is in flight any more; what still is after `ms` milliseconds is given up. */
  async settle(ms: number): Promise<void> {
    const writes = [...this.#inFlight.values()];
    const timer = setTimeout(() => {
      for (const write of writes) write.abort(new DOMException('The connection ended', 'AbortError'));
    }, ms);
    await Promise.allSettled(writes.map(({ ended }) => ended));
    clearTimeout(timer);
    await Promise.allSettled(this.#deliveries.values());
  }

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

  #answer(outcome: WriteOutcome, context: CallContext, note: string | null): ToolResult {
    if (outcome.kind === 'failed') {
      // The folder may have been removed: the next write makes it anew.
      this.#secret = null;
      throw outcome.error;
    }
    const { record, result } = outcome;
    if (record !== null) {
      const onDelivered = () => this.#noteDelivery(record);
      if (context.onDelivered === undefined) onDelivered();
      else context.onDelivered(onDelivered);
    }
    return note === null ? result : withNote(result, note);
  }

  #noteDelivery(record: WriteRecord): void {
    const print = record.fingerprint;
    const before = this.#deliveries.get(print) ?? this.#inFlight.get(print)?.ended;
    const delivery = Promise.resolve(before)
      .then(() => this.#markDelivered(record))
      .catch((error: unknown) => {
        this.#deps.log.warn(`the write ledger could not note a delivery: ${toLucantoError(error).message}`);
      });
    this.#deliveries.set(print, delivery);
    void delivery.then(() => {
      if (this.#deliveries.get(print) === delivery) this.#deliveries.delete(print);
    });
  }

  async #markDelivered(record: WriteRecord): Promise<void> {
    const lock = await this.#locks.tryAcquire(record.fingerprint, DELIVERY_WAIT_MS);
    // The same call is being made again: it finds that the answer was not delivered, and repeats it.
    if (lock === null) return;
    try {
      const now = (await this.#store.find(record.fingerprint)).find(({ key }) => key === record.key);
      if (now === undefined || now.state !== 'done' || now.updated !== record.updated) return;
      // Another copy may be waiting to make the same call: only here can it see that it was made meanwhile.
      await this.#store.save({ ...record, delivered: this.#deps.clock() });
    } finally {
      await lock.release();
    }
  }

  async #prune(): Promise<void> {
    const { clock, duplicateWindowMs } = this.#deps;
    const now = clock();
    if (now < this.#pruneAt) return;
    this.#pruneAt = now + PRUNE_EVERY_MS;
    await this.#sendCount.prune().catch(() => undefined);
    const expired = await this.#store.prune(now, duplicateWindowMs).catch((error: unknown) => {
      this.#deps.log.warn(`old records of the write ledger could not be removed: ${toLucantoError(error).message}`);
      return [];
    });
    for (const { facts, fingerprint: print, answer } of expired) {
      if (facts === null) continue;
      const line = { call: randomUUID(), outcome: 'expired' } as const;
      await this.#journal.append(now, line, { fingerprint: print, facts }, answer);
    }
  }
}
