/** The last word on `--read-only`, `--workspace` and `--toolsets`, request by request: what leaves this computer and what does not. */
import { describe, expect, it } from 'vitest';
import { type GuardRules, guarded } from '../../src/catalog/request-guard.ts';
import { LIST_WORKSPACES } from '../../src/catalog/workspace-list.ts';
import { UNRESOLVED_PIN } from '../../src/catalog/workspaces.ts';
import type { HttpRequest } from '../../src/http/request.ts';
import { callContext } from '../helpers/call-context.ts';

const BASE = '/api/v1/workspaces/{workspace_id}';
const operation = (method: 'GET' | 'POST' | 'DELETE', path: string, over: object = {}) => ({
  ...{ method, path, reads: method === 'GET', resource: 'boxes', workspace: 'workspace_id', ...over },
});
const OPERATIONS = [
  operation('GET', `${BASE}/boxes`),
  operation('GET', `${BASE}/boxes/{id}`),
  operation('GET', `${BASE}/boxes/deleted`, { reads: false }),
  operation('GET', `${BASE}/boxes/{id}/print`, { reads: false }),
  operation('GET', `${BASE}/cups/{id}`, { resource: 'cups' }),
  operation('GET', `${BASE}/accounts/{account_id}`, { resource: 'bank_accounts' }),
  operation('GET', `${BASE}/cabinets/{depot_id}`),
  operation('POST', `${BASE}/move/{target_workspace_id}`),
  operation('GET', '/api/v1/firms/{firm_id}', { resource: 'firms', workspace: null }),
  operation('GET', '/api/v1/firms/{firm_id}/tins', { resource: 'tins', workspace: null }),
  operation('GET', '/api/v1/tins/{id}', { resource: 'tins', workspace: null }),
  operation('GET', '/api/v1/shelves/{id}/tins/{tin_id}', { resource: 'tins', workspace: null }),
];
const UUID = 'aaaaaaaa-0000-4000-8000-00000000000b';
const FREE: GuardRules = {
  readOnly: false,
  pinned: null,
  toolsets: null,
  operations: () => OPERATIONS,
  others: () => new Set(['43', '77001', 'b-slug', 'org7x9', UUID]),
  mayCallRemote: () => true,
};
const PINNED: GuardRules = { ...FREE, pinned: '42' };
const UNSURE: GuardRules = { ...PINNED, others: () => null };

const request = (over: Partial<HttpRequest>): HttpRequest => ({
  ...{ method: 'GET', path: '/api/v1/workspaces/42/boxes', query: '', headers: {}, body: null, accept: '*/*' },
  ...over,
});
const at = (path: string, method: HttpRequest['method'] = 'GET') => request({ path: `/api/v1${path}`, method });
const asking = (query: string) => request({ query });
const posting = (body: unknown) =>
  request({ method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
const form = (body: string) =>
  request({ method: 'POST', headers: { 'content-TYPE': 'application/x-www-form-urlencoded' }, body });
const message = (over: object, path = '/api/mcp/v1') =>
  request({ method: 'POST', path, body: JSON.stringify({ jsonrpc: '2.0', id: 1, ...over }) });
const calling = (name: string, args: unknown) => message({ method: 'tools/call', params: { name, arguments: args } });
const upload = (fields: readonly (readonly [string, unknown])[]) =>
  request({ method: 'POST', body: { size: 1, open: () => new ReadableStream(), fields } });

async function outcome(one: HttpRequest, rules: GuardRules): Promise<string> {
  const http = { origin: 'http://127.0.0.1:9', send: () => Promise.reject(new Error('sent')) };
  const context = { ...callContext(), retry: 'read' as const };
  const error: unknown = await guarded(http, rules)
    .send(one, context)
    .catch((reason: unknown) => reason);
  return error instanceof Error ? error.message : 'nothing happened';
}

describe('With a pinned workspace', () => {
  const ELSEWHERE: readonly (readonly [string, HttpRequest])[] = [
    ['in the path', at('/workspaces/43/boxes')],
    ['in the path, encoded', at('/workspaces/%34%33/boxes')],
    ['in the path, encoded wrongly', at('/workspaces/%4/boxes')],
    ['in a path that the contract does not know', at('/workspaces/43/nothing')],
    ['by a way out of the path, encoded', at('/workspaces/42/boxes/..%2F..%2F77')],
    ['by a way out of the path, encoded twice', at('/workspaces/42/boxes/%252E%252E%255C77')],
    ['in a second part of the path', at('/workspaces/42/move/43', 'POST')],
    ['as a firm', at('/firms/43')],
    ['as the owner of what is below', at('/firms/7/tins')],
    ['in the query', asking('workspace_id=43')],
    ['in the query, by a slug', asking('tenant=b-slug')],
    ['in the query, as a filter', asking('filter[workspace_id]=43')],
    ['in the query, as an operator', asking('filter[workspace_id][eq]=43')],
    ['in the query, as an object', asking('filter[workspace][id]=43')],
    ['in the query, as a list', asking('a=1&workspace_ids[]=42&workspace_ids[]=43')],
    ['in the query, in capitals', asking('WorkspaceId=43')],
    ['in the query, as an account', asking('account_id=43')],
    ['in the query, as JSON', asking(`filter=${encodeURIComponent('{"tenant":{"id":43}}')}`)],
    ['in the query, as OData', asking(`filter=${encodeURIComponent("name eq 'x' and workspace_id eq 43")}`)],
    ['in the query, as a search', asking('q=tenant%3A43')],
    ['in a header', request({ headers: { 'X-Workspace-Id': '43' } })],
    ['in a header of a vendor', request({ headers: { 'X-Acme-Account': '43' } })],
    ['in a body', posting({ box: { workspace_id: 43 } })],
    ['in a body, as text', posting({ workspace: '43' })],
    ['in a body, in a list of objects', posting({ boxes: [{ a: 1 }, { owner: [{ tenant: { id: '43' } }] }] })],
    ['in a body, as a list of ids', posting({ workspace_ids: ['42', '43'] })],
    ['in a body, as a list of organisations', posting({ organisations: [{ uuid: 'x' }] })],
    ['in a body, as the key of a map', posting({ workspaces: { 43: { role: 'owner' } } })],
    ['in a body, as the key of a nested map', posting({ share: { companies: { 42: true, 43: true } } })],
    ['in a body, as the target of a move', posting({ move: { to: 'x', target_workspace: 43 } })],
    ['in a body, as a company', posting({ company_id: 43 })],
    ['in a body, as a legal entity', posting({ legal_entity_id: '43' })],
    ['in a body, without a separator', posting({ workspaceid: 43, accountId: 42 })],
    ['in a body, as JSON in a text', posting({ payload: ' {"workspace_id":43}' })],
    ['in a body, as JSON in JSON', posting({ a: JSON.stringify([{ b: JSON.stringify({ account_id: '43' }) }]) })],
    ['in a body, as the path of a request', posting({ requests: [{ url: '/workspaces/43/boxes' }] })],
    ['in a body, as an address', posting({ url: 'https://x.example/api/accounts/43?a=1' })],
    ['in a body, beyond what a double holds', posting(JSON.parse('{"workspace_id":9007199254740993}'))],
    ['in a form', form('a=1&workspace_id=43')],
    ['in a form, as JSON', form(`data=${encodeURIComponent('{"workspace":43}')}`)],
    ['in a form with files', upload([['workspace_id', '43']])],
    [
      'in a form with files, as JSON',
      upload([
        ['a', 1],
        ['meta', { tenant: { id: 43 } }],
      ]),
    ],
    ['in the arguments of a remote tool', calling('x', { account: 43 })],
    ['in the arguments of a remote tool, deep', calling('x', { where: [{ in: { workspace_ids: [43] } }] })],
    ['in the arguments of a remote tool, as text', calling('x', { query: '/tenants/99/boxes' })],
    ['in a part of the path that has another name', at(`/workspaces/42/boxes/${UUID}`)],
    ['in such a part, in capitals', at(`/workspaces/42/boxes/${UUID.toUpperCase()}`)],
    ['in the query, as a text', asking(`q=${UUID}`)],
    ['in a body, as an object that says what it is', posting({ type: 'organization', id: 43 })],
    ['in a body, as a field that is named', posting({ field: 'workspace', value: 43 })],
    ['in a body, by an id of another name', posting({ ledger_id: '77001' })],
    ['in a body, by a code of another name', posting({ ledger_code: ['x', '77001'] })],
    ['in a body, by a word with other meanings', posting({ book: '77001' })],
    ['in a body, by a distinct id under any name', posting({ colour: 'org7x9' })],
    ['in a body, by a distinct id among others', posting({ colour: ['77001', 'org7x9'] })],
    ['in a body, as the key of any map', posting({ rates: { org7x9: 1 } })],
    ['in a header of another name', request({ headers: { 'X-Ledger-Id': '77001' } })],
    ['in the path, by an id of another name', at('/workspaces/42/cabinets/77001')],
    ['in the query, as all but the pinned one', asking('filter=workspace_id ne 42')],
    ['in the query, as those after the pinned one', asking('filter=workspace_id > 42')],
    ['in the query, as one of several', asking('q=company in (42, "43")')],
    ['in the query, as a slug', asking('q=tenant:b-slug')],
    ['in the query, as a name in two parts', asking('filter=tenant.id = 43')],
    ['in a body, as a filter', posting({ filter: 'tenant:43' })],
    ['in a body, as a condition', posting({ postingWhere: 'tenant = 43' })],
    ['in a body, as all but the pinned one', posting({ workspace_id: { $ne: 42 } })],
    ['in a body, as one of several', posting({ company_id: { $in: [42, 43] } })],
    ['deeper than anything of ours', posting(JSON.parse(`${'['.repeat(150)}1${']'.repeat(150)}`))],
  ];
  it.each(ELSEWHERE)('nothing is sent that names another one: %s', async (_where, one) => {
    expect(await outcome(one, PINNED)).toMatch(
      /was not sent: only workspace 42 may be reached \(--workspace or LUCANTO_WORKSPACE is set\)\.$/,
    );
    expect(await outcome(one, FREE)).toBe('sent');
  });

  const HERE: readonly (readonly [string, HttpRequest])[] = [
    ['the pinned one in the path', at('/workspaces/42/boxes/43')],
    ['the pinned one, encoded', at('/workspaces/%34%32/boxes')],
    ['the pinned one twice', at('/workspaces/42/move/42', 'POST')],
    ['a bank account of its own', at('/workspaces/42/accounts/43')],
    ['the pinned firm', at('/firms/42/tins')],
    ['a firm that is no workspace', at('/firms/7')],
    ['a record of nobody', at('/tins/43')],
    ['an unknown path without one', at('/nothing/43')],
    ['the pinned one in the query', asking('workspace_id=42&filter[workspace][id]=42')],
    ['no value', asking('workspace_id=')],
    ['which fields are wanted', asking('fields[workspaces]=name&sort=workspace.name')],
    ['a search for a word', asking('q=workspace%3Aoverview')],
    ['a search in the pinned one', asking('q=workspace_id+eq+42')],
    ['another name', asking('boxes=43&account_number=43&company_name=43')],
    ['the pinned one in a body', posting({ workspace_id: 42, workspace_ids: ['42'], tenant: { id: 42 } })],
    ['the pinned one in a map', posting({ workspaces: { 42: { role: 'owner' } } })],
    ['an account that is none of them', posting({ account_id: 7, company: 'ACME s.r.o.' })],
    ['the record of the pinned one', posting({ workspace: { name: 'New name' } })],
    ['nothing', posting({ workspace_id: null, tenant: '' })],
    [
      'another kind of object',
      posting([
        { type: 'box', id: 43 },
        { type: 7, id: 43 },
        { subtypes: 'organization', id: 43 },
      ]),
    ],
    ['the pinned one as an object', posting({ type: 'organization', id: 42 })],
    ['an id of no workspace', posting({ ledger_id: '77002', book: 'x' })],
    ['an id that is too short to tell', posting({ ledger_id: '43', book: '43' })],
    ['the id of the record', posting({ id: '77001', colour: { id: 'org7x9' } })],
    ['an id of a record of the contract', posting({ box_id: '77001', small_cup_id: '77001' })],
    ['an id of a customer', posting({ contact_id: '77001', customer_id: '77001', customer: 'org7x9' })],
    ['a number under another name', posting({ colour: '77001', tint: 'b-slug' })],
    ['a number as the key of a map', posting({ rates: { 77001: 1 } })],
    ['a text with an id in it', posting({ note: `x${UUID}`, more: `${UUID}x`, colour: 'my org7x9' })],
    ['a note about another one', posting({ note: 'tenant:43' })],
    ['the pinned one in several filters', asking('filter=company in (42) and workspace_id eq 42&q=tenant:42')],
    ['a condition on another field', asking('filter=company ne 42 and box eq 43')],
    [
      'the pinned one as a condition',
      posting({ workspace_id: { $in: [42], eq: 42 }, company_id: { equals: '42', note: 43 } }),
    ],
    ['a text about boxes', posting({ note: 'see /boxes/43 and /workspaces/overview, or {43}' })],
    ['a record with two dots in its name', at('/workspaces/42/boxes/a..b')],
    ['the path of the pinned one', posting({ url: '/workspaces/42/boxes' })],
    ['a body that is not JSON', request({ method: 'POST', body: 'workspace_id=43' })],
    ['a form for the pinned one', form('workspace_id=42&a=43')],
    ['a form with files only', upload([])],
    ['the pinned one for a remote tool', calling('x', { account: 42, box: 43 })],
    ['another method of the endpoint', message({ method: 'tools/list', params: { workspace_id: 43 } })],
    ['an answer to the endpoint', message({ result: { workspace_id: 43 } })],
    ['an error for the endpoint', message({ error: { workspace_id: 43 } })],
  ];
  it.each(HERE)('what names it, or none, is sent: %s', async (_what, one) => {
    expect(await outcome(one, PINNED)).toBe('sent');
  });

  it('an ambiguous name counts by what its value looks like, while the others are not known', async () => {
    const refused = [
      asking('account_id=7'),
      posting({ company_id: 7 }),
      posting({ team: '6b9f6a5e-9d7f-4a3c-8f6e-000000000000' }),
      at('/firms/7'),
    ];
    for (const one of refused) expect(await outcome(one, UNSURE)).toContain('only workspace 42');
    for (const one of [posting({ company: 'ACME s.r.o.' }), asking('account_id=42'), at('/firms/acme')])
      expect(await outcome(one, UNSURE)).toBe('sent');
  });

  it('that was not found yet nothing is written, and only the list of workspaces is asked for', async () => {
    const unresolved = { ...FREE, pinned: UNRESOLVED_PIN };
    for (const one of [posting({}), calling('x', {}), at('/nothing', 'DELETE')])
      expect(await outcome(one, unresolved)).toContain('has not been found yet');
    for (const one of [calling(LIST_WORKSPACES, {}), at('/nothing')])
      expect(await outcome(one, unresolved)).toBe('sent');
  });

  it('a JSON-RPC message is one only where it goes to the endpoint, as text, and says so', async () => {
    const named = { method: 'tools/call', params: { name: 'x', arguments: {} }, note: { workspace_id: 43 } };
    expect(await outcome(message(named), PINNED)).toBe('sent');
    for (const other of [
      message(named, '/api/v1/other'),
      message({ ...named, jsonrpc: '1.0' }),
      message({ ...named, method: 7 }),
      message({ ...named, method: undefined }),
      { ...message(named), method: 'PUT' as const },
    ]) {
      expect(await outcome(other, PINNED)).toContain('only workspace 42');
    }
    expect(await outcome(message(named, '/mcp'), PINNED)).toBe('sent');
    expect(await outcome({ ...message({}), body: '[' }, PINNED)).toBe('sent');
    expect(await outcome(message({ method: 'tools/call', params: [] }), PINNED)).toBe('sent');
  });
});

describe('In read-only mode', () => {
  const READ_ONLY: GuardRules = { ...FREE, readOnly: true };

  it.each([
    ['a read', at('/workspaces/42/boxes')],
    ['a record', at('/workspaces/42/boxes/5')],
    ['what the contract does not know', at('/nothing')],
    ['a call that the endpoint may be asked for', calling('x', {})],
  ])('%s is sent', async (_what, one) => {
    expect(await outcome(one, READ_ONLY)).toBe('sent');
  });

  it.each([
    ['a POST', posting({})],
    ['a DELETE', at('/workspaces/42/boxes/5', 'DELETE')],
    ['a PATCH', at('/workspaces/42/boxes/5', 'PATCH')],
    ['a GET that acts', at('/workspaces/42/boxes/5/print')],
    ['a GET that acts and looks like that of a record', at('/workspaces/42/boxes/deleted')],
  ])('%s is not', async (_what, one) => {
    expect(await outcome(one, READ_ONLY)).toMatch(
      /was not sent: read-only mode \(--read-only or LUCANTO_READ_ONLY is set\)\.$/,
    );
  });
});

describe('With resources switched off', () => {
  const WITHOUT: GuardRules = { ...FREE, toolsets: ['-cups', '-bank_accounts'] };

  it.each([
    ['cups', at('/workspaces/42/cups/5')],
    ['cups', at('/workspaces/42/cups/5', 'DELETE')],
    ['cups', at('/workspaces/42/cups/5/handles')],
    ['bank accounts', at('/workspaces/42/accounts/5')],
  ])('%s are not reached, nor what is below them', async (resource, one) => {
    expect(await outcome(one, WITHOUT)).toContain(
      `was not sent: ${resource} are switched off (--toolsets or LUCANTO_TOOLSETS is set)`,
    );
  });

  it.each([at('/workspaces/42/boxes'), at('/tins/5'), at('/nothing')])('others are (%#)', async (one) => {
    expect(await outcome(one, WITHOUT)).toBe('sent');
  });

  it('only those that are named are reached, where some are', async () => {
    const only: GuardRules = { ...FREE, toolsets: ['tins'] };
    expect(await outcome(at('/tins/5'), only)).toBe('sent');
    expect(await outcome(at('/shelves/1/tins/5'), only)).toBe('sent');
    expect(await outcome(at('/workspaces/42/boxes'), only)).toContain('boxes are switched off');
  });
});

describe('A tool of the remote endpoint', () => {
  it('is not called where it is switched off, whatever the option', async () => {
    const asked: string[] = [];
    const mayCallRemote = (name: string) => {
      asked.push(name);
      return name !== 'burn_box';
    };
    for (const rules of [{ readOnly: true }, { pinned: '42' }, { toolsets: ['boxes'] }]) {
      const off: GuardRules = { ...FREE, ...rules, mayCallRemote };
      expect(await outcome(calling('burn_box', {}), off)).toContain(
        'the tool burn_box is switched off (`lucanto-mcp tools --all` says why)',
      );
      expect(await outcome(calling('see_box', {}), off)).toBe('sent');
    }
    expect(new Set(asked)).toEqual(new Set(['burn_box', 'see_box']));
    expect(
      await outcome(message({ method: 'tools/call', params: { name: 7 } }), {
        ...PINNED,
        mayCallRemote: (name) => name !== '',
      }),
    ).toContain('the tool  is');
  });
});

describe('A refusal', () => {
  it('names method and path, but not a signed address', async () => {
    expect(await outcome(at('/workspaces/43/boxes'), PINNED)).toMatch(
      /^GET \/api\/v1\/workspaces\/43\/boxes was not sent/,
    );
    const signed = { ...at('/workspaces/43/boxes'), secretPath: true };
    expect(await outcome(signed, PINNED)).toMatch(/^GET of a signed address was not sent/);
  });

  it('does not come without an option that forbids something', async () => {
    const http = { origin: 'x', send: () => Promise.reject(new Error('sent')) };
    expect(guarded(http, FREE)).toBe(http);
  });
});
