/**
 * Curated words by tool name, on top of what the document says. They hold for either generation of the API and name
 * no field of it: what a tool takes is read from the document. Data only; a tool without words has the document's.
 * The first sentence says what it does in a user's words, since some hosts show a model nothing else at first. Every
 * word costs tokens in every session; test/contract/budget.test.ts limits the sum.
 */
export const WORDS = new Map<
  string,
  {
    readonly description: string;
    /** One of the twelve that the service's documentation names: it is never left out of a list that is too long. */
    readonly documented?: true;
    /** Where the rule's title reads badly. */
    readonly title?: string;
    /** Where the rule about effects would be wrong. */
    readonly effects?: { readonly destructive?: boolean; readonly openWorld?: boolean };
  }
>([
  [
    'lucanto_list_workspaces',
    { documented: true, description: 'List workspaces (companies) and their ids. Start here.' },
  ],
  ['lucanto_get_workspace', { description: 'Get one company.' }],
  ['lucanto_set_default_workspace', { description: 'Make a company the default one.' }],
  ['lucanto_list_contacts', { documented: true, description: 'List or search contacts (customers, suppliers).' }],
  ['lucanto_get_contact', { description: 'Get one contact.' }],
  ['lucanto_create_contact', { documented: true, description: 'Add a customer or supplier. Search first.' }],
  ['lucanto_update_contact', { description: 'Change a contact.' }],
  ['lucanto_delete_contact', { description: 'Delete a contact.' }],
  ['lucanto_list_invoices', { documented: true, description: 'List invoices: unpaid, overdue, recent.' }],
  ['lucanto_get_invoice', { documented: true, description: 'Get one invoice: items, totals, status.' }],
  ['lucanto_create_invoice', { documented: true, description: 'Create a draft invoice (bill) for a customer.' }],
  ['lucanto_update_invoice', { documented: true, description: 'Change a draft invoice.' }],
  ['lucanto_delete_invoice', { documented: true, description: 'Delete an invoice.' }],
  ['lucanto_issue_invoice', { documented: true, description: 'Issue a draft invoice: it gets its number; final.' }],
  ['lucanto_mark_invoice_paid', { documented: true, description: 'Record that an invoice was paid.' }],
  ['lucanto_send_invoice', { documented: true, description: 'E-mail an issued invoice to the customer.' }],
  ['lucanto_get_invoice_pdf_url', { documented: true, description: "Link to an invoice's PDF." }],
  ['lucanto_list_quotes', { description: 'List quotes (offers).' }],
  ['lucanto_get_quote', { description: 'Get one quote.' }],
  ['lucanto_create_quote', { description: 'Create a quote.' }],
  ['lucanto_update_quote', { description: 'Change a quote.' }],
  ['lucanto_delete_quote', { description: 'Delete a quote.' }],
  ['lucanto_accept_quote', { description: 'Record that a quote was accepted.' }],
  ['lucanto_send_quote', { description: 'E-mail a quote to the customer.' }],
  ['lucanto_get_quote_pdf_url', { description: "Link to a quote's PDF." }],
  ['lucanto_list_proformas', { description: 'List proformas (advance payments).' }],
  ['lucanto_get_proforma', { description: 'Get one proforma.' }],
  ['lucanto_create_proforma', { description: 'Create a draft proforma.' }],
  ['lucanto_update_proforma', { description: 'Change a proforma.' }],
  ['lucanto_delete_proforma', { description: 'Delete a proforma.' }],
  ['lucanto_issue_proforma', { description: 'Issue a draft proforma: it gets its number; final.' }],
  ['lucanto_mark_proforma_paid', { description: 'Record that a proforma was paid.' }],
  ['lucanto_send_proforma', { description: 'E-mail a proforma to the customer.' }],
  ['lucanto_get_proforma_pdf_url', { description: "Link to a proforma's PDF." }],
  ['lucanto_list_credit_notes', { description: 'List credit notes (corrections, refunds).' }],
  ['lucanto_get_credit_note', { description: 'Get one credit note.' }],
  ['lucanto_create_credit_note', { description: 'Create a draft credit note.' }],
  ['lucanto_update_credit_note', { description: 'Change a draft credit note.' }],
  ['lucanto_delete_credit_note', { description: 'Delete a credit note.' }],
  ['lucanto_issue_credit_note', { description: 'Issue a draft credit note: it gets its number; final.' }],
  ['lucanto_send_credit_note', { description: 'E-mail a credit note to the customer.' }],
  ['lucanto_get_credit_note_pdf_url', { description: "Link to a credit note's PDF." }],
  ['lucanto_list_expenses', { description: 'List expenses (received bills, receipts).' }],
  ['lucanto_get_expense', { description: 'Get one expense.' }],
  ['lucanto_create_expense', { description: 'Record an expense (bill, receipt).' }],
  ['lucanto_update_expense', { description: 'Change an expense.' }],
  ['lucanto_delete_expense', { description: 'Delete an expense.' }],
  ['lucanto_list_bank_accounts', { description: 'List bank and cash accounts.' }],
  ['lucanto_get_bank_account', { description: 'Get one bank account.' }],
  ['lucanto_create_bank_account', { description: 'Add a bank account.' }],
  ['lucanto_update_bank_account', { description: 'Change a bank account. Ask the user first.' }],
  ['lucanto_delete_bank_account', { description: 'Delete a bank account.' }],
  [
    'lucanto_create_expense_receipt',
    {
      title: 'Upload expense receipt',
      description: 'Attach a receipt to an expense.',
      effects: { destructive: false },
    },
  ],
]);
