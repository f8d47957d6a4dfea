/** What the bridge says beside an answer that is not the whole one: which fields there are, and how to get them. */
import type { JsonObject } from '../json.ts';
import { MOST_CHARS } from './limits.ts';
import type { Giant, Shrunk } from './shrink.ts';

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

export interface LeftOut {
  readonly maxChars: number;
  /** Set for a write: it is done, whatever its answer lacks. */
  readonly carriedOut: boolean;
  /** The record has one field, so that nothing narrower can be asked for. */
  readonly isOnly: boolean;
}

/** Empty where nothing was left out. */
export function leftOutRemarks({ leftOut, shortened, giants }: Omit<Shrunk, 'value'>, about: LeftOut): JsonObject {
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
function beginnings(giants: readonly Giant[], { maxChars, isOnly }: LeftOut): JsonObject {
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

/** The remarks behind the record; the record's own members keep their names. */
export function withRemarks(record: JsonObject, remarks: JsonObject): JsonObject {
  const own = Object.entries(remarks).map(([name, value]) => [
    Object.hasOwn(record, name) ? `bridge_${name}` : name,
    value,
  ]);
  return { ...record, ...Object.fromEntries(own) };
}
