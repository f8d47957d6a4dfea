/** Work that several callers wait for: done once, and aborted only when none of them waits any more. */
import { abortedBy, unlessAborted } from './deadline.ts';
import { AbortedError } from './errors.ts';
import type { CallContext } from './tool.ts';

export class SingleFlight<T> {
  /** For messages: `the remote endpoint`. */
  readonly #what: string;
  #running: Running<T> | null = null;

  constructor(what: string) {
    this.#what = what;
  }

  /**
   * Joins the work under way, or starts it.
   * @param waiter `deadline` in milliseconds since the epoch
   * @throws what the work throws, AbortedError where the waiter gives up.
   */
  async join(
    waiter: Pick<CallContext, 'signal' | 'deadline'>,
    work: (waiter: Pick<CallContext, 'signal' | 'deadline'>) => Promise<T>,
  ): Promise<T> {
    for (;;) {
      const running = this.#running ?? this.#start(waiter.deadline, work);
      try {
        return await this.#wait(running, waiter.signal);
      } catch (error) {
        // The work ran under the time limit of the call that began it; a call with more time starts it again.
        const tooShort =
          error instanceof AbortedError && error.code === 'timeout' && running.deadline < waiter.deadline;
        if (!tooShort || waiter.signal.aborted) throw error;
      }
    }
  }

  #start(deadline: number, work: (waiter: Pick<CallContext, 'signal' | 'deadline'>) => Promise<T>): Running<T> {
    const controller = new AbortController();
    const promise = work({ signal: controller.signal, deadline });
    const running = { promise, controller, deadline, waiting: 0 };
    this.#running = running;
    const done = () => {
      if (this.#running === running) this.#running = null;
    };
    promise.then(done, done);
    return running;
  }

  async #wait(running: Running<T>, signal: AbortSignal): Promise<T> {
    const gaveUp = () => abortedBy(signal.reason, this.#what, false, null);
    if (signal.aborted) throw gaveUp();
    running.waiting++;
    try {
      return await unlessAborted(running.promise, signal, (reject) => reject(gaveUp()));
    } finally {
      running.waiting--;
      if (running.waiting === 0) {
        if (this.#running === running) this.#running = null;
        running.controller.abort();
      }
    }
  }
}

interface Running<T> {
  readonly promise: Promise<T>;
  readonly controller: AbortController;
  readonly deadline: number;
  waiting: number;
}
