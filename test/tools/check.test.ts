import { describe, expect, it } from 'vitest';
import { useScenes } from './opened.ts';

const { scene, demo } = useScenes();

const TOOL = 'lucanto_check_document';
const LINE = { name: 'Work', quantity: '3', unit_price: '33.33', vat_rate: '23.0' };
const GOOD = { purchaser_id: 501, currency: 'EUR', issue_date: '2026-01-10', due_date: '2026-01-24', items: [LINE] };

interface Found {
  readonly severity: string;
  readonly field: string;
  readonly message: string;
}

describe('checking the arguments for a create tool', () => {
  it('finds nothing in a good one, and says what it will come to', async () => {
    const service = await demo();
    const { ask } = await scene(service.url, service.tokens.read);
    const { json } = await ask(TOOL, { workspace_id: 42, type: 'invoice', document: GOOD });
    expect(json).toMatchObject({
      ok: true,
      findings: [],
      computed: { net: '99.99', vat: '23.00', total: '122.99', currency: 'EUR' },
    });
  });

  it('takes them in the key that requests wrap them in, too', async () => {
    const service = await demo();
    const { ask } = await scene(service.url, service.tokens.read);
    const { json } = await ask(TOOL, { workspace_id: 42, type: 'invoice', document: { invoice: GOOD } });
    expect(json).toMatchObject({ ok: true, computed: { total: '122.99' } });
  });

  const line = (over: object) => ({ items: [{ ...LINE, ...over }] });
  const cases: readonly (readonly [string, object, readonly string[]])[] = [
    ['a due date before the issue date', { due_date: '2026-01-09' }, ['error due_date']],
    ['a date that there is not', { due_date: '2026-02-30' }, ['error due_date']],
    ['a currency that there is not', { currency: 'EUX' }, ['error currency']],
    ['a currency in small letters', { currency: 'eur' }, ['warning currency']],
    ['a currency that was replaced', { currency: 'SKK' }, ['warning currency']],
    ['a negative quantity', line({ quantity: '-1' }), ['warning items[0].quantity']],
    ['a quantity that is missing', line({ quantity: undefined }), ['warning items[0].quantity']],
    ['a price that is no number', line({ unit_price: 'free' }), ['error items[0].unit_price']],
    ['a negative VAT rate', line({ vat_rate: '-23' }), ['error items[0].vat_rate']],
    ['a VAT rate that is a fraction', line({ vat_rate: 0.23 }), ['warning items[0].vat_rate']],
    ['a VAT rate that no country has', line({ vat_rate: '32' }), ['warning items[0].vat_rate']],
    ['a VAT rate that is missing', line({ vat_rate: null }), ['warning items[0].vat_rate']],
    ['VAT where the customer pays it', { reverse_charge: true }, ['warning items[0].vat_rate']],
    ['a discount over 100 percent', { discount_percentage: '110' }, ['error discount_percentage']],
    ['no lines', { items: [] }, ['warning items']],
    ['a total that is a cent off', { total: '123.00' }, ['warning total']],
    ['a total that is wrong', { total_vat: '22.99', total: '122.00' }, ['warning total_vat', 'error total']],
    ['a total of more than two decimals', { total: '122.990001' }, ['warning total', 'warning total']],
    [
      'yen with decimals, although they add up',
      { currency: 'JPY', items: [{ ...LINE, unit_price: '333' }], total: '1228.77' },
      ['warning total'],
    ],
    ['a mistyped IBAN', { iban: 'SK31 1200 0000 1987 4263 7542' }, ['error iban']],
    ['a good IBAN', { iban: 'SK31 1200 0000 1987 4263 7541' }, []],
    ['a mistyped VAT number', { purchaser: { vat_id: 'SK2120046818' } }, ['error purchaser.vat_id']],
    ['a VAT number of no such form', { purchaser: { vat_id: 'DE12' } }, ['error purchaser.vat_id']],
    ['good VAT numbers', { purchaser: { vat_id: 'SK2120046819' }, supplier: { vat_number: 'DE136695976' } }, []],
    ['a VAT number of elsewhere', { purchaser: { vat_id: 'XX1234' } }, ['warning purchaser.vat_id']],
  ];

  it('finds what is wrong, and nothing else', async () => {
    const service = await demo();
    const { ask } = await scene(service.url, service.tokens.read);
    const found: unknown[] = [];
    for (const [what, over] of cases) {
      const { json } = await ask(TOOL, { workspace_id: 42, type: 'invoice', document: { ...GOOD, ...over } });
      found.push([what, json.findings?.map(({ severity, field }: Found) => `${severity} ${field}`)]);
    }
    expect(found).toEqual(cases.map(([what, , expected]) => [what, expected]));
  });

  it.each([
    ['VAT per line', { items: [LINE, LINE, LINE], total_without_vat: '299.97', total_vat: '69.00', total: '368.97' }],
    [
      'VAT per rate',
      {
        items: [
          { ...LINE, unit_price: '0.33', quantity: 1 },
          { ...LINE, unit_price: '0.33', quantity: 1 },
        ],
        total: '0.81',
      },
    ],
    [
      'a discount on the whole',
      { discount_percentage: '10.00', total_without_vat: '89.99', total_vat: '20.70', total: '110.69' },
    ],
    [
      'yen, which have no decimals',
      { currency: 'JPY', items: [{ ...LINE, unit_price: '333' }], total_vat: '230', total: '1229' },
    ],
    [
      'dinars, which have three',
      { currency: 'KWD', items: [{ ...LINE, unit_price: '10.125' }], total_vat: '6.986', total: '37.361' },
    ],
    ['reverse charge', { items: [{ ...LINE, vat_rate: '0' }], reverse_charge: true, total: '99.99' }],
  ])('knows the sums of %s', async (_how, over) => {
    const service = await demo();
    const { ask } = await scene(service.url, service.tokens.read);
    const { json } = await ask(TOOL, { workspace_id: 42, type: 'invoice', document: { ...GOOD, ...over } });
    expect(json.findings).toEqual([]);
  });

  it('needs either an id or a document', async () => {
    const service = await demo();
    const { ask } = await scene(service.url, service.tokens.read);
    const { json } = await ask(TOOL, { workspace_id: 42, type: 'invoice' });
    expect(json).toMatchObject({
      error: 'invalid_arguments',
      message: expect.stringContaining('Either id or document'),
    });
  });
});

describe('checking a draft', () => {
  it('finds the sums of every document of the embedded Lucanto right, and changes none', async () => {
    const service = await demo();
    const { ask } = await scene(service.url, service.tokens.read);
    for (const type of ['invoice', 'quote', 'proforma', 'credit_note']) {
      const { json: list } = await ask(`lucanto_list_${type}s`, { workspace_id: 42, limit: 3 });
      for (const { id } of list.data) {
        const { json } = await ask(TOOL, { workspace_id: 42, type, id });
        const sums = json.findings.filter(({ field }: Found) => /total|items/.test(field));
        expect([type, id, sums]).toEqual([type, id, []]);
        expect(json.computed.total).toMatch(/^-?\d+\.\d\d$/);
      }
    }
    expect(service.requests.every(({ method, path }) => method === 'GET' || path.includes('mcp'))).toBe(true);
  });

  it('looks at the contact and the bank account that it names', async () => {
    const service = await demo();
    const { ask } = await scene(service.url, service.tokens.manage);
    const legal_identity = { vat_id: 'SK2120046818' };
    const { json: contact } = await ask('lucanto_create_contact', {
      workspace_id: 42,
      name: 'Mistyped',
      legal_identity,
    });
    const document = { ...GOOD, purchaser_id: contact.id };
    const { json } = await ask(TOOL, { workspace_id: 42, type: 'invoice', document });
    expect(json.findings).toMatchObject([{ severity: 'error', field: 'purchaser_id: legal_identity.vat_id' }]);
    const { json: gone } = await ask(TOOL, {
      workspace_id: 42,
      type: 'invoice',
      document: { ...GOOD, purchaser_id: 1 },
    });
    expect(gone.not_checked).toEqual(['purchaser_id: 1 could not be read']);
  });
});
