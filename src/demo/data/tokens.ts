import { createHash } from 'node:crypto';

/** The demo's tokens: fixed for a seed, of the service's form `<prefix><random><checksum>`, good for sample data only. */
const GRANTS = {
  read: { prefix: 'lct_pat_', user: 'jan', scopes: ['read:*'] },
  write: { prefix: 'lct_pat_', user: 'jan', scopes: ['write:*'] },
  manage: { prefix: 'lct_pat_', user: 'jan', scopes: ['manage:*'] },
  /** Invoices only, read only: what a cautious user would make. */
  readInvoices: { prefix: 'lct_pat_', user: 'jan', scopes: ['read:invoices'] },
  /** Two resources in different tiers. */
  mixed: { prefix: 'lct_pat_', user: 'jan', scopes: ['write:invoices', 'read:contacts'] },
  /** One workspace only. */
  workspace: { prefix: 'lct_live_', user: 'jan', scopes: ['manage:*'] },
  /** Test-mode workspaces only. */
  sandbox: { prefix: 'lct_test_', user: 'jan', scopes: ['manage:*'] },
  /** Another user, whose workspace has no subscription: 402. */
  unsubscribed: { prefix: 'lct_pat_', user: 'eva', scopes: ['manage:*'] },
  /** Every request answers 429 with Retry-After. */
  throttled: { prefix: 'lct_pat_', user: 'jan', scopes: ['manage:*'] },
} as const;

type TokenName = keyof typeof GRANTS;
export type DemoTokens = Readonly<Record<TokenName, string>>;

export interface Grant {
  readonly name: TokenName;
  readonly token: string;
  readonly kind: 'personal' | 'workspace' | 'sandbox';
  readonly user: string;
  readonly scopes: readonly string[];
}

const KINDS = { lct_pat_: 'personal', lct_live_: 'workspace', lct_test_: 'sandbox' } as const;
function make(name: TokenName, seed: number): string {
  const random = createHash('sha256').update(`lucanto demo ${seed} ${name}`).digest('hex').slice(0, 32);
  const checksum = createHash('sha256').update(random).digest('hex').slice(0, 6);
  return `${GRANTS[name].prefix}${random}${checksum}`;
}

export class Tokens {
  readonly all: DemoTokens;
  readonly #grants = new Map<string, Grant>();

  constructor(seed: number) {
    const of = (name: TokenName): string => {
      const { prefix, user, scopes } = GRANTS[name];
      const token = make(name, seed);
      this.#grants.set(token, { name, token, kind: KINDS[prefix], user, scopes });
      return token;
    };
    this.all = {
      read: of('read'),
      write: of('write'),
      manage: of('manage'),
      readInvoices: of('readInvoices'),
      mixed: of('mixed'),
      workspace: of('workspace'),
      sandbox: of('sandbox'),
      unsubscribed: of('unsubscribed'),
      throttled: of('throttled'),
    };
  }

  find(token: string): Grant | undefined {
    return this.#grants.get(token);
  }
}
