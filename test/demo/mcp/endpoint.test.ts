import { describe, expect, it } from 'vitest';
import { GENERATIONS } from '../../../src/contract/bundled-contract.ts';
import { answer, CLIENTS, connect, startEndpoint } from './harness.ts';

const KNOWN_NAMES = [
  'lucanto_list_workspaces',
  'lucanto_list_invoices',
  'lucanto_get_invoice',
  'lucanto_list_contacts',
  'lucanto_get_invoice_pdf_url',
  'lucanto_create_invoice',
  'lucanto_update_invoice',
  'lucanto_create_contact',
  'lucanto_issue_invoice',
  'lucanto_mark_invoice_paid',
  'lucanto_send_invoice',
  'lucanto_delete_invoice',
];

const HEADERS = { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream' };

function post(url: URL, token: string, body: string): Promise<Response> {
  return fetch(url, { method: 'POST', headers: { ...HEADERS, Authorization: `Bearer ${token}` }, body });
}

function callMessage(name: string, args: string): string {
  return `{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"${name}","arguments":${args}}}`;
}

const MODERN_META = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
  'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '1' },
};

describe.each(CLIENTS)('The %s client at the remote endpoint', (kind) => {
  describe.each(['json', 'sse'] as const)('with answers as %s', (answers) => {
    it('lists every page of the tools and calls one', async () => {
      const respond = () => answer(200, '{"id":7,"total":"15.50"}');
      const { url, tokens, requests } = await startEndpoint({ answers, pageSize: 20, respond });
      const client = await connect(kind, url, tokens.manage);
      const names: string[] = [];
      let pages = 0;
      for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
        const page = await client.list(cursor);
        names.push(...page.tools.map(({ name }) => name));
        cursor = page.nextCursor;
        pages += 1;
      }
      expect(pages).toBe(3);
      expect(new Set(names).size).toBe(51);
      expect(names).toEqual(expect.arrayContaining(KNOWN_NAMES));
      const result = await client.call('lucanto_get_invoice', { workspace_id: 42, id: 7 });
      expect(result).toMatchObject({
        content: [{ type: 'text', text: '{"id":7,"total":"15.50"}' }],
        structuredContent: { id: 7, total: '15.50' },
      });
      expect(result.isError).toBeUndefined();
      expect(requests).toMatchObject([{ method: 'GET', path: '/api/v1/accounts/42/invoices/7' }]);
    });
  });

  it('gets an error of the API as the envelope, marked as an error', async () => {
    const envelope = '{"error":"not_found","message":"Gone.","request_id":"r"}';
    const { url, tokens } = await startEndpoint({ respond: () => answer(404, envelope) });
    const client = await connect(kind, url, tokens.manage);
    const result = await client.call('lucanto_get_invoice', { workspace_id: 42, id: 7 });
    expect(result).toMatchObject({ isError: true, content: [{ type: 'text', text: envelope }] });
    expect(result.structuredContent).toBeUndefined();
  });

  it('cannot call a tool that its token does not show', async () => {
    const { url, tokens, requests } = await startEndpoint();
    const client = await connect(kind, url, tokens.readInvoices);
    await expect(client.call('lucanto_delete_invoice', { workspace_id: 42, id: 7 })).rejects.toThrow(
      'Unknown tool: lucanto_delete_invoice',
    );
    expect(requests).toEqual([]);
  });
});

describe('A call at the remote endpoint', () => {
  it.each(GENERATIONS)('goes to the REST path of the %s generation with the caller’s own token', async (generation) => {
    const { url, tokens, requests } = await startEndpoint({ generation });
    const client = await connect('v2 modern', url, tokens.manage);
    await client.call('lucanto_send_invoice', { workspace_id: 42, id: 7, to: ['a@b.sk'], subject: 'Faktúra' });
    await client.call('lucanto_list_invoices', { workspace_id: 42, status: 'paid', limit: 3 });
    await client.call('lucanto_update_credit_note', { workspace_id: 42, id: 9, order_number: 'X', footer_note: null });
    await client.call('lucanto_list_workspaces', {});
    const authorization = `Bearer ${tokens.manage}`;
    expect(requests.map(({ headers }) => headers.authorization)).toEqual(Array(4).fill(authorization));
    expect(requests.map(({ method, path, query, body }) => [method, path, query, body])).toEqual([
      ['POST', `/api/v1/${generation}/42/invoices/7/send`, '', '{"email":{"to":["a@b.sk"],"subject":"Faktúra"}}'],
      ['GET', `/api/v1/${generation}/42/invoices`, 'limit=3&status=paid', ''],
      ['PATCH', `/api/v1/${generation}/42/credit_notes/9`, '', '{"document":{"footer_note":null,"order_number":"X"}}'],
      ['GET', `/api/v1/user/${generation}`, '', ''],
    ]);
  });

  it.each(['json', 'sse'] as const)(
    'keeps ids beyond 2^53 exact in both directions, answered by %s',
    async (answers) => {
      const body = '{"id":9223372036854775807,"name":"\\u00005","rows":[{"id":9007199254740993}]}';
      const { url, tokens, requests } = await startEndpoint({ answers, respond: () => answer(200, body) });
      const args = '{"workspace_id":9007199254740993,"id":9223372036854775807,"purchaser_id":9007199254740995}';
      const legacy = await post(url, tokens.manage, callMessage('lucanto_update_invoice', args));
      const modern = await fetch(url, {
        method: 'POST',
        headers: {
          ...HEADERS,
          Authorization: `Bearer ${tokens.manage}`,
          'MCP-Protocol-Version': '2026-07-28',
          'Mcp-Method': 'tools/call',
          'Mcp-Name': 'lucanto_update_invoice',
        },
        body: callMessage('lucanto_update_invoice', args).replace(
          '"arguments"',
          `"_meta":${JSON.stringify(MODERN_META)},"arguments"`,
        ),
      });
      for (const response of [legacy, modern]) {
        expect(response.headers.get('content-type')).toContain(
          answers === 'sse' ? 'text/event-stream' : 'application/json',
        );
        const text = await response.text();
        expect(text).toContain('"structuredContent":{"id":9223372036854775807,');
        expect(text).toContain('"rows":[{"id":9007199254740993}]');
      }
      expect(requests.map(({ path, body: sent }) => [path, sent])).toEqual(
        Array(2).fill([
          '/api/v1/accounts/9007199254740993/invoices/9223372036854775807',
          '{"invoice":{"purchaser_id":9007199254740995}}',
        ]),
      );
    },
  );

  it('is answered as text only when the result is a list', async () => {
    const { url, tokens } = await startEndpoint({ respond: () => answer(200, '[{"id":42}]') });
    const client = await connect('v2 legacy', url, tokens.manage);
    const result = await client.call('lucanto_list_workspaces', {});
    expect(result.content).toEqual([{ type: 'text', text: '[{"id":42}]' }]);
    expect(result.structuredContent).toBeUndefined();
  });

  it('is answered with an empty text when the body is empty', async () => {
    const { url, tokens } = await startEndpoint({ respond: () => answer(204, null) });
    const client = await connect('v2 legacy', url, tokens.manage);
    const result = await client.call('lucanto_delete_invoice', { workspace_id: 42, id: 7 });
    expect(result).toMatchObject({ content: [{ type: 'text', text: '' }] });
    expect(result.isError).toBeUndefined();
  });

  it.each([
    [{ id: 7 }, 'lucanto_get_invoice needs workspace_id.'],
    [{ workspace_id: 42, id: 7, colour: 'red' }, 'lucanto_get_invoice has no argument colour.'],
  ])('with arguments that do not fit (%j) never reaches the engine', async (args, message) => {
    const { url, tokens, requests } = await startEndpoint();
    const client = await connect('v2 legacy', url, tokens.manage);
    const result = await client.call('lucanto_get_invoice', args);
    expect(result.isError).toBe(true);
    expect(JSON.stringify(result.content)).toContain(message);
    expect(requests).toEqual([]);
  });
});

describe('The remote endpoint', () => {
  it.each([
    ['an unknown token', 'Bearer lct_pat_unknown'],
    ['no token', undefined],
    ['another scheme', 'Basic bGN0'],
  ])('refuses %s with 401 and the error envelope', async (_what, authorization) => {
    const { url, requests } = await startEndpoint();
    const response = await fetch(url, {
      method: 'POST',
      headers: authorization === undefined ? HEADERS : { ...HEADERS, Authorization: authorization },
      body: callMessage('lucanto_list_workspaces', '{}'),
    });
    expect(response.status).toBe(401);
    expect(response.headers.get('x-request-id')).toBe('req-mcp');
    expect(await response.json()).toMatchObject({ error: 'unauthenticated', request_id: 'req-mcp' });
    expect(requests).toEqual([]);
  });

  it('turns a throttled token away with 429 and Retry-After', async () => {
    const { url, tokens } = await startEndpoint();
    const response = await post(url, tokens.throttled, callMessage('lucanto_list_workspaces', '{}'));
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '1']);
  });

  it('answers GET with 405, keeps no session and takes a notification with 202', async () => {
    const { url, tokens } = await startEndpoint();
    const headers = { ...HEADERS, Authorization: `Bearer ${tokens.manage}` };
    expect((await fetch(url, { headers })).status).toBe(405);
    const noted = await post(url, tokens.manage, '{"jsonrpc":"2.0","method":"notifications/initialized"}');
    expect(noted.status).toBe(202);
    expect(noted.headers.get('mcp-session-id')).toBeNull();
  });

  it.each(['2024-10-07', '2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25'])(
    'speaks %s after initialize',
    async (protocolVersion) => {
      const { url, tokens } = await startEndpoint();
      const params = { protocolVersion, capabilities: {}, clientInfo: { name: 'raw', version: '1' } };
      const message = { jsonrpc: '2.0', id: 1, method: 'initialize', params };
      const response = await post(url, tokens.read, JSON.stringify(message));
      expect(await response.json()).toMatchObject({
        id: 1,
        result: { protocolVersion, serverInfo: { name: 'lucanto' } },
      });
    },
  );

  it('answers invalid JSON and an invalid cursor as JSON-RPC errors', async () => {
    const { url, tokens } = await startEndpoint();
    expect(await (await post(url, tokens.read, '{"jsonrpc"')).json()).toMatchObject({ error: { code: -32700 } });
    const list = '{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"cursor":"nonsense"}}';
    expect(await (await post(url, tokens.read, list)).json()).toMatchObject({ error: { code: -32602 } });
  });
});
