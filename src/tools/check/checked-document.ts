/** The document that is checked, read once: which fields have which role, its dates, its currency, its lines. */
import { FieldNames } from '../../contract/field-names.ts';
import { FIELD_ROLES, type Role } from '../../contract/field-roles.ts';
import type { Operation } from '../../contract/operation.ts';
import { isJsonObject, type JsonObject, objectIn } from '../../core/json.ts';
import type { AnswerField } from '../../core/tool.ts';
import { type DocumentLines, linesOf } from '../document-lines.ts';
import { amountAt, Big, currencyBeside, decimalsOf, isInCents, moneyFieldFor, usualCurrency } from '../money.ts';
import { kindOf, type MoneyResource } from '../money-resource.ts';
import { dayText, fieldFor, textAt, valueAt } from '../record-fields.ts';

interface DatedField {
  readonly field: string;
  /** YYYY-MM-DD; null where the field holds no date that can be meant. */
  readonly date: string | null;
}

export interface CheckedDocument {
  readonly record: JsonObject;
  /** What the contract says that such records have, and what the create tool takes. */
  readonly described: readonly AnswerField[];
  /** It was given as the arguments of the create tool, and not read by its id. */
  readonly isGiven: boolean;
  readonly isCredit: boolean;
  /** Received from a supplier. */
  readonly isPurchase: boolean;
  /** Nothing is owed by it yet. */
  readonly isOffer: boolean;
  readonly currency: string | null;
  readonly lines: DocumentLines | null;
  readonly issued: DatedField | null;
  readonly delivered: DatedField | null;
  readonly due: DatedField | null;
  readonly starts: DatedField | null;
  readonly ends: DatedField | null;
  /** The field of a role: in the record, else in the contract. */
  field(role: Role): string | null;
  text(role: Role): string | null;
  amount(role: Role): GivenAmount | null;
}

export interface GivenAmount {
  readonly field: string;
  readonly value: Big;
  /** Another amount as this field would write it: in cents where it holds cents. */
  readonly written: (amount: Big) => string;
}

export function checkedDocument(
  source: MoneyResource,
  create: Operation | undefined,
  record: JsonObject,
  isGiven: boolean,
  today: string,
): CheckedDocument {
  const taken = create === undefined ? [] : fieldsTaken(create.validation);
  const described = [
    ...source.described,
    ...taken.filter(({ name }) => !source.described.some((one) => one.name === name)),
  ];
  const field = (role: Role) => fieldFor(role, [record], described);
  const text = (role: Role) => textAt(record, field(role));
  const beside = currencyBeside(record, moneyFieldFor('total', [record], described));
  const currency = (text('currency') ?? beside ?? usualCurrency(described, []))?.trim().toUpperCase() ?? null;
  const given = new FieldNames(
    Object.keys(record).filter((name) => typeof record[name] === 'string' && record[name] !== ''),
  );
  const dated = (role: Role): DatedField | null => {
    // One that cannot be read is not replaced by another date.
    const path = FIELD_ROLES[role].names.map((name) => given.find(name)).find((name) => name !== null) ?? field(role);
    return path === null ? null : { field: path, date: usableDate(valueAt(record, path), today) };
  };
  const kind = kindOf({ ...source, described });
  return {
    record,
    described,
    isGiven,
    isCredit: kind === 'credit',
    isPurchase: kind === 'purchase',
    isOffer: kind === 'offer' || kind === 'proforma',
    currency,
    lines: linesOf(record, described, currency),
    issued: dated('issued'),
    delivered: dated('delivered'),
    due: dated('due'),
    starts: dated('starts'),
    ends: dated('ends'),
    field,
    text,
    amount: (role) => {
      const money = moneyFieldFor(role, [record], described);
      const value = amountAt(record, money, currency);
      if (money === null || value === null) return null;
      const decimals = decimalsOf(currency);
      const cents = (amount: Big) => amount.times(new Big(10).pow(decimals)).toFixed(0);
      const isCents = isInCents(record, money);
      return { field: money.path, value, written: (amount) => (isCents ? cents(amount) : amount.toFixed(decimals)) };
    },
  };
}

const EARLIEST_YEAR = 2000;
const YEARS_AHEAD = 20;

/** A date that exists and can be meant, as YYYY-MM-DD; null for anything else. @param today YYYY-MM-DD */
export function usableDate(value: unknown, today: string): string | null {
  const date = dayText(value);
  const year = Number(date?.slice(0, 4));
  return year >= EARLIEST_YEAR && year <= Number(today.slice(0, 4)) + YEARS_AHEAD ? date : null;
}

/** The day whose rules hold for VAT: of the delivery, else of the issue. */
export function taxDate({ delivered, issued }: CheckedDocument): string | null {
  return delivered?.date ?? issued?.date ?? null;
}

const DEPTH = 3;

/** What arguments are taken, as if they were answered. */
export function fieldsTaken(schema: unknown, depth = 0): readonly AnswerField[] {
  if (!isJsonObject(schema) || depth > DEPTH) return [];
  const inner = isJsonObject(schema.items) ? schema.items : schema;
  const properties = objectIn(inner.properties);
  return Object.entries(properties).map(([name, one]) => {
    const { default: preset } = objectIn(one);
    return { name, fields: fieldsTaken(one, depth + 1), ...(typeof preset === 'string' && { preset }) };
  });
}
