/** How the remote endpoint is spoken to: MCP's two eras, as headers and envelope of one request. */
import type { JsonObject } from '../../catalog/tool.ts';
import { VERSION } from '../../version.ts';

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
export function headerValue(text: string): string {
  const safe = /^[\x20-\x7e\t]+$/.test(text) && text === text.trim() && !/^=\?base64\?.*\?=$/.test(text);
  return safe ? text : `=?base64?${Buffer.from(text, 'utf8').toString('base64')}?=`;
}
