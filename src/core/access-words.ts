/** What scopes allow, in words for people. */
import { TIERS, type Tier } from './tool.ts';

const TIER_WORDS: Readonly<Record<Tier, string>> = {
  read: 'read only',
  write: 'read, create and change',
  manage: 'read, create, change, issue, send and delete',
};

/** `read, create and change: invoices; read only: contacts`, from `write:invoices`, `read:contacts`; empty where nothing is known. */
export function accessInWords(scopes: readonly string[]): string {
  const highest = new Map<string, number>();
  for (const scope of scopes) {
    const [word = '', resource = ''] = scope.split(':');
    const tier = TIERS.map(String).indexOf(word);
    highest.set(resource, Math.max(tier, highest.get(resource) ?? 0));
  }
  return TIERS.toReversed()
    .flatMap((tier) => {
      const names = [...highest].filter(([, own]) => TIERS[own] === tier).map(([name]) => name.replaceAll('_', ' '));
      return names.length === 0
        ? []
        : [`${TIER_WORDS[tier]}: ${names.includes('*') ? 'everything' : names.join(', ')}`];
    })
    .join('; ');
}
