import { describe, expect, it } from 'vitest';
import { startOtherLucanto } from '../fixtures/other-lucanto/server.ts';
import { json, listOf, oddService, parameters, query } from './odd-service.ts';
import { type Scene, useScenes } from './opened.ts';

const { later, scene, demo } = useScenes();

// biome-ignore lint/suspicious/noExplicitAny: rows of any shape.
type Row = any;

/** Every row of a list, page by page, as the service gives it. */
async function rowsOf({ script }: Scene, resource: string, workspace: string): Promise<Row[]> {
  const rows: Row[] = [];
  for (let cursor: string | undefined; ; ) {
    const { json } = await script(`lucanto_list_${resource}`, {
      workspace_id: workspace,
      limit: 100,
      ...(cursor && { cursor }),
    });
    rows.push(...json.data);
    cursor = json.next_cursor;
    if (!cursor) return rows;
  }
}

/** Exact, and by another way than the bridge's: whole cents in integers. */
function cents(text: string): bigint {
  const [, sign, whole, fraction = ''] = /^(-?)(\d+)(?:\.(\d{1,2}))?$/.exec(text) ?? [];
  return BigInt(`${sign}${whole}${fraction.padEnd(2, '0')}`);
}

function sums(rows: readonly Row[], key: (row: Row) => string, amount: string): Record<string, string> {
  const found = new Map<string, bigint>();
  for (const row of rows) {
    if (row[amount] === undefined) continue;
    found.set(key(row), (found.get(key(row)) ?? 0n) + cents(row[amount]));
  }
  return Object.fromEntries([...found].map(([name, value]) => [name, String(value)]).sort());
}

function stated(groups: readonly Row[], key: (row: Row) => string, amount: string): Record<string, string> {
  const rows = groups.filter((group) => group[amount] !== undefined);
  return Object.fromEntries(rows.map((group) => [key(group), String(cents(group[amount]))]).sort());
}

/** Turnover has no drafts and nothing that was cancelled. */
function isCounted(row: Row): boolean {
  return !['draft', 'cancelled'].includes(row.status);
}

/** `credit_note` of `credit_notes`. */
function typeOf(resource: string): string {
  return resource.replace(/s$/, '');
}

const RESOURCES = ['invoices', 'quotes', 'proformas', 'credit_notes', 'expenses'];

describe('a summary of the embedded Lucanto', () => {
  it.each(RESOURCES)('of %s is what an independent sum over all rows gives', async (resource) => {
    const service = await demo();
    const bridge = await scene(service.url, service.tokens.read);
    const rows = await rowsOf(bridge, resource, '42');
    const { json: plain } = await bridge.ask('lucanto_summarize_documents', {
      type: typeOf(resource),
      workspace_id: 42,
    });
    const counted = rows.filter(isCounted);
    // Some of the embedded expenses have no total yet.
    const complete = counted.every(({ total }) => total != null);
    expect(complete).toBe(resource !== 'expenses');
    expect(plain).toMatchObject({ complete, covered: { rows: rows.length, counted: rows.length } });
    const byCurrency = (row: Row) => row.currency;
    for (const [part, field] of [
      ['total', 'total'],
      ['net', 'total_without_vat'],
      ['vat', 'total_vat'],
    ] as const) {
      expect(stated(plain.totals, byCurrency, part)).toEqual(sums(counted, byCurrency, field));
      expect(plain.fields[part]).toBe(field);
    }
    const { json: monthly } = await bridge.ask('lucanto_summarize_documents', {
      type: typeOf(resource),
      workspace_id: 42,
      group_by: 'month',
    });
    const byMonth = (row: Row) => `${(row.month ?? row.issue_date).slice(0, 7)} ${row.currency}`;
    expect(stated(monthly.groups, byMonth, 'total')).toEqual(sums(counted, byMonth, 'total'));
  });

  it('groups by status and by contact, whose name it finds', async () => {
    const service = await demo();
    const bridge = await scene(service.url, service.tokens.read);
    const rows = await rowsOf(bridge, 'invoices', '42');
    const { json: states } = await bridge.ask('lucanto_summarize_documents', {
      type: 'invoice',
      workspace_id: 42,
      group_by: 'status',
    });
    const byStatus = (row: Row) => `${row.status} ${row.currency}`;
    expect(stated(states.groups, byStatus, 'total')).toEqual(sums(rows, byStatus, 'total'));
    const { json: people } = await bridge.ask('lucanto_summarize_documents', {
      type: 'invoice',
      workspace_id: 42,
      group_by: 'contact',
    });
    const byContact = (row: Row) => `${row.contact_id ?? row.purchaser_id} ${row.currency}`;
    expect(stated(people.groups, byContact, 'total')).toEqual(sums(rows.filter(isCounted), byContact, 'total'));
    expect(people.groups.find((group: Row) => group.contact_id === 501).contact).toBe('Ján Novák');
  });

  it('splits every document over its VAT rates, and the parts make the whole', async () => {
    const service = await demo();
    const bridge = await scene(service.url, service.tokens.read);
    const { json } = await bridge.ask('lucanto_summarize_documents', {
      type: 'invoice',
      workspace_id: 42,
      group_by: 'vat_rate',
    });
    const whole = (part: string) => sums(json.totals, (row) => row.currency, part);
    const parts = (part: string) => sums(json.groups, (row) => row.currency, part);
    expect(json.groups.length).toBeGreaterThan(3);
    expect(json.groups.map((group: Row) => group.vat_rate)).not.toContain('not known');
    expect([parts('net'), parts('vat'), parts('total')]).toEqual([whole('net'), whole('vat'), whole('total')]);
    // What is open has no rates.
    expect(json).not.toHaveProperty('receivables');
  });

  it('puts what is overdue where its age belongs', async () => {
    const service = await demo();
    const bridge = await scene(service.url, service.tokens.read);
    const owed = (await rowsOf(bridge, 'invoices', '42')).filter(
      (row) => isCounted(row) && row.status !== 'paid' && row.amount_due !== '0.00',
    );
    const today = Date.parse(new Date().toISOString().slice(0, 10));
    const bucket = (row: Row) => {
      const days = (today - Date.parse(row.due_date)) / 86_400_000;
      return days <= 0 ? 'current' : days <= 30 ? '1-30' : days <= 60 ? '31-60' : days <= 90 ? '61-90' : 'over 90';
    };
    const { json } = await bridge.ask('lucanto_summarize_documents', { type: 'invoice', workspace_id: 42 });
    expect(owed.length).toBeGreaterThan(5);
    for (const row of json.receivables.by_currency) {
      const own = owed.filter(({ currency }) => currency === row.currency);
      const { currency: _code, count, overdue, open, ...ages } = row;
      const shown = Object.fromEntries(Object.entries(ages).map(([age, text]) => [age, String(cents(String(text)))]));
      expect(shown).toEqual(sums(own, bucket, 'amount_due'));
      const whole = own.reduce((sum, one) => sum + cents(one.amount_due), 0n);
      const late = own.filter((one) => bucket(one) !== 'current');
      expect([count, cents(open), cents(overdue)]).toEqual([
        own.length,
        whole,
        late.reduce((sum, one) => sum + cents(one.amount_due), 0n),
      ]);
    }
  });

  it('takes a period, a status and the filters of the list', async () => {
    const service = await demo();
    const bridge = await scene(service.url, service.tokens.read);
    const rows = await rowsOf(bridge, 'invoices', '42');
    const [some] = rows
      .filter(({ status }) => status === 'paid')
      .map(({ issue_date }) => issue_date)
      .sort()
      .slice(3, 4);
    const [year, month] = some.split('-').map(Number);
    const to = new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10);
    const wanted = { workspace_id: 42, from: some, to, status: 'paid' };
    const inside = rows.filter((row) => row.status === 'paid' && row.issue_date >= some && row.issue_date <= wanted.to);
    const { json } = await bridge.ask('lucanto_summarize_documents', { type: 'invoice', ...wanted });
    expect(json.covered.counted).toBe(inside.length);
    expect(inside.length).toBeGreaterThan(0);
    const { json: one } = await bridge.ask('lucanto_summarize_documents', {
      type: 'invoice',
      workspace_id: 42,
      purchaser_id: 501,
    });
    expect(one.covered.counted).toBe(rows.filter(({ purchaser_id }) => purchaser_id === 501).length);
  });

  it('says of expenses without a state that what is unpaid is not known', async () => {
    const service = await demo();
    const bridge = await scene(service.url, service.tokens.read);
    const { json } = await bridge.ask('lucanto_summarize_documents', { type: 'expense', workspace_id: 42 });
    expect(json.payables).toBeUndefined();
    expect(json.notes.join(' ')).toContain('What is open is not known');
  });
});

describe('a summary of another Lucanto', () => {
  it.each(['huge', 'uuid'] as const)('with %s ids is exact beyond what a double holds', async (ids) => {
    const other = later(await startOtherLucanto({ shape: { ids }, remote: { catalogue: 'wide' } }));
    const bridge = await scene(other.url, other.tokens.read);
    const { json } = await bridge.ask('lucanto_summarize_documents', { type: 'invoice', group_by: 'status' });
    expect(json.totals).toEqual([{ currency: 'EUR', count: 30, total: '37037036703703683.00' }]);
    expect(json.groups.map((group: Row) => [group.status, group.total])).toEqual([
      ['exposed', '24691357802469122.00'],
      ['paid', '12345678901234561.00'],
    ]);
  });

  it('says what it cannot find instead of guessing', async () => {
    const other = later(await startOtherLucanto({ remote: { catalogue: 'wide' } }));
    const bridge = await scene(other.url, other.tokens.read);
    const { json } = await bridge.ask('lucanto_summarize_documents', { type: 'quote' });
    expect(json.totals).toMatchObject([{ count: 1 }]);
    expect(json.totals[0]).not.toHaveProperty('total');
    expect(json.notes.join(' ')).toContain('no field for: total');
  });

  it('offers no summary of what has no money, and none without the scope', async () => {
    const other = later(await startOtherLucanto({ remote: { catalogue: 'wide' } }));
    const bridge = await scene(other.url, other.tokens.readInvoices);
    const names = bridge.bridge.visible().map(({ descriptor }) => descriptor.name);
    expect(names.filter((name) => name.startsWith('lucanto_summarize'))).toEqual(['lucanto_summarize_documents']);
    const all = bridge.bridge.catalogue.all().map(({ descriptor }) => descriptor.name);
    expect(all.filter((name) => name.startsWith('lucanto_summarize'))).toHaveLength(1);
    const { json } = await bridge.ask('lucanto_summarize_documents', { type: 'quote' });
    expect(JSON.stringify(json)).toContain('expected one of');
    await expect(bridge.ask('lucanto_summarize_invoices')).rejects.toMatchObject({
      hint: 'Use lucanto_summarize_documents with type "invoice".',
    });
  });
});

describe('a summary of a list with names of its own', () => {
  const PATHS = {
    '/workspaces/{workspace_id}/bills': {
      get: {
        operationId: 'list-bills',
        parameters: [...parameters('workspace_id'), ...query('limit', 'cursor')],
        responses: {
          200: listOf({
            grand_total: { type: 'string' },
            invoice_date: { type: 'string' },
            state: { type: 'string', enum: ['open', 'Paid'] },
          }),
        },
      },
    },
    '/workspaces/{workspace_id}/bills/{id}': {
      get: { parameters: parameters('workspace_id', 'id'), responses: { 200: json({ type: 'object' }) } },
    },
  };
  const bill = (n: number) => ({
    id: n,
    grand_total: '0.10',
    currency_code: n % 2 === 0 ? 'EUR' : 'USD',
    invoice_date: `2026-0${(n % 9) + 1}-01`,
    state: n % 3 === 0 ? 'open' : 'Paid',
    client_name: `Client ${n % 200}`,
  });

  async function bills(count: number, pages = Number.POSITIVE_INFINITY): Promise<Scene> {
    const service = await oddService(PATHS, ({ query, path }) => {
      if (!path.endsWith('/bills')) return null;
      const at = Number(query.get('cursor') ?? 0);
      const limit = Number(query.get('limit') ?? 25);
      const data = Array.from({ length: Math.min(limit, count - at) }, (_, index) => bill(at + index));
      const isLast = at + limit >= count || at / limit >= pages;
      return { json: { data, next_cursor: isLast ? null : String(at + limit), has_more: at + limit < count } };
    });
    return scene(later(service).url, 'lct_pat_x23456789', { LUCANTO_SCOPES: 'read:*' });
  }

  it('finds the fields, adds without floats, and filters by a status that the list does not take', async () => {
    const { ask } = await bills(300);
    const { json } = await ask('lucanto_summarize_documents', { type: 'bill', status: 'paid' });
    expect(json.fields).toMatchObject({
      total: 'grand_total',
      date: 'invoice_date',
      status: 'state',
      currency: 'currency_code',
    });
    expect(json.totals).toEqual([
      { currency: 'USD', count: 100, total: '10.00' },
      { currency: 'EUR', count: 100, total: '10.00' },
    ]);
  });

  it('lists the states that records have, where the list has no filter that tells them', async () => {
    const { bridge } = await bills(1);
    const { properties } = bridge.find('lucanto_summarize_documents').descriptor.inputSchema;
    expect(properties).toMatchObject({ status: { type: 'string', description: expect.stringContaining('unpaid') } });
  });

  it('tells which states there are when no row has the one that was asked for', async () => {
    const { ask } = await bills(30);
    const { json } = await ask('lucanto_summarize_documents', { type: 'bill', status: 'settled,open' });
    expect(json.message).toBe('"settled" is not a status of bills.');
    expect(JSON.stringify(json)).toContain('Statuses: open, Paid');
    const { json: earlier } = await ask('lucanto_summarize_documents', {
      type: 'bill',
      status: 'paid',
      to: '2020-01-01',
    });
    expect(JSON.stringify(earlier)).not.toContain('matched nothing');
  });

  it('sums currencies without decimals, and with three, as they are, also by VAT rate', async () => {
    const row = (id: number, currencyCode: string, unitPrice: string, vatAmount: string, totalAmount: string) => ({
      ...{ id, clientId: 7, issueDate: '2026-01-01', dueDate: '2026-01-15', currencyCode, totalAmount, vatAmount },
      ...{ amountDue: totalAmount, lineItems: [{ quantity: '1', unitPrice, vatRate: '23' }] },
    });
    const data = [row(1, 'JPY', '333', '77', '410'), row(2, 'KWD', '10.125', '2.329', '12.454')];
    const [{ id: _id, ...fields }] = [row(3, '', '', '', '')];
    const described = Object.fromEntries(Object.keys(fields).map((name) => [name, {}]));
    const paths = {
      '/workspaces/{workspace_id}/bills': {
        get: { parameters: parameters('workspace_id'), responses: { 200: listOf(described) } },
      },
      '/workspaces/{workspace_id}/clients': {
        get: { parameters: parameters('workspace_id'), responses: { 200: listOf({ name: {} }) } },
      },
    };
    const service = await oddService(paths, ({ path }) => ({
      json: { data: path.endsWith('/bills') ? data : [{ id: 7, name: 'Seven' }], has_more: false },
    }));
    const { ask } = await scene(later(service).url, 'lct_pat_x23456789', { LUCANTO_SCOPES: 'read:*' });
    const { json } = await ask('lucanto_summarize_documents', { type: 'bill', group_by: 'vat_rate' });
    const told = (group: Row) => [group.vat_rate, group.currency, group.net, group.vat, group.total];
    expect(json.groups.map(told)).toEqual([
      ['23.0', 'JPY', '333', '77', '410'],
      ['23.0', 'KWD', '10.125', '2.329', '12.454'],
    ]);
    expect(json.totals.map((sum: Row) => [sum.currency, sum.total])).toEqual([
      ['JPY', '410'],
      ['KWD', '12.454'],
    ]);
    expect(json.notes.join(' ')).toContain('tells drafts and cancelled documents from the rest');
    const { json: who } = await ask('lucanto_summarize_documents', { type: 'bill', group_by: 'contact' });
    expect(who.groups[0]).toMatchObject({ contact_id: 7, contact: 'Seven' });
  });

  it('tells how far it is, page by page', async () => {
    const { bridge } = await bills(250);
    const told: (number | undefined)[] = [];
    const { signal } = new AbortController();
    const context = {
      signal,
      deadline: Date.now() + 20_000,
      onProgress: ({ progress }: { progress: number }) => told.push(progress),
    };
    await bridge.call('lucanto_summarize_documents', { type: 'bill' }, context);
    expect(told).toEqual([100, 200, 250]);
  });

  it('says when the service ended early', async () => {
    const { ask } = await bills(500, 1);
    const { json } = await ask('lucanto_summarize_documents', { type: 'bill' });
    expect(json).toMatchObject({ complete: false, covered: { rows: 200, pages: 2 } });
    expect(json.incomplete_because).toContain('no next page');
  });

  it('stops after a hundred pages, and says so', async () => {
    const { ask } = await bills(10_100);
    const { json } = await ask('lucanto_summarize_documents', { type: 'bill' });
    expect(json).toMatchObject({ complete: false, covered: { rows: 10_000, pages: 100 } });
  });

  it('stops before the time is up, and says so', async () => {
    const { bridge } = await bills(10_000);
    const context = { signal: new AbortController().signal, deadline: Date.now() + 1400 };
    const { result } = await bridge.call('lucanto_summarize_documents', { type: 'bill' }, context);
    expect(result.content[0]?.text).toContain('the time limit was near');
  });

  it('keeps every cent when there are more groups than it shows', async () => {
    const { ask } = await bills(1000);
    const { json, length } = await ask('lucanto_summarize_documents', { type: 'bill', group_by: 'contact' });
    expect(json.groups.filter((group: Row) => group.others)).toHaveLength(2);
    expect(sums(json.groups, (row) => row.currency, 'total')).toEqual({ EUR: '5000', USD: '5000' });
    expect(length).toBeLessThan(10_000);
  });
});

describe('a summary of a list that the contract does not describe', () => {
  it('is there for what is known to have money, and reads whatever rows come', async () => {
    const undescribed = { get: { parameters: parameters('workspace_id'), responses: { 200: { description: 'OK' } } } };
    const record = { get: { parameters: parameters('workspace_id', 'id'), responses: { 200: { description: 'OK' } } } };
    const at = '/workspaces/{workspace_id}';
    const service = await oddService(
      {
        [`${at}/invoices`]: undescribed,
        [`${at}/invoices/{id}`]: record,
        [`${at}/notes`]: undescribed,
        [`${at}/notes/{id}`]: record,
      },
      ({ path }) =>
        path.endsWith('/invoices')
          ? {
              json: {
                invoices: [
                  { id: 1, total: 12.3 },
                  { id: 2, total: '0.03' },
                ],
              },
            }
          : null,
    );
    const { ask, bridge } = await scene(later(service).url, 'lct_pat_x23456789', { LUCANTO_SCOPES: 'read:*' });
    const { json } = await ask('lucanto_summarize_documents', { type: 'invoice' });
    expect(json.totals).toEqual([{ currency: 'not stated', count: 2, total: '12.33' }]);
    expect(json.notes.join(' ')).toContain('currency');
    const { properties } = bridge.find('lucanto_summarize_documents').descriptor.inputSchema;
    expect(properties).toMatchObject({ type: { enum: ['invoice'] } });
  });
});
