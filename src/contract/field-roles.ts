/**
 * What fields mean, in one table: under which names services keep each role, the likelier name first, whether lists show
 * it, and what its value must be where it is summed or checked. No name is taken for granted: they are looked up among
 * the fields that records have or that a contract describes. Data only.
 */
import { plainName } from './field-names.ts';

/** Who a document is for, and who it is from: as a word, as in `customer_name`, `customer_id`, `customer`. */
const CUSTOMERS = [
  'purchaser',
  'customer',
  'client',
  'contact',
  'buyer',
  'recipient',
  'partner',
  'payer',
  'debtor',
] as const;
const SUPPLIERS = ['supplier', 'vendor', 'seller'] as const;

function withEnding(words: readonly string[], ...endings: readonly string[]): readonly string[] {
  return words.flatMap((word) => endings.map((ending) => `${word}${ending}`));
}

const CREATED = ['created_on', 'created_at', 'created'] as const;

/** Columns of a list in the order of their choice: how many fields of each a row shows, and which other one replaces it. */
export const COLUMNS = [
  { column: 'id', most: 1, unless: null },
  { column: 'number', most: 1, unless: null },
  { column: 'status', most: 1, unless: null },
  { column: 'name', most: 1, unless: null },
  { column: 'customer', most: 2, unless: null },
  // On documents that the company sends out, the supplier is the company itself.
  { column: 'supplier', most: 1, unless: 'customer' },
  { column: 'date', most: 3, unless: null },
  { column: 'overdue', most: 1, unless: null },
  { column: 'created', most: 1, unless: 'date' },
  { column: 'total', most: 1, unless: null },
  { column: 'open', most: 1, unless: null },
  { column: 'currency', most: 1, unless: null },
  { column: 'flag', most: 1, unless: null },
] as const;
export type Column = (typeof COLUMNS)[number]['column'];

interface FieldRole {
  readonly names: readonly string[];
  /** Taken for sums and checks where none of `names` is there; lists do not show them. Dots lead into objects. */
  readonly also?: readonly string[];
  /** Of lists; absent where they do not show it. */
  readonly column?: Column;
  /** What its value must be; text or a number where nothing is said. */
  readonly holds?: 'decimal' | 'percent' | 'date' | 'flag' | 'lines';
}

// biome-ignore format: a table
const ROLES = {
  id: { column: 'id', names: ['id', 'uuid', 'guid', 'uid', 'key'] },
  number: { column: 'number', names: ['number', 'document_number', 'invoice_number', 'full_number', 'formatted_number',
    'doc_number', 'bill_number', 'voucher_number', 'quote_number', 'estimate_number', 'credit_note_number',
    'creditnote_number', 'proforma_number', 'receipt_number', 'expense_number', 'sequence_number', 'reference'] },
  code: { column: 'number', names: ['code', 'ref', 'iban', 'account_number', 'registration_id', 'sku'] },
  status: { column: 'status', names: ['status', 'state', 'payment_status', 'document_status'],
    also: withEnding(['status', 'state', 'payment_status', 'document_status'], '.code', '.key', '.name', '.value', '.label') },
  stage: { column: 'status', names: ['extraction_status', 'phase', 'stage'] },
  type: { names: ['type', 'document_type', 'invoice_type', 'kind'], also: ['direction'] },
  name: { column: 'name', names: ['name', 'display_name', 'full_name', 'company_name', 'legal_name'],
    also: ['company', 'legal_identity.name', 'title'] },
  label: { column: 'name', names: ['title', 'label', 'subject', 'description', 'url'] },

  customer: { column: 'customer', names: [...withEnding(CUSTOMERS, '_name'), ...CUSTOMERS, ...withEnding(CUSTOMERS, '_id')] },
  supplier: { column: 'supplier', names: [...withEnding(SUPPLIERS, '_name'), ...SUPPLIERS, ...withEnding(SUPPLIERS, '_id')] },
  contact: { names: [...withEnding(CUSTOMERS, '.name', '_name'), ...withEnding(CUSTOMERS, '_id'),
    ...withEnding(CUSTOMERS, '.id'), ...withEnding(SUPPLIERS, '_name', '.name')] },
  contactId: { names: [...withEnding(CUSTOMERS, '_id'), ...withEnding(CUSTOMERS, '.id')] },
  customerName: { names: [...withEnding(CUSTOMERS, '.name', '_name', '.display_name', '.company_name', '')] },
  supplierId: { names: [...withEnding(SUPPLIERS, '_id'), ...withEnding(SUPPLIERS, '.id')] },
  supplierName: { names: [...withEnding(SUPPLIERS, '.name', '_name', '.display_name', '.company_name', '')] },
  bankAccount: { names: ['bank_account_id', 'bank_account.id', 'payment_account_id'] },

  issued: { column: 'date', holds: 'date', names: ['issue_date', 'issued_on', 'date_issued', 'date_of_issue', 'issued_at',
    'invoice_date', 'document_date', 'expense_date', 'purchase_date', 'receipt_date', 'issued', 'date'],
    also: ['delivery_date', 'paid_on', ...CREATED] },
  delivered: { holds: 'date', names: ['delivery_date', 'tax_point', 'tax_point_date', 'date_of_supply', 'supply_date',
    'taxable_supply_date', 'tax_date', 'vat_date', 'date_delivered', 'delivered_on', 'delivered_at', 'performance_date',
    'fulfillment_date', 'service_date', 'duzp'] },
  starts: { column: 'date', names: ['starts_on', 'start_date'] },
  due: { column: 'date', holds: 'date', names: ['due_date', 'due_on', 'date_due', 'due_at', 'payment_due_date',
    'payment_due', 'pay_by', 'maturity_date'], also: ['due'] },
  overdueDays: { column: 'overdue', names: ['days_overdue', 'overdue_days', 'days_past_due'] },
  ends: { column: 'date', names: ['valid_until', 'valid_to', 'expires_on', 'expiry_date', 'expires_at', 'ends_on',
    'end_date', 'deadline'] },
  paid: { column: 'date', holds: 'date', names: ['paid_at', 'paid_on', 'payment_date', 'date_paid', 'settled_on', 'settled_at'],
    also: ['last_payment_date', 'last_paid_at'] },
  cancelled: { holds: 'date', names: ['cancelled_at', 'canceled_at', 'cancelled_on', 'canceled_on', 'voided_at', 'voided_on',
    'annulled_at', 'cancellation_date', 'date_cancelled'] },
  created: { column: 'created', names: CREATED },
  changed: { column: 'created', names: ['inserted_at', 'updated_at'] },

  // Beside one that says that VAT is in it, a bare total may be without.
  total: { column: 'total', holds: 'decimal', names: ['total_with_vat', 'total_incl_vat', 'total_including_vat',
    'total_with_tax', 'amount_with_vat', 'total_amount_with_vat', 'price_with_vat', 'total_gross', 'gross_total', 'gross_amount', 'grand_total',
    'total', 'total_amount', 'amount_total', 'total_price', 'totals.total', 'totals.gross', 'totals.total_with_vat',
    'totals.grand_total', 'totals.amount', 'amounts.total', 'amounts.gross', 'amount.total', 'amount.gross', 'total.gross',
    'total.amount', 'invoice_total', 'document_total', 'bill_total', 'invoice_amount', 'final_amount', 'full_amount',
    'payable_amount', 'total_payable', 'total_brutto', 'brutto', 'gross', 'amount', 'sum'] },
  balance: { column: 'total', names: ['price', 'unit_price', 'balance_available', 'balance', 'budget', 'value'] },
  net: { holds: 'decimal', names: ['total_without_vat', 'total_excl_vat', 'total_excluding_vat', 'total_without_tax',
    'net_total', 'total_net', 'net_amount', 'amount_net', 'subtotal', 'sub_total', 'amount_without_vat', 'totals.net',
    'totals.subtotal', 'totals.total_without_vat', 'amounts.net', 'total.net', 'amount.net', 'total_amount_without_vat', 'net', 'tax_base', 'total_netto', 'netto'] },
  vat: { holds: 'decimal', names: ['total_vat', 'vat_total', 'vat_amount', 'amount_vat', 'total_tax', 'tax_total',
    'tax_amount', 'totals.vat', 'totals.total_vat', 'totals.tax', 'amounts.vat', 'amounts.tax', 'total.vat', 'total.tax', 'amount.vat', 'amount.tax', 'vat', 'tax'] },
  open: { column: 'open', holds: 'decimal', names: ['amount_due', 'due_amount', 'total_due', 'balance_due',
    'amount_outstanding', 'outstanding_amount', 'outstanding', 'amount_open', 'open_amount', 'amount_unpaid',
    'unpaid_amount', 'unpaid', 'remaining_amount', 'amount_remaining'],
    also: ['remaining', 'left_to_pay', 'to_pay', 'to_be_paid', 'amount_to_pay', 'remaining_to_pay', 'outstanding_balance', 'open_balance', 'remaining_balance', 'unpaid_balance', 'unpaid_total', 'total_outstanding', 'amount_owed', 'amount_owing', 'totals.amount_due', 'totals.due', 'balance'] },
  paidAmount: { holds: 'decimal', names: ['amount_paid', 'paid_amount', 'total_paid', 'amount_received', 'received_amount',
    'paid_total', 'already_paid', 'amount_settled', 'payments_total', 'paid_to_date', 'paid_so_far', 'totals.amount_paid', 'totals.paid', 'amounts.paid', 'paid'] },
  currency: { column: 'currency', names: ['currency', 'currency_code', 'currency_iso', 'iso_currency'],
    also: ['currency.code', 'totals.currency', 'total.currency'] },
  isDraft: { holds: 'flag', names: ['draft', 'is_draft'] },
  isCancelled: { holds: 'flag', names: ['cancelled', 'canceled', 'is_cancelled', 'is_canceled', 'void', 'voided', 'is_void',
    'is_voided', 'storno', 'is_storno', 'annulled'] },
  isPaid: { holds: 'flag', names: ['paid', 'is_paid', 'fully_paid', 'paid_in_full', 'settled', 'is_settled'] },
  payments: { holds: 'lines', names: ['payments', 'payment_history', 'payments_received', 'received_payments', 'settlements',
    'payment_records', 'transactions'] },
  paymentAmount: { holds: 'decimal', names: ['amount', 'paid_amount', 'amount_paid', 'amount_received', 'sum', 'value', 'total'] },
  paymentDate: { holds: 'date', names: ['paid_on', 'paid_at', 'payment_date', 'date', 'received_on', 'received_at', 'booked_on',
    'booking_date', 'value_date', 'executed_on', ...CREATED] },
  vatBreakdown: { holds: 'lines', names: ['vat_breakdown', 'vat_summary', 'tax_breakdown', 'tax_summary', 'vat_rates',
    'tax_rates', 'tax_lines', 'vat_lines', 'taxes', 'tax_totals', 'vat_totals', 'tax_subtotals', 'vat_recap'] },
  vatBase: { holds: 'decimal', names: ['base', 'tax_base', 'vat_base', 'net', 'taxable_amount', 'net_amount', 'base_amount',
    'taxable', 'subtotal', 'total_without_vat', 'amount_without_vat'] },
  vatPart: { holds: 'decimal', names: ['vat', 'vat_amount', 'tax', 'tax_amount', 'total_vat', 'total_tax', 'amount'] },
  timeZone: { names: ['time_zone', 'timezone', 'tz', 'iana_time_zone', 'time_zone_name', 'settings.time_zone'] },
  flag: { column: 'flag', names: ['overdue', 'is_overdue', 'default', 'is_default', 'archived', 'active', 'done'] },

  lines: { holds: 'lines', names: ['items', 'lines', 'line_items', 'rows', 'positions', 'invoice_items', 'document_items',
    'invoice_lines', 'entries'] },
  quantity: { holds: 'decimal', names: ['quantity', 'qty', 'count', 'units', 'amount'] },
  price: { holds: 'decimal', names: ['unit_price', 'price', 'price_per_unit', 'unit_price_without_vat', 'unit_net_price',
    'net_price', 'unit_amount', 'unit_cost', 'cost', 'rate'] },
  rate: { holds: 'percent', names: ['vat_rate', 'tax_rate', 'vat_percentage', 'vat_percent', 'vat', 'tax', 'rate',
    'percentage'], also: withEnding(['vat_rate', 'tax_rate', 'vat', 'tax'], '.rate', '.percentage', '.percent', '.value') },
  // Of one line, or of the whole document.
  discount: { holds: 'percent', names: ['discount_percentage', 'discount_percent', 'discount_rate'],
    also: ['discount.percentage', 'discount.percent'] },
  discountAmount: { holds: 'decimal', names: ['discount_amount', 'discount_value', 'discount_total', 'total_discount'],
    also: ['discount.amount'] },
  // Another field says whether it is a percentage or an amount, or nothing does.
  anyDiscount: { names: ['discount', 'rebate', 'discount.value'] },
  discountKind: { names: ['discount_type', 'discount_kind', 'discount_unit', 'discount.type', 'discount.kind'] },
  reverse: { holds: 'flag', names: ['reverse_charge', 'is_reverse_charge', 'reverse_charged', 'vat_reverse_charge',
    'reverse_charge_vat', 'domestic_reverse_charge', 'reverse_charge_applied'] },
  inclusive: { holds: 'flag', names: ['prices_include_vat', 'price_includes_vat', 'vat_inclusive', 'prices_with_vat',
    'tax_inclusive', 'vat_included', 'tax_included', 'prices_are_gross', 'gross_prices', 'is_gross'] },
  priceKind: { names: ['price_type', 'price_mode', 'prices', 'pricing', 'vat_mode', 'tax_mode', 'tax_type', 'tax_behavior'] },
  grossPrice: { holds: 'decimal', names: ['unit_price_with_vat', 'price_with_vat', 'unit_price_gross', 'gross_unit_price',
    'gross_price', 'price_gross', 'unit_gross_price'] },
  rounding: { holds: 'decimal', names: ['rounding', 'rounding_amount', 'total_rounding', 'rounding_difference', 'round_off',
    'rounding_adjustment', 'cash_rounding', 'rounding_total', 'totals.rounding'] },
  lineName: { names: ['name', 'title', 'description', 'label', 'text', 'item_name', 'product_name', 'item', 'product',
    'subject', 'details'] },
  // What its line does not say, the price list does.
  product: { names: ['product_id', 'item_id', 'article_id', 'catalog_item_id', 'price_id', 'stock_item_id', 'product.id',
    'sku', 'product_code'] },
  exchangeRate: { holds: 'decimal', names: ['exchange_rate', 'currency_rate', 'fx_rate', 'conversion_rate',
    'currency_exchange_rate', 'rate_of_exchange'] },
  dueDays: { holds: 'decimal', names: ['due_days', 'days_due', 'payment_days', 'payment_term_days', 'payment_terms_days',
    'due_in_days', 'invoice_due_days', 'net_days', 'days_to_pay', 'default_due_days', 'maturity_days', 'payment_term',
    'payment_terms'] },
  country: { names: ['country_alpha2', 'country_code', 'country', 'country_iso', 'country_iso2', 'country_iso_code'],
    also: ['country.code', 'country.alpha2', 'country.iso'] },

  address: { names: ['url', 'pdf_url', 'download_url', 'signed_url', 'link', 'href', 'location', 'file_url', 'pdf'] },
  pdf: { names: ['pdf_url', 'pdf_link', 'pdf_address', 'pdf.url', 'urls.pdf', 'links.pdf', 'pdf'] },
} as const satisfies Record<string, FieldRole>;

export type Role = keyof typeof ROLES;

export const FIELD_ROLES: Readonly<Record<Role, FieldRole>> = ROLES;

/** Names of a list's column, the likelier first. */
export function columnNames(column: Column): readonly string[] {
  return Object.values(FIELD_ROLES).flatMap((role) => (role.column === column ? role.names : []));
}

const BY_RANK = COLUMNS.flatMap(({ column }) => columnNames(column));

/** Where a field stands among the columns of a table; `OTHER_RANK` for one that only some service has. */
export function columnRank(name: string): number {
  const at = BY_RANK.indexOf(plainName(name));
  return at === -1 ? OTHER_RANK : at;
}

export const OTHER_RANK = BY_RANK.length;

/** What the state of a document means, in the words that services use. */
// biome-ignore format: a table
const STATES = {
  draft: ['draft', 'unissued', 'concept', 'in_preparation', 'not_issued', 'scheduled', 'prepared'],
  cancelled: ['cancelled', 'canceled', 'void', 'voided', 'storno', 'annulled', 'deleted', 'reversed', 'withdrawn', 'discarded', 'nullified', 'trashed'],
  paid: ['paid', 'paid_up', 'fully_paid', 'settled', 'closed', 'written_off', 'uncollectible', 'refunded', 'credited', 'completed',
    'paid_in_full', 'overpaid', 'over_paid', 'write_off', 'bad_debt', 'charged_off'],
  // Part of it is paid: its total is not what is open.
  partly: ['partially_paid', 'partly_paid', 'partial', 'part_paid', 'underpaid', 'paid_partially', 'partial_payment'],
  // Of quotes: counted, and nothing is owed.
  answered: ['accepted', 'rejected', 'declined', 'expired', 'approved', 'confirmed', 'converted', 'invoiced'],
  issued: ['issued', 'exposed', 'sent', 'open', 'unpaid', 'overdue', 'past_due', 'late', 'due', 'outstanding', 'delivered',
    'viewed', 'seen', 'opened', 'read', 'active', 'final', 'finalized', 'finalised', 'posted', 'booked', 'emailed', 'printed',
    'reminded', 'not_paid', 'awaiting_payment', 'payable', 'in_collection', 'disputed', 'received',
    'authorised', 'authorized', 'published', 'reminder_sent', 'in_dispute', 'collections', 'dunning'],
} as const;

/** `unknown` for a word that is not in the table. */
export type StateRole = keyof typeof STATES | 'unknown';

/** @param isOffer whether it is one of a quote, which an answer settles; what is approved elsewhere is to be paid */
export function stateRole(state: string, isOffer = true): StateRole {
  const plain = plainName(state.trim());
  const roles = ['draft', 'cancelled', 'paid', 'partly', 'answered', 'issued'] as const;
  const role = roles.find((one) => STATES[one].some((word) => word === plain)) ?? 'unknown';
  return role !== 'answered' || isOffer ? role : /accept|approv|confirm/.test(plain) ? 'issued' : 'unknown';
}

/** What states are called is short, and there are not many of them. */
const [LONGEST_STATE, MOST_STATES] = [40, 20];

/** Whether these are values of a state, whatever its field is called: half of the texts are known, and tell how far it is. */
export function areStates(values: Iterable<unknown>): boolean {
  const texts = new Set<string>();
  for (const value of values) {
    if (typeof value !== 'string') continue;
    if (value.length > LONGEST_STATE || texts.size > MOST_STATES) return false;
    texts.add(value);
  }
  const roles = [...texts].map((text) => stateRole(text));
  const known = new Set(roles.filter((role) => role !== 'unknown'));
  const tells = (['draft', 'cancelled', 'paid', 'partly'] as const).some((role) => known.has(role));
  return tells && known.size > 1 && roles.filter((role) => role === 'unknown').length * 2 <= roles.length;
}

/** What arguments and members about pages are called, their words written together. They take the id of the last row: */
const ID_CURSORS = 'startingafter startafter startafterid afterid lastid sinceid fromid';

export const PAGE_WORDS = {
  idCursors: words(ID_CURSORS),
  cursors:
    words(`cursor nextcursor pagecursor pagetoken nexttoken continuationtoken continuation after pageafter skiptoken
    marker nextmarker pagemarker bookmark scrollid startcursor ${ID_CURSORS}`),
  pages: words('page pagenumber pageno pagenum pagenr pageindex currentpage current p pg'),
  offsets: words('offset skip start startindex startat startrow startposition firstresult pageoffset from skipcount'),
  sizes: words('limit perpage pagesize pagelimit size maxresults top take count rows max first resultsperpage'),
  // About pages only where they are numbers: others are days, flags and filters.
  numbers: words('current p start from skip count rows max first'),
  nextCursors: words('nextcursor nextpagetoken nexttoken endcursor continuationtoken cursornext nextpagecursor'),
  nextLinks: words('next nexturl nextlink nextpageurl nextpagelink odatanextlink'),
  nextPages: words('nextpage nextpagenumber nextpageno nextnumber'),
  ends: words('last islast islastpage'),
  more: words('hasmore hasnext hasnextpage more istruncated next morepages hasmorepages moreavailable'),
  totals: words(
    'total totalcount totalitems totalresults totalrecords totalentries totalrows totalelements odatacount',
  ),
  totalPages: words('totalpages lastpage pagecount pages'),
  // What such objects hold is about another page.
  otherPages: words('prev previous first last self'),
} as const;

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(/\s+/));
}
