import type { KyInstance } from 'ky';
import ky from 'ky';
import { serviceOrigin, tokensPage } from '../config/origin.ts';
import { type Clock, TimeLimit } from '../core/deadline.ts';
import { AuthError, runHint, UnreachableError, unknownOutcome } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { type Attempt, attempt, type Exchange } from './attempt.ts';
import type { NetworkFailure } from './network-error.ts';
import { type HttpAnswer, type HttpRequest, isBodySource, requestUrl, type SendContext, userAgent } from './request.ts';
import { leavesOutcomeOpen, pauseBeforeRetry, retryAfterMs } from './retry.ts';
import type { Transport } from './transport.ts';

/** The one HTTP client: every request to the service, with the token, the queue, the time limit and the retry policy. */

interface QueuedRequest {
  /** Order of arrival of the call that sends; a repeated request keeps its number. */
  readonly number: number;
  /** For a refresh that no call waits for: such requests take at most half of the slots. */
  readonly background: boolean;
}

/** How long a refresh may keep the only slot: one that hangs must not keep a call waiting. */
const ONLY_SLOT_MS = 2_000;

/** A limited number of requests are under way at once, the others wait in the order of their calls. */
class RequestQueue {
  readonly #slots: number;
  readonly #backgroundSlots: number;
  readonly #waiting: { readonly request: QueuedRequest; readonly admit: (release: () => void) => void }[] = [];
  #arrived = 0;
  #used = 0;
  #usedInBackground = 0;

  /** @param slots requests under way at once, 1 or more. */
  constructor(slots: number) {
    this.#slots = slots;
    this.#backgroundSlots = Math.max(1, Math.floor(slots / 2));
  }

  /** A number at the end of the queue; it takes no slot until it enters. */
  join(background: boolean): QueuedRequest {
    return { number: ++this.#arrived, background };
  }

  /** Resolves with a function that releases the slot once there is one, or with null as soon as the signal aborts. */
  enter(request: QueuedRequest, signal: AbortSignal): Promise<(() => void) | null> {
    if (signal.aborted) return Promise.resolve(null);
    return new Promise((resolve) => {
      const onAbort = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        resolve(null);
      };
      const waiting = {
        request,
        admit: (release: () => void) => {
          signal.removeEventListener('abort', onAbort);
          resolve(release);
        },
      };
      signal.addEventListener('abort', onAbort, { once: true });
      const later = this.#waiting.findLastIndex((one) => one.request.number < request.number) + 1;
      this.#waiting.splice(later, 0, waiting);
      this.#admit();
    });
  }

  #admit(): void {
    while (this.#used < this.#slots) {
      const next = this.#waiting.findIndex(
        ({ request }) => !request.background || this.#usedInBackground < this.#backgroundSlots,
      );
      const [admitted] = next === -1 ? [] : this.#waiting.splice(next, 1);
      if (admitted === undefined) return;
      admitted.admit(this.#occupy(admitted.request));
    }
  }

  /** @returns a function that gives the slot back; calling it again does nothing. */
  #occupy({ background }: QueuedRequest): () => void {
    const share = background ? 1 : 0;
    let released = false;
    this.#used++;
    this.#usedInBackground += share;
    const release = () => {
      clearTimeout(timer);
      if (released) return;
      released = true;
      this.#used--;
      this.#usedInBackground -= share;
      this.#admit();
    };
    const timer = background && this.#slots === 1 ? setTimeout(release, ONLY_SLOT_MS).unref() : undefined;
    return release;
  }
}

export interface HttpDeps {
  /** The service's address; anything but https, or http on loopback, is refused. */
  readonly origin: string;
  /** The token that was given for this origin, read again for every request; null while it is missing. */
  readonly token: () => string | null;
  /** Our own version, for the User-Agent. */
  readonly version: string;
  readonly clock: Clock;
  /** A number in [0, 1), for the jitter between retries. */
  readonly random: () => number;
  readonly log: Log;
  readonly transport: Transport;
  /** Requests that may be under way at once, 1 or more. */
  readonly concurrency: number;
}

export class HttpClient {
  readonly origin: string;
  readonly #deps: HttpDeps;
  readonly #ky: KyInstance;
  readonly #queue: RequestQueue;

  /** @throws UsageError for an address that a token must not be sent to. */
  constructor(deps: HttpDeps) {
    this.origin = serviceOrigin(deps.origin);
    this.#deps = deps;
    this.#queue = new RequestQueue(deps.concurrency);
    // Retries, time limits and redirects are ours: ky's own know neither the deadline nor the key.
    this.#ky = ky.create({ retry: 0, timeout: false, throwHttpErrors: false, redirect: 'manual' });
  }

  /**
   * Sends one request, again where the policy of `retry.ts` allows it, and returns the last answer, whatever its status.
   * It waits for a slot before each attempt, and while it holds one it waits only for its answer.
   * @throws AuthError without a token, UnreachableError, AbortedError (`timeout`, `cancelled`), ProtocolError.
   */
  async send(request: HttpRequest, context: SendContext): Promise<HttpAnswer> {
    const url = requestUrl(this.origin, request);
    const headers = requestHeaders(this.origin, request, context, this.#deps.token(), this.#deps.version);
    const limit = new TimeLimit(context.signal, context.deadline, this.#deps.clock, context.write?.giveUpAt);
    try {
      return await this.#untilSettled({ url, headers, request, context, limit });
    } finally {
      limit.release();
    }
  }

  async #untilSettled(exchange: Exchange): Promise<HttpAnswer> {
    const { clock, random, transport } = this.#deps;
    const { context, limit } = exchange;
    const queued = this.#queue.join(context.background === true);
    let earlierOpen = false;
    let trustsMore = false;
    for (let number = 1; ; number++) {
      const result = await this.#inTurn(queued, exchange, number, earlierOpen);
      if (result.kind === 'network' && result.network.unknownIssuer && !trustsMore && transport.trustSystem()) {
        trustsMore = true;
        continue;
      }
      const { failure } = result;
      const retryAfter =
        result.kind === 'answer' ? retryAfterMs(result.head.headers.get('retry-after'), clock.now()) : null;
      const pause = failure === null ? null : pauseBeforeRetry(context.retry, failure, number, retryAfter, random);
      if (failure === null || pause === null || !limit.fits(pause)) {
        if (result.kind === 'network') throw lastNetworkError(result.network, earlierOpen, context);
        const retryAfterSeconds = retryAfter === null ? null : Math.ceil(retryAfter / 1000);
        return { ...result.head, text: result.text, attempts: number, earlierOpen, retryAfterSeconds };
      }
      earlierOpen ||= leavesOutcomeOpen(context.retry, failure);
      await clock.wait(pause, limit.signal).catch((error: unknown) => {
        if (!limit.passed) throw error;
      });
    }
  }

  async #inTurn(queued: QueuedRequest, exchange: Exchange, number: number, earlierOpen: boolean): Promise<Attempt> {
    const { context, limit } = exchange;
    const release = context.needsNoSlot ? () => undefined : await this.#queue.enter(queued, limit.signal);
    try {
      await context.drained?.(limit.signal);
      if (release === null || limit.passed) {
        throw number > 1
          ? limit.error(this.origin, earlierOpen, context.checkWith ?? null)
          : limit.neverSent(this.origin);
      }
      return await attempt(exchange, number, { ...this.#deps, ky: this.#ky });
    } finally {
      release?.();
    }
  }
}

function lastNetworkError({ error, kind }: NetworkFailure, earlierOpen: boolean, { retry, checkWith }: SendContext) {
  if (!earlierOpen && !leavesOutcomeOpen(retry, kind)) return error;
  return new UnreachableError(error.code, error.message, unknownOutcome(checkWith ?? null, { cause: error.cause }));
}

const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** @throws AuthError without a token, or with one that cannot be a header. */
function requestHeaders(
  origin: string,
  request: HttpRequest,
  context: SendContext,
  token: string | null,
  version: string,
): Readonly<Record<string, string>> {
  if (token === null && request.tokenOptional !== true) {
    const page = tokensPage(origin);
    throw new AuthError('no_token', `There is no API key for ${origin}.`, {
      hint: runHint('lucanto-mcp login', ` with an API key from ${page}, then restart the app that uses the bridge`),
    });
  }
  // Checked here because fetch would quote the whole header in its own error.
  if (token !== null && !/^[\x21-\x7e]+$/.test(token)) {
    throw new AuthError('malformed_token', `The API key for ${origin} contains characters that no API key has.`, {
      hint: runHint('lucanto-mcp login', ' and paste the API key alone'),
    });
  }
  const hasType = Object.keys(request.headers).some((name) => name.toLowerCase() === 'content-type');
  return {
    ...(request.body !== null && !hasType ? { 'Content-Type': 'application/json' } : {}),
    ...request.headers,
    ...(isBodySource(request.body) ? { 'Content-Length': String(request.body.size) } : {}),
    Accept: request.accept,
    'User-Agent': userAgent(version, context.client),
    ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
    ...(context.traceparent !== undefined && TRACEPARENT.test(context.traceparent)
      ? { traceparent: context.traceparent }
      : {}),
  };
}
