import { day, type Fields, fieldsOf, filled, textOf, timestamp, toId } from '../data/fields.ts';
import type { DocumentType, Row } from '../data/store.ts';
import { conflict, invalid } from '../http/demo-request.ts';
import { type Call, change, type Handler, type Handlers } from './collection.ts';
import { checkComplete } from './document-rules.ts';
import { findDocument, KINDS, showDocument, statusOf, withTotals } from './documents.ts';

/** Issue, mark paid, send, accept. */
type Action = (call: Call, type: DocumentType, row: Row) => Fields;

/** Issuing gives the number, and what follows from it. */
function issued(call: Pick<Call, 'store' | 'now'>, type: DocumentType, row: Row): Fields {
  const date = textOf(row.fields, 'issue_date') ?? day(call.now);
  const number = call.store.numbering.next(row.workspaceId, type, date);
  const symbol = textOf(row.fields, 'variable_symbol') ?? number.replace(/\D/g, '');
  return {
    ...row.fields,
    status: 'exposed',
    number,
    issue_date: date,
    ...(type === 'invoice' || type === 'proforma' ? { variable_symbol: symbol } : {}),
  };
}

const issue: Action = (call, type, row) => {
  if (row.fields.status !== 'draft') throw conflict(`${KINDS[type].what} has been issued already.`);
  checkComplete(row.fields);
  return issued(call, type, row);
};

const markPaid: Action = (call, type, row) => {
  if (row.fields.status === 'draft') throw conflict(`${KINDS[type].what} is a draft: issue it first.`);
  if (row.fields.status === 'paid') throw conflict(`${KINDS[type].what} has been paid already.`);
  const paidAt = textOf(call.body, 'paid_at') ?? day(call.now);
  if (paidAt < (textOf(row.fields, 'issue_date') ?? '')) throw invalid(['paid_at must not be before issue_date']);
  return withTotals({ ...row.fields, status: 'paid', paid_at: paidAt });
};

const accept: Action = (call, type, row) => {
  const status = statusOf(row, call.now);
  if (status !== 'active') throw conflict(`${KINDS[type].what} is ${status} and cannot be accepted.`);
  return { ...row.fields, status: 'accepted' };
};

function recipients(call: Call, row: Row): readonly string[] {
  const { to } = call.body;
  const given = Array.isArray(to) ? to.filter((address) => typeof address === 'string') : [];
  if (given.length > 0) return given;
  const id = toId(row.fields.purchaser_id);
  const purchaser = id === null ? undefined : call.store.find('contacts', row.workspaceId, id);
  const address = filled(fieldsOf(purchaser?.fields.legal_identity), 'email');
  return address === null ? [] : [address];
}

const send: Action = (call, type, row) => {
  const to = recipients(call, row);
  const errors = [
    ...(row.fields.status === 'draft' ? [`${KINDS[type].what} is a draft: issue it first`] : []),
    ...(to.length === 0 ? ['the contact has no e-mail address: give one in to'] : []),
  ];
  if (errors.length > 0) throw invalid(errors);
  const number = textOf(row.fields, 'number') ?? '';
  const sender = textOf(call.workspace.fields, 'name') ?? '';
  const sentAt = timestamp(call.now);
  call.store.send({
    workspaceId: row.workspaceId,
    type,
    id: row.id,
    to,
    subject: textOf(call.body, 'subject') ?? `${number} · ${sender}`,
    message:
      textOf(call.body, 'message') ?? `${number}: ${textOf(row.fields, 'total')} ${textOf(row.fields, 'currency')}`,
    sentAt,
  });
  const status = row.fields.status === 'exposed' ? 'sent' : row.fields.status;
  return { ...row.fields, status, sent_status: 'sent', email_sent_at: sentAt };
};

function on(type: DocumentType, action: Action): Handler {
  return (call) => {
    const row = findDocument(call, type);
    change(call, row, action(call, type, row));
    return showDocument(call, type, row);
  };
}

export const documentActionHandlers: Handlers = {
  'issue-invoice': on('invoice', issue),
  'mark-invoice-paid': on('invoice', markPaid),
  'send-invoice': on('invoice', send),
  'accept-quote': on('quote', accept),
  'send-quote': on('quote', send),
  'issue-proforma': on('proforma', issue),
  'mark-proforma-paid': on('proforma', markPaid),
  'send-proforma': on('proforma', send),
  'issue-credit-note': on('credit_note', issue),
};
