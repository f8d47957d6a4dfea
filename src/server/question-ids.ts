/**
 * Ids of our own requests, one higher than the SDK counts them: it begins with 0, and the clients of its first
 * generation take `notifications/cancelled` for 0 as one without an id, so that a question would stay open.
 */
import type { JSONRPCMessage } from '@modelcontextprotocol/server';
import { isJsonObject } from '../json.ts';

export function outgoing(message: JSONRPCMessage): JSONRPCMessage {
  if (!('method' in message)) return message;
  if ('id' in message) return typeof message.id === 'number' ? { ...message, id: message.id + 1 } : message;
  const id = message.method === 'notifications/cancelled' ? message.params?.requestId : undefined;
  return typeof id === 'number' ? { ...message, params: { ...message.params, requestId: id + 1 } } : message;
}

/** @param value a message of the client, not yet checked; its own requests and notices keep their ids */
export function incoming(value: unknown): unknown {
  if (!isJsonObject(value) || 'method' in value || typeof value.id !== 'number') return value;
  return { ...value, id: value.id - 1 };
}
