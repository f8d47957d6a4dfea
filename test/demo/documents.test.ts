import { describe, expect, it } from 'vitest';
import { COMPLETE, createInvoice, errorsOf, everyRow, ITEM, rows, send, TRADER, useDemo } from './client.ts';

const demo = useDemo();

describe('An invoice of the embedded Lucanto', () => {
  it('begins as a draft without a number, with default dates and bank account', async () => {
    const answer = await send(demo, 'POST', '/invoices', { body: { invoice: COMPLETE } });
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      type: 'invoice',
      status: 'draft',
      number: null,
      currency: 'EUR',
      issue_date: '2026-03-15',
      due_date: '2026-03-29',
      variable_symbol: null,
      supplier_id: 42,
      bank_account_id: 7,
      total_without_vat: '100.00',
      total_vat: '23.00',
      total: '123.00',
      amount_paid: '0.00',
      amount_due: '123.00',
    });
  });

  it('goes from draft through exposed and sent to paid', async () => {
    const id = await createInvoice(demo);
    const issued = await send(demo, 'POST', `/invoices/${id}/issue`);
    expect(issued.body.status).toBe('exposed');
    expect(issued.body.number).toMatch(/^FAK2026-\d{4}$/);
    expect(issued.body.variable_symbol).toBe(String(issued.body.number).replace(/\D/g, ''));
    const sent = await send(demo, 'POST', `/invoices/${id}/send`, { body: { email: { subject: 'Faktúra' } } });
    expect(sent.body).toMatchObject({ status: 'sent', sent_status: 'sent', email_sent_at: '2026-03-15T10:00:00Z' });
    expect(demo.service.outbox).toEqual([
      expect.objectContaining({ type: 'invoice', id: BigInt(id), to: ['jan.novak@example.sk'], subject: 'Faktúra' }),
    ]);
    const paid = await send(demo, 'POST', `/invoices/${id}/mark_paid`, {
      body: { payment: { paid_at: '2026-03-20' } },
    });
    expect(paid.body).toMatchObject({
      status: 'paid',
      paid_at: '2026-03-20',
      amount_paid: '123.00',
      amount_due: '0.00',
    });
  });

  it('takes the next number of its year, without gaps', async () => {
    const numbers: unknown[] = [];
    for (const issueDate of ['2026-03-15', '2026-03-15', '2031-01-01', '2031-01-02']) {
      const id = await createInvoice(demo, { ...COMPLETE, issue_date: issueDate });
      numbers.push((await send(demo, 'POST', `/invoices/${id}/issue`)).body.number);
    }
    const [first, second] = numbers.map((number) => Number(String(number).slice(-4)));
    expect(second).toBe((first ?? 0) + 1);
    expect(numbers.slice(2)).toEqual(['FAK2031-0001', 'FAK2031-0002']);
  });

  it('is overdue from the day after its due date, as the clock goes', async () => {
    const id = await createInvoice(demo);
    await send(demo, 'POST', `/invoices/${id}/issue`);
    const status = async (date: string) => {
      demo.now = Date.parse(`${date}T12:00:00Z`);
      return (await send(demo, 'GET', `/invoices/${id}`)).body.status;
    };
    expect([await status('2026-03-29'), await status('2026-03-30')]).toEqual(['exposed', 'overdue']);
    expect((await send(demo, 'POST', `/invoices/${id}/mark_paid`)).body.status).toBe('paid');
  });

  it('answers 409 to an action that its state does not allow', async () => {
    const id = await createInvoice(demo);
    const conflict = async (method: string, path: string, body?: unknown) => {
      const answer = await send(demo, method, `/invoices/${id}${path}`, { body });
      expect([path, answer.status, answer.body.error]).toEqual([path, 409, 'conflict']);
    };
    await conflict('POST', '/mark_paid');
    await send(demo, 'POST', `/invoices/${id}/issue`);
    await conflict('POST', '/issue');
    await send(demo, 'POST', `/invoices/${id}/mark_paid`);
    await conflict('POST', '/mark_paid');
    await conflict('PATCH', '', { invoice: { footer_note: 'x' } });
    await conflict('DELETE', '');
  });

  it('answers 422 where it is not complete enough to be issued or sent', async () => {
    const empty = await createInvoice(demo, {});
    const issue = await send(demo, 'POST', `/invoices/${empty}/issue`);
    expect([issue.status, errorsOf(issue)]).toEqual([
      422,
      ["purchaser_id can't be blank", 'items must have at least one line'],
    ]);
    const draft = await send(demo, 'POST', `/invoices/${await createInvoice(demo)}/send`);
    expect([draft.status, errorsOf(draft)]).toEqual([422, ['The invoice is a draft: issue it first']]);
    // 509 has no e-mail address.
    const unreachable = await createInvoice(demo, { ...COMPLETE, purchaser_id: 509 });
    await send(demo, 'POST', `/invoices/${unreachable}/issue`);
    const refused = await send(demo, 'POST', `/invoices/${unreachable}/send`);
    expect([refused.status, errorsOf(refused)]).toEqual([422, ['the contact has no e-mail address: give one in to']]);
    expect(demo.service.outbox).toEqual([]);
    const body = { email: { to: ['maria@example.sk'] } };
    expect((await send(demo, 'POST', `/invoices/${unreachable}/send`, { body })).status).toBe(200);
    expect(demo.service.outbox.map(({ to }) => to)).toEqual([['maria@example.sk']]);
  });

  it('is changed field by field, and its lines as a whole', async () => {
    const id = await createInvoice(demo, { ...COMPLETE, footer_note: 'Ďakujeme' });
    demo.now += 5000;
    const body = { invoice: { items: [{ ...ITEM, quantity: 3, unit_price: 10 }], due_date: '2026-04-30' } };
    const answer = await send(demo, 'PATCH', `/invoices/${id}`, { body });
    expect(answer.body).toMatchObject({
      footer_note: 'Ďakujeme',
      due_date: '2026-04-30',
      items: [{ quantity: '3.0', unit_price: '10.00' }],
      total: '36.90',
      created_at: '2026-03-15T10:00:00Z',
      updated_at: '2026-03-15T10:00:05Z',
    });
  });

  it('is gone from every answer once it is deleted', async () => {
    const id = await createInvoice(demo);
    const answer = await send(demo, 'DELETE', `/invoices/${id}`);
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect((await send(demo, 'GET', `/invoices/${id}`)).status).toBe(404);
    expect((await send(demo, 'DELETE', `/invoices/${id}`)).status).toBe(404);
    expect((await everyRow(demo, '/invoices')).map((row) => String(row.id))).not.toContain(id);
  });

  it('is not found in another workspace', async () => {
    const id = await createInvoice(demo);
    expect((await send(demo, 'GET', `/api/v1/workspaces/${TRADER}/invoices/${id}`)).status).toBe(404);
  });

  it('keeps ids beyond 2^53 of its body without loss', async () => {
    const fields = { ...COMPLETE, purchaser_id: 9007199254741093n };
    const answer = await send(demo, 'POST', '/invoices', { body: { invoice: fields } });
    expect(answer.text).toContain('"purchaser_id":9007199254741093,');
  });
});

describe('Other documents of the embedded Lucanto', () => {
  it('are not found under the id of an invoice, nor invoices under theirs', async () => {
    const kinds = ['invoices', 'quotes', 'proformas', 'credit_notes'] as const;
    for (const kind of kinds) {
      const [row] = rows(await send(demo, 'GET', `/${kind}?limit=1`));
      for (const other of kinds) {
        const answer = await send(demo, 'GET', `/${other}/${row?.id}`);
        expect([kind, other, answer.status]).toEqual([kind, other, kind === other ? 200 : 404]);
      }
    }
  });

  it('include quotes, which have a number at once, are accepted once, and expire', async () => {
    const create = () => send(demo, 'POST', '/quotes', { body: { quote: COMPLETE } });
    const quote = await create();
    expect(quote.body).toMatchObject({ type: 'quote', status: 'active', valid_until: '2026-04-14' });
    expect(quote.body.number).toMatch(/^CEN2026-\d{4}$/);
    const accept = () => send(demo, 'POST', `/quotes/${quote.body.id}/accept`);
    expect((await accept()).body.status).toBe('accepted');
    expect((await accept()).status).toBe(409);
    expect((await send(demo, 'PATCH', `/quotes/${quote.body.id}`, { body: { quote: {} } })).status).toBe(409);
    const late = await create();
    expect((await send(demo, 'POST', `/quotes/${late.body.id}/send`)).body).toMatchObject({
      status: 'active',
      sent_status: 'sent',
    });
    demo.now = Date.parse('2026-04-15T08:00:00Z');
    expect((await send(demo, 'GET', `/quotes/${late.body.id}`)).body.status).toBe('expired');
    expect((await send(demo, 'POST', `/quotes/${late.body.id}/accept`)).status).toBe(409);
  });

  it('include proformas, which have a number series of their own', async () => {
    const { body } = await send(demo, 'POST', '/proformas', { body: { proforma: COMPLETE } });
    expect([body.type, body.status, body.number]).toEqual(['proforma', 'draft', null]);
    const issued = await send(demo, 'POST', `/proformas/${body.id}/issue`);
    expect(issued.body.number).toMatch(/^ZAL2026-\d{4}$/);
    expect((await send(demo, 'POST', `/proformas/${body.id}/send`)).body.status).toBe('sent');
    expect((await send(demo, 'POST', `/proformas/${body.id}/mark_paid`)).body.status).toBe('paid');
  });

  it('include credit notes, which go from draft to exposed and are changed in the key document', async () => {
    const item = { ...ITEM, quantity: '-2' };
    const { body } = await send(demo, 'POST', '/credit_notes', {
      body: { credit_note: { ...COMPLETE, items: [item] } },
    });
    expect(body).toMatchObject({ type: 'credit_note', status: 'draft', number: null, total: '-123.00' });
    const path = `/credit_notes/${body.id}`;
    const changed = await send(demo, 'PATCH', path, { body: { document: { reverse_charge: true } } });
    expect(changed.body).toMatchObject({ reverse_charge: true, total_vat: '0.00', total: '-100.00' });
    expect((await send(demo, 'PATCH', path, { body: { credit_note: {} } })).status).toBe(422);
    const issued = await send(demo, 'POST', `${path}/issue`);
    expect([issued.body.status, String(issued.body.number).slice(0, 8)]).toEqual(['exposed', 'DOB2026-']);
    expect((await send(demo, 'POST', `${path}/issue`)).status).toBe(409);
  });
});
