import type { Readable, Writable } from 'node:stream';
import type { Opening } from '../server/wire.ts';
import { type Family, openingMessage } from './opening-message.ts';
import { filledIn, type ReadyAnswers } from './ready-answers.ts';

/**
 * Answers the opening of a connection with ready answers, and hands the connection over with the first line that it
 * does not recognise, so that a copy that is listed and never called stays as small as it starts.
 */

/** What is not a whole line by then is not one of ours. */
const MAX_PENDING_BYTES = 16 * 1024;
/** A host that does not read its answers gets no further ones from here. */
const MAX_UNREAD_BYTES = 1024 * 1024;

export class Front {
  readonly #options;
  readonly #answered = new Set<string | number>();
  #family: Family = 'unknown';
  #version: string | null = null;
  /** The lines that the state of the connection follows from, and the ids of the requests in them. */
  #lines: string[] = [];
  #ids: (string | number)[] = [];
  #pending: Buffer = Buffer.alloc(0);
  #isDone = false;
  #inputEnded = false;
  #isSubscribed = false;

  constructor(options: {
    readonly ready: ReadyAnswers;
    /** Why there is no token; empty where there is one. */
    readonly note: string;
    /** What no answer may repeat; empty where there is nothing. */
    readonly secret: string;
    readonly stdin: Readable;
    readonly stdout: Writable;
    /** Called after the first answer. */
    onFirstAnswer(): void;
    /** Called once: the connection goes on elsewhere. */
    onHandOver(opening: Opening): void;
    /** Called once: stdin ended, or stdout is lost. */
    onEnd(isLost: boolean): void;
  }) {
    this.#options = options;
  }

  start(): void {
    const { stdin, stdout } = this.#options;
    stdout.on('error', () => this.#end(true));
    stdin.on('data', this.#onData);
    for (const event of ['end', 'close', 'error']) stdin.on(event, this.#onInputEnd);
  }

  /** Hands the connection over as it stands. */
  handOver(): void {
    if (this.#isDone) return;
    this.#isDone = true;
    // What comes while the program is loaded is kept: a paused stdin does not always tell of its end.
    const take = () => {
      this.#release();
      return { rest: this.#pending, inputEnded: this.#inputEnded };
    };
    this.#options.onHandOver({ lines: this.#lines, answered: this.#ids, take });
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    if (this.#isDone) return;
    for (let end = this.#pending.indexOf('\n'); end !== -1; end = this.#pending.indexOf('\n')) {
      if (!this.#takes(this.#pending.subarray(0, end).toString('utf8'))) {
        this.handOver();
        return;
      }
      this.#pending = this.#pending.subarray(end + 1);
    }
    if (this.#pending.length > MAX_PENDING_BYTES) this.handOver();
  };

  readonly #onInputEnd = (): void => {
    this.#inputEnded = true;
    if (this.#isDone) return;
    const isTaken = this.#pending.length === 0 || this.#takes(this.#pending.toString('utf8'));
    if (isTaken) this.#pending = Buffer.alloc(0);
    // The server has a last word for each subscription.
    if (!isTaken || this.#isSubscribed) this.handOver();
    else this.#end(false);
  };

  #end(isLost: boolean): void {
    if (this.#isDone) return;
    this.#isDone = true;
    this.#release();
    this.#options.onEnd(isLost);
  }

  #release(): void {
    this.#options.stdin.off('data', this.#onData);
    for (const event of ['end', 'close', 'error']) this.#options.stdin.off(event, this.#onInputEnd);
  }

  /** @returns whether the line was recognised, and answered where it asks for an answer */
  #takes(line: string): boolean {
    if (line.trim() === '') return true;
    const { ready, note, secret, stdout } = this.#options;
    const message = openingMessage(line, this.#family, this.#version, (id) => this.#answered.has(id));
    if (message === null || stdout.writableLength > MAX_UNREAD_BYTES) return false;
    if (message.kind === 'notification') {
      if (message.isState) this.#lines.push(line);
      return true;
    }
    const { id, name, family, isState } = message;
    const answer = ready.answers.get(name);
    const idText = JSON.stringify(id);
    if (answer === undefined || (secret !== '' && idText.includes(secret))) return false;
    if (family !== this.#family || family === 'probed') {
      this.#lines = [line];
      this.#ids = [id];
      if (family === 'legacy') this.#version = name.split(' ')[0] ?? null;
    } else if (isState) {
      this.#lines.push(line);
      this.#ids.push(id);
    }
    this.#isSubscribed ||= isState;
    this.#family = family;
    this.#answered.add(id);
    stdout.write(filledIn(answer, idText, JSON.stringify(note).slice(1, -1)));
    if (this.#answered.size === 1) this.#options.onFirstAnswer();
    return true;
  }
}
