/** Which arguments make a call send, issue or delete something, and which only look like it. */
import { describe, expect, it } from 'vitest';
import { argumentEffects, mayAct } from '../../src/contract/argument-effects.ts';
import type { JsonObject, JsonSchema } from '../../src/core/json.ts';

const effects = (args: JsonObject, schema: JsonSchema = {}) =>
  argumentEffects(args, [schema]).map(({ effect, path }) => `${effect} ${path}`);
const described = (name: string, schema: JsonSchema): JsonSchema => ({ properties: { [name]: schema } });

describe('An argument', () => {
  it.each<[JsonObject, string]>([
    [{ send: true }, 'sends send'],
    [{ auto_send: true }, 'sends auto_send'],
    [{ autoSend: true }, 'sends autoSend'],
    [{ send_email: 'true' }, 'sends send_email'],
    [{ send_email: 1 }, 'sends send_email'],
    [{ email_invoice: 'yes' }, 'sends email_invoice'],
    [{ skip_email: 'no' }, 'sends skip_email'],
    [{ options: { notify_customer: '1' } }, 'sends options.notify_customer'],
    [{ 'X-Send-Email': 'true' }, 'sends X-Send-Email'],
    [{ email_invoice: true }, 'sends email_invoice'],
    [{ by_email: true }, 'sends by_email'],
    [{ sent: true }, 'sends sent'],
    [{ publish: true }, 'sends publish'],
    [{ customer_notification: true }, 'sends customer_notification'],
    [{ options: { notify_customer: true } }, 'sends options.notify_customer'],
    [{ skip_email: false }, 'sends skip_email'],
    [{ deliver_by: 'email' }, 'sends deliver_by'],
    [{ delivery_method: 'E-Mail' }, 'sends delivery_method'],
    [{ send_via: 'peppol' }, 'sends send_via'],
    [{ send_at: '2026-12-01' }, 'sends send_at'],
    [{ channels: ['sms'] }, 'sends channels'],
    [{ notify: 'a@b.sk' }, 'sends notify'],
    [{ email: {} }, 'sends email'],
    [{ email: { to: 'a@b.sk' } }, 'sends email'],
    [{ email: { subject: 'Hello' } }, 'sends email'],
    [{ delivery: { method: 'e-mail' } }, 'sends delivery'],
    [{ recipients: ['a@b.sk'] }, 'sends recipients'],
    [{ email_to: 'a@b.sk' }, 'sends email_to'],
    [{ cc: [{ email: 'a@b.sk' }] }, 'sends cc'],
    [{ documents: [{ send: false }, { send: true }] }, 'sends documents[1].send'],
    [{ status: 'sent' }, 'sends status'],
    [{ action: 'issue_and_send' }, 'sends action'],
    [{ state: 'issued' }, 'issues state'],
    [{ transition: 'finalise' }, 'issues transition'],
    [{ finalize: true }, 'issues finalize'],
    [{ is_issued: true }, 'issues is_issued'],
    [{ status: 'void' }, 'deletes status'],
    [{ cancelled: true }, 'deletes cancelled'],
    [{ draft: false }, 'issues draft'],
    [{ is_draft: 0 }, 'issues is_draft'],
    [{ save_as_draft: 'no' }, 'issues save_as_draft'],
    [{ skip_draft: true }, 'issues skip_draft'],
    [{ finalize: '1' }, 'issues finalize'],
    [{ post: true }, 'issues post'],
    [{ status: 'booked' }, 'issues status'],
    [{ _send: 'Y' }, 'sends _send'],
    [{ deliver: { via: 'email' } }, 'sends deliver'],
    [{ notify: { customer: true } }, 'sends notify'],
    [{ actions: [{ type: 'send' }] }, 'sends actions[0]'],
    [{ options: ['send'] }, 'sends options'],
    [{ next: 'send' }, 'sends next'],
    [{ after_create: ['email'] }, 'sends after_create'],
    [{ mode: 'issue_and_send' }, 'sends mode'],
    [{ peppol: true }, 'sends peppol'],
    [{ e_invoice: 'now' }, 'sends e_invoice'],
    [{ to: ['+421 900 123 456'] }, 'sends to'],
    [{ sms: '+421900123456' }, 'sends sms'],
    [{ share_with: 'a@b.sk' }, 'sends share_with'],
    [{ lifecycle: 'issued' }, 'issues lifecycle'],
    [{ versenden: true }, 'sends versenden'],
    [{ odoslatEmail: true }, 'sends odoslatEmail'],
    [{ supprimer: true }, 'deletes supprimer'],
    [{ aktion: { action: 'stornieren' } }, 'deletes aktion.action'],
    [{ status: 'versendet' }, 'sends status'],
    [{ release: true }, 'issues release'],
    [{ go_live: true }, 'issues go_live'],
    [{ state: 'released' }, 'issues state'],
    [{ schedule_send_at: '2026-12-01' }, 'sends schedule_send_at'],
  ])('%j asks for it', (args, expected) => {
    expect(effects(args)).toEqual([expected]);
  });

  it.each<[JsonObject]>([
    [{ send: false, auto_send: 'false', send_email: 'no', deliver_by: 'manual', skip_email: true }],
    [{ email: 'a@b.sk', legal_identity: { email: 'a@b.sk', phone: '1' }, emails: ['a@b.sk'], email_address: 'a@b.sk' }],
    [{ email: { address: 'a@b.sk', type: 'work' }, email_verified: true, reply_to: 'a@b.sk' }],
    [{ issue_date: '2026-01-01', delivery_date: '2026-01-01', deliver_by: '2026-12-24', delivery_type: 'pickup' }],
    [{ delivery: { street: 'Main', city: 'Nitra' }, delivery_address: { city: 'Nitra' }, delivery_note: 'by mail' }],
    [{ status: 'draft', state: 'not_sent', stage: 'awaiting_delivery', payment_status: 'paid', paid: true }],
    [{ bezahlt: true, status: 'zaplatena', versandart: 'Post', absender: 'a', ohne_nachricht: true, senden: false }],
    [{ reverse_charge: true, charge_vat: true, print_qr: true, default: true, include_email: true }],
    [{ note: 'send it to a@b.sk', message: 'hello', items: [{ name: 'Send mail', quantity: 1 }] }],
    [{ email_sent_at: '2026-01-01', sent_status: null, metadata: { send: true }, type: 'refund' }],
    [{ from: '2026-01-01', to: '2026-02-01', recipient_note: 'Send', share_capital: '5000', shared: false }],
    [{ draft: true, skip_draft: false, draft_number: 1, post_code: '81101', book_value: '1', mode: 'simple', pay: 1 }],
    [
      {
        notify: { customer: false },
        peppol: false,
        peppol_id: '9950:1',
        options: ['bold'],
        actions: [{ type: 'note' }],
      },
    ],
    [{ phone: '+421900123456', to: '2026-02-01', destination: 'Nitra' }],
    [{ send_email: 0, remind_days: 1, send_after: 1, email_type: 1, charge: 1, reminder_level: 1, country: 'NO' }],
  ])('%j does not', (args) => {
    expect(effects(args)).toEqual([]);
  });

  it.each<[string, unknown, JsonSchema]>([
    ['customer_copy', true, { type: 'boolean', description: 'Whether the customer is notified right away' }],
    ['how', 'email', { type: 'string', description: 'How the invoice is delivered' }],
    ['contact_point', 'a@b.sk', { type: 'string', description: 'The invoice is e-mailed to this address' }],
    ['outbox', true, { type: 'boolean', title: 'Send it' }],
    ['outbox', 1, { type: 'integer', enum: [0, 1], title: 'Send it' }],
    ['outbox', 1, { type: 'integer', maximum: 1, title: 'Send it' }],
  ])('%s is one by what the document says of it', (name, value, schema) => {
    expect(effects({ [name]: value }, described(name, schema))).toEqual([`sends ${name}`]);
    expect(effects({ [name]: value })).toEqual([]);
  });

  it.each<[string, unknown, string]>([
    ['archive', true, 'Keeps it without sending anything'],
    ['watch', true, 'Whether the address of the e-mail is shown'],
    ['place', 'Nitra', 'Where the goods are delivered'],
  ])('%s does nothing of the kind, although the document speaks of it', (name, value, description) => {
    expect(effects({ [name]: value }, described(name, { description }))).toEqual([]);
  });

  it('that ends a draft issues it, where the document says that there are drafts', () => {
    const states = { type: 'string', enum: ['draft', 'open', 'paid'] };
    expect(effects({ status: 'open' }, described('status', states))).toEqual(['issues status']);
    const approval = described('state', { type: 'string', description: 'draft, approved or paid' });
    expect(effects({ state: 'approved' }, approval)).toEqual(['issues state']);
    for (const value of ['draft', 'paid']) expect(effects({ status: value }, described('status', states))).toEqual([]);
    expect(effects({ status: 'open' }, described('status', { enum: ['open', 'closed'] }))).toEqual([]);
    expect(effects({ release_date: '2026-12-01', release: false, go_live_date: '2026-12-01' })).toEqual([]);
  });

  it('that is on by itself counts unless the call says no', () => {
    const schema = described('notify_client', { type: 'boolean', default: true });
    expect(effects({}, schema)).toEqual(['sends notify_client']);
    expect(effects({ notify_client: false }, schema)).toEqual([]);
  });
});

describe('A tool may act because of an argument', () => {
  it.each<[JsonObject, boolean]>([
    [{ send: { type: 'boolean' } }, true],
    [{ send: { type: 'integer', enum: [0, 1] } }, true],
    [{ send_email: { type: 'integer' } }, true],
    [{ options: { type: 'object', properties: { finalize: { type: 'boolean' } } } }, true],
    [{ rows: { type: 'array', items: { properties: { status: { enum: ['draft', 'issued'] } } } } }, true],
    [{ email: { type: 'object', properties: { subject: { type: 'string' } } } }, true],
    [{ status: { type: 'string' }, email: { type: 'string' }, delivery_date: { type: 'string' } }, false],
    [{ status: { enum: ['draft', 'paid'] }, reverse_charge: { type: 'boolean' } }, false],
  ])('%j: %s', (properties, expected) => {
    expect(mayAct({ properties })).toBe(expected);
  });
});
