/** Totals per group and currency, exact and never mixed. */
import { amountText, Big, ZERO } from './money.ts';

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
