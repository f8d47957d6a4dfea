/** What a check is: one row of the table, and what it finds. */
import type { LucantoError } from '../errors.ts';
import type { DoctorContext } from './context.ts';

export const STATES = ['ok', 'warn', 'fail', 'skip'] as const;
export type State = (typeof STATES)[number];

export interface Finding {
  readonly state: State;
  /** What was found, or why nothing was looked for. */
  readonly detail: string;
  /** One command or one sentence. */
  readonly fix?: string;
}

/** One run of one check. */
export interface CheckRun {
  /** Aborts when the check's time is up. */
  readonly signal: AbortSignal;
  /** What a check that this one comes after has found. */
  stateOf(id: string): State | undefined;
}

export interface Check {
  /** Stable, for scripts and support. */
  readonly id: string;
  readonly title: string;
  /** Ids of checks whose failure makes this one pointless. */
  readonly needs?: readonly string[];
  /** Ids of checks that must be over first, whatever they found. */
  readonly after?: readonly string[];
  /** Seconds that it may take; a few where it does not say. */
  readonly seconds?: number;
  /** What it means where that was not enough; else a failure. */
  readonly late?: Finding;
  /** Changes nothing, here or in the account. @throws LucantoError, which is a failure with the error's own hint */
  run(context: DoctorContext, run: CheckRun): Finding | Promise<Finding>;
}

export interface Report extends Finding {
  readonly id: string;
  readonly title: string;
}

export function ok(detail: string): Finding {
  return { state: 'ok', detail };
}

export function warn(detail: string, fix: string): Finding {
  return { state: 'warn', detail, fix };
}

export function fail(detail: string, fix: string): Finding {
  return { state: 'fail', detail, fix };
}

/** Nothing was there to look at. */
export function skip(detail: string): Finding {
  return { state: 'skip', detail };
}

export function failedWith(error: LucantoError): Finding {
  return fail(error.message, error.hint);
}

/** The same for what the service answered: where there is nothing at all, the address is what is wrong. */
export function answeredWith(error: LucantoError): Finding {
  return fail(error.message, error.details.status === 404 ? CHECK_ADDRESS : error.hint);
}

const CHECK_ADDRESS = 'Check --url: it must be the address of Lucanto itself.';
