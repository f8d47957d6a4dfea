import Big from 'big.js';
import { decimalText } from './record-fields.ts';

/** Exact decimals, never floats: amounts as the service or the user wrote them. */
export { Big };

export const ZERO = new Big(0);

export function toBig(value: unknown): Big | null {
  const text = decimalText(value);
  return text === null ? null : new Big(text);
}

const CENTS = 2;

/** How many decimals amounts of a currency have: 2 for EUR, 0 for JPY, 3 for KWD; 2 where it is not known. */
export function decimalsOf(currency: string | null): number {
  if (currency === null || !/^[A-Za-z]{3}$/.test(currency)) return CENTS;
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? CENTS;
}

/** With the decimals of its currency at least, and none of its own lost. */
export function amountText(value: Big, currency: string | null): string {
  const exact = value.toFixed();
  const decimals = decimalsOf(currency);
  return (exact.split('.')[1]?.length ?? 0) < decimals ? value.toFixed(decimals) : exact;
}

/** Half up, away from zero, as invoices are rounded. */
export function rounded(value: Big, decimals: number): Big {
  return value.round(decimals, Big.roundHalfUp);
}

export function percentOf(value: Big, percent: Big): Big {
  return value.times(percent).div(100);
}
