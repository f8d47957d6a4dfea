/** What our own tools see of the service: the read operations of the contract in force, called as their tools are. */
import type { CallContext, JsonObject, ToolResult } from '../catalog/tool.ts';
import type { Operation } from '../contract/operation.ts';
import { ArgumentsError, ProtocolError } from '../errors.ts';
import type { ByteSink } from '../http/body.ts';
import type { AnswerHead, HttpAnswer } from '../http/request.ts';
import { isJsonObject, recordIn, stringifyJson, withoutNulls } from '../json.ts';

export interface ReadOptions {
  readonly accept: string;
  /** Who takes the bytes of a 2xx answer. */
  readonly bytes: (head: AnswerHead) => ByteSink;
}

export interface ServicePort {
  /** The parsed answer. @throws LucantoError for anything but a 2xx with JSON */
  read(operation: Operation, args: JsonObject, context: CallContext): Promise<unknown>;
  /** The answer itself, 2xx or a redirect, with its bytes given away. @throws LucantoError */
  readBytes(operation: Operation, args: JsonObject, context: CallContext, options: ReadOptions): Promise<HttpAnswer>;
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
  throw new ProtocolError('unexpected_answer', `The answer to ${operation.tool} is no record.`, {
    hint: 'Try again; if it stays so, report it to Lucanto.',
  });
}

/** The arguments of one of our tools that an operation takes too: its workspace, and what else is named. */
export function argumentsFor(args: JsonObject, more: JsonObject): JsonObject {
  return { ...(args.workspace_id === undefined ? {} : { workspace_id: args.workspace_id }), ...more };
}

export function missingArgument(message: string, hint: string): ArgumentsError {
  return new ArgumentsError(message, { hint });
}

/** Compact JSON without nulls, as every tool answers. */
export function answerWith(value: JsonObject): ToolResult {
  return { content: [{ type: 'text', text: stringifyJson(withoutNulls(value)) }] };
}
