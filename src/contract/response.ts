import { lastResult } from '../core/deadline.ts';
import { isJsonObject, objectIn } from '../core/json.ts';
import type { AnswerField } from '../core/tool.ts';
import { member, type Node, nodeOf, resolveReference } from './document.ts';
import { plainName } from './field-names.ts';
import type { Kind, Shape } from './merge-schemas.ts';
import type { SchemaReader } from './schema-reader.ts';

/** What a successful answer looks like, as far as the document describes it: a list or something else, and which fields. */
export type Answer = 'root' | 'data' | 'other' | 'unknown';

/** What the answer to an operation must be to count as a success. */
export interface Success {
  /** Types of the body; null where the document does not describe it. */
  readonly kinds: readonly Kind[] | null;
  /** The member that wraps the record: `{"invoice": {…}}`; null for none. */
  readonly wrapper: string | null;
  /** Members that the record must have, and those that it may have. */
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /** Statuses for which the document describes no body. */
  readonly empty: readonly number[];
}

/** The schema of a successful answer; undefined where the document gives none. */
export function answerSchema(reader: SchemaReader, operation: unknown): unknown {
  const content = answerContent(reader, operation);
  const media = content === null ? undefined : jsonMedia(content);
  return media === undefined ? undefined : member(media[1], 'schema');
}

function answerContent(reader: SchemaReader, operation: unknown): Record<string, unknown> | null {
  const responses = member(operation, 'responses');
  if (!isJsonObject(responses)) return null;
  const status = ['200', '2XX', '2xx', '201', '206', 'default'].find((code) => Object.hasOwn(responses, code));
  if (status === undefined) return null;
  const content = member(resolveReference(reader.root, responses[status]), 'content');
  return isJsonObject(content) ? content : null;
}

function jsonMedia(content: Record<string, unknown>): [string, unknown] | undefined {
  return Object.entries(content).find(([type]) => isJson(type) || type.startsWith('*/'));
}

/** `root` for an array, `data` for an object that has its rows in a member, `unknown` where the document does not say. */
export function answerOf(reader: SchemaReader, operation: unknown): Answer {
  const content = answerContent(reader, operation);
  if (content === null) return 'unknown';
  const media = jsonMedia(content);
  if (media === undefined) return Object.keys(content).length > 0 ? 'other' : 'unknown';
  const schema = member(media[1], 'schema');
  if (!isJsonObject(schema)) return 'unknown';
  const { shapes } = reader.alternatives(nodeOf(schema));
  if (shapes.some(({ kinds }) => kinds?.includes('array'))) return 'root';
  if (shapes.some((shape) => rowsMember(reader, shape) !== undefined)) return 'data';
  return shapes.some(({ kinds, properties }) => kinds !== null && (kinds[0] !== 'object' || properties.size > 0))
    ? 'other'
    : 'unknown';
}

/** Members that stand beside the rows of a list: OData's, HAL's and those about pages. */
const BESIDE_ROWS =
  /^_?(odata_)?(context|count|next_?link|delta_?link|meta(data)?|links?|pages?|pag(ing|ination|er)(_?info)?|page_\w+|(next|prev(ious)?|first|last|has|more|is_last|is_truncated|total|current|\w*per|start|end)(_\w+)?|(items|number_of|total)\w+|cursors?|bookmark|marker|limit|offset|size|skip|top|self|object|type|success|status|errors?|warnings|messages|included|schemas|sort|pageable|empty|request_id)$/;

/** @param others the members beside it: `number` is that of the page where they count pages, else that of a document */
export function isBesideRows(name: string, others: readonly string[] = []): boolean {
  const isPage = plainName(name) === 'number' && others.some((one) => /^total_?(pages|elements)$/.test(plainName(one)));
  return isPage || BESIDE_ROWS.test(plainName(name));
}

/** Of several lists, the one that is not about the answer itself: `errors`, `included`. */
function rowsAmong<T>(lists: readonly (readonly [string, T])[]): readonly (readonly [string, T])[] {
  return lists.length < 2 ? lists : lists.filter(([name]) => !isBesideRows(name));
}

/** `{"code": 200, "msg": "ok", "data": {…}}` */
function withoutWords<T>(members: readonly (readonly [string, T])[]): readonly (readonly [string, T])[] {
  return members.length < 2 ? members : members.filter(([name]) => !/^(code|msg|message)$/i.test(name));
}

/** The rows of a list that is an object: as `listIn` finds them in an answer. */
function rowsMember(reader: SchemaReader, { properties }: Shape, depth = 0): Node | undefined {
  const isRows = (node: Node) => reader.alternatives(node).shapes.some(({ kinds }) => kinds?.includes('array'));
  const data = properties.get('data');
  if (data !== undefined && isRows(data)) return data;
  const embedded = properties.get('_embedded');
  const [inner] = embedded === undefined ? [] : reader.alternatives(embedded).shapes;
  const all = [...(inner?.properties ?? properties)];
  const names = all.map(([name]) => name);
  const own = inner === undefined ? all.filter(([name]) => !isBesideRows(name, names)) : [];
  // A record, as its names alone show: most answers are.
  if (withoutWords(own).length > 1) return undefined;
  const lists = rowsAmong(all.filter(([, node]) => isRows(node)));
  const beside = own.filter(([, node]) => !isRows(node));
  const [rows] = lists;
  if (rows !== undefined) return lists.length === 1 && beside.length === 0 ? rows[1] : undefined;
  const [whole, ...others] = withoutWords(beside);
  if (whole === undefined || others.length > 0 || depth > 1) return undefined;
  const inside = reader.alternatives(whole[1]).shapes.map((shape) => rowsMember(reader, shape, depth + 1));
  return inside.find((node) => node !== undefined);
}

/**
 * The rows of a list answer: the answer itself, its `data`, what is `_embedded`, its only member that is a list, or that of
 * the only object in it that is not about pages: `{"response": {"invoices": []}}`. Rows may be wrapped: `{"invoice": {}}`.
 * @returns the member's name, null for a bare list; null where there is no list
 */
export function listIn(value: unknown): { readonly key: string | null; readonly rows: readonly unknown[] } | null {
  if (Array.isArray(value)) return { key: null, rows: unwrapped(value) };
  if (!isJsonObject(value)) return null;
  const embedded = isJsonObject(value._embedded) ? listIn(value._embedded) : null;
  if (embedded !== null) return { key: '_embedded', rows: embedded.rows };
  const lists = rowsAmong(Object.entries(value).filter(([, one]) => Array.isArray(one)));
  const [key, rows] = lists.find(([name]) => name === 'data') ?? (lists.length === 1 ? lists[0] : undefined) ?? [];
  if (key !== undefined && Array.isArray(rows)) return { key, rows: unwrapped(rows) };
  const [inner, ...others] = withoutWords(Object.entries(value).filter(([name]) => !isBesideRows(name)));
  if (lists.length > 0 || inner === undefined || others.length > 0) return null;
  const [name, whole] = inner;
  const isAlone =
    isJsonObject(whole) && Object.entries(whole).every(([one, of]) => typeof of === 'object' || isBesideRows(one));
  const found = isAlone ? listIn(whole) : null;
  return found === null ? null : { key: name, rows: found.rows };
}

/** Rows of one member that holds the record, the same in all of them. */
function unwrapped(rows: readonly unknown[]): readonly unknown[] {
  const [name, ...others] = Object.keys(objectIn(rows[0]));
  if (name === undefined || others.length > 0) return rows;
  const inner = rows.map((row) => (isJsonObject(row) && Object.keys(row).length === 1 ? row[name] : null));
  return inner.every(isJsonObject) ? inner : rows;
}

/**
 * Media types of an answer that is a file: none of them JSON. Empty where the document says nothing of an answer, null
 * where it is JSON.
 */
export function fileTypes(reader: SchemaReader, operation: unknown): readonly string[] | null {
  if (onlyRedirects(operation)) return ['*/*'];
  const content = answerContent(reader, operation);
  if (content === null) return [];
  if (jsonMedia(content) !== undefined) return null;
  return Object.keys(content).map((type) => (type.split(';')[0] ?? type).trim().toLowerCase());
}

/** Only files are answered with an address elsewhere; records come in the answer itself. */
function onlyRedirects(operation: unknown): boolean {
  const responses = member(operation, 'responses');
  const codes = isJsonObject(responses) ? Object.keys(responses) : [];
  return codes.some((code) => /^30[12378]$/.test(code)) && !codes.some((code) => /^2/.test(code));
}

export function isJson(mediaType: string): boolean {
  return /^application\/json\b|\+json\b/i.test(mediaType.trim());
}

/** The properties of the records that an operation answers with, named as on the wire, two levels deep. */
const LEVELS = 2;

/** Empty where the document does not describe the answer. */
export function answerFields(reader: SchemaReader, operation: unknown, rows: Answer | null): readonly AnswerField[] {
  const schema = answerSchema(reader, operation);
  if (schema === undefined) return [];
  const whole = nodeOf(schema);
  if (rows === 'root') return rowFields(reader, whole);
  const { shapes } = reader.alternatives(whole);
  if (rows === 'data') {
    const member = shapes.map((shape) => rowsMember(reader, shape)).find((node) => node !== undefined);
    return member === undefined ? [] : rowFields(reader, member);
  }
  const data = shapes.find(({ properties }) => properties.has('data'))?.properties.get('data');
  const wrapped = fieldsOf(reader, onlyMember(shapes) ?? data ?? whole, LEVELS);
  return wrapped.length > 0 ? wrapped : fieldsOf(reader, whole, LEVELS);
}

/** Of rows that may be wrapped. */
function rowFields(reader: SchemaReader, node: Node): readonly AnswerField[] {
  const fields = fieldsOf(reader, node, LEVELS);
  const isWrapped = fields.length === 1 && (fields[0]?.fields.length ?? 0) > 0;
  return isWrapped ? (fieldsOf(reader, node, LEVELS + 1)[0]?.fields ?? []) : fields;
}

/** The member that wraps a record: `{"invoice": {…}}`. */
function onlyMember(shapes: readonly Shape[]): Node | undefined {
  const [only, ...others] = new Map(shapes.flatMap(({ properties }) => [...properties])).values();
  return others.length === 0 ? only : undefined;
}

/** Of an object, or of what a list holds; of every branch of a union. */
function fieldsOf(reader: SchemaReader, node: Node, levels: number): readonly AnswerField[] {
  const found = new Map<string, AnswerField>();
  for (const { properties, items } of reader.alternatives(node).shapes) {
    for (const [name, property] of properties) {
      if (found.has(name)) continue;
      const nested = lastResult(() => (levels > 1 ? fieldsOf(reader, property, levels - 1) : []));
      found.set(name, {
        ...{ name, ...saidOf(reader, property) },
        get fields() {
          return nested();
        },
      });
    }
    if (properties.size > 0 || items === null) continue;
    for (const field of fieldsOf(reader, items, levels)) if (!found.has(field.name)) found.set(field.name, field);
  }
  return [...found.values()];
}

const DEFAULT_CODE = /\bdefaults?\b\W+(?:(?:to|is)\W+)?([A-Z]{3})\b/;

const CENTS_WORDS =
  /\b(in|as|of|whole|integer) (euro )?cents\b|\bminor (currency )?units?\b|\bsmallest (currency )?units?\b|\bhundredths\b/i;

const NET_WORDS = /\b(excl\w*|without|before|net of)\W+(the )?(vat|(sales )?tax(es)?)\b/i;
const GROSS_WORDS = /\b(incl\w*|with|plus|after)\W+(the )?(vat|(sales )?tax(es)?)\b/i;

/** Of text: its values and the one that counts where none is given. Of an amount, in words: in cents, without VAT. */
function saidOf(reader: SchemaReader, node: Node): Omit<AnswerField, 'name' | 'fields'> {
  const { shapes } = reader.alternatives(node);
  const said = shapes.map(({ preset, description }) => preset ?? DEFAULT_CODE.exec(description)?.[1]);
  const preset = said.find((one) => typeof one === 'string');
  const isClosed = shapes.length > 0 && shapes.every(({ values, kinds }) => values !== null || kinds?.length === 0);
  const values = isClosed ? shapes.flatMap((one) => one.values ?? []).filter((value) => typeof value === 'string') : [];
  const isNet = shapes.some(({ description: text }) => NET_WORDS.test(text) && !GROSS_WORDS.test(text));
  return {
    ...(preset !== undefined && { preset }),
    ...(values.length > 0 && { values: [...new Set(values)] }),
    ...(shapes.some(({ description }) => CENTS_WORDS.test(description)) && { isCents: true as const }),
    ...(isNet && { isNet: true as const }),
  };
}
