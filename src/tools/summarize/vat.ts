/** Sums by VAT rate: of each document's lines, where they give the totals that the document states. */
import type { AnswerField } from '../../contract/operation.ts';
import type { JsonObject } from '../../json.ts';
import { linesOf } from '../document.ts';
import { amountText, toBig } from '../money.ts';
import { plainText, valueAt } from '../roles.ts';
import { agreeing, possibleSums } from '../sums.ts';
import type { Tally } from './tally.ts';

export interface VatFields {
  readonly net: string | null;
  readonly vat: string | null;
  readonly total: string | null;
  readonly currency: string | null;
  readonly described: readonly AnswerField[];
}

export function addByVatRate(tally: Tally, rows: readonly JsonObject[], fields: VatFields, notes: string[]): void {
  const at = (row: JsonObject, path: string | null) => (path === null ? null : toBig(valueAt(row, path)));
  let unlike = 0;
  for (const row of rows) {
    const currency = fields.currency === null ? null : plainText(valueAt(row, fields.currency));
    const stated = { net: at(row, fields.net), vat: at(row, fields.vat), total: at(row, fields.total) };
    const document = linesOf(row, fields.described);
    const sums = document === null ? undefined : agreeing(possibleSums(document), stated);
    if (sums === undefined) {
      unlike += 1;
      tally.add('', { vat_rate: 'not known' }, { currency, amounts: stated });
      continue;
    }
    for (const { rate, net, vat } of sums.rates) {
      const key = rate.toFixed();
      tally.add(
        key,
        { vat_rate: amountText(rate, null).replace(/0$/, '') },
        { currency, amounts: { net, vat, total: net.plus(vat) } },
      );
    }
  }
  notes.push('Groups by VAT rate count each document once per rate that its lines have.');
  if (unlike > 0) {
    notes.push(
      `${unlike} documents have no lines in the list, or lines that do not give their totals: they are under "not known".`,
    );
  }
}
