/** Amounts, days, state and customer of the records of one list, whatever the service calls them. */
import { FieldNames } from '../contract/field-names.ts';
import { FIELD_ROLES, type Role, type StateRole, stateRole } from '../contract/field-roles.ts';
import { isJsonObject, type JsonObject, stringifyJson } from '../core/json.ts';
import { count, trimText } from '../core/text.ts';
import type { AnswerField } from '../core/tool.ts';
import {
  amountAt,
  type Big,
  currencyBeside,
  isInCents,
  type MoneyField,
  MoneyFields,
  moneyFieldFor,
  usualCurrency,
} from './money.ts';
import type { DocumentKind } from './money-resource.ts';
import { type DayOf, dayOf, hasTimes } from './record-days.ts';
import { fieldFor, fieldsFor, plainText, RecordFields, valueAt } from './record-fields.ts';

const AMOUNTS = ['total', 'net', 'vat', 'open', 'paidAmount'] as const;
type Amount = (typeof AMOUNTS)[number];
const DAYS = ['issued', 'delivered', 'due', 'ends', 'paid', 'cancelled'] as const;
type Day = (typeof DAYS)[number];

/** The customer of a document that was sent out, the supplier of one that was received. */
export interface Party {
  /** Equal for the documents of one customer: by id, and only without one by name. */
  readonly key: string;
  readonly id: unknown;
  readonly name: string | null;
}

/** What hinders more than it says: a state that says what happened since. */
const STRONGEST: readonly StateRole[] = ['cancelled', 'draft', 'paid', 'partly', 'answered', 'issued'];
const NOT_PAID = /fail|reject|pending|cancel|void|revers|refus|declin|draft/i;
const MOST_NAMED = 20;
const SHOWN_VALUE = 40;

export class DocumentReader {
  readonly #rows: readonly JsonObject[];
  readonly #isOffer: boolean;
  readonly #amounts: ReadonlyMap<Amount, MoneyField | null>;
  readonly #days: ReadonlyMap<Day, { readonly path: string | null; readonly of: DayOf }>;
  readonly #flags: readonly (readonly [path: string | null, role: StateRole])[];
  readonly #states: readonly string[];
  readonly #usualCurrency: string | null;
  readonly #paymentsRead: { readonly of: DayOf; readonly amount: MoneyField | null; readonly currency: string | null };
  /** Names of fields, where the records or the contract have them. */
  readonly status: string | null;
  readonly currencyField: string | null;
  readonly typeField: string | null;
  readonly paymentsField: string | null;
  readonly partyId: string | null;
  readonly partyName: string | null;
  readonly numberField: string | null;

  constructor(
    rows: readonly JsonObject[],
    described: readonly AnswerField[],
    timeZone: string,
    kind: DocumentKind = 'sale',
  ) {
    this.#rows = rows;
    this.#isOffer = kind === 'offer' || kind === 'proforma';
    const fields = new RecordFields(rows, described);
    const money = new MoneyFields(rows, described);
    const at = (role: Role) => fields.find(role);
    this.#amounts = new Map(AMOUNTS.map((role) => [role, money.find(role)]));
    this.#days = new Map(
      DAYS.map((role) => {
        const path = at(role);
        return [role, { path, of: dayOf(rows, path, timeZone) }];
      }),
    );
    this.status = at('status');
    this.#states = fields.findAll('status');
    this.#flags = [
      [at('isCancelled'), 'cancelled'],
      [at('isDraft'), 'draft'],
      [at('isPaid'), 'paid'],
    ];
    this.currencyField = at('currency');
    this.#usualCurrency = usualCurrency(described, [...this.#amounts.values()]);
    this.typeField = at('type');
    this.numberField = at('number');
    this.paymentsField = at('payments');
    const customer = { id: at('contactId'), name: at('customerName') };
    const supplier = { id: at('supplierId'), name: at('supplierName') };
    const [first, second] = kind === 'purchase' ? [supplier, customer] : [customer, supplier];
    // On a document that is sent out, the supplier is the company itself.
    const party = first.id === null && first.name === null ? second : first;
    this.partyId = party.id;
    this.partyName = party.name === party.id ? null : party.name;
    const payments = rows.flatMap((row) => this.#paymentRows(row));
    const nested = described.find(({ name }) => name === this.paymentsField)?.fields ?? [];
    this.#paymentsRead = {
      of: dayOf(payments, fieldFor('paymentDate', payments, []), timeZone),
      amount: moneyFieldFor('paymentAmount', payments, nested),
      currency: fieldFor('currency', payments, []),
    };
  }

  amount(role: Amount, row: JsonObject): Big | null {
    return amountAt(row, this.#amounts.get(role) ?? null, this.currency(row));
  }

  has(role: Amount): boolean {
    return (this.#amounts.get(role) ?? null) !== null;
  }

  /** Whether the total of a record is not understood; null in its place is a total that the service does not state. */
  misreadsTotal(row: JsonObject): boolean {
    const field = this.#amounts.get('total') ?? null;
    return this.amount('total', row) === null && (field === null || valueAt(row, field.path) !== null);
  }

  /** The field at the top of the record that holds an amount; null where none does. */
  amountField(role: Amount): string | null {
    return this.#amounts.get(role)?.path.split('.')[0] ?? null;
  }

  /** One for each code, whatever its case; null where neither the record nor the contract names one. */
  currency(row: JsonObject): string | null {
    return (this.#ownCurrency(row) ?? this.#usualCurrency)?.trim().toUpperCase() ?? null;
  }

  #ownCurrency(row: JsonObject): string | null {
    const own = this.currencyField === null ? null : plainText(valueAt(row, this.currencyField));
    const beside = () =>
      AMOUNTS.map((role) => currencyBeside(row, this.#amounts.get(role) ?? null)).find((one) => one !== null);
    return own ?? beside() ?? null;
  }

  /** YYYY-MM-DD. */
  day(role: Day, row: JsonObject): string | null {
    return this.#days.get(role)?.of(row) ?? null;
  }

  dayField(role: Day): string | null {
    return this.#days.get(role)?.path ?? null;
  }

  hasTimes(): boolean {
    return DAYS.some((role) => hasTimes(this.#rows, this.dayField(role)));
  }

  /** In the service's word; null for a record without a state. */
  state(row: JsonObject): string | null {
    return this.status === null ? null : plainText(valueAt(row, this.status));
  }

  /** What the record's state means: the strongest of all that its fields say. */
  role(row: JsonObject): StateRole {
    const flags = this.#flags.flatMap(([path, role]) => (path !== null && valueAt(row, path) === true ? [role] : []));
    const words = this.#states.flatMap((path) => plainText(valueAt(row, path)) ?? []);
    const said = new Set<StateRole>([...flags, ...words.map((word) => stateRole(word, this.#isOffer))]);
    if (this.day('cancelled', row) !== null) said.add('cancelled');
    const isNamed = this.#states.length > 0 || this.#hasOddState(row);
    return STRONGEST.find((role) => said.has(role)) ?? (isNamed ? 'unknown' : 'issued');
  }

  hasStates(): boolean {
    return this.tellsDrafts() || this.#flags.some(([path]) => path !== null);
  }

  /** Whether anything in the records tells drafts and cancelled documents from the rest. */
  tellsDrafts(): boolean {
    const isFlagged = this.#flags.some(([path, role]) => path !== null && role !== 'paid');
    return isFlagged || this.#states.length > 0 || this.#rows.some((row) => this.#hasOddState(row));
  }

  /** A state that is not a word. */
  #hasOddState(row: JsonObject): boolean {
    return this.status !== null && (valueAt(row, this.status) ?? null) !== null;
  }

  isCredit(row: JsonObject): boolean {
    return this.typeField !== null && /credit|correct|storno/i.test(plainText(valueAt(row, this.typeField)) ?? '');
  }

  number(row: JsonObject): string | null {
    return this.numberField === null ? null : plainText(valueAt(row, this.numberField));
  }

  party(row: JsonObject): Party {
    const id = this.partyId === null ? null : (valueAt(row, this.partyId) ?? null);
    const name = this.partyName === null ? null : plainText(valueAt(row, this.partyName));
    const text = plainText(id) ?? (id === null ? null : String(id));
    return { key: text === null ? `name ${name ?? ''}` : `id ${text}`, id: text === null ? null : id, name };
  }

  /** The ids of the parties of these records, as texts. */
  partyIds(rows: readonly JsonObject[]): ReadonlySet<string> {
    return new Set(rows.flatMap((row) => this.party(row).id ?? []).map(String));
  }

  /** What was paid and when; null where the records do not list their payments. */
  payments(row: JsonObject):
    | readonly {
        readonly amount: Big | null;
        readonly currency: string | null;
        readonly day: string | null;
      }[]
    | null {
    if (this.paymentsField === null || !Array.isArray(valueAt(row, this.paymentsField))) return null;
    const { of, amount, currency } = this.#paymentsRead;
    const rows = this.#paymentRows(row);
    // A list of documents may leave out what each of them holds.
    if (rows.length === 0 && ['paid', 'partly'].includes(this.role(row))) return null;
    return rows
      .filter(
        (payment) => !fieldsFor('status', [payment]).some((path) => NOT_PAID.test(String(valueAt(payment, path)))),
      )
      .map((payment) => {
        const own =
          (currency === null ? null : plainText(valueAt(payment, currency))) ?? currencyBeside(payment, amount);
        const code = own?.toUpperCase() ?? null;
        return { amount: amountAt(payment, amount, code ?? this.currency(row)), currency: code, day: of(payment) };
      });
  }

  #paymentRows(row: JsonObject): readonly JsonObject[] {
    const value = this.paymentsField === null ? null : valueAt(row, this.paymentsField);
    return Array.isArray(value) ? value.filter(isJsonObject) : [];
  }

  /** Which field was used for what; one that is not there is absent. */
  used(): JsonObject {
    const amounts = AMOUNTS.map((role) => [role === 'paidAmount' ? 'paid' : role, this.#amountWords(role)]);
    const days = ['issued', 'delivered', 'due'] as const;
    const dates = days.map((day) => [day === 'issued' ? 'date' : day, this.dayField(day)]);
    return {
      ...Object.fromEntries(dates),
      ...Object.fromEntries(amounts),
      payments: this.has('paidAmount') || this.has('open') ? null : this.paymentsField,
      currency: this.#currencyWords(),
      status: this.status,
      type: this.typeField,
      contact: this.partyId ?? this.partyName,
    };
  }

  #amountWords(role: Amount): string | null {
    const field = this.#amounts.get(role) ?? null;
    if (field === null) return null;
    return this.#rows.some((row) => isInCents(row, field)) ? `${field.path} (in cents)` : field.path;
  }

  #currencyWords(): string | null {
    const field = AMOUNTS.map((role) => this.#amounts.get(role)).find((one) => one?.object != null);
    const isBeside = field?.object != null && this.#rows.some((row) => currencyBeside(row, field) !== null);
    const where = this.currencyField ?? (isBeside ? `beside ${field.path}` : null);
    const isNamed = this.#usualCurrency === null || this.#rows.every((row) => this.#ownCurrency(row) !== null);
    return isNamed
      ? where
      : [where, `${this.#usualCurrency} by default, as the contract says`].filter(Boolean).join('; ');
  }

  /** Fields that are there and not understood, one sentence each. */
  misread(): readonly string[] {
    if (this.#rows.length === 0) return [];
    const notes = (['total', 'currency', 'issued'] as const).flatMap((role) => this.#lacking(role));
    for (const [role, field] of this.#amounts) {
      if (field === null) continue;
      const odd = this.#rows.filter(
        (row) => (valueAt(row, field.path) ?? null) !== null && this.amount(role, row) === null,
      );
      const [example] = odd.map((row) => shown(valueAt(row, field.path)));
      if (example === undefined) continue;
      notes.push(`${field.path} of ${count(odd.length, 'row')} is not understood as an amount: ${example}.`);
    }
    return notes;
  }

  #lacking(role: 'total' | 'currency' | 'issued'): readonly string[] {
    const isRead = (row: JsonObject) =>
      (role === 'total' ? this.amount(role, row) : role === 'issued' ? this.day(role, row) : this.currency(row)) !==
      null;
    if (this.#rows.some(isRead)) return [];
    const what = role === 'issued' ? 'a date' : role === 'total' ? 'the total' : 'the currency';
    const names = [...new Set(this.#rows.flatMap((row) => Object.keys(row)))];
    const index = new FieldNames(names);
    const candidates = FIELD_ROLES[role].names.flatMap((name) => index.find(name.split('.')[0] ?? name) ?? []);
    const odd = [...new Set(candidates)].flatMap((name) => {
      const row = this.#rows.find((one) => (one[name] ?? null) !== null);
      return row === undefined ? [] : `${name} (${shown(row[name])})`;
    });
    if (odd.length > 0) return [`Not understood as ${what}: ${odd.slice(0, 3).join(', ')}.`];
    const field =
      role === 'issued' ? this.dayField(role) : role === 'total' ? this.has(role) || null : this.currencyField;
    if (field !== null) return [];
    const fields = `${names.slice(0, MOST_NAMED).join(', ')}${names.length > MOST_NAMED ? ', …' : ''}`;
    return [`The rows have no field for: ${role === 'issued' ? 'date' : role}. Their fields: ${fields}.`];
  }
}

function shown(value: unknown): string {
  return trimText(stringifyJson(value), SHOWN_VALUE);
}
