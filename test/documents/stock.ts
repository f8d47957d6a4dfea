/** A shop in Swagger 2.0: form fields, lists with separators, files, a base path, definitions and shared parameters. */
import type { TestDocument } from './parts.ts';

const text = { type: 'string' };
const product = { $ref: '#/definitions/Product' };
const list = {
  200: { description: 'OK', schema: { type: 'object', properties: { data: { type: 'array', items: product } } } },
};
const one = { 200: { description: 'OK', schema: product } };

export const stock: TestDocument = {
  name: 'stock',
  base: '/shop/v3',
  document: {
    swagger: '2.0',
    info: { title: 'Stock', version: '3' },
    host: 'api.stock.example',
    basePath: '/shop/v3',
    schemes: ['https'],
    consumes: ['application/json'],
    produces: ['application/json'],
    securityDefinitions: {
      token: { type: 'apiKey', in: 'header', name: 'Authorization' },
      user: { type: 'basic' },
      app: { type: 'oauth2', flow: 'application', tokenUrl: 'https://login.stock.example/t', scopes: { all: 'all' } },
    },
    security: [{ token: [] }],
    parameters: {
      page: { name: 'page', in: 'query', type: 'integer', minimum: 1 },
      product: { name: 'product_id', in: 'path', required: true, type: 'integer', format: 'int64' },
      record: { name: 'product', in: 'body', required: true, schema: product },
    },
    definitions: {
      Product: {
        type: 'object',
        required: ['name'],
        properties: {
          id: { type: 'integer', readOnly: true },
          name: { ...text, maxLength: 120 },
          price: { type: 'number', format: 'double' },
          tags: { type: 'array', items: text },
          supplier: { $ref: '#/definitions/Supplier' },
        },
      },
      Supplier: {
        type: 'object',
        properties: {
          name: text,
          website: { type: 'string', format: 'uri' },
          email: { type: 'string', format: 'email' },
        },
      },
    },
    paths: {
      '/products': {
        get: {
          operationId: 'listProducts',
          parameters: [
            { $ref: '#/parameters/page' },
            { name: 'sku', in: 'query', type: 'array', items: text, collectionFormat: 'multi' },
            { name: 'ids', in: 'query', type: 'array', items: { type: 'integer' }, collectionFormat: 'csv' },
            {
              name: 'sort',
              in: 'query',
              type: 'array',
              items: { type: 'string', enum: ['name', 'price'] },
              collectionFormat: 'pipes',
            },
          ],
          responses: list,
        },
        post: { operationId: 'createProduct', parameters: [{ $ref: '#/parameters/record' }], responses: one },
      },
      '/products/{product_id}': {
        parameters: [{ $ref: '#/parameters/product' }],
        get: { operationId: 'getProduct', responses: one },
        put: { operationId: 'updateProduct', parameters: [{ $ref: '#/parameters/record' }], responses: one },
        delete: { operationId: 'deleteProduct', responses: { 204: { description: 'Gone' } } },
      },
      '/products/{product_id}/price': {
        post: {
          operationId: 'setProductPrice',
          consumes: ['application/x-www-form-urlencoded'],
          parameters: [
            { $ref: '#/parameters/product' },
            { name: 'price', in: 'formData', required: true, type: 'number' },
            { name: 'currency', in: 'formData', type: 'string', enum: ['EUR', 'CZK'] },
            { name: 'channels', in: 'formData', type: 'array', items: text, collectionFormat: 'multi' },
          ],
          responses: one,
        },
      },
      '/products/{product_id}/image': {
        put: {
          operationId: 'uploadProductImage',
          consumes: ['multipart/form-data'],
          parameters: [
            { $ref: '#/parameters/product' },
            { name: 'image', in: 'formData', required: true, type: 'file' },
            { name: 'caption', in: 'formData', type: 'string' },
          ],
          responses: one,
        },
      },
      '/suppliers': { get: { operationId: 'listSuppliers', security: [{ user: [] }], responses: list } },
      '/stock/count': {
        get: {
          operationId: 'countStock',
          security: [{ app: ['all'] }],
          responses: {
            200: { description: 'OK', schema: { type: 'object', properties: { count: { type: 'integer' } } } },
          },
        },
      },
    },
  },
};
