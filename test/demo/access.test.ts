import { describe, expect, it } from 'vitest';
import { rows, STUDIO, send, TRADER, useDemo } from './client.ts';

const demo = useDemo();
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('Answers of the embedded Lucanto', () => {
  it('are the documented envelope with the request id of the header when they are errors', async () => {
    const answer = await send(demo, 'GET', '/invoices/1');
    expect(answer.status).toBe(404);
    expect(answer.body).toEqual({
      error: 'not_found',
      message: 'The invoice was not found.',
      request_id: answer.headers.get('X-Request-Id'),
      docs_url: 'https://docs.lucanto.eu/api/v1/errors/not_found',
    });
    expect(answer.body.request_id).toMatch(UUID);
  });

  it('have a request id of their own, successes too', async () => {
    const first = await send(demo, 'GET', '/invoices?limit=1');
    const second = await send(demo, 'GET', '/invoices?limit=1');
    expect(first.headers.get('X-Request-Id')).toMatch(UUID);
    expect(first.headers.get('X-Request-Id')).not.toBe(second.headers.get('X-Request-Id'));
    expect(demo.service.requests.map(({ requestId }) => requestId)).toEqual([
      first.headers.get('X-Request-Id'),
      second.headers.get('X-Request-Id'),
    ]);
  });
});

describe('Tokens of the embedded Lucanto', () => {
  it.each([
    ['no token', null],
    ['an unknown token', 'lct_pat_0123456789abcdef'],
    ['something else', 'eyJhbGciOi'],
  ])('are required: it answers 401 to %s', async (_, token) => {
    const answer = await send(demo, 'GET', '/invoices', { token });
    expect([answer.status, answer.body.error]).toEqual([401, 'unauthenticated']);
  });

  it('have the documented prefixes and differ from each other', () => {
    const { tokens } = demo.service;
    expect(tokens.workspace).toMatch(/^lct_live_[0-9a-f]{38}$/);
    expect(tokens.sandbox).toMatch(/^lct_test_/);
    expect([tokens.read, tokens.write, tokens.manage]).toEqual(Array(3).fill(expect.stringMatching(/^lct_pat_/)));
    expect(new Set(Object.values(tokens)).size).toBe(Object.values(tokens).length);
  });

  it('of a person reach every workspace of that user, and no other', async () => {
    const list = await send(demo, 'GET', '/api/v1/user/workspaces');
    expect(rows(list).map(({ id }) => String(id))).toEqual([STUDIO, TRADER]);
    expect((await send(demo, 'GET', `/api/v1/workspaces/${TRADER}/invoices`)).status).toBe(200);
    expect((await send(demo, 'GET', '/api/v1/workspaces/77/invoices')).status).toBe(404);
    // One off: what a client asks for that reads the long id as a double.
    expect((await send(demo, 'GET', '/api/v1/workspaces/9007199254740992/invoices')).status).toBe(404);
  });

  it('of one workspace get 403 for every other', async () => {
    const token = demo.service.tokens.workspace;
    expect(rows(await send(demo, 'GET', '/api/v1/user/workspaces', { token }))).toHaveLength(1);
    expect((await send(demo, 'GET', '/invoices', { token })).status).toBe(200);
    for (const id of [TRADER, '77', '5']) {
      const answer = await send(demo, 'GET', `/api/v1/workspaces/${id}/invoices`, { token });
      expect([answer.status, answer.body.error]).toEqual([403, 'forbidden']);
    }
  });

  it('of the sandbox see test-mode workspaces only', async () => {
    const token = demo.service.tokens.sandbox;
    const [workspace] = rows(await send(demo, 'GET', '/api/v1/user/workspaces', { token }));
    expect((await send(demo, 'GET', `/api/v1/workspaces/${workspace?.id}/invoices`, { token })).status).toBe(200);
    expect((await send(demo, 'GET', '/invoices', { token })).status).toBe(403);
    expect((await send(demo, 'GET', `/api/v1/workspaces/${workspace?.id}/invoices`)).status).toBe(404);
  });

  it('of a user without a subscription list their workspace and get 402 inside it', async () => {
    const token = demo.service.tokens.unsubscribed;
    const [workspace] = rows(await send(demo, 'GET', '/api/v1/user/workspaces', { token }));
    const answer = await send(demo, 'GET', `/api/v1/workspaces/${workspace?.id}/invoices`, { token });
    expect([answer.status, answer.body.error, answer.body.upgrade_url]).toEqual([
      402,
      'subscription_required',
      undefined,
    ]);
  });

  it('that are throttled get 429 with Retry-After', async () => {
    const answer = await send(demo, 'GET', '/invoices', { token: demo.service.tokens.throttled });
    expect([answer.status, answer.body.error]).toEqual([429, 'rate_limited']);
    expect(answer.headers.get('Retry-After')).toBe('1');
  });
});

describe('Scopes of the embedded Lucanto', () => {
  const contact = { contact: { name: 'Nový' } };
  it.each([
    ['read', 'GET', '/invoices', undefined, 200],
    ['read', 'POST', '/contacts', contact, 403],
    ['read', 'PATCH', '/contacts/501', contact, 403],
    ['read', 'DELETE', '/contacts/501', undefined, 403],
    ['write', 'GET', '/contacts', undefined, 200],
    ['write', 'POST', '/contacts', contact, 201],
    ['write', 'PATCH', '/contacts/501', contact, 200],
    ['write', 'DELETE', '/contacts/501', undefined, 403],
    ['write', 'POST', '/invoices/1/issue', undefined, 403],
    ['write', 'POST', '/invoices/1/send', undefined, 403],
    ['read', 'POST', '/expenses/1/receipts', undefined, 403],
    ['manage', 'DELETE', '/contacts/501', undefined, 204],
    ['manage', 'POST', '/invoices/1/issue', undefined, 404],
    ['readInvoices', 'GET', '/invoices', undefined, 200],
    ['readInvoices', 'GET', '/contacts', undefined, 403],
    ['mixed', 'GET', '/contacts', undefined, 200],
    ['mixed', 'POST', '/contacts', contact, 403],
    ['mixed', 'POST', '/invoices', { invoice: {} }, 201],
    ['mixed', 'GET', '/quotes', undefined, 403],
  ] as const)('of the %s token: %s %s', async (name, method, path, body, status) => {
    const answer = await send(demo, method, path, { token: demo.service.tokens[name], body });
    expect(answer.status).toBe(status);
  });

  it('are not needed to list workspaces, but to choose the default', async () => {
    const token = demo.service.tokens.readInvoices;
    expect((await send(demo, 'GET', '/api/v1/user/workspaces', { token })).status).toBe(200);
    expect((await send(demo, 'PATCH', `/api/v1/user/workspaces/${TRADER}/default`, { token })).status).toBe(403);
  });

  it('of the manage token are enough to choose the default workspace', async () => {
    const answer = await send(demo, 'PATCH', `/api/v1/user/workspaces/${TRADER}/default`);
    expect([answer.status, answer.body.default]).toEqual([200, true]);
    const list = rows(await send(demo, 'GET', '/api/v1/user/workspaces'));
    expect(list.map((workspace) => workspace.default)).toEqual([false, true]);
  });
});
