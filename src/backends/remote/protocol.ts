import { VERSION } from '../../core/command-name.ts';
import { isJsonObject, type JsonObject, MAX_ANSWER_DEPTH, objectIn, tryParseJson } from '../../core/json.ts';
import { mediaTypeOf } from '../../http/answer-body.ts';
import { type HttpAnswer, isSuccess } from '../../http/request.ts';
import { headerValue } from './parameter-headers.ts';

/** One JSON-RPC request to the remote endpoint, as the current and the legacy versions of MCP wrap it, and the reply to it. */

/** No handshake: every request says which client sends it. */
export const CURRENT_VERSION = '2026-07-28';

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

export function versionHeaders(protocol: Protocol | null): Record<string, string> {
  if (protocol === null) return {};
  const session = protocol.kind === 'legacy' ? protocol.session : null;
  return { 'MCP-Protocol-Version': protocol.version, ...(session === null ? {} : { 'Mcp-Session-Id': session }) };
}

/** The parameters with the envelope of the current version. It lists no capabilities: the server may ask us for nothing. */
export function protocolParams(protocol: Protocol | null, request: RemoteRequest): JsonObject {
  if (protocol === null || protocol.kind === 'legacy') return request.params;
  return {
    ...request.params,
    _meta: {
      ...objectIn(request.params._meta),
      'io.modelcontextprotocol/protocolVersion': protocol.version,
      'io.modelcontextprotocol/clientInfo': CLIENT_INFO,
      'io.modelcontextprotocol/clientCapabilities': {},
    },
  };
}

/** The answer to one JSON-RPC request, as data: a result, an error, or something that is neither. */
export type RpcReply =
  | { readonly kind: 'result'; readonly result: JsonObject; readonly answer: HttpAnswer }
  | { readonly kind: 'rpc_error'; readonly error: RpcError; readonly answer: HttpAnswer }
  | { readonly kind: 'http_error'; readonly answer: HttpAnswer }
  /** 2xx, but not an answer to the request; `why` completes "the remote endpoint …". */
  | { readonly kind: 'unusable'; readonly why: string; readonly answer: HttpAnswer };

export type RpcMessage =
  | { readonly kind: 'result'; readonly id: unknown; readonly result: JsonObject }
  | { readonly kind: 'rpc_error'; readonly id: unknown; readonly error: RpcError }
  | { readonly kind: 'notification'; readonly method: string; readonly params: JsonObject }
  | { readonly kind: 'request'; readonly id: string | number | bigint; readonly method: string }
  /** Not JSON-RPC. */
  | { readonly kind: 'other' };

export interface RpcError {
  readonly code: number;
  readonly message: string;
  readonly data: unknown;
}

export function readMessage(value: unknown): RpcMessage {
  if (!isJsonObject(value)) return { kind: 'other' };
  const { id, method, params, result, error } = value;
  if (typeof method === 'string') {
    if (typeof id === 'string' || typeof id === 'number' || typeof id === 'bigint')
      return { kind: 'request', id, method };
    return { kind: 'notification', method, params: objectIn(params) };
  }
  if (isJsonObject(error) && typeof error.code === 'number') {
    const message = typeof error.message === 'string' ? error.message : '';
    return { kind: 'rpc_error', id, error: { code: error.code, message, data: error.data } };
  }
  return isJsonObject(result) ? { kind: 'result', id, result } : { kind: 'other' };
}

/** The reply that a message is, if it answers the request `id`; otherwise null. */
export function replyOf(message: RpcMessage, id: number, answer: HttpAnswer): RpcReply | null {
  if (message.kind !== 'result' && message.kind !== 'rpc_error') return null;
  // A server that could not read the request cannot name it: its error has no id.
  const isAnonymous = message.kind === 'rpc_error' && (message.id === null || message.id === undefined);
  if (!isAnonymous && String(message.id) !== String(id)) {
    return { kind: 'unusable', why: 'answered another request than the one it was sent (wrong id)', answer };
  }
  const { id: _own, ...reply } = message;
  return { ...reply, answer };
}

/** The reply in an answer that came whole, not as a stream of events. */
export function readReply(answer: HttpAnswer, id: number): RpcReply {
  const value = tryParseJson(answer.text, MAX_ANSWER_DEPTH);
  if (!isSuccess(answer.status)) {
    // Only an error of JSON-RPC: the service's own error envelope has a word under `error`, not an object.
    const message = readMessage(value);
    if (message.kind !== 'rpc_error') return { kind: 'http_error', answer };
    return { kind: 'rpc_error', error: message.error, answer };
  }
  const unusable = (why: string): RpcReply => ({ kind: 'unusable', why, answer });
  if (answer.text.trim() === '') return unusable(`accepted the request (${answer.status}) without answering it`);
  const type = mediaTypeOf(answer) || 'no content type';
  if (value === undefined) return unusable(`answered with something that cannot be read as JSON (${type})`);
  const messages = Array.isArray(value) ? value : [value];
  for (const message of messages) {
    const reply = replyOf(readMessage(message), id, answer);
    if (reply !== null) return reply;
  }
  return unusable('answered with JSON that is not a JSON-RPC answer');
}
