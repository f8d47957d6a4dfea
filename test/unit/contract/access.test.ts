import { describe, expect, test } from 'vitest';
import { compileContract } from '../../../src/contract/compile.ts';
import { compiled, documentOf, json, only, RECORD, ROWS, toolsOf } from '../../helpers/documents.ts';

const SCHEMES = {
  components: {
    securitySchemes: {
      bearer: { type: 'http', scheme: 'Bearer' },
      basic: { type: 'http', scheme: 'basic' },
      header: { type: 'apiKey', in: 'header', name: 'Authorization' },
      cookie: { type: 'apiKey', in: 'cookie', name: 'sid' },
      oauth: { type: 'oauth2', flows: {} },
      otherHeader: { type: 'apiKey', in: 'header', name: 'X-Api-Key' },
      query: { type: 'apiKey', in: 'query', name: 'key' },
      certificate: { type: 'mutualTLS' },
      byReference: { $ref: '#/components/securitySchemes/cookie' },
    },
  },
};

describe('operations that a key cannot authorise', () => {
  test.each([
    [[], true],
    [[{}], true],
    [[{ bearer: [] }], true],
    [[{}, { bearer: [] }], true],
    [[{ basic: [] }], false],
    [[{ header: [] }], true],
    [[{ oauth: ['read:contacts'] }], true],
    [[{ cookie: [] }], false],
    [[{ byReference: [] }], false],
    [[{ bearer: [], cookie: [] }], false],
    [[{ cookie: [] }, { bearer: [] }], true],
    [[{ forgotten: [] }], true],
    [[{ otherHeader: [] }], false],
    [[{ query: [] }], false],
    [[{ certificate: [] }], false],
    [[{ bearer: [], otherHeader: [] }], false],
    [[{ otherHeader: [] }, { bearer: [] }], true],
  ])('security %j: listed is %s', (security, listed) => {
    const paths = { '/accounts/{a}/contacts': { get: { ...ROWS, security } } };
    expect(toolsOf(paths, SCHEMES)).toHaveLength(listed ? 1 : 0);
  });

  test('the document’s own security holds where an operation states none', () => {
    const paths = {
      '/accounts/{a}/contacts': { get: ROWS },
      '/countries': { get: { ...ROWS, security: [{ bearer: [] }] } },
    };
    expect(toolsOf(paths, { ...SCHEMES, security: [{ cookie: [] }] })).toEqual(['lucanto_list_countries']);
  });

  test.each([
    [[{ otherHeader: [] }], 'it needs a key in the header X-Api-Key'],
    [
      [
        { bearer: [], otherHeader: [] },
        { basic: [], cookie: [] },
      ],
      'it needs a key in the header X-Api-Key',
    ],
    [[{ basic: [], cookie: [] }], 'it needs a user name and a password (HTTP Basic) and the cookie sid, all at once'],
    [[{ certificate: [] }], 'it needs a client certificate'],
  ])('security %j is answered with what is missing', (security, reason) => {
    const paths = { '/contacts': { get: { ...ROWS, security } } };
    const { leftOut } = compileContract(documentOf(paths, SCHEMES));
    expect(leftOut).toEqual([{ operation: 'GET /contacts', reason: expect.stringContaining(reason) }]);
  });

  test('words of a path hide nothing by themselves', () => {
    const names = ['sessions', 'tokens', 'auth/rules', 'passwords', 'registrations'];
    const paths = Object.fromEntries(names.map((name) => [`/${name}`, { get: ROWS, post: json({ type: 'object' }) }]));
    expect(toolsOf(paths, { ...SCHEMES, security: [{ bearer: [] }] })).toHaveLength(10);
  });

  test('what needs no key and asks for a password, or is called so, is for signing in', () => {
    const open = { security: [] };
    const body = json({ type: 'object', properties: { email: {}, password: {} } });
    const paths = {
      '/login': { post: open },
      '/people': { post: { ...open, ...body } },
      '/rates': { get: { ...ROWS, ...open } },
      '/keys': { post: body },
    };
    expect(toolsOf(paths, { ...SCHEMES, security: [{ bearer: [] }] })).toEqual([
      'lucanto_list_rates',
      'lucanto_create_key',
    ]);
  });

  test('parameters that name their caller, cookies and bodies of GET requests are named as the reason', () => {
    const parameter = (name: string, place: string, required = true) => ({
      parameters: [{ name, in: place, required }],
    });
    const needed = json({ type: 'object', required: ['from'], properties: { from: {} } });
    const { operations, leftOut } = compileContract(
      documentOf({
        '/a': { get: { ...ROWS, ...parameter('X-Auth-Token', 'header') } },
        '/b': { get: { ...ROWS, ...parameter('sid', 'cookie') } },
        '/c': { get: { ...ROWS, ...needed }, head: {} },
        '/d': { get: { ...ROWS, ...parameter('sid', 'cookie', false) } },
        '/e': { get: { ...ROWS, ...json({ type: 'object', properties: { from: {} } }, false) } },
        '/f': { get: { ...ROWS, ...parameter('X-Api-Version', 'header') } },
        '/g': { $ref: 'other.json#/g' },
      }),
    );
    expect(operations.map(({ tool }) => tool)).toEqual(['lucanto_list_d', 'lucanto_list_e', 'lucanto_list_f']);
    expect(leftOut.map(({ operation, reason }) => `${operation}: ${reason}`)).toEqual([
      'GET /a: it needs a key in the header X-Auth-Token, and the bridge has an API key only, which it sends as a bearer token',
      'GET /b: it needs the cookie sid, and the bridge sends none',
      'GET /c: it wants a body with a GET request, which cannot be sent',
      'HEAD /c: the bridge sends no HEAD requests',
      '/g: its description is not in the document',
    ]);
  });

  test('the operation that serves the contract does not become a tool', () => {
    expect(toolsOf({ '/openapi.json': { get: RECORD }, '/ping': { get: RECORD } })).toEqual(['lucanto_get_ping']);
  });
});

describe('scopes', () => {
  const path = '/accounts/{a}/contacts';

  test('they follow from method and resource', () => {
    const operations = compiled({ [path]: { get: ROWS, post: {} }, [`${path}/{id}`]: { delete: {} } });
    expect(operations.map(({ scopes }) => scopes)).toEqual([
      ['read:contacts'],
      ['write:contacts'],
      ['manage:contacts'],
    ]);
  });

  test.each([
    [{ security: [{ bearer: ['write:invoices'] }] }],
    [{ 'x-scopes': ['write:invoices'] }],
    [{ 'x-required-scopes': 'write:invoices' }],
    [{ 'x-scope': 'write:invoices manage:invoices', security: [{ bearer: ['read:*'] }] }],
  ])('those that the document states win: %j', (stated) => {
    const operation = only({ [`${path}/{id}/archive`]: { post: stated } });
    expect(operation.scopes[0]).toBe('write:invoices');
    expect(operation.tier).toBe('write');
    expect(operation.resource).toBe('contacts');
  });

  test('scopes of the whole document, or in another notation, say nothing of one operation', () => {
    const paths = { [`${path}/{id}`]: { delete: { 'x-scopes': ['contacts.all'] } } };
    expect(only(paths, { security: [{ bearer: ['read:*'] }] })).toMatchObject({
      tier: 'manage',
      scopes: ['manage:contacts'],
    });
  });
});

describe('effects', () => {
  const path = '/accounts/{a}/projects';
  test.each([
    ['get', '', [false, true, false]],
    ['post', '', [false, false, false]],
    ['patch', '/{id}', [true, true, false]],
    ['delete', '/{id}', [true, true, false]],
    ['post', '/{id}/archive', [true, false, false]],
    ['patch', '/{id}/archive', [true, true, false]],
    ['patch', '/{id}/default', [false, true, false]],
    ['post', '/{id}/duplicate', [false, false, false]],
    ['post', '/{id}/send', [true, false, true]],
    ['post', '/{id}/remind', [true, false, true]],
    ['post', '/{id}/share_link', [true, false, true]],
    ['post', '/{id}/mark_as_sent', [true, false, false]],
    ['post', '/{id}/invitations', [false, false, true]],
    ['get', '/{id}/emails', [false, true, false]],
  ])('%s %s', (method, below, expected) => {
    const operation = only({ [path + below]: { [method]: {} } });
    expect([operation.destructive, operation.idempotent, operation.openWorld]).toEqual(expected);
  });
});
