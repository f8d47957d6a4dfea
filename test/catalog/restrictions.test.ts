/** `--read-only`, `--workspace` and `--toolsets` hold in the list, in dispatch and in the HTTP layer, each by itself. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Bridge } from '../../src/bridge/bridge.ts';
import { openBridge } from '../../src/bridge/open-bridge.ts';
import { type GuardRules, guarded } from '../../src/catalog/request-guard.ts';
import { resolveSettings } from '../../src/config/resolve.ts';
import { createLog, Secrets } from '../../src/core/log.ts';
import { type DemoService, startDemo } from '../../src/demo/demo-server.ts';
import type { HttpRequest } from '../../src/http/request.ts';
import { callContext } from '../helpers/call-context.ts';
import { sendContext, testClient } from '../helpers/http-client.ts';
import { type Home, temporaryHome } from '../helpers/run.ts';

let service: DemoService;
let home: Home;
const open: Bridge[] = [];

beforeAll(async () => {
  service = await startDemo({ port: 0, generation: 'accounts', clock: Date.now });
  home = await temporaryHome();
});
afterAll(async () => {
  for (const bridge of open) await bridge.close();
  await service.close();
  await home.remove();
});

async function bridgeWith(flags: Record<string, string | true>): Promise<Bridge> {
  const env = { LUCANTO_TOKEN: service.tokens.manage, LUCANTO_URL: service.url, LUCANTO_CONFIG_DIR: home.configDir };
  const machine = { platform: 'linux' as const, home: home.dir, cwd: home.dir };
  const log = createLog('error', () => undefined, new Secrets());
  const bridge = await openBridge({ settings: resolveSettings(flags, env, machine), env, log, clock: Date.now });
  open.push(bridge);
  await bridge.refresh(callContext());
  return bridge;
}

const names = (bridge: Bridge) => bridge.visible().map(({ descriptor }) => descriptor.name);
const reasons = (bridge: Bridge) =>
  new Map(bridge.catalogue.hidden().map(({ tool, reason }) => [tool.descriptor.name, reason]));

async function twoWorkspaces(): Promise<readonly [string, string]> {
  const bridge = await bridgeWith({});
  const [first, second] = await bridge.listWorkspaces(callContext());
  if (first === undefined || second === undefined) throw new Error('the demo has fewer than two workspaces');
  return [first.id, second.id];
}

describe('read-only mode', () => {
  it('lists read tools only, and says why of every other', async () => {
    const bridge = await bridgeWith({ readOnly: true });
    expect(names(bridge).filter((name) => !/^lucanto_(list|get|summarize|download|check)_/.test(name))).toEqual([]);
    expect(reasons(bridge).get('lucanto_create_invoice')).toMatch(/^read-only mode/);
  });

  it('is kept in dispatch: a write is unknown, with the reason', async () => {
    const bridge = await bridgeWith({ readOnly: true });
    await expect(bridge.call('lucanto_delete_invoice', { id: 1 }, callContext())).rejects.toThrow(/read-only mode/);
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE'] as const)('is kept in the HTTP layer: no %s leaves', async (method) => {
    await refused({ readOnly: true }, { method, path: '/api/v1/accounts/1/invoices' }, /read-only mode/);
  });
});

describe('a pinned workspace', () => {
  it('leaves every schema of the list', async () => {
    const [first] = await twoWorkspaces();
    const bridge = await bridgeWith({ workspace: first });
    for (const { name, inputSchema } of bridge.listed()) {
      expect(JSON.stringify(inputSchema), name).not.toContain('"workspace_id"');
    }
  });

  it('is kept in dispatch: another one is refused before anything is sent', async () => {
    const [first, second] = await twoWorkspaces();
    const bridge = await bridgeWith({ workspace: first });
    const before = service.requests.length;
    const { error } = await bridge.call('lucanto_list_invoices', { workspace_id: second }, callContext());
    expect(error?.message).toContain(second);
    expect(service.requests.slice(before).filter(({ path }) => path.includes(`/accounts/${second}`))).toEqual([]);
  });

  it.each([
    '/api/v1/accounts/43/invoices',
    '/api/v1/workspaces/43/invoices',
    '/api/v1/accounts/%34%33/anything/else',
    '/api/v1/user/accounts/43/default',
  ])('is kept in the HTTP layer: %s is not asked for', async (path) => {
    await refused({ pinned: '42' }, { method: 'GET', path }, /only workspace 42/);
  });

  it('is kept in calls to the remote endpoint', async () => {
    const call = message('tools/call', { name: 'lucanto_list_invoices', arguments: { account_id: 43 } });
    await refused({ pinned: '42', mayCallRemote: () => true }, call, /only workspace 42/);
  });
});

describe('toolsets', () => {
  it('leave the named resources and the workspaces in the list, and say why of every other', async () => {
    const bridge = await bridgeWith({ toolsets: 'invoices' });
    expect(new Set(bridge.visible().map(({ resource }) => resource))).toEqual(new Set(['workspaces', 'invoices']));
    expect(reasons(bridge).get('lucanto_list_quotes')).toMatch(/^quotes are switched off/);
  });

  it('take one away with a minus', async () => {
    const bridge = await bridgeWith({ toolsets: '-quotes' });
    expect(names(bridge)).toContain('lucanto_list_contacts');
    expect(names(bridge).filter((name) => name.includes('quote'))).toEqual([]);
  });

  it('that no tool is about are named in a note, with those that there are', async () => {
    const bridge = await bridgeWith({ toolsets: 'invioces' });
    expect(bridge.catalogue.notes().join('\n')).toMatch(/names invioces, .* known: .*invoices/);
  });

  it('are called unknown only once it is known what the service has', async () => {
    const env = { LUCANTO_TOKEN: `${service.tokens.manage}x`, LUCANTO_URL: service.url };
    const machine = { platform: 'linux' as const, home: home.dir, cwd: home.dir };
    const settings = resolveSettings(
      { toolsets: '-projects' },
      { ...env, LUCANTO_CONFIG_DIR: home.configDir },
      machine,
    );
    const log = createLog('error', () => undefined, new Secrets());
    const bridge = await openBridge({ settings, env, log, clock: Date.now });
    open.push(bridge);
    expect(bridge.catalogue.notes().join()).not.toContain('projects');
    expect((await bridgeWith({ toolsets: '-projects' })).catalogue.notes().join()).toContain('projects');
  });

  it('are kept in dispatch', async () => {
    const bridge = await bridgeWith({ toolsets: 'invoices' });
    await expect(bridge.call('lucanto_list_quotes', {}, callContext())).rejects.toThrow(/quotes are switched off/);
  });

  it.each(['/api/v1/accounts/42/quotes', '/api/v1/accounts/42/quotes/7/unheard_of'])(
    'are kept in the HTTP layer: %s is not asked for',
    async (path) => {
      await refused({ toolsets: ['invoices'] }, { method: 'GET', path }, /quotes are switched off/);
    },
  );
});

describe('what the bridge itself needs', () => {
  const strict = { readOnly: true, pinned: '42', toolsets: ['invoices'] };
  it.each<[string, Partial<HttpRequest>]>([
    ['the contract', { path: '/api/v1/openapi.json' }],
    ['the list of workspaces', { path: '/api/v1/user/accounts' }],
    ['the tool list of the remote endpoint', message('tools/list', {})],
  ])('is let through under every restriction: %s', async (_what, request) => {
    expect((await send(strict, request)).status).toBe(200);
  });

  it('is not a remote tool that is not shown', async () => {
    await refused(strict, message('tools/call', { name: 'lucanto_delete_invoice' }), /switched off/);
  });
});

function message(method: string, params: Record<string, unknown>): Partial<HttpRequest> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
  return { method: 'POST', path: '/api/mcp/v1', body, accept: 'application/json, text/event-stream' };
}

async function send(rules: Partial<GuardRules>, request: Partial<HttpRequest>) {
  const { http } = testClient(service.url, { token: () => service.tokens.manage });
  const all: GuardRules = {
    readOnly: false,
    pinned: null,
    toolsets: null,
    operations: () => OPERATIONS,
    others: () => null,
    mayCallRemote: () => false,
    ...rules,
  };
  const whole: HttpRequest = {
    method: 'GET',
    path: '/',
    query: '',
    headers: {},
    body: null,
    accept: 'application/json',
    ...request,
  };
  return guarded(http, all).send(whole, sendContext('read'));
}

const READ = { method: 'GET', reads: true } as const;
const OPERATIONS: ReturnType<GuardRules['operations']> = [
  { path: '/api/v1/user/accounts', resource: 'workspaces', workspace: null, ...READ },
  { path: '/api/v1/accounts/{account_id}/invoices', resource: 'invoices', workspace: 'account_id', ...READ },
  { path: '/api/v1/accounts/{account_id}/quotes', resource: 'quotes', workspace: 'account_id', ...READ },
  { path: '/api/v1/accounts/{account_id}/quotes/{id}', resource: 'quotes', workspace: 'account_id', ...READ },
];

async function refused(rules: Partial<GuardRules>, request: Partial<HttpRequest>, why: RegExp): Promise<void> {
  const before = service.requests.length;
  await expect(send(rules, request)).rejects.toMatchObject({
    code: 'refused_locally',
    message: expect.stringMatching(why),
  });
  expect(service.requests.length).toBe(before);
}
