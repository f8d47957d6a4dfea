/** Totals by VAT rate: of the document's own table of rates, else of its lines, where they add up to its totals. */
import { isJsonObject, type JsonObject } from '../core/json.ts';
import type { AnswerField } from '../core/tool.ts';
import type { SignedRows } from './credit-notes.ts';
import { linesOf } from './document-lines.ts';
import { amountText, type Big, toBig, ZERO } from './money.ts';
import { amountAt, moneyFieldFor } from './money-field.ts';
import { fieldFor, valueAt } from './record-fields.ts';
import { matchingSums, possibleSums, type Sums } from './sums.ts';
import type { Tally } from './tally.ts';

/** @returns how many documents do not say their rates; they are under "not known" */
export function addByVatRate(tally: Tally, { source, reader, rows, sign }: SignedRows): number {
  let unmatched = 0;
  for (const row of rows) {
    const currency = reader.currency(row);
    const signed = (amount: Big | null) => amount?.times(sign) ?? null;
    const given = {
      net: reader.amount('net', row),
      vat: reader.amount('vat', row),
      total: reader.amount('total', row),
    };
    const rates = breakdownOf(row, currency, given) ?? ratesOfLines(row, source.described, currency, given);
    if (rates === null) {
      unmatched += 1;
      const amounts = { net: signed(given.net), vat: signed(given.vat), total: signed(given.total) };
      tally.add('', { vat_rate: 'not known' }, { currency, amounts });
      continue;
    }
    for (const { rate, net, vat } of rates) {
      const label = { vat_rate: amountText(rate, null).replace(/0$/, '') };
      const amounts = { net: signed(net), vat: signed(vat), total: signed(net.plus(vat)) };
      tally.add(rate.toFixed(), label, { currency, amounts });
    }
  }
  return unmatched;
}

type Given = Readonly<Record<'net' | 'vat' | 'total', Big | null>>;

function ratesOfLines(
  row: JsonObject,
  described: readonly AnswerField[],
  currency: string | null,
  given: Given,
): Sums['rates'] | null {
  const document = linesOf(row, described, currency);
  const sums = document === null ? undefined : matchingSums(possibleSums(document), given);
  return sums?.rates ?? null;
}

/** Null where the record has no such table, or one that does not come to the record's totals. */
function breakdownOf(row: JsonObject, currency: string | null, { net, vat, total }: Given): Sums['rates'] | null {
  const field = fieldFor('vatBreakdown', [row], []);
  const value = field === null ? null : valueAt(row, field);
  const entries = Array.isArray(value) ? value.filter(isJsonObject) : [];
  if (entries.length === 0) return null;
  const [base, part, percent] = [
    moneyFieldFor('vatBase', entries, []),
    moneyFieldFor('vatPart', entries, []),
    fieldFor('rate', entries, []),
  ];
  const rates = entries.flatMap((entry) => {
    const rate = percent === null ? null : toBig(valueAt(entry, percent));
    const own = { net: amountAt(entry, base, currency), vat: amountAt(entry, part, currency) };
    return rate === null || own.net === null || own.vat === null ? [] : [{ rate, net: own.net, vat: own.vat }];
  });
  if (rates.length < entries.length) return null;
  const sum = (which: 'net' | 'vat') => rates.reduce((whole, one) => whole.plus(one[which]), ZERO);
  const isRight = (given: Big | null, own: Big) => given === null || given.eq(own);
  const isKnown = net !== null || vat !== null || total !== null;
  const fits = isRight(net, sum('net')) && isRight(vat, sum('vat')) && isRight(total, sum('net').plus(sum('vat')));
  return isKnown && fits ? rates : null;
}
