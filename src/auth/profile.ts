import { readFileSync } from 'node:fs';
import { parseOrigin } from '../config/origin.ts';
import { type Environment, type Machine, pathsOf } from '../config/paths.ts';
import { type Flags, type ResolvedSettings, resolveSettings } from '../config/resolve.ts';
import { setVariable } from '../config/setting.ts';
import { TOKEN_VARIABLE } from '../config/settings.ts';
import { LocalError } from '../core/errors.ts';
import { checkToken, TOKEN_KINDS, type TokenKind } from './token.ts';

/** Where a profile's credentials are, and what its file holds. */
interface WorkspaceName {
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
function toProfile(value: unknown): StoredProfile | null {
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

/**
 * Reads a profile with plain fs: this runs at every start, where conf and its validator would cost more
 * than everything else together. Writing is in write-profile.ts.
 */
type ProfileReading =
  | { readonly state: 'none' }
  | { readonly state: 'stored'; readonly profile: StoredProfile }
  | { readonly state: 'broken'; readonly error: LocalError };

/** Never throws and never touches the file: `serve` starts with a broken one too, and says so in its answers. */
export function readProfile(location: ProfileLocation): ProfileReading {
  const path = profilePath(location);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    if (isMissing(cause)) return { state: 'none' };
    return { state: 'broken', error: unreadable(path, cause) };
  }
  const profile = toProfile(parseOrUndefined(text));
  return profile === null ? { state: 'broken', error: unparsable(path) } : { state: 'stored', profile };
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function errorCode(cause: unknown): string | undefined {
  if (!(cause instanceof Error) || !('code' in cause)) return undefined;
  return typeof cause.code === 'string' ? cause.code : undefined;
}

function isMissing(cause: unknown): boolean {
  const code = errorCode(cause);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

function unreadable(path: string, cause: unknown): LocalError {
  return new LocalError(
    'profile_unreadable',
    `The stored credentials at ${path} cannot be read (${errorCode(cause) ?? 'unknown error'}).`,
    {
      hint: 'Make the file readable for this user, or set LUCANTO_TOKEN.',
      cause,
    },
  );
}

// No cause: a parser's message quotes the text it failed on, and that text may be the token.
function unparsable(path: string): LocalError {
  return new LocalError(
    'profile_broken',
    `The stored credentials at ${path} cannot be parsed; the file was left as it is.`,
    {
      hint: 'Repair the file or move it away, then run `lucanto-mcp login` again.',
    },
  );
}

/**
 * Settings with what the profile stored. In two passes, since the first one says which profile, and where it is.
 * A profile that cannot be read stores nothing; whoever needs its token will say why.
 */
export function loadSettings(flags: Flags, env: Environment, machine: Machine): ResolvedSettings {
  const located = resolveSettings(flags, env, {}, machine);
  const reading = readProfile(located);
  if (reading.state !== 'stored') return located;
  return resolveSettings(flags, env, { url: reading.profile.origin }, machine);
}

/** The tokens that a command could come upon without asking for one, so that no output of it repeats them. */
/** A token file is not read here: it may be a pipe, which gives its token once. */
export function secretsToMask(location: ProfileLocation, env: Environment): readonly string[] {
  const reading = readProfile(location);
  const stored = reading.state === 'stored' ? [reading.profile.token] : [];
  const stated = setVariable(env, TOKEN_VARIABLE.variable);
  if (stated === null) return stored;
  // With what was pasted along, and without.
  const examined = checkToken(stated);
  return [...stored, stated.trim(), ...('token' in examined ? [examined.token] : [])];
}
