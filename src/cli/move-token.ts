import type { Credential } from '../auth/credential.ts';
import { profilePath, readProfile } from '../auth/profile.ts';
import { checkToken } from '../auth/token.ts';
import { commandLine, loginLine, type ResolvedSettings } from '../config/resolve.ts';
import { AuthError, LucantoError } from '../core/errors.ts';
import type { CommandContext } from './command.ts';
import { storeCredential } from './short-calls.ts';
import { type Verified, verify } from './verify-login.ts';

/**
 * Moves the token in an app's file into the store, so that it is in both for a moment and never in none.
 * @param origin where the entry sent the token; null where it did not say
 * @param spare name of the profile that takes it where the current one holds another token
 * @param unverified whether to store it also where the service cannot be asked
 */
export async function moveToken(
  context: CommandContext,
  found: { readonly token: string; readonly origin: string | null },
  spare: string,
  unverified: boolean,
): Promise<
  | { readonly safe: true; readonly note: string; readonly origin: string | null }
  | { readonly safe: false; readonly reason: string }
> {
  const { settings } = context;
  const checked = checkToken(found.token);
  if ('refusal' in checked) return unsafe('What stands there as an API key cannot be one.');
  const origin = found.origin ?? settings.url;
  const isGiven = settings.sources.url === 'flag' || settings.sources.url === 'environment';
  if (isGiven && origin !== settings.url) {
    return unsafe(`The API key in the entry belongs to ${origin}, and this run is about ${settings.url}.`);
  }
  const { token, kind } = checked;
  const store = storeFor(settings, { token, origin }, spare);
  if ('reason' in store) return store;
  if (store.isThere) {
    return { safe: true, note: `Its API key is the one in profile ${store.settings.profile}.`, origin: null };
  }
  const credential: Credential = { token, kind, origin, source: 'stored', where: profilePath(store.settings) };
  const verified = await tryToVerify({ ...context, settings: store.settings }, credential);
  if (verified instanceof AuthError) {
    if (store.settings.profile !== settings.profile) {
      return { safe: true, note: 'Lucanto refused the API key in it, so that was not kept.', origin: null };
    }
    return unsafe(`Lucanto refused the API key in the entry: run \`${loginLine(settings)}\` with a new one first.`);
  }
  if (verified instanceof LucantoError && !unverified) {
    return unsafe(
      `The API key in the entry could not be verified: ${verified.message} Add --yes to move it unverified.`,
    );
  }
  const stored = { ...context, settings: store.settings };
  try {
    await storeCredential(stored, credential, verified instanceof LucantoError ? null : verified.workspaces);
  } catch (error) {
    if (error instanceof LucantoError) return unsafe(error.message);
    throw error;
  }
  const how = verified instanceof LucantoError ? ', unverified' : '';
  const { profile } = store.settings;
  const isOwn = profile === settings.profile;
  // The key that the entry uses from now on may allow more, or less.
  const instead = isOwn
    ? ''
    : ` The entry now uses the one of profile ${settings.profile}: \`${commandLine(`setup ${spare}`, { ...store.settings, sources: { ...settings.sources, profile: 'flag' } })}\` connects the app with its own.`;
  return {
    safe: true,
    note: `Its API key was moved into the store (profile ${profile})${how}.${instead}`,
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
    `The profiles ${settings.profile} and ${spare} hold other API keys than the entry: add --profile <name> to keep it there.`,
  );
}

async function tryToVerify(context: CommandContext, credential: Credential): Promise<Verified | LucantoError> {
  try {
    return await verify(context, credential, false);
  } catch (error) {
    // Interrupting does not mean that it may be stored unverified.
    if (error instanceof LucantoError && !context.interrupt.aborted) return error;
    throw error;
  }
}

function unsafe(reason: string): { readonly safe: false; readonly reason: string } {
  return { safe: false, reason };
}
