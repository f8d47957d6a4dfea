import { electronicFormatIBAN, ValidationErrorsIBAN, validateIBAN } from 'ibantools';
import { checkVAT, countries } from 'jsvat-next';
import { FIELD_ROLES } from '../contract/field-roles.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import { dateText, fieldFor, plainText, valueAt } from './record-fields.ts';

/** Checks of single fields, wherever they stand in a record: IBANs, VAT numbers, currencies, dates. */
export interface Finding {
  /** `error`: it will be refused, or is wrong. `warning`: look again. */
  readonly severity: 'error' | 'warning';
  /** As the record spells it: `items[0].vat_rate`. */
  readonly field: string;
  readonly message: string;
}

export function error(field: string, message: string): Finding {
  return { severity: 'error', field, message };
}

export function warning(field: string, message: string): Finding {
  return { severity: 'warning', field, message };
}

const MAX_DEPTH = 4;
const IBAN_NAME = /(^|_)iban$/i;
const VAT_NAME =
  /^(vat_id|vat_number|vat_no|vat_code|vatin|eu_vat_id|eu_vat_number|ic_dph|tax_vat_id)$|_(vat_id|vat_number)$/i;

/** Mistyped IBANs and EU VAT numbers, by their check digits. @param prefix of a record inside another: `contact.` */
export function codeFindings(record: JsonObject, prefix = '', depth = 0): readonly Finding[] {
  return Object.entries(record).flatMap(([name, value]): readonly Finding[] => {
    const field = `${prefix}${name}`;
    if (typeof value === 'string' && value.trim() !== '') {
      if (IBAN_NAME.test(name)) return ibanFindings(field, value);
      return VAT_NAME.test(name) ? vatFindings(field, value) : [];
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
  const { isValid, isValidFormat, isSupportedCountry } = checkVAT(value, countries);
  if (isValid) return [];
  if (!isSupportedCountry)
    return [warning(field, 'The VAT number could not be checked: it does not begin with the code of an EU country.')];
  const why = isValidFormat ? 'its check digits do not fit' : 'it does not have the form that its country uses';
  return [error(field, `The VAT number is mistyped: ${why}.`)];
}

/** Currencies that the euro has replaced, and when. */
const REPLACED: Readonly<Record<string, string>> = {
  ATS: '2002',
  BEF: '2002',
  DEM: '2002',
  ESP: '2002',
  FIM: '2002',
  FRF: '2002',
  GRD: '2002',
  IEP: '2002',
  ITL: '2002',
  LUF: '2002',
  NLG: '2002',
  PTE: '2002',
  SIT: '2007',
  CYP: '2008',
  MTL: '2008',
  SKK: '2009',
  EEK: '2011',
  LVL: '2014',
  LTL: '2015',
  HRK: '2023',
  BGN: '2026',
};

export function currencyFindings(record: JsonObject): readonly Finding[] {
  const field = fieldFor('currency', [record], []);
  const code = field === null ? null : plainText(valueAt(record, field));
  if (field === null || code === null) return [];
  const replaced = REPLACED[code.toUpperCase()];
  if (replaced !== undefined) return [warning(field, `The euro replaced ${code} in ${replaced}.`)];
  if (Intl.supportedValuesOf('currency').includes(code.toUpperCase())) {
    return code === code.toUpperCase()
      ? []
      : [warning(field, `Currencies are written in capitals: ${code.toUpperCase()}.`)];
  }
  return [error(field, `${code.slice(0, 20)} is not a currency code of ISO 4217.`)];
}

/** Fields that hold a date by their name, whatever they mean. */
const DATE_NAME = /(^|_)(date|until|on)$|^date_/;

/** Dates that do not exist, and dates that come before the date of issue. */
export function dateFindings(record: JsonObject): readonly Finding[] {
  const wrong = Object.entries(record).flatMap(([name, value]): Finding[] => {
    if (typeof value !== 'string' || !DATE_NAME.test(name) || isRealDate(value)) return [];
    return [error(name, `${value.slice(0, 40)} is not a date. Write it as YYYY-MM-DD.`)];
  });
  const issued = fieldFor('issued', [record], []);
  const from = issued === null ? null : dateText(valueAt(record, issued));
  const later = [fieldFor('due', [record], []), 'valid_until' in record ? 'valid_until' : null];
  const early = later.flatMap((field): Finding[] => {
    const date = field === null ? null : dateText(valueAt(record, field));
    // A draft may be created after the date for which it is due.
    if (field === null || date === null || from === null || isCreated(issued) || date >= from) return [];
    return [error(field, `${date} is before ${from} (${issued}).`)];
  });
  return [...wrong, ...early];
}

function isCreated(field: string | null): boolean {
  return field !== null && FIELD_ROLES.created.names.includes(field);
}

function isRealDate(text: string): boolean {
  const date = dateText(text);
  if (date === null) return false;
  const time = Date.parse(`${date}T00:00:00Z`);
  // 2026-02-30 is read as the second of March.
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(date);
}
