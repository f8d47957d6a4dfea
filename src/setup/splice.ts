import { isJsonObject, type JsonObject } from '../core/json.ts';

/** Replaces a part of a text, so that everything else keeps its bytes; `from` and `to` are indices of UTF-16 units. */
export interface Splice {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** Splices at the same place keep their order. */
export function applySplices(text: string, splices: readonly Splice[]): string {
  let result = '';
  let at = 0;
  for (const { from, to, text: part } of splices.toSorted((left, right) => left.from - right.from)) {
    result += text.slice(at, from) + part;
    at = to;
  }
  return result + text.slice(at);
}

/** The first line's ending counts for all. */
export function eolOf(text: string): string {
  return /\r?\n/.exec(text)?.[0] ?? '\n';
}

/** The white space before what begins its line at `offset`; null where something else stands before it. */
export function lineIndent(text: string, offset: number): string | null {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const lead = text.slice(start, offset);
  return lead.trim() === '' && start > 0 ? lead : null;
}

/** Where an entry stands: `mcpServers.lucanto`. */
export interface EntryPath {
  readonly container: string;
  readonly name: string;
  /** Whether the container is a list of entries that hold their own names. */
  readonly isList?: boolean;
}

/** A list of named entries as a map by name, which is what everything beyond the text works with. */
export function byName(value: JsonObject, { container, isList }: EntryPath): JsonObject {
  const entries = value[container];
  if (isList !== true) return entries === null ? { ...value, [container]: {} } : value;
  if (entries === undefined || entries === null) return value;
  if (!Array.isArray(entries)) return { ...value, [container]: null };
  const named: JsonObject = {};
  for (const [at, entry] of entries.entries()) {
    const { name, ...members }: JsonObject = isJsonObject(entry) ? entry : { name: null, entry };
    // What has no name of its own still counts when two texts are compared.
    const isFree = typeof name === 'string' && !Object.hasOwn(named, name);
    named[isFree ? name : `#${at}`] = isFree ? members : entry;
  }
  return { ...value, [container]: named };
}

/** A clause that completes "the file …". */
export interface FileProblem {
  readonly problem: string;
}

/** A parsed text; the methods give new text. */
export interface ConfigText {
  /** The whole, as plain values. */
  readonly value: JsonObject;
  /** The text with this entry in it; members of an earlier one that are equal keep their text. */
  with(entry: JsonObject): string;
  without(): string;
}
