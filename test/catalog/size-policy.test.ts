import { describe, expect, it } from 'vitest';
import { LIST_LIMIT, type Listing, listTools } from '../../src/catalog/listing/list-size.ts';
import { applyStep, WHOLE } from '../../src/catalog/listing/shorten.ts';
import { documentOf, json } from '../helpers/documents.ts';
import { portabilityProblems } from '../helpers/portability.ts';
import { bundledTools, toolsOf } from './descriptors.ts';

/** A document of some resources, each with a create of some wordy fields, one of them nested. */
function wordy(resources: number, fields: number) {
  const properties = Object.fromEntries(
    Array.from({ length: fields }, (_, index) => [
      `field_${index}_name`,
      {
        type: 'string',
        format: 'date',
        description: `What field ${index} is for, told at a length that nobody needs: ${'and so on '.repeat(12)}.`,
      },
    ]),
  );
  const body = { ...properties, lines: { type: 'array', items: { type: 'object', properties } } };
  const paths = Object.fromEntries(
    Array.from({ length: resources }, (_, index) => [
      `/accounts/{a}/${'abcdefghijklmnopqrstuvwxyz'[index]}_things`,
      {
        post: {
          summary: `Create it. ${'There is much to say of it. '.repeat(12)}`,
          ...json({ type: 'object', properties: body }),
        },
      },
    ]),
  );
  return toolsOf(documentOf(paths));
}

function listing(resources: number, fields: number): Listing {
  const tools = wordy(resources, fields);
  return listTools(tools);
}

describe('the size policy', () => {
  it('leaves a list that fits as it is', () => {
    const { descriptors, shortened } = listing(2, 3);
    expect(shortened).toEqual([]);
    expect(JSON.stringify(descriptors)).toContain('and so on');
  });

  it.each([
    [10, 10],
    [12, 12],
    [24, 12],
    [26, 24],
  ])(
    'brings %i resources of %i fields under the limit, keeps every name, and says what it did',
    (resources, fields) => {
      const { descriptors, bytes, shortened } = listing(resources, fields);
      expect(bytes).toBeLessThanOrEqual(LIST_LIMIT);
      expect(shortened).toEqual([
        expect.stringMatching(/^The list is shortened from \d+\.\d kB to \d+\.\d kB: descriptions/),
      ]);
      expect(descriptors).toHaveLength(resources);
      for (const { name, inputSchema } of descriptors) {
        expect(
          portabilityProblems(inputSchema).filter((problem) => !problem.includes('no short text')),
          name,
        ).toEqual([]);
      }
      const [first] = descriptors;
      for (let index = 0; index < fields; index += 1) {
        expect(JSON.stringify(first?.inputSchema)).toContain(`field_${index}_name`);
      }
    },
  );

  it('keeps formats when it shortens a description', () => {
    const { descriptors } = listing(10, 10);
    expect(JSON.stringify(descriptors[0])).toContain('(YYYY-MM-DD)');
  });

  // 58 characters of values and no more: a0 to a13, with what separates them.
  it.each([
    [20, 'a', undefined],
    [21, 'a', 'one of a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13 … (21 values)'],
    [5, 'b'.repeat(60), 'one of (5 values)'],
  ])('tells values in prose where they are many or long: %i of %s', (count, word, told) => {
    const values = Array.from({ length: count }, (_, at) => `${word}${at}`);
    const properties = { kind: { type: 'string', enum: values } };
    const create = { post: { summary: 'Create it.', ...json({ type: 'object', properties }) } };
    const listed = toolsOf(documentOf({ '/accounts/{a}/things': create })).map(({ descriptor }) => ({
      descriptor,
      details: new Set<string>(),
      caution: '',
    }));
    const [first] = applyStep({ ...WHOLE, values: 'few' }, listed);
    const shown = told === undefined ? { enum: values } : { type: 'string', description: told };
    expect(first?.descriptor.inputSchema).toMatchObject({ properties: { kind: shown } });
    expect(JSON.stringify(first).includes('"enum"')).toBe(told === undefined);
  });

  it('is deterministic', () => {
    expect(listing(20, 12)).toEqual(listing(20, 12));
  });
});

describe('arguments that are told in words', () => {
  const tools = bundledTools();
  const described = (visible: RegExp, name: string): string => {
    const { descriptors } = listTools(tools.filter(({ descriptor }) => visible.test(descriptor.name)));
    return JSON.stringify(descriptors.find((descriptor) => descriptor.name === name)?.inputSchema);
  };

  it('are told in full by a tool that has no other to refer to', () => {
    expect(described(/./, 'lucanto_create_quote')).toContain('as in lucanto_create_invoice but due_date');
    expect(described(/quote/, 'lucanto_create_quote')).toContain('exchange_rate (1.0000)');
    expect(described(/update_quote/, 'lucanto_update_quote')).toContain('exchange_rate (1.0000)');
    expect(described(/update_quote/, 'lucanto_update_quote')).toContain('unit_price');
  });
});
