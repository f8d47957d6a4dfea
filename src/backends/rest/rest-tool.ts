import { writtenContent } from '../../answers/list-answer.ts';
import { argumentEffects, mayAct } from '../../contract/argument-effects.ts';
import { filterValues } from '../../contract/filter-values.ts';
import type { BodyBinding, Operation } from '../../contract/operation.ts';
import { pagingArguments, usualPageSize } from '../../contract/paging.ts';
import { LocalError } from '../../core/errors.ts';
import { arrayIn, isJsonObject, type JsonObject, type JsonSchema, objectIn, recordIn } from '../../core/json.ts';
import type { CallContext, ReadRecord, RecordChange, SaveRequest, Tool, ToolResult } from '../../core/tool.ts';
import { apiError } from '../../http/api-error.ts';
import type { WriteKind, WritePort, WriteResult, WriteSendContext } from '../../writes/write-record.ts';
import { missingResourceOf, sendContext } from '../send-context.ts';
import { type AnswerDeps, checkedBody, gatheredAnswer, isSuccess, readAnswer, readOperation } from './rest-answer.ts';
import { carriesFiles, whyUnsendable } from './rest-body.ts';
import { bindRequest } from './rest-request.ts';
import { changeDescription, changesRecord, detailsOf, isList, retryClass, schemaOf } from './tool-words.ts';
import type { Upload } from './upload.ts';
import { alreadyDeleted, refuseAnother, refusePartial, written } from './write-answer.ts';

/** A tool whose calls go over REST, made from one operation of the contract. */
export interface RestDeps extends AnswerDeps {
  /** Reads the record which the operation changes. */
  readonly reader?: Operation | undefined;
  readonly writes: WritePort;
  /** The arguments with the id of the record whose number was given; absent where ids are always ids. */
  readonly identify?: (operation: Operation, args: JsonObject, context: CallContext) => Promise<JsonObject>;
  /** How rows are gathered that no single request gives; null for arguments that one request answers. @throws LucantoError */
  readonly plan?: (
    operation: Operation,
    args: JsonObject,
  ) => Promise<{
    readonly queries: readonly JsonObject[];
    read(
      queries: readonly JsonObject[],
      context: CallContext,
    ): Promise<{ readonly rows: readonly JsonObject[]; readonly about: JsonObject }>;
  } | null>;
  /** Absent where rows cannot be saved. */
  readonly saveList?: (operation: Operation, request: SaveRequest, context: CallContext) => Promise<ToolResult>;
  /** Opens what a body's arguments name; absent where files cannot be sent. @throws LucantoError */
  readonly uploads?: (binding: BodyBinding, args: JsonObject) => Promise<Upload>;
}

/** @param refused why no call of it may be sent, where that is known */
export function restTool(operation: Operation, deps: RestDeps, refused: string | null = null): Tool {
  const retry = retryClass(operation);
  const unusable = refused ?? whyUnsendable(operation);
  // Told by the schema, which is read when it is first needed.
  let own: boolean | undefined;
  const acts = () => {
    own ??= retry !== 'read' && mayAct(operation.inputSchema);
    return own;
  };
  const { irreversible } = operation;
  const isChange = retry !== 'read' && changesRecord(operation);
  const { saveList, identify, reader } = deps;
  const saveRows: Tool['saveRows'] =
    retry === 'read' && isList(operation) && saveList !== undefined
      ? (request, context) => saveList(operation, request, context)
      : undefined;
  let inputSchema: JsonSchema | undefined;
  return {
    ...(unusable !== null && { unusable }),
    descriptor: {
      name: operation.tool,
      title: operation.title,
      get description() {
        return isChange ? changeDescription(operation, reader !== undefined) : operation.description;
      },
      // Schemas are built when first read: `initialize` needs names only.
      get inputSchema() {
        inputSchema ??= schemaOf(operation, isChange, reader !== undefined, saveRows !== undefined);
        return inputSchema;
      },
      annotations: {
        title: operation.title,
        readOnlyHint: operation.reads,
        get destructiveHint() {
          return operation.destructive || acts();
        },
        get idempotentHint() {
          return operation.idempotent && !acts();
        },
        get openWorldHint() {
          return operation.openWorld || acts();
        },
      },
    },
    get validation() {
      return operation.validation;
    },
    details: detailsOf(operation, isChange),
    route: 'rest',
    tier: operation.tier,
    resource: operation.resource,
    standing: () => operation.standing ?? 0,
    scopes: operation.scopes,
    answerFields: () => operation.answerFields ?? [],
    filterValues: (argument) => filterValues(operation, argument),
    ...(irreversible !== undefined && { irreversible }),
    ...(retry === 'read' &&
      isList(operation) &&
      deps.plan !== undefined && { gather: gathering(operation, deps.plan, deps.nameRows) }),
    ...(saveRows !== undefined && { saveRows }),
    ...(identify !== undefined &&
      (retry !== 'read' || operation.parameters.some(({ arg, in: place }) => arg === 'id' && place === 'path')) && {
        identify: (args: JsonObject, context: CallContext) => identify(operation, args, context),
      }),
    ...(isChange && { change: recordChange(operation, retry, deps) }),
    call: (args, context) =>
      retry === 'read'
        ? readAnswer(operation, args, context, deps)
        : writeAnswer(operation, retry, deps, { args, given: args, tag: null }, context),
  };
}

function gathering(
  operation: Operation,
  plan: NonNullable<RestDeps['plan']>,
  nameRows: RestDeps['nameRows'],
): NonNullable<Tool['gather']> {
  return async (args) => {
    const planned = await plan(operation, args);
    if (planned === null) return null;
    const { cursor, size } = pagingArguments(operation);
    const { [cursor ?? '']: from, [size ?? '']: asked } = args;
    return {
      queries: planned.queries,
      call: async (queries, context) => {
        const gathered = await planned.read(queries, context);
        // A file or a program gets every row.
        const limit = asked ?? (context.answer === undefined ? undefined : usualPageSize(operation, size));
        const named = await nameRows?.(operation, args, context);
        if (context.answer === undefined || named === undefined)
          return gatheredAnswer(gathered, operation, { from, limit }, context);
        const { data, note } = objectIn(await named({ data: gathered.rows }));
        const notes = [gathered.about.note, note].filter((one) => typeof one === 'string');
        const about = { ...gathered.about, ...(notes.length > 0 && { note: notes.join(' ') }) };
        return gatheredAnswer({ rows: arrayIn(data).filter(isJsonObject), about }, operation, { from, limit }, context);
      },
    };
  };
}

function recordChange(operation: Operation, kind: WriteKind, { reader, ...deps }: RestDeps): RecordChange {
  return {
    fields: operation.body?.fields ?? [],
    replaces: operation.method === 'PUT',
    read: reader === undefined ? null : (args, context) => readBefore(reader, operation, args, context, deps),
    send: (args, context, given, basis) =>
      writeAnswer(operation, kind, { ...deps, reader }, { args, given, tag: basis?.tag ?? null }, context),
    alone: (args, context, act) =>
      deps.writes.alone?.({ tool: operation.tool, workspace: null, args }, context, act) ?? act(),
  };
}

/** The record as the service has it, nulls included: what is sent back must be what was there. @throws LucantoError */
async function readBefore(
  reader: Operation,
  { parameters, versioned }: Operation,
  args: JsonObject,
  context: CallContext,
  deps: RestDeps,
): Promise<ReadRecord> {
  const own = reader.parameters
    .filter(({ in: place, name, required }) => name !== reader.workspace && (place !== 'query' || required))
    .map(({ arg, in: place, name }) => {
      const same = parameters.find((one) => one.in === place && one.name === name)?.arg;
      return [arg, args[same ?? (place === 'path' ? 'id' : '')]] as const;
    });
  const workspace = args.workspace_id === undefined ? {} : { workspace_id: args.workspace_id };
  // What the call wants of its own answer is not about this one.
  const { answer: _own, ...whole } = context;
  const asked = { ...Object.fromEntries(own), ...workspace };
  const answer = await readOperation(reader, asked, whole, deps);
  const value = checkedBody(answer, reader)?.value;
  refuseAnother(answer, value, reader, asked);
  const record = isJsonObject(value) ? recordIn(value) : {};
  const stated = [answer.headers.get('etag'), record['@odata.etag'], record.etag, record._etag];
  const tag = stated.find((one) => typeof one === 'string');
  // A weak one is no proof that nothing changed, but some services require it.
  return { record, tag: typeof tag === 'string' && (tag.startsWith('"') || versioned === true) ? tag : null };
}

/** The version that the request must name; null where it names none. @throws LocalError where the service does not tell it */
async function versionOf(
  operation: Operation,
  args: JsonObject,
  context: CallContext,
  deps: RestDeps,
): Promise<string | null> {
  if (operation.versioned !== true || deps.reader === undefined) return null;
  const { tag } = await readBefore(deps.reader, operation, args, context, deps);
  if (tag !== null) return tag;
  const what = `${operation.tool} must name the version of the record (If-Match), and the answer to ${deps.reader.tool} has none`;
  throw new LocalError('no_version', `${what}; nothing was sent.`, { hint: 'Do this in the Lucanto app.' });
}

/**
 * @param request `given`: what the call itself said, where `args` were completed from the record. `tag`: of the record
 * that they were made from
 */
async function writeAnswer(
  operation: Operation,
  usual: WriteKind,
  deps: RestDeps,
  request: { readonly args: JsonObject; readonly given: JsonObject; readonly tag: string | null },
  context: CallContext,
): Promise<ToolResult> {
  // Twice the same update is one; twice the same message is two.
  const isOrdered = () => argumentEffects(request.args, [operation.inputSchema]).some(({ isState }) => !isState);
  const kind = usual === 'idempotent' && isOrdered() ? 'once' : usual;
  const { body } = operation;
  const most = context.answer?.maxChars;
  const upload = deps.uploads !== undefined && carriesFiles(body) ? await deps.uploads(body, request.args) : null;
  try {
    const result = await write(operation, kind, request, context, deps, upload);
    return most === undefined ? result : { ...result, content: writtenContent(result.content, most) };
  } finally {
    await upload?.release();
  }
}

async function write(
  operation: Operation,
  kind: WriteKind,
  { args, given, tag: known }: Parameters<typeof writeAnswer>[3],
  context: CallContext,
  deps: RestDeps,
  upload: Upload | null,
): Promise<ToolResult> {
  const { tool, scopes, resource } = operation;
  const listTool = deps.listTool(resource, tool);
  const resolved = operation.workspace === null ? null : await deps.resolveWorkspace(args, context);
  const workspace = resolved === null ? null : String(resolved);
  const request = bindRequest(operation, args, resolved, upload);
  const tag = known ?? (await versionOf(operation, args, context, deps));
  const told = upload?.args ?? given;
  const call = {
    tool,
    route: 'rest',
    kind,
    create: operation.action === 'create',
    workspace,
    args: workspace === null ? told : withoutWorkspace(told),
    listTool,
  };
  const send = async ({ key, earlier, context: own }: WriteSendContext): Promise<WriteResult> => {
    const headers = {
      ...request.headers,
      ...(key !== null && { [operation.keyHeader ?? 'Idempotency-Key']: key }),
      ...(tag !== null && { 'If-Match': tag }),
    };
    const answer = await deps.http.send({ ...request, headers }, sendContext(own, kind, listTool));
    const done = isSuccess(answer) ? written(answer, operation, listTool, args, earlier) : null;
    if (done !== null) return upload?.sent(done, tool, workspace) ?? done;
    const earlierOpen = answer.earlierOpen || earlier !== null;
    if (operation.method === 'DELETE' && answer.status === 404 && earlierOpen)
      return alreadyDeleted(answer, args, earlier);
    refusePartial(answer, operation, args, listTool, true);
    const missing = missingResourceOf(operation, deps.listTool);
    throw apiError({ ...answer, earlierOpen }, { what: tool, retry: kind, scopes, listTool, missing });
  };
  return deps.writes.run(call, context, upload?.during(send) ?? send);
}

/** It stands apart in the ledger, as it was resolved: left out or given, it is the same call. */
function withoutWorkspace({ workspace_id: _apart, ...args }: JsonObject): JsonObject {
  return args;
}
