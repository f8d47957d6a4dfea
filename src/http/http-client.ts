import type { KyInstance } from 'ky';
import ky from 'ky';
import { serviceOrigin } from '../config/origin.ts';
import { type Clock, TimeLimit } from '../core/deadline.ts';
import { UnreachableError, unknownOutcome } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { type Attempt, attempt, type Exchange } from './attempt.ts';
import type { NetworkFailure } from './network-error.ts';
import { type QueuedRequest, RequestQueue } from './queue.ts';
import type { HttpAnswer, HttpRequest, SendContext } from './request.ts';
import { requestHeaders, requestUrl } from './request-headers.ts';
import { leavesOutcomeOpen, pauseBeforeRetry, retryAfterMs } from './retry.ts';
import type { Transport } from './transport.ts';

/** The one HTTP client: every request to the service, with the token, the queue, the time limit and the retry policy. */
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

  /** @throws AbortedError where no slot becomes free in time: then this attempt was not made. */
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
