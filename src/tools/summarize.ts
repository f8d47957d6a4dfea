import { stateRole } from '../contract/field-roles.ts';
import { plural } from '../contract/naming.ts';
import type { ParameterBinding } from '../contract/operation.ts';
import { ArgumentsError } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import { count } from '../core/text.ts';
import type { AnswerField, CallContext, ToolResult } from '../core/tool.ts';
import { answerWith, argumentsFor, type LocalDeps } from './local-tool.ts';
import { toBig } from './money.ts';
import type { MoneyResource } from './money-resource.ts';
import { dateText, fieldFor, isIdPath, plainText, valueAt, wordOfId } from './record-fields.ts';
import { GROUPS, type Group } from './summarize-tool.ts';
import { addByVatRate, agedReceivables, currencyOf, type Fields, openAmount, stateOf, Tally } from './tally.ts';
import { walk } from './walk.ts';

/** One summary: all rows of a list are read, put into groups and totalled. */
const MAX_PAGES = 100;
/** Keeps a summary within some 10,000 characters. */
const MAX_GROUPS = 60;
const MAX_STATES = 20;
type SummaryFields = Fields<
  'total' | 'net' | 'vat' | 'open' | 'currency' | 'issued' | 'due' | 'status' | 'type' | 'paidAmount'
>;

/** @param filters the list's own @throws LucantoError */
export async function summarize(
  source: MoneyResource,
  filters: readonly ParameterBinding[],
  deps: LocalDeps,
  args: JsonObject,
  context: CallContext,
): Promise<ToolResult> {
  if (typeof args.from === 'string' && typeof args.to === 'string' && args.from > args.to) {
    throw new ArgumentsError(`from (${args.from}) is after to (${args.to}).`, {
      hint: 'Give the earlier date as from.',
    });
  }
  const bounds = { maxPages: MAX_PAGES, noun: source.resource.replaceAll('_', ' ') };
  const walked = await walk(deps, source.list, listArguments(source, filters, args), context, bounds);
  const fields = fieldsOf(walked.rows, source.described);
  const notes: string[] = [];
  if (walked.repeated > 0) {
    notes.push(`Counted once: ${count(walked.repeated, 'row')} that the service sent on more than one page.`);
  }
  const chosen = chosenRows(walked.rows, fields, args, source, notes);
  const all = withoutCreditNotes(chosen, fields, source, notes);
  const { documents, apart } = byState(all.documents, fields, args);
  const corrections = byState(all.corrections, fields, args).documents;
  const group = GROUPS.find((one) => one === args.group_by);
  const groups =
    group === undefined ? null : await grouped(group, documents, fields, source, deps, args, context, notes);
  const overdue = overdueOf(documents, fields, deps.today(), notes);
  return answerWith({
    resource: source.resource,
    period:
      args.from === undefined && args.to === undefined ? null : { from: args.from, to: args.to, by: fields.issued },
    complete: walked.stopped === null,
    covered: { rows: walked.rows.length, pages: walked.pages, counted: chosen.length },
    incomplete_because: walked.stopped === null ? null : `${walked.stopped}: later rows are missing from every sum`,
    totals: totalsOf(documents, fields),
    not_in_totals: Object.keys(apart).length === 0 ? null : apart,
    ...(group !== undefined && { group_by: group, groups }),
    credit_notes: corrections.length === 0 ? null : totalsOf(corrections, fields),
    overdue,
    fields: usedFields(fields, notes),
    notes: notes.length === 0 ? null : notes,
  });
}

function listArguments(
  { list, described }: MoneyResource,
  filters: readonly ParameterBinding[],
  args: JsonObject,
): JsonObject {
  const date = fieldFor('issued', [], described);
  const sent: Record<string, unknown> = {};
  for (const { arg } of filters) if (args[arg] !== undefined) sent[arg] = args[arg];
  const takes = (name: string) => list.parameters.some(({ arg, in: place }) => place === 'query' && arg === name);
  if (args.status !== undefined && takes('status')) sent.status = args.status;
  // Only where the filter has the very name of the date field: rows are filtered here again in any case.
  if (args.from !== undefined && date !== null && takes(`${date}_from`)) sent[`${date}_from`] = args.from;
  if (args.to !== undefined && date !== null && takes(`${date}_to`)) sent[`${date}_to`] = args.to;
  return argumentsFor(args, sent);
}

function fieldsOf(rows: readonly JsonObject[], described: readonly AnswerField[]): SummaryFields {
  const at = (role: keyof SummaryFields) => fieldFor(role, rows, described);
  return {
    total: at('total'),
    net: at('net'),
    vat: at('vat'),
    open: at('open'),
    currency: at('currency'),
    issued: at('issued'),
    due: at('due'),
    status: at('status'),
    type: at('type'),
    paidAmount: at('paidAmount'),
  };
}

/** Rows of the period and, where the list cannot filter by it, of the status. */
function chosenRows(
  rows: readonly JsonObject[],
  fields: SummaryFields,
  args: JsonObject,
  source: MoneyResource,
  notes: string[],
) {
  const { from, to, status } = args;
  const isHere = !source.list.parameters.some(({ arg }) => arg === 'status');
  if (status !== undefined && isHere && fields.status === null && rows.length > 0) {
    const what = source.resource.replaceAll('_', ' ');
    throw new ArgumentsError(`The ${what} cannot be filtered by status: no field of theirs is a status.`, {
      hint: 'Leave status out, or use another filter.',
    });
  }
  const ownState = (row: JsonObject) => stateOf(row, fields);
  const hasStatus = (row: JsonObject) => ownState(row)?.toLowerCase() === String(status).toLowerCase();
  let undated = 0;
  const chosen = rows.filter((row) => {
    if (status !== undefined && isHere && !hasStatus(row)) return false;
    if (from === undefined && to === undefined) return true;
    const date = fields.issued === null ? null : dateText(valueAt(row, fields.issued));
    if (date === null) undated += 1;
    return date !== null && (from === undefined || date >= String(from)) && (to === undefined || date <= String(to));
  });
  const states = new Set(rows.map(ownState).filter((state) => state !== null));
  if (isHere && status !== undefined && rows.length > 0 && !rows.some(hasStatus)) {
    notes.push(
      `No row has that status. Statuses in the rows: ${[...states].slice(0, MAX_STATES).join(', ') || 'none'}.`,
    );
  }
  if (undated > 0) notes.push(`Left out of the period for lack of a date: ${count(undated, 'row')}.`);
  return chosen;
}

/** Credit notes among other documents are totalled separately, never silently deducted. */
function withoutCreditNotes(
  rows: readonly JsonObject[],
  { type, total }: SummaryFields,
  { resource }: MoneyResource,
  notes: string[],
) {
  const isCredit = (row: JsonObject) =>
    type !== null && /credit|correct|storno/i.test(plainText(valueAt(row, type)) ?? '');
  if (/credit/.test(resource)) {
    const signs = total === null ? [] : rows.map((row) => toBig(valueAt(row, total))).filter((sum) => sum !== null);
    const negative = signs.filter((sum) => sum.lt(0)).length;
    if (signs.length > 0) {
      notes.push(
        `Credit notes keep the sign that the service gives them: ${negative} of ${signs.length} are negative.`,
      );
    }
    return { documents: rows, corrections: [] };
  }
  const corrections = rows.filter(isCredit);
  if (corrections.length > 0) {
    notes.push(
      'Credit notes among the rows are totalled separately in credit_notes, with the sign that the service gives them.',
    );
  }
  return { documents: rows.filter((row) => !isCredit(row)), corrections };
}

/**
 * Drafts, cancelled documents and those in a state whose meaning is not known are neither turnover nor receivables. They
 * are totalled apart, unless the call asks for a state or groups by it.
 */
function byState(rows: readonly JsonObject[], fields: SummaryFields, { status, group_by: group }: JsonObject) {
  const outside = new Map<string, JsonObject[]>();
  const documents: JsonObject[] = [];
  for (const row of rows) {
    const state = stateOf(row, fields);
    const role = state === null || status !== undefined || group === 'status' ? 'issued' : stateRole(state);
    if (role === 'draft' || role === 'cancelled') outside.set(role, [...(outside.get(role) ?? []), row]);
    else if (role === 'unknown') outside.set(`state ${state}`, [...(outside.get(`state ${state}`) ?? []), row]);
    else documents.push(row);
  }
  const apart = Object.fromEntries(
    [...outside].slice(0, MAX_STATES).map(([name, own]) => [name, totalsOf(own, fields)]),
  );
  return { documents, apart };
}

function entryOf(row: JsonObject, fields: SummaryFields) {
  const named = [
    ['total', fields.total],
    ['net', fields.net],
    ['vat', fields.vat],
  ] as const;
  const hasOpen = fields.open !== null || fields.paidAmount !== null;
  const amounts = named.flatMap(([name, path]) => (path === null ? [] : [[name, toBig(valueAt(row, path))] as const]));
  return {
    currency: currencyOf(row, fields),
    amounts: Object.fromEntries(hasOpen ? [...amounts, ['open', openAmount(row, fields)]] : amounts),
  };
}

function totalsOf(rows: readonly JsonObject[], fields: SummaryFields): unknown {
  const tally = new Tally();
  for (const row of rows) tally.add('', {}, entryOf(row, fields));
  return tally.rows('amount', 'total', MAX_GROUPS);
}

function overdueOf(rows: readonly JsonObject[], fields: SummaryFields, today: string, notes: string[]) {
  const { due, status, open } = fields;
  if (due === null) return null;
  if (status === null && open !== null) {
    notes.push('Nothing in the rows tells drafts and cancelled documents from the rest: overdue may include them.');
  }
  if (status !== null || open !== null) return agedReceivables(rows, { ...fields, due }, today);
  notes.push('Overdue amounts are not known: the rows have due dates, but nothing says what is unpaid.');
  return null;
}

async function grouped(
  group: Group,
  rows: readonly JsonObject[],
  fields: SummaryFields,
  source: MoneyResource,
  deps: LocalDeps,
  args: JsonObject,
  context: CallContext,
  notes: string[],
): Promise<unknown> {
  const tally = new Tally();
  if (group === 'vat_rate') {
    addByVatRate(tally, rows, fields, source.described, notes);
    return tally.rows('key', 'net', MAX_GROUPS);
  }
  const byId = group === 'contact' ? fieldFor('contactId', rows, source.described) : null;
  const named = fieldFor(group === 'month' ? 'issued' : group, rows, source.described);
  // One customer is one id: two of them may have the same name.
  const field = byId ?? named;
  if (field === null) {
    notes.push(`There are no groups by ${group}: the rows have no such field.`);
    return null;
  }
  if (group === 'contact' || group === 'month') notes.push(`Groups are by ${field}.`);
  const isId = group === 'contact' && isIdPath(field);
  const own = isId && named !== null && named !== field ? named : null;
  const names = isId && own === null && rows.length > 0 ? await contactNames(field, deps, args, context) : null;
  for (const row of rows) {
    const value = valueAt(row, field);
    const key = (group === 'month' ? dateText(value)?.slice(0, 7) : plainText(value)) ?? 'none';
    const contact = own === null ? names?.get(key) : plainText(valueAt(row, own));
    const shown = group === 'currency' ? key.trim().toUpperCase() : key;
    const label = isId ? { contact_id: value, contact } : { [group]: shown };
    tally.add(isId ? key : shown, label, entryOf(row, fields));
  }
  return tally.rows(group === 'month' ? 'key' : 'amount', 'total', MAX_GROUPS);
}

/** Which field was used for what; fields that were not found are named, not guessed. */
function usedFields(fields: SummaryFields, notes: string[]): JsonObject {
  const missing = (['total', 'currency', 'issued'] as const).filter((role) => fields[role] === null);
  if (missing.length > 0) notes.push(`The rows have no field for: ${missing.join(', ')}.`);
  const { issued: date, paidAmount: paid, ...others } = fields;
  return { date, ...others, paid };
}

const MAX_CONTACT_PAGES = 10;

/**
 * Names for the ids by which rows name their contacts.
 * @param field that holds the ids: `purchaser_id` @returns empty where names cannot be read
 */
async function contactNames(
  field: string,
  deps: LocalDeps,
  args: JsonObject,
  context: CallContext,
): Promise<ReadonlyMap<string, string>> {
  const own = plural(wordOfId(field));
  const list = deps.operations.get(`lucanto_list_${own}`) ?? deps.operations.get('lucanto_list_contacts');
  if (list === undefined) return new Map();
  const bounds = { maxPages: MAX_CONTACT_PAGES, noun: list.resource };
  try {
    const { rows } = await walk(deps, list, argumentsFor(args, {}), context, bounds);
    const name = fieldFor('name', rows, []);
    if (name === null) return new Map();
    return new Map(rows.map((row) => [String(row.id), plainText(valueAt(row, name)) ?? '']));
  } catch {
    // The totals are right without names.
    return new Map();
  }
}
