import type { Operation } from '../contract/operation.ts';
import { ArgumentsError, ProtocolError } from '../core/errors.ts';
import { isJsonObject, type JsonObject, type JsonSchema, recordIn, stringifyJson, withoutNulls } from '../core/json.ts';
import type { CallContext, Tool, ToolResult } from '../core/tool.ts';
import type { FilesFolder } from '../files/folder.ts';
import type { AnswerHead, ByteSink } from '../http/answer-body.ts';
import type { DownloadDeps } from '../http/download.ts';
import type { HttpAnswer } from '../http/request.ts';
import type { HistoryEntry } from '../writes/write-history.ts';

/** What all of our own tools have in common: most only read, and their schemas are made when first needed. */

export interface Company {
  readonly id: string;
  /** Empty where it is not known. */
  readonly name: string;
}

/** What the calls of our own tools work with. */
export interface LocalDeps {
  readonly operations: Operations;
  readonly service: ServicePort;
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
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Of this computer, by its IANA name. */
  readonly timeZone: string;
  /** Of the company that a call goes to. @throws LucantoError where that is not clear */
  readonly companyId: (args: JsonObject, context: CallContext) => Promise<string>;
  /** The one that a call names or that is pinned, else every one that the key reaches. @throws LucantoError */
  readonly companies: (args: JsonObject, context: CallContext) => Promise<readonly Company[]>;
}

interface LocalFacts {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly resource: string;
  readonly scopes: readonly string[];
  /** Whether the same call again leaves everything as it was. */
  readonly idempotent: boolean;
  /** It creates something, through the tool that does so. */
  readonly writes?: true;
  readonly schemas: () => { readonly input: JsonSchema; readonly validation: JsonSchema };
  /** See `Tool.unusable`. */
  readonly unusable?: string;
  /** See `Tool.saveRows`. */
  readonly saveRows?: NonNullable<Tool['saveRows']>;
  /** See `Tool.details`. */
  readonly details?: readonly string[];
  /** For a tool about a document of a `type`: `id` may be its number. */
  readonly identify?: Tool['identify'];
  readonly call: Tool['call'];
}

export function localTool(facts: LocalFacts): Tool {
  let made: ReturnType<LocalFacts['schemas']> | undefined;
  const schemas = () => {
    made ??= facts.schemas();
    return made;
  };
  const { name, title, description, resource, scopes, call, unusable, writes = false, saveRows } = facts;
  return {
    ...(unusable !== undefined && { unusable }),
    ...(saveRows !== undefined && { saveRows }),
    descriptor: {
      name,
      title,
      description,
      get inputSchema() {
        return schemas().input;
      },
      annotations: {
        title,
        readOnlyHint: !writes,
        destructiveHint: false,
        idempotentHint: facts.idempotent,
        openWorldHint: false,
      },
    },
    get validation() {
      return schemas().validation;
    },
    details: facts.details ?? [],
    ...(facts.identify !== undefined && { identify: facts.identify }),
    route: 'local',
    tier: writes ? 'write' : 'read',
    resource,
    scopes,
    call,
  };
}

/** One of our tools that the contract has nothing for: hidden, with the reason. */
export function missingTool(name: string, title: string, unusable: string): Tool {
  return localTool({
    ...{ name, title, description: `${title}.`, resource: 'workspaces', scopes: [], idempotent: true, unusable },
    schemas: () => ({ input: objectSchema({}), validation: objectSchema({}) }),
    call: () =>
      Promise.reject(new ArgumentsError(`${name} cannot be used: ${unusable}.`, { hint: 'Use other tools.' })),
  });
}

/** The same property of an operation's own schema, with its type and words; nothing where it has none. */
export function propertyOf(schema: JsonSchema, name: string): JsonObject {
  const { properties } = schema;
  const found = isJsonObject(properties) ? properties[name] : undefined;
  return isJsonObject(found) ? { [name]: found } : {};
}

/** The `id` of an operation's own schema, for records of several kinds: its description would name one of them. */
export function anyId(schema: JsonSchema): JsonObject {
  const { id } = propertyOf(schema, 'id');
  if (!isJsonObject(id)) return {};
  const { description: _ofOneKind, ...rest } = id;
  return { id: rest };
}

export function objectSchema(properties: JsonObject, required: readonly string[] = []): JsonSchema {
  return { type: 'object', properties, ...(required.length > 0 && { required }), additionalProperties: false };
}

/** What our own tools see of the service: the read operations of the contract in force, called as their tools are. */
interface ServicePort {
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
}

/** The operations that our own tools may use: those whose own tools are shown. */
export class Operations {
  readonly #byTool: ReadonlyMap<string, Operation>;

  constructor(operations: readonly Operation[]) {
    this.#byTool = new Map(operations.map((operation) => [operation.tool, operation]));
  }

  all(): readonly Operation[] {
    return [...this.#byTool.values()];
  }

  get(tool: string): Operation | undefined {
    return this.#byTool.get(tool);
  }
}

/** One record, by an operation that takes its id. @throws LucantoError */
export async function readRecord(
  service: ServicePort,
  operation: Operation,
  args: JsonObject,
  context: CallContext,
): Promise<JsonObject> {
  const value = await service.read(operation, args, context);
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

/** Compact JSON without nulls, as every tool answers. */
export function answerWith(value: JsonObject): ToolResult {
  return { content: [{ type: 'text', text: stringifyJson(withoutNulls(value)) }] };
}
