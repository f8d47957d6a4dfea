/** How a wanted field is recognised among others: as it is written, in another spelling, or in other words. */

import { onceFor } from '../core/deadline.ts';

/** The form in which names are compared: `issueDate` and `Issue-Date` are `issue_date`. */
export function plainName(name: string): string {
  if (/^[a-z0-9_]*$/.test(name)) return name;
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .toLowerCase();
}

/** Synonyms in names of several words, each with the word that stands for all of them. */
// biome-ignore format: a table
const SAME_WORDS: ReadonlyMap<string, string> = new Map(Object.entries({
  sum: 'amount', value: 'amount', tax: 'vat', incl: 'with', including: 'with', inclusive: 'with', inc: 'with', after: 'with',
  excl: 'without', excluding: 'without', exclusive: 'without', ex: 'without', before: 'without', brutto: 'gross', netto: 'net', no: 'number', nr: 'number', num: 'number',
  doc: 'document', day: 'date', on: 'date', at: 'date', issued: 'issue', until: 'by', percentage: 'percent', pct: 'percent',
}));
const FILLERS = new Set(['of', 'the', 'per']);

/** Equal for `sum_with_vat` and `amount_incl_tax`; null for a single word, which may mean anything. */
const meaningOf = onceFor((name: string): string | null => {
  const words = plainName(name)
    .split('_')
    .flatMap((word) => (FILLERS.has(word) ? [] : (SAME_WORDS.get(word) ?? word)))
    .sort();
  const distinct = words.filter((word, at) => word !== words[at - 1]);
  return distinct.length < 2 ? null : distinct.join(' ');
});

// biome-ignore format: a table
const MADE_FROM = /(^|_)(templates?|presets?|blueprints?|clone[ds]?|based_on|cop(y|ied)_(of|from|id)|duplicate[ds]?_(of|from|id)|source_(id|\w+_id|document|record)|(create|generate|import|convert|prefill)(e?d)?_from|from_(templates?|documents?|invoices?|quotes?|orders?|estimates?|offers?|contracts?|expenses?|timesheets?|time_entries)|(entry|timesheet|hour|order|expense|task|milestone|subscription|contract|product|article)_ids)(_|$)/;

/** `template_id` and `copy_from` bring lines of a document along; a template of the PDF or of the message does not. */
export function isMadeFrom(plain: string): boolean {
  return MADE_FROM.test(plain) && !/(pdf|mail|layout|print|message|text|design|html|note|reminder)/.test(plain);
}

/** What the members of records are called, without a list of all members of thousands of records. */
export function memberNames(records: readonly object[]): ReadonlySet<string> {
  const names = new Set<string>();
  let last: readonly string[] = [];
  for (const record of records) {
    const own = Object.keys(record);
    // Most records have the members of the one before.
    for (const name of own.filter((one, at) => one !== last[at])) names.add(name);
    last = own;
  }
  return names;
}

/** Names to look others up among. Indexes are made when first needed, since contracts are searched at every start. */
export class FieldNames {
  readonly #names: ReadonlySet<string>;
  #spelled: ReadonlyMap<string, string> | undefined;
  #byMeaning: ReadonlyMap<string, string> | undefined;

  constructor(names: Iterable<string>) {
    this.#names = new Set(names);
  }

  find(wanted: string): string | null {
    if (this.#names.has(wanted)) return wanted;
    this.#spelled ??= firstBy(this.#names, plainName);
    const spelled = this.#spelled.get(wanted);
    if (spelled !== undefined) return spelled;
    this.#byMeaning ??= firstBy(this.#names, meaningOf);
    const meaning = this.#byMeaning.size > 0 ? meaningOf(wanted) : null;
    return meaning === null ? null : (this.#byMeaning.get(meaning) ?? null);
  }

  /** The one that the first of these names finds; null where none does. */
  first(wanted: readonly string[]): string | null {
    return wanted.flatMap((one) => this.find(one) ?? [])[0] ?? null;
  }
}

function firstBy(names: Iterable<string>, keyOf: (name: string) => string | null): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const name of names) {
    const key = keyOf(name);
    if (key !== null && !found.has(key)) found.set(key, name);
  }
  return found;
}
