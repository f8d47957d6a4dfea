/** OpenAPI 3.1 with JSON:API bodies, a tenant in each path, webhooks, callbacks, `$defs`, inheritance, no operationIds. */
import type { TestDocument } from './parts.ts';

const MEDIA = 'application/vnd.api+json';
const local = (name: string) => ({ $ref: `#/components/${name}` });
const text = { type: 'string' };
const orNull = { type: ['string', 'null'] };

function resource(type: string, attributes: object, needed: readonly string[], relationships: object = {}): object {
  return {
    type: 'object',
    required: ['data'],
    properties: {
      data: {
        type: 'object',
        required: ['type', 'attributes'],
        properties: {
          type: { const: type },
          attributes: { type: 'object', required: needed, properties: attributes, unevaluatedProperties: false },
          relationships: { type: 'object', properties: relationships },
        },
      },
    },
  };
}

function toOne(type: string): object {
  const data = { type: 'object', required: ['type', 'id'], properties: { type: { const: type }, id: text } };
  return { type: 'object', required: ['data'], properties: { data } };
}

function answer(schema: object, status = 200): object {
  return { responses: { [status]: { description: 'OK', content: { [MEDIA]: { schema } } } } };
}

const one = (type: string, attributes: object) =>
  answer({ type: 'object', properties: { data: object(type, attributes) } });
const many = (type: string, attributes: object) =>
  answer({
    type: 'object',
    properties: {
      data: { type: 'array', items: object(type, attributes) },
      links: { type: 'object', properties: { next: orNull } },
      meta: { type: 'object', properties: { total: { type: 'integer' } } },
    },
  });

function object(type: string, attributes: object): object {
  return {
    type: 'object',
    properties: { id: text, type: { const: type }, attributes: { type: 'object', properties: attributes } },
  };
}

function body(schema: object): object {
  return { requestBody: { required: true, content: { [MEDIA]: { schema } } } };
}

const invoice = {
  number: { type: 'string', readOnly: true },
  issued: { type: 'string', format: 'date' },
  note: orNull,
  terms: { oneOf: [{ type: 'null' }, { type: 'integer', minimum: 0, maximum: 90 }] },
  lines: { type: 'array', minItems: 1, items: { $ref: '#/components/schemas/Invoice/$defs/line' } },
};
const claim = { title: text, subject: local('schemas/Claim') };

export const resourceObjects: TestDocument = {
  name: 'resource objects',
  base: '/api/v1',
  document: {
    openapi: '3.1.0',
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    info: { title: 'Resource objects', version: '3' },
    security: [{ key: [] }],
    webhooks: { invoicePaid: { post: { responses: { 200: { description: 'Taken' } } } } },
    paths: {
      '/v3/{tenant}/invoices': {
        parameters: [local('parameters/tenant')],
        get: {
          summary: 'List invoices',
          parameters: [
            local('parameters/pageNumber'),
            { name: 'page[size]', in: 'query', schema: { type: 'integer', maximum: 100 } },
            {
              name: 'filter[status]',
              in: 'query',
              style: 'form',
              explode: false,
              schema: { type: 'array', items: text },
            },
            {
              name: 'fields',
              in: 'query',
              style: 'deepObject',
              schema: { type: 'object', additionalProperties: text },
            },
            {
              name: 'include',
              in: 'query',
              explode: false,
              schema: { type: 'array', items: { enum: ['customer', 'lines'] } },
            },
          ],
          ...many('invoices', invoice),
        },
        post: {
          summary: 'Create an invoice',
          ...body(resource('invoices', invoice, ['issued', 'lines'], { customer: toOne('customers') })),
          ...one('invoices', invoice),
          callbacks: {
            paid: {
              '{$request.body#/data/attributes/url}': { post: { responses: { 200: { description: 'Taken' } } } },
            },
          },
        },
      },
      '/v3/{tenant}/invoices/{number}': {
        parameters: [local('parameters/tenant'), local('parameters/number')],
        get: { summary: 'Read an invoice', ...one('invoices', invoice) },
        patch: {
          summary: 'Change an invoice',
          ...body(resource('invoices', invoice, [])),
          ...one('invoices', invoice),
        },
        delete: {
          summary: 'Delete an invoice',
          parameters: [
            {
              name: 'Request-Token',
              in: 'header',
              required: true,
              description: 'Makes it safe to retry the request.',
              schema: text,
            },
          ],
          responses: { 204: { description: 'Gone' } },
        },
      },
      '/v3/{tenant}/invoices/{number}/relationships/tags': {
        parameters: [local('parameters/tenant'), local('parameters/number')],
        post: {
          summary: 'Add tags to an invoice',
          ...body({
            type: 'object',
            required: ['data'],
            properties: { data: { type: 'array', items: object('tags', {}) } },
          }),
          responses: { 204: { description: 'Done' } },
        },
      },
      '/v3/{tenant}/claims': {
        parameters: [local('parameters/tenant')],
        get: { summary: 'List claims', ...many('claims', claim) },
        post: {
          summary: 'Create a claim',
          requestBody: { required: true, content: { 'application/json': { schema: local('schemas/Claim') } } },
          ...one('claims', claim),
        },
      },
      '/v3/{tenant}/claims/{claim}': {
        parameters: [local('parameters/tenant'), { name: 'claim', in: 'path', required: true, schema: text }],
        put: {
          summary: 'Replace a claim',
          parameters: [
            { name: 'Idempotency-Key', in: 'header', required: true, schema: { type: 'string', format: 'uuid' } },
          ],
          requestBody: { required: true, content: { 'application/json': { schema: local('schemas/Claim') } } },
          ...one('claims', claim),
        },
      },
    },
    components: {
      securitySchemes: { key: { type: 'http', scheme: 'bearer' } },
      parameters: {
        tenant: { name: 'tenant', in: 'path', required: true, schema: text },
        number: { name: 'number', in: 'path', required: true, schema: text },
        pageNumber: { name: 'page[number]', in: 'query', schema: { type: 'integer', minimum: 1 } },
      },
      schemas: {
        Invoice: {
          $defs: {
            line: {
              type: 'object',
              required: ['text', 'price'],
              properties: {
                text,
                price: { type: 'string', pattern: '^-?\\d+\\.\\d{2}$' },
                pair: { type: 'array', prefixItems: [text, { type: 'integer' }], items: false },
              },
            },
          },
        },
        Claim: {
          type: 'object',
          required: ['kind', 'title'],
          properties: { kind: text, title: text },
          discriminator: { propertyName: 'kind', mapping: { car: '#/components/schemas/CarClaim' } },
        },
        CarClaim: {
          allOf: [local('schemas/Claim'), { type: 'object', required: ['plate'], properties: { plate: text } }],
        },
        HomeClaim: { $ref: '#/components/schemas/Claim', required: ['address'], properties: { address: text } },
        FloodClaim: {
          allOf: [local('schemas/HomeClaim')],
          required: ['depth'],
          properties: { depth: { type: 'integer' } },
        },
      },
    },
  },
};
