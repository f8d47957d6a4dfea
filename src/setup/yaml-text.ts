import type { Node, Pair, YAMLMap } from 'yaml';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import { applySplices, byName, type ConfigText, type EntryPath, eolOf, type FileProblem } from './splice.ts';

/** YAML: entries are members of a map, or items of a list that have a name. Positions come from the yaml package, whose own output would write the file anew. */
export async function openYaml(text: string, path: EntryPath): Promise<ConfigText | FileProblem> {
  const yaml = await import('yaml');
  const document = yaml.parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined) return { problem: `is not valid YAML (line ${error.linePos?.[0].line ?? 1})` };
  const value: unknown = document.toJS() ?? {};
  if (!isJsonObject(value)) return { problem: 'is not a YAML map' };
  const editor = new YamlEditor(yaml, text, document.contents, path);
  return { value: byName(value, path), with: (entry) => editor.with(entry), without: () => editor.without() };
}

/** What it cannot edit, it gives back unchanged: the caller compares the result. */
class YamlEditor {
  readonly #yaml;
  readonly #text: string;
  readonly #root: Node | null;
  readonly #path: EntryPath;
  readonly #eol: string;

  constructor(yaml: typeof import('yaml'), text: string, root: Node | null, path: EntryPath) {
    this.#yaml = yaml;
    this.#text = text;
    this.#root = root;
    this.#path = path;
    this.#eol = eolOf(text);
  }

  with(entry: JsonObject): string {
    const root = this.#root;
    const { container } = this.#path;
    if (root === null) return this.#insert(this.#text.length, [`${container}:`, ...this.#lines(entry, '  ')]);
    if (!this.#yaml.isMap(root) || root.flow === true) return this.#text;
    const pair = this.#containerIn(root);
    if (pair === undefined) {
      const indent = this.#column(this.#startOf(root.items[0]));
      return this.#insert(this.#lineAfter(root), [`${indent}${container}:`, ...this.#lines(entry, `${indent}  `)]);
    }
    const items = this.#itemsOf(pair.value);
    const [first] = items;
    if (first === undefined) return this.#fill(pair, entry);
    const found = items.find((item) => this.#isOurs(item));
    const indent = this.#column(this.#startOf(first));
    if (found === undefined) return this.#insert(this.#lineAfter(pair.value), this.#lines(entry, indent));
    const [from, to] = this.#linesOf(found);
    const ending = this.#text.slice(from, to).endsWith('\n') ? this.#eol : '';
    return applySplices(this.#text, [{ from, to, text: this.#lines(entry, indent).join(this.#eol) + ending }]);
  }

  without(): string {
    const root = this.#root;
    if (!this.#yaml.isMap(root)) return this.#text;
    const pair = this.#containerIn(root);
    const items = this.#itemsOf(pair?.value);
    const found = items.find((item) => this.#isOurs(item));
    if (pair === undefined || found === undefined) return this.#text;
    const [from, to] = this.#linesOf(found);
    // A member without a value would be no list of servers for some apps.
    const left = items.length > 1 ? [] : [{ from: this.#colonOf(pair), to: this.#colonOf(pair), text: this.#empty() }];
    return applySplices(this.#text, [...left, { from, to, text: '' }]);
  }

  #empty(): string {
    return this.#path.isList === true ? ' []' : ' {}';
  }

  #containerIn(root: YAMLMap): Pair | undefined {
    return root.items.find(({ key }) => this.#yaml.isScalar(key) && key.value === this.#path.container);
  }

  /** Pairs of a map or items of a list, written in lines of their own; none where they are not. */
  #itemsOf(value: unknown): readonly unknown[] {
    return this.#yaml.isCollection(value) && value.flow !== true ? value.items : [];
  }

  #isOurs(item: unknown): boolean {
    const { name } = this.#path;
    if (this.#yaml.isMap(item)) return item.get('name') === name;
    return this.#yaml.isPair(item) && this.#yaml.isScalar(item.key) && item.key.value === name;
  }

  /** `extensions:`, or `extensions: {}`: the entry comes below that line. */
  #fill(pair: Pair, entry: JsonObject): string {
    const at = this.#colonOf(pair);
    const value = this.#yaml.isNode(pair.value) ? pair.value : null;
    const isBare = value === null || (this.#yaml.isScalar(value) && value.value === null);
    const isEmpty = this.#yaml.isCollection(value) && value.items.length === 0;
    if (!isBare && !isEmpty) return this.#text;
    const to = value?.range?.[1] ?? at;
    const kept = applySplices(this.#text, isEmpty ? [{ from: at, to, text: '' }] : []);
    const indent = this.#column(this.#startOf(pair));
    return new YamlEditor(this.#yaml, kept, this.#root, this.#path).#insert(
      lineEnd(kept, at),
      this.#lines(entry, `${indent}  `),
    );
  }

  /** Whole lines at the beginning of a line, or below the last one. */
  #insert(at: number, lines: readonly string[]): string {
    const before = this.#text.slice(0, at);
    const block = lines.join(this.#eol);
    const isLineStart = before === '' || before.endsWith('\n');
    const text = isLineStart ? block + this.#eol : this.#eol + block;
    return before + text + this.#text.slice(at);
  }

  #lines(entry: JsonObject, indent: string): readonly string[] {
    const { name, isList } = this.#path;
    const members = Object.entries(entry).map(([key, value]) => `${yamlKey(key)}: ${yamlValue(value)}`);
    const head = isList === true ? `${indent}- name: ${yamlValue(name)}` : `${indent}${yamlKey(name)}:`;
    return [head, ...members.map((line) => `${indent}  ${line}`)];
  }

  #startOf(item: unknown): number {
    const node = this.#yaml.isPair(item) ? item.key : item;
    const start = this.#yaml.isNode(node) ? (node.range?.[0] ?? 0) : 0;
    // Of an item of a list, the dash.
    return this.#yaml.isPair(item) ? start : this.#text.lastIndexOf('-', start);
  }

  #column(start: number): string {
    return this.#text.slice(this.#text.lastIndexOf('\n', start - 1) + 1, start).replace(/\S/g, ' ');
  }

  #colonOf(pair: Pair): number {
    const end = this.#yaml.isNode(pair.key) ? (pair.key.range?.[1] ?? 0) : 0;
    return this.#text.indexOf(':', end) + 1;
  }

  /** Where the content ends: the range of a collection goes on through the comments behind it. */
  #endOf(node: unknown): number {
    if (this.#yaml.isPair(node)) return Math.max(this.#endOf(node.value), this.#colonOf(node));
    if (this.#yaml.isCollection(node) && node.flow !== true) return this.#endOf(node.items.at(-1));
    return this.#yaml.isNode(node) ? (node.range?.[1] ?? 0) : 0;
  }

  #lineAfter(node: unknown): number {
    return lineEnd(this.#text, this.#endOf(node));
  }

  #linesOf(item: unknown): readonly [number, number] {
    return [this.#text.lastIndexOf('\n', this.#startOf(item) - 1) + 1, this.#lineAfter(item)];
  }
}

/** The beginning of the next line, or the end of the text. */
function lineEnd(text: string, from: number): number {
  if (from > 0 && text[from - 1] === '\n') return from;
  const next = text.indexOf('\n', from);
  return next < 0 ? text.length : next + 1;
}

function yamlKey(key: string): string {
  return /^[A-Za-z_][\w-]*$/.test(key) ? key : JSON.stringify(key);
}

// JSON's strings, lists and maps are YAML's as well.
function yamlValue(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(yamlValue).join(', ')}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  return `{ ${Object.entries(value)
    .map(([key, member]) => `${yamlKey(key)}: ${yamlValue(member)}`)
    .join(', ')} }`;
}
