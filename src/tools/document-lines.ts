/** The lines of a document as the service or the user wrote them, whatever their fields are called. */
import { plainName } from '../contract/field-names.ts';
import type { Role } from '../contract/field-roles.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import type { AnswerField } from '../core/tool.ts';
import {
  amountAt,
  type Big,
  type Discount,
  discountReader,
  moneyFieldFor,
  percentAt,
  toBig,
  usualRate,
  ZERO,
} from './money.ts';
import { fieldFor, textAt, textOfRole, valueAt, withoutField } from './record-fields.ts';

export interface Line {
  /** Null where the line does not say. */
  readonly quantity: Big | null;
  readonly price: Big | null;
  /** Percent. */
  readonly rate: Big | null;
  readonly discount: Discount;
  readonly name: string | null;
  /** Only makes the total a round one. */
  readonly isRounding: boolean;
}

export interface DocumentLines {
  /** The field that holds the lines. */
  readonly field: string;
  /** Under which names the lines keep it; null where they do not. */
  readonly fields: Readonly<Record<'quantity' | 'price' | 'rate' | 'percent' | 'amount' | 'name', string | null>>;
  readonly lines: readonly Line[];
  /** As they were written. */
  readonly rows: readonly JsonObject[];
  /** Off the whole document. */
  readonly discount: Discount;
  /** Which fields say it, the same one where nothing says what it is. */
  readonly discountFields: Readonly<Record<'percent' | 'amount', string | null>>;
  readonly reverse: boolean;
  /** Null where the document names none. */
  readonly currency: string | null;
  /** Prices include VAT. */
  readonly inclusive: boolean;
}

/** Null where the record has no lines. @param usual the currency of a record that names none itself */
export function linesOf(
  record: JsonObject,
  described: readonly AnswerField[],
  usual: string | null = null,
): DocumentLines | null {
  const field = fieldFor('lines', [record], described);
  const rows = field === null ? undefined : valueAt(record, field);
  if (field === null || !Array.isArray(rows)) return null;
  const items = rows.filter(isJsonObject);
  const nested = described.find(({ name }) => name === field)?.fields ?? [];
  const currency = textOfRole('currency', record, described) ?? usual;
  const quantity = fieldFor('quantity', items, nested);
  const vat = amountAt(record, moneyFieldFor('vat', [record], described), currency);
  const { rate, vatAmount } = rateFields(items, nested, vat);
  const gross = moneyFieldFor('grossPrice', items, nested);
  const named = moneyFieldFor('price', items, nested);
  // `rate` is a price or a VAT rate, by what else the line has.
  const isUsed = (money: typeof gross) => items.some((item) => amountAt(item, money, currency) !== null);
  const isPrice = named !== null && named.path !== rate && named.path !== quantity && (isUsed(named) || !isUsed(gross));
  // A price that cannot be read is wrong where it stands.
  const price = isPrice || !isUsed(gross) ? named : gross;
  const name = fieldFor('lineName', items, nested);
  const lineDiscount = discountReader(items, nested, currency);
  const whole = discountReader([record], described, currency);
  return {
    field,
    fields: { quantity, price: price?.path ?? null, rate, name, ...lineDiscount.fields },
    rows: items,
    lines: items.map((item): Line => {
      const [many, each] = [toBig(valueAt(item, quantity)), amountAt(item, price, currency)];
      const line = {
        quantity: many,
        price: each,
        rate:
          rate !== null ? percentAt(item, rate) : usualRate(each?.times(many ?? 1), toBig(valueAt(item, vatAmount))),
        discount: lineDiscount.read(item),
        name: textAt(item, name),
      };
      return { ...line, isRounding: isRounding(line) };
    }),
    discount: whole.read(record),
    discountFields: whole.fields,
    currency,
    reverse: isTrue('reverse', record, described),
    inclusive: (price !== null && price === gross) || isInclusive(record, described),
  };
}

/** @param vat of the whole document @returns `vatAmount`: a bare `vat` of the lines where another field is the rate, or where they come to the document's VAT */
function rateFields(items: readonly JsonObject[], nested: readonly AnswerField[], vat: Big | null) {
  const first = fieldFor('rate', items, nested);
  if (first === null || !/^(vat|tax)$/.test(plainName(first))) return { rate: first, vatAmount: null };
  const rest = withoutField(items, first);
  const other = fieldFor('rate', rest, []);
  const isPrice = other === moneyFieldFor('price', rest, [])?.path;
  const rate = isPrice ? null : other;
  const sum = items.reduce((all, item) => all.plus(toBig(valueAt(item, first)) ?? ZERO), ZERO);
  const isAmount = rate !== null || (vat !== null && !vat.eq(0) && vat.eq(sum));
  return isAmount ? { rate, vatAmount: first } : { rate: first, vatAmount: null };
}

function isTrue(role: Role, record: JsonObject, described: readonly AnswerField[]): boolean {
  const path = fieldFor(role, [record], described);
  return path !== null && valueAt(record, path) === true;
}

function isInclusive(record: JsonObject, described: readonly AnswerField[]): boolean {
  if (isTrue('inclusive', record, described)) return true;
  return /gross|incl|with_(vat|tax)/i.test(textOfRole('priceKind', record) ?? '');
}

const ROUNDING_WORD = /round|zaokr|rund|arrond|redond|arroton|arredond|kerek|zaokro|avrund|ümard|noapa|apaļ|pyör/i;

function isRounding({ name, quantity, price }: Pick<Line, 'name' | 'quantity' | 'price'>): boolean {
  const isOne = quantity === null || quantity.abs().eq(1);
  return name !== null && ROUNDING_WORD.test(name) && isOne && price?.abs().lt(5) === true;
}
