import { arrayIn, isJsonObject } from '../core/json.ts';
import { member, type Node, nodeOf, type OpenApiDocument, resolveReference, writtenText } from './document.ts';
import { rulesOf } from './flat-object.ts';
import { hash, human, shorten } from './naming.ts';
import type { BodyBinding, Operation, ParameterBinding } from './operation.ts';
import type { Place } from './place.ts';
import { type Body, pathNode } from './request-body.ts';
import { isJson } from './response.ts';
import { type Route, templateParameters } from './route.ts';
import type { SchemaReader } from './schema-reader.ts';
import type { Verb } from './tool-names.ts';
import { mayNameWorkspace, surelyNamesWorkspace } from './workspace-path.ts';

/**
 * The flat input of a tool: path, query, header and body properties side by side, each with a name of its own and a
 * binding that says where it goes on the wire.
 */
interface Parameter extends Omit<ParameterBinding, 'arg'> {
  readonly node: Node;
}

/** Headers that the bridge sets by itself. */
const OWN_HEADERS = new Set(['authorization', 'accept', 'content-type', 'cookie', 'user-agent', 'host']);

const RECOGNISES =
  /idempoten|\b(safe(ly)?|once|twice|duplicates?)\b.*\bretr(y|ies|ied)|\bretr(y|ies|ied).*\b(safe(ly)?|once|twice|duplicates?)\b/i;

/** Whether it is the header by which the service recognises a write that comes twice, under whatever name. */
function isKeyHeader(given: unknown): boolean {
  const name = member(given, 'name');
  if (member(given, 'in') !== 'header' || typeof name !== 'string' || OWN_HEADERS.has(name.toLowerCase())) return false;
  // The document is foreign: only what can be the name of a header.
  if (!/^[\w!#$%&'*+.^`|~-]{1,100}$/.test(name) || mayNameWorkspace(name)) return false;
  const words = [member(given, 'description'), member(member(given, 'schema'), 'description')];
  const isSaid = words.some((text) => typeof text === 'string' && RECOGNISES.test(text));
  return RECOGNISES.test(name) || (isSaid && /key|id|token|nonce|reference/i.test(name));
}

/** The header that takes the key of a write; undefined where the document names none. */
export function keyHeaderOf({ parameters }: Route): string | undefined {
  const name = member(parameters.find(isKeyHeader), 'name');
  return typeof name === 'string' ? name : undefined;
}

/** The path of the record that a path is about: `/invoices/{id}` of `/invoices/{id}/issue`. */
export function recordPath(path: string): string {
  return /^.*\}\)?/.exec(path)?.[0] ?? path;
}

/** Whether the version of the record (its ETag) must come with the request, and can be read. */
export function isVersioned(document: OpenApiDocument, { key, parameters }: Route): boolean {
  return parameters.some(isVersionHeader) && member(document.paths[recordPath(key)], 'get') !== undefined;
}

function isVersionHeader(given: unknown): boolean {
  const isNamed = /^if-match$/i.test(writtenText(member(given, 'name')));
  return isNamed && member(given, 'in') === 'header' && member(given, 'required') === true;
}

export function parametersOf(document: OpenApiDocument, route: Route): readonly Parameter[] {
  const byPlace = new Map<string, Parameter>();
  const isSetHere = isVersioned(document, route);
  for (const entry of route.parameters) {
    const isOurs = isKeyHeader(entry) || (isSetHere && isVersionHeader(entry));
    const parameter = isOurs ? null : readParameter(entry);
    if (parameter === null) continue;
    for (const one of pageMembers(document, parameter, entry)) byPlace.set(`${one.in} ${one.name}`, one);
  }
  const inPath = templateParameters(route.path).map((name) => byPlace.get(`path ${name}`) ?? undeclared(name));
  return [...inPath, ...[...byPlace.values()].filter((parameter) => parameter.in !== 'path')];
}

/** `page[number]` and `page[size]` are written as one object, and are arguments of their own: lists are read by them. */
function pageMembers(document: OpenApiDocument, parameter: Parameter, given: unknown): readonly Parameter[] {
  const { name, style, required } = parameter;
  const schema = resolveReference(document, member(given, 'schema'));
  const properties = member(schema, 'properties');
  if (style !== 'deepObject' || !/^pag(e|ing|ination)$/i.test(name) || !isJsonObject(properties)) return [parameter];
  const needed = arrayIn(member(schema, 'required'));
  return Object.entries(properties).map(([inner, node]) => ({
    ...{ ...parameter, name: `${name}[${inner}]`, style: 'form', explode: true, node: nodeOf(node) },
    required: required && needed.includes(inner),
  }));
}

/** A parameter of the path that the document forgot to declare: an id of either kind. */
function undeclared(name: string): Parameter {
  const node = nodeOf({ type: ['string', 'integer'] });
  return { name, in: 'path', required: true, style: 'simple', explode: false, node };
}

function readParameter(given: unknown): Parameter | null {
  const name = member(given, 'name');
  const place = member(given, 'in');
  const content = isJsonObject(given) && isJsonObject(given.content) ? Object.entries(given.content) : [];
  const json = content.find(([type]) => isJson(type));
  if (!isJsonObject(given) || typeof name !== 'string' || name === '') return null;
  if (place !== 'path' && place !== 'query' && place !== 'header') return null;
  const required = place === 'path' || given.required === true;
  if (place === 'header' && OWN_HEADERS.has(name.toLowerCase())) return null;
  // Of the optional headers only one that names the workspace matters: left out, the service would choose.
  if (place === 'header' && !required && !mayNameWorkspace(name)) return null;
  if (given.deprecated === true && !required) return null;
  const style = styleOf(given.style, place);
  const explode = typeof given.explode === 'boolean' ? given.explode : style === 'form';
  const words = typeof given.description === 'string' ? [{ description: given.description }] : [];
  const described = typeof given.description === 'string' ? given.description : member(given.schema, 'description');
  return {
    ...{ name, in: place, required, style, explode, node: nodeOf(...words, schemaOf(given, json)) },
    ...(json !== undefined && given.schema === undefined && { json: true as const }),
    ...(typeof described === 'string' && { words: described }),
  };
}

function schemaOf(given: Record<string, unknown>, json: readonly [string, unknown] | undefined): unknown {
  return given.schema ?? member(json?.[1], 'schema') ?? { type: 'string' };
}

const STYLES = {
  path: ['simple', 'label', 'matrix'],
  query: ['form', 'spaceDelimited', 'pipeDelimited', 'deepObject'],
  header: ['simple'],
} as const;

function styleOf(style: unknown, place: Parameter['in']): Parameter['style'] {
  const known: readonly Parameter['style'][] = STYLES[place];
  return known.find((one) => one === style) ?? (place === 'query' ? 'form' : 'simple');
}

export interface Argument {
  readonly name: string;
  /** Whether the tool's input requires it. The request may require more: a workspace is found without being named. */
  readonly required: boolean;
  readonly node: Node;
}

const WORKSPACE = 'workspace_id';
/** Names that the bridge itself uses in every tool. */
const RESERVED = new Set([WORKSPACE, 'id', 'allow_duplicate', 'fields', 'max_chars', 'path']);

/** @param verb whose singular prefixes names that clash where there is no wrapper */
export function inputsOf(
  reader: SchemaReader,
  route: Route,
  place: Place,
  declared: readonly Parameter[],
  body: Body | null,
  verb: Pick<Verb, 'kind' | 'singular'>,
): Pick<Operation, 'parameters' | 'body' | 'workspace'> & { readonly arguments: readonly Argument[] } {
  const taken = new Set<string>();
  const found: Argument[] = [];
  const add = (wanted: string, prefix: string, required: boolean, node: Node, ours = false): string => {
    const name = freeName(wanted, prefix, taken, ours);
    taken.add(name);
    found.push({ name, required, node });
    return name;
  };

  const paths = pathNames(route, place);
  let workspace = route.workspace;
  const parameters = declared.map((parameter): ParameterBinding => {
    const { node, ...wire } = parameter;
    const { name } = wire;
    const ours = wire.in === 'path' ? paths.get(name) : undefined;
    // A workspace in the query or a header is a workspace all the same: a pinned one must hold there too.
    if (ours === WORKSPACE || (ours === undefined && isWorkspaceParameter(wire, route))) {
      workspace ??= name;
      if (taken.has(WORKSPACE)) return { ...wire, arg: WORKSPACE };
      return { ...wire, arg: add(WORKSPACE, '', false, described(parameter.node, 'Workspace id'), true) };
    }
    const asked = ours === undefined ? node : recordNode(parameter, ours, recordWord(place, name));
    return { ...wire, arg: add(ours ?? name, wire.in, wire.required, asked, ours !== undefined) };
  });
  // A create or update makes no sense without its body, whatever the document forgot to say.
  const needsBody = verb.kind === 'create' || verb.kind === 'update';
  const bound = body === null ? null : bindBody(reader, body, verb.singular, body.required || needsBody, add);
  return { arguments: found, parameters, body: bound, workspace };
}

function bindBody(
  reader: SchemaReader,
  body: Body,
  singular: string,
  required: boolean,
  add: (wanted: string, prefix: string, required: boolean, node: Node, ours?: boolean) => string,
): BodyBinding {
  const { contentType, wrapper, whole, wholeFile, required: isDeclared, properties, rest } = body;
  const prefix = wrapper ?? singular;
  if (whole !== null && wholeFile !== null) {
    const arg = add('path', prefix, true, pathNode(whole, wholeFile, false), true);
    return { contentType, wrapper, fields: [], whole: arg, wholeFile, required };
  }
  const files = properties.filter(({ file }) => file !== null);
  const fields = properties.map((one): BodyBinding['fields'][number] => {
    const { property, place, required: needed, node, file, encoding } = one;
    const isNeeded = required && needed;
    if (file === null) {
      return { arg: add(property, prefix, isNeeded, node), property, place, ...(encoding !== null && { encoding }) };
    }
    const isPlain = files.length === 1 && property === 'file';
    const wanted = isPlain ? 'path' : pathName(property);
    const asked = pathNode(node, file, isList(reader, node));
    return { arg: add(wanted, prefix, isNeeded, asked, isPlain), property, place, file };
  });
  const arg = whole === null ? null : add('body', prefix, isDeclared, whole);
  const more = rest === null ? {} : { rest: add('other_fields', prefix, false, furtherFields(rest)) };
  return { contentType, wrapper, fields, whole: arg, required, ...more, ...rulesOf(reader, body, fields, required) };
}

function furtherFields({ schemas }: Node): Node {
  const description = 'Further fields by their names';
  return nodeOf({ type: 'object', additionalProperties: { allOf: schemas }, description });
}

function isList(reader: SchemaReader, node: Node): boolean {
  return reader.alternatives(node).shapes.some(({ kinds }) => kinds?.[0] === 'array');
}

/** Arguments that name files are called `path` or end in `_path`. */
function pathName(property: string): string {
  const name = argumentName(property);
  return /(^|_)path$/.test(name) ? name : `${shorten(name, 59)}_path`;
}

/**
 * Names of the path's parameters: `workspace_id`, `id` for the record, `invoice_id` for what it belongs to. A collection
 * without records of its own (`/expenses/{…}/receipts`) is about the record before it; the tasks of a project are not.
 */
function pathNames(route: Route, place: Place): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const records = place.chain.filter(({ parameter }) => parameter !== null);
  const last = place.chain.at(-1);
  const addressed = last?.hasRecords === false ? records.at(-1) : last;
  for (const one of records) {
    if (one.parameter !== null) names.set(one.parameter, one === addressed ? 'id' : `${one.singular}_id`);
  }
  if (route.workspace !== null) names.set(route.workspace, WORKSPACE);
  return names;
}

/** In a query, an account beside the workspace of the path is something else, such as a bank account. */
function isWorkspaceParameter({ name, in: place }: Pick<Parameter, 'name' | 'in'>, route: Route): boolean {
  if (place === 'header') return mayNameWorkspace(name) && !isListOfWorkspaces(route);
  if (place !== 'query') return false;
  return surelyNamesWorkspace(name) || (route.workspace === null && /^account_?id$/i.test(name));
}

/** Asked to find out which workspaces there are. */
function isListOfWorkspaces({ underWorkspaces, segments, workspace }: Route): boolean {
  return underWorkspaces && segments.length === 0 && workspace === null;
}

function recordWord({ chain }: Place, parameter: string): string {
  return chain.find((one) => one.parameter === parameter)?.singular ?? 'record';
}

/** The document's words for a record's id, or ours where it has none. */
function recordNode({ node }: Parameter, name: string, singular: string): Node {
  const word = name === 'id' ? `${singular}_id` : name;
  return { ...node, schemas: [...node.schemas, { description: human(word) }] };
}

function described(node: Node, description: string): Node {
  return { ...node, schemas: [...nodeOf({ description }).schemas, ...node.schemas] };
}

function freeName(wanted: string, prefix: string, taken: ReadonlySet<string>, ours: boolean): string {
  const isFree = (name: string): boolean => !taken.has(name) && (ours || !RESERVED.has(name));
  const plain = argumentName(wanted);
  if (isFree(plain)) return plain;
  const prefixed = argumentName(`${prefix}_${wanted}`);
  if (isFree(prefixed)) return prefixed;
  for (let count = 2; ; count += 1) {
    const name = `${shorten(prefixed, 60)}_${count}`;
    if (isFree(name)) return name;
  }
}

const MAX_ARGUMENT_NAME = 64;

/** An argument name that model APIs accept; the wire keeps the service's own. */
export function argumentName(wire: string): string {
  if (wire === '__proto__') return 'proto';
  if (/^[a-zA-Z0-9_.-]{1,64}$/.test(wire)) return wire;
  const ascii = wire
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/[^a-zA-Z0-9_.-]+/g, '_')
    .replace(/^_+|_+$/g, '');
  return shorten(ascii === '' ? `arg_${hash(wire)}` : ascii, MAX_ARGUMENT_NAME);
}
