/** Documents by their numbers, in a service that nobody knew: where an id is expected, the number does as well. */
import { describe, expect, it } from 'vitest';
import { json, listOf, oddService, parameters, query, type Received } from './odd-service.ts';
import { useScenes } from './opened.ts';

const { later, scene } = useScenes();

const BILLS = Array.from({ length: 8 }, (_, at) => ({
  id: at + 1,
  full_number: at === 7 ? 'FA-2026/3' : `FA-2026/${at + 1}`,
  invoice_date: '2026-01-02',
  grand_total: '10.00',
}));
const FIELDS = {
  id: { type: 'integer' },
  full_number: { type: 'string' },
  invoice_date: { type: 'string' },
  grand_total: { type: 'string' },
};
const OBJECT = json({ type: 'object', properties: FIELDS });

async function opened(filter: readonly string[] = [], idType: object = { type: 'integer' }) {
  const id = [...parameters('workspace_id'), { name: 'bill_id', in: 'path', required: true, schema: idType }];
  const paths = {
    '/workspaces/{workspace_id}/bills': {
      get: {
        operationId: 'list-bills',
        parameters: [...parameters('workspace_id'), ...query('limit', 'cursor', ...filter)],
        responses: { 200: listOf(FIELDS) },
      },
    },
    '/workspaces/{workspace_id}/bills/{bill_id}': {
      parameters: id,
      get: { operationId: 'get-bill', responses: { 200: OBJECT } },
      delete: { operationId: 'delete-bill', responses: { 204: { description: 'Gone' } } },
    },
    '/workspaces/{workspace_id}/bills/{bill_id}/issue': {
      parameters: id,
      post: { operationId: 'issue-bill', responses: { 200: OBJECT } },
    },
  };
  const odd = later(await oddService(paths, answer));
  const { ask } = await scene(odd.url, 'lct_pat_x23456789', { LUCANTO_SCOPES: 'manage:*', LUCANTO_CONFIRM: 'never' });
  odd.received.length = 0;
  const call = async (tool: string, args: object) => {
    const { result } = await ask(tool, args);
    return result.content.map(({ text }) => String(text)).join('\n');
  };
  const about = () =>
    odd.received.filter(({ path }) => !path.endsWith('/bills')).map((one) => one.path.split('/bills')[1]);
  return { call, about, odd };
}

/** Pages of three rows; `number` filters, and `q` searches names only. */
function answer({ method, path, query: asked }: Received) {
  if (method === 'DELETE') return { status: 204 };
  if (!path.endsWith('/bills')) return { json: BILLS[0] };
  const number = asked.get('number');
  const rows = asked.has('q') ? [] : BILLS.filter((bill) => number === null || bill.full_number === number);
  const from = Number(asked.get('cursor') ?? 0);
  const end = from + 3;
  return { json: { data: rows.slice(from, end), next_cursor: rows.length > end ? String(end) : null } };
}

describe('The number of a document', () => {
  it.each([
    ['reads it', 'lucanto_get_bill', [], '/5'],
    ['deletes it', 'lucanto_delete_bill', [], '/5'],
    ['issues it', 'lucanto_issue_bill', ['number'], '/5/issue'],
    ['finds it where a search knows names only', 'lucanto_get_bill', ['q'], '/5'],
  ])('%s', async (_what, tool, filter, path) => {
    const { call, about } = await opened(filter);
    await call(tool, { id: 'fa-2026/5' });
    expect(about()).toEqual([path]);
  });

  it('of two is refused with both ids, and of none too', async () => {
    const { call, about } = await opened();
    expect(await call('lucanto_delete_bill', { id: 'FA-2026/3' })).toContain(
      'Two bills match \\"FA-2026/3\\": ids 3, 8.',
    );
    expect(await call('lucanto_get_bill', { id: 'FA-2025/1' })).toContain('None of the bills has the number');
    expect(about()).toEqual([]);
  });

  it('gives way to an id', async () => {
    const { call, about, odd } = await opened();
    await call('lucanto_get_bill', { id: '5' });
    const opaque = await opened([], { type: 'string' });
    await opaque.call('lucanto_get_bill', { id: 'bill_a1b2c3' });
    await opaque.call('lucanto_get_bill', { id: 'FA-2026/99' });
    await opaque.call('lucanto_get_bill', { id: 'FA-2026/6' });
    expect([about(), opaque.about()]).toEqual([['/5'], ['/bill_a1b2c3', '/FA-2026%2F99', '/6']]);
    expect(odd.received).toHaveLength(1);
  });
});

describe('A number of digits only', () => {
  const ORDERS = [
    { id: 4001, number: '20260001' },
    { id: 4002, number: '20260002' },
    { id: 20260002, number: '20260009' },
    { id: 4003, number: '0012' },
  ];
  const fields = { id: { type: 'integer' }, number: { type: 'string' } };
  const respond = ({ method, path, query: asked }: Received) => {
    const id = /\/orders\/(\d+)/.exec(path)?.[1];
    const order = ORDERS.find((one) => String(one.id) === id);
    if (id !== undefined)
      return order === undefined ? { status: 404 } : method === 'GET' ? { json: order } : { status: 204 };
    const number = asked.get('number');
    return { json: { data: ORDERS.filter((one) => number === null || one.number === number), next_cursor: null } };
  };
  const start = async (...filter: readonly string[]) => {
    const one = {
      id: 'x',
      parameters: [
        ...parameters('workspace_id'),
        { name: 'order_id', in: 'path', required: true, schema: { type: 'integer' } },
      ],
    };
    const odd = later(
      await oddService(
        {
          '/workspaces/{workspace_id}/orders': {
            get: {
              operationId: 'list',
              parameters: [...parameters('workspace_id'), ...query('limit', 'cursor', ...filter)],
              responses: { 200: listOf(fields) },
            },
          },
          '/workspaces/{workspace_id}/orders/{order_id}': {
            parameters: one.parameters,
            get: { operationId: 'get', responses: { 200: json({ type: 'object', properties: fields }) } },
            delete: { operationId: 'delete', responses: { 204: { description: 'Gone' } } },
          },
        },
        respond,
      ),
    );
    const { ask } = await scene(odd.url, 'lct_pat_x23456789', { LUCANTO_SCOPES: 'manage:*', LUCANTO_CONFIRM: 'never' });
    return async (id: unknown) => {
      odd.received.length = 0;
      const { text } = await ask('lucanto_delete_order', { id });
      return {
        text,
        deleted: odd.received.flatMap(({ method, path }) => (method === 'DELETE' ? path.split('/').at(-1) : [])),
      };
    };
  };

  it.each([[[]], [['number']]])('is found where no record has it as its id, with filters %j', async (filter) => {
    const drop = await start(...filter);
    expect((await drop('20260001')).deleted).toEqual(['4001']);
    expect((await drop('0012')).deleted).toEqual(['4003']);
    expect((await drop('4002')).deleted).toEqual(['4002']);
    expect((await drop(20260002)).deleted).toEqual(['20260002']);
  });

  it.each([[[]], [['number']]])('that is the id of another record is refused, with filters %j', async (filter) => {
    const { text, deleted } = await (await start(...filter))('20260002');
    expect([deleted, text]).toEqual([
      [],
      expect.stringContaining('is an id of the orders, and the number of another: id 4002'),
    ]);
  });
});

describe('A number under a name of its own', () => {
  it.each(['get', 'issue'])('is refused with the argument that takes it, where that is missing: %s', async (verb) => {
    const { call } = await opened();
    const said = (args: object) => call(`lucanto_${verb}_bill`, args);
    for (const name of ['full_number', 'number'])
      expect(await said({ [name]: 'FA-2026/2' })).toContain(`unknown argument \`${name}\`; did you mean \`id\`?`);
    expect(await said({ id: 2, number: 'FA-2026/2' })).toContain('unknown argument `number`."');
  });
});
