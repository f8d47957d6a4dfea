import { type Role, stateRole } from '../contract/field-roles.ts';
import type { JsonObject } from '../core/json.ts';
import type { AnswerField } from '../core/tool.ts';
import { linesOf } from './document-lines.ts';
import { amountText, Big, toBig, ZERO } from './money.ts';
import { dateText, plainText, valueAt } from './record-fields.ts';
import { matchingSums, possibleSums } from './sums.ts';

/** Totals per group and currency, exact and never mixed; and of receivables by age, of documents by VAT rate. */
/** Under which names the records keep some roles; null where they do not. */
export type Fields<R extends Role> = Readonly<Record<R, string | null>>;

interface Sum {
  readonly key: string;
  /** How the answer names the group. */
  readonly label: Readonly<Record<string, unknown>>;
  readonly currency: string | null;
  count: number;
  readonly totals: Map<string, Big>;
  readonly missing: Map<string, number>;
}

export class Tally {
  readonly #sums = new Map<string, Sum>();

  /** @param amounts null where the record has none */
  add(
    key: string,
    label: Sum['label'],
    { currency, amounts }: Pick<Sum, 'currency'> & { readonly amounts: Readonly<Record<string, Big | null>> },
  ): void {
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
   * `{…label, currency, count, …amounts, without_<amount>?}`, in the order of the keys or largest first. Groups beyond
   * `max` share one row per currency, so that the rows still add up.
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

/** Days past due, up to the last of each bucket. */
const BUCKETS = [
  { name: '0-30', last: 30 },
  { name: '31-60', last: 60 },
  { name: '61-90', last: 90 },
  { name: 'over 90', last: Number.POSITIVE_INFINITY },
] as const;

const DAY_MS = 86_400_000;

/** Aged receivables: what is unpaid after its due date, by how long. @param today YYYY-MM-DD */
export function agedReceivables(
  rows: readonly JsonObject[],
  fields: OpenFields & { readonly currency: string | null; readonly due: string },
  today: string,
): JsonObject {
  const buckets = new Tally();
  const sums = new Tally();
  let whole = 0;
  let unknown = 0;
  for (const row of rows) {
    const due = dateText(valueAt(row, fields.due));
    const left = owed(row, fields);
    if (due !== null && due < today && isPartlyUnknown(row, fields)) unknown += 1;
    if (due === null || left === null || due >= today) continue;
    const { amount, isTotal } = left;
    if (isTotal) whole += 1;
    const days = Math.round((Date.parse(today) - Date.parse(due)) / DAY_MS);
    const at = BUCKETS.findIndex(({ last }) => days <= last);
    const currency = currencyOf(row, fields);
    const entry = { currency, amounts: { amount } };
    buckets.add(String(BUCKETS.length - at), { days_past_due: BUCKETS[at]?.name }, entry);
    sums.add('', {}, entry);
  }
  return {
    as_of: today,
    totals: sums.rows('amount', 'amount', 100),
    by_days_past_due: buckets.rows('key', 'amount', 100),
    ...(whole > 0 && { rows_with_whole_total: whole }),
    ...(unknown > 0 && { rows_without_open_amount: unknown }),
  };
}

type OpenFields = Fields<'status' | 'total' | 'open'> & Partial<Fields<'paidAmount'>>;

/** Null for a record without a state. */
export function stateOf(row: JsonObject, { status }: Fields<'status'>): string | null {
  return status === null ? null : plainText(valueAt(row, status));
}

/** One for each code, whatever its case. */
export function currencyOf(row: JsonObject, { currency }: Fields<'currency'>): string | null {
  const text = currency === null ? null : plainText(valueAt(row, currency));
  return text === null ? null : text.trim().toUpperCase();
}

/** What is still to be paid: the amount due, else the total less what was paid; null where the record has neither. */
export function openAmount(row: JsonObject, { open, total, paidAmount = null }: OpenFields): Big | null {
  const at = (path: string | null) => (path === null ? null : toBig(valueAt(row, path)));
  const left = at(open);
  if (left !== null) return left;
  const whole = at(total);
  const paid = at(paidAmount);
  return whole === null || paid === null ? null : whole.minus(paid);
}

/** Null where nothing is owed. @returns `isTotal` where nothing says what was paid, so that the whole total is taken */
function owed(row: JsonObject, fields: OpenFields): { readonly amount: Big; readonly isTotal: boolean } | null {
  const state = stateOf(row, fields);
  const role = state === null ? 'issued' : stateRole(state);
  if (role !== 'issued' && role !== 'partly') return null;
  const left = openAmount(row, fields);
  const total = role === 'partly' || fields.total === null ? null : toBig(valueAt(row, fields.total));
  const amount = left ?? total;
  return amount === null || amount.lte(0) ? null : { amount, isTotal: left === null };
}

/** Part of it was paid, and nothing says how much. */
function isPartlyUnknown(row: JsonObject, fields: OpenFields): boolean {
  const state = stateOf(row, fields);
  return state !== null && stateRole(state) === 'partly' && openAmount(row, fields) === null;
}

/** Totals by VAT rate: of each document's lines, where they add up to the document's own totals. */
export function addByVatRate(
  tally: Tally,
  rows: readonly JsonObject[],
  fields: Fields<'net' | 'vat' | 'total' | 'currency'>,
  described: readonly AnswerField[],
  notes: string[],
): void {
  const at = (row: JsonObject, path: string | null) => (path === null ? null : toBig(valueAt(row, path)));
  let unmatched = 0;
  for (const row of rows) {
    const currency = currencyOf(row, fields);
    const given = { net: at(row, fields.net), vat: at(row, fields.vat), total: at(row, fields.total) };
    const document = linesOf(row, described);
    const sums = document === null ? undefined : matchingSums(possibleSums(document), given);
    if (sums === undefined) {
      unmatched += 1;
      tally.add('', { vat_rate: 'not known' }, { currency, amounts: given });
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
  notes.push('Groups by VAT rate count a document once for each rate of its lines.');
  if (unmatched > 0) {
    const which = unmatched === 1 ? '1 document has' : `${unmatched} documents have`;
    notes.push(`${which} no lines in the list, or lines that do not add up to the totals: see "not known".`);
  }
}
