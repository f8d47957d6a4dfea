import { isJsonObject, type JsonObject, parseJson } from '../../core/json.ts';
import { mediaTypeOf } from '../../http/answer-body.ts';
import type { HttpAnswer } from '../../http/request.ts';

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
    return { kind: 'notification', method, params: isJsonObject(params) ? params : {} };
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
  return message.kind === 'result'
    ? { kind: 'result', result: message.result, answer }
    : { kind: 'rpc_error', error: message.error, answer };
}

/** The reply in an answer that came whole, not as a stream of events. */
export function readReply(answer: HttpAnswer, id: number): RpcReply {
  const isEmpty = answer.text.trim() === '';
  const body = isEmpty ? null : parsed(answer.text);
  if (answer.status < 200 || answer.status > 299) {
    // Only an error of JSON-RPC: the service's own error envelope has a word under `error`, not an object.
    const message = readMessage(body?.value);
    return message.kind === 'rpc_error'
      ? { kind: 'rpc_error', error: message.error, answer }
      : { kind: 'http_error', answer };
  }
  const unusable = (why: string): RpcReply => ({ kind: 'unusable', why, answer });
  if (isEmpty) return unusable(`accepted the request (${answer.status}) without answering it`);
  if (body === null)
    return unusable(`answered with something other than JSON (${mediaTypeOf(answer) || 'no content type'})`);
  const messages = Array.isArray(body.value) ? body.value : [body.value];
  for (const message of messages) {
    const reply = replyOf(readMessage(message), id, answer);
    if (reply !== null) return reply;
  }
  return unusable('answered with JSON that is not a JSON-RPC answer');
}

function parsed(text: string): { readonly value: unknown } | null {
  try {
    return { value: parseJson(text) };
  } catch {
    return null;
  }
}
