/** Who owes what, over every company, is what the lists of invoices add up to; a statement of account adds up too. */
import { describe, expect, it } from 'vitest';
import { startOtherLucanto } from '../fixtures/other-lucanto/server.ts';
import { openedBridge } from '../helpers/open-bridge.ts';
import { aged, CREDITS, INVOICES, type Sheet, TODAY, told } from './ledger-sheet.ts';
import { json, listOf, oddService, parameters } from './odd-service.ts';
import { type Scene, useScenes } from './opened.ts';

const { later, scene, demo } = useScenes();

// biome-ignore lint/suspicious/noExplicitAny: rows of any shape.
type Row = any;

async function rowsOf({ script }: Scene, resource: string, workspace: string): Promise<Row[]> {
  const rows: Row[] = [];
  for (let cursor: string | undefined; ; ) {
    const more = cursor === undefined ? {} : { cursor };
    const { json: page } = await script(`lucanto_list_${resource}`, { workspace_id: workspace, limit: 100, ...more });
    rows.push(...page.data);
    if (!page.next_cursor) return rows;
    cursor = page.next_cursor;
  }
}

const cents = (text: string) => Math.round(Number(text) * 100);
const isOwed = ({ status, amount_due }: Row) =>
  !['draft', 'cancelled', 'paid'].includes(status) && cents(amount_due) > 0;

/** By customer and currency. */
function sums(rows: readonly Row[]): Record<string, number> {
  const found: Record<string, number> = {};
  for (const { customer, currency, amount_due } of rows) {
    found[`${customer} ${currency}`] = (found[`${customer} ${currency}`] ?? 0) + cents(amount_due);
  }
  return found;
}

describe('Receivables of the embedded Lucanto', () => {
  it('are the open invoices of both companies, with names, in one call', async () => {
    const service = await demo();
    const bridge = await scene(service.url, service.tokens.read);
    const { json: companies } = await bridge.script('lucanto_list_workspaces');
    const { json: answer, length } = await bridge.ask('lucanto_list_receivables');
    expect(answer).toMatchObject({ complete: true });
    expect(length).toBeLessThan(10_000);
    expect(answer.companies.map((one: Row) => one.company)).toEqual(companies.map(({ name }: Row) => name));
    expect(companies.length).toBeGreaterThan(1);
    const everywhere: Record<string, number> = {};
    for (const one of answer.companies) {
      const owed = (await rowsOf(bridge, 'invoices', one.workspace_id)).filter(isOwed);
      const names = new Map(
        (await rowsOf(bridge, 'contacts', one.workspace_id)).map(({ id, name }) => [String(id), name]),
      );
      const shown = new Map(one.documents.map((row: Row) => [row.number, row]));
      expect(shown.size + (one.not_shown ?? 0)).toBe(owed.length);
      for (const row of owed) {
        everywhere[row.currency] = (everywhere[row.currency] ?? 0) + cents(row.amount_due);
        const days = Math.round((Date.parse(answer.as_of) - Date.parse(row.due_date)) / 86_400_000);
        const expected = {
          ...{
            issued: row.issue_date,
            customer: names.get(String(row.purchaser_id)),
            due: row.due_date,
            days_overdue: Math.max(0, days),
          },
          ...{ amount_due: row.amount_due, currency: row.currency },
        };
        if (shown.has(row.number)) expect(shown.get(row.number)).toMatchObject(expected);
      }
    }
    expect(Object.fromEntries(answer.totals.map((row: Row) => [row.currency, cents(row.open)]))).toEqual(everywhere);
    const owing = sums(answer.companies.flatMap(({ documents }: Row) => documents));
    const late = sums(
      answer.companies.flatMap(({ documents }: Row) => documents.filter(({ days_overdue: days }: Row) => days > 0)),
    );
    const told = answer.customers.map((row: Row) => [`${row.customer} ${row.currency}`, cents(row.open)]);
    expect(Object.fromEntries(told)).toEqual(owing);
    // Amounts of two currencies cannot be compared: the largest comes first within each.
    const inOrder = [...new Set(answer.customers.map((row: Row) => row.currency))].map((code) =>
      answer.customers.flatMap((row: Row) => (row.currency === code ? [cents(row.open)] : [])),
    );
    expect(told.map(([, open]: [string, number]) => open)).toEqual(inOrder.flat());
    for (const amounts of inOrder) expect(amounts).toEqual([...amounts].sort((a, b) => b - a));
    for (const { customer, currency, overdue } of answer.customers) {
      expect(cents(overdue ?? '0')).toBe(late[`${customer} ${currency}`] ?? 0);
    }
  });

  it('can be those of one customer, by a part of the name, and of an age', async () => {
    const service = await demo();
    const bridge = await scene(service.url, service.tokens.read);
    const { json: all } = await bridge.ask('lucanto_list_receivables', { workspace_id: 42 });
    const late = all.companies[0].documents.filter(({ days_overdue }: Row) => days_overdue >= 60);
    const { json: old } = await bridge.ask('lucanto_list_receivables', { workspace_id: 42, min_days_overdue: 60 });
    expect(old.companies[0].documents).toEqual(late);
    expect(all).not.toHaveProperty('only');
    expect(old.only).toBe('documents chosen by min_days_overdue; others may be open');
    const [{ customer }] = late;
    const part = customer.slice(0, 6).toUpperCase();
    const { json: one } = await bridge.ask('lucanto_list_receivables', { customer: part });
    const found = one.companies.flatMap(({ documents }: Row) => documents);
    expect(new Set(found.map((row: Row) => row.customer))).toEqual(new Set([customer]));
    expect(one).not.toHaveProperty('customers');
    const { json: none } = await bridge.ask('lucanto_list_receivables', { customer: 'Zzyzx' });
    expect(none.note).toContain(customer);
  });

  it('stay within a pinned company, and are there in read-only mode', async () => {
    const service = await demo();
    const env = { LUCANTO_WORKSPACE: '42', LUCANTO_READ_ONLY: '1' };
    const { bridge, ask } = await scene(service.url, service.tokens.manage, env);
    const { properties } = bridge.find('lucanto_list_receivables').descriptor.inputSchema;
    expect(properties).not.toHaveProperty('workspace_id');
    const { json: answer } = await ask('lucanto_list_receivables');
    expect(answer.companies.map(({ workspace_id }: Row) => workspace_id)).toEqual(['42']);
    expect((await ask('lucanto_list_receivables', { workspace_id: 43 })).json.message).toContain('pinned');
  });
});

describe('Receivables of another Lucanto', () => {
  it('name a company that cannot be read, and answer for the rest', async () => {
    const other = later(await startOtherLucanto({ workspaces: 2, remote: { catalogue: 'wide' } }));
    const bridge = await scene(other.url, other.tokens.read);
    const { json: both } = await bridge.ask('lucanto_list_receivables');
    // In each company 20 of 30 are exposed, each over 1,234,567,890,123,456.10.
    const open = { currency: 'EUR', count: 40, 'no due date': '49382715604938244.00' };
    expect(both).toMatchObject({
      complete: true,
      totals: [{ ...open, overdue: '0.00', open: '49382715604938244.00' }],
    });
    const [first, second] = other.workspaceIds;
    expect(both.companies).toMatchObject([{ workspace_id: first }, { workspace_id: second }]);
    expect(both.companies[0].documents[0]).toMatchObject({ customer: expect.stringMatching(/Acme|Zelená/) });
    other.set({ failNext: ['forbidden'] });
    const { json: one } = await bridge.ask('lucanto_list_receivables');
    expect(one).toMatchObject({
      complete: false,
      incomplete_because: 'not read: Ateliér Kováč s.r.o.',
      totals: [{ count: 20, open: '24691357802469122.00' }],
      companies: [{ workspace_id: second, company: 'Workspace 2' }],
      not_read: [{ workspace_id: first, company: 'Ateliér Kováč s.r.o.', error: 'forbidden' }],
    });
  });

  it('have ids instead of names, and say so, where contacts may not be read', async () => {
    const other = later(await startOtherLucanto({ remote: { catalogue: 'wide' } }));
    const { ask } = await scene(other.url, other.tokens.readInvoices);
    const { json: answer } = await ask('lucanto_list_receivables');
    expect(answer.companies[0].notes).toContain('Customer names could not be read, so only ids are given.');
    expect(other.ids('contacts')).toContain(answer.companies[0].documents[0].customer);
  });

  it('promise no balance with credit notes that may not be read', async () => {
    const service = await demo();
    const env = { LUCANTO_TOOLSETS: 'invoices,contacts' };
    const { ask } = await scene(service.url, service.tokens.read, env);
    const { json: answer } = await ask('lucanto_list_receivables');
    expect(answer.note).toBe('Credit notes are not set off. Those in a list of their own may not be read.');
    const { json: whole } = await (await scene(service.url, service.tokens.read)).ask('lucanto_list_receivables');
    expect(whole.note).toMatch(
      /^Credit notes are not set off \(customers with open ones: .+\): lucanto_get_statement has the/,
    );
  });

  it('are hidden, with the reason, from a key that may not read invoices', async () => {
    const paths = {
      '/workspaces/{workspace_id}/contacts': {
        get: { parameters: parameters('workspace_id'), responses: { 200: listOf({ name: {} }) } },
      },
    };
    const service = later(await oddService(paths, () => ({ json: { data: [] } })));
    const { bridge } = await scene(service.url, 'lct_pat_x23456789', { LUCANTO_SCOPES: 'read:*' });
    for (const name of ['lucanto_list_receivables', 'lucanto_get_statement']) {
      expect(() => bridge.find(name)).toThrow('no list of documents that customers pay');
    }
  });
});

/** Invoices with their payments, of a service with names of its own and one company whose time zone is its own. */
async function ledger() {
  const row = (sheet: Sheet) => ({
    ...{
      uid: sheet.id,
      docNumber: `N${sheet.id}`,
      clientId: sheet.customer,
      state: sheet.state,
      currencyCode: sheet.currency,
    },
    ...{ invoiceDate: sheet.issued, payBy: sheet.due, totalCents: sheet.net + sheet.vat },
    payments: sheet.payments.map(({ day, cents: amountCents }) => ({ amountCents, paidOn: day })),
  });
  const data = INVOICES.map(row);
  // This service writes the amounts of its credit notes as positive numbers.
  const credits = CREDITS.map(row);
  const clients = [...new Set(INVOICES.map(({ customer }) => customer))].map((id) => ({
    id,
    name: id < 102 ? `Novák ${id}` : `Client ${id}`,
  }));
  const at = '/workspaces/{workspace_id}';
  const shape = Object.fromEntries(Object.keys(data[0] ?? {}).map((name) => [name, {}]));
  const paths = {
    [`${at}/bills`]: { get: { parameters: parameters('workspace_id'), responses: { 200: listOf(shape) } } },
    [`${at}/credit_notes`]: { get: { parameters: parameters('workspace_id'), responses: { 200: listOf(shape) } } },
    [`${at}/clients`]: {
      get: { parameters: parameters('workspace_id'), responses: { 200: json({ type: 'array', items: {} }) } },
    },
  };
  const odd = later(
    await oddService(paths, ({ path }) => {
      if (path.endsWith('/clients')) return { json: clients };
      return { json: { data: path.endsWith('/bills') ? data : credits, has_more: false } };
    }),
  );
  const when = { now: Date.parse(`${TODAY}T10:00:00Z`), timeZone: 'Europe/Prague' };
  return later(await openedBridge(odd.url, 'lct_pat_x23456789', { LUCANTO_SCOPES: 'read:*' }, when));
}

it('a statement says in words that a balance is in favour of the customer', async () => {
  const { ask } = await creditOnly();
  const { json: answer } = await ask('lucanto_get_statement', { customer: 'Acme' });
  expect(answer.accounts).toMatchObject([
    {
      closing_balance: '-20.25',
      in_words: "Credit balance: 20.25 EUR in the customer's favour.",
    },
  ]);
});

/** An invoice of 100.00, and a credit note of 120.25. */
async function creditOnly() {
  const at = '/workspaces/{workspace_id}';
  const row = (id: number, total: string) => ({
    ...{ id, number: `D${id}`, client_id: 7, client_name: 'Acme', total, amount_due: total, currency: 'EUR' },
    ...{ status: 'sent', issue_date: '2026-01-02', due_date: '2026-01-16' },
  });
  const shape = Object.fromEntries(Object.keys(row(1, '')).map((name) => [name, {}]));
  const list = { get: { parameters: parameters('workspace_id'), responses: { 200: listOf(shape) } } };
  const odd = later(
    await oddService({ [`${at}/bills`]: list, [`${at}/credit_notes`]: list }, ({ path }) => ({
      json: { data: [path.endsWith('/bills') ? row(1, '100.00') : row(2, '120.25')], has_more: false },
    })),
  );
  return scene(odd.url, 'lct_pat_x23456789', { LUCANTO_SCOPES: 'read:*' });
}

it('namesakes of one company are summed apart, and one customer of several companies together', async () => {
  const at = '/workspaces/{workspace_id}';
  const bill = (id: number, client_id: number, client_name: string, amount_due: string) => ({
    ...{ id, number: `B${id}`, client_id, client_name, amount_due, total: amount_due, currency: 'EUR' },
    ...{ status: 'sent', issue_date: '2026-01-02', due_date: '2026-01-16' },
  });
  const bills: Readonly<Record<string, object[]>> = {
    1: [bill(1, 7, 'Novák', '10.10'), bill(2, 8, 'Novák', '20.20'), bill(3, 9, 'Acme', '1.01')],
    2: [bill(4, 5, 'Acme', '40.40'), bill(5, 5, 'Acme', '0.05')],
  };
  const shape = Object.fromEntries(Object.keys(bill(1, 1, '', '')).map((name) => [name, {}]));
  const paths = {
    [`${at}/bills`]: { get: { parameters: parameters('workspace_id'), responses: { 200: listOf(shape) } } },
  };
  const odd = later(
    await oddService(
      paths,
      ({ path }) => ({ json: { data: bills[path.split('/').at(-2) ?? ''] ?? [], has_more: false } }),
      [
        { id: 1, name: 'One' },
        { id: 2, name: 'Two' },
      ],
    ),
  );
  const { ask } = await scene(odd.url, 'lct_pat_x23456789', { LUCANTO_SCOPES: 'read:*' });
  const { json: answer } = await ask('lucanto_list_receivables');
  expect(answer.customers).toEqual([
    { customer: 'Acme', currency: 'EUR', open: '41.46', overdue: '41.46' },
    { customer: 'Novák', contact_id: 8, currency: 'EUR', open: '20.20', overdue: '20.20' },
    { customer: 'Novák', contact_id: 7, currency: 'EUR', open: '10.10', overdue: '10.10' },
  ]);
});

describe('Of a service with names of its own', () => {
  it('receivables on a past day are those of a spreadsheet', async () => {
    const { ask } = await ledger();
    // A payment on the day itself was made.
    const paidOn = INVOICES.flatMap(({ payments }) => payments.map(({ day }) => day)).filter((day) => day < TODAY);
    for (const day of [TODAY, '2024-04-30', '2024-02-29', ...paidOn.slice(0, 3)]) {
      const { json: answer } = await ask('lucanto_list_receivables', { as_of: day });
      const known = INVOICES.filter(({ state }) => state !== 'void');
      const expected = Object.fromEntries(
        Object.entries(aged(known, day)).map(([currency, row]) => [
          currency,
          Object.fromEntries(Object.entries(row).filter(([name, amount]) => name === 'overdue' || amount !== 0)),
        ]),
      );
      expect(told(answer.totals)).toEqual(expected);
    }
  });

  it.each([
    [{}, null, TODAY],
    [{ from: '2024-02-29', to: '2024-03-31' }, '2024-02-29', '2024-03-31'],
    [{ from: '2024-04-01' }, '2024-04-01', TODAY],
  ])('a statement leads from its opening to its closing balance: %j', async (period, from, to) => {
    const { ask } = await ledger();
    const { json: answer } = await ask('lucanto_get_statement', { customer: 'client 102', ...period });
    const own = INVOICES.filter(({ customer, state }) => customer === 102 && state !== 'draft' && state !== 'void');
    const moves = own.flatMap((sheet) => [
      { day: sheet.issued, cents: sheet.net + sheet.vat },
      ...sheet.payments.map(({ day, cents: paid }) => ({ day, cents: -paid })),
    ]);
    const credits = CREDITS.filter(({ customer }) => customer === 102);
    expect(credits.length).toBeGreaterThan(0);
    moves.push(...credits.map(({ issued, net, vat }) => ({ day: issued, cents: -net - vat })));
    const upTo = (isIn: (day: string) => boolean) =>
      moves.filter(({ day }) => isIn(day)).reduce((sum, one) => sum + one.cents, 0);
    const [account] = answer.accounts;
    expect(answer).toMatchObject({ customer: { id: '102', name: 'Client 102' }, complete: true, to });
    expect(cents(account.opening_balance)).toBe(upTo((day) => from !== null && day < from));
    expect(cents(account.closing_balance)).toBe(upTo((day) => day <= to));
    expect(account.movements).toHaveLength(
      moves.filter(({ day }) => day <= to && (from === null || day >= from)).length,
    );
    let balance = cents(account.opening_balance);
    for (const move of account.movements) {
      balance += cents(move.amount);
      expect(cents(move.balance)).toBe(balance);
    }
    expect(balance).toBe(cents(account.closing_balance));
    expect(account).not.toHaveProperty('in_words');
  });

  it('a name that two customers share is asked back, with both', async () => {
    const { ask } = await ledger();
    const { json: answer } = await ask('lucanto_get_statement', { customer: 'novak' });
    expect(answer.message).toBe('2 customers match "novak": Novák 100 (id 100), Novák 101 (id 101).');
    expect((await ask('lucanto_get_statement', { customer: 'Zzyzx' })).json.message).toContain(
      'No customer matches "Zzyzx"',
    );
  });
});

it('a statement of the embedded Lucanto has credit notes and partial payments, and comes to what is open', async () => {
  const service = await demo();
  const bridge = await scene(service.url, service.tokens.read);
  const [invoices, credits] = [await rowsOf(bridge, 'invoices', '42'), await rowsOf(bridge, 'credit_notes', '42')];
  const customers = [...new Set(credits.map(({ purchaser_id }) => purchaser_id))];
  for (const id of customers) {
    const { json: answer } = await bridge.ask('lucanto_get_statement', { workspace_id: 42, customer: String(id) });
    for (const account of answer.accounts) {
      const sum = (rows: readonly Row[], field: string) =>
        rows
          .filter(
            (row) =>
              row.purchaser_id === id &&
              row.currency === account.currency &&
              !['draft', 'cancelled'].includes(row.status),
          )
          .reduce((total, row) => total + cents(row[field]), 0);
      expect(cents(account.closing_balance)).toBe(sum(invoices, 'amount_due') - Math.abs(sum(credits, 'amount_due')));
    }
    expect(answer.accounts.length).toBeGreaterThan(0);
  }
});
