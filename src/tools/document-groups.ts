/** Documents in groups: exact totals by state, month, customer, currency or VAT rate. */
import { isJsonObject, type JsonObject } from '../core/json.ts';
import type { AnswerField } from '../core/tool.ts';
import type { SignedRows } from './credit-notes.ts';
import { linesOf } from './document-lines.ts';
import type { DocumentReader, Party } from './document-reader.ts';
import type { Group } from './local-tools.ts';
import { amountAt, amountText, Big, moneyFieldFor, percentAt, percentOf, ZERO } from './money.ts';
import { PERIOD_DATES, type PeriodDate } from './money-resource.ts';
import { unpaidAmount } from './open-amount.ts';
import { fieldFor, valueAt, withoutField } from './record-fields.ts';
import { type Given, matchingSums, possibleSums, type Sums } from './sums.ts';

interface Sum {
  readonly key: string;
  /** How the answer names the group. */
  readonly label: Readonly<Record<string, unknown>>;
  readonly currency: string | null;
  count: number;
  /** Of the count, those that are set off. */
  credits: number;
  readonly totals: Map<string, Big>;
  readonly missing: Map<string, number>;
}

/** Totals per group and currency, never mixed. */
export class Tally {
  readonly #sums = new Map<string, Sum>();

  /** @param amounts null where the record has none @param records how many it counts as */
  add(
    key: string,
    label: Sum['label'],
    {
      currency,
      amounts,
      isSetOff = false,
    }: Pick<Sum, 'currency'> &
      Pick<SignedRows, 'isSetOff'> & { readonly amounts: Readonly<Record<string, Big | null>> },
    records = 1,
  ): void {
    const sum = this.#sumOf(key, label, currency);
    sum.count += records;
    if (isSetOff) sum.credits += records;
    for (const [name, amount] of Object.entries(amounts)) {
      if (amount === null) sum.missing.set(name, (sum.missing.get(name) ?? 0) + 1);
      else sum.totals.set(name, (sum.totals.get(name) ?? ZERO).plus(amount));
    }
  }

  #sumOf(key: string, label: Sum['label'], currency: string | null): Sum {
    const id = JSON.stringify([key, currency]);
    const sum = this.#sums.get(id) ?? {
      ...{ key, label, currency, count: 0, credits: 0 },
      ...{ totals: new Map(), missing: new Map() },
    };
    this.#sums.set(id, sum);
    return sum;
  }

  /** `{…label, currency, count, …amounts, without_<amount>?}`, in the order of the keys or largest first. */
  rows(order: 'key' | 'amount', amount: string, max: number): Record<string, unknown>[] {
    const total = (sum: Sum) => sum.totals.get(amount) ?? ZERO;
    // Among credit notes alone, the largest credit comes first.
    const sign = [...this.#sums.values()].every((sum) => total(sum).lte(0)) ? -1 : 1;
    const byAmount = (a: Sum, b: Sum) => sign * total(b).cmp(total(a)) || b.count - a.count;
    return this.groups(order === 'key' ? null : byAmount, max).map(row);
  }

  /**
   * One currency after the other, that of the most records first: amounts of two cannot be compared. Groups beyond `max`
   * share one per currency, so that the rows still add up.
   * @param order null for that of the keys, of which the last are kept: the months before can be asked for apart
   */
  groups(order: ((a: Sum, b: Sum) => number) | null, max: number): readonly Sum[] {
    const sums = [...this.#sums.values()];
    const lists = order === null ? [sums.sort((a, b) => compare(a.key, b.key))] : byCurrency(sums, order);
    // The first of each currency are kept before the second of any.
    const places = lists.flatMap((list) => list.map((sum, at) => ({ sum, place: order === null ? -at : at })));
    const kept = new Set(places.sort((a, b) => a.place - b.place).flatMap(({ sum }, at) => (at < max ? [sum] : [])));
    const others = new Tally();
    for (const sum of lists.flat()) {
      if (kept.has(sum)) continue;
      const into = others.#sumOf('', { others: 'all further groups' }, sum.currency);
      into.count += sum.count;
      into.credits += sum.credits;
      for (const [name, value] of sum.totals) into.totals.set(name, (into.totals.get(name) ?? ZERO).plus(value));
      for (const [name, many] of sum.missing) into.missing.set(name, (into.missing.get(name) ?? 0) + many);
    }
    const shown = lists.flat().filter((sum) => kept.has(sum));
    return order === null ? [...others.#sums.values(), ...shown] : [...shown, ...others.#sums.values()];
  }
}

function byCurrency(sums: readonly Sum[], order: (a: Sum, b: Sum) => number): readonly (readonly Sum[])[] {
  const currencies = [...new Set(sums.map(({ currency }) => currency))];
  const lists = currencies.map((one) => sums.filter(({ currency }) => currency === one).sort(order));
  const records = (list: readonly Sum[]) => list.reduce((all, { count }) => all + count, 0);
  return lists.sort((a, b) => records(b) - records(a));
}

function row({ label, currency, count, credits, totals, missing }: Sum): Record<string, unknown> {
  const amounts = [...totals].map(([name, value]) => [name, amountText(value, currency)]);
  const without = [...missing].map(([name, many]) => [`without_${name}`, many]);
  return {
    ...{ ...label, currency: currency ?? 'not stated', count },
    ...(credits > 0 && { of_which_credit_notes: credits }),
    ...Object.fromEntries([...amounts, ...without]),
  };
}

/** Numbers by size (VAT rates), everything else by its letters. */
function compare(a: string, b: string): number {
  if (/^\d+(\.\d+)?$/.test(a) && /^\d+(\.\d+)?$/.test(b)) return new Big(b).cmp(a);
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * Totals by VAT rate: of the document's own table of rates, else of its lines, where they add up to its totals.
 * @returns how many documents do not say their rates; they are under "not known"
 */
function addByVatRate(tally: Tally, { source, reader, rows, sign, isSetOff }: SignedRows): number {
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
      tally.add('', { vat_rate: 'not known' }, { currency, amounts, isSetOff });
      continue;
    }
    for (const { rate, net, vat } of rates) {
      const label = { vat_rate: amountText(rate, null).replace(/0$/, '') };
      const amounts = { net: signed(net), vat: signed(vat), total: signed(net.plus(vat)) };
      tally.add(rate.toFixed(), label, { currency, amounts, isSetOff });
    }
  }
  return unmatched;
}

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

/** In percent, also where 0.23 is written for 23; null where the VAT contradicts it, so that it is no rate. */
function rateBetween(rate: Big, net: Big, vat: Big): Big | null {
  const offBy = (percent: Big) => percentOf(net, percent).minus(vat).abs();
  const whole = rate.times(100);
  const percent = offBy(whole).lt(offBy(rate)) ? whole : rate;
  // With reverse charge, the supplier is paid none.
  return vat.eq(0) || offBy(percent).lte(net.abs().div(100).plus(1)) ? percent : null;
}

/** Null where the record has no such table, or one that does not come to the record's totals. */
function breakdownOf(row: JsonObject, currency: string | null, { net, vat, total }: Given): Sums['rates'] | null {
  const field = fieldFor('vatBreakdown', [row], []);
  const value = field === null ? null : valueAt(row, field);
  const entries = Array.isArray(value) ? value.filter(isJsonObject) : [];
  if (entries.length === 0) return null;
  const [base, part] = [moneyFieldFor('vatBase', entries, []), moneyFieldFor('vatPart', entries, [])];
  // A bare `vat` is the amount where it is the only one, and the rate beside another.
  const percent = fieldFor('rate', withoutField(entries, part?.path), []) ?? fieldFor('rate', entries, []);
  const own = percent === part?.path ? moneyFieldFor('vatPart', withoutField(entries, percent), []) : part;
  const rates = entries.flatMap((entry) => {
    const rate = percent === null ? null : percentAt(entry, percent);
    const [net, vat] = [amountAt(entry, base, currency), amountAt(entry, own, currency)];
    if (rate === null || net === null || vat === null) return [];
    const share = rateBetween(rate, net, vat);
    return share === null ? [] : [{ rate: share, net, vat }];
  });
  if (rates.length < entries.length) return null;
  const sum = (which: 'net' | 'vat') => rates.reduce((whole, one) => whole.plus(one[which]), ZERO);
  const isRight = (given: Big | null, own: Big) => given === null || given.eq(own);
  const isKnown = net !== null || vat !== null || total !== null;
  const fits = isRight(net, sum('net')) && isRight(vat, sum('vat')) && isRight(total, sum('net').plus(sum('vat')));
  return isKnown && fits ? rates : null;
}

/** Keeps a summary within some 10,000 characters. */
export const MAX_GROUPS = 60;

/** Totals per currency. @param hasOpen whether what is unpaid belongs to these documents */
export function documentTotals(lists: readonly SignedRows[], hasOpen: boolean): JsonObject[] {
  const tally = new Tally();
  for (const list of lists) for (const row of list.rows) tally.add('', {}, entryOf(row, list, hasOpen));
  return tally.rows('amount', 'total', MAX_GROUPS);
}

function entryOf(row: JsonObject, { reader, sign, isSetOff }: SignedRows, hasOpen: boolean) {
  const signed = (amount: Big | null) => amount?.times(sign) ?? null;
  const parts = (['total', 'net', 'vat'] as const).filter((part) => reader.has(part));
  const amounts = Object.fromEntries(parts.map((part) => [part, signed(reader.amount(part, row))]));
  const open = hasOpen && saysOpen(reader) ? { open: signed(unpaidAmount(reader, row)) } : {};
  return { currency: reader.currency(row), amounts: { ...amounts, ...open }, isSetOff };
}

/** Whether the records say what was paid or is due. */
export function saysOpen(reader: DocumentReader): boolean {
  return reader.has('open') || reader.has('paidAmount') || reader.field('payments') !== null;
}

/** @returns null where the rows have no field to group by, with the reason in `notes` */
export function groupsOf(
  lists: readonly SignedRows[],
  {
    group,
    date,
    hasOpen,
    isUnpaid,
    names,
    most,
  }: {
    readonly group: Group;
    readonly date: PeriodDate;
    readonly hasOpen: boolean;
    /** The call asks for documents that are to be paid, and for no others. */
    readonly isUnpaid: boolean;
    /** Of a customer by the id; empty where names are not known. */
    readonly names: ReadonlyMap<string, string>;
    /** Groups to show. */
    readonly most: number;
  },
  notes: string[],
): readonly JsonObject[] | null {
  const tally = new Tally();
  if (group === 'vat_rate') {
    const unknown = lists.reduce((sum, list) => sum + addByVatRate(tally, list), 0);
    notes.push('Groups by VAT rate count a document once for each rate of its lines.');
    if (unknown > 0) {
      const which = unknown === 1 ? '1 document has' : `${unknown} documents have`;
      notes.push(`${which} no lines in the list, or lines that do not add up to the totals: see "not known".`);
    }
    return tally.rows('key', 'net', most);
  }
  const field = lists.map(({ reader }) => fieldOf(group, date, reader)).find((one) => one !== null) ?? null;
  if (field === null && lists.some(({ rows }) => rows.length > 0)) {
    notes.push(`There are no groups by ${group}: the rows have no such field.`);
    return null;
  }
  if (field !== null && (group === 'contact' || group === 'month')) notes.push(`Groups are by ${field}.`);
  for (const list of lists) {
    for (const row of list.rows) {
      const { key, label } = labelOf(row, list.reader, group, date, names);
      tally.add(key, label, entryOf(row, list, hasOpen));
    }
  }
  // Of unpaid documents, what is open counts.
  const isOwed = isUnpaid && hasOpen && lists.some(({ reader }) => saysOpen(reader));
  return tally.rows(group === 'month' ? 'key' : 'amount', isOwed ? 'open' : 'total', most);
}

function fieldOf(group: Group, date: PeriodDate, reader: DocumentReader): string | null {
  if (group === 'status') return reader.field('status');
  if (group === 'currency') return 'currency';
  if (group === 'month') return reader.field(PERIOD_DATES[date]);
  return reader.partyId ?? reader.partyName;
}

function labelOf(
  row: JsonObject,
  reader: DocumentReader,
  group: Group,
  date: PeriodDate,
  names: ReadonlyMap<string, string>,
): { readonly key: string; readonly label: JsonObject } {
  if (group === 'contact') {
    const party = reader.party(row);
    return { key: party.key, label: partyLabel(party, names) };
  }
  const value =
    group === 'month'
      ? (reader.day(PERIOD_DATES[date], row)?.slice(0, 7) ?? null)
      : group === 'currency'
        ? reader.currency(row)
        : reader.state(row);
  const shown = value ?? 'none';
  return { key: shown, label: group === 'currency' ? {} : { [group]: shown } };
}

/** A customer as answers name it: by id and name, as far as each is known. */
export function partyLabel({ id, name }: Party, names: ReadonlyMap<string, string>): JsonObject {
  const known = name ?? (id === null ? null : (names.get(String(id)) ?? null));
  return { ...(id !== null && { contact_id: id }), contact: known ?? (id === null ? 'none' : undefined) };
}
