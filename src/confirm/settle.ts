/** What a call will do, settled before anybody is asked: in which workspace, and to which record. */
import type { Asked } from '../catalog/dispatch.ts';
import type { CallContext, JsonObject } from '../catalog/tool.ts';
import { workspaceArgument, workspaceValue } from '../catalog/workspace-argument.ts';
import type { Workspace, WorkspaceId } from '../catalog/workspaces.ts';
import { type RecordReader, readFacts, shortContext } from './record.ts';
import type { Shown } from './words.ts';

export interface SettleDeps extends RecordReader {
  readonly pinned: string | null;
  readonly clock: () => number;
  /** @throws LucantoError where there is no single answer */
  readonly resolveWorkspace: (args: JsonObject, context: CallContext) => Promise<WorkspaceId>;
  readonly workspaces: (context: CallContext) => Promise<readonly Workspace[]>;
}

export interface Settled extends Shown {
  readonly allowDuplicate: boolean;
  /** To call with: the workspace is the one that was shown, whatever is decided meanwhile. */
  readonly callArgs: JsonObject;
}

/** @throws LucantoError where the call would be refused for its workspace */
export async function settle(asked: Asked, context: CallContext, deps: SettleDeps): Promise<Settled> {
  const { tool, args, allowDuplicate } = asked;
  const argument = workspaceArgument(tool);
  const id = await workspaceOf(argument, args, context, deps);
  const { [argument ?? '']: _apart, ...others } = args;
  const own = argument === null ? args : others;
  const call = { tool, args: own, workspace: id };
  const short = shortContext(context, deps.clock());
  const [facts, name] = await Promise.all([readFacts(call, deps, short), id === null ? null : nameOf(id, short, deps)]);
  const callArgs = argument === null || id === null ? args : { ...own, [argument]: workspaceValue(tool, argument, id) };
  return { tool, args: own, facts, workspace: id === null ? null : { id, name }, allowDuplicate, callArgs };
}

async function workspaceOf(argument: string | null, args: JsonObject, context: CallContext, deps: SettleDeps) {
  if (deps.pinned !== null) return deps.pinned;
  if (argument === null) return null;
  const given = args[argument];
  return String(await deps.resolveWorkspace(given === undefined ? {} : { workspace_id: given }, context));
}

async function nameOf(id: string, context: CallContext, deps: SettleDeps): Promise<string | null> {
  try {
    const rows = await deps.workspaces(context);
    return rows.find((row) => row.id === id)?.name ?? null;
  } catch {
    return null;
  }
}
