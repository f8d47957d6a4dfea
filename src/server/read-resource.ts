/** One read through the dispatcher that tools go through, as text; what fails becomes a JSON-RPC error. */
import { ProtocolError, ResourceNotFoundError } from '@modelcontextprotocol/server';
import { MOST_CHARS } from '../answers/limits.ts';
import type { AnswerWish } from '../answers/wish.ts';
import type { CallContext, JsonObject, Tool, ToolResult } from '../catalog/tool.ts';
import { isJsonObject, parseJson, stringifyJson } from '../json.ts';
import type { ServedBridge } from './served-bridge.ts';

const INTERNAL_ERROR = -32603;
const INVALID_PARAMS = -32602;
const NOT_FOUND = 404;
/** The whole record, as far as hosts take it. */
const WHOLE: AnswerWish = { fields: ['*'], maxChars: MOST_CHARS, from: 0 };

export interface ReadText {
  readonly mimeType: string;
  readonly text: string;
}

/**
 * @param uri the resource that was asked for, for errors
 * @throws ProtocolError with the tool's sentence and hint
 */
export async function readThrough(
  bridge: ServedBridge,
  tool: Tool,
  args: JsonObject,
  uri: string,
  context: CallContext,
): Promise<ReadText> {
  const { result } = await bridge.call(tool.descriptor.name, args, { ...context, answer: WHOLE });
  if (result.isError === true) throw failure(result, uri);
  const texts = result.content.flatMap(({ text }) => (typeof text === 'string' ? [text] : []));
  const json = texts.find(isJson) ?? (result.structuredContent && stringifyJson(result.structuredContent));
  return json === undefined
    ? { mimeType: 'text/plain', text: texts.join('\n') }
    : { mimeType: 'application/json', text: json };
}

function objectOf(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}

function isJson(text: string): boolean {
  try {
    parseJson(text);
    return true;
  } catch {
    return false;
  }
}

/** Sentence and hint in the message, which is all that some hosts show. */
function failure({ content }: ToolResult, uri: string): ProtocolError {
  const text = content.flatMap((block) => (typeof block.text === 'string' ? [block.text] : [])).join('\n');
  const told = isJson(text) ? objectOf(parseJson(text)) : {};
  const sentence = typeof told.message === 'string' ? told.message : text || 'The resource could not be read.';
  const message = typeof told.hint === 'string' ? `${closed(sentence)} ${told.hint}` : sentence;
  if (told.status === NOT_FOUND) return new ResourceNotFoundError(uri, message);
  const code = told.error === 'invalid_arguments' ? INVALID_PARAMS : INTERNAL_ERROR;
  return new ProtocolError(code, message, Object.keys(told).length > 0 ? told : undefined);
}

function closed(sentence: string): string {
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}
