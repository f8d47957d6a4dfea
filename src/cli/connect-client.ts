import { type Credential, loginLine } from '../auth/credential.ts';
import { profilePath, readProfile } from '../auth/profile.ts';
import { checkToken } from '../auth/token.ts';
import type { ResolvedSettings } from '../config/resolve.ts';
import { SETTINGS } from '../config/settings.ts';
import { AuthError, LucantoError } from '../core/errors.ts';
import type { Client } from '../setup/client.ts';
import { isInstalled } from '../setup/client-table.ts';
import { connectFile } from '../setup/connect-file.ts';
import { type InspectedFile, inspectFile, type ReadableFile } from '../setup/inspect-file.ts';
import { persistedOptions } from '../setup/persisted-options.ts';
import { conflictNote, type IsService, isServiceEntry } from '../setup/recognise.ts';
import type { CommandContext } from './command.ts';
import { askYesNo, isTerminal } from './prompt.ts';
import { type Result, type SetupRun, snippetOf } from './setup-run.ts';
import { type Verified, verify } from './verify-login.ts';

/** Takes the token out of a client's file into the store, so that it is in both for a moment and never in none. */
type Moved =
  /** The file need not keep it. @property origin where the current profile's token now belongs */
  | { readonly safe: true; readonly note: string; readonly origin: string | null }
  | { readonly safe: false; readonly reason: string };

/**
 * @param origin where the entry sent the token; null where it did not say
 * @param spare name of the profile that takes it where the current one holds another token
 * @param unverified whether to store it also where the service cannot be asked
 */
async function moveToken(
  context: CommandContext,
  found: { readonly token: string; readonly origin: string | null },
  spare: string,
  unverified: boolean,
): Promise<Moved> {
  const { settings } = context;
  const examined = checkToken(found.token);
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
  const { writeProfile } = await import('../auth/write-profile.ts');
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

/** Connects one client: every file of it, with the token in an earlier entry brought to safety first. */
export async function connectClient(client: Client, run: SetupRun): Promise<readonly Result[]> {
  const results: Result[] = [];
  // One after the other: two files of one client may hold the same token.
  for (const file of client.files(run.place)) {
    const inspected = await inspectFile(client, run.place, run.name, file);
    results.push(await connectOne(client, run, inspected));
  }
  return results;
}

/** The reason why a file is not to be edited at all, or null. */
export function refusal(file: InspectedFile): string | null {
  if (file.state === 'broken') return `The file ${file.problem}; it was left as it is.`;
  if (file.recognised.kind !== 'foreign') return null;
  return `It has an entry ${file.at.name} that is not of lucanto-mcp: rename or remove that one, or choose another name with --profile.`;
}

async function connectOne(client: Client, run: SetupRun, file: InspectedFile): Promise<Result> {
  const refused = refusal(file);
  if (file.state === 'broken' || refused !== null) return failed(client, run, file.file, refused ?? '');
  const consent = await consentTo(client, run, file);
  if (consent !== 'yes')
    return consent.failed ? failed(client, run, file.file, consent.reason) : kept(client, file, consent.reason);
  const { token, origin } = file.recognised;
  const moved = token === null ? null : await moveToken(run.context, { token, origin }, client.id, run.yes);
  if (moved?.safe === false) return failed(client, run, file.file, moved.reason);
  const carried = moved?.origin == null ? run.carried : persistedOptions(storedAt(run.context.settings, moved.origin));
  // Asked before the file is written: a file of the app is what shows that it is here.
  const conflictingEntries = file.others.filter(({ recognised }) =>
    isServiceEntry(recognised, isServiceOf(run.context.settings)),
  );
  const waits = isInstalled(client, run.place) ? [] : [`${client.title} was not found here; the entry waits for it.`];
  const connected = await connectFile(client, run.place, file, {
    launch: run.launch,
    carried,
    secrets: token === null ? [] : [token],
    now: run.context.clock(),
  });
  const notes = [
    ...(moved === null ? [] : [moved.note]),
    ...connected.notes,
    ...conflictingEntries.map(conflictNote),
    ...waits,
  ];
  if (connected.outcome === 'failed') {
    const result = await failed(client, run, file.file, `The file ${connected.problem}.`);
    return { ...result, notes };
  }
  const { outcome, command, entry } = connected;
  const backup = connected.outcome === 'changed' ? connected.backup : null;
  return { client, file: file.file, outcome, reason: null, backup, command, notes, entry, snippet: null };
}

/** An entry that works without us, or that holds a token, is not replaced unasked. */
async function consentTo(
  client: Client,
  { yes, json, context }: SetupRun,
  { recognised, at }: ReadableFile,
): Promise<'yes' | { readonly failed: boolean; readonly reason: string }> {
  const holdsToken = recognised.token !== null;
  const works = recognised.kind === 'url' && client.takesUrl;
  if (yes || (!holdsToken && !works)) return 'yes';
  const what = recognised.kind === 'url' ? "the service's address" : 'this program';
  const has = `has an entry ${at.name} with ${what}${holdsToken ? ' and a token in plain text' : ''}`;
  if (isTerminal(context.stdio) && !json) {
    const able = recognised.kind !== 'url' ? '' : works ? ', which it can use as it is' : ', which it cannot use';
    const move = holdsToken ? 'Verify the token, move it into the store and replace the entry?' : 'Replace the entry?';
    const question = `${client.title} ${has}${able}. ${move}`;
    if (await askYesNo(question, true, context.stdio, context.interrupt)) return 'yes';
    return { failed: false, reason: 'You kept the entry that was there.' };
  }
  const advice = `add --yes to ${holdsToken ? 'move the token into the store and ' : ''}replace it`;
  return { failed: !works, reason: `It ${has}${works ? ', which it can use' : ''}: ${advice}.` };
}

/** Where the service's own page sends people, and the service of this run. */
function isServiceOf(settings: ResolvedSettings): IsService {
  const services = [settings.url, SETTINGS.url.fallback(settings.machine, {})];
  return (origin) => services.includes(origin);
}

/** The settings as they are once a token for this origin is in the profile. */
function storedAt(settings: ResolvedSettings, origin: string): ResolvedSettings {
  if (settings.sources.url !== 'default') return settings;
  return { ...settings, url: origin, sources: { ...settings.sources, url: 'stored' } };
}

async function failed(client: Client, run: SetupRun, file: string, reason: string): Promise<Result> {
  const snippet = await snippetOf(client, run);
  return { client, file, outcome: 'failed', reason, backup: null, command: null, notes: [], entry: null, snippet };
}

function kept(client: Client, { file }: ReadableFile, reason: string): Result {
  return {
    client,
    file,
    outcome: 'unchanged',
    reason,
    backup: null,
    command: null,
    notes: [],
    entry: null,
    snippet: null,
  };
}
