/** The lines of a document: what each must have, what cannot be meant, and lines that stand there twice. */
import { FieldNames, plainName } from '../../contract/field-names.ts';
import { FIELD_ROLES } from '../../contract/field-roles.ts';
import { canonicalJson, type JsonObject } from '../../core/json.ts';
import type { DocumentLines, Line } from '../document-lines.ts';
import { amountText, Big, currencyBeside, percentOf, rounded, ZERO } from '../money.ts';
import { fieldFor, textOfRole } from '../record-fields.ts';
import type { CheckedDocument } from './checked-document.ts';
import { error, type Finding, warning } from './findings.ts';

/** @param isVatPayer a company without a VAT number charges no VAT, so its lines need no rate */
export function lineFindings(document: CheckedDocument, isVatPayer: boolean): readonly Finding[] {
  const { lines: read } = document;
  if (read === null) {
    const field = document.field('lines');
    return field === null || document.isPurchase ? [] : [error(field, 'There are no lines.')];
  }
  if (read.lines.length === 0) return document.isPurchase ? [] : [error(read.field, 'There are no lines.')];
  const names = read.fields;
  return [
    ...read.lines.flatMap((line, index) => {
      const row = read.rows[index] ?? {};
      const at = (path: string | null, usual: string) => `${read.field}[${index}].${path ?? usual}`;
      const spelled = fieldNamed('price', row) ?? 'unit_price';
      return [
        ...nameFindings(line, row, at(names.name, 'name')),
        ...quantityFindings(line, at(names.quantity, 'quantity')),
        ...priceFindings(line, row, at(names.price, spelled)),
        ...currencyFindings(row, names.price, document.currency, at(names.price, spelled)),
        ...rateFindings(line, read, isVatPayer, at(names.rate, 'vat_rate')),
        ...discountFindings(
          line.discount,
          wholeOf(line),
          { percent: at(names.percent, 'discount'), amount: at(names.amount, 'discount') },
          read,
        ),
      ];
    }),
    ...documentDiscount(read),
    ...repeatedLines(read),
  ];
}

/** A line that names a product takes its name and price from there. */
function isOfProduct(row: JsonObject): boolean {
  return fieldFor('product', [row], []) !== null;
}

function nameFindings({ name }: Line, row: JsonObject, field: string): readonly Finding[] {
  if (name !== null || isOfProduct(row)) return [];
  return textOfRole('lineName', row) !== null ? [] : [error(field, 'The line does not say what is sold.')];
}

function quantityFindings({ quantity }: Line, field: string): readonly Finding[] {
  if (quantity === null) return [warning(field, 'There is no quantity, so the service uses its own default.')];
  return quantity.eq(0) ? [warning(field, 'The quantity is 0.')] : [];
}

/** The field of a role, also where its value cannot be read. */
function fieldNamed(role: 'price' | 'grossPrice', row: JsonObject): string | null {
  const names = new FieldNames(Object.keys(row));
  return FIELD_ROLES[role].names.map((name) => names.find(name)).find((name) => name !== null) ?? null;
}

function priceFindings({ price }: Line, row: JsonObject, field: string): readonly Finding[] {
  // Where lines have prices of two kinds, only those of one are read.
  const isOther = price === null && fieldNamed('grossPrice', row) !== null && fieldNamed('price', row) === null;
  return price === null && !isOther && !isOfProduct(row) ? [error(field, 'The price is missing or not a number.')] : [];
}

/** @param path of the price, which may be in an object with its currency */
function currencyFindings(row: JsonObject, path: string | null, wanted: string | null, field: string): Finding[] {
  const object = path?.includes('.') === true ? path.replace(/\.[^.]*$/, '') : null;
  const own = path === null ? null : currencyBeside(row, { path, isCents: false, object });
  const isOther = own !== null && wanted !== null && own.trim().toUpperCase() !== wanted;
  return isOther ? [error(field, `The price is in ${own}, and the document in ${wanted}.`)] : [];
}

function rateFindings(
  { rate, isRounding }: Line,
  { reverse }: DocumentLines,
  isVatPayer: boolean,
  field: string,
): readonly Finding[] {
  if (rate === null) {
    if (reverse || isRounding || !isVatPayer) return [];
    return [warning(field, 'There is no VAT rate, so the service uses its own default, if it has one.')];
  }
  if (rate.lt(0)) return [error(field, 'The VAT rate is negative.')];
  if (rate.eq(0) || rate.gte(1)) return [];
  const percent = rate.times(100).toFixed();
  // Corsica has 0.9 percent.
  if (rate.eq('0.9')) return [];
  return [
    warning(field, `The VAT rate is ${rate.toFixed()} percent. For ${percent} percent, write ${percent}.`, percent),
  ];
}

function wholeOf({ quantity, price }: Line): Big | null {
  return price === null ? null : (quantity ?? new Big(1)).times(price);
}

/** @param whole what the discount is taken off; null where that is not known */
function discountFindings(
  { percent, amount }: Line['discount'],
  whole: Big | null,
  fields: Readonly<Record<'percent' | 'amount', string>>,
  { currency }: DocumentLines,
): readonly Finding[] {
  if (percent !== null && (percent.lt(0) || percent.gt(100))) {
    return [error(fields.percent, 'A discount must be from 0 to 100 percent.')];
  }
  if (amount === null || whole === null) return [];
  // On a credit note or an advance payment, both are negative.
  const isWrongSide = amount.times(whole).lt(0);
  if (!isWrongSide && amount.abs().lte(whole.abs())) return [];
  const most = amountText(rounded(whole, 2), currency);
  const what = isWrongSide ? 'has the wrong sign' : `is greater than the amount that it is taken off, ${most}`;
  return [
    error(fields.amount, `The discount of ${amountText(amount, currency)} ${what}.`, isWrongSide ? undefined : most),
  ];
}

function documentDiscount(document: DocumentLines): readonly Finding[] {
  const { lines, discountFields } = document;
  const sums = lines.map((line) => {
    const whole = wholeOf(line);
    const { percent } = line.discount;
    return whole === null || percent === null ? whole : whole.minus(percentOf(whole, percent));
  });
  const known = sums.filter((sum) => sum !== null);
  const whole = known.length === sums.length ? known.reduce((total, sum) => total.plus(sum), ZERO) : null;
  const fields = { percent: discountFields.percent ?? 'discount', amount: discountFields.amount ?? 'discount' };
  return discountFindings(document.discount, whole, fields, document);
}

/** Which line it is, not what it bills. */
const PLACE_NAME =
  /^(id|uuid|guid|uid|key|number|pos|position|index|order|rank|row|sort(_\w+)?|line_?(no|number|id|position)|(created|updated|inserted)_(at|on))$/;

/** The same thing billed twice; alike lines of different text or quantity are meant. */
function repeatedLines({ rows, lines, field }: DocumentLines): readonly Finding[] {
  const first = new Map<string, number>();
  return rows.flatMap((row, index): Finding[] => {
    const said = Object.entries(row).filter(([name]) => !PLACE_NAME.test(plainName(name)));
    const key = canonicalJson(Object.fromEntries(said));
    const earlier = first.get(key);
    if (earlier === undefined) first.set(key, index);
    const isBilled = lines[index]?.price?.eq(0) === false;
    if (earlier === undefined || !isBilled) return [];
    return [warning(`${field}[${index}]`, `This line is the same as ${field}[${earlier}]. Is it billed twice?`)];
  });
}
