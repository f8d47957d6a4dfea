import type { KyInstance } from 'ky';
import ky from 'ky';
import { serviceOrigin } from '../config/origin.ts';
import { type Clock, TimeLimit } from '../core/deadline.ts';
import { LocalError, ProtocolError, UnreachableError, unknownOutcome } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { type AnswerHead, readBytes, readText } from './answer-body.ts';
import { readErrorBody } from './error-body.ts';
import { type NetworkFailure, networkFailure } from './network-error.ts';
import { RequestQueue, type Slot } from './queue.ts';
import { type HttpAnswer, type HttpRequest, isBodySource, type SendContext } from './request.ts';
import { isRedirect, redirectTarget, requestHeaders, requestUrl } from './request-parts.ts';
import { type FailureKind, leavesOutcomeOpen, pauseBeforeRetry, retryAfterMs, statusFailure } from './retry.ts';
import type { Transport } from './transport.ts';

/** The one way to the service: a ky instance with the token, the limits and the retry policy around it. */
export interface HttpDeps {
  /** The service's address; anything but https, or http on loopback, is refused. */
  readonly origin: string;
  /** The token that was given for this origin, asked anew for every request; null while there is none. */
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

type Attempt =
  | { readonly kind: 'answer'; readonly head: AnswerHead; readonly text: string }
  | { readonly kind: 'network'; readonly failure: NetworkFailure };

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
   * It waits its turn first, and waits for nothing while it holds a slot but for its answer.
   * @throws AuthError without a token, UnreachableError, AbortedError (`timeout`, `cancelled`), ProtocolError.
   */
  async send(request: HttpRequest, context: SendContext): Promise<HttpAnswer> {
    const url = requestUrl(this.origin, request);
    const headers = requestHeaders(this.origin, request, context, this.#deps.token(), this.#deps.version);
    const limit = new TimeLimit(context.signal, context.deadline, this.#deps.clock, context.write?.giveUpAt);
    try {
      return await this.#untilSettled(url, headers, request, context, limit);
    } finally {
      limit.release();
    }
  }

  async #untilSettled(
    url: URL,
    headers: Readonly<Record<string, string>>,
    request: HttpRequest,
    context: SendContext,
    limit: TimeLimit,
  ): Promise<HttpAnswer> {
    const { clock, random, transport } = this.#deps;
    const place = this.#queue.place(context.background === true);
    let earlierOpen = false;
    let trustsMore = false;
    for (let attempt = 1; ; attempt++) {
      const result = await this.#inTurn(place, limit, context, { earlier: attempt > 1, earlierOpen }, () =>
        this.#attempt(url, headers, request, context, limit, attempt),
      );
      const failure = failureOf(result);
      if (result.kind === 'network' && result.failure.unknownIssuer && !trustsMore && transport.trustSystem()) {
        trustsMore = true;
        continue;
      }
      const retryAfter =
        result.kind === 'answer' ? retryAfterMs(result.head.headers.get('retry-after'), clock.now()) : null;
      const pause = failure === null ? null : pauseBeforeRetry(context.retry, failure, attempt, retryAfter, random);
      if (failure === null || pause === null || !limit.fits(pause)) {
        if (result.kind === 'network') throw lastNetworkError(result.failure, earlierOpen, context);
        const retryAfterSeconds = retryAfter === null ? null : Math.ceil(retryAfter / 1000);
        return { ...result.head, text: result.text, attempts: attempt, earlierOpen, retryAfterSeconds };
      }
      earlierOpen ||= leavesOutcomeOpen(context.retry, failure);
      await clock.wait(pause, limit.signal).catch((error: unknown) => {
        if (!limit.passed) throw error;
      });
    }
  }

  /** @throws AbortedError where the turn does not come in time: then this attempt was not made. */
  async #inTurn<T>(
    place: Slot,
    limit: TimeLimit,
    context: SendContext,
    sent: { readonly earlier: boolean; readonly earlierOpen: boolean },
    run: () => Promise<T>,
  ): Promise<T> {
    const leave = await this.#queue.enter(place, limit.signal);
    try {
      await context.drained?.(limit.signal);
      if (leave === null || limit.passed) {
        throw sent.earlier
          ? limit.error(this.origin, sent.earlierOpen, context.checkWith ?? null)
          : limit.neverSent(this.origin);
      }
      return await run();
    } finally {
      leave?.();
    }
  }

  async #attempt(
    url: URL,
    headers: Readonly<Record<string, string>>,
    request: HttpRequest,
    context: SendContext,
    limit: TimeLimit,
    attempt: number,
  ): Promise<Attempt> {
    const started = this.#deps.clock.now();
    context.write?.onSending();
    const told = (what: string | number, requestId: string | null) =>
      this.#deps.log.debug(
        `${request.method} ${request.secretPath ? '(a signed address)' : url.pathname} ${what} ${this.#deps.clock.now() - started} ms request_id=${requestId ?? '-'} attempt=${attempt}`,
      );
    try {
      const response = await this.#followed(url, headers, request, context, limit);
      const head: AnswerHead = {
        status: response.status,
        headers: response.headers,
        requestId: response.headers.get('x-request-id'),
        url: `${url.origin}${url.pathname}`,
      };
      const text = await this.#read(response, request, head);
      told(head.status, head.requestId);
      return { kind: 'answer', head, text };
    } catch (error) {
      if (limit.passed) {
        told('aborted', null);
        throw limit.error(this.origin, context.retry !== 'read', context.checkWith ?? null);
      }
      if (error instanceof LocalError) throw error;
      if (error instanceof ProtocolError) {
        told(error.code, null);
        if (error.code !== 'answer_too_large' || context.retry === 'read') throw error;
        throw new ProtocolError(error.code, error.message, unknownOutcome(context.checkWith ?? null));
      }
      const failure = networkFailure(error, {
        origin: this.origin,
        proxy: this.#deps.transport.proxy,
        trustAdvice: () => this.#deps.transport.trustAdvice(),
      });
      told(failure.error.code, null);
      return { kind: 'network', failure };
    }
  }

  async #read(response: Response, request: HttpRequest, head: AnswerHead): Promise<string> {
    const bytes = response.ok ? (request.bytes?.(head) ?? null) : null;
    if (bytes !== null) {
      await readBytes(response, bytes, this.origin);
      return '';
    }
    const sink = response.ok ? (request.sink?.(head) ?? null) : null;
    return readText(response, sink, this.origin);
  }

  async #followed(
    url: URL,
    headers: Readonly<Record<string, string>>,
    request: HttpRequest,
    context: SendContext,
    limit: TimeLimit,
  ): Promise<Response> {
    let at = url;
    for (let followed = 0; ; followed++) {
      const response = await this.#ky(at, {
        method: request.method,
        headers: { ...headers },
        ...bodyOf(request),
        signal: limit.signal,
        fetch: (input, init) =>
          this.#deps.transport.send(
            input instanceof Request ? input : new Request(input, init),
            limit.signal,
            context.retry === 'once',
          ),
      });
      if (!isRedirect(response.status) || request.redirects === 'returned') return response;
      await response.body?.cancel();
      at = redirectTarget({
        status: response.status,
        location: response.headers.get('location'),
        from: at,
        method: request.method,
        followed,
        checkWith: context.checkWith ?? null,
      });
    }
  }
}

/** A stream cannot be sent without `duplex`. */
function bodyOf({ body }: HttpRequest): Pick<RequestInit, 'body' | 'duplex'> {
  return isBodySource(body) ? { body: body.open(), duplex: 'half' } : { body };
}

function failureOf(result: Attempt): FailureKind | null {
  if (result.kind === 'network') return result.failure.kind;
  const { status } = result.head;
  return status < 400 ? null : statusFailure(status, readErrorBody(result.text).code);
}

function lastNetworkError(failure: NetworkFailure, earlierOpen: boolean, context: SendContext): Error {
  const { error } = failure;
  if (!earlierOpen && !leavesOutcomeOpen(context.retry, failure.kind)) return error;
  return new UnreachableError(
    error.code,
    error.message,
    unknownOutcome(context.checkWith ?? null, { cause: error.cause }),
  );
}
