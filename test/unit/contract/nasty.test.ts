import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import { compileContract } from '../../../src/contract/compile.ts';
import { readPublished } from '../../../src/contract/document.ts';
import type { Operation } from '../../../src/contract/operation.ts';
import { saysItFailed, tellsOfError } from '../../../src/contract/success.ts';
import { documentOf, json, RECORD } from '../../helpers/documents.ts';
import { COMPONENTS, NASTY } from '../../helpers/nasty-document.ts';
import { portabilityProblems } from '../../helpers/portability.ts';
import { randomSchemas, sampleOf } from '../../helpers/random-schemas.ts';

function newAjv(): Ajv2020 {
  const ajv = new Ajv2020({ strict: false, validateFormats: true });
  addFormats.default(ajv);
  return ajv;
}

describe('a nasty document', () => {
  const { operations, leftOut } = compileContract(
    documentOf(NASTY, { components: COMPONENTS, servers: [7], security: 'none' }),
  );

  test('becomes tools, all of them portable', () => {
    expect(operations.length).toBeGreaterThanOrEqual(14);
    for (const { tool, inputSchema } of operations) {
      expect(tool).toMatch(/^[a-z0-9_]{1,40}$/);
      expect([tool, ...portabilityProblems(inputSchema)]).toEqual([tool]);
    }
    expect(new Set(operations.map(({ tool }) => tool)).size).toBe(operations.length);
    expect(leftOut.map(({ operation }) => operation)).toEqual(['HEAD /accounts/{a}/things/{thing}', '/x-ray']);
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

test('nesting without end costs neither the stack nor the time', async () => {
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
  const { operations } = compileContract(await readPublished(`{"openapi":"3.1.0","paths":{${paths.join(',')}}}`));
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

test('an object with a `toString` of its own ends nothing, wherever it stands', () => {
  const parameters = [{ name: 'If-Match', in: 'header', required: true }];
  const kind = { type: 'object', discriminator: { propertyName: 'kind', mapping: { tree: 'Tree' } } };
  const document = documentOf(
    { '/notes/{id}': { get: RECORD, patch: { parameters, ...json({ $ref: '#/components/schemas/Kind' }) } } },
    {
      components: {
        schemas: { ...COMPONENTS.schemas, Kind: kind },
        securitySchemes: { key: { type: 'apiKey', in: 'query', name: 'key' }, http: { type: 'http', scheme: 'basic' } },
      },
      security: [{ key: [] }, { http: [] }, {}],
      tags: [{ name: 'b' }, { name: 'a' }],
    },
  );
  const places = placesIn([document.paths, document.components, document.security, document.tags]);
  expect(places.length).toBeGreaterThan(60);
  for (const [owner, name] of places) {
    const before = Reflect.get(owner, name);
    Reflect.set(owner, name, { toString: 1 });
    // What only calls need of an operation is made when it is first read.
    expect(() => JSON.stringify(compileContract(document))).not.toThrow();
    Reflect.set(owner, name, before);
  }
});

function placesIn(value: unknown): readonly (readonly [object, string])[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [[value, name] as const, ...placesIn(inner)]);
}

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

test.each(['status', 'result', 'success', 'code', 'ok', 'state'])(
  'a %s that has a toString of its own ends no reading of an answer',
  (name) => {
    const answer = { [name]: { toString: 1 }, message: 'made' };
    expect(saysItFailed(answer)).toBe(false);
    expect(tellsOfError(answer)).toBe(false);
  },
);
