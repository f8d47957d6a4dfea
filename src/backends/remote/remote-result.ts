import { ApiError, type LucantoError, ProtocolError } from '../../core/errors.ts';
import { isJsonObject, type JsonObject, numbersAsText, parseJson, stringifyJson } from '../../core/json.ts';
import type { ToolResult } from '../../core/tool.ts';
import type { ErrorSubject } from '../../http/api-error.ts';
import { unusableReply } from './remote-error.ts';
import type { RpcReply } from './rpc-reply.ts';

/** The result of a remote tool: passed on unchanged, but only if it can be one. A write is not done because of a status alone. */

/**
 * @param outputSchema of the tool, if it has one
 * @throws LucantoError for anything but a result; the outcome of a write is then unknown
 */
export function toolResult(
  reply: Extract<RpcReply, { kind: 'result' }>,
  subject: ErrorSubject,
  outputSchema: unknown,
): ToolResult {
  // `resultType` belongs to the envelope of the current version, not to the result.
  const { resultType, ...result } = reply.result;
  if (resultType === 'input_required') throw inputRequired(subject.what);
  if (resultType !== undefined && resultType !== 'complete') {
    const kind = String(resultType).slice(0, 40);
    throw unusableReply(`answered with a result of an unknown kind (${kind})`, reply.answer, subject);
  }
  if (!isToolResult(result))
    throw unusableReply("answered with something other than a tool's result", reply.answer, subject);
  const problem = result.isError === true ? null : problemOf(result, subject.retry !== 'read', outputSchema);
  if (problem === null) return result;
  const error = unusableReply(problem, reply.answer, subject);
  const answer = answerText(result);
  const { code, message, hint: person, modelHint: model, details } = error;
  throw new ProtocolError(code, message, { hint: { person, model }, details: { ...details, more: { answer } } });
}

/** The data of a result: its structured content, else the JSON of its first text; undefined for plain text. */
export function resultValue({ content, structuredContent }: ToolResult): unknown {
  if ((structuredContent ?? null) !== null) return structuredContent;
  return jsonIn(content);
}

function isToolResult(result: JsonObject): result is JsonObject & ToolResult {
  const { content, structuredContent, isError } = result;
  return (
    Array.isArray(content) &&
    content.every(isJsonObject) &&
    (structuredContent === undefined || structuredContent === null || typeof structuredContent === 'object') &&
    (isError === undefined || typeof isError === 'boolean')
  );
}

/** What keeps a result from being a success, as in "the remote endpoint …"; null for nothing. */
function problemOf(result: ToolResult, isWrite: boolean, outputSchema: unknown): string | null {
  const { content, structuredContent } = result;
  if (isEmpty(structuredContent) && content.every(isEmptyBlock)) {
    return content.length === 0 || isWrite ? 'answered with a result without content' : null;
  }
  const value = resultValue(result);
  if (isWrite && value !== undefined && isEmpty(value)) return 'answered with a result without content';
  if (isWrite && saysItFailed(value)) return 'answered with a result that is no error and says that it failed';
  if (contradicts(structuredContent, jsonIn(content)))
    return 'answered with a text and structured content that contradict each other';
  return isJsonObject(value) && !fits(value, outputSchema)
    ? 'answered with structured content that its own description forbids'
    : null;
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  if (Array.isArray(value)) return value.length === 0;
  return isJsonObject(value) && Object.values(value).every((member) => member === null);
}

function isEmptyBlock({ type, text }: JsonObject): boolean {
  return type === 'text' && (typeof text !== 'string' || text.trim() === '');
}

function saysItFailed(value: unknown): boolean {
  if (!isJsonObject(value)) return false;
  const { success, ok, error, isError, id } = value;
  const isNoFlag = error === undefined || error === null || error === false || error === '';
  return success === false || ok === false || isError === true || (!isNoFlag && id === undefined);
}

/** Members that both have and that are neither objects nor lists, such as ids and amounts. */
function contradicts(structured: unknown, text: unknown): boolean {
  if (!isJsonObject(structured) || !isJsonObject(text)) return false;
  return Object.entries(structured).some(([name, value]) => {
    const other = text[name];
    if (other === undefined || [value, other].some((one) => typeof one === 'object' && one !== null && !isNumber(one)))
      return false;
    return !isSame(written(value), written(other));
  });
}

function isNumber(value: unknown): boolean {
  return typeof numbersAsText(value) === 'string' && typeof value !== 'string';
}

function written(value: unknown): string {
  return String(numbersAsText(value));
}

/** Texts for people write `10` as `10.00`, and `paid` as `Paid`. */
function isSame(one: string, other: string): boolean {
  if (one.toLowerCase() === other.toLowerCase()) return true;
  const isDecimal = [one, other].every((text) => /^-?\d{1,15}(\.\d{1,9})?$/.test(text));
  return isDecimal && Number(one) === Number(other);
}

/** Required members, and the types of those that are there; whatever is deeper the endpoint answers for. */
function fits(value: JsonObject, schema: unknown): boolean {
  if (!isJsonObject(schema)) return true;
  const required = Array.isArray(schema.required) ? schema.required.map(String) : [];
  const properties = isJsonObject(schema.properties) ? Object.entries(schema.properties) : [];
  return (
    required.every((name) => value[name] !== undefined) &&
    properties.every(([name, property]) => value[name] === undefined || isOfType(value[name], property))
  );
}

function isOfType(value: unknown, schema: unknown): boolean {
  const type = isJsonObject(schema) ? schema.type : undefined;
  const types = typeof type === 'string' ? [type] : Array.isArray(type) ? type : null;
  if (types === null) return true;
  if (value === null) return types.includes('null');
  if (isNumber(value)) return types.includes('number') || types.includes('integer');
  if (Array.isArray(value)) return types.includes('array');
  return types.includes(typeof value);
}

function jsonIn(content: ToolResult['content']): unknown {
  const [first] = content;
  if (typeof first?.text !== 'string') return undefined;
  try {
    return parseJson(first.text);
  } catch {
    return undefined;
  }
}

/** What the endpoint did say, for the person or model that has to find out what happened. */
function answerText({ content, structuredContent }: ToolResult): string {
  const texts = content.flatMap(({ text }) => (typeof text === 'string' ? [text] : []));
  const all = [...texts, ...(isJsonObject(structuredContent) ? [stringifyJson(structuredContent)] : [])].join('\n');
  return all.length <= MAX_ANSWER ? all : `${all.slice(0, MAX_ANSWER)}…`;
}

const MAX_ANSWER = 500;

function inputRequired(tool: string): LucantoError {
  return new ApiError('input_required', `The remote endpoint asks for more input before it runs ${tool}.`, {
    hint: {
      person: 'The bridge cannot pass such a question on: do this in the Lucanto app, or with --backend rest.',
      model: 'The bridge cannot pass such a question on: ask the user to do this in the Lucanto app.',
    },
  });
}
