/** Arguments arrive as they were meant, whatever way a model writes them: there and back, for generated schemas and values. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ArgumentParser } from '../../src/catalog/arguments/argument-parser.ts';
import { type JsonSchema, parseJson, stringifyJson } from '../../src/core/json.ts';
import type { Tool } from '../../src/core/tool.ts';
import { callContext } from '../helpers/call-context.ts';

const RUNS = { numRuns: 300, seed: 20261128 };

/** A schema and a value that fits it, as JSON text: no digit of it may change. */
interface Described {
  readonly schema: JsonSchema;
  readonly json: string;
}

const integer = fc
  .bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
  .map((value): Described => ({ schema: { type: 'integer' }, json: String(value) }));
const decimal = fc
  .tuple(fc.bigInt({ min: 0n, max: 10n ** 18n }), fc.integer({ min: 1, max: 9 }))
  .map(([whole, part]): Described => ({ schema: { type: 'number' }, json: `${whole}.${part}` }));
const money = fc
  .tuple(fc.bigInt({ min: 0n, max: 10n ** 15n }), fc.integer({ min: 10, max: 99 }))
  .map(([whole, cents]): Described => ({ schema: { type: 'string' }, json: `"${whole}.${cents}"` }));
const text = fc
  .oneof(fc.string({ maxLength: 12 }), fc.constantFrom('[1', '{"a":1}', 'true', '7', 'null', ' ', '[]'))
  .map((value): Described => ({ schema: { type: 'string' }, json: JSON.stringify(value) }));
const flag = fc.boolean().map((value): Described => ({ schema: { type: 'boolean' }, json: String(value) }));
const described = fc.letrec<{ any: Described }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    ...[integer, decimal, money, text, flag],
    tie('any').chain(({ schema, json }) =>
      fc.integer({ min: 0, max: 3 }).map(
        (many): Described => ({
          schema: { type: 'array', items: schema },
          json: `[${Array.from({ length: many }, () => json).join(',')}]`,
        }),
      ),
    ),
    fc.array(tie('any'), { maxLength: 3 }).map(objectOf),
  ),
})).any;

function objectOf(members: readonly Described[]): Described {
  const named = members.map((one, at) => [`part_${at}`, one] as const);
  return {
    schema: { type: 'object', properties: Object.fromEntries(named.map(([name, { schema }]) => [name, schema])) },
    json: `{${named.map(([name, { json }]) => `"${name}":${json}`).join(',')}}`,
  };
}

const call = fc.array(described, { minLength: 1, maxLength: 5 }).map(objectOf);

function toolWith(validation: JsonSchema): Tool {
  const annotations = { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: false };
  const descriptor = { name: 'lucanto_pack_crate', title: 'x', description: '', inputSchema: validation };
  return {
    descriptor: { ...descriptor, annotations: { title: 'x', ...annotations } },
    ...{ validation, resource: 'crates', route: 'rest', tier: 'write', scopes: [] },
    call: () => Promise.reject(new Error('not called')),
  };
}

const parser = new ArgumentParser({ placed: async (args) => args });
const received = async (schema: JsonSchema, raw: unknown) =>
  stringifyJson((await parser.parse(toolWith(schema), raw, callContext())).args);

/** Each member in a wrong type that has one reading: containers, numbers and flags as text. */
function asText(json: string): unknown {
  const entries = Object.entries(Object(parseJson(json))).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : stringifyJson(value),
  ]);
  return Object.fromEntries(entries);
}

describe('The arguments of a call', () => {
  it.each([
    ['as they are', (json: string) => parseJson(json)],
    ['as one text', (json: string) => json],
    ['as text for each', asText],
    ['as text for each, in one text', (json: string) => stringifyJson(asText(json))],
  ])('arrive digit by digit and letter by letter when they are written %s', async (_how, write) => {
    await fc.assert(
      fc.asyncProperty(call, async ({ schema, json }) => {
        expect(await received(schema, write(json))).toBe(stringifyJson(parseJson(json)));
      }),
      RUNS,
    );
  });

  it('are the same when they are read once more', async () => {
    await fc.assert(
      fc.asyncProperty(call, fc.jsonValue(), async ({ schema }, other) => {
        const once = await received(schema, { part_0: other }).catch(() => null);
        if (once !== null) expect(await received(schema, parseJson(once))).toBe(once);
      }),
      RUNS,
    );
  });
});
