import { createParser } from 'eventsource-parser';
import { type JsonObject, MAX_ANSWER_DEPTH, parseJson } from '../../core/json.ts';
import type { CallContext } from '../../core/tool.ts';
import { type AnswerHead, mediaTypeOf, type TextSink } from '../../http/answer-body.ts';
import type { HttpAnswer } from '../../http/request.ts';
import { type RpcMessage, type RpcReply, readMessage, replyOf } from './protocol.ts';

/** An answer that comes as server-sent events: notifications and requests of the server first, then the one answer. */

export interface StreamListener {
  notification(method: string, params: JsonObject): void;
  request(id: string | number | bigint, method: string): void;
}

/** After this many requests of the server in one stream the rest are ignored: it could go on without an end. */
const MAX_SERVER_REQUESTS = 100;

export function isEventStream(head: Pick<AnswerHead, 'headers'>): boolean {
  return mediaTypeOf(head) === 'text/event-stream';
}

/** Reads one stream. A repeated request gets a new one. */
export class EventStream {
  readonly #listener: StreamListener;
  #answer: RpcMessage | null = null;
  #broken = false;
  #requests = 0;
  #lastEventId: string | null = null;
  #retryMs: number | null = null;
  readonly #parser = createParser({
    onEvent: ({ id, data }) => {
      if (id !== undefined && id !== '') this.#lastEventId = id;
      this.#read(data);
    },
    onRetry: (ms) => {
      this.#retryMs = ms;
    },
  });

  constructor(listener: StreamListener) {
    this.#listener = listener;
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
    const why = this.#broken
      ? 'sent an event that cannot be read as JSON'
      : 'ended its stream of events without an answer';
    return reply ?? { kind: 'unusable', why, answer };
  }

  /** Where the server can go on with a stream that it ended without an answer; null where it did not say. */
  get resumption(): { readonly lastEventId: string; readonly retryMs: number | null } | null {
    if (this.#answer !== null || this.#broken || this.#lastEventId === null) return null;
    return { lastEventId: this.#lastEventId, retryMs: this.#retryMs };
  }

  #read(data: string): void {
    if (data.trim() === '' || this.#answer !== null) return;
    let message: RpcMessage;
    try {
      message = readMessage(parseJson(data, MAX_ANSWER_DEPTH));
    } catch {
      this.#broken = true;
      return;
    }
    switch (message.kind) {
      case 'notification':
        this.#listener.notification(message.method, message.params);
        break;
      case 'request':
        this.#requests += 1;
        if (this.#requests <= MAX_SERVER_REQUESTS) this.#listener.request(message.id, message.method);
        break;
      case 'result':
      case 'rpc_error':
        this.#answer = message;
        break;
      case 'other':
    }
  }
}

export function progressReader({
  progressToken,
  onProgress,
}: Pick<CallContext, 'progressToken' | 'onProgress'>): StreamListener['notification'] {
  return (method, { progressToken: token, progress, total, message }) => {
    if (method !== 'notifications/progress' || onProgress === undefined || progressToken === undefined) return;
    if (String(token) !== String(progressToken) || typeof progress !== 'number') return;
    onProgress({
      progress,
      ...(typeof total === 'number' ? { total } : {}),
      ...(typeof message === 'string' ? { message } : {}),
    });
  };
}
