/** A statement of account: what a customer owed before, the documents and payments of a period, and what is owed then. */
import { daysIn } from '../core/calendar.ts';
import type { JsonObject } from '../core/json.ts';
import { textResult } from '../core/results.ts';
import { count, matchingNames } from '../core/text.ts';
import type { ToolResult } from '../core/tool.ts';
import { deductions, isIssued, isReversal, reversalsNote } from './credit-notes.ts';
import { type Customer, contactNames, isSameName, oneCustomer } from './customers.ts';
import { type DocumentList, type DocumentQuery, readDocuments } from './document-list.ts';
import type { LocalCall } from './local-tool.ts';
import { amountText, type Big, ZERO } from './money.ts';
import { filtersOf, kindOf, type MoneyResource } from './money-resource.ts';
import { unpaidAmount, unreadPayments } from './open-amount.ts';
import { companyTimeZone, refuseReversed } from './record-days.ts';
import { fieldFor } from './record-fields.ts';

/** The last is of what counts as paid, and of which the record says that it was not: it was written off, say. */
const KINDS = ['invoice', 'credit note', 'payment', 'other settlement'] as const;

/** What moved an account. */
interface Movement {
  /** YYYY-MM-DD; null for a payment of which nothing says when it was. */
  readonly day: string | null;
  readonly kind: (typeof KINDS)[number];
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
function movementsOf(
  { reader, rows: all, source }: DocumentList,
  rows: DocumentList['rows'],
  isCredit: boolean,
  notes: string[],
): { readonly movements: readonly Movement[]; readonly isWhole: boolean } {
  const movements: Movement[] = [];
  const unknown = new Set<string>();
  const isCreditNote = (row: DocumentList['rows'][number]) => isCredit || reader.isCredit(row);
  const credits = deductions(source, reader, all.filter(isCreditNote));
  const reversals = reversalsNote({
    ...credits,
    rows: rows.filter((row) => isCreditNote(row) && isIssued(reader, row)),
  });
  if (reversals !== null) notes.push(reversals);
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
    for (const one of payments) movements.push({ ...common, ...one, amount: one.amount.times(-sign) });
  }
  const what = source.resource.replaceAll('_', ' ');
  if (unknown.size > 0)
    notes.push(`Left out: ${what} in a state whose meaning is not known: ${[...unknown].join(', ')}.`);
  if (unread > 0) notes.push(`Left out: ${count(unread, 'record')} of ${what} without a total or a date.`);
  if (unpaid > 0)
    notes.push(
      `Balance may be too high: ${count(unpaid, 'record')} of ${what} with a payment, and nothing says how much was paid.`,
    );
  const isTold = movements.length === 0 || reader.tellsDrafts();
  if (!isTold) notes.push(`Nothing in the records tells drafts of ${what} from the rest: all are in the statement.`);
  return { movements, isWhole: unknown.size + unread + unpaid === 0 && isTold };
}

/**
 * The payments that the record lists, else one for what was paid in all, on its last day of payment.
 * @returns null for a part of which nothing says how much it is
 */
function paymentsOf(
  row: DocumentList['rows'][number],
  { reader, total, isCredit }: Pick<DocumentList, 'reader'> & { readonly total: Big; readonly isCredit: boolean },
): readonly Pick<Movement, 'day' | 'kind' | 'amount'>[] | null {
  const currency = reader.currency(row);
  const listed = reader.payments(row);
  const isListed = listed?.every(({ amount, currency: own }) => amount !== null && (own === null || own === currency));
  const left = unpaidAmount(reader, row);
  const isPaid = reader.role(row) === 'paid';
  const open = isCredit ? (left?.abs() ?? null) : left;
  const last = reader.day('paid', row);
  // Of an open document with a day of payment, nothing else says that it was paid.
  const isSettled = isPaid || (last !== null && reader.role(row) === 'issued');
  const inAll = open === null ? (isSettled ? total : null) : total.minus(open);
  if (isListed !== true && inAll === null)
    return reader.role(row) === 'partly' || unreadPayments(reader, row).length > 0 ? null : [];
  const payments = isListed === true ? (listed ?? []) : [{ day: last, amount: inAll }];
  // What is paid back of a credit note may be as negative as its total.
  const isNegative = isCredit && payments.every(({ amount }) => amount?.gt(0) !== true);
  const paid = payments.map(({ day, amount }) => {
    return { day, amount: (amount ?? ZERO).times(isNegative ? -1 : 1), kind: 'payment' as const };
  });
  const rest = isPaid ? total.minus(sumOf(paid)) : ZERO;
  const other = rest.gt(0) ? [{ day: last, amount: rest, kind: 'other settlement' as const }] : [];
  return [...paid.filter(({ amount }) => !amount.eq(0)), ...other];
}

const MOST_MOVEMENTS = 60;

/** @param unread lists of credit notes that may not be used @throws LucantoError */
export async function customerStatement(
  sources: readonly MoneyResource[],
  unread: readonly string[],
  call: LocalCall,
): Promise<ToolResult> {
  const { from, to, customer: wanted } = call.args;
  refuseReversed(from, to);
  const zone = await companyTimeZone(call);
  const today = daysIn(zone.name)(call.clock());
  const query = { date: 'issue', filters: {}, timeZone: zone.name, asOf: today } as const;
  const { customer, hasNamesake, whyNotAll } = await findCustomer(String(wanted), sources, call);
  const lists: DocumentList[] = [];
  for (const source of sources) lists.push(await readDocuments(source, call, narrowed(query, source, customer)));
  const found = customer ?? oneCustomer(String(wanted), customersOf(lists), whyNotAll);
  const period = { from: typeof from === 'string' ? from : null, to: typeof to === 'string' ? to : today };
  const unreadable = unread.map(
    (resource) => `Not in the statement: ${resource.replaceAll('_', ' ')}, which cannot be read.`,
  );
  const notes = [...new Set([...unreadable, ...lists.flatMap((list) => list.notes)])];
  if (hasNamesake && lists.some(({ reader, rows }) => rows.some((row) => reader.party(row).id === null))) {
    notes.push('Documents that name no id may be those of another customer of the same name.');
  }
  if (whyNotAll !== null && found.id !== String(wanted).trim())
    notes.push(`Not all customers were read (${whyNotAll}): another may match "${String(wanted)}" too.`);
  const parts = lists.map((list) => movementsOf(list, mine(list, found), kindOf(list.source) === 'credit', notes));
  const movements = parts.flatMap((part) => part.movements);
  const stopped = lists.flatMap(({ stopped: why }) => why ?? []);
  const undated = movements.filter(({ day }) => day === null).length;
  const isPast = period.to < today;
  if (undated > 0 && !isPast) notes.push(`${count(undated, 'payment')} without a date: at the end of the movements.`);
  const left = `${count(undated, 'payment')} without a date left out of a statement to a past day: its balances may be too high`;
  const missing = [
    ...(stopped.length === 0 ? [] : [`${stopped.join('; ')}: later documents are missing`]),
    ...(parts.every(({ isWhole }) => isWhole) ? [] : ['not every movement of the account is understood: see notes']),
    ...(undated > 0 && isPast ? [left] : []),
  ];
  return textResult({
    customer: { id: found.id, name: found.name },
    from: period.from,
    to: period.to,
    time_zone: zone.text,
    complete: missing.length === 0,
    incomplete_because: missing.length === 0 ? null : missing.join('; '),
    accounts: accountsOf(movements, period, today, notes, call.context.answer === undefined),
    notes: notes.length === 0 ? null : notes,
  });
}

/** By the list of contacts; null where it has no such customer, or cannot be read: the documents may name one. */
async function findCustomer(
  text: string,
  sources: readonly MoneyResource[],
  call: LocalCall,
): Promise<{ readonly customer: Customer | null; readonly hasNamesake: boolean; readonly whyNotAll: string | null }> {
  const field = sources.map(({ described }) => fieldFor('contactId', [], described)).find((one) => one !== null);
  let whyNotAll: string | null = null;
  const names = await contactNames(field ?? 'contact_id', null, call, undefined, (why) => {
    whyNotAll = why;
  });
  const customers = [...names].map(([id, name]) => ({ id, name }));
  const customer = matchingNames(customers, text).length === 0 ? null : oneCustomer(text, customers);
  const hasNamesake = customers.some(({ id, name }) => id !== customer?.id && isSameName(name, customer?.name ?? null));
  return { customer, hasNamesake, whyNotAll };
}

/** With the list's own filter by customer, where it has one. */
function narrowed(query: DocumentQuery, source: MoneyResource, customer: Customer | null): DocumentQuery {
  const field = fieldFor('contactId', [], source.described);
  const takes = field !== null && filtersOf(source).some(({ arg }) => arg === field);
  return takes && customer?.id != null ? { ...query, filters: { [field]: customer.id } } : query;
}

function customersOf(lists: readonly DocumentList[]): readonly Customer[] {
  const found = new Map(
    lists.flatMap(({ reader, rows }) =>
      rows.map((row) => {
        const { key, id, name } = reader.party(row);
        return [key, { id: id === null ? null : String(id), name }] as const;
      }),
    ),
  );
  return [...found.values()];
}

function mine({ reader, rows }: DocumentList, { id, name }: Customer): DocumentList['rows'] {
  return rows.filter((row) => {
    const party = reader.party(row);
    return party.id === null ? isSameName(party.name, name) : String(party.id) === id;
  });
}

/** One account per currency: its movements lead from the opening to the closing balance. */
function accountsOf(
  movements: readonly Movement[],
  {
    from,
    to,
  }: {
    /** Null for the beginning. */
    readonly from: string | null;
    readonly to: string;
  },
  today: string,
  notes: string[],
  isWhole: boolean,
): JsonObject[] {
  const currencies = [...new Set(movements.map(({ currency }) => currency))];
  return currencies.map((currency) => {
    const text = (amount: Big) => amountText(amount, currency);
    const own = movements.filter((one) => one.currency === currency);
    const before = own.filter(({ day }) => day !== null && from !== null && day < from);
    // What has no date happened until now.
    const inside = own.filter(({ day }) => (day === null ? to >= today : day <= to && (from === null || day >= from)));
    const dated = [...inside].sort((a, b) =>
      (a.day ?? '~') < (b.day ?? '~') ? -1 : (a.day ?? '~') > (b.day ?? '~') ? 1 : 0,
    );
    const opening = sumOf(before);
    let balance = opening;
    const rows = dated.map(({ day, kind, number, amount }) => {
      balance = balance.plus(amount);
      return { date: day, what: kind, number, amount: text(amount), balance: text(balance) };
    });
    const hidden = isWhole ? 0 : rows.length - MOST_MOVEMENTS;
    if (hidden > 0)
      notes.push(`${count(hidden, 'movement')} in ${currency ?? 'no currency'} not shown; give a shorter period.`);
    const sums = Object.fromEntries(
      KINDS.flatMap((kind) => {
        const some = inside.filter((one) => one.kind === kind);
        return some.length === 0 ? [] : [[`${kind.replace(' ', '_')}s`, text(sumOf(some))]];
      }),
    );
    return {
      currency: currency ?? 'not stated',
      opening_balance: text(opening),
      ...sums,
      closing_balance: text(balance),
      ...(balance.lt(0) && {
        in_words: `Credit balance: ${[text(balance.abs()), currency].filter(Boolean).join(' ')} in the customer's favour.`,
      }),
      movements: hidden > 0 ? rows.slice(-MOST_MOVEMENTS) : rows,
    };
  });
}

function sumOf(movements: readonly Pick<Movement, 'amount'>[]): Big {
  return movements.reduce((sum, { amount }) => sum.plus(amount), ZERO);
}
