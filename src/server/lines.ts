/** Splits a byte stream into lines of bounded length; what is longer is skipped and reported, never buffered. */

const NEWLINE = 0x0a;

export interface LineSink {
  line(text: string): void;
  tooLong(bytes: number): void;
}

export class LineSplitter {
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
