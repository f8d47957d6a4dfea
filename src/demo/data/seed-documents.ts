import { KINDS, withTotals } from '../routes/documents.ts';
import { addDays, day, type Fields } from './fields.ts';
import type { Customer } from './seed-contacts.ts';
import type { DocumentType, Store } from './store.ts';

/** A small deterministic generator (mulberry32): sample data needs no better randomness. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 up to, but without, 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }

  /** An integer from `least` to `most`, both included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  pick<T>(from: readonly [T, ...T[]]): T {
    return from[this.between(0, from.length - 1)] ?? from[0];
  }
}

/** What the demo's firms sell. */
type Good = readonly [name: string, unit: string, price: string, vatRate: string];

const STUDIO: readonly [Good, ...Good[]] = [
  ['Grafický návrh loga', 'hod.', '45.00', '23.0'],
  ['Vývoj webovej stránky', 'hod.', '62.50', '23.0'],
  ['Správa sociálnych sietí', 'mes.', '390.00', '23.0'],
  ['Hosting a údržba', 'mes.', '24.90', '23.0'],
  ['Školenie – účtovníctvo v praxi', 'deň', '480.00', '23.0'],
  ['Občerstvenie na školení', 'os.', '12.35', '19.0'],
  ['Ubytovanie účastníkov', 'noc', '68.40', '5.0'],
  ['Odborná príručka', 'ks', '18.95', '5.0'],
  ['Poštovné a poplatky', 'ks', '3.70', '0.0'],
];

const TRADER: readonly [Good, ...Good[]] = [
  ['Holzspielzeug "Gams"', 'Stk.', '17.99', '20.0'],
  ['Bergkäse, 6 Monate', 'kg', '21.35', '10.0'],
  ['Lodenmantel', 'Stk.', '289.00', '20.0'],
  ['Wanderkarte Salzburg', 'Stk.', '9.90', '10.0'],
];

const QUANTITIES = ['1.0', '1.0', '2.0', '3.0', '4.5', '7.25', '12.0', '0.5'] as const;
const MAX_LINES = 4;

/**
 * @param vatFree customers abroad: VAT is theirs to pay.
 * @param sign -1 for credit notes.
 */
function lines(random: Random, house: 'studio' | 'trader', vatFree: boolean, sign: 1 | -1): Fields[] {
  const goods = house === 'studio' ? STUDIO : TRADER;
  return Array.from({ length: random.between(1, MAX_LINES) }, () => {
    const [name, unit, price, vatRate] = random.pick(goods);
    const quantity = random.pick(QUANTITIES);
    return {
      name,
      description: null,
      quantity: sign === 1 ? quantity : `-${quantity}`,
      unit,
      unit_price: price,
      vat_rate: vatFree ? '0.0' : vatRate,
      discount_percentage: random.next() < 0.15 ? '10.00' : null,
    };
  });
}

/** Invoices and their like over the last fourteen months, oldest first, so that numbers follow dates. */
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
