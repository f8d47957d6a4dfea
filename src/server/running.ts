/** The calls that run, so that the end of the connection can let writes finish and cut reads off. */
import type { Tier } from '../contract/operation.ts';

interface Running {
  readonly tier: Tier;
  readonly abort: AbortController;
  readonly done: Promise<unknown>;
}

/** Milliseconds that running calls get once nobody can ask anything more. */
export interface Patience {
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
  async drain(patience: Patience): Promise<void> {
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
