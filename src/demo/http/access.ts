import { toId } from '../data/fields.ts';
import type { Store, Workspace } from '../data/store.ts';
import type { Grant, Tokens } from '../data/tokens.ts';
import type { ContractOperation } from './demo-contract.ts';
import { notFound, Refusal } from './demo-request.ts';

/** Which scope an operation needs, and which scopes give it (lucanto-api.md section 2). */

const RANKS = { read: 1, write: 2, manage: 3 } as const;
type Tier = keyof typeof RANKS;

export interface Need {
  readonly tier: Tier;
  /** The word scopes use: `invoices`, `credit_notes`. */
  readonly resource: string;
}

/** Reading workspaces needs no scope: there is none documented for it. */
const UNSCOPED_RESOURCE = 'workspaces';

/** What is posted below one record without being an action on it. */
const SUB_COLLECTIONS = /\/receipts$/;

/**
 * GET is `read`; create and update are `write`; DELETE and whatever is done to one record are `manage`.
 * @param template path without the API's base, with its parameters in braces.
 */
export function needOf(method: string, template: string, resource: string): Need {
  if (method === 'GET') return { tier: 'read', resource };
  const isAction =
    !SUB_COLLECTIONS.test(template) && /\}\/[^/{}]+$/.test(template.replace(/^\/[^/]+\/\{[^}]+\}\//, '/'));
  return { tier: method === 'DELETE' || isAction ? 'manage' : 'write', resource };
}

export function allows(scopes: readonly string[], need: Need): boolean {
  if (need.resource === UNSCOPED_RESOURCE && need.tier === 'read') return true;
  return scopes.some((scope) => {
    const [tier, resource] = scope.split(':');
    const given = tier === 'read' || tier === 'write' || tier === 'manage' ? RANKS[tier] : 0;
    return given >= RANKS[need.tier] && (resource === '*' || resource === need.resource);
  });
}

/** Who may do what: tokens, scopes, workspaces, subscription, throttle (lucanto-api.md sections 2 and 3). */
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
  return segments[0] === 'user' ? UNSCOPED_RESOURCE : (segments[2] ?? '');
}

export function authorize(grant: Grant, operation: ContractOperation): void {
  const need = needOf(operation.method, operation.template, resourceOf(operation));
  if (!allows(grant.scopes, need)) {
    throw new Refusal(403, 'forbidden', 'You do not have permission to perform this action.');
  }
}
