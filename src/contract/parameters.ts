/**
 * Path, query and header parameters of an operation: path-level and operation-level merged, `$ref` followed.
 */
import { isJsonObject } from '../json.ts';
import { list, member, type OpenApiDocument, resolveReference } from './document.ts';
import { type Node, nodeOf } from './node.ts';
import type { ParameterBinding } from './operation.ts';
import { isJson } from './response.ts';
import { type Route, templateParameters } from './route.ts';

export interface Parameter {
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
