import type { JsonObject } from '../../core/json.ts';
import { VERSION } from '../../core/version.ts';
import { isObject } from './reply.ts';

/** How the remote endpoint is spoken to: MCP's two eras, as headers and envelope of one request. */
/** 2026-07-28: no handshake, every request carries who is asking. */
export const MODERN_VERSION = '2026-07-28';
/** What we ask for in the handshake of the older era; the endpoint answers with what it speaks. */
export const LEGACY_VERSION = '2025-11-25';

export type Protocol =
  | { readonly era: 'modern'; readonly version: string }
  | { readonly era: 'legacy'; readonly version: string; readonly session: string | null };

/** What is worth remembering between processes. */
export interface RememberedProtocol {
  readonly era: 'modern' | 'legacy';
  readonly version: string;
}

export const CLIENT_INFO = { name: 'lucanto-mcp', version: VERSION } as const;

export interface RemoteRequest {
  readonly method: string;
  readonly params: JsonObject;
  /** Further headers that the tool's own schema asks for (`Mcp-Param-…`). */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Null for the handshake of the older era, which has no version yet. */
export function protocolHeaders(protocol: Protocol | null, request: RemoteRequest): Record<string, string> {
  if (protocol === null) return {};
  if (protocol.era === 'legacy') {
    return {
      'MCP-Protocol-Version': protocol.version,
      ...(protocol.session === null ? {} : { 'Mcp-Session-Id': protocol.session }),
    };
  }
  const { name } = request.params;
  return {
    'MCP-Protocol-Version': protocol.version,
    'Mcp-Method': request.method,
    ...(request.method === 'tools/call' && typeof name === 'string' ? { 'Mcp-Name': headerValue(name) } : {}),
    ...request.headers,
  };
}

/** The parameters with the envelope of the modern era; nobody of ours can be asked anything, so no capabilities. */
export function protocolParams(protocol: Protocol | null, request: RemoteRequest): JsonObject {
  if (protocol === null || protocol.era === 'legacy') return request.params;
  const meta = request.params._meta;
  return {
    ...request.params,
    _meta: {
      ...(typeof meta === 'object' ? meta : {}),
      'io.modelcontextprotocol/protocolVersion': protocol.version,
      'io.modelcontextprotocol/clientInfo': CLIENT_INFO,
      'io.modelcontextprotocol/clientCapabilities': {},
    },
  };
}

/** Text as a header of the modern era: as it is, or in base64 where a header could not carry it unchanged. */
function headerValue(text: string): string {
  const safe = /^[\x20-\x7e\t]+$/.test(text) && text === text.trim() && !/^=\?base64\?.*\?=$/.test(text);
  return safe ? text : `=?base64?${Buffer.from(text, 'utf8').toString('base64')}?=`;
}

/**
 * Arguments that a tool of the modern era wants repeated as headers (`x-mcp-header` in its schema), for proxies on the
 * way; an endpoint refuses the call where they are missing.
 */
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
