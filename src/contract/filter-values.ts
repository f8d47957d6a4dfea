import { onceFor, onceForEach } from '../core/deadline.ts';
import { isJsonObject, propertyIn } from '../core/json.ts';
import { FieldNames, plainName } from './field-names.ts';
import { areStates, FIELD_ROLES } from './field-roles.ts';
import type { Operation, ParameterBinding } from './operation.ts';

/** Which values the contract names for a filter of a list, and which filters are the beginning or end of a period. */

/** Only of these are the words of a description values, and not what is searched. */
const KINDS = /(?:^|_)(?:status(?:es)?|states?|stage|phase|types?|kind|category)$/;
const CHOICE = /^\s*(?:(?:must be )?one of|either|(?:allowed|possible|valid|accepted) values)\b/i;
const SOME = /\b(?:such as|e\.?g\.?|for example|like|etc|including)\b|\.\.\.|…/i;
const VALUE = /^["'`]?([a-z0-9][\w-]{1,40})["'`]?$/i;

/** @returns with `isClosed` where nothing else is a value: the contract lists them all, rather than some */
export function filterValues(operation: Operation, arg: string): ReturnType<typeof valuesIn> {
  return valuesOf(operation)(arg);
}

const valuesOf = onceForEach((operation: Operation) => onceFor((arg: string) => valuesIn(operation, arg)));

function valuesIn(
  operation: Operation,
  arg: string,
): { readonly values: readonly string[]; readonly isClosed: boolean } {
  const binding = operation.parameters.find((one) => one.arg === arg && one.in === 'query');
  if (binding === undefined) return { values: [], isClosed: false };
  const listed = enumOf(propertyIn(operation.validation, arg));
  if (listed.length > 0) return { values: listed, isClosed: true };
  const words = binding.words ?? '';
  if (KINDS.test(plainName(arg)) || CHOICE.test(words)) {
    const named = namedIn(words);
    if (named.length > 0) return { values: named, isClosed: !SOME.test(words) };
  }
  const fields = operation.answerFields ?? [];
  const field = new FieldNames(fields.map(({ name }) => name)).find(plainName(arg));
  const { values = [] } = fields.find(({ name }) => name === field) ?? {};
  return { values, isClosed: false };
}

/** The list's own filter by state, by its name or by its values; undefined where it has none. */
export const statusParameter = onceForEach((operation: Operation): ParameterBinding | undefined => {
  const query = operation.parameters.filter(({ in: place }) => place === 'query');
  const names = new Set<string>(FIELD_ROLES.status.names);
  const named = query.find(({ name }) => names.has(plainName(name)));
  return named ?? query.find(({ arg }) => areStates(filterValues(operation, arg).values));
});

/** `draft, sent or paid`, `One of: draft | sent`; empty for any other text. */
function namedIn(words: string): readonly string[] {
  const list = words
    .trim()
    .replace(/[.\s]+$/, '')
    .replace(/^[^:]{1,80}:\s*/, '')
    .replace(/^(?:one of|either|such as|e\.?g\.?,?|for example,?|like)\s+/i, '')
    .replace(/,?\s*(?:etc\.?|\.\.\.|…)$/, '');
  const parts = list.split(/\s*(?:,\s*or\b|,|\||\/|\bor\b|;)\s*/);
  const values = parts.map((part) => VALUE.exec(part.trim())?.[1]);
  return parts.length > 1 && values.every((value) => value !== undefined) ? [...new Set(values)] : [];
}

function enumOf(schema: unknown): readonly string[] {
  if (!isJsonObject(schema)) return [];
  const own = Array.isArray(schema.enum) ? schema.enum.filter((value) => typeof value === 'string') : [];
  return own.length > 0 ? own : schema.items === undefined ? [] : enumOf(schema.items);
}

const BEGINNINGS = new Set(['from', 'since', 'after', 'start', 'begin', 'gte', 'min']);
const ENDS = new Set(['to', 'until', 'till', 'before', 'end', 'lte', 'max']);

/** Not dates but ids: `starting_after` asks for the next page. */
const PAGE_BOUND = /^(page|starting|ending)_(after|before)$/;

/** By the first or last word of its name: `issue_date_from`, `until`. */
export function periodSide(name: string): 'begins' | 'ends' | null {
  if (PAGE_BOUND.test(plainName(name))) return null;
  const words = plainName(name).split('_');
  const outer = [words[0] ?? '', words.at(-1) ?? ''];
  if (outer.some((word) => BEGINNINGS.has(word))) return 'begins';
  return outer.some((word) => ENDS.has(word)) ? 'ends' : null;
}

/** Whether the list itself can be asked for a period. */
export function hasPeriodFilter({ parameters }: Operation): boolean {
  return parameters.some(({ in: place, arg }) => place === 'query' && periodSide(arg) !== null);
}

/** Whether the contract says that the rows of a list have a date of their own, not only that of their creation. */
export function hasDatedRows({ answerFields = [] }: Operation): boolean {
  const fields = new FieldNames(answerFields.map(({ name }) => name));
  return FIELD_ROLES.issued.names.some((name) => fields.find(name) !== null);
}

/** The words of a period's name that say which date it is about. */
export function dateWordsOf(name: string): readonly string[] {
  return plainName(name)
    .split('_')
    .filter((word) => !BEGINNINGS.has(word) && !ENDS.has(word) && word !== 'date');
}
