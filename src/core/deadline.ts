import { setTimeout as sleep } from 'node:timers/promises';
import { AbortedError, unknownOutcome } from './errors.ts';

/** The time one call may take, as a moment and as a signal; and waiting no longer than that, alone or with others. */

export interface CallDeadline {
  readonly deadline: number;
  /** Aborts with a TimeoutError at the deadline. */
  readonly signal: AbortSignal;
  /** Once the call is over: what it held would otherwise be kept until its deadline. */
  release(): void;
}

/** Kept back so that an answer is on its way before the user's limit, not at it. */
const RESERVE_MS = 300;

/** @param seconds the user's `--timeout` */
export function callDeadline(now: number, seconds: number): CallDeadline {
  const ms = Math.max(seconds * 1000 - RESERVE_MS, RESERVE_MS);
  const controller = new AbortController();
  const end = () => controller.abort(new DOMException('The time limit has passed', 'TimeoutError'));
  const timer = setTimeout(end, ms).unref();
  return { deadline: now + ms, signal: controller.signal, release: () => clearTimeout(timer) };
}

/** Time as the HTTP layer sees it: passed in, so that a test decides how long a wait takes. */
export interface Clock {
  now(): number;
  /** Resolves after `ms` milliseconds. @throws as soon as the signal aborts. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  wait: (ms, signal) => sleep(ms, undefined, { signal }),
};

const MAX_TIMER_MS = 2 ** 31 - 1;

/** One call's end: the caller gives up, or its deadline passes. */
export class TimeLimit {
  readonly #controller = new AbortController();
  readonly #clock: Clock;
  readonly #deadline: number;
  readonly #caller: AbortSignal;
  readonly #timer: NodeJS.Timeout;
  readonly #onCallerAbort = () => this.#controller.abort();

  /**
   * @param deadline milliseconds since the epoch by which the caller must have an answer.
   * @param giveUpAt the same, or later: until then an attempt that is under way may go on.
   */
  constructor(caller: AbortSignal, deadline: number, clock: Clock, giveUpAt: number = deadline) {
    this.#clock = clock;
    this.#deadline = deadline;
    this.#caller = caller;
    const left = Math.min(Math.max(0, giveUpAt - clock.now()), MAX_TIMER_MS);
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
  error(origin: string, open: boolean, checkWith: string | null): AbortedError {
    const caller = this.#caller;
    return caller.aborted ? abortedBy(caller.reason, origin, open, checkWith) : timedOut(origin, open, checkWith);
  }

  /** The same before anything was sent, such as in the queue: the outcome is certain. */
  neverSent(origin: string): AbortedError {
    const caller = this.#caller;
    if (caller.aborted && !isDeadline(caller.reason)) {
      const hint = 'Try again if the result is still wanted.';
      return new AbortedError('cancelled', `The call to ${origin} was cancelled before it was sent.`, { hint });
    }
    const hint = {
      person: 'Nothing was done: run it again, or allow more with --timeout <seconds> or --concurrency <n>.',
      model:
        'Nothing was done: call again, with fewer calls at once. The user can allow more with --timeout or --concurrency.',
    };
    const late = `The call was not sent to ${origin} before the time limit: too many others came first.`;
    return new AbortedError('timeout', late, { hint });
  }

  release(): void {
    clearTimeout(this.#timer);
    this.#caller.removeEventListener('abort', this.#onCallerAbort);
  }
}

/** What it resolves to, unless the signal aborts first and `onAbort` rejects. */
export async function unlessAborted<T>(
  what: Promise<T>,
  signal: AbortSignal,
  onAbort: (reject: (error: Error) => void) => void,
): Promise<T> {
  let aborted = (): void => undefined;
  const ended = new Promise<never>((_resolve, reject) => {
    aborted = () => onAbort(reject);
  });
  if (signal.aborted) aborted();
  else signal.addEventListener('abort', aborted, { once: true });
  try {
    return await Promise.race([what, ended]);
  } finally {
    signal.removeEventListener('abort', aborted);
  }
}

/** The backends end by themselves; this is what holds should one of them not. @throws AbortedError */
export async function withinDeadline<T>(
  { what, isWrite }: { readonly what: string; readonly isWrite: boolean },
  signal: AbortSignal,
  run: () => Promise<T>,
): Promise<T> {
  // A moment later than the backend's own answer to the same abort, which knows what was sent.
  return unlessAborted(run(), signal, (reject) => {
    setTimeout(() => reject(abortedBy(signal.reason, what, isWrite, null)), GRACE_MS);
  });
}

const GRACE_MS = 250;

/** @param reason the signal's: AbortSignal.timeout and our own deadlines are told from somebody giving up. */
export function abortedBy(reason: unknown, where: string, open: boolean, checkWith: string | null): AbortedError {
  if (isDeadline(reason)) return timedOut(where, open, checkWith);
  const hint = 'Try again if the result is still wanted.';
  return new AbortedError(
    'cancelled',
    `The call to ${where} was cancelled.`,
    open ? unknownOutcome(checkWith) : { hint },
  );
}

function isDeadline(reason: unknown): boolean {
  if (reason instanceof AbortedError) return reason.code === 'timeout';
  return reason instanceof Error && reason.name === 'TimeoutError';
}

function timedOut(where: string, open: boolean, checkWith: string | null): AbortedError {
  const hint = {
    person: 'Try again, or allow more time with --timeout <seconds>.',
    model: 'Try again. If it happens again, the user can allow more time with --timeout.',
  };
  return new AbortedError(
    'timeout',
    `${where} did not answer before the time limit.`,
    open ? unknownOutcome(checkWith) : { hint },
  );
}

/** Made again only for other arguments than the last ones. */
export function lastResult<A extends readonly unknown[], R>(make: (...args: A) => R): (...args: A) => R {
  let last: { readonly args: A; readonly result: R } | null = null;
  return (...args) => {
    if (last === null || args.some((arg, at) => arg !== last?.args[at])) last = { args, result: make(...args) };
    return last.result;
  };
}

const MOST_KEPT = 5_000;

/** Made once for each argument; a service cannot fill the memory with them. */
export function onceFor<A, R>(make: (arg: A) => R): (arg: A) => R {
  const made = new Map<A, { readonly result: R }>();
  return (arg) => {
    const known = made.get(arg) ?? { result: make(arg) };
    if (made.size >= MOST_KEPT) made.clear();
    made.set(arg, known);
    return known.result;
  };
}

/** The same of objects, which are not kept alive by it. */
export function onceForEach<A extends object, R>(make: (arg: A) => R): (arg: A) => R {
  const made = new WeakMap<A, { readonly result: R }>();
  return (arg) => {
    const known = made.get(arg) ?? { result: make(arg) };
    made.set(arg, known);
    return known.result;
  };
}

/** An object with some parts replaced. What is computed when first read stays so: a spread would compute it at once. */
export function withParts<T extends object>(whole: T, parts: Partial<T>): T {
  const { getOwnPropertyDescriptors } = Object;
  return Object.create(Object.prototype, { ...getOwnPropertyDescriptors(whole), ...getOwnPropertyDescriptors(parts) });
}

/** Waits for the work, and no longer than so many milliseconds. */
export async function within(ms: number, work: readonly Promise<unknown>[]): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const bound = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([Promise.all(work), bound]);
  clearTimeout(timer);
}

/**
 * For heavy parts, which are loaded with their first use: most starts are over before.
 * @param load called once; a failure is not remembered, so that the next use tries again
 */
export function lazy<T>(load: () => Promise<T>): () => Promise<T> {
  let loaded: Promise<T> | undefined;
  return () => {
    loaded ??= load().catch((error: unknown) => {
      loaded = undefined;
      throw error;
    });
    return loaded;
  };
}
