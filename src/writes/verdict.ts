/** What an error says about the write that it ended. */
import { ApiError, LucantoError, ProtocolError } from '../errors.ts';

/**
 * `refused`: not carried out, a definite answer. `throttled`: not carried out, ask again later. `conflict`: the key was
 * used for something else. `unknown`: it may have been carried out. `not_sent`: nothing left this machine.
 */
export type Verdict = 'refused' | 'throttled' | 'conflict' | 'unknown' | 'not_sent';

/** @param sending whether an attempt had begun */
export function verdictOf(error: unknown, sending: boolean): Verdict {
  // A defect of ours says nothing about the service.
  if (!(error instanceof LucantoError)) return sending ? 'unknown' : 'not_sent';
  const { status, outcome } = error.details;
  if (error.code === 'idempotency_key_conflict') return 'conflict';
  if (outcome === 'unknown') return 'unknown';
  if (status === 429 && error.code !== 'feature_limit_exceeded') return 'throttled';
  if (status !== undefined) return 'refused';
  // An answer without a status, such as a refused redirect or a question of a remote tool: nothing was done.
  return sending && (error instanceof ApiError || error instanceof ProtocolError) ? 'refused' : 'not_sent';
}
