/** Which scope an operation needs, and which scopes give it (lucanto-api.md section 2). */

const RANKS = { read: 1, write: 2, manage: 3 } as const;
type Tier = keyof typeof RANKS;

export interface Need {
  readonly tier: Tier;
  /** The word scopes use: `invoices`, `credit_notes`. */
  readonly resource: string;
}

/** Reading workspaces needs no scope: there is none documented for it. */
export const FREE_RESOURCE = 'workspaces';

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
  if (need.resource === FREE_RESOURCE && need.tier === 'read') return true;
  return scopes.some((scope) => {
    const [tier, resource] = scope.split(':');
    const given = tier === 'read' || tier === 'write' || tier === 'manage' ? RANKS[tier] : 0;
    return given >= RANKS[need.tier] && (resource === '*' || resource === need.resource);
  });
}
