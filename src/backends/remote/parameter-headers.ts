import { atPointer } from '../../contract/document.ts';
import { isJsonObject, type JsonObject } from '../../core/json.ts';

/**
 * Arguments that a tool's schema wants repeated as headers (`x-mcp-header`), for proxies on the way: the endpoint refuses
 * a call without them, and the protocol demands that a tool is left out whose schema marks them in the wrong way.
 */
const KEYWORD = 'x-mcp-header';
/** Deeper schemas are left out before: this only keeps the stack safe. */
const MAX_DEPTH = 512;
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const TYPES: readonly unknown[] = ['string', 'integer', 'boolean'];

/** @returns `Mcp-Param-<name>` for each marked argument that was given, following `properties` only. */
export function parameterHeaders(schema: unknown, args: JsonObject, depth = 0): Readonly<Record<string, string>> {
  if (!isJsonObject(schema) || !isJsonObject(schema.properties) || depth > MAX_DEPTH) return {};
  const headers: Record<string, string> = {};
  for (const [name, property] of Object.entries(schema.properties)) {
    const value = args[name];
    if (!isJsonObject(property) || value === undefined || value === null) continue;
    const header = property[KEYWORD];
    if (typeof header === 'string' && TOKEN.test(header) && isPrimitive(value)) {
      headers[`Mcp-Param-${header}`] = headerValue(String(value));
    } else if (isJsonObject(value)) {
      Object.assign(headers, parameterHeaders(property, value, depth + 1));
    }
  }
  return headers;
}

/** Integers that a double cannot hold are left out, as the protocol says. */
function isPrimitive(value: unknown): value is string | number | boolean {
  if (typeof value === 'number') return Number.isSafeInteger(value) || !Number.isInteger(value);
  return typeof value === 'string' || typeof value === 'boolean';
}

/** Subschemas that an argument's place does not follow from: a mark in them cannot be obeyed. */
const ELSEWHERE = [
  ...['items', 'prefixItems', 'contains', 'additionalProperties', 'unevaluatedProperties', 'unevaluatedItems'],
  ...['propertyNames', 'oneOf', 'anyOf', 'allOf', 'not', 'if', 'then', 'else'],
];
const ELSEWHERE_BY_NAME = ['patternProperties', 'dependentSchemas', '$defs', 'definitions'];

/** Why a tool with this input schema must be left out, as a clause; null for a schema whose marks are valid. */
export function headerProblem(inputSchema: unknown): string | null {
  const seen = new Set<string>();
  const followed = new Set<string>();
  const visit = (schema: unknown, name: string | null, depth: number): string | null => {
    if (!isJsonObject(schema)) return null;
    if (depth > MAX_DEPTH) return 'its schema is nested too deeply to be checked';
    const own = Object.hasOwn(schema, KEYWORD) ? markProblem(schema, name, seen) : null;
    if (own !== null) return own;
    const nested = isJsonObject(schema.properties) ? Object.entries(schema.properties) : [];
    const elsewhere = [
      ...ELSEWHERE.flatMap((keyword) => schema[keyword]),
      ...ELSEWHERE_BY_NAME.map((keyword) => schema[keyword]).flatMap((all) =>
        isJsonObject(all) ? Object.values(all) : [],
      ),
      ...referredIn(schema, inputSchema, followed),
    ];
    for (const [property, child] of nested) {
      const problem = visit(child, name === null && depth > 0 ? null : property, depth + 1);
      if (problem !== null) return problem;
    }
    for (const child of elsewhere) {
      const problem = visit(child, null, depth + 1);
      if (problem !== null) return problem;
    }
    return null;
  };
  return visit(inputSchema, null, 0);
}

/** What a schema refers to, each once: it stands for several places, and so for no one argument. */
function referredIn(schema: JsonObject, root: unknown, followed: Set<string>): readonly unknown[] {
  return [schema.$ref, schema.$dynamicRef].flatMap((reference) => {
    if (typeof reference !== 'string' || reference === '#' || followed.has(reference)) return [];
    followed.add(reference);
    return [atPointer(root, reference)];
  });
}

/** @param name of the argument; null where the mark is on none. @param seen headers that are taken, in lower case */
function markProblem(schema: JsonObject, name: string | null, seen: Set<string>): string | null {
  const header = schema[KEYWORD];
  if (name === null) return `its schema has ${KEYWORD} where no argument is`;
  if (typeof header !== 'string' || !TOKEN.test(header)) return `${KEYWORD} of ${name} is not a header name`;
  if (!TYPES.includes(schema.type))
    return `${KEYWORD} of ${name} is on an argument that is not text, a whole number or a boolean`;
  const taken = header.toLowerCase();
  if (seen.has(taken)) return `${KEYWORD} of ${name} repeats ${header}`;
  seen.add(taken);
  return null;
}

/** Text as a header of the current version: unchanged, or in base64 where a header could not hold it unchanged. */
export function headerValue(text: string): string {
  const isSafe = /^[\x20-\x7e\t]+$/.test(text) && text === text.trim() && !/^=\?base64\?.*\?=$/.test(text);
  return isSafe ? text : `=?base64?${Buffer.from(text, 'utf8').toString('base64')}?=`;
}
