/** What all of our own tools have in common: most only read, and their schemas are made when first needed. */
import { plural } from '../contract/naming.ts';
import type { Operation, Operations } from '../contract/operation.ts';
import { lastResult } from '../core/deadline.ts';
import { ArgumentsError, ProtocolError } from '../core/errors.ts';
import { isJsonObject, type JsonObject, type JsonSchema, propertyIn, recordIn } from '../core/json.ts';
import type { Company } from '../core/text.ts';
import type { CallContext, Tool, ToolResult } from '../core/tool.ts';
import type { FilesFolder } from '../files/folder.ts';
import type { AnswerHead, ByteSink } from '../http/answer-body.ts';
import type { DownloadDeps } from '../http/download.ts';
import type { HttpAnswer } from '../http/request.ts';
import type { HistoryEntry } from '../writes/write-history.ts';

/** What the calls of our own tools work with. */
export interface LocalDeps {
  readonly operations: Operations;
  /** The read operations of the contract in force, called as their tools are. */
  readonly service: {
    /** The parsed answer. @throws LucantoError for anything but a 2xx with JSON */
    read(operation: Operation, args: JsonObject, context: CallContext): Promise<unknown>;
    /** One page of a list, with its nulls and headers, which may say how it goes on. @throws LucantoError as `read` does */
    readPage(
      operation: Operation,
      args: JsonObject,
      context: CallContext,
    ): Promise<{ readonly value: unknown; readonly headers: Headers }>;
    /** The answer itself, 2xx or a redirect; the bytes of a 2xx go to the sink. @throws LucantoError */
    readBytes(
      operation: Operation,
      args: JsonObject,
      context: CallContext,
      options: { readonly accept: string; readonly bytes: (head: AnswerHead) => ByteSink },
    ): Promise<HttpAnswer>;
  };
  /** What the validation of a tool's arguments says, one sentence each; null where there is no such tool. */
  readonly argumentProblems: (
    tool: string,
    args: JsonObject,
    context: CallContext,
  ) => Promise<readonly string[] | null>;
  /** A call of a tool that the client sees, as if it came from there. @throws LucantoError */
  readonly callTool: (tool: string, args: JsonObject, context: CallContext) => Promise<ToolResult>;
  /** What was written through this bridge with this profile, newest first; under a pin in that company only. */
  readonly changes: (context: CallContext) => Promise<readonly HistoryEntry[]>;
  readonly folder: () => Promise<FilesFolder>;
  readonly download: DownloadDeps;
  readonly clock: () => number;
  /** Of this computer, by its IANA name. */
  readonly timeZone: () => string;
  /** Of the company that a call goes to. @throws LucantoError where that is not clear */
  readonly companyId: (args: JsonObject, context: CallContext) => Promise<string>;
  /** The one that a call names or that is pinned, else every one that is known; `stopped`, why there may be others. @throws LucantoError */
  readonly companies: (
    args: JsonObject,
    context: CallContext,
  ) => Promise<{ readonly rows: readonly Company[]; readonly stopped: string | null }>;
}

/** One call of our own tools. */
export interface LocalCall extends LocalDeps {
  readonly args: JsonObject;
  readonly context: CallContext;
}

export function localTool(facts: {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly resource: string;
  readonly scopes: readonly string[];
  /** Whether the same call again leaves everything as it was. */
  readonly idempotent: boolean;
  /** It creates something, through the tool that does so. */
  readonly writes?: true;
  /** Its arguments, with those that it has in common with operations as their schemas of that side have them. */
  readonly properties: (side: 'inputSchema' | 'validation') => JsonObject;
  readonly required?: readonly string[];
  /** See `Tool`. */
  readonly unusable?: string;
  readonly saveRows?: NonNullable<Tool['saveRows']>;
  readonly details?: () => readonly string[];
  /** For a tool about a document of a `type`: `id` may be its number. */
  readonly identify?: Tool['identify'];
  readonly call: Tool['call'];
}): Tool {
  const { name, title, description, resource, scopes, call, required = [], writes = false, idempotent } = facts;
  const { unusable, saveRows, identify } = facts;
  const inputSchema = lastResult(() => objectSchema(withoutFormats(facts.properties('inputSchema')), required));
  const validation = lastResult(() => {
    // It is taken out of a call before that is checked.
    const { save_as: _own, ...checked } = facts.properties('validation');
    return objectSchema(checked, required);
  });
  return {
    ...(unusable !== undefined && { unusable }),
    ...(saveRows !== undefined && { saveRows }),
    ...(identify !== undefined && { identify }),
    descriptor: {
      name,
      title,
      description,
      get inputSchema() {
        return inputSchema();
      },
      annotations: {
        title,
        readOnlyHint: !writes,
        destructiveHint: false,
        idempotentHint: idempotent,
        openWorldHint: false,
      },
    },
    get validation() {
      return validation();
    },
    get details() {
      return facts.details?.() ?? [];
    },
    route: 'local',
    tier: writes ? 'write' : 'read',
    ...{ resource, scopes, call },
  };
}

function objectSchema(properties: JsonObject, required: readonly string[]): JsonSchema {
  return { type: 'object', properties, ...(required.length > 0 && { required }), additionalProperties: false };
}

/** Apps differ in the formats that they know. */
function withoutFormats(properties: JsonObject): JsonObject {
  const shown = ({ format: _checkedHere, ...rest }: JsonObject) => rest;
  const entries = Object.entries(properties).map(([name, one]) => [name, isJsonObject(one) ? shown(one) : {}]);
  return Object.fromEntries(entries);
}

/** The same property of an operation's own schema, with its type and words; nothing where it has none. */
export function propertyOf(schema: JsonSchema, name: string): JsonObject {
  const found = propertyIn(schema, name);
  return found === undefined ? {} : { [name]: found };
}

/** A company, a document of several kinds, and its `id`, whose own description would name one of them. */
export function documentArguments(
  schema: JsonSchema,
  kinds: readonly { readonly type: string }[],
  workspace = schema,
): JsonObject {
  const id = propertyIn(schema, 'id');
  const { description: _ofOneKind, ...anyId } = id ?? {};
  return {
    ...propertyOf(workspace, 'workspace_id'),
    type: { type: 'string', enum: kinds.map(({ type }) => type) },
    ...(id !== undefined && { id: anyId }),
  };
}

export function rowsIn(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

/** One record of the call's company, by an operation that takes its id. @throws LucantoError */
export async function readRecord(call: LocalCall, operation: Operation, more: JsonObject): Promise<JsonObject> {
  const value = await call.service.read(operation, argumentsFor(call.args, more), call.context);
  if (isJsonObject(value)) return recordIn(value);
  throw new ProtocolError('unexpected_answer', `The answer to ${operation.tool} is not a record.`, {
    hint: 'Try again; if it happens again, report it to Lucanto.',
  });
}

/** The arguments of one of our tools that an operation takes too: its workspace, and what else is named. */
export function argumentsFor(args: JsonObject, more: JsonObject): JsonObject {
  return { ...(args.workspace_id === undefined ? {} : { workspace_id: args.workspace_id }), ...more };
}

/** The kind of document that a call names. @param can what can be done with these kinds. @throws ArgumentsError */
export function sourceOfType<T extends { readonly type: string }>(
  sources: readonly T[],
  { type }: JsonObject,
  can: string,
): T {
  const source = sources.find((one) => one.type === type);
  if (source !== undefined) return source;
  throw new ArgumentsError(`type is not a kind of document that ${can}.`, {
    hint: `Give one of ${sources.map((one) => one.type).join(', ')}.`,
  });
}

/** For our own tools that take the type of a document and its id: the id may be its number. @param schema of the tool */
export function byNumber(deps: LocalDeps, schema: () => JsonSchema): NonNullable<Tool['identify']> {
  return async (args, context) => {
    const { withIdOfNumber } = await import('./record-number.ts');
    const list = deps.operations.get(`lucanto_list_${plural(String(args.type))}`);
    return list === undefined ? args : withIdOfNumber(propertyIn(schema(), 'id'), list, { ...deps, args, context });
  };
}

/** How one of our own tools saves the rows of its answer. @param name of the file @param rowsOf the rows of a whole answer */
export function rowSaver(
  name: string,
  rowsOf: (answer: JsonObject) => readonly JsonObject[],
  deps: Pick<LocalDeps, 'clock' | 'companies' | 'folder' | 'timeZone'>,
): NonNullable<Tool['saveRows']> {
  return async (request, context) => {
    const { saveComputed } = await import('./save-answer.ts');
    return saveComputed(name, request, rowsOf, { ...deps, context });
  };
}

/** The companies that a call is about, and why there may be others; a contract without companies has one set of documents. @throws LucantoError */
export async function companiesOf(sources: readonly { readonly list: Operation }[], call: LocalCall) {
  const isOne = sources.every(({ list }) => list.workspace === null);
  const { rows, stopped } = isOne
    ? { rows: [{ id: '', name: '' }], stopped: null }
    : await call.companies(call.args, call.context);
  return { companies: rows, unlisted: stopped === null ? [] : [`there may be further companies (${stopped})`] };
}

export function inCompany(call: LocalCall, { id }: Company): LocalCall {
  return { ...call, args: id === '' ? {} : { workspace_id: id } };
}

/** Does the same with each, so many of them side by side. */
export async function withEach<T>(items: readonly T[], atOnce: number, act: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items].values();
  const worker = async () => {
    for (const item of waiting) await act(item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
