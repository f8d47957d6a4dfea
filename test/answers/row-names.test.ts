/** Rows of a list name the customer beside the id, and say of open invoices how long they are overdue and what is due. */
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { describe, expect, it } from 'vitest';
import { stringifyJson } from '../../src/core/json.ts';
import { startOtherLucanto } from '../fixtures/other-lucanto/server.ts';
import { openedBridge } from '../helpers/open-bridge.ts';
import { json, listOf, oddService, parameters } from '../tools/odd-service.ts';
import { useScenes } from '../tools/opened.ts';

const { later, scene, demo } = useScenes();

// biome-ignore lint/suspicious/noExplicitAny: rows of any shape.
type Row = any;

const NAMES = ['Ján Novák', 'Acme GmbH', 'Zelená dielňa s.r.o.'];

describe('A list of invoices of another Lucanto', () => {
  it.each(['huge', 'uuid'] as const)('names customers with %s ids', async (ids) => {
    const other = later(await startOtherLucanto({ shape: { ids }, remote: { catalogue: 'wide' } }));
    const bridge = await scene(other.url, other.tokens.read);
    const { json: list } = await bridge.ask('lucanto_list_invoices', { limit: 3 });
    const contacts = other.ids('contacts');
    for (const row of list.data) expect(row.customer).toBe(NAMES[contacts.indexOf(String(row.purchaser_id))]);
    expect(Object.keys(list.data[0]).indexOf('customer')).toBe(Object.keys(list.data[0]).indexOf('purchaser_id') + 1);
  });

  it('has the ids alone, and a note, where contacts may not be read, and asks for none', async () => {
    const other = later(await startOtherLucanto({ remote: { catalogue: 'wide' } }));
    const bridge = await scene(other.url, other.tokens.readInvoices);
    other.clear();
    const { json: list } = await bridge.ask('lucanto_list_invoices', { limit: 2 });
    expect(list.data[0]).not.toHaveProperty('customer');
    expect(list.note).toBe('Customer names could not be read, so only ids are given.');
    expect(other.requests.filter(({ path }) => path.includes('/contacts'))).toEqual([]);
  });
});

describe('A list of the embedded Lucanto', () => {
  it('reads contacts only where the call shows them, and once for all pages that it asks for', async () => {
    const service = await demo();
    const bridge = await scene(service.url, service.tokens.read, { LUCANTO_WORKSPACE: '42' });
    const asked = () => service.requests.filter(({ path }) => path.includes('/contacts')).length;
    const ask = async (args: object) => {
      const before = asked();
      await bridge.ask('lucanto_list_invoices', args);
      return asked() - before;
    };
    expect(await ask({ limit: 100 })).toBe(1);
    expect(await ask({ limit: 5, fields: ['number', 'total'] })).toBe(0);
    expect(await ask({ limit: 5, fields: ['number', 'customer'] })).toBe(1);
    expect(await ask({ limit: 5, fields: ['*'] })).toBe(0);
  });

  it('takes one request for names at most, beside the list itself, and says whose name it does not have', async () => {
    const other = later(await startOtherLucanto({ remote: { catalogue: 'wide' } }));
    const bridge = await scene(other.url, other.tokens.read);
    await bridge.ask('lucanto_list_contacts', { limit: 1 });
    other.clear();
    const { json: list } = await bridge.ask('lucanto_list_invoices', { limit: 50 });
    expect(list.data.length).toBeGreaterThan(2);
    const asked = other.requests
      .filter(({ method }) => method === 'GET')
      .map(({ path }) => path.split('?')[0]?.split('/').at(-1));
    expect(asked.sort()).toEqual(['contacts', 'invoices']);
  });

  it('costs hardly more a row than with the ids alone, since it leaves out what a state says already', async () => {
    const service = await demo();
    const bridge = await scene(service.url, service.tokens.read, { LUCANTO_WORKSPACE: '42' });
    const cost = (rows: readonly Row[]) => rows.reduce((sum, row) => sum + countTokens(stringifyJson(row)), 0);
    const { json: named } = await bridge.ask('lucanto_list_invoices', { limit: 60, max_chars: 40_000 });
    const fields = [
      'id',
      'status',
      'currency',
      'number',
      'issue_date',
      'purchaser_id',
      'total',
      'amount_due',
      'due_date',
      'paid_at',
    ];
    const { json: bare } = await bridge.ask('lucanto_list_invoices', { limit: 60, max_chars: 40_000, fields });
    expect(named.data).toHaveLength(bare.data.length);
    expect(cost(named.data) / cost(bare.data)).toBeLessThan(1.03);
  });
});

const TODAY = '2026-06-30';

async function bills(rows: readonly Row[], clients: readonly Row[] = [{ id: 7, display_name: 'Seven' }]) {
  const at = '/workspaces/{workspace_id}';
  const shape = Object.fromEntries(Object.keys(Object.assign({}, ...rows)).map((name) => [name, {}]));
  const paths = {
    [`${at}/bills`]: { get: { parameters: parameters('workspace_id'), responses: { 200: listOf(shape) } } },
    [`${at}/clients`]: {
      get: { parameters: parameters('workspace_id'), responses: { 200: json({ type: 'array', items: {} }) } },
    },
  };
  const odd = later(
    await oddService(paths, ({ path }) => ({ json: path.endsWith('/bills') ? { data: rows } : clients })),
  );
  const when = { now: Date.parse(`${TODAY}T10:00:00Z`), timeZone: 'UTC' };
  const { ask } = later(await openedBridge(odd.url, 'lct_pat_x23456789', { LUCANTO_SCOPES: 'read:*' }, when));
  const { json: list } = await ask('lucanto_list_bills');
  return {
    data: list.data,
    note: list.note,
    contacts: odd.received.filter(({ path }) => path.endsWith('/clients')).length,
  };
}

describe('A row of a service with names of its own', () => {
  const common = {
    currencyCode: 'EUR',
    clientId: 7,
    invoiceDate: '2026-05-01',
    payBy: '2026-06-20',
    grandTotal: '100.00',
  };

  it.each([
    ['is open', { state: 'sent', paidAmount: '30.10' }, { days_overdue: 10, amount_due: '69.90' }],
    ['is not due yet', { state: 'sent', paidAmount: '0', payBy: '2026-06-30' }, { amount_due: '100.00' }],
    ['is paid', { state: 'paid', paidAmount: '100.00' }, {}],
    ['is a draft', { state: 'draft', paidAmount: '0' }, {}],
    ['was cancelled', { state: 'voided', paidAmount: '0' }, {}],
    ['is in an unknown state', { state: 'mystery', paidAmount: '0' }, {}],
    ['says nothing of payments', { state: 'sent' }, { days_overdue: 10 }],
    ['was paid in part, nobody knows how much', { state: 'partially_paid' }, {}],
    ['has neither a state nor payments', {}, {}],
  ])('that %s has what can be known', async (_what, own, expected) => {
    const {
      data: [row],
    } = await bills([{ id: 1, ...common, ...own }]);
    const { customer, days_overdue, amount_due } = row;
    expect(customer).toBe('Seven');
    expect(JSON.parse(JSON.stringify({ days_overdue, amount_due }))).toEqual(expected);
  });

  it('has its id alone where the customer is not among the contacts of one page, which the answer says', async () => {
    const clients = Array.from({ length: 200 }, (_, id) => ({ id: id + 100, display_name: `Client ${id}` }));
    const rows = [7, 8, 100, 299].map((clientId, id) => ({ id, ...common, state: 'sent', clientId }));
    const { data, note, contacts } = await bills(rows, clients);
    expect(data.map((row: Row) => row.customer)).toEqual([undefined, undefined, 'Client 0', 'Client 199']);
    expect({ note, contacts }).toEqual({
      note: '2 customers without a name here: find the name by the id.',
      contacts: 1,
    });
  });

  it('asks for no names where it has them', async () => {
    const row = { id: 1, ...common, state: 'sent', clientName: 'Own Name' };
    const { data, contacts } = await bills([row, { ...row, id: 2 }]);
    expect(data[0].clientName).toBe('Own Name');
    expect(contacts).toBe(0);
  });
});

const bill = { id: 1, number: 'B1', vendor_id: 7, issued_on: '2026-01-02', due_on: '2026-01-16', total: '9.00' };
async function listed(rows: readonly object[], args: object = {}, has_more = false): Promise<Row> {
  const shape = Object.fromEntries([...Object.keys(bill), 'phase'].map((name) => [name, {}]));
  const responses = { 200: rows.length === 0 ? json({}) : listOf(shape) };
  const own = { parameters: parameters('workspace_id'), responses };
  const paths = { '/workspaces/{workspace_id}/bills': { get: own } };
  const odd = later(await oddService(paths, () => ({ json: { data: rows, has_more } })));
  const { ask } = await scene(odd.url, 'lct_pat_x23456789', { LUCANTO_SCOPES: 'read:*' });
  return (await ask('lucanto_list_bills', args)).json;
}

describe('A list of bills', () => {
  it('says that the names of suppliers, not of customers, could not be read', async () => {
    expect((await listed([bill])).note).toBe('Supplier names could not be read, so only ids are given.');
  });

  it('says why rows have no total where they tell it, also in a period that is found by reading all', async () => {
    const rows = [
      bill,
      { ...bill, id: 2, total: null, phase: 'queued' },
      { ...bill, id: 3, total: null, phase: 'failed' },
    ];
    const why =
      '2 rows without a total, which was not read or entered yet (phase "queued": 1 row, phase "failed": 1 row).';
    expect((await listed(rows)).note).toContain(why);
    const { note } = await listed(rows, { from: '2026-01-01', to: '2026-01-31' });
    expect(note).toContain(why);
    expect(note).toContain('the whole list was read (3 rows), by issued_on');
    const untold = { ...bill, id: 4, total: null };
    for (const others of [[bill], rows])
      expect((await listed([...others, untold])).note).not.toContain('without a total');
  });
});

describe('A period that is found by reading a list', () => {
  const january = { from: '2026-01-01', to: '2026-01-31' };

  it('is said to be of a part where the list was not read to its end', async () => {
    const { complete, note } = await listed([bill], january, true);
    expect([complete, note]).toEqual([
      false,
      expect.stringContaining('a part of the list was read (1 row), by issued_on.'),
    ]);
  });

  it('names no field where there are no rows', async () => {
    expect((await listed([], january)).note).toContain('the whole list was read (0 rows).');
  });

  it('is not said to be unread because of a date that is not understood', async () => {
    const { not_complete } = await listed([{ ...bill, issued_on: 'soon' }], january);
    expect(not_complete).toBe('There may be more: the date of 1 row is not understood.');
  });
});

describe('A list of accepted offers', () => {
  const offer = {
    id: 1,
    number: 'O1',
    customer_name: 'Acme',
    state: 'accepted',
    total: '9.00',
    issued_on: '2026-01-02',
  };
  const nothing = 'No field was found that says whether they were invoiced.';

  async function listed(more: object, bill: object = {}, args: object = {}, others: readonly object[] = []) {
    const fields = (row: object) => Object.fromEntries(Object.keys(row).map((name) => [name, {}]));
    const list = (row: object) => ({
      get: { parameters: parameters('workspace_id'), responses: { 200: listOf(fields(row)) } },
    });
    const at = '/workspaces/{workspace_id}';
    const row = { ...offer, ...more };
    const paths = { [`${at}/offers`]: list(row), [`${at}/bills`]: list({ ...offer, due_on: '2026-01-16', ...bill }) };
    const odd = later(await oddService(paths, () => ({ json: { data: [row, ...others], has_more: false } })));
    const { ask } = await scene(odd.url, 'lct_pat_x23456789', { LUCANTO_SCOPES: 'read:*' });
    return (await ask('lucanto_list_offers', args)).json;
  }

  it.each([
    ['says that nothing tells whether they were invoiced', {}, {}, nothing],
    ['says so where only an address speaks of bills', { billing_address: 'Lane 1', bill_to: 'x' }, {}, nothing],
    ['names the field that tells it', { billId: 7 }, {}, 'Whether they were invoiced is in billId: name it in fields.'],
    [
      'names the time that tells it',
      { invoiced_at: null },
      {},
      'Whether they were invoiced is in invoiced_at: name it in fields.',
    ],
    ['names the field of the bills', {}, { offer_id: 1 }, 'Whether they were invoiced is in offer_id of bills.'],
    [
      'names the state of invoicing',
      { invoice_status: 'none' },
      {},
      'Whether they were invoiced is in invoice_status: name it in fields.',
    ],
    ['takes no number of its own for that of an invoice', { number: undefined, invoice_number: 'O1' }, {}, nothing],
    ['says nothing of one that was not accepted', { state: 'expired' }, {}, undefined],
    ['says nothing of one that is not accepted yet', { state: 'awaiting_approval' }, {}, undefined],
  ])('%s', async (_what, more, bill, note) => {
    expect((await listed(more, bill)).note).toBe(note);
  });

  it('says nothing where the state of another one tells it', async () => {
    const { data, note } = await listed({}, {}, {}, [{ ...offer, id: 2, state: 'converted' }]);
    expect(data).toHaveLength(2);
    expect(note).toBeUndefined();
  });

  it('says it of several states too, and not of fields that a call names', async () => {
    expect((await listed({}, {}, { state: 'accepted, sent' })).note).toContain(nothing);
    expect((await listed({}, {}, { fields: ['number'] })).note).toBeUndefined();
  });
});
