import { afterEach, describe, expect, it } from 'vitest';
import { whyUnsendable } from '../../src/backends/rest/rest-body.ts';
import { restTool } from '../../src/backends/rest/rest-tool.ts';
import type { Operation, ParameterBinding } from '../../src/contract/operation.ts';
import { type JsonObject, parseJson } from '../../src/core/json.ts';
import type { ToolResult } from '../../src/core/tool.ts';
import { callContext } from '../helpers/call-context.ts';
import { testClient } from '../helpers/http-client.ts';
import { json, type ScriptedServer, type Step, scriptedServer, text } from '../helpers/scripted-server.ts';
import { writesWith } from '../helpers/writes.ts';

const open: ScriptedServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

function operation(over: Partial<Operation>): Operation {
  return {
    tool: 'lucanto_get_widget',
    operationId: null,
    resource: 'widgets',
    action: 'get',
    tier: 'read',
    scopes: ['read:widgets'],
    method: 'GET',
    path: '/api/v1/tenants/{tenant}/widgets/{id}',
    workspace: 'tenant',
    parameters: [parameter('id', { in: 'path', required: true, style: 'simple', explode: false })],
    body: null,
    rows: null,
    paginated: false,
    title: 'Get widget',
    description: 'Gets a widget.',
    reads: (over.method ?? 'GET') === 'GET',
    destructive: false,
    idempotent: true,
    openWorld: true,
    inputSchema: { type: 'object' },
    validation: { type: 'object' },
    ...over,
  };
}

function parameter(name: string, over: Partial<ParameterBinding> = {}): ParameterBinding {
  return { arg: name, name, in: 'query', required: false, style: 'form', explode: true, ...over };
}

async function call(of: Operation, args: JsonObject, ...steps: readonly [Step, ...Step[]]) {
  const server = await scriptedServer(...steps);
  open.push(server);
  const ledger = writesWith('key-1');
  const tool = restTool(of, {
    http: testClient(server.origin).http,
    resolveWorkspace: () => Promise.resolve(9007199254740993n),
    writes: ledger,
    listTool: (resource) => `lucanto_list_${resource}`,
  });
  const outcome = await tool.call(args, callContext()).then(
    (result) => ({ result, error: null }),
    (error) => ({ result: null, error }),
  );
  return { ...outcome, requests: server.requests };
}

function shown(result: ToolResult | null): unknown {
  return result?.content.map((item) => item.text);
}

const OK = json(200, {});
const LIST = { path: '/api/v1/widgets', workspace: null } as const;

describe('the path', () => {
  it('takes the workspace and encodes every argument', async () => {
    const { requests } = await call(operation({}), { id: 'a/b?c#d%2e ž' }, OK);
    expect(requests[0]?.url).toBe('/api/v1/tenants/9007199254740993/widgets/a%2Fb%3Fc%23d%252e%20%C5%BE');
  });

  it('takes ids beyond 2^53 exactly', async () => {
    const { requests } = await call(operation({}), { id: 12345678901234567890n }, OK);
    expect(requests[0]?.url).toMatch(/\/12345678901234567890$/);
  });

  it.each(['', '.', '..', null, undefined])('refuses %j, and sends nothing', async (id) => {
    const { error, requests } = await call(operation({}), { id }, OK);
    expect(error).toMatchObject({ code: 'invalid_arguments', message: expect.stringContaining('id') });
    expect(requests).toHaveLength(0);
  });
});

describe('the query', () => {
  it('names the resolved workspace where the contract wants it there, whatever was given', async () => {
    const inQuery = { ...LIST, workspace: 'account', parameters: [parameter('account', { arg: 'workspace_id' })] };
    const { requests } = await call(operation(inQuery), { workspace_id: 1 }, OK);
    expect(requests[0]?.url).toBe('/api/v1/widgets?account=9007199254740993');
  });

  it.each<[string, Partial<ParameterBinding>, unknown, string]>([
    ['a value', {}, 'a b&c=1', 'p=a%20b%26c%3D1'],
    ['a boolean', {}, false, 'p=false'],
    ['a 64-bit id', {}, 9007199254740993n, 'p=9007199254740993'],
    ['null', {}, null, ''],
    ['an exploded list', {}, [1, 'b'], 'p=1&p=b'],
    ['a list in one', { explode: false }, ['a,', 'b'], 'p=a%2C,b'],
    ['a list with brackets in its name', { name: 'ids[]' }, [1, 2], 'ids%5B%5D=1&ids%5B%5D=2'],
    ['spaces between', { style: 'spaceDelimited', explode: false }, ['a', 'b'], 'p=a%20b'],
    ['bars between', { style: 'pipeDelimited', explode: false }, ['a', 'b'], 'p=a%7Cb'],
    [
      'a deep object',
      { style: 'deepObject' },
      { a: 1, b: { c: 'x' }, d: [1, 2], e: null },
      'p%5Ba%5D=1&p%5Bb%5D%5Bc%5D=x&p%5Bd%5D%5B%5D=1&p%5Bd%5D%5B%5D=2',
    ],
    ['an exploded object', {}, { a: 1, b: 2 }, 'a=1&b=2'],
    ['an object in one', { explode: false }, { a: 1, b: 2 }, 'p=a,1,b,2'],
    ['an empty list', {}, [], ''],
  ])('writes %s as OpenAPI says', async (_name, over, value, query) => {
    const { requests } = await call(operation({ ...LIST, parameters: [parameter('p', over)] }), { p: value }, OK);
    expect(requests[0]?.url).toBe(`/api/v1/widgets${query === '' ? '' : `?${query}`}`);
  });
});

describe('headers', () => {
  it('carry what the operation puts there, but never ours', async () => {
    const parameters = [
      parameter('X-Mode', { in: 'header' }),
      parameter('Authorization', { in: 'header' }),
      parameter('Idempotency-Key', { in: 'header' }),
    ];
    const { requests } = await call(
      operation({ ...LIST, parameters, method: 'POST' }),
      { 'X-Mode': 'draft', Authorization: 'x', 'Idempotency-Key': 'mine' },
      OK,
    );
    expect(requests[0]?.headers).toMatchObject({
      'x-mode': 'draft',
      authorization: expect.stringContaining('Bearer'),
      'idempotency-key': 'key-1',
    });
  });

  it('refuse line breaks', async () => {
    const { error } = await call(
      operation({ ...LIST, parameters: [parameter('X-Mode', { in: 'header' })] }),
      { 'X-Mode': 'a\r\nb: c' },
      OK,
    );
    expect(error).toMatchObject({ code: 'invalid_arguments' });
  });
});

describe('the body', () => {
  const body = {
    contentType: 'application/json',
    wrapper: 'gadget',
    fields: [
      { arg: 'name', property: 'name', place: 'wrapper' },
      { arg: 'gadget_kind', property: 'kind', place: 'wrapper' },
      { arg: 'notify', property: 'notify', place: 'root' },
    ],
    whole: null,
    required: true,
  } as const;
  const create = operation({ ...LIST, method: 'POST', body, tool: 'lucanto_create_widget' });

  it('wraps what belongs in the wrapper, sends only what was given, and null where null was given', async () => {
    const { requests } = await call(create, { gadget_kind: null, notify: true }, OK);
    expect(requests[0]?.body).toBe('{"gadget":{"kind":null},"notify":true}');
    expect(requests[0]?.headers['content-type']).toBe('application/json');
  });

  it('keeps numbers exact', async () => {
    const { requests } = await call(create, { name: 9007199254740993n, gadget_kind: '15.50' }, OK);
    expect(requests[0]?.body).toBe('{"gadget":{"kind":"15.50","name":9007199254740993}}');
  });

  it('may have no wrapper, or be one argument whole', async () => {
    const bare = await call({ ...create, body: { ...body, wrapper: null } }, { name: 'a', notify: false }, OK);
    expect(bare.requests[0]?.body).toBe('{"name":"a","notify":false}');
    const whole = await call({ ...create, body: { ...body, fields: [], whole: 'rows' } }, { rows: [1, 2] }, OK);
    expect(whole.requests[0]?.body).toBe('[1,2]');
  });

  it('is left out where nothing is given and nothing is needed', async () => {
    const { requests } = await call({ ...create, body: { ...body, required: false } }, {}, OK);
    expect(requests[0]?.body).toBe('');
    expect(requests[0]?.headers['content-type']).toBeUndefined();
  });

  it('is refused where it is no JSON', async () => {
    const { error, requests } = await call(
      { ...create, body: { ...body, contentType: 'multipart/form-data' } },
      { name: 'x' },
      OK,
    );
    expect(error).toMatchObject({ code: 'unsupported_body' });
    expect(requests).toHaveLength(0);
  });
});

it.each(['application/json\r\nX-Other: 1', 'multipart/form-data\u0000'])(
  'a body of %j is never sent',
  (contentType) => {
    expect(whyUnsendable({ body: { contentType, wrapper: null, fields: [], whole: 'rows', required: true } })).toMatch(
      /no request can have/,
    );
  },
);

describe('the idempotency key', () => {
  it('is made once for a POST and carried by every attempt', async () => {
    const { requests } = await call(operation({ ...LIST, method: 'POST' }), {}, json(429, {}), OK);
    expect(requests.map((seen) => seen.headers['idempotency-key'])).toEqual(['key-1', 'key-1']);
  });

  it.each(['GET', 'PATCH', 'PUT', 'DELETE'] as const)('is not sent with %s', async (method) => {
    const { requests } = await call(operation({ ...LIST, method }), {}, OK);
    expect(requests[0]?.method).toBe(method);
    expect(requests[0]?.headers['idempotency-key']).toBeUndefined();
  });
});

describe('the result', () => {
  it('is compact JSON without nulls, in the order of the service, exact to the digit', async () => {
    const answer =
      '{ "z": null, "data": [ {"id": 9007199254740993, "total": "15.50", "rate": 1.10, "note": null}, null ], "has_more": true, "next_cursor": "c" }';
    const { result } = await call(operation({}), { id: 1 }, text(200, answer));
    expect(shown(result)).toEqual([
      '{"data":[{"id":9007199254740993,"total":"15.50","rate":1.1},null],"has_more":true,"next_cursor":"c"}',
    ]);
    expect(result?.structuredContent).toBeUndefined();
  });

  it('keeps a property called __proto__ a property', async () => {
    const { result } = await call(operation({}), { id: 1 }, text(200, '{"__proto__":{"a":1},"b":2}'));
    expect(shown(result)).toEqual(['{"__proto__":{"a":1},"b":2}']);
  });

  it('says ok where the service says nothing', async () => {
    const { result } = await call(operation({}), { id: 1 }, text(204, '', { 'X-Request-Id': 'r-1' }));
    expect(parseJson(String(result?.content[0]?.text))).toEqual({ ok: true, status: 204, request_id: 'r-1' });
  });

  it('notes that an answer is a replay', async () => {
    const headers = { 'Idempotent-Replayed': 'true', 'X-Original-Request-Id': 'orig-1' };
    const { result } = await call(operation({ ...LIST, method: 'POST' }), {}, json(201, { id: 1 }, headers));
    expect(shown(result)).toEqual(['{"id":1}', expect.stringContaining('orig-1')]);
  });

  it.each<[string, Step]>([
    ['HTML', text(200, '<html></html>', { 'Content-Type': 'text/html' })],
    ['JSON that ends early', text(200, '{"id": 1', { 'Content-Type': 'application/json' })],
    ['JSON deeper than any stack', text(200, '['.repeat(200_000) + ']'.repeat(200_000))],
  ])('is refused when it is %s, and leaves a write open', async (_name, step) => {
    const read = await call(operation({}), { id: 1 }, step);
    expect(read.error).toMatchObject({ name: 'ProtocolError', code: 'not_json' });
    const write = await call(operation({ ...LIST, method: 'POST' }), {}, step);
    expect(write.error).toMatchObject({
      code: 'not_json',
      details: { outcome: 'unknown' },
      hint: expect.stringContaining('lucanto_list_widgets'),
    });
  });

  it('of a refusal names the tool and the scope', async () => {
    const { error } = await call(
      operation({}),
      { id: 1 },
      json(403, { error: 'forbidden', message: 'No.' }, { 'X-Request-Id': 'r-2' }),
    );
    expect(error).toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('lucanto_get_widget'),
      hint: expect.stringContaining('read:widgets'),
      details: { requestId: 'r-2' },
    });
  });
});

describe('the descriptor', () => {
  it('states every hint', () => {
    const tool = restTool(operation({ method: 'DELETE', destructive: true, tier: 'manage' }), {
      http: testClient('http://127.0.0.1:9').http,
      resolveWorkspace: () => Promise.resolve(1),
      writes: writesWith('key-1'),
      listTool: () => null,
    });
    expect(tool).toMatchObject({ route: 'rest', tier: 'manage', resource: 'widgets', scopes: ['read:widgets'] });
    expect(tool.descriptor.annotations).toEqual({
      title: 'Get widget',
      readOnlyHint: false,
      destructiveHint: true,
      idempotentHint: true,
      openWorldHint: true,
    });
  });
});
