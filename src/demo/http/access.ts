import { sha256 } from '../../core/sha256.ts';
import type { Store, StoredWorkspace } from '../data/store.ts';
import { toId } from '../data/totals.ts';
import type { ContractOperation } from './demo-contract.ts';
import { notFound, Refusal } from './demo-request.ts';

/** Who may do what: tokens, scopes, workspaces, subscription, throttle (lucanto-api.md sections 2 and 3). */
const KINDS = { personal: 'lct_pat_', workspace: 'lct_live_', sandbox: 'lct_test_' } as const;
const RANKS = { read: 1, write: 2, manage: 3 } as const;
const RETRY_AFTER_SECONDS = 1;

/** The demo's tokens, good for sample data only. */
const GRANTS = {
  read: { kind: 'personal', user: 'jan', scopes: ['read:*'] },
  write: { kind: 'personal', user: 'jan', scopes: ['write:*'] },
  manage: { kind: 'personal', user: 'jan', scopes: ['manage:*'] },
  /** Invoices only, read only: what a cautious user would make. */
  readInvoices: { kind: 'personal', user: 'jan', scopes: ['read:invoices'] },
  mixed: { kind: 'personal', user: 'jan', scopes: ['write:invoices', 'read:contacts'] },
  workspace: { kind: 'workspace', user: 'jan', scopes: ['manage:*'] },
  /** Test-mode workspaces only. */
  sandbox: { kind: 'sandbox', user: 'jan', scopes: ['manage:*'] },
  /** Another user, whose workspace has no subscription: 402. */
  unsubscribed: { kind: 'personal', user: 'eva', scopes: ['manage:*'] },
  /** Every request answers 429 with Retry-After. */
  throttled: { kind: 'personal', user: 'jan', scopes: ['manage:*'] },
} as const;

export interface Grant {
  readonly name: keyof typeof GRANTS;
  readonly token: string;
  readonly kind: keyof typeof KINDS;
  readonly user: string;
  readonly scopes: readonly string[];
}

/** Fixed for a seed, of the service's form `<prefix><random><checksum>`. */
export class Tokens {
  readonly all: Readonly<Record<keyof typeof GRANTS, string>>;
  readonly #grants = new Map<string, Grant>();

  constructor(seed: number) {
    const make = (name: keyof typeof GRANTS): string => {
      const grant = GRANTS[name];
      const random = sha256(`lucanto demo ${seed} ${name}`).slice(0, 32);
      const token = `${KINDS[grant.kind]}${random}${sha256(random).slice(0, 6)}`;
      this.#grants.set(token, { name, token, ...grant });
      return token;
    };
    this.all = {
      read: make('read'),
      write: make('write'),
      manage: make('manage'),
      readInvoices: make('readInvoices'),
      mixed: make('mixed'),
      workspace: make('workspace'),
      sandbox: make('sandbox'),
      unsubscribed: make('unsubscribed'),
      throttled: make('throttled'),
    };
  }

  /** @throws Refusal 401, or 429 for the throttled token. */
  authenticate(authorization: string | undefined): Grant {
    const token = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
    const grant = token === undefined ? undefined : this.#grants.get(token);
    if (grant === undefined) {
      const message = token === undefined ? 'No API token was given.' : 'The API token is not valid.';
      throw new Refusal(401, 'unauthenticated', message);
    }
    if (grant.name === 'throttled') {
      throw new Refusal(429, 'rate_limited', 'Too many requests.', { retryAfter: RETRY_AFTER_SECONDS });
    }
    return grant;
  }
}

/** Posted below one record without being an action on it. */
const SUB_COLLECTIONS = /\/receipts$/;

/** GET is `read`; create and update are `write`; DELETE and what is done to one record are `manage`. */
function tierOf({ method, template }: ContractOperation): keyof typeof RANKS {
  if (method === 'GET') return 'read';
  const belowWorkspace = template.replace(/^\/[^/]+\/\{[^}]+\}\//, '/');
  const isAction = !SUB_COLLECTIONS.test(template) && /\}\/[^/{}]+$/.test(belowWorkspace);
  return method === 'DELETE' || isAction ? 'manage' : 'write';
}

/** Reading workspaces needs no scope: there is none documented for it. */
export function allows(scopes: readonly string[], operation: ContractOperation): boolean {
  const tier = tierOf(operation);
  const [root, , second = ''] = operation.segments;
  const resource = root === 'user' ? 'workspaces' : second;
  if (resource === 'workspaces' && tier === 'read') return true;
  return scopes.some((scope) => {
    const [given, on] = scope.split(':');
    const rank = given === 'read' || given === 'write' || given === 'manage' ? RANKS[given] : 0;
    return rank >= RANKS[tier] && (on === '*' || on === resource);
  });
}

export function authorize(grant: Grant, operation: ContractOperation): void {
  if (allows(grant.scopes, operation)) return;
  throw new Refusal(403, 'forbidden', 'You do not have permission to perform this action.');
}

/** The workspaces that a token can see, in the order of their creation. */
export function visibleWorkspaces(store: Store, grant: Grant): readonly StoredWorkspace[] {
  const own = store.workspaces.filter((workspace) => workspace.userId === grant.user);
  if (grant.kind === 'sandbox') return own.filter((workspace) => workspace.testMode);
  const real = own.filter((workspace) => !workspace.testMode);
  return grant.kind === 'workspace' ? real.slice(0, 1) : real;
}

/** @param id as it is in the path. @throws Refusal 404, 403 or 402. */
export function enterWorkspace(store: Store, grant: Grant, id: string): StoredWorkspace {
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
