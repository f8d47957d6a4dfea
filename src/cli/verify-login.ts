/** Asks the service about a token that is not stored yet, and stores it; one that is in an app's file moves into the store. */
import { statSync } from 'node:fs';
import type { Credential } from '../auth/credential.ts';
import { writeProfile } from '../auth/write-profile.ts';
import type { Bridge } from '../bridge/bridge.ts';
import type { RefreshReport } from '../catalog/refresh.ts';
import { NO_LIST } from '../catalog/workspace-list.ts';
import { tokensPage } from '../config/origin.ts';
import { ApiError, AuthError, type LucantoError, ProtocolError, UnreachableError } from '../core/errors.ts';
import type { Company } from '../core/text.ts';
import type { CallContext } from '../core/tool.ts';
import { makeOwn } from '../doctor/folders.ts';
import type { CommandContext } from './command.ts';
import { callContext, withBridge } from './short-calls.ts';

export interface Verified {
  readonly workspaces: readonly Company[];
  readonly scopes: readonly string[];
  /** Why tools are missing, and what could not be read. */
  readonly notes: readonly string[];
}

/**
 * @param isStored whether the same token was stored before: while nothing answers, what is cached for it stays
 * @throws AuthError on a 401, UnreachableError where nothing answers
 */
export async function verify(context: CommandContext, credential: Credential, isStored: boolean): Promise<Verified> {
  const asked = async (bridge: Bridge) => {
    try {
      context.output.progress(`Connecting to ${context.settings.url} …`);
      return await ask(bridge, callContext(bridge, context));
    } catch (error) {
      if (!isStored || error instanceof AuthError) await bridge.forget();
      if (error instanceof AuthError) throw refused(error, credential.origin);
      throw error instanceof UnreachableError || error instanceof ApiError ? unverified(error) : error;
    }
  };
  return withBridge(context, asked, { credential });
}

async function ask(bridge: Bridge, call: CallContext): Promise<Verified> {
  // First the contract: it says where the list of workspaces is.
  const report = await bridge.refresh(call);
  const fatal = fatalError(report);
  if (fatal !== undefined) throw fatal;
  const listed = await listWorkspaces(bridge, call, report).catch((error) => {
    throw withReason(error, report);
  });
  const notes = bridge.catalogue.notes();
  await bridge.catalogue.acceptChanges();
  return {
    workspaces: listed.workspaces,
    scopes: bridge.catalogue.scopes(),
    notes: distinct([...notes, ...report.errors.map(({ message }) => message), ...listed.notes]),
  };
}

/** A refused token, or a service that does not answer at all. */
function fatalError({ contract, catalogue, errors }: RefreshReport): LucantoError | undefined {
  const refused = errors.find((error) => error instanceof AuthError);
  if (refused !== undefined || contract !== 'failed' || catalogue !== 'failed') return refused;
  return errors.find((error) => error instanceof UnreachableError);
}

async function listWorkspaces(
  bridge: Bridge,
  call: CallContext,
  { catalogue }: RefreshReport,
): Promise<{ workspaces: readonly Company[]; notes: readonly string[] }> {
  try {
    return { workspaces: await bridge.listWorkspaces(call), notes: [] };
  } catch (error) {
    // The token list was served to this token, so it is valid; it just may not list workspaces.
    if (error instanceof ApiError && catalogue === 'live') return { workspaces: [], notes: [error.message] };
    if (!(error instanceof ProtocolError) || error.code !== NO_LIST) throw error;
    if (catalogue !== 'live') await tryKey(bridge, call);
    return { workspaces: [], notes: [] };
  }
}

/** A request that this version only guesses, since the service's own description cannot be used, fails for that reason. */
function withReason(error: unknown, { failures: { contract } }: RefreshReport): unknown {
  const isGuess = error instanceof ApiError && error.details.status === 404 && contract instanceof ProtocolError;
  if (!isGuess) return error;
  const { code, details } = error;
  return new ApiError(code, `${contract.message} ${error.message}`, { hint: contract.hint, details, cause: error });
}

/** Without a list of companies another list shows whether the service takes the key. @throws AuthError, UnreachableError */
async function tryKey(bridge: Bridge, call: CallContext): Promise<void> {
  const list = bridge.visible().find(({ route, tier, validation, descriptor }) => {
    const needed = [validation.required, 'workspace_id' in Object(validation.properties)];
    return route === 'rest' && tier === 'read' && /^lucanto_list_/.test(descriptor.name) && !needed.some(Boolean);
  });
  if (list === undefined) return;
  const { error } = await bridge.run(list, {}, call);
  if (error instanceof AuthError || error instanceof UnreachableError) throw error;
}

function refused(error: AuthError, origin: string): AuthError {
  const answer = [error.details.status, error.code].filter((part) => part !== undefined).join(' ');
  return new AuthError(error.code, `${origin} refused this API key (${answer}). It was not stored.`, {
    hint: `Copy the whole key, or create a new one at ${tokensPage(origin)}, and run the same command again.`,
    details: error.details,
    cause: error,
  });
}

function unverified(error: UnreachableError | ApiError): LucantoError {
  const message = `${error.message.replace(/[.]$/, '')}. The API key was not verified and not stored.`;
  const hint = `${error.hint} To store the key without checking it, add --no-verify.`;
  const more = { hint, details: error.details, cause: error };
  return error instanceof ApiError
    ? new ApiError(error.code, message, more)
    : new UnreachableError(error.code, message, more);
}

/** A note may quote the error that another one is: the longer one contains both. */
function distinct(notes: readonly string[]): string[] {
  return notes.filter(
    (note, index) =>
      !notes.some((other, at) => at !== index && (other.length > note.length || at < index) && other.includes(note)),
  );
}

export function storeCredential(
  context: CommandContext,
  { token, origin, kind }: Credential,
  verified: Verified | null,
): void {
  const changed = writeProfile(context.settings, {
    version: 1,
    origin,
    token,
    kind,
    savedAt: new Date(context.clock()).toISOString(),
    verified: verified !== null,
    workspaces: (verified?.workspaces ?? []).map(({ id, name }) => ({ id, name })),
  });
  for (const folder of changed) {
    context.output.note(`${folder} could be read by other users of this computer; now only you can read it.`);
  }
  const { machine, configDir } = context.settings;
  const owner = statSync(machine.home, { throwIfNoEntry: false })?.uid ?? 0;
  if (machine.userId === 0 && owner !== 0) {
    context.output.warn(
      `You ran this as root, so apps of the user to whom ${machine.home} belongs cannot read the API key. Log in as that user. ${makeOwn(configDir, machine)} Do not use sudo for this program.`,
    );
  }
}
