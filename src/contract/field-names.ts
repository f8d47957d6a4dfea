/**
 * Names under which services keep the same thing, the likelier one first. Nothing is taken for granted by them: they are
 * looked for among the fields that records have, or that a contract describes. Columns of lists (`answers/roles.ts`) and
 * sums and checks (`tools/roles.ts`) both look here.
 */

/** Who a document is for, and who it is from: as a word, as in `customer_name`, `customer_id`, `customer`. */
const CUSTOMERS = ['purchaser', 'customer', 'client', 'contact', 'buyer', 'recipient', 'partner'] as const;
const SUPPLIERS = ['supplier', 'vendor', 'seller'] as const;

function spelled(words: readonly string[], ending: string): readonly string[] {
  return words.map((word) => `${word}${ending}`);
}

export const CUSTOMER = {
  record: CUSTOMERS,
  name: spelled(CUSTOMERS, '_name'),
  id: spelled(CUSTOMERS, '_id'),
  nestedName: spelled(CUSTOMERS, '.name'),
  nestedId: spelled(CUSTOMERS, '.id'),
} as const;

export const SUPPLIER = {
  record: SUPPLIERS,
  name: spelled(SUPPLIERS, '_name'),
  id: spelled(SUPPLIERS, '_id'),
  nestedName: spelled(SUPPLIERS, '.name'),
} as const;

// biome-ignore format: a table
export const FIELD_NAMES = {
  number: ['number', 'document_number', 'invoice_number', 'full_number', 'formatted_number', 'doc_number',
    'sequence_number', 'reference'],
  status: ['status', 'state', 'payment_status', 'document_status'],
  name: ['name', 'display_name', 'full_name', 'company_name', 'legal_name'],
  issued: ['issue_date', 'issued_on', 'date_issued', 'date_of_issue', 'issued_at', 'invoice_date', 'document_date',
    'expense_date', 'purchase_date', 'receipt_date', 'issued', 'date'],
  created: ['created_on', 'created_at', 'created'],
  due: ['due_date', 'due_on', 'date_due', 'due_at', 'payment_due_date', 'payment_due', 'pay_by', 'maturity_date'],
  total: ['total', 'total_with_vat', 'total_incl_vat', 'total_including_vat', 'total_with_tax', 'total_amount',
    'amount_total', 'amount_with_vat', 'price_with_vat', 'total_gross', 'gross_total', 'gross_amount', 'grand_total', 'total_price'],
  amount: ['amount', 'sum'],
  open: ['amount_due', 'due_amount', 'total_due', 'balance_due', 'amount_outstanding', 'outstanding_amount', 'outstanding',
    'amount_open', 'open_amount', 'amount_unpaid', 'unpaid_amount', 'unpaid', 'remaining_amount', 'amount_remaining'],
  currency: ['currency', 'currency_code', 'currency_iso', 'iso_currency'],
} as const;

/** The form in which names are compared: `issueDate` and `Issue-Date` are `issue_date`. */
export function plainName(name: string): string {
  if (/^[a-z0-9_]*$/.test(name)) return name;
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .toLowerCase();
}

/** Words that mean the same in names of several words, by the one that stands for all of them. */
// biome-ignore format: a table
const SAME_WORDS: ReadonlyMap<string, string> = new Map(Object.entries({
  sum: 'amount', value: 'amount', tax: 'vat', incl: 'with', including: 'with', inclusive: 'with',
  excl: 'without', excluding: 'without', exclusive: 'without', no: 'number', nr: 'number', num: 'number',
  doc: 'document', day: 'date', on: 'date', at: 'date', issued: 'issue', until: 'by', percentage: 'percent',
}));
const FILLERS = new Set(['of', 'the', 'per']);

/** Equal for `sum_with_vat` and `amount_incl_tax`; null for what is one word, which may mean anything. */
function meaningOf(name: string): string | null {
  const words = plainName(name)
    .split('_')
    .flatMap((word) => (FILLERS.has(word) ? [] : (SAME_WORDS.get(word) ?? word)))
    .sort();
  const distinct = words.filter((word, at) => word !== words[at - 1]);
  return distinct.length < 2 ? null : distinct.join(' ');
}

/** Names to look others up among. What is not needed is not worked out: contracts are searched at every start. */
export class FieldNames {
  readonly #names: ReadonlySet<string>;
  #spelt: ReadonlyMap<string, string> | undefined;
  #meant: ReadonlyMap<string | null, string> | undefined;

  constructor(names: Iterable<string>) {
    this.#names = new Set(names);
  }

  /** The one that is wanted: as it is written, in another spelling, or in other words. */
  find(wanted: string): string | null {
    if (this.#names.has(wanted)) return wanted;
    this.#spelt ??= firstBy(this.#names, plainName);
    const spelt = this.#spelt.get(wanted);
    if (spelt !== undefined) return spelt;
    const meaning = meaningOf(wanted);
    if (meaning === null) return null;
    this.#meant ??= firstBy(this.#names, meaningOf);
    return this.#meant.get(meaning) ?? null;
  }
}

function firstBy<K>(names: Iterable<string>, key: (name: string) => K): ReadonlyMap<K, string> {
  const found = new Map<K, string>();
  for (const name of names) if (!found.has(key(name))) found.set(key(name), name);
  return found;
}
