/** A pattern in a stranger's schema never holds the process: it is run with a bound, or left to the service. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { argumentProblems } from '../../src/catalog/arguments/validator.ts';
import { boundedRegExp, longestText } from '../../src/contract/bounded-pattern.ts';
import { json, oddService, parameters } from '../tools/odd-service.ts';
import { useScenes } from '../tools/opened.ts';

const { later, scene } = useScenes();

const FREEZING = [
  '^(a+)+$',
  '(a|a)*b',
  '^(a|aa)+$',
  '^([a-z]+)*$',
  '^(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)$x',
  '^(?=(a+)+$).*',
  '^(?:a?){40}a{40}$',
  '(.*a){25}',
  '^(\\w+\\s?)+$',
];
const LONG = `${'a'.repeat(50_000)}!`;

describe('A pattern that could freeze the process', () => {
  it.each(FREEZING)('is not run on a long text: %s', (pattern) => {
    expect(longestText(pattern)).toBeLessThan(100);
    expect(boundedRegExp(pattern, 'u').test(LONG)).toBe(true);
  });

  it('lets the call through to the service from every place of a contract', async () => {
    const text = { type: 'string', pattern: '^(a+)+$' };
    const paths = {
      '/workspaces/{workspace_id}/notes': {
        parameters: parameters('workspace_id'),
        get: { parameters: [{ name: 'q', in: 'query', schema: text }], responses: { 200: json({ type: 'array' }) } },
        post: {
          requestBody: {
            content: {
              'application/json': {
                schema: {
                  type: 'object',
                  properties: { title: text, tags: { type: 'array', items: text }, inner: { allOf: [text, text] } },
                  patternProperties: { '^(a+)+$': {} },
                },
              },
            },
          },
          responses: { 201: json({ type: 'object', properties: { id: {} } }) },
        },
      },
    };
    const odd = later(await oddService(paths, ({ method }) => ({ json: method === 'GET' ? [{ id: 1 }] : { id: 1 } })));
    const { ask } = await scene(odd.url, 'lct_pat_abcdefghij', { LUCANTO_SCOPES: 'manage:*' });
    const value = `${'a'.repeat(60)}!`;
    await ask('lucanto_list_notes', { q: value });
    await ask('lucanto_create_note', { title: value, tags: [value], inner: value });
    expect(odd.received.map(({ method }) => method)).toEqual(['GET', 'POST']);
  });

  it('lets values and names through in a remote schema', () => {
    const text = { type: 'string', pattern: '^(a|aa)+$' };
    const args = { note: LONG, more: { [LONG]: 1 }, all: [LONG, LONG] };
    const schema = {
      type: 'object',
      properties: { note: text, more: { patternProperties: { '^([a-z]+)*$': {} } }, all: { items: text } },
    };
    expect(argumentProblems(args, schema)).toEqual([]);
  });
});

describe('A pattern that surely ends', () => {
  it.each([
    ['^\\d+(\\.\\d{1,2})?$', '15.50', '15,50'],
    ['^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$', '2026-02-28', '2026-13-01'],
    ['^[A-Z]{2}\\d{2}[A-Z0-9]{1,30}$', 'SK3112000000198742637541', 'sk31'],
    ['^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$', 'a@example.com', 'a at example.com'],
    ['^(?:EU|SK|CZ)?[0-9]{8,10}$', 'SK20200000', 'XX1'],
    ['^\\p{L}[\\p{L} -]*$', 'Žofia Nováková', '9'],
  ])('is still checked: %s', (pattern, good, bad) => {
    const expression = boundedRegExp(pattern, 'u');
    expect([expression.test(good), expression.test(bad)]).toEqual([true, false]);
  });

  it('is never estimated cheaper than it is, for generated patterns and texts', () => {
    const atom = fc.constantFrom('a', '.', '[ab]', '\\w', 'b');
    const repeat = fc.constantFrom('', '*', '+', '?', '{2}', '{0,3}', '{2,}');
    const part = fc.tuple(atom, repeat).map(([one, often]) => one + often);
    const group = fc
      .tuple(fc.array(fc.array(part, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 }), repeat)
      .map(([branches, often]) => `(${branches.map((branch) => branch.join('')).join('|')})${often}`);
    const pattern = fc
      .array(fc.oneof(part, group), { minLength: 1, maxLength: 6 })
      .map((parts) => `^${parts.join('')}$`);
    fc.assert(
      fc.property(pattern, fc.constantFrom('a', 'ab', 'b'), (source, unit) => {
        const text = `${unit.repeat(Math.min(longestText(source), 2_000) / unit.length)}!`;
        // Ends, which is all that is asked here: a pattern that backtracks without end never comes back.
        expect(boundedRegExp(source, 'u').test(text)).toEqual(expect.any(Boolean));
      }),
      { numRuns: 500, seed: 20261128 },
    );
  });
});
