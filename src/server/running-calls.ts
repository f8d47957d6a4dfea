import type { Writable } from 'node:stream';
import type { RequestId } from '@modelcontextprotocol/server';
import type { Tier } from '../core/tool.ts';

/** What runs and what is not read yet: calls, their deliveries, and the answers that wait in stdout. */

/** More unread output than this, and nothing further is fetched for the host. */
const MAX_UNREAD_BYTES = 1024 * 1024;

export class OutputBacklog {
  readonly #output: Writable;
  #draining: Promise<void> | null = null;

  constructor(output: Writable) {
    this.#output = output;
  }

  /** Resolves once little is left to read, when the output is gone, or when the signal aborts. */
  async drained(signal: AbortSignal): Promise<void> {
    if (this.#output.destroyed || this.#output.writableLength < MAX_UNREAD_BYTES) return;
    this.#draining ??= this.#nextDrain();
    const aborted = new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true });
      if (signal.aborted) resolve();
    });
    await Promise.race([this.#draining, aborted]);
  }

  /** Shared by all callers: a listener each would be many. */
  #nextDrain(): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        for (const event of ['drain', 'close', 'error']) this.#output.off(event, done);
        this.#draining = null;
        resolve();
      };
      for (const event of ['drain', 'close', 'error']) this.#output.on(event, done);
    });
  }
}

/** Tells the write ledger when the answer to a request has reached the client. */
export class Deliveries {
  readonly #expected = new Map<RequestId, (() => void)[]>();

  expect(id: RequestId, callback: () => void): void {
    this.#expected.set(id, [...(this.#expected.get(id) ?? []), callback]);
  }

  /** The answer was written, and stdout has taken it. */
  arrived(id: RequestId): void {
    const callbacks = this.#expected.get(id) ?? [];
    this.#expected.delete(id);
    for (const callback of callbacks) callback();
  }

  /** No answer will be sent: the client cancelled the request. */
  forget(id: RequestId): void {
    this.#expected.delete(id);
  }
}

/**
 * Lists of every kind one after the other, in the order of their requests, each once the earlier ones are read: a
 * hundred requested at once would otherwise all be held in memory.
 */
export class SerialQueue {
  readonly #backlog: OutputBacklog;
  #last: Promise<void> = Promise.resolve();

  constructor(backlog: OutputBacklog) {
    this.#backlog = backlog;
  }

  /** Resolves when the answer may be made. @param signal ends the wait */
  next(signal: AbortSignal): Promise<void> {
    const turn = this.#last.then(() => this.#backlog.drained(signal));
    // The answer is written some steps after its turn.
    this.#last = turn.then(() => new Promise((resolve) => setImmediate(resolve)));
    return turn;
  }
}

/** Milliseconds that running calls get once no further request can come. */
export interface TimeBudget {
  readonly readsMs: number;
  readonly writesMs: number;
}

/** The calls that run, so that the end of the connection can let writes finish and cut reads off. */
export class RunningCalls {
  readonly #running = new Set<{ tier: () => Tier; abort: AbortController; done: Promise<unknown> }>();

  /** @param tier may be known only later; until then it should say `read` */
  async run<T>(tier: Tier | (() => Tier), work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const abort = new AbortController();
    const done = work(abort.signal);
    const call = { tier: typeof tier === 'string' ? () => tier : tier, abort, done };
    this.#running.add(call);
    try {
      return await done;
    } finally {
      this.#running.delete(call);
    }
  }

  /** Resolves once nothing runs any more: reads and writes each get their time, then are aborted. */
  async drain({ readsMs, writesMs }: TimeBudget): Promise<void> {
    const timers = [
      setTimeout(() => this.#abort((tier) => tier === 'read'), readsMs),
      setTimeout(() => this.#abort((tier) => tier !== 'read'), writesMs),
    ];
    await this.ended();
    for (const timer of timers) clearTimeout(timer);
  }

  /** Resolves once nothing runs any more. */
  async ended(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled([...this.#running].map(({ done }) => done));
  }

  #abort(concerns: (tier: Tier) => boolean): void {
    for (const { tier, abort } of this.#running) {
      if (concerns(tier())) abort.abort(new DOMException('The connection ended', 'AbortError'));
    }
  }
}
