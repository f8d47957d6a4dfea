import { isJsonObject } from '../core/json.ts';
import { member, type Node, nodeOf, resolveReference } from './document.ts';
import { flatten } from './flat-object.ts';
import type { Shape } from './merge-schemas.ts';
import { snake } from './naming.ts';
import type { BodyBinding, FileKind } from './operation.ts';
import { isJson } from './response.ts';
import type { Route } from './route.ts';
import type { SchemaReader } from './schema-reader.ts';

/**
 * The request body of an operation: its media type, the key it is wrapped in, and the properties inside and outside that
 * key.
 */
export interface Body {
  readonly contentType: string;
  readonly required: boolean;
  readonly wrapper: string | null;
  readonly properties: readonly {
    readonly property: string;
    readonly place: BodyBinding['fields'][number]['place'];
    readonly required: boolean;
    readonly node: Node;
    readonly file: FileKind | null;
    readonly encoding: NonNullable<BodyBinding['fields'][number]['encoding']> | null;
  }[];
  /** Whether the wrapper may be left out. */
  readonly isWrapperOptional: boolean;
  /** Further fields that the record takes; null for none. */
  readonly rest: Node | null;
  /** The kinds of which the record must be one. */
  readonly kinds: readonly Shape[];
  /** The body itself, where it has no properties to name. */
  readonly whole: Node | null;
  /** Set where the body itself is a file. */
  readonly wholeFile: FileKind | null;
  /** What the branches of a union need, in words. */
  readonly note: string;
}

/** In which form a body is sent; null for none. */
export function formOf(reader: SchemaReader, { method, operation }: Route) {
  if (method === 'GET') return null;
  const requestBody = resolveReference(reader.root, member(operation, 'requestBody'));
  const content = member(requestBody, 'content');
  const media = isJsonObject(content) ? chooseMedia(content) : null;
  return media && { ...media, content, required: member(requestBody, 'required') === true };
}

/** @param media as `formOf` finds it */
export function bodyOf(reader: SchemaReader, media: ReturnType<typeof formOf>, singular: string): Body | null {
  if (media === null) return null;
  const { content, required } = media;
  const schema = member(media.value, 'schema');
  const node =
    schema === undefined && !isJson(media.type) ? nodeOf({ type: 'string', format: 'binary' }) : nodeOf(schema);
  const outer = flatten(reader, node);
  // Where anything may be sent, all but files goes as JSON.
  const base = {
    contentType: JSON_RANGE.test(media.type) ? 'application/json' : media.type,
    required,
    wholeFile: null,
  };
  if (outer.open || outer.properties.size === 0) {
    const bytes = Object.keys(Object(content)).map(bare).filter(isBytes);
    const wholeFile = isBytes(media.type) ? fileKind(reader, node, bytes.join()) : null;
    const contentType = wholeFile === null ? base.contentType : (bytes.find(isAnyType) ?? media.type);
    return { ...base, ...PLAIN, contentType, wholeFile, wrapper: null, properties: [], whole: node, note: '' };
  }
  const isForm = /^multipart\//.test(media.type);
  const encoding = member(media.value, 'encoding');
  const isUrlEncoded = /^application\/x-www-form-urlencoded/.test(media.type);
  const encodingOf = (name: string) => (isUrlEncoded ? formEncoding(member(encoding, name)) : null);
  const fileOf = (name: string, one: Node): FileKind | null =>
    isForm ? fileKind(reader, one, member(member(encoding, name), 'contentType')) : null;
  const shown = [...outer.properties].filter(([name, one]) => !reader.isHidden(one, outer.required.has(name)));
  const found = isJson(media.type) || isForm ? findWrapper(reader, shown, outer, singular) : null;
  // In a form, an object is a JSON part of its own, unless it has to hold a file.
  const wrapper = isForm && found !== null && !holdsFile(reader, found.inner.properties.values()) ? null : found;
  const properties = shown
    .filter(([name]) => name !== wrapper?.name)
    .map(([name, property]): Body['properties'][number] => ({
      ...{ property: name, place: 'root', required: outer.required.has(name), node: property },
      ...{ file: fileOf(name, property), encoding: encodingOf(name) },
    }));
  if (wrapper === null) {
    return { ...base, ...recordOf(reader, node, outer), wrapper: null, properties, whole: null, note: outer.note };
  }
  const needed = shown.length === 1 || outer.required.has(wrapper.name);
  for (const [name, property] of wrapper.inner.properties) {
    if (reader.isHidden(property, wrapper.inner.required.has(name))) continue;
    const required = needed && wrapper.inner.required.has(name);
    const file = fileOf(name, property);
    properties.push({ property: name, place: 'wrapper', required, node: property, file, encoding: null });
  }
  const isWrapperOptional = !outer.required.has(wrapper.name);
  const record = { ...recordOf(reader, wrapper.node, wrapper.inner), isWrapperOptional };
  const note = wrapper.inner.note || outer.note;
  return { ...base, ...record, wrapper: wrapper.name, properties, whole: null, note };
}

const PLAIN = { isWrapperOptional: false, rest: null, kinds: [] } as const;

/** What the record itself is: open to further fields, one of several kinds. */
function recordOf(
  reader: SchemaReader,
  node: Node,
  { additional }: ReturnType<typeof flatten>,
): Pick<Body, 'isWrapperOptional' | 'rest' | 'kinds'> {
  const { shapes } = reader.alternatives(node);
  const rest = additional !== false && reader.takesMore(node) ? (additional === true ? nodeOf({}) : additional) : null;
  return { isWrapperOptional: false, rest, kinds: shapes.length > 1 ? shapes : [] };
}

/** Of a property of a form, where the document says something about it. */
function formEncoding(given: unknown): Body['properties'][number]['encoding'] {
  const [style, explode, type] = ['style', 'explode', 'contentType'].map((key) => member(given, key));
  if (style === undefined && explode === undefined) {
    return typeof type === 'string' && isJson(type) ? { style: 'form', explode: true, json: true } : null;
  }
  const known = ['deepObject', 'spaceDelimited', 'pipeDelimited'] as const;
  const found = known.find((one) => one === style) ?? 'form';
  return { style: found, explode: typeof explode === 'boolean' ? explode : found === 'form' };
}

const JSON_RANGE = /^(\*|application)\/\*$/;
const FORM_TYPES = /^(multipart\/|application\/x-www-form-urlencoded)/;

const MEDIA_ORDER: readonly ((type: string) => boolean)[] = [
  (type) => /^application\/json\b/i.test(type),
  isJson,
  (type) => JSON_RANGE.test(type),
  (type) => /^multipart\/form-data\b/i.test(type),
  (type) => /^application\/x-www-form-urlencoded\b/i.test(type),
  () => true,
];

function chooseMedia(content: Record<string, unknown>): { type: string; value: unknown } | null {
  for (const fits of MEDIA_ORDER) {
    const type = Object.keys(content).find(fits);
    if (type === undefined) continue;
    return { type: bare(type), value: content[type] };
  }
  return null;
}

/** Parameters such as a charset are the sender's to choose. */
function bare(type: string): string {
  return (type.split(';')[0] ?? type).trim().toLowerCase();
}

function isBytes(type: string): boolean {
  return !isJson(type) && !FORM_TYPES.test(type);
}

function isAnyType(type: string): boolean {
  return /octet-stream|^\*\/\*$/.test(type);
}

/** The only property, or among several the one that bears the record's name, if it is an object with properties. */
function findWrapper(
  reader: SchemaReader,
  shown: readonly (readonly [string, Node])[],
  outer: ReturnType<typeof flatten>,
  singular: string,
): { readonly name: string; readonly node: Node; readonly inner: ReturnType<typeof flatten> } | null {
  const named = shown.filter(([name]) => snake(name) === singular || (name === 'document' && outer.required.has(name)));
  const [candidate] = shown.length === 1 ? shown : named;
  if (candidate === undefined) return null;
  const [name, node] = candidate;
  const inner = flatten(reader, node);
  return inner.open || inner.properties.size === 0 ? null : { name, node, inner };
}

/**
 * What a property of a form, or a whole body, accepts if it is a file.
 * @param declared the media types that the document gives outside the schema: `application/pdf, image/*`
 * @returns null for what is neither a file nor a list of files
 */
function fileKind(reader: SchemaReader, node: Node, declared: unknown): FileKind | null {
  const { shapes } = reader.alternatives(node);
  const binary = shapes.some(
    ({ format, kinds, items }) =>
      (format === 'binary' && kinds?.includes('string') !== false) ||
      (items !== null && reader.alternatives(items).shapes.some((item) => item.format === 'binary')),
  );
  // A part with a media type other than text is a file, whatever its schema forgot to say.
  const types = mediaTypes(declared).length > 0 ? mediaTypes(declared) : mediaTypes(mediaOf(node));
  const typed =
    types.length > 0 && types.every((type) => /^(image|audio|video)\/|^application\/(pdf|zip|octet)/.test(type));
  return binary || typed ? { types: types.some(isAnyType) ? [] : types } : null;
}

function holdsFile(reader: SchemaReader, nodes: Iterable<Node>): boolean {
  return [...nodes].some((node) => fileKind(reader, node, undefined) !== null);
}

function mediaTypes(declared: unknown): readonly string[] {
  if (typeof declared !== 'string') return [];
  return declared
    .split(',')
    .map(bare)
    .filter((type) => /^[\w.+*-]+\/[\w.+*-]+$/.test(type));
}

function mediaOf({ schemas }: Node): unknown {
  const declared = schemas.map((schema) => (isJsonObject(schema) ? schema.contentMediaType : undefined));
  return declared.find((type) => typeof type === 'string');
}

/** The argument that takes the place of the bytes. */
export function pathNode(node: Node, kind: FileKind, several: boolean): Node {
  const types = kind.types.length === 0 ? '' : `; ${kind.types.join(', ')}`;
  const words = wordsOf(node);
  const description = `${words === '' ? '' : `${words.replace(/[.\s]+$/, '')}: `}path in the files folder${types}`;
  const path = { type: 'string', minLength: 1 };
  return nodeOf(several ? { type: 'array', items: path, minItems: 1, description } : { ...path, description });
}

function wordsOf({ schemas }: Node): string {
  const described = schemas.map((schema) => (isJsonObject(schema) ? schema.description : undefined));
  const words = described.find((text) => typeof text === 'string');
  return typeof words === 'string' ? words : '';
}
