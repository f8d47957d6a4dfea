import type { JsonObject } from '../core/json.ts';
import type { AnswerField } from '../core/tool.ts';
import { amountText, Big, linesOf, toBig, ZERO } from './money.ts';
import { dateText, plainText, valueAt } from './money-roles.ts';
import { agreeing, possibleSums } from './sums.ts';

/** Sums per group and currency, exact, never mixed. */
interface Entry {
  readonly currency: string | null;
  /** Null where the record states none. */
  readonly amounts: Readonly<Record<string, Big | null>>;
}

interface Sum {
  readonly key: string;
  /** What names the group in the answer. */
  readonly label: Readonly<Record<string, unknown>>;
  readonly currency: string | null;
  count: number;
  readonly totals: Map<string, Big>;
  readonly missing: Map<string, number>;
}

export class Tally {
  readonly #sums = new Map<string, Sum>();

  add(key: string, label: Readonly<Record<string, unknown>>, { currency, amounts }: Entry): void {
    const id = JSON.stringify([key, currency]);
    const known = this.#sums.get(id);
    const sum: Sum = known ?? { key, label, currency, count: 0, totals: new Map(), missing: new Map() };
    if (known === undefined) this.#sums.set(id, sum);
    sum.count += 1;
    for (const [name, amount] of Object.entries(amounts)) {
      if (amount === null) sum.missing.set(name, (sum.missing.get(name) ?? 0) + 1);
      else sum.totals.set(name, (sum.totals.get(name) ?? ZERO).plus(amount));
    }
  }

  /**
   * `{…label, currency, count, …amounts, without_<amount>?}`, in the order of the keys or largest first; beyond `max`
   * groups the rest is one row per currency, so that nothing is lost from the sums.
   */
  rows(order: 'key' | 'amount', amount: string, max: number): Record<string, unknown>[] {
    const all = [...this.#sums.values()];
    const size = (sum: Sum) => (sum.totals.get(amount) ?? ZERO).abs();
    all.sort((a, b) => (order === 'key' ? compare(a.key, b.key) : size(b).cmp(size(a)) || b.count - a.count));
    const others = new Tally();
    for (const sum of all.slice(max)) others.#merge(sum);
    return [...all.slice(0, max), ...others.#sums.values()].map(row);
  }

  #merge(sum: Sum): void {
    const id = JSON.stringify(['', sum.currency]);
    const into: Sum = this.#sums.get(id) ?? {
      key: '',
      label: { others: 'all further groups' },
      currency: sum.currency,
      count: 0,
      totals: new Map(),
      missing: new Map(),
    };
    this.#sums.set(id, into);
    into.count += sum.count;
    for (const [name, value] of sum.totals) into.totals.set(name, (into.totals.get(name) ?? ZERO).plus(value));
    for (const [name, count] of sum.missing) into.missing.set(name, (into.missing.get(name) ?? 0) + count);
  }
}

function row({ label, currency, count, totals, missing }: Sum): Record<string, unknown> {
  const amounts = [...totals].map(([name, value]) => [name, amountText(value, currency)]);
  const without = [...missing].map(([name, many]) => [`without_${name}`, many]);
  return { ...label, currency: currency ?? 'not stated', count, ...Object.fromEntries([...amounts, ...without]) };
}

/** Numbers by size (VAT rates), everything else by its letters. */
function compare(a: string, b: string): number {
  if (/^\d+(\.\d+)?$/.test(a) && /^\d+(\.\d+)?$/.test(b)) return new Big(b).cmp(a);
  return a < b ? -1 : a > b ? 1 : 0;
}

/** What is unpaid after its due date, by how long. */
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

interface AgeingFields {
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

/** Sums by VAT rate: of each document's lines, where they give the totals that the document states. */
interface VatFields {
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
