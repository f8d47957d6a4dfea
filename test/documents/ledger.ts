/** A ledger: a base path with two segments, a tenant in a required header, lists in wrappers, batches, and `where` filters. */
import {
  arrayOf,
  body,
  date,
  documentOf,
  id,
  inHeader,
  inPath,
  named,
  object,
  ok,
  parameters,
  query,
  ref,
  type TestDocument,
} from './parts.ts';

const tenant = inHeader('Ledger-Tenant-Id');
const uuid = { type: 'string', format: 'uuid' };
const key = { name: 'Idempotency-Key', in: 'header', schema: { type: 'string' } };
const filters = [
  tenant,
  { name: 'If-Modified-Since', in: 'header', schema: { type: 'string', format: 'date-time' } },
  query('where'),
  query('order'),
  query('IDs', arrayOf(uuid), { style: 'form', explode: false }),
  query('Statuses', arrayOf({ type: 'string', enum: ['DRAFT', 'AUTHORISED', 'PAID', 'VOIDED'] }), {
    style: 'form',
    explode: false,
  }),
  query('page', { type: 'integer' }),
  query('unitdp', { type: 'integer', minimum: 2, maximum: 4 }),
];

function collection(plural: string, parameter: string, path = plural): object {
  const list = object({ [plural]: arrayOf(ref(plural)) });
  return {
    [`/${path}`]: {
      get: named(`get${plural}`, parameters(...filters), ok(list)),
      put: named(
        `create${plural}`,
        parameters(tenant, key, query('summarizeErrors', { type: 'boolean' })),
        body(list),
        ok(list),
      ),
      post: named(`updateOrCreate${plural}`, parameters(tenant, key), body(list), ok(list)),
    },
    [`/${path}/{${parameter}}`]: {
      parameters: [inPath(parameter, uuid)],
      get: named(`get${plural.replace(/s$/, '')}`, parameters(tenant), ok(list)),
      post: named(`update${plural.replace(/s$/, '')}`, parameters(tenant, key), body(list), ok(list)),
    },
    [`/${path}/{${parameter}}/History`]: {
      parameters: [inPath(parameter, uuid)],
      get: named(
        `get${plural}History`,
        parameters(tenant),
        ok(object({ HistoryRecords: arrayOf(object({ Details: { type: 'string' } })) })),
      ),
      put: named(
        `create${plural}History`,
        parameters(tenant, key),
        body(object({ HistoryRecords: arrayOf(object({ Details: { type: 'string' } })) })),
        ok(object({})),
      ),
    },
  };
}

const money = { type: 'number', format: 'double' };
const line = object({
  Description: { type: 'string' },
  Quantity: money,
  UnitAmount: money,
  AccountCode: { type: 'string' },
});

export const ledger: TestDocument = {
  name: 'ledger',
  base: '/api.ldg/2.0',
  document: documentOf(
    {
      ...collection('Invoices', 'InvoiceID'),
      ...collection('Contacts', 'ContactID'),
      ...collection('CreditNotes', 'CreditNoteID'),
      '/Invoices/{InvoiceID}/Attachments/{FileName}': {
        parameters: [inPath('InvoiceID', uuid), inPath('FileName')],
        get: named('getInvoiceAttachmentByFileName', parameters(tenant, inHeader('contentType')), {
          responses: {
            200: {
              description: 'OK',
              content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
            },
          },
        }),
        put: named(
          'createInvoiceAttachmentByFileName',
          parameters(tenant, key),
          body({ type: 'string', format: 'byte' }, 'application/octet-stream'),
          ok(object({ id })),
        ),
      },
      '/Invoices/{InvoiceID}/Email': {
        post: named(
          'emailInvoice',
          parameters(inPath('InvoiceID', uuid), tenant),
          body(object({ Status: { type: 'string' } })),
          { responses: { 204: { description: 'Sent' } } },
        ),
      },
      '/Reports/ProfitAndLoss': {
        get: named(
          'getReportProfitAndLoss',
          parameters(
            tenant,
            query('fromDate', date),
            query('toDate', date),
            query('periods', { type: 'integer', minimum: 1, maximum: 12 }),
          ),
          ok(object({ Reports: arrayOf(object({})) })),
        ),
      },
      '/Setup': {
        post: named(
          'postSetup',
          parameters(tenant),
          body(
            object({
              Accounts: arrayOf(object({ Code: { type: 'string' } })),
              ConversionDate: object({ Month: { type: 'integer' }, Year: { type: 'integer' } }),
            }),
          ),
          ok(object({})),
        ),
      },
      '/Connections': {
        servers: [{ url: 'https://identity.ledger.example' }],
        get: named('getConnections', ok(arrayOf(object({ id })))),
      },
    },
    {
      servers: [{ url: 'https://api.ledger.example/api.ldg/2.0' }],
      security: [{ oauth: ['accounting.transactions'] }],
      components: {
        securitySchemes: {
          oauth: {
            type: 'oauth2',
            flows: {
              authorizationCode: {
                authorizationUrl: 'https://login.ledger.example/a',
                tokenUrl: 'https://login.ledger.example/t',
                scopes: { 'accounting.transactions': 'all' },
              },
            },
          },
        },
        schemas: {
          Invoices: object({
            Type: { type: 'string', enum: ['ACCREC', 'ACCPAY'] },
            Contact: ref('Contacts'),
            LineItems: arrayOf(line),
            Date: date,
            DueDate: date,
            Status: { type: 'string', enum: ['DRAFT', 'AUTHORISED', 'PAID', 'VOIDED'] },
            Url: { type: 'string', format: 'uri' },
            InvoiceID: uuid,
            Total: { ...money, readOnly: true },
          }),
          Contacts: object({
            ContactID: uuid,
            Name: { type: 'string', maxLength: 255 },
            EmailAddress: { type: 'string', maxLength: 255 },
            Addresses: arrayOf(
              object({ AddressType: { type: 'string', enum: ['POBOX', 'STREET'] }, City: { type: 'string' } }),
            ),
          }),
          CreditNotes: object({ CreditNoteID: uuid, Contact: ref('Contacts'), LineItems: arrayOf(line), Date: date }),
        },
      },
    },
  ),
};
