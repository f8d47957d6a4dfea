import {
  canonicalJson,
  isJsonObject,
  type JsonSchema,
  LosslessNumber,
  numbersAsText,
  objectIn,
  withoutNulls,
} from '../../core/json.ts';
import { count } from '../../core/text.ts';
import { SchemaPlace } from './fitted-arguments.ts';
import { patternWords } from './pattern-words.ts';

/** Names that a mistyped one may have meant. */

/** Up to three candidates, nearest first; none where nothing is near. `contactId` and `contact-id` are `contact_id`. */
export function nearNames(typed: string, candidates: readonly string[]): string[] {
  const wanted = folded(typed);
  // Nothing that long was mistyped, and comparing it costs time.
  if (wanted.length > 80) return [];
  const limit = Math.max(1, Math.floor(wanted.length / 3));
  return candidates
    .map((name) => ({ name, distance: distanceOf(wanted, folded(name)) }))
    .filter(({ name, distance }) => distance <= limit || isPartOf(wanted, folded(name)))
    .sort((a, b) => a.distance - b.distance || a.name.localeCompare(b.name))
    .slice(0, 3)
    .map(({ name }) => name);
}

/** `a`, `b` or `c`, in backquotes. */
export function alternatives(names: readonly string[]): string {
  const quoted = names.map((name) => `\`${name}\``);
  return quoted.length < 2 ? quoted.join('') : `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`;
}

/** `date` is part of `issue_date`, `invoice_status` has `status` in it. */
function isPartOf(one: string, other: string): boolean {
  const [short, long] = one.length < other.length ? [one, other] : [other, one];
  return short.length > 3 && long.includes(short);
}

function folded(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
}

/** Levenshtein's distance with neighbours swapped counting as one (`lsit`). */
function distanceOf(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const current = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1];
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      current[j] = Math.min(
        at(previous, j) + 1,
        at(current, j - 1) + 1,
        at(previous, j - 1) + (same ? 0 : 1),
        swapped ? at(before, j - 2) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    before = previous;
    previous = current;
  }
  return at(previous, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}

/** Values and expectations in a few words, for sentences that a model can act on. */
const MAX_SHOWN = 40;
const MAX_CHOICES = 20;

const TYPE_WORDS: Readonly<Record<string, string>> = {
  null: 'null',
  boolean: 'true or false',
  integer: 'an integer',
  number: 'a number',
  string: 'a string',
  array: 'an array',
  object: 'an object',
};

const FORMAT_WORDS: Readonly<Record<string, string>> = {
  date: 'a date (YYYY-MM-DD)',
  'date-time': 'a timestamp (2024-01-15T09:30:00Z)',
  time: 'a time with its zone (09:30:00Z)',
  uri: 'a web address (https://example.com/page)',
  hostname: 'a host name (example.com)',
  email: 'an e-mail address (name@example.com)',
  byte: 'base64 text',
  uuid: 'a UUID',
  int32: 'a 32-bit integer',
  int64: 'an integer',
};

/**
 * `the string "abc"`, `an array of 3 items`: short values as they are, long ones only by their kind and size.
 * @param isTyped it may have the right type, so that the value alone counts: `"abc"`
 */
export function describeValue(value: unknown, isTyped = false): string {
  if (value === null) return 'null';
  if (typeof value === 'string') {
    if (value.length > MAX_SHOWN) return `a string of ${value.length} characters`;
    return `${isTyped ? '' : 'the string '}${JSON.stringify(value)}`;
  }
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : `an array of ${count(value.length, 'item')}`;
  if (isJsonObject(value)) return 'an object';
  const text = value instanceof LosslessNumber ? value.value : String(value);
  return text.length <= MAX_SHOWN ? text : `a number of ${text.length} digits`;
}

/** `one of "draft", "paid"`, `a date (YYYY-MM-DD)`, `an integer or null`. */
export function describeExpected(schema: JsonSchema, root: JsonSchema): string {
  if (Array.isArray(schema.enum)) return describeChoices(schema.enum);
  if (schema.const !== undefined) return shortJson(schema.const);
  const branches = Array.isArray(schema.anyOf) ? schema.anyOf : schema.oneOf;
  if (Array.isArray(branches) && branches.length > 0) {
    return joinWords([...new Set(branches.filter(isJsonObject).map((branch) => describeExpected(branch, root)))]);
  }
  const format = typeof schema.format === 'string' ? FORMAT_WORDS[schema.format] : undefined;
  const { types } = new SchemaPlace([schema], root);
  if (format !== undefined) return types?.has('null') ? `${format} or null` : format;
  if (types === null || types.size === 0) return 'something else';
  return joinWords([...types].map((type) => TYPE_WORDS[type] ?? type));
}

const LIMITS: Readonly<Record<string, (limit: string, value: unknown) => string>> = {
  maxLength: (most, value) => `can have at most ${count(Number(most), 'character')} (you gave ${String(value).length})`,
  minLength: (least, value) =>
    least === '1' ? 'must not be empty' : `must have at least ${count(Number(least), 'character')}${given(value)}`,
  maximum: (most, value) => `can be at most ${most}${given(value)}`,
  minimum: (least, value) => `must be at least ${least}${given(value)}`,
  exclusiveMaximum: (bound, value) => `must be less than ${bound}${given(value)}`,
  exclusiveMinimum: (bound, value) => `must be more than ${bound}${given(value)}`,
  multipleOf: (step, value) => `must be a multiple of ${step}${given(value)}`,
  maxItems: (most, value) =>
    `can have at most ${count(Number(most), 'item')}${Array.isArray(value) ? ` (you gave ${value.length})` : ''}`,
  minItems: (least) => `must have at least ${count(Number(least), 'item')}`,
  uniqueItems: () => 'must not have the same item twice',
  maxProperties: (most) => `can have at most ${count(Number(most), 'field')}`,
  minProperties: (least) => `must have at least ${count(Number(least), 'field')}`,
  pattern: (pattern, value) => `must be ${patternWords(pattern, value)}${given(value)}`,
};

/** What a bound of the schema means for a value: `can be at most 100 (you gave 1000)`. Follows the name of the field. */
export function describeLimit(keyword: string, limit: unknown, value: unknown): string {
  const words = LIMITS[keyword];
  return words?.(String(limit), value) ?? `has a value that the service does not accept here${given(value)}`;
}

function given(value: unknown): string {
  if (isJsonObject(value) || Array.isArray(value)) return '';
  const text = value instanceof LosslessNumber ? value.value : String(value);
  const shown = typeof value === 'string' ? JSON.stringify(value) : text;
  return ` (you gave ${text.length > MAX_SHOWN ? `${text.length} characters` : shown})`;
}

function describeChoices(choices: readonly unknown[]): string {
  const shown = choices.slice(0, MAX_CHOICES).map(shortJson).join(', ');
  const rest = choices.length > MAX_CHOICES ? ` and ${choices.length - MAX_CHOICES} more` : '';
  return `one of ${shown}${rest}`;
}

function joinWords(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

function shortJson(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

/** Characters of a value in what a change did. */
const MOST_OF_CHANGE = 60;

/** What a field was and is, as an answer to a change says it. @param now as the answer has it, null where it has no such field; undefined where the answer shows no record */
export function valueChange(arg: string, was: unknown, sent: unknown, now: unknown) {
  const isShown = now !== undefined && (now !== null || (sent ?? null) === null);
  const value = isShown ? now : sent;
  return {
    arg,
    isChanged: !isSame(value, was),
    text: `${arg} ${brief(was)} → ${brief(value)}${isShown ? '' : ' (sent)'}`,
    is: `${arg} is ${brief(was)}`,
  };
}

/** As `valueChange`, of an object member by member: also of those that the call did not give, and that are gone. */
export function valueChanges(arg: string, was: unknown, sent: unknown, now: unknown): ReturnType<typeof valueChange>[] {
  const after = isJsonObject(now) ? now : sent;
  if (!isJsonObject(was) || !isJsonObject(after)) return [valueChange(arg, was, sent, now)];
  const names = new Set(Object.keys(after === now ? { ...was, ...now } : after));
  return [...names].flatMap((name) =>
    valueChanges(`${arg}.${name}`, was[name], objectIn(sent)[name], after === now ? (after[name] ?? null) : undefined),
  );
}

function brief(value: unknown): string {
  if (value === null || value === undefined) return 'empty';
  if (typeof value === 'string' && value.length <= MOST_OF_CHANGE && /^[\w.+:-]+$/.test(value)) return value;
  // A surrogate pair must not be cut in half.
  const isLong = typeof value === 'string' && value.length > MOST_OF_CHANGE;
  const text = canonicalJson(
    isLong ? `${value.slice(0, MOST_OF_CHANGE).replace(/[\uD800-\uDBFF]$/, '')}…` : withoutNulls(value),
  );
  return isLong || text.length <= MOST_OF_CHANGE ? text : '…';
}

/** Answers come without nulls, and ids perhaps as text. */
export function isSame(given: unknown, read: unknown): boolean {
  const plain = (value: unknown) => canonicalJson(numbersAsText(withoutNulls(value ?? null)) ?? null);
  return plain(given) === plain(read);
}

export function shown(value: unknown): string {
  const text = canonicalJson(withoutNulls(value ?? null));
  return text.length > MOST_OF_CHANGE ? 'something else' : text;
}
