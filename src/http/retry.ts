/**
 * The retry policy, readable as a table: what kind of request × what happened → is it sent again, when,
 * and does the outcome of a write stay open.
 */

/**
 * `read`: changes nothing. `keyed`: a POST, or another write whose contract names a key, which makes repeating safe.
 * `idempotent`: PATCH, PUT and DELETE without a key, where the document's words agree that they can be repeated. `once`: a write that the service cannot recognise when it comes twice (remote tools/call).
 */
export type RetryClass = 'read' | 'keyed' | 'idempotent' | 'once';

export type FailureKind =
  /** No connection was made. */
  | 'never_sent'
  /** No connection was made, and none will be: certificates, proxies. */
  | 'untrusted'
  /** The connection broke off after it was made. */
  | 'lost'
  /** 429. */
  | 'throttled'
  /** 503. */
  | 'unavailable'
  /** 408, 502, 504: who answers may have passed the request on, and waited in vain. */
  | 'gateway'
  /** Any other 5xx. */
  | 'server_error'
  /** 409 idempotency_in_progress. */
  | 'in_progress'
  /** Any other 4xx, 402 and plan limits among them. */
  | 'refused';

/*
 * `backoff`: two more attempts, after a growing pause or what Retry-After says. `patient`: until the deadline.
 *
 * `keyed`: the service recognises a request that comes twice, but it does not remember a 5xx answer under a key: what
 * failed halfway would be done a second time, so that nothing is repeated after one. `idempotent`: the same body names the
 * same values, and a DELETE that finds nothing has been done (404 with `earlierOpen`). The repetition comes within seconds and before the caller has been answered, so
 * that it cannot undo a later change of the caller's. `once`: again only where no connection was made. Plan limits (402, 429 feature_limit_exceeded) are `refused`: waiting does not lift them.
 */
// biome-ignore format: a table
const AGAIN: Readonly<Record<RetryClass, Readonly<Record<FailureKind, 'never' | 'backoff' | 'patient'>>>> = {
  read:       { never_sent: 'backoff', untrusted: 'never', lost: 'backoff', throttled: 'backoff', unavailable: 'backoff', gateway: 'backoff', server_error: 'never', in_progress: 'never',   refused: 'never' },
  keyed:      { never_sent: 'backoff', untrusted: 'never', lost: 'backoff', throttled: 'backoff', unavailable: 'never',   gateway: 'never',   server_error: 'never', in_progress: 'patient', refused: 'never' },
  idempotent: { never_sent: 'backoff', untrusted: 'never', lost: 'backoff', throttled: 'backoff', unavailable: 'backoff', gateway: 'backoff', server_error: 'never', in_progress: 'never',   refused: 'never' },
  once:       { never_sent: 'backoff', untrusted: 'never', lost: 'never',   throttled: 'never',   unavailable: 'never',   gateway: 'never',   server_error: 'never', in_progress: 'never',   refused: 'never' },
};

/** Whether a write that ended this way may have been carried out. */
// biome-ignore format: a table
const OPEN: Readonly<Record<FailureKind, boolean>> = {
  never_sent: false, untrusted: false, lost: true, throttled: false, unavailable: true, gateway: true, server_error: true, in_progress: true, refused: false,
};

const RETRIES = 2;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 4000;

/**
 * Milliseconds to wait before the request is sent again; null if it is not sent again.
 * @param attempt number of the attempt that failed, from 1. @param retryAfterMs what Retry-After says, or null.
 * @param random a number in [0, 1).
 */
export function pauseBeforeRetry(
  kind: RetryClass,
  failure: FailureKind,
  attempt: number,
  retryAfterMs: number | null,
  random: () => number,
): number | null {
  const again = AGAIN[kind][failure];
  if (again === 'never' || (again !== 'patient' && attempt > RETRIES)) return null;
  const pause = Math.min(FIRST_PAUSE_MS * 2 ** (attempt - 1), LONGEST_PAUSE_MS);
  // Never sooner than without Retry-After: `0` would make the requests follow each other without a pause.
  return Math.max(Math.round(pause * (0.5 + random() / 2)), retryAfterMs ?? 0);
}

export function leavesOutcomeOpen(kind: RetryClass, failure: FailureKind): boolean {
  return kind !== 'read' && OPEN[failure];
}

/** @param errorCode the `error` field of the service's answer. @returns null for an answer that is not a failure. */
export function statusFailure(status: number, errorCode: string | undefined): FailureKind | null {
  if (status < 400) return null;
  if (status === 429) return errorCode === 'feature_limit_exceeded' ? 'refused' : 'throttled';
  if (status === 409 && errorCode === 'idempotency_in_progress') return 'in_progress';
  if (status === 503) return 'unavailable';
  if (status === 408 || status === 502 || status === 504) return 'gateway';
  return status >= 500 ? 'server_error' : 'refused';
}

/** `Retry-After` in milliseconds from now: seconds or an HTTP date; null where it is missing or invalid. */
export function retryAfterMs(header: string | null, now: number): number | null {
  const value = header?.trim() ?? '';
  if (/^\d{1,9}(\.\d+)?$/.test(value)) return Math.round(Number(value) * 1000);
  // Date.parse accepts almost anything, even "-5"; an HTTP date begins with the name of a day.
  if (!/^[A-Z][a-z]{2,8},? /.test(value)) return null;
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}
