import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import type { Operation } from '../../../src/contract/operation.ts';
import { portableToolSchema } from '../../../src/contract/portable-schema.ts';
import { isJsonObject } from '../../../src/core/json.ts';
import { json, only } from '../../helpers/documents.ts';
import { portabilityProblems } from '../../helpers/portability.ts';

const PATH = '/accounts/{a}/things';

function posting(schema: unknown, more: object = {}): Operation {
  return only({ [PATH]: { post: json(schema) } }, more);
}

/** What clients see of one property. */
function shown(schema: unknown, more: object = {}): unknown {
  const { inputSchema } = posting({ type: 'object', properties: { x: schema, other: {} } }, more);
  expect(portabilityProblems(inputSchema)).toEqual([]);
  return isJsonObject(inputSchema.properties) ? inputSchema.properties.x : undefined;
}

function accepts(schema: unknown, value: unknown, more: object = {}): boolean {
  const { validation } = posting({ type: 'object', properties: { x: schema, other: {} } }, more);
  return new Ajv2020({ strict: false, formats: { date: /^\d{4}-\d\d-\d\d$/ } }).compile(validation)({ x: value });
}

describe('what clients see', () => {
  test.each([
    [{ type: ['string', 'null'] }, { type: 'string' }],
    [{ type: 'string', nullable: true }, { type: 'string' }],
    [{ anyOf: [{ type: 'integer' }, { type: 'null' }] }, { type: 'integer' }],
    [{ const: 'a' }, { type: 'string', enum: ['a'] }],
    [{ enum: ['a', 'b', null] }, { type: 'string', enum: ['a', 'b'] }],
    [{ oneOf: [{ const: 1 }, { const: 2 }] }, { type: 'integer', enum: [1, 2] }],
    [
      { type: 'string', enum: [1, 2] },
      { type: 'integer', enum: [1, 2] },
    ],
    [{ oneOf: [{ enum: ['a'] }, { enum: ['b'] }] }, { type: 'string', enum: ['a', 'b'] }],
    [true, {}],
    [{}, {}],
    [{ type: 'array' }, { type: 'array', items: {} }],
    [
      { type: 'array', items: true },
      { type: 'array', items: {} },
    ],
    [{ properties: { a: { type: 'string' } } }, { type: 'object', properties: { a: { type: 'string' } } }],
    [
      { type: 'object', additionalProperties: { type: 'number' } },
      { type: 'object', additionalProperties: { type: 'number' } },
    ],
    [{ type: 'object', additionalProperties: true }, { type: 'object' }],
    [{ type: 'integer', format: 'int64', minimum: 1, title: 'T', example: 3, 'x-y': 1 }, { type: 'integer' }],
    [{ type: 'integer', minimum: 1, maximum: 2 ** 63 }, { type: 'integer' }],
    [
      { type: 'integer', minimum: 1, maximum: 100, default: 25 },
      { type: 'integer', minimum: 1, maximum: 100, default: 25, description: '1 to 100' },
    ],
    [{ type: 'string', default: null }, { type: 'string' }],
  ])('%j is shown as %j', (schema, expected) => {
    expect(shown(schema)).toEqual(expected);
  });

  test.each([
    [{ type: 'string', format: 'date' }, 'YYYY-MM-DD'],
    [{ type: 'string', format: 'date', description: 'Due date.' }, 'Due date (YYYY-MM-DD)'],
    [{ type: 'string', format: 'date', description: 'Due, as YYYY-MM-DD' }, 'Due, as YYYY-MM-DD'],
    [{ type: 'string', format: 'date-time' }, 'Like 2024-01-15T09:30:00Z'],
    [{ type: 'string', pattern: '^[A-Z]{3}$', description: 'Code' }, 'Code (matches ^[A-Z]{3}$)'],
    [{ type: 'string', maxLength: 255 }, 'Max 255 characters'],
    [{ type: 'string', minLength: 3, maxLength: 3, description: 'Code' }, 'Code (3 characters)'],
    [{ type: 'string', maxLength: 3, description: 'Code of 3 letters' }, 'Code of 3 letters'],
    [{ type: 'number', exclusiveMinimum: 0 }, 'More than 0'],
    [{ type: 'number', minimum: 0, exclusiveMinimum: true }, 'More than 0'],
  ])('what hosts strip from %j is said in words', (schema, description) => {
    expect(shown(schema)).toMatchObject({ description });
  });

  test.each([
    [{ oneOf: [{ type: 'number' }, { type: 'string', pattern: '^\\d+(\\.\\d+)?$' }], description: 'Price' }],
    [{ type: ['string', 'number', 'null'], description: 'Price' }],
    [{ anyOf: [{ type: 'string', format: 'decimal' }, { type: 'number' }, { type: 'null' }], description: 'Price' }],
  ])('money %j is a string', (schema) => {
    expect(shown(schema)).toEqual({ type: 'string', description: 'Price (decimal as a string, like "15.50")' });
    expect(accepts(schema, '15.50')).toBe(true);
    expect(accepts(schema, 15.5)).toBe(true);
  });

  test('a union of objects is one object that requires what all its branches require', () => {
    const person = {
      type: 'object',
      required: ['kind', 'born'],
      properties: { kind: { const: 'p' }, born: { type: 'string' } },
    };
    const company = {
      type: 'object',
      required: ['kind', 'vat'],
      properties: { kind: { const: 'c' }, vat: { type: 'string' } },
    };
    expect(shown({ oneOf: [person, company], description: 'Who' })).toEqual({
      type: 'object',
      properties: { kind: { type: 'string', enum: ['p', 'c'] }, born: { type: 'string' }, vat: { type: 'string' } },
      required: ['kind'],
      description: 'Who (needs born with kind p, vat with kind c)',
    });
    expect(accepts({ oneOf: [person, company] }, { kind: 'c', vat: '1' })).toBe(true);
    expect(accepts({ oneOf: [person, company] }, { kind: 'c', born: '1' })).toBe(false);
  });

  test('a tuple is an array of anything that may stand in it', () => {
    const tuple = {
      type: 'array',
      prefixItems: [
        { type: 'number', description: 'longitude' },
        { type: 'number', description: 'latitude' },
      ],
    };
    expect(shown(tuple)).toMatchObject({
      type: 'array',
      items: { type: 'number' },
      description: 'In this order: longitude, latitude',
    });
    expect(accepts(tuple, [1, 2])).toBe(true);
    expect(accepts(tuple, ['1', 2])).toBe(false);
    expect(accepts({ type: 'array', items: [{ type: 'string' }], additionalItems: false }, ['a'])).toBe(true);
  });

  test.each([
    [{ anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] }, 'array', 'Or string'],
    [{ anyOf: [{ type: 'integer' }, { type: 'object', properties: { a: {} } }] }, 'object', 'Or integer'],
    [{ anyOf: [{ type: 'integer' }, { enum: ['auto', 'none'] }] }, undefined, 'Integer or auto, none'],
  ])('other unions %j show what is richest and say the rest', (schema, type, description) => {
    expect(shown(schema)).toMatchObject({ ...(type === undefined ? {} : { type }), description });
  });

  test('read-only, deprecated and impossible properties are gone at any depth', () => {
    const properties = {
      a: { type: 'string' },
      b: { type: 'string', readOnly: true },
      c: { type: 'string', deprecated: true },
      d: false,
      e: { $ref: '#/components/schemas/Stamp' },
      f: { type: 'string', deprecated: true },
    };
    const more = { components: { schemas: { Stamp: { type: 'string', readOnly: true } } } };
    const schema = { type: 'array', items: { type: 'object', required: ['a', 'b', 'f'], properties } };
    expect(shown(schema, more)).toMatchObject({ items: { required: ['a', 'f'] } });
    expect(Object.keys(JSON.parse(JSON.stringify(shown(schema, more))).items.properties)).toEqual(['a', 'f']);
    expect(accepts(schema, [{ a: '', f: '' }], more)).toBe(true);
  });

  test('defaults are not shown in updates', () => {
    const body = json({ type: 'object', properties: { x: { type: 'string', default: 'EUR' }, y: {} } });
    const operation = only({ [`${PATH}/{id}`]: { patch: body } });
    expect(JSON.stringify(operation.inputSchema)).not.toContain('EUR');
  });

  test('long descriptions end at a sentence or word', () => {
    const long = shown({
      type: 'string',
      description: `${'A first sentence that is long enough to be kept as it is, surely, and then some more words. '.repeat(2)}Lost ${'x'.repeat(300)}`,
    });
    expect(long).toMatchObject({ description: expect.stringMatching(/words\.$/) });
    const word = shown({ type: 'string', format: 'date', description: 'word '.repeat(100) });
    expect(word).toMatchObject({ description: expect.stringMatching(/word… \(YYYY-MM-DD\)$/) });
  });
});

describe('references', () => {
  const schemas = {
    Node: {
      type: 'object',
      properties: {
        name: { type: 'string' },
        children: { type: 'array', items: { $ref: '#/components/schemas/Node' } },
      },
    },
    Pet: { oneOf: [{ $ref: '#/components/schemas/Cat' }, { $ref: '#/components/schemas/Dog' }] },
    Cat: {
      allOf: [{ $ref: '#/components/schemas/Pet' }, { type: 'object', properties: { lives: { type: 'integer' } } }],
    },
    Dog: {
      allOf: [{ $ref: '#/components/schemas/Pet' }, { type: 'object', properties: { barks: { type: 'boolean' } } }],
    },
    Loop: { $ref: '#/components/schemas/Loop' },
    'a/b~c': { type: 'integer' },
    ...Object.fromEntries(
      Array.from({ length: 12 }, (_, at) => [
        `L${at}`,
        { type: 'object', properties: { next: { $ref: `#/components/schemas/L${at + 1}` } } },
      ]),
    ),
    L12: { type: 'string' },
  };
  const more = { components: { schemas } };
  const to = (name: string): object => ({ $ref: `#/components/schemas/${name}` });

  test('a recursive schema ends where it begins again', () => {
    const items = { type: 'object', description: 'Same shape as the object around it' };
    const properties = { name: { type: 'string' }, children: { type: 'array', items } };
    expect(shown(to('Node'), more)).toEqual({ type: 'object', properties });
    expect(accepts(to('Node'), { name: 'a', children: [{ name: 'b', children: [{ whatever: 1 }] }] }, more)).toBe(true);
    expect(accepts(to('Node'), { name: 1 }, more)).toBe(false);
  });

  test('a recursive schema says where it begins again what it must have, and that there is more', () => {
    const Kind = { type: 'string', enum: ['a', 'b'] };
    const tree = {
      type: 'object',
      required: ['kind', 'up'],
      properties: { kind: to('Kind'), up: to('Tree'), note: {} },
    };
    const inside = { components: { schemas: { Tree: tree, Kind } } };
    const up = { type: 'object', properties: { kind: Kind }, required: ['kind'] };
    expect(shown(to('Tree'), inside)).toMatchObject({
      properties: { up: { ...up, description: 'Same shape as the object around it' } },
    });
    expect(accepts(to('Tree'), { kind: 'a', up: { kind: 'b', note: 1 } }, inside)).toBe(true);
    expect(accepts(to('Tree'), { kind: 'a', up: {} }, inside)).toBe(false);
    expect(accepts(to('Tree'), { kind: 'a', up: { kind: 'c' } }, inside)).toBe(false);
  });

  test('a union whose branches inherit from it is read', () => {
    expect(shown(to('Pet'), more)).toMatchObject({
      properties: { lives: { type: 'integer' }, barks: { type: 'boolean' } },
    });
    expect(accepts(to('Pet'), { lives: 9 }, more)).toBe(true);
  });

  test('depth is bounded, and the description says so', () => {
    const text = JSON.stringify(shown(to('L0'), more));
    expect(text.match(/"next"/g)).toHaveLength(6);
    expect(text).toContain('too deep to show here');
  });

  test('references to themselves, to nowhere and with escapes do no harm', () => {
    expect(shown(to('Loop'), more)).toEqual({});
    expect(shown(to('Nowhere'), more)).toEqual({});
    expect(shown(to('constructor'), more)).toEqual({});
    expect(shown({ $ref: 'https://elsewhere.example/x.json' }, more)).toEqual({});
    expect(shown(to('a~1b~0c'), more)).toEqual({ type: 'integer' });
    expect(shown({ ...to('L12'), description: 'Mine', nullable: true }, more)).toEqual({
      type: 'string',
      description: 'Mine',
    });
  });

  test('a document that refers in every direction stays small', () => {
    const names = Array.from({ length: 20 }, (_, at) => `W${at}`);
    const wide = Object.fromEntries(
      names.map((name) => [
        name,
        { type: 'object', properties: Object.fromEntries(names.map((other) => [other, to(other)])) },
      ]),
    );
    const operation = posting(
      { type: 'object', properties: { x: to('W0'), other: {} } },
      { components: { schemas: wide } },
    );
    expect(JSON.stringify(operation.inputSchema).length).toBeLessThan(200_000);
    expect(JSON.stringify(operation.validation).length).toBeLessThan(400_000);
  });
});

describe('what arguments are checked against', () => {
  test.each([
    [{ type: ['string', 'null'] }, null, true],
    [{ type: 'string', nullable: true }, null, true],
    [{ allOf: [{ $ref: '#/components/schemas/S' }], nullable: true }, null, true],
    [{ type: 'string' }, null, false],
    [{ enum: ['a', null] }, null, true],
    [{ type: 'string', format: 'date' }, 'tomorrow', false],
    [{ type: 'string', format: 'made-up' }, 'x', true],
    [{ type: 'string', pattern: '^[A-Z]+$' }, 'a', false],
    [{ type: 'string', pattern: '(?<broken' }, 'a', true],
    [{ type: 'string', pattern: '\\Z' }, 'a', true],
    [{ type: 'string', minLength: '3' }, 'a', true],
    [{ type: 'string', maxLength: 2 }, 'abc', false],
    [{ type: 'number', multipleOf: 0.01 }, 19.99, true],
    [{ type: 'number', minimum: 0, exclusiveMinimum: true }, 0, false],
    [{ type: 'integer', maximum: 2 ** 63 }, 5, true],
    [{ oneOf: [{ type: 'integer' }, { type: 'number' }] }, 5, true],
    [{ type: 'object', properties: { a: {} }, additionalProperties: false }, { b: 1 }, false],
    [{ type: 'object', properties: { a: {} } }, { b: 1 }, true],
    [{ type: 'object', required: ['a'], properties: { a: { type: ['string', 'null'] } } }, {}, false],
    [{ type: 'object', required: ['a'], properties: { a: { type: ['string', 'null'] } } }, { a: null }, true],
    [{ allOf: [{ type: 'object', required: ['a'] }, { properties: { a: { type: 'string' } } }] }, { a: 1 }, false],
    [{ type: 'nonsense' }, 1, true],
    [{ enum: [] }, 1, true],
    [{ anyOf: Array.from({ length: 99 }, (_, at) => ({ type: 'object', required: [`p${at}`] })) }, { p98: 1 }, true],
  ])('%j and %j: %s', (schema, value, fits) => {
    expect(accepts(schema, value, { components: { schemas: { S: { type: 'string' } } } })).toBe(fits);
  });

  test('names, required arguments and closedness at the root are those that clients see', () => {
    const { inputSchema, validation } = posting({ type: 'object', required: ['a'], properties: { a: {}, b: {} } });
    expect(Object.keys(Object(validation.properties))).toEqual(Object.keys(Object(inputSchema.properties)));
    expect(validation).toMatchObject({ required: inputSchema.required, additionalProperties: false });
  });
});

test('a body that is a union is flat, and what it needs is in the description', () => {
  const base = {
    type: 'object',
    properties: { name: { type: 'string' }, iban: { type: 'string' }, number: { type: 'string' } },
  };
  const { description, inputSchema } = posting({
    type: 'object',
    properties: {
      bank_account: { ...base, oneOf: [{ required: ['name', 'iban'] }, { required: ['name', 'number'] }] },
    },
  });
  expect(Object.keys(Object(inputSchema.properties))).toEqual(['workspace_id', 'name', 'iban', 'number']);
  expect(inputSchema.required).toEqual(['name']);
  expect(description).toBe('Create thing. Needs iban, or number.');
});

test('a remote tool’s schema is made portable by itself', () => {
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    $defs: { Money: { oneOf: [{ type: 'number' }, { type: 'string' }] } },
    properties: { price: { $ref: '#/$defs/Money' }, at: { type: ['string', 'null'], format: 'date' } },
    required: ['price', 'at'],
    anyOf: [{ required: ['price'] }],
  };
  const portable = portableToolSchema(schema);
  expect(portabilityProblems(portable)).toEqual([]);
  expect(portable).toMatchObject({
    properties: { price: { type: 'string' }, at: { type: 'string', description: 'YYYY-MM-DD' } },
  });
  for (const odd of [true, null, [], 'x', { type: 'string' }])
    expect(portabilityProblems(portableToolSchema(odd))).toEqual([]);
});
