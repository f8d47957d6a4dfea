/** Companies page by page, in the ways in which services page: by its name, one of the last page is meant, pinned and saved. */
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { json, type OddAnswer, oddService, parameters, type Received } from '../tools/odd-service.ts';
import { useScenes } from '../tools/opened.ts';

const { later, scene } = useScenes();

const SIZE = 7;
const COUNT = 24;
/** Two names share a part: one company of the first page, one of the last. */
const COMPANIES = Array.from({ length: COUNT }, (_, at) => ({
  id: 100 + at,
  name: at === 2 ? 'Alpenblick GmbH' : at === COUNT - 1 ? 'Alpenblick' : at === COUNT - 2 ? 'Novák' : `Company ${at}`,
}));

interface Style {
  readonly arguments: readonly string[];
  /** @param at of the page's first row */
  readonly answer: (rows: readonly object[], at: number) => OddAnswer;
  readonly start: (query: URLSearchParams) => number;
}
const paged = (query: URLSearchParams, name: string) => (Number(query.get(name) ?? 1) - 1) * SIZE;
const bare = (rows: readonly object[]) => ({ json: rows });
const STYLES: Readonly<Record<string, Style>> = {
  'page and per_page, with nothing said': {
    arguments: ['page', 'per_page'],
    start: (query) => paged(query, 'page'),
    answer: bare,
  },
  'page and a total': {
    arguments: ['page', 'per_page'],
    start: (query) => paged(query, 'page'),
    answer: (rows, at) => ({ json: { firms: rows, meta: { total: COUNT, page: at / SIZE + 1 } } }),
  },
  'offset and limit': {
    arguments: ['offset', 'limit'],
    start: (query) => Number(query.get('offset') ?? 0),
    answer: (rows) => ({ json: { data: rows } }),
  },
  'a cursor': {
    arguments: ['page_token'],
    start: (query) => Number(query.get('page_token') ?? 0),
    answer: (rows, at) => ({ json: { firms: rows, next_page_token: at + SIZE < COUNT ? String(at + SIZE) : null } }),
  },
  'the id of the last one': {
    arguments: ['starting_after', 'limit'],
    start: (query) => (query.has('starting_after') ? Number(query.get('starting_after')) - 99 : 0),
    answer: (rows, at) => ({ json: { data: rows, has_more: at + SIZE < COUNT } }),
  },
  'a link in the header': {
    arguments: ['page'],
    start: (query) => paged(query, 'page'),
    answer: (rows, at) => ({
      json: rows,
      headers: at + SIZE < COUNT ? { link: `</api/v1/user/workspaces?page=${at / SIZE + 2}>; rel="next"` } : {},
    }),
  },
};

const INVOICE = {
  type: 'object',
  properties: { id: {}, number: {}, issue_date: {}, due_date: {}, total: {}, currency: {}, status: {} },
};
const THINGS = {
  '/workspaces/{workspace_id}/invoices': {
    get: {
      operationId: 'list-invoices',
      parameters: parameters('workspace_id'),
      responses: { 200: json({ type: 'array', items: INVOICE }) },
    },
  },
  '/workspaces/{workspace_id}/invoices/{id}': {
    get: { parameters: parameters('workspace_id', 'id'), responses: { 200: json(INVOICE) } },
  },
  '/workspaces/{workspace_id}/things': {
    get: {
      operationId: 'list-things',
      parameters: parameters('workspace_id'),
      responses: { 200: json({ type: 'array', items: {} }) },
    },
  },
};

/** @param endless it never stops giving further companies */
async function opened(style: Style, { remote = false, endless = false, env = {} } = {}) {
  const asked: URLSearchParams[] = [];
  const page = (query: URLSearchParams): OddAnswer => {
    asked.push(query);
    const at = style.start(query);
    const rows = endless
      ? Array.from({ length: SIZE }, (_, index) => ({ id: 1000 + at + index, name: `Firm ${at + index}` }))
      : COMPANIES.slice(at, at + SIZE);
    return style.answer(at === 0 ? [...COMPANIES.slice(0, SIZE)] : rows, at);
  };
  const rows = { type: 'array', items: { type: 'object' } };
  const list = {
    operationId: 'list-workspaces',
    parameters: style.arguments.map((name) => ({ name, in: 'query', schema: { type: 'string' } })),
    responses: { 200: json({ anyOf: [rows, { type: 'object', properties: { firms: rows, data: rows } }] }) },
  };
  const schema = { type: 'object', properties: Object.fromEntries(style.arguments.map((name) => [name, {}])) };
  const tools = [
    { name: 'lucanto_list_workspaces', inputSchema: schema, annotations: { readOnlyHint: true } },
    {
      name: 'lucanto_list_things',
      inputSchema: { type: 'object', properties: { workspace_id: { type: 'integer' } } },
      annotations: { readOnlyHint: true },
    },
  ];
  const reached: string[] = [];
  const endpoint = ({ body }: Received): OddAnswer => {
    const { id, method, params } = JSON.parse(String(body));
    const result = (value: object) => ({ json: { jsonrpc: '2.0', id, result: value } });
    if (id === undefined) return { status: 202 };
    if (method === 'initialize')
      return result({ protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo: {} });
    if (method === 'tools/list') return result({ tools });
    if (method !== 'tools/call') return { json: { jsonrpc: '2.0', id, error: { code: -32601, message: 'No' } } };
    if (params.name === 'lucanto_list_things') reached.push(String(params.arguments.workspace_id));
    const answer = params.name === 'lucanto_list_things' ? [] : page(new URLSearchParams(params.arguments)).json;
    return result({ content: [{ type: 'text', text: JSON.stringify(answer) }] });
  };
  const answer = (request: Received): OddAnswer | null => {
    if (request.path === '/api/mcp/v1') return remote ? endpoint(request) : null;
    if (request.path === '/api/v1/me/workspaces') return page(request.query);
    reached.push(request.path.split('/')[4] ?? '');
    return { json: [] };
  };
  const paths = { '/user/workspaces': undefined, '/me/workspaces': { get: list }, ...THINGS };
  const odd = later(await oddService(paths, answer));
  const opened = await scene(odd.url, 'lct_pat_x23456789', {
    LUCANTO_SCOPES: 'manage:*',
    ...(remote && { LUCANTO_BACKEND: 'remote' }),
    ...env,
  });
  return { ...opened, asked, reached };
}

describe.each(Object.entries(STYLES))('Companies that a service gives with %s', (name, style) => {
  const routes = name === 'a link in the header' ? [false] : [false, true];

  it('are all known by name', async () => {
    for (const remote of routes) {
      const { ask, reached } = await opened(style, { remote });
      for (const workspace_id of ['Alpenblick', 'novak']) await ask('lucanto_list_things', { workspace_id });
      expect([remote, reached]).toEqual([remote, [String(100 + COUNT - 1), String(100 + COUNT - 2)]]);
    }
  });

  it('are pinned by a name of the last page, listed and saved', async () => {
    const { ask, reached, files } = await opened(style, { env: { LUCANTO_WORKSPACE: 'Novák' } });
    await ask('lucanto_list_things', {});
    expect(reached).toEqual([String(100 + COUNT - 2)]);
    const { result } = await ask('lucanto_list_workspaces', {});
    const shown = JSON.stringify(result);
    expect(shown).toContain('Novák');
    expect(shown).not.toContain('Company');
    const { json: saved } = await ask('lucanto_list_workspaces', { save_as: 'csv' });
    expect(saved).toMatchObject({ rows: 1, complete: true });
    expect(await readFile(String(Object(saved).path), 'utf8')).toContain('Novák');
    expect(String(Object(saved).path)).toContain(files);
  });
});

describe('Companies whose list has no end', () => {
  const endless = { endless: true };
  const style = STYLES['offset and limit'];
  if (style === undefined) throw new Error('no style');

  it('are read for some pages, and a name that only seems to be one company reaches nothing', async () => {
    const { ask, asked, reached } = await opened(style, endless);
    const { result } = await ask('lucanto_list_things', { workspace_id: 'Alpenblick' });
    expect(JSON.stringify(result)).toMatch(/Alpenblick GmbH.*there may be further ones.*at most 20 pages/);
    expect(asked.length).toBeLessThanOrEqual(20);
    await ask('lucanto_list_things', { workspace_id: '102' });
    expect(reached).toEqual(['102']);
  });

  it('pin nothing by a name, and are not saved as if they were all', async () => {
    const byName = await opened(style, { ...endless, env: { LUCANTO_WORKSPACE: 'Alpenblick' } });
    expect(JSON.stringify((await byName.ask('lucanto_list_things', {})).result)).toContain('there may be further ones');
    expect(byName.reached).toEqual([]);
    const byId = await opened(style, { ...endless, env: { LUCANTO_WORKSPACE: '999' } });
    const { json: saved } = await byId.ask('lucanto_list_workspaces', { save_as: 'csv' });
    expect(saved).toMatchObject({ rows: 0, complete: false, incomplete_because: 'at most 20 pages are read at once' });
  });

  it('are totalled as far as they are known, and not as if they were all', async () => {
    const { ask, reached } = await opened(style, endless);
    const { json: drafts } = await ask('lucanto_check_document', {});
    reached.length = 0;
    const { json: all } = await ask('lucanto_list_receivables', {});
    for (const answer of [drafts, all])
      expect(answer).toMatchObject({
        complete: false,
        incomplete_because: expect.stringContaining(
          'there may be further companies (at most 20 pages are read at once)',
        ),
      });
    expect(new Set(reached)).toEqual(
      new Set(all.companies.map(({ workspace_id: id }: { workspace_id: string }) => id)),
    );
    expect(all.companies.length).toBeGreaterThan(2);
    reached.length = 0;
    expect((await ask('lucanto_list_receivables', { workspace_id: '102' })).json).toMatchObject({ complete: true });
    expect(reached).toEqual(['102']);
  });

  it('are noted as such', async () => {
    const { bridge } = await opened(style, { ...endless, remote: true });
    expect(bridge.catalogue.notes().join(' ')).toContain('There may be further companies');
  });
});

describe('Companies in a bare list whose contract has no pages', () => {
  it.each([1, 10, 25])('are all of them, %i in number', async (count) => {
    const companies = Array.from({ length: count }, (_, at) => ({ id: at + 1, name: `Firm ${at + 1}!` }));
    const odd = later(await oddService(THINGS, () => ({ json: [] }), companies));
    const { ask } = await scene(odd.url, 'lct_pat_x23456789', { LUCANTO_SCOPES: 'manage:*' });
    odd.received.length = 0;
    await ask('lucanto_list_things', { workspace_id: `Firm ${count}!` });
    expect(odd.received.map(({ path }) => path.split('/')[4])).toEqual([String(count)]);
  });
});
