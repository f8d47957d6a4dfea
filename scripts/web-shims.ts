/**
 * Replaces Node's Headers, Request and Response in ky and in our own HTTP client (see tsup.config.ts). Node's own load its
 * whole HTTP client, node:http2 included, which takes a sixth of a first call under Node 24, although every request is
 * sent with node:http. These do what the fetch standard says as far as it is used there: bodies are text, bytes or
 * streams, and fields of one name are always joined.
 */

type HeadersSource = Iterable<readonly [string, string]> | Readonly<Record<string, string>>;

export class Headers {
  readonly #values = new Map<string, string>();

  /** @throws TypeError like all that sets a field, without its value, which may be a secret */
  constructor(source: HeadersSource = {}) {
    for (const [name, value] of isIterable(source) ? source : Object.entries(source)) this.append(name, value);
  }

  get(name: string): string | null {
    return this.#values.get(name.toLowerCase()) ?? null;
  }

  has(name: string): boolean {
    return this.#values.has(name.toLowerCase());
  }

  set(name: string, value: string): void {
    this.#values.set(fieldName(name), fieldValue(name, value));
  }

  append(name: string, value: string): void {
    const [key, text, known] = [fieldName(name), fieldValue(name, value), this.get(name)];
    this.#values.set(key, known === null ? text : `${known}, ${text}`);
  }

  delete(name: string): void {
    this.#values.delete(name.toLowerCase());
  }

  /** In lower case, by name. */
  entries(): IterableIterator<[string, string]> {
    return [...this.#values].sort(([left], [right]) => (left < right ? -1 : 1))[Symbol.iterator]();
  }

  [Symbol.iterator](): IterableIterator<[string, string]> {
    return this.entries();
  }
}

function isIterable(source: HeadersSource): source is Iterable<readonly [string, string]> {
  return Symbol.iterator in source;
}

function fieldName(name: string): string {
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) throw new TypeError(`${JSON.stringify(name)} is not the name of a header`);
  return name.toLowerCase();
}

function fieldValue(name: string, value: string): string {
  const text = String(value).replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, '');
  if (/[\0\n\r]|[^\0-\xff]/.test(text))
    throw new TypeError(`the value of the header ${name} has characters that none may have`);
  return text;
}

abstract class Body {
  abstract readonly body: ReadableStream<Uint8Array> | null;

  async arrayBuffer(): Promise<ArrayBuffer> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of this.body ?? []) chunks.push(chunk);
    return new Uint8Array(Buffer.concat(chunks)).buffer;
  }

  async text(): Promise<string> {
    return new TextDecoder().decode(await this.arrayBuffer());
  }
}

interface RequestOptions {
  readonly method?: string;
  readonly headers?: HeadersSource;
  readonly body?: string | Uint8Array | ReadableStream<Uint8Array> | null;
  readonly signal?: AbortSignal | null;
}

export class Request extends Body {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly signal: AbortSignal | null;
  #body: Uint8Array | ReadableStream<Uint8Array> | null;

  constructor(input: string | URL | Request, options: RequestOptions = {}) {
    super();
    const from = input instanceof Request ? input : null;
    this.url = from?.url ?? new URL(String(input)).href;
    this.method = options.method ?? from?.method ?? 'GET';
    this.headers = new Headers(options.headers ?? from?.headers);
    this.signal = options.signal ?? from?.signal ?? null;
    const body = options.body ?? (from === null ? null : from.#body);
    this.#body = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  }

  get body(): ReadableStream<Uint8Array> | null {
    const body = this.#body;
    if (!(body instanceof Uint8Array)) return body;
    return new ReadableStream({
      start(controller) {
        controller.enqueue(body);
        controller.close();
      },
    });
  }

  clone(): Request {
    const { method, headers, signal } = this;
    let body = this.#body;
    if (body instanceof ReadableStream) [this.#body, body] = body.tee();
    return new Request(this.url, { method, headers, signal, body });
  }
}

export class Response extends Body {
  readonly body: ReadableStream<Uint8Array> | null;
  readonly status: number;
  readonly headers: Headers;

  constructor(
    body: ReadableStream<Uint8Array> | null,
    { status, headers }: { readonly status: number; readonly headers: Headers },
  ) {
    super();
    this.body = body;
    this.status = status;
    this.headers = headers;
  }

  get ok(): boolean {
    return this.status >= 200 && this.status <= 299;
  }
}

/** No body of ours is one. */
export const FormData = undefined;
