/** Splits a byte stream into lines of bounded length; of a longer one only its size and its JSON-RPC id are kept. */

const NEWLINE = 0x0a;
const LONGEST_ID_BYTES = 256;

export class LineSplitter {
  readonly #limit: number;
  readonly #onLine: (text: string) => void;
  readonly #onTooLong: (bytes: number, id: string | null) => void;
  #parts: Buffer[] = [];
  #size = 0;
  #skipped: IdScanner | null = null;

  /** @param limit the longest line in bytes @param onTooLong gets the line's id as JSON, null where it has none */
  constructor(limit: number, onLine: (text: string) => void, onTooLong: (bytes: number, id: string | null) => void) {
    this.#limit = limit;
    this.#onLine = onLine;
    this.#onTooLong = onTooLong;
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
    if (this.#size > 0) this.#finish();
  }

  #append(part: Buffer): void {
    if (part.length === 0) return;
    this.#size += part.length;
    if (this.#skipped === null && this.#size > this.#limit) {
      this.#skipped = new IdScanner();
      for (const earlier of this.#parts) this.#skipped.push(earlier);
      this.#parts = [];
    }
    if (this.#skipped === null) this.#parts.push(part);
    else this.#skipped.push(part);
  }

  #finish(): void {
    const [first, ...more] = this.#parts;
    const size = this.#size;
    const skipped = this.#skipped;
    this.#parts = [];
    this.#size = 0;
    this.#skipped = null;
    if (skipped !== null) this.#onTooLong(size, skipped.id);
    else if (first !== undefined)
      this.#onLine((more.length === 0 ? first : Buffer.concat([first, ...more])).toString('utf8'));
  }
}

/** Reads the member `id` of a JSON object byte by byte, wherever it stands in it, and keeps nothing else. */
class IdScanner {
  id: string | null = null;
  #depth = 0;
  #inText = false;
  #escaped = false;
  #key = '';
  /** Of the key or value that is being read at the top of the object. */
  #bytes: number[] = [];

  push(chunk: Buffer): void {
    for (const byte of chunk) this.#take(byte, String.fromCharCode(byte));
  }

  #take(byte: number, char: string): void {
    if (this.#inText) {
      this.#keep(byte);
      if (this.#escaped) this.#escaped = false;
      else if (char === '\\') this.#escaped = true;
      else if (char === '"') this.#inText = false;
    } else if (char === '{' || char === '[') {
      // The members of a batch have ids of their own.
      this.#depth += this.#depth === 0 && char === '[' ? 2 : 1;
    } else if (char === '}' || char === ']') {
      if (this.#depth === 1) this.#endMember();
      this.#depth -= 1;
    } else if (char === ':' && this.#depth === 1) {
      this.#key = this.#text();
    } else if (char === ',' && this.#depth === 1) {
      this.#endMember();
    } else if (byte > 0x20) {
      this.#inText = char === '"';
      this.#keep(byte);
    }
  }

  #keep(byte: number): void {
    if (this.#depth === 1 && this.#bytes.length <= LONGEST_ID_BYTES) this.#bytes.push(byte);
  }

  #endMember(): void {
    const value = this.#text();
    if (this.#key === '"id"' && value !== '' && value.length <= LONGEST_ID_BYTES) this.id = value;
    this.#key = '';
  }

  #text(): string {
    const text = Buffer.from(this.#bytes).toString('utf8');
    this.#bytes = [];
    return text;
  }
}
