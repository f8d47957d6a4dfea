import type { Writable } from 'node:stream';
import type { Tier } from '../core/tool.ts';

/** What was answered and not yet read: nothing more is fetched for a host that does not read what it asked for. */
const MOST_BYTES = 1024 * 1024;

export class OutputBacklog {
  readonly #output: Writable;
  #draining: Promise<void> | null = null;

  constructor(output: Writable) {
    this.#output = output;
  }

  /** Resolves once little is left to read, at once where that is so or nobody reads any more, or when the signal aborts. */
  async taken(signal: AbortSignal): Promise<void> {
    if (this.#output.destroyed || this.#output.writableLength < MOST_BYTES) return;
    this.#draining ??= this.#drained();
    const aborted = new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true });
      if (signal.aborted) resolve();
    });
    await Promise.race([this.#draining, aborted]);
  }

  /** One for all who wait: a listener each would be many. */
  #drained(): Promise<void> {
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

/** Who wants to know when the answer to a request is in the client's hands: the write ledger does. */

type RequestId = string | number;

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

/** Lists of every kind one after the other, in the order in which they were asked for, each once the earlier ones are read: asked for by the hundred, all would be held at once. */
export class SerialQueue {
  readonly #backlog: OutputBacklog;
  #last: Promise<void> = Promise.resolve();

  constructor(backlog: OutputBacklog) {
    this.#backlog = backlog;
  }

  /** Resolves when the answer may be made. @param signal lets everybody through */
  next(signal: AbortSignal): Promise<void> {
    const turn = this.#last.then(() => this.#backlog.taken(signal));
    // The answer is written some steps after its turn.
    this.#last = turn.then(() => new Promise((resolve) => setImmediate(resolve)));
    return turn;
  }
}

/** The calls that run, so that the end of the connection can let writes finish and cut reads off. */
interface Running {
  readonly tier: Tier;
  readonly abort: AbortController;
  readonly done: Promise<unknown>;
}

/** Milliseconds that running calls get once nobody can ask anything more. */
export interface TimeBudget {
  readonly readsMs: number;
  readonly writesMs: number;
}

export class RunningCalls {
  readonly #running = new Set<Running>();

  async run<T>(tier: Tier, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const abort = new AbortController();
    const done = work(abort.signal);
    const entry: Running = { tier, abort, done };
    this.#running.add(entry);
    try {
      return await done;
    } finally {
      this.#running.delete(entry);
    }
  }

  /** Resolves once nothing runs any more: reads and writes each get their time, then are aborted. */
  async drain(patience: TimeBudget): Promise<void> {
    const all = [...this.#running];
    await Promise.all([
      abortAfter(
        all.filter(({ tier }) => tier === 'read'),
        patience.readsMs,
      ),
      abortAfter(
        all.filter(({ tier }) => tier !== 'read'),
        patience.writesMs,
      ),
    ]);
  }
}

async function abortAfter(entries: readonly Running[], ms: number): Promise<void> {
  if (entries.length === 0) return;
  const timer = setTimeout(() => {
    for (const { abort } of entries) abort.abort(new DOMException('The connection ended', 'AbortError'));
  }, ms);
  await Promise.allSettled(entries.map(({ done }) => done));
  clearTimeout(timer);
}
