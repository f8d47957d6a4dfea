import type { JSONRPCMessage, RequestId } from '@modelcontextprotocol/server';
import {
  arrayIn,
  isJsonObject,
  type JsonObject,
  LosslessNumber,
  mapTexts,
  stringifyJson,
  tryParseJson,
} from '../core/json.ts';
import { mayHideText, visibleText } from '../core/text.ts';

/** What happens to single JSON-RPC messages between the wire and the SDK: ids, arguments, hidden characters. */

const INVALID_PARAMS = -32602;
const SUBSCRIPTION_ID = 'io.modelcontextprotocol/subscriptionId';

/**
 * Ids of our own requests, one higher than the SDK counts them: it begins with 0, and the clients of its first
 * generation take `notifications/cancelled` for 0 as one without an id, so that a question would stay open.
 */
export function shiftedOutgoing(message: JSONRPCMessage): JsonObject {
  if (!('method' in message))
    return 'error' in message ? { ...message, ...refusedInWords(message.error) } : { ...message };
  if ('id' in message) return typeof message.id === 'number' ? { ...message, id: message.id + 1 } : { ...message };
  const id = message.method === 'notifications/cancelled' ? message.params?.requestId : undefined;
  return typeof id === 'number' ? { ...message, params: { ...message.params, requestId: id + 1 } } : { ...message };
}

// biome-ignore format: a table
const KINDS: ReadonlyMap<unknown, string> = new Map(Object.entries({ object: 'an object', record: 'an object', string: 'text',
  number: 'a number', int: 'an integer', boolean: 'true or false', array: 'a list' }));

/** The SDK answers parameters that do not fit with its validator's own output, and some of them as an error of ours. */
function refusedInWords({ message }: { readonly message: string }) {
  const issues = /^(?:Invalid [\w/]+ request: )?(\[\s*\{[\s\S]*\])$/.exec(message)?.[1];
  const told = arrayIn(issues === undefined ? undefined : tryParseJson(issues)).flatMap((issue) => {
    if (!isJsonObject(issue) || !Array.isArray(issue.path)) return [];
    const kind = KINDS.get(issue.expected);
    const isMissing = /received undefined$/.test(String(issue.message));
    return `${issue.path.join('.')} ${isMissing ? 'is missing' : kind === undefined ? 'is not valid' : `must be ${kind}`}`;
  });
  if (told.length === 0) return {};
  return { error: { code: INVALID_PARAMS, message: `The request does not fit the protocol: ${told.join(', ')}.` } };
}

/** @param value a message of the client, not yet checked; its own requests and notifications keep their ids */
export function shiftedIncoming(value: unknown): unknown {
  if (!isJsonObject(value) || 'method' in value || typeof value.id !== 'number') return value;
  return { ...value, id: value.id - 1 };
}

/** Hosts send no arguments or parameters as null, and objects as text that holds one; the SDK takes objects only. */
export function acceptedRequest(value: unknown, warn: (warning: string) => void): unknown {
  if (isJsonObject(value) && value.params === null && typeof value.method === 'string') {
    const { params: _none, ...rest } = value;
    warn(`the app sends "params": null in ${value.method}; it was read as no parameters`);
    return rest;
  }
  if (!isJsonObject(value) || !isJsonObject(value.params)) return value;
  if (value.method !== 'tools/call' && value.method !== 'prompts/get') return value;
  const { arguments: given, ...rest } = value.params;
  if (given === null) {
    warn(`the app sends "arguments": null in ${value.method}; it was read as no arguments`);
    return { ...value, params: rest };
  }
  if (typeof given !== 'string') return value;
  const held = given.trim() === '' ? {} : tryParseJson(given);
  if (!isJsonObject(held)) return value;
  warn(`the app sends "arguments" as text in ${value.method}; the object in it was read`);
  return { ...value, params: { ...rest, arguments: held } };
}

/** The request that a message answers; a subscription is acknowledged by a notification. */
export function answeredId(message: JSONRPCMessage): RequestId {
  if (!('method' in message)) return message.id ?? '';
  const meta = message.method === 'notifications/subscriptions/acknowledged' ? message.params?._meta : undefined;
  const id = meta?.[SUBSCRIPTION_ID];
  return typeof id === 'string' || typeof id === 'number' ? id : '';
}

/** What an answer can be given under, null for anything else. */
export function idOf(value: unknown): unknown {
  const id = isJsonObject(value) ? value.id : undefined;
  const isId = ['string', 'number', 'bigint'].includes(typeof id) || id instanceof LosslessNumber;
  return isId ? id : null;
}

/** @param text JSON, null where there is none */
export function idIn(text: string | null): unknown {
  return text === null ? null : idOf({ id: tryParseJson(text) });
}

const REVISION = '2026-07-28';
const VERSION_KEY = 'io.modelcontextprotocol/protocolVersion';
const UNSUPPORTED_VERSION = -32022;

/**
 * In the revision without a handshake every request names its version, and the SDK looks at that of the first one only:
 * what follows on the same connection is refused here.
 */
export class ConnectionVersion {
  #kind: 'open' | 'legacy' | 'modern' = 'open';

  /** @returns the error for a request of another version; null for what the server may see */
  problemOf(message: JSONRPCMessage) {
    if (!('method' in message) || !('id' in message)) return null;
    if (message.method === 'initialize' && this.#kind === 'open') this.#kind = 'legacy';
    const requested = message.params?._meta?.[VERSION_KEY];
    if (requested === REVISION && this.#kind === 'open') this.#kind = 'modern';
    if (this.#kind !== 'modern' || typeof requested !== 'string' || requested === REVISION) return null;
    const text = `Unsupported protocol version: ${requested.slice(0, 100)}`;
    return { code: UNSUPPORTED_VERSION, message: text, data: { supported: [REVISION], requested } };
  }
}

/** Ids and progress tokens of 2^53 and more: the SDK gets a text in place of each, the client its own digits back. */
export class LargeIds {
  readonly #known = new Map<string, bigint>();

  replaced(value: unknown): unknown {
    if (!isJsonObject(value)) return value;
    const params = isJsonObject(value.params) ? value.params : null;
    const meta = params !== null && isJsonObject(params._meta) ? params._meta : null;
    const inMeta = typeof meta?.progressToken === 'bigint';
    const inParams = typeof params?.requestId === 'bigint';
    if (typeof value.id !== 'bigint' && !inMeta && !inParams) return value;
    return {
      ...value,
      ...('id' in value && { id: this.#textFor(value.id) }),
      ...(params !== null && {
        params: {
          ...params,
          ...(inParams && { requestId: this.#textFor(params.requestId) }),
          ...(inMeta && { _meta: { ...meta, progressToken: this.#textFor(meta.progressToken) } }),
        },
      }),
    };
  }

  restored(message: JsonObject): JsonObject {
    if (this.#known.size === 0) return message;
    const params = isJsonObject(message.params) ? message.params : null;
    const meta = params !== null && isJsonObject(params._meta) ? params._meta : null;
    return {
      ...message,
      ...('id' in message && { id: this.#released(message.id) }),
      ...(params !== null && {
        params: {
          ...params,
          ...('progressToken' in params && { progressToken: this.#valueOf(params.progressToken) }),
          ...(meta !== null &&
            SUBSCRIPTION_ID in meta && { _meta: { ...meta, [SUBSCRIPTION_ID]: this.#valueOf(meta[SUBSCRIPTION_ID]) } }),
        },
      }),
    };
  }

  /** An answer is the last that a request's id is used for. */
  #released(id: unknown): unknown {
    const value = this.#valueOf(id);
    if (typeof id === 'string') this.#known.delete(id);
    return value;
  }

  #textFor(id: unknown): unknown {
    if (typeof id !== 'bigint') return id;
    const text = `\u0000${id}`;
    this.#known.set(text, id);
    return text;
  }

  #valueOf(id: unknown): unknown {
    return typeof id === 'string' ? (this.#known.get(id) ?? id) : id;
  }
}

/** Ids and tokens go back to the client as they came. */
const ECHOED = new Set(['_meta', 'progressToken', 'requestId', 'requestState', 'uri']);

/**
 * The last look at what a model may read: on every route, hidden characters are named and half surrogate pairs are
 * replaced. @param line the message as JSON, which is what comes back where nothing is hidden in it
 */
export function visibleMessage(message: JsonObject, line: string): string {
  if (!mayHideText(line)) return line;
  const shown = Object.entries(message).map(([name, member]) => [
    name,
    ['result', 'error', 'params'].includes(name) && isJsonObject(member) ? visibleMembers(member) : member,
  ]);
  return stringifyJson(Object.fromEntries(shown));
}

function visibleMembers(value: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, ECHOED.has(name) ? member : mapTexts(member, visibleText)]),
  );
}
