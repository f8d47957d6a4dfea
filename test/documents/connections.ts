/** A service between bookkeeping programs: a company in every path, long names that differ in one word, a host per area. */
import {
  arrayOf,
  body,
  date,
  documentOf,
  done,
  id,
  inPath,
  named,
  object,
  ok,
  parameters,
  query,
  rows,
  type TestDocument,
} from './parts.ts';

const company = inPath('companyId', { type: 'string', format: 'uuid' });
const connection = inPath('connectionId', { type: 'string', format: 'uuid' });
const PROGRAMS = ['accounting', 'banking', 'commerce', 'expenses'];
const KINDS = ['billCreditNotes', 'billPayments', 'bankStatementUploads', 'customerAgedCredits', 'paymentAllocations'];
const account = object({ id, name: { type: 'string' }, nominalCode: { type: 'string' } });

const settings = PROGRAMS.flatMap((program) =>
  ['Configuration', 'Preferences'].map((what) => [
    `/companies/{companyId}/connections/{connectionId}/${program}Synchronisation${what}`,
    {
      parameters: [company, connection],
      get: named(
        `get${program}SynchronisationConnection${what}ForCompany`,
        ok(object({ enabled: { type: 'boolean' } })),
      ),
      put: named(
        `set${program}SynchronisationConnection${what}ForCompany`,
        body(object({ enabled: { type: 'boolean' }, since: date }, ['enabled'])),
        ok(object({ enabled: { type: 'boolean' } })),
      ),
    },
  ]),
);

const pushes = KINDS.flatMap((kind) => [
  [
    `/companies/{companyId}/connections/{connectionId}/push/${kind}`,
    {
      parameters: [company, connection],
      post: named(
        `create${kind.charAt(0).toUpperCase()}${kind.slice(1)}`,
        parameters(
          query('timeoutInMinutes', { type: 'integer', format: 'int32' }),
          query('allowSyncOnPushComplete', { type: 'boolean' }),
        ),
        body(
          object(
            {
              id,
              issueDate: date,
              note: { type: 'string', nullable: true },
              lines: arrayOf(object({ description: { type: 'string' }, quantity: { type: 'number' } }, ['quantity'])),
            },
            ['issueDate'],
          ),
        ),
        ok(object({ pushOperationKey: { type: 'string' } })),
      ),
    },
  ],
  [
    `/companies/{companyId}/data/${kind}`,
    {
      get: named(
        `list${kind}`,
        parameters(
          company,
          query('page', { type: 'integer' }),
          query('pageSize', { type: 'integer' }),
          query('query'),
          query('orderBy'),
        ),
        rows(account),
      ),
    },
  ],
]);

export const connections: TestDocument = {
  name: 'connections',
  base: '',
  document: documentOf(
    {
      '/companies': {
        get: named(
          'list-companies',
          parameters(
            query('page', { type: 'integer', default: 1 }),
            query('tags', arrayOf({ type: 'string' }), { style: 'form', explode: false }),
          ),
          rows(object({ id, name: { type: 'string' } })),
        ),
        post: named(
          'create-company',
          body(
            object({ name: { type: 'string' }, tags: { type: 'object', additionalProperties: { type: 'string' } } }, [
              'name',
            ]),
          ),
          ok(object({ id })),
        ),
      },
      '/companies/{companyId}': {
        parameters: [company],
        get: named('get-company', ok(object({ id, name: { type: 'string' } }))),
        delete: named('delete-company', done),
      },
      '/companies/{companyId}/connections': {
        parameters: [company],
        get: named('list-connections', rows(object({ id, status: { type: 'string' } }))),
        post: named(
          'create-connection',
          body({ type: 'string', description: 'Key of the platform' }),
          ok(object({ id })),
        ),
      },
      '/companies/{companyId}/connections/{connectionId}': {
        parameters: [company, connection],
        get: named('get-connection', ok(object({ id }))),
        patch: named(
          'unlink-connection',
          body(object({ status: { type: 'string', enum: ['Linked', 'Unlinked'] } })),
          ok(object({ id })),
        ),
        delete: named('delete-connection', done),
      },
      '/companies/{companyId}/connections/{connectionId}/authorization': {
        put: named(
          'authorize-connection',
          parameters(company, connection),
          body({ type: 'object', additionalProperties: { type: 'string' } }),
          ok(object({ id })),
        ),
      },
      ...Object.fromEntries([...settings, ...pushes]),
      '/companies/{companyId}/reports/agedDebtor': {
        servers: [{ url: 'https://reports.connections.example' }],
        get: named(
          'get-aged-debtor-report',
          parameters(company, query('reportDate', date)),
          ok(object({ data: arrayOf(object({})) })),
        ),
      },
    },
    {
      servers: [{ url: 'https://api.connections.example' }],
      security: [{ authHeader: [] }],
      components: { securitySchemes: { authHeader: { type: 'apiKey', in: 'header', name: 'Authorization' } } },
    },
  ),
};
