/** Who owes what: the open documents of one company or of all, with names, days overdue and totals by age. */
import { daysIn } from '../core/calendar.ts';
import { ArgumentsError, LucantoError, noCompany, ProtocolError } from '../core/errors.ts';
import { type JsonObject, stringifyJson } from '../core/json.ts';
import { textResult } from '../core/results.ts';
import { type Company, count, matchingNames } from '../core/text.ts';
import type { ToolResult } from '../core/tool.ts';
import { AgedTable, type OpenDocument, openDocuments, partOnly } from './aged-receivables.ts';
import { creditsAgainst, type Debt, deductions, type SignedRows, withoutCreditNotes } from './credit-notes.ts';
import { partyNames } from './customers.ts';
import { saysOpen } from './document-groups.ts';
import { readDocuments } from './document-list.ts';
import type { DocumentReader } from './document-reader.ts';
import { companiesOf, inCompany, type LocalCall, withEach } from './local-tool.ts';
import { amountText } from './money.ts';
import { kindOf, type MoneyResource } from './money-resource.ts';
import { companyTimeZone } from './record-days.ts';
import { ownId } from './record-fields.ts';

/** Companies that are read side by side. */
const AT_ONCE = 3;
/** Of the rows of all companies; totals count every document. */
const MOST_CHARS_OF_ROWS = 7_000;
const MOST_TOTALS = 40;
const MOST_NAMES = 20;
const MOST_CUSTOMERS = 30;

interface Owed extends Debt {
  readonly document: OpenDocument;
  readonly reader: DocumentReader;
}

interface CompanyReceivables {
  readonly company: Company;
  readonly asOf: string;
  readonly timeZone: string;
  readonly owed: readonly Owed[];
  /** What these customers may still deduct. */
  readonly credit: Awaited<ReturnType<typeof creditsAgainst<Owed>>>;
  /** Names of all customers that owe something, also of those that the call does not ask for. */
  readonly customers: ReadonlySet<string>;
  /** Why something may be missing. */
  readonly stopped: readonly string[];
  readonly notes: readonly string[];
}

/**
 * @param sources documents that customers pay, and credit notes @param isBlind whether there are credit notes that may not be read
 * @throws LucantoError where no company can be read
 */
export async function listReceivables(
  sources: readonly MoneyResource[],
  isBlind: boolean,
  call: LocalCall,
): Promise<ToolResult> {
  const { companies, unlisted } = await companiesOf(sources, call);
  const read: CompanyReceivables[] = [];
  const failed = new Map<Company, LucantoError>();
  await withEach(companies, AT_ONCE, async (company) => {
    try {
      read.push(await receivablesOf(company, sources, call));
    } catch (error) {
      // Wrong arguments are wrong for every company.
      if (!(error instanceof LucantoError) || error instanceof ArgumentsError) throw error;
      failed.set(company, error);
    }
  });
  const [first] = failed.values();
  if (read.length === 0 && first !== undefined) throw first;
  read.sort((a, b) => companies.indexOf(a.company) - companies.indexOf(b.company));
  if (companies.length === 0) throw noCompany();
  const note = creditNote(read, isBlind) ?? unmatched(read, call.args);
  return textResult({ ...answerOf(read, failed, unlisted, call), note });
}

/** That a customer who owes on invoices may owe less, or nothing; null where none does. */
function creditNote(read: readonly CompanyReceivables[], isBlind: boolean): string | null {
  if (!read.some(({ owed }) => owed.length > 0)) return null;
  const names = someOf(read.flatMap(({ credit }) => credit.of.map(({ debt }) => debt.customer ?? 'not stated')));
  const open = names === '' ? '' : ` (customers with open ones: ${names})`;
  if (isBlind) return `Credit notes are not set off${open}. Those in a list of their own may not be read.`;
  const isWhole = read.every(({ credit }) => credit.isWhole);
  if (names === '' && isWhole) return null;
  const unread = isWhole ? '' : ', and not all of them could be read';
  return `Credit notes are not set off${unread}${open}: lucanto_get_statement has the balance of a customer with them.`;
}

function someOf(all: readonly string[]): string {
  const names = [...new Set(all)];
  return `${names.slice(0, MOST_NAMES).join(', ')}${names.length > MOST_NAMES ? ', …' : ''}`;
}

async function receivablesOf(
  company: Company,
  sources: readonly MoneyResource[],
  call: LocalCall,
): Promise<CompanyReceivables> {
  const own = inCompany(call, company);
  const zone = await companyTimeZone(own);
  const today = daysIn(zone.name)(call.clock());
  const asOf = typeof call.args.as_of === 'string' ? call.args.as_of : today;
  const notes: string[] = asOf > today ? ['as_of is in the future: what will be paid until then is not known.'] : [];
  const owed: Owed[] = [];
  const stopped: string[] = [];
  const query = { date: 'issue', filters: {}, timeZone: zone.name, asOf } as const;
  const creditNotes: SignedRows[] = [];
  for (const source of sources) {
    if (kindOf(source) === 'credit') continue;
    const list = await readDocuments(source, own, query);
    const { reader } = list;
    const { documents, credits } = withoutCreditNotes(list);
    if (documents.length > 0 && !reader.hasStates() && !saysOpen(reader)) {
      throw new ProtocolError('open_amounts_unknown', 'Nothing in the records says what is unpaid.', {
        hint: {
          person: 'Look at the list instead; it does not show what is unpaid.',
          model: 'Use the list tool, and tell the user that it does not show what is unpaid.',
        },
      });
    }
    const found = openDocuments(reader, documents, { asOf, isPast: asOf < today });
    const unclear = documents.filter((row) => reader.role(row) === 'unknown').length;
    stopped.push(...(list.stopped === null ? [] : [list.stopped]));
    if (found.unknown.length > 0)
      stopped.push(`what is open of ${count(found.unknown.length, 'document')} is not known`);
    if (found.misdated > 0) stopped.push(`the due date of ${count(found.misdated, 'document')} is not understood`);
    if (documents.length > 0 && !reader.tellsDrafts())
      stopped.push('nothing in the records tells drafts and cancelled documents from the rest');
    notes.push(...list.notes, ...found.notes);
    if (unclear > 0) stopped.push(`the state of ${count(unclear, 'document')} is not understood`);
    if (unclear > 0) notes.push(`Left out: ${count(unclear, 'document')} in a state whose meaning is not known.`);
    creditNotes.push(deductions(source, reader, credits));
    const rows = found.documents.map(({ row }) => row);
    const names = await partyNames(reader, rows, own);
    const isNamed = reader.partyName !== null || reader.partyId === null || names.size > 0;
    if (!isNamed && rows.length > 0) notes.push('Customer names could not be read, so only ids are given.');
    for (const document of found.documents) {
      const party = reader.party(document.row);
      const customer = party.name ?? names.get(String(party.id)) ?? (party.id === null ? null : String(party.id));
      owed.push({ document, reader, party, currency: document.currency, customer });
    }
  }
  const customers = new Set(owed.flatMap(({ customer }) => customer ?? []));
  const wanted = chosen(owed, call.args);
  const lists = sources.filter((source) => kindOf(source) === 'credit');
  const credit = await creditsAgainst(wanted, creditNotes, lists, asOf < today ? asOf : null, own, query);
  return { company, asOf, timeZone: zone.text, owed: wanted, credit, customers, stopped, notes };
}

/** Those of the customer and the age that the call asks for. */
function chosen(owed: readonly Owed[], { customer, min_days_overdue: least }: JsonObject): readonly Owed[] {
  const of = ({ party: { id }, customer: name }: Owed) => ({ id: id === null ? null : String(id), name });
  const wanted = typeof customer === 'string' ? matchingNames(owed.map(of), customer) : null;
  const keys = wanted === null ? null : new Set(wanted.map((one) => JSON.stringify([one.id, one.name])));
  return owed.filter((one) => {
    const { id, name } = of(one);
    const days = one.document.daysOverdue;
    const isOld = least === undefined || (days !== null && days >= Number(least));
    return isOld && (keys === null || keys.has(JSON.stringify([id, name])));
  });
}

/** That no customer who owes something fits, and who does; null where one fits, or none is asked for. */
function unmatched(read: readonly CompanyReceivables[], { customer }: JsonObject): string | null {
  if (typeof customer !== 'string' || read.some(({ owed }) => owed.length > 0)) return null;
  const names = someOf(read.flatMap(({ customers }) => [...customers]));
  return `No customer with such an open document matches "${customer}". Customers with open documents: ${names}.`;
}

function answerOf(
  read: readonly CompanyReceivables[],
  failed: ReadonlyMap<Company, LucantoError>,
  unlisted: readonly string[],
  { args: { as_of: asOf, customer, min_days_overdue }, context }: LocalCall,
): JsonObject {
  const isBounded = context.answer !== undefined;
  const stopped = read.flatMap((one) => one.stopped.map((why) => `${nameOf(one.company)}: ${why}`));
  const unread = [...failed.keys()].map(nameOf);
  const missing = [...unlisted, ...stopped, ...(unread.length > 0 ? [`not read: ${unread.join(', ')}`] : [])];
  const all = new AgedTable();
  for (const { owed } of read) for (const { document } of owed) all.add('', {}, document);
  // A program, or a file, gets every row.
  const shown = isBounded ? rowsWithin(read) : read.map(({ owed }) => owed.length);
  const days = new Set(read.map((one) => one.asOf));
  return {
    as_of: asOf ?? (days.size === 1 ? [...days][0] : undefined),
    complete: missing.length === 0,
    incomplete_because: missing.length === 0 ? null : missing.join('; '),
    only: partOnly({ customer, min_days_overdue }),
    totals: all.rows(MOST_TOTALS),
    customers: perCustomer(read, isBounded ? MOST_CUSTOMERS : Number.POSITIVE_INFINITY, min_days_overdue !== undefined),
    companies: read.map((one, index) => companyAnswer(one, shown[index] ?? 0, read.length > 1, days.size > 1)),
    not_read:
      failed.size === 0
        ? null
        : [...failed].map(([company, error]) => ({ ...labelOf(company), error: error.code, reason: error.message })),
  };
}

/** What each customer owes to all companies together, the largest amount first. */
function perCustomer(read: readonly CompanyReceivables[], max: number, isOfAge: boolean): JsonObject[] | null {
  const table = new AgedTable();
  for (const { company, owed, credit } of read) {
    const parties = new Map<string | null, Set<string>>();
    for (const { customer, party } of owed) parties.set(customer, (parties.get(customer) ?? new Set()).add(party.key));
    const group = ({ customer, party: { key, id } }: Owed) => {
      // Namesakes within one company are different customers.
      const isAlone = parties.get(customer)?.size === 1;
      const label = { customer: customer ?? 'not stated', ...(!isAlone && { contact_id: id }) };
      return [isAlone ? `name ${customer}` : JSON.stringify([company.id, key]), label] as const;
    };
    for (const one of owed) table.add(...group(one), one.document);
    // A part of what is owed has no balance.
    for (const { debt, amount } of isOfAge ? [] : credit.of) table.beside(...group(debt), debt.currency, amount);
  }
  // Short: like a column of an age, overdue is left out where nothing is.
  const rows = table
    .rows(max)
    .map(({ customer, contact_id, others, currency, open, overdue, credit_notes, balance }) => ({
      ...{ customer, contact_id, others, currency, open },
      ...(Number(overdue) > 0 && { overdue }),
      ...{ credit_notes, balance },
    }));
  // Of one customer without credit notes, the totals say the same.
  const isSeveral = new Set(rows.map(({ customer, contact_id: id }) => `${customer} ${id}`)).size > 1;
  return isSeveral || rows.some(({ balance }) => balance !== undefined) ? rows : null;
}

function companyAnswer(
  { company, asOf, timeZone, owed, notes }: CompanyReceivables,
  shown: number,
  isOneOfSeveral: boolean,
  hasOwnDay: boolean,
): JsonObject {
  const totals = new AgedTable();
  for (const { document } of owed) totals.add('', {}, document);
  return {
    ...labelOf(company),
    ...(hasOwnDay && { as_of: asOf }),
    time_zone: timeZone,
    ...(isOneOfSeveral && { totals: totals.rows(MOST_TOTALS) }),
    documents: byAge(owed).slice(0, shown).map(rowOf),
    ...(shown < owed.length && {
      not_shown: owed.length - shown,
      hint: 'The totals count all documents. Narrow the list with customer or min_days_overdue.',
    }),
    notes: notes.length === 0 ? null : notes,
  };
}

function byAge(owed: readonly Owed[]): readonly Owed[] {
  const days = ({ document }: Owed) => document.daysOverdue ?? Number.NEGATIVE_INFINITY;
  return [...owed].sort((a, b) => days(b) - days(a));
}

/** How many rows of each company are shown: as many of each as there is room for. */
function rowsWithin(read: readonly CompanyReceivables[]): readonly number[] {
  const room = MOST_CHARS_OF_ROWS / Math.max(1, read.length);
  return read.map(({ owed }) => {
    let taken = 0;
    return byAge(owed).filter((one) => {
      taken += stringifyJson(rowOf(one)).length;
      return taken <= room;
    }).length;
  });
}

function rowOf({ document, reader, customer }: Owed): JsonObject {
  const { row, due, daysOverdue, amount, currency } = document;
  return {
    ...{ customer, number: reader.number(row), id: ownId(row), issued: reader.day('issued', row), due },
    days_overdue: daysOverdue === null ? null : Math.max(0, daysOverdue),
    amount_due: amountText(amount, currency),
    currency,
  };
}

function labelOf({ id, name }: Company): JsonObject {
  return { ...(id !== '' && { workspace_id: id }), ...(name !== '' && { company: name }) };
}

function nameOf({ id, name }: Company): string {
  return name === '' ? id : name;
}
