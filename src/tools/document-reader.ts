import { type Role, type StateRole, stateRole } from '../contract/field-roles.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import type { AnswerField } from '../core/tool.ts';
import {
  amountAt,
  type Big,
  currencyBeside,
  type MoneyField,
  MoneyFields,
  moneyFieldFor,
  usualCurrency,
} from './money.ts';
import type { DocumentKind } from './money-resource.ts';
import { type DayOf, dayOf, hasTimes } from './record-days.ts';
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
const PAID_BACK = /refund|charge_?back|reversal|reversed|paid_?back|repay|outgoing/i;

export class DocumentReader {
  readonly rows: readonly JsonObject[];
  readonly #isOffer: boolean;
  readonly amounts: ReadonlyMap<Amount, MoneyField | null>;
  readonly #days: ReadonlyMap<Day, { readonly path: string | null; readonly of: DayOf }>;
  readonly #flags: readonly (readonly [path: string | null, role: StateRole])[];
  readonly #states: readonly string[];
  /** The currency of amounts of which a record names none, as the contract says. */
  readonly usualCurrency: string | null;
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
    this.rows = rows;
    this.#isOffer = kind === 'offer' || kind === 'proforma';
    const fields = new RecordFields(rows, described);
    const money = new MoneyFields(rows, described);
    const at = (role: Role) => fields.find(role);
    this.amounts = new Map(AMOUNTS.map((role) => [role, money.find(role)]));
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
    this.usualCurrency = usualCurrency(described, [...this.amounts.values()]);
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
    return amountAt(row, this.amounts.get(role) ?? null, this.currency(row));
  }

  has(role: Amount): boolean {
    return (this.amounts.get(role) ?? null) !== null;
  }

  /** Whether the total of a record is not understood; null in its place is a total that the service does not state. */
  misreadsTotal(row: JsonObject): boolean {
    const field = this.amounts.get('total') ?? null;
    return this.amount('total', row) === null && (field === null || valueAt(row, field.path) !== null);
  }

  /** The field at the top of the record that holds an amount; null where none does. */
  amountField(role: Amount): string | null {
    return this.amounts.get(role)?.path.split('.')[0] ?? null;
  }

  /** One for each code, whatever its case; null where neither the record nor the contract names one. */
  currency(row: JsonObject): string | null {
    return (this.ownCurrency(row) ?? this.usualCurrency)?.trim().toUpperCase() ?? null;
  }

  ownCurrency(row: JsonObject): string | null {
    const own = textAt(row, this.currencyField);
    const beside = () =>
      AMOUNTS.map((role) => currencyBeside(row, this.amounts.get(role) ?? null)).find((one) => one !== null);
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
    return DAYS.some((role) => hasTimes(this.rows, this.dayField(role)));
  }

  /** In the service's word; null for a record without a state. */
  state(row: JsonObject): string | null {
    return textAt(row, this.status);
  }

  /** What the record's state means: the strongest of all that its fields say. */
  role(row: JsonObject): StateRole {
    const flags = this.#flags.flatMap(([path, role]) => (path !== null && valueAt(row, path) === true ? [role] : []));
    const words = this.#states.flatMap((path) => textAt(row, path) ?? []);
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
    return isFlagged || this.#states.length > 0 || this.rows.some((row) => this.#hasOddState(row));
  }

  /** A state that is not a word. */
  #hasOddState(row: JsonObject): boolean {
    return this.status !== null && (valueAt(row, this.status) ?? null) !== null;
  }

  isCredit(row: JsonObject): boolean {
    return /credit|correct|storno/i.test(textAt(row, this.typeField) ?? '');
  }

  number(row: JsonObject): string | null {
    return textAt(row, this.numberField);
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
        const own = textAt(payment, currency) ?? currencyBeside(payment, amount);
        const code = own?.toUpperCase() ?? null;
        const paid = amountAt(payment, amount, code ?? this.currency(row));
        const isBack = fieldsFor('type', [payment]).some((path) => PAID_BACK.test(String(valueAt(payment, path))));
        return { amount: isBack ? (paid?.abs().times(-1) ?? null) : paid, currency: code, day: of(payment) };
      });
  }

  #paymentRows(row: JsonObject): readonly JsonObject[] {
    const value = this.paymentsField === null ? null : valueAt(row, this.paymentsField);
    return Array.isArray(value) ? value.filter(isJsonObject) : [];
  }
}
