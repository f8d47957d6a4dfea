/** Some hosts strip `format`, `pattern` and lengths from schemas: what a value must be is said in words as well. */
import { describe, expect, it } from 'vitest';
import { portableToolSchema } from '../../../src/contract/portable-schema.ts';
import { json, only } from '../../helpers/documents.ts';

const components = {
  schemas: {
    Day: { type: 'string', format: 'date' },
    Code: { allOf: [{ type: 'string' }, { minLength: 3 }, { maxLength: 3, pattern: '^[A-Z]{3}$' }] },
    Long: { type: 'string', pattern: `^(${'a|'.repeat(60)}b)$` },
  },
};

function wordsOf(schema: unknown): readonly string[] {
  const { inputSchema } = only(
    { '/accounts/{a}/things': { post: json({ type: 'object', properties: { x: schema, other: {} } }) } },
    { components },
  );
  const remote = portableToolSchema({ type: 'object', properties: { x: schema }, components });
  return [inputSchema, remote].map(({ properties }) => JSON.stringify(Object(properties).x));
}

describe('a constraint is said in words', () => {
  it.each<[unknown, RegExp]>([
    [{ type: 'string', format: 'date' }, /"YYYY-MM-DD"/],
    [{ $ref: '#/components/schemas/Day' }, /"YYYY-MM-DD"/],
    [{ type: ['string', 'null'], format: 'date-time' }, /2024-01-15T09:30:00Z/],
    [{ anyOf: [{ $ref: '#/components/schemas/Day' }, { type: 'null' }] }, /YYYY-MM-DD/],
    [{ type: 'string', format: 'email', description: 'Who gets it' }, /Who gets it \(e-mail address\)/],
    [{ type: 'string', format: 'iban-like' }, /[Ff]ormat iban-like/],
    [{ type: 'string', pattern: '^[A-Z]{2}\\d+$' }, /[Mm]atches \^\[A-Z\]\{2\}/],
    [{ $ref: '#/components/schemas/Code' }, /\[A-Z\]\{3\}\$; 3 characters/],
    [{ $ref: '#/components/schemas/Long' }, /[Ii]n a form that the service checks/],
    [{ type: 'string', minLength: 2, maxLength: 20 }, /2–20 characters/],
    [{ type: 'string', maxLength: 255 }, /[Mm]ax 255 characters/],
    [{ type: 'string', minLength: 8 }, /[Aa]t least 8 characters/],
    [{ type: 'integer', minimum: 1, maximum: 31 }, /"1 to 31"/],
    [{ type: 'integer', minimum: 0, description: 'Days' }, /Days \(at least 0\)/],
    [{ type: 'number', maximum: 99.5 }, /[Aa]t most 99\.5/],
    [{ type: 'number', exclusiveMinimum: 0, multipleOf: 0.25 }, /[Mm]ore than 0; a multiple of 0\.25/],
    [{ oneOf: [{ type: 'string', pattern: '^-?\\d+(\\.\\d+)?$' }, { type: 'number' }] }, /[Dd]ecimal as a string/],
    [{ type: 'array', items: { type: 'string', format: 'email' } }, /[Ee]-mail address/],
    [{ type: 'array', items: { type: 'integer' }, minItems: 1, maxItems: 50 }, /1 to 50 of them/],
    [{ type: 'array', items: { type: 'integer' }, maxItems: 5 }, /[Aa]t most 5 of them/],
    [
      { type: 'object', properties: { deep: { properties: { on: { $ref: '#/components/schemas/Day' } } } } },
      /YYYY-MM-DD/,
    ],
    [{ type: 'object', additionalProperties: { type: 'string', format: 'uuid' } }, /"UUID"/],
    [{ enum: ['a', 3] }, /a, 3|such as/],
  ])('%j', (schema, said) => {
    for (const text of wordsOf(schema)) expect(text).toMatch(said);
  });

  it.each<[unknown]>([
    [{ type: 'string', format: 'date', description: 'As YYYY-MM-DD' }],
    [{ type: 'integer', minimum: 1, maximum: 100, description: 'from 1 up to 100' }],
    [{ type: 'string', maxLength: 255, description: 'no more than 255 letters' }],
  ])('but not twice: %j', (schema) => {
    for (const text of wordsOf(schema)) {
      expect(text).toContain(`"description":"${Object(schema).description}"`);
    }
  });

  it.each<[unknown]>([[{ type: 'integer', format: 'int64', minimum: 1 }], [{ type: 'integer', maximum: 2 ** 31 - 1 }]])(
    'and not at all where it is the machine that is told of: %j',
    (schema) => {
      for (const text of wordsOf(schema)) expect(text).not.toContain('description');
    },
  );
});
