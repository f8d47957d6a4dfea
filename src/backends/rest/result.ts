/**
 * A 2xx answer as a tool result: compact JSON text. No structuredContent, on purpose: hosts that get both show the
 * model only one of the two, some the one and some the other, and 64-bit ids are exact in text alone.
 */
import type { ToolResult } from '../../catalog/tool.ts';
import { ProtocolError } from '../../errors.ts';
import { unknownOutcome } from '../../http/outcome.ts';
import type { HttpAnswer } from '../../http/request.ts';
import { parseJson, stringifyJson, withoutNulls } from '../../json.ts';

export interface ResultSubject {
  readonly tool: string;
  readonly write: boolean;
  readonly listTool: string;
}

/** @throws ProtocolError for a body that is not JSON, or for none where there must be one. */
export function toolResult(answer: HttpAnswer, subject: ResultSubject): ToolResult {
  // An action may have nothing to say; a record or a list that was asked for must be there.
  const mayBeEmpty = subject.write || answer.status === 204;
  const isEmpty = answer.text.trim() === '' && mayBeEmpty;
  const text = isEmpty ? stringifyJson(emptyAnswer(answer)) : compactJson(answer, subject);
  const content = [{ type: 'text', text }];
  return { content: replayed(answer) ? [...content, { type: 'text', text: replayNote(answer) }] : content };
}

function compactJson(answer: HttpAnswer, subject: ResultSubject): string {
  try {
    return stringifyJson(withoutNulls(parseJson(answer.text)));
  } catch (cause) {
    const type = answer.headers.get('content-type')?.split(';')[0] ?? 'no content type';
    const what = `The answer to ${subject.tool} (${answer.status}, ${type}) is not the JSON that it should be.`;
    const details = { status: answer.status, ...(answer.requestId === null ? {} : { requestId: answer.requestId }) };
    throw new ProtocolError(
      'not_json',
      what,
      subject.write
        ? unknownOutcome(subject.listTool, { details, cause })
        : { hint: 'Try again; if it stays so, check --url and run `lucanto-mcp doctor`.', details, cause },
    );
  }
}

function emptyAnswer(answer: HttpAnswer): Record<string, unknown> {
  return { ok: true, status: answer.status, ...(answer.requestId === null ? {} : { request_id: answer.requestId }) };
}

function replayed(answer: HttpAnswer): boolean {
  return answer.headers.get('idempotent-replayed')?.toLowerCase() === 'true';
}

function replayNote(answer: HttpAnswer): string {
  const original = answer.headers.get('x-original-request-id');
  const id = original === null ? '' : ` (original request id ${original})`;
  return `An earlier attempt had done this already${id}: this is the service's stored answer, nothing was done twice.`;
}
