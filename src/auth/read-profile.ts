/**
 * Reads a profile with plain fs: this runs at every start, where conf and its validator would cost more
 * than everything else together. Writing is in write-profile.ts.
 */
import { readFileSync } from 'node:fs';
import { LocalError } from '../errors.ts';
import { type ProfileLocation, profilePath, type StoredProfile, toProfile } from './profile-file.ts';

export type ProfileReading =
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
