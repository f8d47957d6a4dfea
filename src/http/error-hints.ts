/** The next step for each row of the service's error table (lucanto-api.md section 3). */
import { tokensPage } from '../config/origin.ts';
import type { ErrorDetails } from '../errors.ts';
import type { ErrorSubject } from './api-error.ts';
import { checkFirst, whereToLook } from './outcome.ts';

export interface Refusal {
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

export function errorHint(refusal: Refusal): string {
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
