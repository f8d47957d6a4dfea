/** What is waiting to be looked at: the drafts of every kind and company in one call. */
import { describe, expect, it } from 'vitest';
import { json, listOf, oddService, parameters } from './odd-service.ts';
import { useScenes } from './opened.ts';

const { later, scene, demo } = useScenes();

const TOOL = 'lucanto_check_document';

// biome-ignore lint/suspicious/noExplicitAny: rows of any shape.
type Row = any;

describe('The check of documents, called with nothing,', () => {
  it('lists every draft of the embedded Lucanto, as the lists of each kind and company have them', async () => {
    const service = await demo();
    const { ask, script } = await scene(service.url, service.tokens.read);
    const { json: companies } = await ask('lucanto_list_workspaces');
    const { json: answer } = await ask(TOOL);
    expect(answer).toMatchObject({ complete: true, note: 'To check one, pass its type and id.' });
    expect(answer.companies.map((one: Row) => one.company)).toEqual(
      (companies.data ?? companies).map((one: Row) => one.name),
    );
    for (const { workspace_id, drafts } of answer.companies) {
      const expected: string[] = [];
      for (const resource of ['invoices', 'proformas', 'credit_notes']) {
        const { json: list } = await script(`lucanto_list_${resource}`, { workspace_id, status: 'draft', limit: 100 });
        expected.push(...list.data.map((row: Row) => `${resource} ${row.id} ${row.total} ${row.issue_date}`));
      }
      expect(drafts.map((row: Row) => `${row.type}s ${row.id} ${row.total} ${row.issued}`)).toEqual(expected);
      for (const row of drafts) expect(row.customer).toMatch(/[a-z]{3}/i);
    }
    const { json: one } = await ask(TOOL, { workspace_id: '42' });
    expect(one.companies).toEqual([answer.companies[0]]);
    expect(service.requests.every(({ method }) => method === 'GET' || method === 'POST')).toBe(true);
  });

  it('says which kinds a key may not read', async () => {
    const service = await demo();
    const env = { LUCANTO_TOOLSETS: 'invoices,contacts' };
    const { ask } = await scene(service.url, service.tokens.read, env);
    const { json: answer } = await ask(TOOL);
    expect(answer.incomplete_because).toBe(
      'quotes may not be read; proformas may not be read; credit notes may not be read',
    );
    expect(answer.companies[0].drafts.length).toBeGreaterThan(0);
    expect(answer.looked_at).toEqual(['invoice']);
  });

  it('still needs the type of what is to be checked', async () => {
    const service = await demo();
    const { ask } = await scene(service.url, service.tokens.read);
    const { json: refused } = await ask(TOOL, { workspace_id: '42', id: '1016' });
    expect(refused).toMatchObject({ error: 'invalid_arguments', message: expect.stringContaining('type') });
  });
});

describe('Of a service with names of its own, the check of documents', () => {
  const row = (id: number, more: object) => ({
    ...{ id, customer_name: 'Acme', total: '9.00', currency: 'EUR', issued_on: '2026-01-02' },
    ...more,
  });
  const lists: Readonly<Record<string, readonly object[]>> = {
    bills: [row(1, { state: 'draft' }), row(2, { state: 'sent' })],
    // Told by a flag, by a word that is not known, and not at all.
    estimates: [row(3, { is_draft: true }), row(4, { is_draft: false })],
    proformas: [row(5, { state: 'zzyzx' }), row(6, { state: 'draft' })],
    expenses: [row(7, { supplier_name: 'Ševt' }), row(8, { supplier_name: 'Ševt', is_draft: true })],
  };

  async function opened(answer: (path: string) => object | null) {
    const at = '/workspaces/{workspace_id}';
    const paths = Object.entries(lists).flatMap(([name, rows]) => {
      const fields = Object.fromEntries(rows.flatMap(Object.keys).map((field) => [field, {}]));
      const own = { get: { parameters: parameters('workspace_id'), responses: { 200: listOf(fields) } } };
      const record = json({ type: 'object', properties: fields });
      const one = { get: { parameters: parameters('workspace_id', 'id'), responses: { 200: record } } };
      return [[`${at}/${name}`, own] as const, [`${at}/${name}/{id}`, one] as const];
    });
    const contacts = { get: { parameters: parameters('workspace_id'), responses: { 200: json({ type: 'array' }) } } };
    const odd = later(
      await oddService({ ...Object.fromEntries(paths), [`${at}/contacts`]: contacts }, ({ path }) => answer(path)),
    );
    return scene(odd.url, 'lct_pat_x23456789', { LUCANTO_SCOPES: 'read:*' });
  }

  const page = (path: string) => ({ json: { data: lists[path.split('/').at(-1) ?? ''] ?? [], has_more: false } });

  it('lists drafts by word and by flag, and says of which records the state is not understood', async () => {
    const { ask } = await opened(page);
    const { json: answer } = await ask(TOOL);
    expect(answer.companies).toMatchObject([
      {
        drafts: [
          { type: 'bill', id: 1, customer: 'Acme', total: '9.00', currency: 'EUR', issued: '2026-01-02' },
          { type: 'estimate', id: 3 },
          { type: 'proforma', id: 6 },
          { type: 'expense', id: 8, supplier: 'Ševt' },
        ],
      },
    ]);
    expect(answer).toMatchObject({
      complete: false,
      incomplete_because: 'One, the state of 1 record of proformas is not understood',
    });
  });

  it('does not count a kind that could not be read among those that it looked at', async () => {
    const { ask } = await opened((path) =>
      path.endsWith('/bills') ? { status: 403, json: { error: 'no' } } : page(path),
    );
    const { json: answer } = await ask(TOOL);
    expect(answer.looked_at).toEqual(['estimate', 'proforma', 'expense']);
    expect(answer.incomplete_because).toMatch(/^One, bills: /);
  });

  const states = (...values: readonly string[]) => ({ state: { type: 'string', enum: values } });

  it.each([
    ['what a list of bills holds besides', { kind: {}, ...states('draft', 'sent') }, { kind: 'proforma' }, 'draft'],
    ['those in any of several such states', states('sent', 'in_preparation', 'draft'), {}, 'draft'],
    ['those that only a value tells', { situation: {} }, { situation: 'draft' }, undefined],
  ])('lists %s too', async (_what, fields, more, state) => {
    const own = state === undefined ? [{}, { situation: 'paid' }] : [{ state }, { state: 'sent' }];
    const rows = own.map((one, at) => row(at + 1, { ...(at === 0 && more), ...one }));
    const at = '/workspaces/{workspace_id}/bills';
    const filter = { name: 'state', in: 'query', schema: { type: 'string' } };
    const get = {
      parameters: [...parameters('workspace_id'), filter],
      responses: { 200: listOf({ id: {}, total: {}, currency: {}, issued_on: {}, customer_name: {}, ...fields }) },
    };
    const asked = (wanted: string | null) => rows.filter((one: Row) => wanted === null || one.state === wanted);
    const odd = later(
      await oddService(
        { [at]: { get }, [`${at}/{id}`]: { get: { ...get, parameters: parameters('workspace_id', 'id') } } },
        ({ query }) => ({
          json: { data: asked(query.get('state')), has_more: false },
        }),
      ),
    );
    const { ask } = await scene(odd.url, 'lct_pat_x23456789', { LUCANTO_SCOPES: 'read:*' });
    const { json: answer } = await ask(TOOL);
    expect(answer).toMatchObject({ complete: true, companies: [{ drafts: [{ type: 'bill', id: 1 }] }] });
  });

  it('does not call complete what nothing tells drafts from', async () => {
    const rows = [row(1, { state: null }), row(2, { state: null })];
    const { ask } = await opened((path) => ({ json: { data: path.endsWith('/bills') ? rows : [], has_more: false } }));
    const { json: answer } = await ask(TOOL);
    const why = 'One, nothing in the records tells drafts of bills from the rest';
    expect(answer).toMatchObject({ complete: false, incomplete_because: why, companies: [{ drafts: [] }] });
  });

  it('does not call complete a list that has no end', async () => {
    const { ask } = await opened((path) =>
      path.endsWith('/bills') ? { json: { data: lists.bills, has_more: true } } : page(path),
    );
    const { json: answer } = await ask(TOOL);
    expect(answer.incomplete_because).toMatch(/^One, bills: .+; One, the state of 1 record of proformas/);
  });

  it('names a list that cannot be read, and answers for the rest', async () => {
    const refused = { status: 403, json: { error: 'forbidden', message: 'No estimates.' } };
    const { ask } = await opened((path) => (path.endsWith('/estimates') ? refused : page(path)));
    const { json: answer } = await ask(TOOL);
    expect(answer.complete).toBe(false);
    expect(answer.incomplete_because).toContain('One, estimates: ');
    expect(answer.companies[0].drafts.map(({ id }: Row) => id)).toEqual([1, 6, 8]);
    const none = await opened(() => refused);
    expect((await none.ask(TOOL)).json).toMatchObject({ error: 'forbidden' });
  });
});
