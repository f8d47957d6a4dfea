/** What is unpaid after its due date, by how long. */
import type { JsonObject } from '../../json.ts';
import type { Big } from '../money.ts';
import { toBig } from '../money.ts';
import { dateText, plainText, valueAt } from '../roles.ts';
import { Tally } from './tally.ts';

/** Days past due, the last of each. */
const BUCKETS = [
  { name: '0-30', last: 30 },
  { name: '31-60', last: 60 },
  { name: '61-90', last: 90 },
  { name: 'over 90', last: Number.POSITIVE_INFINITY },
] as const;

/** States in which nothing is owed (yet, or any more), in the words that services use. */
const NOTHING_OWED =
  /^(draft|paid|paid_up|settled|closed|cancel+ed|void|voided|written_off|uncollectible|refunded|credited|storno|archived|deleted|accepted|rejected|declined|expired)$/i;

export interface AgeingFields {
  readonly due: string;
  readonly status: string | null;
  readonly total: string | null;
  readonly open: string | null;
  readonly currency: string | null;
}

const DAY_MS = 86_400_000;

/** @param today YYYY-MM-DD */
export function ageing(rows: readonly JsonObject[], fields: AgeingFields, today: string): Record<string, unknown> {
  const buckets = new Tally();
  const sums = new Tally();
  for (const row of rows) {
    const due = dateText(valueAt(row, fields.due));
    const amount = owed(row, fields);
    if (due === null || amount === null || due >= today) continue;
    const days = Math.round((Date.parse(today) - Date.parse(due)) / DAY_MS);
    const at = BUCKETS.findIndex(({ last }) => days <= last);
    const currency = fields.currency === null ? null : plainText(valueAt(row, fields.currency));
    const entry = { currency, amounts: { amount } };
    buckets.add(String(BUCKETS.length - at), { days_past_due: BUCKETS[at]?.name }, entry);
    sums.add('', {}, entry);
  }
  return {
    as_of: today,
    totals: sums.rows('amount', 'amount', 100),
    by_days_past_due: buckets.rows('key', 'amount', 100),
  };
}

/** What is still to be paid of a record; null where that is nothing. */
function owed(row: JsonObject, { status, open, total }: AgeingFields): Big | null {
  const state = status === null ? null : plainText(valueAt(row, status));
  if (state !== null && NOTHING_OWED.test(state)) return null;
  const left = open === null ? null : toBig(valueAt(row, open));
  const amount = left ?? (total === null ? null : toBig(valueAt(row, total)));
  return amount === null || amount.lte(0) ? null : amount;
}
