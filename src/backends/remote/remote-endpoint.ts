import { setTimeout as sleep } from 'node:timers/promises';
import { abortedBy } from '../../core/deadline.ts';
import { LucantoError } from '../../core/errors.ts';
import { isJsonObject, type JsonObject, stringifyJson } from '../../core/json.ts';
import type { CallContext } from '../../core/tool.ts';
import type { HttpClient } from '../../http/http-client.ts';
import { type HttpAnswer, type HttpRequest, isSuccess, type SendContext } from '../../http/request.ts';
import { EventStream, isEventStream, type StreamListener } from './event-stream.ts';
import {
  CLIENT_INFO,
  CURRENT_VERSION,
  isCurrent,
  type Protocol,
  protocolHeaders,
  protocolParams,
  type RemoteRequest,
  type RpcReply,
  readReply,
  versionHeaders,
} from './protocol.ts';
import { replyError, unsupportedVersions } from './remote-error.ts';

/** The remote endpoint: one JSON-RPC message is one POST, answered by JSON or by a stream of events. */
const PATH = '/api/mcp/v1';
const ACCEPT = 'application/json, text/event-stream';

/** How often the rest of one answer is requested; each time the server has said that there is more. */
const MAX_RESUMPTIONS = 20;
/** The pause before it where the server names none. */
const RESUME_PAUSE_MS = 1_000;
const METHOD_NOT_FOUND = -32601;

export class Endpoint {
  readonly #http: Pick<HttpClient, 'send'>;
  #lastId = 0;

  constructor(http: Pick<HttpClient, 'send'>) {
    this.#http = http;
  }

  /**
   * @param onNotification called with each notification before the answer
   * @throws LucantoError where no answer came at all; any answer is returned as a reply.
   */
  async request(
    protocol: Protocol | null,
    request: RemoteRequest,
    context: SendContext,
    onNotification: StreamListener['notification'] = () => undefined,
  ): Promise<RpcReply> {
    const id = ++this.#lastId;
    const listener: StreamListener = {
      notification: onNotification,
      request: (requestId, method) => void this.#respond(protocol, requestId, method, context),
    };
    let { answer, stream } = await this.#exchange(post(protocol, request, { id }), context, listener);
    for (let resumed = 0; stream !== null; resumed++) {
      // Before the resumption is looked at: it parses what an unfinished last event left behind.
      const reply = stream.reply(id, answer);
      const { resumption } = stream;
      if (resumption === null || resumed >= MAX_RESUMPTIONS) return reply;
      const rest = await this.#resume(protocol, resumption, { context, listener, origin: new URL(answer.url).origin });
      if (rest === null) return reply;
      ({ answer, stream } = rest);
    }
    return readReply(answer, id);
  }

  /** Its answer is ignored: some endpoints refuse notifications. @throws LucantoError as `request` does. */
  async notify(protocol: Protocol, method: string, context: SendContext): Promise<void> {
    await this.#http.send(post(protocol, { method, params: {} }, {}), context);
  }

  async #exchange(
    request: HttpRequest,
    context: SendContext,
    listener: StreamListener,
  ): Promise<{ answer: HttpAnswer; stream: EventStream | null }> {
    let stream: EventStream | null = null;
    const sink: HttpRequest['sink'] = (head) => {
      stream = isEventStream(head) ? new EventStream(listener) : null;
      return stream?.sink ?? null;
    };
    const answer = await this.#http.send({ ...request, sink }, context);
    return { answer, stream: streamOf(stream, answer.status) };
  }

  /**
   * The rest of a stream that the server ended before its answer: requested with the id of the last event, never by
   * sending the call again. Null where it cannot be had, which for a write says nothing about its outcome.
   */
  async #resume(
    protocol: Protocol | null,
    { lastEventId, retryMs }: NonNullable<EventStream['resumption']>,
    { context, listener, origin }: { context: SendContext; listener: StreamListener; origin: string },
  ): Promise<{ answer: HttpAnswer; stream: EventStream } | null> {
    // The write has left already, and is followed as long as it would be itself.
    const { write, ...rest } = context;
    const { signal, retry, checkWith = null } = context;
    const pause = retryMs ?? RESUME_PAUSE_MS;
    if (Date.now() + pause >= context.deadline) return null;
    const request = {
      method: 'GET',
      path: PATH,
      query: '',
      headers: { ...versionHeaders(protocol), 'Last-Event-ID': lastEventId },
      body: null,
      accept: 'text/event-stream',
    } as const;
    try {
      await sleep(pause, undefined, { signal });
      const { answer, stream } = await this.#exchange(
        request,
        { ...rest, retry: 'read', deadline: write?.giveUpAt ?? rest.deadline },
        listener,
      );
      return stream === null ? null : { answer, stream };
    } catch (error) {
      if (signal.aborted) throw abortedBy(signal.reason, origin, retry !== 'read', checkWith);
      if (retry === 'read' && error instanceof LucantoError) throw error;
      return null;
    }
  }

  /** The server waits for this before it goes on with its answer. No request of a server is served but `ping`. */
  async #respond(protocol: Protocol | null, id: unknown, method: string, context: SendContext): Promise<void> {
    const outcome =
      method === 'ping'
        ? { result: {} }
        : { error: { code: METHOD_NOT_FOUND, message: `Method not found: ${method}` } };
    const { write: _ofTheCall, drained: _ofTheClient, ...rest } = context;
    const request = {
      method: 'POST',
      path: PATH,
      query: '',
      headers: versionHeaders(protocol),
      body: stringifyJson({ jsonrpc: '2.0', id, ...outcome }),
      accept: ACCEPT,
    } as const;
    // The call that waits for the answer has a slot already; a second one may never become free.
    await this.#http.send(request, { ...rest, retry: 'once', needsNoSlot: true }).catch(() => undefined);
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
  return isSuccess(status) ? stream : null;
}

/** Requested in the handshake of the legacy versions; the endpoint answers with the version that it supports. */
const LEGACY_VERSION = '2025-11-25';
const NEGOTIATION = {
  what: 'the first request for its list of tools',
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
