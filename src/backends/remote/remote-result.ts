import { snake } from '../../contract/naming.ts';
import { saysItFailed } from '../../contract/success.ts';
import { ApiError, LucantoError, ProtocolError } from '../../core/errors.ts';
import { isJsonObject, type JsonObject, numbersAsText, stringifyJson, tryParseJson } from '../../core/json.ts';
import type { ToolResult } from '../../core/tool.ts';
import { answerDetails, type ErrorSubject } from '../../http/api-error.ts';
import type { HttpAnswer } from '../../http/request.ts';
import { failureWords, partialFailure } from '../batch-answer.ts';
import { saidOfAct, showsAnother } from '../send-context.ts';
import type { RpcReply } from './protocol.ts';
import { unusableReply } from './remote-error.ts';

/** The result of a remote tool: passed on unchanged, but only if it can be one. A write is not done because of a status alone. */

export interface ExpectedResult {
  readonly args?: JsonObject;
  /** The tool's own, as the endpoint sent it. */
  readonly outputSchema?: unknown;
  /** A deletion may answer with nothing. */
  readonly deletes?: boolean;
}

/** @throws LucantoError for anything but a result; the outcome of a write is then unknown */
export function toolResult(
  reply: Extract<RpcReply, { kind: 'result' }>,
  subject: ErrorSubject,
  expected: ExpectedResult,
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
  const isWrite = subject.retry !== 'read';
  const partial = isWrite ? partialResult(result, reply.answer, subject.what, expected.args ?? {}) : null;
  if (partial instanceof LucantoError) throw partial;
  const isPartial = partial === 'unclear' && 'reports failures, and does not say what was done';
  const problem = isPartial || (result.isError === true ? null : problemOf(result, isWrite, subject.what, expected));
  if (problem === null) return result;
  const error = unusableReply(problem, reply.answer, subject);
  const answer = answerText(result);
  const { code, message, hint: person, modelHint: model, details } = error;
  throw new ProtocolError(code, message, { hint: { person, model }, details: { ...details, more: { answer } } });
}

/** In plain text, what failed can be read from a count, or from how a sentence begins. */
// biome-ignore format: a table
const FAILURES: readonly RegExp[] = [
  /(^|[^\w.,])(?<!\b(?:0|no|none) of )[1-9]\d* (of [1-9]\d* )?([a-z]+ )?(failed|errors?)\b|\b(failed|failures|errors): ?[1-9]/i,
  /^\W*(error|exception|failure|failed|invalid|sorry|forbidden|unauthori[sz]ed)\b/i,
  /(^|[.!;:\n]\s*)\W*(could( not|n't)|can(not|'t)|unable to|nothing (was|has|could)|no changes)\b/i,
  /\bcould( not|n't) be\b|\b(permission|access) denied\b|\bnot (allowed|permitted|authori[sz]ed)\b|[❌✗✘⛔]/i,
  /\bpart(ial)?ly [a-z]+ed\b|\ball [a-z]+ except\b|\bonly \d+ ([a-z]+ )?(could|was|were)\b/i,
];
const LEFT_OUT =
  /\b(?:[1-9]\d* (?:[a-z]+ ){0,2}|[a-z]+ (?:was|were) )(skipped|ignored|rejected|refused|denied|dropped|excluded)\b|\b(skipped|ignored|rejected|refused|denied|dropped|excluded):? [1-9]/gi;
const SOME_OF =
  /(?<=\b[a-z]+(?:ed|sent) )(\d+)(?: of | ?\/ ?| out of )(?!(?:19|20)\d\d\b)(\d+)\b(?!\/)|(?<![\d/]|page )\b(\d+)(?: of | ?\/ ?| out of )(?!(?:19|20)\d\d\b)(\d+) (?:[a-z]+ ){0,2}(?!failed|skip|ignor|reject|refus|denied|drop|exclu)[a-z]*(?:ed|sent)\b/gi;

const MOST_SAID = 5_000;

/** @param said what the tool does has no other name than its own: "0 rows added" by `add_rows` */
function saysInWordsItFailed(said: string, tool: string, args: JsonObject): boolean {
  const text = said
    .slice(0, MOST_SAID)
    .replaceAll('\u2019', "'")
    .replace(/"[^"]*"|\u201c[^\u201d]*\u201d|(?<=[\s:(])'[^'\n]*'/g, '""');
  const { isFailedStatus } = failureWords(tool, args);
  const done = `(${snake(tool)
    .split('_')
    .filter((word) => word.length > 2)
    .map((word) => word.slice(0, -1))
    .join('|')})[a-z]{0,3}(ed|t)`;
  return (
    FAILURES.some((words) => words.test(text)) ||
    new RegExp(`\\b(not|0|no) (be |been |[a-z]+ )?((was|were) )?${done}\\b|\\b${done} (0|no) `, 'i').test(text) ||
    [...text.matchAll(LEFT_OUT)].some(([, one, other]) => isFailedStatus(String(one ?? other).toLowerCase())) ||
    [...text.matchAll(SOME_OF)].some(([, few, all, some, many]) => Number(few ?? some) < Number(all ?? many))
  );
}

function partialResult(
  { content, structuredContent, isError }: ToolResult,
  answer: HttpAnswer,
  tool: string,
  args: JsonObject,
) {
  const isRefusal = isError === true;
  const values = [structuredContent, ...content.map(jsonOf)].filter((value) => value !== undefined && value !== null);
  const found = partialFailure(values, { tool, args, isRefusal, details: answerDetails(answer) });
  const isSaid = content.some(
    (block) => jsonOf(block) === undefined && saysInWordsItFailed(String(block.text ?? ''), tool, args),
  );
  return found ?? (!isRefusal && isSaid ? 'unclear' : null);
}

/** The data of a result: its structured content, else the JSON of its first text; undefined for plain text. */
export function resultValue({ content, structuredContent }: ToolResult): unknown {
  return (structuredContent ?? null) === null ? jsonIn(content) : structuredContent;
}

function isOfAnother(result: ToolResult, tool: string, args: JsonObject): boolean {
  const noun = /(?:^|_)(?:update|edit|modify|patch)_(.+)$/.exec(snake(tool))?.[1];
  return noun !== undefined && showsAnother(resultValue(result), [args[`${noun}_id`] ?? args.id]);
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
function problemOf(
  result: ToolResult,
  isWrite: boolean,
  tool: string,
  { args, outputSchema, deletes }: ExpectedResult,
): string | null {
  const value = resultValue(result);
  if (isWrite && [value, ...result.content.map(jsonOf)].some((one) => saysItFailed(one)))
    return 'answered with a result that is not marked as an error but says that it failed';
  if (isWrite && saidOfAct(value, snake(tool).replace(/^lucanto_/, ''), args ?? {}) === false)
    return 'answered with a result that says that it was not done';
  if (isWrite && isOfAnother(result, tool, args ?? {}))
    return 'answered with another record than the one that was to be changed';
  if (contradicts(result.structuredContent, jsonIn(result.content)))
    return 'answered with a text and structured content that contradict each other';
  const hasContent = !isEmpty(result.structuredContent) || !result.content.every(isEmptyBlock);
  const saysNothing = isWrite
    ? !hasContent || (value !== undefined && isEmpty(value))
    : result.content.length === 0 && !hasContent;
  if (saysNothing) {
    return deletes === true || describesNothing(outputSchema) ? null : 'answered with a result without content';
  }
  return fits(value, outputSchema) ? null : 'answered with data that its own description does not allow';
}

/** Also for an object of nothing but nulls and empty objects. */
function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === 0 || value === '') return true;
  if (Array.isArray(value)) return value.length === 0;
  return (
    isJsonObject(value) && Object.values(value).every((one) => one === null || (isJsonObject(one) && isEmpty(one)))
  );
}

function isEmptyBlock({ type, text }: JsonObject): boolean {
  return type === 'text' && (typeof text !== 'string' || text.trim() === '');
}

/** Ids, amounts and counts that both name; texts are often written in another way for people. */
function contradicts(structured: unknown, text: unknown): boolean {
  if (!isJsonObject(structured) || !isJsonObject(text)) return false;
  return Object.entries(structured).some(([name, value]) => {
    const [one, other] = [numeral(value), numeral(text[name])];
    return one !== null && other !== null && !isSameNumber(one, other);
  });
}

/** Digit by digit; null for anything but a number, as text or not. */
function numeral(value: unknown): string | null {
  const written = numbersAsText(value);
  return typeof written === 'string' && /^-?\d+(\.\d+)?$/.test(written) ? written : null;
}

/** `10` and `10.00`, but no two ids that a double cannot tell apart. */
function isSameNumber(one: string, other: string): boolean {
  return one === other || (one.length <= 15 && other.length <= 15 && Number(one) === Number(other));
}

/** Whether an empty object is all that a schema describes. */
function describesNothing(schema: unknown): boolean {
  if (!isJsonObject(schema) || schema.type !== 'object') return false;
  const { required, properties } = schema;
  const isFree = !Array.isArray(required) || required.length === 0;
  return isFree && Object.keys(isJsonObject(properties) ? properties : {}).length === 0;
}

/** Required members, and the types of those that are there; whatever is deeper the endpoint answers for. */
function fits(value: unknown, schema: unknown): boolean {
  if (!isJsonObject(schema)) return true;
  const required = Array.isArray(schema.required) ? schema.required.map(String) : [];
  if (!isJsonObject(value)) return required.length === 0;
  const properties = isJsonObject(schema.properties) ? Object.entries(schema.properties) : [];
  return (
    required.every((name) => value[name] !== undefined) &&
    properties.every(([name, property]) => value[name] === undefined || isOfType(value[name], property))
  );
}

function isOfType(value: unknown, schema: unknown): boolean {
  const type = isJsonObject(schema) ? schema.type : undefined;
  const types = typeof type === 'string' ? [type] : Array.isArray(type) ? type : null;
  if (types === null || (isJsonObject(schema) && schema.nullable === true && value === null)) return true;
  if (value === null) return types.includes('null');
  if (Array.isArray(value)) return types.includes('array');
  if (isJsonObject(value)) return types.includes('object');
  return typeof value === 'string' || typeof value === 'boolean'
    ? types.includes(typeof value)
    : types.includes('number') || types.includes('integer');
}

function jsonIn([first]: ToolResult['content']): unknown {
  return first === undefined ? undefined : jsonOf(first);
}

/** Undefined for plain text, and for what is no text. */
function jsonOf({ text }: ToolResult['content'][number]): unknown {
  return typeof text === 'string' ? tryParseJson(text) : undefined;
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
