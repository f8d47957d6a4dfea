/** The documented (D) facts of lucanto-api.md section 7, as data: `{ws}` is the workspace segment. */

/** [method, path, operationId] of every operation that Lucanto documents by name or path. */
export const DOCUMENTED_OPERATIONS: readonly (readonly [string, string, string])[] = [
  ['get', '/user/accounts', 'list-accounts'],
  ['get', '{ws}/contacts', 'list-contacts'],
  ['post', '{ws}/contacts', 'create-contact'],
  ['get', '{ws}/contacts/{id}', 'get-contact'],
  ['patch', '{ws}/contacts/{id}', 'update-contact'],
  ['delete', '{ws}/contacts/{id}', 'delete-contact'],
  ['get', '{ws}/invoices', 'list-invoices'],
  ['post', '{ws}/invoices', 'create-invoice'],
  ['get', '{ws}/quotes', 'list-quotes'],
  ['post', '{ws}/quotes', 'create-quote'],
  ['get', '{ws}/quotes/{id}', 'get-quote'],
  ['patch', '{ws}/quotes/{id}', 'update-quote'],
  ['delete', '{ws}/quotes/{id}', 'delete-quote'],
  ['get', '{ws}/credit_notes', 'list-credit-notes'],
  ['post', '{ws}/credit_notes', 'create-credit-note'],
  ['get', '{ws}/credit_notes/{id}', 'get-credit-note'],
  ['patch', '{ws}/credit_notes/{id}', 'update-credit-note'],
  ['delete', '{ws}/credit_notes/{id}', 'delete-credit-note'],
  ['get', '{ws}/expenses', 'list-expenses'],
  ['get', '{ws}/bank_accounts', 'list-bank-accounts'],
  ['post', '{ws}/bank_accounts', 'create-bank-account'],
  ['get', '{ws}/bank_accounts/{id}', 'get-bank-account'],
  ['patch', '{ws}/bank_accounts/{id}', 'update-bank-account'],
  ['delete', '{ws}/bank_accounts/{id}', 'delete-bank-account'],
];

/** Operations that exist by documentation or inference, but whose names or paths are inferred. */
export const INFERRED_OPERATIONS: readonly (readonly [string, string, string])[] = [
  ['get', '/user/accounts/{id}', 'get-workspace'],
  ['patch', '/user/accounts/{id}/default', 'set-default-workspace'],
  ['get', '{ws}/invoices/{id}', 'get-invoice'],
  ['patch', '{ws}/invoices/{id}', 'update-invoice'],
  ['delete', '{ws}/invoices/{id}', 'delete-invoice'],
  ['post', '{ws}/invoices/{id}/issue', 'issue-invoice'],
  ['post', '{ws}/invoices/{id}/mark_paid', 'mark-invoice-paid'],
  ['post', '{ws}/invoices/{id}/send', 'send-invoice'],
  ['get', '{ws}/invoices/{id}/pdf_url', 'get-invoice-pdf-url'],
  ['post', '{ws}/quotes/{id}/accept', 'accept-quote'],
  ['post', '{ws}/credit_notes/{id}/issue', 'issue-credit-note'],
  ['get', '{ws}/proformas', 'list-proformas'],
  ['post', '{ws}/proformas', 'create-proforma'],
  ['post', '{ws}/expenses', 'create-expense'],
  ['post', '{ws}/expenses/{id}/receipts', 'create-expense-receipt'],
];

const ADDRESS = 'name street municipality postal_code country_alpha2 contact';

/** Documented properties: schema, dotted place, names in the order of the samples. */
export const DOCUMENTED_PROPERTIES: readonly (readonly [string, string, string])[] = [
  [
    'Workspace',
    '',
    'id name default created_at updated_at accounting_type onboarding_step vat_registration_alert logo_url legal_identity',
  ],
  [
    'Workspace',
    'legal_identity',
    'registration_id tax_id vat_id vat_payer_type vat_period email phone_number web legal_form legal_form_id address postal_address',
  ],
  ['Workspace', 'legal_identity.address', ADDRESS],
  ['Workspace', 'legal_identity.postal_address', ADDRESS],
  ['Contact', '', 'id created_at updated_at name rate due_days invoice_account_id'],
  ...['Invoice', 'Quote', 'CreditNote'].map((schema): readonly [string, string, string] => [
    schema,
    '',
    'id type status currency created_at updated_at number issue_date delivery_date exchange_rate included_in_turnover ' +
      'discount_description discount_percentage discount_amount text_opening text_closing footer_note recipient_note ' +
      'internal_note pdf_language pdf_locale pdf_compact_mode hide_signature delivery_type sent_status email_sent_at ' +
      'seen_timestamp purchaser_id supplier_id bank_account_id project_id',
  ]),
  ['Quote', '', 'valid_until'],
  ['CreditNote', '', 'reverse_charge reverse_charge_text order_number'],
  [
    'BankAccount',
    '',
    'id account_type name owner_name currency iban swift_code account_number prefix_number bank_code balance_available ' +
      'balance_booked last_balance_sync_at default invoice_display tenant created_at updated_at',
  ],
  ['Expense', '', 'extraction_status'],
  ['Error', '', 'error message request_id docs_url errors'],
];

/** The key that a request body is wrapped in: [operationId, key, evidence]. */
export const WRAPPERS: readonly (readonly [string, string, 'documented' | 'inferred'])[] = [
  ['create-invoice', 'invoice', 'documented'],
  ['create-bank-account', 'bank_account', 'documented'],
  ['update-bank-account', 'bank_account', 'documented'],
  ['update-credit-note', 'document', 'documented'],
  ['create-credit-note', 'credit_note', 'inferred'],
  ['create-contact', 'contact', 'inferred'],
  ['create-quote', 'quote', 'inferred'],
];

/** Status and the `error` codes that it comes with (section 3). */
export const ERROR_ROWS: readonly (readonly [string, readonly string[]])[] = [
  ['400', ['bad_request']],
  ['401', ['unauthenticated']],
  ['402', ['subscription_required']],
  ['403', ['forbidden']],
  ['404', ['not_found']],
  ['409', ['conflict', 'idempotency_key_conflict', 'idempotency_in_progress']],
  ['422', ['unprocessable_entity']],
  ['429', ['rate_limited', 'feature_limit_exceeded']],
];

/** Properties that a client cannot set: schema and names. */
export const SERVER_SET: readonly (readonly [string, string])[] = [
  ['Invoice', 'id type status number created_at updated_at sent_status email_sent_at seen_timestamp total'],
  ['Contact', 'id created_at updated_at'],
  ['BankAccount', 'id account_type balance_available balance_booked last_balance_sync_at created_at updated_at'],
];
