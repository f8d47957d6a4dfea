/**
 * A 2xx answer as a tool result: compact JSON text. No structuredContent, on purpose: hosts that get both show the
 * model only one of the two, some the one and some the other, and 64-bit ids are exact in text alone.
 */
import type { JsonObject } from '../../catalog/tool.ts';
import { ProtocolError } from '../../errors.ts';
import { unknownOutcome } from '../../http/outcome.ts';
import type { HttpAnswer } from '../../http/request.ts';
import { parseJson, stringifyJson, withoutNulls } from '../../json.ts';
import type { Written } from '../../writes/write.ts';
import { recordNames } from '../record-names.ts';

export interface ResultSubject {
  readonly tool: string;
  readonly write: boolean;
  readonly listTool: string | null;
}

/**
 * @param earlier ISO 8601, when an identical call was made whose outcome was never told; else null
 * @throws ProtocolError as `answerValue` does
 */
export function written(answer: HttpAnswer, subject: ResultSubject, args: JsonObject, earlier: string | null): Written {
  const value = answerValue(answer, subject);
  const isReplay = answer.headers.get('idempotent-replayed')?.toLowerCase() === 'true';
  const note = isReplay ? [{ type: 'text', text: replayNote(answer, earlier) }] : [];
  return {
    result: { content: [textOf(value), ...note] },
    replayed: isReplay,
    refused: false,
    status: answer.status,
    requestId: answer.requestId,
    ...recordNames(value, args),
  };
}

/** A record that is gone when it is deleted again is what was asked for. */
export function alreadyDeleted(answer: HttpAnswer, args: JsonObject, earlier: string | null): Written {
  const value = { ...emptyAnswer(answer), ok: true, already_deleted: true };
  const when = earlier === null ? 'An earlier attempt of this call' : `The same call of ${earlier}`;
  const text = `${when} may have deleted the record, and the service answers now that there is none: it counts as done.`;
  return {
    result: { content: [textOf(value), { type: 'text', text }] },
    replayed: false,
    refused: false,
    status: answer.status,
    requestId: answer.requestId,
    ...recordNames(null, args),
  };
}

export function textOf(value: unknown): JsonObject {
  return { type: 'text', text: stringifyJson(value) };
}

/** @throws ProtocolError for a body that is not JSON, or for none where there must be one. */
export function answerValue(answer: HttpAnswer, subject: ResultSubject): unknown {
  // An action may have nothing to say; a record or a list that was asked for must be there.
  const mayBeEmpty = subject.write || answer.status === 204;
  if (answer.text.trim() === '' && mayBeEmpty) return emptyAnswer(answer);
  try {
    return withoutNulls(parseJson(answer.text));
  } catch (cause) {
    const type = answer.headers.get('content-type')?.split(';')[0] ?? 'no content type';
    const what = `The answer to ${subject.tool} (${answer.status}, ${type}) is not the JSON that it should be.`;
    const details = { status: answer.status, ...(answer.requestId === null ? {} : { requestId: answer.requestId }) };
    throw new ProtocolError(
      'not_json',
      what,
      subject.write
        ? unknownOutcome(subject.listTool, { details, cause })
        : { hint: isFile(type) ? FILE_HINT : 'Try again; if it stays so, check --url and the log.', details, cause },
    );
  }
}

const FILE_HINT =
  'This is a file. lucanto_download_pdf saves the PDF of a document; open other files in the Lucanto app.';

function isFile(type: string): boolean {
  return /^(application\/(pdf|octet-stream|zip)|image\/)/.test(type);
}

function emptyAnswer(answer: HttpAnswer): Record<string, unknown> {
  return { ok: true, status: answer.status, ...(answer.requestId === null ? {} : { request_id: answer.requestId }) };
}

function replayNote(answer: HttpAnswer, earlier: string | null): string {
  const original = answer.headers.get('x-original-request-id');
  const id = original === null ? '' : ` (original request id ${original})`;
  const who = earlier === null ? 'An earlier attempt of this call' : `The same call of ${earlier}`;
  return `${who} had done this already${id}: this is the service's stored answer, nothing was done twice.`;
}
