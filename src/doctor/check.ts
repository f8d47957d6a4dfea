import type { CredentialResolution } from '../auth/credential.ts';
import type { ResolvedSettings } from '../config/resolve.ts';
import type { LucantoError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { Computer } from '../setup/computer.ts';
import type { AppFile } from './host-start.ts';

/** What a check of doctor is: the record that describes it, what it looks at, and what it finds. */

/** The service, asked through the bridge. Filled by the command line. */
export interface DoctorService {
  /** Where the bridge's knowledge comes from at the moment. */
  known(): {
    readonly contract: {
      readonly source: 'live' | 'cached' | 'bundled';
      /** ISO 8601; null for the bundled one. */
      readonly fetchedAt: string | null;
      readonly operations: number;
      /** Why the service's newest document was not believed. */
      readonly rejected: string | null;
    };
    readonly catalogue: {
      readonly source: 'live' | 'cached' | 'never';
      readonly fetchedAt: string | null;
      readonly tools: number;
    };
    readonly scopes: readonly string[];
    readonly tools: number;
    /** Why tools are missing, one sentence each. */
    readonly notes: readonly string[];
    /** Which tools of the service changed since the last login; null where none did. */
    readonly changes: string | null;
  };
  /** Asks once, however often it is called; only reads. */
  ask(): Promise<{
    readonly contract: LucantoError | null;
    /** Of the remote endpoint. */
    readonly catalogue: LucantoError | null;
    /** Over REST, unless the settings say otherwise. */
    readonly workspaces: readonly { readonly id: string; readonly name: string }[] | LucantoError;
  }>;
}

/** Everything that checks look at. */
export interface DoctorContext {
  readonly settings: ResolvedSettings;
  /** The service's; of the embedded one with --demo. */
  readonly origin: string;
  readonly computer: Computer;
  readonly runtime: {
    /** `process.version`. */
    readonly nodeVersion: string;
    readonly arch: string;
    /** The user's numeric id; null where the platform has none. */
    readonly userId: number | null;
  };
  readonly log: Log;
  readonly clock: () => number;
  readonly credential: CredentialResolution;
  readonly service: DoctorService;
  /** Files of apps that exist. */
  readonly apps: readonly AppFile[];
  /** Titles of apps that are installed. */
  readonly installed: readonly string[];
}

export const STATES = ['ok', 'warn', 'fail', 'skip'] as const;
export type State = (typeof STATES)[number];

export interface CheckResult {
  readonly state: State;
  /** A sentence that says what is wrong; a few words where nothing is, or why it was not checked. */
  readonly detail: string;
  /** The one thing to do about it. */
  readonly fix?: string;
}

export interface Check {
  /** Stable, for scripts and support. */
  readonly id: string;
  readonly title: string;
  /** Ids of checks whose failure makes this one pointless. */
  readonly needs?: readonly string[];
  /** Ids of checks that must be over first, whatever they found. */
  readonly after?: readonly string[];
  /** Seconds that it may take; a few by default. */
  readonly seconds?: number;
  /** What it means where that was not enough; a failure by default. */
  readonly late?: CheckResult;
  /**
   * Changes nothing, on this computer or in the account.
   * @param run whose signal aborts when the check's time is up; `stateOf` is what an earlier check has found
   * @throws LucantoError, which is a failure with the error's own hint
   */
  run(
    context: DoctorContext,
    run: { readonly signal: AbortSignal; stateOf(id: string): State | undefined },
  ): CheckResult | Promise<CheckResult>;
}

export interface Report extends CheckResult {
  readonly id: string;
  readonly title: string;
}

export function ok(detail: string): CheckResult {
  return { state: 'ok', detail };
}

export function warn(detail: string, fix: string): CheckResult {
  return { state: 'warn', detail, fix };
}

export function fail(detail: string, fix: string): CheckResult {
  return { state: 'fail', detail, fix };
}

/** There was nothing to check. */
export function skip(detail: string): CheckResult {
  return { state: 'skip', detail };
}

/** An earlier check has already said what is wrong. */
export function skipBecauseOf({ title }: Pick<Check, 'title'>): CheckResult {
  return skip(`not checked because of "${title}"`);
}

export function failedWith(error: LucantoError): CheckResult {
  return fail(error.message, error.hint);
}
