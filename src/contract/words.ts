/**
 * Curated words by tool name, on top of what the document says. They hold for either generation of the API and name
 * no field of it: what a tool takes is read from the document. Data only; a tool without words has the document's.
 */
export interface Words {
  readonly description: string;
  /** Where the rule's title reads badly. */
  readonly title?: string;
  /** Where the rule about effects would be wrong. */
  readonly effects?: { readonly destructive?: boolean; readonly openWorld?: boolean };
}

export const WORDS: ReadonlyMap<string, Words> = new Map<string, Words>([
  [
    'lucanto_list_workspaces',
    {
      description:
        'List the workspaces (companies) this token can reach, with their ids. Start here: other tools take a workspace_id.',
    },
  ],
  [
    'lucanto_get_workspace',
    { description: 'Get one workspace: company name, registration and VAT data, address, settings.' },
  ],
  [
    'lucanto_set_default_workspace',
    { description: "Make a workspace the user's default one. Changes nothing in its documents." },
  ],

  [
    'lucanto_list_contacts',
    { description: 'List or search contacts (customers and suppliers), to find the one a document is for.' },
  ],
  ['lucanto_get_contact', { description: 'Get one contact with its billing details.' }],
  [
    'lucanto_create_contact',
    { description: 'Add a contact (customer or supplier). Search first, so that none exists twice.' },
  ],
  ['lucanto_update_contact', { description: 'Change a contact; only the fields given change.' }],
  ['lucanto_delete_contact', { description: 'Delete a contact.' }],

  [
    'lucanto_list_invoices',
    {
      description:
        'List invoices page by page: numbers, statuses, dates, amounts; to find unpaid, overdue or recent ones.',
    },
  ],
  ['lucanto_get_invoice', { description: 'Get one invoice in full: status, dates, line items, totals.' }],
  [
    'lucanto_create_invoice',
    {
      description:
        'Create an invoice for a customer. It starts as a draft: nothing is sent, and it has no number until it is issued.',
    },
  ],
  [
    'lucanto_update_invoice',
    { description: 'Change an invoice; only the fields given change. Meant for drafts: an issued invoice may refuse.' },
  ],
  ['lucanto_delete_invoice', { description: 'Delete an invoice. Ask the user first.' }],
  [
    'lucanto_issue_invoice',
    {
      description:
        'Issue a draft invoice: it gets its number and becomes a valid tax document. Cannot be undone. Sends nothing.',
    },
  ],
  ['lucanto_mark_invoice_paid', { description: 'Record that an issued invoice has been paid. Moves no money.' }],
  [
    'lucanto_send_invoice',
    { description: 'E-mail an issued invoice to the customer. It leaves Lucanto at once and cannot be called back.' },
  ],
  ['lucanto_get_invoice_pdf_url', { description: "Get the address of an invoice's PDF, to open or download it." }],

  ['lucanto_list_quotes', { description: 'List quotes (price offers) page by page.' }],
  ['lucanto_get_quote', { description: 'Get one quote in full: status, validity, line items, totals.' }],
  ['lucanto_create_quote', { description: 'Create a quote (price offer) for a customer. Nothing is sent.' }],
  ['lucanto_update_quote', { description: 'Change a quote; only the fields given change.' }],
  ['lucanto_delete_quote', { description: 'Delete a quote. Ask the user first.' }],
  ['lucanto_accept_quote', { description: 'Record that the customer has accepted a quote.' }],
  ['lucanto_send_quote', { description: 'E-mail a quote to the customer. It leaves Lucanto at once.' }],
  ['lucanto_get_quote_pdf_url', { description: "Get the address of a quote's PDF." }],

  ['lucanto_list_proformas', { description: 'List proforma invoices (requests for advance payment) page by page.' }],
  ['lucanto_get_proforma', { description: 'Get one proforma invoice in full.' }],
  [
    'lucanto_create_proforma',
    { description: 'Create a proforma invoice (a request for advance payment, no tax document).' },
  ],
  ['lucanto_update_proforma', { description: 'Change a proforma invoice; only the fields given change.' }],
  ['lucanto_delete_proforma', { description: 'Delete a proforma invoice. Ask the user first.' }],
  [
    'lucanto_issue_proforma',
    { description: 'Issue a draft proforma invoice: it gets its number. Cannot be undone. Sends nothing.' },
  ],
  ['lucanto_mark_proforma_paid', { description: 'Record that a proforma invoice has been paid. Moves no money.' }],
  ['lucanto_send_proforma', { description: 'E-mail a proforma invoice to the customer. It leaves Lucanto at once.' }],
  ['lucanto_get_proforma_pdf_url', { description: "Get the address of a proforma invoice's PDF." }],

  [
    'lucanto_list_credit_notes',
    { description: 'List credit notes (corrections and refunds of invoices) page by page.' },
  ],
  ['lucanto_get_credit_note', { description: 'Get one credit note in full.' }],
  [
    'lucanto_create_credit_note',
    {
      description: 'Create a credit note, which corrects or refunds an invoice. It starts as a draft without a number.',
    },
  ],
  [
    'lucanto_update_credit_note',
    { description: 'Change a credit note; only the fields given change. Meant for drafts.' },
  ],
  ['lucanto_delete_credit_note', { description: 'Delete a credit note. Ask the user first.' }],
  [
    'lucanto_issue_credit_note',
    {
      description:
        'Issue a draft credit note: it gets its number and becomes a valid tax document. Cannot be undone. Sends nothing.',
    },
  ],
  ['lucanto_send_credit_note', { description: 'E-mail a credit note to the customer. It leaves Lucanto at once.' }],
  ['lucanto_get_credit_note_pdf_url', { description: "Get the address of a credit note's PDF." }],

  ['lucanto_list_expenses', { description: 'List expenses (received bills and receipts) page by page.' }],
  ['lucanto_get_expense', { description: 'Get one expense in full.' }],
  ['lucanto_create_expense', { description: 'Record an expense (a received bill or receipt).' }],
  ['lucanto_update_expense', { description: 'Change an expense; only the fields given change.' }],
  ['lucanto_delete_expense', { description: 'Delete an expense. Ask the user first.' }],

  [
    'lucanto_list_bank_accounts',
    { description: 'List bank accounts and cash registers, to find the one a document is paid to.' },
  ],
  ['lucanto_get_bank_account', { description: 'Get one bank account or cash register.' }],
  ['lucanto_create_bank_account', { description: 'Add a bank account, so that documents can be paid to it.' }],
  [
    'lucanto_update_bank_account',
    {
      description:
        'Change a bank account; only the fields given change. Documents show these payment details: check them with the user.',
    },
  ],
  ['lucanto_delete_bank_account', { description: 'Delete a bank account. Ask the user first.' }],
  [
    'lucanto_create_expense_receipt',
    {
      title: 'Upload expense receipt',
      description: 'Attach a receipt file to an expense, for Lucanto to read its data from.',
      effects: { destructive: false },
    },
  ],
]);
