import { tokensPage } from '../config/origin.ts';
import { ApiError, AuthError, checkFirst, type ErrorDetails, type Hint, whereToLook } from '../core/errors.ts';
import { isJsonObject, stringifyJson, tryParseJson } from '../core/json.ts';
import type { HttpAnswer } from './request.ts';
import { leavesOutcomeOpen, type RetryClass, statusFailure } from './retry.ts';

/** A non-2xx answer as the error that users and models read: what happened, where, and what to do next. */

/** The service's error body in any of the shapes that services, frameworks and proxies use. */
export interface ErrorBody {
  /** The `error` word, such as `forbidden`. */
  readonly code: string | undefined;
  readonly message: string | undefined;
  readonly errors: readonly string[];
  readonly requestId: string | undefined;
  readonly docsUrl: string | undefined;
  readonly upgradeUrl: string | undefined;
}

const MAX_TEXT = 500;
const MAX_ERRORS = 20;
const WORD = /^[a-z][a-z0-9_]{0,63}$/;

/** Never throws and never passes on HTML: anything but an error object gives an empty one. */
export function readErrorBody(text: string): ErrorBody {
  return errorBodyOf(tryParseJson(text));
}

/** The same for a body that is parsed already, such as the `data` of a JSON-RPC error. */
export function errorBodyOf(value: unknown): ErrorBody {
  const body = isJsonObject(value) ? value : {};
  const inner = isJsonObject(body.error) ? body.error : {};
  const [first] = Array.isArray(body.errors) ? body.errors : [];
  const firstCode = isJsonObject(first) ? first.code : undefined;
  const word = [body.error, inner.code, inner.type, body.code, firstCode].find(
    (value) => typeof value === 'string' && WORD.test(value),
  );
  // `error` holds a sentence where a framework wrote it (Rails: {"status": 500, "error": "Internal Server Error"}).
  const sentence = [body.message, inner.message, body.detail, body.title, body.error, body.error_description]
    .map(sentenceOf)
    .find((value) => value !== undefined && value !== word);
  return {
    code: typeof word === 'string' ? word : undefined,
    message: sentence,
    errors: errorList(body.errors ?? inner.errors ?? body['invalid-params']).slice(0, MAX_ERRORS),
    requestId: sentenceOf(body.request_id ?? inner.request_id),
    docsUrl: webAddress(body.docs_url ?? inner.docs_url),
    upgradeUrl: webAddress(body.upgrade_url ?? inner.upgrade_url),
  };
}

/** Strings, objects (`{field, message}`, `{source: {pointer}, detail}`), or Rails' `{field: [messages]}`. */
function errorList(errors: unknown): string[] {
  if (Array.isArray(errors)) return errors.map(errorSentence).filter((sentence) => sentence !== undefined);
  if (!isJsonObject(errors)) return [];
  return Object.entries(errors).flatMap(([field, messages]) =>
    (Array.isArray(messages) ? messages : [messages])
      .map((message) => withField(field === 'base' ? undefined : field, errorSentence(message)))
      .filter((sentence) => sentence !== undefined),
  );
}

function errorSentence(error: unknown): string | undefined {
  if (!isJsonObject(error)) return sentenceOf(error);
  const pointer = isJsonObject(error.source) ? error.source.pointer : undefined;
  const field = [error.field, error.attribute, error.param, error.name, error.path, error.loc, error.pointer, pointer]
    .map(fieldName)
    .find((name) => name !== undefined);
  const message = [
    error.message,
    error.detail,
    error.reason,
    error.msg,
    error.title,
    error.error,
    error.code,
    error.type,
  ]
    .map(sentenceOf)
    .find((value) => value !== undefined);
  return withField(field, message ?? (field === undefined ? asJson(error) : 'is invalid'));
}

/** Undefined for a value that is nested too deeply for the stack. */
function asJson(value: unknown): string | undefined {
  try {
    return clipped(stringifyJson(value));
  } catch {
    return undefined;
  }
}

function fieldName(value: unknown): string | undefined {
  const parts = Array.isArray(value) ? value.map(String) : typeof value === 'string' ? value.split(/[#/]/) : [];
  const name = parts.filter((part) => part !== '').join('.');
  return name === '' ? undefined : clipped(name);
}

function withField(field: string | undefined, message: string | undefined): string | undefined {
  if (message === undefined || field === undefined) return message;
  return message.toLowerCase().includes(field.toLowerCase()) ? message : `${field}: ${message}`;
}

/** Text as one line; markup is not a message for people. */
function sentenceOf(value: unknown): string | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (typeof value !== 'string' || value.trim() === '' || /<\/?[a-z!][^>]*>/i.test(value)) return undefined;
  return clipped(value.replace(/\s+/g, ' ').trim());
}

function webAddress(value: unknown): string | undefined {
  return typeof value === 'string' && /^https?:\/\/[^\s<>"]+$/.test(value) ? value : undefined;
}

function clipped(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT)}…`;
}

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
const SILENT_ABOUT_EARLIER = new Set([401, 402, 403, 429]);

const MEANING: Readonly<Record<number, string>> = {
  400: 'bad request',
  401: 'missing or invalid API key',
  402: 'a subscription is required',
  403: 'not permitted',
  404: 'not found',
  405: 'method not allowed',
  408: 'it took too long',
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
  const details: ErrorDetails = {
    ...bodyDetails(body),
    ...answerDetails(answer),
    ...(answer.retryAfterSeconds === null ? {} : { retryAfterSeconds: answer.retryAfterSeconds }),
    ...(isOutcomeOpen(answer, body, subject.retry) ? { outcome: 'unknown' } : {}),
  };
  const init = { hint: hintFor(origin, code, details, subject), details };
  const message = sentence(origin, status, body, subject);
  return status === 401 ? new AuthError(code, message, init) : new ApiError(code, message, init);
}

/** Status and request id, for support. */
export function answerDetails({ status, requestId }: Pick<HttpAnswer, 'status' | 'requestId'>): ErrorDetails {
  return { status, ...(requestId !== null && { requestId }) };
}

/** What the service says of its error besides the message. */
export function bodyDetails({ requestId, errors, docsUrl, upgradeUrl }: ErrorBody): ErrorDetails {
  return {
    ...(requestId !== undefined && { requestId }),
    ...(errors.length > 0 && { errors }),
    ...(docsUrl !== undefined && { docsUrl }),
    ...(upgradeUrl !== undefined && { upgradeUrl }),
  };
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
        ? {
            person: 'Correct what is named above, then run the command again.',
            model: 'Correct what errors names, then call again.',
          }
        : 'Correct the arguments that the message names, then try again.';
    case 429:
      return `${subject.retry === 'read' ? '' : 'According to the service nothing was carried out. '}Wait ${waitingTime(details)}, then try again.`;
    default:
      if (status === 408 || status >= 500)
        return `The service failed, not your request: try again in ${waitingTime(details)}.${support}`;
      return {
        person: 'Check --url and the arguments, then try again.',
        model: 'Check the arguments, then try again; if it happens again, ask the user to check the service URL.',
      };
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
  return `Check ${what}${where}: the record may have been deleted, belong to another company, or be another kind of document.`;
}

function waitingTime({ retryAfterSeconds = 0 }: ErrorDetails): string {
  if (retryAfterSeconds < 1) return 'a minute';
  return retryAfterSeconds === 1 ? '1 second' : `${retryAfterSeconds} seconds`;
}

function planHint({ upgradeUrl }: ErrorDetails): Hint {
  const where = upgradeUrl === undefined ? 'in the Lucanto app under the plan settings' : `at ${upgradeUrl}`;
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
