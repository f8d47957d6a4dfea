/** Where a profile's credentials are, and what its file holds. */

import { parseOrigin } from '../config/origin.ts';
import { pathsOf } from '../config/paths.ts';
import type { ResolvedSettings } from '../config/resolve.ts';
import { TOKEN_KINDS, type TokenKind } from './token.ts';

export interface WorkspaceName {
  readonly id: string;
  readonly name: string;
}

export interface StoredProfile {
  readonly version: 1;
  /** The only origin that the token may be sent to. */
  readonly origin: string;
  readonly token: string;
  /** ISO 8601. */
  readonly savedAt: string;
  /** Whether the service accepted the token when it was stored. */
  readonly verified: boolean;
  readonly kind: TokenKind;
  readonly workspaces: readonly WorkspaceName[];
}

/** The part of the settings that says which file. */
export type ProfileLocation = Pick<ResolvedSettings, 'configDir' | 'profile' | 'machine'>;

export function profilesDir(location: ProfileLocation): string {
  return pathsOf(location.machine).join(location.configDir, 'profiles');
}

/** The prefix keeps names that Windows reserves (`con`, `aux`) usable. */
export function profileFileName(profile: string): string {
  return `profile-${profile}`;
}

export function profilePath(location: ProfileLocation): string {
  return pathsOf(location.machine).join(profilesDir(location), `${profileFileName(location.profile)}.json`);
}

/** The profile's file, and the folders that it is in. */
export function profilePaths(location: ProfileLocation): readonly string[] {
  const folder = profilesDir(location);
  return [pathsOf(location.machine).dirname(folder), folder, profilePath(location)];
}

/** The profile in a parsed file, or null where it is none. */
export function toProfile(value: unknown): StoredProfile | null {
  if (!isRecord(value)) return null;
  const { origin, token, savedAt, verified, kind, workspaces } = value;
  if (typeof origin !== 'string' || typeof token !== 'string' || token === '') return null;
  const parsed = parseOrigin(origin);
  // A file that names another origin than one we would write was edited: its token goes nowhere.
  if (!('value' in parsed) || parsed.value !== origin) return null;
  return {
    version: 1,
    origin,
    token,
    savedAt: typeof savedAt === 'string' ? savedAt : '',
    verified: verified === true,
    kind: TOKEN_KINDS.find((known) => known === kind) ?? 'unknown',
    workspaces: Array.isArray(workspaces) ? workspaces.flatMap(toWorkspace) : [],
  };
}

function toWorkspace(value: unknown): WorkspaceName[] {
  if (!isRecord(value) || typeof value.id !== 'string' || typeof value.name !== 'string') return [];
  return [{ id: value.id, name: value.name }];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
