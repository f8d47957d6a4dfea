import { isDeepStrictEqual } from 'node:util';
import type { Node, ParseError } from 'jsonc-parser';
import { isJsonObject, type JsonObject, objectIn } from '../core/json.ts';
import {
  applySplices,
  type ConfigText,
  type EntryPath,
  eolOf,
  type FileProblem,
  lineIndent,
  type Splice,
} from './splice.ts';

/** JSON with comments. Positions come from jsonc-parser, whose own edits would reformat the neighbours. */
type Jsonc = typeof import('jsonc-parser');

export async function openJson(text: string, path: EntryPath): Promise<ConfigText | FileProblem> {
  const jsonc = await import('jsonc-parser');
  const errors: ParseError[] = [];
  const root = jsonc.parseTree(text, errors, { allowTrailingComma: true, disallowComments: false });
  if (root === undefined && jsonc.stripComments(text).trim() === '') return blankText(text, path);
  const [error] = errors;
  if (error !== undefined || root === undefined) {
    const line = text.slice(0, error?.offset ?? 0).split('\n').length;
    return { problem: `is not valid JSON (line ${line})` };
  }
  const value = plainValue(jsonc, root);
  if (root.type !== 'object' || !isJsonObject(value)) return { problem: 'is not a JSON object' };
  const editor = new JsonEditor(jsonc, text, root);
  return { value, with: (entry) => editor.with(path, entry), without: () => editor.without(path) };
}

function blankText(text: string, { container, name }: EntryPath) {
  const eol = eolOf(text);
  const lead = text === '' || text.endsWith('\n') ? text : text + eol;
  return {
    value: {},
    with: (entry: JsonObject) => lead + format({ [container]: { [name]: entry } }, '  ', '', eol) + eol,
    without: () => text,
  };
}

class JsonEditor {
  readonly #jsonc: Jsonc;
  readonly #text: string;
  readonly #root: Node;
  readonly #eol: string;
  readonly #unit: string;

  constructor(jsonc: Jsonc, text: string, root: Node) {
    this.#jsonc = jsonc;
    this.#text = text;
    this.#root = root;
    this.#eol = eolOf(text);
    const first = root.children?.[0];
    this.#unit = (first === undefined ? null : lineIndent(text, first.offset)) || '  ';
  }

  with({ container, name }: EntryPath, entry: JsonObject): string {
    const existing = this.#jsonc.findNodeAtLocation(this.#root, [container, name]);
    if (existing?.type === 'object') return applySplices(this.#text, this.#members(existing, entry));
    if (existing !== undefined) return applySplices(this.#text, [this.#replace(existing, entry)]);
    const servers = this.#jsonc.findNodeAtLocation(this.#root, [container]);
    if (servers === undefined) return applySplices(this.#text, this.#add(this.#root, container, { [name]: entry }));
    return applySplices(this.#text, this.#add(servers, name, entry));
  }

  without({ container, name }: EntryPath): string {
    const property = this.#jsonc.findNodeAtLocation(this.#root, [container, name])?.parent;
    return property === undefined ? this.#text : applySplices(this.#text, this.#remove(property));
  }

  /** Only the members that differ. */
  #members(node: Node, entry: JsonObject): Splice[] {
    const value = plainValue(this.#jsonc, node);
    const present = objectIn(value);
    const gone = Object.keys(present).filter((key) => !(key in entry));
    const added = Object.keys(entry).filter((key) => !(key in present));
    // Additions and removals in one list of members meet at its commas; that case is rare, so the entry is written anew.
    if (gone.length > 1 || added.length > 1 || (gone.length > 0 && added.length > 0)) {
      return [this.#replace(node, entry)];
    }
    const splices: Splice[] = [];
    for (const [key, value] of Object.entries(entry)) {
      const member = this.#jsonc.findNodeAtLocation(node, [key]);
      if (member === undefined) splices.push(...this.#add(node, key, value));
      else if (!isDeepStrictEqual(present[key], value)) splices.push(this.#replace(member, value));
    }
    for (const key of gone) {
      const property = this.#jsonc.findNodeAtLocation(node, [key])?.parent;
      if (property !== undefined) splices.push(...this.#remove(property));
    }
    return splices;
  }

  #replace(node: Node, value: unknown): Splice {
    const indent = lineIndent(this.#text, node.parent?.offset ?? node.offset) ?? '';
    const oneLine = !this.#text.includes('\n');
    const text = oneLine ? JSON.stringify(value) : format(value, this.#unit, indent, this.#eol);
    return { from: node.offset, to: end(node), text };
  }

  #add(object: Node, key: string, value: unknown): Splice[] {
    const last = object.children?.at(-1);
    const inside = this.#text.slice(object.offset, end(object));
    if (last !== undefined && !inside.includes('\n')) {
      const text = `, ${JSON.stringify(key)}: ${JSON.stringify(value)}`;
      return [{ from: end(last), to: end(last), text }];
    }
    const outer = lineIndent(this.#text, object.parent?.offset ?? object.offset) ?? '';
    const indent = (last === undefined ? null : lineIndent(this.#text, last.offset)) ?? outer + this.#unit;
    const property = `${this.#eol}${indent}${JSON.stringify(key)}: ${format(value, this.#unit, indent, this.#eol)}`;
    if (last === undefined) return [this.#fill(object, inside, property, outer)];
    const comma = this.#commaAfter(last);
    const lineEnd = this.#afterComments(comma === null ? end(last) : comma + 1);
    const trailing = comma === null ? '' : ',';
    const separator = comma === null ? [{ from: end(last), to: end(last), text: ',' }] : [];
    return [...separator, { from: lineEnd, to: lineEnd, text: property + trailing }];
  }

  /** An object without members, perhaps with comments in it. */
  #fill(object: Node, inside: string, property: string, outer: string): Splice {
    const closing = end(object) - 1;
    const isEmpty = inside.slice(1, -1).trim() === '';
    const from = isEmpty ? object.offset + 1 : object.offset + inside.slice(0, -1).trimEnd().length;
    return { from, to: closing, text: `${property}${this.#eol}${outer}` };
  }

  #remove(property: Node): Splice[] {
    const siblings = property.parent?.children ?? [];
    const at = siblings.indexOf(property);
    const before = siblings[at - 1];
    const comma = this.#commaAfter(property);
    const lead = this.#text.slice(0, property.offset).trimEnd().length;
    const after = comma === null ? end(property) : comma + 1;
    if (siblings.length === 1) {
      const rest = /^\s*(?=\})/.exec(this.#text.slice(after))?.[0].length ?? 0;
      const alone = this.#text[lead - 1] === '{';
      return [{ from: lead, to: alone ? after + rest : after, text: '' }];
    }
    const own = { from: lead, to: after, text: '' };
    if (comma !== null || before === undefined) return [own];
    const separator = this.#commaAfter(before);
    if (separator === null) return [own];
    // The comma may be the very end of what is taken out anyway.
    return separator + 1 > lead
      ? [{ ...own, from: separator }]
      : [{ from: separator, to: separator + 1, text: '' }, own];
  }

  #commaAfter(node: Node): number | null {
    const scanner = this.#jsonc.createScanner(this.#text, true);
    scanner.setPosition(end(node));
    scanner.scan();
    return this.#text[scanner.getTokenOffset()] === ',' ? scanner.getTokenOffset() : null;
  }

  /** The end of the line, where nothing but comments stands on the rest of it. */
  #afterComments(from: number): number {
    const rest = /^(?:[ \t]*(?:\/\*(?:(?!\*\/)[^\r\n])*\*\/|\/\/[^\r\n]*))*[ \t]*(?=\r?\n)/.exec(
      this.#text.slice(from),
    );
    return from + (rest?.[0].trimEnd().length ?? 0);
  }
}

// jsonc-parser's objects have no prototype, which no comparison takes for the same.
function plainValue(jsonc: Jsonc, node: Node): unknown {
  const value: unknown = JSON.parse(JSON.stringify(jsonc.getNodeValue(node)));
  return value;
}

function end(node: Node): number {
  return node.offset + node.length;
}

function format(value: unknown, unit: string, indent: string, eol: string): string {
  return JSON.stringify(value, undefined, unit).replaceAll('\n', eol + indent);
}
