/** What a document comes to, where that can be known: from a record as it was read, or from the arguments of a call. */
import { FieldNames, isMadeFrom, plainName } from '../contract/field-names.ts';
import { FIELD_ROLES, type Role } from '../contract/field-roles.ts';
import { isNothing } from '../contract/success.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import type { AnswerField } from '../core/tool.ts';
import { type DocumentLines, linesOf } from '../tools/document-lines.ts';
import { amountAt, type Big, currencyBeside, moneyFieldFor, toBig, ZERO } from '../tools/money.ts';
import { fieldFor, textOfRole, valueAt } from '../tools/record-fields.ts';
import { possibleSums } from '../tools/sums.ts';
import { isRecipientField } from './recipients.ts';

/** The most that it can come to, without its sign, or why that cannot be known: a clause, and what would help. */
export type DocumentTotal =
  | { readonly amount: Big; readonly currency: string }
  | { readonly unknown: string; readonly help: string | null };

const PRICE_EACH = 'Give price, quantity and VAT rate in each line.';

/** @param why a clause */
function unknown(why: string, help: string | null = null): DocumentTotal {
  return { unknown: why, help };
}

export async function totalOfRecord(
  record: JsonObject,
  described: readonly AnswerField[],
  usual: ContentOptions['usual'],
): Promise<DocumentTotal> {
  const field = moneyFieldFor('total', [record], described);
  const named = currencyIn(record, described) ?? currencyBeside(record, field)?.trim().toUpperCase() ?? null;
  const currency = named ?? (await usual());
  if (currency === null) return unknown('the record does not name its currency');
  const total = amountAt(record, field, currency);
  if (total === null) return totalOfContent(record, described, { given: 'nothing', usual });
  const net = amountAt(record, moneyFieldFor('net', [record], described), currency);
  return { amount: largest([total, net ?? ZERO]), currency };
}

interface ContentOptions {
  /** What a caller wrote: a field that is not understood there may be an amount, too. */
  readonly given: 'all' | 'lines' | 'nothing';
  /** Where neither the record nor the call names a currency. */
  readonly usual: () => Promise<string | null>;
}

/** From lines, else from the totals that stand in it. @param described what the tool takes, or the record has */
export async function totalOfContent(
  content: JsonObject,
  described: readonly AnswerField[],
  { given, usual }: ContentOptions,
): Promise<DocumentTotal> {
  const currencies = currenciesIn(content, described);
  if (currencies.length > 1) return unknown(`it names several currencies (${currencies.join(', ')})`);
  const currency = currencies[0] ?? (await usual());
  if (currency === null) return unknown('the currency is not named', 'Name the currency in the call.');
  const document = linesOf(content, described, currency);
  const told = (['total', 'net', 'vat'] as const).map((role) =>
    amountAt(content, moneyFieldFor(role, [content], described), currency),
  );
  const [total, net, vat] = told;
  if (document === null || document.rows.length === 0) {
    const other = given === 'all' ? strangeAmount(content) : null;
    if (other !== null) return unknown(`what ${other} adds is not known`);
    if (total != null) return { amount: largest([total, net ?? ZERO]), currency };
    if (net != null && vat != null) return { amount: largest([net.plus(vat), net]), currency };
    return unknown('it names neither lines nor a total', 'Give the lines with price, quantity and VAT rate.');
  }
  const problem = lineProblem(content, document, described, given);
  if (problem !== null) return problem;
  const sums = [document, ...(document.reverse ? [{ ...document, reverse: false }] : [])].flatMap(possibleSums);
  if (sums.length === 0) return unknown('a line has no price', PRICE_EACH);
  const rounding = amountAt(content, moneyFieldFor('rounding', [content], described), currency)?.abs() ?? ZERO;
  const all = sums.flatMap((one) => [one.total, one.net]);
  return { amount: largest([largest(all).plus(rounding), total ?? ZERO, net ?? ZERO]), currency };
}

function largest(amounts: readonly Big[]): Big {
  return amounts.map((one) => one.abs()).reduce((most, one) => (one.gt(most) ? one : most), ZERO);
}

function currencyIn(record: JsonObject, described: readonly AnswerField[]): string | null {
  return textOfRole('currency', record, described)?.trim().toUpperCase() ?? null;
}

/** Those of the document and of amounts in it. */
function currenciesIn(content: JsonObject, described: readonly AnswerField[]): readonly string[] {
  const found = new Set<string>();
  const own = currencyIn(content, described);
  if (own !== null) found.add(own);
  const search = (value: unknown, depth: number): void => {
    if (Array.isArray(value)) for (const one of value) search(one, depth);
    if (!isJsonObject(value) || depth > 3) return;
    const code = depth === 0 ? null : currencyIn(value, []);
    if (code !== null) found.add(code);
    const money = Object.entries(value).filter(([name]) => isMoneyName(name) || isRoleName('lines', name));
    for (const [, member] of money) search(member, depth + 1);
  };
  search(content, 0);
  return [...found];
}

function lineProblem(
  content: JsonObject,
  document: DocumentLines,
  described: readonly AnswerField[],
  given: ContentOptions['given'],
): DocumentTotal | null {
  const { field, fields, lines, rows, reverse } = document;
  const nested = described.find(({ name }) => name === field)?.fields ?? [];
  const takesQuantity = nested.length === 0 || fieldFor('quantity', [], nested) !== null;
  const all = valueAt(content, field);
  const lists = Object.entries(content).filter(
    ([name, value]) => name !== field && isRoleName('lines', name) && Array.isArray(value) && value.length > 0,
  );
  if (lists.length > 0) return unknown(`it has lines in ${field} and in ${lists[0]?.[0]}`, 'Give the lines once.');
  if (Array.isArray(all) && all.length !== rows.length) return unknown('a line is not an object');
  for (const [index, line] of lines.entries()) {
    const row = rows[index] ?? {};
    const place = `line ${index + 1}`;
    if (line.price === null) return unknown(`${place} has no price`, PRICE_EACH);
    const hasQuantity = fields.quantity !== null && (valueAt(row, fields.quantity) ?? null) !== null;
    if (hasQuantity ? line.quantity === null : takesQuantity) return unknown(`${place} has no quantity`, PRICE_EACH);
    if (line.rate === null && !reverse)
      return unknown(
        `${place} has no VAT rate`,
        'Give price, quantity and VAT rate in each line (0 where there is no VAT).',
      );
    if (isUnclear(line.discount, fields, row)) return unknown(`the discount of ${place} is not understood`);
    if (given === 'nothing') continue;
    const consumed = Object.values(fields).flatMap((path) => (path === null ? [] : [path.split('.')[0] ?? path]));
    const other = Object.entries(row).find(([name, value]) => !consumed.includes(name) && isAmount(name, value));
    if (other !== undefined) return unknown(`what ${other[0]} in ${place} adds is not known`);
  }
  if (isUnclear(document.discount, document.discountFields, content)) return unknown('its discount is not understood');
  const other = given === 'all' ? strangeAmount(content) : null;
  return other === null ? null : unknown(`what ${other} adds is not known`);
}

/** Whether there is a discount, and none that can be read. */
function isUnclear(
  { percent, amount, unclear }: DocumentLines['discount'],
  fields: DocumentLines['discountFields'],
  record: JsonObject,
): boolean {
  const isGiven = (path: string | null) => path !== null && (valueAt(record, path) ?? null) !== null;
  return percent === null && amount === null && unclear === null && [fields.percent, fields.amount].some(isGiven);
}

/** A field of the document that is about money, and has no role in it that is known, or that names what to take more from. */
function strangeAmount(content: JsonObject): string | null {
  const isStrange = ([name, value]: readonly [string, unknown]) =>
    isAmount(name, value) ? !isPartOfTotal(name) : isMadeFrom(plainName(name)) && !isNothing(value);
  return Object.entries(content).find(isStrange)?.[0] ?? null;
}

// biome-ignore format: a table
const MONEY_NAME = /(^|_)(totals?|amounts?|sum|gross|net|price|prices|cost|costs|fees?|charges?|surcharges?|shipping|freight|postage|markup|margin|multiplier|factor|extras?|tips?|deposit|advance|tax|taxes|vat|duty|rounding|quantity|qty|units|count|discounts?|rebate|value|rate)(_|$)/;
const OTHER_RATE = /(^|_)(exchange|currency|conversion|fx)_rate$/;

function isMoneyName(name: string): boolean {
  const plain = plainName(name);
  return MONEY_NAME.test(plain) && !OTHER_RATE.test(plain);
}

function isAmount(name: string, value: unknown): boolean {
  if (!isMoneyName(name)) return holdsAmount(name, value, 0);
  return toBig(value) !== null || isJsonObject(value) || (Array.isArray(value) && value.length > 0);
}

// biome-ignore format: a table
const ADDED_NAME = /(^|_)(totals?|amounts?|sum|gross|net|price|prices|cost|costs|fees?|charges?|surcharges?|shipping|freight|postage|markup|extras?|tips?)(_|$)/;
const OTHERS_MONEY = ['payments', 'paidAmount', 'customer', 'supplier'] as const;
const DEPTH = 3;

/** `delivery: { fee: 9 }`; not what was paid, nor what a record that is only named (by its id) holds. */
function holdsAmount(name: string, value: unknown, depth: number): boolean {
  if (depth > DEPTH || OTHERS_MONEY.some((role) => isRoleName(role, name))) return false;
  if (Array.isArray(value)) return value.some((one) => holdsAmount(name, one, depth + 1));
  if (!isJsonObject(value) || (value.id ?? null) !== null) return false;
  return Object.entries(value).some(([key, member]) => {
    const amount = ADDED_NAME.test(plainName(key)) ? toBig(member) : null;
    return amount === null ? holdsAmount(key, member, depth + 1) : !amount.eq(0);
  });
}

function isRoleName(role: Role, name: string): boolean {
  return new FieldNames([name]).first(FIELD_ROLES[role].names) !== null;
}

// biome-ignore format: a table
const DOCUMENT_ROLES = ['lines', 'total', 'net', 'vat', 'currency', 'rounding', 'discount', 'discountAmount', 'anyDiscount',
  'discountKind', 'reverse', 'inclusive', 'priceKind'] as const;

/** Whether it is understood how a field of the whole document goes into what that comes to. */
export function isPartOfTotal(name: string): boolean {
  return DOCUMENT_ROLES.some((role) => isRoleName(role, name));
}

/** Whether a field, whatever it holds, can change what a document comes to. */
export function decidesTotal(name: string, value: unknown): boolean {
  if (isPartOfTotal(name) || isAmount(name, value)) return true;
  const isOther = isRecipientField(name, {}) || /(^|_)attachments?$/.test(plainName(name));
  return !isOther && Array.isArray(value) && value.some(isJsonObject);
}

export function isLinesName(name: string): boolean {
  return isRoleName('lines', name);
}

/** What the service computes from the rest, and so is not what it was once the rest changes. */
export function withoutTotals(record: JsonObject): JsonObject {
  const computed = ['total', 'net', 'vat', 'open', 'paidAmount'] as const;
  return Object.fromEntries(
    Object.entries(record).filter(([name]) => {
      const isTotals = ['totals', 'amounts'].includes(plainName(name));
      return !isTotals && !computed.some((role) => isRoleName(role, name));
    }),
  );
}

/** Whether fields are those of a document: with a total, or with lines that have a price. */
export function describesDocument(fields: readonly AnswerField[]): boolean {
  const lines = fieldFor('lines', [], fields);
  const nested = fields.find(({ name }) => name === lines)?.fields ?? [];
  const isSold = lines !== null && (nested.length === 0 || moneyFieldFor('price', [], nested) !== null);
  return isSold || (['total', 'net'] as const).some((role) => moneyFieldFor(role, [], fields) !== null);
}
