/** An operation's GET as a tool answers it: by the fields that were asked for, and no longer than it may be. */
import { answerContent } from '../../answers/answer.ts';
import type { CallContext, JsonObject, ToolResult } from '../../catalog/tool.ts';
import type { Operation } from '../../contract/operation.ts';
import type { JsonSchema } from '../../contract/schema-types.ts';
import type { HttpAnswer } from '../../http/request.ts';
import { isJsonObject } from '../../json.ts';
import { type ReadDeps, readOperation } from './read.ts';
import { answerValue, textOf } from './result.ts';

/** Saves an answer that is a file. @returns the service's answer where it is none. @throws LucantoError */
export type FileSaver = (
  operation: Operation,
  args: JsonObject,
  context: CallContext,
) => Promise<ToolResult | HttpAnswer>;

export interface AnswerDeps extends ReadDeps {
  /** Absent where files cannot be saved. */
  readonly saveFile?: FileSaver;
}

/** Without a wish in the context, the service's own answer, for whoever computes with it. @throws LucantoError */
export async function readAnswer(
  operation: Operation,
  args: JsonObject,
  context: CallContext,
  deps: AnswerDeps,
): Promise<ToolResult> {
  const { answer: wish } = context;
  const subject = { tool: operation.tool, write: false, listTool: null };
  const ask = async (asked: JsonObject) => answerValue(await readOperation(operation, asked, context, deps), subject);
  const first =
    deps.saveFile === undefined || (operation.fileTypes ?? null) === null
      ? await readOperation(operation, args, context, deps)
      : await deps.saveFile(operation, args, context);
  if ('content' in first) return first;
  const value = answerValue(first, subject);
  if (wish === undefined) return { content: [textOf(value)] };
  const argumentOf = (wireName: string) =>
    operation.parameters.find(({ name, in: place }) => place === 'query' && name === wireName)?.arg ?? wireName;
  const content = await answerContent(value, {
    wish,
    contract: operation.answerFields ?? [],
    isList: isList(operation),
    again: operation.paginated ? (limit) => ask({ ...args, [argumentOf('limit')]: limit }) : null,
    isContinued: wish.from > 0 || (args[argumentOf('cursor')] ?? null) !== null,
  });
  return { content };
}

/** Records of fewer fields than this are never worth choosing from. */
const FEW_FIELDS = 6;

/** The arguments with which a call says what its answer is to hold. The server's instructions tell of them, once. */
export function withAnswerArguments(schema: JsonSchema, operation: Operation): JsonSchema {
  const { answerFields = [], fileTypes } = operation;
  if ((fileTypes?.length ?? 0) > 0) return schema;
  if (!isList(operation) && answerFields.length > 0 && answerFields.length < FEW_FIELDS) return schema;
  const own = {
    ...(isList(operation) && !operation.paginated && { cursor: { type: 'string', description: 'next_cursor' } }),
    // A list is taken as well, but costs more words to describe.
    fields: { type: 'string', description: 'names or *' },
    max_chars: { type: 'integer', description: 'max 40000' },
  };
  const properties = isJsonObject(schema.properties) ? schema.properties : {};
  return { ...schema, properties: { ...properties, ...own } };
}

function isList({ rows, action }: Operation): boolean {
  return rows !== null || action === 'list';
}
