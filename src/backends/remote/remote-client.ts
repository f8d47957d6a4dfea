import { abortedBy } from '../../core/deadline.ts';
import { AbortedError, ProtocolError } from '../../core/errors.ts';
import type { JsonObject } from '../../core/json.ts';
import type { CallContext, ToolResult } from '../../core/tool.ts';
import type { ErrorSubject } from '../../http/api-error.ts';
import type { HttpClient } from '../../http/http-client.ts';
import { sendContext } from '../send-context.ts';
import type { Protocol, RememberedProtocol, RemoteRequest } from './protocol.ts';
import { Endpoint, negotiate, progressReader, requestMeta } from './remote-endpoint.ts';
import { isObject, type Reply, readToolResult, replyError, sessionGone, unusableReply } from './reply.ts';

/** One piece of work that several calls wait for: done once, given up only when nobody waits any more. */
interface Waiter {
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
}

interface Running<T> {
  readonly promise: Promise<T>;
  readonly controller: AbortController;
  readonly deadline: number;
  waiting: number;
}

class SingleFlight<T> {
  #running: Running<T> | null = null;

  /**
   * Joins the work under way, or starts it.
   * @throws what the work throws, AbortedError where the waiter gives up.
   */
  async join(waiter: Waiter, work: (waiter: Waiter) => Promise<T>): Promise<T> {
    for (;;) {
      const running = this.#running ?? this.#start(waiter.deadline, work);
      try {
        return await this.#wait(running, waiter.signal);
      } catch (error) {
        // It ran under the time limit of the call that began it; who has more time goes on.
        const tooShort =
          error instanceof AbortedError && error.code === 'timeout' && running.deadline < waiter.deadline;
        if (!tooShort || waiter.signal.aborted) throw error;
      }
    }
  }

  #start(deadline: number, work: (waiter: Waiter) => Promise<T>): Running<T> {
    const controller = new AbortController();
    const promise = work({ signal: controller.signal, deadline });
    const running: Running<T> = { promise, controller, deadline, waiting: 0 };
    this.#running = running;
    const done = () => {
      if (this.#running === running) this.#running = null;
    };
    promise.then(done, done);
    return running;
  }

  async #wait(running: Running<T>, signal: AbortSignal): Promise<T> {
    if (signal.aborted) throw abortedBy(signal.reason, 'the remote endpoint', false, null);
    running.waiting++;
    const until = new AbortController();
    const gaveUp = new Promise<never>((_, reject) => {
      const giveUp = () => reject(abortedBy(signal.reason, 'the remote endpoint', false, null));
      signal.addEventListener('abort', giveUp, { once: true, signal: until.signal });
    });
    try {
      return await Promise.race([running.promise, gaveUp]);
    } finally {
      until.abort();
      running.waiting--;
      if (running.waiting === 0) {
        if (this.#running === running) this.#running = null;
        running.controller.abort();
      }
    }
  }
}

/**
 * The remote endpoint's tools. JSON-RPC of our own over the one HTTP client: both SDK clients wait for their timeout
 * where the answer is a 202, a wrong id or a stream that ends early, and neither closes a cancelled request.
 */
interface RemoteDeps {
  readonly http: Pick<HttpClient, 'send'>;
  /** What an earlier process found out; spares the round trip, and is found out again where it is wrong. */
  readonly remembered?: RememberedProtocol;
  /** Told what is worth remembering, once it is known. */
  readonly remember?: (protocol: RememberedProtocol) => void;
}

export interface RemoteCallOptions {
  /** Whether the tool says that it changes nothing: only then may the call be sent twice. */
  readonly readOnly: boolean;
  /** The read tool that shows whether a write was carried out. */
  readonly checkWith?: string | null;
  /** Scopes any one of which is enough, for the hint where the token lacks them. */
  readonly scopes?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
}

interface Agreed {
  readonly protocol: Protocol;
  /** From this process's own negotiation or a request that worked, not from memory. */
  readonly certain: boolean;
}

const MAX_PAGES = 100;
/** Refusals that only a change of protocol on the other side explains: a header mismatch, an unsupported version. */
const PROTOCOL_CHANGED = new Set([-32020, -32022]);

export class RemoteClient {
  readonly #endpoint: Endpoint;
  readonly #remember: (protocol: RememberedProtocol) => void;
  readonly #negotiation = new SingleFlight<Protocol>();
  #agreed: Agreed | null;

  constructor(deps: RemoteDeps) {
    this.#endpoint = new Endpoint(deps.http);
    this.#remember = deps.remember ?? (() => undefined);
    this.#agreed = deps.remembered === undefined ? null : { protocol: recalled(deps.remembered), certain: false };
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
      tools.push(...rows.filter(isObject));
      if (typeof nextCursor !== 'string') return tools;
      if (seen.has(nextCursor))
        throw unusableReply('answered with the same page again and again', reply.answer, subject);
      seen.add(nextCursor);
      cursor = nextCursor;
    }
    throw new ProtocolError('too_many_pages', `The remote endpoint's list of tools has more than ${MAX_PAGES} pages.`, {
      hint: 'Use --backend rest.',
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
    return readToolResult(reply, subject);
  }

  async #request(
    request: RemoteRequest,
    context: CallContext,
    subject: ErrorSubject,
  ): Promise<Extract<Reply, { kind: 'result' }>> {
    const mayRepeat = subject.retry === 'read';
    let agreed = await this.#ready(context, mayRepeat);
    let reply = await this.#send(agreed.protocol, request, context, subject);
    if (reply.kind !== 'result' && outdated(reply, agreed)) {
      this.#forget(agreed);
      // What has been refused so is not carried out, but whether that is certain is no bet to make with a write.
      if (!mayRepeat) throw hadSession(agreed) ? sessionGone(subject) : replyError(reply, subject);
      agreed = await this.#ready(context, false);
      reply = await this.#send(agreed.protocol, request, context, subject);
    }
    if (reply.kind !== 'result') throw replyError(reply, subject);
    if (!agreed.certain) this.#agreed = { protocol: agreed.protocol, certain: true };
    return reply;
  }

  #send(protocol: Protocol, request: RemoteRequest, context: CallContext, subject: ErrorSubject): Promise<Reply> {
    const { traceparent: _inMeta, ...rest } = sendContext(context, subject.retry, subject.listTool);
    return this.#endpoint.request(protocol, request, rest, progressReader(context));
  }

  /** @param memoryWillDo a write is not sent on the strength of what is only remembered: it could be sent but once. */
  async #ready(context: CallContext, memoryWillDo: boolean): Promise<Agreed> {
    if (this.#agreed !== null && (this.#agreed.certain || memoryWillDo)) return this.#agreed;
    const protocol = await this.#negotiation.join(context, (waiter) =>
      negotiate(this.#endpoint, sendContext({ ...context, ...waiter }, 'read', null)),
    );
    const agreed = { protocol, certain: true };
    this.#agreed = agreed;
    // A session ends with its process: who remembered only its version would be refused.
    if (!hadSession(agreed)) this.#remember({ era: protocol.era, version: protocol.version });
    return agreed;
  }

  #forget(agreed: Agreed): void {
    if (this.#agreed === agreed) this.#agreed = null;
  }
}

function recalled({ era, version }: RememberedProtocol): Protocol {
  return era === 'modern' ? { era, version } : { era, version, session: null };
}

function hadSession({ protocol }: Agreed): boolean {
  return protocol.era === 'legacy' && protocol.session !== null;
}

/** Whether the endpoint refused how it was spoken to, not what was asked. */
function outdated(reply: Exclude<Reply, { kind: 'result' }>, agreed: Agreed): boolean {
  const { status } = reply.answer;
  if (status === 404 && hadSession(agreed)) return true;
  if (reply.kind === 'rpc_error' && PROTOCOL_CHANGED.has(reply.error.code)) return true;
  if (agreed.certain) return false;
  return status === 400 || status === 404 || (status < 300 && reply.kind === 'rpc_error');
}
