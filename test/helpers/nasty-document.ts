/** Paths and components that no document should have, and some have. */
import { json, RECORD, ROWS } from './documents.ts';

const LONG = 'a_name_of_seventy_characters_that_nobody_would_ever_want_to_type_again';

export const NASTY = {
  '/accounts/{a}/things': {
    parameters: [{ $ref: '#/components/parameters/Missing' }, null, 5, { name: 'limit', in: 'query' }],
    get: { parameters: 'none', responses: { 200: null } },
    post: json({
      oneOf: [
        { $ref: '#/components/schemas/Tree' },
        { type: 'object', properties: { [LONG]: { type: ['string', 'null'] } } },
      ],
    }),
  },
  '/accounts/{a}/things/{thing}': {
    get: {},
    patch: json({
      allOf: [{ allOf: [{ $ref: '#/components/schemas/Tree' }, true] }, { required: ['name', 'gone'] }, 7],
    }),
    delete: { requestBody: { $ref: '#/components/requestBodies/Nothing' } },
    head: {},
    put: 'never',
  },
  [`/accounts/{a}/${LONG}s/{id}/${LONG}`]: { post: json({ type: 'object', properties: { [`${LONG}[x]`]: {} } }) },
  '/accounts/{a}/tuples/{id}': {
    patch: json({ properties: { at: { type: 'array', prefixItems: [{}, true, false, { const: null }] } } }),
  },
  '/accounts/{a}/booleans/{id}': {
    patch: json({ type: 'object', properties: { yes: true, no: false, list: { type: 'array', items: false } } }),
  },
  '/accounts/{a}/nulls/{id}': {
    patch: json({ type: 'object', properties: { only: { type: 'null' }, none: { type: [] }, odd: { type: 7 } } }),
  },
  '/accounts/{a}/words/{id}': {
    patch: json({
      properties: { constructor: { type: 'string' }, toString: {}, hasOwnProperty: {}, 'ünï çödé': {}, '': {} },
    }),
  },
  '/accounts/{a}/selves/{id}': {
    patch: json({ $ref: '#/paths/~1accounts~1{a}~1selves~1{id}/patch/requestBody/content/application~1json/schema' }),
  },
  '/accounts/{a}/everything/{id}': { patch: json({ $ref: '#' }) },
  '/accounts/{a}/broken/{id}': {
    patch: json({
      properties: {
        p: {
          pattern: '[',
          format: 5,
          enum: 'x',
          required: 'y',
          minimum: 'z',
          items: [],
          properties: [],
          allOf: {},
          description: 9,
        },
      },
    }),
  },
  '/accounts/{a}/unions/{id}': {
    patch: json({ oneOf: [{ type: 'string' }, { type: 'object', properties: { a: {} } }, { type: 'null' }] }),
  },
  '/accounts/{a}/typeless': {
    post: json({
      required: ['any'],
      properties: { any: {}, map: { additionalProperties: { properties: { deep: {} } } } },
    }),
  },
  '/accounts/{a}/choices': {
    post: json({
      properties: {
        one: { enum: Array.from({ length: 31 }, (_, at) => `choice_${at}`) },
        pairs: {
          type: 'array',
          items: { type: 'array', prefixItems: [{ type: 'string' }, { properties: { x: {} } }] },
        },
      },
    }),
  },
  '/x-ray': null,
  'no-slash': { get: ROWS },
  '/{anything}/{else}': { get: RECORD },
};

export const COMPONENTS = {
  schemas: {
    Tree: {
      type: 'object',
      required: ['name'],
      properties: {
        name: { type: 'string', nullable: true },
        left: { $ref: '#/components/schemas/Tree' },
        all: { type: 'array', items: { $ref: '#/components/schemas/Tree' } },
      },
    },
  },
};
