/**
 * Exact decimals, never floats, and where records keep an amount or a discount: a number or a decimal text, an object
 * with its currency, or whole cents.
 */
import Big from 'big.js';
import { FieldNames, memberNames, plainName } from '../contract/field-names.ts';
import { FIELD_ROLES, type Role } from '../contract/field-roles.ts';
import { lastResult, onceFor } from '../core/deadline.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import type { AnswerField } from '../core/tool.ts';
import { decimalText, fieldFor, percentText, plainText, textAt, valueAt } from './record-fields.ts';

export { Big };

export const ZERO = new Big(0);

export function toBig(value: unknown): Big | null {
  const text = decimalText(value);
  return text === null ? null : new Big(text);
}

const CENTS = 2;

/** ISO 4217, where it is not two. `Intl` has how prices are shown: no decimals for HUF, and others with the next Node. */
const DECIMALS: ReadonlyMap<string, number> = new Map([
  ...'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' ').map((code) => [code, 0] as const),
  ...'BHD IQD JOD KWD LYD OMR TND'.split(' ').map((code) => [code, 3] as const),
  ...'CLF UYW'.split(' ').map((code) => [code, 4] as const),
]);

/** How many decimals amounts of a currency have: 2 for EUR, 0 for JPY, 3 for KWD; 2 where it is not known. */
export function decimalsOf(currency: string | null): number {
  return DECIMALS.get(currency?.trim().toUpperCase() ?? '') ?? CENTS;
}

/** With the decimals of its currency at least, and none of its own lost. */
export function amountText(value: Big, currency: string | null): string {
  const exact = value.toFixed();
  const decimals = decimalsOf(currency);
  return (exact.split('.')[1]?.length ?? 0) < decimals ? value.toFixed(decimals) : exact;
}

/** Half up, away from zero, as invoices are rounded. */
export function rounded(value: Big, decimals: number): Big {
  return value.round(decimals, Big.roundHalfUp);
}

export function percentOf(value: Big, percent: Big): Big {
  return value.times(percent).div(100);
}

/** The rate in percent that gives a line its VAT; null where no usual one does. */
export function usualRate(net: Big | undefined, vat: Big | null): Big | null {
  if (net === undefined || net.eq(0) || vat === null) return null;
  const exact = vat.times(100).div(net);
  const usual = [rounded(exact, 0), rounded(exact, 1)];
  return usual.find((rate) => percentOf(net, rate).minus(vat).abs().lte('0.01')) ?? null;
}

export interface MoneyField {
  /** Of the number: `total`, `total_cents`, `total.amount`. */
  readonly path: string;
  /** By its name or the contract's words; a record may say it too (`unit`). */
  readonly isCents: boolean;
  /** Of the object that the amount is in, beside its currency; null for a plain one. */
  readonly object: string | null;
}

const CENTS_NAME = /^(?:(.+?)_)?(?:in_)?(?:cents?|minor|minor_units?)$/;
const AMOUNTS: ReadonlySet<string> = new Set(['amount', 'value', 'decimal', 'number']);
const UNITS = ['unit', 'units', 'amount_unit', 'money_unit', 'currency_unit', 'amounts_in'];
const CENTS_WORDS = /^(euro ?)?(cents?|minor( units?)?|hundredths)$/i;
/** Members that say how many of the digits are decimals. */
const SCALES = ['precision', 'scale', 'exponent', 'fraction_digits'];

/** The name under which a role is looked up: `total` for `total_cents`. */
export function baseName(name: string): { readonly base: string; readonly isCents: boolean } {
  const plain = plainName(name);
  const [whole, base] = CENTS_NAME.exec(plain) ?? [];
  return whole === undefined ? { base: plain, isCents: false } : { base: base ?? 'amount', isCents: true };
}

/** Of a field that says in which unit amounts are. */
export function isUnitName(name: string): boolean {
  return UNITS.some((unit) => plainName(name).endsWith(unit));
}

/** Amounts by the names that roles know: at the top, and one level down in objects such as `totals`. */
class Amounts {
  readonly #own = new Map<string, MoneyField>();
  readonly #nested = new Map<string, Map<string, MoneyField>>();
  #names: FieldNames | undefined;

  add(path: readonly string[], field: MoneyField): void {
    const [first = '', second] = path;
    const place =
      second === undefined ? this.#own : (this.#nested.get(plainName(first)) ?? new Map<string, MoneyField>());
    if (second !== undefined) this.#nested.set(plainName(first), place);
    const { base } = baseName(second ?? first);
    const known = place.get(base);
    if (known === undefined || (known.isCents && !field.isCents)) place.set(base, field);
  }

  find(wanted: string): MoneyField | undefined {
    const [first = '', second] = wanted.split('.');
    if (second !== undefined) {
      const inner = this.#nested.get(first);
      const name = inner && new FieldNames(inner.keys()).find(second);
      return inner === undefined || name === null || name === undefined ? undefined : inner.get(name);
    }
    this.#names ??= new FieldNames(this.#own.keys());
    const name = this.#names.find(first);
    return name === null ? undefined : this.#own.get(name);
  }
}

/** The fields that hold amounts in the records of one list, and those that the contract describes. */
export class MoneyFields {
  readonly #records: readonly JsonObject[];
  readonly #described: readonly AnswerField[];
  readonly #used = lastResult(() => amountsIn(this.#records, this.#described));
  readonly #known = lastResult(() => amountsOf(this.#described));

  constructor(records: readonly JsonObject[], described: readonly AnswerField[]) {
    this.#records = records;
    this.#described = described;
  }

  /** The field that holds the amount of a role: one that the records use, else one that the contract describes. */
  readonly find = onceFor((role: Role): MoneyField | null => this.#search(role));

  #search(role: Role): MoneyField | null {
    const { names, also = [] } = FIELD_ROLES[role];
    // `amount` is a total, unless the contract says that it is without VAT.
    const nets = this.#described.flatMap(({ isNet, name }) => (isNet === true ? name : []));
    const isNet = ({ path }: MoneyField) => nets.includes(path.split('.')[0] ?? path);
    const candidates = [...names, ...also, ...(role === 'net' ? nets.map(plainName) : [])];
    const found = (amounts: Amounts) => {
      for (const name of candidates) {
        const field = amounts.find(name);
        if (field !== undefined && (role !== 'total' || !isNet(field))) return field;
      }
      return null;
    };
    const field = found(this.#used()) ?? found(this.#known());
    if (field === null) return null;
    // What the contract calls an amount, and every record writes in another way, is not understood.
    const values = this.#records.map((row) => valueAt(row, field.path));
    const isOdd = values.some((value) => (value ?? null) !== null);
    return isOdd && !values.some((value) => decimalText(value) !== null) ? null : field;
  }
}

export function moneyFieldFor(
  role: Role,
  records: readonly JsonObject[],
  described: readonly AnswerField[],
): MoneyField | null {
  return new MoneyFields(records, described).find(role);
}

function amountsIn(records: readonly JsonObject[], described: readonly AnswerField[]): Amounts {
  const amounts = new Amounts();
  for (const name of memberNames(records)) {
    const field = described.find((one) => one.name === name);
    const values = records.map((record) => record[name]);
    if (values.some((value) => decimalText(value) !== null)) {
      amounts.add([name], { path: name, isCents: baseName(name).isCents || field?.isCents === true, object: null });
    }
    const objects = values.filter(isJsonObject);
    if (objects.length === 0) continue;
    addObject(amounts, [name], objects, field);
    for (const inner of memberNames(objects)) {
      const below = objects.map((object) => object[inner]);
      const own = field?.fields.find((one) => one.name === inner);
      if (below.some((value) => decimalText(value) !== null)) {
        const isCents = baseName(inner).isCents || own?.isCents === true || field?.isCents === true;
        amounts.add([name, inner], { path: `${name}.${inner}`, isCents, object: name });
      }
      addObject(amounts, [name, inner], below.filter(isJsonObject), own);
    }
  }
  return amounts;
}

/** An object that is one amount: `{"amount": "15.50", "currency": "EUR"}`, `{"cents": 1550}`. */
function addObject(
  amounts: Amounts,
  path: readonly string[],
  objects: readonly JsonObject[],
  field: AnswerField | undefined,
): void {
  const names = memberNames(objects);
  for (const inner of names) {
    const { base, isCents } = baseName(inner);
    if (!AMOUNTS.has(base) || !objects.some((object) => decimalText(object[inner]) !== null)) continue;
    const said = field?.isCents === true || field?.fields.find((one) => one.name === inner)?.isCents === true;
    const outer = baseName(path.at(-1) ?? '').isCents;
    amounts.add(path, { path: [...path, inner].join('.'), isCents: isCents || said || outer, object: path.join('.') });
  }
}

function amountsOf(described: readonly AnswerField[]): Amounts {
  const amounts = new Amounts();
  for (const field of described) {
    const isCents = baseName(field.name).isCents || field.isCents === true;
    if (field.fields.length === 0) amounts.add([field.name], { path: field.name, isCents, object: null });
    for (const inner of field.fields) {
      const { base, isCents: own } = baseName(inner.name);
      const whole = { path: `${field.name}.${inner.name}`, isCents: isCents || own || inner.isCents === true };
      if (inner.fields.length === 0) amounts.add([field.name, inner.name], { ...whole, object: field.name });
      if (AMOUNTS.has(base)) amounts.add([field.name], { ...whole, object: field.name });
    }
  }
  return amounts;
}

/** The exact amount in whole units of its currency; null where the record has none. */
export function amountAt(record: JsonObject, field: MoneyField | null, currency: string | null): Big | null {
  const amount = field === null ? null : toBig(valueAt(record, field.path));
  if (field === null || amount === null) return null;
  const object = field.object === null ? null : valueAt(record, field.object);
  const scale = isJsonObject(object) ? SCALES.map((name) => object[name]).find(Number.isInteger) : undefined;
  const places = typeof scale === 'number' && amount.eq(amount.round(0)) ? Math.abs(scale) : null;
  if (places !== null) return amount.div(new Big(10).pow(places));
  return isInCents(record, field) ? amount.div(new Big(10).pow(decimalsOf(currency))) : amount;
}

export function isInCents(record: JsonObject, { isCents, object, path }: MoneyField): boolean {
  if (isCents) return true;
  const inner = object === null ? null : valueAt(record, object);
  const isCentsWord = (one: unknown) => typeof one === 'string' && CENTS_WORDS.test(one.replaceAll('_', ' '));
  const says = (one: unknown) => isJsonObject(one) && UNITS.some((unit) => isCentsWord(one[unit]));
  return says(inner) || says(record) || unitsBeside(path).some((name) => isCentsWord(record[name]));
}

/** Kept, since every amount of every row asks for it. */
const unitsBeside = onceFor((path: string) => UNITS.map((unit) => `${path}_${unit}`));

/** The currency beside an amount, in its object; null for a plain one. */
export function currencyBeside(record: JsonObject, field: MoneyField | null): string | null {
  const object = field?.object == null ? null : valueAt(record, field.object);
  if (!isJsonObject(object)) return null;
  const name =
    new FieldNames(Object.keys(object)).find('currency') ?? new FieldNames(Object.keys(object)).find('currency_code');
  return name === null ? null : plainText(object[name]);
}

/** The currency that the contract gives to amounts of which a record names none. */
export function usualCurrency(
  described: readonly AnswerField[],
  amounts: readonly (MoneyField | null)[],
): string | null {
  const objects = new Set(amounts.map((field) => field?.object ?? null));
  const places = [described, ...described.map(({ name, fields }) => (objects.has(name) ? fields : []))];
  const codes = places.flatMap((fields) => {
    const path = fieldFor('currency', [], fields);
    const { preset, values = [] } = fields.find(({ name }) => name === path) ?? {};
    return preset ?? (values.length === 1 ? values : []);
  });
  return codes.find((code) => /^[A-Za-z]{3}$/.test(code.trim())) ?? null;
}

export function percentAt(item: JsonObject, path: string): Big | null {
  return toBig(percentText(valueAt(item, path)));
}

/** What is taken off a line or a whole document. */
export interface Discount {
  readonly percent: Big | null;
  readonly amount: Big | null;
  /** Nothing says whether it is a percentage or an amount. */
  readonly unclear: Big | null;
}

const NOTHING: Discount = { percent: null, amount: null, unclear: null };

/** @returns `fields`: under which names records keep it, the same one where nothing says what it is */
export function discountReader(
  records: readonly JsonObject[],
  described: readonly AnswerField[],
  currency: string | null,
) {
  const percent = fieldFor('discount', records, described);
  const amount = moneyFieldFor('discountAmount', records, described);
  const any = fieldFor('anyDiscount', records, described);
  const kind = fieldFor('discountKind', records, described);
  const read = (record: JsonObject): Discount => {
    const told = {
      percent: percent === null ? null : percentAt(record, percent),
      amount: amountAt(record, amount, currency),
      unclear: null,
    };
    if (told.percent !== null || told.amount !== null) return told;
    return any === null ? NOTHING : ofKind(record, any, kind, currency);
  };
  return { fields: { percent: percent ?? any, amount: amount?.path ?? any }, read };
}

/** `discount: 10`, whose kind another field says, or its `%`. */
function ofKind(record: JsonObject, path: string, kindPath: string | null, currency: string | null): Discount {
  const kind = plainName(textAt(record, kindPath) ?? '');
  const value = valueAt(record, path);
  const isPercent = /perc|relative|^_?$/.test(kind) && (kind !== '' || /%\s*$/.test(String(value)));
  if (isPercent) return { ...NOTHING, percent: percentAt(record, path) };
  const amount = amountAt(record, { path, isCents: false, object: null }, currency);
  return /amount|fix|abs|value|money|flat/.test(kind) ? { ...NOTHING, amount } : { ...NOTHING, unclear: amount };
}
