/** What was answered and not yet read: nothing more is fetched for a host that does not read what it asked for. */
import type { Writable } from 'node:stream';

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
