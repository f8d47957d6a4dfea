import { addDays, day, type Fields, listOf, textOf, toId } from '../data/fields.ts';
import type { DocumentType, Row } from '../data/store.ts';
import { remaining, totalsOf } from '../data/totals.ts';
import { conflict } from '../http/demo-request.ts';
import {
  type Call,
  change,
  findRow,
  type Handlers,
  listRows,
  merged,
  normalized,
  rowValues,
  softDelete,
} from './collection.ts';
import { checkDocument, linesOf } from './document-rules.ts';

/** Invoices, quotes, proformas and credit notes: one base, four types, each blind to the others' ids. */
export const KINDS = {
  invoice: { collection: 'invoices', schema: 'Invoice', what: 'The invoice', words: 'invoice', initial: 'draft' },
  quote: { collection: 'quotes', schema: 'Quote', what: 'The quote', words: 'quote', initial: 'active' },
  proforma: { collection: 'proformas', schema: 'Proforma', what: 'The proforma', words: 'proforma', initial: 'draft' },
  credit_note: {
    collection: 'credit_notes',
    schema: 'CreditNote',
    what: 'The credit note',
    words: 'credit-note',
    initial: 'draft',
  },
} as const satisfies Record<DocumentType, unknown>;

const DEFAULT_DUE_DAYS = 14;
const QUOTE_VALID_DAYS = 30;
/** States in which a document can be neither changed nor deleted. */
const LOCKED: readonly string[] = ['paid', 'accepted'];

/** What follows from the lines: never written by clients, always exact. */
export function withTotals(fields: Fields): Fields {
  const discount = {
    percentage: textOf(fields, 'discount_percentage'),
    amount: textOf(fields, 'discount_amount'),
  };
  const totals = totalsOf(linesOf(fields), discount, fields.reverse_charge === true);
  const paid = fields.status === 'paid' ? totals.total : '0.00';
  return {
    ...fields,
    total_without_vat: totals.net,
    total_vat: totals.vatTotal,
    total: totals.total,
    amount_paid: paid,
    amount_due: remaining(totals.total, paid),
  };
}

/** The state as of today: what is unpaid after its due date is overdue, a quote past its date has expired. */
export function statusOf(row: Row, now: number): string {
  const status = textOf(row.fields, 'status') ?? 'draft';
  const due = textOf(row.fields, 'due_date');
  const validUntil = textOf(row.fields, 'valid_until');
  if ((status === 'exposed' || status === 'sent') && due !== null && due < day(now)) return 'overdue';
  return status === 'active' && validUntil !== null && validUntil < day(now) ? 'expired' : status;
}

export function findDocument(call: Call, type: DocumentType): Row {
  return findRow(call, KINDS[type].collection, KINDS[type].what);
}

function pdfPath(type: DocumentType, row: Row): string {
  return `/files/${row.workspaceId}/${KINDS[type].collection}/${row.id}.pdf`;
}

export function showDocument(call: Call, type: DocumentType, row: Row): Fields {
  return call.contract.present(KINDS[type].schema, {
    ...rowValues(row),
    type,
    status: statusOf(row, call.now),
    supplier_id: row.workspaceId,
    pdf_url: call.sign(pdfPath(type, row)).url,
  });
}

function defaultsFor(call: Call, type: DocumentType): Fields {
  const purchaserId = toId(call.body.purchaser_id);
  const purchaser = purchaserId === null ? undefined : call.store.find('contacts', call.workspace.id, purchaserId);
  const issueDate = textOf(call.body, 'issue_date') ?? day(call.now);
  const dueDays = purchaser?.fields.due_days;
  const due = addDays(issueDate, typeof dueDays === 'number' ? dueDays : DEFAULT_DUE_DAYS);
  const account = call.store.list('bank_accounts', call.workspace.id).find((row) => row.fields.default === true);
  return {
    currency: 'EUR',
    issue_date: issueDate,
    delivery_date: issueDate,
    exchange_rate: '1.0000',
    included_in_turnover: true,
    pdf_language: 'sk',
    delivery_type: 'email',
    bank_account_id: account?.id ?? null,
    items: [],
    ...(type === 'quote' ? { valid_until: addDays(issueDate, QUOTE_VALID_DAYS) } : {}),
    ...(type === 'invoice' || type === 'proforma' ? { due_date: due } : {}),
  };
}

/** What was written, with the quantity that a line has where none is given. */
function written(call: Call): Fields {
  const fields = normalized(call.body);
  if (fields.items === undefined) return fields;
  return { ...fields, items: listOf(fields, 'items').map((item) => ({ quantity: '1.0', ...item })) };
}

function create(call: Call, type: DocumentType): Row {
  const fields: Fields = { ...defaultsFor(call, type), ...written(call), status: KINDS[type].initial };
  checkDocument(call, fields);
  const date = textOf(fields, 'issue_date') ?? day(call.now);
  // A quote is never a draft: it has its number from the start.
  fields.number = type === 'quote' ? call.store.numbering.next(call.workspace.id, type, date) : null;
  return call.store.insert(KINDS[type].collection, call.workspace.id, withTotals(fields), call.now);
}

function update(call: Call, type: DocumentType): Row {
  const row = findDocument(call, type);
  refuseLocked(row, KINDS[type].what);
  const fields = merged(row.fields, written(call));
  checkDocument(call, fields);
  change(call, row, withTotals(fields));
  return row;
}

function refuseLocked(row: Row, what: string): void {
  const status = textOf(row.fields, 'status') ?? '';
  if (LOCKED.includes(status)) throw conflict(`${what} is ${status} and can no longer be changed.`);
}

function matches(call: Call, row: Row): boolean {
  const { query, now } = call;
  const status = textOf(query, 'status');
  const from = textOf(query, 'issue_date_from');
  const to = textOf(query, 'issue_date_to');
  const purchaser = textOf(query, 'purchaser_id');
  const issued = textOf(row.fields, 'issue_date') ?? '';
  return (
    (status === null || statusOf(row, now) === status) &&
    (from === null || issued >= from) &&
    (to === null || (issued !== '' && issued <= to)) &&
    (purchaser === null || toId(row.fields.purchaser_id) === BigInt(purchaser))
  );
}

export function documentHandlers(type: DocumentType): Handlers {
  const { collection, what, words } = KINDS[type];
  return {
    [`list-${words}s`]: (call) =>
      listRows(
        call,
        collection,
        (row) => matches(call, row),
        (row) => showDocument(call, type, row),
      ),
    [`create-${words}`]: (call) => showDocument(call, type, create(call, type)),
    [`get-${words}`]: (call) => showDocument(call, type, findDocument(call, type)),
    [`update-${words}`]: (call) => showDocument(call, type, update(call, type)),
    [`delete-${words}`]: (call) => {
      const row = findDocument(call, type);
      refuseLocked(row, what);
      return softDelete(call, row);
    },
    [`get-${words}-pdf-url`]: (call) => {
      const { url, expiresAt } = call.sign(pdfPath(type, findDocument(call, type)));
      return { url, expires_at: expiresAt };
    },
  };
}
