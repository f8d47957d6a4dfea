import { isJsonObject } from '../core/json.ts';
import { list, member, type Node, nodeOf, type OpenApiDocument, resolveReference } from './document.ts';
import { argumentName, human, shorten } from './naming.ts';
import type { BodyBinding, BodyField, ParameterBinding } from './operation.ts';
import type { Place } from './place.ts';
import { type Body, pathNode } from './request-body.ts';
import { isJson } from './response.ts';
import { type Route, templateParameters } from './route.ts';

/**
 * Path, query and header parameters of an operation: path-level and operation-level merged, `$ref` followed.
 */
interface Parameter {
  readonly name: string;
  readonly in: ParameterBinding['in'];
  readonly required: boolean;
  readonly style: ParameterBinding['style'];
  readonly explode: boolean;
  readonly node: Node;
}

/** Headers that the bridge sets by itself. */
const OWN_HEADERS = new Set(['authorization', 'accept', 'content-type', 'idempotency-key', 'user-agent', 'host']);

export function parametersOf(document: OpenApiDocument, route: Route): readonly Parameter[] {
  const byPlace = new Map<string, Parameter>();
  for (const stated of [...list(route.item.parameters), ...list(route.operation.parameters)]) {
    const parameter = read(resolveReference(document, stated));
    if (parameter !== null) byPlace.set(`${parameter.in} ${parameter.name}`, parameter);
  }
  const inPath = templateParameters(route.path).map((name) => byPlace.get(`path ${name}`) ?? undeclared(name));
  return [...inPath, ...[...byPlace.values()].filter((parameter) => parameter.in !== 'path')];
}

/** A template's parameter that the document forgot to declare: an id of either kind. */
function undeclared(name: string): Parameter {
  const node = nodeOf({ type: ['string', 'integer'] });
  return { name, in: 'path', required: true, style: 'simple', explode: false, node };
}

function read(stated: unknown): Parameter | null {
  const name = member(stated, 'name');
  const place = member(stated, 'in');
  if (!isJsonObject(stated) || typeof name !== 'string' || name === '') return null;
  if (place !== 'path' && place !== 'query' && place !== 'header') return null;
  const required = place === 'path' || stated.required === true;
  if (place === 'header' && (!required || OWN_HEADERS.has(name.toLowerCase()))) return null;
  if (stated.deprecated === true && !required) return null;
  const style = styleOf(stated.style, place);
  const explode = typeof stated.explode === 'boolean' ? stated.explode : style === 'form';
  const words = typeof stated.description === 'string' ? [{ description: stated.description }] : [];
  return { name, in: place, required, style, explode, node: nodeOf(...words, schemaOf(stated)) };
}

function schemaOf(stated: Record<string, unknown>): unknown {
  if (stated.schema !== undefined) return stated.schema;
  const content = Object.keys(isJsonObject(stated.content) ? stated.content : {});
  // Such a value is written as JSON into the URL, so it is asked for as text.
  if (content.some(isJson)) return { type: 'string', description: 'JSON as text' };
  return { type: 'string' };
}

function styleOf(style: unknown, place: Parameter['in']): Parameter['style'] {
  if (place !== 'query') return 'simple';
  return style === 'spaceDelimited' || style === 'pipeDelimited' || style === 'deepObject' ? style : 'form';
}

/**
 * The flat input of a tool: path, query, header and body properties side by side, each with a name of its own
 * and a binding that says where it goes on the wire.
 */
export interface Argument {
  readonly name: string;
  /** Whether the tool's input demands it; the wire may demand more (a workspace is found without being named). */
  readonly required: boolean;
  readonly node: Node;
}

export interface Inputs {
  readonly arguments: readonly Argument[];
  readonly parameters: readonly ParameterBinding[];
  readonly body: BodyBinding | null;
  /** Wire name of the parameter that names the workspace, wherever it is. */
  readonly workspace: string | null;
}

const WORKSPACE = 'workspace_id';
/** Names that mean something of ours in every tool. */
const RESERVED = new Set([WORKSPACE, 'id', 'allow_duplicate', 'fields', 'max_chars', 'path']);

interface Source {
  readonly route: Route;
  readonly place: Place;
  readonly parameters: readonly Parameter[];
  readonly body: Body | null;
  /** The record's word, for names that clash where there is no wrapper. */
  readonly singular: string;
  /** Whether a schema is of lists. */
  readonly isList: (node: Node) => boolean;
  /** A create or update makes no sense without its body, whatever the document forgot to say. */
  readonly needsBody: boolean;
}

export function inputsOf(source: Source): Inputs {
  const taken = new Set<string>();
  const found: Argument[] = [];
  const add = (wanted: string, prefix: string, required: boolean, node: Node, ours = false): string => {
    const name = freeName(wanted, prefix, taken, ours);
    taken.add(name);
    found.push({ name, required, node });
    return name;
  };

  const paths = pathNames(source.route, source.place);
  let workspace = source.route.workspace;
  const parameters = source.parameters.map((parameter): ParameterBinding => {
    const { name, in: place, required, style, explode } = parameter;
    const ours = place === 'path' ? paths.get(name) : undefined;
    // A workspace in the query is a workspace all the same: a pinned one must hold there too.
    const asWorkspace = ours === WORKSPACE || (ours === undefined && workspace === null && isWorkspaceName(name));
    if (asWorkspace) {
      workspace = name;
      return {
        arg: add(WORKSPACE, '', false, workspaceNode(parameter), true),
        name,
        in: place,
        required,
        style,
        explode,
      };
    }
    const node = ours === undefined ? parameter.node : recordNode(parameter, ours, recordWord(source.place, name));
    const arg = add(ours ?? name, place, required, node, ours !== undefined);
    return { arg, name, in: place, required, style, explode };
  });

  return { arguments: found, parameters, body: bindBody(source, add), workspace };
}

type Add = (wanted: string, prefix: string, required: boolean, node: Node, ours?: boolean) => string;

function bindBody({ body, singular, isList, needsBody }: Source, add: Add): BodyBinding | null {
  if (body === null) return null;
  const { contentType, wrapper } = body;
  const required = body.required || needsBody;
  const prefix = wrapper ?? singular;
  const { whole, wholeFile } = body;
  if (whole !== null && wholeFile !== null) {
    const arg = add('path', prefix, true, pathNode(whole, wholeFile, false), true);
    return { contentType, wrapper, fields: [], whole: arg, wholeFile, required };
  }
  const files = body.properties.filter(({ file }) => file !== null);
  const fields = body.properties.map(({ property, place, required: needed, node, file }): BodyField => {
    const isNeeded = required && needed;
    if (file === null) return { arg: add(property, prefix, isNeeded, node), property, place };
    const isPlain = files.length === 1 && property === 'file';
    const wanted = isPlain ? 'path' : pathName(property);
    const asked = pathNode(node, file, isList(node));
    return { arg: add(wanted, prefix, isNeeded, asked, isPlain), property, place, file };
  });
  const arg = whole === null ? null : add('body', prefix, body.required, whole);
  return { contentType, wrapper, fields, whole: arg, required };
}

/** Interface: an argument that names a file is called `path` or ends in `_path`. */
function pathName(property: string): string {
  const name = argumentName(property);
  return /(^|_)path$/.test(name) ? name : `${shorten(name, 59)}_path`;
}

/**
 * What the path's parameters are called: `workspace_id`, `id` for the record, `invoice_id` for what it belongs to. What
 * has no records of its own (`/expenses/{…}/receipts`) is about the record before it; the tasks of a project, which
 * have, are not.
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

function isWorkspaceName(name: string): boolean {
  return /^(account|workspace)_?id$/i.test(name);
}

function workspaceNode({ node }: Parameter): Node {
  return described(node, 'Workspace id');
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
