/** Filters of a service that nobody knew: several values, the groups that people say, periods, and values that are none. */
import { describe, expect, it } from 'vitest';
import { listOf, oddService, parameters, query, type Received } from './odd-service.ts';
import { useScenes } from './opened.ts';

const { later, scene } = useScenes();

const STATES = ['concept', 'posted', 'part_paid', 'settled', 'void'] as const;
/** One of each state in turn, a day apart; the first is of 1 January. */
const BILLS = Array.from({ length: 12 }, (_, at) => ({
  id: at + 1,
  state: STATES[at % STATES.length],
  invoice_date: `2026-01-${String(at + 1).padStart(2, '0')}`,
  client_id: 500 + (at % 3),
  series: at % 2 === 0 ? 'North' : 'South',
  payer: { id: at % 2 === 0 ? 'p1' : 'p2' },
  grand_total: '10.00',
}));

interface Service {
  readonly state?: object | null;
  readonly period?: boolean;
  readonly fields?: object;
  readonly words?: string;
  readonly limit?: object;
  /** The argument that asks for the next page. */
  readonly cursor?: string;
  /** What the contract says of this filter. */
  readonly series?: string;
}

const FIELDS = {
  id: { type: 'integer' },
  state: { type: 'string' },
  invoice_date: { type: 'string', format: 'date' },
  client_id: { type: 'integer' },
  grand_total: { type: 'string' },
};

async function opened({
  state = { type: 'string' },
  period = false,
  fields = FIELDS,
  words = 'Bills.',
  limit = {},
  cursor = 'cursor',
  series = '',
}: Service = {}) {
  const own = (name: string, schema: object) => ({ name, in: 'query', schema });
  const list = {
    operationId: 'list-bills',
    description: words,
    parameters: [
      ...parameters('workspace_id'),
      {
        ...own('limit', { type: 'integer', maximum: 5, ...limit }),
        description: String(Object(limit).description ?? ''),
      },
      own(cursor, { type: 'string' }),
      { ...own('series', { type: 'string' }), description: series },
      own('payerId', { type: 'string' }),
      own('client_id', { type: 'integer' }),
      ...(state === null ? [] : [{ ...own('state', state), description: String(Object(state).description ?? '') }]),
      ...(period ? [own('dated_since', { type: 'string' }), own('dated_until', { type: 'string' })] : []),
    ],
    responses: { 200: listOf(fields) },
  };
  const odd = later(await oddService({ '/workspaces/{workspace_id}/bills': { get: list } }, page));
  const { ask, ...rest } = await scene(odd.url, 'lct_pat_x23456789', { LUCANTO_SCOPES: 'manage:*' });
  const bills = async (args: object) => {
    const { json: first, result } = await ask('lucanto_list_bills', args);
    const said = result.content.map(({ text }) => String(text)).join('\n');
    return { ...first, said, ids: first.data?.map(({ id }: { id: number }) => id) };
  };
  return { odd, bills, ...rest };
}

/** Pages of at most five rows, filtered by state and client as the request says. */
function page({ query }: Received) {
  const fitting = BILLS.filter(
    ({ state, client_id, series, payer }) =>
      [null, String(state)].includes(query.get('state')) &&
      [null, String(client_id)].includes(query.get('client_id')) &&
      [null, series].includes(query.get('series')) &&
      [null, payer.id].includes(query.get('payerId')),
  );
  const from = Number(query.get('cursor') ?? query.get('starting_after') ?? 0);
  const end = from + Number(query.get('limit') ?? 5);
  return { json: { data: fitting.slice(from, end), next_cursor: fitting.length > end ? String(end) : null } };
}

const idsOf = (...states: readonly string[]) =>
  BILLS.filter(({ state }) => states.includes(String(state))).map(({ id }) => id);

describe('A filter by state', () => {
  it.each([
    ['settled,void', idsOf('settled', 'void')],
    [['posted', 'concept'], idsOf('posted', 'concept')],
    ['unpaid', idsOf('posted', 'part_paid')],
    ['open', idsOf('posted', 'part_paid')],
    ['drafts', idsOf('concept')],
    ['drafts, settled', idsOf('concept', 'settled')],
    ['void', idsOf('void')],
  ])('finds what is meant by %j, over all pages', async (state, ids) => {
    const { bills } = await opened();
    expect((await bills({ state })).ids).toEqual(ids);
  });

  it('is one of the bridge where the contract has none', async () => {
    const { bills } = await opened({ state: null });
    expect((await bills({ state: 'unpaid' })).ids).toEqual(idsOf('posted', 'part_paid'));
  });

  it('that matches nothing is told with the states that there are', async () => {
    const { bills } = await opened();
    expect((await bills({ state: 'postd' })).said).toContain(
      '"postd" matched nothing: no row of the first page has this status. Statuses: concept, posted, part_paid, settled, void.',
    );
    expect((await bills({ state: 'postd', client_id: '500,501' })).said).toContain(
      'matched nothing: no row of the first page has this status. Statuses: concept',
    );
    // A state that the service has, and no bill of this client.
    expect((await bills({ state: 'void', client_id: 502 })).said).not.toContain('not a known status');
    const described = await opened({ state: { type: 'string', description: 'such as posted, settled' } });
    expect((await described.bills({ state: 'postd' })).said).toContain(
      'matched nothing: it is not a known status. Statuses: posted, settled.',
    );
  });

  it.each([
    ['its values', { type: 'string', enum: [...STATES] }],
    ['them in words', { type: 'string', description: 'One of: concept, posted, part_paid, settled or void' }],
  ])('is refused before sending where the contract names %s', async (_how, state) => {
    const { odd, bills } = await opened({ state });
    const { said } = await bills({ state: 'postd' });
    expect(said).toMatch(/postd\\+" is not a status of bills.*concept, posted, part_paid, settled, void/);
    expect(odd.received).toEqual([]);
    expect((await bills({ state: 'unpaid' })).ids).toEqual(idsOf('posted', 'part_paid'));
  });
});

describe('Any other filter', () => {
  it('that matches nothing is told with the values that there are, unless each record has its own', async () => {
    const { bills } = await opened();
    expect((await bills({ series: 'Nort' })).said).toContain(
      '"Nort" matched nothing: no row of the first page has this series. series: North, South.',
    );
    for (const payerId of ['Acme', 'p1,p2'])
      expect((await bills({ payerId })).said).toContain('no row of the first page has this payerId. payerId: p1, p2.');
    expect((await bills({ series: 'North', client_id: 999 })).note).toBeUndefined();
  });

  it('is refused before sending where the contract says that it is one of some values', async () => {
    const { odd, bills } = await opened({ series: 'One of `North`, `South` or `East`.' });
    expect((await bills({ series: 'Nort' })).said).toMatch(/cannot be .*Nort.*North, South, East/);
    expect(odd.received).toEqual([]);
    expect((await bills({ series: 'North' })).ids).toHaveLength(5);
    const open = await opened({ series: 'One of the numbers, names or words to search' });
    expect((await open.bills({ series: 'Nort' })).said).toContain('no row of the first page has this series');
  });
});

describe('Several values', () => {
  it('of an id give the rows of all of them, page by page', async () => {
    const { bills } = await opened();
    const first = await bills({ client_id: '500,501', limit: 5 });
    const second = await bills({ client_id: ['500', '501'], limit: 5, cursor: first.next_cursor });
    expect([first.has_more, second.has_more]).toEqual([true, false]);
    const wanted = BILLS.filter(({ client_id }) => client_id !== 502).map(({ id }) => id);
    expect([...first.ids, ...second.ids].sort((a, b) => a - b)).toEqual(wanted);
    expect((await bills({ client_id: '500,501', cursor: 'x' })).said).toContain('This cursor does not come from');
  });

  it.each([{ default: 3 }, { description: '1 to 5 (3)' }, { description: 'Rows of a page, by default 3' }])(
    'give as many rows as a page has by default: %j',
    async (limit) => {
      const { bills, script } = await opened({ limit });
      const state = 'concept,posted';
      const first = await bills({ state });
      const second = await bills({ state, cursor: first.next_cursor });
      const wanted = idsOf('concept', 'posted');
      expect([first.ids, second.ids]).toEqual([wanted.slice(0, 3), wanted.slice(3)]);
      expect([first.has_more, second.has_more]).toEqual([true, false]);
      expect((await bills({ state, limit: 5 })).ids).toEqual(wanted.slice(0, 5));
      const { json: every } = await script('lucanto_list_bills', { state });
      expect(every.data.map(({ id }: { id: number }) => id)).toEqual(wanted);
    },
  );

  it('are each checked like one', async () => {
    const { odd, bills } = await opened();
    expect((await bills({ client_id: ['500', 'Novák'] })).said).toMatch(/`client_id` is the string .+Novák/);
    expect(odd.received).toEqual([]);
  });
});

describe('A period', () => {
  it('is not mistaken for the argument that asks for the next page', async () => {
    const { bills } = await opened({ cursor: 'starting_after' });
    expect((await bills({ from: '2026-01-03', to: '2026-01-05' })).ids).toEqual([3, 4, 5]);
  });

  it('is had by reading the list where the contract has no filter for it, which is said', async () => {
    const { bills, bridge } = await opened();
    const listed = bridge.listed().find(({ name }) => name === 'lucanto_list_bills');
    expect(listed?.inputSchema).toMatchObject({ properties: { from: { type: 'string' }, to: { type: 'string' } } });
    const found = await bills({ from: '2026-01-03', to: '2026-01-07', state: 'unpaid' });
    expect(found.ids).toEqual([3, 7]);
    expect(found.note).toBe(
      'The service has no filter for a period: the whole list was read (12 rows), by invoice_date. Customer names could not be read, so only ids are given.',
    );
  });

  it.each([
    [{ from: '2026-02-01', to: '2026-01-01' }, 'from (2026-02-01) is after to (2026-01-01).'],
    [{ from: 'last week' }, 'from must be a date (YYYY-MM-DD).'],
    [{ to: '2026-02-30' }, 'to must be a date (YYYY-MM-DD).'],
  ])('%j is refused', async (args, sentence) => {
    const { odd, bills } = await opened();
    expect((await bills(args)).said).toContain(sentence);
    expect(odd.received).toEqual([]);
  });

  it('is asked for by the names of the contract where it has them', async () => {
    const { bills } = await opened({ period: true });
    expect((await bills({ from: '2026-01-03' })).said).toContain('did you mean `dated_since`?');
  });
});

it('a list of records without a date or a state takes neither', async () => {
  const fields = { id: { type: 'integer' }, name: { type: 'string' } };
  const { bills } = await opened({ state: null, fields });
  const { said } = await bills({ from: '2026-01-03', state: 'open' });
  expect(said).toContain('unknown argument `from`');
  expect(said).toContain('unknown argument `state`');
});

it('the answer to a list is one request where one will do', async () => {
  const { odd, bills } = await opened({ state: { type: 'array', items: { type: 'string', enum: [...STATES] } } });
  await bills({ state: ['posted', 'settled'] });
  expect(odd.received.map(({ query }) => query.getAll('state'))).toEqual([['posted', 'settled']]);
});

it.each([
  ['Lists bills, newest first.', 'newest first'],
  ['All bills, sorted by invoice_date descending. Paged.', 'sorted by invoice_date descending'],
  ['All bills.', undefined],
])('a list says how it is sorted where the contract says it: %s', async (words, order) => {
  const { bills } = await opened({ words });
  expect((await bills({})).order).toBe(order);
});

/** Two unpaid bills; of the first it is not clear when it is due. */
async function dated() {
  const bill = (id: number, due_on: string) => ({ id, status: 'sent', due_on, issued_on: '2026-01-01', total: '5.00' });
  const fields = { id: {}, status: {}, due_on: {}, issued_on: {}, total: {} };
  const get = { parameters: [...parameters('workspace_id'), ...query('status')], responses: { 200: listOf(fields) } };
  const rows = { data: [bill(1, '3/4/2026'), bill(2, '2026-01-31')], has_more: false };
  const service = later(await oddService({ '/workspaces/{workspace_id}/bills': { get } }, () => ({ json: rows })));
  const { ask } = await scene(service.url, 'lct_pat_x23456789', { LUCANTO_SCOPES: 'read:*' });
  return { ask, rows };
}

it('a list of what is overdue is not complete where a due date is not understood', async () => {
  const { ask } = await dated();
  const { json: late } = await ask('lucanto_list_bills', { status: 'overdue' });
  expect(late.data).toMatchObject([{ id: 2 }]);
  expect(late).toMatchObject({ complete: false, not_complete: expect.stringContaining('the date of 1 row') });
});

it('a list of a period says whether the whole list was read', async () => {
  const { ask, rows } = await dated();
  const { json: part } = await ask('lucanto_list_bills', { from: '2026-01-01' });
  expect(part.note).toContain('the whole list was read (2 rows), by issued_on.');
  rows.has_more = true;
  const { json: some } = await ask('lucanto_list_bills', { from: '2026-01-01' });
  expect(some).toMatchObject({ complete: false, note: expect.stringContaining('only a part of the list was read') });
});
