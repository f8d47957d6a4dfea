/** The months, quarters, weeks and dates that a text names, in whatever European language. */

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
