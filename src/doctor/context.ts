/** Everything that checks look at. What needs the bridge is a port, filled by the command line. */
import type { CredentialResolution } from '../auth/credential.ts';
import type { ResolvedSettings } from '../config/resolve.ts';
import type { LucantoError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Place } from '../setup/place.ts';
import type { AppFile } from './apps/app-file.ts';

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

export interface Asked {
  readonly contract: LucantoError | null;
  /** Of the remote endpoint. */
  readonly catalogue: LucantoError | null;
  /** Over REST, unless the settings say otherwise. */
  readonly workspaces: readonly { readonly id: string; readonly name: string }[] | LucantoError;
}

export interface ServicePort {
  known(): Known;
  /** Asks once, however often it is called; only reads. */
  ask(): Promise<Asked>;
}

export interface DoctorContext {
  readonly settings: ResolvedSettings;
  /** The service's; of the embedded one with --demo. */
  readonly origin: string;
  readonly place: Place;
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
