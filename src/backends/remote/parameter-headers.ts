/**
 * Arguments that a tool of the modern era wants repeated as headers (`x-mcp-header` in its schema), for proxies on the
 * way; an endpoint refuses the call where they are missing.
 */
import type { JsonObject } from '../../catalog/tool.ts';
import { headerValue } from './protocol.ts';
import { isObject } from './reply.ts';

const KEY = 'x-mcp-header';
const MAX_DEPTH = 8;
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** @returns `Mcp-Param-<name>` for each declared argument that was given, following `properties` only. */
export function parameterHeaders(schema: unknown, args: JsonObject, depth = 0): Readonly<Record<string, string>> {
  if (!isObject(schema) || !isObject(schema.properties) || depth > MAX_DEPTH) return {};
  const headers: Record<string, string> = {};
  for (const [name, property] of Object.entries(schema.properties)) {
    const value = args[name];
    if (!isObject(property) || value === undefined || value === null) continue;
    const header = property[KEY];
    if (typeof header === 'string' && TOKEN.test(header) && isPrimitive(value)) {
      headers[`Mcp-Param-${header}`] = headerValue(String(value));
    } else if (isObject(value)) {
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
