/** The customer, the bank account and the company itself: whether they exist, and whether the document fits them. */
import { addDays } from '../../core/calendar.ts';
import type { JsonObject } from '../../core/json.ts';
import { amountText, Big, toBig } from '../money.ts';
import { fieldFor, plainText, valueAt } from '../record-fields.ts';
import { type CheckedDocument, taxDate } from './checked-document.ts';
import { codeFindings } from './code-checks.ts';
import { countryOf, describesVatNumber, vatNumberOf } from './countries.ts';
import { error, type Finding, type Findings, warning } from './findings.ts';
import { embedded, type Reference } from './references.ts';
import { currencyOfCountry } from './vat-rate-table.ts';

/** @param word `customer`, `bank account` */
export function checkReference(reference: Reference, word: string, findings: Findings): void {
  const { field, id, record, problem } = reference;
  if (problem !== undefined) {
    findings.notChecked(`${field}: ${problem}`);
    return;
  }
  if (record === null) {
    findings.add([error(field, `There is no ${word} with the id ${id}.`)]);
    return;
  }
  findings.checked(`${word} ${id}`);
  findings.add(codeFindings(record, `${field}: `));
}

/** A document to nobody cannot be issued. */
export function customerFindings(document: CheckedDocument, findings: Findings): void {
  if (document.isPurchase || embedded(document.record, 'customer') !== null) return;
  const field = document.field('contactId') ?? document.field('customer');
  if (field === null) {
    findings.notChecked('customer: no field for it was found');
    return;
  }
  if (document.text('contactId') === null && document.text('customer') === null) {
    findings.add([error(field, 'There is no customer.')]);
  }
}

export function bankAccountFindings({ currency }: CheckedDocument, account: Reference | null): readonly Finding[] {
  const path = account?.record == null ? null : fieldFor('currency', [account.record], []);
  const own = path === null || account?.record == null ? null : plainText(valueAt(account.record, path))?.toUpperCase();
  if (account === null || own === null || own === undefined || currency === null || own === currency) return [];
  const message = `Bank account ${account.id} is in ${own}, and the document in ${currency}.`;
  return [warning(account.field, message, `a bank account in ${currency}`)];
}

/** Reverse charge: the customer pays the VAT, so the document has none, and names the customer's VAT number. */
export function reverseFindings(
  document: CheckedDocument,
  customer: Reference | null,
  findings: Findings,
): readonly Finding[] {
  const { lines, isPurchase } = document;
  const field = document.field('reverse');
  if (field === null || valueAt(document.record, field) !== true) return [];
  const vat = document.amount('vat');
  const why = 'With reverse charge the customer pays the VAT, so the document has no VAT.';
  const charged =
    vat === null
      ? (lines?.lines ?? []).flatMap(({ rate }, index): Finding[] => {
          if (lines === null || rate === null || rate.eq(0)) return [];
          return [error(`${lines.field}[${index}].${lines.fields.rate ?? 'vat_rate'}`, why, '0')];
        })
      : vat.value.eq(0)
        ? []
        : [error(vat.field, why, amountText(new Big(0), document.currency))];
  if (isPurchase) return charged;
  const record = customer?.record ?? embedded(document.record, 'customer');
  if (record === null || record === undefined) {
    findings.notChecked("reverse charge: the customer's VAT number is not known");
    return charged;
  }
  if (vatNumberOf(record) !== null || vatNumberOf(document.record) !== null) return charged;
  if (customer !== null && customer.described.length > 0 && !describesVatNumber(customer.described)) {
    findings.notChecked("reverse charge: the service does not show the customer's VAT number");
    return charged;
  }
  const at = customer?.field ?? document.field('customer') ?? field;
  return [...charged, error(at, `Reverse charge needs the customer's VAT number, and the customer has no VAT number.`)];
}

/** The due date that the customer's terms give. */
export function dueFindings(
  { issued, due, isCredit, isPurchase }: CheckedDocument,
  customer: Reference | null,
): readonly Finding[] {
  const record = customer?.record ?? null;
  const path = record === null ? null : fieldFor('dueDays', [record], []);
  const days = record === null || path === null ? null : toBig(valueAt(record, path));
  if (days === null || days.lt(0) || days.gt(366) || !days.mod(1).eq(0)) return [];
  if (isCredit || isPurchase || issued?.date == null || due?.date == null) return [];
  const right = addDays(issued.date, days.toNumber());
  if (right === due.date) return [];
  const message = `The customer has ${days.toFixed()} days to pay, which is ${right} from ${issued.date}, not ${due.date}.`;
  return [warning(due.field, message, right)];
}

/** A document in another currency than that of the books needs the rate between them. */
export function exchangeFindings(
  document: CheckedDocument,
  company: JsonObject | null,
  today: string,
  findings: Findings,
): readonly Finding[] {
  const { currency } = document;
  if (currency === null || document.isOffer || findings.hasErrorAt(document.field('currency') ?? '')) return [];
  const home = company === null ? null : homeCurrency(company, taxDate(document) ?? today);
  if (home === null) {
    if (currency !== 'EUR') findings.notChecked('exchange rate: the currency of the books is not known');
    return [];
  }
  if (home === currency) return [];
  const field = document.field('exchangeRate');
  if (field === null) {
    findings.notChecked(`exchange rate of ${currency}: no field for it was found`);
    return [];
  }
  const rate = document.amount('exchangeRate')?.value ?? null;
  if (rate === null) return [error(field, `The exchange rate between ${currency} and ${home} is missing.`)];
  findings.checked(`exchange rate of ${currency}`);
  if (rate.lte(0)) return [error(field, `The exchange rate must be more than 0.`)];
  if (!rate.eq(1)) return [];
  return [
    error(field, `An exchange rate of 1 means that ${currency} is worth as much as ${home}. Is the rate missing?`),
  ];
}

function homeCurrency(company: JsonObject, date: string): string | null {
  const path = fieldFor('currency', [company], []);
  const own = path === null ? null : plainText(valueAt(company, path));
  if (own !== null) return own.toUpperCase();
  const country = countryOf(company);
  return country === null ? null : currencyOfCountry(country, date);
}
