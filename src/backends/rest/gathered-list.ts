import { answerContent } from '../../answers/list-answer.ts';
import type { Operation } from '../../contract/operation.ts';
import { pagingArguments } from '../../contract/paging.ts';
import { ArgumentsError } from '../../core/errors.ts';
import { arrayIn, isJsonObject, type JsonObject, objectIn, withoutNulls } from '../../core/json.ts';
import { textBlock } from '../../core/results.ts';
import type { CallContext, Tool, ToolResult } from '../../core/tool.ts';
import type { AnswerDeps } from './rest-answer.ts';

/** A list whose rows no single request gives. */

/** Null for arguments that one request answers. @throws LucantoError */
export type GatheringPlan = (
  operation: Operation,
  args: JsonObject,
) => Promise<{
  readonly queries: readonly JsonObject[];
  read(
    queries: readonly JsonObject[],
    context: CallContext,
  ): Promise<{ readonly rows: readonly JsonObject[]; readonly about: JsonObject }>;
} | null>;

export function gathering(
  operation: Operation,
  plan: GatheringPlan,
  nameRows: AnswerDeps['nameRows'],
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

/** Rows that were gathered from several answers, as a list that goes on by the bridge's own cursor. @throws ArgumentsError */
async function gatheredAnswer(
  { rows, about }: { readonly rows: readonly JsonObject[]; readonly about: JsonObject },
  operation: Operation,
  { from: cursor, limit }: { readonly from: unknown; readonly limit: unknown },
  { answer: options }: CallContext,
): Promise<ToolResult> {
  const start = cursorIn(cursor) ?? options?.from ?? 0;
  const most = Number(limit ?? Number.POSITIVE_INFINITY);
  const end = Number.isFinite(most) && most >= 1 ? start + most : rows.length;
  const shown = withoutNulls(rows.slice(0, end));
  const more = rows.length > end ? { has_more: true, next_cursor: String(end) } : { has_more: false };
  const data = Array.isArray(shown) ? shown : [];
  if (options === undefined) return { content: [textBlock({ data: data.slice(start), ...more, ...about })] };
  const content = await answerContent(
    { data, ...about },
    {
      options: { ...options, from: start },
      continuation: more,
      contract: operation.answerFields ?? [],
      isList: true,
      again: null,
      isContinued: start > 0,
    },
  );
  return { content };
}

function cursorIn(given: unknown): number | null {
  if (given === undefined || given === null || given === '') return null;
  if (/^\d{1,9}$/.test(String(given))) return Number(given);
  throw new ArgumentsError('This cursor does not come from an answer to the same filters.', {
    hint: 'Nothing was sent. Pass next_cursor of the last answer, or leave cursor out to start from the beginning.',
  });
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
