/** A ZIP file that is written as it arrives: each part is compressed on the way, its length and checksum follow it. */
import { once } from 'node:events';
import { createDeflateRaw } from 'node:zlib';

const UTF8_AND_DESCRIPTOR = 0x0808;
const DEFLATED = 8;
const VERSION = 20;
/** The first of January 1980, the earliest that the format knows: the same table gives the same bytes. */
const DATE = 0x0021;

const TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value >>> 0;
});

function crcOf(bytes: Uint8Array, before: number): number {
  let crc = ~before;
  for (const byte of bytes) crc = (crc >>> 8) ^ (TABLE[(crc ^ byte) & 0xff] ?? 0);
  return ~crc >>> 0;
}

export class ZipWriter {
  readonly #write: (bytes: Uint8Array) => Promise<void>;
  readonly #entries: {
    readonly name: Buffer;
    readonly offset: number;
    readonly crc: number;
    readonly packed: number;
    readonly size: number;
  }[] = [];
  #offset = 0;

  constructor(write: (bytes: Uint8Array) => Promise<void>) {
    this.#write = write;
  }

  /** @param text in pieces, each of which is written before the next is asked for */
  async add(name: string, text: AsyncIterable<string> | Iterable<string>): Promise<void> {
    const path = Buffer.from(name);
    const offset = this.#offset;
    await this.#out(
      header(0x04034b50, [VERSION, UTF8_AND_DESCRIPTOR, DEFLATED, 0, DATE], [0, 0, 0], [path.length, 0]),
      path,
    );
    let crc = 0;
    let size = 0;
    let packed = 0;
    const deflate = createDeflateRaw();
    const written = (async () => {
      for await (const chunk of deflate) {
        if (!(chunk instanceof Uint8Array)) continue;
        packed += chunk.length;
        await this.#out(chunk);
      }
    })();
    // It is awaited below; until then a disk that is full must not end the process.
    written.catch(() => deflate.destroy());
    for await (const piece of inPieces(text)) {
      const bytes = Buffer.from(piece);
      crc = crcOf(bytes, crc);
      size += bytes.length;
      if (!deflate.write(bytes)) await Promise.race([once(deflate, 'drain'), written]);
    }
    deflate.end();
    await written;
    this.#entries.push({ name: path, offset, crc, packed, size });
    await this.#out(numbers([0x08074b50, crc, packed, size]));
  }

  /** The list of parts, at the end of the file. */
  async close(): Promise<void> {
    const start = this.#offset;
    for (const { name, offset, crc, packed, size } of this.#entries) {
      const shorts = [VERSION, VERSION, UTF8_AND_DESCRIPTOR, DEFLATED, 0, DATE];
      const attributes = Buffer.concat([halves([name.length, 0, 0, 0, 0]), numbers([0, offset])]);
      await this.#out(header(0x02014b50, shorts, [crc, packed, size], []), attributes, name);
    }
    const length = this.#offset - start;
    const count = this.#entries.length;
    await this.#out(header(0x06054b50, [0, 0, count, count], [length, start], [0]));
  }

  async #out(...parts: readonly Uint8Array[]): Promise<void> {
    const bytes = parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
    this.#offset += bytes.length;
    await this.#write(bytes);
  }
}

/** Compression is slow to begin: many small texts are taken together. */
const PIECE_CHARS = 64 * 1024;

async function* inPieces(text: AsyncIterable<string> | Iterable<string>): AsyncGenerator<string> {
  let piece = '';
  for await (const part of text) {
    piece += part;
    if (piece.length < PIECE_CHARS) continue;
    yield piece;
    piece = '';
  }
  yield piece;
}

function header(
  signature: number,
  first: readonly number[],
  middle: readonly number[],
  last: readonly number[],
): Buffer {
  return Buffer.concat([numbers([signature]), halves(first), numbers(middle), halves(last)]);
}

function numbers(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, at) => {
    bytes.writeUInt32LE(value, at * 4);
  });
  return bytes;
}

function halves(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  values.forEach((value, at) => {
    bytes.writeUInt16LE(value, at * 2);
  });
  return bytes;
}
