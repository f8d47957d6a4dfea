import type { WriteWatch } from '../core/tool.ts';
import type { AnswerHead, ByteSink, TextSink } from './answer-body.ts';
import type { RetryClass } from './retry.ts';

/** What goes out and what comes back, between the backends and the one HTTP client. */
type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface HttpRequest {
  readonly method: Method;
  /** From the origin's root, already encoded: `/api/v1/user/workspaces`. */
  readonly path: string;
  /** Already encoded, without the question mark; empty for none. */
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent as `application/json` unless `headers` name a Content-Type. */
  readonly body: string | Uint8Array | BodySource | null;
  readonly accept: string;
  /** Set for what may be asked without a token, such as the OpenAPI document; anything else then fails at once. */
  readonly tokenOptional?: boolean;
  /** Asked once per attempt, for an answer with status 2xx: who reads the text while it arrives (`text` is then empty). */
  readonly sink?: (head: AnswerHead) => TextSink | null;
  /** Asked once per attempt, for an answer with status 2xx: who takes its bytes (`text` is then empty); null to have it as text. */
  readonly bytes?: (head: AnswerHead) => ByteSink | null;
  /** Redirects come back as answers, for a caller that knows whether to follow them. */
  readonly redirects?: 'returned';
  /** The path itself opens the file, as that of a signed address may: logs do not repeat it. */
  readonly secretPath?: boolean;
}

/** A body that is read anew for each attempt. */
export interface BodySource {
  /** Bytes in all. */
  readonly size: number;
  open(): ReadableStream<Uint8Array>;
}

export function isBodySource(body: HttpRequest['body']): body is BodySource {
  return body !== null && typeof body === 'object' && 'open' in body;
}

export interface SendContext {
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch by which there is an answer, retries included. */
  readonly deadline: number;
  /** The program that uses the bridge, for the User-Agent. */
  readonly client?: { readonly name: string; readonly version: string };
  /** W3C trace context, sent as the header of that name. */
  readonly traceparent?: string;
  readonly retry: RetryClass;
  /** For a refresh that nobody waits for: it never takes all the slots that calls need. */
  readonly background?: boolean;
  /** Waited for before each attempt: answers must not pile up for somebody who does not read them. */
  readonly drained?: (signal: AbortSignal) => Promise<void>;
  /** The read tool that shows whether a write was carried out, for the hint where that is not known. */
  readonly checkWith?: string;
  readonly write?: WriteWatch;
}

export interface HttpAnswer extends AnswerHead {
  /** Answers are read as text, in `body.ts`; one that is bytes (a PDF) needs a reader of its own beside `readText`. */
  readonly text: string;
  /** Requests sent for this answer, redirects not counted. */
  readonly attempts: number;
  /** A write whose earlier attempt broke off may have been carried out, whatever this answer says. */
  readonly earlierOpen: boolean;
  /** Seconds from now, from `Retry-After`. */
  readonly retryAfterSeconds: number | null;
}

/** What the backends and the catalogue see of the HTTP client, which is loaded only when something is first sent. */
export interface HttpPort {
  readonly origin: string;
  /** Returns the last answer, whatever its status. @throws LucantoError where there was none */
  send(request: HttpRequest, context: SendContext): Promise<HttpAnswer>;
}
