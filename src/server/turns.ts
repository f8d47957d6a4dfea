/** Lists of every kind one after the other, in the order in which they were asked for, each once the earlier ones are read: asked for by the hundred, all would be held at once. */
import type { OutputBacklog } from './backlog.ts';

export class Turns {
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
