/** Takes the token out of a client's file into the store, so that it is in both for a moment and never in none. */
import type { Credential } from '../../auth/credential.ts';
import { loginLine } from '../../auth/login-line.ts';
import { profilePath } from '../../auth/profile-file.ts';
import { readProfile } from '../../auth/read-profile.ts';
import { examineToken } from '../../auth/token.ts';
import type { ResolvedSettings } from '../../config/resolve.ts';
import { AuthError, LucantoError } from '../../errors.ts';
import type { CommandContext } from '../command.ts';
import { type Verified, verify } from '../login/verify.ts';

export type Moved =
  /** The file need not keep it. @property origin where the current profile's token now belongs */
  | { readonly safe: true; readonly note: string; readonly origin: string | null }
  | { readonly safe: false; readonly reason: string };

/**
 * @param origin where the entry sent the token; null where it did not say
 * @param spare name of the profile that takes it where the current one holds another token
 * @param unverified whether to store it also where the service cannot be asked
 */
export async function moveToken(
  context: CommandContext,
  found: { readonly token: string; readonly origin: string | null },
  spare: string,
  unverified: boolean,
): Promise<Moved> {
  const { settings } = context;
  const examined = examineToken(found.token);
  if ('refusal' in examined) return unsafe('What stands there as a token cannot be one.');
  const origin = found.origin ?? settings.url;
  const isStated = settings.sources.url === 'flag' || settings.sources.url === 'environment';
  if (isStated && origin !== settings.url) {
    return unsafe(`The token in the entry belongs to ${origin}, and this run is about ${settings.url}.`);
  }
  const { token, kind } = examined;
  const store = storeFor(settings, { token, origin }, spare);
  if ('reason' in store) return store;
  if (store.isThere) {
    return { safe: true, note: `its token is the one in profile ${store.settings.profile}`, origin: null };
  }
  const credential: Credential = { token, kind, origin, source: 'stored', where: profilePath(store.settings) };
  const verified = await tryToVerify({ ...context, settings: store.settings }, credential);
  if (verified instanceof AuthError) {
    if (store.settings.profile !== settings.profile) {
      return { safe: true, note: 'the service refused the token in it, so that was not kept', origin: null };
    }
    return unsafe(`The service refused the token in the entry; run \`${loginLine(settings)}\` with a new one first.`);
  }
  if (verified instanceof LucantoError && !unverified) {
    return unsafe(
      `The token in the entry could not be verified: ${verified.message} Add --yes to move it all the same.`,
    );
  }
  const problem = await write(context, store.settings, credential, verified instanceof LucantoError ? null : verified);
  if (problem !== null) return unsafe(problem.message);
  const how = verified instanceof LucantoError ? ' without having been verified' : '';
  const { profile } = store.settings;
  const isOwn = profile === settings.profile;
  // The one that the entry uses from now on may do more, or less.
  const instead = isOwn
    ? ''
    : `; the entry now uses the one of profile ${settings.profile}: \`lucanto-mcp setup ${spare} --profile ${profile}\` connects the app with its own`;
  return {
    safe: true,
    note: `its token was moved into the store (profile ${profile})${how}${instead}`,
    origin: isOwn ? origin : null,
  };
}

/** A profile that holds this token, else one that holds none. */
function storeFor(
  settings: ResolvedSettings,
  { token, origin }: { token: string; origin: string },
  spare: string,
):
  | { readonly settings: ResolvedSettings; readonly isThere: boolean }
  | { readonly safe: false; readonly reason: string } {
  for (const profile of [settings.profile, spare]) {
    const candidate = { ...settings, profile, url: origin, demo: false };
    const reading = readProfile(candidate);
    if (reading.state === 'broken') return unsafe(reading.error.message);
    if (reading.state === 'none') return { settings: candidate, isThere: false };
    if (reading.profile.token === token && reading.profile.origin === origin) {
      return { settings: candidate, isThere: true };
    }
  }
  return unsafe(
    `The profiles ${settings.profile} and ${spare} hold other tokens than the entry: add --profile <name> to keep it there.`,
  );
}

async function tryToVerify(context: CommandContext, credential: Credential): Promise<Verified | LucantoError> {
  try {
    return await verify(context, credential, false);
  } catch (error) {
    // Who interrupts has not said that it shall be stored unverified.
    if (error instanceof LucantoError && !context.interrupt.aborted) return error;
    throw error;
  }
}

async function write(
  { clock }: CommandContext,
  settings: ResolvedSettings,
  { token, origin, kind }: Credential,
  verified: Verified | null,
): Promise<LucantoError | null> {
  const { writeProfile } = await import('../../auth/write-profile.ts');
  try {
    writeProfile(settings, {
      version: 1,
      origin,
      token,
      kind,
      savedAt: new Date(clock()).toISOString(),
      verified: verified !== null,
      workspaces: (verified?.workspaces ?? []).map(({ id, name }) => ({ id, name })),
    });
    return null;
  } catch (error) {
    if (error instanceof LucantoError) return error;
    throw error;
  }
}

function unsafe(reason: string): { readonly safe: false; readonly reason: string } {
  return { safe: false, reason };
}
