/** What a schema demands of a value: the same as Ajv says, for the schemas of every tool and for generated ones. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bundledDocument } from '../../../src/contract/bundled-contract.ts';
import { compileContract } from '../../../src/contract/compile.ts';
import type { JsonSchema } from '../../../src/core/json.ts';
import { schemaErrors } from '../../../src/core/schema-check.ts';
import { DOCUMENTS } from '../../documents/all.ts';
import { sampleArguments } from '../../documents/sample-arguments.ts';

const RUNS = { numRuns: Number(process.env.PROPERTY_RUNS ?? 500), seed: 20261128 };
const RULES = { formats: {}, regExp: (pattern: string) => new RegExp(pattern, 'u') };
const ajv = () =>
  new Ajv2020({ strict: false, strictNumbers: true, allErrors: true, validateSchema: false, logger: false });

const fits = (value: unknown, schema: JsonSchema) => schemaErrors(value, schema, schema, RULES).length === 0;

function answer(check: () => boolean): boolean | null {
  try {
    return check();
  } catch {
    return null;
  }
}

/** Two branches that fit are for the service to decide. */
function unionsOf(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(unionsOf);
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema).map(([name, one]) => [name === 'oneOf' ? 'anyOf' : name, unionsOf(one)]),
  );
}

const name = fc.constantFrom('a', 'b', 'c', 'd1');
const scalar = fc.oneof(
  fc.constantFrom(null, true, false, 0, 1, -1, 2, 7, 1.5, 2.25, 1e15, '', 'a', 'ab', 'abc', '12', '😀', 'ž'),
  fc.integer({ min: -9, max: 9 }),
);
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('any'), { maxLength: 4 }),
    fc.dictionary(name, tie('any'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).any;

const small = fc.integer({ min: 0, max: 3 });
const keywords = fc.letrec<{ schema: JsonSchema | boolean }>((tie) => {
  const schema = tie('schema');
  const schemas = fc.array(schema, { minLength: 1, maxLength: 3 });
  const type = fc.constantFrom('null', 'boolean', 'integer', 'number', 'string', 'array', 'object');
  const named = fc.dictionary(name, schema, { maxKeys: 3 });
  const one = fc.oneof(
    { weight: 4, arbitrary: fc.record({ type: fc.oneof(type, fc.uniqueArray(type, { minLength: 1, maxLength: 3 })) }) },
    { weight: 3, arbitrary: fc.record({ properties: named, required: fc.uniqueArray(name, { maxLength: 2 }) }) },
    fc.record({ properties: named, additionalProperties: schema }),
    fc.record({ patternProperties: fc.dictionary(fc.constantFrom('^[ab]$', '\\d'), schema, { maxKeys: 2 }) }),
    fc.record({ propertyNames: fc.record({ maxLength: fc.constant(1) }) }),
    fc.record({ allOf: schemas, unevaluatedProperties: fc.constantFrom(false, true, { type: 'string' }) }),
    fc.record({ dependentRequired: fc.dictionary(name, fc.uniqueArray(name, { maxLength: 2 }), { maxKeys: 2 }) }),
    fc.record({ dependentSchemas: named }),
    fc.record({ prefixItems: schemas, items: schema }),
    fc.record({ items: schema }),
    fc.record({ contains: schema, minContains: small, maxContains: small }),
    fc.record({ contains: schema }),
    fc.record({ minItems: small }),
    fc.record({ maxItems: small, uniqueItems: fc.boolean() }),
    fc.record({ minProperties: small, maxProperties: small }),
    fc.record({ minLength: small }),
    fc.record({ maxLength: small, pattern: fc.constantFrom('^a', '\\d+', '^.$') }),
    fc.record({ minimum: small, exclusiveMaximum: small }),
    fc.record({ maximum: small, exclusiveMinimum: fc.integer({ min: -3, max: 3 }) }),
    fc.record({ multipleOf: fc.constantFrom(2, 0.5, 0.75) }),
    fc.record({ enum: fc.array(value, { minLength: 1, maxLength: 3 }) }),
    fc.record({ const: value }),
    fc.record({ anyOf: schemas }),
    fc.record({ allOf: schemas }),
    fc.record({ not: schema }),
    fc.tuple(schema, schema, schema).map(([condition, fitting, other]) =>
      Object.fromEntries([
        ['if', condition],
        ['then', fitting],
        ['else', other],
      ]),
    ),
    fc.record({ $ref: fc.constantFrom('#/$defs/first', '#/$defs/second') }),
  );
  const merged = fc.array(one, { minLength: 1, maxLength: 3 }).map((parts) => Object.assign({}, ...parts));
  return { schema: fc.oneof({ depthSize: 'small', withCrossShrink: true }, fc.constantFrom({}, true, false), merged) };
}).schema;

describe('A schema', () => {
  it('demands what Ajv says it does', () => {
    let refused = 0;
    fc.assert(
      fc.property(
        keywords,
        keywords,
        keywords,
        fc.array(value, { minLength: 8, maxLength: 8 }),
        (any, first, second, values) => {
          // Those two refer to nothing, since Ajv follows a circle until its stack ends.
          const defs = { first: withoutReferences(first), second: withoutReferences(second) };
          const schema = { allOf: [any], $defs: defs };
          const check = ajv().compile(schema);
          for (const one of values) {
            const expected = answer(() => check(one));
            // Ajv fails at some references beside what is not evaluated.
            if (expected === null) continue;
            refused += expected ? 0 : 1;
            expect([one, fits(one, schema)]).toEqual([one, expected]);
          }
        },
      ),
      RUNS,
    );
    expect(refused).toBeGreaterThan(RUNS.numRuns);
  });
});

function withoutReferences(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withoutReferences);
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema).flatMap(([key, one]) => (key === '$ref' ? [] : [[key, withoutReferences(one)]])),
  );
}

describe.each([['bundled', bundledDocument] as const, ...DOCUMENTS.map((one) => [one.name, one.document] as const)])(
  'The tools of the document "%s"',
  (_name, document) => {
    const all = compileContract(JSON.parse(JSON.stringify(document))).operations;
    const operations = all.filter((_one, at) => at % Math.ceil(all.length / 30) === 0);

    it('take and refuse the same arguments as with Ajv', () => {
      let [taken, refused] = [0, 0];
      for (const { tool, validation, inputSchema } of operations) {
        const check = ajv().compile(Object(unionsOf(validation)));
        const descriptor = { name: tool, inputSchema };
        for (const full of [true, false]) {
          const args = sampleArguments({ validation, descriptor: Object(descriptor) }, full, 'x.pdf');
          for (const one of [args, ...variants(args)]) {
            const expected = check(one);
            if (expected) taken += 1;
            else refused += 1;
            expect([tool, one, fits(one, validation)]).toEqual([tool, one, expected]);
          }
        }
      }
      expect(taken).toBeGreaterThan(operations.length);
      expect(refused).toBeGreaterThan(operations.length);
    });
  },
);

const WRONG = [null, true, -1, 1.5, '', 'x'.repeat(300), [], {}];

/** The same arguments with each value in turn replaced, taken away, or joined by another. */
function variants(whole: unknown): unknown[] {
  if (Array.isArray(whole)) {
    const changed = whole.flatMap((item, at) => variants(item).map((one) => whole.with(at, one)));
    return [...WRONG, [...whole, 'one more'], ...changed];
  }
  if (typeof whole !== 'object' || whole === null) return WRONG;
  const members = Object.entries(whole);
  return [
    { ...whole, zz_other: 1 },
    ...members.map(([key]) => Object.fromEntries(members.filter(([other]) => other !== key))),
    ...members.flatMap(([key, member]) => [...WRONG, ...variants(member)].map((one) => ({ ...whole, [key]: one }))),
  ];
}
