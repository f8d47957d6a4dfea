/** Tools of the remote endpoint as the whole bridge offers and calls them. */
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { startOtherLucanto } from '../fixtures/other-lucanto/server.ts';
import { json, type OddAnswer, oddService, parameters, type Received } from '../tools/odd-service.ts';
import { useScenes } from '../tools/opened.ts';

const { later, scene, demo: startedDemo } = useScenes();

interface RemoteCall {
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** A service whose remote endpoint lists these tools, and says what it was called with. */
async function service(
  tools: readonly object[],
  rest: (request: Received) => OddAnswer | null = () => null,
  env: Readonly<Record<string, string>> = {},
) {
  const calls: RemoteCall[] = [];
  const refuse: OddAnswer[] = [];
  const item = {
    parameters: parameters('workspace_id', 'id'),
    get: { operationId: 'get-thing', responses: { 200: json({ type: 'object' }) } },
  };
  const answer = (request: Received): OddAnswer | null => {
    if (request.path !== '/api/mcp/v1') return rest(request);
    const { id, method, params } = JSON.parse(String(request.body));
    const result = (value: object) => ({ json: { jsonrpc: '2.0', id, result: value } });
    if (method === 'initialize') {
      const serverInfo = { name: 'odd', version: '1' };
      return result({ protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo });
    }
    if (method === 'tools/list') return result({ tools });
    if (method === 'tools/call') {
      calls.push({ name: params.name, arguments: params.arguments });
      return refuse.pop() ?? result({ content: [{ type: 'text', text: '{"done":true}' }] });
    }
    if (id === undefined) return { status: 202 };
    return { json: { jsonrpc: '2.0', id, error: { code: -32601, message: 'No such method' } } };
  };
  const odd = later(await oddService({ '/workspaces/{workspace_id}/things/{id}': item }, answer));
  return { calls, odd, refuse, ...(await scene(odd.url, 'lct_pat_a23456789', { LUCANTO_SCOPES: 'manage:*', ...env })) };
}

const readOnly = { annotations: { readOnlyHint: true } };

describe('the workspace of a remote tool that may leave it out', () => {
  it.each([
    ['a number', { type: 'integer' }, 1],
    ['a text', { type: 'string' }, '1'],
  ])('is filled in as %s where there is only one', async (_what, type, filled) => {
    const properties = { workspace_id: type, period: { type: 'string' } };
    const tool = { name: 'lucanto_explain_things', inputSchema: { type: 'object', properties }, ...readOnly };
    const { ask, calls } = await service([tool]);
    await ask('lucanto_explain_things', { period: '2026' });
    await ask('lucanto_explain_things', { period: '2026', workspace_id: type.type === 'string' ? '7' : 7 });
    expect(calls.map((call) => call.arguments.workspace_id)).toEqual([filled, type.type === 'string' ? '7' : 7]);
  });

  it('is asked for where there are several: the endpoint is not left to guess', async () => {
    const other = later(await startOtherLucanto({ workspaces: 2 }));
    const { ask } = await scene(other.url, other.tokens.manage);
    const { json: told, result } = await ask('lucanto_reconcile_payments', {});
    expect(result.isError).toBe(true);
    for (const id of other.workspaceIds) expect(JSON.stringify(told)).toContain(id);
    const chosen = await ask('lucanto_reconcile_payments', { workspace_id: other.workspaceIds[1] });
    expect(chosen.result.isError ?? false).toBe(false);
  });
});

describe('a write of the remote endpoint', () => {
  it.each([
    ['with Retry-After', { 'retry-after': '7' }, 'Wait 7 seconds'],
    ['without Retry-After', {}, 'Wait a minute'],
  ])('that is refused with 429 %s is sent once, and again when it is called again', async (_how, headers, when) => {
    const { ask, calls, refuse } = await service([{ name: 'lucanto_create_note', inputSchema: { type: 'object' } }]);
    refuse.push({ status: 429, headers, json: { error: 'rate_limited', message: 'Too many.' } });
    const { json: told, result } = await ask('lucanto_create_note', {});
    expect([result.isError, told.error, calls.length]).toEqual([true, 'rate_limited', 1]);
    expect(told).not.toHaveProperty('outcome');
    expect(told.hint).toContain(`nothing was carried out. ${when}`);
    expect((await ask('lucanto_create_note', {})).json).toEqual({ done: true });
    expect(calls).toHaveLength(2);
  });
});

describe('a remote tool whose name hosts would refuse', () => {
  it.each([{}, { LUCANTO_READ_ONLY: '1' }])(
    'is listed under a shorter one of its own, and called by the one that it has (%o)',
    async (env) => {
      const long = `lucanto_list_${'very_'.repeat(14)}long_things`;
      const names = [`${long}_a`, `${long}_b`, 'lucanto.list.things of all kinds, in whatever state they may be'];
      const inputSchema = { type: 'object', properties: {} };
      const { bridge, ask, calls } = await service(
        names.map((name) => ({ name, inputSchema, ...readOnly })),
        () => null,
        env,
      );
      const remote = bridge.visible().filter(({ route }) => route === 'remote');
      const shown = remote.map(({ descriptor }) => descriptor.name);
      expect(new Set(shown).size).toBe(3);
      for (const name of shown) expect(name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
      for (const name of shown) expect((await ask(name)).json).toEqual({ done: true });
      expect(calls.map(({ name }) => name).sort()).toEqual([...names].sort());
    },
  );
});

describe('the code of an error', () => {
  it.each([
    [
      'the first of several',
      { errors: [{ code: 'iban_taken', detail: 'The IBAN is taken.' }, { code: 'x' }] },
      'iban_taken',
    ],
    ['the envelope before it', { error: 'invalid', errors: [{ code: 'iban_taken' }] }, 'invalid'],
    ['the status where neither is a word', { errors: [{ code: 'Not A Word!' }] }, 'http_422'],
  ])('is that of %s', async (_what, body, code) => {
    const { ask } = await service([], ({ path }) => (path.endsWith('/things/3') ? { status: 422, json: body } : null));
    const { json: told } = await ask('lucanto_get_thing', { id: 3 });
    expect([told.status, told.error]).toEqual([422, code]);
  });
});

describe('a list of the remote endpoint', () => {
  it.each([{}, { LUCANTO_WORKSPACE: '42' }])('is saved whole, page by page, where calls go there: %j', async (env) => {
    const demo = await startedDemo();
    const { ask } = await scene(demo.url, demo.tokens.read, { LUCANTO_BACKEND: 'remote', ...env });
    const own = 'LUCANTO_WORKSPACE' in env ? {} : { workspace_id: '42' };
    const { json: saved } = await ask('lucanto_list_invoices', { ...own, save_as: 'csv' });
    expect(saved).toMatchObject({ complete: true, rows: expect.any(Number) });
    const lines = (await readFile(saved.path, 'utf8')).trim().split('\r\n');
    const rest = await scene(demo.url, demo.tokens.read, env);
    const { json: sums } = await rest.ask('lucanto_summarize_documents', { ...own, type: 'invoice' });
    expect(saved.rows).toBe(sums.covered.rows);
    expect(saved.rows).toBeGreaterThan(25);
    expect(lines).toHaveLength(saved.rows + 1);
    const { json: few } = await ask('lucanto_list_invoices', { ...own, save_as: 'csv', limit: 3 });
    expect(few).toMatchObject({ complete: false, rows: 3, incomplete_because: 'limit is 3' });
  });

  it('is saved with the words of the endpoint where it refuses a page, and another tool takes no save_as', async () => {
    const demo = await startedDemo();
    const { ask } = await scene(demo.url, demo.tokens.read, { LUCANTO_BACKEND: 'remote' });
    const { json: refused, result } = await ask('lucanto_list_invoices', { workspace_id: '999', save_as: 'csv' });
    expect(result.isError).toBe(true);
    expect(refused.message).toContain('The workspace was not found.');
    const one = await ask('lucanto_get_invoice', { workspace_id: '42', id: '1001', save_as: 'csv' });
    expect(one.result.isError).toBe(true);
  });
});
