import { tokensPage } from '../config/origin.ts';
import { ApiError, AuthError, checkFirst, type ErrorDetails, whereToLook } from '../core/errors.ts';
import { type ErrorBody, readErrorBody } from './error-body.ts';
import type { HttpAnswer } from './request.ts';
import { leavesOutcomeOpen, type RetryClass, statusFailure } from './retry.ts';

/** The next step for each row of the service's error table (lucanto-api.md section 3). */
interface Refusal {
  readonly origin: string;
  readonly status: number;
  readonly code: string;
  /** A write that may have been carried out. */
  readonly open: boolean;
  readonly details: ErrorDetails;
  readonly subject: ErrorSubject;
}

/** A bundle's token comes from the app, and there is no command to run. */
const HAND_OVER = 'run `lucanto-mcp login` (or enter it in the settings of the app, if that gave the old one)';

function errorHint(refusal: Refusal): string {
  const { origin, status, code, open, details, subject } = refusal;
  if (code === 'idempotency_in_progress')
    return `The same request is still being worked on. ${checkFirst(subject.listTool)}`;
  if (open) return `${checkFirst(subject.listTool)}${support(details)}`;
  if (status === 402 || code === 'feature_limit_exceeded' || code === 'subscription_required') return plan(details);
  switch (status) {
    case 400:
      return 'Check the arguments against the tool description, then try again.';
    case 401:
      return `Make a new token at ${tokensPage(origin)}, ${HAND_OVER}, then restart the app that uses the bridge.`;
    case 403:
      return `${scopes(origin, subject)} A workspace token reaches its own workspace only.`;
    case 404:
      return missing(subject);
    case 409:
      return code === 'idempotency_key_conflict'
        ? `This is a fault of lucanto-mcp: nothing was done; report it with the request id${idOf(details)}.`
        : `Look at the current state of the record${withList(subject)}, then decide what is still to be done.`;
    case 422:
      return (details.errors?.length ?? 0) > 0
        ? 'Correct the fields named in errors, then call again.'
        : 'Correct the arguments that the message speaks of, then call again.';
    case 429:
      return `Wait ${patience(details)}, then call again.`;
    default:
      if (status >= 500) return `Nothing of yours is at fault: try again in ${patience(details)}.${support(details)}`;
      return 'Check --url and the arguments, then try again.';
  }
}

function missing({ sought, listTool }: ErrorSubject): string {
  if (sought?.args.length === 0)
    return 'Check workspace_id: the workspace may be deleted, or not one that this token reaches. Where one is pinned, change that in the settings of the app, or with --workspace.';
  const names = sought?.args.filter((name) => name !== 'id') ?? [];
  const what = ['the id', ...names].slice(sought?.args.includes('id') === false ? 1 : 0).join(' and ');
  const list = sought === undefined ? listTool : sought.listTool;
  const where = list === null ? '' : ` ${whereToLook(list)}`;
  return `Check ${what}${where}: it may be deleted, in another workspace, or of another document type.`;
}

function patience({ retryAfterSeconds }: ErrorDetails): string {
  return retryAfterSeconds === undefined || retryAfterSeconds < 1 ? 'a minute' : `${retryAfterSeconds} seconds`;
}

function plan(details: ErrorDetails): string {
  const where = details.upgradeUrl === undefined ? 'in the app under the plan settings' : `at ${details.upgradeUrl}`;
  return `The plan does not allow this: change it ${where}. Repeating the call does not help.`;
}

function scopes(origin: string, subject: ErrorSubject): string {
  const keys = tokensPage(origin);
  if (subject.scopes.length === 0) return `Make a token that may do this at ${keys}, then ${HAND_OVER}.`;
  return `Make a token with the scope ${subject.scopes.join(' or ')} at ${keys}, then ${HAND_OVER}; your own role must allow it too.`;
}

function withList(subject: ErrorSubject): string {
  return subject.listTool === null ? '' : ` ${whereToLook(subject.listTool)}`;
}

function idOf(details: ErrorDetails): string {
  return details.requestId === undefined ? '' : ` ${details.requestId}`;
}

function support(details: ErrorDetails): string {
  return details.requestId === undefined ? '' : ` If it stays so, give support the request id ${details.requestId}.`;
}

/** A non-2xx answer as the error that users and models read: what happened, where, and what to do next. */
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
  readonly sought?: MissingResource;
}

export interface MissingResource {
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
