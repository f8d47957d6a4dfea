import { workspaceArgument, workspaceValue } from '../catalog/workspace-argument.ts';
import type { Workspaces } from '../catalog/workspaces.ts';
import type { ArgumentEffect } from '../contract/argument-effects.ts';
import { plainName } from '../contract/field-names.ts';
import { columnNames } from '../contract/field-roles.ts';
import { singular, toolName } from '../contract/naming.ts';
import { daysIn, ownTimeZone } from '../core/calendar.ts';
import { isJsonObject, type JsonObject, parseJson, recordIn } from '../core/json.ts';
import type { AnswerField, CallContext, Irreversible, Tool, ToolResult } from '../core/tool.ts';
import { plainText } from '../tools/record-fields.ts';
import type { DocumentTotal } from './document-total.ts';
import { unclearRecipients } from './recipients.ts';
import { factsOf, fieldOf, type RecordFacts } from './record-facts.ts';
import { listedIds } from './sends-of-call.ts';

/** What a call is about, settled before a person is asked: in which workspace, which record, and whose it is. */

export interface ConfirmationRequest {
  readonly tool: Tool;
  readonly args: JsonObject;
  /** What its arguments ask for, whatever its tool does by itself. */
  readonly effects: readonly ArgumentEffect[];
  readonly allowDuplicate: boolean;
  /** The confirmation that a model sends back after a preview. */
  readonly code?: string;
}

export interface CallSubject {
  readonly tool: Tool;
  /** Without the workspace. */
  readonly args: JsonObject;
  readonly allowDuplicate: boolean;
  readonly workspace: { readonly id: string; readonly name: string | null } | null;
  /** The record that is named by the call's arguments. Null where it could not be read, or none is named. */
  readonly facts: RecordFacts | null;
  /** Where that record is another one than the tool is about: `invoice`, for a reminder of it. */
  readonly noun: string | null;
  /** The addresses that the customer's own record keeps; null where it is not known. */
  readonly stored: readonly string[] | null;
  /** What its arguments make of the call, besides what its tool does. */
  readonly effects?: readonly ArgumentEffect[];
  /** Whose a record is that the call makes. */
  readonly newCustomer?: string | null;
  /** What the document comes to with the call's own fields; absent where they change nothing about it. */
  readonly total?: DocumentTotal | null;
  /** The customer's own record was read: `stored` is from there. */
  readonly hasCustomer?: boolean;
  /** The record itself, as it was read; null where it was not. */
  readonly source?: {
    readonly record: JsonObject;
    /** What the contract says of its fields. */
    readonly described: readonly AnswerField[];
  } | null;
  /** Those that the call lists; absent until they were read to be shown. */
  readonly records?: readonly ListedRecord[];
  /** YYYY-MM-DD, where the user is. */
  readonly today?: string;
  /** To call with: the workspace is the one that was shown, whatever is decided meanwhile. */
  readonly callArgs: JsonObject;
}

export interface ListedRecord extends Pick<CallSubject, 'facts' | 'stored'> {
  readonly id: string;
}

export interface SubjectReader {
  readonly pinned: string | null;
  readonly clock: () => number;
  /** This computer's where it is left out. */
  readonly timeZone?: string | undefined;
  readonly workspaces: Pick<Workspaces, 'list' | 'resolve'>;
  readonly visible: () => readonly Tool[];
  /** Checks the arguments as those of any call. @throws LucantoError */
  readonly read: (tool: Tool, args: JsonObject, context: CallContext) => Promise<ToolResult>;
}

/** A person waits for the question: after that it is asked with what is known. */
const WITHIN_MS = 4_000;

/** @throws LucantoError where the call would be refused for its workspace */
export async function subjectOf(
  request: ConfirmationRequest,
  context: CallContext,
  reader: SubjectReader,
): Promise<CallSubject> {
  const { tool, args, allowDuplicate } = request;
  const argument = workspaceArgument(tool);
  const id = await workspaceOf(argument, args, context, reader);
  // The workspace is shown apart.
  const own = Object.fromEntries(Object.entries(args).filter(([name]) => name !== argument));
  const short = shortContext(context, reader.clock());
  const effects = request.effects.filter(({ path }) => path !== argument);
  const [found, name] = await Promise.all([
    readSubject({ tool, effects }, own, id, reader, short),
    id === null ? null : nameOf(id, short, reader),
  ]);
  const callArgs = argument === null || id === null ? args : { ...own, [argument]: workspaceValue(tool, argument, id) };
  const workspace = id === null ? null : { id, name };
  const today = daysIn(reader.timeZone ?? ownTimeZone())(reader.clock());
  const known = { tool, args: own, allowDuplicate, ...found, workspace, today, callArgs };
  return { ...known, effects: effects.filter((one) => !isAlreadySo(one, known)) };
}

/** What a call does that cannot be undone, by its tool or by its arguments. What was sent is known to others: it comes first. */
export function effectOf({ tool, effects = [] }: Pick<CallSubject, 'tool' | 'effects'>): Irreversible | undefined {
  const all = new Set([tool.irreversible, ...effects.map(({ effect }) => effect)]);
  return (['sends', 'deletes', 'issues', 'unknown'] as const).find((effect) => all.has(effect));
}

/** Arguments that name recipients in another way than by their addresses, another customer than the record's among them. */
export function unclearIn({ tool, args, source }: CallSubject): readonly string[] {
  const [given, own] = [args, source?.record ?? {}].map(customerId);
  const isOther = given != null && own != null && plainText(given.id) !== plainText(own.id);
  const names = isOther ? Object.keys(args).filter((name) => args[name] === given.id) : [];
  return [...unclearRecipients(args, tool.validation), ...names];
}

/** A record that is given back as it was read says its state, and asks for nothing. */
function isAlreadySo(
  { path, isState }: ArgumentEffect,
  { tool, args, source }: Pick<CallSubject, 'tool' | 'args' | 'source'>,
) {
  const name = tool.change?.fields.find(({ arg }) => arg === path)?.property ?? path;
  const stateOf = (value: unknown) => (typeof value === 'boolean' ? String(value) : plainText(value)?.toLowerCase());
  const before = stateOf(source?.record[name]);
  return isState && before !== undefined && before === stateOf(args[path]);
}

async function workspaceOf(argument: string | null, args: JsonObject, context: CallContext, reader: SubjectReader) {
  if (reader.pinned !== null) return reader.pinned;
  if (argument === null) return null;
  const given = args[argument];
  return String(await reader.workspaces.resolve(given === undefined ? {} : { workspace_id: given }, context));
}

async function nameOf(id: string, context: CallContext, { workspaces }: SubjectReader): Promise<string | null> {
  try {
    return (await workspaces.list(context)).find((row) => row.id === id)?.name ?? null;
  } catch {
    return null;
  }
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

/** @param context a short one */
async function readSubject(
  call: Pick<CallSubject, 'tool' | 'effects'>,
  args: JsonObject,
  workspace: string | null,
  reader: SubjectReader,
  context: CallContext,
): Promise<Pick<CallSubject, 'facts' | 'noun' | 'stored' | 'source' | 'newCustomer' | 'hasCustomer'>> {
  const { tool } = call;
  const effect = effectOf(call);
  const found = getToolFor(tool, args, reader.visible());
  const record = found === null ? null : await readRecord(found.get, found.noun, args, workspace, reader, context);
  if (found === null || record === null) {
    const isNew = effect === 'sends' && plainText(args.id) === null;
    const customer = isNew ? await readCustomer(args, workspace, reader, context) : null;
    const stored = customer === null ? null : addressesOf(customer);
    return {
      facts: null,
      noun: null,
      source: null,
      stored,
      hasCustomer: stored !== null,
      ...(isNew && { newCustomer: customer?.name ?? idText(customerId(args)?.id) }),
    };
  }
  const isNeeded = effect === 'sends' || effect === 'unknown';
  return {
    ...(await withCustomer(record, isNeeded, workspace, reader, context)),
    noun: found.isItself ? null : found.noun,
    source: { record, described: found.get.answerFields?.() ?? [] },
  };
}

async function withCustomer(
  record: JsonObject,
  isNeeded: boolean,
  workspace: string | null,
  reader: SubjectReader,
  context: CallContext,
) {
  const facts = factsOf(record, reader.timeZone);
  const isRead = facts.customer === null || isNeeded;
  const party = isRead ? await readCustomer(record, workspace, reader, context) : null;
  const own = facts.customerAddresses.length === 0 ? null : facts.customerAddresses;
  return {
    facts: { ...facts, customer: facts.customer ?? party?.name ?? idText(customerId(record)?.id) },
    // The customer's own record is believed before the copy that the document holds.
    stored: party === null ? own : addressesOf(party),
    hasCustomer: party !== null,
  };
}

/** More than these nobody reads in one question. */
const MOST_READ = 40;

/** What a person is shown of each record that a call lists. */
export async function listedRecords(
  { tool, args, workspace }: CallSubject,
  context: CallContext,
  reader: SubjectReader,
): Promise<readonly ListedRecord[]> {
  const short = shortContext(context, reader.clock());
  const place = workspace?.id ?? null;
  const gets = new Map(reader.visible().map((one) => [one.descriptor.name, one]));
  const listed = listedIds(tool, args).map(async ({ id, nouns }, at): Promise<ListedRecord> => {
    const noun = nouns.find((one) => gets.has(toolName(`get_${one}`)));
    const get = noun === undefined || at >= MOST_READ ? undefined : gets.get(toolName(`get_${noun}`));
    const record = get && noun !== undefined ? await readRecord(get, noun, { id }, place, reader, short) : null;
    const known = record === null ? null : await withCustomer(record, true, place, reader, short);
    return { id: String(id), facts: known?.facts ?? null, stored: known?.stored ?? null };
  });
  return Promise.all(listed);
}

function addressesOf({ customerAddresses, otherAddresses }: RecordFacts): readonly string[] {
  return [...new Set([...customerAddresses, ...otherAddresses.map(({ address }) => address)])];
}

/** The get tool whose noun the tool's name ends with; else, for a part of a record, the one that its name speaks of. */
function getToolFor(tool: Tool, args: JsonObject, visible: readonly Tool[]) {
  const prefix = toolName('get_');
  const { name } = tool.descriptor;
  const all = visible
    .filter(({ tier, descriptor }) => tier === 'read' && descriptor.annotations.readOnlyHint)
    .filter(({ descriptor }) => descriptor.name.startsWith(prefix) && descriptor.name.length > prefix.length)
    .map((get) => ({ get, noun: get.descriptor.name.slice(prefix.length) }))
    .sort((left, right) => right.noun.length - left.noun.length);
  const itself = all.find(({ noun }) => name.endsWith(`_${noun}`));
  if (itself !== undefined) return { ...itself, isItself: true };
  const owner = all.find(
    ({ noun }) => `${name}_`.includes(`_${noun}_`) && (args[`${noun}_id`] ?? args.id) !== undefined,
  );
  return owner === undefined ? null : { ...owner, isItself: false };
}

function idText(id: unknown): string | null {
  return id === undefined || id === null || typeof id === 'object' ? null : String(id);
}

async function readRecord(
  get: Tool,
  noun: string,
  args: JsonObject,
  workspace: string | null,
  reader: SubjectReader,
  context: CallContext,
): Promise<JsonObject | null> {
  const own = argumentsFor(get, noun, args, workspace);
  if (own === null) return null;
  try {
    const result = await reader.read(get, own, context);
    if (result.isError === true) return null;
    const [first] = result.content;
    const value = result.structuredContent ?? parseJson(typeof first?.text === 'string' ? first.text : 'null');
    return isJsonObject(value) ? recordIn(value) : null;
  } catch {
    // The question says that it could not be read; a caller that gave up hears of it from the call itself.
    return null;
  }
}

/** Null where the call does not name all that the get tool needs. */
function argumentsFor(get: Tool, noun: string, args: JsonObject, workspace: string | null): JsonObject | null {
  const own = workspaceArgument(get);
  const { required, properties } = get.validation;
  const needed = (Array.isArray(required) ? required : []).filter((name) => name !== own).map(String);
  const names = needed.length > 0 ? needed : isJsonObject(properties) && Object.hasOwn(properties, 'id') ? ['id'] : [];
  const onlyId = args[`${noun}_id`] ?? args.id;
  const values = names.map((name) => [name, (names.length === 1 ? onlyId : undefined) ?? args[name]]);
  if (values.length === 0 || values.some(([, value]) => value === undefined)) return null;
  const place = own === null || workspace === null ? {} : { [own]: workspaceValue(get, own, workspace) };
  return { ...Object.fromEntries(values), ...place };
}

/** By the word of the field that names it, else by another word that services use for business partners. */
async function readCustomer(
  record: JsonObject,
  workspace: string | null,
  reader: SubjectReader,
  context: CallContext,
): Promise<RecordFacts | null> {
  const customer = customerId(record);
  if (customer === null) return null;
  const words = columnNames('customer').filter((word) => !/_(id|name)$/.test(word));
  const visible = reader.visible();
  for (const noun of [singular(customer.word), ...words]) {
    const get = visible.find(({ descriptor }) => descriptor.name === toolName(`get_${noun}`));
    if (get === undefined) continue;
    const found = await readRecord(get, noun, { id: customer.id }, workspace, reader, context);
    return found === null ? null : factsOf(found);
  }
  return null;
}

/** The id of the customer's own record: `purchaser_id`, or `purchaser.id`. */
export function customerId(record: JsonObject): { readonly word: string; readonly id: unknown } | null {
  const names = columnNames('customer').filter((name) => name.endsWith('_id'));
  const found = fieldOf(record, 'customer', (value) => plainText(value) !== null, names);
  if (found !== null) return { word: plainName(found.name).replace(/_id$/, ''), id: found.value };
  const inside = fieldOf(record, 'customer', isJsonObject);
  const id = inside !== null && isJsonObject(inside.value) ? fieldOf(inside.value, 'id')?.value : undefined;
  return inside === null || id === undefined ? null : { word: plainName(inside.name), id };
}
