/** A non-2xx answer as the error that users and models read: what happened, where, and what to do next. */
import { ApiError, AuthError, type ErrorDetails } from '../errors.ts';
import { type ErrorBody, readErrorBody } from './error-body.ts';
import { errorHint } from './error-hints.ts';
import type { HttpAnswer } from './request.ts';
import { leavesOutcomeOpen, type RetryClass, statusFailure } from './retry.ts';

/** What the request was for. */
export interface ErrorSubject {
  /** The tool's name, or what else was asked for: `the list of workspaces`. */
  readonly what: string;
  readonly retry: RetryClass;
  /** Scopes any one of which is enough; empty where none is needed or known. */
  readonly scopes: readonly string[];
  /** The read tool that lists the records in question, where there is one. */
  readonly listTool: string | null;
  /** What a 404 is about; without it, the record that the call named. */
  readonly sought?: Sought;
}

export interface Sought {
  /** Arguments that name records in the address: `id`, `project_id`; empty where only the workspace can be missing. */
  readonly args: readonly string[];
  /** The read tool that lists those records. */
  readonly listTool: string | null;
}

/** Throttling and refusals come before the service looks at the key: they say nothing about an earlier attempt. */
const SAYS_NOTHING_OF_EARLIER = new Set([401, 402, 403, 408, 429]);

const MEANING: Readonly<Record<number, string>> = {
  400: 'bad request',
  401: 'missing or invalid token',
  402: 'a subscription is required',
  403: 'not permitted',
  404: 'not found',
  405: 'method not allowed',
  409: 'conflict',
  413: 'too large',
  422: 'validation failed',
  429: 'too many requests',
  500: 'internal error',
  502: 'bad gateway',
  503: 'unavailable',
  504: 'gateway timeout',
};

export function apiError(answer: HttpAnswer, subject: ErrorSubject): ApiError | AuthError {
  const { status } = answer;
  const { origin } = new URL(answer.url);
  const body = readErrorBody(answer.text);
  const code = body.code ?? `http_${status}`;
  const open = outcomeOpen(answer, body, subject.retry);
  const requestId = answer.requestId ?? body.requestId;
  const details: ErrorDetails = {
    status,
    ...(requestId === undefined ? {} : { requestId }),
    ...(body.errors.length === 0 ? {} : { errors: body.errors }),
    ...(body.docsUrl === undefined ? {} : { docsUrl: body.docsUrl }),
    ...(body.upgradeUrl === undefined ? {} : { upgradeUrl: body.upgradeUrl }),
    ...(answer.retryAfterSeconds === null ? {} : { retryAfterSeconds: answer.retryAfterSeconds }),
    ...(open ? { outcome: 'unknown' } : {}),
  };
  const init = { hint: errorHint({ origin, status, code, open, details, subject }), details };
  const message = sentence(origin, status, body, subject);
  return status === 401 ? new AuthError(code, message, init) : new ApiError(code, message, init);
}

function outcomeOpen(answer: HttpAnswer, body: ErrorBody, retry: RetryClass): boolean {
  const failure = statusFailure(answer.status, body.code);
  if (failure !== null && leavesOutcomeOpen(retry, failure)) return true;
  return answer.earlierOpen && SAYS_NOTHING_OF_EARLIER.has(answer.status);
}

function sentence(origin: string, status: number, body: ErrorBody, subject: ErrorSubject): string {
  const label = `${status}${body.code === undefined ? '' : ` ${body.code}`}`;
  const meaning = MEANING[status] ?? (status >= 500 ? 'the service failed' : 'the request was refused');
  const told = body.message ?? (body.errors.length === 0 ? `${meaning}, without further explanation` : meaning);
  return `${origin} answered ${subject.what} with ${label}: ${told.replace(/[.\s]+$/, '')}.`;
}
