/** How the records of a list were understood: which field was used for what, and which are there and not understood. */
import { FieldNames } from '../contract/field-names.ts';
import { FIELD_ROLES } from '../contract/field-roles.ts';
import { type JsonObject, stringifyJson } from '../core/json.ts';
import { count, trimText } from '../core/text.ts';
import { AMOUNTS, type DocumentReader } from './document-reader.ts';
import { currencyBeside, isInCents } from './money.ts';
import { valueAt } from './record-fields.ts';

const MOST_NAMED = 20;
const SHOWN_VALUE = 40;

/** Which field was used for what; one that is not there is absent. */
export function usedFields(reader: DocumentReader): JsonObject {
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

/** Fields that are there and not understood, one sentence each. */
export function misreadFields(reader: DocumentReader): readonly string[] {
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
  const names = [...new Set(reader.rows.flatMap((row) => Object.keys(row)))];
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
