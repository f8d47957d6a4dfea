import { describe, expect, it } from 'vitest';
import { errorsOf, ITEM, send, useDemo } from './client.ts';

const demo = useDemo();

describe('Request bodies at the embedded Lucanto', () => {
  it('that are not JSON get 400', async () => {
    for (const body of ['{"invoice":', 'invoice=1', '\u0000']) {
      const answer = await send(demo, 'POST', '/invoices', { body });
      expect([answer.status, answer.body.error]).toEqual([400, 'bad_request']);
    }
    const text = await send(demo, 'POST', '/invoices', {
      body: '{"invoice":{}}',
      headers: { 'Content-Type': 'text/plain' },
    });
    expect(text.status).toBe(400);
  });

  it.each([
    [{}, "The body must have required property 'invoice'"],
    [[], 'The body must be object'],
    [{ invoice: [] }, 'The body must be object'],
    [{ document: {} }, 'document is not a known field'],
    [{ invoice: { colour: 'red' } }, 'colour is not a known field'],
    [{ invoice: { items: [{ ...ITEM, colour: 'red' }] } }, 'items[0].colour is not a known field'],
    [{ invoice: { number: 'FAK2026-9999' } }, 'number is read-only'],
    [{ invoice: { total: '1.00' } }, 'total is read-only'],
    [{ invoice: { issue_date: '15.3.2026' } }, 'issue_date must match format "date"'],
    [{ invoice: { issue_date: '2026-02-29' } }, 'issue_date must match format "date"'],
    [{ invoice: { due_date: '2026-03-01' } }, 'due_date must not be before issue_date'],
    [{ invoice: { currency: 'XXQ' } }, 'currency XXQ is not an ISO 4217 code'],
    [{ invoice: { purchaser_id: 1 } }, 'purchaser_id does not exist in this workspace'],
    [{ invoice: { bank_account_id: 501 } }, 'bank_account_id does not exist in this workspace'],
    [
      { invoice: { items: [{ ...ITEM, quantity: 'two' }] } },
      'items[0].quantity must match pattern "^-?\\d+(\\.\\d+)?$"',
    ],
    [{ invoice: { items: [{ ...ITEM, name: ' ' }] } }, "items[0].name can't be blank"],
    [{ invoice: { items: [{ name: 'x' }] } }, "items[0].unit_price can't be blank"],
    [{ invoice: { items: [{ ...ITEM, vat_rate: 123 }] } }, 'items[0].vat_rate must be from 0 to 100'],
  ])('like %j get 422', async (body, message) => {
    const answer = await send(demo, 'POST', '/invoices', { body });
    expect([answer.status, answer.body.error]).toEqual([422, 'unprocessable_entity']);
    expect(errorsOf(answer)).toContain(message);
  });

  it('may hold decimals as numbers or as strings, and the answer has strings without loss', async () => {
    const body =
      '{"invoice":{"exchange_rate":25.12345678901234567,"items":[{"name":"x","unit_price":1.5,"quantity":"0.125"}]}}';
    const answer = await send(demo, 'POST', '/invoices', { body });
    expect(answer.body).toMatchObject({
      exchange_rate: '25.12345678901234567',
      items: [{ unit_price: '1.50', quantity: '0.125', vat_rate: null }],
      total: '0.19',
    });
    expect(answer.body.discount_percentage).toBeNull();
  });

  it('get 422 where the operation takes none, unless they are an empty object', async () => {
    const refused = await send(demo, 'POST', '/invoices/9007199254740997/issue', { body: { invoice: {} } });
    expect([refused.status, errorsOf(refused)]).toEqual([422, ['this operation takes no body']]);
    expect((await send(demo, 'POST', '/invoices/9007199254740997/issue', { body: {} })).status).toBe(409);
  });
});
