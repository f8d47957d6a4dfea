/** Codes with check digits, wherever they stand in a record (IBANs, VAT numbers), the country that they tell, and currencies. */
import { electronicFormatIBAN, ValidationErrorsIBAN, validateIBAN } from 'ibantools';
import { checkVAT, countries, norway } from 'jsvat-next';
import { plainName } from '../../contract/field-names.ts';
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import type { AnswerField } from '../../core/tool.ts';
import { textOfRole } from '../record-fields.ts';
import { error, type Finding, warning } from './findings.ts';

const MAX_DEPTH = 4;
const IBAN_NAME = /(^|_)iban$/i;
const VAT_NAME =
  /^(vat_id|vat_number|vat_no|vat_code|vatin|eu_vat_id|eu_vat_number|ic_dph|tax_vat_id)$|_(vat_id|vat_number)$/i;

/** Mistyped IBANs and EU VAT numbers, by their check digits. @param prefix of a record inside another: `contact.` */
export function codeFindings(record: JsonObject, prefix = '', depth = 0): readonly Finding[] {
  return Object.entries(record).flatMap(([name, value]): readonly Finding[] => {
    const field = `${prefix}${name}`;
    if (typeof value === 'string' && value.trim() !== '') {
      if (IBAN_NAME.test(plainName(name))) return ibanFindings(field, value);
      return isVatName(name) ? vatFindings(field, value) : [];
    }
    if (depth >= MAX_DEPTH) return [];
    if (isJsonObject(value)) return codeFindings(value, `${field}.`, depth + 1);
    if (!Array.isArray(value)) return [];
    return value.flatMap((item: unknown, at) =>
      isJsonObject(item) ? codeFindings(item, `${field}[${at}].`, depth + 1) : [],
    );
  });
}

function ibanFindings(field: string, value: string): readonly Finding[] {
  const { valid, errorCodes } = validateIBAN(electronicFormatIBAN(value) ?? '');
  if (valid) return [];
  if (errorCodes.includes(ValidationErrorsIBAN.WrongIBANChecksum)) {
    return [error(field, 'The IBAN is mistyped: its check digits do not fit.')];
  }
  // The IBAN as such is right; the account number within it fails the rule of its own country (mod 11 and the like).
  if (errorCodes.includes(ValidationErrorsIBAN.WrongAccountBankBranchChecksum)) {
    return [warning(field, "The account number in the IBAN fails its country's own check.")];
  }
  return [error(field, 'This is not an IBAN: its country or length is wrong.')];
}

function vatFindings(field: string, value: string): readonly Finding[] {
  // The package knows Norwegian numbers without the code of their country alone.
  const [, norwegian] = /^NO(\d{9})(?:MVA)?$/.exec(value.replaceAll(/[\s.-]/g, '').toUpperCase()) ?? [];
  const { isValid, isValidFormat, isSupportedCountry } =
    norwegian === undefined ? checkVAT(value, countries) : checkVAT(`${norwegian}MVA`, [norway]);
  if (isValid || isCzechPerson(value)) return [];
  if (!/^\s*[A-Za-z]{2}/.test(value)) return [warning(field, NO_COUNTRY)];
  if (!isSupportedCountry) return isOfElsewhere(value) ? [] : [warning(field, NO_COUNTRY)];
  const why = isValidFormat ? 'its check digits do not fit' : 'it does not have the form that its country uses';
  return [error(field, `The VAT number is mistyped: ${why}.`)];
}

const NO_COUNTRY =
  'The VAT number could not be checked: it does not begin with the code of a country, such as SK in SK2020273893.';

/** Tax numbers of other countries have other forms. */
function isOfElsewhere(value: string): boolean {
  const [code] = /^[A-Z]{2}(?=[A-Z0-9])/.exec(value.replaceAll(/[^A-Za-z0-9]/g, '').toUpperCase()) ?? [];
  if (code === undefined) return false;
  const name = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' }).of(code);
  return name !== undefined && name !== 'Unknown Region';
}

/** A person's VAT number in Czechia is the birth number; a woman's has 50 (or 70) added to the month. */
function isCzechPerson(value: string): boolean {
  const digits = /^CZ(\d{9,10})$/.exec(value.replaceAll(/[\s./-]/g, '').toUpperCase())?.[1];
  if (digits === undefined) return false;
  const month = Number(digits.slice(2, 4)) % 50;
  const day = Number(digits.slice(4, 6));
  const isDay = month % 20 >= 1 && month % 20 <= 12 && day >= 1 && day <= 31;
  // Nine digits were given until 1953, without a check digit; later ones are a multiple of 11, early ones ending in 0 not.
  if (digits.length === 9) return isDay && Number(digits.slice(0, 2)) <= 53;
  const rest = Number(digits.slice(0, 9)) % 11;
  return isDay && (Number(digits) % 11 === 0 || (rest === 10 && digits.endsWith('0')));
}

/** Names of fields that hold a VAT number. */
function isVatName(name: string): boolean {
  return VAT_NAME.test(plainName(name));
}

const DEPTH = 3;

/** By the VAT number, else by the address; two letters in capitals, null where neither is there. */
export function countryOf(record: JsonObject): string | null {
  const prefix = /^\s*([A-Za-z]{2})/.exec(vatNumberOf(record) ?? '')?.[1];
  const code = prefix ?? addressCountry(record, 0);
  return code === null || code === undefined ? null : code.toUpperCase();
}

/** The first VAT number in a record; null where it has none. */
export function vatNumberOf(record: JsonObject, depth = 0): string | null {
  for (const [name, value] of Object.entries(record)) {
    if (isVatName(name) && typeof value === 'string' && value.trim() !== '') return value;
  }
  return firstInside(record, depth, (inner) => vatNumberOf(inner, depth + 1));
}

function addressCountry(record: JsonObject, depth: number): string | null {
  const code = textOfRole('country', record);
  if (code !== null && /^[A-Za-z]{2}$/.test(code.trim())) return code.trim();
  return firstInside(record, depth, (inner) => addressCountry(inner, depth + 1));
}

/** The registered address counts before the one for letters. */
function firstInside(record: JsonObject, depth: number, find: (inner: JsonObject) => string | null): string | null {
  if (depth >= DEPTH) return null;
  const inner = Object.entries(record).flatMap(([name, value]) => (isJsonObject(value) ? [{ name, value }] : []));
  const ordered = [...inner].sort((a, b) => Number(isPostal(a.name)) - Number(isPostal(b.name)));
  for (const { value } of ordered) {
    const found = find(value);
    if (found !== null) return found;
  }
  return null;
}

function isPostal(name: string): boolean {
  return /post|mail|ship|deliver/.test(plainName(name));
}

/** Whether the contract has a VAT number in such records, so that one without it has none. */
export function describesVatNumber(described: readonly AnswerField[]): boolean {
  return described.some(({ name, fields }) => isVatName(name) || describesVatNumber(fields));
}
