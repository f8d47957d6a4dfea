import { isInteger, isSafeNumber, LosslessNumber, parse, stringify } from 'lossless-json';

/**
 * JSON without loss: Lucanto's ids are 64-bit integers, and JavaScript's numbers end at 2^53.
 * Integers outside that range become bigint, decimals with more digits than a double holds LosslessNumber;
 * everything else is what JSON.parse gives.
 */
// A number that could be unsafe has 16 digits or more. Texts, such as account numbers, hardly ever match.
const MAYBE_UNSAFE = /(?:^|[:,[])\s*-?[\d.]{16}/;
// Also every other number that could be as small as those that stand for long ones.
const BEFORE_LONG = /[:,[]\s*(?=-?(?:[\d.]{16}|\d[\d.]*[eE]))/g;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?=\s*[,}\]])/y;

function parseNumber(token: string): unknown {
  if (isSafeNumber(token)) return Number(token);
  return isInteger(token) ? BigInt(token) : new LosslessNumber(token);
}

/** The usual parser is several times faster than the lossless one, so it gets other numbers in place of the long ones. */
function parseLong(text: string): unknown {
  const exact = new Map<unknown, unknown>();
  const parts: string[] = [];
  let from = 0;
  for (BEFORE_LONG.lastIndex = 0; BEFORE_LONG.test(text); ) {
    const start = BEFORE_LONG.lastIndex;
    NUMBER.lastIndex = start;
    const [token] = NUMBER.exec(text) ?? [];
    if (token === undefined) return parse(text, undefined, parseNumber);
    const standIn = `${exact.size + 1}e-300`;
    exact.set(Number(standIn), parseNumber(token));
    parts.push(text.slice(from, start), standIn);
    from = start + token.length;
  }
  let left = exact.size;
  const restored = (value: unknown): unknown => {
    const known = typeof value === 'number' ? exact.get(value) : undefined;
    if (known !== undefined) left -= 1;
    if (typeof value !== 'object' || value === null) return known ?? value;
    for (const name of Object.keys(value)) {
      const member: unknown = Reflect.get(value, name);
      const own = restored(member);
      if (own !== member) Reflect.set(value, name, own);
    }
    return value;
  };
  const value = restored(JSON.parse(parts.join('') + text.slice(from)));
  // A part of a text only looked like a number, or a long one is all that there is.
  return left === 0 && exact.size > 0 ? value : parse(text, undefined, parseNumber);
}

/**
 * What is much deeper can be parsed, but neither looked through nor written again: that ends the stack. What the bridge
 * adds around an answer is within the second.
 */
export const MAX_ANSWER_DEPTH = 400;
const MAX_DEPTH = 500;

/** @throws SyntaxError on anything that is not JSON, RangeError where it is nested deeper than `maxDepth` or the stack. */
export function parseJson(text: string, maxDepth = Number.POSITIVE_INFINITY): unknown {
  const value: unknown = MAYBE_UNSAFE.test(text) ? parseLong(text) : JSON.parse(text);
  if (text.length > maxDepth && isDeeperThan(value, maxDepth)) throw new RangeError(`deeper than ${maxDepth} levels`);
  return value;
}

/** Undefined for a text that is not JSON, or too deep to be worked with. */
export function tryParseJson(text: string, depth = MAX_DEPTH): unknown {
  try {
    return parseJson(text, depth);
  } catch {
    return undefined;
  }
}

/** Compact JSON; bigint and LosslessNumber are written digit by digit. */
export function stringifyJson(value: unknown, indent?: number): string {
  const text = written(value, indent);
  if (text === undefined) throw new TypeError('A value without a JSON form was to be written as JSON');
  return HALF_PAIR.test(text) ? (stringify(mapTexts(value, wellFormed), undefined, indent) ?? text) : text;
}

/** Parts without such a number are written by the usual writer: of many rows, most. */
function written(value: unknown, indent?: number): string | undefined {
  if (!isExactNumberIn(value)) return JSON.stringify(value, undefined, indent);
  if (indent === undefined && Array.isArray(value))
    return `[${value.map((item) => written(item) ?? 'null').join(',')}]`;
  if (indent !== undefined || !isJsonObject(value)) return stringify(value, undefined, indent);
  const texts = Object.entries(value).map(([name, member]) => [JSON.stringify(name), written(member)] as const);
  return `{${texts.flatMap(([name, text]) => (text === undefined ? [] : `${name}:${text}`)).join(',')}}`;
}

/** Whether a number is in it that only the lossless writer, which is several times slower, can write. */
function isExactNumberIn(value: unknown): boolean {
  if (typeof value === 'bigint') return true;
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some(isExactNumberIn);
  return value instanceof LosslessNumber || Object.values(value).some(isExactNumberIn);
}

// JSON escapes half a surrogate pair, and a reader who decodes it gets text that no other program takes.
const HALF_PAIR = /\\ud[89a-f]/;

function wellFormed(text: string): string {
  return text.replace(/\p{Cs}/gu, '\ufffd');
}

/** The same text for the same value, whatever the order in which objects name their members. */
export function canonicalJson(value: unknown): string {
  return stringifyJson(sorted(value));
}

/** The same value, its objects' members in one order at any depth. */
export function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isJsonObject(value)) return value;
  const names = Object.keys(value).sort();
  return Object.fromEntries(names.map((name) => [name, sorted(value[name])]));
}

/** The same value with its numbers written as text, digit by digit. */
export function numbersAsText(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(numbersAsText);
  if (isJsonObject(value))
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, numbersAsText(member)]));
  return typeof value === 'number' || typeof value === 'bigint' || value instanceof LosslessNumber
    ? stringifyJson(value)
    : value;
}

export type JsonObject = Record<string, unknown>;

/** A JSON object: neither an array nor a number that is kept digit by digit. */
export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(EXACT_NUMBER in value);
}

// Told by its mark: with its class, the front would be larger by all that the class uses.
const EXACT_NUMBER = Symbol.for('lossless-json.LosslessNumber');

/** Also an empty list. */
export function isListOfRecords(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && (value.length === 0 || value.some(isJsonObject));
}

/** An object as it is, and an empty one for anything else. */
export function objectIn(value: unknown): Record<string, unknown> {
  return isJsonObject(value) ? value : {};
}

export function arrayIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The same value without properties that are null, at any depth. Nulls in arrays stay: their places carry meaning. */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isJsonObject(value)) return value;
  const result: JsonObject = {};
  for (const name of Object.keys(value)) {
    const member = value[name];
    if (member !== null && member !== undefined) setMember(result, name, withoutNulls(member));
  }
  return result;
}

/** Rows are made member by member, which takes a quarter of the time that their entries would. */
export function setMember(object: JsonObject, name: string, value: unknown): void {
  // From outside it is a plain member, which an assignment would not make.
  if (name !== '__proto__') object[name] = value;
  else Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
}

/** The same value with each text in it changed, names of members included. */
export function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, change));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [change(name), mapTexts(member, change)]));
}

export { LosslessNumber };

/** Members that tell of the request and not of a record. */
export const OF_REPORTS =
  /^(id|uuid|(request|trace)_?id|errors?|((validation_?|field_?)errors|error_?\w+)|exception|failure|fault\w*|message|detail|title|docs_url|timestamp|path|type|status|(status_?|http_?)?(code|status)|state|result|outcome|success|succeeded|ok|created|saved)$/i;

/** The record in an answer that wraps it: in `data`, or in its only member that is no report (`{"code": 200, "invoice": {…}}`). */
export function recordIn(answer: JsonObject): JsonObject {
  if (answer.id !== undefined) return answer;
  if (isJsonObject(answer.data)) return answer.data;
  const [only, ...others] = Object.entries(answer).filter(([name, one]) => !OF_REPORTS.test(name) || isJsonObject(one));
  return isJsonObject(only?.[1]) && others.length === 0 ? only[1] : answer;
}

/** The record in an answer about one: what has its id, or shows most of what it is named by; null where nothing does. */
export function recordShowing(answer: JsonObject, names: readonly string[]): JsonObject | null {
  if (answer.id !== undefined) return answer;
  const shown = (one: JsonObject) => names.filter((name) => Object.hasOwn(one, name) && !OF_REPORTS.test(name)).length;
  const only = (member: unknown) => (arrayIn(member).length === 1 ? arrayIn(member)[0] : member);
  const below = (one: JsonObject) => Object.values(one).map(only).filter(isJsonObject);
  const all = [answer, ...below(answer), ...below(answer).flatMap(below)];
  const most = all.reduce((found, one) => (shown(one) > shown(found) ? one : found));
  return shown(most) === 0 ? null : most;
}

/** @param levels so few that the stack holds them: what is deeper is not looked at */
export function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const members = Array.isArray(value) ? value : Object.values(objectIn(value));
  return members.length > 0 && (levels <= 0 || members.some((member) => isDeeperThan(member, levels - 1)));
}

/** JSON Schema as OpenAPI 3.1 and MCP use it: open, since documents may hold any keyword. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

/** The schema of one property; undefined where nothing describes it. */
export function propertyIn({ properties }: JsonSchema, name: string): JsonObject | undefined {
  const found = isJsonObject(properties) && Object.hasOwn(properties, name) ? properties[name] : undefined;
  return isJsonObject(found) ? found : undefined;
}

/** As it is where it is not encoded properly. */
export function uriDecoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
