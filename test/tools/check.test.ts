/** What the check of a document finds in arguments and drafts of the embedded Lucanto, and what it leaves alone. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DemoService, startDemo } from '../../src/demo/demo-server.ts';
import { type OpenedBridge, openedBridge } from '../helpers/open-bridge.ts';

const TOOL = 'lucanto_check_document';
const NOW = Date.parse('2026-02-10T10:00:00Z');
const LINE = { name: 'Work', quantity: '3', unit_price: '33.33', vat_rate: '23.0' };
const GOOD = { purchaser_id: 501, currency: 'EUR', issue_date: '2026-01-10', due_date: '2026-01-24', items: [LINE] };

interface Found {
  readonly field: string;
  readonly message: string;
  readonly expected?: string;
}

let service: DemoService;
let opened: OpenedBridge;

beforeAll(async () => {
  service = await startDemo({ port: 0, generation: 'workspaces', clock: () => NOW });
  opened = await openedBridge(service.url, service.tokens.manage, {}, { now: NOW });
});

afterAll(async () => {
  await opened.close();
  await service.close();
});

async function check(document: object, type = 'invoice') {
  const { json } = await opened.ask(TOOL, { workspace_id: 42, type, document });
  return json;
}

/** `error due_date = 2026-01-24`, in the order of the answer. */
function told(json: { readonly errors: readonly Found[]; readonly warnings: readonly Found[] }): readonly string[] {
  const lines = (severity: string, found: readonly Found[]) =>
    found.map(({ field, expected }) => `${severity} ${field}${expected === undefined ? '' : ` = ${expected}`}`);
  return [...lines('error', json.errors), ...lines('warning', json.warnings)];
}

const line = (over: object) => ({ items: [{ ...LINE, ...over }] });

describe('checking the arguments for a create tool', () => {
  it('finds nothing in a good one, says what it looked at and what the document will come to', async () => {
    const json = await check(GOOD);
    expect(json).toMatchObject({
      ok: true,
      errors: [],
      warnings: [],
      not_checked: [],
      computed: { net: '99.99', vat: '23.00', total: '122.99', currency: 'EUR' },
    });
    expect(json.checked).toEqual([
      'dates',
      'customer 501',
      expect.stringMatching(/^VAT rates of SK on 2026-01-10/),
      '1 line',
      'arguments of lucanto_create_invoice',
    ]);
  });

  it('takes them in the key that requests wrap them in, too', async () => {
    expect(await check({ invoice: GOOD })).toMatchObject({ ok: true, computed: { total: '122.99' } });
  });

  const cases: readonly (readonly [string, object, readonly string[]])[] = [
    ['a due date before the issue date', { due_date: '2026-01-09' }, ['error due_date']],
    ['a date that does not exist', { due_date: '2026-02-30' }, ['error due_date']],
    ['a date as people write it', { issue_date: '10.1.2026' }, ['error issue_date = 2026-01-10']],
    ['a date that can mean two days', { issue_date: '10/1/2026' }, ['error issue_date']],
    ['an absurd year', { issue_date: '0206-01-10' }, ['error issue_date']],
    ['a date far ahead', { issue_date: '2026-08-10', due_date: '2026-08-24' }, ['warning issue_date']],
    [
      'a currency of that time',
      {
        currency: 'SKK',
        exchange_rate: '30.126',
        issue_date: '2008-12-20',
        due_date: '2009-01-03',
        ...line({ vat_rate: '0' }),
      },
      [],
    ],
    ['a delivery of the month before', { delivery_date: '2025-12-31' }, []],
    ['a delivery two months before', { delivery_date: '2025-11-30' }, ['warning delivery_date']],
    ['a delivery in a later month', { delivery_date: '2026-02-01' }, ['warning delivery_date']],
    ['a due date that the terms do not give', { due_date: '2026-02-10' }, ['warning due_date = 2026-01-24']],
    ['a currency that does not exist', { currency: 'EUX' }, ['error currency']],
    ['a currency in small letters', { currency: 'eur' }, ['warning currency = EUR']],
    ['a currency that was replaced', { currency: 'SKK', exchange_rate: '30.126' }, ['warning currency = EUR']],
    ['a foreign currency without its rate', { currency: 'CZK' }, ['error exchange_rate']],
    ['a foreign currency with the rate 1', { currency: 'CZK', exchange_rate: '1.0000' }, ['error exchange_rate']],
    ['a foreign currency with its rate', { currency: 'CZK', exchange_rate: '25.145' }, []],
    [
      'a bank account of another currency',
      { currency: 'CZK', exchange_rate: '25.145', bank_account_id: 7 },
      ['warning bank_account_id = a bank account in CZK'],
    ],
    ['a bank account that does not exist', { bank_account_id: 9999 }, ['error bank_account_id']],
    ['a customer that does not exist', { purchaser_id: 9999 }, ['error purchaser_id']],
    ['no customer', { purchaser_id: undefined }, ['error purchaser_id']],
    ['no lines', { items: [] }, ['error items']],
    ['lines that are missing', { items: undefined }, ['error items']],
    ['a line without a name', line({ name: ' ' }), ['error items[0].name']],
    ['a negative line beside others', { items: [LINE, { ...LINE, name: 'Advance', quantity: '-1' }] }, []],
    ['a quantity of 0', line({ quantity: '0' }), ['warning items[0].quantity']],
    ['a quantity that is missing', line({ quantity: undefined }), ['warning items[0].quantity']],
    ['a price that is not a number', line({ unit_price: 'free' }), ['error items[0].unit_price']],
    ['a decimal comma', line({ quantity: '2,5' }), ['error items[0].quantity = 2.5']],
    ['a price in words of money', line({ unit_price: '1 234,50 €' }), ['error items[0].unit_price = 1234.50']],
    ['a comma that can mean two numbers', line({ unit_price: '1,234' }), ['error items[0].unit_price']],
    ['a decimal comma outside the lines', { discount_percentage: '2,5' }, ['error discount_percentage = 2.5']],
    ['a comma in a text', { text_opening: '2,5' }, []],
    ['a negative VAT rate', line({ vat_rate: '-23' }), ['error items[0].vat_rate']],
    ['a VAT rate that is a fraction', line({ vat_rate: 0.23 }), ['warning items[0].vat_rate = 23']],
    ['a VAT rate that ended', line({ vat_rate: '20' }), ['error items[0].vat_rate = 23, 19, 5 or 0']],
    ['a VAT rate that nobody has', line({ vat_rate: '22.5' }), ['warning items[0].vat_rate = 23, 19, 5 or 0']],
    [
      'a VAT rate of before its time',
      { ...line({}), issue_date: '2024-12-20', due_date: '2025-01-03' },
      ['error items[0].vat_rate = 20, 10, 5 or 0'],
    ],
    [
      'the VAT rate of that time',
      { ...line({ vat_rate: '20' }), issue_date: '2024-12-20', due_date: '2025-01-03' },
      [],
    ],
    [
      'the VAT rate of a consumer in Germany',
      { ...line({ vat_rate: '19' }), purchaser_id: 513, due_date: '2026-02-09' },
      [],
    ],
    ['a VAT rate that is missing', line({ vat_rate: null }), ['warning items[0].vat_rate']],
    ['a discount over 100 percent', { discount_percentage: '110' }, ['error discount_percentage']],
    ['a discount greater than the amount', { discount_amount: '100.00' }, ['error discount_amount = 99.99']],
    ['the same line twice', { items: [LINE, { ...LINE, name: 'Other' }, LINE] }, ['warning items[2]']],
    [
      'a misspelt field',
      { purchaserId: 501, isue_date: '2026-01-10' },
      ['error purchaserId = purchaser_id', 'error isue_date'],
    ],
    ['a field of elsewhere', { colour: 'red' }, ['error colour']],
    ['a total that is a cent off', { total: '123.00' }, ['warning total = 122.99']],
    [
      'a total that is wrong',
      { total_vat: '22.99', total: '122.00' },
      ['error total = 122.99', 'warning total_vat = 23.00'],
    ],
    [
      'yen with decimals, although they add up',
      { currency: 'JPY', exchange_rate: '160', items: [{ ...LINE, unit_price: '333' }], total: '1228.77' },
      ['warning total'],
    ],
    ['a mistyped IBAN', { iban: 'SK31 1200 0000 1987 4263 7542' }, ['error iban']],
    [
      'a mistyped VAT number',
      { purchaser: { vat_id: 'SK2120046818' } },
      ['error purchaser.vat_id', 'error purchaser = purchaser_id'],
    ],
  ];

  it('finds what is wrong, the right value where it can be computed, and nothing else', async () => {
    const found: unknown[] = [];
    for (const [what, over] of cases) {
      const json = await check({ ...GOOD, ...over });
      found.push([what, told(json)]);
    }
    expect(found).toEqual(cases.map(([what, , expected]) => [what, expected]));
  });

  it.each([
    [
      'VAT per line',
      {
        items: [LINE, { ...LINE, name: 'B' }, { ...LINE, name: 'C' }],
        total_without_vat: '299.97',
        total_vat: '69.00',
        total: '368.97',
      },
    ],
    [
      'VAT per rate',
      { items: ['A', 'B'].map((name) => ({ ...LINE, name, unit_price: '0.33', quantity: 1 })), total: '0.81' },
    ],
    [
      'a discount on the whole',
      { discount_percentage: '10.00', total_without_vat: '89.99', total_vat: '20.70', total: '110.69' },
    ],
    [
      'a discount that is told as percentage and as amount',
      {
        discount_percentage: '10.00',
        discount_amount: '10.00',
        total_without_vat: '89.99',
        total_vat: '20.70',
        total: '110.69',
      },
    ],
    [
      'yen, which have no decimals',
      {
        currency: 'JPY',
        exchange_rate: '160',
        items: [{ ...LINE, unit_price: '333' }],
        total_vat: '230',
        total: '1229',
      },
    ],
    [
      'dinars, which have three',
      {
        currency: 'KWD',
        exchange_rate: '0.33',
        items: [{ ...LINE, unit_price: '10.125' }],
        total_vat: '6.986',
        total: '37.361',
      },
    ],
    // 1 × 100.00 with 23 % = 123.00 less 60.00 + 13.80 that were paid in advance.
    [
      'an advance payment that is taken off',
      {
        items: [
          { name: 'Work', quantity: '1', unit_price: '100.00', vat_rate: '23' },
          { name: 'Advance FAK1', quantity: '-1', unit_price: '60.00', vat_rate: '23' },
        ],
        total_without_vat: '40.00',
        total_vat: '9.20',
        total: '49.20',
      },
    ],
    // 100.33 × 1.21 = 121.40 (crowns), and 0.60 more make 122.
    [
      'a line that rounds to whole crowns',
      {
        currency: 'CZK',
        exchange_rate: '25.1',
        items: [
          { name: 'Work', quantity: '1', unit_price: '100.33', vat_rate: '23' },
          { name: 'Zaokrouhlení', quantity: '1', unit_price: '-0.41' },
        ],
        total: '123.00',
      },
    ],
  ])('knows the sums of %s', async (_how, over) => {
    const json = await check({ ...GOOD, ...over });
    expect([told(json), json.ok]).toEqual([[], true]);
  });

  it('takes a discount off once that is told as percentage and as amount, and twice where these are two', async () => {
    // 99.99 less 10 % (10.00) is 89.99, and 5.00 less is 84.99; VAT of 23 %, half up.
    const computed = async (amount: string) =>
      (await check({ ...GOOD, discount_percentage: '10.00', discount_amount: amount })).computed;
    expect(await computed('10.00')).toMatchObject({ net: '89.99', vat: '20.70', total: '110.69' });
    expect(await computed('5.00')).toMatchObject({ net: '84.99', vat: '19.55', total: '104.54' });
  });

  it('names the fields that the service computes itself, and takes them for no fault', async () => {
    const json = await check({ ...GOOD, id: 9, status: 'draft', total: '122.99' });
    expect(json).toMatchObject({ ok: true, errors: [], computed_by_service: ['id', 'status', 'total'] });
  });

  it('calls an empty document nothing but wrong', async () => {
    const json = await check({});
    expect(json.ok).toBe(false);
    expect(told(json)).toEqual(['error purchaser_id', 'error items']);
  });

  it('asks for the company where there are several', async () => {
    const { json } = await opened.ask(TOOL, { type: 'invoice', document: GOOD });
    expect(json).toMatchObject({ error: 'invalid_arguments', message: expect.stringContaining('2 companies') });
  });

  it('needs either an id or a document', async () => {
    const { json } = await opened.ask(TOOL, { workspace_id: 42, type: 'invoice' });
    expect(json).toMatchObject({
      error: 'invalid_arguments',
      message: expect.stringContaining('Either id or document'),
    });
  });

  it('takes VAT numbers as they are given in each country', async () => {
    // A Czech woman's is her birth number: 50 is added to the month, and a rest of 10 by eleven is written as 0.
    const stem = Array.from({ length: 11 }, (_, at) => 755_612_001 + at).find((number) => number % 11 === 10);
    const woman = `CZ${stem}0`;
    const numbers = [woman, 'SK2120046819', 'DE136695976', 'EL094259216', 'US123456789', 'CHE-116.281.710 MWST'];
    numbers.push('NO 923 609 016 MVA', 'no923609016');
    const document = { ...GOOD, note: {}, parties: numbers.map((vat_id) => ({ vat_id })) };
    const json = await check(document);
    expect(told(json).filter((one) => one.includes('vat_id'))).toEqual([]);
    const wrong = await check({
      ...GOOD,
      parties: [{ vat_id: `CZ${stem}1` }, { vat_id: '2120046819' }, { vat_id: 'NO923609017MVA' }],
    });
    expect(told(wrong).filter((one) => one.includes('vat_id'))).toEqual([
      'error parties[0].vat_id',
      'error parties[2].vat_id',
      'warning parties[1].vat_id',
    ]);
  });
});

describe('checking what stands in the books', () => {
  it('finds the sums of every document of the embedded Lucanto right, and changes none', async () => {
    const before = service.requests.length;
    for (const type of ['invoice', 'quote', 'proforma', 'credit_note']) {
      const { json: list } = await opened.ask(`lucanto_list_${type}s`, { workspace_id: 42, limit: 5 });
      for (const { id } of list.data) {
        const { json } = await opened.ask(TOOL, { workspace_id: 42, type, id });
        const expectedWarnings = /^(bank_account_id|items\[\d+\]|due_date)$/;
        const unexpected = [...json.errors, ...json.warnings].filter(
          ({ field }: Found) => !expectedWarnings.test(field),
        );
        expect([type, id, unexpected, json.ok]).toEqual([type, id, [], true]);
        expect(json.computed.total).toMatch(/^-?\d+\.\d\d$/);
      }
    }
    const calls = service.requests.slice(before);
    expect(calls.every(({ method, path }) => method === 'GET' || path.includes('mcp'))).toBe(true);
  });

  it('warns of a draft whose due date has passed, and not of what was issued or received', async () => {
    const passed = ['warning due_date'];
    const { json: draft } = await opened.ask('lucanto_create_invoice', { workspace_id: 42, ...GOOD });
    const { json: own } = await opened.ask(TOOL, { workspace_id: 42, type: 'invoice', id: draft.id });
    expect([told(own), own.warnings[0].message]).toEqual([passed, '2026-01-24 has passed, and it is still a draft.']);
    await opened.ask('lucanto_issue_invoice', { workspace_id: 42, id: draft.id });
    const { json: issued } = await opened.ask(TOOL, { workspace_id: 42, type: 'invoice', id: draft.id });
    expect(told(issued)).toEqual([]);
    const of = async (over: object, type = 'invoice') => {
      const { warnings } = await check({ ...GOOD, ...over }, type);
      return warnings
        .filter(({ message }: Found) => message.includes('still a draft'))
        .map(({ field }: Found) => field);
    };
    expect(await of({ phase: 'Unissued' })).toEqual(['due_date']);
    expect(await of({ is_draft: true })).toEqual(['due_date']);
    expect(await of({ status: 'draft', due_date: '2026-02-10' })).toEqual([]);
    for (const state of [{}, { status: 'sent' }, { status: 'paid' }, { is_draft: false }])
      expect(await of(state)).toEqual([]);
    expect(await of({ status: 'draft' }, 'expense')).toEqual([]);
    expect(await of({ status: 'draft' }, 'credit_note')).toEqual([]);
    expect(await of({ status: 'draft', due_date: undefined, valid_until: '2026-02-09' }, 'quote')).toEqual([
      'valid_until',
    ]);
  });

  it('finds a mistyped VAT number of the customer, and reverse charge without one', async () => {
    const legal_identity = { vat_id: 'SK2120046818' };
    const create = async (over: object) =>
      (await opened.ask('lucanto_create_contact', { workspace_id: 42, due_days: 14, ...over })).json.id;
    const mistyped = await create({ name: 'Mistyped', legal_identity });
    expect(told(await check({ ...GOOD, purchaser_id: mistyped }))).toEqual([
      'error purchaser_id: legal_identity.vat_id',
    ]);
    const without = await create({ name: 'Without' });
    const reverse = { ...GOOD, purchaser_id: without, reverse_charge: true };
    expect(told(await check({ ...reverse, ...line({ vat_rate: '0' }) }, 'credit_note'))).toEqual([
      'error purchaser_id',
      'error due_date',
    ]);
    const { due_date: _due, ...credit } = { ...GOOD, reverse_charge: true };
    expect(told(await check(credit, 'credit_note'))).toEqual(['error items[0].vat_rate = 0']);
    const free = await check({ ...credit, ...line({ vat_rate: '0' }) }, 'credit_note');
    expect([told(free), free.ok]).toEqual([[], true]);
  });

  it('leaves the delivery of another month alone where no VAT is due by it', async () => {
    const { due_date: _due, ...late } = { ...GOOD, delivery_date: '2025-11-30' };
    expect(told(await check(late))).toEqual(['warning delivery_date']);
    // A credit note is of an earlier delivery, and a proforma of a later one.
    expect(told(await check(late, 'credit_note'))).toEqual([]);
    expect(told(await check({ ...late, delivery_date: '2026-03-01' }, 'proforma'))).toEqual([]);
  });

  it("finds a supplier's bill that was booked before, by its number or by amount and date", async () => {
    const bill = {
      supplier_name: 'Tatry Reality, s.r.o.',
      document_number: 'FV 2026/0042',
      issue_date: '2026-01-05',
      currency: 'EUR',
      total_without_vat: '100.00',
      total_vat: '23.00',
      total: '123.00',
    };
    const first = await check(bill, 'expense');
    expect([told(first), first.ok]).toEqual([[], true]);
    const { json: booked } = await opened.ask('lucanto_create_expense', { workspace_id: 42, ...bill });
    const again = (over: object) => check({ ...bill, ...over }, 'expense');
    expect(
      told(await again({ document_number: 'FV2026-0042', total_without_vat: '0', total_vat: '0', total: '0' })),
    ).toEqual(['error document_number']);
    // This supplier may begin with 1 again each year.
    expect(told(await again({ issue_date: '2025-01-05' }))).toEqual(['warning document_number']);
    expect(told(await again({ document_number: 'FV 7' }))).toEqual(['warning total']);
    expect(told(await again({ document_number: 'FV 7', issue_date: '2026-01-06' }))).toEqual([]);
    expect(told(await again({ supplier_name: 'Somebody else' }))).toEqual([]);
    const { json: own } = await opened.ask(TOOL, { workspace_id: 42, type: 'expense', id: booked.id });
    expect([told(own), own.ok]).toEqual([[], true]);
    expect(told(await again({ document_number: 'FV 8', issue_date: '2026-01-07', total: '124.00' }))).toEqual([
      'error total = 123.00',
    ]);
  });
});
