/** The other Lucanto where things are refused, change, break or are gone. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FAILURES } from '../fixtures/other-lucanto/errors.ts';
import type { OtherChanges } from '../fixtures/other-lucanto/options.ts';
import { type OtherLucanto, startOtherLucanto } from '../fixtures/other-lucanto/server.ts';
import { connect, HANDSHAKE, startRaw } from '../helpers/mcp.ts';
import { type Home, run, temporaryHome } from '../helpers/run.ts';

let other: OtherLucanto;
let home: Home;

beforeEach(async () => {
  other = await startOtherLucanto();
  home = await temporaryHome();
});
afterEach(async () => {
  await other.close();
  await home.remove();
});

const env = (more: Readonly<Record<string, string>> = {}) => ({ LUCANTO_URL: other.url, ...more });

async function login(token: string, more: Readonly<Record<string, string>> = {}): Promise<string> {
  const { exitCode, stdout, stderr } = await run(['login'], { home, env: env(more), stdin: `${token}\n` });
  if (exitCode !== 0) throw new Error(stderr);
  return stdout;
}

const bridge = (more: Readonly<Record<string, string>> = {}) => ({ home, env: env(more) });
const namesOf = (tools: readonly { readonly name: string }[]) => tools.map(({ name }) => name);

describe('a token', () => {
  const WRITING = /^lucanto_(create|update|delete|issue|mark|send|archive|accept|set|reconcile)_/;

  it('that may read sees no tool that writes, and can call none', async () => {
    await login(other.tokens.read);
    const session = await connect('v1', bridge());
    const names = namesOf(await session.listTools());
    expect(names).toEqual(
      expect.arrayContaining(['lucanto_list_invoices', 'lucanto_list_projects', 'lucanto_get_quote']),
    );
    expect(names.filter((name) => WRITING.test(name))).toEqual([]);
    other.clear();
    for (const name of ['lucanto_create_contact', 'lucanto_archive_project', 'lucanto_reconcile_payments']) {
      await expect(session.callTool(name, { id: 1, name: 'x' })).rejects.toThrow(name);
    }
    expect(other.requests.filter(({ text }) => text.includes('"x"'))).toEqual([]);
    await session.close();
    const { exitCode, stderr } = await run(['call', 'lucanto_create_contact', '--arg', 'name=x'], bridge());
    expect(exitCode).toBe(1);
    expect(stderr).toContain('write:contacts');
  });

  it('for one resource sees nothing of the others', async () => {
    await login(other.tokens.readInvoices);
    const session = await connect('v1', bridge());
    const names = namesOf(await session.listTools());
    expect(names).toContain('lucanto_get_invoice_pdf_url');
    expect(names.filter((name) => /contact|quote|project|expense|webhook/.test(name))).toEqual([]);
    await session.close();
  });

  it('that manages sees actions of resources that the remote list mentions, and of others when told its scopes', async () => {
    await login(other.tokens.manage);
    const silent = await connect('v1', bridge());
    expect(namesOf(await silent.listTools())).not.toContain('lucanto_archive_project');
    await silent.close();
    const told = await connect('v1', bridge({ LUCANTO_SCOPES: 'manage:projects' }));
    const names = namesOf(await told.listTools());
    expect(names).toContain('lucanto_archive_project');
    expect(names).not.toContain('lucanto_accept_quote');
    await told.close();
  });

  it('is shown with scopes of resources that exist, never with words out of the names of remote tools', async () => {
    expect(await login(other.tokens.manage)).toMatch(/Scopes .*manage:invoices.*read:quotes/);
    const { stdout } = await run(['status'], bridge());
    expect(stdout).not.toMatch(/vats|payments/);
  });

  it('is tried again by login, whatever an earlier one could not read', async () => {
    other.set({ openapi: { state: 'missing' } });
    await login(other.tokens.read);
    expect((await run(['call', 'lucanto_list_quotes'], bridge())).exitCode).toBe(1);
    other.set({ openapi: { state: 'served' } });
    await login(other.tokens.read);
    expect((await run(['call', 'lucanto_list_quotes'], bridge())).exitCode).toBe(0);
  });

  it('given in the environment only, with nothing known, still lists the whole truth first', async () => {
    const session = await connect('v1', bridge({ LUCANTO_TOKEN: other.tokens.manage }));
    const names = namesOf(await session.listTools());
    expect(names).toEqual(expect.arrayContaining(['lucanto_delete_invoice', 'lucanto_reconcile_payments']));
    await session.close();
  });

  it('never appears in what is printed or, but for its own file, stored', async () => {
    const printed = await login(other.tokens.manage);
    const called = await run(['call', 'lucanto_list_contacts'], bridge({ LUCANTO_LOG_LEVEL: 'debug' }));
    const status = await run(['status', '--json'], bridge({ LUCANTO_LOG_LEVEL: 'debug' }));
    for (const text of [printed, called.stdout, called.stderr, status.stdout, status.stderr]) {
      expect(text).not.toContain(other.tokens.manage);
    }
  });
});

describe('ids beyond 2^53', () => {
  it('survive as numbers and as strings, in arguments and answers, digit by digit', async () => {
    await login(other.tokens.manage);
    const [workspace] = other.workspaceIds;
    const [id] = other.ids('invoices');
    const raw = startRaw(bridge());
    for (const line of HANDSHAKE) raw.send(line);
    await raw.lineWith('"hello"');
    const call = (request: string, given: string) =>
      raw.send(
        `{"jsonrpc":"2.0","id":"${request}","method":"tools/call","params":{"name":"lucanto_get_invoice","arguments":{"workspace_id":${workspace},"id":${given}}}}`,
      );
    call('as-number', `${id}`);
    expect(await raw.lineWith('"as-number"')).toContain(`\\"id\\":${id},`);
    call('as-string', `"${id}"`);
    expect(await raw.lineWith('"as-string"')).toContain(`\\"id\\":${id},`);
    expect(other.requests.filter(({ path }) => path === `/api/v1/workspaces/${workspace}/invoices/${id}`)).toHaveLength(
      2,
    );
    expect(raw.lines.every((line) => JSON.parse(line).jsonrpc === '2.0')).toBe(true);
    expect(await raw.end()).toBe(0);
  });

  it('survive as UUIDs just as well', async () => {
    other.set({ shape: { ids: 'uuid', servers: 'absolute', operationIds: false, workspaceItem: 'segment' } });
    await login(other.tokens.manage);
    const [id = ''] = other.ids('invoices');
    const { stdout } = await run(['call', 'lucanto_get_invoice', '--arg', `id=${id}`], bridge());
    expect(JSON.parse(stdout).id).toBe(id);
  });
});

describe('workspaces', () => {
  it('are asked for where there are several, by id and name', async () => {
    other.set({ workspaces: 2 });
    await login(other.tokens.manage);
    const { stdout, stderr, exitCode } = await run(['call', 'lucanto_list_contacts'], bridge());
    expect(exitCode).toBe(1);
    for (const id of other.workspaceIds) expect(stdout + stderr).toContain(id);
    expect(stdout + stderr).toContain('Workspace 2');
  });

  it('are asked for by remote tools too, which get the only one by themselves', async () => {
    await login(other.tokens.manage);
    const remote = bridge({ LUCANTO_BACKEND: 'remote' });
    expect((await run(['call', 'lucanto_list_contacts'], remote)).exitCode).toBe(0);
    other.set({ workspaces: 2 });
    const { exitCode, stdout } = await run(['call', 'lucanto_list_contacts'], remote);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('Workspace 2');
  });

  it('that are pinned leave every schema, and no other can be reached', async () => {
    other.set({ workspaces: 2 });
    const [first = '', second = ''] = other.workspaceIds;
    await login(other.tokens.manage);
    other.clear();
    const session = await connect('v1', bridge({ LUCANTO_WORKSPACE: second, LUCANTO_SCOPES: 'manage:*' }));
    for (const tool of await session.listTools())
      expect(JSON.stringify(tool.inputSchema)).not.toContain('workspace_id');
    expect((await session.callTool('lucanto_list_contacts')).isError).toBe(false);
    await session.callTool('lucanto_list_contacts', { workspace_id: first }).catch(() => undefined);
    await session.callTool('lucanto_reconcile_payments', { workspace_id: first }).catch(() => undefined);
    for (const name of ['lucanto_get_workspace', 'lucanto_set_default_workspace']) {
      await session.callTool(name, { id: first }).catch(() => undefined);
      await session.callTool(name, { workspace_id: first }).catch(() => undefined);
    }
    const reached = other.requests.filter(({ path, text }) => path.includes(first) || text.includes(first));
    expect(reached).toEqual([]);
    await session.close();
  });
});

describe('every failure of the service', () => {
  it.each(FAILURES)('$name ($status) becomes an error that says what to do', async ({ id, error, status, message }) => {
    await login(other.tokens.manage);
    const { stdout, stderr, exitCode } = await run(
      ['call', 'lucanto_get_contact', '--arg', `id=${id}`],
      bridge({ LUCANTO_TIMEOUT: '8' }),
    );
    expect(exitCode).toBe(error === 'unauthenticated' ? 3 : exitCode);
    expect(exitCode).not.toBe(0);
    const shown = JSON.parse(stdout === '' ? '{}' : stdout);
    const all = `${stdout}${stderr}`;
    expect(all).toMatch(/hint/);
    if (error !== undefined) {
      expect(shown).toMatchObject({ error, status });
      expect(shown.request_id).toMatch(/^[\da-f-]{36}$/);
      expect(all).toContain(message);
    }
    expect(all).not.toContain('<html>');
  });

  it('that passes is retried, a POST with the key of its first attempt', async () => {
    await login(other.tokens.manage);
    other.clear();
    other.set({ failNext: ['unavailable'] });
    const { exitCode } = await run(
      ['call', 'lucanto_create_contact', '--arg', 'name=A', '--arg', `workspace_id=${other.workspaceIds[0]}`],
      bridge(),
    );
    expect(exitCode).toBe(0);
    const keys = other.requests.filter(({ method, path }) => method === 'POST' && path.endsWith('/contacts'));
    expect(keys).toHaveLength(2);
    expect(new Set(keys.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
  });
});

describe('the remote endpoint', () => {
  const speaks: readonly OtherChanges['remote'][] = [
    { answers: 'json', era: 'legacy' },
    { answers: 'sse', era: 'legacy' },
    { answers: 'json', era: 'modern' },
    { answers: 'sse', era: 'modern' },
  ];
  it.each(speaks)('is served through in %o', async (remote) => {
    other.set({ remote: { ...remote, catalogue: 'wide' } });
    await login(other.tokens.manage, { LUCANTO_BACKEND: 'remote' });
    other.clear();
    const session = await connect('v2 auto', bridge({ LUCANTO_BACKEND: 'remote' }));
    expect((await session.listTools()).length).toBeGreaterThan(30);
    const result = await session.callTool('lucanto_create_project', { title: 'Ďalší' });
    expect(result).toMatchObject({ isError: false });
    expect(result.text).toContain('"title":"Ďalší"');
    expect(other.requests.filter(({ path }) => path.includes('/projects'))).toEqual([]);
    const id = other.ids('projects').at(-1);
    expect((await session.callTool('lucanto_archive_project', { id })).text).toContain(`"id":${id}`);
    await session.close();
  });

  const faults = [
    'accepted',
    'wrong-id',
    'cut-stream',
    'invalid-json',
    'html',
    'unauthorised',
    'forbidden',
    'down',
    'missing',
  ] as const;
  it.each(faults)('that answers a call with %s gives an error at once, and is never sent twice', async (state) => {
    await login(other.tokens.manage);
    const session = await connect('v1', bridge());
    await session.listTools();
    other.set({ remote: { state } });
    other.clear();
    const result = await session.callTool('lucanto_reconcile_payments', { workspace_id: other.workspaceIds[0] });
    expect(result.isError).toBe(true);
    expect(JSON.parse(result.text)).toMatchObject({
      error: expect.any(String),
      message: expect.any(String),
      hint: expect.any(String),
    });
    expect(result.structuredContent).toBeUndefined();
    expect(other.requests.filter(({ text }) => text.includes('"tools/call"')).length).toBeLessThan(2);
    await session.close();
  });

  it('that never answers is given up within the timeout', async () => {
    await login(other.tokens.manage);
    other.set({ remote: { state: 'hang' } });
    const session = await connect('v1', bridge({ LUCANTO_TIMEOUT: '2' }));
    const result = await session.callTool('lucanto_explain_vat', { country: 'sk' });
    expect(result.isError).toBe(true);
    await session.close();
  });
});

describe('the document', () => {
  it('that gained a resource is announced by a server that began with the old one, and the new tool works', async () => {
    await login(other.tokens.manage);
    other.set({ openapi: { extraResources: ['warehouses'] } });
    const raw = startRaw(bridge({ LUCANTO_SCOPES: 'manage:*' }));
    for (const line of HANDSHAKE) raw.send(line);
    await raw.lineWith('notifications/tools/list_changed');
    raw.send('{"jsonrpc":"2.0","id":"list","method":"tools/list"}');
    expect(await raw.lineWith('"list"')).toContain('lucanto_create_warehouse');
    raw.send(
      '{"jsonrpc":"2.0","id":"call","method":"tools/call","params":{"name":"lucanto_create_warehouse","arguments":{"name":"Sklad"}}}',
    );
    expect(await raw.lineWith('"call"')).toContain('\\"name\\":\\"Sklad\\"');
    expect(await raw.end()).toBe(0);
  });

  it.each(['broken', 'huge', 'not-openapi', 'missing'] as const)(
    'that is %s changes nothing that was known',
    async (state) => {
      await login(other.tokens.manage);
      other.set({ openapi: { state } });
      await run(['login'], { ...bridge(), stdin: `${other.tokens.manage}\n` });
      const { exitCode } = await run(['call', 'lucanto_list_projects'], bridge());
      expect(exitCode).toBe(0);
    },
  );
});

describe('a service that is down', () => {
  it('leaves the known tools listed, and calls answered with what to do', async () => {
    await login(other.tokens.manage);
    await other.close();
    for (const kind of ['v1', 'v2 auto', 'v2 pinned to 2026-07-28'] as const) {
      const session = await connect(kind, bridge({ LUCANTO_TIMEOUT: '5' }));
      expect(namesOf(await session.listTools())).toContain('lucanto_delete_invoice');
      const result = await session.callTool('lucanto_list_invoices', { workspace_id: 1 });
      expect(result.isError).toBe(true);
      expect(JSON.parse(result.text).message).toContain(other.url);
      await session.close();
    }
    const { exitCode, stdout } = await run(['call', 'lucanto_list_invoices'], bridge({ LUCANTO_TIMEOUT: '5' }));
    expect(exitCode).toBe(4);
    expect(JSON.parse(stdout)).toHaveProperty('hint');
  });

  it('does not stop a bridge that knows nothing yet', async () => {
    await other.close();
    const session = await connect('v1', bridge({ LUCANTO_TOKEN: other.tokens.manage, LUCANTO_TIMEOUT: '5' }));
    const names = namesOf(await session.listTools());
    expect(names).toContain('lucanto_list_invoices');
    expect(names).not.toContain('lucanto_create_invoice');
    expect(session.instructions()).toContain('read tools');
    await session.close();
  });
});
