/** One call's end: the caller gives up, or its deadline passes. */
import { AbortedError } from '../errors.ts';
import type { Clock } from './clock.ts';
import { unknownOutcome } from './outcome.ts';

const MAX_TIMER_MS = 2 ** 31 - 1;

export class TimeLimit {
  readonly #controller = new AbortController();
  readonly #clock: Clock;
  readonly #deadline: number;
  readonly #caller: AbortSignal;
  readonly #timer: NodeJS.Timeout;
  readonly #onCallerAbort = () => this.#controller.abort();

  /** @param deadline milliseconds since the epoch; Infinity for none. */
  constructor(caller: AbortSignal, deadline: number, clock: Clock) {
    this.#clock = clock;
    this.#deadline = deadline;
    this.#caller = caller;
    const left = Math.min(Math.max(0, deadline - clock.now()), MAX_TIMER_MS);
    this.#timer = setTimeout(() => this.#controller.abort(), left);
    if (caller.aborted || left === 0) this.#controller.abort();
    else caller.addEventListener('abort', this.#onCallerAbort, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get passed(): boolean {
    return this.#controller.signal.aborted;
  }

  /** Whether something that takes `ms` milliseconds leaves time for an attempt after it. */
  fits(ms: number): boolean {
    return this.#clock.now() + ms < this.#deadline;
  }

  /**
   * @param open whether a write may have been carried out.
   * @param checkWith the read tool that shows whether it was.
   */
  error(origin: string, open: boolean, checkWith: string | undefined): AbortedError {
    const reason: unknown = this.#caller.reason;
    const byDeadline =
      !this.#caller.aborted ||
      (reason instanceof Error && reason.name === 'TimeoutError') ||
      (reason instanceof AbortedError && reason.code === 'timeout');
    const [code, message, hint] = byDeadline
      ? [
          'timeout',
          `${origin} did not answer before the time limit.`,
          'Try again, or allow more time with --timeout <seconds>.',
        ]
      : ['cancelled', `The call to ${origin} was cancelled.`, 'Call the tool again if its result is still wanted.'];
    return new AbortedError(
      code,
      message,
      open ? unknownOutcome(checkWith, { cause: reason }) : { hint, cause: reason },
    );
  }

  release(): void {
    clearTimeout(this.#timer);
    this.#caller.removeEventListener('abort', this.#onCallerAbort);
  }
}
