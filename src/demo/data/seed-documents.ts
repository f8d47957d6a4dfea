import { addDays } from '../../core/calendar.ts';
import { type JsonObject, objectIn } from '../../core/json.ts';
import { DOCUMENTS, type DocumentType, type Row, type Store } from './store.ts';
import { day, shareOf, stringOf, toId, totalsOf, withTotals } from './totals.ts';

/** Invoices, quotes and the like of the sample data: over the last fourteen months, oldest first, so that numbers follow dates. */
const SPAN_DAYS = 424;
/** Above 1, business grows: recent months have more documents than early ones. */
const GROWTH = 1.5;
/** What is younger has not been paid yet. */
const FRESH_DAYS = 12;
/** Of the older ones. */
const PAID_SHARE = 0.82;
const MAX_LINES = 4;
const QUANTITIES = ['1.0', '1.0', '2.0', '3.0', '4.5', '7.25', '12.0', '0.5'] as const;
const CURRENCIES: Readonly<Record<string, readonly [currency: string, rate: string]>> = {
  cz: ['CZK', '25.1450'],
  pl: ['PLN', '4.2715'],
  us: ['USD', '1.0842'],
};

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

  pick<T>(from: readonly T[]): T {
    const picked = from[this.between(0, from.length - 1)];
    if (picked === undefined) throw new RangeError('There is nothing to pick from.');
    return picked;
  }
}

/** What the documents of one workspace are made from. */
export interface DocumentBatch {
  readonly store: Store;
  readonly random: Random;
  readonly now: number;
  readonly workspaceId: bigint;
  /** Two letters, lower case: customers elsewhere are billed without VAT. */
  readonly country: string;
  readonly bankAccountId: bigint | null;
  readonly customers: readonly Row[];
  readonly goods: readonly JsonObject[];
}

function linesOf(random: Random, goods: readonly JsonObject[], isVatFree: boolean, isCredit: boolean): JsonObject[] {
  return Array.from({ length: random.between(1, MAX_LINES) }, () => {
    const good = random.pick(goods);
    const quantity = random.pick(QUANTITIES);
    return {
      ...good,
      description: null,
      quantity: isCredit ? `-${quantity}` : quantity,
      vat_rate: isVatFree ? '0.0' : good.vat_rate,
      discount_percentage: random.next() < 0.15 ? '10.00' : null,
    };
  });
}

function chanceState(
  random: Random,
  type: DocumentType,
  issueDate: string,
  dueDate: string,
  today: string,
): JsonObject {
  if (type === 'quote') return { status: random.next() < 0.4 ? 'accepted' : 'active' };
  if (type === 'credit_note') return { status: 'exposed' };
  const sent = { sent_status: 'sent', email_sent_at: `${issueDate}T09:30:00Z` };
  const isFresh = addDays(issueDate, FRESH_DAYS) > today;
  if (!isFresh && random.next() < PAID_SHARE) {
    const [paidAt = issueDate] = [addDays(dueDate, random.between(-5, 12)), today].sort();
    return { ...sent, status: 'paid', paid_at: paidAt < issueDate ? issueDate : paidAt };
  }
  return random.next() < 0.6 ? { ...sent, status: 'sent' } : { status: 'exposed' };
}

function isType(text: unknown): text is DocumentType {
  return typeof text === 'string' && text in DOCUMENTS;
}

/** @param plan `type`, `count`, `drafts` (every other one of the newest), and what is `fixed` instead of left to chance. */
export function seedDocuments(batch: DocumentBatch, plan: JsonObject): void {
  const { store, now, workspaceId } = batch;
  const { type } = plan;
  if (!isType(type)) throw new TypeError(`The sample data has no documents of the type ${String(type)}.`);
  const count = Number(plan.count);
  for (let index = 0; index < count; index += 1) {
    const left = count - 1 - index;
    const age = Math.round(SPAN_DAYS * (left / Math.max(1, count - 1)) ** GROWTH);
    const isDraft = left < 2 * Number(plan.drafts ?? 0) && left % 2 === 0;
    const { id, ...fixed } = objectIn(objectIn(plan.fixed)[index]);
    const document = fixedFields(batch, chanceFields(batch, type, addDays(day(now), -age), isDraft), fixed);
    const at = Math.min(Date.parse(`${stringOf(document, 'issue_date')}T08:15:00Z`), now);
    store.insert(DOCUMENTS[type].collection, workspaceId, withTotals(document), at, toId(id));
  }
}

function chanceFields(batch: DocumentBatch, type: DocumentType, issueDate: string, isDraft: boolean): JsonObject {
  const { store, random, now, workspaceId } = batch;
  const customer = random.pick(batch.customers);
  const country = stringOf(objectIn(objectIn(customer.fields.legal_identity).address), 'country_alpha2') ?? '';
  const dueDate = addDays(issueDate, Number(customer.fields.due_days));
  const [currency, exchangeRate] = CURRENCIES[country] ?? ['EUR', '1.0000'];
  const state = isDraft ? { status: 'draft' } : chanceState(random, type, issueDate, dueDate, day(now));
  const number = isDraft ? null : store.nextNumber(workspaceId, type, issueDate);
  return {
    currency,
    number,
    issue_date: issueDate,
    delivery_date: issueDate,
    exchange_rate: exchangeRate,
    included_in_turnover: true,
    discount_percentage: random.next() < 0.08 ? '5.00' : null,
    pdf_language: country === 'sk' || country === 'cz' ? 'sk' : 'en',
    delivery_type: 'email',
    purchaser_id: customer.id,
    bank_account_id: batch.bankAccountId,
    items: linesOf(random, batch.goods, country !== batch.country, type === 'credit_note'),
    ...(type === 'invoice' || type === 'proforma'
      ? { due_date: dueDate, variable_symbol: number?.replace(/\D/g, '') ?? null }
      : {}),
    ...(type === 'quote' ? { valid_until: addDays(issueDate, 30) } : {}),
    ...(type === 'credit_note' ? { reverse_charge: false } : {}),
    ...state,
  };
}

/** What a quote says that an invoice for it repeats. */
const AGREED = ['purchaser_id', 'currency', 'exchange_rate', 'discount_percentage', 'pdf_language', 'items'];

/** `paid_share` is what was paid in part, `billed_quote` the position of the quote that the invoice bills. */
function fixedFields({ store, workspaceId }: DocumentBatch, chance: JsonObject, fixed: JsonObject): JsonObject {
  const { paid_share, billed_quote, ...given } = fixed;
  const document = { ...chance, ...given };
  const quote = store.list('quotes', workspaceId).reverse()[Number(billed_quote)]?.fields;
  if (quote !== undefined) {
    for (const name of AGREED) document[name] = quote[name];
    document.text_opening = `${stringOf(document, 'text_opening') ?? ''} ${stringOf(quote, 'number') ?? ''}.`;
  }
  if (typeof paid_share === 'string') document.amount_paid = shareOf(totalsOf(document).total, paid_share);
  return document;
}
