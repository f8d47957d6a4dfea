import type { DocumentLines, Line } from './document-lines.ts';
import { Big, decimalsOf, percentOf, rounded, ZERO } from './money.ts';

/**
 * A document's sums from its lines. Lucanto does not document where it rounds, so each usual way is computed: a total is
 * right if it is the result of one of them.
 */
export interface Sums {
  /** How it was rounded, in words. */
  readonly method: string;
  /** Highest rate first, in percent. */
  readonly rates: readonly { readonly rate: Big; readonly net: Big; readonly vat: Big }[];
  readonly net: Big;
  readonly vat: Big;
  readonly total: Big;
}

function exactly(value: Big): Big {
  return value;
}

/** The most usual way first; empty where a line says too little, or where prices include VAT. */
export function possibleSums(document: DocumentLines): readonly Sums[] {
  if (document.inclusive || document.lines.length === 0) return [];
  if (document.lines.some(({ price, rate }) => price === null || (rate === null && !document.reverse))) return [];
  const isPlain = document.discount === null && document.discountAmount === null;
  return usualDecimals(document).flatMap((decimals) => {
    const round = (value: Big) => rounded(value, decimals);
    return [
      perRate(document, round, round, `lines rounded to ${decimals} decimals, VAT per rate`),
      perRate(document, exactly, round, 'VAT per rate on exact lines'),
      ...(isPlain ? [perLine(document, round, `VAT per line, rounded to ${decimals} decimals`)] : []),
    ];
  });
}

const CENTS = 2;

/** Those of the currency, and cents, which some services use for every currency. */
function usualDecimals({ currency }: DocumentLines): readonly number[] {
  return [...new Set([decimalsOf(currency), CENTS])];
}

function lineNet({ quantity, price, discount }: Line): Big {
  const gross = (quantity ?? new Big(1)).times(price ?? ZERO);
  return discount === null ? gross : gross.minus(percentOf(gross, discount));
}

function rateOf(line: Line, document: DocumentLines): Big {
  return document.reverse ? ZERO : (line.rate ?? ZERO);
}

function perRate(document: DocumentLines, roundLine: typeof exactly, round: typeof exactly, method: string): Sums {
  const bases = new Map<string, Big>();
  for (const line of document.lines) {
    const rate = rateOf(line, document).toFixed();
    bases.set(rate, (bases.get(rate) ?? ZERO).plus(roundLine(lineNet(line))));
  }
  const entries = [...bases].map(([rate, base]) => ({ rate: new Big(rate), base })).sort((a, b) => b.rate.cmp(a.rate));
  const discounted = entries.map(({ rate, base }) => ({
    rate,
    base: document.discount === null ? base : base.minus(round(percentOf(base, document.discount))),
  }));
  const rates = spread(discounted, document.discountAmount, round).map(({ rate, base }) => {
    const net = round(base);
    return { rate, net, vat: round(percentOf(base, rate)) };
  });
  return summed(method, rates);
}

function perLine(document: DocumentLines, round: typeof exactly, method: string): Sums {
  const rates = new Map<string, Sums['rates'][number]>();
  for (const line of document.lines) {
    const rate = rateOf(line, document);
    const net = round(lineNet(line));
    const before = rates.get(rate.toFixed()) ?? { rate, net: ZERO, vat: ZERO };
    const vat = before.vat.plus(round(percentOf(net, rate)));
    rates.set(rate.toFixed(), { rate, net: before.net.plus(net), vat });
  }
  const ordered = [...rates.values()].sort((a, b) => b.rate.cmp(a.rate));
  return summed(method, ordered);
}

/** Takes an amount off in proportion; the last base takes what rounding leaves over. */
function spread<T extends { readonly base: Big }>(
  entries: readonly T[],
  amount: Big | null,
  round: typeof exactly,
): readonly T[] {
  const sum = entries.reduce((total, { base }) => total.plus(base), ZERO);
  if (amount === null || sum.eq(0)) return entries;
  let left = amount;
  return entries.map((entry, index) => {
    const share = index === entries.length - 1 ? left : round(amount.times(entry.base).div(sum));
    left = left.minus(share);
    return { ...entry, base: entry.base.minus(share) };
  });
}

function summed(method: string, rates: Sums['rates']): Sums {
  const net = rates.reduce((total, one) => total.plus(one.net), ZERO);
  const vat = rates.reduce((total, one) => total.plus(one.vat), ZERO);
  return { method, rates, net, vat, total: net.plus(vat) };
}

/** The first way whose results are all the totals that the document gives; undefined where it gives none. */
export function matchingSums(
  possible: readonly Sums[],
  given: Readonly<Record<'net' | 'vat' | 'total', Big | null>>,
): Sums | undefined {
  if (given.net === null && given.vat === null && given.total === null) return undefined;
  return possible.find((sums) =>
    (['net', 'vat', 'total'] as const).every((part) => given[part] === null || sums[part].eq(given[part])),
  );
}
