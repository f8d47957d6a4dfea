import type { CredentialResolution } from '../auth/credential.ts';
import type { ResolvedSettings } from '../config/resolve.ts';
import type { LucantoError } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import type { Log } from '../core/log.ts';
import type { Client } from '../setup/client.ts';
import type { Computer } from '../setup/computer.ts';
import type { InspectedFile } from '../setup/inspect-file.ts';

/** Everything that checks look at. What needs the bridge is a port, filled by the command line. */
export interface Runtime {
  /** `process.version`. */
  readonly nodeVersion: string;
  readonly arch: string;
  /** The user's numeric id; null where the platform has none. */
  readonly userId: number | null;
}

/** Where the bridge's knowledge comes from at the moment. */
export interface Known {
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
}

export interface DoctorOptions {
  readonly contract: LucantoError | null;
  /** Of the remote endpoint. */
  readonly catalogue: LucantoError | null;
  /** Over REST, unless the settings say otherwise. */
  readonly workspaces: readonly { readonly id: string; readonly name: string }[] | LucantoError;
}

export interface ServicePort {
  known(): Known;
  /** Asks once, however often it is called; only reads. */
  ask(): Promise<DoctorOptions>;
}

export interface DoctorContext {
  readonly settings: ResolvedSettings;
  /** The service's; of the embedded one with --demo. */
  readonly origin: string;
  readonly place: Computer;
  readonly runtime: Runtime;
  readonly log: Log;
  readonly clock: () => number;
  readonly credential: CredentialResolution;
  readonly service: ServicePort;
  /** Files of apps that are there. */
  readonly apps: readonly AppFile[];
  /** Titles of apps that are installed. */
  readonly installed: readonly string[];
}

/** What a check is: one row of the table, and what it finds. */
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
interface CheckRun {
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

/** A file of an app, and the entries in it that are about Lucanto, whatever they are called. */
export interface AppEntry {
  readonly name: string;
  /** Null where it holds everywhere. */
  readonly folder: string | null;
  readonly kind: 'ours' | 'url' | 'foreign';
  /** May hold a secret. */
  readonly entry: JsonObject;
  /** Secret. */
  readonly token: string | null;
}

export interface AppFile {
  readonly client: Client;
  /** Begins the ids of its checks: `claude-desktop`, `claude-desktop-2` for a second file. */
  readonly id: string;
  readonly file: InspectedFile;
  readonly entries: readonly AppEntry[];
}
