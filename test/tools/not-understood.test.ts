/** What a summary does not understand is named, and no tool of ours is missing without a reason. */
import { describe, expect, it } from 'vitest';
import { listOf, oddService, parameters, query } from './odd-service.ts';
import { useScenes } from './opened.ts';

const { later, scene, demo } = useScenes();

async function summary(rows: readonly object[], args: object = {}, beside: object = {}) {
  const described = Object.fromEntries(Object.keys(Object.assign({}, ...rows)).map((name) => [name, {}]));
  const paths = {
    '/workspaces/{workspace_id}/invoices': {
      get: { parameters: parameters('workspace_id'), responses: { 200: listOf(described) } },
    },
  };
  const service = later(await oddService(paths, () => ({ json: { data: rows, has_more: false, ...beside } })));
  const { ask } = await scene(service.url, 'lct_pat_x23456789', { LUCANTO_SCOPES: 'read:*' });
  return (await ask('lucanto_summarize_documents', { type: 'invoice', ...args })).json;
}

const common = { currency: 'EUR', issue_date: '2026-05-05', status: 'sent' };

describe('A summary', () => {
  it.each([
    [[{ ...common, id: 1, total: '1.234,50 €' }], 'Not understood as the total: total ("1.234,50 €").'],
    [
      [{ ...common, id: 1, total: { sum: '5', in: 'EUR' } }],
      'Not understood as the total: total ({"sum":"5","in":"EUR"}).',
    ],
    [[{ ...common, id: 1, payable: '5.00' }], 'The rows have no field for: total. Their fields: '],
    [
      [{ id: 1, total: '5.00', status: 'sent', issue_date: '5 May' }],
      'Not understood as a date: issue_date ("5 May").',
    ],
    [
      [{ id: 1, total: '5.00', status: 'sent', issue_date: '2026-05-05', currency: { symbol: '€' } }],
      'Not understood as the currency: currency ({"symbol":"€"}).',
    ],
  ])('names the field whose values it cannot read: %j', async (rows, note) => {
    const { notes, totals } = await summary(rows);
    expect(notes.join('\n')).toContain(note);
    expect(totals).toMatchObject([{ count: 1 }]);
  });

  it.each([
    [{ errors: [{ message: 'shard 2 is down' }] }, false],
    [{ error: 'timeout' }, false],
    [{ errors: [], error: null }, true],
    [{ warnings: ['slow'] }, true],
  ])('is complete only where no error came with the rows: %j', async (beside, isComplete) => {
    const { totals, complete, incomplete_because } = await summary([{ ...common, id: 1, total: '10.10' }], {}, beside);
    expect(totals).toMatchObject([{ count: 1, total: '10.10' }]);
    expect(complete).toBe(isComplete);
    if (!isComplete) expect(incomplete_because).toContain('the service reported an error beside the rows');
  });

  it('counts the rows whose amount it cannot read, and totals the others', async () => {
    const { notes, totals, complete, incomplete_because } = await summary([
      { ...common, id: 1, total: '10.10' },
      { ...common, id: 2, total: 'n/a' },
      { ...common, id: 3, total: null },
    ]);
    expect(totals).toEqual([{ currency: 'EUR', count: 3, total: '10.10', without_total: 2 }]);
    expect(notes).toContain('total of 1 row is not understood as an amount: "n/a".');
    expect({ complete, incomplete_because }).toEqual({
      complete: false,
      incomplete_because: '2 rows without a total that is understood: missing from every sum',
    });
  });

  it.each([
    [{ gross: '12.30' }, '12.30'],
    [{ gross: '12.30', amount: '10.00' }, '12.30'],
    [{ netto: '10.00', brutto: '12.30' }, '12.30'],
    [{ invoice_total: 12.3 }, '12.30'],
    [{ gross_cents: 1230 }, '12.30'],
    [{ payableAmount: '12.30' }, '12.30'],
  ])('knows a total by its usual names: %j', async (amounts, total) => {
    const answer = await summary([{ ...common, id: 1, ...amounts }]);
    expect(answer).toMatchObject({ complete: true, totals: [{ total }] });
  });

  it.each<{ worth?: string; total?: string | null }>([{ worth: '12.30' }, { total: null }, { total: '12.30' }])(
    'is complete only if it understood each row: %j',
    async (amounts) => {
      const answer = await summary([
        { ...common, id: 1, total: '1.00' },
        { ...common, id: 2, ...amounts },
      ]);
      const isUnderstood = amounts.total === '12.30';
      expect(answer.complete).toBe(isUnderstood);
      expect(answer.totals[0].without_total).toBe(isUnderstood ? undefined : 1);
    },
  );

  it('names a state that matches nothing, with those of the rows', async () => {
    const { notes, covered } = await summary([{ ...common, id: 1, total: '1.00' }], { status: 'sent, overdu' });
    expect(covered.counted).toBe(1);
    expect(notes).toContain('"overdu" (not a known status) matched nothing. Statuses: sent.');
  });

  it('says of a word that was sent and found nothing that it may be no status', async () => {
    const at = '/workspaces/{workspace_id}/invoices';
    const list = {
      parameters: [...parameters('workspace_id'), ...query('status')],
      responses: { 200: listOf({ total: {} }) },
    };
    const service = later(await oddService({ [at]: { get: list } }, () => ({ json: { data: [], has_more: false } })));
    const { ask } = await scene(service.url, 'lct_pat_x23456789', { LUCANTO_SCOPES: 'read:*' });
    const { json } = await ask('lucanto_summarize_documents', { type: 'invoice', status: 'pending_x' });
    expect(json.notes).toContain('"pending_x" matched nothing, and nothing says that it is a status of invoices.');
    expect(service.received.map(({ query: asked }) => asked.get('status'))).toEqual(['pending_x']);
  });

  it.each([
    ['unpaid', [1, 4]],
    ['open, drafts', [1, 2, 4]],
    ['overdue', [4]],
    ['Paid,cancelled', [3, 5]],
  ])('takes the groups that people say: %s', async (status, ids) => {
    const rows = [
      { ...common, id: 1, status: 'viewed', total: '1.00', due_date: '2999-01-01' },
      { ...common, id: 2, status: 'draft', total: '2.00', due_date: '2020-01-01' },
      { ...common, id: 3, status: 'paid', total: '4.00', due_date: '2020-01-01' },
      { ...common, id: 4, status: 'sent', total: '8.00', due_date: '2020-01-01' },
      { ...common, id: 5, status: 'void', total: '16.00', due_date: '2020-01-01' },
    ];
    const { totals } = await summary(rows, { status });
    const sum = ids.reduce((total, id) => total + 2 ** (id - 1), 0);
    expect(totals).toEqual([{ currency: 'EUR', count: ids.length, total: `${sum}.00` }]);
  });
});

describe('Every tool of ours', () => {
  it('is hidden with its reason where the contract has nothing for it', async () => {
    const service = later(await oddService({}, () => null));
    const { bridge } = await scene(service.url, 'lct_pat_x23456789', { LUCANTO_SCOPES: 'read:*' });
    const hidden = bridge.catalogue.hidden().filter(({ tool }) => tool.route === 'local');
    expect(hidden.length).toBeGreaterThanOrEqual(3);
    for (const { tool, reason } of hidden) expect(reason, tool.descriptor.name).toMatch(/the contract has no/);
  });

  it('is hidden with its reason where calls go to the remote endpoint', async () => {
    const service = await demo();
    const { bridge } = await scene(service.url, service.tokens.read, { LUCANTO_BACKEND: 'remote' });
    const hidden = bridge.catalogue.hidden().filter(({ tool }) => tool.route === 'local');
    expect(hidden.map(({ tool }) => tool.descriptor.name)).toContain('lucanto_summarize_documents');
    for (const { reason } of hidden) expect(reason).toContain('--backend remote');
  });
});
