/** The result of a remote `tools/call`, checked for the one thing that every host relies on: its content. */
import type { JsonObject, ToolResult } from '../../catalog/tool.ts';
import { ApiError } from '../../errors.ts';
import type { ErrorSubject } from '../../http/api-error.ts';
import { isObject, type Reply } from './reply.ts';
import { unusableReply } from './reply-error.ts';

/** @throws LucantoError for what is no result of a tool. */
export function readToolResult(reply: Extract<Reply, { kind: 'result' }>, subject: ErrorSubject): ToolResult {
  // `resultType` is the envelope of the modern era, not part of the result.
  const { resultType, ...result } = reply.result;
  if (resultType === 'input_required') {
    throw new ApiError(
      'input_required',
      `The remote endpoint asks for more input before it carries out ${subject.what}.`,
      {
        hint: 'The bridge cannot pass such a question on: do this in the Lucanto app, or with --backend rest.',
      },
    );
  }
  if (resultType !== undefined && resultType !== 'complete') {
    throw unusableReply(
      `answered with a result of an unknown kind (${String(resultType).slice(0, 40)})`,
      reply.answer,
      subject,
    );
  }
  if (!isToolResult(result))
    throw unusableReply('answered with something that is no result of a tool', reply.answer, subject);
  return result;
}

function isToolResult(result: JsonObject): result is JsonObject & ToolResult {
  const { content, structuredContent, isError } = result;
  return (
    Array.isArray(content) &&
    content.every(isObject) &&
    (structuredContent === undefined || structuredContent === null || typeof structuredContent === 'object') &&
    (isError === undefined || typeof isError === 'boolean')
  );
}
