import { createParser } from 'eventsource-parser';
import { isJsonObject, type JsonObject, parseJson, stringifyJson } from '../../core/json.ts';
import type { CallContext, Progress } from '../../core/tool.ts';
import { mediaTypeOf, type TextSink } from '../../http/answer-body.ts';
import type { HttpClient } from '../../http/http-client.ts';
import type { HttpAnswer, SendContext } from '../../http/request.ts';
import {
  CLIENT_INFO,
  CURRENT_VERSION,
  isCurrent,
  LEGACY_VERSION,
  type Protocol,
  protocolHeaders,
  protocolParams,
  type RemoteRequest,
} from './protocol.ts';
import { replyError, unsupportedVersions } from './remote-error.ts';
import { type RpcMessage, type RpcReply, readMessage, readReply, replyOf } from './rpc-reply.ts';

/** The remote endpoint: one JSON-RPC message is one POST, answered by JSON or by a stream of events. */
const PATH = '/api/mcp/v1';
const ACCEPT = 'application/json, text/event-stream';

type OnNotification = (method: string, params: JsonObject) => void;

export class Endpoint {
  readonly #http: Pick<HttpClient, 'send'>;
  #lastId = 0;

  constructor(http: Pick<HttpClient, 'send'>) {
    this.#http = http;
  }

  /** @throws LucantoError where no answer came at all; any answer is returned as a reply. */
  async request(
    protocol: Protocol | null,
    request: RemoteRequest,
    context: SendContext,
    onNotification: OnNotification = () => undefined,
  ): Promise<RpcReply> {
    const id = ++this.#lastId;
    let stream: EventStream | null = null;
    const answer = await this.#http.send(
      {
        ...post(protocol, request, { id }),
        sink: (head) => {
          stream = mediaTypeOf(head) === 'text/event-stream' ? new EventStream(onNotification) : null;
          return stream?.sink ?? null;
        },
      },
      context,
    );
    return streamOf(stream, answer.status)?.reply(id, answer) ?? readReply(answer, id);
  }

  /** Its answer is ignored: some endpoints refuse notifications. @throws LucantoError as `request` does. */
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

/** A stream of an earlier attempt does not belong to the answer of a later one that failed. */
function streamOf(stream: EventStream | null, status: number): EventStream | null {
  return status >= 200 && status < 300 ? stream : null;
}

/** Reads one stream of server-sent events: notifications first, then the one answer. A retry gets a new one. */
class EventStream {
  readonly #onNotification: OnNotification;
  #answer: RpcMessage | null = null;
  #broken = false;
  readonly #parser = createParser({ onEvent: ({ data }) => this.#read(data) });

  constructor(onNotification: OnNotification) {
    this.#onNotification = onNotification;
  }

  readonly sink: TextSink = (text) => {
    this.#parser.feed(text);
    return this.#answer !== null || this.#broken ? 'enough' : 'more';
  };

  /** To be called once, after the stream has ended or needs no more. */
  reply(id: number, answer: HttpAnswer): RpcReply {
    // The last event of a server that forgets the empty line after it.
    if (this.#answer === null && !this.#broken) this.#parser.feed('\n\n');
    const reply = this.#answer === null ? null : replyOf(this.#answer, id, answer);
    const why = this.#broken ? 'sent an event that is not JSON' : 'ended its stream of events without an answer';
    return reply ?? { kind: 'unusable', why, answer };
  }

  #read(data: string): void {
    if (data.trim() === '' || this.#answer !== null) return;
    let message: RpcMessage;
    try {
      message = readMessage(parseJson(data));
    } catch {
      this.#broken = true;
      return;
    }
    if (message.kind === 'notification') this.#onNotification(message.method, message.params);
    else if (message.kind !== 'other') this.#answer = message;
  }
}

const NEGOTIATION = {
  what: 'the question which protocol it speaks',
  retry: 'read',
  scopes: [],
  listTool: null,
} as const;
const UNSUPPORTED_VERSION = -32022;
/** Any request would get these answers; a second question would only hide them. */
const FINAL_STATUSES = new Set([401, 402, 403, 429, 502, 503, 504]);

/**
 * Which version of the protocol the remote endpoint speaks. The question of the current version comes first, as in the
 * SDK's own client: a legacy endpoint refuses it without harm, and an endpoint of the current version alone understands
 * no other. @throws LucantoError
 */
export async function negotiate(endpoint: Endpoint, context: SendContext): Promise<Protocol> {
  const current: Protocol = { kind: 'current', version: CURRENT_VERSION };
  const discovered = await endpoint.request(current, { method: 'server/discover', params: {} }, context);
  if (discovered.kind !== 'result' && FINAL_STATUSES.has(discovered.answer.status)) {
    throw replyError(discovered, NEGOTIATION);
  }
  const versions = supportedVersions(discovered);
  if (versions?.includes(CURRENT_VERSION)) return current;
  if (versions?.every(isCurrent)) throw unsupportedVersions(versions);
  return handshake(endpoint, context);
}

async function handshake(endpoint: Endpoint, context: SendContext): Promise<Protocol> {
  const params = { protocolVersion: LEGACY_VERSION, capabilities: {}, clientInfo: CLIENT_INFO };
  const reply = await endpoint.request(null, { method: 'initialize', params }, context);
  if (reply.kind !== 'result') throw replyError(reply, NEGOTIATION);
  const { protocolVersion } = reply.result;
  const version = typeof protocolVersion === 'string' ? protocolVersion : LEGACY_VERSION;
  if (isCurrent(version)) throw unsupportedVersions([version]);
  const protocol: Protocol = { kind: 'legacy', version, session: reply.answer.headers.get('mcp-session-id') };
  await endpoint.notify(protocol, 'notifications/initialized', context);
  return protocol;
}

/** From `server/discover`, or from the refusal of our version; null where the reply names none. */
function supportedVersions(reply: RpcReply): readonly string[] | null {
  const from = (value: unknown): readonly string[] | null =>
    Array.isArray(value) && value.length > 0 && value.every((version) => typeof version === 'string') ? value : null;
  if (reply.kind === 'result') return from(reply.result.supportedVersions);
  if (reply.kind !== 'rpc_error' || reply.error.code !== UNSUPPORTED_VERSION) return null;
  return isJsonObject(reply.error.data) ? from(reply.error.data.supported) : null;
}

/** `_meta` for the remote endpoint. Clients put private data into it: only these two are passed on. */
export function requestMeta({ progressToken, traceparent }: CallContext): JsonObject | null {
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
