import type { Readable, Writable } from 'node:stream';
import { type JSONRPCMessage, parseJSONRPCMessage, type RequestId, type Transport } from '@modelcontextprotocol/server';
import { isJsonObject, type JsonObject, parseJson, stringifyJson } from '../core/json.ts';
import type { Log } from '../core/log.ts';
import { LineSplitter } from './line-splitter.ts';
import {
  acceptedRequest,
  answeredId,
  ConnectionVersion,
  idIn,
  idOf,
  LargeIds,
  shiftedIncoming,
  shiftedOutgoing,
  visibleMessage,
} from './messages.ts';

/**
 * MCP's stdio transport, in place of the SDK's, which loses ids beyond 2^53, drops malformed requests without an
 * answer, ends the connection on a line over 10 MB and aborts running calls the moment stdin ends.
 */
const PARSE_ERROR = -32700;
const INVALID_REQUEST = -32600;
/** Hosts cap messages far below this; it only bounds memory. */
const LONGEST_LINE_BYTES = 16 * 1024 * 1024;

/** What was exchanged before the server was loaded: its ready answers were sent, and it must not send them again. */
export interface Opening {
  /** The lines that the state of the connection follows from. */
  readonly lines: readonly string[];
  /** The ids of the requests in them. */
  readonly answered: readonly RequestId[];
  /** What came after them until now; from then on the input is the caller's. */
  take(): { readonly rest: Buffer; readonly inputEnded: boolean };
}

/** The longest wait for the server to catch up with its opening. */
const REPLAY_MS = 3_000;

export class StdioWire implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;

  readonly #input: Readable;
  readonly #output: Writable;
  readonly #log: Log;
  readonly #events;
  readonly #lines: LineSplitter;
  readonly #largeIds = new LargeIds();
  readonly #version = new ConnectionVersion();
  readonly #warned = new Set<string>();
  readonly #opening: Opening | null;
  readonly #muted: Set<RequestId>;
  #replay: NodeJS.Timeout | null = null;
  #closed = false;
  #inputEnded = false;
  #outputLost = false;
  #hasMessage = false;

  constructor(
    input: Readable,
    output: Writable,
    log: Log,
    events: {
      /** stdin ended: no further request can come. Running ones may still be answered. */
      onInputEnd(): void;
      /** stdout is gone: no answer can be delivered any more. */
      onOutputLost(): void;
      /** stdout has taken the result of a request. */
      onDelivered(id: RequestId): void;
      /** The first valid message arrived. */
      onFirstMessage(): void;
    },
    opening: Opening | null = null,
  ) {
    this.#opening = opening;
    this.#muted = new Set(opening?.answered);
    this.#input = input;
    this.#output = output;
    this.#log = log;
    this.#events = events;
    this.#lines = new LineSplitter(
      LONGEST_LINE_BYTES,
      (text) => this.#receive(text),
      (bytes, id) =>
        this.#refuse(idIn(id), INVALID_REQUEST, `The message has ${bytes} bytes; the limit is ${LONGEST_LINE_BYTES}.`),
    );
  }

  async start(): Promise<void> {
    this.#output.on('error', this.#onOutputError);
    for (const line of this.#opening?.lines ?? []) this.#receive(line);
    // Whatever comes next finds the server where its client believes it to be.
    if (this.#muted.size === 0) this.#listen();
    else this.#replay = setTimeout(() => this.#listen(), REPLAY_MS);
  }

  isAnswered(id: RequestId): boolean {
    return this.#muted.has(id);
  }

  #listen(): void {
    if (this.#replay !== null) clearTimeout(this.#replay);
    this.#replay = null;
    this.#muted.clear();
    if (this.#closed) return;
    this.#input.on('data', this.#onData);
    this.#input.on('end', this.#onEnd);
    this.#input.on('close', this.#onEnd);
    this.#input.on('error', this.#onEnd);
    if (this.#opening === null) return;
    const { rest, inputEnded } = this.#opening.take();
    this.#lines.push(rest);
    if (inputEnded) this.#onEnd();
  }

  async send(message: JSONRPCMessage): Promise<void> {
    if (this.#replay !== null && this.#muted.delete(answeredId(message))) {
      if (this.#muted.size === 0) this.#listen();
      return;
    }
    const id = 'result' in message && 'id' in message ? message.id : undefined;
    const sent = this.#largeIds.restored(shiftedOutgoing(message));
    this.#write(sent, id === undefined ? undefined : () => this.#events.onDelivered(id));
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#replay !== null) clearTimeout(this.#replay);
    this.#input.off('data', this.#onData);
    this.#input.pause();
    this.onclose?.();
  }

  readonly #onData = (chunk: Buffer): void => this.#lines.push(chunk);

  readonly #onEnd = (): void => {
    if (this.#inputEnded) return;
    this.#inputEnded = true;
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

  #receive(text: string): void {
    const line = text.startsWith('\ufeff') ? text.slice(1) : text;
    if (line !== text) this.#warnOnce('stdin begins with a byte order mark, which was ignored');
    if (this.#closed || line.trim() === '') return;
    let value: unknown;
    try {
      value = parseJson(line);
    } catch {
      this.#refuse(null, PARSE_ERROR, 'The line is not JSON.');
      return;
    }
    // Batches exist in the revisions 2024-11-05 and 2025-03-26 only; each member is answered on a line of its own.
    if (!Array.isArray(value)) this.#accept(value);
    else if (value.length === 0) this.#refuse(null, INVALID_REQUEST, 'The batch is empty.');
    else for (const member of value) this.#accept(member);
  }

  #accept(value: unknown): void {
    let message: JSONRPCMessage;
    try {
      const request = acceptedRequest(shiftedIncoming(value), (warning) => this.#warnOnce(warning));
      message = parseJSONRPCMessage(this.#largeIds.replaced(request));
    } catch {
      this.#refuse(idOf(value), INVALID_REQUEST, 'The message is not a JSON-RPC 2.0 message.');
      return;
    }
    // A request whose id is null or an object parses as a notification, and would never be answered.
    if ('method' in message && !('id' in message) && isJsonObject(value) && 'id' in value) {
      this.#refuse(idOf(value), INVALID_REQUEST, 'The id must be a string or an integer.');
      return;
    }
    const problem = this.#version.problemOf(message);
    if (problem !== null) {
      this.#refuse(idOf(value), problem.code, problem.message, { data: problem.data });
      return;
    }
    if (isJsonObject(value) && typeof value.id === 'bigint')
      this.#warnOnce('the app numbers its requests beyond 2^53; they are answered digit by digit');
    this.onmessage?.(message);
    if (!this.#hasMessage) {
      this.#hasMessage = true;
      this.#events.onFirstMessage();
    }
  }

  #refuse(id: JsonObject['id'], code: number, message: string, more: JsonObject = {}): void {
    this.#log.warn(`a message on stdin was refused: ${message}`);
    this.#write({ jsonrpc: '2.0', id, error: { code, message, ...more } });
  }

  #warnOnce(warning: string): void {
    if (this.#warned.has(warning)) return;
    this.#warned.add(warning);
    this.#log.warn(warning);
  }

  /** As JSON, without secrets and without hidden characters. */
  #lineOf(message: JsonObject): string {
    const line = stringifyJson(message);
    const masked = this.#log.secrets.maskedJson(message, line);
    const safe = masked === line ? message : parseJson(masked);
    return visibleMessage(isJsonObject(safe) ? safe : message, masked);
  }

  #write(message: JsonObject, onWritten?: () => void): void {
    if (this.#outputLost) return;
    const flowing = this.#output.write(`${this.#lineOf(message)}\n`, (error) => {
      if (error == null) onWritten?.();
    });
    // Backpressure: a host that does not read its answers gets no further request read.
    if (flowing || this.#input.isPaused()) return;
    this.#input.pause();
    this.#output.once('drain', () => {
      if (!this.#closed) this.#input.resume();
    });
  }
}
