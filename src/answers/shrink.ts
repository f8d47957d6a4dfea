import { isJsonObject, type JsonObject, recordIn, stringifyJson } from '../core/json.ts';
import { MOST_CHARS } from '../core/results.ts';
import type { AnswerField, AnswerOptions } from '../core/tool.ts';
import { columnsOf, projected } from './columns.ts';

/** Makes a record fit by leaving out whole members, the longest first; lists inside lose items, never parts of them. */
interface Shrunk {
  readonly value: JsonObject;
  /** Paths of what is left out, the longest first: `text_closing`, `supplier.notes`. */
  readonly leftOut: readonly string[];
  /** Lists of which only the first items are there. */
  readonly shortened: readonly Shortened[];
  /** Those of the left out that are texts which no answer could hold. */
  readonly giants: readonly OversizedValue[];
}

interface OversizedValue {
  readonly path: string;
  readonly text: string;
}

interface Shortened {
  readonly path: string;
  readonly shown: number;
  readonly of: number;
}

interface Member {
  readonly name: string;
  readonly value: unknown;
  /** Characters of the value as JSON. */
  readonly length: number;
}

/** What an answer with nothing but one field needs beside it: its name, and what is said of others. */
const BESIDE_ONE = 1_500;

/** @param room characters that the record may take as JSON. */
function shrunk(record: JsonObject, room: number, prefix = ''): Shrunk {
  const members = Object.entries(record).map(
    ([name, value]): Member => ({ name, value, length: stringifyJson(value).length }),
  );
  const leftOut: string[] = [];
  const shortened: Shortened[] = [];
  const giants: OversizedValue[] = [];
  const kept = new Map(members.map((member) => [member.name, member.value]));
  // Braces, and a comma less than members.
  let total = members.reduce((sum, { name, length }) => sum + length + overhead(name), 1);
  for (const { name, value, length } of [...members].sort((a, b) => b.length - a.length)) {
    if (total <= room) break;
    const path = `${prefix}${name}`;
    const part = partOf(value, length - (total - room), path);
    if (part === null) {
      kept.delete(name);
      if (typeof value === 'string' && length > MOST_CHARS - BESIDE_ONE) giants.push({ path, text: value });
      leftOut.push(path);
      total -= length + overhead(name);
      continue;
    }
    kept.set(name, part.value);
    leftOut.push(...part.leftOut);
    shortened.push(...part.shortened);
    giants.push(...part.giants);
    total -= length - stringifyJson(part.value).length;
  }
  return { value: Object.fromEntries(kept), leftOut, shortened, giants };
}

function overhead(name: string): number {
  return JSON.stringify(name).length + 2;
}

type Part = Omit<Shrunk, 'value'> & { readonly value: unknown };

/** Null where nothing useful of it fits. */
function partOf(value: unknown, room: number, path: string): Part | null {
  if (Array.isArray(value)) {
    const shown = fittingItems(value, room);
    if (shown === 0) return null;
    return { value: value.slice(0, shown), leftOut: [], giants: [], shortened: [{ path, shown, of: value.length }] };
  }
  if (!isJsonObject(value)) return null;
  const inner = shrunk(value, room, `${path}.`);
  return Object.keys(inner.value).length === 0 ? null : inner;
}

/** How many of the first items take no more than `room` characters as a JSON list. */
export function fittingItems(items: readonly unknown[], room: number): number {
  let total = 1;
  for (const [index, item] of items.entries()) {
    total += stringifyJson(item ?? null).length + 1;
    if (total > room) return index;
  }
  return items.length;
}

/** What the bridge says beside an answer that is not the whole one: which fields there are, and how to get them. */
/** Remarks together never take more than about half of the shortest answer. */
const MOST_NAMES_CHARS = 600;
const LONG_PATH = 80;

/** As many names as fit into a small part of the answer, then how many more. */
export function someNames(names: readonly string[], maxChars: number): readonly string[] {
  const room = Math.min(MOST_NAMES_CHARS, maxChars / 8);
  const shown: string[] = [];
  let total = 0;
  for (const name of names) {
    total += name.length + 3;
    if (name.length > LONG_PATH || total > room) break;
    shown.push(name);
  }
  const rest = names.length - shown.length;
  return rest === 0 ? shown : [...shown, `and ${rest} more`];
}

interface LeftOut {
  readonly maxChars: number;
  /** Set for a write: it is done, whatever its answer lacks. */
  readonly carriedOut: boolean;
  /** The record has one field, so that nothing narrower can be asked for. */
  readonly isOnly: boolean;
}

/** Empty where nothing was left out. */
export function truncationNotices({ leftOut, shortened, giants }: Omit<Shrunk, 'value'>, about: LeftOut): JsonObject {
  if (leftOut.length + shortened.length === 0) return {};
  const counts = shortened.map(({ path, shown, of }) => `${path}: ${shown} of ${of}`);
  const isRest = leftOut.length + shortened.length > giants.length;
  const hints = [...(isRest ? [askFor(about)] : []), ...(giants.length > 0 ? [TOO_LONG_FOR_ANY] : [])];
  return {
    ...(leftOut.length > 0 && { fields_left_out: someNames(leftOut, about.maxChars) }),
    ...(counts.length > 0 && { items_shown: someNames(counts, about.maxChars) }),
    ...(giants.length > 0 && !about.carriedOut && { too_long: beginnings(giants, about) }),
    hint: about.carriedOut ? AFTER_WRITE : hints.join(' '),
  };
}

function askFor({ maxChars, isOnly }: LeftOut): string {
  if (maxChars < MOST_CHARS) return ASK_AGAIN;
  return isOnly ? NO_MORE : ASK_LESS;
}

/** `{"text_opening": {"characters": 60000, "beginning": "…"}}` */
function beginnings(giants: readonly OversizedValue[], { maxChars, isOnly }: LeftOut): JsonObject {
  const shown = giants.filter(({ path }) => path.length <= LONG_PATH).slice(0, MOST_BEGINNINGS);
  const room = maxChars / (isOnly ? 2 : 8) / Math.max(1, shown.length);
  const told = shown.map(({ path, text }) => [path, { characters: text.length, beginning: beginningOf(text, room) }]);
  const more = giants.length - shown.length;
  return { ...Object.fromEntries(told), ...(more > 0 && { and_more: more }) };
}

/** No longer as JSON than the room, and never half of a character. */
function beginningOf(text: string, room: number): string {
  let length = Math.floor(room);
  while (JSON.stringify(text.slice(0, length)).length > room) length = Math.floor(length * 0.8);
  return text.slice(0, length).replace(/[\ud800-\udbff]$/, '');
}

const MOST_BEGINNINGS = 3;
const ASK_AGAIN = `Too long for one answer. Ask again with fields naming just what you need, and max_chars up to ${MOST_CHARS}.`;
const ASK_LESS = 'Too long for one answer. Ask again with fields naming just what you need; the Lucanto app shows all.';
const NO_MORE = 'This is as much as one answer can hold; the Lucanto app shows all.';
const TOO_LONG_FOR_ANY =
  'No answer can hold what is in too_long, of which this is the beginning; the Lucanto app shows all of it.';
const AFTER_WRITE =
  'This was carried out; do not repeat it. Its answer is too long: read the rest with the get tool, fields naming what you need.';

/** The notices behind the record; the record's own members keep their names. */
export function withNotices(record: JsonObject, notices: JsonObject): JsonObject {
  const own = Object.entries(notices).map(([name, value]) => [
    Object.hasOwn(record, name) ? `bridge_${name}` : name,
    value,
  ]);
  return { ...record, ...Object.fromEntries(own) };
}

/** One record as an answer that is no longer than it may be: always whole JSON, and it says what is missing. */
/** @param contract what the document says of the record, perhaps nothing. */
export function shownRecord(value: unknown, wish: AnswerOptions, contract: readonly AnswerField[]): string {
  const { fields, maxChars } = wish;
  if (fields === null || !isJsonObject(value)) return fittedText(value, { maxChars, carriedOut: false }, {});
  const record = fields.some((name) => Object.hasOwn(value, name)) ? value : recordIn(value);
  const columns = columnsOf([record], fields, contract);
  // Whoever asked for nothing that there is gets what there is.
  const nothing = columns.unknown.length === fields.length;
  const shown = nothing ? value : inPlaceOf(record, projected(record, columns, fields), value);
  const unknown = columns.unknown.length > 0 && { unknown_fields: someNames(columns.unknown, maxChars) };
  const more = columns.more.length > 0 && !nothing && { more_fields: someNames(columns.more, maxChars) };
  return fittedText(shown, { maxChars, carriedOut: false }, { ...unknown, ...more });
}

/** The answer with the record in it replaced; the record itself where nothing wraps it. */
function inPlaceOf(record: JsonObject, shown: unknown, answer: JsonObject): unknown {
  if (record === answer) return shown;
  return Object.fromEntries(Object.entries(answer).map(([name, value]) => [name, value === record ? shown : value]));
}

/** @param notices that stand behind the record in any case. */
export function fittedText(value: unknown, about: Omit<LeftOut, 'isOnly'>, notices: JsonObject): string {
  const whole = stringifyJson(isJsonObject(value) ? withNotices(value, notices) : value);
  if (whole.length <= about.maxChars) return whole;
  const record = isJsonObject(value) ? value : { value };
  const isOnly = Object.keys(record).length === 1;
  return fitted(record, about, (part) =>
    stringifyJson(withNotices(part.value, { ...notices, ...truncationNotices(part, { ...about, isOnly }) })),
  );
}

/** Shrinks a record until the text made of it and its notices fits. */
export function fitted(
  record: JsonObject,
  { maxChars }: Pick<LeftOut, 'maxChars'>,
  write: (part: Shrunk) => string,
): string {
  let room = maxChars;
  for (;;) {
    const part = shrunk(record, room);
    const text = write(part);
    // Less than nothing is not to be had: the notices alone are far shorter than the least that may be asked for.
    if (text.length <= maxChars || room <= 2) return text;
    // Each round takes at least so much out of what is there: the notices have grown meanwhile.
    const taken = Math.min(room, stringifyJson(part.value).length);
    room = Math.max(2, taken - (text.length - maxChars));
  }
}
