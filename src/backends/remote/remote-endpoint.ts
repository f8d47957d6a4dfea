import { createParser } from 'eventsource-parser';
import { type JsonObject, parseJson, stringifyJson } from '../../core/json.ts';
import type { CallContext, Progress } from '../../core/tool.ts';
import type { TextSink } from '../../http/answer-body.ts';
import type { HttpClient } from '../../http/http-client.ts';
import type { HttpAnswer, SendContext } from '../../http/request.ts';
import {
  CLIENT_INFO,
  LEGACY_VERSION,
  MODERN_VERSION,
  type Protocol,
  protocolHeaders,
  protocolParams,
  type RemoteRequest,
} from './protocol.ts';
import { type Message, type Reply, readMessage, readReply, replyError, replyOf, unsupportedVersions } from './reply.ts';

/** An answer that comes as server-sent events: notifications first, then the one message that was asked for. */
type OnNotification = (method: string, params: JsonObject) => void;

/** Reads one stream; a retry gets a new one. */
class EventStream {
  readonly #onNotification: OnNotification;
  #answered: Message | null = null;
  #broken = false;
  readonly #parser = createParser({ onEvent: ({ data }) => this.#read(data) });

  constructor(onNotification: OnNotification) {
    this.#onNotification = onNotification;
  }

  readonly sink: TextSink = (text) => {
    this.#parser.feed(text);
    return this.#answered !== null || this.#broken ? 'enough' : 'more';
  };

  /** Asked once, after the stream has ended or said enough. */
  reply(id: number, answer: HttpAnswer): Reply {
    // The last event of a server that forgets the empty line after it.
    if (this.#answered === null && !this.#broken) this.#parser.feed('\n\n');
    const reply = this.#answered === null ? null : replyOf(this.#answered, id, answer);
    const why = this.#broken ? 'sent an event that is not JSON' : 'ended its stream of events without an answer';
    return reply ?? { kind: 'unusable', why, answer };
  }

  #read(data: string): void {
    if (data.trim() === '' || this.#answered !== null) return;
    let message: Message;
    try {
      message = readMessage(parseJson(data));
    } catch {
      this.#broken = true;
      return;
    }
    if (message.kind === 'notification') this.#onNotification(message.method, message.params);
    else if (message.kind !== 'other') this.#answered = message;
  }
}

function isEventStream(headers: Headers): boolean {
  return /^text\/event-stream\b/i.test(headers.get('content-type') ?? '');
}

/** One JSON-RPC message to the remote endpoint: a POST, answered by JSON or by a stream of events. */
const PATH = '/api/mcp/v1';
const ACCEPT = 'application/json, text/event-stream';

export class Endpoint {
  readonly #http: Pick<HttpClient, 'send'>;
  #lastId = 0;

  constructor(http: Pick<HttpClient, 'send'>) {
    this.#http = http;
  }

  /** @throws LucantoError where no answer came at all; any answer is returned as a Reply. */
  async request(
    protocol: Protocol | null,
    request: RemoteRequest,
    context: SendContext,
    onNotification: OnNotification = () => undefined,
  ): Promise<Reply> {
    const id = ++this.#lastId;
    let stream: EventStream | null = null;
    const answer = await this.#http.send(
      {
        ...post(protocol, request, { id }),
        sink: ({ headers }) => {
          stream = isEventStream(headers) ? new EventStream(onNotification) : null;
          return stream?.sink ?? null;
        },
      },
      context,
    );
    return streamed(stream, answer.status)?.reply(id, answer) ?? readReply(answer, id);
  }

  /** Its answer says nothing; some endpoints refuse what they do not need. @throws LucantoError as `request` does. */
  async notify(protocol: Protocol, method: string, context: SendContext): Promise<void> {
    await this.#http.send(post(protocol, { method, params: {} }, {}), context);
  }
}

function post(protocol: Protocol | null, request: RemoteRequest, id: { readonly id?: number }) {
  const params = protocolParams(protocol, request);
  return {
    method: 'POST',
    path: PATH,
    query: '',
    headers: protocolHeaders(protocol, request),
    body: stringifyJson({ jsonrpc: '2.0', ...id, method: request.method, params }),
    accept: ACCEPT,
  } as const;
}

/** A stream that an earlier attempt left behind does not belong to the answer of a later one that failed. */
function streamed(stream: EventStream | null, status: number): EventStream | null {
  return status >= 200 && status < 300 ? stream : null;
}

/**
 * Which era the remote endpoint speaks. The modern question comes first, as the SDK's own client does it: an endpoint
 * of the older era refuses it without harm, while a modern-only one could not be asked in any other way.
 */
const WHAT = 'the question which protocol it speaks';
const SUBJECT = { what: WHAT, retry: 'read', scopes: [], listTool: null } as const;
const UNSUPPORTED_VERSION = -32022;
/** These would be answered to any question; asking another way only hides them. */
const FINAL = new Set([401, 402, 403, 429, 502, 503, 504]);

/** @throws LucantoError */
export async function negotiate(endpoint: Endpoint, context: SendContext): Promise<Protocol> {
  const modern: Protocol = { era: 'modern', version: MODERN_VERSION };
  const discovered = await endpoint.request(modern, { method: 'server/discover', params: {} }, context);
  if (discovered.kind !== 'result' && FINAL.has(discovered.answer.status)) throw replyError(discovered, SUBJECT);
  const offered = offeredVersions(discovered);
  if (offered?.includes(MODERN_VERSION)) return modern;
  if (offered?.every(isModern)) throw unsupportedVersions(offered);
  return handshake(endpoint, context);
}

async function handshake(endpoint: Endpoint, context: SendContext): Promise<Protocol> {
  const reply = await endpoint.request(
    null,
    { method: 'initialize', params: { protocolVersion: LEGACY_VERSION, capabilities: {}, clientInfo: CLIENT_INFO } },
    context,
  );
  if (reply.kind !== 'result') throw replyError(reply, SUBJECT);
  const version = reply.result.protocolVersion;
  const session = reply.answer.headers.get('mcp-session-id');
  const protocol: Protocol = {
    era: 'legacy',
    version: typeof version === 'string' ? version : LEGACY_VERSION,
    session,
  };
  if (isModern(protocol.version)) throw unsupportedVersions([protocol.version]);
  await endpoint.notify(protocol, 'notifications/initialized', context);
  return protocol;
}

/** From `server/discover`, or from the refusal of our version; null where neither was said. */
function offeredVersions(reply: Reply): readonly string[] | null {
  const from = (value: unknown): readonly string[] | null =>
    Array.isArray(value) && value.length > 0 && value.every((version) => typeof version === 'string') ? value : null;
  if (reply.kind === 'result') return from(reply.result.supportedVersions);
  if (reply.kind !== 'rpc_error' || reply.error.code !== UNSUPPORTED_VERSION) return null;
  const { data } = reply.error;
  return typeof data === 'object' && data !== null && 'supported' in data ? from(data.supported) : null;
}

/** Versions are dates, so their order is that of their text. */
function isModern(version: string): boolean {
  return version >= MODERN_VERSION;
}

/** `_meta` towards the remote endpoint, and the progress that comes back. */
/** Clients put private things into `_meta`: these two are all that is ever handed on. */
export function requestMeta(context: CallContext): JsonObject | null {
  const { progressToken, traceparent } = context;
  if (progressToken === undefined && traceparent === undefined) return null;
  return {
    ...(progressToken === undefined ? {} : { progressToken }),
    ...(traceparent === undefined ? {} : { traceparent }),
  };
}

export function progressReader({ progressToken, onProgress }: CallContext): OnNotification {
  return (method, params) => {
    if (method !== 'notifications/progress' || onProgress === undefined || progressToken === undefined) return;
    if (String(params.progressToken) !== String(progressToken)) return;
    const progress = readProgress(params);
    if (progress !== null) onProgress(progress);
  };
}

function readProgress({ progress, total, message }: JsonObject): Progress | null {
  if (typeof progress !== 'number') return null;
  return {
    progress,
    ...(typeof total === 'number' ? { total } : {}),
    ...(typeof message === 'string' ? { message } : {}),
  };
}
