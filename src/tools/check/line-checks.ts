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
  if (read === null || read.lines.length === 0) {
    const field = read?.field ?? document.field('lines');
    return field === null || document.isPurchase ? [] : [error(field, 'There are no lines.')];
  }
  const names = read.fields;
  return [
    ...read.lines.flatMap((line, index) => {
      const row = read.rows[index] ?? {};
      const at = (path: string | null, usual: string) => `${read.field}[${index}].${path ?? usual}`;
      const spelled = fieldNamed('price', row) ?? 'unit_price';
      const needsRate = isVatPayer && !read.reverse && !line.isRounding;
      const discountFields = { percent: at(names.percent, 'discount'), amount: at(names.amount, 'discount') };
      return [
        ...missingFindings(line, row, at(names.name, 'name'), at(names.quantity, 'quantity'), at(names.price, spelled)),
        ...currencyFindings(row, names.price, document.currency, at(names.price, spelled)),
        ...rateFindings(line.rate, needsRate, at(names.rate, 'vat_rate')),
        ...discountFindings(line.discount, wholeOf(line), discountFields, read),
      ];
    }),
    ...documentDiscount(read),
    ...repeatedLines(read),
  ];
}

/** The field of a role, also where its value cannot be read. */
function fieldNamed(role: 'price' | 'grossPrice', row: JsonObject): string | null {
  const names = new FieldNames(Object.keys(row));
  return FIELD_ROLES[role].names.map((name) => names.find(name)).find((name) => name !== null) ?? null;
}

const NO_QUANTITY = 'There is no quantity, so the service uses its own default.';

function missingFindings(line: Line, row: JsonObject, nameField: string, quantityField: string, priceField: string) {
  const { name, quantity, price } = line;
  // A line that names a product takes its name and price from there.
  const isOfProduct = fieldFor('product', [row], []) !== null;
  const isNamed = name !== null || isOfProduct || textOfRole('lineName', row) !== null;
  // Where lines have prices of two kinds, only those of one are read.
  const isOther = fieldNamed('grossPrice', row) !== null && fieldNamed('price', row) === null;
  const isPriced = price !== null || isOther || isOfProduct;
  return [
    ...(isNamed ? [] : [error(nameField, 'The line does not say what is sold.')]),
    ...(quantity === null ? [warning(quantityField, NO_QUANTITY)] : []),
    ...(quantity?.eq(0) === true ? [warning(quantityField, 'The quantity is 0.')] : []),
    ...(isPriced ? [] : [error(priceField, 'The price is missing or not a number.')]),
  ];
}

/** @param path of the price, which may be in an object with its currency */
function currencyFindings(row: JsonObject, path: string | null, wanted: string | null, field: string): Finding[] {
  const object = path?.includes('.') === true ? path.replace(/\.[^.]*$/, '') : null;
  const own = path === null ? null : currencyBeside(row, { path, isCents: false, object });
  const isOther = own !== null && wanted !== null && own.trim().toUpperCase() !== wanted;
  return isOther ? [error(field, `The price is in ${own}, and the document in ${wanted}.`)] : [];
}

function rateFindings(rate: Big | null, isNeeded: boolean, field: string): readonly Finding[] {
  const missing = 'There is no VAT rate, so the service uses its own default, if it has one.';
  if (rate === null) return isNeeded ? [warning(field, missing)] : [];
  if (rate.lt(0)) return [error(field, 'The VAT rate is negative.')];
  // Corsica has 0.9 percent.
  if (rate.eq(0) || rate.gte(1) || rate.eq('0.9')) return [];
  const percent = rate.times(100).toFixed();
  const message = `The VAT rate is ${rate.toFixed()} percent. For ${percent} percent, write ${percent}.`;
  return [warning(field, message, percent)];
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
  const whole = lines.reduce<Big | null>((sum, line) => {
    const own = wholeOf(line);
    return sum === null || own === null ? null : sum.plus(own).minus(percentOf(own, line.discount.percent ?? ZERO));
  }, ZERO);
  const fields = { percent: discountFields.percent ?? 'discount', amount: discountFields.amount ?? 'discount' };
  return discountFindings(document.discount, whole, fields, document);
}

/** Which line it is, not what it bills. */
const PLACE_NAME =
  /^(id|uuid|guid|uid|key|number|pos|position|index|order|rank|row|sort(_\w+)?|line_?(no|number|id|position)|(created|updated|inserted)_(at|on))$/;

/** The same thing billed twice; alike lines of different text or quantity are meant. */
function repeatedLines({ rows, lines, field }: DocumentLines): readonly Finding[] {
  const said = rows.map((row) =>
    canonicalJson(Object.fromEntries(Object.entries(row).filter(([name]) => !PLACE_NAME.test(plainName(name))))),
  );
  return said.flatMap((text, index) => {
    const earlier = said.indexOf(text);
    if (earlier === index || lines[index]?.price?.eq(0) !== false) return [];
    return [warning(`${field}[${index}]`, `This line is the same as ${field}[${earlier}]. Is it billed twice?`)];
  });
}
