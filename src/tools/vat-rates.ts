/** Totals by VAT rate: of each document's lines, where they add up to the document's own totals. */
import type { SignedRows } from './credit-notes.ts';
import { linesOf } from './document-lines.ts';
import { amountText, type Big } from './money.ts';
import { matchingSums, possibleSums } from './sums.ts';
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
    const document = linesOf(row, source.described, currency);
    const sums = document === null ? undefined : matchingSums(possibleSums(document), given);
    if (sums === undefined) {
      unmatched += 1;
      const amounts = { net: signed(given.net), vat: signed(given.vat), total: signed(given.total) };
      tally.add('', { vat_rate: 'not known' }, { currency, amounts });
      continue;
    }
    for (const { rate, net, vat } of sums.rates) {
      const label = { vat_rate: amountText(rate, null).replace(/0$/, '') };
      const amounts = { net: signed(net), vat: signed(vat), total: signed(net.plus(vat)) };
      tally.add(rate.toFixed(), label, { currency, amounts });
    }
  }
  return unmatched;
}
