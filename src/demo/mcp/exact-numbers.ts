/**
 * Ids are 64-bit integers, and the SDK writes its answers with JSON.stringify, which has no such number.
 * So they pass through it as marked strings, and the marks are taken off the finished answer.
 */
import { LosslessNumber } from '../../json.ts';
import { type Fields, isFields } from '../store/fields.ts';

// No text of the demo begins with NUL, and JSON always writes it escaped.
const MARK = '\u0000';
const MARKED = /"\\u0000(-?\d[\d.eE+-]*)"/g;

export function markExactNumbers(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, marked(value)]));
}

function marked(value: unknown): unknown {
  if (typeof value === 'bigint' || value instanceof LosslessNumber) return `${MARK}${value.toString()}`;
  if (Array.isArray(value)) return value.map(marked);
  return isFields(value) ? markExactNumbers(value) : value;
}

/** The same answer with its numbers written digit by digit; a stream stays one. */
export function withExactNumbers(response: Response): Response {
  if (response.body === null) return response;
  const body = response.body
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(byLine((line) => line.replace(MARKED, '$1')))
    .pipeThrough(new TextEncoderStream());
  return new Response(body, { status: response.status, headers: response.headers });
}

/** JSON and an SSE frame's data are one line each, so that no mark is ever cut in two. */
function byLine(change: (line: string) => string): TransformStream<string, string> {
  let rest = '';
  return new TransformStream({
    transform(chunk, controller) {
      const end = chunk.lastIndexOf('\n') + 1;
      if (end > 0) controller.enqueue(change(rest + chunk.slice(0, end)));
      rest = end > 0 ? chunk.slice(end) : rest + chunk;
    },
    flush(controller) {
      if (rest !== '') controller.enqueue(change(rest));
    },
  });
}
