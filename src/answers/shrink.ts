import { plainName } from '../contract/field-names.ts';
import { isJsonObject, type JsonObject, recordIn, stringifyJson } from '../core/json.ts';
import { MOST_CHARS } from '../core/results.ts';
import type { AnswerField, AnswerOptions } from '../core/tool.ts';
import { columnsOf, projected } from './columns.ts';

/**
 * One record as an answer of limited length: whole members go, the longest first; lists inside lose items, never parts
 * of them. The answer is always valid JSON and says what is missing.
 */
interface Shrunk {
  readonly value: JsonObject;
  /** Paths of what is left out, the longest first: `text_closing`, `supplier.notes`. */
  readonly leftOut: readonly string[];
  /** Lists of which only the first items are there. */
  readonly shortened: readonly { readonly path: string; readonly shown: number; readonly of: number }[];
  /** Texts among the left out that no answer could hold. */
  readonly oversized: readonly { readonly path: string; readonly text: string }[];
}

/** What an answer with a single field needs beside its value: the field's name, and notices. */
const BESIDE_ONE = 1_500;

/** @param room characters that the record may take as JSON. */
function shrunk(record: JsonObject, room: number, prefix = ''): Shrunk {
  const members = Object.entries(record).map(([name, value]) => ({ name, value, length: stringifyJson(value).length }));
  const leftOut: string[] = [];
  const shortened: Shrunk['shortened'][number][] = [];
  const oversized: Shrunk['oversized'][number][] = [];
  const kept = new Map(members.map((member) => [member.name, member.value]));
  // Braces, and a comma less than members.
  let total = members.reduce((sum, { name, length }) => sum + length + overhead(name), 1);
  for (const { name, value, length } of [...members].sort((a, b) => b.length - a.length)) {
    if (total <= room) break;
    const path = `${prefix}${name}`;
    const part = partOf(value, length - (total - room), path);
    if (part === null) {
      kept.delete(name);
      if (typeof value === 'string' && length > MOST_CHARS - BESIDE_ONE) oversized.push({ path, text: value });
      leftOut.push(path);
      total -= length + overhead(name);
      continue;
    }
    kept.set(name, part.value);
    leftOut.push(...part.leftOut);
    shortened.push(...part.shortened);
    oversized.push(...part.oversized);
    total -= length - stringifyJson(part.value).length;
  }
  return { value: Object.fromEntries(kept), leftOut, shortened, oversized };
}

function overhead(name: string): number {
  return JSON.stringify(name).length + 2;
}

/** Null where no useful part of it fits. */
function partOf(
  value: unknown,
  room: number,
  path: string,
): (Omit<Shrunk, 'value'> & { readonly value: unknown }) | null {
  if (Array.isArray(value)) {
    const shown = fittingItems(value, room);
    if (shown === 0) return null;
    return { value: value.slice(0, shown), leftOut: [], oversized: [], shortened: [{ path, shown, of: value.length }] };
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

/** Notices together never take more than about half of the shortest answer. */
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
  /** A write is done, whatever its answer lacks. */
  readonly isWrite: boolean;
  /** The record has one field, so that a call cannot ask for less. */
  readonly isOnly: boolean;
}

/** Empty where nothing was left out. */
export function truncationNotices(
  { leftOut, shortened, oversized }: Omit<Shrunk, 'value'>,
  about: LeftOut,
): JsonObject {
  if (leftOut.length + shortened.length === 0) return {};
  const counts = shortened.map(({ path, shown, of }) => `${path}: ${shown} of ${of}`);
  const isRest = leftOut.length + shortened.length > oversized.length;
  const hints = [...(isRest ? [askFor(about)] : []), ...(oversized.length > 0 ? [TOO_LONG_FOR_ANY] : [])];
  return {
    ...(leftOut.length > 0 && { fields_left_out: someNames(leftOut, about.maxChars) }),
    ...(counts.length > 0 && { items_shown: someNames(counts, about.maxChars) }),
    ...(oversized.length > 0 && !about.isWrite && { too_long: beginnings(oversized, about) }),
    hint: about.isWrite ? AFTER_WRITE : hints.join(' '),
  };
}

function askFor({ maxChars, isOnly }: LeftOut): string {
  if (maxChars < MOST_CHARS) return ASK_AGAIN;
  return isOnly ? NO_MORE : ASK_LESS;
}

/** `{"text_opening": {"characters": 60000, "beginning": "…"}}` */
function beginnings(oversized: Shrunk['oversized'], { maxChars, isOnly }: LeftOut): JsonObject {
  const shown = oversized.filter(({ path }) => path.length <= LONG_PATH).slice(0, MOST_BEGINNINGS);
  const room = maxChars / (isOnly ? 2 : 8) / Math.max(1, shown.length);
  const begun = shown.map(({ path, text }) => [path, { characters: text.length, beginning: beginningOf(text, room) }]);
  const more = oversized.length - shown.length;
  return { ...Object.fromEntries(begun), ...(more > 0 && { and_more: more }) };
}

/** As long as fits into the room as JSON, never ending in half a character. */
function beginningOf(text: string, room: number): string {
  let length = Math.floor(room);
  while (JSON.stringify(text.slice(0, length)).length > room) length = Math.floor(length * 0.8);
  return text.slice(0, length).replace(/[\ud800-\udbff]$/, '');
}

const MOST_BEGINNINGS = 3;
const ASK_AGAIN = `Too long for one answer. Ask again with fields naming just what you need, and max_chars up to ${MOST_CHARS}.`;
const ASK_LESS =
  'Too long for one answer. Ask again with fields naming just what you need; the Lucanto app shows everything.';
const NO_MORE = 'This is as much as one answer can hold; the Lucanto app shows everything.';
const TOO_LONG_FOR_ANY =
  'The texts in too_long are longer than any answer; this is how they begin. The Lucanto app shows all of them.';
const AFTER_WRITE =
  'This was done; do not repeat it. Its answer is too long: use the get tool, with fields naming what you need, to read the rest.';

/** Adds notices after the record's own members, which keep their names. */
export function withNotices(record: JsonObject, notices: JsonObject): JsonObject {
  const own = Object.entries(notices).map(([name, value]) => [
    Object.hasOwn(record, name) ? `bridge_${name}` : name,
    value,
  ]);
  return { ...record, ...Object.fromEntries(own) };
}

/** @param contract what the document says of the record, perhaps nothing */
export function recordAnswer(
  value: unknown,
  { fields, maxChars }: AnswerOptions,
  contract: readonly AnswerField[],
): string {
  const amounts = centsNote(isJsonObject(value) ? recordIn(value) : null, contract);
  const notices = amounts === null ? {} : { amounts };
  if (fields === null || !isJsonObject(value)) return fittedText(value, { maxChars, isWrite: false }, notices);
  const record = fields.some((name) => Object.hasOwn(value, name)) ? value : recordIn(value);
  const columns = columnsOf([record], fields, contract);
  // A call that names only fields that do not exist gets those that do.
  const nothing = columns.unknown.length === fields.length;
  const shown = nothing ? value : inPlaceOf(record, projected(record, columns, fields), value);
  const unknown = columns.unknown.length > 0 && { unknown_fields: someNames(columns.unknown, maxChars) };
  const more = columns.more.length > 0 && !nothing && { more_fields: someNames(columns.more, maxChars) };
  return fittedText(shown, { maxChars, isWrite: false }, { ...notices, ...unknown, ...more });
}

/** The answer with the record in it replaced; the record itself where nothing wraps it. */
function inPlaceOf(record: JsonObject, shown: unknown, answer: JsonObject): unknown {
  if (record === answer) return shown;
  return Object.fromEntries(Object.entries(answer).map(([name, value]) => [name, value === record ? shown : value]));
}

/** @param notices that follow the record in any case */
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
    // The notices alone are far shorter than the least that a call may ask for.
    if (text.length <= maxChars || room <= 2) return text;
    // The notices grow as members go, so each round takes out at least what was too much.
    const taken = Math.min(room, stringifyJson(part.value).length);
    room = Math.max(2, taken - (text.length - maxChars));
  }
}

/** That amounts are in cents, where only the contract says so; null where it does not. */
export function centsNote(shown: unknown, contract: readonly AnswerField[]): string | null {
  const names = contract.flatMap(({ name, isCents }) => (isCents === true && !CENTS.test(plainName(name)) ? name : []));
  const used = isJsonObject(shown) ? names.filter((name) => Object.hasOwn(shown, name)) : [];
  return used.length === 0 ? null : `${used.join(', ')}: in cents, the smallest unit of the currency`;
}
const CENTS = /cents?$|minor/;
