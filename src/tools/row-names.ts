/** Rows of a list as a reader needs them: the customer by name beside the id, days overdue, and what is to be paid. */
import { memberNames, plainName } from '../contract/field-names.ts';
import { FIELD_ROLES, stateRole } from '../contract/field-roles.ts';
import type { Operation } from '../contract/operation.ts';
import { listIn } from '../contract/response.ts';
import { daysBetween, daysIn } from '../core/calendar.ts';
import { onceForEach } from '../core/deadline.ts';
import { isJsonObject, type JsonObject, setMember } from '../core/json.ts';
import { count, groupedBy } from '../core/text.ts';
import type { CallContext } from '../core/tool.ts';
import { contactNames } from './customers.ts';
import { saysOpen } from './document-groups.ts';
import { DocumentReader } from './document-reader.ts';
import type { LocalCall } from './local-tool.ts';
import { amountText } from './money.ts';
import { kindOf, knownStates, moneyResources, sourceOfList } from './money-resource.ts';
import { type Open, openAmount } from './open-amount.ts';
import { wordOfId } from './record-fields.ts';

const OVERDUE = 'days_overdue';
const DUE = 'amount_due';
/** Milliseconds that reading contacts may take. */
const NAMES_MS = 5_000;

/** What the contract alone says of the rows of a list. */
const inContract = onceForEach((operation: Operation) => readerOf(operation, [], () => 'UTC'));

function readerOf(operation: Operation, rows: readonly JsonObject[], timeZone: () => string): DocumentReader {
  const source = sourceOfList(operation);
  return new DocumentReader(rows, source.described, timeZone, kindOf(source));
}

/** Adds to the answers of one call; one request reads contacts for all of them. */
export class RowNames {
  readonly #operation: Operation;
  readonly #call: LocalCall;
  #reading: ReturnType<typeof contactNames> | undefined;
  /** Of the last answer: null where no names were asked for. */
  #unnamed: string | null = null;

  constructor(operation: Operation, call: LocalCall) {
    this.#operation = operation;
    this.#call = call;
  }

  /** Reads contacts beside the list itself, where the contract says that its rows name their customer by id alone. */
  start(): this {
    const { partyId: field, partyName } = inContract(this.#operation);
    if (isPlain(field) && partyName === null && this.#wants(nameMember(field))) this.#reading = this.#read(field, null);
    return this;
  }

  /** @param answer without nulls @returns the answer itself where there is nothing to add */
  async in(answer: unknown): Promise<unknown> {
    const list = listIn(answer);
    if (list === null) return answer;
    const own = list.rows.filter(isJsonObject);
    const reader = this.#readerOf(own);
    const rows = await this.rows(own, reader);
    if (own.length < list.rows.length) return answer;
    if (list.key === null || !isJsonObject(answer)) return rows ?? answer;
    const isBrief = this.#call.context.answer?.fields === null;
    const told = isBrief ? [invoicedNote(this.#operation, own, reader, this.#call), unpricedNote(own, reader)] : [];
    const notes = [this.#unnamed, ...told];
    const note = Object.hasOwn(answer, 'note') ? '' : notes.filter((one) => one !== null).join(' ');
    return { ...answer, ...(rows !== null && { [list.key]: rows }), ...(note !== '' && { note }) };
  }

  /** Null where there is nothing to add. */
  async rows(rows: readonly JsonObject[], reader = this.#readerOf(rows)): Promise<readonly JsonObject[] | null> {
    if (rows.length === 0) return null;
    const kind = kindOf(sourceOfList(this.#operation));
    const names = await this.#namesFor(reader, rows);
    const isKnown = reader.field('due') !== null && reader.has('total') && (reader.hasStates() || saysOpen(reader));
    const isOwed = (kind === 'sale' || kind === 'purchase') && isKnown;
    if (names === null && !isOwed) return null;
    const isBrief = this.#call.context.answer?.fields === null;
    const today = isOwed ? daysIn(this.#call.timeZone())(this.#call.clock()) : null;
    const { partyId } = reader;
    return rows.map((row) => {
      const idle = isBrief ? idleFields(row, reader) : [];
      const name = names?.get(String(row[partyId ?? '']));
      const named: JsonObject = {};
      for (const key of Object.keys(row)) {
        if (!idle.includes(key)) setMember(named, key, row[key]);
        if (name !== undefined && key === partyId) named[nameMember(key)] = name;
      }
      return today === null ? named : Object.assign(named, this.#owed(row, reader, today));
    });
  }

  #wants(name: string): boolean {
    const { answer } = this.#call.context;
    const fields = answer?.fields ?? null;
    return answer !== undefined && (fields === null || fields.includes(name));
  }

  #readerOf(rows: readonly JsonObject[]): DocumentReader {
    return readerOf(this.#operation, rows, this.#call.timeZone);
  }

  /** Null where the rows name no other record by its id alone, or the call does not ask for names. */
  async #namesFor(reader: DocumentReader, rows: readonly JsonObject[]): Promise<ReadonlyMap<string, string> | null> {
    const { partyId: field, partyName } = reader;
    if (!isPlain(field) || partyName !== null) return null;
    const member = nameMember(field);
    if (!this.#wants(member) || rows.some((row) => Object.hasOwn(row, member))) return null;
    const ids = reader.partyIds(rows);
    if (ids.size > 0) this.#reading ??= this.#read(field, ids);
    const names = await (this.#reading ?? new Map<string, string>());
    const missing = [...ids].filter((id) => !names.has(id)).length;
    const isUnread = missing > 0 && names.size === 0;
    this.#unnamed = isUnread
      ? `${member === 'supplier' ? 'Supplier' : 'Customer'} names could not be read, so only ids are given.`
      : missing > 0
        ? `${count(missing, member)} without a name here: find the name by the id.`
        : null;
    return names;
  }

  #read(field: string, ids: ReadonlySet<string> | null): ReturnType<typeof contactNames> {
    return contactNames(field, ids, { ...this.#call, context: this.#briefly() }, 1);
  }

  /** A list must not wait for names until its own time is up. */
  #briefly(): CallContext {
    const ms = Math.max(1, Math.min(NAMES_MS, (this.#call.context.deadline - this.#call.clock()) / 2));
    return {
      ...this.#call.context,
      signal: AbortSignal.any([this.#call.context.signal, AbortSignal.timeout(Math.floor(ms))]),
    };
  }

  #owed(row: JsonObject, reader: DocumentReader, today: string): JsonObject {
    const open: Open = openAmount(reader, row, null);
    if (open === 'settled' || open === 'unknown' || open.amount.lte(0)) return {};
    const due = reader.day('due', row);
    const days = due === null ? 0 : daysBetween(due, today);
    const isNew = !reader.has('open') && !open.isWhole && !Object.hasOwn(row, DUE);
    return {
      ...(days > 0 && this.#wants(OVERDUE) && !Object.hasOwn(row, OVERDUE) && { [OVERDUE]: days }),
      ...(isNew && this.#wants(DUE) && { [DUE]: amountText(open.amount, reader.currency(row)) }),
    };
  }
}

/** A field of the record itself: what is in an object has its name there. */
function isPlain(field: string | null): field is string {
  return field !== null && !field.includes('.');
}

/** `customer` beside `purchaser_id`, `supplier` beside `vendor_id`. */
function nameMember(field: string): string {
  return /supplier|vendor|seller/.test(wordOfId(field)) ? 'supplier' : 'customer';
}

/**
 * What a row's state says already, or makes pointless: an amount due of a draft, and of what is paid also the due date; how
 * long an answered quote was valid. Names cost no more than these did.
 */
function idleFields(row: JsonObject, reader: DocumentReader): readonly (string | null)[] {
  const role = reader.role(row);
  const open = reader.amountField('open');
  const isPaid = role === 'paid' && (open === null || reader.amount('open', row)?.eq(0) === true);
  return [
    ...(isPaid || role === 'draft' || role === 'cancelled' ? [open] : []),
    ...(isPaid || role === 'cancelled' ? [reader.field('due')] : []),
    ...(role === 'answered' ? [reader.field('ends')] : []),
  ];
}

/** That rows have no total yet, and in which stage of their reading they are; null where nothing in them tells that. */
function unpricedNote(rows: readonly JsonObject[], reader: DocumentReader): string | null {
  const stages = FIELD_ROLES.stage.names;
  if (reader.amountField('total') === null || !stages.some((name) => rows.some((row) => Object.hasOwn(row, name))))
    return null;
  const bare = rows.filter((row) => reader.amount('total', row) === null);
  const told = bare.flatMap((row) => {
    const stage = stages.find((name) => typeof row[name] === 'string');
    return stage === undefined ? [] : [`${stage} ${JSON.stringify(row[stage])}`];
  });
  if (told.length === 0 || told.length < bare.length) return null;
  const each = [...groupedBy(told, (one) => one)].map(([one, { length }]) => `${one}: ${count(length, 'row')}`);
  return `${count(bare.length, 'row')} without a total, which was not read or entered yet (${each.join(', ')}).`;
}

/** Where accepted offers say whether they were invoiced, or that no field does; null for other rows. */
export function invoicedNote(
  operation: Operation,
  rows: readonly JsonObject[],
  reader: DocumentReader,
  { operations }: Pick<LocalCall, 'operations'>,
): string | null {
  const source = sourceOfList(operation);
  if (kindOf(source) !== 'offer') return null;
  const states = [...new Set(rows.flatMap((row) => reader.state(row) ?? []))];
  if (!states.some((state) => stateRole(state) === 'answered' && /accept|approv|confirm/i.test(state))) return null;
  const all = moneyResources(operations);
  const own = all.find(({ list }) => list === operation) ?? source;
  const sales = all.filter((one) => kindOf(one) === 'sale');
  const isOf = (words: readonly string[]) => {
    const link = new RegExp(`(^|_)(${words.join('|')})(s|e?d(_(at|on|date|to))?|(_(ids?|numbers?|status|state))?)$`);
    return (name: string) => link.test(plainName(name));
  };
  const tellsOwn = isOf(['invoice', 'bill', 'convert', ...sales.map(({ type }) => type)]);
  const field = [...own.described.map(({ name }) => name), ...memberNames(rows)].find(
    (name) => tellsOwn(name) && name !== reader.field('number'),
  );
  if (field !== undefined) return `Whether they were invoiced is in ${field}: name it in fields.`;
  if ([...knownStates(own), ...states].some(tellsOwn)) return null;
  for (const { resource, described } of sales) {
    const back = described.map(({ name }) => name).find(isOf([own.type]));
    if (back !== undefined) return `Whether they were invoiced is in ${back} of ${resource.replaceAll('_', ' ')}.`;
  }
  return 'No field was found that says whether they were invoiced.';
}
