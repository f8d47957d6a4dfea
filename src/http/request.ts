import { InternalError } from '../core/errors.ts';
import type { CallContext } from '../core/tool.ts';
import type { AnswerHead, ByteSink, TextSink } from './answer-body.ts';
import type { RetryClass } from './retry.ts';

/** A request and its answer, as the backends and the HTTP client exchange them; its address and headers are checked before anything is sent. */

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** From the origin's root, already encoded: `/api/v1/user/workspaces`. */
  readonly path: string;
  /** Already encoded, without the question mark; empty for none. */
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent as `application/json` unless `headers` name a Content-Type. */
  readonly body: string | Uint8Array | BodySource | null;
  readonly accept: string;
  /** Set for what may be requested without a token, such as the OpenAPI document; anything else then fails at once. */
  readonly tokenOptional?: boolean;
  /** Called once per attempt, for an answer with status 2xx: reads its text as it arrives (`text` is then empty). */
  readonly sink?: (head: AnswerHead) => TextSink | null;
  /** Called once per attempt, for an answer with status 2xx: takes its bytes (`text` is then empty); null for text. */
  readonly bytes?: (head: AnswerHead) => ByteSink | null;
  /** Redirects come back as answers, for a caller that knows whether to follow them. */
  readonly redirects?: 'returned';
  /** Called before a redirect is followed. @throws LucantoError where it must not be */
  readonly checkRedirect?: (target: URL) => void;
  /** The path itself opens the file, as that of a signed address may: logs do not repeat it. */
  readonly secretPath?: boolean;
}

/** A body that is read anew for each attempt. */
export interface BodySource {
  /** Total bytes. */
  readonly size: number;
  /** What a form says besides its files. */
  readonly fields?: readonly (readonly [string, unknown])[];
  open(): ReadableStream<Uint8Array>;
}

export function isBodySource(body: HttpRequest['body']): body is BodySource {
  return body !== null && typeof body === 'object' && 'open' in body;
}

/** `drained` is awaited before each attempt: answers must not pile up for a client that does not read them. */
export interface SendContext
  extends Pick<CallContext, 'signal' | 'deadline' | 'client' | 'traceparent' | 'background' | 'drained' | 'write'> {
  readonly retry: RetryClass;
  /** The read tool that shows whether a write was carried out, for the hint where that is not known. */
  readonly checkWith?: string;
  /** For a message that a request under way waits for: it must not wait for the slot of that request. */
  readonly needsNoSlot?: true;
}

export interface HttpAnswer extends AnswerHead {
  readonly text: string;
  /** Requests sent for this answer, not counting redirects. */
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

const MAX_CLIENT_LENGTH = 80;

/** @throws InternalError where the path, once parsed, differs from the one that was given. */
export function requestUrl(origin: string, request: HttpRequest): URL {
  const url = new URL(request.path, origin);
  // `//host`, `..` and `%2e%2e` would lead elsewhere; the code that builds the path should have refused them.
  if (url.origin !== origin || url.pathname !== request.path) {
    throw new InternalError('a request path with directions in it was refused');
  }
  url.search = request.query;
  return url;
}

/**
 * `lucanto-mcp/1.2.3 (Claude Desktop 0.14.2)`, for the service's own logs. The client names itself, so nothing of it may
 * break out of the header or its comment.
 */
export function userAgent(version: string, client?: SendContext['client']): string {
  const base = `lucanto-mcp/${version}`;
  if (client === undefined) return base;
  const comment = `${client.name} ${client.version}`
    .replace(/[^\x20-\x7e]|[()\\]/g, '')
    .replace(/ +/g, ' ')
    .slice(0, MAX_CLIENT_LENGTH)
    .trim();
  return comment === '' ? base : `${base} (${comment})`;
}

/** Redirects: followed for a GET that only reads, on the same origin, and nowhere else, since the token would go along. */
export const MAX_REDIRECTS = 5;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

export function isRedirect(status: number): boolean {
  return REDIRECTS.has(status);
}

export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}
