/**
 * What a person recognises a record by, from the record's own fields by role; all of it was written by others. The amount
 * may have any shape: a decimal, an object of amount and currency, units and nanos, or cents. It is shown digit by digit.
 */
import { FieldNames, plainName } from '../contract/field-names.ts';
import { type Column, columnNames, FIELD_ROLES, stateRole } from '../contract/field-roles.ts';
import { human } from '../contract/naming.ts';
import { ownTimeZone } from '../core/calendar.ts';
import { isJsonObject, type JsonObject, LosslessNumber } from '../core/json.ts';
import { decimalsOf } from '../tools/money.ts';
import { dayOf } from '../tools/record-days.ts';
import { dateText, epochTime, fieldsFor, valueAt } from '../tools/record-fields.ts';
import { named, quoted, quotedAddress } from './neutral-text.ts';
import { type Recipient, storedAddresses } from './recipients.ts';

export interface Amount {
  /** After the field's own name: it may be a total or a balance. */
  readonly label: string;
  readonly text: string;
}

const NUMERIC = /^[-+]?\d[\d\s.,']*$/;
/** How far down an amount is looked for: `totals.gross`. */
const DEPTH = 2;
const MINOR_UNITS = /(?:^|_)(?:in_)?(cents?|minor_units?|minor|pence|pennies)$/;
/** What is left to go by, where no name is known: words of money, and words that make something else of them. */
const MONEY_WORDS = new Set(['total', 'amount', 'sum', 'gross', 'payable', 'payment', 'fee', 'due']);
/** These may be the price of one unit, or of something else in the record. */
const WEAKER_WORDS = new Set(['price', 'balance']);
// biome-ignore format: a table
const OTHER_WORDS = new Set(['vat', 'tax', 'net', 'without', 'discount', 'rate', 'percent', 'percentage', 'count', 'number',
  'quantity', 'date', 'day', 'days', 'on', 'at', 'by', 'id', 'status', 'type', 'method', 'unit', 'currency', 'paid']);

/** Texts and numbers digit by digit; null for anything else. */
export function scalar(value: unknown): string | null {
  if (typeof value === 'string') return value.trim() === '' ? null : value;
  const isNumber = typeof value === 'number' || typeof value === 'bigint' || value instanceof LosslessNumber;
  return isNumber ? String(value) : null;
}

/** Null where no amount is recognised. @param outer the currency of what `record` is in */
export function amountOf(record: JsonObject, outer: string | null = null, depth = 0): Amount | null {
  const currency = currencyOf(record) ?? outer;
  const byName = (names: readonly string[]) => {
    const index = new FieldNames(Object.keys(record).filter((name) => textOf(name, record[name], currency) !== null));
    const name = names.flatMap((wanted) => index.find(wanted) ?? [])[0];
    return name === undefined ? null : amount(name, record[name], currency);
  };
  return (
    byName([...FIELD_ROLES.total.names, ...FIELD_ROLES.open.names]) ??
    byWords(record, currency, MONEY_WORDS) ??
    nested(record, currency, depth) ??
    byName(FIELD_ROLES.balance.names) ??
    byWords(record, currency, WEAKER_WORDS)
  );
}

/** Whether records of this kind have an amount, found or not. */
export function isAboutMoney(record: JsonObject): boolean {
  const names = new FieldNames(Object.keys(record));
  const { currency, due, number, lines, customer, supplier } = FIELD_ROLES;
  return [currency, due, number, lines, customer, supplier].some((role) =>
    role.names.some((name) => names.find(name) !== null),
  );
}

function amount(name: string, value: unknown, currency: string | null): Amount | null {
  const text = textOf(name, value, currency);
  return text === null ? null : { label: human(plainName(name).replace(/^_+|_+$/g, '')), text };
}

function byWords(record: JsonObject, currency: string | null, wanted: ReadonlySet<string>): Amount | null {
  for (const [name, value] of Object.entries(record)) {
    const words = plainName(name).replace(MINOR_UNITS, '').split('_');
    const isMoney = MINOR_UNITS.test(plainName(name)) || words.some((word) => wanted.has(word));
    if (!isMoney || words.some((word) => OTHER_WORDS.has(word))) continue;
    const found = NUMERIC.test(scalar(value) ?? '0') ? amount(name, value, currency) : null;
    if (found !== null) return found;
  }
  return null;
}

function nested(record: JsonObject, currency: string | null, depth: number): Amount | null {
  if (depth >= DEPTH) return null;
  const parties = new Set<string>([...FIELD_ROLES.customer.names, ...FIELD_ROLES.supplier.names]);
  for (const [name, value] of Object.entries(record)) {
    if (!isJsonObject(value) || parties.has(plainName(name))) continue;
    const found = amountOf(value, currency, depth + 1);
    if (found !== null) return { ...found, label: `${human(plainName(name))} ${found.label.toLowerCase()}` };
  }
  return null;
}

/** Null for what is not an amount. */
function textOf(name: string, value: unknown, currency: string | null): string | null {
  const digits = scalar(value);
  if (digits !== null) return money(digits, currency, minorUnit(name));
  if (!isJsonObject(value)) return null;
  const own = currencyOf(value) ?? currency;
  const of = (wanted: string) => scalar(Object.entries(value).find(([key]) => plainName(key) === wanted)?.[1]);
  const [units, nanos] = [of('units'), of('nanos')];
  if (units !== null && nanos !== null)
    return money(`${units}.${nanos.padStart(9, '0').replace(/0+$/, '')}`, own, null);
  const scale = of('scale') ?? of('exponent') ?? of('precision');
  for (const [key, member] of Object.entries(value)) {
    const inner = scalar(member);
    const unit = minorUnit(key);
    const isAmount = unit !== null || ['amount', 'value', 'total', 'gross', 'sum'].includes(plainName(key));
    if (inner === null || !isAmount || !NUMERIC.test(inner)) continue;
    return unit === null && scale !== null && /^\d$/.test(scale)
      ? money(shifted(inner, Number(scale)) ?? inner, own, null)
      : money(inner, own, unit ?? minorUnit(name));
  }
  return null;
}

function minorUnit(name: string): string | null {
  return MINOR_UNITS.exec(plainName(name))?.[1]?.replace('_', ' ') ?? null;
}

/** Cents are written with their point too, where the currency says how many there are. */
function money(digits: string, currency: string | null, unit: string | null): string {
  const behind = currency === null ? '' : ` ${named(currency)}`;
  if (unit === null) return `${named(digits)}${behind}`;
  const isCode = currency !== null && /^[A-Za-z]{3}$/.test(currency);
  const places = /^(cent|pen)/.test(unit) ? 2 : isCode ? decimalsOf(currency) : null;
  const whole = shifted(digits, places);
  const written = `${named(digits)} ${unit}`;
  return whole === null ? `${written}${behind}` : `${whole}${behind} (${written})`;
}

function shifted(digits: string, places: number | null): string | null {
  if (places === null || !/^-?\d+$/.test(digits)) return null;
  if (places === 0) return digits;
  const [, sign = '', all = ''] = /^(-?)(\d+)$/.exec(digits) ?? [];
  const padded = all.padStart(places + 1, '0');
  return `${sign}${padded.slice(0, -places)}.${padded.slice(-places)}`;
}

function currencyOf(record: JsonObject): string | null {
  const names = new FieldNames(Object.keys(record));
  const name = FIELD_ROLES.currency.names.flatMap((wanted) => names.find(wanted) ?? [])[0];
  const value = name === undefined ? undefined : record[name];
  return scalar(isJsonObject(value) ? (value.code ?? value.iso ?? value.iso_code) : value);
}

export interface RecordFacts {
  readonly id: string | null;
  readonly number: string | null;
  readonly name: string | null;
  readonly status: string | null;
  readonly isDraft: boolean;
  /** The day on which it was sent the last time; empty where the record says no more than that it was. */
  readonly sent: string | null;
  readonly issued: string | null;
  readonly due: string | null;
  readonly customer: string | null;
  /** By name only: on what the company sends out, its id is the company's own. */
  readonly supplier: string | null;
  readonly amount: Amount | null;
  /** Records like it have an amount, whether or not it was found. */
  readonly isAboutMoney: boolean;
  /** Of the customer, as far as the record itself holds it. */
  readonly customerAddresses: readonly string[];
  /** Others that the record holds; they may have been put there by a call like this one. */
  readonly otherAddresses: readonly Recipient[];
}

const PARTIES: readonly Column[] = ['customer', 'supplier'];

export function factsOf(record: JsonObject, timeZone: string = ownTimeZone()): RecordFacts {
  const dayIn = (time: unknown) => dayOf([{ time }], 'time', timeZone)({ time }) ?? '';
  const text = (column: Column) => scalar(fieldOf(record, column)?.value);
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
    sent: sentIn(record, [], 0).map(dayIn).sort().at(-1) ?? null,
    issued: dateOf('issued', record),
    due: dateOf('due', record),
    customer: partyName(record, 'customer'),
    supplier: partyName(record, 'supplier'),
    amount: amountOf(record),
    isAboutMoney: isAboutMoney(record),
    customerAddresses: addresses.filter(isOfCustomer).map(({ address }) => address),
    otherAddresses: addresses.filter((one) => !isOfCustomer(one)),
  };
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
    const words = [
      ...above,
      ...plainName(key)
        .replace(/(?<![a-z])e_(?=mail)/g, 'e')
        .split('_'),
    ];
    if (!words.every((word) => SENT_WORDS.has(word))) return [];
    const name = words.join('_');
    return [member].flat().flatMap((value: unknown): readonly unknown[] => {
      if (isJsonObject(value)) return depth > 0 || columnNames('customer').includes(key) ? [] : sentIn(value, words, 1);
      if (SENDING_STATE.test(name)) return typeof value === 'string' && SENT_STATE.test(plainName(value)) ? [''] : [];
      if (!WAS_SENT.test(name)) return [];
      if (value === true) return [''];
      return dateText(value) === null && epochTime(value) === null ? [] : [value];
    });
  });
}

export function dateOf(role: 'issued' | 'due', record: JsonObject): string | null {
  const [field] = fieldsFor(role, [record]);
  return field === undefined ? null : dateText(valueAt(record, field));
}

/** The id of the customer's own record: `purchaser_id`, or `purchaser.id`. */
export function customerId(record: JsonObject): { readonly word: string; readonly id: unknown } | null {
  const names = columnNames('customer').filter((name) => name.endsWith('_id'));
  const found = fieldOf(record, 'customer', (value) => scalar(value) !== null, names);
  if (found !== null) return { word: plainName(found.name).replace(/_id$/, ''), id: found.value };
  const inside = fieldOf(record, 'customer', isJsonObject);
  const id = inside !== null && isJsonObject(inside.value) ? fieldOf(inside.value, 'id')?.value : undefined;
  return inside === null || id === undefined ? null : { word: plainName(inside.name), id };
}

function partyName(record: JsonObject, column: 'customer' | 'supplier'): string | null {
  const found = fieldOf(record, column);
  if (isJsonObject(found?.value)) return scalar(fieldOf(found.value, 'name')?.value);
  return found === null || /_id$/.test(plainName(found.name)) ? null : scalar(found.value);
}

function fieldOf(
  record: JsonObject,
  column: Column,
  fits: (value: unknown) => boolean = (value) =>
    scalar(value) !== null || (PARTIES.includes(column) && isJsonObject(value)),
  names: readonly string[] = columnNames(column),
): { readonly name: string; readonly value: unknown } | null {
  const present = new FieldNames(Object.keys(record).filter((name) => fits(record[name])));
  const name = names.flatMap((wanted) => present.find(wanted) ?? [])[0];
  return name === undefined ? null : { name, value: record[name] };
}
