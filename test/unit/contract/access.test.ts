import { describe, expect, test } from 'vitest';
import { compiled, only, RECORD, ROWS, toolsOf } from '../../helpers/documents.ts';

const SCHEMES = {
  components: {
    securitySchemes: {
      bearer: { type: 'http', scheme: 'Bearer' },
      basic: { type: 'http', scheme: 'basic' },
      header: { type: 'apiKey', in: 'header', name: 'Authorization' },
      cookie: { type: 'apiKey', in: 'cookie', name: 'sid' },
      oauth: { type: 'oauth2', flows: {} },
      byReference: { $ref: '#/components/securitySchemes/cookie' },
    },
  },
};

describe('operations that a key cannot authorise', () => {
  test.each([
    [[], false],
    [[{}], false],
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

  test('paths for signing in are left out by their words, unless they lie below a workspace', () => {
    const names = [
      'sign_in',
      'sign-up',
      'signOut',
      'login',
      'sessions',
      'passwords',
      'oauth/token',
      'user/tokens',
      'user/password',
    ];
    const paths = Object.fromEntries(names.map((name) => [`/${name}`, { post: {} }]));
    expect(toolsOf({ ...paths, '/accounts/{a}/tokens': { get: ROWS } })).toEqual(['lucanto_list_tokens']);
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
