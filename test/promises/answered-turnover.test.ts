/** What is turnover, what is owed and who owes it is told from each record, and what cannot be told is named. */
import { describe, expect, it } from 'vitest';
import { listOf, oddService, parameters } from '../tools/odd-service.ts';
import { useScenes } from '../tools/opened.ts';

const { later, scene } = useScenes();

async function summary(rows: readonly object[], args: object = {}) {
  const described = Object.fromEntries(Object.keys(Object.assign({}, ...rows)).map((name) => [name, {}]));
  const paths = {
    '/workspaces/{workspace_id}/bills': {
      get: { parameters: parameters('workspace_id'), responses: { 200: listOf(described) } },
    },
  };
  const service = later(await oddService(paths, () => ({ json: { data: rows, has_more: false } })));
  const { ask } = await scene(service.url, 'lct_pat_x23456789', { LUCANTO_SCOPES: 'read:*' });
  return ask('lucanto_summarize_documents', { type: 'bill', ...args });
}

const common = { currency: 'EUR', invoice_date: '2020-05-05', due_date: '2020-05-19' };

describe('Turnover', () => {
  it.each([
    ['draft', 'draft'],
    ['In preparation', 'draft'],
    ['voided', 'cancelled'],
    ['Annulled', 'cancelled'],
    ['mystery', 'state mystery'],
  ])('leaves out what is %s, and says what that comes to', async (state, name) => {
    const { json } = await summary([
      { ...common, id: 1, grand_total: '100.10', state: 'sent' },
      { ...common, id: 2, grand_total: '900.90', state },
      { ...common, id: 3, grand_total: '50.05', state: 'Paid' },
    ]);
    expect(json.totals).toEqual([{ currency: 'EUR', count: 2, total: '150.15' }]);
    expect(json.not_in_totals).toEqual({ [name]: [{ currency: 'EUR', count: 1, total: '900.90' }] });
    expect(json.receivables.by_currency).toEqual([
      { currency: 'EUR', count: 1, 'over 90': '100.10', overdue: '100.10', open: '100.10' },
    ]);
  });

  it('has drafts in it where the call asks for them', async () => {
    const { json } = await summary([{ ...common, id: 2, grand_total: '9.00', state: 'draft' }], { status: 'draft' });
    expect(json.totals).toEqual([{ currency: 'EUR', count: 1, total: '9.00' }]);
  });

  it('counts a currency once, however its code is spelled', async () => {
    const rows = ['EUR', 'eur', 'Eur', 'CZK'].map((currency, id) => ({ ...common, currency, id, grand_total: '1.10' }));
    const { json } = await summary(rows);
    expect(json.totals).toEqual([
      { currency: 'EUR', count: 3, total: '3.30' },
      { currency: 'CZK', count: 1, total: '1.10' },
    ]);
    const { json: grouped } = await summary(rows, { group_by: 'currency' });
    expect(grouped.groups).toHaveLength(2);
  });

  it('is not asked for from a day after its last', async () => {
    const period = { from: '2026-02-01', to: '2026-01-31' };
    const { json } = await summary([{ ...common, id: 1, grand_total: '1.00' }], period);
    expect(json.message).toContain('from (2026-02-01) is after to (2026-01-31)');
    expect(json).not.toHaveProperty('totals');
  });
});

describe('What is owed', () => {
  it.each([
    ['amount_paid', '70.00'],
    ['paidAmount', '70.00'],
    ['total_paid', 70],
  ])('is the total less %s where no field says what is due', async (name, paid) => {
    const { json } = await summary([{ ...common, id: 1, grand_total: '100.50', state: 'sent', [name]: paid }]);
    expect(json.receivables.by_currency).toMatchObject([
      { currency: 'EUR', count: 1, overdue: '30.50', open: '30.50' },
    ]);
    expect(json.totals).toEqual([{ currency: 'EUR', count: 1, total: '100.50', open: '30.50' }]);
  });

  it('is said not to be known where a part was paid and nothing says how much', async () => {
    const { json } = await summary([
      { ...common, id: 1, grand_total: '100.00', state: 'partially_paid' },
      { ...common, id: 2, grand_total: '20.00', state: 'unpaid' },
    ]);
    expect(json.receivables.by_currency).toMatchObject([{ count: 1, open: '20.00' }]);
    expect(json.notes).toContain('The whole total of 1 document counts as open: the records do not say what was paid.');
    expect(json.notes).toContain('Not in receivables: 1 document of which the records do not say what was open.');
  });
});

describe('A customer', () => {
  it('is one by the id, whatever the name, and two by two ids under one name', async () => {
    const rows = [
      { ...common, id: 1, grand_total: '1.00', client_id: 7, client_name: 'Novák' },
      { ...common, id: 2, grand_total: '2.00', client_id: 8, client_name: 'Novák' },
      { ...common, id: 3, grand_total: '4.00', client_id: 7, client_name: 'Novák s.r.o.' },
    ];
    const { json } = await summary(rows, { group_by: 'contact' });
    expect(json.groups).toEqual([
      { contact_id: 7, contact: 'Novák', currency: 'EUR', count: 2, total: '5.00' },
      { contact_id: 8, contact: 'Novák', currency: 'EUR', count: 1, total: '2.00' },
    ]);
  });
});
