/** The time one call may take, as a moment and as a signal. */

export interface TimeLimit {
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  /** Aborts with a TimeoutError at the deadline. */
  readonly signal: AbortSignal;
}

/** Kept back so that an answer is on its way before the user's limit, not at it. */
const RESERVE_MS = 300;

/** @param seconds the user's `--timeout` */
export function timeLimit(now: number, seconds: number): TimeLimit {
  const ms = Math.max(seconds * 1000 - RESERVE_MS, RESERVE_MS);
  return { deadline: now + ms, signal: AbortSignal.timeout(ms) };
}
