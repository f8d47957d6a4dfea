/** What moved a customer's account: documents, credit notes and payments, as far as the records tell. */
import { count } from '../core/text.ts';
import { deductions, isReversal, reversalsNote } from './credit-notes.ts';
import type { DocumentList } from './document-list.ts';
import type { Big } from './money.ts';
import { unpaidAmount } from './open-amount.ts';

export interface Movement {
  /** YYYY-MM-DD; null for a payment of which nothing says when it was. */
  readonly day: string | null;
  readonly kind: 'invoice' | 'credit note' | 'payment';
  /** Of the document. */
  readonly number: string | null;
  readonly currency: string | null;
  /** What the customer owes more; negative for credit notes and payments. */
  readonly amount: Big;
}

/**
 * @param rows of one customer @param isCredit whether the list holds credit notes only @param notes what is left out, and why
 * @returns `isWhole`: all that these documents moved is known
 */
export function movementsOf(
  { reader, rows: all, source }: DocumentList,
  rows: DocumentList['rows'],
  isCredit: boolean,
  notes: string[],
): { readonly movements: readonly Movement[]; readonly isWhole: boolean } {
  const movements: Movement[] = [];
  const unknown = new Set<string>();
  const isCreditNote = (row: DocumentList['rows'][number]) => isCredit || reader.isCredit(row);
  const credits = deductions(source, reader, all.filter(isCreditNote));
  const reversals = reversalsNote({ ...credits, rows: rows.filter(isCreditNote) });
  if (reversals !== null) notes.push(reversals);
  let undated = 0;
  let unread = 0;
  let unpaid = 0;
  for (const row of rows) {
    const role = reader.role(row);
    if (role === 'draft' || role === 'cancelled') continue;
    if (role === 'unknown') {
      unknown.add(reader.state(row) ?? 'not stated');
      continue;
    }
    const total = reader.amount('total', row);
    const day = reader.day('issued', row);
    if (total === null || day === null) {
      unread += 1;
      continue;
    }
    const common = { number: reader.number(row), currency: reader.currency(row) };
    const isOwnCredit = isCreditNote(row);
    const sign = isOwnCredit && !isReversal(credits, row) ? -1 : 1;
    movements.push({
      ...common,
      day,
      kind: isOwnCredit ? 'credit note' : 'invoice',
      amount: isOwnCredit ? total.abs().times(sign) : total,
    });
    const payments = paymentsOf(row, { reader, total: isOwnCredit ? total.abs() : total, isCredit: isOwnCredit });
    if (payments === null) {
      unpaid += 1;
      continue;
    }
    undated += payments.filter((one) => one.day === null).length;
    for (const one of payments)
      movements.push({ ...common, day: one.day, kind: 'payment', amount: one.amount.times(-sign) });
  }
  const what = source.resource.replaceAll('_', ' ');
  if (unknown.size > 0)
    notes.push(`Left out: ${what} in a state whose meaning is not known: ${[...unknown].join(', ')}.`);
  if (unread > 0) notes.push(`Left out: ${count(unread, 'record')} of ${what} without a total or a date.`);
  if (unpaid > 0)
    notes.push(`Balance too high: ${count(unpaid, 'record')} of ${what} partly paid, and nothing says how much.`);
  if (undated > 0) notes.push(`${count(undated, 'payment')} of ${what} without a date: at the end of the movements.`);
  return { movements, isWhole: unknown.size + unread + unpaid === 0 };
}

/**
 * The payments that the record lists, else one for what was paid in all, on its last day of payment.
 * @returns null for a part of which nothing says how much it is
 */
function paymentsOf(
  row: DocumentList['rows'][number],
  {
    reader,
    total,
    isCredit,
  }: { readonly reader: DocumentList['reader']; readonly total: Big; readonly isCredit: boolean },
):
  | readonly {
      readonly day: string | null;
      readonly amount: Big;
    }[]
  | null {
  const currency = reader.currency(row);
  const listed = reader.payments(row);
  if (listed?.every(({ amount, currency: own }) => amount !== null && (own === null || own === currency)) === true) {
    return listed.flatMap(({ amount, day }) => (amount === null ? [] : [{ amount, day }]));
  }
  const left = unpaidAmount(reader, row);
  const open = isCredit ? (left?.abs() ?? null) : left;
  const isPaid = reader.role(row) === 'paid';
  const amount = isPaid ? total : open === null ? null : total.minus(open);
  if (amount === null) return reader.role(row) === 'partly' ? null : [];
  if (amount.eq(0)) return [];
  return [{ amount, day: reader.day('paid', row) }];
}
