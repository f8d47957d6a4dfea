import Big from 'big.js';
import { LosslessNumber } from '../../core/json.ts';

/** Exact decimal arithmetic of documents: no amount here is ever a float. */
export interface Line {
  readonly quantity: string;
  readonly unit_price: string;
  /** Percent, "23.0". */
  readonly vat_rate: string;
  /** Percent off this line, or null. */
  readonly discount_percentage: string | null;
}

interface Discount {
  /** Percent off every rate's base, or null. */
  readonly percentage: string | null;
  /** Amount off the whole document, spread over the rates in proportion, or null. */
  readonly amount: string | null;
}

interface VatRow {
  readonly rate: string;
  readonly base: string;
  readonly vat: string;
}

interface Totals {
  /** Net amount of each line after its own discount, in cents, in the lines' order. */
  readonly lines: readonly string[];
  /** One row per rate, highest rate first. */
  readonly vat: readonly VatRow[];
  readonly net: string;
  readonly vatTotal: string;
  readonly total: string;
}

const HUNDRED = new Big(100);

function cents(value: Big): Big {
  return value.round(2, Big.roundHalfUp);
}

function percentOf(value: Big, percent: string | null): Big {
  return value.times(percent ?? '0').div(HUNDRED);
}

/** Net of one line: quantity × price − discount, half-up to cents. */
function lineNet(line: Line): Big {
  const gross = new Big(line.quantity).times(line.unit_price);
  return cents(gross.minus(percentOf(gross, line.discount_percentage)));
}

/** Takes `amount` off the bases in proportion; the last base takes what rounding leaves over. */
function spread(bases: readonly Big[], amount: Big): Big[] {
  const sum = bases.reduce((total, base) => total.plus(base), new Big(0));
  if (sum.eq(0)) return [...bases];
  let left = amount;
  return bases.map((base, index) => {
    const share = index === bases.length - 1 ? left : cents(amount.times(base).div(sum));
    left = left.minus(share);
    return base.minus(share);
  });
}

/** VAT is computed once per rate on the rate's base, half-up (away from zero) to cents. */
export function totalsOf(lines: readonly Line[], discount: Discount, reverseCharge: boolean): Totals {
  const nets = lines.map(lineNet);
  const groups = new Map<string, Big>();
  lines.forEach((line, index) => {
    const rate = reverseCharge ? '0.0' : padded(new Big(line.vat_rate), 1);
    groups.set(rate, (groups.get(rate) ?? new Big(0)).plus(nets[index] ?? 0));
  });
  const rates = [...groups.keys()].sort((a, b) => new Big(b).cmp(a));
  const afterPercent = rates.map((rate) => {
    const base = groups.get(rate) ?? new Big(0);
    return base.minus(cents(percentOf(base, discount.percentage)));
  });
  const bases = discount.amount === null ? afterPercent : spread(afterPercent, new Big(discount.amount));
  const vat = bases.map((base, index) => cents(percentOf(base, rates[index] ?? '0')));
  const net = bases.reduce((sum, base) => sum.plus(base), new Big(0));
  const vatTotal = vat.reduce((sum, amount) => sum.plus(amount), new Big(0));
  return {
    lines: nets.map((amount) => amount.toFixed(2)),
    vat: rates.map((rate, index) => ({
      rate,
      base: (bases[index] ?? new Big(0)).toFixed(2),
      vat: (vat[index] ?? new Big(0)).toFixed(2),
    })),
    net: net.toFixed(2),
    vatTotal: vatTotal.toFixed(2),
    total: net.plus(vatTotal).toFixed(2),
  };
}

/** `total` − `paid`, both decimal strings. */
export function remaining(total: string, paid: string): string {
  return new Big(total).minus(paid).toFixed(2);
}

function padded(value: Big, digits: number): string {
  const exact = value.toFixed();
  const fraction = exact.split('.')[1]?.length ?? 0;
  return fraction < digits ? value.toFixed(digits) : exact;
}

/**
 * A decimal string with at least `digits` decimals and none of the given ones lost.
 * @returns null for anything that is no decimal number.
 */
export function decimal(value: unknown, digits: number): string | null {
  if (typeof value !== 'number' && typeof value !== 'bigint' && typeof value !== 'string') {
    return value instanceof LosslessNumber ? decimal(value.toString(), digits) : null;
  }
  try {
    return padded(new Big(String(value)), digits);
  } catch {
    return null;
  }
}
