/** Whether the countries of a document have its VAT rates on its date. */
import { amountText, type Big } from '../money.ts';
import { type CheckedDocument, taxDate } from './checked-document.ts';
import { error, type Finding, type Findings, warning } from './findings.ts';
import { VAT_RATES_AS_OF, validityOf, vatRatesOn } from './vat-rate-table.ts';

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
