import type { KyInstance } from 'ky';
import type { Clock, TimeLimit } from '../core/deadline.ts';
import { type Hint, LocalError, ProtocolError, runHint, unknownOutcome } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { type AnswerHead, readBytes, readText } from './answer-body.ts';
import { readErrorBody } from './api-error.ts';
import { type NetworkFailure, networkFailure } from './network-error.ts';
import { type HttpRequest, isBodySource, isRedirect, MAX_REDIRECTS, type SendContext } from './request.ts';
import { type FailureKind, statusFailure } from './retry.ts';
import type { Transport } from './transport.ts';

/** One attempt of a request: sent, its redirects followed, its answer read, and its failure classified. */
export interface Exchange {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly request: HttpRequest;
  readonly context: SendContext;
  readonly limit: TimeLimit;
}

export type Attempt =
  | { readonly kind: 'answer'; readonly head: AnswerHead; readonly text: string; readonly failure: FailureKind | null }
  | { readonly kind: 'network'; readonly network: NetworkFailure; readonly failure: FailureKind };

/** @param number of the attempt, from 1. @throws AbortedError, LocalError and ProtocolError, which no repetition helps. */
export async function attempt(
  exchange: Exchange,
  number: number,
  deps: { readonly ky: KyInstance; readonly transport: Transport; readonly clock: Clock; readonly log: Log },
): Promise<Attempt> {
  const { url, request, context, limit } = exchange;
  const { clock, log, transport } = deps;
  const started = clock.now();
  const { generation } = transport;
  context.write?.onSending();
  const report = (what: string | number, requestId: string | null) =>
    log.debug(
      `${request.method} ${request.secretPath ? '(a signed address)' : url.pathname} ${what} ${clock.now() - started} ms request_id=${requestId ?? '-'} attempt=${number}`,
    );
  try {
    const response = await sent(exchange, deps);
    const head: AnswerHead = {
      status: response.status,
      headers: response.headers,
      requestId: response.headers.get('x-request-id'),
      url: `${url.origin}${url.pathname}`,
    };
    const text = await read(response, head, exchange);
    report(head.status, head.requestId);
    const failure = head.status < 400 ? null : statusFailure(head.status, readErrorBody(text).code);
    return { kind: 'answer', head, text, failure };
  } catch (error) {
    if (limit.passed) {
      report('aborted', null);
      const aborted = limit.error(url.origin, context.retry !== 'read', context.checkWith ?? null);
      // The next call must not meet the same dead connection, or one that died with it.
      if (aborted.code === 'timeout') transport.renew(generation);
      throw aborted;
    }
    if (error instanceof LocalError) throw error;
    if (error instanceof ProtocolError) {
      report(error.code, null);
      if (error.code !== 'answer_too_large' || context.retry === 'read') throw error;
      throw new ProtocolError(error.code, error.message, unknownOutcome(context.checkWith ?? null));
    }
    const network = networkFailure(error, {
      origin: url.origin,
      proxy: transport.proxy,
      trustAdvice: () => transport.trustAdvice(),
    });
    report(network.error.code, null);
    return { kind: 'network', network, failure: network.kind };
  }
}

/** @returns the answer behind the redirects that are followed here */
async function sent(exchange: Exchange, deps: Parameters<typeof attempt>[2]): Promise<Response> {
  const { url, headers, request, context } = exchange;
  let at = url;
  for (let followed = 0; ; followed++) {
    const response = await deps.ky(at, {
      method: request.method,
      headers: { ...headers },
      ...bodyOf(request),
      // Without the signal, which the transport follows by itself and ky would copy for each of its own requests.
      fetch: (input, init) =>
        firstAnswer(input instanceof Request ? input : new Request(input, init), exchange, deps.transport),
    });
    if (!isRedirect(response.status) || request.redirects === 'returned') return response;
    await response.body?.cancel();
    const { method } = request;
    const isRead = context.retry === 'read';
    at = redirectTarget(response, { url: at, method, isRead, followed, checkWith: context.checkWith ?? null });
    request.checkRedirect?.(at);
  }
}

/** A GET without a byte for this long is sent once more. */
const STALL_MS = 4_000;

/**
 * A connection that was used before may have died silently, which would cost a read its whole time limit: a GET without an
 * answer is sent once more on a new connection, and the first answer counts.
 */
async function firstAnswer(
  request: Request,
  { request: { method, sink }, context, limit }: Exchange,
  transport: Transport,
): Promise<Response> {
  const isRead = context.retry === 'read' && method === 'GET';
  // A stream of events may well begin late.
  if (!isRead || sink !== undefined || !transport.hasIdleConnections)
    return transport.send(request, limit.signal, context.retry === 'once');
  const { generation } = transport;
  const pooled = abortable(limit.signal);
  const first = transport.send(request, pooled.signal, false);
  if (await isSettledWithin(first, STALL_MS)) return first;
  const fresh = abortable(limit.signal);
  const second = transport.send(request.clone(), fresh.signal, true);
  try {
    const [response, loser] = await Promise.any([
      first.then((response) => [response, fresh] as const),
      second.then((response) => [response, pooled] as const),
    ]);
    loser.abort();
    if (loser === pooled) transport.renew(generation);
    return response;
  } catch {
    // Both failed, the second in the same way or later: what the first says is what happened.
    return first;
  }
}

/** Follows the signal; `AbortSignal.any` came with Node 20.3. */
function abortable(signal: AbortSignal): AbortController {
  const controller = new AbortController();
  if (signal.aborted) controller.abort();
  else signal.addEventListener('abort', () => controller.abort(), { once: true });
  return controller;
}

async function isSettledWithin(work: Promise<unknown>, ms: number): Promise<boolean> {
  const settled = work.then(
    () => true,
    () => true,
  );
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  try {
    return await Promise.race([settled, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** A stream cannot be sent without `duplex`. */
function bodyOf({ body }: HttpRequest): Pick<RequestInit, 'body' | 'duplex'> {
  return isBodySource(body) ? { body: body.open(), duplex: 'half' } : { body };
}

async function read(response: Response, head: AnswerHead, { request, url }: Exchange): Promise<string> {
  const bytes = response.ok ? (request.bytes?.(head) ?? null) : null;
  if (bytes === null) {
    const sink = response.ok ? (request.sink?.(head) ?? null) : null;
    return readText(response, sink, url.origin);
  }
  await readBytes(response, bytes, url.origin);
  return '';
}

/**
 * Where to go next.
 * @param isRead false for a GET that acts, which must not be sent again by way of its own address
 * @param followed number of redirects already followed. @param checkWith the read tool that shows whether a write was done
 * @throws ProtocolError that names both origins where the redirect must not be followed.
 */
function redirectTarget(
  { status, headers }: Pick<Response, 'status' | 'headers'>,
  from: {
    readonly url: URL;
    readonly method: string;
    readonly isRead: boolean;
    readonly followed: number;
    readonly checkWith: string | null;
  },
): URL {
  const { url, method, isRead, followed, checkWith } = from;
  const location = headers.get('location') ?? '';
  const named = location !== '' && URL.canParse(location, url.href) ? new URL(location, url) : null;
  // The origin of a `blob:` address is that of the address inside it.
  const target = named !== null && /^https?:$/.test(named.protocol) ? named : null;
  const refuse = (message: string, hint: Hint = 'Check --url.'): ProtocolError => {
    // 307 and 308 say that nothing was done; after 301 to 303 the service may have processed the request.
    const isOpen = !isRead && status < 307;
    return new ProtocolError('redirect_refused', message, isOpen ? unknownOutcome(checkWith) : { hint });
  };
  const where = `${url.origin} answered ${method} with a redirect`;
  if (target === null) throw refuse(`${where} that leads nowhere.`);
  if (target.origin !== url.origin) {
    throw refuse(
      `${where} to another origin, ${target.origin}, which was not followed: the API key is for ${url.origin} only.`,
      runHint(`lucanto-mcp login --url ${target.origin}`, `, if ${target.origin} is the service`),
    );
  }
  if (method !== 'GET' || !isRead) throw refuse(`${where} to ${target.origin}, which is not followed for ${method}.`);
  if (followed >= MAX_REDIRECTS) throw refuse(`${where} more than ${MAX_REDIRECTS} times in a row.`);
  return target;
}
