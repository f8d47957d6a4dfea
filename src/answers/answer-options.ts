import { ArgumentsError } from '../core/errors.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import { LEAST_CHARS, MOST_CHARS, USUAL_CHARS } from '../core/results.ts';
import type { AnswerOptions } from '../core/tool.ts';

/** For a model that said nothing. */
export const FOR_MODELS: AnswerOptions = { fields: null, maxChars: USUAL_CHARS, from: 0 };
/** For a program that asked for one of the two, and wants no more left out than it said. */
const FOR_PROGRAMS: AnswerOptions = { fields: ['*'], maxChars: Number.POSITIVE_INFINITY, from: 0 };

/** What the tool shows in its schema: `cursor` only where the service has none. */
const ANSWER_ARGUMENTS = ['fields', 'max_chars', 'cursor'] as const;
type AnswerArgument = (typeof ANSWER_ARGUMENTS)[number];

interface ParsedAnswerOptions {
  readonly args: JsonObject;
  /** Absent where the answer is to be given as it is. */
  readonly wish?: AnswerOptions;
}

/**
 * @param own which of the arguments are the bridge's in this tool @param usual what holds where the call says nothing
 * @throws ArgumentsError
 */
export function parseAnswerOptions(
  args: JsonObject,
  own: ReadonlySet<string>,
  usual: AnswerOptions | undefined,
): ParsedAnswerOptions {
  const given = (name: AnswerArgument) => (own.has(name) && Object.hasOwn(args, name) ? args[name] : undefined);
  const fields = readFields(given('fields'));
  const maxChars = readMaxChars(given('max_chars'));
  const from = readCursor(given('cursor'));
  const rest = Object.fromEntries(Object.entries(args).filter(([name]) => !own.has(name)));
  if (fields === null && maxChars === null && from === null) {
    return { args: rest, ...(usual !== undefined && { wish: usual }) };
  }
  const base = usual ?? FOR_PROGRAMS;
  return {
    args: rest,
    wish: { fields: fields ?? base.fields, maxChars: maxChars ?? base.maxChars, from: from ?? base.from },
  };
}

/** A list, or as models write it too: `"a,b"`, `"[\"a\"]"`, `"*"`. */
function readFields(given: unknown): readonly string[] | null {
  if (given === undefined || given === null) return null;
  const list = typeof given === 'string' ? given.replace(/["[\]\s]/g, '').split(',') : given;
  if (!Array.isArray(list) || !list.every((name) => typeof name === 'string')) {
    throw new ArgumentsError('fields must be a list of names.', {
      hint: 'Nothing was sent. Give fields as ["number","total"], or ["*"] for all.',
    });
  }
  const names = list.map((name: string) => name.trim()).filter((name) => name !== '');
  return names.length === 0 ? null : [...new Set(names)];
}

/** More than there may ever be counts as the most. */
function readMaxChars(given: unknown): number | null {
  if (given === undefined || given === null) return null;
  const isNumeric = ['number', 'bigint', 'string'].includes(typeof given);
  const number = isNumeric ? Number(given) : Number.NaN;
  if (!Number.isInteger(number) || number < LEAST_CHARS) {
    throw new ArgumentsError(`max_chars must be a whole number from ${LEAST_CHARS} to ${MOST_CHARS}.`, {
      hint: 'Nothing was sent. Leave it out, or ask for fewer fields or rows instead.',
    });
  }
  return Math.min(number, MOST_CHARS);
}

function readCursor(given: unknown): number | null {
  if (given === undefined || given === null || given === '') return null;
  const text = String(given);
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new ArgumentsError('cursor is none that this tool gave out.', {
    hint: 'Nothing was sent. Pass next_cursor of the last answer, or leave cursor out to begin anew.',
  });
}

/**
 * The arguments that a tool shows and the service does not take. A tool whose answers are given by such a wish takes two
 * of them in any case: an answer that was too long asks for them, whatever the schema had room for.
 */
export function answerArgumentsOf(shown: unknown, sent: unknown, isReadOverRest: boolean): ReadonlySet<string> {
  const has = (schema: unknown, name: string) =>
    isJsonObject(schema) && isJsonObject(schema.properties) && Object.hasOwn(schema.properties, name);
  const always = isReadOverRest ? ['fields', 'max_chars'] : [];
  return new Set<string>(
    ANSWER_ARGUMENTS.filter((name) => (has(shown, name) || always.includes(name)) && !has(sent, name)),
  );
}
