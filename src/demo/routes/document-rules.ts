import Big from 'big.js';
import { type Fields, filled, listOf, textOf, toId } from '../data/fields.ts';
import type { Collection } from '../data/store.ts';
import type { Line } from '../data/totals.ts';
import { invalid } from '../http/demo-request.ts';
import type { Call } from './collection.ts';

/** What a document must fulfil beyond its schema. */
const CURRENCIES = new Set(Intl.supportedValuesOf('currency'));

export function linesOf(fields: Fields): Line[] {
  return listOf(fields, 'items').map((item) => ({
    quantity: textOf(item, 'quantity') ?? '1.0',
    unit_price: textOf(item, 'unit_price') ?? '0.00',
    vat_rate: textOf(item, 'vat_rate') ?? '0.0',
    discount_percentage: textOf(item, 'discount_percentage'),
  }));
}

export function currencyErrors(fields: Fields): string[] {
  const currency = textOf(fields, 'currency') ?? '';
  return CURRENCIES.has(currency) ? [] : [`currency ${currency} is not an ISO 4217 code`];
}

function percentErrors(name: string, value: string | null): string[] {
  if (value === null) return [];
  const percent = new Big(value);
  return percent.lt(0) || percent.gt(100) ? [`${name} must be from 0 to 100`] : [];
}

/** Of what is written now: a contact that was deleted later is no error. */
function referenceErrors(call: Call, name: string, collection: Collection): string[] {
  const value = call.body[name] ?? null;
  if (value === null) return [];
  const id = toId(value);
  const found = id !== null && call.store.find(collection, call.workspace.id, id) !== undefined;
  return found ? [] : [`${name} does not exist in this workspace`];
}

function itemErrors(item: Fields, index: number): string[] {
  const at = `items[${index}]`;
  return [
    ...(filled(item, 'name') === null ? [`${at}.name can't be blank`] : []),
    ...(textOf(item, 'unit_price') === null ? [`${at}.unit_price can't be blank`] : []),
    ...percentErrors(`${at}.vat_rate`, textOf(item, 'vat_rate')),
    ...percentErrors(`${at}.discount_percentage`, textOf(item, 'discount_percentage')),
  ];
}

function dateErrors(fields: Fields, name: string): string[] {
  const issued = textOf(fields, 'issue_date');
  const date = textOf(fields, name);
  return issued !== null && date !== null && date < issued ? [`${name} must not be before issue_date`] : [];
}

/** @throws Refusal 422 with every message at once. */
export function checkDocument(call: Call, fields: Fields): void {
  const errors = [
    ...currencyErrors(fields),
    ...percentErrors('discount_percentage', textOf(fields, 'discount_percentage')),
    ...referenceErrors(call, 'purchaser_id', 'contacts'),
    ...referenceErrors(call, 'bank_account_id', 'bank_accounts'),
    ...dateErrors(fields, 'due_date'),
    ...dateErrors(fields, 'valid_until'),
    ...listOf(fields, 'items').flatMap(itemErrors),
  ];
  if (errors.length > 0) throw invalid(errors);
}

/** @throws Refusal 422 where a draft is not ready to become a document. */
export function checkComplete(fields: Fields): void {
  const errors = [
    ...(toId(fields.purchaser_id) === null ? ["purchaser_id can't be blank"] : []),
    ...(listOf(fields, 'items').length === 0 ? ['items must have at least one line'] : []),
  ];
  if (errors.length > 0) throw invalid(errors);
}
