import type { JsonObject } from '../core/json.ts';
import { error, type Finding, warning } from './field-checks.ts';
import { amountText, Big, type DocumentLines, decimalsOf, type Line, toBig } from './money.ts';
import { decimalText, fieldFor, plainText, valueAt } from './money-roles.ts';
import { agreeing, possibleSums, type Sums } from './sums.ts';

/** Lines and totals: what is missing or odd in them, and whether they agree. */
/** The highest rate of VAT in the European Union (Hungary). */
const HIGHEST_RATE = 27;

export function lineFindings(document: DocumentLines, isCredit: boolean): readonly Finding[] {
  const { field, fields, lines, reverse } = document;
  if (lines.length === 0) return [warning(field, 'There are no lines.')];
  const at = (index: number, path: string | null, role: string) => `${field}[${index}].${path ?? role}`;
  return lines.flatMap((line, index) => [
    ...quantityFindings(line, at(index, fields.quantity, 'quantity'), isCredit),
    ...priceFindings(line, at(index, fields.price, 'unit_price'), isCredit),
    ...rateFindings(line, at(index, fields.rate, 'vat_rate'), reverse),
    ...percentFindings(line.discount, at(index, fields.lineDiscount, 'discount')),
  ]);
}

function quantityFindings({ quantity }: Line, field: string, isCredit: boolean): readonly Finding[] {
  if (quantity === null) return [warning(field, 'No quantity is given: Lucanto takes its own default.')];
  if (quantity.eq(0)) return [warning(field, 'The quantity is 0.')];
  return quantity.lt(0) && !isCredit ? [warning(field, 'The quantity is negative, and this is no credit note.')] : [];
}

function priceFindings({ price }: Line, field: string, isCredit: boolean): readonly Finding[] {
  if (price === null) return [error(field, 'The price is missing, or no number.')];
  return price.lt(0) && !isCredit ? [warning(field, 'The price is negative, and this is no credit note.')] : [];
}

function rateFindings({ rate }: Line, field: string, reverse: boolean): readonly Finding[] {
  if (rate === null)
    return reverse ? [] : [warning(field, 'No VAT rate is given: Lucanto takes its own default, if it has one.')];
  if (rate.lt(0)) return [error(field, 'The VAT rate is negative.')];
  if (reverse && rate.gt(0))
    return [warning(field, 'There is a VAT rate although the customer pays the VAT (reverse charge).')];
  if (rate.gt(0) && rate.lt(1)) return [warning(field, `The VAT rate is ${rate.toFixed()} percent: 0.23 is not 23.`)];
  return rate.gt(HIGHEST_RATE)
    ? [warning(field, `No country of the European Union has a VAT rate over ${HIGHEST_RATE} percent.`)]
    : [];
}

export function percentFindings(percent: Big | null, field: string): readonly Finding[] {
  if (percent === null || (percent.gte(0) && percent.lte(100))) return [];
  return [error(field, 'A discount is from 0 to 100 percent.')];
}

const PARTS = ['net', 'vat', 'total'] as const;

interface SumCheck {
  readonly findings: readonly Finding[];
  /** What the lines give; null where they do not say enough. */
  readonly computed: Sums | null;
}

/** Compares what is stated with each usual way of rounding, to the cent. */
export function sumCheck(record: JsonObject, document: DocumentLines): SumCheck {
  const possible = possibleSums(document);
  const [usual] = possible;
  if (usual === undefined) return { findings: [], computed: null };
  const paths = PARTS.map((part) => ({ part, path: fieldFor(part, [record], []) }));
  const stated = paths.flatMap(({ part, path }) => {
    const value = path === null ? null : toBig(valueAt(record, path));
    return path === null || value === null ? [] : [{ part, path, value }];
  });
  const of = (part: (typeof PARTS)[number]) => stated.find((one) => one.part === part)?.value ?? null;
  const found = agreeing(possible, { net: of('net'), vat: of('vat'), total: of('total') });
  if (found !== undefined || stated.length === 0) return { findings: [], computed: found ?? usual };
  const { currency, lines } = document;
  const text = (amount: Big) => amountText(amount, currency);
  const slight = new Big(10).pow(-decimalsOf(currency)).times(Math.max(1, lines.length));
  const findings = stated.flatMap(({ part, path, value }): Finding[] => {
    const off = value.minus(usual[part]);
    if (off.eq(0)) return [];
    const told = `The lines give ${text(usual[part])}, not ${text(value)}: ${text(off.abs())} ${off.gt(0) ? 'too much' : 'too little'}.`;
    return [off.abs().lte(slight) ? warning(path, `${told} That may be another way of rounding.`) : error(path, told)];
  });
  return { findings, computed: usual };
}

/** Amounts of money have no more decimals than their currency. */
export function roundingFindings(record: JsonObject): readonly Finding[] {
  const field = fieldFor('currency', [record], []);
  const decimals = decimalsOf(field === null ? null : plainText(valueAt(record, field)));
  return (['net', 'vat', 'total', 'open', 'discountAmount'] as const).flatMap((role) => {
    const path = fieldFor(role, [record], []);
    const text = path === null ? null : decimalText(valueAt(record, path));
    if (path === null || text === null || new Big(text).round(decimals, Big.roundDown).eq(text)) return [];
    return [warning(path, `${text} is not rounded to ${decimals} decimals.`)];
  });
}
