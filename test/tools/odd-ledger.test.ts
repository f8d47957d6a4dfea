/** Receivables, statements and totals where a list says less than it could: no payments, no ids, credit taken back. */
import { describe, expect, it } from 'vitest';
import { openedBridge } from '../helpers/open-bridge.ts';
import { json, listOf, type OddAnswer, oddService, parameters, query } from './odd-service.ts';
import { useScenes } from './opened.ts';

const { later, folder, scene } = useScenes();

type Row = Readonly<Record<string, unknown>>;

const CLIENTS = [
  { id: 7, name: 'Škoda Plus' },
  { id: 8, name: 'Other' },
];

/** @param ofCredits what the list of credit notes answers instead */
async function opened(
  bills: readonly Row[],
  credits: readonly Row[] = [],
  clients: readonly Row[] = CLIENTS,
  ofCredits?: OddAnswer,
) {
  const at = '/workspaces/{workspace_id}';
  const fields = (rows: readonly Row[]) => Object.fromEntries(rows.flatMap(Object.keys).map((name) => [name, {}]));
  const list = (response: object) => ({
    get: { parameters: parameters('workspace_id'), responses: { 200: response } },
  });
  const paths = {
    [`${at}/bills`]: list(listOf(fields(bills))),
    [`${at}/contacts`]: list(json({ type: 'array', items: {} })),
    ...(credits.length > 0 && { [`${at}/credit_notes`]: list(listOf(fields(credits))) }),
  };
  const service = ({ path }: { readonly path: string }) =>
    path.endsWith('/contacts')
      ? { json: clients }
      : ((path.endsWith('/credit_notes') ? ofCredits : undefined) ?? {
          json: { data: path.endsWith('/bills') ? bills : credits, has_more: false },
        });
  const odd = later(await oddService(paths, service));
  const when = { now: Date.parse('2024-05-01T10:00:00Z'), timeZone: 'Europe/Prague' };
  const env = { LUCANTO_SCOPES: 'read:*', LUCANTO_FILES: await folder() };
  return later(await openedBridge(odd.url, 'lct_pat_x23456789', env, when));
}

const document = (id: number, state: string, gross: string, more: Row = {}) => ({
  ...{ id, number: `B${id}`, state, total: gross, currency: 'EUR', issued_on: `2024-01-0${id}`, due_on: '2024-02-01' },
  ...more,
});

describe('Where a list leaves the payments of its documents empty', () => {
  const empty = { client_id: 7, payments: [] };
  const bills = [
    document(1, 'paid', '100.00', { ...empty, paid_at: '2024-01-20' }),
    document(2, 'partially_paid', '50.00', empty),
    document(3, 'sent', '30.00', empty),
  ];
  const unknown = expect.stringContaining('1 document of which the records do not say what was open');

  it.each([{}, { as_of: '2024-03-01' }])('only what is known to be open is a receivable: %j', async (on) => {
    const { ask } = await opened(bills);
    const { json: answer } = await ask('lucanto_list_receivables', on);
    expect(answer.totals).toMatchObject([{ count: 1, open: '30.00' }]);
    expect(answer.companies[0].notes).toEqual([unknown]);
    expect(answer).toMatchObject({
      complete: false,
      incomplete_because: 'One: what is open of 1 document is not known',
    });
  });

  it('a statement has the payment of what is paid', async () => {
    const { ask } = await opened(bills);
    const { json: answer } = await ask('lucanto_get_statement', { customer: '7' });
    expect(answer.accounts).toMatchObject([{ invoices: '180.00', payments: '-100.00', closing_balance: '80.00' }]);
    expect(answer.notes).toEqual([
      'Balance may be too high: 1 record of bills with a payment, and nothing says how much was paid.',
    ]);
    expect(answer.complete).toBe(false);
  });

  it('a total of what is open counts nothing that is paid', async () => {
    const { ask } = await opened(bills);
    const { json: answer } = await ask('lucanto_summarize_documents', { type: 'bill' });
    expect(answer.totals).toMatchObject([{ total: '180.00', open: '30.00', without_open: 1 }]);
  });
});

it('What was paid until a day in the past may not be known, although what is paid now is understood', async () => {
  const { ask } = await opened([document(1, 'paid', '100.00', { client_id: 7, amount_paid: '100.00' })]);
  const { json: answer } = await ask('lucanto_list_receivables', { as_of: '2024-03-01' });
  const note = 'Not in receivables: 1 document of which the records do not say what was open on 2024-03-01.';
  expect(answer).toMatchObject({ totals: [], complete: false, companies: [{ notes: [note] }] });
});

describe('Where nothing tells drafts from the rest', () => {
  const bills = [document(1, '', '100.00', { client_id: 7, state: undefined, amount_due: '40.00' })];
  const why = 'tells drafts and cancelled documents from the rest';

  it('receivables and statements are not called complete, and totals say that all are counted', async () => {
    const { ask } = await opened(bills);
    const { json: owed } = await ask('lucanto_list_receivables', {});
    expect(owed).toMatchObject({ totals: [{ open: '40.00' }], complete: false });
    expect(owed.incomplete_because).toBe(`One: nothing in the records ${why}`);
    const { json: statement } = await ask('lucanto_get_statement', { customer: '7' });
    expect(statement).toMatchObject({ accounts: [{ closing_balance: '40.00' }], complete: false });
    const { json: sums } = await ask('lucanto_summarize_documents', { type: 'bill' });
    expect(sums.notes).toContain(`Nothing in the rows ${why}: all are counted.`);
  });
});

describe('A flag that tells what is paid', () => {
  it('tells no drafts', async () => {
    const { ask } = await opened([document(1, '', '100.00', { client_id: 7, state: undefined, is_paid: false })]);
    const { json: owed } = await ask('lucanto_list_receivables');
    expect(owed).toMatchObject({ totals: [{ open: '100.00' }], complete: false });
    expect(owed.incomplete_because).toContain('tells drafts and cancelled documents from the rest');
  });
});

describe('A state that is no word', () => {
  it.each([[['sent']], [{ step: 3 }], [true]])('is not understood: %j', async (state) => {
    const { ask } = await opened([document(1, '', '100.00', { client_id: 7, state })]);
    const { json: owed } = await ask('lucanto_list_receivables');
    expect(owed).toMatchObject({ totals: [], complete: false });
    expect(owed.incomplete_because).toContain('the state of 1 document is not understood');
  });
});

describe('A customer whose name has letters of its language', () => {
  it.each([
    ['Cegła Łódź', 'cegla lodz'],
    ['Nørre Gade', 'NORRE'],
    ['Großmann', 'grossmann'],
    ['Đurđević', 'durdevic'],
  ])('is found without them: %s', async (name, customer) => {
    const bills = [document(1, 'sent', '10.00', { client_id: 7 }), document(2, 'sent', '5.00', { client_id: 8 })];
    const { ask } = await opened(bills, [], [{ id: 7, name }, CLIENTS[1] ?? {}]);
    const { json: owed } = await ask('lucanto_list_receivables', { customer });
    expect(owed.totals).toMatchObject([{ count: 1, open: '10.00' }]);
    expect((await ask('lucanto_get_statement', { customer })).json.customer).toMatchObject({ name });
  });
});

it('Of many customers that fit a name, some are named and the rest counted', async () => {
  const clients = Array.from({ length: 40 }, (_, at) => ({ id: at + 1, name: `Nová ${at + 1}` }));
  const { ask } = await opened([document(1, 'sent', '10.00', { client_id: 7 })], [], clients);
  const { json: refused } = await ask('lucanto_get_statement', { customer: 'nova' });
  const named = String(refused.message).match(/\(id \d+\)/g)?.length ?? 0;
  expect(refused.message).toMatch(/^40 customers match "nova": /);
  expect(refused.message).toContain(` and ${40 - named} more.`);
});

describe('What counts as paid and was not', () => {
  it.each([
    { amount_paid: '30.00' },
    { amount_due: '70.00' },
    { payments: [{ amount: '30.00', paid_on: '2024-01-20' }] },
  ])('is no payment in a statement: %j', async (said) => {
    const { ask } = await opened([document(1, 'written_off', '100.00', { client_id: 7, ...said })]);
    const { json: answer } = await ask('lucanto_get_statement', { customer: '7' });
    const account = { payments: '-30.00', other_settlements: '-70.00', closing_balance: '0.00' };
    expect(answer.accounts).toMatchObject([{ invoices: '100.00', ...account }]);
  });
});

describe('What is paid back of a credit note', () => {
  it.each([
    ['-', '-'],
    ['-', ''],
    ['', ''],
  ])('is owed again, whatever its sign and that of the payment: "%s", "%s"', async (sign, paid) => {
    const payments = [{ amount: `${paid}40.00`, paid_on: '2024-01-20' }];
    const bills = [document(1, 'sent', '100.00', { client_id: 7, payments: [] })];
    const credits = [document(2, 'sent', `${sign}60.00`, { client_id: 7, payments })];
    const { ask } = await opened(bills, credits);
    const { json: answer } = await ask('lucanto_get_statement', { customer: '7' });
    const account = { invoices: '100.00', credit_notes: '-60.00', payments: '40.00', closing_balance: '80.00' };
    expect(answer.accounts).toMatchObject([account]);
  });
});

describe('What a list of bills holds besides', () => {
  const kinds = ['regular', 'proforma_invoice', 'ACCPAY', 'estimate', 'sales_order', 'order_invoice'];
  const bills = kinds.map((kind, at) => document(at + 1, 'sent', '10.00', { client_id: 7, kind, amount_due: '10.00' }));

  it('is no turnover and owed by nobody, and is named', async () => {
    const { ask } = await opened(bills);
    const note = 'Left out: 4 rows whose kind is proforma_invoice, ACCPAY, estimate, sales_order.';
    const { json: sums } = await ask('lucanto_summarize_documents', { type: 'bill' });
    expect(sums).toMatchObject({
      totals: [{ count: 2, total: '20.00' }],
      receivables: { by_currency: [{ open: '20.00' }] },
    });
    expect(sums.notes).toContain(note);
    const { json: owed } = await ask('lucanto_list_receivables', {});
    expect(owed).toMatchObject({ totals: [{ open: '20.00' }], companies: [{ notes: [note] }] });
    const { json: statement } = await ask('lucanto_get_statement', { customer: '7' });
    expect(statement).toMatchObject({ accounts: [{ closing_balance: '20.00' }], notes: [note] });
  });
});

describe('A list of several pages', () => {
  const row = (id: number, situation: string, kind: string): Row => {
    const { state: _none, ...rest } = document(id, '', '10.00', { client_id: 7, situation, kind });
    return rest;
  };
  const pages = [
    [row(1, 'paid', 'regular'), row(2, 'sent', 'regular')],
    [row(3, 'draft', 'regular'), row(4, 'sent', 'proforma')],
  ];

  async function summed(args: object) {
    const get = {
      parameters: [...parameters('workspace_id'), ...query('cursor', 'kind')],
      responses: {
        200: listOf(Object.fromEntries(Object.keys(row(1, '', '')).map((name) => [name, {}]))),
      },
    };
    const odd = later(
      await oddService({ '/workspaces/{workspace_id}/bills': { get } }, ({ query: asked }) => {
        const [at, kind] = [Number(asked.get('cursor') ?? 0), asked.get('kind')];
        const data = pages[at]?.filter((one) => kind === null || one.kind === kind);
        return { json: { data, next_cursor: at === 0 ? '1' : null } };
      }),
    );
    const { ask } = await scene(odd.url, 'lct_pat_x23456789', { LUCANTO_SCOPES: 'read:*' });
    return (await ask('lucanto_summarize_documents', { type: 'bill', ...args })).json;
  }

  it('keeps on each of them the state that only values tell', async () => {
    const { totals, not_in_totals } = await summed({});
    expect(totals).toMatchObject([{ count: 2, total: '20.00' }]);
    expect(not_in_totals).toMatchObject({ draft: [{ count: 1, total: '10.00' }] });
  });

  it('counts proformas where it is asked for them', async () => {
    expect((await summed({ kind: 'proforma' })).totals).toMatchObject([{ count: 1, total: '10.00' }]);
  });
});

it('of more groups than a model is shown, the last months are, and a program or a file gets all of them', async () => {
  const month = (at: number) => `${2015 + Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, '0')}`;
  const bills = Array.from({ length: 70 }, (_, at) =>
    document(1, 'sent', '10.00', { id: at + 1, client_id: at, issued_on: `${month(at)}-05`, amount_due: '10.00' }),
  );
  const { ask, script } = await opened(bills);
  const monthly = { type: 'bill', group_by: 'month' };
  const { json: shown } = await ask('lucanto_summarize_documents', monthly);
  const last = Array.from({ length: 60 }, (_, at) => month(at + 10));
  expect(shown.groups[0]).toMatchObject({ others: 'all further groups', count: 10, total: '100.00' });
  expect(shown.groups.slice(1).map((row: Row) => row.month)).toEqual(last);
  expect((await script('lucanto_summarize_documents', monthly)).json.groups).toHaveLength(70);
  const { json: file } = await ask('lucanto_summarize_documents', { ...monthly, group_by: 'contact', save_as: 'csv' });
  expect(file).toMatchObject({ rows: 70, complete: true });
  const { json: people } = await script('lucanto_summarize_documents', { ...monthly, group_by: 'contact' });
  expect(people.receivables.by_contact).toHaveLength(70);
});

describe('Groups of unpaid documents', () => {
  const bills = [
    document(1, 'sent', '900.00', { client_id: 7, amount_due: '10.00' }),
    document(2, 'partially_paid', '100.00', { client_id: 8, amount_due: '99.00' }),
    document(3, 'paid', '5000.00', { client_id: 9, amount_due: '0.00' }),
  ];

  it.each([
    ['unpaid', [8, 7]],
    ['sent, partially_paid', [8, 7]],
    ['sent, paid', [9, 7]],
    [undefined, [9, 7, 8]],
  ])('come in the order of what is open, and others of their totals: %s', async (status, contacts) => {
    const { ask } = await opened(bills);
    const { json: answer } = await ask('lucanto_summarize_documents', { type: 'bill', group_by: 'contact', status });
    expect(answer.groups.map((row: Row) => row.contact_id)).toEqual(contacts);
  });
});

describe('Where documents name their customer by name alone', () => {
  const bills = [
    document(1, 'sent', '30.00', { customer_name: 'ŠKODA plus ' }),
    document(2, 'sent', '99.00', { customer_name: 'Other' }),
  ];

  it.each(['7', 'skoda'])('a statement for a contact has them: %s', async (customer) => {
    const { ask } = await opened(bills);
    const { json: answer } = await ask('lucanto_get_statement', { customer });
    expect(answer.accounts).toMatchObject([{ currency: 'EUR', closing_balance: '30.00' }]);
    expect(answer.notes).toBeUndefined();
  });

  it('a statement says that another contact has the same name', async () => {
    const { ask } = await opened(bills, [], [...CLIENTS, { id: 9, name: 'Škoda PLUS' }]);
    const { json: answer } = await ask('lucanto_get_statement', { customer: '9' });
    expect(answer.accounts).toMatchObject([{ closing_balance: '30.00' }]);
    expect(answer.notes).toEqual([expect.stringContaining('another customer of the same name')]);
  });
});

describe('A credit note with the other sign than the rest', () => {
  const bills = [document(1, 'sent', '30.00', { client_id: 7 })];
  // Three give credit, one takes it back; who writes credit as a negative number takes it back with a positive one.
  const credits = (sign: string, other: string) => [
    document(2, 'sent', `${sign}10.00`, { client_id: 7 }),
    document(3, 'sent', `${sign}5.00`, { client_id: 7 }),
    document(4, 'sent', `${other}1.00`, { client_id: 7 }),
    document(5, 'sent', `${sign}4.00`, { client_id: 8 }),
  ];

  it.each([
    ['', '-'],
    ['-', ''],
  ])('takes credit back: "%s", "%s"', async (sign, other) => {
    const { ask } = await opened(bills, credits(sign, other));
    const taken = expect.arrayContaining(['1 of 4 credit notes has the opposite sign and counts as a reversal.']);
    const { json: sums } = await ask('lucanto_summarize_documents', { type: 'bill', net_of_credit_notes: true });
    expect(sums.net_of_credit_notes).toMatchObject([{ total: '12.00' }]);
    expect(sums.receivables.by_currency).toMatchObject([{ 'credit notes': '-18.00', open: '12.00' }]);
    expect(sums.notes).toEqual(taken);
    const { json: statement } = await ask('lucanto_get_statement', { customer: 'Škoda Plus' });
    expect(statement.accounts).toMatchObject([{ credit_notes: '-14.00', closing_balance: '16.00' }]);
  });
});

describe('Credit notes that do not count', () => {
  const bills = [document(1, 'sent', '30.00', { client_id: 7 })];
  const of = (id: number, state: string, total: string) => document(id, state, total, { client_id: 7 });

  it.each([
    ['', '-'],
    ['-', ''],
  ])('do not say which sign means credit, and are no reversals: "%s", "%s"', async (sign, other) => {
    const credits = [of(2, 'sent', `${sign}10.00`), of(3, 'draft', `${other}5.00`), of(4, 'cancelled', `${other}6.00`)];
    const { ask } = await opened(bills, credits);
    const { json: statement } = await ask('lucanto_get_statement', { customer: '7' });
    expect(statement.accounts).toMatchObject([{ credit_notes: '-10.00', closing_balance: '20.00' }]);
    expect(statement.notes).toBeUndefined();
    const { json: owed } = await ask('lucanto_list_receivables');
    expect(owed.customers).toMatchObject([{ open: '30.00', credit_notes: '-10.00', balance: '20.00' }]);
  });

  it('are not counted beside the one that takes credit back', async () => {
    const credits = [of(2, 'sent', '-10.00'), of(3, 'sent', '-9.00'), of(4, 'sent', '1.00'), of(5, 'draft', '2.00')];
    const { ask } = await opened(bills, credits);
    const { json: statement } = await ask('lucanto_get_statement', { customer: '7' });
    expect(statement.notes).toEqual(['1 of 3 credit notes has the opposite sign and counts as a reversal.']);
  });
});

describe('Where records are known by something else than an id', () => {
  const bills = [
    document(1, 'sent', '30.00', { client_id: 'c-7' }),
    document(2, 'sent', '9.00', { client_id: 'c-8' }),
  ].map(({ id, ...row }) => ({ uuid: `b-${id}`, ...row }));
  const clients = [
    { uuid: 'c-7', name: 'Škoda Plus' },
    { uuid: 'c-8', name: 'Other' },
  ];

  it('receivables and statements name and find the customers', async () => {
    const { ask } = await opened(bills, [], clients);
    const { json: owed } = await ask('lucanto_list_receivables', { customer: 'skoda' });
    expect(owed.companies[0].documents).toMatchObject([{ customer: 'Škoda Plus', number: 'B1', id: 'b-1' }]);
    for (const customer of ['other', 'c-8']) {
      const { json: statement } = await ask('lucanto_get_statement', { customer });
      expect(statement).toMatchObject({ customer: { id: 'c-8' }, accounts: [{ closing_balance: '9.00' }] });
    }
  });
});

describe('Credit notes that are not issued', () => {
  const bills = [document(1, 'sent', '30.00'), document(2, 'draft', '7.00')];
  const issued = document(3, 'sent', '-10.00');
  const unissued = [document(4, 'draft', '-2.50'), document(5, 'cancelled', '-1.00'), document(6, 'draft', '-3.00')];

  it('are not set off, and totalled apart', async () => {
    const { ask } = await opened(bills, [issued, ...unissued]);
    const { json: answer } = await ask('lucanto_summarize_documents', { type: 'bill', net_of_credit_notes: true });
    expect(answer.net_of_credit_notes).toMatchObject([{ total: '20.00' }]);
    expect(answer.not_in_totals).toEqual({ draft: [{ currency: 'EUR', count: 1, total: '7.00' }] });
    expect(answer.credit_notes_not_in_totals).toEqual({
      draft: [{ currency: 'EUR', count: 2, total: '-5.50' }],
      cancelled: [{ currency: 'EUR', count: 1, total: '-1.00' }],
    });
  });

  it('are named where nothing is left to set off', async () => {
    const { ask } = await opened(bills, unissued.slice(0, 1));
    const { json: answer } = await ask('lucanto_summarize_documents', { type: 'bill', net_of_credit_notes: true });
    expect(answer.net_of_credit_notes).toMatchObject([{ total: '30.00' }]);
    expect(answer.credit_notes_not_in_totals).toEqual({ draft: [{ currency: 'EUR', count: 1, total: '-2.50' }] });
    expect(answer).not.toHaveProperty('credit_notes');
  });
});

describe('Receivables and credit notes', () => {
  const bills = [document(1, 'sent', '30.00', { client_id: 7 })];
  const more = [document(2, 'sent', '-45.00', { client_id: 7 })];

  it.each([
    [
      'says that they are not set off, and which tool has the balance',
      more,
      expect.stringMatching(/not set off.*statement/),
    ],
    ['says nothing where the service has no list of them', [], undefined],
  ])('%s', async (_what, credits, note) => {
    const { ask } = await opened(bills, credits);
    const { json: answer } = await ask('lucanto_list_receivables');
    expect(answer.totals).toMatchObject([{ open: '30.00' }]);
    expect(answer.note).toEqual(note);
    const { json: saved } = await ask('lucanto_list_receivables', { save_as: 'csv' });
    expect(saved).toMatchObject({ rows: 1, complete: true });
    expect(saved.note).toEqual(note);
    const { json: nothing } = await ask('lucanto_list_receivables', { customer: 'Other' });
    expect(nothing.note).toContain(
      'No customer with such an open document matches "Other". Customers with open documents: Škoda Plus.',
    );
  });

  const of = (id: number, client_id: number, total: string, more: Row = {}) =>
    document(id, 'sent', total, { client_id, ...more });
  const owing = [of(1, 7, '30.00'), of(2, 8, '9.00')];

  it.each([
    ['', '-'],
    ['-', ''],
  ])('say beside what a customer owes what open credit notes leave of it: "%s", "%s"', async (sign, other) => {
    const credits = [
      of(3, 7, `${sign}40.00`),
      of(4, 7, `${sign}5.50`),
      of(5, 7, `${other}0.50`),
      // Of no debt: another currency, paid out, a draft, and a customer who owes nothing.
      of(6, 8, `${sign}3.00`, { currency: 'USD' }),
      of(7, 8, `${sign}3.00`, { state: 'paid' }),
      of(8, 8, `${sign}3.00`, { state: 'draft' }),
      of(9, 5, `${sign}3.00`),
    ];
    const { ask } = await opened(owing, credits);
    const { json: answer } = await ask('lucanto_list_receivables');
    expect(answer.customers).toEqual([
      {
        customer: 'Škoda Plus',
        currency: 'EUR',
        open: '30.00',
        overdue: '30.00',
        credit_notes: '-45.00',
        balance: '-15.00',
      },
      { customer: 'Other', currency: 'EUR', open: '9.00', overdue: '9.00' },
    ]);
    expect(answer.totals).toMatchObject([{ open: '39.00', overdue: '39.00' }]);
    expect(answer.note).toContain('(customers with open ones: Škoda Plus):');
    const { json: one } = await ask('lucanto_list_receivables', { customer: 'skoda' });
    expect(one.customers).toMatchObject([{ balance: '-15.00' }]);
    const { json: other8 } = await ask('lucanto_list_receivables', { customer: '8' });
    expect(other8).not.toHaveProperty('note');
    const { json: old } = await ask('lucanto_list_receivables', { min_days_overdue: 30 });
    expect(old.customers[0]).not.toHaveProperty('balance');
    expect(old.note).toContain('(customers with open ones: Škoda Plus):');
  });

  it('of a past day count those of that day', async () => {
    const { ask } = await opened([of(1, 7, '30.00')], [of(2, 7, '-5.00'), of(4, 7, '-7.00')]);
    const { json: answer } = await ask('lucanto_list_receivables', { as_of: '2024-01-03' });
    expect(answer.customers).toMatchObject([{ open: '30.00', credit_notes: '-5.00', balance: '25.00' }]);
  });

  it('know a customer by name alone, and those among the documents', async () => {
    const named = (id: number, customer_name: string, total: string, more: Row = {}) =>
      document(id, 'sent', total, { customer_name, type: 'invoice', ...more });
    const bills = [named(1, 'Acme', '30.00'), named(2, 'Acme', '-4.00', { type: 'credit_note' })];
    const { ask } = await opened(bills, [named(3, 'ACME ', '-1.25')]);
    const { json: answer } = await ask('lucanto_list_receivables');
    expect(answer.customers).toMatchObject([{ open: '30.00', credit_notes: '-5.25', balance: '24.75' }]);
  });

  it.each([
    ['whose customer is not named', { client_id: null }],
    ['in a state that is not understood', { state: 'zzyzx', client_id: 7 }],
  ])('do not say that there is no credit where there is a credit note %s', async (_what, more) => {
    const { ask } = await opened(owing, [document(3, 'sent', '-40.00', more), of(4, 5, '-1.00')]);
    const { json: answer } = await ask('lucanto_list_receivables');
    expect(answer.customers[0]).not.toHaveProperty('balance');
    expect(answer.note).toMatch(/not set off, and not all of them could be read: .*statement/);
  });
});

describe('Where the list of credit notes', () => {
  const bills = [document(1, 'sent', '30.00', { client_id: 7 })];
  const credit = document(2, 'sent', '-40.00', { client_id: 7 });

  it.each([
    ['fails', { status: 500, json: {} }],
    ['does not say how it goes on', { json: { data: [credit], has_more: true } }],
  ])('%s, receivables say that not all were read', async (_what, answer) => {
    const { ask } = await opened(bills, [credit], CLIENTS, answer);
    const { json: owed } = await ask('lucanto_list_receivables');
    expect(owed.totals).toMatchObject([{ open: '30.00' }]);
    expect(owed.note).toContain('Credit notes are not set off, and not all of them could be read');
  });
});

describe('Where the list of customers fails or has no end', () => {
  const invoice = {
    type: 'object',
    properties: {
      ...{
        id: { type: 'integer' },
        number: { type: 'string' },
        contact_id: { type: 'integer' },
        status: { type: 'string' },
      },
      ...{ total: { type: 'string' }, amount_due: { type: 'string' }, currency: { type: 'string' } },
      ...{ issue_date: { type: 'string', format: 'date' }, due_date: { type: 'string', format: 'date' } },
    },
  };
  const contact = { type: 'object', properties: { id: { type: 'integer' }, name: { type: 'string' } } };
  const row = {
    id: 1,
    number: 'F1',
    contact_id: 5,
    status: 'sent',
    total: '10.00',
    amount_due: '10.00',
    currency: 'EUR',
  };
  const paths = Object.fromEntries(
    Object.entries({ invoices: invoice, contacts: contact }).map(([noun, schema]) => {
      const data = { type: 'array', items: schema };
      const answer = json({
        type: 'object',
        properties: { data, has_more: { type: 'boolean' }, next_page: { type: 'integer' } },
      });
      const page = { name: 'page', in: 'query', schema: { type: 'integer' } };
      const get = { operationId: `list-${noun}`, parameters: [page], responses: { 200: answer } };
      return [`/workspaces/{workspace_id}/${noun}`, { parameters: parameters('workspace_id'), get }];
    }),
  );
  const withContacts = async (contacts: (page: number) => OddAnswer) => {
    const odd = await oddService(paths, ({ path, query }) =>
      path.endsWith('/contacts')
        ? contacts(Number(query.get('page') ?? 1))
        : { json: { data: [{ ...row, issue_date: '2026-01-01', due_date: '2026-01-15' }], has_more: false } },
    );
    return scene(later(odd).url, 'lct_pat_x23456789', { LUCANTO_SCOPES: 'read:*' });
  };

  it('no customer is said to be missing', async () => {
    const { ask } = await withContacts(() => ({ status: 500, json: {} }));
    const { json: none } = await ask('lucanto_get_statement', { customer: 'Nine' });
    expect(none).toMatchObject({ error: 'customers_unread', message: expect.stringContaining('not all were: http') });
    const { json: five } = await ask('lucanto_get_statement', { customer: '5' });
    expect(five.accounts[0].closing_balance).toBe('10.00');
  });

  it('a statement says that the name may be that of another customer too', async () => {
    const { ask } = await withContacts((page) => ({
      json: { data: [{ id: page + 4, name: page === 1 ? 'Nine' : `C${page}` }], has_more: true, next_page: page + 1 },
    }));
    const { json: answer } = await ask('lucanto_get_statement', { customer: 'Nine' });
    expect(answer.notes).toContainEqual(
      expect.stringMatching(/^Not all customers were read .*another may match "Nine" too/),
    );
    expect((await ask('lucanto_get_statement', { customer: '5' })).text).not.toContain('Not all customers');
  });
});

describe('Amounts in cents of a currency that shops write without decimals', () => {
  // Two decimals by ISO 4217, whatever the tables of this computer show.
  it.each([
    ['HUF', '2125.00', '850.00'],
    ['IDR', '2125.00', '850.00'],
    ['ISK', '212500', '85000'],
    ['IQD', '212.500', '85.000'],
  ])('are divided as the standard says: %s', async (currency, total, open) => {
    const cents = { currency, client_id: 7, total: undefined, total_cents: 212500, amount_due_cents: 85000 };
    const { ask } = await opened([document(1, 'sent', '', cents)]);
    const { json: sums } = await ask('lucanto_summarize_documents', { type: 'bill', group_by: 'month' });
    expect([sums.totals, sums.groups]).toMatchObject([[{ total, open }], [{ month: '2024-01', total }]]);
    const { json: owed } = await ask('lucanto_list_receivables');
    expect(owed.totals).toMatchObject([{ currency, open }]);
  });

  it('add up by VAT rate in whole forints too', async () => {
    const items = [{ name: 'Work', quantity: '1', unit_price: '333', vat_rate: '27' }];
    const { ask } = await opened([document(1, 'sent', '423', { currency: 'HUF', total_vat: '90', items })]);
    const { json } = await ask('lucanto_summarize_documents', { type: 'bill', group_by: 'vat_rate' });
    expect(json.groups).toMatchObject([{ vat_rate: '27.0', net: '333.00', vat: '90.00', total: '423.00' }]);
  });
});

describe("The record's own table of VAT rates", () => {
  // 200.00 with 23 % = 46.00, and 100.00 with 5 % = 5.00.
  const totals = { client_id: 7, total_without_vat: '300.00', total_vat: '51.00' };
  const expected = [
    { vat_rate: '23.0', net: '200.00', vat: '46.00', total: '246.00' },
    { vat_rate: '5.0', net: '100.00', vat: '5.00', total: '105.00' },
  ];
  const groups = async (vat_breakdown: readonly Row[]) => {
    const { ask } = await opened([document(1, 'sent', '351.00', { ...totals, vat_breakdown })]);
    return (await ask('lucanto_summarize_documents', { type: 'bill', group_by: 'vat_rate' })).json.groups;
  };

  it('keeps the rate of which a reverse charge leaves no VAT', async () => {
    const row = { client_id: 7, total_without_vat: '200.00', total_vat: '0.00' };
    const vat_breakdown = [{ rate: 23, base: '200.00', vat: '0.00' }];
    const { ask } = await opened([document(1, 'sent', '200.00', { ...row, vat_breakdown })]);
    const { json } = await ask('lucanto_summarize_documents', { type: 'bill', group_by: 'vat_rate' });
    expect(json.groups).toMatchObject([{ vat_rate: '23.0', net: '200.00', vat: '0.00', total: '200.00' }]);
  });

  it.each([
    [
      { rate: 23, base: '200.00', vat: '46.00' },
      { rate: 5, base: '100.00', vat: '5.00' },
    ],
    [
      { percentage: '23', net: 200, tax: 46 },
      { percentage: '5', net: 100, tax: 5 },
    ],
    [
      { vat: 23, taxable: '200.00', amount: '46.00' },
      { vat: 5, taxable: '100.00', amount: '5.00' },
    ],
    [
      { rate: '23 %', base: '200.00', vat_amount: '46.00' },
      { rate: '5 %', base: '100.00', vat_amount: '5.00' },
    ],
    [
      { rate: 0.23, base: '200.00', vat: '46.00' },
      { rate: '0.05', base: '100.00', vat: '5.00' },
    ],
  ])('is grouped by its rates, whatever a bare name means: %j', async (...table) => {
    expect(await groups(table)).toMatchObject(expected);
  });

  it.each([
    [
      { rate: 7, base: '200.00', vat: '46.00' },
      { rate: 8, base: '100.00', vat: '5.00' },
    ],
    [
      { base: '200.00', vat: '46.00' },
      { base: '100.00', vat: '5.00' },
    ],
  ])('is not known where no field of it can be the rate: %j', async (...table) => {
    expect(await groups(table)).toMatchObject([{ vat_rate: 'not known', net: '300.00', vat: '51.00' }]);
  });
});

describe('A list in an answer with layers of its own', () => {
  const bills = Array.from({ length: 23 }, (_, n) => document(n + 1, 'sent', `${n}.10`, { client_id: 7 }));
  // 0 + 1 + … + 22 = 253, and 23 × 0.10 = 2.30.
  const [first = {}] = bills;
  const row = { type: 'object', properties: Object.fromEntries(Object.keys(first).map((name) => [name, {}])) };
  const rowsOf = (items: object) => ({ type: 'array', items });
  const inside = (name: string, schema: object) => ({ type: 'object', properties: { [name]: schema } });
  const LAYERS: Readonly<
    Record<string, readonly [schema: object, answer: (rows: readonly Row[], total: number, page: number) => unknown]>
  > = {
    'rows in an object in an object': [
      inside('response', inside('result', inside('bills', rowsOf(row)))),
      (rows, total, page) => ({ response: { result: { bills: rows, page, pages: 3, total } } }),
    ],
    'an object called data': [
      inside('data', inside('bills', rowsOf(row))),
      (rows, total) => ({ data: { bills: rows, total }, success: true }),
    ],
    'an object beside words about the request': [
      { type: 'object', properties: { code: {}, msg: {}, data: inside('list', rowsOf(row)) } },
      (rows, total) => ({ code: 200, msg: 'ok', data: { list: rows, total } }),
    ],
    'rows that begin with another record': [
      inside('list', rowsOf(row)),
      (rows, total) => ({ list: rows.map((bill) => ({ client: { id: 7 }, ...bill })), total }),
    ],
    'a record in each row': [
      inside('list', rowsOf(inside('bill', row))),
      (rows, total) => ({ list: rows.map((bill) => ({ bill })), total }),
    ],
    'a record in each row of a bare list': [rowsOf(inside('bill', row)), (rows) => rows.map((bill) => ({ bill }))],
  };

  it.each(
    Object.entries(LAYERS).flatMap(([name, layer]) =>
      [true, false].map((isDescribed) => [name, isDescribed, ...layer] as const),
    ),
  )('%s is read to its end, described: %s', async (_name, isDescribed, schema, answer) => {
    const strip = (of: object): object =>
      JSON.parse(JSON.stringify(of).replaceAll(JSON.stringify(row), '{"type":"object"}'));
    const list = { parameters: query('page'), responses: { 200: json(isDescribed ? schema : strip(schema)) } };
    const paths = {
      '/workspaces/{workspace_id}/bills': {
        parameters: parameters('workspace_id'),
        get: { operationId: 'list-bills', ...list },
      },
    };
    const odd = later(
      await oddService(paths, ({ query: asked }) => {
        const page = Number(asked.get('page') ?? 1);
        return { json: answer(bills.slice(page * 10 - 10, page * 10), bills.length, page) };
      }),
    );
    const { ask } = await scene(odd.url, 'lct_pat_x23456789', { LUCANTO_SCOPES: 'read:*' });
    const { json: sums } = await ask('lucanto_summarize_documents', { type: 'bill', group_by: 'contact' });
    expect(sums).toMatchObject({
      complete: true,
      totals: [{ count: 23, total: '255.30' }],
      groups: [{ contact_id: 7 }],
    });
    const { text } = await ask('lucanto_list_bills');
    expect(text).toContain('"number":"B10"');
  });

  it('is not looked for in a record', async () => {
    const paths = {
      '/workspaces/{workspace_id}/bills/{id}': {
        parameters: parameters('workspace_id', 'id'),
        get: { operationId: 'get-bill', responses: { 200: json(inside('data', row)) } },
      },
    };
    const record = { ...first, items: [{ name: 'Work' }], customer: { id: 7 } };
    const odd = later(await oddService(paths, () => ({ json: { data: record } })));
    const { ask } = await scene(odd.url, 'lct_pat_x23456789', { LUCANTO_SCOPES: 'read:*' });
    expect((await ask('lucanto_get_bill', { id: 1 })).text).toContain('"number":"B1"');
  });
});

describe('Dates that are written in a style of their own', () => {
  const on = (first: unknown, second: unknown) => [
    document(1, 'sent', '10.00', { issued_on: first, client_id: 7 }),
    document(2, 'sent', '5.00', { issued_on: second, client_id: 7 }),
  ];

  it.each([
    ['31.3.2024', '01. 04. 2024'],
    ['2024/03/31', '2024/4/1'],
    ['20240331', '20240401'],
    [20240331, 20240401],
    ['1711875600', '1711962000'],
    ['31.03.2024 23:59', '01.04.2024 00:01'],
  ])('belong to their day where they mean one: %s', async (first, second) => {
    const { ask } = await opened(on(first, second));
    const { json: months } = await ask('lucanto_summarize_documents', { type: 'bill', group_by: 'month' });
    expect(months.groups).toMatchObject([
      { month: '2024-03', total: '10.00' },
      { month: '2024-04', total: '5.00' },
    ]);
    const { json: march } = await ask('lucanto_summarize_documents', { type: 'bill', to: '2024-03-31' });
    expect(march).toMatchObject({ complete: true, totals: [{ total: '10.00' }] });
  });

  it.each([
    ['3/4/2024', '2024-04-01'],
    ['31.02.2024', '2024-04-01'],
  ])('leave a period incomplete where they do not: %s', async (first, second) => {
    const { ask } = await opened(on(first, second));
    const { json: sums } = await ask('lucanto_summarize_documents', { type: 'bill', from: '2024-01-01' });
    expect(sums).toMatchObject({ complete: false, totals: [{ total: '5.00' }] });
    expect(sums.incomplete_because).toBe('1 row without a date that is understood: missing from every sum');
    const { json: list } = await ask('lucanto_list_bills', { from: '2024-01-01' });
    expect(list).toMatchObject({ complete: false, not_complete: expect.stringContaining('the date of 1 row is not') });
  });

  it('say of an open bill when it was paid, in receivables and statements of each day', async () => {
    const { ask } = await opened([document(1, 'sent', '10.00', { client_id: 7, paid_on: '20.03.2024' })]);
    const totals = async (as_of?: string) => (await ask('lucanto_list_receivables', { as_of })).json.totals;
    expect(await totals()).toEqual([]);
    expect(await totals('2024-03-19')).toMatchObject([{ open: '10.00' }]);
    expect(await totals('2024-03-20')).toEqual([]);
    const { json: account } = await ask('lucanto_get_statement', { customer: '7', to: '2024-04-01' });
    expect(account).toMatchObject({ complete: true, accounts: [{ payments: '-10.00', closing_balance: '0.00' }] });
  });

  it('leave open whether a bill was paid where they do not', async () => {
    const bills = [document(1, 'sent', '10.00', { client_id: 7, paid_on: '3/4/2024' })];
    const { ask } = await opened([...bills, document(2, 'paid', '5.00', { client_id: 7, paid_on: '2024-03-01' })]);
    const { json: owed } = await ask('lucanto_list_receivables');
    expect(owed).toMatchObject({ complete: false, totals: [] });
    expect(owed.companies[0].notes).toEqual([expect.stringContaining('what was open (not understood: paid_on).')]);
    expect((await ask('lucanto_get_statement', { customer: '7' })).json).toMatchObject({
      complete: false,
      notes: ['Balance may be too high: 1 record of bills with a payment, and nothing says how much was paid.'],
    });
  });

  it('are not taken for all of what is paid in part', async () => {
    const { ask } = await opened([document(1, 'partially_paid', '10.00', { client_id: 7, paid_on: '20.03.2024' })]);
    const { json: account } = await ask('lucanto_get_statement', { customer: '7' });
    expect(account).toMatchObject({ complete: false, accounts: [{ closing_balance: '10.00' }] });
  });

  it('leave a statement to a past day incomplete where a payment has none', async () => {
    const payments = [{ amount: '4.00', paid_on: '3/4/2024' }];
    const { ask } = await opened([document(1, 'sent', '10.00', { client_id: 7, payments })]);
    const { json: past } = await ask('lucanto_get_statement', { customer: '7', to: '2024-04-01' });
    expect(past).toMatchObject({ complete: false, accounts: [{ closing_balance: '10.00' }] });
    const why = 'left out of a statement to a past day: its balances may be too high';
    expect(past.incomplete_because).toBe(`1 payment without a date ${why}`);
    const { json: now } = await ask('lucanto_get_statement', { customer: '7' });
    expect(now).toMatchObject({ complete: true, accounts: [{ closing_balance: '6.00' }] });
    expect(now.notes).toContain('1 payment without a date: at the end of the movements.');
  });

  it.each(['3/4/2024', 'on receipt'])('leave open whether a bill is overdue where they do not: %s', async (due_on) => {
    const { ask } = await opened([document(1, 'sent', '10.00', { client_id: 7, due_on })]);
    const { json: owed } = await ask('lucanto_list_receivables');
    expect(owed).toMatchObject({
      complete: false,
      incomplete_because: 'One: the due date of 1 document is not understood',
      totals: [{ 'no due date': '10.00', open: '10.00' }],
    });
    expect(owed.companies[0].documents[0]).not.toHaveProperty('days_overdue');
    const note = 'Not known whether overdue: 1 document with a due date that is not understood.';
    expect((await ask('lucanto_summarize_documents', { type: 'bill' })).json.notes).toContain(note);
    const { json: late } = await ask('lucanto_summarize_documents', { type: 'bill', status: 'overdue' });
    expect(late.incomplete_because).toBe('1 row without a date that is understood: missing from every sum');
    const { json: unpaid } = await ask('lucanto_summarize_documents', { type: 'bill', status: 'unpaid' });
    expect(unpaid.complete).toBe(true);
  });

  it.each(['0000-00-00', '0000-00-00T00:00:00Z', false, 0])(
    'are missing where none is written so: %s',
    async (none) => {
      const { ask } = await opened([document(1, 'sent', '10.00', { client_id: 7, due_on: none, paid_on: none })]);
      const { json: owed } = await ask('lucanto_list_receivables');
      expect(owed).toMatchObject({ complete: true, totals: [{ 'no due date': '10.00', open: '10.00' }] });
    },
  );
});

describe('An invoice that was approved', () => {
  it.each(['approved', 'Confirmed', 'accepted'])('is owed: %s', async (state) => {
    const { ask } = await opened([document(1, state, '100.00', { client_id: 7, amount_due: '40.00' })]);
    const { json: owed } = await ask('lucanto_list_receivables');
    expect(owed).toMatchObject({ complete: true, totals: [{ open: '40.00' }] });
    const { json: unpaid } = await ask('lucanto_summarize_documents', { type: 'bill', status: 'unpaid' });
    expect(unpaid.totals).toMatchObject([{ count: 1, open: '40.00' }]);
  });

  it.each(['rejected', 'expired', 'converted'])('is not understood where it was not: %s', async (state) => {
    const { ask } = await opened([document(1, state, '100.00', { client_id: 7, amount_due: '40.00' })]);
    expect((await ask('lucanto_list_receivables')).json).toMatchObject({ complete: false, totals: [] });
  });
});

describe('Groups in several currencies', () => {
  // Of 70 customers with one bill in euros each and 2 with one in yen, 60 groups are shown.
  const bills = [
    ...Array.from({ length: 70 }, (_, n) => document(n + 1, 'sent', `${n + 1}.00`, { client_id: 100 + n })),
    ...[9000, 8000].map((yen, n) => document(80 + n, 'sent', String(yen), { client_id: 90 + n, currency: 'JPY' })),
  ];

  it('are ranked within each, and the first of each are shown', async () => {
    const { ask } = await opened(bills);
    const { json } = await ask('lucanto_summarize_documents', { type: 'bill', group_by: 'contact' });
    const shown = json.groups.filter((one: Row) => one.others === undefined);
    expect(shown.map((one: Row) => [one.currency, one.total])).toEqual([
      ...Array.from({ length: 58 }, (_, n) => ['EUR', `${70 - n}.00`]),
      ...[
        ['JPY', '9000'],
        ['JPY', '8000'],
      ],
    ]);
    // 1 + 2 + … + 12.
    expect(json.groups.at(-1)).toMatchObject({
      others: 'all further groups',
      currency: 'EUR',
      count: 12,
      total: '78.00',
    });
  });
});

describe('A state that only words on a later page tell', () => {
  it('is read on every page', async () => {
    const states = [...Array.from({ length: 12 }, () => 'neu'), 'draft', 'sent', 'paid', 'cancelled'];
    const rows = states.map((progress, n) =>
      document(n + 1, '', '10.00', { state: undefined, progress, amount_due: '1.00' }),
    );
    const paths = {
      '/workspaces/{workspace_id}/bills': {
        parameters: parameters('workspace_id'),
        get: {
          operationId: 'list-bills',
          parameters: query('page'),
          responses: {
            200: json({ type: 'object', properties: { data: { type: 'array', items: { type: 'object' } } } }),
          },
        },
      },
    };
    const odd = later(
      await oddService(paths, ({ query: asked }) => {
        const at = (Number(asked.get('page') ?? 1) - 1) * 4;
        return { json: { data: rows.slice(at, at + 4), has_more: at + 4 < rows.length } };
      }),
    );
    const { ask } = await scene(odd.url, 'lct_pat_x23456789', { LUCANTO_SCOPES: 'read:*' });
    const { json: sums } = await ask('lucanto_summarize_documents', { type: 'bill' });
    expect(sums.totals).toMatchObject([{ count: 2, total: '20.00' }]);
    expect(sums.not_in_totals).toMatchObject({
      'state neu': [{ count: 12, total: '120.00' }],
      ...{ draft: [{ total: '10.00' }], cancelled: [{ total: '10.00' }] },
    });
  });
});

describe('What a record says of its payments', () => {
  const bill = (more: Row) => document(1, 'sent', '100.00', { client_id: 7, ...more });
  const paidOn = (amount: string, more: Row = {}) => ({ amount, paid_on: '2024-02-01', ...more });

  it.each<Row>([
    { outstanding_balance: '40.00' },
    { amountToPay: '40.00' },
    { total_outstanding: { amount: '40.00', currency: 'EUR' } },
    { amount_settled: '60.00' },
    { paidToDate: 60 },
    { payments: [paidOn('80.00'), paidOn('20.00', { type: 'refund' })] },
    { payments: [paidOn('80.00'), paidOn('-20.00', { kind: 'Chargeback' })] },
  ])('leaves 40.00 open: %j', async (more) => {
    const { ask } = await opened([bill(more)]);
    expect((await ask('lucanto_list_receivables')).json).toMatchObject({ complete: true, totals: [{ open: '40.00' }] });
    const { json } = await ask('lucanto_get_statement', { customer: '7' });
    expect(json).toMatchObject({ complete: true, accounts: [{ closing_balance: '40.00' }] });
  });

  it.each<Row>([
    { rest: '40.00' },
    { received: '60.00' },
    { pendingSum: '40.00' },
    { collected_cents: 6000 },
    { payments: [paidOn('60.00', { currency: 'USD' })] },
    { payments: [{ paid_on: '2024-02-01', euros: '60.00' }] },
  ])('is not the whole total where it is not understood, and its field is named: %j', async (more) => {
    const { ask } = await opened([bill(more)]);
    const { json: owed } = await ask('lucanto_list_receivables');
    expect(owed).toMatchObject({ complete: false, totals: [] });
    expect(owed.companies[0].notes.join(' ')).toContain(`(not understood: ${Object.keys(more)[0]})`);
    expect((await ask('lucanto_get_statement', { customer: '7' })).json.complete).toBe(false);
  });

  it.each<Row>([
    { due_days: 14 },
    { payment_terms: 30 },
    { payment_reference: '12' },
    { received: 0 },
    { customer_balance: '5000.00' },
    { payments: [] },
  ])('is the whole total where it says nothing of them: %j', async (more) => {
    const { ask } = await opened([bill(more)]);
    expect((await ask('lucanto_list_receivables')).json).toMatchObject({
      complete: true,
      totals: [{ open: '100.00' }],
    });
  });
});
