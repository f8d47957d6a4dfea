/** Exact decimals. No amount is ever a float here. */
import Big from 'big.js';
import { decimalText } from './roles.ts';

export { Big };

export const ZERO = new Big(0);

export function toBig(value: unknown): Big | null {
  const text = decimalText(value);
  return text === null ? null : new Big(text);
}

/** With two decimals at least, and none of its own lost. */
export function amountText(value: Big): string {
  const exact = value.toFixed();
  return (exact.split('.')[1]?.length ?? 0) < 2 ? value.toFixed(2) : exact;
}

/** Half up, away from zero, as invoices are rounded. */
export function cents(value: Big): Big {
  return value.round(2, Big.roundHalfUp);
}

export function percentOf(value: Big, percent: Big): Big {
  return value.times(percent).div(100);
}
