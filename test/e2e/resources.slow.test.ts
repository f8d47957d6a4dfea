/** Workspaces and records as resources, as hosts list, complete and read them. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type DemoService, startDemo } from '../../src/demo/demo-server.ts';
import { type OtherLucanto, startOtherLucanto } from '../fixtures/other-lucanto/server.ts';
import { ODD_SHAPE, OLD_SHAPE } from '../fixtures/other-lucanto/shape.ts';
import { CLIENTS, type ClientKind, connect, HANDSHAKE, type McpSession, startRaw } from '../helpers/mcp.ts';
import { legacyLine, modernLine } from '../helpers/modern.ts';
import { meetService } from '../helpers/rpc-bridge.ts';
import { type Home, run, temporaryHome } from '../helpers/run.ts';

const WORKSPACES = 'lucanto://workspaces';
const INVOICES = 'lucanto://{workspace_id}/invoices/{id}';
const CONTACTS = 'lucanto://{workspace_id}/contacts/{id}';
const NO_ADDRESSES = [
  'lucanto://42/invoices/..%2Fcontacts',
  'lucanto://42/invoices/%2E%2E',
  'lucanto://42/invoices/../contacts/1',
  'lucanto://42/invoices/1%2Fissue',
  'lucanto://42/invoices/1?x=1',
  'lucanto://42/invoices/1/pdf_url',
  'lucanto://42%2Finvoices/contacts/1',
  'lucanto://42/invoices/%E0%A4%A',
  'lucanto://user@42/invoices/1',
  'lucanto://42:80/invoices/1',
  'lucanto://42/invoices/',
  'lucanto:///invoices/1',
  'lucanto://42/__proto__/1',
  'file:///etc/passwd',
  'not an address',
];
/** Beyond 2^53, in the demo's second workspace. */
const TRADER = '9007199254740993';

/** Where a bridge has met the embedded Lucanto once. */
let known: Home | undefined;
/** A copy of it for each test; without it, empty. */
let home: Home;
const sessions: McpSession[] = [];
beforeEach(async () => {
  home = await temporaryHome(known);
});
afterEach(async () => {
  for (const session of sessions.splice(0)) await session.close();
  await home.remove();
});

async function open(
  kind: ClientKind,
  env: Readonly<Record<string, string>>,
  args: readonly string[] = [],
  where: Home = home,
) {
  const session = await connect(kind, { home: where, env, args });
  sessions.push(session);
  return session;
}

async function login(url: string, token: string, where: Home = home): Promise<void> {
  const { exitCode, stderr } = await run(['login'], { home: where, env: { LUCANTO_URL: url }, stdin: `${token}\n` });
  if (exitCode !== 0) throw new Error(stderr);
}

describe('The resources of the bridge at the embedded Lucanto', () => {
  let demo: DemoService;
  beforeAll(async () => {
    demo = await startDemo({ port: 0, generation: 'workspaces', clock: Date.now });
    known = await temporaryHome();
    await meetService({ home: known, env: env() });
  });
  afterAll(async () => {
    await demo.close();
    await known?.remove();
    known = undefined;
  });
  beforeEach(() => demo.reset());

  const env = (token = demo.tokens.manage) => ({ LUCANTO_URL: demo.url, LUCANTO_TOKEN: token });
  describe.each(CLIENTS)('with the client %s', (kind) => {
    let own: Home;
    let session: McpSession;
    beforeAll(async () => {
      own = await temporaryHome(known);
      session = await connect(kind, { home: own, env: env() });
    });
    afterAll(async () => {
      await session.close();
      await own.remove();
    });

    it('are the workspaces, and a template for every record that a get tool reads', async () => {
      expect(session.capabilities()).toEqual(expect.arrayContaining(['resources', 'completions']));
      expect(await session.listResources()).toEqual([WORKSPACES]);
      const templates = await session.listTemplates();
      expect(templates).toEqual(expect.arrayContaining([INVOICES, CONTACTS]));
      expect(templates.filter((template) => template.includes('pdf'))).toEqual([]);
    });

    it('have the same content as the answer of the tool, complete and exact', async () => {
      const workspaces = await session.readResource(WORKSPACES);
      expect(workspaces).toMatchObject({ mimeType: 'application/json' });
      expect(workspaces.text).toContain(`"id":${TRADER}`);
      const { values } = await session.complete({ template: INVOICES }, 'id', '900719', { workspace_id: '42' });
      const id = values[0] ?? '';
      expect(id).toMatch(/^900719\d{10}$/);
      const read = await session.readResource(`lucanto://42/invoices/${id}`);
      expect(read).toMatchObject({ mimeType: 'application/json' });
      expect(read.text).toContain(`"id":${id},`);
      expect(JSON.parse(read.text)).toMatchObject({ type: 'invoice', items: expect.any(Array) });
    });

    it('that do not exist get an error that says so', async () => {
      await expect(session.readResource('lucanto://42/dragons/1')).rejects.toThrow('There is no resource');
      await expect(session.readResource('lucanto://42/invoices/99999999')).rejects.toThrow(
        /404.*lucanto_list_invoices/,
      );
      await expect(session.readResource('lucanto://77/invoices/1')).rejects.toThrow(/404|403/);
    });

    it('complete workspaces and ids', async () => {
      const ids = await session.complete({ template: CONTACTS }, 'workspace_id', '');
      expect(ids).toMatchObject({ values: ['42', TRADER], total: 2, hasMore: false });
      expect((await session.complete({ template: CONTACTS }, 'workspace_id', '9')).values).toEqual([TRADER]);
      const contacts = await session.complete({ template: CONTACTS }, 'id', '', { workspace_id: '42' });
      expect(contacts.values.length).toBeGreaterThan(5);
      expect(contacts).toMatchObject({ total: contacts.values.length, hasMore: false });
    });

    it('are in the pinned workspace only', async () => {
      const pinned = await open(kind, env(), ['--workspace', '42']);
      const templates = await pinned.listTemplates();
      expect(templates).toContain('lucanto://42/invoices/{id}');
      expect(templates.filter((template) => template.includes('workspace_id'))).toEqual([]);
      const { values } = await pinned.complete({ template: 'lucanto://42/invoices/{id}' }, 'id', '');
      expect((await pinned.readResource(`lucanto://42/invoices/${values[0]}`)).text).toContain(`"id":${values[0]},`);
      await expect(pinned.readResource(`lucanto://${TRADER}/invoices/1`)).rejects.toThrow('pinned to workspace 42');
      expect(demo.requests.filter(({ path }) => path.includes(`${TRADER}/invoices`))).toEqual([]);
    });
  });

  it('are only those that the scopes allow, and an error gives the reason for others', async () => {
    await login(demo.url, demo.tokens.readInvoices);
    const session = await open('v1', { LUCANTO_URL: demo.url });
    expect(await session.listTemplates()).toEqual([INVOICES]);
    await expect(session.readResource('lucanto://42/contacts/1')).rejects.toThrow(/hidden:.*read:contacts/);
    expect((await session.complete({ template: INVOICES }, 'id', '', { workspace_id: '42' })).values).not.toEqual([]);
  });

  it('with an invalid address are refused without a request to the service', async () => {
    const session = startRaw({ home, env: env() });
    for (const line of HANDSHAKE) session.send(line);
    for (const [index, uri] of NO_ADDRESSES.entries()) {
      session.send(legacyLine(`read ${index}.`, 'resources/read', { uri }));
      const { error } = JSON.parse(await session.lineWith(`"id":"read ${index}."`));
      expect([uri, error.code]).toEqual([uri, -32602]);
      expect(error.message).toMatch(/[.]$/);
      expect(error.message).not.toContain('    at ');
    }
    await session.end();
    expect(demo.requests.filter(({ path }) => /(invoices|contacts)\//.test(path))).toEqual([]);
  });

  it('are private and not to be cached, as the lists and answers of the newer revision say', async () => {
    const session = startRaw({ home, env: env() });
    const ask = async (method: string, params: object = {}) => {
      session.send(modernLine(method, method, params));
      return JSON.parse(await session.lineWith(`"id":"${method}"`)).result;
    };
    for (const method of ['resources/list', 'resources/templates/list', 'prompts/list']) {
      expect(await ask(method)).toMatchObject({ cacheScope: 'private', ttlMs: 60_000 });
    }
    expect(await ask('resources/read', { uri: WORKSPACES })).toMatchObject({ cacheScope: 'private', ttlMs: 0 });
    await session.end();
  });

  it.each(['legacy', 'modern'] as const)('announce changes to a %s host', async (era) => {
    const unknowing = await temporaryHome();
    const session = startRaw({ home: unknowing, env: env() });
    if (era === 'legacy') for (const line of HANDSHAKE) session.send(line);
    else {
      const notifications = { toolsListChanged: true, resourcesListChanged: true, promptsListChanged: true };
      session.send(modernLine('listen', 'subscriptions/listen', { notifications }));
      expect(await session.lineWith('subscriptions/acknowledged')).toContain('resourcesListChanged');
    }
    await session.lineWith('notifications/tools/list_changed');
    await session.lineWith('notifications/resources/list_changed');
    await session.lineWith('notifications/prompts/list_changed');
    await session.end();
    await unknowing.remove();
  });

  it('include a record of 20,000 characters whole, and a longer one as JSON that says what is left out', async () => {
    const session = await open('v1', env());
    await session.listTools();
    const ids: string[] = [];
    for (const length of [20_000, 60_000]) {
      const args = { workspace_id: 42, purchaser_id: 501, internal_note: 'x'.repeat(length) };
      const { text, isError } = await session.callTool('lucanto_create_invoice', { ...args, allow_duplicate: true });
      expect([text.slice(0, 300), isError]).toEqual([expect.any(String), false]);
      ids.push(/"id":(\d+)/.exec(text)?.[1] ?? '');
    }
    const [whole, long] = await Promise.all(ids.map((id) => session.readResource(`lucanto://42/invoices/${id}`)));
    expect(JSON.parse(whole?.text ?? '').internal_note).toHaveLength(20_000);
    expect(long?.text.length).toBeLessThanOrEqual(40_000);
    expect(JSON.parse(long?.text ?? '')).toMatchObject({ id: Number(ids[1]), type: 'invoice' });
    expect(long?.text).toContain('internal_note');
  });

  it('that hang get an error at the time limit, and a completion gets no values', async () => {
    await login(demo.url, demo.tokens.manage);
    const session = await open('v1', { LUCANTO_URL: demo.url }, ['--timeout', '1']);
    const hold = demo.hold(({ path }) => path.endsWith('/invoices/1'));
    const read = session.readResource('lucanto://42/invoices/1');
    await hold.arrived;
    await expect(read).rejects.toThrow(/in time|timeout|second/i);
    hold.release();
    const list = demo.hold(({ path }) => path.endsWith('/invoices'));
    const completed = session.complete({ template: INVOICES }, 'id', '', { workspace_id: '42' });
    await list.arrived;
    expect(await completed).toMatchObject({ values: [], hasMore: false });
    list.release();
  });

  it('are listed without a network, and complete workspaces from the cache', async () => {
    const gone = await startDemo({ port: 0, generation: 'workspaces', clock: Date.now });
    await login(gone.url, gone.tokens.manage);
    await gone.close();
    const session = await open('v2 auto', { LUCANTO_URL: gone.url });
    expect(await session.listResources()).toEqual([WORKSPACES]);
    expect(await session.listTemplates()).toContain(INVOICES);
    expect((await session.complete({ template: INVOICES }, 'workspace_id', '4')).values).toEqual(['42']);
    expect((await session.complete({ template: INVOICES }, 'id', '', { workspace_id: '42' })).values).toEqual([]);
    await expect(session.readResource('lucanto://42/invoices/1')).rejects.toThrow('reached');
  });
});

describe.each([
  ['newer, with ids beyond 2^53', { shape: ODD_SHAPE }],
  ['older', { shape: OLD_SHAPE }],
  ['with UUIDs', { shape: { ...ODD_SHAPE, ids: 'uuid' as const } }],
])('The resources of the bridge at another Lucanto, %s,', (_name, options) => {
  let other: OtherLucanto;
  let own: Home;
  beforeAll(async () => {
    other = await startOtherLucanto({ ...options, workspaces: 2 });
    own = await temporaryHome();
    await login(other.url, other.tokens.manage, own);
  });
  afterAll(async () => {
    await other.close();
    await own.remove();
  });
  beforeEach(() => other.reset());

  it.each(CLIENTS)('are read through the client %s by the paths of that service, with exact ids', async (kind) => {
    const session = await open(kind, { LUCANTO_URL: other.url, LUCANTO_SCOPES: 'manage:*' }, [], own);
    expect(await session.listTemplates()).toEqual(
      expect.arrayContaining([INVOICES, CONTACTS, 'lucanto://{workspace_id}/projects/{id}']),
    );
    const [workspace = ''] = other.workspaceIds;
    const [project = ''] = other.ids('projects');
    const workspaces = await session.complete({ template: INVOICES }, 'workspace_id', '');
    expect(workspaces).toMatchObject({ values: other.workspaceIds, total: 2 });
    const completed = await session.complete({ template: INVOICES }, 'id', '', { workspace_id: workspace });
    expect(completed.values).toEqual(other.ids('invoices'));
    other.clear();
    const { text } = await session.readResource(`lucanto://${workspace}/projects/${project}`);
    expect(text).toMatch(new RegExp(`"id":"?${project}`));
    const base = `/api/v1/${options.shape.generation}/${workspace}`;
    expect(other.requests.map(({ path }) => path)).toContain(`${base}/projects/${project}`);
  });

  it('pass on what the service says about a failure', async () => {
    const session = await open('v1', { LUCANTO_URL: other.url }, [], own);
    const [workspace = ''] = other.workspaceIds;
    const [contact = ''] = other.ids('contacts');
    other.set({ failNext: ['forbidden'] });
    await expect(session.readResource(`lucanto://${workspace}/contacts/${contact}`)).rejects.toThrow(/403 forbidden/);
  });

  it('are read over the remote endpoint alone', async () => {
    const session = await open('v1', { LUCANTO_URL: other.url, LUCANTO_BACKEND: 'remote' }, [], own);
    const [workspace = ''] = other.workspaceIds;
    const [invoice = ''] = other.ids('invoices');
    expect(await session.listTemplates()).toEqual([INVOICES]);
    const { text } = await session.readResource(`lucanto://${workspace}/invoices/${invoice}`);
    expect(text).toMatch(new RegExp(`"id":"?${invoice}`));
    await expect(session.readResource(`lucanto://${workspace}/invoices/404`)).rejects.toThrow();
  });
});

it('A completion has at most a hundred values, and says how many there are', async () => {
  const other = await startOtherLucanto({ workspaces: 120 });
  const session = await open('v1', { LUCANTO_URL: other.url, LUCANTO_TOKEN: other.tokens.manage });
  const completed = await session.complete({ template: INVOICES }, 'workspace_id', '');
  expect(completed).toMatchObject({ total: 120, hasMore: true });
  expect(completed.values).toEqual(other.workspaceIds.slice(0, 100));
  const one = await session.complete({ template: INVOICES }, 'workspace_id', other.workspaceIds[119] ?? '');
  expect(one).toMatchObject({ values: [other.workspaceIds[119]], total: 1, hasMore: false });
  await other.close();
});
