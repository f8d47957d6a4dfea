/**
 * What a person looks for in a list, and under which names. They only choose columns, and only among those that the rows
 * have: a service with other names shows other columns, and no answer depends on one of these. Data only.
 */
import { CUSTOMER, FIELD_NAMES, SUPPLIER } from '../contract/field-names.ts';

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
    names: [...FIELD_NAMES.number, 'code', 'ref', 'iban', 'account_number', 'registration_id', 'sku'],
  },
  { role: 'status', most: 1, names: [...FIELD_NAMES.status, 'extraction_status', 'phase', 'stage'] },
  { role: 'name', most: 1, names: [...FIELD_NAMES.name, 'title', 'label', 'subject', 'description', 'url'] },
  { role: 'who', most: 2, names: [...CUSTOMER.name, ...CUSTOMER.record, ...CUSTOMER.id] },
  {
    // On what the firm sends out, this is the firm itself.
    role: 'supplier',
    most: 1,
    unless: 'who',
    names: [...SUPPLIER.name, ...SUPPLIER.record, ...SUPPLIER.id],
  },
  {
    role: 'date',
    most: 3,
    names: [
      ...FIELD_NAMES.issued,
      ...['starts_on', 'start_date'],
      ...FIELD_NAMES.due,
      ...['valid_until', 'valid_to', 'expires_on', 'expiry_date', 'expires_at', 'ends_on', 'end_date', 'deadline'],
      ...['paid_at', 'paid_on', 'payment_date'],
    ],
  },
  { role: 'created', most: 1, unless: 'date', names: [...FIELD_NAMES.created, 'inserted_at', 'updated_at'] },
  {
    role: 'total',
    most: 1,
    names: [
      ...FIELD_NAMES.total,
      ...FIELD_NAMES.amount,
      ...['price', 'unit_price', 'balance_available', 'balance', 'budget', 'value'],
    ],
  },
  { role: 'due', most: 1, names: FIELD_NAMES.open },
  { role: 'currency', most: 1, names: FIELD_NAMES.currency },
  { role: 'flag', most: 1, names: ['overdue', 'is_overdue', 'default', 'is_default', 'archived', 'active', 'done'] },
];
