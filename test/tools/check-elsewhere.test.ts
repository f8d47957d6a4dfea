/** The check of documents that other services write: other names, money in objects or cents, prices with VAT, rounding. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startOtherLucanto } from '../fixtures/other-lucanto/server.ts';
import { type OpenedBridge, openedBridge } from '../helpers/open-bridge.ts';
import { json, listOf, type OddService, oddService, parameters } from './odd-service.ts';

const NOW = Date.parse('2026-02-10T10:00:00Z');
const TOOL = 'lucanto_check_document';

interface Found {
  readonly field: string;
  readonly expected?: string;
}

function told(answer: { readonly errors: readonly Found[]; readonly warnings: readonly Found[] }): readonly string[] {
  const lines = (severity: string, found: readonly Found[]) =>
    found.map(({ field, expected }) => `${severity} ${field}${expected === undefined ? '' : ` = ${expected}`}`);
  return [...lines('error', answer.errors), ...lines('warning', answer.warnings)];
}

/** Hundredths, half up: the test's own arithmetic. */
function half(numerator: number, denominator: number): number {
  return Math.floor((2 * numerator + denominator) / (2 * denominator));
}

const text = { type: 'string' };
const money = { type: 'object', properties: { amount: text, currency: text } };
const position = {
  type: 'object',
  properties: {
    title: text,
    qty: { type: 'number' },
    netPrice: money,
    grossPrice: money,
    vatRate: { type: 'number' },
    discountAmount: money,
  },
};
const OUTGOING = {
  id: { type: 'integer' },
  docNumber: text,
  clientId: { type: 'integer' },
  bankAccountId: { type: 'integer' },
  issuedOn: text,
  taxPoint: text,
  deliveryDate: text,
  payBy: text,
  currencyCode: text,
  exchangeRate: { type: 'number' },
  reverseCharge: { type: 'boolean' },
  pricesIncludeVat: { type: 'boolean' },
  positions: { type: 'array', items: position },
  net: money,
  vat: money,
  total: money,
  roundingAmount: money,
};
const SLIP = {
  id: { type: 'integer' },
  issued_on: text,
  customer: text,
  currency: text,
  lines: {
    type: 'array',
    items: {
      type: 'object',
      properties: {
        text,
        quantity: { type: 'number' },
        unit_price_cents: { type: 'integer' },
        vat_rate: { type: 'number' },
      },
    },
  },
  subtotal_cents: { type: 'integer' },
  tax_cents: { type: 'integer' },
  total_cents: { type: 'integer' },
  rounding_cents: { type: 'integer' },
};

const body = (properties: object) => ({
  content: { 'application/json': { schema: { type: 'object', properties } } },
});
const one = (name: string, fields: object) => ({
  [`/workspaces/{workspace_id}/${name}/{id}`]: {
    parameters: parameters('workspace_id', 'id'),
    get: { responses: { 200: json({ type: 'object', properties: fields }) } },
  },
});
const many = (name: string, fields: object) => ({
  [`/workspaces/{workspace_id}/${name}`]: {
    parameters: parameters('workspace_id'),
    get: { responses: { 200: listOf(fields) } },
    post: { requestBody: body(fields), responses: { 201: json({ type: 'object', properties: fields }) } },
  },
  ...one(name, fields),
});
const PATHS = {
  '/user/workspaces/{id}': {
    parameters: parameters('id'),
    get: {
      responses: {
        200: json({ type: 'object', properties: { id: { type: 'integer' }, taxNumbers: { type: 'object' } } }),
      },
    },
  },
  ...many('outgoing_invoices', OUTGOING),
  ...many('invoices', SLIP),
  ...one('clients', { id: { type: 'integer' }, vatNumber: text, daysToPay: { type: 'integer' } }),
  ...one('bank_accounts', { id: { type: 'integer' }, currencyCode: text }),
};

const kc = (hundredths: number) => ({ amount: (hundredths / 100).toFixed(2), currency: 'CZK' });

/** 3 × 33.33 with 21 % in crowns. */
const NET = 3 * 3333;
const VAT = half(NET * 21, 100);
const GOOD = {
  id: 1,
  clientId: 5,
  bankAccountId: 8,
  issuedOn: '2026-01-31',
  taxPoint: '2026-01-31',
  payBy: '2026-02-14',
  currencyCode: 'CZK',
  positions: [{ title: 'Work', qty: 3, netPrice: kc(3333), vatRate: 21 }],
  net: kc(NET),
  vat: kc(VAT),
  total: kc(NET + VAT),
};

const RECORDS: Record<string, object> = {
  clients5: { id: 5, vatNumber: 'CZ46505334', daysToPay: 14 },
  clients6: { id: 6, vatNumber: null, daysToPay: 14 },
  bank_accounts8: { id: 8, currencyCode: 'CZK' },
  bank_accounts9: { id: 9, currencyCode: 'EUR' },
};

let service: OddService;
let opened: OpenedBridge;

beforeAll(async () => {
  service = await oddService(PATHS, ({ path }) => {
    if (path === '/api/v1/user/workspaces/1') return { json: { id: 1, taxNumbers: { vatNumber: 'CZ27468313' } } };
    const [, collection = '', id = ''] = /\/([a-z_]+)\/(\d+)$/.exec(path) ?? [];
    const record = RECORDS[`${collection}${id}`];
    return record === undefined ? null : { json: record };
  });
  opened = await openedBridge(service.url, 'lct_pat_x23456789', { LUCANTO_SCOPES: 'manage:*,read:*' }, { now: NOW });
});

afterAll(async () => {
  await opened.close();
  await service.close();
});

async function checkRead(type: string, record: object) {
  RECORDS[`${type}s1`] = { id: 1, ...record };
  const { json: answer } = await opened.ask(TOOL, { type, id: 1 });
  return answer;
}

describe('checking documents with other names and money in objects', () => {
  const lineOf = (over: object) => ({ positions: [{ ...GOOD.positions[0], ...over }] });
  const gross = half(NET * 100, 121);
  const discounted = NET - 1000;
  const discountedVat = half(discounted * 21, 100);
  const cases: readonly (readonly [string, object, readonly string[]])[] = [
    ['a good one', {}, []],
    ['prices that include VAT', { pricesIncludeVat: true, net: kc(gross), vat: kc(NET - gross), total: kc(NET) }, []],
    ['prices that include VAT, as the totals alone say', { net: kc(gross), vat: kc(NET - gross), total: kc(NET) }, []],
    [
      'VAT that was forgotten',
      { net: undefined, vat: undefined, total: kc(NET) },
      [`error total.amount = ${kc(NET + VAT).amount}`],
    ],
    [
      'a discount of a line as an amount',
      {
        ...lineOf({ discountAmount: kc(1000) }),
        net: kc(discounted),
        vat: kc(discountedVat),
        total: kc(discounted + discountedVat),
      },
      [],
    ],
    [
      'a discount of a line that is too great',
      { ...lineOf({ discountAmount: kc(NET + 1) }), net: undefined, vat: undefined, total: undefined },
      ['error positions[0].discountAmount.amount = 99.99'],
    ],
    // 120.99 rounded to 121.00 by 0.01.
    ['a field that rounds to whole crowns', { total: kc(12100), roundingAmount: kc(12100 - NET - VAT) }, []],
    [
      'a rounding that does not fit',
      { total: kc(12100), roundingAmount: kc(-20) },
      [`error roundingAmount.amount = ${kc(12100 - NET - VAT).amount}`],
    ],
    [
      'a total that is rounded without a word',
      { total: kc(12100) },
      [`warning total.amount = ${kc(NET + VAT).amount}`],
    ],
    [
      'a wrong VAT amount',
      { vat: kc(VAT + 500), total: kc(NET + VAT + 500) },
      [`error vat.amount = ${kc(VAT).amount}`, `error total.amount = ${kc(NET + VAT).amount}`],
    ],
    [
      'a VAT rate that ended with 2023',
      { ...lineOf({ vatRate: 15 }), net: undefined, vat: undefined, total: undefined },
      ['error positions[0].vatRate = 21, 12 or 0'],
    ],
    [
      'a decimal comma in an object',
      lineOf({ netPrice: { amount: '33,33', currency: 'CZK' } }),
      ['error positions[0].netPrice.amount = 33.33'],
    ],
    ['a due date that the terms do not give', { payBy: '2026-02-28' }, ['warning payBy = 2026-02-14']],
    ['a client that does not exist', { clientId: 77 }, ['error clientId']],
    ['no client', { clientId: null }, ['error clientId']],
    ['a bank account of another currency', { bankAccountId: 9 }, ['warning bankAccountId = a bank account in CZK']],
    [
      'euros without their rate',
      { currencyCode: 'EUR', bankAccountId: 9, ...lineOf({ netPrice: { ...kc(3333), currency: 'eur' } }) },
      ['error exchangeRate'],
    ],
    [
      'a price in another currency than the document',
      lineOf({ netPrice: { ...kc(3333), currency: 'EUR' } }),
      ['error positions[0].netPrice.amount'],
    ],
    [
      'reverse charge for a client without a VAT number',
      { clientId: 6, reverseCharge: true, ...lineOf({ vatRate: 0 }), vat: kc(0), total: kc(NET) },
      ['error clientId'],
    ],
    [
      'reverse charge with VAT',
      { reverseCharge: true },
      ['error vat.amount = 0.00', `error total.amount = ${kc(NET).amount}`],
    ],
    [
      'a date of issue that does not exist',
      { issuedOn: '2026-01-32', deliveryDate: '2026-01-31', payBy: '2026-02-13' },
      ['error issuedOn'],
    ],
    [
      'a currency that the euro replaced',
      { currencyCode: 'SKK', bankAccountId: null, ...lineOf({ netPrice: { ...kc(3333), currency: 'SKK' } }) },
      ['warning currencyCode = EUR'],
    ],
    [
      'a price that is no number',
      { ...lineOf({ netPrice: 'hundred' }), net: undefined, vat: undefined, total: undefined },
      ['error positions[0].netPrice'],
    ],
    [
      'a line with a price that includes VAT beside one without',
      { positions: [...GOOD.positions, { title: 'Bread', qty: 1, grossPrice: kc(1120), vatRate: 12 }] },
      [],
    ],
    ['the month before the last as tax point', { taxPoint: '2025-11-30' }, ['warning taxPoint']],
  ];

  it('finds what is wrong, the right value, and nothing else', async () => {
    const found: unknown[] = [];
    for (const [what, over] of cases) {
      const answer = await checkRead('outgoing_invoice', { ...GOOD, ...over });
      found.push([what, told(answer), answer.ok === told(answer).every((line) => !line.startsWith('error'))]);
    }
    expect(found).toEqual(cases.map(([what, , expected]) => [what, expected, true]));
  });

  it('says what it looked at', async () => {
    const { checked, not_checked } = await checkRead('outgoing_invoice', GOOD);
    expect(checked).toEqual([
      'dates',
      'customer 5',
      'bank account 8',
      expect.stringMatching(/^VAT rates of CZ on 2026-01-31/),
      'totals of 1 line',
    ]);
    expect(not_checked).toEqual([]);
  });

  it('reads cents, and writes the right value as cents', async () => {
    const lines = [{ text: 'Coffee', quantity: 2, unit_price_cents: 1999, vat_rate: 21 }];
    const net = 3998;
    const vat = half(net * 21, 100);
    const slip = {
      issued_on: '2026-01-31',
      customer: 'Jana',
      currency: 'CZK',
      lines,
      subtotal_cents: net,
      tax_cents: vat,
    };
    // 48.38 to five hundredths: 48.40.
    const fine = { ...slip, total_cents: 4840, rounding_cents: 4840 - net - vat };
    const right = await checkRead('invoice', fine);
    expect([told(right), right.ok, right.computed.total]).toEqual([[], true, '48.40']);
    const wrong = await checkRead('invoice', { ...slip, total_cents: 5000 });
    expect(told(wrong)).toEqual([`error total_cents = ${net + vat}`]);
  });

  it.each([
    ['vat', '21', []],
    ['vat', '21,0', ['error lines[0].vat = 21.0']],
    ['tax_pct', '21', []],
  ])('takes %s of a line for its rate, and what is beside it for the price: %s', async (name, rate, wanted) => {
    const lines = [{ text: 'Coffee', quantity: 2, rate: '19.99', [name]: rate }];
    const whole = { issued_on: '2026-01-31', customer: 'Jana', currency: 'CZK', lines };
    const answer = await checkRead('invoice', { ...whole, subtotal_cents: 3998, tax_cents: 840, total_cents: 4838 });
    expect(told(answer)).toEqual(wanted);
    expect(answer.computed).toMatchObject({ net: '39.98', vat: '8.40', total: '48.38' });
  });

  // 2 × 19.99 with 21 % and 3 × 5.00 with 12 %: 39.98 + 8.40 and 15.00 + 1.80.
  it.each([
    [
      { vat: 8.4, total: 48.38 },
      { vat: 1.8, total: 16.8 },
    ],
    [
      { vat: '8.40', rate: 21 },
      { vat: '1.80', rate: 12 },
    ],
    [
      { tax: 8.4, percentage: '21' },
      { tax: 1.8, percentage: '12' },
    ],
    [{ vat: { percentage: 21, amount: 8.4 } }, { vat: { percentage: 12, amount: 1.8 } }],
    [
      { vat_pct: 21, vat: 8.4 },
      { vat_pct: 12, vat: 1.8 },
    ],
  ])('takes the VAT of a line for no rate: %j', async (first, second) => {
    const lines = [
      { text: 'Coffee', quantity: 2, unit_price: '19.99', ...first },
      { text: 'Bread', quantity: 3, unit_price: '5.00', ...second },
    ];
    const whole = { issued_on: '2026-01-31', customer: 'Jana', currency: 'CZK', lines };
    const totals = { subtotal_cents: 5498, tax_cents: 1020 };
    const right = await checkRead('invoice', { ...whole, ...totals, total_cents: 6518 });
    expect([told(right), right.computed.total]).toEqual([[], '65.18']);
    const wrong = await checkRead('invoice', { ...whole, ...totals, total_cents: 6528 });
    expect(told(wrong)).toEqual(['error total_cents = 6518']);
  });
});

describe('checking the documents of another Lucanto', () => {
  it.each([
    ['one shape', {}],
    [
      'another',
      { generation: 'accounts', wrappers: { invoices: 'invoice' }, rowsField: 'items', ids: 'small' } as const,
    ],
  ])('goes by its own names in %s', async (_what, shape) => {
    const other = await startOtherLucanto({ shape, remote: { catalogue: 'wide' } });
    const bridge = await openedBridge(other.url, other.tokens.manage, {}, { now: NOW });
    try {
      const rows = other.options.shape.rowsField;
      const [purchaser_id] = other.ids('contacts');
      const document = {
        purchaser_id,
        currency: 'EUR',
        issue_date: '2026-01-10',
        [rows]: [{ name: 'Work', quantity: '2,5', unit_price: '10.00', vat_rate: '23' }],
      };
      const { json: answer } = await bridge.ask(TOOL, { type: 'invoice', document });
      expect(told(answer)).toEqual([`error ${rows}[0].quantity = 2.5`]);
      expect(answer).toMatchObject({ ok: false, computed: { net: '25.00', vat: '5.75', total: '30.75' } });
      expect(answer.checked).toContain('arguments of lucanto_create_invoice');
      const { json: misspelt } = await bridge.ask(TOOL, {
        type: 'invoice',
        document: { ...document, [rows]: [{ name: 'Work', quantity: 1, unit_price: 5, vat_rat: '23' }] },
      });
      expect(told(misspelt)).toContain(`error ${rows}[0].vat_rat = vat_rate`);
    } finally {
      await bridge.close();
      await other.close();
    }
  });
});

describe('checking whether a bill is in the books', () => {
  const BILL = { id: { type: 'integer' }, vendor_id: text, vendor_name: text, number: text, date: text, total: text };
  const others = [
    { id: 12, vendor_name: 'Paper Ltd', number: 'B-9', date: '2026-01-20', total: '50.00' },
    // Whatever it is, it is of another vendor.
    { id: 13, vendor_id: '8' },
  ];

  it.each([
    ['names the vendor by name alone', { vendor_name: 'Steel a.s.', number: 'A-1' }],
    ['names no vendor', { number: 'A-1' }],
    ['has an amount on a day that is not understood', { vendor_id: '7', date: '3/4/2026' }],
    ['has neither a number nor an amount', { vendor_id: '7', total: undefined }],
  ])('counts no bill as compared that %s', async (_what, row) => {
    const booked = { id: 11, date: '2026-01-31', total: '99.00', ...row };
    const books = await oddService(many('bills', BILL), ({ path }) =>
      path.endsWith('/bills') ? { json: { data: [booked, ...others] } } : null,
    );
    const bridge = await openedBridge(books.url, 'lct_pat_x23456789', { LUCANTO_SCOPES: 'manage:*,read:*' });
    try {
      const document = { vendor_id: '7', number: 'A-1', date: '2026-01-31', total: '99.00' };
      const { json: answer } = await bridge.ask(TOOL, { type: 'bill', document });
      expect([answer.checked, answer.not_checked]).toEqual([
        expect.arrayContaining(['2 bills for the same bill']),
        expect.arrayContaining(['whether it is bill 11: supplier, and number or amount and date, are needed']),
      ]);
    } finally {
      await bridge.close();
      await books.close();
    }
  });
});
