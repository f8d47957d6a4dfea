/** How many sends a call counts as: what it names, and nothing that only looks like a record. */
import { describe, expect, it } from 'vitest';
import { sendsOfCall } from '../../src/confirm/sends-of-call.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { DELETE } from '../helpers/gate.ts';

const sends = (name: string, args: JsonObject) => {
  const properties = Object.fromEntries(Object.keys(args).map((key) => [key, {}]));
  const descriptor = { ...DELETE.descriptor, name: `lucanto_${name}`, title: name, description: name };
  const tool = { ...DELETE, descriptor, validation: { type: 'object', properties }, irreversible: 'sends' as const };
  return sendsOfCall(tool, undefined, args, []);
};

describe('A call that sends', () => {
  it.each<[string, JsonObject, number | 'unknown']>([
    ['send_invoice', { id: 7 }, 1],
    ['send_invoice', { number: 'F-7' }, 1],
    ['send_invoice', { number: 'FV 2026/001' }, 1],
    ['send_invoice', { id: 7, template_id: 2, attachment_ids: [1, 2, 3] }, 1],
    ['send_invoice', { id: 7, emails: ['a@b.sk', 'c@d.sk'] }, 1],
    ['send_invoices', { ids: [7, 8, 9] }, 3],
    ['send_invoices', { selection: { invoice_ids: [7, 8] } }, 2],
    ['send_invoices', { ids: '7,8, 9' }, 3],
    ['send_invoices', { invoice_id: 7 }, 1],
    ['send_invoices', { invoices: [{ id: 7 }, { id: 8 }] }, 2],
    ['send_invoices', { contact_id: 5 }, 'unknown'],
    ['send_invoices', { customer_ids: [5, 6] }, 'unknown'],
    ['send_invoices', { id: 5 }, 'unknown'],
    ['send_invoices', { status: 'overdue' }, 'unknown'],
    ['send_invoices', { ids: [] }, 'unknown'],
    ['send_invoices', { ids: 'all' }, 'unknown'],
    ['send_invoices', { invoice_id: '1..50' }, 'unknown'],
    ['bulk_send_invoice', { template_id: 4 }, 'unknown'],
    ['bulk_send_invoice', { invoice_numbers: ['F-1', 'F-2'] }, 2],
    ['send_reminders', { contact_id: 5 }, 'unknown'],
    ['notify_customers', { customer_ids: [5, 6] }, 2],
    ['send_statement', { contact_id: 5 }, 1],
    ['send_statement', { contact_ids: [5, 6, 7] }, 3],
    ['send_messages', { to: ['a@b.sk', 'c@d.sk'] }, 2],
    ['send_message', { to: ['a@b.sk', 'c@d.sk'] }, 1],
    ['create_reminder', {}, 1],
    ['send_reminder', {}, 'unknown'],
  ])('%s %j counts as %s', (name, args, expected) => {
    expect(sends(name, args)).toBe(expected);
  });
});

describe('A call that only its arguments make a send', () => {
  const descriptor = { ...DELETE.descriptor, name: 'lucanto_create_documents', title: '', description: '' };
  const { irreversible: _deletes, ...plain } = { ...DELETE, descriptor };
  const sent = (path: string) => ({ effect: 'sends' as const, path, isState: false });

  it.each<[readonly string[], number]>([
    [[], 0],
    [['send'], 1],
    [['send', 'options.notify'], 1],
    [['documents[0].send'], 1],
    [['documents[0].send', 'documents[1].send', 'documents[1].to'], 2],
    [['documents[0].send', 'documents[1].send', 'documents[2].options.send'], 3],
  ])('counts as many as there are records that it asks it for: %j, %i', (paths, expected) => {
    expect(sendsOfCall(plain, undefined, {}, paths.map(sent))).toBe(expected);
    const issues = paths.map((path) => ({ ...sent(path), effect: 'issues' as const }));
    expect(sendsOfCall(plain, undefined, {}, issues)).toBe(0);
  });
});
