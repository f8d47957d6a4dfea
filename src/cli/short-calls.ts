/** What commands share: the bridge and its tools, calls with their time limits, and what is stored after one. */
import { statSync } from 'node:fs';
import type { Credential } from '../auth/credential.ts';
import type { StoredProfile } from '../auth/profile-schema.ts';
import type { Bridge } from '../bridge/bridge.ts';
import { nearNames } from '../catalog/arguments/wording.ts';
import { AuthError, UnknownToolError } from '../core/errors.ts';
import type { Company } from '../core/text.ts';
import type { CallContext, Tool } from '../core/tool.ts';
import type { CommandContext } from './command.ts';
import { didYouMean } from './help.ts';

/** Opens the bridge for one command, and closes it however that ends. */
export async function withBridge<T>(
  { settings, env, log, clock }: CommandContext,
  use: (bridge: Bridge) => Promise<T>,
  more: { readonly credential?: Credential; readonly readOnlyInspection?: true } = {},
): Promise<T> {
  const { openBridge } = await import('../bridge/open-bridge.ts');
  const bridge = await openBridge({ settings, env, log, clock, ...more });
  try {
    return await use(bridge);
  } finally {
    await bridge.close();
  }
}

/** One call's time limit (`--timeout`) and Ctrl-C, in the form that the bridge takes. */
export function callContext(bridge: Bridge, { clock, interrupt }: CommandContext): CallContext {
  const { deadline, signal } = bridge.timeLimit(clock());
  return { deadline, signal: AbortSignal.any([signal, interrupt]) };
}

/** A call that ends after `ms` at the latest. */
export function shortContext(ms: number, { clock, interrupt }: CommandContext): CallContext {
  return { deadline: clock() + ms, signal: AbortSignal.any([AbortSignal.timeout(ms), interrupt]) };
}

const REFRESH_MS = 5_000;

/**
 * Reads the tool list anew where there is a token; what is cached stays in force otherwise.
 * @returns why it could not be refreshed, one sentence each
 * @throws AuthError where the service refuses the token
 */
export async function refreshBriefly(bridge: Bridge, context: CommandContext): Promise<string[]> {
  if (bridge.problem !== null) return [`${bridge.problem.message} ${bridge.problem.hint}`];
  context.output.progress(`Connecting to ${bridge.origin} …`);
  const { errors } = await bridge.refresh(shortContext(REFRESH_MS, context));
  const refused = errors.find((error) => error instanceof AuthError);
  if (refused !== undefined) throw refused;
  const messages = [...new Set(errors.map(({ message }) => message))];
  return messages.length === 0
    ? []
    : [`Could not refresh the tool list; this is the cached one. ${messages.join(' ')}`];
}

/** Drops what was cached for a stored token's origin, without a network request. */
export async function forgetCaches(context: CommandContext, { token, origin, kind }: StoredProfile): Promise<void> {
  const settings = { ...context.settings, url: origin, demo: false };
  const credential = { token, origin, kind, source: 'stored', where: 'the profile' } as const;
  await withBridge({ ...context, settings }, (bridge) => bridge.forget(), { credential });
}

/** @param workspaces that the service named for it; null where it was not asked */
export async function storeCredential(
  context: CommandContext,
  { token, origin, kind }: Credential,
  workspaces: readonly Company[] | null,
): Promise<void> {
  const [{ writeProfile }, { makeOwn }] = await Promise.all([
    import('../auth/write-profile.ts'),
    import('../doctor/folders.ts'),
  ]);
  const changed = writeProfile(context.settings, {
    version: 1,
    origin,
    token,
    kind,
    savedAt: new Date(context.clock()).toISOString(),
    verified: workspaces !== null,
    workspaces: (workspaces ?? []).map(({ id, name }) => ({ id, name })),
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

/** A tool that is not known may be new, or its token's tools may never have been asked for. */
export async function calledTool(bridge: Bridge, name: string, context: CommandContext): Promise<Tool> {
  const find = () => bridge.visible().find((tool) => tool.descriptor.name === name);
  const neverAsked =
    bridge.catalogue.remoteState().source === 'never' || bridge.catalogue.contractState().source === 'bundled';
  const known = neverAsked ? undefined : find();
  if (known !== undefined) return known;
  const notes = await refreshBriefly(bridge, context);
  const found = find();
  if (found !== undefined) return found;
  for (const note of notes) context.output.note(`note: ${note}`);
  throw unknownTool(bridge, name);
}

function unknownTool(bridge: Bridge, name: string): UnknownToolError {
  const names = bridge.visible().map((tool) => tool.descriptor.name);
  const full = `lucanto_${name}`;
  const like = names.includes(full) ? [full] : [...nearNames(name, names), ...nearNames(full, names)];
  const near = [...new Set(like)].slice(0, 3);
  try {
    bridge.find(name);
  } catch (error) {
    if (!(error instanceof UnknownToolError)) throw error;
    const hidden = bridge.catalogue.hidden().some(({ tool }) => tool.descriptor.name === name);
    // A hint that names the right tool is better than names that are like it.
    const isNamed = names.some((one) => error.hint.includes(one));
    if (hidden || isNamed || near.length === 0) return error;
    return new UnknownToolError(error.message, { hint: didYouMean(near, error.hint) });
  }
  return new UnknownToolError(`Unknown tool: ${name}`, { hint: 'Run `lucanto-mcp tools` to see every tool.' });
}
