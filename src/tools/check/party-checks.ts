/** The customer, the bank account and the company itself, as the service knows them: whether the document and its VAT rates fit them. */
import { FIELD_ROLES } from '../../contract/field-roles.ts';
import { addDays } from '../../core/calendar.ts';
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import { type LocalCall, readRecord } from '../local-tool.ts';
import { amountText, Big, toBig } from '../money.ts';
import { fieldFor, ownId, textOfRole, valueAt } from '../record-fields.ts';
import { type Reference, readReference, walk } from '../walk.ts';
import { type CheckedDocument, taxDate } from './checked-document.ts';
import { codeFindings, countryOf, describesVatNumber, vatNumberOf } from './code-checks.ts';
import { error, type Finding, type Findings, warning } from './findings.ts';
import { currencyOfCountry, VAT_RATES_AS_OF, validityOf, vatRatesOn } from './vat-rate-table.ts';

/** The company whose books these are, and what the contract says of companies; null where it could not be read. */
async function ownCompany(call: LocalCall) {
  const get = call.operations.get('lucanto_get_workspace');
  const list = call.operations.get('lucanto_list_workspaces');
  try {
    const id = await call.companyId(call.args, call.context);
    if (get !== undefined) {
      const takesId = get.parameters.some(({ arg }) => arg === 'id');
      const record = await readRecord(call, get, takesId ? { id } : { workspace_id: id });
      return { record, described: get.answerFields ?? [] };
    }
    if (list === undefined) return null;
    const { rows } = await walk(call, list, {}, { maxPages: 2 });
    const record = rows.find((row) => String(ownId(row)) === String(id));
    return record === undefined ? null : { record, described: list.answerFields ?? [] };
  } catch (cause) {
    if (call.context.signal.aborted) throw cause;
    return null;
  }
}

/** The record of a party that stands in the document itself: `customer: { … }`. */
function embedded(record: JsonObject, role: 'customer' | 'supplier'): JsonObject | null {
  return FIELD_ROLES[role].names.map((name) => record[name]).find(isJsonObject) ?? null;
}

/** @param word `customer`, `bank account` */
function checkReference(reference: Reference, word: string, findings: Findings): void {
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

function bankAccountFindings({ currency }: CheckedDocument, account: Reference | null): readonly Finding[] {
  const own = account?.record == null ? null : textOfRole('currency', account.record)?.toUpperCase();
  if (account === null || own == null || currency === null || own === currency) return [];
  const message = `Bank account ${account.id} is in ${own}, and the document in ${currency}.`;
  return [warning(account.field, message, `a bank account in ${currency}`)];
}

/** Reverse charge: the customer pays the VAT, so the document has none, and names the customer's VAT number. */
function reverseFindings(
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

/** As the customer's own record says; null where it says nothing that can be days to pay. */
export function daysToPay(customer: Reference | null): Big | null {
  const record = customer?.record ?? {};
  const days = toBig(valueAt(record, fieldFor('dueDays', [record], [])));
  return days === null || days.lt(0) || days.gt(366) || !days.mod(1).eq(0) ? null : days;
}

/** The due date that the customer's terms give. */
function dueFindings(
  { issued, due, isCredit, isPurchase }: CheckedDocument,
  customer: Reference | null,
): readonly Finding[] {
  const days = daysToPay(customer);
  if (days === null) return [];
  if (isCredit || isPurchase || issued?.date == null || due?.date == null) return [];
  const right = addDays(issued.date, days.toNumber());
  if (right === due.date) return [];
  const message = `The customer has ${days.toFixed()} days to pay, which is ${right} from ${issued.date}, not ${due.date}.`;
  return [warning(due.field, message, right)];
}

/** Currencies that the euro has replaced, and when. */
// biome-ignore format: a table
const REPLACED: Readonly<Record<string, string>> = {
  ATS: '2002', BEF: '2002', DEM: '2002', ESP: '2002', FIM: '2002', FRF: '2002', GRD: '2002', IEP: '2002',
  ITL: '2002', LUF: '2002', NLG: '2002', PTE: '2002', SIT: '2007', CYP: '2008', MTL: '2008', SKK: '2009',
  EEK: '2011', LVL: '2014', LTL: '2015', HRK: '2023', BGN: '2026',
};

export function currencyFindings(document: CheckedDocument): readonly Finding[] {
  const field = document.field('currency');
  const code = document.text('currency');
  if (field === null || code === null) return [];
  const upper = code.trim().toUpperCase();
  const replaced = REPLACED[upper];
  const date = taxDate(document);
  // Documents of before are kept in the currency of their time.
  if (replaced !== undefined && date !== null && date.slice(0, 4) < replaced) return [];
  if (replaced !== undefined) return [warning(field, `The euro replaced ${upper} in ${replaced}.`, 'EUR')];
  if (Intl.supportedValuesOf('currency').includes(upper)) {
    return code === upper ? [] : [warning(field, `Currencies are written in capitals: ${upper}.`, upper)];
  }
  return [error(field, `${code.slice(0, 20)} is not a currency code of ISO 4217.`)];
}

/** A document in another currency than that of the books needs the rate between them. */
function exchangeFindings(
  document: CheckedDocument,
  company: JsonObject | null,
  today: string,
  findings: Findings,
): readonly Finding[] {
  const { currency } = document;
  const isOfToday = currencyFindings(document).every(({ expected }) => expected === currency);
  if (currency === null || document.isOffer || !isOfToday) return [];
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
  const own = textOfRole('currency', company);
  if (own !== null) return own.toUpperCase();
  const country = countryOf(company);
  return country === null ? null : currencyOfCountry(country, date);
}

/** The highest VAT rate in the European Union (Hungary). */
const HIGHEST_RATE = 27;

/**
 * @param supplier country of the one who sells, two letters; null where it is not known
 * @param customer a service to a consumer elsewhere in the European Union bears the VAT of that country
 * @param today for a document without dates
 */
function checkRates(
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

/** Everything about the customer, the bank account and the company, which are read side by side. */
export async function checkParties(
  document: CheckedDocument,
  call: LocalCall,
  findings: Findings,
  today: string,
): Promise<{ readonly isVatPayer: boolean }> {
  const read = (role: 'contactId' | 'supplierId' | 'bankAccount') => readReference(role, document, call);
  const [customer, supplier, account, company] = await Promise.all([
    read('contactId'),
    // On what the company sells, the supplier is the company itself.
    document.isPurchase ? read('supplierId') : null,
    read('bankAccount'),
    ownCompany(call),
  ]);
  if (customer !== null) checkReference(customer, 'customer', findings);
  if (supplier !== null) checkReference(supplier, 'supplier', findings);
  if (account !== null) checkReference(account, 'bank account', findings);
  findings.add(bankAccountFindings(document, account));
  findings.add(reverseFindings(document, customer, findings));
  findings.add(dueFindings(document, customer));
  findings.add(exchangeFindings(document, company?.record ?? null, today, findings));
  const seller = embedded(document.record, 'supplier') ?? (document.isPurchase ? supplier : company)?.record ?? null;
  const buyer = customer?.record ?? embedded(document.record, 'customer');
  const countries = {
    supplier: seller === null ? null : countryOf(seller),
    customer: buyer === null ? null : countryOf(buyer),
  };
  checkRates(document, countries, today, findings);
  const hasNone = company !== null && vatNumberOf(company.record) === null && describesVatNumber(company.described);
  return { isVatPayer: document.isPurchase || !hasNone };
}
