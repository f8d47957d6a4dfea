import { describe, expect, it } from 'vitest';
import { COMPLETE, createInvoice, everyRow, send, useDemo } from './client.ts';

const demo = useDemo();
const HOUR_MS = 60 * 60 * 1000;
const NEW_CONTACT = { contact: { name: 'Nový zákazník' } };

function post(path: string, key: string, body: unknown) {
  return send(demo, 'POST', path, { body, headers: { 'Idempotency-Key': key } });
}

describe('An idempotency key at the embedded Lucanto', () => {
  it('replays the first answer byte for byte and creates nothing', async () => {
    const before = await everyRow(demo, '/contacts');
    const first = await post('/contacts', 'k', NEW_CONTACT);
    demo.now += 23 * HOUR_MS;
    const second = await post('/contacts', 'k', NEW_CONTACT);
    expect(first.headers.get('Idempotent-Replayed')).toBeNull();
    expect([second.status, second.text]).toEqual([201, first.text]);
    expect(second.headers.get('Idempotent-Replayed')).toBe('true');
    expect(second.headers.get('X-Original-Request-Id')).toBe(first.headers.get('X-Request-Id'));
    expect(second.headers.get('X-Request-Id')).not.toBe(first.headers.get('X-Request-Id'));
    expect(await everyRow(demo, '/contacts')).toHaveLength(before.length + 1);
  });

  it('is forgotten after 24 hours', async () => {
    const first = await post('/contacts', 'k', NEW_CONTACT);
    demo.now += 24 * HOUR_MS;
    const second = await post('/contacts', 'k', NEW_CONTACT);
    expect(second.body.id).not.toBe(first.body.id);
    expect(second.headers.get('Idempotent-Replayed')).toBeNull();
  });

  it('covers actions, whose second run would be a conflict', async () => {
    const id = await createInvoice(demo);
    const first = await post(`/invoices/${id}/issue`, 'k', undefined);
    const second = await post(`/invoices/${id}/issue`, 'k', undefined);
    expect([second.status, second.text]).toEqual([200, first.text]);
    expect((await post(`/invoices/${id}/issue`, 'other', undefined)).status).toBe(409);
  });

  it('answers 409 idempotency_key_conflict to another body or another path', async () => {
    await post('/contacts', 'k', NEW_CONTACT);
    for (const answer of [
      await post('/contacts', 'k', { contact: { name: 'Iný' } }),
      await post('/invoices', 'k', { invoice: COMPLETE }),
    ]) {
      expect([answer.status, answer.body.error]).toEqual([409, 'idempotency_key_conflict']);
    }
  });

  it('belongs to one token', async () => {
    const first = await post('/contacts', 'k', NEW_CONTACT);
    const token = demo.service.tokens.write;
    const headers = { 'Idempotency-Key': 'k' };
    const second = await send(demo, 'POST', '/contacts', { token, headers, body: NEW_CONTACT });
    expect(second.status).toBe(201);
    expect(second.body.id).not.toBe(first.body.id);
  });

  it('answers 409 idempotency_in_progress while the first request runs', async () => {
    const hold = demo.service.hold(({ method }) => method === 'POST');
    const first = post('/contacts', 'k', NEW_CONTACT);
    await hold.arrived;
    const second = await post('/contacts', 'k', NEW_CONTACT);
    expect([second.status, second.body.error]).toEqual([409, 'idempotency_in_progress']);
    hold.release();
    expect((await first).status).toBe(201);
    expect((await post('/contacts', 'k', NEW_CONTACT)).text).toBe((await first).text);
  });

  it('stays bound to a refusal of the operation, but not to one because of a wrong body', async () => {
    const id = await createInvoice(demo);
    const conflict = await post(`/invoices/${id}/mark_paid`, 'a', undefined);
    expect(conflict.status).toBe(409);
    const replayed = await post(`/invoices/${id}/mark_paid`, 'a', undefined);
    expect([replayed.text, replayed.headers.get('Idempotent-Replayed')]).toEqual([conflict.text, 'true']);
    expect((await post('/contacts', 'b', { contact: { nam: 'x' } })).status).toBe(422);
    expect((await post('/contacts', 'b', NEW_CONTACT)).status).toBe(201);
  });

  it('may have 255 characters but not 256', async () => {
    expect((await post('/contacts', 'k'.repeat(255), NEW_CONTACT)).status).toBe(201);
    const answer = await post('/contacts', 'k'.repeat(256), NEW_CONTACT);
    expect([answer.status, answer.body.error]).toEqual([400, 'bad_request']);
  });

  it('is ignored by PATCH and DELETE', async () => {
    const headers = { 'Idempotency-Key': 'k' };
    const patch = (name: string) => send(demo, 'PATCH', '/contacts/501', { headers, body: { contact: { name } } });
    await patch('Prvý');
    expect((await patch('Druhý')).body.name).toBe('Druhý');
    expect((await send(demo, 'DELETE', '/contacts/501', { headers })).status).toBe(204);
    expect((await send(demo, 'DELETE', '/contacts/501', { headers })).status).toBe(404);
  });

  it('replays an upload whose multipart boundary differs', async () => {
    const [expense] = await everyRow(demo, '/expenses');
    const upload = () => {
      const body = new FormData();
      body.set('file', new Blob(['%PDF-1.4 blok']), 'bloček.pdf');
      return send(demo, 'POST', `/expenses/${expense?.id}/receipts`, { body, headers: { 'Idempotency-Key': 'k' } });
    };
    const first = await upload();
    const second = await upload();
    expect([second.status, second.text]).toEqual([200, first.text]);
    expect(second.headers.get('Idempotent-Replayed')).toBe('true');
  });
});
