import Big from 'big.js';
import { addDays } from '../../core/calendar.ts';
import { type JsonObject, objectIn } from '../../core/json.ts';
import { DOCUMENTS, type DocumentType, type Row, type StoreCollection } from '../data/store.ts';
import { day, filled, listOf, stringOf, timestamp, toId, withTotals } from '../data/totals.ts';
import { conflict, invalid, refuseAny } from '../http/demo-request.ts';
import { type Call, change, findRow, type Handlers, resourceHandlers, rowValues } from './collection.ts';

/** Invoices, quotes, proformas and credit notes: what they must fulfil, and issuing, paying, sending, accepting them. */
const DEFAULT_DUE_DAYS = 14;
const QUOTE_VALID_DAYS = 30;
/** States in which a document can be neither changed nor deleted. */
const LOCKED: readonly string[] = ['paid', 'accepted'];
const CURRENCIES = new Set(Intl.supportedValuesOf('currency'));

/** The state as of today: what is unpaid after its due date is overdue, a quote past its date has expired. */
function statusOf({ fields }: Row, now: number): string {
  const status = stringOf(fields, 'status') ?? 'draft';
  const due = stringOf(fields, 'due_date');
  const validUntil = stringOf(fields, 'valid_until');
  if ((status === 'exposed' || status === 'sent') && due !== null && due < day(now)) return 'overdue';
  return status === 'active' && validUntil !== null && validUntil < day(now) ? 'expired' : status;
}

function pdfPath(type: DocumentType, row: Row): string {
  return `/files/${row.workspaceId}/${DOCUMENTS[type].collection}/${row.id}.pdf`;
}

function showDocument(call: Call, type: DocumentType, row: Row): JsonObject {
  return call.contract.present(DOCUMENTS[type].schema, {
    ...rowValues(row),
    type,
    status: statusOf(row, call.now),
    supplier_id: row.workspaceId,
    pdf_url: call.sign(pdfPath(type, row)).url,
  });
}

function defaultsFor(call: Call, type: DocumentType): JsonObject {
  const purchaser = call.store.find('contacts', call.workspace.id, toId(call.body.purchaser_id));
  const issueDate = stringOf(call.body, 'issue_date') ?? day(call.now);
  const dueDays = purchaser?.fields.due_days;
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
    ...(type === 'invoice' || type === 'proforma'
      ? { due_date: addDays(issueDate, typeof dueDays === 'number' ? dueDays : DEFAULT_DUE_DAYS) }
      : {}),
  };
}

export function currencyErrors(fields: JsonObject): string[] {
  const currency = stringOf(fields, 'currency') ?? '';
  return CURRENCIES.has(currency) ? [] : [`currency ${currency} is not an ISO 4217 code`];
}

function percentErrors(name: string, value: string | null): string[] {
  const percent = new Big(value ?? '0');
  return percent.lt(0) || percent.gt(100) ? [`${name} must be from 0 to 100`] : [];
}

/** Of what is written now: a contact that was deleted later is not an error. */
function referenceErrors(call: Call, name: string, collection: StoreCollection): string[] {
  const value = call.body[name] ?? null;
  const isFound = value === null || call.store.find(collection, call.workspace.id, toId(value)) !== undefined;
  return isFound ? [] : [`${name} does not exist in this workspace`];
}

function itemErrors(item: JsonObject, index: number): string[] {
  const at = `items[${index}]`;
  return [
    ...(filled(item, 'name') === null ? [`${at}.name can't be blank`] : []),
    ...(stringOf(item, 'unit_price') === null ? [`${at}.unit_price can't be blank`] : []),
    ...percentErrors(`${at}.vat_rate`, stringOf(item, 'vat_rate')),
    ...percentErrors(`${at}.discount_percentage`, stringOf(item, 'discount_percentage')),
  ];
}

/** Of a date that cannot be earlier than the document's own. */
export function dateErrors(fields: JsonObject, name: string): string[] {
  const issued = stringOf(fields, 'issue_date');
  const date = stringOf(fields, name);
  return issued !== null && date !== null && date < issued ? [`${name} must not be before issue_date`] : [];
}

function checkedDocument(call: Call, type: DocumentType, fields: JsonObject, row: Row | null): JsonObject {
  refuseAny([
    ...currencyErrors(fields),
    ...percentErrors('discount_percentage', stringOf(fields, 'discount_percentage')),
    ...referenceErrors(call, 'purchaser_id', 'contacts'),
    ...referenceErrors(call, 'bank_account_id', 'bank_accounts'),
    ...dateErrors(fields, 'due_date'),
    ...dateErrors(fields, 'valid_until'),
    ...listOf(fields, 'items').flatMap(itemErrors),
  ]);
  if (row !== null) return withTotals(fields);
  const date = stringOf(fields, 'issue_date') ?? day(call.now);
  // A quote is never a draft: it has its number from the start.
  const number = type === 'quote' ? call.store.nextNumber(call.workspace.id, type, date) : null;
  return withTotals({ ...fields, status: DOCUMENTS[type].initial, number });
}

function matches({ query, now }: Call, row: Row): boolean {
  const status = stringOf(query, 'status');
  const from = stringOf(query, 'issue_date_from');
  const to = stringOf(query, 'issue_date_to');
  const purchaser = stringOf(query, 'purchaser_id');
  const issued = stringOf(row.fields, 'issue_date') ?? '';
  return (
    (status === null || statusOf(row, now) === status) &&
    (from === null || issued >= from) &&
    (to === null || (issued !== '' && issued <= to)) &&
    (purchaser === null || toId(row.fields.purchaser_id) === BigInt(purchaser))
  );
}

/** Gives the number, and what follows from it. */
function issue(call: Call, type: DocumentType, { fields, workspaceId }: Row): JsonObject {
  if (fields.status !== 'draft') throw conflict(`The ${DOCUMENTS[type].word} has been issued already.`);
  refuseAny([
    ...(toId(fields.purchaser_id) === null ? ["purchaser_id can't be blank"] : []),
    ...(listOf(fields, 'items').length === 0 ? ['items must have at least one line'] : []),
  ]);
  const date = stringOf(fields, 'issue_date') ?? day(call.now);
  const number = call.store.nextNumber(workspaceId, type, date);
  const symbol = stringOf(fields, 'variable_symbol') ?? number.replace(/\D/g, '');
  const reference = type === 'invoice' || type === 'proforma' ? { variable_symbol: symbol } : {};
  return { ...fields, status: 'exposed', number, issue_date: date, ...reference };
}

function markPaid(call: Call, type: DocumentType, { fields }: Row): JsonObject {
  const the = `The ${DOCUMENTS[type].word}`;
  if (fields.status === 'draft') throw conflict(`${the} is a draft: issue it first.`);
  if (fields.status === 'paid') throw conflict(`${the} has been paid already.`);
  const paidAt = stringOf(call.body, 'paid_at') ?? day(call.now);
  if (paidAt < (stringOf(fields, 'issue_date') ?? '')) throw invalid(['paid_at must not be before issue_date']);
  return withTotals({ ...fields, status: 'paid', paid_at: paidAt });
}

function accept(call: Call, type: DocumentType, row: Row): JsonObject {
  const status = statusOf(row, call.now);
  if (status !== 'active') throw conflict(`The ${DOCUMENTS[type].word} is ${status} and cannot be accepted.`);
  return { ...row.fields, status: 'accepted' };
}

function recipients(call: Call, { fields, workspaceId }: Row): readonly string[] {
  const given = [call.body.to].flat().filter((address) => typeof address === 'string');
  if (given.length > 0) return given;
  const purchaser = call.store.find('contacts', workspaceId, toId(fields.purchaser_id));
  const address = filled(objectIn(purchaser?.fields.legal_identity), 'email');
  return address === null ? [] : [address];
}

function send(call: Call, type: DocumentType, row: Row): JsonObject {
  const { fields, workspaceId, id } = row;
  const to = recipients(call, row);
  refuseAny([
    ...(fields.status === 'draft' ? [`The ${DOCUMENTS[type].word} is a draft: issue it first`] : []),
    ...(to.length === 0 ? ['the contact has no e-mail address: give one in to'] : []),
  ]);
  const number = stringOf(fields, 'number') ?? '';
  const subject = stringOf(call.body, 'subject') ?? `${number} · ${stringOf(call.workspace.fields, 'name') ?? ''}`;
  const message = stringOf(call.body, 'message') ?? `${number}: ${fields.total} ${fields.currency}`;
  const sentAt = timestamp(call.now);
  call.store.outbox.push({ workspaceId, type, id, to, subject, message, sentAt });
  const status = fields.status === 'exposed' ? 'sent' : fields.status;
  return { ...fields, status, sent_status: 'sent', email_sent_at: sentAt };
}

export function documentHandlers(type: DocumentType): Handlers {
  const { collection, word } = DOCUMENTS[type];
  const name = word.replaceAll(' ', '-');
  const find = (call: Call) => findRow(call, collection, word);
  const on = (action: typeof issue) => (call: Call) => {
    const row = find(call);
    change(call, row, action(call, type, row));
    return showDocument(call, type, row);
  };
  const handlers: Handlers = {
    ...resourceHandlers({
      collection,
      word,
      show: (call, row) => showDocument(call, type, row),
      defaults: (call) => defaultsFor(call, type),
      checked: (call, fields, row) => checkedDocument(call, type, fields, row),
      matches,
      refuseLocked: ({ fields: { status } }) => {
        if (!LOCKED.includes(String(status))) return;
        throw conflict(`The ${word} is ${status} and can no longer be changed.`);
      },
    }),
    [`get-${name}-pdf-url`]: (call) => call.sign(pdfPath(type, find(call))),
  };
  if (type === 'quote') return { ...handlers, 'accept-quote': on(accept), 'send-quote': on(send) };
  if (type === 'credit_note') return { ...handlers, 'issue-credit-note': on(issue) };
  return { ...handlers, [`issue-${name}`]: on(issue), [`mark-${name}-paid`]: on(markPaid), [`send-${name}`]: on(send) };
}
