/** Why a write is beyond a limit of `--limit`. In all of these nothing was sent. */
import { AbortedError } from '../core/errors.ts';
import type { DocumentTotal } from './document-total.ts';

function beyond(tool: string, why: string, help: string | null, more: Readonly<Record<string, unknown>>): AbortedError {
  const first = help === null ? 'Nothing was sent.' : `Nothing was sent. ${help}`;
  return new AbortedError('limit_reached', `${tool} was not carried out: ${why}.`, {
    hint: {
      person: `${first} Do it in the Lucanto app, or start lucanto-mcp with another --limit.`,
      model: `${first} Do not try it in another way: tell the user about this limit, which only the user can change.`,
    },
    details: { more },
  });
}

export function amountAbove(tool: string, total: string, currency: string, most: string): AbortedError {
  const why = `the document comes to ${total} ${currency}, and at most ${most} ${currency} are allowed`;
  return beyond(tool, why, null, { limit: `amount=${most}${currency}`, total, currency });
}

export function otherCurrency(tool: string, currency: string, total: string, limits: readonly string[]): AbortedError {
  const why = `the document comes to ${total} ${currency}, and only documents within ${limits.join(' or ')} are allowed`;
  return beyond(tool, why, null, { limit: limits.join(','), total, currency });
}

export function unknownTotal(
  tool: string,
  { unknown, help }: Extract<DocumentTotal, { readonly unknown: string }>,
  limits: readonly string[],
): AbortedError {
  const why = `what the document comes to cannot be known (${unknown}), and only documents within ${limits.join(' or ')} are allowed`;
  return beyond(tool, why, help, { limit: limits.join(','), unknown });
}

export function unknownSends(tool: string, most: number): AbortedError {
  const why = `how many messages it would send cannot be known, and at most ${most} a day are allowed`;
  return beyond(tool, why, 'Send one record at a time.', { limit: `sends=${most}/day` });
}

/** @param why a clause */
export function unknownRecipient(tool: string, why: string): AbortedError {
  const limit = 'recipients=stored';
  return beyond(tool, `${why}, and only addresses stored there are allowed`, null, { limit });
}
