/** Invoices and their like over the last fourteen months, oldest first, so that numbers follow dates. */
import { KINDS, withTotals } from '../routes/documents.ts';
import { addDays, day, type Fields } from '../store/fields.ts';
import type { DocumentType } from '../store/numbering.ts';
import type { Store } from '../store/store.ts';
import type { Customer } from './contacts.ts';
import { lines } from './goods.ts';
import type { Random } from './random.ts';

const SPAN_DAYS = 424;
/** Above 1, business grows: there is more of late than there was long ago. */
const GROWTH = 1.5;
const FRESH_DAYS = 12;
const PAID_SHARE = 0.82;
const CURRENCIES: Readonly<Record<string, readonly [currency: string, rate: string]>> = {
  cz: ['CZK', '25.1450'],
  pl: ['PLN', '4.2715'],
  us: ['USD', '1.0842'],
};
const HOME_RATE: readonly [string, string] = ['EUR', '1.0000'];

export interface Batch {
  readonly type: DocumentType;
  readonly workspaceId: bigint;
  readonly house: 'studio' | 'trader';
  readonly count: number;
  /** Every other one of the newest is still a draft, this many in all. */
  readonly drafts: number;
  readonly customers: readonly [Customer, ...Customer[]];
  readonly bankAccountId: bigint;
  /** Ids that are not given in order, by position. */
  readonly ids: ReadonlyMap<number, bigint>;
}

interface Moment {
  readonly store: Store;
  readonly random: Random;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

function stateOf(moment: Moment, batch: Batch, index: number, issueDate: string, dueDate: string): Fields {
  const { random, now } = moment;
  if (batch.type === 'quote') return { status: random.next() < 0.4 ? 'accepted' : 'active' };
  const left = batch.count - 1 - index;
  if (left < 2 * batch.drafts && left % 2 === 0) return { status: 'draft' };
  if (batch.type === 'credit_note') return { status: 'exposed' };
  const isFresh = addDays(issueDate, FRESH_DAYS) > day(now);
  const sent = { sent_status: 'sent', email_sent_at: `${issueDate}T09:30:00Z` };
  if (!isFresh && random.next() < PAID_SHARE) {
    const [paidAt = issueDate] = [addDays(dueDate, random.between(-5, 12)), day(now)].sort();
    return { ...sent, status: 'paid', paid_at: paidAt < issueDate ? issueDate : paidAt };
  }
  return random.next() < 0.6 ? { ...sent, status: 'sent' } : { status: 'exposed' };
}

function seedOne(moment: Moment, batch: Batch, index: number): void {
  const { store, random, now } = moment;
  const { type, workspaceId, count } = batch;
  const customer = random.pick(batch.customers);
  const left = (count - 1 - index) / Math.max(1, count - 1);
  const issueDate = addDays(day(now), -Math.round(SPAN_DAYS * left ** GROWTH));
  const dueDate = addDays(issueDate, customer.dueDays);
  const home = batch.house === 'studio' ? 'sk' : 'at';
  const [currency, exchangeRate] = CURRENCIES[customer.country] ?? HOME_RATE;
  const state = stateOf(moment, batch, index, issueDate, dueDate);
  const number = state.status === 'draft' ? null : store.numbering.next(workspaceId, type, issueDate);
  const hasDue = type === 'invoice' || type === 'proforma';
  const fields: Fields = {
    currency,
    number,
    issue_date: issueDate,
    delivery_date: issueDate,
    exchange_rate: exchangeRate,
    included_in_turnover: true,
    discount_percentage: random.next() < 0.08 ? '5.00' : null,
    pdf_language: customer.country === 'sk' || customer.country === 'cz' ? 'sk' : 'en',
    delivery_type: 'email',
    purchaser_id: customer.row.id,
    bank_account_id: batch.bankAccountId,
    items: lines(random, batch.house, customer.country !== home, type === 'credit_note' ? -1 : 1),
    ...(hasDue ? { due_date: dueDate, variable_symbol: number?.replace(/\D/g, '') ?? null } : {}),
    ...(type === 'quote' ? { valid_until: addDays(issueDate, 30) } : {}),
    ...(type === 'credit_note' ? { reverse_charge: false } : {}),
    ...state,
  };
  const at = Math.min(Date.parse(`${issueDate}T08:15:00Z`), now);
  store.insert(KINDS[type].collection, workspaceId, withTotals(fields), at, batch.ids.get(index));
}

export function seedDocuments(moment: Moment, batch: Batch): void {
  for (let index = 0; index < batch.count; index += 1) seedOne(moment, batch, index);
}
