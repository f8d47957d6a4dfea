/** What the bridge says beside an answer that is not the whole one: which fields there are, and how to get them. */
import type { JsonObject } from '../json.ts';
import { MOST_CHARS } from './limits.ts';
import type { Shrunk } from './shrink.ts';

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
}

/** Empty where nothing was left out. */
export function leftOutRemarks({ leftOut, shortened }: Omit<Shrunk, 'value'>, about: LeftOut): JsonObject {
  if (leftOut.length === 0 && shortened.length === 0) return {};
  const counts = shortened.map(({ path, shown, of }) => `${path}: ${shown} of ${of}`);
  return {
    ...(leftOut.length > 0 && { fields_left_out: someNames(leftOut, about.maxChars) }),
    ...(counts.length > 0 && { items_shown: someNames(counts, about.maxChars) }),
    hint: about.carriedOut ? AFTER_WRITE : about.maxChars < MOST_CHARS ? ASK_AGAIN : ASK_LESS,
  };
}

const ASK_AGAIN = `Too long for one answer. Ask again with fields naming just what you need, and max_chars up to ${MOST_CHARS}.`;
const ASK_LESS = 'Too long for one answer. Ask again with fields naming just what you need; the Lucanto app shows all.';
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
