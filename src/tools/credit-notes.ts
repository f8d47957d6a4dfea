/** Credit notes: told from other documents, and set off against them where a call asks for it. */
import type { JsonObject } from '../core/json.ts';
import type { CallContext } from '../core/tool.ts';
import { type DocumentList, type DocumentQuery, readDocuments } from './document-list.ts';
import type { DocumentReader } from './document-reader.ts';
import type { LocalDeps } from './local-tool.ts';
import { kindOf, type MoneyResource } from './money-resource.ts';

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

/** Credit notes as deductions, with the sign that most of their list have. */
export function deductions(source: MoneyResource, reader: DocumentReader, rows: readonly JsonObject[]): SignedRows {
  const totals = rows.map((row) => reader.amount('total', row)).filter((total) => total !== null);
  const negative = totals.filter((total) => total.lt(0)).length;
  const positive = totals.filter((total) => total.gt(0)).length;
  return { source, reader, rows, sign: negative > 0 && negative >= positive ? 1 : -1, isSetOff: true };
}

/** A credit note with the other sign takes an earlier one back. */
export function isReversal({ reader, sign }: Omit<SignedRows, 'rows'>, row: JsonObject): boolean {
  return reader.amount('total', row)?.times(sign).gt(0) === true;
}

/** What is said of them; null where all have the sign of their list. */
export function reversalsNote(list: SignedRows): string | null {
  const reversed = list.rows.filter((row) => isReversal(list, row)).length;
  if (reversed === 0) return null;
  return `${reversed} of ${list.rows.length} credit notes have the opposite sign and count as reversals.`;
}

/**
 * The credit notes of the same period and filters, from the lists that hold nothing else.
 * @param source whose documents they are set off against @throws LucantoError
 */
export async function readCreditNotes(
  source: MoneyResource,
  sources: readonly MoneyResource[],
  deps: LocalDeps,
  { status: _ofOthers, ...query }: DocumentQuery,
  context: CallContext,
): Promise<{
  readonly lists: readonly DocumentList[];
  readonly notes: readonly string[];
}> {
  const kind = kindOf(source);
  if (kind !== 'sale') {
    return { lists: [], notes: kind === 'credit' ? [] : ['Credit notes belong to invoices: nothing was set off.'] };
  }
  const credits = sources.filter((one) => kindOf(one) === 'credit');
  const lists: DocumentList[] = [];
  for (const one of credits) lists.push(await readDocuments(one, deps, query, context));
  const notes = lists.flatMap((list) =>
    list.notes.map((note) => `${list.source.resource.replaceAll('_', ' ')}: ${note}`),
  );
  const none = 'No list of credit notes can be read: only those among the documents were set off.';
  return { lists, notes: credits.length === 0 ? [none] : notes };
}

export function isPositive({ sign }: SignedRows): boolean {
  return sign === -1;
}
