import { describe, expect, it } from 'vitest';
import { errorsOf, everyRow, rows, send, TRADER, useDemo } from './client.ts';

const demo = useDemo();

describe('Contacts of the embedded Lucanto', () => {
  it('can be created, read, changed and deleted', async () => {
    const body = { contact: { name: 'Ľudovít Šťavnatý', rate: 45, legal_identity: { email: 'l@example.sk' } } };
    const created = await send(demo, 'POST', '/contacts', { body });
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({ name: 'Ľudovít Šťavnatý', rate: '45.00', due_days: 14 });
    const path = `/contacts/${created.body.id}`;
    expect((await send(demo, 'GET', path)).text).toBe(created.text);
    const address = { legal_identity: { address: { municipality: 'Nitra' } } };
    const changed = await send(demo, 'PATCH', path, { body: { contact: address } });
    expect(changed.body.legal_identity).toMatchObject({ email: 'l@example.sk', address: { municipality: 'Nitra' } });
    expect((await send(demo, 'DELETE', path)).status).toBe(204);
    expect((await send(demo, 'GET', path)).status).toBe(404);
  });

  it('need a name of at most 255 characters', async () => {
    const post = (contact: unknown) => send(demo, 'POST', '/contacts', { body: { contact } });
    expect(errorsOf(await post({}))).toEqual(["name can't be blank"]);
    expect(errorsOf(await post({ name: 'x'.repeat(256) }))).toEqual(['name must NOT have more than 255 characters']);
    expect(errorsOf(await post({ name: 'x', due_days: -1 }))).toEqual(['due_days must be from 0 to 365']);
    expect((await post({ name: 'x'.repeat(255) })).status).toBe(201);
  });
});

describe('Bank accounts of the embedded Lucanto', () => {
  const IBAN = 'SK7202000000001234567897';
  const post = (fields: unknown, path = '/bank_accounts') =>
    send(demo, 'POST', path, { body: { bank_account: fields } });

  it('beyond the plan get 402 with upgrade_url', async () => {
    expect((await post({ name: 'Druhý', iban: IBAN })).status).toBe(201);
    const third = await post({ name: 'Tretí', account_number: '123' });
    expect([third.status, third.body.error]).toEqual([402, 'subscription_required']);
    expect(third.body.upgrade_url).toMatch(/^https:/);
  });

  it('need a valid IBAN that is not in use, or an account number', async () => {
    expect(errorsOf(await post({ name: 'x' }))).toEqual(['iban or account_number is needed']);
    expect(errorsOf(await post({ iban: IBAN.replace('SK72', 'SK73') }))).toEqual(['iban is not valid']);
    expect(errorsOf(await post({ iban: 'SK94 1100 0000 0029 4812 3401' }))).toEqual(['iban has already been taken']);
    const trader = `/api/v1/workspaces/${TRADER}/bank_accounts`;
    expect((await post({ iban: 'SK94 1100 0000 0029 4812 3401' }, trader)).body.iban).toBe('SK9411000000002948123401');
    expect(errorsOf(await post({ iban: IBAN, account_type: 'cash' }))).toEqual(['account_type is read-only']);
  });

  it('have exactly one default', async () => {
    await post({ name: 'Nový', iban: IBAN, default: true });
    const list = rows(await send(demo, 'GET', '/bank_accounts'));
    expect(list.filter((account) => account.default === true).map(({ name }) => name)).toEqual(['Nový']);
  });

  it('can be changed and deleted', async () => {
    const changed = await send(demo, 'PATCH', '/bank_accounts/7', { body: { bank_account: { name: 'Účet' } } });
    expect(changed.body).toMatchObject({ name: 'Účet', iban: 'SK9411000000002948123401', account_type: 'bank' });
    expect((await send(demo, 'DELETE', '/bank_accounts/7')).status).toBe(204);
    expect((await send(demo, 'GET', '/bank_accounts/7')).status).toBe(404);
  });
});

describe('Expenses of the embedded Lucanto', () => {
  const PNG = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 1, 2, 3]);
  const upload = (id: unknown, bytes: Uint8Array<ArrayBuffer>, name = 'file') => {
    const body = new FormData();
    body.set(name, new Blob([bytes]), 'bloček.png');
    return send(demo, 'POST', `/expenses/${id}/receipts`, { body });
  };
  const create = () => send(demo, 'POST', '/expenses', { body: { expense: { description: 'Taxi', total: '12.5' } } });

  it('can be created, filtered by extraction_status, changed and deleted', async () => {
    const created = await create();
    expect(created.body).toMatchObject({
      description: 'Taxi',
      total: '12.50',
      extraction_status: 'completed',
      receipt_url: null,
    });
    const pending = await everyRow(demo, '/expenses?extraction_status=pending');
    expect(pending.map(({ extraction_status }) => extraction_status)).toEqual(['pending']);
    const path = `/expenses/${created.body.id}`;
    expect((await send(demo, 'PATCH', path, { body: { expense: { total: 13 } } })).body.total).toBe('13.00');
    expect((await send(demo, 'DELETE', path)).status).toBe(204);
    expect((await send(demo, 'GET', path)).status).toBe(404);
  });

  it('accept a receipt, extract it after some time, and return the same file', async () => {
    const { id } = (await create()).body;
    const uploaded = await upload(id, PNG);
    expect([uploaded.status, uploaded.body.extraction_status]).toEqual([200, 'pending']);
    const status = async (later: number) => {
      demo.now += later;
      return (await send(demo, 'GET', `/expenses/${id}`)).body.extraction_status;
    };
    expect([await status(1000), await status(2000)]).toEqual(['processing', 'completed']);
    const file = await fetch(String(uploaded.body.receipt_url));
    expect(file.headers.get('Content-Type')).toBe('image/png');
    expect(new Uint8Array(await file.arrayBuffer())).toEqual(PNG);
  });

  it('refuse a file that is not a receipt', async () => {
    const { id } = (await create()).body;
    expect(errorsOf(await upload(id, new TextEncoder().encode('<svg>')))).toEqual([
      'file must be a PDF, a PNG or a JPEG',
    ]);
    expect(errorsOf(await upload(id, PNG, 'picture'))).toEqual(['picture is not a known field']);
    expect((await send(demo, 'POST', `/expenses/${id}/receipts`, { body: { file: 'x' } })).status).toBe(400);
    expect((await upload(1, PNG)).status).toBe(404);
  });

  it('beyond the plan get 429 feature_limit_exceeded without Retry-After until the next month', async () => {
    const { id } = (await create()).body;
    for (let count = 0; count < 5; count += 1) expect((await upload(id, PNG)).status).toBe(200);
    const refused = await upload(id, PNG);
    expect([refused.status, refused.body.error]).toEqual([429, 'feature_limit_exceeded']);
    expect(refused.headers.get('Retry-After')).toBeNull();
    demo.now = Date.parse('2026-04-01T00:00:00Z');
    expect((await upload(id, PNG)).status).toBe(200);
  });
});
