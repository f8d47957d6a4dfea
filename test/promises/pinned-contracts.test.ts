/** A pin holds under contracts that nobody wrote: places, words and arguments that may name a company are generated. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openedBridge } from '../helpers/open-bridge.ts';
import { remoteAnswer } from '../helpers/remote-endpoint.ts';
import { json, oddService, type Received } from '../tools/odd-service.ts';

const OTHER = 4343;
const WORKSPACES = [
  { id: 1, name: 'One' },
  { id: OTHER, name: 'Other' },
];
const RUNS = { numRuns: Number(process.env.PROPERTY_RUNS ?? 12), seed: 20261128 };

// biome-ignore format: a table
const WORD = fc.constantFrom('workspace', 'account', 'company', 'organisation', 'organization', 'tenant', 'firm', 'team', 'business');
const NAME = fc
  .tuple(
    fc.constantFrom('', 'current_', 'X-', 'target_', 'active-'),
    WORD,
    fc.constantFrom('', '_id', 'Id', '-ID', '_ids', '_uuid', 'Ref'),
  )
  .map((parts) => parts.join(''));
const FREE = { type: 'object', properties: { label: { type: 'string' }, meta: {} }, additionalProperties: true };

/** One operation: where it names a company, and by which word. */
const OPERATION = fc.record({
  owner: WORD.map((word) => `${word}s`),
  inPath: fc.boolean(),
  query: fc.option(NAME),
  header: fc.option(NAME),
  isDeep: fc.boolean(),
  member: NAME,
  writes: fc.boolean(),
});

function pathsOf(operations: readonly Generated[]): object {
  const entries = operations.map((one, at) => {
    const template = one.inPath ? `/${one.owner}/{${one.owner.slice(0, -1)}_id}/part_${at}s` : `/part_${at}s`;
    const owner = { name: `${one.owner.slice(0, -1)}_id`, in: 'path', required: true, schema: { type: 'integer' } };
    const query = { name: one.isDeep ? `filter[${one.query}]` : one.query, in: 'query', schema: { type: 'string' } };
    const header = { name: one.header, in: 'header', required: at % 2 === 0, schema: { type: 'string' } };
    const method = one.writes ? 'post' : 'get';
    const operation = {
      operationId: `${one.writes ? 'create' : 'list'}-part-${at}`,
      parameters: [...(one.query === null ? [] : [query]), ...(one.header === null ? [] : [header])],
      ...(one.writes && { requestBody: { content: { 'application/json': { schema: FREE } } } }),
      responses: { 200: json(one.writes ? { type: 'object' } : { type: 'array', items: { type: 'object' } }) },
    };
    return [template, { ...(one.inPath && { parameters: [owner] }), [method]: operation }] as const;
  });
  return Object.fromEntries(entries);
}
type Generated = typeof OPERATION extends fc.Arbitrary<infer T> ? T : never;

/** Wherever it stands, but for a text about something else. */
function leaks({ path, query, headers, body }: Received): boolean {
  const texts = [path, ...query.values(), ...Object.values(headers).flat(), body.toString()];
  return texts.some((text) => new RegExp(`\\b${OTHER}\\b`).test(text ?? ''));
}

describe('With a pinned company, no call of a generated contract', () => {
  it('leaves with another one in it, whatever its arguments say', { timeout: 120_000 }, async () => {
    let calls = 0;
    let sent = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(OPERATION, { minLength: 3, maxLength: 6 }), async (operations) => {
        const answer = ({ method, path }: Received) =>
          path === '/api/mcp/v1' ? null : { json: method === 'POST' ? { id: 9 } : [] };
        const service = await oddService(pathsOf(operations), answer, WORKSPACES);
        const env = { LUCANTO_WORKSPACE: '1', LUCANTO_SCOPES: 'manage:*,read:*', LUCANTO_CONFIRM: 'never' };
        const opened = await openedBridge(service.url, 'lct_pat_generated1', env);
        try {
          for (const { descriptor, validation, route } of opened.bridge.visible()) {
            if (route !== 'rest' || !descriptor.name.includes('part')) continue;
            const at = Number(/\d/.exec(descriptor.name)?.[0]);
            const { member, query, header } = operations[at] ?? { member: 'x', query: null, header: null };
            const own = Object.keys(Object(validation.properties)).filter(
              (name) => !/^(label|meta|fields|cursor)$/.test(name),
            );
            const hidden = Object.fromEntries(
              [...own, query ?? 'x', header ?? 'x'].map((name) => [name, String(OTHER)]),
            );
            const nested = [{ deep: { [member]: { id: OTHER } } }, JSON.stringify({ [member]: OTHER })];
            for (const args of [hidden, { label: 'a', meta: { [member]: OTHER } }, { label: 'a', meta: nested }, {}]) {
              await opened.ask(descriptor.name, args).catch(() => undefined);
              calls += 1;
            }
          }
          expect(service.received.filter(leaks).map(({ method, path, query }) => `${method} ${path}?${query}`)).toEqual(
            [],
          );
          sent += service.received.length;
        } finally {
          await opened.close();
          await service.close();
        }
      }),
      RUNS,
    );
    // The property would hold of a bridge that sends nothing.
    expect([calls > 100, sent > 20]).toEqual([true, true]);
  });
});

describe('With a company pinned by its name', () => {
  const text = { type: 'string' };
  const where = { name: 'where', in: 'query', schema: text };
  const header = { name: 'X-Organization-Code', in: 'header', required: true, schema: text };
  const rows = { 200: json({ type: 'array', items: { type: 'object', properties: { id: { type: 'integer' } } } }) };
  const BODY = { content: { 'application/json': { schema: FREE } } };
  const item = { operationId: 'list-parcels', parameters: [where], responses: rows };
  const PATHS = {
    '/user/workspaces': undefined,
    '/me/organizations': { get: { operationId: 'list-organizations', responses: rows } },
    '/parcels': {
      parameters: [header],
      get: item,
      post: { operationId: 'create-parcel', requestBody: BODY, responses: { 201: json({ type: 'object' }) } },
    },
  };
  const own = (description: string) => ({ type: 'object', properties: { which: { ...text, description } } });
  const tools = [
    { name: 'find_parcels', inputSchema: { type: 'object', properties: { query: text } } },
    { name: 'weigh_parcels', inputSchema: own('The organisation to read') },
    { name: 'stack_parcels', inputSchema: own('Which one to use, by its workspace id') },
    { name: 'count_parcels', inputSchema: own('The parcel of the organisation') },
  ].map((tool) => ({ ...tool, description: 'Reads parcels.', annotations: { readOnlyHint: true } }));

  async function opened() {
    const called: unknown[] = [];
    const granted = { name: 'lucanto_create_parcel', inputSchema: { type: 'object' } };
    const script = {
      tools: () => [...tools, granted],
      call: (_name: string, args: unknown) => Object({ content: [], args: called.push(args) }),
    };
    const service = await oddService(PATHS, (request) => {
      if (request.path === '/api/v1/me/organizations') return { json: WORKSPACES };
      return remoteAnswer(request, script) ?? { json: request.method === 'POST' ? { id: 9 } : [{ id: 7 }] };
    });
    const env = { LUCANTO_WORKSPACE: 'One', LUCANTO_SCOPES: 'manage:*,read:*', LUCANTO_CONFIRM: 'never' };
    const bridge = await openedBridge(service.url, 'lct_pat_generated1', env);
    const parcels = () => service.received.filter(({ path }) => path.endsWith('/parcels'));
    const close = () => Promise.all([bridge.close(), service.close()]);
    return {
      ...bridge,
      called,
      parcels,
      close,
      names: () => bridge.bridge.visible().map((one) => one.descriptor.name),
    };
  }

  it('the user’s own list says which one it is, and shows no other', async () => {
    const { ask, parcels, names, close } = await opened();
    await ask('lucanto_list_parcels');
    expect(parcels().map(({ headers }) => headers['x-organization-code'])).toEqual(['1']);
    expect((await ask('lucanto_list_workspaces')).json).toEqual([WORKSPACES[0]]);
    expect(names().filter((name) => name.includes('organization'))).toEqual([]);
    await close();
  });

  it('a condition on another one is not sent, in whatever form and place', async () => {
    const { ask, parcels, called, close } = await opened();
    const asked = [
      ...[
        `workspace.id in (1,${OTHER})`,
        `tenantId IN [ 1, ${OTHER} ]`,
        `organization='${OTHER}'`,
        'workspace_id != 1',
      ],
      ...[
        `company(id: ${OTHER})`,
        `workspace_id[eq]=${OTHER}`,
        `{ cups(where: {workspace_id: {_eq: ${OTHER}}}) { id } }`,
      ],
      `workspace_id%253D${OTHER}`,
      ...[`company_id eq ${OTHER}`, 'tenant not in (1)', `/parcels?workspace_id=${OTHER}`, `/workspaces%2F${OTHER}/x`],
    ];
    for (const one of asked) {
      await ask('lucanto_list_parcels', { where: one });
      await ask('lucanto_create_parcel', { label: one, meta: { filter: one, steps: [{ url: one }] } });
      await ask('find_parcels', { query: one });
    }
    const odd = [
      ...[{ company: { data: { id: OTHER } } }, `x=1&workspace_id=${OTHER}`, { company_ids: `1,${OTHER}` }],
      ...[[{ path: '/company_id', value: OTHER }], ['company_id', OTHER], JSON.stringify(`{"tenant":${OTHER}}`)],
    ];
    for (const meta of odd) await ask('lucanto_create_parcel', { label: 'a', meta });
    const held = [{ $eq: OTHER }, { in: [1, OTHER] }, { $ne: 1 }, { not: { id: 1 } }];
    for (const one of held) await ask('lucanto_create_parcel', { label: 'a', meta: { workspace_id: one } });
    expect([parcels().map(({ query }) => String(query)), called]).toEqual([[], []]);
    const allowed = ['workspace_id = 1', 'tenant in (1)', 'company_id eq 7', 'label = "tenant of 1"'];
    for (const one of allowed) await ask('lucanto_list_parcels', { where: one });
    await ask('lucanto_create_parcel', { label: `Organisation: ${OTHER}`, meta: { workspace_id: { $eq: 1 } } });
    expect(parcels()).toHaveLength(allowed.length + 1);
    await close();
  });

  it('a remote tool whose argument only says in words that it names one is out', async () => {
    const { names, close } = await opened();
    expect(tools.map(({ name }) => name).filter((name) => names().includes(name))).toEqual([
      'find_parcels',
      'count_parcels',
    ]);
    await close();
  });
});
