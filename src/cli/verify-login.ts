/** Asks the service about a token that is not stored yet, and says what it allows. */
import type { Credential } from '../auth/credential.ts';
import type { Bridge } from '../bridge/bridge.ts';
import type { RefreshReport } from '../catalog/refresh.ts';
import { NO_LIST } from '../catalog/workspace-list.ts';
import { tokensPage } from '../config/origin.ts';
import { ApiError, AuthError, type LucantoError, ProtocolError, UnreachableError } from '../core/errors.ts';
import { accessInWords, type Company } from '../core/text.ts';
import type { CallContext } from '../core/tool.ts';
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
  const { contract, catalogue, errors } = report;
  // A refused token, or a service that does not answer at all.
  const isSilent = contract === 'failed' && catalogue === 'failed';
  const fatal =
    errors.find((error) => error instanceof AuthError) ??
    (isSilent ? errors.find((error) => error instanceof UnreachableError) : undefined);
  if (fatal !== undefined) throw fatal;
  const listed = await listWorkspaces(bridge, call, report);
  const notes = bridge.catalogue.notes();
  await bridge.catalogue.acceptChanges();
  return {
    workspaces: listed.workspaces,
    scopes: bridge.catalogue.scopes(),
    notes: distinct([...notes, ...errors.map(({ message }) => message), ...listed.notes]),
  };
}

async function listWorkspaces(
  bridge: Bridge,
  call: CallContext,
  { catalogue, failures: { contract } }: RefreshReport,
): Promise<{ workspaces: readonly Company[]; notes: readonly string[] }> {
  try {
    return { workspaces: await bridge.listWorkspaces(call), notes: [] };
  } catch (error) {
    // The token list was served to this token, so it is valid; it just may not list workspaces.
    if (error instanceof ApiError && catalogue === 'live') return { workspaces: [], notes: [error.message] };
    // A request that this version only guesses, since the service's own description cannot be used, fails for that reason.
    if (error instanceof ApiError && error.details.status === 404 && contract instanceof ProtocolError) {
      const { code, details } = error;
      throw new ApiError(code, `${contract.message} ${error.message}`, { hint: contract.hint, details, cause: error });
    }
    if (!(error instanceof ProtocolError) || error.code !== NO_LIST) throw error;
    if (catalogue !== 'live') await tryKey(bridge, call);
    return { workspaces: [], notes: [] };
  }
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
  const Kind = error instanceof ApiError ? ApiError : UnreachableError;
  return new Kind(error.code, `${error.message.replace(/[.]$/, '')}. The API key was not verified and not stored.`, {
    hint: `${error.hint} To store the key without checking it, add --no-verify.`,
    details: error.details,
    cause: error,
  });
}

/** A note may quote the error that another one is: the longer one contains both. */
function distinct(notes: readonly string[]): string[] {
  return notes.filter(
    (note, index) =>
      !notes.some((other, at) => at !== index && (other.length > note.length || at < index) && other.includes(note)),
  );
}

/** `Companies:` takes one more, and a space follows. */
const LABEL_WIDTH = 9;

export function reportVerified({ output }: CommandContext, { workspaces, scopes, notes }: Verified): void {
  const names = workspaces.map(({ id, name }) => `${name} (${id})`).join(', ');
  output.described(workspaces.length === 1 ? 'Company:' : 'Companies:', LABEL_WIDTH, names || 'none');
  const access = accessInWords(scopes) || 'unknown: the service lists no tools for this key';
  output.described('Access:', LABEL_WIDTH, access);
  for (const note of notes) output.note(`Note: ${note}`);
}
