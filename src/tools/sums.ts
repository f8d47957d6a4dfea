import type { DocumentLines, Line } from './document-lines.ts';
import { Big, decimalsOf, percentOf, rounded, ZERO } from './money.ts';

/**
 * A document's sums from its lines. Lucanto does not document where it rounds, nor how discounts and prices are meant
 * where a document can be read in two ways, so each usual way is computed: totals are right if they are the result of one.
 */
export interface Sums {
  /** How it was rounded, in words. */
  readonly method: string;
  /** Highest rate first, in percent. */
  readonly rates: readonly { readonly rate: Big; readonly net: Big; readonly vat: Big }[];
  readonly net: Big;
  readonly vat: Big;
  readonly total: Big;
  /** What the lines do not say and this way supposes; absent where they say all. */
  readonly supposes?: 'prices include VAT' | 'no VAT' | 'kind of discount';
}

function exactly(value: Big): Big {
  return value;
}

type Round = typeof exactly;

/** One way to understand the document: what each line comes to, and what is taken off the whole. */
interface Reading {
  /** Net, or gross where prices include VAT. */
  readonly lineAmount: (line: Line) => Big;
  readonly percent: Big | null;
  readonly amount: Big | null;
  readonly inclusive: boolean;
  readonly supposes?: Sums['supposes'];
}

/** The most usual way first; empty where a line has no price. */
export function possibleSums(document: DocumentLines): readonly Sums[] {
  if (document.lines.length === 0 || document.lines.some(({ price }) => price === null)) return [];
  return readingsOf(document).flatMap((reading) =>
    usualDecimals(document).flatMap((decimals) => {
      const round = (value: Big) => rounded(value, decimals);
      const isPlain = reading.percent === null && reading.amount === null;
      return [
        perRate(document, reading, round, round, `lines rounded to ${decimals} decimals, VAT per rate`),
        perRate(document, reading, exactly, round, 'VAT per rate on exact lines'),
        ...(isPlain ? [perLine(document, reading, round, `VAT per line, rounded to ${decimals} decimals`)] : []),
      ];
    }),
  );
}

const CENTS = 2;

/** Those of the currency, and cents, which some services use for every currency. Forints have fillér on paper alone. */
function usualDecimals({ currency }: DocumentLines): readonly number[] {
  return [...new Set([decimalsOf(currency), CENTS, ...(currency === 'HUF' ? [0] : [])])];
}

/** In the order of their likelihood. */
function readingsOf(document: DocumentLines): readonly Reading[] {
  const { lines, discount, inclusive } = document;
  const isWithoutRates = lines.some(({ rate, isRounding }) => rate === null && !isRounding) && !document.reverse;
  const told = [...discounts(discount)];
  const isUnclear = discount.unclear !== null || lines.some((line) => line.discount.unclear !== null);
  const ways: readonly LineDiscount[] = isUnclear ? ['percent', 'amount'] : ['told'];
  const readings = ways.flatMap((way) =>
    told.map((off): Reading => {
      const lineAmount = (line: Line) => lineAmountOf(line, way);
      const supposes = isWithoutRates ? 'no VAT' : isUnclear ? 'kind of discount' : undefined;
      return { ...off, lineAmount, inclusive, ...(supposes !== undefined && { supposes }) };
    }),
  );
  const grossReadings = readings.map((one): Reading => ({ ...one, inclusive: true, supposes: 'prices include VAT' }));
  return inclusive ? readings : [...readings, ...grossReadings];
}

/** Off the whole: what a document tells twice, as a percentage and as the amount that this comes to, is taken off once. */
function discounts({
  percent,
  amount,
  unclear,
}: DocumentLines['discount']): readonly Pick<Reading, 'percent' | 'amount'>[] {
  if (unclear !== null) {
    return [
      { percent: unclear, amount: null },
      { percent: null, amount: unclear },
    ];
  }
  if (percent === null || amount === null) return [{ percent, amount }];
  return [
    { percent, amount },
    { percent, amount: null },
    { percent: null, amount },
  ];
}

type LineDiscount = 'told' | 'percent' | 'amount';

function lineAmountOf({ quantity, price, discount }: Line, unclearIs: LineDiscount): Big {
  const whole = (quantity ?? new Big(1)).times(price ?? ZERO);
  const percent = discount.percent ?? (unclearIs === 'percent' ? discount.unclear : null);
  const amount = discount.amount ?? (unclearIs === 'amount' ? discount.unclear : null);
  const byPercent = percent === null ? ZERO : percentOf(whole, percent);
  const isTwice = percent !== null && amount !== null && byPercent.minus(amount).abs().lt(ONE_CENT);
  return whole.minus(byPercent).minus(isTwice ? ZERO : (amount ?? ZERO));
}

const ONE_CENT = new Big('0.01');

function rateOf(line: Line, document: DocumentLines): Big {
  return document.reverse ? ZERO : (line.rate ?? ZERO);
}

/** VAT on a base, or the part of it where the base includes VAT. */
function vatOf(base: Big, rate: Big, inclusive: boolean): Big {
  return inclusive ? base.times(rate).div(rate.plus(100)) : percentOf(base, rate);
}

function perRate(document: DocumentLines, reading: Reading, roundLine: Round, round: Round, method: string): Sums {
  const bases = new Map<string, Big>();
  for (const line of document.lines) {
    const rate = rateOf(line, document).toFixed();
    bases.set(rate, (bases.get(rate) ?? ZERO).plus(roundLine(reading.lineAmount(line))));
  }
  const entries = [...bases].map(([rate, base]) => ({ rate: new Big(rate), base })).sort((a, b) => b.rate.cmp(a.rate));
  const { percent, amount, inclusive } = reading;
  const off = isToldTwice(reading, entries, round) ? null : amount;
  const discounted = entries.map(({ rate, base }) => ({
    rate,
    base: percent === null ? base : base.minus(round(percentOf(base, percent))),
  }));
  const rates = spread(discounted, off, round).map(({ rate, base }) => {
    const sum = round(base);
    const vat = round(vatOf(base, rate, inclusive));
    return { rate, net: inclusive ? sum.minus(vat) : sum, vat };
  });
  return summed(method, rates, reading);
}

/** 10 percent, and the 10.00 that this is of 100.00. */
function isToldTwice({ percent, amount }: Reading, entries: readonly { readonly base: Big }[], round: Round): boolean {
  if (percent === null || amount === null) return false;
  const sum = entries.reduce((total, { base }) => total.plus(base), ZERO);
  return round(percentOf(sum, percent)).minus(amount).abs().lte(ONE_CENT.times(entries.length));
}

function perLine(document: DocumentLines, reading: Reading, round: Round, method: string): Sums {
  const rates = new Map<string, Sums['rates'][number]>();
  for (const line of document.lines) {
    const rate = rateOf(line, document);
    const sum = round(reading.lineAmount(line));
    const vat = round(vatOf(sum, rate, reading.inclusive));
    const net = reading.inclusive ? sum.minus(vat) : sum;
    const before = rates.get(rate.toFixed()) ?? { rate, net: ZERO, vat: ZERO };
    rates.set(rate.toFixed(), { rate, net: before.net.plus(net), vat: before.vat.plus(vat) });
  }
  const ordered = [...rates.values()].sort((a, b) => b.rate.cmp(a.rate));
  return summed(method, ordered, reading);
}

/** Takes an amount off in proportion; the last base takes what rounding leaves over. */
function spread<T extends { readonly base: Big }>(
  entries: readonly T[],
  amount: Big | null,
  round: Round,
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

function summed(method: string, rates: Sums['rates'], { supposes, inclusive }: Reading): Sums {
  const net = rates.reduce((total, one) => total.plus(one.net), ZERO);
  const vat = rates.reduce((total, one) => total.plus(one.vat), ZERO);
  const how = inclusive ? `prices include VAT; ${method}` : method;
  return { method: how, rates, net, vat, total: net.plus(vat), ...(supposes !== undefined && { supposes }) };
}

/** The totals that a document gives itself; `rounding` makes its total a round one. */
export type Given = Readonly<Record<'net' | 'vat' | 'total', Big | null>> & { readonly rounding?: Big | null };

/** The first way whose results are all the totals that the document gives; undefined where it gives none. */
export function matchingSums(possible: readonly Sums[], given: Given): Sums | undefined {
  const { net, vat, total } = given;
  if (net === null && vat === null && total === null) return undefined;
  const rounding = given.rounding ?? ZERO;
  // A net total that was forgotten to be raised by VAT looks like a gross one: only both totals prove it.
  const isProved = total !== null && (net !== null || vat !== null);
  const fits = (value: Big | null, sum: Big) => value === null || value.eq(sum);
  return possible.find(
    (sums) =>
      (sums.supposes !== 'prices include VAT' || isProved) &&
      (fits(net, sums.net) || fits(net, sums.net.plus(rounding))) &&
      fits(vat, sums.vat) &&
      fits(total, sums.total.plus(rounding)),
  );
}
