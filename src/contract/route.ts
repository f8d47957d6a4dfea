import { arrayIn, isJsonObject, type JsonObject, objectIn } from '../core/json.ts';
import { atPointer, METHODS, member, nodeOf, type OpenApiDocument, resolveReference } from './document.ts';
import { isPluralNoun, type Segment, segmentsOf, withoutVersion } from './naming.ts';
import type { HttpMethod } from './operation.ts';
import { isForSigningIn, type OwnAddress, Servers, whyKeyIsNotEnough, whyParametersCannotBeSent } from './reach.ts';
import type { SchemaReader } from './schema-reader.ts';
import { workspaceAt, workspaceWordsOf } from './workspace-path.ts';

/**
 * The document's paths as routes: where each operation is on the origin, the segments that names are made of, and
 * whether an API key is enough to use it.
 */
export interface Route {
  readonly method: HttpMethod;
  /** As the document has it. */
  readonly key: string;
  /** Template from the origin's root. */
  readonly path: string;
  /** Below the base and the workspace: literals in snake_case, and parameters (with an empty word) as the template spells them. */
  readonly segments: readonly Segment[];
  /** `v2` of a path that says so; empty for none. It is no part of `segments`. */
  readonly version: string;
  /** The path parameter that names the workspace. */
  readonly workspace: string | null;
  /** True for paths about workspaces, with or without one in it. */
  readonly underWorkspaces: boolean;
  /** Equal for two spellings of one operation: parameters and workspaces may be called by different names. */
  readonly identity: string;
  readonly item: JsonObject;
  readonly operation: JsonObject;
  /** Of the path and of the operation together, with references followed. */
  readonly parameters: readonly unknown[];
}

/** What of the document became no tool, and why. */
export interface LeftOut {
  /** `POST /invoices/{id}/sync`, as the document has it; a path alone where nothing of it could be read. */
  readonly operation: string;
  /** A clause without a full stop. */
  readonly reason: string;
}

/**
 * Every operation that an API key can be used for on the service's own origin, in the document's order.
 * @param leftOut takes the others
 */
export function readRoutes(
  document: OpenApiDocument,
  own: OwnAddress | null,
  reader: SchemaReader,
  leftOut: LeftOut[],
): readonly Route[] {
  const routes: Route[] = [];
  const servers = new Servers(document, own);
  const words = workspaceWordsOf(document);
  const product = productWord(Object.keys(document.paths).filter((key) => !key.startsWith('x-')));
  for (const [key, value] of Object.entries(document.paths)) {
    if (key.startsWith('x-')) continue;
    const item = resolveReference(document, value);
    if (!isJsonObject(item)) {
      leftOut.push({ operation: key.slice(0, 200), reason: 'its description is not in the document' });
      continue;
    }
    const isPlain = isPlainPath(key);
    for (const method of METHODS) {
      const operation = member(item, method);
      if (!isJsonObject(operation)) continue;
      const spelt = `${method.toUpperCase()} ${key.slice(0, 200)}`;
      const where = isPlain ? servers.basePath(item, operation) : { problem: 'its path is not a plain one' };
      if ('problem' in where) {
        leftOut.push({ operation: spelt, reason: where.problem });
        continue;
      }
      const parameters = declaredIn(item, operation).map((one) => resolveReference(document, one));
      const route = { ...routeOf(where.base, key, item, method, operation, { ...words, product }), parameters };
      const reason = whyUnusable(document, reader, route);
      if (reason === null) routes.push(route);
      else leftOut.push({ operation: spelt, reason });
    }
    for (const method of UNUSED_METHODS) {
      if (!isJsonObject(member(item, method))) continue;
      const reason = `the bridge sends no ${method.toUpperCase()} requests`;
      leftOut.push({ operation: `${method.toUpperCase()} ${key.slice(0, 200)}`, reason });
    }
  }
  return routes;
}

/** The word that all paths begin with, and that has no records of its own: the name of a product or of a part of it. */
function productWord(paths: readonly string[]): string | null {
  const all = paths.map((path) => withoutVersion(segmentsOf(path)).segments);
  const word = all[0]?.[0]?.word ?? '';
  const isShared = all.every(([first, second]) => first?.word === word && second?.parameter === null);
  return word !== '' && isShared && all.some(([, second]) => isPluralNoun(second?.word ?? '')) ? word : null;
}

const UNUSED_METHODS = ['head', 'options', 'trace', 'query'];

function isPlainPath(key: string): boolean {
  return !/[?#\\\s]|\/\.{1,2}(\/|$)/.test(key) && isTemplate(key);
}

/** Braces in pairs, and each parameter once: two of one name could not be told apart. */
function isTemplate(key: string): boolean {
  const names = templateParameters(key);
  return !/[{}]/.test(key.replace(/\{[^{}/]+\}/g, '')) && new Set(names).size === names.length;
}

function routeOf(
  server: string | null,
  key: string,
  item: JsonObject,
  method: (typeof METHODS)[number],
  operation: JsonObject,
  words: ReturnType<typeof workspaceWordsOf> & { readonly product: string | null },
): Omit<Route, 'parameters'> {
  const { path, base } = locate(server, key.startsWith('/') ? key : `/${key}`);
  const { segments: all, version } = withoutVersion(segmentsOf(path.slice(base)), words.product);
  const at = workspaceAt(all, words.segments);
  const isLeading = at === null && words.leading !== null && all[0]?.parameter === words.leading;
  const workspace = isLeading ? words.leading : at === null ? null : (all[at + 1]?.parameter ?? null);
  const skipped = at === null ? Number(isLeading) : at + (workspace === null ? 1 : 2);
  const { segments, version: inner } = withoutVersion(all.slice(skipped));
  const upper = UPPER[method];
  return {
    method: upper,
    key: key.slice(0, 200),
    path,
    segments,
    version: inner || version,
    workspace,
    underWorkspaces: at !== null || isLeading,
    identity: `${upper} ${at === null ? path.replace(/\{[^{}]*\}/g, '{}').replace(/\/+$/, '') : `${inner || version} ${below(all.slice(at + 1))}`}`,
    item,
    operation,
  };
}

function below(segments: readonly Segment[]): string {
  return segments.map(({ word, parameter }) => (parameter === null ? word : '{}')).join('/');
}

/** Why no call of it could be right, as a clause; null where one can. */
function whyUnusable(document: OpenApiDocument, reader: SchemaReader, route: Route): string | null {
  const { operation, method, path, segments } = route;
  if (/\/(openapi|swagger)(\.\w+)?\/?$/.test(path)) return 'it serves the document itself';
  const reason =
    whyKeyIsNotEnough(document, operation) ??
    whyParametersCannotBeSent(route.parameters) ??
    whyNotDescribed(document, route);
  if (reason !== null) return reason;
  const body = () => bodyFields(reader, operation);
  const words = segments.map(({ word }) => word);
  if (isForSigningIn(document, operation, words, () => body().fields))
    return 'it is for signing in, without an API key';
  if (method !== 'GET') return null;
  // A body that may be left out, as some documents have it everywhere, is left out.
  const { required, needed } = body();
  return required || needed ? 'it wants a body with a GET request, which cannot be sent' : null;
}

function declaredIn(item: JsonObject, operation: JsonObject): readonly unknown[] {
  return [...arrayIn(item.parameters), ...arrayIn(operation.parameters)];
}

/** A parameter or a body of which nothing is known would be left out, or sent in any form. */
function whyNotDescribed(document: OpenApiDocument, route: Route): string | null {
  const { item, operation, path, method, parameters } = route;
  const lost = (value: unknown) => {
    const reference = member(value, '$ref');
    return typeof reference === 'string' && atPointer(document, reference) === undefined ? reference : [];
  };
  const names = parameters.map((one) => member(one, 'name'));
  // One that the path names is known by that.
  const implied = () => templateParameters(path).filter((name) => !names.includes(name));
  const [parameter] = parameters.includes(undefined)
    ? declaredIn(item, operation).flatMap(lost).slice(implied().length)
    : [];
  const body = method === 'GET' || method === 'DELETE' ? null : operation.requestBody;
  const media = Object.values(objectIn(member(resolveReference(document, body), 'content')));
  const schemas = media.map((one) => member(one, 'schema')).filter((schema) => schema !== undefined);
  const parts = schemas.flatMap((schema) => [schema, ...arrayIn(member(resolveReference(document, schema), 'allOf'))]);
  const [schema] = [body, ...parts].flatMap(lost);
  const missing = parameter ?? schema;
  if (missing === undefined) return null;
  const what = parameter === undefined ? 'its body' : 'one of its parameters';
  return `${what} is described elsewhere (${missing.slice(0, 100)}), and not in the document`;
}

function bodyFields(reader: SchemaReader, operation: JsonObject) {
  const body = resolveReference(reader.root, operation.requestBody);
  const content = member(body, 'content');
  const shapes = Object.values(objectIn(content)).flatMap(
    (media) => reader.alternatives(nodeOf(member(media, 'schema'))).shapes,
  );
  return {
    required: member(body, 'required') === true,
    needed: shapes.length > 0 && shapes.every((shape) => shape.required.size > 0),
    fields: shapes.flatMap(({ properties }) => [...properties.keys()]),
  };
}

/** `POST /invoices/{id}/sync`, as the document has it. */
export function spelt({ method, key }: Pick<Route, 'method' | 'key'>): string {
  return `${method} ${key}`;
}

const UPPER = { get: 'GET', post: 'POST', put: 'PUT', patch: 'PATCH', delete: 'DELETE' } as const;

const API_BASE = '/api/v1';

/** The whole path, and how much of it is base. A key that repeats the base is taken as whole. */
function locate(server: string | null, key: string): { path: string; base: number } {
  const repeats = isBelow(key, API_BASE) && (server === null || server === API_BASE || server === '');
  if (repeats) return { path: key, base: API_BASE.length };
  const base = server ?? API_BASE;
  return { path: `${base}${key}`, base: base.length };
}

function isBelow(path: string, base: string): boolean {
  return path === base || path.startsWith(`${base}/`);
}

/** Names in a template, in order: `/a/{x}/b-{y}` → x, y. */
export function templateParameters(path: string): readonly string[] {
  return [...path.matchAll(/\{([^{}]+)\}/g)].map(([, name = '']) => name);
}
