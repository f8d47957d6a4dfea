import { getHeapStatistics } from 'node:v8';
import { ProtocolError } from '../core/errors.ts';
import { isJsonObject, type JsonObject, uriDecoded } from '../core/json.ts';

/**
 * The service's OpenAPI document, checked before it is used, and how to find one's way in it.
 * Only what the compiler needs is checked here; deeper parts are checked where they are used.
 */
export const MAX_DOCUMENT_BYTES = Math.floor(getHeapStatistics().heap_size_limit / 25);
export const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** OpenAPI 3.0 or 3.1, as parsed JSON. Everything but `openapi` and `paths` is unchecked. */
export interface OpenApiDocument {
  readonly openapi: string;
  readonly paths: JsonObject;
  readonly [key: string]: unknown;
}

/** A member that the object itself has: documents may name things `constructor`. */
export function member(value: unknown, key: string): unknown {
  return isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** Empty for objects and lists, which may hold a `toString` of their own. */
export function writtenText(value: unknown): string {
  return typeof value === 'object' && value !== null ? '' : String(value);
}

function asOpenApi(document: unknown): OpenApiDocument {
  if (!isJsonObject(document)) throw unusableDocument('is not a JSON object');
  if (!isOpenApi(document)) {
    const found = member(document, 'openapi') ?? member(document, 'swagger');
    if (typeof found !== 'string') throw unusableDocument('has no `openapi` version');
    if (!VERSION.test(found))
      throw unusableDocument(`has version ${JSON.stringify(found.slice(0, 20))}, and 2.0, 3.0 or 3.1 is needed`);
    throw unusableDocument('has no `paths` object');
  }
  if (!hasOperations(document)) throw unusableDocument('has no operations in its `paths`');
  return document;
}

const VERSION = /^3\.[01](\.|$)/;

function parseDocument(text: string): unknown {
  if (Buffer.byteLength(text) > MAX_DOCUMENT_BYTES) throw tooLargeDocument();
  try {
    // Plain JSON: a bound such as 9223372036854775807 is wanted as a number, since Ajv takes no bigint.
    return JSON.parse(text);
  } catch (cause) {
    throw unusableDocument('is not valid JSON', cause);
  }
}

export function tooLargeDocument(): ProtocolError {
  const megabytes = Math.floor(MAX_DOCUMENT_BYTES / 1024 / 1024);
  return unusableDocument(`is larger than ${megabytes} MB, and more does not fit the memory of this program`);
}

function isOpenApi(value: JsonObject): value is OpenApiDocument {
  const version = member(value, 'openapi');
  return typeof version === 'string' && VERSION.test(version) && isJsonObject(member(value, 'paths'));
}

function hasOperations(document: OpenApiDocument): boolean {
  return Object.values(document.paths).some((item) => {
    const resolved = resolveReference(document, item);
    return METHODS.some((method) => isJsonObject(member(resolved, method)));
  });
}

/** @param what goes on from "The service's API description": `is not valid JSON` */
function unusableDocument(what: string, cause?: unknown): ProtocolError {
  return new ProtocolError('invalid_contract', `The service's API description (OpenAPI) ${what}.`, {
    hint: {
      person:
        'Check --url. If it is right, run `lucanto-mcp login` again later, or report this to the support of the service.',
      model:
        'Ask the user to check --url and, if it is right, to run `lucanto-mcp login` again later or to report this to the support of the service.',
    },
    cause,
  });
}

/** What a local JSON pointer (`#/components/schemas/Invoice`) points at; undefined if nothing is there. */
export function atPointer(root: unknown, pointer: string): unknown {
  if (pointer === '#') return root;
  if (!pointer.startsWith('#/')) return undefined;
  let value = root;
  const isEscaped = /[%~]/.test(pointer);
  for (const raw of pointer.slice(2).split('/')) {
    const key = isEscaped ? uriDecoded(raw).replaceAll('~1', '/').replaceAll('~0', '~') : raw;
    if (Array.isArray(value)) value = /^\d+$/.test(key) ? value[Number(key)] : undefined;
    else value = member(value, key);
    if (value === undefined) return undefined;
  }
  return value;
}

/** Follows the `$ref` of a parameter, body, response or path item, through at most eight hops. */
export function resolveReference(root: unknown, value: unknown): unknown {
  let current = value;
  for (let hop = 0; hop < 8; hop += 1) {
    const reference = member(current, '$ref');
    if (typeof reference !== 'string') return current;
    current = atPointer(root, reference);
  }
  return undefined;
}

/** A schema that has not been read yet: all of `schemas` apply at once. */
export interface Node {
  readonly schemas: readonly unknown[];
  /** References followed from the start to here, for cycles. */
  readonly trail: readonly string[];
  /** Levels on the way here that went through a reference. */
  readonly depth: number;
}

/** A schema object without its reference and `allOf`, and where its children continue. */
export interface Fragment {
  readonly schema: JsonObject;
  readonly trail: readonly string[];
  readonly depth: number;
}

export interface Collected {
  readonly fragments: readonly Fragment[];
  /** Why something of this schema was not read. */
  readonly cut: 'cycle' | 'depth' | null;
  /** Holds a `false` schema: no value fits. */
  readonly impossible: boolean;
}

export function nodeOf(...schemas: readonly unknown[]): Node {
  return { schemas, trail: [], depth: 0 };
}

export function child(fragment: Fragment, schema: unknown): Node {
  return { schemas: [schema], trail: fragment.trail, depth: fragment.depth };
}

/** A node that fits if any of `nodes` does. */
export function anyNode(nodes: readonly Node[]): Node {
  const [first] = nodes;
  if (nodes.length === 1 && first !== undefined) return first;
  let deepest = nodeOf();
  for (const node of nodes) if (node.depth >= deepest.depth) deepest = node;
  const anyOf = nodes.map(({ schemas }) => (schemas.length === 1 ? schemas[0] : { allOf: schemas }));
  return { schemas: [{ anyOf }], trail: deepest.trail, depth: deepest.depth };
}

/**
 * The document as the service publishes it: OpenAPI, or Swagger 2.0, which becomes OpenAPI 3.0 first.
 * @throws ProtocolError with a sentence that says what is wrong with it
 */
export async function readPublished(text: string): Promise<OpenApiDocument> {
  const given = parseDocument(text);
  const version = member(given, 'swagger');
  if (!isJsonObject(given) || typeof version !== 'string' || !version.startsWith('2.')) return asOpenApi(given);
  if (!isJsonObject(member(given, 'paths'))) throw unusableDocument('has no `paths` object');
  const { upgradeFromTwoToThree } = await import('@scalar/openapi-upgrader/2.0-to-3.0');
  let upgraded: unknown;
  try {
    upgraded = upgradeFromTwoToThree(withOwnBodies(given));
  } catch (cause) {
    throw unusableDocument('is Swagger 2.0 and could not be converted to OpenAPI 3', cause);
  }
  return asOpenApi(upgraded);
}

/** The converter takes a body that several operations share for an ordinary parameter: each gets its own. */
function withOwnBodies(given: JsonObject): Record<string, unknown> {
  const own = (entry: unknown): unknown => {
    const shared = resolveReference(given, entry);
    const place = member(shared, 'in');
    return place === 'body' || place === 'formData' ? structuredClone(shared) : entry;
  };
  const withOwn = (value: unknown): unknown => {
    if (!isJsonObject(value)) return value;
    const parameters = member(value, 'parameters');
    return Array.isArray(parameters) ? { ...value, parameters: parameters.map(own) } : value;
  };
  const paths = Object.entries(Object(member(given, 'paths'))).map(([path, item]) => {
    const whole = withOwn(item);
    if (!isJsonObject(whole)) return [path, whole];
    return [path, Object.fromEntries(Object.entries(whole).map(([key, value]) => [key, withOwn(value)]))];
  });
  return { ...given, paths: Object.fromEntries(paths) };
}
