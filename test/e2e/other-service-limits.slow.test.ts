/** The other Lucanto where tokens are limited, things change, or nothing answers. */
import { describe, expect, it } from 'vitest';
import { connect, HANDSHAKE, startRaw } from '../helpers/mcp.ts';
import { useOtherHome } from '../helpers/other-home.ts';
import { run } from '../helpers/run.ts';

const at = useOtherHome();
const namesOf = (tools: readonly { readonly name: string }[]) => tools.map(({ name }) => name);

describe('A token', () => {
  const WRITING = /^lucanto_(create|update|delete|issue|mark|send|archive|accept|set|reconcile)_/;

  it('that may only read sees no tool that writes, and can call none', async () => {
    await at.login(at.other.tokens.read);
    const session = await connect('v1', at.bridge());
    const names = namesOf(await session.listTools());
    expect(names).toEqual(
      expect.arrayContaining(['lucanto_list_invoices', 'lucanto_list_projects', 'lucanto_get_quote']),
    );
    expect(names.filter((name) => WRITING.test(name))).toEqual([]);
    at.other.clear();
    for (const name of ['lucanto_create_contact', 'lucanto_archive_project', 'lucanto_reconcile_payments']) {
      await expect(session.callTool(name, { id: 1, name: 'x' })).rejects.toThrow(name);
    }
    expect(at.other.requests.filter(({ text }) => text.includes('"x"'))).toEqual([]);
    await session.close();
    const { exitCode, stderr } = await run(['call', 'lucanto_create_contact', '--arg', 'name=x'], at.bridge());
    expect(exitCode).toBe(1);
    expect(stderr).toContain('write:contacts');
  });

  it('for one resource sees no tools of others', async () => {
    await at.login(at.other.tokens.readInvoices);
    const session = await connect('v1', at.bridge());
    const names = namesOf(await session.listTools());
    expect(names).toContain('lucanto_get_invoice_pdf_url');
    expect(names.filter((name) => /contact|quote|project|expense|webhook/.test(name))).toEqual([]);
    await session.close();
  });

  it('that manages sees actions of resources that the remote list mentions, and of others with --scopes', async () => {
    await at.loggedIn(at.other.tokens.manage);
    const silent = await connect('v1', at.bridge());
    expect(namesOf(await silent.listTools())).not.toContain('lucanto_archive_project');
    await silent.close();
    const told = await connect('v1', at.bridge({ LUCANTO_SCOPES: 'manage:projects' }));
    const names = namesOf(await told.listTools());
    expect(names).toContain('lucanto_archive_project');
    expect(names).not.toContain('lucanto_accept_quote');
    await told.close();
  });

  it('is shown with scopes of existing resources, never with words from the names of remote tools', async () => {
    expect(await at.login(at.other.tokens.manage)).toMatch(/send and delete: invoices;.*read only: .*quotes/);
    const { stdout } = await run(['status'], at.bridge());
    expect(stdout).not.toMatch(/vats|payments/);
  });

  it.each(['workspaces', 'accounts'] as const)(
    'reads over REST in the generation of %s although the service publishes no document',
    async (generation) => {
      const workspaceParameter = generation === 'accounts' ? 'account_id' : 'workspace_id';
      at.other.set({ openapi: { state: 'missing' }, shape: { generation, workspaceParameter } });
      await at.login(at.other.tokens.read);
      expect((await run(['call', 'lucanto_list_quotes'], at.bridge())).exitCode).toBe(0);
      expect(at.other.requests.at(-1)?.path).toMatch(new RegExp(`/${generation}/[^/]+/quotes$`));
    },
  );

  it('from the environment, with nothing cached, gets the complete list at first', async () => {
    const session = await connect('v1', at.bridge({ LUCANTO_TOKEN: at.other.tokens.manage }));
    const names = namesOf(await session.listTools());
    expect(names).toEqual(expect.arrayContaining(['lucanto_delete_invoice', 'lucanto_reconcile_payments']));
    await session.close();
  });

  it('never appears in any output', async () => {
    const printed = await at.login(at.other.tokens.manage);
    const called = await run(['call', 'lucanto_list_contacts'], at.bridge({ LUCANTO_LOG_LEVEL: 'debug' }));
    const status = await run(['status', '--json'], at.bridge({ LUCANTO_LOG_LEVEL: 'debug' }));
    for (const text of [printed, called.stdout, called.stderr, status.stdout, status.stderr]) {
      expect(text).not.toContain(at.other.tokens.manage);
    }
  });
});

describe('Ids beyond 2^53', () => {
  it('stay exact as numbers and as strings, in arguments and answers', async () => {
    await at.loggedIn(at.other.tokens.manage);
    const [workspace] = at.other.workspaceIds;
    const [id] = at.other.ids('invoices');
    const raw = startRaw(at.bridge());
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
    expect(
      at.other.requests.filter(({ path }) => path === `/api/v1/workspaces/${workspace}/invoices/${id}`),
    ).toHaveLength(2);
    expect(raw.lines.every((line) => JSON.parse(line).jsonrpc === '2.0')).toBe(true);
    expect(await raw.end()).toBe(0);
  });

  it('may be UUIDs just as well', async () => {
    at.other.set({ shape: { ids: 'uuid', servers: 'absolute', operationIds: false, workspaceItem: 'segment' } });
    await at.loggedIn(at.other.tokens.manage);
    const [id = ''] = at.other.ids('invoices');
    const { stdout } = await run(['call', 'lucanto_get_invoice', '--arg', `id=${id}`], at.bridge());
    expect(JSON.parse(stdout).id).toBe(id);
  });
});

describe('Workspaces', () => {
  it('are listed with id and name in the error when there are several', async () => {
    at.other.set({ workspaces: 2 });
    await at.loggedIn(at.other.tokens.manage);
    const { stdout, stderr, exitCode } = await run(['call', 'lucanto_list_contacts'], at.bridge());
    expect(exitCode).toBe(1);
    for (const id of at.other.workspaceIds) expect(stdout + stderr).toContain(id);
    expect(stdout + stderr).toContain('Workspace 2');
  });

  it('are all listed for a call that asks for few fields', async () => {
    await at.loggedIn(at.other.tokens.manage);
    const call = () => run(['call', 'lucanto_list_contacts', '--arg', 'fields=name'], at.bridge());
    expect((await call()).exitCode).toBe(0);
    at.other.set({ workspaces: 2 });
    const { exitCode, stdout } = await call();
    expect(exitCode).toBe(1);
    for (const id of at.other.workspaceIds) expect(stdout).toMatch(new RegExp(`${id} \\([^)]{5,}\\)`));
  });

  it('are listed by remote tools too, which fill in the only one by themselves', async () => {
    await at.loggedIn(at.other.tokens.manage);
    const remote = at.bridge({ LUCANTO_BACKEND: 'remote' });
    expect((await run(['call', 'lucanto_list_contacts'], remote)).exitCode).toBe(0);
    at.other.set({ workspaces: 2 });
    const { exitCode, stdout } = await run(['call', 'lucanto_list_contacts'], remote);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('Workspace 2');
  });

  it('that are pinned are in no schema, and no other can be reached', async () => {
    at.other.set({ workspaces: 2 });
    const [first = '', second = ''] = at.other.workspaceIds;
    await at.loggedIn(at.other.tokens.manage);
    const session = await connect('v1', at.bridge({ LUCANTO_WORKSPACE: second, LUCANTO_SCOPES: 'manage:*' }));
    for (const tool of await session.listTools())
      expect(JSON.stringify(tool.inputSchema)).not.toContain('workspace_id');
    expect((await session.callTool('lucanto_list_contacts')).isError).toBe(false);
    const listed = (await session.callTool('lucanto_list_workspaces')).text;
    expect(listed).toContain(second);
    expect(listed).not.toContain(first);
    await session.callTool('lucanto_list_contacts', { workspace_id: first }).catch(() => undefined);
    await session.callTool('lucanto_reconcile_payments', { workspace_id: first }).catch(() => undefined);
    for (const name of ['lucanto_get_workspace', 'lucanto_set_default_workspace']) {
      await session.callTool(name, { id: first }).catch(() => undefined);
      await session.callTool(name, { workspace_id: first }).catch(() => undefined);
    }
    const reached = at.other.requests.filter(({ path, text }) => path.includes(first) || text.includes(first));
    expect(reached).toEqual([]);
    await session.close();
  });
});

describe('The OpenAPI document', () => {
  it('with a new resource is announced by a bridge that began with the old one, and the new tool works', async () => {
    await at.loggedIn(at.other.tokens.manage);
    at.other.set({ openapi: { extraResources: ['warehouses'] } });
    const raw = startRaw(at.bridge({ LUCANTO_SCOPES: 'manage:*' }));
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
    'that is %s changes nothing that was cached',
    async (state) => {
      await at.loggedIn(at.other.tokens.manage);
      at.other.set({ openapi: { state } });
      await at.login(at.other.tokens.manage);
      const { exitCode } = await run(['call', 'lucanto_list_projects'], at.bridge());
      expect(exitCode).toBe(0);
    },
  );
});

describe('A service that is down', () => {
  it('leaves the cached tools listed, and calls get an error that says what to do', async () => {
    await at.loggedIn(at.other.tokens.manage);
    await at.other.close();
    for (const kind of ['v1', 'v2 auto', 'v2 pinned to 2026-07-28'] as const) {
      const session = await connect(kind, at.bridge({ LUCANTO_TIMEOUT: '5' }));
      expect(namesOf(await session.listTools())).toContain('lucanto_delete_invoice');
      const result = await session.callTool('lucanto_list_invoices', { workspace_id: 1 });
      expect(result.isError).toBe(true);
      expect(JSON.parse(result.text).message).toContain(at.other.url);
      await session.close();
    }
    const { exitCode, stdout } = await run(['call', 'lucanto_list_invoices'], at.bridge({ LUCANTO_TIMEOUT: '5' }));
    expect(exitCode).toBe(4);
    expect(JSON.parse(stdout)).toHaveProperty('hint');
  });

  it('does not stop a bridge with an empty cache', async () => {
    await at.other.close();
    const session = await connect('v1', at.bridge({ LUCANTO_TOKEN: at.other.tokens.manage, LUCANTO_TIMEOUT: '5' }));
    const names = namesOf(await session.listTools());
    expect(names).toContain('lucanto_list_invoices');
    expect(names).not.toContain('lucanto_create_invoice');
    expect(session.instructions()).toContain('read tools');
    await session.close();
  });
});
