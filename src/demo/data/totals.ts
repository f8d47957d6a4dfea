import Big from 'big.js';
import { isJsonObject, type JsonObject } from '../../core/json.ts';

/** A record's properties, named as on the wire: small readers that never trust their types, and the exact amounts of documents. */
export function stringOf(fields: JsonObject, name: string): string | null {
  const value = fields[name];
  return typeof value === 'string' ? value : null;
}

export function filled(fields: JsonObject, name: string): string | null {
  const text = stringOf(fields, name);
  return text === null || text.trim() === '' ? null : text;
}

export function listOf(fields: JsonObject, name: string): readonly JsonObject[] {
  const value = fields[name];
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

/** An id as a number, a bigint or digits; null for anything else. */
export function toId(value: unknown): bigint | null {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : null;
  return typeof value === 'string' && /^\d{1,19}$/.test(value) ? BigInt(value) : null;
}

/** `2024-01-15T09:30:00Z` */
export function timestamp(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}

/** `2024-01-15`, UTC. */
export function day(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10);
}

/** Exact decimal arithmetic of documents: no amount here is ever a float. */
const ZERO = new Big(0);

function cents(value: Big): Big {
  return value.round(2, Big.roundHalfUp);
}

function percentOf(value: Big, percent: string | null): Big {
  return value.times(percent ?? '0').div(100);
}

function sumOf(values: readonly Big[]): Big {
  return values.reduce((sum, value) => sum.plus(value), ZERO);
}

/** Net of one line: quantity × price − its own discount, half-up to cents. */
function lineNet(item: JsonObject): Big {
  const gross = new Big(stringOf(item, 'quantity') ?? '1.0').times(stringOf(item, 'unit_price') ?? '0.00');
  return cents(gross.minus(percentOf(gross, stringOf(item, 'discount_percentage'))));
}

/** Takes `amount` off the bases in proportion; the last base takes what rounding leaves over. */
function spread(bases: readonly Big[], amount: Big): readonly Big[] {
  const sum = sumOf(bases);
  if (sum.eq(0)) return bases;
  let left = amount;
  return bases.map((base, index) => {
    const share = index === bases.length - 1 ? left : cents(amount.times(base).div(sum));
    left = left.minus(share);
    return base.minus(share);
  });
}

/**
 * Amounts of a document. VAT is computed once per rate on the rate's base, half-up (away from zero) to cents.
 * @returns the net of each line before the document's own discount, and one row per VAT rate, highest first.
 */
export function totalsOf(document: JsonObject) {
  const items = listOf(document, 'items');
  const nets = items.map(lineNet);
  const byRate = new Map<string, Big>();
  items.forEach((item, index) => {
    const rate = document.reverse_charge === true ? '0.0' : decimal(stringOf(item, 'vat_rate') ?? 0, 1);
    byRate.set(rate, (byRate.get(rate) ?? ZERO).plus(nets[index] ?? ZERO));
  });
  const groups = [...byRate].sort(([a], [b]) => new Big(b).cmp(a));
  const percentage = stringOf(document, 'discount_percentage');
  const reduced = groups.map(([, base]) => base.minus(cents(percentOf(base, percentage))));
  const bases = spread(reduced, new Big(stringOf(document, 'discount_amount') ?? '0'));
  const vat = groups.map(([rate], index) => cents(percentOf(bases[index] ?? ZERO, rate)));
  const net = sumOf(bases);
  const vatTotal = sumOf(vat);
  return {
    lines: nets.map((amount) => amount.toFixed(2)),
    vat: groups.map(([rate], index) => ({
      rate,
      base: (bases[index] ?? ZERO).toFixed(2),
      vat: (vat[index] ?? ZERO).toFixed(2),
    })),
    net: net.toFixed(2),
    vatTotal: vatTotal.toFixed(2),
    total: net.plus(vatTotal).toFixed(2),
  };
}

/** The document with the amounts that follow from its lines. What has been paid stays. */
export function withTotals(document: JsonObject): JsonObject {
  const { net, vatTotal, total } = totalsOf(document);
  const paid = document.status === 'paid' ? total : (stringOf(document, 'amount_paid') ?? '0.00');
  return {
    ...document,
    total_without_vat: net,
    total_vat: vatTotal,
    total,
    amount_paid: paid,
    amount_due: new Big(total).minus(paid).toFixed(2),
  };
}

/** @param share of the amount, "0.4". */
export function shareOf(amount: string, share: string): string {
  return cents(new Big(amount).times(share)).toFixed(2);
}

/** With at least `digits` decimals and none of the given ones lost. @param value a number, or its digits */
export function decimal(value: unknown, digits: number): string {
  const exact = new Big(String(value)).toFixed();
  const fraction = exact.split('.')[1]?.length ?? 0;
  return fraction < digits ? new Big(exact).toFixed(digits) : exact;
}
