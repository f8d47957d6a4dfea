/** Makes a record fit by leaving out whole members, the longest first; lists inside lose items, never parts of them. */
import { isJsonObject, type JsonObject, stringifyJson } from '../json.ts';
import { MOST_CHARS } from './limits.ts';

export interface Shrunk {
  readonly value: JsonObject;
  /** Paths of what is left out, the longest first: `text_closing`, `supplier.notes`. */
  readonly leftOut: readonly string[];
  /** Lists of which only the first items are there. */
  readonly shortened: readonly Shortened[];
  /** Those of the left out that are texts which no answer could hold. */
  readonly giants: readonly Giant[];
}

export interface Giant {
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
export function shrunk(record: JsonObject, room: number, prefix = ''): Shrunk {
  const members = Object.entries(record).map(
    ([name, value]): Member => ({ name, value, length: stringifyJson(value).length }),
  );
  const leftOut: string[] = [];
  const shortened: Shortened[] = [];
  const giants: Giant[] = [];
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
