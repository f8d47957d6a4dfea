import type { Readable, Writable } from 'node:stream';
import { type JSONRPCMessage, parseJSONRPCMessage, type Transport } from '@modelcontextprotocol/server';
import { isJsonObject, parseJson, stringifyJson } from '../core/json.ts';
import type { Log } from '../core/log.ts';

/** Splits a byte stream into lines of bounded length; what is longer is skipped and reported, never buffered. */

const NEWLINE = 0x0a;

interface LineSink {
  line(text: string): void;
  tooLong(bytes: number): void;
}

class LineSplitter {
  readonly #limit: number;
  readonly #sink: LineSink;
  #parts: Buffer[] = [];
  #size = 0;
  #skipped = 0;

  /** @param limit the longest line in bytes */
  constructor(limit: number, sink: LineSink) {
    this.#limit = limit;
    this.#sink = sink;
  }

  push(chunk: Buffer): void {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE, from); end !== -1; end = chunk.indexOf(NEWLINE, from)) {
      this.#append(chunk.subarray(from, end));
      this.#finish();
      from = end + 1;
    }
    this.#append(chunk.subarray(from));
  }

  /** The stream ended: a last line without its newline still counts. */
  end(): void {
    if (this.#size > 0 || this.#skipped > 0) this.#finish();
  }

  #append(part: Buffer): void {
    if (part.length === 0) return;
    if (this.#skipped > 0 || this.#size + part.length > this.#limit) {
      this.#skipped += this.#size + part.length;
      this.#parts = [];
      this.#size = 0;
      return;
    }
    this.#parts.push(part);
    this.#size += part.length;
  }

  #finish(): void {
    const { length } = this.#parts;
    if (this.#skipped > 0) this.#sink.tooLong(this.#skipped);
    else if (length > 0)
      this.#sink.line((length === 1 && this.#parts[0] ? this.#parts[0] : Buffer.concat(this.#parts)).toString('utf8'));
    this.#parts = [];
    this.#size = 0;
    this.#skipped = 0;
  }
}

/**
 * Ids of our own requests, one higher than the SDK counts them: it begins with 0, and the clients of its first
 * generation take `notifications/cancelled` for 0 as one without an id, so that a question would stay open.
 */
function outgoing(message: JSONRPCMessage): JSONRPCMessage {
  if (!('method' in message)) return message;
  if ('id' in message) return typeof message.id === 'number' ? { ...message, id: message.id + 1 } : message;
  const id = message.method === 'notifications/cancelled' ? message.params?.requestId : undefined;
  return typeof id === 'number' ? { ...message, params: { ...message.params, requestId: id + 1 } } : message;
}

/** @param value a message of the client, not yet checked; its own requests and notices keep their ids */
function incoming(value: unknown): unknown {
  if (!isJsonObject(value) || 'method' in value || typeof value.id !== 'number') return value;
  return { ...value, id: value.id - 1 };
}

/**
 * MCP's stdio transport, in place of the SDK's, which loses ids beyond 2^53, drops malformed requests without an
 * answer, ends the connection on a line over 10 MB and aborts running calls the moment stdin ends.
 */
const PARSE_ERROR = -32700;
const INVALID_REQUEST = -32600;
/** Hosts cap messages far below this; it only bounds memory. */
const LONGEST_LINE_BYTES = 16 * 1024 * 1024;

interface WireEvents {
  /** stdin ended: nothing more will be asked. What runs may still be answered. */
  onInputEnd(): void;
  /** stdout is gone: nobody will read an answer. */
  onOutputLost(): void;
  /** stdout has taken the result of a request. */
  onDelivered(id: string | number): void;
  /** Something valid arrived for the first time. */
  onFirstMessage(): void;
}

type RequestId = string | number;

function requestId(value: unknown): RequestId | null {
  const id = isJsonObject(value) ? value.id : undefined;
  return typeof id === 'string' || typeof id === 'number' ? id : null;
}

export class StdioWire implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;

  readonly #input: Readable;
  readonly #output: Writable;
  readonly #log: Log;
  readonly #events: WireEvents;
  readonly #lines: LineSplitter;
  #closed = false;
  #heard = false;
  #outputLost = false;

  constructor(input: Readable, output: Writable, log: Log, events: WireEvents) {
    this.#input = input;
    this.#output = output;
    this.#log = log;
    this.#events = events;
    this.#lines = new LineSplitter(LONGEST_LINE_BYTES, {
      line: (text) => this.#receive(text),
      tooLong: (bytes) =>
        this.#refuse(null, INVALID_REQUEST, `Message of ${bytes} bytes is over the limit of ${LONGEST_LINE_BYTES}`),
    });
  }

  async start(): Promise<void> {
    this.#output.on('error', this.#onOutputError);
    this.#input.on('data', this.#onData);
    this.#input.on('end', this.#onEnd);
    this.#input.on('close', this.#onEnd);
    this.#input.on('error', this.#onEnd);
  }

  async send(message: JSONRPCMessage): Promise<void> {
    const id = 'result' in message && 'id' in message ? message.id : undefined;
    this.#write(outgoing(message), id === undefined ? undefined : () => this.#events.onDelivered(id));
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#input.off('data', this.#onData);
    this.#input.pause();
    this.onclose?.();
  }

  readonly #onData = (chunk: Buffer): void => this.#lines.push(chunk);

  #ended = false;
  readonly #onEnd = (): void => {
    if (this.#ended) return;
    this.#ended = true;
    this.#lines.end();
    this.#events.onInputEnd();
  };

  readonly #onOutputError = (error: Error): void => {
    // EPIPE: the host went away. The listener stays, so that late writes cannot crash the process.
    if (this.#outputLost) return;
    this.#outputLost = true;
    this.#log.debug(`stdout was closed by the host: ${error.message}`);
    this.#events.onOutputLost();
  };

  #receive(line: string): void {
    if (this.#closed || line.trim() === '') return;
    let value: unknown;
    try {
      value = parseJson(line);
    } catch {
      this.#refuse(null, PARSE_ERROR, 'Parse error: the line is not JSON');
      return;
    }
    // Batches exist in the revisions 2024-11-05 and 2025-03-26 only; each member is answered on a line of its own.
    if (!Array.isArray(value)) this.#accept(value);
    else if (value.length === 0) this.#refuse(null, INVALID_REQUEST, 'Invalid request: an empty batch');
    else for (const member of value) this.#accept(member);
  }

  #accept(value: unknown): void {
    let message: JSONRPCMessage;
    try {
      message = parseJSONRPCMessage(incoming(value));
    } catch {
      this.#refuse(requestId(value), INVALID_REQUEST, 'Invalid request: not a JSON-RPC 2.0 message');
      return;
    }
    // A request whose id is null or an object parses as a notification, and would never be answered.
    if ('method' in message && !('id' in message) && isJsonObject(value) && 'id' in value) {
      this.#refuse(null, INVALID_REQUEST, 'Invalid request: the id must be a string or an integer');
      return;
    }
    this.onmessage?.(message);
    if (!this.#heard) {
      this.#heard = true;
      this.#events.onFirstMessage();
    }
  }

  #refuse(id: RequestId | null, code: number, message: string): void {
    this.#write({ jsonrpc: '2.0', id, error: { code, message } });
  }

  #write(message: unknown, onTaken?: () => void): void {
    if (this.#outputLost) return;
    const flowing = this.#output.write(`${this.#log.secrets.maskedValues(stringifyJson(message))}\n`, (error) => {
      if (error == null) onTaken?.();
    });
    // Backpressure: a host that does not read answers is not asked for more questions.
    if (flowing || this.#input.isPaused()) return;
    this.#input.pause();
    this.#output.once('drain', () => {
      if (!this.#closed) this.#input.resume();
    });
  }
}
