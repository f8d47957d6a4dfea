import { plainName } from '../../contract/field-names.ts';
import { FIELD_ROLES } from '../../contract/field-roles.ts';
import { isJsonObject, type JsonObject, objectIn } from '../../core/json.ts';
import { amountText, type Big } from '../money.ts';
import { type CheckedDocument, taxDate } from './checked-document.ts';
import { error, type Finding, type Findings, warning } from './findings.ts';
import { VAT_RATES_AS_OF, validityOf, vatRatesOn } from './vat-rate-table.ts';

/** Numbers that are written as people write them (a decimal comma, a space between thousands, a currency behind them), and VAT rates that no country of the document has on its date. */

const NUMERIC_NAMES = new Set(
  Object.values(FIELD_ROLES)
    .filter(({ holds }) => holds === 'decimal')
    .flatMap(({ names }) => names.map((name) => name.split('.').at(-1) ?? name)),
);
const NUMERIC_ENDING = /(^|_)(amount|price|total|rate|quantity|percent|percentage|discount|sum|cost)$/;
const GROUPED =
  /^([-+]?)(\d{1,3}(?:[ .,'\u00a0\u202f]\d{3})+|\d+)(?:([.,])(\d+))?(\s*(?:%|€|\$|£|[A-Za-zčł]{1,3}\.?))?$/;

/**
 * The document with such numbers written with a point, so that the other checks can read them, and a finding for each.
 * @param schema of the create tool's arguments, which says where a number is meant
 */
export function withPoints(
  record: JsonObject,
  schema: unknown,
): { readonly record: JsonObject; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  const changed = (value: unknown, path: string, name: string, described: unknown): unknown => {
    if (typeof value === 'string') {
      const read = isNumeric(name, described) ? readNumber(value) : null;
      if (read === null) return value;
      findings.push(comma(path, value, read.number));
      return read.number ?? value;
    }
    if (Array.isArray(value)) {
      const items = isJsonObject(described) ? described.items : undefined;
      return value.map((item, at) => changed(item, `${path}[${at}]`, name, items));
    }
    if (!isJsonObject(value)) return value;
    const properties = objectIn(objectIn(described).properties);
    return Object.fromEntries(
      Object.entries(value).map(([member, inner]) => {
        const inside = path === '' ? member : `${path}.${member}`;
        return [member, changed(inner, inside, member, properties[member])];
      }),
    );
  };
  const copy = changed(record, '', '', schema);
  return { record: isJsonObject(copy) ? copy : record, findings };
}

function comma(path: string, value: string, number: string | null): Finding {
  const told = JSON.stringify(value.slice(0, 40));
  if (number === null) {
    const [whole, decimal] = [value.replaceAll(/\D/g, ''), value.replace(',', '.')];
    return error(path, `${told} is not a number: it can mean ${decimal} or ${whole}. Write decimals with a point.`);
  }
  return error(path, `${told} is not a number. Write it with a decimal point: "${number}".`, number);
}

/** The contract's own word counts before the name. */
function isNumeric(name: string, schema: unknown): boolean {
  const byName = NUMERIC_NAMES.has(plainName(name)) || NUMERIC_ENDING.test(plainName(name));
  if (!isJsonObject(schema)) return byName;
  const types = [schema.type].flat();
  if (types.includes('number') || types.includes('integer')) return true;
  if (!types.includes('string')) return byName;
  return typeof schema.pattern === 'string' ? /\\d|0-9/.test(schema.pattern) : byName && schema.format === undefined;
}

/** @returns null for what is a number already or no number at all; `number` is null where two numbers may be meant */
function readNumber(text: string): { readonly number: string | null } | null {
  const match = GROUPED.exec(text.trim());
  if (match === null) return null;
  const [, sign = '', whole = '', point, decimals, unit] = match;
  const groups = whole.split(/[ .,'\u00a0\u202f]/);
  const separator = /[ .,'\u00a0\u202f]/.exec(whole)?.[0];
  const minus = sign === '-' ? '-' : '';
  if (point === undefined) {
    if (separator === undefined) return unit === undefined ? null : { number: `${minus}${whole}` };
    // "1.234" is a decimal number as the service writes it, "1,234" may be either.
    if (separator === '.' && groups.length === 2) return unit === undefined ? null : { number: `${minus}${whole}` };
    if (separator === ',' && groups.length === 2) return { number: null };
    return { number: `${minus}${groups.join('')}` };
  }
  if (separator === point) return null;
  if (point === '.' && separator === undefined && unit === undefined) return null;
  return { number: `${minus}${groups.join('')}.${decimals}` };
}

/** The highest VAT rate in the European Union (Hungary). */
const HIGHEST_RATE = 27;

/**
 * @param supplier country of the one who sells, two letters; null where it is not known
 * @param customer a service to a consumer elsewhere in the European Union bears the VAT of that country
 * @param today for a document without dates
 */
export function checkRates(
  document: CheckedDocument,
  { supplier, customer }: { readonly supplier: string | null; readonly customer: string | null },
  today: string,
  findings: Findings,
): void {
  const { lines } = document;
  const used = lines?.lines.some(({ rate }) => rate?.gte(1) === true) === true;
  if (lines === null || !used || lines.reverse) return;
  const date = taxDate(document) ?? today;
  const known = supplier === null ? null : vatRatesOn(supplier, date);
  if (supplier === null || known === null) {
    const why =
      supplier === null ? 'the country of the supplier is not known' : `${supplier} on ${date} is not in the table`;
    findings.notChecked(`VAT rates: ${why}`);
  } else {
    findings.checked(`VAT rates of ${supplier} on ${date} (table of ${VAT_RATES_AS_OF})`);
  }
  const elsewhere = customer === null ? [] : (vatRatesOn(customer, date) ?? []);
  findings.add(
    lines.lines.flatMap(({ rate, price, quantity }, index) => {
      const field = `${lines.field}[${index}].${lines.fields.rate ?? 'vat_rate'}`;
      if (rate === null || rate.lt(1) || elsewhere.includes(rate.toNumber())) return [];
      if (supplier === null || known === null) return tooHigh(field, rate);
      // Corrects a supply of earlier: a credit note, or an advance payment that is taken off.
      const isEarlier = document.isCredit || price?.times(quantity ?? 1).lt(0) === true;
      return known.includes(rate.toNumber()) ? [] : wrongRate(field, rate, supplier, date, known, isEarlier);
    }),
  );
}

function tooHigh(field: string, rate: Big): readonly Finding[] {
  if (rate.lte(HIGHEST_RATE)) return [];
  return [warning(field, `No country of the European Union has a VAT rate above ${HIGHEST_RATE} percent.`)];
}

function wrongRate(
  field: string,
  rate: Big,
  country: string,
  date: string,
  known: readonly number[],
  isEarlier: boolean,
): readonly Finding[] {
  const percent = amountText(rate, null).replace(/\.00$/, '');
  const choice = alternatives([...known, 0]);
  const times = validityOf(country, rate.toNumber());
  const past = times.find(({ until }) => until !== undefined && until < date);
  const next = times.find(({ from }) => from !== undefined && from > date);
  if (past !== undefined && isEarlier) return [];
  if (past === undefined && next === undefined) {
    const message = `${percent} percent is not a VAT rate of ${country} that the table of ${VAT_RATES_AS_OF} knows. On ${date}: ${choice} percent.`;
    return [warning(field, message, choice)];
  }
  const when = past === undefined ? `has it only from ${next?.from}` : `had it until ${past.until}`;
  return [
    error(
      field,
      `${country} does not have a VAT rate of ${percent} percent on ${date}: it ${when}. It has ${choice} percent.`,
      choice,
    ),
  ];
}

function alternatives(rates: readonly number[]): string {
  return `${rates.slice(0, -1).join(', ')} or ${rates.at(-1)}`;
}
