/**
 * Names under which services keep what a person looks for in a list. They only choose columns, and only among those
 * that the rows have: a service with other names shows other columns, and no answer depends on one of these.
 * Data only; the likelier name first.
 */
export interface Role {
  readonly role:
    | 'id'
    | 'number'
    | 'status'
    | 'name'
    | 'who'
    | 'supplier'
    | 'date'
    | 'created'
    | 'total'
    | 'due'
    | 'currency'
    | 'flag';
  readonly names: readonly string[];
  /** How many of them a row shows. */
  readonly most: number;
  /** Not needed where there is one of that role. */
  readonly unless?: Role['role'];
}

export const ROLES: readonly Role[] = [
  { role: 'id', most: 1, names: ['id', 'uuid', 'guid', 'uid', 'key'] },
  {
    role: 'number',
    most: 1,
    names: [
      ...['number', 'document_number', 'invoice_number', 'full_number', 'doc_number', 'code', 'reference', 'ref'],
      ...['iban', 'account_number', 'registration_id', 'sku'],
    ],
  },
  { role: 'status', most: 1, names: ['status', 'state', 'payment_status', 'extraction_status', 'phase', 'stage'] },
  {
    role: 'name',
    most: 1,
    names: ['name', 'title', 'label', 'display_name', 'full_name', 'company_name', 'subject', 'description', 'url'],
  },
  {
    role: 'who',
    most: 2,
    names: [
      ...['purchaser_name', 'customer_name', 'client_name', 'contact_name', 'buyer_name', 'recipient_name'],
      ...['purchaser', 'customer', 'client', 'contact', 'buyer', 'recipient', 'partner_name', 'partner'],
      ...['purchaser_id', 'customer_id', 'client_id', 'contact_id', 'buyer_id', 'recipient_id', 'partner_id'],
    ],
  },
  {
    // On what the firm sends out, this is the firm itself.
    role: 'supplier',
    most: 1,
    unless: 'who',
    names: ['supplier_name', 'vendor_name', 'seller_name', 'supplier', 'vendor', 'seller', 'supplier_id', 'vendor_id'],
  },
  {
    role: 'date',
    most: 3,
    names: [
      ...['issue_date', 'issued_on', 'issued_at', 'invoice_date', 'document_date', 'date', 'starts_on', 'start_date'],
      ...['due_date', 'due_on', 'due_at', 'payment_due_date', 'maturity_date', 'valid_until', 'valid_to'],
      ...['expires_on', 'expiry_date', 'expires_at', 'ends_on', 'end_date', 'deadline', 'paid_at', 'paid_on'],
      ...['payment_date'],
    ],
  },
  {
    role: 'created',
    most: 1,
    unless: 'date',
    names: ['created_at', 'created_on', 'created', 'inserted_at', 'updated_at'],
  },
  {
    role: 'total',
    most: 1,
    names: [
      ...['total', 'total_amount', 'grand_total', 'amount_total', 'total_with_vat', 'total_incl_vat', 'gross_total'],
      ...['total_gross', 'gross_amount', 'sum', 'amount', 'price', 'unit_price', 'balance_available', 'balance'],
      ...['budget', 'value'],
    ],
  },
  {
    role: 'due',
    most: 1,
    names: ['amount_due', 'due_amount', 'balance_due', 'amount_remaining', 'remaining_amount', 'outstanding', 'unpaid'],
  },
  { role: 'currency', most: 1, names: ['currency', 'currency_code', 'currency_iso', 'iso_currency'] },
  { role: 'flag', most: 1, names: ['overdue', 'is_overdue', 'default', 'is_default', 'archived', 'active', 'done'] },
];

/** The form in which names are compared: `issueDate` and `Issue-Date` are `issue_date`. */
export function plainName(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .toLowerCase();
}
