/** What a person recognises a record by, from the record's own fields by role; all of it was written by others. */
import { FieldNames, plainName } from '../contract/field-names.ts';
import { type Column, columnNames, FIELD_ROLES, stateRole } from '../contract/field-roles.ts';
import { ownTimeZone } from '../core/calendar.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import { dayOf } from '../tools/record-days.ts';
import { dayText, epochTime, fieldsFor, plainText } from '../tools/record-fields.ts';
import { named, quoted, quotedAddress } from './neutral-text.ts';
import { type Recipient, storedAddresses } from './recipients.ts';
import { amountOf } from './record-amount.ts';

export type RecordFacts = Readonly<ReturnType<typeof factsOf>>;

export function factsOf(record: JsonObject, timeZone: string = ownTimeZone()) {
  const dayIn = (time: unknown) => dayOf([{ time }], 'time', timeZone)({ time }) ?? '';
  const text = (column: Column) => plainText(fieldOf(record, column)?.value);
  const customer = fieldOf(record, 'customer', isJsonObject)?.name;
  const supplier = new Set(columnNames('supplier'));
  const addresses = storedAddresses(record).filter(({ path }) => !supplier.has(plainName(path.split('.')[0] ?? '')));
  const isOfCustomer = ({ path }: Recipient) => customer !== undefined && path.startsWith(`${customer}.`);
  return {
    id: text('id'),
    number: text('number'),
    name: text('name'),
    status: text('status'),
    isDraft:
      stateRole(text('status') ?? '') === 'draft' || FIELD_ROLES.isDraft.names.some((name) => record[name] === true),
    /** The day on which it was sent the last time; empty where the record says no more than that it was. */
    sent: sentIn(record, [], 0).map(dayIn).sort().at(-1) ?? null,
    issued: dateOf('issued', record, timeZone),
    due: dateOf('due', record, timeZone),
    customer: partyName(record, 'customer'),
    /** By name only: on what the company sends out, its id is the company's own. */
    supplier: partyName(record, 'supplier'),
    amount: amountOf(record),
    /** Records like it have an amount, whether or not it was found. */
    isAboutMoney: isAboutMoney(record),
    /** Of the customer, as far as the record itself holds it. */
    customerAddresses: addresses.filter(isOfCustomer).map(({ address }) => address),
    /** Others that the record holds; they may have been put there by a call like this one. */
    otherAddresses: addresses.filter((one) => !isOfCustomer(one)),
  };
}

/** Whether records of this kind have an amount, found or not. */
export function isAboutMoney(record: JsonObject): boolean {
  const names = new FieldNames(Object.keys(record));
  const { currency, due, number, lines, customer, supplier } = FIELD_ROLES;
  return names.first([currency, due, number, lines, customer, supplier].flatMap((role) => role.names)) !== null;
}

/** As a question calls it: ` B-5 (draft, id 5)`. */
export function recordLabel({ id, number, name, status }: RecordFacts): string | null {
  const called = number !== null ? named(number) : name !== null ? quoted(name) : null;
  const rest = [status === null ? null : named(status), id === null || called === null ? null : `id ${named(id)}`];
  const more = rest.filter((part) => part !== null).join(', ');
  const first = called ?? (id === null ? null : named(id));
  return first === null ? null : ` ${first}${more === '' ? '' : ` (${more})`}`;
}

/** One of several in a question, with its amount and, of a send, to whom it goes. */
export function recordLine(
  { id, facts, stored }: { id: string; facts: RecordFacts | null; stored: readonly string[] | null },
  isSend: boolean,
): string {
  if (facts === null) return `${named(id)}, not read`;
  const addresses = new Set([...(stored ?? []), ...facts.otherAddresses.map(({ address }) => address)]);
  const to = addresses.size === 0 ? 'an address that is not known' : [...addresses].map(quotedAddress).join(', ');
  const parts = [
    recordLabel(facts)?.trim() ?? named(id),
    facts.customer === null ? [] : quoted(facts.customer),
    facts.amount?.text ?? (facts.isAboutMoney ? 'amount not found' : []),
    isSend ? `to ${to}` : [],
  ];
  return parts.flat().join(', ');
}

// biome-ignore format: a table
const SENT_WORDS = new Set(['sent', 'emailed', 'mailed', 'email', 'emails', 'mail', 'send', 'sending', 'delivery', 'dispatch', 'at', 'on',
  'date', 'day', 'time', 'timestamp', 'last', 'first', 'was', 'is', 'already', 'status', 'state', 'to', 'via', 'by', 'customer', 'client',
  'document', 'invoice']);
const WAS_SENT = /(?:^|_)(?:sent|emailed|mailed)(?:_|$)/;
const SENDING_STATE = /(?:^|_)(?:sent|send|sending|emails?|mail)_(?:status|state)$/;
const SENT_STATE = /^(?:re)?(?:sent|emailed|mailed|delivered|opened|seen|viewed|read)$/;

/** What says that the record itself was sent, not a reminder of it: `email_sent_at`, `mail.sent_on`, `sent_status: "sent"`. */
function sentIn(record: JsonObject, above: readonly string[], depth: number): readonly unknown[] {
  return Object.entries(record).flatMap(([key, member]) => {
    const own = plainName(key).replace(/(?<![a-z])e_(?=mail)/g, 'e');
    const words = [...above, ...own.split('_')];
    if (!words.every((word) => SENT_WORDS.has(word))) return [];
    const name = words.join('_');
    return [member].flat().flatMap((value: unknown): readonly unknown[] => {
      if (isJsonObject(value)) return depth > 0 || columnNames('customer').includes(key) ? [] : sentIn(value, words, 1);
      if (SENDING_STATE.test(name)) return typeof value === 'string' && SENT_STATE.test(plainName(value)) ? [''] : [];
      if (!WAS_SENT.test(name)) return [];
      if (value === true) return [''];
      // Of one that may mean two days, such as 3/4/2026, the day is left out.
      const isDate = /^\d\d?[/-]\d\d?[/-]\d\d/.test(String(value));
      return isDate || dayText(value) !== null || epochTime(value) !== null ? [value] : [];
    });
  });
}

export function dateOf(role: 'issued' | 'due', record: JsonObject, timeZone = ownTimeZone()): string | null {
  const [field = null] = fieldsFor(role, [record]);
  return dayOf([record], field, timeZone)(record);
}

function partyName(record: JsonObject, column: 'customer' | 'supplier'): string | null {
  const found = fieldOf(record, column);
  if (isJsonObject(found?.value)) return plainText(fieldOf(found.value, 'name')?.value);
  return found === null || /_id$/.test(plainName(found.name)) ? null : plainText(found.value);
}

export function fieldOf(
  record: JsonObject,
  column: Column,
  fits: (value: unknown) => boolean = (value) =>
    plainText(value) !== null || (['customer', 'supplier'].includes(column) && isJsonObject(value)),
  names: readonly string[] = columnNames(column),
): { readonly name: string; readonly value: unknown } | null {
  const present = new FieldNames(Object.keys(record).filter((name) => fits(record[name])));
  const name = present.first(names);
  return name === null ? null : { name, value: record[name] };
}
