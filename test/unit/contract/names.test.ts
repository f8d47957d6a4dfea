import { describe, expect, test } from 'vitest';
import { compileContract } from '../../../src/contract/compile.ts';
import { answer, compiled, documentOf, only, RECORD, ROWS, toolsOf } from '../../helpers/documents.ts';

const PROJECTS = '/workspaces/{workspace_id}/projects';

function withProjects(paths: object): object {
  return { [PROJECTS]: { get: ROWS }, [`${PROJECTS}/{id}`]: { get: RECORD }, ...paths };
}

test.each([
  ['post', 'archive', 'lucanto_archive_project', 'Archive project'],
  ['patch', 'archive', 'lucanto_archive_project', 'Archive project'],
  ['put', 'archive', 'lucanto_archive_project', 'Archive project'],
  ['post', 'mark_paid', 'lucanto_mark_project_paid', 'Mark project as paid'],
  ['post', 'mark_as_paid', 'lucanto_mark_project_paid', 'Mark project as paid'],
  ['post', 'mark-as-paid', 'lucanto_mark_project_paid', 'Mark project as paid'],
  ['post', 'markAsSent', 'lucanto_mark_project_sent', 'Mark project as sent'],
  ['post', 'send_email', 'lucanto_send_project', 'Send project'],
  ['patch', 'default', 'lucanto_set_default_project', 'Set default project'],
  ['get', 'pdf_url', 'lucanto_get_project_pdf_url', 'Get project PDF URL'],
  ['get', 'pdfUrl', 'lucanto_get_project_pdf_url', 'Get project PDF URL'],
  ['post', 'process', 'lucanto_process_project', 'Process project'],
  ['post', 'actions/issue', 'lucanto_issue_project', 'Issue project'],
])('%s on a record’s %s is %s', (method, action, tool, title) => {
  const operation = compiled(withProjects({ [`${PROJECTS}/{id}/${action}`]: { [method]: RECORD } })).at(-1);
  expect(operation).toMatchObject({ tool, title, resource: 'projects' });
  expect(operation?.tier).toBe(method === 'get' ? 'read' : 'manage');
});

test.each([
  ['companies', 'company'],
  ['credit_notes', 'credit_note'],
  ['credit-notes', 'credit_note'],
  ['bankAccounts', 'bank_account'],
  ['expenses', 'expense'],
  ['addresses', 'address'],
  ['taxes', 'tax'],
  ['statuses', 'status'],
  ['currencies', 'currency'],
  ['caches', 'cache'],
  ['leaves', 'leave'],
  ['licenses', 'license'],
  ['warehouses', 'warehouse'],
  ['bonuses', 'bonus'],
])('a record of %s is a %s', (collection, singular) => {
  expect(toolsOf({ [`/accounts/{a}/${collection}/{x}`]: { get: RECORD } })).toEqual([`lucanto_get_${singular}`]);
});

test.each(['series', 'news', 'goods', 'earnings', 'dns', 'pos'])('%s is its own singular', (word) => {
  const paths = { [`/accounts/{a}/${word}`]: { get: ROWS }, [`/accounts/{a}/${word}/{id}`]: { get: RECORD } };
  expect(toolsOf(paths)).toEqual([`lucanto_list_${word}`, `lucanto_get_${word}`]);
});

test('the five operations of a collection have their five names', () => {
  const paths = {
    [PROJECTS]: { get: ROWS, post: RECORD },
    [`${PROJECTS}/{project_id}`]: { get: RECORD, patch: RECORD, delete: {} },
  };
  expect(compiled(paths).map(({ tool, tier, action }) => [tool, tier, action])).toEqual([
    ['lucanto_list_projects', 'read', 'list'],
    ['lucanto_create_project', 'write', 'create'],
    ['lucanto_get_project', 'read', 'get'],
    ['lucanto_update_project', 'write', 'update'],
    ['lucanto_delete_project', 'manage', 'delete'],
  ]);
});

test('a collection that only takes new records is one because its word is a plural', () => {
  expect(toolsOf({ [PROJECTS]: { post: {} } })).toEqual(['lucanto_create_project']);
});

test('a list whose answer the document does not describe is still a list', () => {
  expect(toolsOf({ [PROJECTS]: { get: {} } })).toEqual(['lucanto_list_projects']);
});

describe('workspaces', () => {
  test.each(['accounts', 'workspaces'])('/user/%s and the bare record are the workspace tools', (word) => {
    const operations = compiled({
      [`/user/${word}`]: { get: answer({ type: 'array', items: {} }) },
      [`/user/${word}/{id}`]: { get: RECORD },
      [`/user/${word}/{id}/default`]: { patch: RECORD },
      [`/${word}/{whatever}`]: { patch: RECORD },
    });
    expect(operations.map(({ tool, workspace }) => [tool, workspace])).toEqual([
      ['lucanto_list_workspaces', null],
      ['lucanto_get_workspace', 'id'],
      ['lucanto_set_default_workspace', 'id'],
      ['lucanto_update_workspace', 'whatever'],
    ]);
    expect(operations.map(({ scopes }) => scopes)).toEqual([[], [], ['manage:workspaces'], ['write:workspaces']]);
    expect(operations[0]?.rows).toBe('root');
    expect(operations[1]?.inputSchema.required).toBeUndefined();
    expect(operations[1]?.parameters).toMatchObject([{ arg: 'workspace_id', name: 'id' }]);
  });

  test('settings of a workspace are read and changed, not acted on', () => {
    expect(toolsOf({ '/accounts/{a}/settings': { get: RECORD, patch: RECORD } })).toEqual([
      'lucanto_get_workspace_settings',
      'lucanto_update_workspace_settings',
    ]);
  });

  test('a resource called accounts below a workspace is not taken for workspaces', () => {
    const operation = only({ '/workspaces/{workspace_id}/accounts/{account_id}': { get: RECORD } });
    expect(operation).toMatchObject({ tool: 'lucanto_get_account', resource: 'accounts', workspace: 'workspace_id' });
    expect(Object.keys(operation.inputSchema.properties ?? {})).toEqual(['workspace_id', 'id']);
  });
});

describe('operations below records and next to them', () => {
  const payments = '/accounts/{a}/invoices/{invoice}/payments';

  test('a sub-collection is named with its parent and keeps its resource', () => {
    const operations = compiled({
      '/accounts/{a}/invoices/{n}': { get: RECORD },
      [payments]: { get: ROWS, post: RECORD },
      [`${payments}/{id}`]: { get: RECORD, patch: RECORD, delete: {} },
      [`${payments}/{id}/void`]: { post: {} },
    });
    expect(operations.map(({ tool }) => tool.replace('lucanto_', ''))).toEqual([
      'get_invoice',
      'list_invoice_payments',
      'create_invoice_payment',
      'get_invoice_payment',
      'update_invoice_payment',
      'delete_invoice_payment',
      'void_invoice_payment',
    ]);
    expect(new Set(operations.map(({ resource }) => resource))).toEqual(new Set(['invoices']));
    expect(operations.at(-1)?.parameters.map(({ arg, name }) => [arg, name])).toEqual([
      ['workspace_id', 'a'],
      ['invoice_id', 'invoice'],
      ['id', 'id'],
    ]);
  });

  test('a list of one kind below a record keeps its word', () => {
    expect(toolsOf({ '/accounts/{a}/invoices/{id}/history': { get: ROWS } })).toEqual(['lucanto_list_invoice_history']);
  });

  test('deeper nesting goes on by the same rule', () => {
    expect(toolsOf({ '/accounts/{a}/projects/{p}/tasks/{t}/comments/{c}/pin': { post: {} } })).toEqual([
      'lucanto_pin_project_task_comment',
    ]);
  });

  test('actions on the whole collection are named after it in the plural', () => {
    const operations = compiled({
      '/accounts/{a}/projects/{id}': { get: RECORD },
      '/accounts/{a}/projects': { get: ROWS },
      '/accounts/{a}/projects/import': { post: {} },
      '/accounts/{a}/projects/overdue': { get: ROWS },
      '/accounts/{a}/projects/search': { get: ROWS },
      '/accounts/{a}/projects/summary': { get: RECORD },
    });
    expect(operations.slice(2).map(({ tool, tier, rows }) => [tool, tier, rows])).toEqual([
      ['lucanto_import_projects', 'manage', null],
      ['lucanto_get_projects_overdue', 'read', 'data'],
      ['lucanto_search_projects', 'read', 'data'],
      ['lucanto_get_projects_summary', 'read', null],
    ]);
  });

  test('folders, formats and verbs after a colon are parts of the name', () => {
    expect(
      toolsOf({
        '/accounts/{a}/reports/vat': { get: RECORD },
        '/accounts/{a}/invoices/{id}.pdf': { get: {} },
        '/accounts/{a}/invoices/{id}:issue': { post: {} },
        '/ping': { post: {} },
        '/me': { get: RECORD },
        '/': { get: RECORD },
      }),
    ).toEqual([
      'lucanto_get_reports_vat',
      'lucanto_get_invoice_pdf',
      'lucanto_issue_invoice',
      'lucanto_ping',
      'lucanto_get_me',
      'lucanto_get_service',
    ]);
  });
});

describe('names that are long or taken', () => {
  test('a long name loses the words that others share, and keeps what tells it apart', () => {
    const names = ['accounting', 'banking', 'commerce'].flatMap((one) =>
      ['settings', 'mappings'].map((other) => `/integration_platform_connections/{id}/${one}_synchronisation_${other}`),
    );
    const tools = toolsOf(Object.fromEntries(names.map((name) => [name, { get: RECORD }])));
    expect(tools).toEqual(
      [
        'lucanto_get_accounting_settings',
        'lucanto_get_accounting_mappings',
        'lucanto_get_banking_settings',
        'lucanto_get_banking_mappings',
        'lucanto_get_commerce_settings',
        'lucanto_get_commerce_mappings',
      ].map((name) => expect.stringMatching(new RegExp(name.split('_').join('.*')))),
    );
    expect(new Set(tools).size).toBe(6);
    for (const tool of tools) expect(tool.length).toBeLessThanOrEqual(40);
  });

  test('a name of one endless word is cut and ends in a stable hash', () => {
    const path = `/accounts/{a}/${'very'.repeat(14)}/{id}/${'re'.repeat(40)}`;
    const [tool] = toolsOf({ [path]: { post: {} } });
    expect(tool).toMatch(/^lucanto_[a-z0-9_]{20,32}$/);
    expect(toolsOf({ [path]: { post: {} } })).toEqual([tool]);
    expect(toolsOf({ [`${path}x`]: { post: {} } })).not.toEqual([tool]);
  });

  test('where a name has to be cut, the operationId is taken if it fits', () => {
    const path = '/payment_method_configurations/{id}/domain_registrations/{domain}/verifications';
    expect(toolsOf({ [path]: { post: { operationId: 'verifyPaymentDomain' } } })).toEqual([
      'lucanto_verify_payment_domain',
    ]);
  });

  test.each([
    ['post', '/invoices', 'searchInvoices', 'lucanto_search_invoices'],
    ['post', '/invoices', 'createInvoice', 'lucanto_create_invoice'],
    ['put', '/invoices/{id}', 'createInvoice', 'lucanto_create_invoice'],
    ['put', '/invoices/{id}', 'replaceInvoice', 'lucanto_update_invoice'],
    ['delete', '/invoices/{id}/lock', 'unlockInvoice', 'lucanto_unlock_invoice'],
    ['post', '/connections/{id}/authorization', 'authorizeConnection', 'lucanto_authorize_connection'],
    ['post', '/connections/{id}/refresh', 'reloadConnection', 'lucanto_refresh_connection'],
  ])('%s %s called %s is %s', (method, path, operationId, tool) => {
    expect(toolsOf({ [path]: { [method]: { operationId } } })).toEqual([tool]);
  });

  test('versions and tenants are no resources, and two versions of one operation stay apart', () => {
    const operations = compiled(
      {
        '/v1/c/{company_id}/invoices': { get: ROWS },
        '/v2/c/{company_id}/invoices': { get: ROWS },
        '/v2/c/{company_id}/payments': { get: ROWS },
        '/v2/c/{company_id}/v3/taxes': { get: ROWS },
      },
      { servers: [{ url: '/' }] },
    );
    expect(operations.map(({ tool, resource, workspace }) => [tool, resource, workspace])).toEqual([
      ['lucanto_list_invoices_v1', 'invoices', 'company_id'],
      ['lucanto_list_invoices', 'invoices', 'company_id'],
      ['lucanto_list_payments', 'payments', 'company_id'],
      ['lucanto_list_taxes', 'taxes', 'company_id'],
    ]);
  });

  test('a parameter that all paths begin with names the tenant; companies among other records do not', () => {
    const own = { '/{administration}/invoices': { get: ROWS }, '/{administration}/contacts': { get: ROWS } };
    expect(compiled(own).map(({ tool, workspace }) => [tool, workspace])).toEqual([
      ['lucanto_list_invoices', 'administration'],
      ['lucanto_list_contacts', 'administration'],
    ]);
    const customers = {
      '/companies': { get: ROWS },
      '/companies/{id}/notes': { get: ROWS },
      '/companies/{id}/deals': { get: ROWS },
      '/invoices': { get: ROWS },
      '/products': { get: ROWS },
    };
    expect(compiled(customers).map(({ tool, workspace }) => [tool, workspace])).toEqual([
      ['lucanto_list_companies', null],
      ['lucanto_list_company_notes', null],
      ['lucanto_list_company_deals', null],
      ['lucanto_list_invoices', null],
      ['lucanto_list_products', null],
    ]);
  });

  test('segments in another script become names too', () => {
    const tools = toolsOf({ '/accounts/{a}/faktúry': { get: ROWS }, '/accounts/{a}/請求書/{id}': { get: RECORD } });
    expect(tools[0]).toMatch(/^lucanto_list_faktury/);
    expect(tools[1]).toMatch(/^lucanto_get_[a-z0-9_]+$/);
  });

  test('on a clash the operationId decides', () => {
    const record = '/accounts/{a}/projects/{id}';
    expect(
      toolsOf({ [record]: { put: { operationId: 'replace-project' }, patch: { operationId: 'update-project' } } }),
    ).toEqual(['lucanto_replace_project', 'lucanto_update_project']);
  });

  test('the one whose operationId says so keeps the name', () => {
    const record = '/accounts/{a}/projects/{id}';
    expect(
      toolsOf({
        [`${record}/mark_paid`]: { post: { operationId: 'settle-project' } },
        [`${record}/mark_as_paid`]: { post: { operationId: 'mark-project-paid' } },
      }),
    ).toEqual(['lucanto_settle_project', 'lucanto_mark_project_paid']);
  });

  test('a name that the rule gave is not taken by an operationId', () => {
    const paths = {
      '/accounts/{a}/projects/{id}': { patch: {}, put: { operationId: 'list-projects' } },
      '/accounts/{a}/projects': { get: ROWS },
    };
    const { operations, leftOut } = compileContract(documentOf(paths));
    expect(operations.map(({ tool, method }) => [tool, method])).toEqual([
      ['lucanto_update_project_by_id', 'PUT'],
      ['lucanto_update_project', 'PATCH'],
      ['lucanto_list_projects', 'GET'],
    ]);
    expect(leftOut).toEqual([]);
  });

  test('a second spelling of one operation is left out with a reason that names both', () => {
    const { operations, leftOut } = compileContract(
      documentOf({
        '/accounts/{a}/projects/{id}': { get: RECORD },
        '/accounts/{b}/projects/{number}': { get: RECORD },
      }),
    );
    expect(operations).toHaveLength(1);
    expect(leftOut).toHaveLength(1);
    expect(leftOut).toEqual([
      {
        operation: 'GET /accounts/{b}/projects/{number}',
        reason: 'it is the same as GET /accounts/{a}/projects/{id}',
      },
    ]);
  });

  test('a deprecated duplicate of an operation is left out with a reason that names the other', () => {
    const { operations, leftOut } = compileContract(
      documentOf({
        '/accounts/{a}/projects': { get: { ...ROWS, deprecated: true } },
        '/workspaces/{w}/projects': { get: ROWS },
      }),
    );
    expect(operations.map(({ path }) => path)).toEqual(['/api/v1/workspaces/{w}/projects']);
    expect(leftOut).toEqual([
      {
        operation: 'GET /accounts/{a}/projects',
        reason: 'it is the same as GET /workspaces/{w}/projects',
      },
    ]);
  });
});

test.each([
  [undefined, '/accounts/{a}/x', '/api/v1/accounts/{a}/x'],
  ['https://elsewhere.example/api/v1/', '/accounts/{a}/x', '/api/v1/accounts/{a}/x'],
  ['/api/v1', '/accounts/{a}/x', '/api/v1/accounts/{a}/x'],
  ['https://app.lucanto.eu', '/api/v1/accounts/{a}/x', '/api/v1/accounts/{a}/x'],
  ['https://app.lucanto.eu/api/v1', '/api/v1/accounts/{a}/x', '/api/v1/accounts/{a}/x'],
  ['https://app.lucanto.eu/api', '/v1/accounts/{a}/x', '/api/v1/accounts/{a}/x'],
  ['//cdn.example/beta', '/accounts/{a}/x', '/beta/accounts/{a}/x'],
  ['https://{host}/api/{version}', '/accounts/{a}/x', '/api/v1/accounts/{a}/x'],
  ['/api/v10', '/accounts/{a}/x', '/api/v10/accounts/{a}/x'],
])('the server %s and the path %s make %s', (url, path, expected) => {
  const servers = url === undefined ? [] : [{ url, variables: { version: { default: 'v1' } } }];
  const operation = compiled({ [path]: { get: ROWS } }, { servers })[0];
  expect(operation).toMatchObject({ path: expected, workspace: 'a' });
});

const OWN = { origin: 'https://acme.service.example', isLoopback: false };
const LOCAL = { origin: 'http://127.0.0.1:4010', isLoopback: true };

test.each([
  [OWN, ['https://acme.service.example/v2'], '/v2/contacts'],
  [OWN, ['https://sandbox.service.example', 'https://acme.service.example/rest'], '/rest/contacts'],
  [OWN, ['https://{tenant}.service.example/v2'], '/v2/contacts'],
  [OWN, ['https://{host}/v2'], null],
  [OWN, ['v2'], '/api/v1/v2/contacts'],
  [OWN, ['/'], '/contacts'],
  [OWN, ['https://service.example/v2'], null],
  [OWN, ['ftp://acme.service.example'], null],
  [LOCAL, ['https://service.example/v2', 'https://sandbox.service.example/v3'], '/v2/contacts'],
  [LOCAL, ['http://127.0.0.1:4010/v2'], '/v2/contacts'],
  [LOCAL, ['http://127.0.0.1:4011/v2'], null],
])('for %j the servers %j of a document mean the path %s', (own, urls, path) => {
  const servers = urls.map((url) => ({ url }));
  const { operations, leftOut } = compileContract(documentOf({ '/contacts': { get: ROWS } }, { servers }), own);
  expect(operations.map((operation) => operation.path)).toEqual(path === null ? [] : [path]);
  expect(leftOut).toHaveLength(path === null ? 1 : 0);
});

test('servers of a path and of an operation come before those of the document, and another host is refused', () => {
  const servers = (url: string) => ({ servers: [{ url }] });
  const paths = {
    '/a': { ...servers('/v3'), get: ROWS, post: servers('https://files.service.example/v3') },
    '/b': { ...servers('http://127.0.0.1:9/x'), get: ROWS, post: servers('https://service.example/uploads') },
  };
  const document = documentOf(paths, servers('https://service.example/v2'));
  const { operations, leftOut } = compileContract(document, LOCAL);
  expect(operations.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /v3/a', 'POST /uploads/b']);
  expect(leftOut.map(({ operation, reason }) => `${operation}: ${reason}`)).toEqual([
    'POST /a: it is at https://files.service.example, and the API key is for http://127.0.0.1:4010 only',
    'GET /b: it is at http://127.0.0.1:9, and the API key is for http://127.0.0.1:4010 only',
  ]);
});

test.each(['/a/../secret', '/a?b=c', '/a#b', '/a/{x', '/a\\b', '/a/{x}/b/{x}'])(
  'the path %s is left out of the tools',
  (path) => {
    const { operations, leftOut } = compileContract(documentOf({ [path]: { get: ROWS }, '/ok': { get: ROWS } }));
    expect(operations).toHaveLength(1);
    expect(leftOut).toHaveLength(1);
  },
);

test.each([
  ['are companies where everything is below them', {}, 'shop_id'],
  [
    'are records where other lists stand beside them',
    { '/bills': { get: ROWS }, '/bills/{id}': { get: RECORD } },
    null,
  ],
])('shops %s', (_what, beside, workspace) => {
  const kinds = ['orders', 'visits', 'tills'].flatMap((kind) => [
    [`/shops/{shop_id}/${kind}`, { get: ROWS }],
    [`/shops/{shop_id}/${kind}/{id}`, { get: RECORD }],
  ]);
  const operations = compiled({ ...Object.fromEntries(kinds), ...beside });
  expect(operations.find(({ path }) => path.endsWith('/orders'))).toMatchObject({ workspace });
});
