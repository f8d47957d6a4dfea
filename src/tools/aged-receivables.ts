/** Aged receivables as bookkeepers know them: what is open, by how long it is overdue, per currency or per customer. */
import { daysBetween } from '../core/calendar.ts';
import type { JsonObject } from '../core/json.ts';
import { count } from '../core/text.ts';
import { openCredits, type SignedRows } from './credit-notes.ts';
import { partyLabel, saysOpen, Tally } from './document-groups.ts';
import type { DocumentReader } from './document-reader.ts';
import { amountText, type Big, ZERO } from './money.ts';
import { type OpenAmount, openAmount, unreadPayments } from './open-amount.ts';

/** Days overdue, up to the last of each column. */
const AGES = [
  { name: 'current', last: 0 },
  { name: '1-30', last: 30 },
  { name: '31-60', last: 60 },
  { name: '61-90', last: 90 },
  { name: 'over 90', last: Number.POSITIVE_INFINITY },
] as const;
const UNDATED = 'no due date';
const CREDIT = 'credit notes';
const BESIDE = 'credit_notes';
const COLUMNS = [...AGES.map(({ name }) => name), UNDATED, CREDIT] as const;

export interface OpenDocument {
  readonly row: JsonObject;
  readonly currency: string | null;
  readonly amount: Big;
  readonly due: string | null;
  /** Negative before the due date; null without one. */
  readonly daysOverdue: number | null;
}

/**
 * The documents of which something is to be paid.
 * @param asOf the day that their age is counted to @param isPast whether what was open on that day is wanted, not now
 */
export function openDocuments(
  reader: DocumentReader,
  rows: readonly JsonObject[],
  { asOf, isPast }: { readonly asOf: string; readonly isPast: boolean },
): {
  readonly documents: readonly OpenDocument[];
  readonly notes: readonly string[];
  /** Records of which nothing says what is open. */
  readonly unknown: readonly JsonObject[];
  /** How many have a due date that is not understood. */
  readonly misdated: number;
} {
  const documents: OpenDocument[] = [];
  const unknown: JsonObject[] = [];
  const whole: OpenAmount[] = [];
  let overpaid = 0;
  for (const row of rows) {
    const open = openAmount(reader, row, isPast ? asOf : null);
    if (open === 'settled') continue;
    if (open === 'unknown') {
      unknown.push(row);
      continue;
    }
    if (open.amount.lt(0)) {
      overpaid += 1;
      continue;
    }
    if (open.isWhole) whole.push(open);
    const due = reader.day('due', row);
    const daysOverdue = due === null ? null : daysBetween(due, asOf);
    documents.push({ row, currency: reader.currency(row), amount: open.amount, due, daysOverdue });
  }
  const misdated = documents.filter(({ row }) => reader.misreadsDay('due', row)).length;
  const on = isPast ? ` on ${asOf}` : '';
  const unread = new Set(unknown.flatMap((row) => unreadPayments(reader, row)));
  const why = unread.size === 0 ? '' : ` (not understood: ${[...unread].join(', ')})`;
  const notes = [
    ...(whole.length > 0
      ? [`The whole total of ${count(whole.length, 'document')} counts as open: the records do not say what was paid.`]
      : []),
    ...(unknown.length > 0
      ? [
          `Not in receivables: ${count(unknown.length, 'document')} of which the records do not say what was open${on}${why}.`,
        ]
      : []),
    ...(misdated > 0
      ? [`Not known whether overdue: ${count(misdated, 'document')} with a due date that is not understood.`]
      : []),
    ...(overpaid > 0
      ? [`Not in receivables: ${count(overpaid, 'document')} with a negative open amount (overpaid, or a credit).`]
      : []),
  ];
  return { documents, notes, unknown, misdated };
}

/** Rows per currency, or per group and currency: a column for each age, then what is overdue and what is open. */
export class AgedTable {
  readonly #tally = new Tally();

  add(key: string, label: JsonObject, { currency, amount, daysOverdue }: OpenDocument): void {
    const age = AGES.find(({ last }) => daysOverdue !== null && daysOverdue <= last);
    this.#tally.add(key, label, { currency, amounts: { [age?.name ?? UNDATED]: amount } });
  }

  /** A credit that is set off: in a column of its own, since nothing says which document it belongs to. */
  setOff(key: string, label: JsonObject, currency: string | null, credit: Big): void {
    this.#tally.add(key, label, { currency, amounts: { [CREDIT]: credit.times(-1) } }, 0);
  }

  /** A credit that is not set off: the row says what it is, and what would be left. */
  beside(key: string, label: JsonObject, currency: string | null, credit: Big): void {
    this.#tally.add(key, label, { currency, amounts: { [BESIDE]: credit.times(-1) } }, 0);
  }

  /** The largest open amount first. Rows beyond `max` share one per currency, so that the columns still add up. */
  rows(max: number): readonly JsonObject[] {
    const groups = this.#tally.groups((a, b) => openOf(b.totals).cmp(openOf(a.totals)), max);
    return groups.map(({ label, currency, count: documents, totals }) => {
      const text = (amount: Big) => amountText(amount, currency);
      // Columns without an amount are left out.
      const amounts = COLUMNS.flatMap((name) => {
        const amount = totals.get(name) ?? ZERO;
        return amount.eq(0) ? [] : [[name, text(amount)] as const];
      });
      const overdue = AGES.slice(1).reduce((sum, { name }) => sum.plus(totals.get(name) ?? ZERO), ZERO);
      const [open, beside] = [openOf(totals), totals.get(BESIDE)];
      return {
        ...label,
        currency: currency ?? 'not stated',
        count: documents,
        ...Object.fromEntries(amounts),
        overdue: text(overdue),
        open: text(open),
        ...(beside !== undefined && { [BESIDE]: text(beside), balance: text(open.plus(beside)) }),
      };
    });
  }
}

function openOf(columns: ReadonlyMap<string, Big>): Big {
  return COLUMNS.reduce((sum, name) => sum.plus(columns.get(name) ?? ZERO), ZERO);
}

/** That amounts are of a part of the documents, and which arguments chose it; null where all are counted. */
export function partOnly(chosenBy: JsonObject): string | null {
  const names = Object.keys(chosenBy).filter((name) => chosenBy[name] !== undefined);
  return names.length === 0 ? null : `documents chosen by ${names.join(', ')}; others may be open`;
}

/** What is open, per currency and, where names are given, per customer; null where the records do not tell. */
export function agedAmounts(
  reader: DocumentReader,
  rows: readonly JsonObject[],
  {
    asOf,
    today,
    names,
    setOff,
    only,
    most,
  }: {
    readonly asOf: string;
    readonly today: string;
    /** Names by the ids of customers, for a row per customer; null where none are wanted. */
    readonly names: ReadonlyMap<string, string> | null;
    /** Credit notes to set off. */
    readonly setOff: readonly SignedRows[];
    /** Which part of the documents these are; null for all. */
    readonly only: string | null;
    /** Rows to show. */
    readonly most: number;
  },
  notes: string[],
): JsonObject | null {
  if (rows.length === 0) return null;
  if (!reader.hasStates() && !saysOpen(reader)) {
    notes.push('What is open is not known: nothing in the records says what is unpaid.');
    return null;
  }
  if (asOf > today) notes.push(`as_of (${asOf}) is in the future: what will be paid until then is not known.`);
  const isPast = asOf < today;
  const found = openDocuments(reader, rows, { asOf, isPast });
  notes.push(...found.notes);
  const totals = new AgedTable();
  const perContact = new AgedTable();
  for (const document of found.documents) {
    totals.add('', {}, document);
    if (names === null) continue;
    const party = reader.party(document.row);
    perContact.add(party.key, partyLabel(party, names), document);
  }
  for (const list of setOff) {
    const { credits, unknown } = openCredits(list, isPast ? asOf : null);
    for (const row of unknown) {
      notes.push(`Not set off: credit note ${list.reader.number(row) ?? ''}, of which nothing says what is open.`);
    }
    for (const { party, currency, credit } of credits) {
      totals.setOff('', {}, currency, credit);
      if (names === null) continue;
      perContact.setOff(party.key, partyLabel(party, names), currency, credit);
    }
  }
  return {
    as_of: asOf,
    ...(only !== null && { only }),
    by_currency: totals.rows(most),
    ...(names !== null && { by_contact: perContact.rows(most) }),
  };
}
