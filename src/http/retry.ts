/**
 * The retry policy, readable as a table: what kind of request × what happened → is it sent again, when,
 * and does the outcome of a write stay open.
 */

/**
 * `read`: changes nothing. `keyed`: a POST whose Idempotency-Key makes repeating safe. `idempotent`: PATCH, PUT and
 * DELETE, which have no key. `once`: a write that the service cannot recognise when it comes twice (remote tools/call).
 */
export type RetryClass = 'read' | 'keyed' | 'idempotent' | 'once';

/** `never_sent`: no connection came about. `untrusted`: nor will it (certificates, proxies). `lost`: it broke off later. */
export type NetworkFailureKind = 'never_sent' | 'untrusted' | 'lost';
/** 429 · 503 · 502, 504 · any other 5xx · 409 idempotency_in_progress · any other 4xx, 402 and plan limits among them. */
type StatusFailureKind = 'throttled' | 'unavailable' | 'gateway' | 'server_error' | 'in_progress' | 'refused';
export type FailureKind = NetworkFailureKind | StatusFailureKind;

/** `backoff`: twice more, after a growing pause or what Retry-After says. `patient`: until the deadline. */
type Again = 'never' | 'backoff' | 'patient';

/*
 * `keyed`: the service recognises a request that comes twice. `idempotent`: the service promises that PATCH and DELETE
 * can be repeated (lucanto-api.md section 5): the same body names the same values, and a DELETE that finds nothing has
 * been done (404 with `earlierOpen`). The repetition comes within seconds and before the caller has been answered, so
 * that no later change of its own can be undone. `once`: again only where nobody can have acted: no connection came
 * about, or 429. Plan limits (402, 429 feature_limit_exceeded) are `refused`: waiting does not lift them.
 */
// biome-ignore format: a table
const AGAIN: Readonly<Record<RetryClass, Readonly<Record<FailureKind, Again>>>> = {
  read:       { never_sent: 'backoff', untrusted: 'never', lost: 'backoff', throttled: 'backoff', unavailable: 'backoff', gateway: 'backoff', server_error: 'never', in_progress: 'never',   refused: 'never' },
  keyed:      { never_sent: 'backoff', untrusted: 'never', lost: 'backoff', throttled: 'backoff', unavailable: 'backoff', gateway: 'backoff', server_error: 'never', in_progress: 'patient', refused: 'never' },
  idempotent: { never_sent: 'backoff', untrusted: 'never', lost: 'backoff', throttled: 'backoff', unavailable: 'backoff', gateway: 'backoff', server_error: 'never', in_progress: 'never',   refused: 'never' },
  once:       { never_sent: 'backoff', untrusted: 'never', lost: 'never',   throttled: 'backoff', unavailable: 'never',   gateway: 'never',   server_error: 'never', in_progress: 'never',   refused: 'never' },
};

/** Whether a write that ended so may have been carried out. */
// biome-ignore format: a table
const OPEN: Readonly<Record<FailureKind, boolean>> = {
  never_sent: false, untrusted: false, lost: true, throttled: false, unavailable: true, gateway: true, server_error: true, in_progress: true, refused: false,
};

const RETRIES = 2;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 4000;

/**
 * Milliseconds to wait before the request is sent again, or null where it is not.
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
  // Never sooner than without Retry-After: with `0`, an answer of "not yet" would be asked for as fast as it comes.
  return Math.max(Math.round(pause * (0.5 + random() / 2)), retryAfterMs ?? 0);
}

export function leavesOutcomeOpen(kind: RetryClass, failure: FailureKind): boolean {
  return kind !== 'read' && OPEN[failure];
}

/** @param errorCode the `error` field of the service's answer. @returns null where the answer is no failure. */
export function statusFailure(status: number, errorCode: string | undefined): StatusFailureKind | null {
  if (status < 400) return null;
  if (status === 429) return errorCode === 'feature_limit_exceeded' ? 'refused' : 'throttled';
  if (status === 409 && errorCode === 'idempotency_in_progress') return 'in_progress';
  if (status === 503) return 'unavailable';
  if (status === 502 || status === 504) return 'gateway';
  return status >= 500 ? 'server_error' : 'refused';
}

/** `Retry-After` in milliseconds from now: seconds or an HTTP date; null where it is missing or makes no sense. */
export function retryAfterMs(header: string | null, now: number): number | null {
  const value = header?.trim() ?? '';
  if (/^\d{1,9}(\.\d+)?$/.test(value)) return Math.round(Number(value) * 1000);
  // Date.parse reads almost anything, "-5" among it; an HTTP date begins with the day's name.
  if (!/^[A-Z][a-z]{2,8},? /.test(value)) return null;
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}
