/** What is still to be paid of one document, now or on a day in the past, as far as its record tells. */
import type { JsonObject } from '../core/json.ts';
import type { DocumentReader } from './document-reader.ts';
import { type Big, baseName, toBig, ZERO } from './money.ts';

export interface OpenAmount {
  readonly amount: Big;
  /** Nothing says what was paid, so that it is the whole total. */
  readonly isWhole: boolean;
}

/** `settled` where nothing is to be paid; `unknown` where something may be, and nothing says how much. */
export type Open = OpenAmount | 'settled' | 'unknown';

/** What is to be paid of a record whatever its state: the amount due, else the total less what was paid; null for neither. */
export function unpaidAmount(reader: DocumentReader, row: JsonObject): Big | null {
  const stated = reader.amount('open', row);
  if (stated !== null) return stated;
  const total = reader.amount('total', row);
  if (total === null) return null;
  const paid = reader.amount('paidAmount', row) ?? paidUntil(reader, row, null);
  if (paid !== null) return total.minus(paid);
  return reader.role(row) === 'paid' ? ZERO : null;
}

/** @param asOf a day in the past; null for now */
export function openAmount(reader: DocumentReader, row: JsonObject, asOf: string | null): Open {
  return asOf === null ? openNow(reader, row) : openOn(reader, row, asOf);
}

function openNow(reader: DocumentReader, row: JsonObject): Open {
  const role = reader.role(row);
  if (role !== 'issued' && role !== 'partly') return 'settled';
  const left = unpaidAmount(reader, row);
  if (left !== null) return left.eq(0) ? 'settled' : { amount: left, isWhole: false };
  if (role === 'partly') return 'unknown';
  // Nothing but the date says that it was paid.
  if (reader.day('paid', row) !== null) return 'settled';
  const total = reader.amount('total', row);
  if (total === null || unreadPayments(reader, row).length > 0) return 'unknown';
  return total.eq(0) ? 'settled' : { amount: total, isWhole: true };
}

const OPEN_WORD = /(^|_)(due|open|pending|outstanding|remain\w*|unpaid|balance|ow(ed|ing)|left|rest)(_|$)/;
const PAID_WORD = /(^|_)(paid|pays|payments?|receiv(ed|able)|settled|collected)(_|$)/;
const NO_AMOUNT =
  /(^|_)(days?|date|terms?|ids?|count|number|no|method|account|reference|symbol|rate|percent\w*|at|on|fee)(_|$)/;

/** Fields that may say what of a record was paid or is open, of which that is not understood. */
export function unreadPayments(reader: DocumentReader, row: JsonObject): readonly string[] {
  const total = reader.amount('total', row)?.abs() ?? ZERO;
  const isRead = unpaidAmount(reader, row) !== null;
  const names = Object.keys(isRead ? {} : row).filter((name) => {
    const amount = toBig(row[name])?.abs() ?? null;
    const { base, isCents } = baseName(name);
    if (amount === null || amount.gt(total.times(isCents ? 100 : 1)) || NO_AMOUNT.test(base)) return false;
    return OPEN_WORD.test(base) || (PAID_WORD.test(base) && !amount.eq(0));
  });
  const hasOddDay = reader.misreadsDay('paid', row);
  const hasPayments = (reader.payments(row) ?? []).length > 0;
  const others = [hasOddDay ? reader.field('paid') : null, hasPayments ? reader.field('payments') : null];
  return [...names, ...others.filter((name) => name !== null)];
}

function openOn(reader: DocumentReader, row: JsonObject, asOf: string): Open {
  const issued = reader.day('issued', row);
  const role = reader.role(row);
  if (role === 'draft' || role === 'answered' || role === 'unknown') return 'settled';
  if (issued === null) return 'unknown';
  if (issued > asOf) return 'settled';
  if (role === 'cancelled') {
    const ended = reader.day('cancelled', row);
    if (ended === null) return 'unknown';
    if (ended <= asOf) return 'settled';
  }
  const total = reader.amount('total', row);
  if (total === null) return 'unknown';
  const open = (amount: Big): Open => (amount.eq(0) ? 'settled' : { amount, isWhole: false });
  const paid = paidUntil(reader, row, asOf);
  if (paid !== null) return open(total.minus(paid));
  const lastPaid = reader.day('paid', row);
  const left = openNow(reader, row);
  if (lastPaid !== null && lastPaid > asOf && left === 'settled') return open(total);
  if (role === 'paid') return lastPaid === null ? 'unknown' : 'settled';
  if (left === 'unknown' || left === 'settled') return lastPaid === null || left === 'unknown' ? 'unknown' : 'settled';
  // Nothing was paid to this day, or all of it before.
  const isUntouched = left.isWhole || left.amount.eq(total);
  return isUntouched || (lastPaid !== null && lastPaid <= asOf) ? left : 'unknown';
}

/**
 * The sum of the payments that a record lists, to a day where one is given.
 * @returns null where it lists none, or one that is not understood: without an amount or a day, or in another currency
 */
function paidUntil(reader: DocumentReader, row: JsonObject, asOf: string | null): Big | null {
  const payments = reader.payments(row);
  if (payments === null) return null;
  const currency = reader.currency(row);
  let sum = ZERO;
  for (const { amount, day, currency: own } of payments) {
    if (amount === null || (own !== null && own !== currency) || (asOf !== null && day === null)) return null;
    if (asOf === null || (day !== null && day <= asOf)) sum = sum.plus(amount);
  }
  return sum;
}
