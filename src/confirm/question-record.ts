import { workspaceArgument, workspaceValue } from '../catalog/workspace-argument.ts';
import type { Workspace, WorkspaceId } from '../catalog/workspaces.ts';
import { singular, toolName } from '../contract/naming.ts';
import { isJsonObject, type JsonObject, parseJson, recordIn } from '../core/json.ts';
import type { CallContext, Tool, ToolResult } from '../core/tool.ts';
import { type Facts, factsOf, NO_FACTS, partyId, type Shown } from './question.ts';

/** Reads the record that a call is about, with the get tool of its kind, for showing it. What cannot be read is left out. */
/** A person waits for the question: later than that it is asked with what is known. */
const WITHIN_MS = 4_000;

interface RecordReader {
  readonly visible: () => readonly Tool[];
  /** Checks the arguments as any call's. @throws LucantoError */
  readonly read: (tool: Tool, args: JsonObject, context: CallContext) => Promise<ToolResult>;
}

interface RecordCall {
  readonly tool: Tool;
  /** Without the workspace. */
  readonly args: JsonObject;
  readonly workspace: string | null;
}

interface Lookup {
  readonly get: Tool;
  readonly args: JsonObject;
}

/** @param context a short one */
async function readFacts(call: RecordCall, reader: RecordReader, context: CallContext): Promise<Facts> {
  const lookup = lookupOf(call, reader.visible());
  if (lookup === null) return { ...NO_FACTS, id: idIn(call.args) };
  const record = await readRecord(lookup, reader, context);
  if (record === null) return { ...NO_FACTS, id: idIn(call.args) };
  const facts = factsOf(record);
  const party = partyId(record);
  if (party === null || (facts.who !== null && facts.address !== null)) return facts;
  const contact = await readParty(party, call.workspace, reader, context);
  return { ...facts, who: facts.who ?? contact.name ?? String(party.id), address: facts.address ?? contact.address };
}

/** For what is read to be shown. Progress and the person are the call's own. */
function shortContext({ signal, deadline, client, traceparent }: CallContext, now: number): CallContext {
  const ms = Math.max(1, Math.floor(Math.min(WITHIN_MS, (deadline - now) / 4)));
  return {
    signal: AbortSignal.any([signal, AbortSignal.timeout(ms)]),
    deadline: now + ms,
    ...(client !== undefined && { client }),
    ...(traceparent !== undefined && { traceparent }),
  };
}

/** The get tool whose noun the tool's name ends with, where the call names all that it needs. */
function lookupOf(call: RecordCall, visible: readonly Tool[]): Lookup | null {
  const prefix = toolName('get_');
  const { name } = call.tool.descriptor;
  const [found] = visible
    .filter(({ tier, descriptor }) => tier === 'read' && descriptor.annotations.readOnlyHint && isGet(descriptor.name))
    .map((get) => ({ get, noun: get.descriptor.name.slice(prefix.length) }))
    .filter(({ noun }) => name.endsWith(`_${noun}`))
    .sort((left, right) => right.noun.length - left.noun.length);
  if (found === undefined) return null;
  const args = argumentsOf(found.get, found.noun, call);
  return args === null ? null : { get: found.get, args };

  function isGet(tool: string): boolean {
    return tool.startsWith(prefix) && tool.length > prefix.length;
  }
}

function argumentsOf(get: Tool, noun: string, { args, workspace }: RecordCall): JsonObject | null {
  const own = workspaceArgument(get);
  const { required, properties } = get.validation;
  const needed = (Array.isArray(required) ? required : []).filter((name) => name !== own).map(String);
  const names = needed.length > 0 ? needed : isJsonObject(properties) && Object.hasOwn(properties, 'id') ? ['id'] : [];
  const values = names.map((name) => [name, args[name] ?? (names.length === 1 ? onlyId(args, noun) : undefined)]);
  if (values.length === 0 || values.some(([, value]) => value === undefined)) return null;
  const place = own === null || workspace === null ? {} : { [own]: workspaceValue(get, own, workspace) };
  return { ...Object.fromEntries(values), ...place };
}

function onlyId(args: JsonObject, noun: string): unknown {
  return args[`${noun}_id`] ?? args.id;
}

function idIn(args: JsonObject): string | null {
  const { id } = args;
  return id === undefined || id === null || typeof id === 'object' ? null : String(id);
}

async function readRecord({ get, args }: Lookup, reader: RecordReader, context: CallContext) {
  try {
    const result = await reader.read(get, args, context);
    if (result.isError === true) return null;
    const [first] = result.content;
    const value = result.structuredContent ?? parseJson(typeof first?.text === 'string' ? first.text : 'null');
    return isJsonObject(value) ? recordIn(value) : null;
  } catch {
    // The question is shorter without it; whoever gave up the call is told so by the call itself.
    return null;
  }
}

/** Under the word of the field, else under the one that the interface uses for business partners. */
async function readParty(
  { word, id }: { readonly word: string; readonly id: unknown },
  workspace: string | null,
  reader: RecordReader,
  context: CallContext,
): Promise<Pick<Facts, 'name' | 'address'>> {
  const visible = reader.visible();
  const named = (noun: string) => visible.find(({ descriptor }) => descriptor.name === toolName(`get_${noun}`));
  const get = named(singular(word)) ?? named('contact');
  if (get === undefined) return NO_FACTS;
  const noun = get.descriptor.name.slice(toolName('get_').length);
  const args = argumentsOf(get, noun, { tool: get, args: { id }, workspace });
  const record = args === null ? null : await readRecord({ get, args }, reader, context);
  return record === null ? NO_FACTS : factsOf(record);
}

/** What a call will do, settled before anybody is asked: in which workspace, and to which record. */
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
export async function settle(asked: ConfirmationRequest, context: CallContext, deps: SettleDeps): Promise<Settled> {
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

/** A call on its way to the one who asks a person before what cannot be undone. */
export interface ConfirmationRequest {
  readonly tool: Tool;
  /** Checked. */
  readonly args: JsonObject;
  readonly allowDuplicate: boolean;
  /** What a model brings of a preview. */
  readonly code?: string;
}
