import { argumentEffects, mayAct } from '../../contract/argument-effects.ts';
import { filterValues } from '../../contract/filter-values.ts';
import type { Operation } from '../../contract/operation.ts';
import { lastResult } from '../../core/deadline.ts';
import type { JsonObject } from '../../core/json.ts';
import { ALLOW_DUPLICATE, type CallContext, type SaveRequest, type Tool, type ToolResult } from '../../core/tool.ts';
import type { WriteKind } from '../../writes/write-record.ts';
import { ownIds } from '../send-context.ts';
import { type GatheringPlan, gathering } from './gathered-list.ts';
import { type AnswerDeps, readAnswer } from './rest-answer.ts';
import { whyUnsendable } from './rest-body.ts';
import { readBefore, type WriteDeps, writeOverRest } from './rest-write.ts';
import { changeDescription, isList, retryClass, schemaOf } from './tool-words.ts';

/** A tool whose calls go over REST, made from one operation of the contract. */
export interface RestDeps extends AnswerDeps, WriteDeps {
  /** The arguments with the id of the record whose number was given; absent where ids are always ids. */
  readonly identify?: (operation: Operation, args: JsonObject, context: CallContext) => Promise<JsonObject>;
  /** How rows are gathered that no single request gives; null for arguments that one request answers. @throws LucantoError */
  readonly plan?: GatheringPlan;
  /** Absent where rows cannot be saved. */
  readonly saveList?: (operation: Operation, request: SaveRequest, context: CallContext) => Promise<ToolResult>;
}

/** @param refused why no call of it may be sent, where that is known */
export function restTool(operation: Operation, deps: RestDeps, refused: string | null = null): Tool {
  const retry = retryClass(operation);
  const unusable = refused ?? whyUnsendable(operation);
  // Told by the schema, which is read when it is first needed.
  const acts = lastResult(() => retry !== 'read' && mayAct(operation.inputSchema));
  // By whatever method: many services change records with POST.
  const change = lastResult(() =>
    retry !== 'read' && operation.action === 'update' && (operation.body?.fields.length ?? 0) > 0
      ? recordChange(operation, retry, deps)
      : undefined,
  );
  const isChange = () => change() !== undefined;
  const { saveList, identify, reader } = deps;
  const isReadList = retry === 'read' && isList(operation);
  const saveRows: Tool['saveRows'] =
    isReadList && saveList !== undefined ? (request, context) => saveList(operation, request, context) : undefined;
  const inputSchema = lastResult(() => schemaOf(operation, isChange(), reader !== undefined, saveRows !== undefined));
  return {
    ...(unusable !== null && { unusable }),
    descriptor: {
      name: operation.tool,
      title: operation.title,
      get description() {
        return isChange() ? changeDescription(operation, reader !== undefined) : operation.description;
      },
      get inputSchema() {
        return inputSchema();
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
    get details() {
      return detailsOf(operation, isChange());
    },
    route: 'rest',
    tier: operation.tier,
    resource: operation.resource,
    standing: () => operation.standing ?? 0,
    scopes: operation.scopes,
    answerFields: () => operation.answerFields ?? [],
    filterValues: (argument) => filterValues(operation, argument),
    irreversible: operation.irreversible,
    ...(isReadList && deps.plan !== undefined && { gather: gathering(operation, deps.plan, deps.nameRows) }),
    ...(saveRows !== undefined && { saveRows }),
    ...(identify !== undefined && {
      identify: async (args: JsonObject, context: CallContext) => {
        const takesId = operation.parameters.some(({ arg, in: place }) => arg === 'id' && place === 'path');
        return retry !== 'read' || takesId ? identify(operation, args, context) : args;
      },
    }),
    get change() {
      return change();
    },
    call: (args, context) =>
      retry === 'read'
        ? readAnswer(operation, args, context, deps)
        : writeOverRest(operation, kindOf(operation, retry, args), deps, { args, given: args, tag: null }, context),
  };
}

/** Where arguments are told in words, so are those of ours that are seldom needed. */
function detailsOf({ details = [], action }: Operation, isChange: boolean): readonly string[] {
  if (details.length === 0) return details;
  if (isChange) return ['line', ...details];
  return action === 'create' ? [...details, ALLOW_DUPLICATE] : details;
}

function recordChange(operation: Operation, kind: WriteKind, deps: RestDeps): NonNullable<Tool['change']> {
  const { body, method, tool } = operation;
  const { reader, writes } = deps;
  return {
    fields: body?.fields ?? [],
    ...(body?.rest !== undefined && { rest: body.rest }),
    replaces: method === 'PUT',
    read: reader === undefined ? null : (args, context) => readBefore(reader, operation, args, context, deps),
    send: (args, context, given, basis) => {
      const request = { args, given, tag: basis?.tag ?? null };
      return writeOverRest(operation, kindOf(operation, kind, args), deps, request, context);
    },
    // The same id in another company waits as well, which does no harm.
    alone: (args, context, act) =>
      writes.alone?.({ tool, workspace: null, args: { ids: ownIds(operation, args) } }, context, act) ?? act(),
  };
}

/** Twice the same update is one; twice the same message is two. */
function kindOf({ inputSchema }: Operation, usual: WriteKind, args: JsonObject): WriteKind {
  const isOrdered = () => argumentEffects(args, [inputSchema]).some(({ isState }) => !isState);
  return usual === 'idempotent' && isOrdered() ? 'once' : usual;
}
