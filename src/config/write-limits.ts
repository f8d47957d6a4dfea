/** Limits on writes: what `--limit` takes, and what it means. */
import type { Parsed } from './setting.ts';

export interface WriteLimits {
  /** On one calendar day of this computer; null for any number. */
  readonly sends: number | null;
  /** The most that one document may come to, by currency; empty where amounts have no limit. */
  readonly amounts: ReadonlyMap<string, string>;
  /** Only to addresses that the customer's own record has. */
  readonly storedRecipients: boolean;
}

const SENDS = /^sends\s*=\s*(\d{1,6})\s*\/\s*day$/i;
const AMOUNT = /^amount\s*=\s*(\d{1,15}(?:\.\d{1,4})?)\s*([A-Za-z]{3})$/i;
const RECIPIENTS = /^recipients\s*=\s*stored$/i;

/** Comma-separated; each in its normal form, without repetitions. */
export function parseLimits(text: string): Parsed<readonly string[]> {
  const given = text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
  if (given.length === 0) return { problem: 'names no limit' };
  const limits = new Map<string, string>();
  for (const one of given) {
    const limit = normalLimit(one);
    if (limit === null) return { problem: `holds "${one.slice(0, 40)}", which is not a limit` };
    const [what, known] = [subjectOfLimit(limit), limits.get(subjectOfLimit(limit))];
    if (known !== undefined && known !== limit) return { problem: `holds both ${known} and ${limit}` };
    limits.set(what, limit);
  }
  return { value: [...limits.values()] };
}

function normalLimit(text: string): string | null {
  const [, sends] = SENDS.exec(text) ?? [];
  if (sends !== undefined) return `sends=${Number(sends)}/day`;
  const [, amount, currency = ''] = AMOUNT.exec(text) ?? [];
  const code = currency.toUpperCase();
  if (amount !== undefined) return isCurrency(code) ? `amount=${amount.replace(/^0+(?=\d)/, '')}${code}` : null;
  return RECIPIENTS.test(text) ? 'recipients=stored' : null;
}

/** There is one limit for each of these. */
function subjectOfLimit(limit: string): string {
  return limit.startsWith('amount=') ? `amount ${limit.slice(-3)}` : limit.replace(/=.*$/, '');
}

/** A wrong one would refuse every document. */
function isCurrency(code: string): boolean {
  return Intl.supportedValuesOf('currency').includes(code);
}

/** @param texts as `parseLimits` gives them; null where nothing is limited */
export function writeLimits(texts: readonly string[] | null): WriteLimits {
  const all = texts ?? [];
  const sends = all.flatMap((one) => SENDS.exec(one)?.[1] ?? [])[0];
  const amounts = all.flatMap((one): [string, string][] => {
    const [, amount, currency] = AMOUNT.exec(one) ?? [];
    return amount === undefined || currency === undefined ? [] : [[currency, amount]];
  });
  return {
    sends: sends === undefined ? null : Number(sends),
    amounts: new Map(amounts),
    storedRecipients: all.some((one) => RECIPIENTS.test(one)),
  };
}
