/** The arguments that the bridge adds to the service's: taken out of a call, wherever and however they are given. */
import { describe, expect, it } from 'vitest';
import { ArgumentParser, FOR_MODELS } from '../../../src/catalog/arguments/argument-parser.ts';
import type { JsonSchema } from '../../../src/core/json.ts';
import type { Tool } from '../../../src/core/tool.ts';
import { callContext } from '../../helpers/call-context.ts';

type Over = Partial<Pick<Tool, 'route' | 'irreversible'>> & { readonly readOnly?: boolean };

function parse(properties: JsonSchema, raw: unknown, over: Over = {}) {
  const schema = { type: 'object', properties, additionalProperties: false };
  const { readOnly = false, ...rest } = over;
  const annotations = {
    title: 'T',
    readOnlyHint: readOnly,
    destructiveHint: false,
    idempotentHint: true,
    openWorldHint: false,
  };
  const tool: Tool = {
    descriptor: { name: 'lucanto_do_it', title: 'T', description: '', inputSchema: schema, annotations },
    validation: schema,
    route: 'rest',
    tier: readOnly ? 'read' : 'write',
    resource: 'things',
    scopes: [],
    call: () => Promise.reject(new Error('not called')),
    ...rest,
  };
  const parser = new ArgumentParser({ placed: async (args) => args });
  return parser.parse(tool, raw, callContext({ answer: FOR_MODELS }));
}

const id = { id: { type: 'integer' } };

describe('Arguments in `more`', () => {
  const rate = { ...id, rate: { type: 'string' } };

  it.each([
    ['an object', { id: 1, more: { rate: '2.0' } }],
    ['text that holds an object', { id: 1, more: '{"rate":"2.0"}' }],
    ['an object that repeats an argument', { id: 1, rate: '2.0', more: { rate: '2.0' } }],
    ['an object, in arguments that are one string', '{"id":1,"more":{"rate":"2.0"}}'],
  ])('count like the others when they come as %s', async (_how, raw) => {
    expect((await parse(rate, raw)).args).toEqual({ id: 1, rate: '2.0' });
  });

  it('are refused when another value is given outside', async () => {
    await expect(parse(rate, { rate: '3.0', more: { rate: '2.0' } })).rejects.toThrow(
      'rate is given twice with different values: in `more` and outside it; nothing was sent.',
    );
  });

  it('are refused when they are no object', async () => {
    await expect(parse(rate, { more: 7 })).rejects.toThrow('more must be an object of further arguments.');
  });

  it('go by another name where the service has an argument `more`', async () => {
    const both = { more: { type: 'integer' }, rate: { type: 'string' } };
    expect((await parse(both, { more: 1, more_fields: { rate: '2.0' } })).args).toEqual({ more: 1, rate: '2.0' });
    expect((await parse({ more: { type: 'object' } }, { more: { rate: 1 } })).args).toEqual({ more: { rate: 1 } });
  });
});

describe('The bridge’s own arguments', () => {
  it.each([
    ['side by side', { id: 1, fields: 'number, total', max_chars: '2000' }],
    ['in `more`', { id: 1, more: { fields: ['number', 'total'], max_chars: 2000 } }],
    ['in one string', '{"id":1,"fields":"[\\"number\\",\\"total\\"]","max_chars":2000}'],
  ])('say how the answer is given and never reach the service: %s', async (_where, raw) => {
    const { args, options } = await parse(id, raw, { readOnly: true });
    expect(args).toEqual({ id: 1 });
    expect(options.answer).toEqual({ fields: ['number', 'total'], maxChars: 2000, from: 0 });
  });

  it('belong to the service where it has an argument of that name', async () => {
    const { args, options } = await parse({ fields: { type: 'string' } }, { fields: 'a' }, { readOnly: true });
    expect([args, options.answer]).toEqual([{ fields: 'a' }, FOR_MODELS]);
  });

  it('are unknown to tools that do not take them', async () => {
    await expect(parse(id, { fields: 'a' }, { route: 'remote' })).rejects.toThrow('unknown argument `fields`');
    await expect(parse(id, { allow_duplicate: true }, { readOnly: true })).rejects.toThrow('unknown argument');
    await expect(parse(id, { confirmation: 'x' }, { readOnly: true })).rejects.toThrow(
      'unknown argument `confirmation`',
    );
  });

  it.each([
    [true, true],
    ['true', true],
    ['false', false],
    [null, false],
  ])('read allow_duplicate: %j as %j', async (given, expected) => {
    expect((await parse(id, { allow_duplicate: given })).options.allowDuplicate).toBe(expected);
  });

  it('refuse an allow_duplicate that is neither true nor false', async () => {
    await expect(parse(id, { allow_duplicate: 'yes' })).rejects.toThrow('allow_duplicate must be true or false.');
  });

  it('take the code of a preview by the name that is free', async () => {
    const irreversible = 'deletes' as const;
    expect((await parse(id, { confirmation: ' abc ' }, { irreversible })).options.confirmation).toBe('abc');
    const taken = { confirmation: { type: 'string' } };
    const { args, options } = await parse(taken, { confirmation: 'a', lucanto_confirmation: 'b' }, { irreversible });
    expect([args, options.confirmation]).toEqual([{ confirmation: 'a' }, 'b']);
  });
});

describe('A value outside the bounds of a schema', () => {
  it.each([
    [{ type: 'string', maxLength: 5 }, 'too long', '`x` can have at most 5 characters (you gave 8)'],
    [{ type: 'string', minLength: 1 }, '', '`x` must not be empty'],
    [{ type: 'integer', maximum: 100 }, 1000, '`x` can be at most 100 (you gave 1000)'],
    [{ type: 'integer', minimum: 1 }, 0, '`x` must be at least 1 (you gave 0)'],
    [{ type: 'number', exclusiveMinimum: 0 }, 0, '`x` must be more than 0 (you gave 0)'],
    [{ type: 'array', maxItems: 1 }, [1, 2], '`x` can have at most 1 item (you gave 2)'],
    [
      { type: 'string', pattern: '^-?\\d+(\\.\\d{1,2})?$' },
      'a lot',
      '`x` must be a decimal number as text, for example "15.50" (you gave "a lot")',
    ],
    [{ type: 'string', pattern: '^[A-Z]{3}$' }, 'eur', '`x` must be 3 capital letters (you gave "eur")'],
    [
      { type: 'string', pattern: '^-?\\d+(\\.\\d{1,2})?$' },
      '2,5',
      '`x` must be a decimal number as text: "2.5" (you gave "2,5")',
    ],
    [{ type: 'string', pattern: '^-?\\d+(\\.\\d{1,2})?$' }, '1.234,50', ': "1234.50" (you gave "1.234,50")'],
    [{ type: 'string', pattern: '^-?\\d+(\\.\\d{1,2})?$' }, '1.555', 'as text with at most 2 decimals'],
    [
      { type: 'string', pattern: '^[A-Z]{2}\\d{6,8}$' },
      'x',
      '`x` must be 2 capital letters, then 6 to 8 digits (you gave "x")',
    ],
    [{ type: 'string', pattern: '^(ab|cd)$' }, 'x', '`x` must be written in another form (you gave "x")'],
    [{ type: 'number' }, '2,5', '`x` is the string "2,5", expected a number: 2.5'],
  ])('is refused in plain words: %j', async (schema, given, sentence) => {
    await expect(parse({ x: schema }, { x: given })).rejects.toThrow(sentence);
  });
});
