import Big from 'big.js';
import type { Role } from '../contract/field-roles.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import type { AnswerField } from '../core/tool.ts';
import { decimalText, fieldFor, plainText, valueAt } from './record-fields.ts';

/** Exact decimals, never floats: amounts, and a document's lines as the service or the user wrote them. */
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

export interface Line {
  /** Null where the line does not say. */
  readonly quantity: Big | null;
  readonly price: Big | null;
  /** Percent. */
  readonly rate: Big | null;
  /** Percent off this line. */
  readonly discount: Big | null;
}

export interface DocumentLines {
  /** The field that holds the lines. */
  readonly field: string;
  /** Under which names the lines keep it; null where they do not. */
  readonly fields: Readonly<Record<keyof Line, string | null>>;
  readonly lines: readonly Line[];
  /** Percent off the whole document. */
  readonly discount: Big | null;
  readonly discountAmount: Big | null;
  readonly reverse: boolean;
  /** Null where the document names none. */
  readonly currency: string | null;
  /** Prices include VAT, so they cannot be added up as net prices. */
  readonly inclusive: boolean;
}

/** Null where the record has no lines. */
export function linesOf(record: JsonObject, described: readonly AnswerField[]): DocumentLines | null {
  const field = fieldFor('lines', [record], described);
  const rows = field === null ? undefined : valueAt(record, field);
  if (field === null || !Array.isArray(rows)) return null;
  const items = rows.filter(isJsonObject);
  const nested = described.find(({ name }) => name === field)?.fields ?? [];
  const own = (role: Role) => fieldFor(role, items, nested);
  const fields = {
    quantity: own('quantity'),
    price: own('price'),
    rate: own('rate'),
    discount: own('discount'),
  };
  const at = (item: JsonObject, path: string | null) => (path === null ? null : toBig(valueAt(item, path)));
  const currency = fieldFor('currency', [record], described);
  const whole = (role: Role) => at(record, fieldFor(role, [record], described));
  const says = (role: Role) => {
    const path = fieldFor(role, [record], described);
    return path !== null && valueAt(record, path) === true;
  };
  return {
    field,
    fields,
    lines: items.map((item) => ({
      quantity: at(item, fields.quantity),
      price: at(item, fields.price),
      rate: at(item, fields.rate),
      discount: at(item, fields.discount),
    })),
    discount: whole('discount'),
    discountAmount: whole('discountAmount'),
    currency: currency === null ? null : plainText(valueAt(record, currency)),
    reverse: says('reverse'),
    inclusive: says('inclusive'),
  };
}
