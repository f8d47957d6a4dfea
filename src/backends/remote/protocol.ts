import { isJsonObject, type JsonObject } from '../../core/json.ts';
import { VERSION } from '../../core/version.ts';

/** How the current and the legacy versions of MCP wrap one request to the remote endpoint: its headers and its envelope. */

/** No handshake: every request says which client sends it. */
export const CURRENT_VERSION = '2026-07-28';
/** Requested in the handshake of the legacy versions; the endpoint answers with the version that it supports. */
export const LEGACY_VERSION = '2025-11-25';

export type Protocol =
  | { readonly kind: 'current'; readonly version: string }
  | { readonly kind: 'legacy'; readonly version: string; readonly session: string | null };

export const CLIENT_INFO = { name: 'lucanto-mcp', version: VERSION } as const;

export interface RemoteRequest {
  readonly method: string;
  readonly params: JsonObject;
  /** Further headers that the tool's own schema asks for (`Mcp-Param-…`). */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Versions are dates, so their order is that of their text. */
export function isCurrent(version: string): boolean {
  return version >= CURRENT_VERSION;
}

/** @param protocol null for the handshake of the legacy versions, which has no version yet. */
export function protocolHeaders(protocol: Protocol | null, request: RemoteRequest): Record<string, string> {
  if (protocol === null) return {};
  if (protocol.kind === 'legacy') {
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

/** The parameters with the envelope of the current version. It lists no capabilities: requests to us are not answered. */
export function protocolParams(protocol: Protocol | null, request: RemoteRequest): JsonObject {
  if (protocol === null || protocol.kind === 'legacy') return request.params;
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

/** Text as a header of the current version: unchanged, or in base64 where a header could not hold it unchanged. */
function headerValue(text: string): string {
  const isSafe = /^[\x20-\x7e\t]+$/.test(text) && text === text.trim() && !/^=\?base64\?.*\?=$/.test(text);
  return isSafe ? text : `=?base64?${Buffer.from(text, 'utf8').toString('base64')}?=`;
}

const MAX_DEPTH = 8;
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/**
 * Arguments that a tool's schema wants repeated as headers (`x-mcp-header`), for proxies on the way; the endpoint refuses
 * the call where they are missing.
 * @returns `Mcp-Param-<name>` for each declared argument that was given, following `properties` only.
 */
export function parameterHeaders(schema: unknown, args: JsonObject, depth = 0): Readonly<Record<string, string>> {
  if (!isJsonObject(schema) || !isJsonObject(schema.properties) || depth > MAX_DEPTH) return {};
  const headers: Record<string, string> = {};
  for (const [name, property] of Object.entries(schema.properties)) {
    const value = args[name];
    if (!isJsonObject(property) || value === undefined || value === null) continue;
    const header = property['x-mcp-header'];
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
