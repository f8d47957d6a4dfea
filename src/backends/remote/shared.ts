/** One piece of work that several calls wait for: done once, given up only when nobody waits any more. */
import { AbortedError } from '../../errors.ts';
import { abortedBy } from '../../http/time-limit.ts';

interface Waiter {
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
}

interface Running<T> {
  readonly promise: Promise<T>;
  readonly controller: AbortController;
  readonly deadline: number;
  waiting: number;
}

export class Shared<T> {
  #running: Running<T> | null = null;

  /**
   * Joins the work under way, or starts it.
   * @throws what the work throws, AbortedError where the waiter gives up.
   */
  async join(waiter: Waiter, work: (waiter: Waiter) => Promise<T>): Promise<T> {
    for (;;) {
      const running = this.#running ?? this.#start(waiter.deadline, work);
      try {
        return await this.#wait(running, waiter.signal);
      } catch (error) {
        // It ran under the time limit of the call that began it; who has more time goes on.
        const tooShort =
          error instanceof AbortedError && error.code === 'timeout' && running.deadline < waiter.deadline;
        if (!tooShort || waiter.signal.aborted) throw error;
      }
    }
  }

  #start(deadline: number, work: (waiter: Waiter) => Promise<T>): Running<T> {
    const controller = new AbortController();
    const promise = work({ signal: controller.signal, deadline });
    const running: Running<T> = { promise, controller, deadline, waiting: 0 };
    this.#running = running;
    const done = () => {
      if (this.#running === running) this.#running = null;
    };
    promise.then(done, done);
    return running;
  }

  async #wait(running: Running<T>, signal: AbortSignal): Promise<T> {
    if (signal.aborted) throw abortedBy(signal.reason, 'the remote endpoint', false, null);
    running.waiting++;
    const until = new AbortController();
    const gaveUp = new Promise<never>((_, reject) => {
      const giveUp = () => reject(abortedBy(signal.reason, 'the remote endpoint', false, null));
      signal.addEventListener('abort', giveUp, { once: true, signal: until.signal });
    });
    try {
      return await Promise.race([running.promise, gaveUp]);
    } finally {
      until.abort();
      running.waiting--;
      if (running.waiting === 0) {
        if (this.#running === running) this.#running = null;
        running.controller.abort();
      }
    }
  }
}
