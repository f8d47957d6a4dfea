/** A document's own totals against those of its lines, in each usual way of rounding. */
import type { JsonObject } from '../../core/json.ts';
import { count } from '../../core/text.ts';
import type { DocumentLines, Line } from '../document-lines.ts';
import { amountAt, amountText, Big, decimalsOf, moneyFieldFor, percentOf, rounded, ZERO } from '../money.ts';
import { matchingSums, possibleSums, type Sums } from '../sums.ts';
import type { CheckedDocument, GivenAmount } from './checked-document.ts';
import { error, type Finding, type Findings, warning } from './findings.ts';

const PARTS = ['net', 'vat', 'total'] as const;
type Part = (typeof PARTS)[number];

interface GivenTotal extends GivenAmount {
  readonly part: Part;
}

/** @returns what the document comes to, as far as its lines say; null where they do not say enough */
export function checkSums(document: CheckedDocument, findings: Findings): JsonObject | null {
  const { lines } = document;
  const given = PARTS.flatMap((part): GivenTotal[] => {
    const amount = document.amount(part);
    return amount === null ? [] : [{ part, ...amount }];
  });
  findings.add(decimalFindings(document));
  if (lines === null || lines.lines.length === 0) return withoutLines(document, given, findings);
  findings.add(lineTotals(lines));
  const possible = possibleSums(lines);
  const [usual] = possible;
  if (usual === undefined) {
    findings.notChecked('totals: a line has no price');
    return null;
  }
  const rounding = document.amount('rounding');
  const found = matchingSums(possible, { ...amountsOf(given), rounding: rounding?.value ?? null });
  if (rounding !== null) findings.add(roundingFindings(rounding, document.currency));
  if (found !== undefined) {
    findings.checked(`totals of ${count(lines.lines.length, 'line')}`);
    return sumsAnswer(found, document.currency, rounding?.value ?? ZERO);
  }
  if (given.length === 0) return withoutTotals(usual, document, findings);
  if (usual.supposes === 'no VAT' && given.some(({ part }) => part !== 'net')) {
    findings.notChecked('totals: a line has no VAT rate');
    return null;
  }
  findings.checked(`totals of ${count(lines.lines.length, 'line')}`);
  const nearest = nearestSums(possible, given, rounding?.value ?? ZERO);
  findings.add(differences(document, nearest, given, rounding));
  return sumsAnswer(nearest, document.currency, rounding?.value ?? ZERO);
}

function amountsOf(given: readonly GivenTotal[]): Readonly<Record<Part, Big | null>> {
  const of = (part: Part) => given.find((one) => one.part === part)?.value ?? null;
  return { net: of('net'), vat: of('vat'), total: of('total') };
}

/** Of a bill that was received, often only the totals are kept. */
function withoutLines(document: CheckedDocument, given: readonly GivenTotal[], findings: Findings): null {
  const { net, vat, total } = amountsOf(given);
  if (net === null || vat === null || total === null) {
    const isPurchase = document.isPurchase && total !== null;
    findings.notChecked(isPurchase ? 'totals: net, VAT and total are not all there' : 'totals: no lines were found');
    return null;
  }
  findings.checked('net, VAT and total');
  const sum = net.plus(vat).plus(document.amount('rounding')?.value ?? ZERO);
  const own = document.amount('total');
  if (own !== null && !sum.eq(total)) findings.add([difference(own, sum, document.currency, 'Net and VAT give')]);
  return null;
}

/** The lines say what the document will come to; nothing says whether that is meant. */
function withoutTotals(usual: Sums, document: CheckedDocument, findings: Findings): JsonObject | null {
  if (usual.supposes === 'kind of discount') {
    findings.notChecked('totals: nothing says whether the discount is a percentage or an amount');
    return null;
  }
  if (usual.supposes === 'no VAT') findings.notChecked('VAT: a line has no VAT rate');
  findings.checked(count(document.lines?.lines.length ?? 0, 'line'));
  return sumsAnswer(usual, document.currency, ZERO);
}

function sumsAnswer({ method, net, vat, total, rates }: Sums, currency: string | null, rounding: Big): JsonObject {
  const text = (amount: Big) => amountText(amount, currency);
  return {
    net: text(net),
    vat: text(vat),
    ...(rounding.eq(0) ? {} : { rounding: text(rounding) }),
    total: text(total.plus(rounding)),
    currency,
    by_vat_rate: rates.map((one) => ({ rate: one.rate.toFixed(), net: text(one.net), vat: text(one.vat) })),
    method,
  };
}

/** The way that explains most of the given totals, then the one that comes nearest. */
function nearestSums(possible: readonly Sums[], given: readonly GivenTotal[], rounding: Big): Sums {
  const distance = (sums: Sums) => {
    const off = given.map(({ part, value }) => value.minus(partOf(sums, part, rounding)).abs());
    const wrong = off.filter((one) => !one.eq(0)).length;
    return new Big(wrong).times('1e15').plus(off.reduce((sum, one) => sum.plus(one), ZERO));
  };
  const plain = possible.filter(({ supposes }) => supposes !== 'prices include VAT');
  const [first, ...others] = plain.length > 0 ? plain : possible;
  if (first === undefined) throw new TypeError('There are no sums to compare with');
  return others.reduce((best, one) => (distance(one).lt(distance(best)) ? one : best), first);
}

function partOf(sums: Sums, part: Part, rounding: Big): Big {
  return part === 'total' ? sums.total.plus(rounding) : sums[part];
}

function differences(
  { currency, lines }: CheckedDocument,
  nearest: Sums,
  given: readonly GivenTotal[],
  rounding: GivenAmount | null,
): readonly Finding[] {
  const slight = new Big(10).pow(-decimalsOf(currency)).times(Math.max(1, lines?.lines.length ?? 1));
  const off = given.filter(({ part, value }) => !value.eq(partOf(nearest, part, rounding?.value ?? ZERO)));
  const [only] = off;
  const step = only?.part === 'total' && off.length === 1 ? roundedTo(only.value, nearest.total, currency) : null;
  if (only !== undefined && step !== null) {
    const right = only.value.minus(nearest.total);
    if (rounding !== null) {
      const message = `${amountText(nearest.total, currency)} is rounded to ${amountText(only.value, currency)} by ${amountText(right, currency)}, not by ${amountText(rounding.value, currency)}.`;
      return [error(rounding.field, message, rounding.written(right))];
    }
    const message = `The lines give ${amountText(nearest.total, currency)}. The total is rounded to ${step}, and no line or field says so.`;
    return [warning(only.field, message, only.written(nearest.total))];
  }
  return off.map((one) => {
    const right = partOf(nearest, one.part, rounding?.value ?? ZERO);
    const found = difference(one, right, currency, 'The lines give');
    if (one.value.minus(right).abs().gt(slight)) return found;
    return { ...found, severity: 'warning', message: `${found.message} That may be another way of rounding.` };
  });
}

function difference({ field, value, written }: GivenAmount, right: Big, currency: string | null, who: string): Finding {
  const off = value.minus(right);
  const text = (amount: Big) => amountText(amount, currency);
  const message = `${who} ${text(right)}, not ${text(value)}: ${text(off.abs())} ${off.gt(0) ? 'too much' : 'too little'}.`;
  return error(field, message, written(right));
}

/** Whole crowns and five cents, as cash is paid. */
function roundedTo(total: Big, exact: Big, currency: string | null): string | null {
  const off = total.minus(exact).abs();
  if (decimalsOf(currency) === 0) return null;
  if (total.mod(1).eq(0) && off.lte('0.5')) return 'whole units';
  return total.mod('0.05').eq(0) && off.lte('0.025') ? '0.05' : null;
}

/** Cash in Hungary is paid by five forints, elsewhere by one crown at most. */
const MOST_ROUNDING: Readonly<Record<string, string>> = { HUF: '2.5' };

function roundingFindings(
  { field, value }: { readonly field: string; readonly value: Big },
  currency: string | null,
): readonly Finding[] {
  const most = new Big(MOST_ROUNDING[currency ?? ''] ?? '0.5');
  if (value.abs().lte(most)) return [];
  return [warning(field, `A rounding of ${amountText(value, currency)} is more than ${amountText(most, currency)}.`)];
}

/** Amounts of money have no more decimals than their currency. */
function decimalFindings(document: CheckedDocument): readonly Finding[] {
  const decimals = decimalsOf(document.currency);
  return (['net', 'vat', 'total', 'open', 'discountAmount'] as const).flatMap((role) => {
    const amount = document.amount(role);
    if (amount === null || amount.value.round(decimals, Big.roundDown).eq(amount.value)) return [];
    return [warning(amount.field, `${amount.value.toFixed()} has more than ${decimals} decimals.`)];
  });
}

/** What a line says that it comes to: without or with VAT, before or after its discount. */
function lineTotals(document: DocumentLines): readonly Finding[] {
  const { rows, lines, field, fields, discount, currency } = document;
  if (discount.percent !== null || discount.amount !== null || discount.unclear !== null) return [];
  const used = new Set<string | null>(Object.values(fields));
  return (['net', 'total'] as const).flatMap((role) => {
    const money = moneyFieldFor(role, rows, []);
    if (money === null || used.has(money.path)) return [];
    return rows.flatMap((row, index): Finding[] => {
      const line = lines[index];
      const value = amountAt(row, money, currency);
      const right = line === undefined ? [] : possibleTotals(line, document);
      const [usual] = right;
      if (value === null || usual === undefined || right.some((one) => one.minus(value).abs().lte('0.011'))) return [];
      const own = {
        field: `${field}[${index}].${money.path}`,
        value,
        written: (amount: Big) => amountText(amount, currency),
      };
      return [difference(own, rounded(usual, decimalsOf(currency)), currency, 'Price and quantity give')];
    });
  });
}

function possibleTotals({ price, quantity, rate, discount }: Line, { inclusive }: DocumentLines): readonly Big[] {
  if (price === null || discount.unclear !== null) return [];
  const whole = (quantity ?? new Big(1)).times(price);
  const byPercent = discount.percent === null ? whole : whole.minus(percentOf(whole, discount.percent));
  const byAmount = discount.amount === null ? whole : whole.minus(discount.amount);
  const both = discount.amount === null ? byPercent : byPercent.minus(discount.amount);
  const bases = [both, byPercent, byAmount, whole];
  const factor = (rate ?? ZERO).div(100).plus(1);
  return bases.flatMap((base) => [base, inclusive ? base.div(factor) : base.times(factor)]);
}
