import { daysBetween } from '../core/calendar.ts';
import { isJsonObject, type JsonObject, recordIn, tryParseJson } from '../core/json.ts';
import { textResult } from '../core/results.ts';
import { count } from '../core/text.ts';
import type { ToolResult } from '../core/tool.ts';
import { toBig } from './money.ts';
import { fieldFor, plainText, textOfRole, valueAt } from './record-fields.ts';

/** What is said of a repeated document: the periods that its texts name, in whatever European language, and its days. */

/** The languages of the European Union and its neighbours. */
const LANGUAGES = 'bg cs da de el en es et fi fr ga hr hu is it lt lv mt nb nl pl pt ro sk sl sr sv uk'.split(' ');

/** Shorter ones mean other things too. */
const LEAST_LETTERS = 3;
/** Also words of everyday language, unless they are written as names. */
const COMMON = new Set(['may', 'march', 'mars', 'mai', 'august', 'maj']);

const DIGITS =
  /\b(?:0?[1-9]|1[0-2])[./-](?:19|20)\d\d\b|\b(?:19|20)\d\d[./-](?:0?[1-9]|1[0-2])(?:[./-]\d{1,2})?\b|\b\d{1,2}\.\s?\d{1,2}\.(?:\s?(?:19|20)\d\d)?|\b(?:19|20)\d\d\b/g;
const QUARTERS =
  /\b(?:Q[1-4]|[1-4]\.?\s?(?:Q|kvart\p{L}*|čtvrtlet\p{L}*|quart\p{L}*|Quartal\p{L}*|trimest\p{L}*|kwarta\p{L}*|negyed\p{L}*))(?:\s?[/.-]?\s?(?:19|20)\d\d)?/giu;
const WEEKS = /\b(?:KW|CW|week|týždeň|týden|semaine|semana|settimana|tydzień)\s?\d{1,2}\b/giu;

let months: ReadonlySet<string> | undefined;

/** In the order of the text. */
export function namedPeriods(text: string): readonly string[] {
  const names = [...text.matchAll(/\p{L}+/gu)].filter(([word]) => isMonth(word));
  const found = [
    ...names.map((match) => ({ at: match.index, word: withYear(text, match.index, match[0]) })),
    ...[QUARTERS, WEEKS, DIGITS].flatMap((pattern) =>
      [...text.matchAll(pattern)].map((match) => ({ at: match.index, word: match[0].trim() })),
    ),
  ].sort((a, b) => a.at - b.at);
  // A year behind a month is part of it.
  return found
    .filter(
      ({ at, word }) =>
        !found.some((one) => one.at <= at && one.word.length > word.length && at < one.at + one.word.length),
    )
    .map(({ word }) => word);
}

function withYear(text: string, at: number, word: string): string {
  const year = /^\s?[./-]?\s?(?:19|20)\d\d/.exec(text.slice(at + word.length));
  return `${word}${year?.[0] ?? ''}`;
}

function isMonth(word: string): boolean {
  const plain = word.toLowerCase();
  if (plain.length < LEAST_LETTERS || !monthNames().has(plain)) return false;
  return !COMMON.has(plain) || word !== plain;
}

function monthNames(): ReadonlySet<string> {
  months ??= new Set(
    LANGUAGES.flatMap((language) =>
      Array.from({ length: 12 }, (_, month) => {
        const day = Date.UTC(2026, month, 15);
        const alone = new Intl.DateTimeFormat(language, { month: 'long', timeZone: 'UTC' }).format(day);
        const inDate = new Intl.DateTimeFormat(language, {
          day: 'numeric',
          month: 'long',
          timeZone: 'UTC',
        }).formatToParts(day);
        return [alone, inDate.find(({ type }) => type === 'month')?.value ?? alone].map((name) => name.toLowerCase());
      }).flat(),
    ),
  );
  return months;
}

/** Every text of a value that names a period, with where it stands: `items[0].name`. */
export function textsWithPeriods(
  value: unknown,
  path = '',
): readonly { readonly field: string; readonly text: string; readonly words: readonly string[] }[] {
  if (typeof value === 'string') {
    const words = /^\d{4}-\d\d-\d\d/.test(value) || !/\p{L}/u.test(value) ? [] : namedPeriods(value);
    return words.length === 0 ? [] : [{ field: path, text: value, words }];
  }
  if (Array.isArray(value)) return value.flatMap((item, at) => textsWithPeriods(item, `${path}[${at}]`));
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    textsWithPeriods(inner, path === '' ? name : `${path}.${name}`),
  );
}

export function numberOf(record: JsonObject): JsonObject {
  const path = fieldFor('number', [record], []);
  return path === null ? {} : { number: valueAt(record, path) };
}

export function daysNote(issued: string | null, due: string | null, today: string): string {
  const late = due !== null && due < today ? `The due date ${due} has passed. ` : '';
  if (issued === null || issued === today) return late;
  const days = daysBetween(today, issued);
  return `The issue date ${issued} is ${days > 0 ? `${count(days, 'day')} from now` : `${count(-days, 'day')} ago`}. ${late}`;
}

export function textsNote(args: JsonObject, hasPeriods: boolean): string {
  const path = fieldFor('exchangeRate', [args], []);
  const rate = toBig(valueAt(args, path));
  const stale = rate === null || rate.eq(1) ? '' : ` ${path} ${rate.toFixed()} is the earlier one: check it.`;
  const periods = hasPeriods ? ': check those in texts_with_periods, which mention a period' : '';
  return `Texts were not changed${periods}.${stale}`;
}

/** The created record as the create answers it, and beside it what was changed and left out. */
export function withNotes(result: ToolResult, notes: JsonObject, note: string): ToolResult {
  const [first, ...others] = result.content;
  const record = result.isError === true ? null : parsedObject(plainText(first?.text) ?? '');
  // A question before the create, or a refusal, is passed on as it is.
  if (record === null || fieldFor('id', [recordIn(record)], []) === null) return result;
  const state = textOfRole('status', recordIn(record));
  const said = state === null ? note : `The new document is in the state "${state}". ${note}`;
  return { ...result, content: [...textResult({ ...record, ...notes, note: said }).content, ...others] };
}

function parsedObject(text: string): JsonObject | null {
  const value = tryParseJson(text);
  return isJsonObject(value) ? value : null;
}
