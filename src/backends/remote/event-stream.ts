/** An answer that comes as server-sent events: notifications first, then the one message that was asked for. */
import { createParser } from 'eventsource-parser';
import type { JsonObject } from '../../catalog/tool.ts';
import type { TextSink } from '../../http/body.ts';
import type { HttpAnswer } from '../../http/request.ts';
import { parseJson } from '../../json.ts';
import { type Message, type Reply, readMessage, replyOf } from './reply.ts';

export type OnNotification = (method: string, params: JsonObject) => void;

/** Reads one stream; a retry gets a new one. */
export class EventStream {
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

export function isEventStream(headers: Headers): boolean {
  return /^text\/event-stream\b/i.test(headers.get('content-type') ?? '');
}
