/** Records that are open to further fields, wrappers that may be left out, addresses, and no list of workspaces. */
import {
  arrayOf,
  body,
  date,
  documentOf,
  done,
  id,
  inPath,
  money,
  named,
  object,
  ok,
  parameters,
  query,
  ref,
  rows,
  type TestDocument,
} from './parts.ts';

const optional = (schema: object) => ({ requestBody: { content: { 'application/json': { schema } } } });

export const openRecords: TestDocument = {
  name: 'open records',
  base: '/v1',
  document: documentOf(
    {
      '/leads': {
        get: named(
          'listLeads',
          parameters(
            query(
              'filter',
              { type: 'object', additionalProperties: { type: 'string' } },
              { style: 'deepObject', explode: true },
            ),
          ),
          rows(ref('Lead')),
        ),
        post: named(
          'createLead',
          body({
            ...object({ name: { type: 'string' }, homepage: { type: 'string', format: 'uri' } }, ['name']),
            additionalProperties: { type: 'string' },
          }),
          ok(ref('Lead'), 201),
        ),
      },
      '/leads/{lead_id}': {
        parameters: [inPath('lead_id')],
        get: named('getLead', ok(ref('Lead'))),
        patch: named(
          'updateLead',
          body({ ...object({ name: { type: 'string' } }), additionalProperties: true }),
          ok(ref('Lead')),
        ),
      },
      '/leads/{lead_id}/attributes': {
        put: named(
          'setLeadAttributes',
          parameters(inPath('lead_id')),
          body({ type: 'object', additionalProperties: { type: 'integer' } }),
          ok(ref('Lead')),
        ),
      },
      '/leads/{lead_id}/convert': {
        post: named(
          'convertLead',
          parameters(inPath('lead_id')),
          optional(object({ conversion: object({ notify: { type: 'boolean' }, owner_id: id }, ['owner_id']) })),
          ok(ref('Lead')),
        ),
      },
      '/documents': {
        get: named(
          'listDocuments',
          parameters(query('type', { type: 'string', enum: ['invoice', 'quote', 'credit_note'] }, { required: true })),
          rows(object({ id })),
        ),
        post: named(
          'createDocument',
          body(
            object(
              {
                document: object({ type: { type: 'string' }, issued_on: date, total: money }, ['type']),
                options: object({ send: { type: 'boolean' } }),
              },
              ['document'],
            ),
          ),
          ok(object({ id }), 201),
        ),
      },
      '/documents/{document_id}/remind': {
        post: named(
          'remindDocument',
          parameters(inPath('document_id')),
          optional(object({ reminder: object({ text: { type: 'string' } }) })),
          done,
        ),
      },
      '/documents/bulk': {
        post: named(
          'bulkDocuments',
          body(arrayOf(object({ id, action: { type: 'string', enum: ['archive', 'restore'] } }, ['id', 'action']))),
          ok(object({ queued: { type: 'integer' } })),
        ),
      },
      '/hooks': {
        post: named(
          'createHook',
          body(
            object(
              {
                callback: { type: 'string', format: 'uri' },
                host: { type: 'string', format: 'hostname' },
                secret: { type: 'string', format: 'byte' },
                at: { type: 'string', format: 'time' },
              },
              ['callback'],
            ),
          ),
          ok(object({ id })),
        ),
      },
      '/counters/{counter_id}/increment': {
        post: named(
          'incrementCounter',
          parameters(inPath('counter_id', { type: 'integer', format: 'int64' })),
          optional(object({ by: { type: 'integer', format: 'int32' } })),
          done,
        ),
      },
    },
    {
      openapi: '3.1.0',
      servers: [{ url: 'https://open.example/v1' }],
      components: {
        schemas: { Lead: { ...object({ id, name: { type: 'string' } }), additionalProperties: { type: 'string' } } },
      },
    },
  ),
};
