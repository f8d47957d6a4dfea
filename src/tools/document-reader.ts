import { type Role, type StateRole, stateRole } from '../contract/field-roles.ts';
import { lastResult, onceFor } from '../core/deadline.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import type { AnswerField } from '../core/tool.ts';
import { amountAt, type Big, currencyBeside, MoneyFields, moneyFieldFor, usualCurrency } from './money.ts';
import type { DocumentKind } from './money-resource.ts';
import { dayOf, hasTimes } from './record-days.ts';
import { fieldFor, fieldsFor, plainText, RecordFields, textAt, valueAt } from './record-fields.ts';

export const AMOUNTS = ['total', 'net', 'vat', 'open', 'paidAmount'] as const;
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
/** `0000-00-00` is what some databases have in place of none. */
const NO_DAY = /^(false|[0\s.:/TZ-]*)$/;
const PAID_BACK = /refund|charge_?back|reversal|reversed|paid_?back|repay|outgoing/i;

const FLAGS = [
  ['isCancelled', 'cancelled'],
  ['isDraft', 'draft'],
  ['isPaid', 'paid'],
] as const;

/** What is looked up is found when it is first needed, and once: most lists are asked for little. */
export class DocumentReader {
  readonly rows: readonly JsonObject[];
  readonly #described: readonly AnswerField[];
  readonly #timeZone: () => string;
  readonly #kind: DocumentKind;
  readonly #fields: RecordFields;
  readonly money: MoneyFields;
  readonly #dayOf = onceFor((role: Day) => dayOf(this.rows, this.field(role), this.#timeZone()));
  readonly #states = lastResult(() => this.#fields.findAll('status'));
  readonly #party = lastResult(() => this.#partyFields());
  readonly #payments = lastResult(() => this.#paymentFields());
  /** The currency of amounts of which a record names none, as the contract says. */
  readonly usualCurrency = lastResult(() => usualCurrency(this.#described, AMOUNTS.map(this.money.find)));

  constructor(
    rows: readonly JsonObject[],
    described: readonly AnswerField[],
    timeZone: () => string,
    kind: DocumentKind = 'sale',
  ) {
    this.rows = rows;
    this.#described = described;
    this.#timeZone = timeZone;
    this.#kind = kind;
    this.#fields = new RecordFields(rows, described);
    this.money = new MoneyFields(rows, described);
  }

  /** Its name, where the records or the contract have it. */
  field(role: Role): string | null {
    return this.#fields.find(role);
  }

  #at(role: Role, row: JsonObject): unknown {
    const path = this.field(role);
    return path === null ? undefined : valueAt(row, path);
  }

  get partyId(): string | null {
    return this.#party().id;
  }

  get partyName(): string | null {
    const { id, name } = this.#party();
    return name === id ? null : name;
  }

  /** On a document that is sent out, the supplier is the company itself. */
  #partyFields() {
    const customer = () => ({ id: this.field('contactId'), name: this.field('customerName') });
    const supplier = () => ({ id: this.field('supplierId'), name: this.field('supplierName') });
    const [first, second] = this.#kind === 'purchase' ? [supplier, customer] : [customer, supplier];
    const party = first();
    return party.id === null && party.name === null ? second() : party;
  }

  #paymentFields() {
    const payments = this.rows.flatMap((row) => this.#paymentRows(row));
    const nested = this.#described.find(({ name }) => name === this.field('payments'))?.fields ?? [];
    return {
      of: dayOf(payments, fieldFor('paymentDate', payments, []), this.#timeZone()),
      amount: moneyFieldFor('paymentAmount', payments, nested),
      currency: fieldFor('currency', payments, []),
    };
  }

  amount(role: Amount, row: JsonObject): Big | null {
    return amountAt(row, this.money.find(role), this.currency(row));
  }

  has(role: Amount): boolean {
    return this.money.find(role) !== null;
  }

  /** The field at the top of the record that holds an amount; null where none does. */
  amountField(role: Amount): string | null {
    return this.money.find(role)?.path.split('.')[0] ?? null;
  }

  /** One for each code, whatever its case; null where neither the record nor the contract names one. */
  currency(row: JsonObject): string | null {
    return (this.ownCurrency(row) ?? this.usualCurrency())?.trim().toUpperCase() ?? null;
  }

  ownCurrency(row: JsonObject): string | null {
    const own = textAt(row, this.field('currency'));
    const beside = () => AMOUNTS.map((role) => currencyBeside(row, this.money.find(role))).find((one) => one !== null);
    return own ?? beside() ?? null;
  }

  /** YYYY-MM-DD. */
  day(role: Day, row: JsonObject): string | null {
    return this.#dayOf(role)(row);
  }

  /** Whether a day is there that is not understood. */
  misreadsDay(role: Day, row: JsonObject): boolean {
    return this.day(role, row) === null && !NO_DAY.test(String(this.#at(role, row) ?? ''));
  }

  hasTimes(): boolean {
    return DAYS.some((role) => hasTimes(this.rows, this.field(role)));
  }

  /** In the service's word; null for a record without a state. */
  state(row: JsonObject): string | null {
    return textAt(row, this.field('status'));
  }

  /** What the record's state means: the strongest of all that its fields say. */
  role(row: JsonObject): StateRole {
    const flags = FLAGS.flatMap(([flag, role]) => (this.#at(flag, row) === true ? [role] : []));
    const words = this.#states().flatMap((path) => textAt(row, path) ?? []);
    const isOffer = this.#kind === 'offer' || this.#kind === 'proforma';
    const said = new Set<StateRole>([...flags, ...words.map((word) => stateRole(word, isOffer))]);
    if (this.day('cancelled', row) !== null) said.add('cancelled');
    const isNamed = this.#states().length > 0 || this.#hasOddState(row);
    return STRONGEST.find((role) => said.has(role)) ?? (isNamed ? 'unknown' : 'issued');
  }

  hasStates(): boolean {
    return this.tellsDrafts() || FLAGS.some(([flag]) => this.field(flag) !== null);
  }

  /** Whether anything in the records tells drafts and cancelled documents from the rest. */
  tellsDrafts(): boolean {
    const isFlagged = FLAGS.some(([flag, role]) => role !== 'paid' && this.field(flag) !== null);
    return isFlagged || this.#states().length > 0 || this.rows.some((row) => this.#hasOddState(row));
  }

  /** A state that is not a word. */
  #hasOddState(row: JsonObject): boolean {
    return (this.#at('status', row) ?? null) !== null;
  }

  isCredit(row: JsonObject): boolean {
    return /credit|correct|storno/i.test(textAt(row, this.field('type')) ?? '');
  }

  number(row: JsonObject): string | null {
    return textAt(row, this.field('number'));
  }

  party(row: JsonObject): Party {
    const id = this.partyId === null ? null : (valueAt(row, this.partyId) ?? null);
    const name = textAt(row, this.partyName);
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
    if (!Array.isArray(this.#at('payments', row))) return null;
    const { of, amount, currency } = this.#payments();
    const rows = this.#paymentRows(row);
    // A list of documents may leave out what each of them holds.
    if (rows.length === 0 && ['paid', 'partly'].includes(this.role(row))) return null;
    return rows
      .filter(
        (payment) => !fieldsFor('status', [payment]).some((path) => NOT_PAID.test(String(valueAt(payment, path)))),
      )
      .map((payment) => {
        const own = textAt(payment, currency) ?? currencyBeside(payment, amount);
        const code = own?.toUpperCase() ?? null;
        const paid = amountAt(payment, amount, code ?? this.currency(row));
        const isBack = fieldsFor('type', [payment]).some((path) => PAID_BACK.test(String(valueAt(payment, path))));
        return { amount: isBack ? (paid?.abs().times(-1) ?? null) : paid, currency: code, day: of(payment) };
      });
  }

  #paymentRows(row: JsonObject): readonly JsonObject[] {
    const value = this.#at('payments', row);
    return Array.isArray(value) ? value.filter(isJsonObject) : [];
  }
}
