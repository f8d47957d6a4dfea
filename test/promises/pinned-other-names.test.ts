/** "No other company can be reached": also under names that only the service knows, and by an object that says what it names. */
import { describe, expect, it } from 'vitest';
import { remoteAnswer } from '../helpers/remote-endpoint.ts';
import { json, oddService } from '../tools/odd-service.ts';
import { useScenes } from '../tools/opened.ts';

const { later, scene } = useScenes();

const ROW = { type: 'object', properties: { id: { type: 'integer' }, label: { type: 'string' } } };
const FREE = {
  type: 'object',
  additionalProperties: true,
  properties: { label: { type: 'string' }, of: {}, refs: {} },
};
const inQuery = (name: string) => ({ name, in: 'query', schema: { type: 'string' } });
const rows = { responses: { 200: json({ type: 'array', items: ROW }) } };
const PATHS = {
  '/kegs': {
    get: {
      operationId: 'list-kegs',
      parameters: ['division', 'administration_id', 'book_id', 'depot_id', 'q'].map(inQuery),
      ...rows,
    },
    post: {
      operationId: 'create-keg',
      requestBody: { content: { 'application/json': { schema: FREE } } },
      responses: { 201: json(ROW) },
    },
  },
  '/depots': { get: { operationId: 'list-depots', ...rows } },
  '/lids': {
    get: {
      operationId: 'list-lids',
      parameters: [{ name: 'X-Entity', in: 'header', required: true, schema: { type: 'string' } }],
      ...rows,
    },
  },
  '/books/{book_id}/taps': {
    parameters: [{ ...inQuery('book_id'), in: 'path', required: true }],
    get: { operationId: 'list-taps', ...rows },
  },
};
const COMPANIES = [
  { id: 4077, name: 'One' },
  { id: 5088, name: 'Two' },
];
const FIND = {
  name: 'find_kegs',
  description: 'Finds kegs.',
  annotations: { readOnlyHint: true },
  inputSchema: { type: 'object', additionalProperties: true, properties: { q: {} } },
};

/** The key may write them. */
const CREATE = { name: 'lucanto_create_keg', description: 'Creates a keg.', inputSchema: { type: 'object' } };

/** @param hasRemote the list of companies is learnt without a remote endpoint, too */
async function opened(companies: readonly object[] = COMPANIES, pin = 'One', hasRemote = true) {
  const called: unknown[] = [];
  const call = (_name: string, args: unknown) => {
    called.push(args);
    return { content: [{ type: 'text', text: '[]' }] };
  };
  const service = later(
    await oddService(
      PATHS,
      (request) =>
        (hasRemote || request.path !== '/api/mcp/v1'
          ? remoteAnswer(request, { tools: () => [FIND, CREATE], call })
          : { status: 404 }) ??
        (request.method === 'POST' ? { status: 201, json: { id: 9 } } : { json: [{ id: 9, label: 'x' }] }),
      companies,
    ),
  );
  const env = { LUCANTO_WORKSPACE: pin, LUCANTO_SCOPES: 'manage:*', LUCANTO_CONFIRM: 'never' };
  const { ask } = await scene(service.url, 'lct_pat_kegs_12345', env);
  if (hasRemote) await ask('lucanto_list_kegs', {});
  const sent = async (tool: string, args: object) => {
    const before = service.received.length + called.length;
    const error = await ask(tool, args).then(
      ({ json: told }) => told.error,
      (reason) => String(reason),
    );
    expect([undefined, 'refused_locally']).toContain(error);
    return service.received.length + called.length > before;
  };
  return sent;
}

describe('With a pinned company, another one', () => {
  it('is not reached by a name that other services have for companies', async () => {
    const sent = await opened();
    for (const args of [{ division: '5088' }, { administration_id: '5088' }])
      expect([args, await sent('lucanto_list_kegs', args)]).toEqual([args, false]);
    expect(await sent('lucanto_list_kegs', { division: '4077', administration_id: '4077' })).toBe(true);
    expect(await sent('lucanto_list_kegs', { division: 'north' })).toBe(true);
  });

  it('is not reached by its id under a name that is that of no record of the service', async () => {
    const sent = await opened();
    for (const [tool, args] of [
      ['lucanto_list_kegs', { book_id: '5088' }],
      ['lucanto_create_keg', { label: 'a', of: { bookId: 5088 } }],
      ['lucanto_create_keg', { label: 'a', of: [{ ref: '5088' }] }],
      ['find_kegs', { q: 'x', cost_centre_id: 5088 }],
    ] as const)
      expect([tool, args, await sent(tool, args)]).toEqual([tool, args, false]);
    for (const [tool, args] of [
      ['lucanto_list_kegs', { book_id: '5089' }],
      ['lucanto_list_kegs', { depot_id: '5088' }],
      ['lucanto_create_keg', { label: 'b', of: { main_depot_id: 5088, customer_id: 5088, weight: 5088 } }],
      ['lucanto_create_keg', { label: '5088', of: [{ id: 5088 }] }],
      ['find_kegs', { q: 'x', cost_centre_id: 5089 }],
    ] as const)
      expect([tool, args, await sent(tool, args)]).toEqual([tool, args, true]);
  });

  it('is not reached by its id alone, nor in a path or a header, whether or not there is a remote endpoint', async () => {
    for (const hasRemote of [true, false]) {
      const sent = await opened(COMPANIES, '4077', hasRemote);
      const other = 5088;
      for (const [tool, args] of [
        ['lucanto_list_book_taps', { book_id: '5088' }],
        ['lucanto_list_lids', { 'X-Entity': '5088' }],
        ['lucanto_list_kegs', { book_id: '5088' }],
        ['lucanto_create_keg', { label: 'a', of: { entity: other } }],
        ['lucanto_create_keg', { label: 'a', of: [{ Books: [4077, other] }] }],
        ['lucanto_create_keg', { label: 'a', of: JSON.stringify({ cid: other }) }],
        ['lucanto_create_keg', { label: 'a', of: { azienda: { [other]: true } } }],
      ] as const)
        expect([hasRemote, tool, args, await sent(tool, args)]).toEqual([hasRemote, tool, args, false]);
      for (const [tool, args] of [
        ['lucanto_list_book_taps', { book_id: '5089' }],
        ['lucanto_list_lids', { 'X-Entity': '4077' }],
        ['lucanto_create_keg', { label: 'b', of: { entity: 5089, books: 'two', scope: 'all', depot: other } }],
      ] as const)
        expect([hasRemote, tool, args, await sent(tool, args)]).toEqual([hasRemote, tool, args, true]);
    }
  });

  it('is not reached by an id that is too long to be anything else, under whatever name', async () => {
    const sent = await opened([
      { id: 'c_77a1x0', name: 'One' },
      { id: 812_345, name: 'Two' },
      { id: 'c_90b2y4', name: 'Three' },
    ]);
    for (const of of [{ basis: 812_345 }, [{ a: { used: ['c_90b2y4'] } }], { c_90b2y4: { weight: 1 } }])
      expect([of, await sent('lucanto_create_keg', { label: 'a', of })]).toEqual([of, false]);
    for (const of of [{ total: 812_345, number: '812345', id: 812_345 }, { basis: 812_346 }, { basis: 'c_77a1x0' }])
      expect([of, await sent('lucanto_create_keg', { label: JSON.stringify([of]).slice(1, 4), of })]).toEqual([
        of,
        true,
      ]);
  });

  it('is not reached where all records of the service are below it, whatever it is called there', async () => {
    const own = { name: 'book_id', in: 'path', required: true, schema: { type: 'integer' } };
    const id = { ...own, name: 'id' };
    const kinds = ['kegs', 'lids', 'taps'].flatMap((kind) => [
      [`/books/{book_id}/${kind}`, { parameters: [own], get: { operationId: `list-${kind}`, ...rows } }],
      [`/books/{book_id}/${kind}/{id}`, { parameters: [own, id], get: { operationId: `get-${kind}`, ...rows } }],
    ]);
    const paths = {
      '/user/workspaces': undefined,
      '/books': { get: { operationId: 'books', ...rows } },
      ...Object.fromEntries(kinds),
    };
    const service = later(
      await oddService(paths, ({ path }) =>
        path.endsWith('v1') ? null : { json: path.endsWith('/books') ? COMPANIES : [{ id: 9 }] },
      ),
    );
    const { ask } = await scene(service.url, 'lct_pat_kegs_12345', {
      LUCANTO_WORKSPACE: 'One',
      LUCANTO_SCOPES: 'manage:*',
    });
    for (const args of [{}, { book_id: 5088 }, { workspace_id: 5088 }]) await ask('lucanto_list_kegs', args);
    const kegs = service.received.map(({ path }) => path).filter((path) => path.endsWith('/kegs'));
    expect([...new Set(kegs)]).toEqual(['/api/v1/books/4077/kegs']);
  });

  it('may be reached where nothing says which company a call is for, and that is said', async () => {
    const service = later(await oddService({ ...PATHS, '/user/workspaces': undefined }, () => ({ json: [] })));
    const noted = async (env: Readonly<Record<string, string>>) =>
      (await scene(service.url, 'lct_pat_kegs_12345', env)).bridge
        .facts()
        .notes.filter((note) => /may restrict/.test(note));
    expect(await noted({ LUCANTO_WORKSPACE: '4077' })).toEqual([expect.stringMatching(/^--workspace is set/)]);
    expect(await noted({})).toEqual([]);
  });

  it('is not reached by an object that says that it names a company', async () => {
    const sent = await opened();
    for (const of of [
      { type: 'organization', id: 5088 },
      { kind: 'Workspace', value: '5088' },
      [{ field: 'tenant_id', op: 'eq', value: 5088 }],
      { deep: [{ resource: 'company', ref: { id: 5088 } }] },
    ])
      expect([of, await sent('lucanto_create_keg', { label: 'a', of })]).toEqual([of, false]);
    for (const of of [
      { type: 'organization', id: 4077 },
      { type: 'keg', id: 5088 },
      { field: 'tenant_id', op: 'eq', value: 4077 },
    ])
      expect([of, await sent('lucanto_create_keg', { label: JSON.stringify(of), of })]).toEqual([of, true]);
  });
});
