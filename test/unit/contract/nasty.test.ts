import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import { compileContract } from '../../../src/contract/compile.ts';
import { readDocument } from '../../../src/contract/document.ts';
import type { Operation } from '../../../src/contract/operation.ts';
import { documentOf, json, RECORD, ROWS } from '../../helpers/documents.ts';
import { portabilityProblems } from '../../helpers/portability.ts';
import { randomSchemas, sampleOf } from '../../helpers/random-schemas.ts';

function newAjv(): Ajv2020 {
  const ajv = new Ajv2020({ strict: false, validateFormats: true });
  addFormats.default(ajv);
  return ajv;
}

const LONG = 'a_name_of_seventy_characters_that_nobody_would_ever_want_to_type_again';

const NASTY = {
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
  '/x-ray': null,
  'no-slash': { get: ROWS },
  '/{anything}/{else}': { get: RECORD },
};

const COMPONENTS = {
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

describe('a nasty document', () => {
  const { operations, warnings } = compileContract(
    documentOf(NASTY, { components: COMPONENTS, servers: [7], security: 'none' }),
  );

  test('becomes tools, all of them portable', () => {
    expect(operations.length).toBeGreaterThanOrEqual(14);
    for (const { tool, inputSchema } of operations) {
      expect(tool).toMatch(/^[a-z0-9_]{1,40}$/);
      expect([tool, ...portabilityProblems(inputSchema)]).toEqual([tool]);
    }
    expect(new Set(operations.map(({ tool }) => tool)).size).toBe(operations.length);
    expect(warnings).toEqual([]);
  });

  test('has validation schemas that Ajv takes', () => {
    for (const { validation } of operations) newAjv().compile(validation);
  });

  test('binds every argument to exactly one place', () => {
    for (const { tool, inputSchema, parameters, body } of operations) {
      const bound = [
        ...parameters.map(({ arg }) => arg),
        ...(body?.fields ?? []).map(({ arg }) => arg),
        ...(body?.whole ? [body.whole] : []),
      ];
      expect([tool, ...bound].sort()).toEqual([tool, ...Object.keys(Object(inputSchema.properties))].sort());
    }
  });
});

test('nesting without end costs neither the stack nor the time', () => {
  const nested = (open: string, close: string): string =>
    `${open.repeat(20_000)}{"type":"string"}${close.repeat(20_000)}`;
  const schemas = [
    nested('{"allOf":[', ']}'),
    nested('{"oneOf":[', ']}'),
    nested('{"properties":{"x":', '}}'),
    `{"properties":{"y":{},"x":${nested('{"items":', '}')}}}`,
    `{"properties":{"y":{},"x":{"enum":[${nested('[', ']')}]}}}`,
  ];
  const paths = schemas.map(
    (schema, at) =>
      `"/accounts/{a}/c${at}s/{id}":{"patch":{"requestBody":{"content":{"application/json":{"schema":${schema}}}}}}`,
  );
  const { operations } = compileContract(readDocument(`{"openapi":"3.1.0","paths":{${paths.join(',')}}}`));
  expect(operations).toHaveLength(5);
  for (const { inputSchema, validation } of operations) {
    expect(portabilityProblems(inputSchema)).toEqual([]);
    newAjv().compile(validation);
  }
});

test('the same document gives the same tools', () => {
  const once = JSON.stringify(compileContract(documentOf(NASTY, { components: COMPONENTS })));
  expect(JSON.stringify(compileContract(documentOf(NASTY, { components: COMPONENTS })))).toBe(once);
});

function compiledAt(schemas: Record<string, unknown>): readonly Operation[] {
  const bodyOf = (name: string): object =>
    json({ type: 'object', properties: { value: { $ref: `#/components/schemas/${name}` }, other: {} } });
  const paths = Object.fromEntries(
    Object.keys(schemas).map((name) => [`/accounts/{a}/c${name}`, { post: bodyOf(name) }]),
  );
  return compileContract(documentOf(paths, { components: { schemas } })).operations;
}

test.each([1, 2, 3])('random schemas (seed %i) are portable and Ajv takes them', (seed) => {
  const operations = compiledAt(randomSchemas(seed, 20, true));
  expect(operations).toHaveLength(20);
  const ajv = newAjv();
  for (const { path, inputSchema, validation } of operations) {
    expect([path, ...portabilityProblems(inputSchema)]).toEqual([path]);
    ajv.compile(validation);
  }
});

test.each([4, 5, 6])('without unions (seed %i) what fits one schema fits the other', (seed) => {
  const schemas = randomSchemas(seed, 40, false);
  const ajv = newAjv();
  for (const { path, inputSchema, validation } of compiledAt(schemas)) {
    const source = JSON.stringify(schemas[path.slice(path.lastIndexOf('/c') + 2)]);
    for (const full of [true, false]) {
      const sample = sampleOf(inputSchema, full);
      for (const schema of [inputSchema, validation]) {
        const check = ajv.compile(schema);
        expect([check(sample), check.errors, source]).toEqual([true, null, source]);
      }
    }
  }
});
