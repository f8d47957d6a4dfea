/** OData and HAL in one document: keys in brackets, `$filter`, `@odata.nextLink`, `_embedded`, `If-Match`, the company in a header, files in lists. */
import { arrayOf, documentOf, done, id, inHeader, inPath, object, ok, query, type TestDocument } from './parts.ts';

const text = { type: 'string' };
const order = {
  Id: { type: 'integer' },
  No: text,
  OrderDate: { type: 'string', format: 'date' },
  TotalAmount: { type: 'number' },
  '@odata.etag': text,
};
const note = { id, body: text };
const whole = { type: 'integer' };
const json = (schema: object) => ({ requestBody: { required: true, content: { 'application/json': { schema } } } });
const parts = (schema: object, encoding?: object) => ({
  requestBody: { required: true, content: { 'multipart/form-data': { schema, ...(encoding && { encoding }) } } },
});
const company = {
  ...inHeader('X-Company'),
  description: 'Send the same company with every retry, so that nothing is done twice.',
};
const key = inPath('Id', whole);

export const entitySets: TestDocument = {
  name: 'entity sets',
  base: '/odata/v4',
  document: documentOf(
    {
      '/SalesOrders': {
        get: {
          operationId: 'SalesOrders.List',
          parameters: [
            query('$filter'),
            query('$orderby'),
            query('$top', whole),
            query('$skip', whole),
            query('$count', { type: 'boolean' }),
            query('$select', arrayOf(text), { explode: false }),
          ],
          ...ok(
            object({
              '@odata.context': text,
              '@odata.count': whole,
              '@odata.nextLink': text,
              value: arrayOf(object(order)),
            }),
          ),
        },
        post: { operationId: 'SalesOrders.Insert', ...json(object(order, ['OrderDate'])), ...ok(object(order), 201) },
      },
      '/SalesOrders({Id})': {
        parameters: [key],
        get: { operationId: 'SalesOrders.Get', ...ok(object(order)) },
        patch: {
          operationId: 'SalesOrders.Update',
          parameters: [inHeader('If-Match')],
          ...json(object(order)),
          ...ok(object(order)),
        },
        delete: { operationId: 'SalesOrders.Delete', parameters: [inHeader('If-Match')], ...done },
      },
      '/SalesOrders({Id})/Model.Post': {
        parameters: [key],
        post: { operationId: 'SalesOrders.Post', ...json(object({ on: text })), ...done },
      },
      "/Customers('{Code}')": {
        parameters: [inPath('Code')],
        get: { operationId: 'Customers.Get', ...ok(object({ Code: text })) },
      },
      '/Companies({Company})/SalesOrders({Id})/Lines': {
        parameters: [inPath('Company', { type: 'string', format: 'uuid' }), key],
        get: { operationId: 'SalesOrderLines.List', ...ok(object({ value: arrayOf(object({ Id: whole })) })) },
      },
      '/notes': {
        get: {
          parameters: [company, query('page', whole), query('size', whole)],
          ...ok(
            object({
              _embedded: object({ notes: arrayOf(object(note)) }),
              _links: object({ next: object({ href: text }) }),
              page: object({ totalElements: whole }),
            }),
          ),
        },
        post: {
          parameters: [
            company,
            { ...inHeader('X-Request-Id', text, false), description: 'Idempotency token of the request' },
          ],
          ...parts(
            object(
              {
                body: text,
                tags: arrayOf(text),
                files: arrayOf({ type: 'string', format: 'binary' }),
                meta: object({ color: text }),
              },
              ['body'],
            ),
            { files: { contentType: 'application/pdf, image/png' } },
          ),
          ...ok(object(note), 201),
        },
      },
      '/notes/{id}': {
        parameters: [inPath('id')],
        get: { ...ok(object({ ...note, _links: object({ self: object({ href: text }) }) })) },
        patch: {
          parameters: [company, { ...inHeader('X-Request-Id', text), description: 'Idempotency token of the request' }],
          requestBody: { content: { 'application/merge-patch+json': { schema: object(note) } } },
          ...ok(object(note)),
        },
      },
      '/notes/{id}/lines': {
        parameters: [inPath('id')],
        patch: {
          requestBody: {
            required: true,
            content: {
              'application/json-patch+json': {
                schema: arrayOf(
                  object({ op: { type: 'string', enum: ['add', 'remove', 'replace'] }, path: text, value: {} }, [
                    'op',
                    'path',
                  ]),
                ),
              },
            },
          },
          ...ok(object(note)),
        },
      },
      '/notes:batchDelete': { post: { ...json(object({ ids: arrayOf(id) }, ['ids'])), ...done } },
    },
    { servers: [{ url: '/odata/v4' }] },
  ),
};
