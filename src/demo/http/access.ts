/** Who may do what: tokens, scopes, workspaces, subscription, throttle (lucanto-api.md sections 2 and 3). */

import { toId } from '../store/fields.ts';
import type { Store, Workspace } from '../store/store.ts';
import type { Grant, Tokens } from '../store/tokens.ts';
import type { ContractOperation } from './contract.ts';
import { notFound, Refusal } from './refusal.ts';
import { allows, FREE_RESOURCE, needOf } from './scopes.ts';

const RETRY_AFTER_SECONDS = 1;

export function authenticate(tokens: Tokens, authorization: string | undefined): Grant {
  const token = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
  const grant = token === undefined ? undefined : tokens.find(token);
  if (grant === undefined) {
    const what = token === undefined ? 'No API token was given.' : 'The API token is not valid.';
    throw new Refusal(401, 'unauthenticated', what);
  }
  if (grant.name === 'throttled') {
    throw new Refusal(429, 'rate_limited', 'Too many requests.', { retryAfter: RETRY_AFTER_SECONDS });
  }
  return grant;
}

/** The workspaces that a token can see, in the order of their creation. */
export function visibleWorkspaces(store: Store, grant: Grant): readonly Workspace[] {
  const own = store.workspaces.filter((workspace) => workspace.userId === grant.user);
  if (grant.kind === 'sandbox') return own.filter((workspace) => workspace.testMode);
  const real = own.filter((workspace) => !workspace.testMode);
  return grant.kind === 'workspace' ? real.slice(0, 1) : real;
}

/** @param id as it stands in the path. */
export function enterWorkspace(store: Store, grant: Grant, id: string): Workspace {
  const wanted = toId(id);
  const workspace = visibleWorkspaces(store, grant).find((candidate) => candidate.id === wanted);
  if (workspace === undefined) {
    if (grant.kind === 'personal') throw notFound('The workspace');
    throw new Refusal(403, 'forbidden', 'This token is for another workspace.');
  }
  if (!workspace.subscribed) {
    throw new Refusal(402, 'subscription_required', 'This workspace has no active subscription.');
  }
  return workspace;
}

/** The word that scopes use for what the operation works on. */
function resourceOf({ segments }: ContractOperation): string {
  return segments[0] === 'user' ? FREE_RESOURCE : (segments[2] ?? '');
}

export function authorize(grant: Grant, operation: ContractOperation): void {
  const need = needOf(operation.method, operation.template, resourceOf(operation));
  if (!allows(grant.scopes, need)) {
    throw new Refusal(403, 'forbidden', 'You do not have permission to perform this action.');
  }
}
