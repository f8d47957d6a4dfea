import { isDeepStrictEqual } from 'node:util';
import type { AST } from 'toml-eslint-parser';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import {
  applySplices,
  byName,
  type ConfigText,
  type EntryPath,
  eolOf,
  type FileProblem,
  type Splice,
} from './splice.ts';

/** TOML: entries are tables, `[mcp_servers.lucanto]`, or `[[mcp_servers]]` with a name. Positions come from toml-eslint-parser. */
type Statement = AST.TOMLTable | AST.TOMLKeyValue;

export async function openToml(text: string, path: EntryPath): Promise<ConfigText | FileProblem> {
  const toml = await import('toml-eslint-parser');
  try {
    const program = toml.parseTOML(text);
    const value: unknown = toml.getStaticTOMLValue(program);
    if (!isJsonObject(value)) return { problem: 'is not a TOML table' };
    const editor = new TomlEditor(text, program.body[0].body, path, keyOf(value, path));
    const named = byName(value, path);
    return {
      value: named,
      with: (entry) => editor.with(entry, memberOf(named, path)),
      without: () => editor.without(),
    };
  } catch (error) {
    if (!(error instanceof toml.ParseError)) throw error;
    return { problem: `is not valid TOML (line ${error.lineNumber})` };
  }
}

/** In a list, its place there; the end of the list where it has no such entry. */
function keyOf(value: JsonObject, { container, name, isList }: EntryPath): string {
  const list = value[container];
  if (isList !== true) return name;
  if (!Array.isArray(list)) return '0';
  const at = list.findIndex((entry) => isJsonObject(entry) && entry.name === name);
  return String(at < 0 ? list.length : at);
}

function memberOf(value: JsonObject, { container, name }: EntryPath): unknown {
  const servers = value[container];
  return isJsonObject(servers) ? servers[name] : undefined;
}

class TomlEditor {
  readonly #text: string;
  readonly #statements: readonly Statement[];
  readonly #path: readonly [string, string];
  readonly #eol: string;
  /** What a table of the entry begins with. */
  readonly #head: readonly string[];

  /** @param key of the entry in its container */
  constructor(text: string, statements: readonly Statement[], { container, name, isList }: EntryPath, key: string) {
    this.#text = text;
    this.#statements = statements;
    this.#path = [container, key];
    this.#eol = eolOf(text);
    this.#head =
      isList === true
        ? [`[[${tomlKey(container)}]]`, `name = ${tomlValue(name)}`]
        : [`[${tomlKey(container)}.${tomlKey(name)}]`];
  }

  with(entry: JsonObject, present: unknown): string {
    const table = this.#statements.find((one) => isTable(one) && isAt(one.resolvedKey, this.#path));
    if (table?.type === 'TOMLTable' && isJsonObject(present)) return this.#update(table, entry, present);
    return append(present === undefined ? this.#text : this.without(), this.#block(entry), this.#eol);
  }

  /** Tables of the entry and below it, and the entry as one line in a table above it. */
  without(): string {
    const inside = this.#statements.flatMap((statement): Statement[] => {
      if (statement.type === 'TOMLTable' && statement.resolvedKey.length < this.#path.length) {
        return statement.body.filter((pair) => this.#holds([...statement.resolvedKey.map(String), ...keysOf(pair)]));
      }
      const key = statement.type === 'TOMLTable' ? statement.resolvedKey.map(String) : keysOf(statement);
      return this.#holds(key) ? [statement] : [];
    });
    return applySplices(
      this.#text,
      inside.map((statement) => this.#lines(statement)),
    );
  }

  #update(table: AST.TOMLTable, entry: JsonObject, present: JsonObject): string {
    const splices: Splice[] = [];
    for (const key of new Set([...Object.keys(present), ...Object.keys(entry)])) {
      if (isDeepStrictEqual(present[key], entry[key])) continue;
      const pair = table.body.find((one) => isAt(keysOf(one), [key]));
      if (pair !== undefined && entry[key] !== undefined) {
        splices.push({ from: pair.value.range[0], to: pair.value.range[1], text: tomlValue(entry[key]) });
        continue;
      }
      splices.push(...this.#below(key).map((statement) => this.#lines(statement)));
      if (entry[key] !== undefined) splices.push(this.#insert(table, key, entry));
    }
    return applySplices(this.#text, splices);
  }

  /** Every statement about one member of the entry: `env = {…}`, `env.A = "…"`, `[mcp_servers.lucanto.env]`. */
  #below(key: string): Statement[] {
    const path = [...this.#path, key];
    return this.#statements.flatMap((statement): Statement[] => {
      if (statement.type !== 'TOMLTable') return [];
      if (startsWith(statement.resolvedKey.map(String), path)) return [statement];
      if (!isAt(statement.resolvedKey, this.#path)) return [];
      return statement.body.filter((pair) => keysOf(pair)[0] === key);
    });
  }

  /** After what stays, not within a line that is taken out. */
  #insert(table: AST.TOMLTable, key: string, entry: JsonObject): Splice {
    const last = table.body.findLast((pair) => (keysOf(pair)[0] ?? '') in entry);
    const at = lineEnd(this.#text, last?.range[1] ?? table.key.range[1]);
    return { from: at, to: at, text: `${this.#eol}${tomlKey(key)} = ${tomlValue(entry[key])}` };
  }

  #block(entry: JsonObject): string {
    const members = Object.entries(entry).map(([key, value]) => `${tomlKey(key)} = ${tomlValue(value)}`);
    return [...this.#head, ...members].join(this.#eol);
  }

  #holds(key: readonly string[]): boolean {
    return startsWith(key, this.#path);
  }

  /** Whole lines, and of a table also the empty line before it where another one or the end of the file follows. */
  #lines(statement: Statement): Splice {
    const [from, to] = statement.range;
    const start = this.#text.lastIndexOf('\n', from - 1) + 1;
    const next = this.#text.indexOf('\n', to);
    const stop = next < 0 ? this.#text.length : next + 1;
    if (statement.type !== 'TOMLTable') return { from: start, to: stop, text: '' };
    const rest = this.#text.slice(stop);
    const blank = /(?:^|\n)(\r?\n)$/.exec(this.#text.slice(0, start))?.[1] ?? '';
    if (next < 0) return { from: this.#text.slice(0, start).trimEnd().length, to: stop, text: '' };
    const joins = rest === '' || /^\r?\n/.test(rest);
    return { from: joins ? start - blank.length : start, to: stop, text: '' };
  }
}

function append(text: string, block: string, eol: string): string {
  if (text === '') return block + eol;
  return text.endsWith('\n') ? text + eol + block + eol : text + eol + eol + block;
}

function lineEnd(text: string, from: number): number {
  return from + (/^[^\r\n]*/.exec(text.slice(from))?.[0].length ?? 0);
}

function isTable(statement: Statement): statement is AST.TOMLTable {
  return statement.type === 'TOMLTable';
}

function keysOf({ key }: AST.TOMLKeyValue): string[] {
  return key.keys.map((part) => (part.type === 'TOMLBare' ? part.name : part.value));
}

function startsWith(key: readonly (string | number)[], path: readonly string[]): boolean {
  return path.every((part, index) => String(key[index]) === part);
}

function isAt(key: readonly (string | number)[], path: readonly string[]): boolean {
  return key.length === path.length && startsWith(key, path);
}

function tomlKey(key: string): string {
  return /^[\w-]+$/.test(key) ? key : JSON.stringify(key);
}

// JSON's escapes in strings are TOML's as well.
function tomlValue(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(tomlValue).join(', ')}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, member]) => `${tomlKey(key)} = ${tomlValue(member)}`);
  return `{ ${members.join(', ')} }`;
}
