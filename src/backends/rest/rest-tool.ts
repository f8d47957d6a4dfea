import { mayAct } from '../../contract/argument-effects.ts';
import { filterValues } from '../../contract/filter-values.ts';
import type { Operation } from '../../contract/operation.ts';
import { pagingArguments } from '../../contract/paging.ts';
import { arrayIn, isJsonObject, type JsonObject, type JsonSchema, objectIn } from '../../core/json.ts';
import type { CallContext, RecordChange, SaveRequest, Tool, ToolResult } from '../../core/tool.ts';
import type { WriteKind } from '../../writes/write-record.ts';
import { ownIds } from '../send-context.ts';
import { type AnswerDeps, gatheredAnswer, readAnswer } from './rest-answer.ts';
import { whyUnsendable } from './rest-body.ts';
import { readBefore, type WriteDeps, writeOverRest } from './rest-write.ts';
import { changeDescription, changesRecord, detailsOf, isList, retryClass, schemaOf } from './tool-words.ts';

/** A tool whose calls go over REST, made from one operation of the contract. */
export interface RestDeps extends AnswerDeps, WriteDeps {
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
        : writeOverRest(operation, retry, deps, { args, given: args, tag: null }, context),
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
  const { body } = operation;
  return {
    fields: body?.fields ?? [],
    ...(body?.rest !== undefined && { rest: body.rest }),
    replaces: operation.method === 'PUT',
    read: reader === undefined ? null : (args, context) => readBefore(reader, operation, args, context, deps),
    send: (args, context, given, basis) =>
      writeOverRest(operation, kind, { ...deps, reader }, { args, given, tag: basis?.tag ?? null }, context),
    // The same id in another company waits as well, which does no harm.
    alone: (args, context, act) => {
      const named = { tool: operation.tool, workspace: null, args: { ids: ownIds(operation, args) } };
      return deps.writes.alone?.(named, context, act) ?? act();
    },
  };
}

/** How many rows a page has where a call does not say it: the default of the argument, or what its words say: "1 to 100 (25)". */
function usualPageSize({ inputSchema }: Pick<Operation, 'inputSchema'>, size: string | null): number | undefined {
  const properties = objectIn(inputSchema.properties);
  const schema = size === null ? undefined : properties[size];
  if (!isJsonObject(schema)) return undefined;
  const [, inBrackets, named] = /\((\d+)\)|\bdefaults?\b\D{0,12}(\d+)/i.exec(String(schema.description ?? '')) ?? [];
  const usual = Number(schema.default ?? inBrackets ?? named);
  return Number.isInteger(usual) && usual > 0 ? usual : undefined;
}
