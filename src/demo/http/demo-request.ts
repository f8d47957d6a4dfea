import { stringifyJson } from '../../core/json.ts';

/** One request to the embedded Lucanto and one answer, without sockets, and what an answer that is not 2xx looks like. */
export interface EngineRequest {
  readonly method: string;
  /** From the root, without the query: `/api/v1/workspaces/42/invoices`. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface EngineResponse {
  readonly status: number;
  /** Names as they go on the wire; `X-Request-Id` is always there. */
  readonly headers: Readonly<Record<string, string>>;
  /** Text is JSON, bytes are a file, null is an empty answer; only the MCP endpoint streams. */
  readonly body: string | Uint8Array | ReadableStream<Uint8Array> | null;
}

/** REST and the MCP endpoint alike. */
export type RequestHandler = (request: EngineRequest) => Promise<EngineResponse>;

/** An answer that is not 2xx (lucanto-api.md section 3). */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  /** The envelope's `error`. */
  readonly code: string;
  readonly extras: {
    readonly errors?: readonly string[];
    /** Where a plan cap can be lifted. */
    readonly upgradeUrl?: string;
    /** Seconds, sent as `Retry-After`. */
    readonly retryAfter?: number;
  };

  constructor(status: number, code: string, message: string, extras: Refusal['extras'] = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.extras = extras;
  }
}

/** @param what a noun with its article: `The invoice`. */
export function notFound(what: string): Refusal {
  return new Refusal(404, 'not_found', `${what} was not found.`);
}

export function conflict(message: string): Refusal {
  return new Refusal(409, 'conflict', message);
}

export function invalid(errors: readonly string[]): Refusal {
  return new Refusal(422, 'unprocessable_entity', 'The request could not be processed: see errors.', { errors });
}

export function refuseAny(errors: readonly string[]): void {
  if (errors.length > 0) throw invalid(errors);
}

/** The error envelope, as the service documents it. */
export function envelope(refusal: Refusal, requestId: string): Record<string, unknown> {
  const { errors, upgradeUrl } = refusal.extras;
  return {
    error: refusal.code,
    message: refusal.message,
    request_id: requestId,
    docs_url: `https://docs.lucanto.eu/api/v1/errors/${refusal.code}`,
    ...(errors === undefined ? {} : { errors }),
    ...(upgradeUrl === undefined ? {} : { upgrade_url: upgradeUrl }),
  };
}

export function refused(refusal: Refusal, requestId: string): EngineResponse {
  const { retryAfter } = refusal.extras;
  const headers = { 'Content-Type': 'application/json', 'X-Request-Id': requestId };
  return {
    status: refusal.status,
    headers: retryAfter === undefined ? headers : { ...headers, 'Retry-After': String(retryAfter) },
    body: stringifyJson(envelope(refusal, requestId)),
  };
}

export class Holds {
  readonly #waiting: {
    readonly matches: (request: EngineRequest) => boolean;
    readonly arrive: () => void;
    readonly released: Promise<void>;
  }[] = [];

  /** Stops the next request that matches, until released. @returns `arrived` settles when it has come in and waits */
  next(matches: (request: EngineRequest) => boolean) {
    const events = new EventTarget();
    const happened = (name: string) =>
      new Promise<void>((resolve) => events.addEventListener(name, () => resolve(), { once: true }));
    const [arrived, released] = [happened('arrived'), happened('released')];
    this.#waiting.push({ matches, arrive: () => events.dispatchEvent(new Event('arrived')), released });
    return { arrived, release: () => void events.dispatchEvent(new Event('released')) };
  }

  async pass(request: EngineRequest): Promise<void> {
    const index = this.#waiting.findIndex(({ matches }) => matches(request));
    const [held] = index < 0 ? [] : this.#waiting.splice(index, 1);
    held?.arrive();
    await held?.released;
  }
}
