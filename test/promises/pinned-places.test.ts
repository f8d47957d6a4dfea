/** "No other company can be reached": a pin holds in every place of a request that can name a company. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { remoteTool } from '../../src/backends/remote/remote-tool.ts';
import { guarded } from '../../src/catalog/request-guard.ts';
import { pinTool } from '../../src/catalog/workspace-argument.ts';
import type { HttpPort, HttpRequest, SendContext } from '../../src/http/request.ts';
import { callContext } from '../helpers/call-context.ts';
import { json, oddService, parameters, type Received } from '../tools/odd-service.ts';
import { useScenes } from '../tools/opened.ts';

const { later, scene } = useScenes();

const ROW = { type: 'object', properties: { id: { type: 'integer' }, label: { type: 'string' }, account: {} } };
const OTHER_BODY = {
  type: 'object',
  additionalProperties: true,
  properties: { label: { type: 'string' }, meta: { type: 'object' } },
};
const header = (name: string, required: boolean) => ({ name, in: 'header', required, schema: { type: 'string' } });
const inQuery = (name: string) => ({ name, in: 'query', schema: { type: 'string' } });
const list = { 200: json({ type: 'array', items: ROW }) };
const PATHS = {
  '/firms/{firm_id}/crates': {
    parameters: parameters('firm_id'),
    get: { operationId: 'list-crates', responses: list },
  },
  '/boxes': { parameters: [header('X-Workspace-Id', true)], get: { operationId: 'list-boxes', responses: list } },
  '/sacks': { parameters: [header('X-Act-As', true)], get: { operationId: 'list-sacks', responses: list } },
  '/bags': { parameters: [header('X-Company-ID', false)], get: { operationId: 'list-bags', responses: list } },
  '/tins': { get: { operationId: 'list-tins', parameters: [inQuery('account_id')], responses: list } },
  '/jars': {
    get: { operationId: 'list-jars', parameters: [inQuery('filter[tenant_id]'), inQuery('q')], responses: list },
  },
  '/vats': {
    get: { operationId: 'list-vats', parameters: ['mandant_id', 'Realm', 'firma'].map(inQuery), responses: list },
  },
  '/urns/{urn_id}': {
    parameters: [{ ...inQuery('urn_id'), in: 'path', required: true }, header('X-Site', true)],
    get: { operationId: 'get-urn', responses: { 200: json(ROW) } },
  },
  '/workspaces/{workspace_id}/cups': {
    parameters: parameters('workspace_id'),
    post: {
      operationId: 'create-cup',
      requestBody: { required: true, content: { 'application/json': { schema: OTHER_BODY } } },
      responses: { 201: json(ROW) },
    },
  },
};
const COMPANIES = [
  { id: 1, name: 'One' },
  { id: 2, name: 'Two' },
];
const PINNED = { LUCANTO_WORKSPACE: '1', LUCANTO_SCOPES: 'manage:*', LUCANTO_CONFIRM: 'never' };

/** Everything in a request that is the number of the other company. */
const names2 = ({ path, query, headers, body }: Received) =>
  path.split('/').includes('2') ||
  [...query.values()].includes('2') ||
  Object.entries(headers).some(([name, value]) => /workspace|company/.test(name) && value === '2') ||
  /"(workspace|account|tenant)[a-z_]*":\s*"?2\b/i.test(body.toString());

async function pinnedScene(env: Readonly<Record<string, string>> = PINNED) {
  const answer = () => ({ json: [{ id: 9, label: 'x' }] });
  const service = later(
    await oddService(
      PATHS,
      ({ method, path }) => (path === '/api/mcp/v1' ? null : method === 'POST' ? { json: { id: 9 } } : answer()),
      COMPANIES.slice(0, env.LUCANTO_WORKSPACE === undefined ? 1 : 2),
    ),
  );
  return { service, ...(await scene(service.url, 'lct_pat_places_1234', env)) };
}

describe('With a pinned company, a call', () => {
  it.each([
    ['lucanto_list_firm_crates', { firm_id: 2 }],
    ['lucanto_list_firm_crates', { id: 2 }],
    ['lucanto_list_boxes', { 'X-Workspace-Id': '2' }],
    ['lucanto_list_boxes', { workspace_id: 2 }],
    ['lucanto_list_tins', { account_id: '2' }],
    ['lucanto_list_tins', { workspace_id: '2' }],
    ['lucanto_list_jars', { filter_tenant_id: '2' }],
    ['lucanto_list_vats', { mandant_id: '2' }],
    ['lucanto_list_vats', { Realm: '2' }],
    ['lucanto_list_vats', { firma: '2' }],
    ['lucanto_create_cup', { label: 'a', meta: { workspace_id: 2 } }],
    ['lucanto_create_cup', { label: 'a', meta: { owner: [{ tenant: { id: 2 } }] } }],
    ['lucanto_create_cup', { label: 'a', meta: { accountId: '2' } }],
  ])('never reaches another one through %s %j', async (tool, args) => {
    const { service, ask, bridge } = await pinnedScene();
    const known = bridge.visible().map(({ descriptor }) => descriptor.name);
    expect(known).toContain(tool);
    await ask(tool, args).catch(() => undefined);
    expect(service.received.filter(names2).map(({ path }) => path)).toEqual([]);
  });

  it('never reaches another one by a way up in the id of a record', async () => {
    const { service, ask } = await pinnedScene();
    for (const id of ['../../2/cups/7', '..%2F..%2F2%2Fcups', '..', '7\\..\\..\\2'])
      await ask('lucanto_get_urn', { id, 'X-Site': 'a' }).catch(() => undefined);
    await ask('lucanto_get_urn', { id: 'u..1', 'X-Site': 'a' });
    expect(service.received.map(({ path }) => path)).toEqual(['/api/v1/urns/u..1']);
  });

  it('acts for no other one, whatever may be named there', async () => {
    const { service, ask, bridge } = await pinnedScene();
    const sacks = bridge.visible().find(({ descriptor }) => descriptor.name === 'lucanto_list_sacks');
    const [name = ''] = Object.keys(Object(sacks?.descriptor.inputSchema.properties)).filter((one) => /act/i.test(one));
    for (const value of ['2', '1', 'anna']) await ask('lucanto_list_sacks', { [name]: value }).catch(() => undefined);
    await ask('lucanto_create_cup', { label: 'a', meta: { on_behalf_of: 2 } }).catch(() => undefined);
    const sent = service.received.filter(({ path }) => /sacks|cups/.test(path));
    expect(sent.map(({ headers }) => headers['x-act-as'])).toEqual(['1', 'anna']);
  });

  it('reaches no other one by an id that only a company has, under whatever name it stands', async () => {
    const [own, other] = ['aaaaaaaa-2222-4333-8444-555555555555', 'bbbbbbbb-2222-4333-8444-555555555555'];
    const service = later(
      await oddService(PATHS, ({ method }) => ({ json: method === 'POST' ? { id: 9 } : [{ id: 9 }] }), [
        { id: own, name: 'One' },
        { id: other, name: 'Two' },
      ]),
    );
    const { ask } = await scene(service.url, 'lct_pat_places_1234', { ...PINNED, LUCANTO_WORKSPACE: 'One' });
    await ask('lucanto_create_cup', { label: 'first' });
    service.received.length = 0;
    for (const args of [
      { label: other },
      { meta: { site: other.toUpperCase() } },
      { meta: { a: [{ b: { scope: other } }] } },
    ])
      await ask('lucanto_create_cup', { label: 'a', ...args }).catch(() => undefined);
    for (const q of [other, `workspace_id >= ${own}`, 'workspace_id > 42', 'tenant between 1 and 9', 'org != 7'])
      await ask('lucanto_list_jars', { q }).catch(() => undefined);
    for (const args of [
      { id: other, 'X-Site': 'a' },
      { id: 'u1', 'X-Site': other },
    ])
      await ask('lucanto_get_urn', args).catch(() => undefined);
    expect(service.received.map(({ path }) => path).filter((path) => /cups|jars|urns/.test(path))).toEqual([]);
    await ask('lucanto_get_urn', { id: 'u1', 'X-Site': own });
    expect(service.received).toHaveLength(1);
    service.received.length = 0;
    await ask('lucanto_create_cup', { label: '33333333-2222-4333-8444-555555555555', meta: { site: own } });
    await ask('lucanto_list_jars', { q: 'total > 42' });
    expect(service.received.filter(({ path }) => /cups|jars/.test(path))).toHaveLength(2);
  });

  it('fills the pin into each header and query that names a company, required or not', async () => {
    const { service, ask } = await pinnedScene();
    for (const tool of ['lucanto_list_boxes', 'lucanto_list_bags', 'lucanto_list_tins']) {
      const { result } = await ask(tool);
      expect([tool, result.isError ?? false]).toEqual([tool, false]);
    }
    const [boxes, bags, tins] = ['boxes', 'bags', 'tins'].map((name) =>
      service.received.findLast(({ path }) => path.endsWith(`/${name}`)),
    );
    expect(boxes?.headers['x-workspace-id']).toBe('1');
    expect(bags?.headers['x-company-id']).toBe('1');
    expect(tins?.query.get('account_id')).toBe('1');
  });

  it('is allowed through the path of the pinned company itself', async () => {
    const { service, ask } = await pinnedScene();
    await ask('lucanto_list_firm_crates', { firm_id: 1 });
    await ask('lucanto_list_firm_crates', { id: 1 });
    expect(service.received.some(({ path }) => path.endsWith('/firms/1/crates'))).toBe(true);
  });
});

describe('Without a pin, an optional header that names the company', () => {
  it('is filled with the company of the call', async () => {
    const { service, ask } = await pinnedScene({ LUCANTO_SCOPES: 'manage:*' });
    await ask('lucanto_list_bags');
    expect(service.received.findLast(({ path }) => path.endsWith('/bags'))?.headers['x-company-id']).toBe('1');
  });
});

const NAMES = [
  'workspace_id',
  'workspaceId',
  'X-Workspace-Id',
  'tenant_id',
  'organisation',
  'organizationId',
  'tenant',
  'account_id',
  'company_id',
  'firm_id',
  'current_workspace',
  'X-Act-As',
  'on_behalf_of',
];
const CONTEXT: SendContext = { signal: new AbortController().signal, deadline: Number.MAX_SAFE_INTEGER, retry: 'once' };

function guardedPort() {
  const sent: HttpRequest[] = [];
  const http: HttpPort = {
    origin: 'http://127.0.0.1:9',
    send: (request) => {
      sent.push(request);
      return Promise.reject(new Error('sent'));
    },
  };
  const rules = {
    readOnly: false,
    pinned: '42',
    toolsets: null,
    operations: () => [],
    others: () => new Set(['43']),
    mayCallRemote: () => true,
  };
  return { sent, port: guarded(http, rules) };
}

const post = (body: unknown, path = '/api/v1/workspaces/42/things'): HttpRequest => ({
  ...{ method: 'POST', path, query: '', headers: { 'Content-Type': 'application/json' }, accept: 'application/json' },
  body: JSON.stringify(body),
});

/** A value in the middle of any other JSON. */
const around = (inner: object) =>
  fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { weight: 2, arbitrary: fc.constant(inner) },
      fc.tuple(fc.jsonValue({ maxDepth: 1 }), tie('tree')).map((items) => [...items]),
      fc.record({ x: fc.jsonValue({ maxDepth: 1 }), y: tie('tree') }),
    ),
  })).tree;

describe('A body or the arguments of a remote tool', () => {
  const places = fc.constantFrom(...NAMES).chain((name) => around({ [name]: '43' }));
  const RUNS = { numRuns: 300, seed: 20261128 };

  it('never leave this computer with another company in them, at any depth', async () => {
    await fc.assert(
      fc.asyncProperty(places, fc.boolean(), async (value, isRemote) => {
        const { sent, port } = guardedPort();
        const call = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'any', arguments: { value } } };
        const request = isRemote ? post(call, '/api/mcp/v1') : post({ value });
        await expect(port.send(request, CONTEXT)).rejects.toMatchObject({ code: 'refused_locally' });
        expect(sent).toEqual([]);
      }),
      RUNS,
    );
  });

  it('leave it with the pinned company, or with an account that is not a company', async () => {
    for (const inner of [
      { workspace_id: 42 },
      { account_id: '7' },
      { company: 'ACME s.r.o.' },
      { account_number: '43' },
    ]) {
      const { sent, port } = guardedPort();
      await port.send(post({ deep: [inner] }), CONTEXT).catch(() => undefined);
      expect([inner, sent.length]).toEqual([inner, 1]);
    }
  });
});

describe('A tool of the remote endpoint, with a pinned company,', () => {
  const made = (properties: object, words: object = {}) => {
    const calls: unknown[] = [];
    const deps = {
      remote: {
        callTool: async (_name: string, args: unknown) => {
          calls.push(args);
          return { content: [] };
        },
      },
      writes: { run: () => Promise.reject(new Error('no write')) },
      listTool: () => null,
    };
    const raw = {
      name: 'find_things',
      annotations: { readOnlyHint: true },
      inputSchema: { type: 'object', properties },
      ...words,
    };
    const tool = remoteTool(raw, undefined, [], deps);
    if (tool === null) throw new Error('no tool');
    return { calls, tool: pinTool(tool, () => '42', { pinnedRecords: async () => ({ records: [], stopped: null }) }) };
  };

  it('is hidden where an argument may name a company and nothing says whether it does', () => {
    for (const name of ['account', 'company', 'company_id', 'firm', 'business_id', 'team', 'on_behalf_of', 'act_as'])
      expect([name, made({ [name]: { type: 'string' }, q: {} }).tool.unusable ?? null]).toEqual([
        name,
        expect.stringContaining(name),
      ]);
  });

  it.each(['Id to act on behalf of', 'Whom to act as', 'One of your companies'])(
    'is hidden where the description of an argument may name a company: %s',
    (description) => {
      expect(made({ scope: { type: 'string', description } }).tool.unusable).toContain('scope');
    },
  );

  it('is hidden where it chooses the company for further calls', () => {
    const why = (words: object, args: object = { name: {} }) => made(args, words).tool.unusable ?? null;
    expect(why({ name: 'set_active_workspace' }, { workspace_id: {} })).toBe(null);
    const annotations = {};
    for (const words of [
      { name: 'lucanto_switch_company', annotations },
      { name: 'set_active_workspace' },
      { name: 'enter_workspace', description: 'For what comes next.' },
      { name: 'lucanto_use', description: 'Selects the company that further calls work in.' },
    ])
      expect([words, why(words)]).toEqual([words, expect.stringContaining('chooses the company')]);
    for (const words of [
      { name: 'lucanto_set_company_name', annotations },
      { name: 'lucanto_use_credit', description: 'Changes the company\u2019s logo.' },
      { name: 'get_company', description: 'Gets a company from the register.' },
    ])
      expect([words, why(words)]).toEqual([words, null]);
  });

  it('gets the pin where the argument says that it names the company, and no longer shows it', async () => {
    for (const [name, schema] of [
      ['account', { type: 'string', description: 'Id of the workspace to search' }],
      ['tenant_id', { type: 'string' }],
      ['organisation', { type: 'string' }],
    ] as const) {
      const { calls, tool } = made({ [name]: schema, q: {} });
      expect(Object.keys(Object(tool.descriptor.inputSchema.properties))).toEqual(['q']);
      await tool.call({ q: 'x' }, callContext());
      expect(calls).toEqual([{ q: 'x', [name]: '42' }]);
    }
  });
});
