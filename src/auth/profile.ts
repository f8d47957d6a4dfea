/** The files that hold a token: where a profile's is stored, and reading it, or the one that the user names. */
import { closeSync, fstatSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { parseOrigin } from '../config/origin.ts';
import { type Environment, fileErrorCode, foreignRights, type Machine, pathsOf } from '../config/paths.ts';
import { type Flags, type ResolvedSettings, resolveSettings } from '../config/resolve.ts';
import { setVariable } from '../config/setting.ts';
import { TOKEN_VARIABLE } from '../config/settings.ts';
import { shellWord } from '../core/command-name.ts';
import { AuthError, LocalError } from '../core/errors.ts';
import { isJsonObject } from '../core/json.ts';
import type { parseProfile, StoredProfile } from './profile-schema.ts';

export type ProfileLocation = Pick<ResolvedSettings, 'configDir' | 'profile' | 'machine'>;

export type ProfileReading =
  | { readonly state: 'none' }
  | { readonly state: 'stored'; readonly profile: StoredProfile }
  | { readonly state: 'broken'; readonly error: LocalError };

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

export function profilePaths(location: ProfileLocation): readonly string[] {
  return [location.configDir, profilesDir(location), profilePath(location)];
}

/**
 * Never throws and never changes the file: `serve` starts with a broken one too, and reports it in its answers.
 * @param parse the schema's check; without it, only what a start needs is read, since zod would cost more than all the rest
 */
export function readProfile(location: ProfileLocation, parse: typeof parseProfile = startingProfile): ProfileReading {
  const path = profilePath(location);
  let text: string;
  try {
    const refused = readTrusted(location, path);
    if ('error' in refused) return { state: 'broken', error: refused.error };
    text = refused.text;
  } catch (cause) {
    const code = fileErrorCode(cause);
    if (code === 'ENOENT' || code === 'ENOTDIR') return { state: 'none' };
    return { state: 'broken', error: unreadable(path, cause) };
  }
  const value = parseOrUndefined(text);
  const profile = parse(value);
  if (!('wrong' in profile)) return { state: 'stored', profile };
  const why = isJsonObject(value) ? `its member \`${profile.wrong}\` is missing or wrong` : 'it is not a JSON object';
  return { state: 'broken', error: unusable(path, why) };
}

/** What another user can write could name another service to send the token to. */
function readTrusted(location: ProfileLocation, path: string): { text: string } | { error: LocalError } {
  const descriptor = openSync(path, 'r');
  try {
    const folders = [location.configDir, profilesDir(location)].map((folder) => [folder, statSync(folder)] as const);
    for (const [name, stats] of [[path, fstatSync(descriptor)] as const, ...folders]) {
      const foreign = foreignRights(stats, location.machine);
      if (foreign !== null) return { error: untrusted(name, foreign) };
    }
    return { text: readFileSync(descriptor, 'utf8') };
  } finally {
    closeSync(descriptor);
  }
}

/** The minimum that a start needs; what is missing of the rest is filled in. */
function startingProfile(value: unknown): StoredProfile | { readonly wrong: string } {
  if (!isJsonObject(value)) return { wrong: 'origin' };
  const { origin, token, savedAt, verified, kind, workspaces } = value;
  const parsed = typeof origin === 'string' ? parseOrigin(origin) : { problem: 'is missing' };
  if (!('value' in parsed) || parsed.value !== origin) return { wrong: 'origin' };
  if (typeof token !== 'string' || token === '') return { wrong: 'token' };
  return {
    version: 1,
    origin: parsed.value,
    token,
    savedAt: typeof savedAt === 'string' ? savedAt : '',
    verified: verified === true,
    kind: kind === 'personal' || kind === 'workspace' || kind === 'sandbox' ? kind : 'unknown',
    workspaces: Array.isArray(workspaces) ? workspaces.flatMap(workspaceOf) : [],
  };
}

function workspaceOf(value: unknown): StoredProfile['workspaces'] {
  if (!isJsonObject(value) || typeof value.id !== 'string' || typeof value.name !== 'string') return [];
  return [{ id: value.id, name: value.name }];
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function unreadable(path: string, cause: unknown): LocalError {
  return new LocalError(
    'profile_unreadable',
    `The stored API key in ${path} cannot be read (${fileErrorCode(cause) ?? 'unknown error'}).`,
    {
      hint: {
        person: 'Make the file readable for this user, or set LUCANTO_TOKEN.',
        model: `Ask the user to make ${path} readable for them, or to enter the API key in the settings of the app.`,
      },
      cause,
    },
  );
}

function untrusted(path: string, why: string): LocalError {
  return new LocalError('profile_untrusted', `${path} ${why}, so the API key stored there is not used.`, {
    hint: {
      person: `Delete the file and run \`lucanto-mcp login\` again, or make it yours alone (chown and chmod go-w).`,
      model: `Ask the user to delete ${path} and run \`lucanto-mcp login\` again.`,
    },
  });
}

// No cause: a parser's message quotes the text that it failed on, and that text may be the token.
function unusable(path: string, why: string): LocalError {
  return new LocalError('profile_broken', `The file ${path} with the stored API key is damaged: ${why}.`, {
    hint: {
      person: 'Repair the file or move it away, then run `lucanto-mcp login` again.',
      model: `Ask the user to move ${path} away and to run \`lucanto-mcp login\` again.`,
    },
  });
}

export function loadSettings(
  flags: Flags,
  env: Environment,
  machine: Machine,
  parse?: typeof parseProfile,
): { readonly settings: ResolvedSettings; readonly profile: ProfileReading } {
  const settings = resolveSettings(flags, env, machine);
  const profile = readProfile(settings, parse);
  // A token from elsewhere is not the profile's, and must not go where the profile's goes.
  const isStoredToken = settings.tokenFile === null && setVariable(env, TOKEN_VARIABLE.variable) === null;
  if (profile.state !== 'stored' || !isStoredToken || settings.sources.url !== 'default') return { settings, profile };
  const sources = { ...settings.sources, url: 'stored' } as const;
  return { settings: { ...settings, url: profile.profile.origin, sources }, profile };
}

const MAX_BYTES = 16 * 1024;

/**
 * @returns the first line unchanged, and sentences for the log
 * @throws AuthError naming the file and what is wrong with it
 */
export function readTokenFile(
  path: string,
  machine: Machine,
): { readonly text: string; readonly warnings: readonly string[] } {
  const { bytes, mode } = readStart(path);
  if (bytes.length > MAX_BYTES) throw fileError(path, 'is too large to be a token file');
  const text =
    decode(bytes)
      .split(/\r?\n|\r/, 1)[0]
      ?.trim() ?? '';
  if (text === '') throw fileError(path, bytes.length === 0 ? 'is empty' : 'has an empty first line');
  const open = machine.platform !== 'win32' && (mode & 0o077) !== 0;
  const warning = `The token file ${path} can be read by other users of this computer: run \`chmod 600 ${shellWord(path, machine)}\``;
  return { text, warnings: open ? [warning] : [] };
}

function readStart(path: string): { bytes: Buffer; mode: number } {
  let descriptor: number | null = null;
  try {
    descriptor = openSync(path, 'r');
    const stats = fstatSync(descriptor);
    if (stats.isDirectory()) throw fileError(path, 'is a folder');
    return { bytes: readUpTo(descriptor, MAX_BYTES + 1), mode: stats.isFile() ? stats.mode : 0 };
  } catch (cause) {
    if (cause instanceof AuthError) throw cause;
    throw fileError(
      path,
      REASONS[fileErrorCode(cause) ?? ''] ?? `cannot be read (${fileErrorCode(cause) ?? 'unknown error'})`,
      cause,
    );
  } finally {
    if (descriptor !== null) closeSync(descriptor);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist',
  EISDIR: 'is a folder',
  EACCES: 'cannot be read by this user',
  EPERM: 'cannot be read by this user',
};

// In a loop, since a pipe (`--token-file <(pass lucanto)`) gives what it has, which may be less than it will have.
function readUpTo(descriptor: number, limit: number): Buffer {
  const buffer = Buffer.alloc(limit);
  let length = 0;
  while (length < limit) {
    const read = readSync(descriptor, buffer, length, limit - length, null);
    if (read === 0) break;
    length += read;
  }
  return buffer.subarray(0, length);
}

// Windows PowerShell 5 writes UTF-16 with `>`.
function decode(bytes: Buffer): string {
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  return bytes.toString(isUtf16 ? 'utf16le' : 'utf8').replace(/^\uFEFF/, '');
}

function fileError(path: string, what: string, cause?: unknown): AuthError {
  return new AuthError('token_file', `The token file ${path} ${what}.`, {
    hint: {
      person:
        'Put the API key alone on the first line of that file, or leave out --token-file and LUCANTO_TOKEN_FILE and run `lucanto-mcp login`.',
      model: `Ask the user to put the API key alone on the first line of ${path}, or to run \`lucanto-mcp login\` without a token file.`,
    },
    cause,
  });
}
