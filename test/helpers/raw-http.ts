/** HTTP/1.1 by hand, just enough to stand between a client and a service and spoil what passes. */

export interface RawRequest {
  readonly method: string;
  /** Path and query as they came. */
  readonly target: string;
  /** Lower-case names; of a repeated one the last value. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const HEAD_END = '\r\n\r\n';

/** Collects the bytes of one connection and gives out whole requests. */
export class RequestReader {
  #rest: Buffer = Buffer.alloc(0);

  /** @returns the requests that are complete now. */
  push(chunk: Buffer): RawRequest[] {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const requests: RawRequest[] = [];
    for (let next = this.#take(); next !== null; next = this.#take()) requests.push(next);
    return requests;
  }

  #take(): RawRequest | null {
    const end = this.#rest.indexOf(HEAD_END);
    if (end === -1) return null;
    const [first = '', ...lines] = this.#rest.toString('latin1', 0, end).split('\r\n');
    const [method = '', target = ''] = first.split(' ');
    const headers = Object.fromEntries(
      lines.map((line): [string, string] => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
      }),
    );
    const from = end + HEAD_END.length;
    const body =
      headers['transfer-encoding'] === 'chunked'
        ? chunkedBody(this.#rest, from)
        : sizedBody(this.#rest, from, Number(headers['content-length'] ?? 0));
    if (body === null) return null;
    this.#rest = this.#rest.subarray(body.end);
    return { method, target, headers, body: body.bytes };
  }
}

interface Body {
  readonly bytes: Buffer;
  readonly end: number;
}

function sizedBody(buffer: Buffer, from: number, length: number): Body | null {
  const end = from + length;
  return buffer.length < end ? null : { bytes: buffer.subarray(from, end), end };
}

function chunkedBody(buffer: Buffer, from: number): Body | null {
  const parts: Buffer[] = [];
  for (let at = from; ; ) {
    const lineEnd = buffer.indexOf('\r\n', at);
    if (lineEnd === -1) return null;
    const size = Number.parseInt(buffer.toString('latin1', at, lineEnd), 16);
    const end = lineEnd + 2 + size + 2;
    if (buffer.length < end) return null;
    if (size === 0) return { bytes: Buffer.concat(parts), end };
    parts.push(buffer.subarray(lineEnd + 2, end - 2));
    at = end;
  }
}

/** The head of an answer as bytes; `length` is what it announces, which need not be what is sent. */
export function answerHead(status: number, headers: Readonly<Record<string, string>>, length: number): string {
  const lines = Object.entries({ ...headers, 'content-length': String(length) }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  return `HTTP/1.1 ${status} ${status < 400 ? 'OK' : 'Failed'}\r\n${lines.join('')}\r\n`;
}
