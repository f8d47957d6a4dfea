/** Credit notes: told from other documents, and set off against them where a call asks for it. */
import { AbortedError } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import { count } from '../core/text.ts';
import { isSameName } from './customers.ts';
import { type DocumentList, type DocumentQuery, readDocuments } from './document-list.ts';
import type { DocumentReader, Party } from './document-reader.ts';
import type { LocalCall } from './local-tool.ts';
import type { Big } from './money.ts';
import { kindOf, type MoneyResource } from './money-resource.ts';
import { openAmount } from './open-amount.ts';

/** Documents of one list with the sign that they count with. */
export interface SignedRows {
  readonly source: MoneyResource;
  readonly reader: DocumentReader;
  readonly rows: readonly JsonObject[];
  /** -1 for credit notes whose amounts the service writes as positive numbers. */
  readonly sign: 1 | -1;
  /** Credit notes among what they are set off against, which an answer counts. */
  readonly isSetOff?: boolean | undefined;
}

/** Credit notes among other documents are totalled separately, never silently deducted. */
export function withoutCreditNotes({ source, reader, rows }: DocumentList) {
  if (kindOf(source) === 'credit') return { documents: rows, credits: [] };
  const isCredit = (row: JsonObject) => reader.isCredit(row);
  return { documents: rows.filter((row) => !isCredit(row)), credits: rows.filter(isCredit) };
}

/** Drafts, cancelled documents and those in a state that is not understood are no turnover. */
export function isIssued(reader: DocumentReader, row: JsonObject): boolean {
  return !['draft', 'cancelled', 'unknown'].includes(reader.role(row));
}

/** Credit notes as deductions, with the sign that most of their list have: of those that count, where there are any. */
export function deductions(source: MoneyResource, reader: DocumentReader, rows: readonly JsonObject[]): SignedRows {
  const issued = rows.filter((row) => isIssued(reader, row));
  const totals = (issued.length > 0 ? issued : rows).flatMap((row) => reader.amount('total', row) ?? []);
  const negative = totals.filter((total) => total.lt(0)).length;
  const positive = totals.filter((total) => total.gt(0)).length;
  return { source, reader, rows, sign: negative > 0 && negative >= positive ? 1 : -1, isSetOff: true };
}

/** A credit note with the other sign takes an earlier one back. */
export function isReversal({ reader, sign }: Omit<SignedRows, 'rows'>, row: JsonObject): boolean {
  return reader.amount('total', row)?.times(sign).gt(0) === true;
}

/**
 * What customers may still deduct, as positive amounts; negative where a credit note takes an earlier one back.
 * @param asOf a day in the past; null for now @returns `unknown`: records of which nothing says what is open
 */
export function openCredits(list: SignedRows, asOf: string | null) {
  const { reader } = list;
  const all = list.rows.map((row) => ({ row, open: openAmount(reader, row, asOf) }));
  const credits = all.flatMap(({ row, open }) => {
    if (open === 'settled' || open === 'unknown') return [];
    const credit = open.amount.abs().times(isReversal(list, row) ? -1 : 1);
    return [{ party: reader.party(row), currency: reader.currency(row), credit }];
  });
  return { credits, unknown: all.flatMap(({ row, open }) => (open === 'unknown' ? [row] : [])) };
}

/** What is said of them; null where all have the sign of their list. */
export function reversalsNote(list: SignedRows): string | null {
  const reversed = list.rows.filter((row) => isReversal(list, row)).length;
  if (reversed === 0) return null;
  return `${reversed} of ${count(list.rows.length, 'credit note')} ${reversed === 1 ? 'has the opposite sign and counts as a reversal' : 'have the opposite sign and count as reversals'}.`;
}

/** What somebody owes. */
export interface Debt {
  readonly party: Party;
  readonly currency: string | null;
  /** The name, else the id. */
  readonly customer: string | null;
}

/**
 * What is still to be deducted from debts, by customer and currency.
 * @param among credit notes among the documents @param lists that hold nothing else @param asOf a day in the past; null for now
 * @returns `isWhole`: every credit note was read and understood @throws LucantoError
 */
export async function creditsAgainst<T extends Debt>(
  debts: readonly T[],
  among: readonly SignedRows[],
  lists: readonly MoneyResource[],
  asOf: string | null,
  call: LocalCall,
  query: DocumentQuery,
): Promise<{ readonly of: readonly { readonly debt: T; readonly amount: Big }[]; readonly isWhole: boolean }> {
  const all = [...among];
  let isWhole = true;
  for (const source of debts.length === 0 ? [] : lists) {
    try {
      const { reader, rows, stopped } = await readDocuments(source, call, query);
      all.push(deductions(source, reader, rows));
      if (stopped !== null) isWhole = false;
    } catch (error) {
      if (error instanceof AbortedError) throw error;
      // What is owed is right without them.
      isWhole = false;
    }
  }
  const of = all.flatMap((list) => {
    const { credits, unknown } = openCredits(list, asOf);
    if (unknown.length > 0 || list.rows.some((row) => list.reader.role(row) === 'unknown')) isWhole = false;
    return credits.flatMap(({ party, currency, credit: amount }) => {
      const hasId = debts.some(({ party: { id } }) => id !== null);
      const isOf = (debt: T) =>
        party.id !== null && hasId ? party.key === debt.party.key : isSameName(party.name, debt.customer);
      if (party.name === null && (party.id === null || !hasId)) isWhole = false;
      const debt = debts.find((one) => one.currency === currency && isOf(one));
      return debt === undefined ? [] : [{ debt, amount }];
    });
  });
  return { of, isWhole };
}
