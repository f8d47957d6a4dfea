/**
 * The amount that a person is shown of a record. It may have any shape: a decimal, an object of amount and currency, units
 * and nanos, or cents. It is shown digit by digit.
 */
import { FieldNames, plainName } from '../contract/field-names.ts';
import { FIELD_ROLES } from '../contract/field-roles.ts';
import { human } from '../contract/naming.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import { decimalsOf } from '../tools/money.ts';
import { plainText } from '../tools/record-fields.ts';
import { named } from './neutral-text.ts';

interface Amount {
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

/** Null where no amount is recognised. @param outer the currency of what `record` is in */
export function amountOf(record: JsonObject, outer: string | null = null, depth = 0): Amount | null {
  const currency = currencyOf(record) ?? outer;
  const byName = (names: readonly string[]) => {
    const index = new FieldNames(Object.keys(record).filter((name) => textOf(name, record[name], currency) !== null));
    const name = index.first(names);
    return name === null ? null : amount(name, record[name], currency);
  };
  return (
    byName([...FIELD_ROLES.total.names, ...FIELD_ROLES.open.names]) ??
    byWords(record, currency, MONEY_WORDS)[0] ??
    nested(record, currency, depth)[0] ??
    byName(FIELD_ROLES.balance.names) ??
    byWords(record, currency, WEAKER_WORDS)[0] ??
    null
  );
}

function amount(name: string, value: unknown, currency: string | null): Amount | null {
  const text = textOf(name, value, currency);
  return text === null ? null : { label: human(plainName(name).replace(/^_+|_+$/g, '')), text };
}

function byWords(record: JsonObject, currency: string | null, wanted: ReadonlySet<string>): readonly Amount[] {
  return Object.entries(record).flatMap(([name, value]) => {
    const words = plainName(name).replace(MINOR_UNITS, '').split('_');
    const isMoney = MINOR_UNITS.test(plainName(name)) || words.some((word) => wanted.has(word));
    const isOther = words.some((word) => OTHER_WORDS.has(word)) || !NUMERIC.test(plainText(value) ?? '0');
    return isMoney && !isOther ? (amount(name, value, currency) ?? []) : [];
  });
}

function nested(record: JsonObject, currency: string | null, depth: number): readonly Amount[] {
  if (depth >= DEPTH) return [];
  const parties = new Set<string>([...FIELD_ROLES.customer.names, ...FIELD_ROLES.supplier.names]);
  return Object.entries(record).flatMap(([name, value]) => {
    const found = isJsonObject(value) && !parties.has(plainName(name)) ? amountOf(value, currency, depth + 1) : null;
    return found === null ? [] : { ...found, label: `${human(plainName(name))} ${found.label.toLowerCase()}` };
  });
}

/** Null for what is not an amount. */
function textOf(name: string, value: unknown, currency: string | null): string | null {
  const digits = plainText(value);
  if (digits !== null) return /[@＠]/.test(digits) ? null : money(digits, currency, minorUnit(name));
  if (!isJsonObject(value)) return null;
  const own = currencyOf(value) ?? currency;
  const of = (wanted: string) => plainText(Object.entries(value).find(([key]) => plainName(key) === wanted)?.[1]);
  const [units, nanos] = [of('units'), of('nanos')];
  if (units !== null && nanos !== null) return money(unitsAndNanos(units, nanos), own, null);
  const scale =
    ['scale', 'exponent', 'precision', 'decimals', 'decimal_places'].map(of).find((one) => one !== null) ?? '';
  for (const [key, member] of Object.entries(value)) {
    const inner = plainText(member);
    const unit = minorUnit(key);
    const isAmount = unit !== null || ['amount', 'value', 'total', 'gross', 'sum'].includes(plainName(key));
    if (inner === null || !isAmount || !NUMERIC.test(inner)) continue;
    // The exponent of ten itself is written with its sign.
    const places = unit === null && /^-?\d$/.test(scale) ? Math.abs(Number(scale)) : null;
    return money(shifted(inner, places) ?? inner, own, places === null ? (unit ?? minorUnit(name)) : null);
  }
  return null;
}

/** Both have the sign of the whole, but for a zero. */
function unitsAndNanos(units: string, nanos: string): string {
  const [whole = '', part = ''] = [units, nanos].map((one) => one.replace('-', ''));
  return `${`${units}${nanos}`.includes('-') ? '-' : ''}${whole}.${part.padStart(9, '0').replace(/0+$/, '')}`;
}

function minorUnit(name: string): string | null {
  return MINOR_UNITS.exec(plainName(name))?.[1]?.replace('_', ' ') ?? null;
}

/** Cents are written with their point too, where the currency says how many there are. */
function money(digits: string, currency: string | null, unit: string | null): string {
  const behind = currency === null ? '' : ` ${named(currency)}`;
  if (unit === null) return `${named(digits)}${behind}`;
  const isCode = currency !== null && /^[A-Za-z]{3}$/.test(currency);
  // Cents of a currency that has none (JPY) are whole units, as they count under `--limit`.
  const places = isCode ? decimalsOf(currency) : /^(cent|pen)/.test(unit) ? 2 : null;
  const whole = shifted(digits, places);
  const written = `${named(digits)} ${unit}`;
  return whole === null ? `${written}${behind}` : `${whole}${behind} (${written})`;
}

function shifted(digits: string, places: number | null): string | null {
  if (places === null || !/^-?\d+$/.test(digits)) return null;
  const padded = digits.replace(/\d+/, (all) => all.padStart(places + 1, '0'));
  return places === 0 ? digits : `${padded.slice(0, -places)}.${padded.slice(-places)}`;
}

function currencyOf(record: JsonObject): string | null {
  const name = new FieldNames(Object.keys(record)).first(FIELD_ROLES.currency.names);
  const value = name === null ? record.unit : record[name];
  const text = plainText(isJsonObject(value) ? (value.code ?? value.iso ?? value.iso_code) : value);
  // `{ "value": "9.90", "unit": "EUR" }`, but not pieces.
  const isOther = name === null && !(text !== null && Intl.supportedValuesOf('currency').includes(text));
  return isOther ? null : text;
}
