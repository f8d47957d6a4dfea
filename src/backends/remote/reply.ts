/** What came back for one JSON-RPC request, as data: a result, an error, or something that is neither. */
import type { JsonObject } from '../../catalog/tool.ts';
import type { HttpAnswer } from '../../http/request.ts';
import { LosslessNumber, parseJson } from '../../json.ts';

export interface RpcError {
  readonly code: number;
  readonly message: string;
  readonly data: unknown;
}

export type Message =
  | { readonly kind: 'result'; readonly id: unknown; readonly result: JsonObject }
  | { readonly kind: 'rpc_error'; readonly id: unknown; readonly error: RpcError }
  | { readonly kind: 'notification'; readonly method: string; readonly params: JsonObject }
  /** Not for us: a request of the server's, or no JSON-RPC at all. */
  | { readonly kind: 'other' };

export type Reply =
  | { readonly kind: 'result'; readonly result: JsonObject; readonly answer: HttpAnswer }
  | { readonly kind: 'rpc_error'; readonly error: RpcError; readonly answer: HttpAnswer }
  | { readonly kind: 'http_error'; readonly answer: HttpAnswer }
  /** 2xx, but no answer to the request; `why` completes "the remote endpoint …". */
  | { readonly kind: 'unusable'; readonly why: string; readonly answer: HttpAnswer };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof LosslessNumber);
}

export function readMessage(value: unknown): Message {
  if (!isObject(value)) return { kind: 'other' };
  const { id, method, params, result, error } = value;
  if (typeof method === 'string') {
    return id === undefined
      ? { kind: 'notification', method, params: isObject(params) ? params : {} }
      : { kind: 'other' };
  }
  if (isObject(error) && typeof error.code === 'number') {
    const message = typeof error.message === 'string' ? error.message : '';
    return { kind: 'rpc_error', id, error: { code: error.code, message, data: error.data } };
  }
  return isObject(result) ? { kind: 'result', id, result } : { kind: 'other' };
}

/** The reply that a message is, if it answers the request `id`; null where it is none. */
export function replyOf(message: Message, id: number, answer: HttpAnswer): Reply | null {
  if (message.kind === 'notification' || message.kind === 'other') return null;
  // A server that could not read the request cannot name it: its error has no id.
  const anonymous = message.kind === 'rpc_error' && (message.id === null || message.id === undefined);
  if (!anonymous && String(message.id) !== String(id)) {
    return { kind: 'unusable', why: 'answered another request than the one it was sent (wrong id)', answer };
  }
  return message.kind === 'result'
    ? { kind: 'result', result: message.result, answer }
    : { kind: 'rpc_error', error: message.error, answer };
}

/** An answer that came whole, not as a stream of events. */
export function readReply(answer: HttpAnswer, id: number): Reply {
  const found = answer.text.trim() === '' ? null : parsed(answer.text);
  if (answer.status < 200 || answer.status > 299) {
    // Only an error of JSON-RPC: the service's own error envelope has a word under `error`, not an object.
    const message = readMessage(found?.value);
    return message.kind === 'rpc_error'
      ? { kind: 'rpc_error', error: message.error, answer }
      : { kind: 'http_error', answer };
  }
  const unusable = (why: string): Reply => ({ kind: 'unusable', why, answer });
  if (answer.text.trim() === '') return unusable(`accepted the request (${answer.status}) without answering it`);
  if (found === null) {
    const type = answer.headers.get('content-type')?.split(';')[0] ?? 'no content type';
    return unusable(`answered with something that is not JSON (${type})`);
  }
  const messages = Array.isArray(found.value) ? found.value : [found.value];
  for (const message of messages) {
    const reply = replyOf(readMessage(message), id, answer);
    if (reply !== null) return reply;
  }
  return unusable('answered with JSON that is no answer of JSON-RPC');
}

function parsed(text: string): { readonly value: unknown } | null {
  try {
    return { value: parseJson(text) };
  } catch {
    return null;
  }
}
