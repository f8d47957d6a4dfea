/** One summary: all documents of a kind are read, put into groups and totalled, and what is open is aged. */
import { daysIn } from '../core/calendar.ts';
import type { JsonObject } from '../core/json.ts';
import { textResult } from '../core/results.ts';
import { count, groupedBy } from '../core/text.ts';
import type { ToolResult } from '../core/tool.ts';
import { agedAmounts, partOnly } from './aged-receivables.ts';
import { deductions, reversalsNote, type SignedRows, withoutCreditNotes } from './credit-notes.ts';
import { partyNames } from './customers.ts';
import { documentTotals, groupsOf, MAX_GROUPS } from './document-groups.ts';
import { type DocumentList, type DocumentQuery, readDocuments } from './document-list.ts';
import { AMOUNTS, type DocumentReader } from './document-reader.ts';
import { type LocalCall, readRecord, sourceOfType, withEach } from './local-tool.ts';
import { GROUPS, SUMMARY_ARGUMENTS } from './local-tools.ts';
import { currencyBeside, isInCents } from './money.ts';
import { type DocumentKind, kindOf, type MoneyResource, PERIOD_DATES, type PeriodDate } from './money-resource.ts';
import { companyTimeZone, refuseReversed } from './record-days.ts';
import { fieldFor, ownId, valueAt } from './record-fields.ts';

const MOST = 100;
const AT_ONCE = 4;
/** Time for the sums and the answer. */
const RESERVE_MS = 2_000;

/** The rows with what their records add: the lines that tell VAT rates, read one by one as far as there is time. */
async function withDetails(list: SignedRows, call: LocalCall, notes: string[]): Promise<SignedRows> {
  const { get } = list.source;
  const bare = list.rows.flatMap((row, index) => (saysRates(row) ? [] : [index])).slice(0, MOST);
  if (get === undefined || bare.length === 0) return list;
  const rows = [...list.rows];
  let read = 0;
  let slowest = 0;
  await withEach(bare, AT_ONCE, async (index) => {
    const row = rows[index] ?? {};
    const started = call.clock();
    if (call.context.deadline - started < slowest * 2 + RESERVE_MS) return;
    try {
      const record = await readRecord(call, get, { id: ownId(row) });
      rows[index] = { ...record, ...row };
      read += 1;
    } catch {
      // It is counted among those whose rates are not known.
    }
    slowest = Math.max(slowest, call.clock() - started);
  });
  if (read > 0) notes.push(`The list has no VAT rates: ${count(read, 'record')} read one by one for their lines.`);
  return { ...list, rows };
}

function saysRates(row: JsonObject): boolean {
  return (['lines', 'vatBreakdown'] as const).some((role) => {
    const field = fieldFor(role, [row], []);
    return field !== null && Array.isArray(valueAt(row, field));
  });
}

const MAX_STATES = 20;
const MAX_AGED = 40;
const EVERY = Number.POSITIVE_INFINITY;
/** How what is still to be paid is called; offers and credit notes are not paid. */
const OPEN_NAMES: Readonly<Record<DocumentKind, string | null>> = {
  sale: 'receivables',
  purchase: 'payables',
  proforma: 'unpaid',
  credit: null,
  offer: null,
};

export async function summarizeDocuments(sources: readonly MoneyResource[], call: LocalCall): Promise<ToolResult> {
  const source = sourceOfType(sources, call.args, 'has totals');
  const zone = await companyTimeZone(call);
  const today = daysIn(zone.name)(call.clock());
  const query = queryOf(call.args, zone.name, today);
  const list = await readDocuments(source, call, query);
  const { reader } = list;
  const isNet = call.args.net_of_credit_notes === true;
  const others = isNet ? await readCreditNotes(source, sources, call, query) : { lists: [], notes: [] };
  const notes = [...list.notes, ...others.notes];

  const wantsStates = query.status !== undefined;
  const { documents: all, credits } = withoutCreditNotes(list);
  const { counted, apart } = byState(all, reader, wantsStates);
  const plain: SignedRows = { source, reader, rows: counted, sign: 1 };
  const creditLists = [
    { source, reader, ...byState(credits, reader, wantsStates) },
    ...others.lists.map((one) => ({ source: one.source, reader: one.reader, ...byState(one.rows, one.reader, false) })),
  ];
  const setOff = creditLists
    .map((one) => deductions(one.source, one.reader, one.counted))
    .filter(({ rows }) => rows.length > 0);
  const unissued = creditLists.flatMap((one) => one.apart.map(([name, rows]) => ({ ...one, name, rows })));
  notes.push(...creditNotesNotes(source, plain, setOff, isNet));
  if (list.rows.length > 0 && !reader.tellsDrafts())
    notes.push('Nothing in the rows tells drafts and cancelled documents from the rest: all are counted.');
  const kind = kindOf(source);
  if (!isNet && kind === 'sale' && sources.some((one) => kindOf(one) === 'credit')) {
    notes.push('Credit notes in their own list are not set off. To set them off, pass net_of_credit_notes: true.');
  }

  const hasOpen = kind !== 'offer';
  const group = GROUPS.find((one) => one === call.args.group_by);
  const names = group === 'contact' ? await partyNames(reader, counted, call) : new Map<string, string>();
  const grouped = [group === 'status' ? { ...plain, rows: all } : plain, ...(isNet ? setOff : [])];
  if (group === 'vat_rate') {
    for (const [index, one] of grouped.entries()) grouped[index] = await withDetails(one, call, notes);
  }
  const isUnpaid = wantsStates && counted.every((row) => ['issued', 'partly'].includes(reader.role(row)));
  // A program, or a file, gets every row.
  const [most, mostAged] = call.context.answer === undefined ? [EVERY, EVERY] : [MAX_GROUPS, MAX_AGED];
  const groups = group && groupsOf(grouped, { group, date: query.date, hasOpen, isUnpaid, names, most }, notes);
  // What is owed has no rates.
  const openName = group === 'vat_rate' ? null : OPEN_NAMES[kind];
  const aging = {
    ...{ asOf: query.asOf, today, names: group === 'contact' ? names : null, setOff: isNet ? setOff : [] },
    most: mostAged,
    only: partOnly({ from: query.from, to: query.to, status: query.status, ...query.filters }),
  };
  // What was cancelled since may have been open then.
  const open =
    openName === null ? {} : { [openName]: agedAmounts(reader, query.asOf < today ? all : counted, aging, notes) };
  const why = incompleteness([list, ...others.lists], [plain, ...setOff]);
  return textResult({
    type: source.type,
    period: periodOf(query, reader),
    time_zone: zone.text,
    complete: why === null,
    covered: { rows: list.read, pages: list.pages, counted: list.rows.length },
    incomplete_because: why,
    totals: documentTotals([plain], hasOpen),
    not_in_totals: apart.length === 0 ? null : totalsApart(apart, plain),
    credit_notes:
      setOff.length === 0
        ? null
        : documentTotals(
            setOff.map((one) => ({ ...one, sign: 1, isSetOff: false })),
            false,
          ),
    credit_notes_not_in_totals: unissued.length === 0 ? null : creditNotesApart(unissued),
    net_of_credit_notes: isNet ? documentTotals([plain, ...setOff], false) : null,
    ...(group !== undefined && { group_by: group, groups }),
    ...open,
    fields: usedFields(reader),
    notes: notes.length === 0 ? null : notes,
  });
}

/**
 * The credit notes of the same period and filters, from the lists that hold nothing else.
 * @param source whose documents they are set off against @throws LucantoError
 */
async function readCreditNotes(
  source: MoneyResource,
  sources: readonly MoneyResource[],
  call: LocalCall,
  { status: _ofOthers, ...query }: DocumentQuery,
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
  for (const one of credits) lists.push(await readDocuments(one, call, query));
  const notes = lists.flatMap((list) =>
    list.notes.map((note) => `${list.source.resource.replaceAll('_', ' ')}: ${note}`),
  );
  const none = 'No list of credit notes can be read: only those among the documents were set off.';
  return { lists, notes: credits.length === 0 ? [none] : notes };
}

function queryOf(args: JsonObject, timeZone: string, today: string): DocumentQuery {
  const { from, to, status, as_of: asOf } = args;
  refuseReversed(from, to);
  const own = new Set<string>(SUMMARY_ARGUMENTS);
  return {
    ...(typeof from === 'string' && { from }),
    ...(typeof to === 'string' && { to }),
    ...(status !== undefined && { status }),
    date: isPeriodDate(args.date) ? args.date : 'issue',
    filters: Object.fromEntries(Object.entries(args).filter(([name]) => !own.has(name))),
    isWhole: args.group_by === 'vat_rate',
    timeZone,
    asOf: typeof asOf === 'string' ? asOf : today,
  };
}

function isPeriodDate(value: unknown): value is PeriodDate {
  return typeof value === 'string' && Object.hasOwn(PERIOD_DATES, value);
}

function periodOf({ from, to, date }: DocumentQuery, reader: DocumentReader): JsonObject | null {
  return from === undefined && to === undefined ? null : { from, to, by: reader.field(PERIOD_DATES[date]) };
}

/**
 * Drafts, cancelled documents and those in a state whose meaning is not known are neither turnover nor receivables. They
 * are totalled apart, unless the call asks for a state.
 */
function byState(rows: readonly JsonObject[], reader: DocumentReader, wantsStates: boolean) {
  const groups = groupedBy(rows, (row) => {
    const role = wantsStates ? 'issued' : reader.role(row);
    if (role === 'unknown') return `state ${reader.state(row) ?? 'not stated'}`;
    return role === 'draft' || role === 'cancelled' ? role : null;
  });
  const apart = [...groups].flatMap(([name, of]) => (name === null ? [] : [[name, of] as const]));
  return { counted: groups.get(null) ?? [], apart: apart.slice(0, MAX_STATES) };
}

/** What is missing from the totals: rows that were not read, and those without an amount or a date; null for nothing. */
function incompleteness(lists: readonly DocumentList[], counted: readonly SignedRows[]): string | null {
  const stopped = lists.flatMap(({ stopped: why }) => why ?? []);
  const misdated = lists.reduce((sum, list) => sum + list.misdated, 0);
  const unread = counted.flatMap(({ reader, rows }) =>
    rows.filter((row) => reader.amount('total', row) === null),
  ).length;
  const missing = (what: string, rows: number) =>
    rows === 0 ? [] : [`${count(rows, 'row')} without a ${what} that is understood: missing from every sum`];
  const reasons = [
    ...(stopped.length === 0 ? [] : [`${stopped.join('; ')}: later rows are missing from every total`]),
    ...missing('total', unread),
    ...missing('date', misdated),
  ];
  return reasons.length === 0 ? null : reasons.join('; ');
}

/** Nothing is owed for them, whatever amounts they show as due. */
function totalsApart(
  apart: readonly (readonly [name: string, rows: readonly JsonObject[]])[],
  plain: SignedRows,
): JsonObject {
  return Object.fromEntries(apart.map(([name, rows]) => [name, documentTotals([{ ...plain, rows }], false)]));
}

/** Draft, cancelled and unclear credit notes, with the sign that the service gives them: they are not set off either. */
function creditNotesApart(unissued: readonly (Omit<SignedRows, 'sign'> & { readonly name: string })[]): JsonObject {
  const names = [...new Set(unissued.map(({ name }) => name))];
  const signed = (name: string) =>
    unissued.filter((one) => one.name === name).map((one) => ({ ...one, sign: 1 as const }));
  return Object.fromEntries(names.map((name) => [name, documentTotals(signed(name), false)]));
}

/** With which sign credit notes come, and what became of them. */
function creditNotesNotes(
  source: MoneyResource,
  plain: SignedRows,
  setOff: readonly SignedRows[],
  isNet: boolean,
): readonly string[] {
  if (kindOf(source) === 'credit') {
    const totals = plain.rows.map((row) => plain.reader.amount('total', row)).filter((total) => total !== null);
    const negative = totals.filter((total) => total.lt(0)).length;
    return totals.length === 0
      ? []
      : [
          `Credit notes keep the sign that the service gives them: ${negative} of ${totals.length} ${negative === 1 ? 'is' : 'are'} negative.`,
        ];
  }
  if (setOff.length === 0) return [];
  if (!isNet) {
    return [
      'Credit notes among the rows are totalled separately in credit_notes, with the sign that the service gives them.',
    ];
  }
  const how = setOff.some(({ sign }) => sign === -1)
    ? 'their positive amounts are deducted'
    : 'their negative amounts are added';
  const reversals = setOff.flatMap((one) => reversalsNote(one) ?? []);
  return [`net_of_credit_notes, groups and what is open have credit notes set off: ${how}.`, ...reversals];
}

/** Which field was used for what; one that is not there is absent. */
function usedFields(reader: DocumentReader): JsonObject {
  const amounts = AMOUNTS.map((role) => [role === 'paidAmount' ? 'paid' : role, amountWords(reader, role)]);
  const dates = (['issued', 'delivered', 'due'] as const).map((role) => [
    role === 'issued' ? 'date' : role,
    reader.field(role),
  ]);
  return {
    ...Object.fromEntries(dates),
    ...Object.fromEntries(amounts),
    payments: reader.has('paidAmount') || reader.has('open') ? null : reader.field('payments'),
    currency: currencyWords(reader),
    status: reader.field('status'),
    type: reader.field('type'),
    contact: reader.partyId ?? reader.partyName,
  };
}

function amountWords(reader: DocumentReader, role: (typeof AMOUNTS)[number]): string | null {
  const field = reader.money.find(role);
  if (field === null) return null;
  return reader.rows.some((row) => isInCents(row, field)) ? `${field.path} (in cents)` : field.path;
}

function currencyWords(reader: DocumentReader): string | null {
  const field = AMOUNTS.map((role) => reader.money.find(role)).find((one) => one?.object != null);
  const isBeside = field?.object != null && reader.rows.some((row) => currencyBeside(row, field) !== null);
  const where = reader.field('currency') ?? (isBeside ? `beside ${field.path}` : null);
  const isNamed = reader.usualCurrency() === null || reader.rows.every((row) => reader.ownCurrency(row) !== null);
  return isNamed
    ? where
    : [where, `${reader.usualCurrency()} by default, as the contract says`].filter(Boolean).join('; ');
}
