import { VERSION } from '../../core/command-name.ts';
import type { JsonObject } from '../../core/json.ts';

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
  if (protocol === null || protocol.kind === 'legacy') return versionHeaders(protocol);
  const { name } = request.params;
  return {
    ...versionHeaders(protocol),
    'Mcp-Method': request.method,
    ...(request.method === 'tools/call' && typeof name === 'string' ? { 'Mcp-Name': headerValue(name) } : {}),
    ...request.headers,
  };
}

/** What every request of a protocol has, whatever it is about. */
export function versionHeaders(protocol: Protocol | null): Record<string, string> {
  if (protocol === null) return {};
  const session = protocol.kind === 'legacy' ? protocol.session : null;
  return { 'MCP-Protocol-Version': protocol.version, ...(session === null ? {} : { 'Mcp-Session-Id': session }) };
}

/** The parameters with the envelope of the current version. It lists no capabilities: the server may ask us for nothing. */
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
export function headerValue(text: string): string {
  const isSafe = /^[\x20-\x7e\t]+$/.test(text) && text === text.trim() && !/^=\?base64\?.*\?=$/.test(text);
  return isSafe ? text : `=?base64?${Buffer.from(text, 'utf8').toString('base64')}?=`;
}
