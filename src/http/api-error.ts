import { tokensPage } from '../config/origin.ts';
import { ApiError, AuthError, checkFirst, type ErrorDetails, type Hint, whereToLook } from '../core/errors.ts';
import { type ErrorBody, readErrorBody } from './error-body.ts';
import type { HttpAnswer } from './request.ts';
import { leavesOutcomeOpen, type RetryClass, statusFailure } from './retry.ts';

/** A non-2xx answer as the error that users and models read: what happened, where, and what to do next. */

/** What the request was for. */
export interface ErrorSubject {
  /** The tool's name, or a description of the request: `the list of workspaces`. */
  readonly what: string;
  readonly retry: RetryClass;
  /** Scopes any one of which is enough; empty where none is needed or known. */
  readonly scopes: readonly string[];
  /** The read tool that lists the records in question, where there is one. */
  readonly listTool: string | null;
  /** What a 404 is about; without it, the record that the call named. */
  readonly missing?: {
    /** Arguments that name records in the address: `id`, `project_id`; empty where only the workspace can be missing. */
    readonly args: readonly string[];
    /** The read tool that lists those records. */
    readonly listTool: string | null;
  };
}

/** Throttling and refusals come before the service looks at the key: they say nothing about an earlier attempt. */
const SILENT_ABOUT_EARLIER = new Set([401, 402, 403, 408, 429]);

const MEANING: Readonly<Record<number, string>> = {
  400: 'bad request',
  401: 'missing or invalid API key',
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
  const requestId = answer.requestId ?? body.requestId;
  const details: ErrorDetails = {
    status,
    ...(requestId === undefined ? {} : { requestId }),
    ...(body.errors.length === 0 ? {} : { errors: body.errors }),
    ...(body.docsUrl === undefined ? {} : { docsUrl: body.docsUrl }),
    ...(body.upgradeUrl === undefined ? {} : { upgradeUrl: body.upgradeUrl }),
    ...(answer.retryAfterSeconds === null ? {} : { retryAfterSeconds: answer.retryAfterSeconds }),
    ...(isOutcomeOpen(answer, body, subject.retry) ? { outcome: 'unknown' } : {}),
  };
  const init = { hint: hintFor(origin, code, details, subject), details };
  const message = sentence(origin, status, body, subject);
  return status === 401 ? new AuthError(code, message, init) : new ApiError(code, message, init);
}

function isOutcomeOpen(answer: HttpAnswer, body: ErrorBody, retry: RetryClass): boolean {
  const failure = statusFailure(answer.status, body.code);
  // Below 400, and not 2xx either: nothing says whether it was done.
  if (failure === null ? retry !== 'read' : leavesOutcomeOpen(retry, failure)) return true;
  return answer.earlierOpen && SILENT_ABOUT_EARLIER.has(answer.status);
}

function sentence(origin: string, status: number, body: ErrorBody, subject: ErrorSubject): string {
  const label = `${status}${body.code === undefined ? '' : ` ${body.code}`}`;
  const meaning = MEANING[status] ?? (status >= 500 ? 'the service failed' : 'the request was refused');
  const reason = body.message ?? (body.errors.length === 0 ? `${meaning}, without further explanation` : meaning);
  return `${origin} answered ${subject.what} with ${label}: ${reason.replace(/[.\s]+$/, '')}.`;
}

/** The next step for each row of the service's error table (lucanto-api.md section 3). */
function hintFor(origin: string, code: string, details: ErrorDetails, subject: ErrorSubject): Hint {
  const { status = 0, outcome, requestId } = details;
  const support = requestId === undefined ? '' : ` If it happens again, give support the request id ${requestId}.`;
  const { listTool } = subject;
  if (code === 'idempotency_in_progress') return `The same request is still being processed. ${checkFirst(listTool)}`;
  if (outcome === 'unknown') return `${checkFirst(listTool)}${support}`;
  if (status === 402 || code === 'feature_limit_exceeded' || code === 'subscription_required') return planHint(details);
  switch (status) {
    case 400:
      return 'Check the arguments against the tool description, then try again.';
    case 401:
      return newKeyHint(origin, '', ', then restart the app that uses the bridge');
    case 403:
      return permissionHint(origin, subject.scopes);
    case 404:
      return missingHint(subject);
    case 409:
      return code === 'idempotency_key_conflict'
        ? `This is a fault of lucanto-mcp: nothing was done; report it with the request id${requestId === undefined ? '' : ` ${requestId}`}.`
        : `Look at the current state of the record${listTool === null ? '' : ` ${whereToLook(listTool)}`}, then decide what still has to be done.`;
    case 422:
      return (details.errors?.length ?? 0) > 0
        ? 'Correct the fields named in errors, then call again.'
        : 'Correct the arguments that the message names, then call again.';
    case 429:
      return `Wait ${waitingTime(details)}, then call again.`;
    default:
      if (status >= 500) return `The service failed, not your request: try again in ${waitingTime(details)}.${support}`;
      return 'Check --url and the arguments, then try again.';
  }
}

function missingHint({ missing, listTool }: ErrorSubject): Hint {
  if (missing?.args.length === 0) {
    const what =
      'Check workspace_id: the workspace may have been deleted, or the API key does not reach it. If a workspace is pinned,';
    return {
      person: `${what} change that with --workspace or in the settings of the app.`,
      model: `${what} ask the user to change that in the settings of the app, or with --workspace.`,
    };
  }
  const names = missing?.args.filter((name) => name !== 'id') ?? [];
  const what = ['the id', ...names].slice(missing?.args.includes('id') === false ? 1 : 0).join(' and ');
  const list = missing === undefined ? listTool : missing.listTool;
  const where = list === null ? '' : ` ${whereToLook(list)}`;
  return `Check ${what}${where}: the record may be deleted, in another workspace, or of another document type.`;
}

function waitingTime({ retryAfterSeconds = 0 }: ErrorDetails): string {
  if (retryAfterSeconds < 1) return 'a minute';
  return retryAfterSeconds === 1 ? '1 second' : `${retryAfterSeconds} seconds`;
}

function planHint({ upgradeUrl }: ErrorDetails): Hint {
  const where = upgradeUrl === undefined ? 'in the app under the plan settings' : `at ${upgradeUrl}`;
  return {
    person: `The plan does not allow this: change it ${where}. Repeating the call does not help.`,
    model: `The plan does not allow this: the user can change it ${where}. Repeating the call does not help.`,
  };
}

function permissionHint(origin: string, scopes: readonly string[]): Hint {
  const own = '; your own role must allow it too. A workspace API key reaches only its own workspace';
  return scopes.length === 0
    ? newKeyHint(origin, ' that may do this', own)
    : newKeyHint(origin, ` with the scope ${scopes.join(' or ')}`, own);
}

/** An extension's key comes from the app's settings, where `login` would change nothing. */
function newKeyHint(origin: string, which: string, after: string): Hint {
  const page = tokensPage(origin);
  return {
    person: `Create a new API key${which} at ${page}, run \`lucanto-mcp login\` (or enter it in the settings of the app, if the old one came from there)${after}.`,
    model: `Ask the user to create a new API key${which} at ${page} and to run \`lucanto-mcp login\` (or to enter it in the settings of the app, if the old one came from there)${after.replace('your own', "the user's own")}.`,
  };
}
