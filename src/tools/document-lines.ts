/** The lines of a document as the service or the user wrote them, whatever their fields are called. */
import type { Role } from '../contract/field-roles.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import type { AnswerField } from '../core/tool.ts';
import { type Big, toBig } from './money.ts';
import { fieldFor, plainText, valueAt } from './record-fields.ts';

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
