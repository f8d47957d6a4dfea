import { abortedBy, unlessAborted } from '../../core/deadline.ts';
import { AbortedError, ProtocolError } from '../../core/errors.ts';
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import type { CallContext, ToolResult } from '../../core/tool.ts';
import type { ErrorSubject } from '../../http/api-error.ts';
import type { HttpClient } from '../../http/http-client.ts';
import { sendContext } from '../send-context.ts';
import { progressReader } from './event-stream.ts';
import { isCurrent, type Protocol, type RemoteRequest, type RpcReply } from './protocol.ts';
import { Endpoint, negotiate, requestMeta } from './remote-endpoint.ts';
import { replyError, sessionGone, unusableReply } from './remote-error.ts';
import { type ExpectedResult, toolResult } from './remote-result.ts';

/**
 * The remote endpoint's tools. JSON-RPC of our own over the one HTTP client: both SDK clients wait for their timeout
 * where the answer is a 202, a wrong id or a stream that ends early, and neither closes a cancelled request.
 */
export interface RemoteCallOptions extends ExpectedResult {
  /** Whether the tool says that it changes nothing: only then may the call be sent twice. */
  readonly readOnly: boolean;
  /** The read tool that shows whether a write was carried out. */
  readonly checkWith?: string | null;
  /** Scopes any one of which is enough, for the hint where the token lacks them. */
  readonly scopes?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
}

interface Agreement {
  readonly protocol: Protocol;
  /** From this process's own negotiation or a request that worked, not from the cache. */
  readonly isCertain: boolean;
}

const MAX_PAGES = 100;
/** Refusals that only a change of protocol on the other side explains: a header mismatch, an unsupported version. */
const PROTOCOL_CHANGED = new Set([-32020, -32022]);

export class RemoteClient {
  readonly #endpoint: Endpoint;
  readonly #remember: (protocol: { readonly version: string }) => void;
  readonly #negotiation = new SingleFlight<Protocol>('the remote endpoint');
  #agreement: Agreement | null;

  /**
   * @param deps.remembered what an earlier process found out; spares the round trip, and is negotiated again where it is wrong
   * @param deps.remember called with what is worth remembering, once it is known
   */
  constructor(deps: {
    readonly http: Pick<HttpClient, 'send'>;
    readonly remembered?: { readonly version: string };
    readonly remember?: (protocol: { readonly version: string }) => void;
  }) {
    this.#endpoint = new Endpoint(deps.http);
    this.#remember = deps.remember ?? (() => undefined);
    this.#agreement =
      deps.remembered === undefined ? null : { protocol: recalled(deps.remembered.version), isCertain: false };
  }

  /** `tools/list`, all pages, each tool as it came. @throws LucantoError */
  async listTools(context: CallContext): Promise<readonly JsonObject[]> {
    const subject: ErrorSubject = { what: 'the list of tools', retry: 'read', scopes: [], listTool: null };
    const tools: JsonObject[] = [];
    const seen = new Set<string>();
    let cursor: string | undefined;
    for (let page = 1; page <= MAX_PAGES; page++) {
      const params = { ...(cursor === undefined ? {} : { cursor }) };
      const reply = await this.#request({ method: 'tools/list', params }, context, subject);
      const { tools: rows, nextCursor } = reply.result;
      if (!Array.isArray(rows)) throw unusableReply('answered without a list of tools', reply.answer, subject);
      tools.push(...rows.filter(isJsonObject));
      if (typeof nextCursor !== 'string') return tools;
      if (seen.has(nextCursor)) throw unusableReply('answered with the same page repeatedly', reply.answer, subject);
      seen.add(nextCursor);
      cursor = nextCursor;
    }
    throw new ProtocolError('too_many_pages', `The remote endpoint's list of tools has more than ${MAX_PAGES} pages.`, {
      hint: { person: 'Use --backend rest.', model: 'Ask the user to use --backend rest.' },
    });
  }

  /** The result as it came, numbers included. A write is sent once. @throws LucantoError */
  async callTool(
    name: string,
    args: JsonObject,
    context: CallContext,
    options: RemoteCallOptions,
  ): Promise<ToolResult> {
    const subject: ErrorSubject = {
      what: name,
      retry: options.readOnly ? 'read' : 'once',
      scopes: options.scopes ?? [],
      listTool: options.checkWith ?? null,
    };
    const meta = requestMeta(context);
    const request: RemoteRequest = {
      method: 'tools/call',
      params: { name, arguments: args, ...(meta === null ? {} : { _meta: meta }) },
      ...(options.headers === undefined ? {} : { headers: options.headers }),
    };
    const reply = await this.#request(request, context, subject);
    return toolResult(reply, subject, { ...options, args });
  }

  async #request(
    request: RemoteRequest,
    context: CallContext,
    subject: ErrorSubject,
  ): Promise<Extract<RpcReply, { kind: 'result' }>> {
    const mayRepeat = subject.retry === 'read';
    let agreement = await this.#ready(context, mayRepeat);
    let reply = await this.#send(agreement.protocol, request, context, subject);
    if (reply.kind !== 'result' && isOutdated(reply, agreement)) {
      if (this.#agreement === agreement) this.#agreement = null;
      // A request that was refused this way is most likely not carried out, but a write must not depend on that.
      if (!mayRepeat) throw hasSession(agreement) ? sessionGone(subject) : replyError(reply, subject);
      agreement = await this.#ready(context, false);
      reply = await this.#send(agreement.protocol, request, context, subject);
    }
    if (reply.kind !== 'result') throw replyError(reply, subject);
    if (!agreement.isCertain) this.#agreement = { protocol: agreement.protocol, isCertain: true };
    return reply;
  }

  #send(protocol: Protocol, request: RemoteRequest, context: CallContext, subject: ErrorSubject): Promise<RpcReply> {
    const { traceparent: _inMeta, ...rest } = sendContext(context, subject.retry, subject.listTool);
    return this.#endpoint.request(protocol, request, rest, progressReader(context));
  }

  /** @param mayUseCache false for a write, which is sent only once: the protocol in the cache may be outdated. */
  async #ready(context: CallContext, mayUseCache: boolean): Promise<Agreement> {
    if (this.#agreement !== null && (this.#agreement.isCertain || mayUseCache)) return this.#agreement;
    const protocol = await this.#negotiation.join(context, (waiter) =>
      negotiate(this.#endpoint, sendContext({ ...context, ...waiter }, 'read', null)),
    );
    const agreement = { protocol, isCertain: true };
    this.#agreement = agreement;
    // A session ends with its process: a later one that knew only the version would be refused.
    if (!hasSession(agreement)) this.#remember({ version: protocol.version });
    return agreement;
  }
}

function recalled(version: string): Protocol {
  return isCurrent(version) ? { kind: 'current', version } : { kind: 'legacy', version, session: null };
}

function hasSession({ protocol }: Agreement): boolean {
  return protocol.kind === 'legacy' && protocol.session !== null;
}

/** Whether the endpoint refused the protocol of the request, not its content. */
function isOutdated(reply: Exclude<RpcReply, { kind: 'result' }>, agreement: Agreement): boolean {
  const { status } = reply.answer;
  if (status === 404 && hasSession(agreement)) return true;
  if (reply.kind === 'rpc_error' && PROTOCOL_CHANGED.has(reply.error.code)) return true;
  if (agreement.isCertain) return false;
  return status === 400 || status === 404 || (status < 300 && reply.kind === 'rpc_error');
}

/** Work that several callers wait for: done once, and aborted only when none of them waits any more. */
class SingleFlight<T> {
  /** For messages: `the remote endpoint`. */
  readonly #what: string;
  #running: Running<T> | null = null;

  constructor(what: string) {
    this.#what = what;
  }

  /**
   * Joins the work under way, or starts it.
   * @param waiter `deadline` in milliseconds since the epoch
   * @throws what the work throws, AbortedError where the waiter gives up.
   */
  async join(
    waiter: Pick<CallContext, 'signal' | 'deadline'>,
    work: (waiter: Pick<CallContext, 'signal' | 'deadline'>) => Promise<T>,
  ): Promise<T> {
    for (;;) {
      const running = this.#running ?? this.#start(waiter.deadline, work);
      try {
        return await this.#wait(running, waiter.signal);
      } catch (error) {
        // The work ran under the time limit of the call that began it; a call with more time starts it again.
        const tooShort =
          error instanceof AbortedError && error.code === 'timeout' && running.deadline < waiter.deadline;
        if (!tooShort || waiter.signal.aborted) throw error;
      }
    }
  }

  #start(deadline: number, work: (waiter: Pick<CallContext, 'signal' | 'deadline'>) => Promise<T>): Running<T> {
    const controller = new AbortController();
    const promise = work({ signal: controller.signal, deadline });
    const running = { promise, controller, deadline, waiting: 0 };
    this.#running = running;
    const done = () => {
      if (this.#running === running) this.#running = null;
    };
    promise.then(done, done);
    return running;
  }

  async #wait(running: Running<T>, signal: AbortSignal): Promise<T> {
    const gaveUp = () => abortedBy(signal.reason, this.#what, false, null);
    if (signal.aborted) throw gaveUp();
    running.waiting++;
    try {
      return await unlessAborted(running.promise, signal, (reject) => reject(gaveUp()));
    } finally {
      running.waiting--;
      if (running.waiting === 0) {
        if (this.#running === running) this.#running = null;
        running.controller.abort();
      }
    }
  }
}

interface Running<T> {
  readonly promise: Promise<T>;
  readonly controller: AbortController;
  readonly deadline: number;
  waiting: number;
}
