/** All documents of one kind in a company, read page by page, of a period, a state and whatever else a call asks for. */
import { FieldNames, memberNames, plainName } from '../contract/field-names.ts';
import { FIELD_ROLES, type Role } from '../contract/field-roles.ts';
import { addDays } from '../core/calendar.ts';
import { ArgumentsError } from '../core/errors.ts';
import { type JsonObject, setMember, stringifyJson } from '../core/json.ts';
import { count, trimText } from '../core/text.ts';
import { AMOUNTS, DocumentReader } from './document-reader.ts';
import { argumentsFor, type LocalCall } from './local-tool.ts';
import { baseName, isUnitName } from './money.ts';
import { filtersOf, kindOf, type MoneyResource, PERIOD_DATES, type PeriodDate } from './money-resource.ts';
import { fieldFor, plainText, textAt, valueAt } from './record-fields.ts';
import { StatusFilter } from './status-filter.ts';
import { walk } from './walk.ts';

const MAX_PAGES = 100;
/** Letters of a text that may be a state. */
const LONGEST_STATE = 40;

export interface DocumentQuery {
  readonly from?: string;
  readonly to?: string;
  readonly date: PeriodDate;
  readonly status?: unknown;
  /** Other filters of the list, by the names of their arguments. */
  readonly filters: JsonObject;
  readonly timeZone: string;
  /** The day by which something is overdue. */
  readonly asOf: string;
  /** Lines and all other fields are needed. */
  readonly isWhole?: boolean;
  /** Also what a list of invoices holds besides: proformas, quotes, received bills. */
  readonly isOfAnyKind?: boolean;
}

export interface DocumentList {
  readonly source: MoneyResource;
  readonly reader: DocumentReader;
  /** All that were read. */
  readonly read: number;
  readonly pages: number;
  /** Those of the period, the state and the filters. */
  readonly rows: readonly JsonObject[];
  /** Left out of the period, or of what is overdue, since their date is not understood. */
  readonly misdated: number;
  /** Why there may be further rows; null where it is proved that no rows are left. */
  readonly stopped: string | null;
  readonly notes: readonly string[];
}

export async function readDocuments(
  source: MoneyResource,
  call: LocalCall,
  query: DocumentQuery,
): Promise<DocumentList> {
  const status = new StatusFilter(query.status, source);
  const sent = { ...sentFilters(source, query), ...status.argument() };
  const args = argumentsFor(call.args, sent);
  const rows: JsonObject[] = [];
  let slim = query.isWhole === true ? (row: JsonObject) => row : null;
  const { repeated, pages, stopped } = await walk(call, source.list, args, {
    maxPages: MAX_PAGES,
    // The first page stays whole: what is not understood is named from it.
    onRows: async (page) => {
      if (rows.length > 0) slim ??= slimmer(Object.keys(query.filters), fieldFor('status', rows, source.described));
      rows.push(...(slim === null ? page : page.map(slim)));
    },
  });
  const { timeZone, asOf } = query;
  const reader = new DocumentReader(rows, source.described, () => timeZone, kindOf(source));
  const notes = [...misreadFields(reader)];
  if (repeated > 0) notes.push(`Counted once: ${count(repeated, 'row')} that the service sent on more than one page.`);
  const idle = status.note(rows, reader, asOf);
  if (idle !== null) notes.push(idle);
  const filtered = filteredHere(source, query, status.fitting(rows, reader, asOf));
  const { inside, misdated } = withinPeriod(filtered, reader, query, notes);
  const own = ofOwnKind(inside, reader, source, query, notes);
  return {
    source,
    reader,
    read: rows.length,
    pages,
    rows: own,
    misdated: misdated + status.misdated(rows, reader),
    stopped,
    notes,
  };
}

/** Types of what is no turnover, and owed by no customer. */
const OTHER_KINDS = /pro_?forma|estimate|quot(e|ation)|offer|proposal|acc_?pay|payable|purchase|incoming|expense/;
const OTHER_THAN_INVOICES = /order|delivery_note/;

/** Some services keep proformas, quotes and received bills in the list of invoices. */
function ofOwnKind(
  rows: readonly JsonObject[],
  reader: DocumentReader,
  source: MoneyResource,
  { filters, isOfAnyKind }: DocumentQuery,
  notes: string[],
): readonly JsonObject[] {
  const typeField = reader.field('type');
  if (isOfAnyKind === true || kindOf(source) !== 'sale') return rows;
  if (typeField === null || Object.hasOwn(filters, typeField)) return rows;
  const left = new Set<string>();
  const own = rows.filter((row) => {
    const type = textAt(row, typeField) ?? '';
    const plain = plainName(type);
    const isOther = OTHER_KINDS.test(plain) || (OTHER_THAN_INVOICES.test(plain) && !plain.includes('invoice'));
    if (isOther) left.add(type);
    return !isOther;
  });
  const others = rows.length - own.length;
  if (others > 0) notes.push(`Left out: ${count(others, 'row')} whose ${typeField} is ${[...left].join(', ')}.`);
  return own;
}

const KEPT: readonly Role[] = [
  ...(['id', 'number', 'type', 'status', 'stage', 'currency', 'isDraft', 'isCancelled', 'isPaid'] as const),
  ...(['issued', 'delivered', 'due', 'ends', 'paid', 'cancelled', 'created'] as const),
  ...(['total', 'net', 'vat', 'open', 'paidAmount', 'payments'] as const),
  ...(['customer', 'supplier', 'contactId', 'customerName', 'supplierId', 'supplierName'] as const),
];

/**
 * Takes from records what totals need, so that thousands of them take little memory.
 * @param names of fields to keep besides @param state the field that holds it; null where a later page may show by its words which one does
 */
function slimmer(names: readonly string[], state: string | null): (row: JsonObject) => JsonObject {
  const wanted = KEPT.flatMap((role) => [...FIELD_ROLES[role].names, ...(FIELD_ROLES[role].also ?? [])]);
  const first = [...new Set(wanted.map((name) => name.split('.')[0] ?? name))];
  const known = new Map<string, boolean>();
  const isKept = (name: string): boolean => {
    const own = new FieldNames([name, baseName(name).base]);
    const isNeeded =
      name === state || names.includes(name) || isUnitName(name) || first.some((one) => own.find(one) !== null);
    known.set(name, isNeeded);
    return isNeeded;
  };
  const mayBeState = (value: unknown) => state === null && typeof value === 'string' && value.length <= LONGEST_STATE;
  return (row) => {
    const kept: JsonObject = {};
    for (const name of Object.keys(row)) {
      const value = row[name];
      if ((known.get(name) ?? isKept(name)) || mayBeState(value)) setMember(kept, name, value);
    }
    return kept;
  };
}

function sentFilters(source: MoneyResource, { filters, from, to, date }: DocumentQuery): JsonObject {
  const own = new Set(filtersOf(source).map(({ arg }) => arg));
  const sent = Object.fromEntries(Object.entries(filters).filter(([name]) => own.has(name)));
  const field = fieldFor(PERIOD_DATES[date], [], source.described);
  const takes = (name: string) =>
    field !== null && source.list.parameters.some(({ arg, in: place }) => place === 'query' && arg === name);
  // Of times, one day more on either side: the service may count in another time zone. Rows are filtered here in any case.
  const margin = field !== null && /(date|_on|day)$/i.test(field) ? 0 : 1;
  return {
    ...sent,
    ...(from !== undefined && takes(`${field}_from`) && { [`${field}_from`]: addDays(from, -margin) }),
    ...(to !== undefined && takes(`${field}_to`) && { [`${field}_to`]: addDays(to, margin) }),
  };
}

/** Filters that only the lists of other kinds take: by the field of that name. */
function filteredHere(
  source: MoneyResource,
  { filters }: DocumentQuery,
  rows: readonly JsonObject[],
): readonly JsonObject[] {
  const own = new Set(filtersOf(source).map(({ arg }) => arg));
  const others = Object.entries(filters).filter(([name]) => !own.has(name));
  return others.reduce((left, [name, wanted]) => {
    if (left.length === 0) return left;
    if (left.some((row) => Object.hasOwn(row, name))) {
      return left.filter((row) => textAt(row, name) === plainText(wanted));
    }
    const what = source.resource.replaceAll('_', ' ');
    throw new ArgumentsError(`The ${what} cannot be filtered by ${name}.`, {
      hint:
        own.size === 0 ? `Leave ${name} out.` : `Leave ${name} out; they can be filtered by ${[...own].join(', ')}.`,
    });
  }, rows);
}

function withinPeriod(
  rows: readonly JsonObject[],
  reader: DocumentReader,
  { from, to, date }: DocumentQuery,
  notes: string[],
): { readonly inside: readonly JsonObject[]; readonly misdated: number } {
  if (from === undefined && to === undefined) return { inside: rows, misdated: 0 };
  const field = reader.field(PERIOD_DATES[date]);
  if (rows.length > 0 && field === null) {
    throw new ArgumentsError(`These documents have no field for the ${date} date.`, {
      hint: 'Leave from and to out, or choose another date: issue, delivery or due.',
    });
  }
  let undated = 0;
  let misdated = 0;
  const inside = rows.filter((row) => {
    const day = reader.day(PERIOD_DATES[date], row);
    if (day === null) undated += 1;
    if (reader.misreadsDay(PERIOD_DATES[date], row)) misdated += 1;
    return day !== null && (from === undefined || day >= from) && (to === undefined || day <= to);
  });
  if (undated > 0) {
    notes.push(
      `Left out of the period for lack of ${date === 'issue' ? 'a' : `a ${date}`} date: ${count(undated, 'row')}.`,
    );
  }
  return { inside, misdated };
}

const MOST_NAMED = 20;
const SHOWN_VALUE = 40;

/** Fields that are there and not understood, one sentence each. */
function misreadFields(reader: DocumentReader): readonly string[] {
  if (reader.rows.length === 0) return [];
  const notes = (['total', 'currency', 'issued'] as const).flatMap((role) => lacking(reader, role));
  for (const role of AMOUNTS) {
    const field = reader.money.find(role);
    if (field === null) continue;
    const odd = reader.rows.filter(
      (row) => (valueAt(row, field.path) ?? null) !== null && reader.amount(role, row) === null,
    );
    const [example] = odd.map((row) => shown(valueAt(row, field.path)));
    if (example === undefined) continue;
    notes.push(`${field.path} of ${count(odd.length, 'row')} is not understood as an amount: ${example}.`);
  }
  return notes;
}

function lacking(reader: DocumentReader, role: 'total' | 'currency' | 'issued'): readonly string[] {
  const isRead = (row: JsonObject) =>
    (role === 'total' ? reader.amount(role, row) : role === 'issued' ? reader.day(role, row) : reader.currency(row)) !==
    null;
  if (reader.rows.some(isRead)) return [];
  const what = role === 'issued' ? 'a date' : role === 'total' ? 'the total' : 'the currency';
  const names = [...memberNames(reader.rows)];
  const index = new FieldNames(names);
  const candidates = FIELD_ROLES[role].names.flatMap((name) => index.find(name.split('.')[0] ?? name) ?? []);
  const odd = [...new Set(candidates)].flatMap((name) => {
    const row = reader.rows.find((one) => (one[name] ?? null) !== null);
    return row === undefined ? [] : `${name} (${shown(row[name])})`;
  });
  if (odd.length > 0) return [`Not understood as ${what}: ${odd.slice(0, 3).join(', ')}.`];
  const field =
    role === 'issued' ? reader.field(role) : role === 'total' ? reader.has(role) || null : reader.field('currency');
  if (field !== null) return [];
  const fields = `${names.slice(0, MOST_NAMED).join(', ')}${names.length > MOST_NAMED ? ', …' : ''}`;
  return [`The rows have no field for: ${role === 'issued' ? 'date' : role}. Their fields: ${fields}.`];
}

function shown(value: unknown): string {
  return trimText(stringifyJson(value), SHOWN_VALUE);
}
