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
])('a record of %s is a %s', (collection, singular) => {
  expect(toolsOf({ [`/accounts/{a}/${collection}/{x}`]: { get: RECORD } })).toEqual([`lucanto_get_${singular}`]);
});

test.each(['series', 'news'])('%s is its own singular', (word) => {
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
  test('a long name is cut and ends in a stable hash', () => {
    const path = `/accounts/{a}/${'very_'.repeat(14)}long_things/{id}/${'re'.repeat(40)}`;
    const [tool] = toolsOf({ [path]: { post: {} } });
    expect(tool).toMatch(/^lucanto_[a-z0-9_]{20,32}$/);
    expect(tool?.length).toBeLessThanOrEqual(40);
    expect(toolsOf({ [path]: { post: {} } })).toEqual([tool]);
    expect(toolsOf({ [`${path}x`]: { post: {} } })).not.toEqual([tool]);
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
    const { operations, warnings } = compileContract(documentOf(paths));
    expect(operations.map(({ method }) => method).sort()).toEqual(['GET', 'PATCH']);
    expect(warnings).toHaveLength(1);
  });

  test('a clash that stays is left out with a warning that names both', () => {
    const { operations, warnings } = compileContract(
      documentOf({
        '/accounts/{a}/projects/{id}': { get: RECORD },
        '/accounts/{b}/projects/{number}': { get: RECORD },
      }),
    );
    expect(operations).toHaveLength(1);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('/accounts/{a}/projects/{id}');
    expect(warnings[0]).toContain('/accounts/{b}/projects/{number}');
  });

  test('a deprecated duplicate of an operation is left out without a warning', () => {
    const { operations, warnings } = compileContract(
      documentOf({
        '/accounts/{a}/projects': { get: { ...ROWS, deprecated: true } },
        '/workspaces/{w}/projects': { get: ROWS },
      }),
    );
    expect(operations.map(({ path }) => path)).toEqual(['/api/v1/workspaces/{w}/projects']);
    expect(warnings).toEqual([]);
  });
});

test.each([
  [undefined, '/accounts/{a}/x', '/api/v1/accounts/{a}/x'],
  ['https://elsewhere.example/api/v1/', '/accounts/{a}/x', '/api/v1/accounts/{a}/x'],
  ['/api/v1', '/accounts/{a}/x', '/api/v1/accounts/{a}/x'],
  ['https://app.lucanto.eu', '/api/v1/accounts/{a}/x', '/api/v1/accounts/{a}/x'],
  ['https://app.lucanto.eu/api/v1', '/api/v1/accounts/{a}/x', '/api/v1/accounts/{a}/x'],
  ['https://app.lucanto.eu/api', '/v1/accounts/{a}/x', '/api/v1/accounts/{a}/x'],
  ['//cdn.example/beta', '/accounts/{a}/x', '/api/v1/beta/accounts/{a}/x'],
  ['https://{host}/api/{version}', '/accounts/{a}/x', '/api/v1/accounts/{a}/x'],
  ['/api/v10', '/accounts/{a}/x', '/api/v1/api/v10/accounts/{a}/x'],
])('the server %s and the path %s make %s', (url, path, expected) => {
  const servers = url === undefined ? [] : [{ url, variables: { version: { default: 'v1' } } }];
  const operation = compiled({ [path]: { get: ROWS } }, { servers })[0];
  expect(operation).toMatchObject({ path: expected, workspace: 'a' });
});

test.each(['/a/../secret', '/a?b=c', '/a#b', '/a/{x', '/a\\b', '/a/{x}/b/{x}'])(
  'the path %s is left out of the tools',
  (path) => {
    const { operations, warnings } = compileContract(documentOf({ [path]: { get: ROWS }, '/ok': { get: ROWS } }));
    expect(operations).toHaveLength(1);
    expect(warnings).toHaveLength(1);
  },
);
