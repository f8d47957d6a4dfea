/** Values and expectations in a few words, for sentences that a model can act on. */
import type { JsonSchema } from '../../contract/schema-types.ts';
import { isJsonObject, LosslessNumber } from '../../json.ts';
import { alternatives, nearNames } from '../near-names.ts';
import { typesOf } from './schema-view.ts';

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
  uuid: 'a UUID',
  int32: 'a 32-bit integer',
  int64: 'an integer',
};

/** `the string "abc"`, `an array of 3 items`: short values as they are, long ones only by their kind and size. */
export function describeValue(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'string') {
    return value.length <= MAX_SHOWN ? `the string ${JSON.stringify(value)}` : `a string of ${value.length} characters`;
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
  const types = typesOf([schema], root);
  if (format !== undefined) return types?.has('null') ? `${format} or null` : format;
  if (types === null || types.size === 0) return 'something else';
  return joinWords([...types].map((type) => TYPE_WORDS[type] ?? type));
}

export function describeChoices(choices: readonly unknown[]): string {
  const shown = choices.slice(0, MAX_CHOICES).map(shortJson).join(', ');
  const rest = choices.length > MAX_CHOICES ? ` and ${choices.length - MAX_CHOICES} more` : '';
  return `one of ${shown}${rest}`;
}

/** `; did you mean \`amount\`?`, or nothing. */
export function suggestion(name: string, known: readonly string[]): string {
  const near = nearNames(name, known);
  return near.length === 0 ? '' : `; did you mean ${alternatives(near)}?`;
}

export function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}

function joinWords(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

function shortJson(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
