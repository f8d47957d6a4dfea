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
    'amount_total', 'total_gross', 'gross_total', 'gross_amount', 'grand_total', 'total_price'],
  amount: ['amount', 'sum'],
  open: ['amount_due', 'due_amount', 'balance_due', 'amount_outstanding', 'outstanding_amount', 'outstanding',
    'amount_open', 'open_amount', 'amount_unpaid', 'unpaid_amount', 'unpaid', 'remaining_amount', 'amount_remaining'],
  currency: ['currency', 'currency_code', 'currency_iso', 'iso_currency'],
} as const;
