/** From what a model sent to what a call needs: the bridge's own arguments, what is refused and what is said of it. */
import { describe, expect, it } from 'vitest';
import { ArgumentParser, FOR_MODELS } from '../../../src/catalog/arguments/argument-parser.ts';
import { ArgumentsError } from '../../../src/core/errors.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import type { CallContext, Tool, ToolResult } from '../../../src/core/tool.ts';
import { callContext } from '../../helpers/call-context.ts';

const RESULT: ToolResult = { content: [{ type: 'text', text: '{}' }] };

function toolWith(properties: JsonObject, over: Partial<Tool> & { required?: string[]; reads?: boolean } = {}): Tool {
  const { required, reads = false, ...rest } = over;
  const schema = {
    ...{ type: 'object', properties, additionalProperties: false },
    ...(required !== undefined && { required }),
  };
  const hints = { title: 'T', destructiveHint: false, idempotentHint: false, openWorldHint: false };
  const annotations = { ...hints, readOnlyHint: reads };
  return {
    descriptor: { name: 'lucanto_pack_crate', title: 'T', description: '', inputSchema: schema, annotations },
    ...{ validation: schema, route: 'rest', tier: reads ? 'read' : 'write', resource: 'crates', scopes: [] },
    call: () => Promise.resolve(RESULT),
    ...rest,
  };
}
const placed = async (args: JsonObject) => args;
const parser = new ArgumentParser({ placed });
const parse = (tool: Tool, raw: unknown, over: Partial<CallContext> = {}) => parser.parse(tool, raw, callContext(over));
const refusal = async (tool: Tool, raw: unknown): Promise<ArgumentsError> => {
  const error: unknown = await parse(tool, raw).catch((thrown: unknown) => thrown);
  if (error instanceof ArgumentsError) return error;
  throw new Error('was accepted');
};
const LABEL = { label: { type: 'string' } };

describe('Arguments as a whole', () => {
  it.each([undefined, null, '{}', {}])('may be nothing: %j', async (raw) => {
    expect((await parse(toolWith(LABEL), raw)).args).toEqual({});
  });

  it.each([
    ['7', 'the string "7"'],
    [7, '7'],
    [[1], 'an array of 1 item'],
    [true, 'true'],
  ])('are refused where they are no object: %j', async (raw, words) => {
    const { message, details } = await refusal(toolWith(LABEL), raw);
    expect(message).toBe(
      `The arguments do not fit lucanto_pack_crate: the arguments are ${words}, expected an object.`,
    );
    expect(details.errors).toEqual([`the arguments are ${words}, expected an object.`]);
  });

  it('are refused where they are nested too deep', async () => {
    const deep = JSON.parse(`${'{"a":'.repeat(70)}1${'}'.repeat(70)}`);
    expect((await refusal(toolWith({}), deep)).message).toContain('nested deeper than 64 levels');
  });
});

describe('The options of an answer', () => {
  const list = toolWith(LABEL, { reads: true });
  it.each([
    [{}, undefined, undefined],
    [{}, FOR_MODELS, FOR_MODELS],
    [{ fields: 'a' }, undefined, { fields: ['a'], maxChars: Number.POSITIVE_INFINITY, from: 0 }],
    [{ max_chars: 2000 }, undefined, { fields: ['*'], maxChars: 2000, from: 0 }],
    [{ fields: 'a' }, FOR_MODELS, { ...FOR_MODELS, fields: ['a'] }],
    [{ max_chars: 2000 }, FOR_MODELS, { ...FOR_MODELS, maxChars: 2000 }],
    [{ fields: 'a', max_chars: 2000 }, FOR_MODELS, { fields: ['a'], maxChars: 2000, from: 0 }],
  ])('are taken out of the arguments: %j', async (raw, usual, expected) => {
    const { args, options } = await parse(list, { label: 'x', ...raw }, usual === undefined ? {} : { answer: usual });
    expect(args).toEqual({ label: 'x' });
    expect(options.answer).toEqual(expected);
    expect('answer' in options).toBe(expected !== undefined);
  });

  it('may begin in the middle of a list that the service gives whole', async () => {
    const whole = { ...list, descriptor: { ...list.descriptor, inputSchema: { properties: { cursor: {} } } } };
    expect((await parse(whole, { cursor: '40' })).options.answer?.from).toBe(40);
  });
});

describe('The options of a write', () => {
  const final = toolWith(LABEL, { irreversible: 'deletes' });
  it.each([
    [{}, { allowDuplicate: false }],
    [{ allow_duplicate: true }, { allowDuplicate: true }],
    [{ allow_duplicate: 'false' }, { allowDuplicate: false }],
    [{ confirmation: ' c ' }, { allowDuplicate: false, confirmation: 'c' }],
    [{ confirmation: null }, { allowDuplicate: false }],
    [{ preview: true }, { allowDuplicate: false, preview: true }],
    [{ preview: false }, { allowDuplicate: false }],
  ])('are taken out of the arguments: %j', async (raw, expected) => {
    const { args, options } = await parse(final, { label: 'x', ...raw });
    expect([args, options]).toEqual([{ label: 'x' }, expected]);
  });
});

describe('Arguments given in `more` and beside it', () => {
  const two = toolWith({ a: {}, b: {} });
  it('count once where they are the same, and are refused where they are not', async () => {
    expect((await parse(two, { a: { x: 1, y: 2 }, more: { a: { y: 2, x: 1 }, b: 3 } })).args).toEqual({
      a: { x: 1, y: 2 },
      b: 3,
    });
    expect((await refusal(two, { a: 1, more: { a: 2 } })).message).toBe(
      'a is given twice with different values: in `more` and outside it; nothing was sent.',
    );
    const both = await refusal(two, { a: 1, b: 1, more: { a: 2, b: 2 } });
    expect(both.message).toMatch(/^a and b are given twice/);
    expect(both.hint).toBe('Give each argument once, in `more` or outside it.');
    expect((await parse(two, { a: 1, more: null })).args).toEqual({ a: 1 });
  });
});

describe('What is said of arguments that do not fit', () => {
  it('names each, ten at most in the sentence, fifty in the details, and what the tool takes', async () => {
    const tool = toolWith({ label: { type: 'string' }, size: { type: 'integer' } }, { required: ['size'] });
    const one = await refusal(tool, { label: true, size: 1 });
    expect(one.message).toBe('The arguments do not fit lucanto_pack_crate: `label` is true, expected a string.');
    expect(one.hint).toBe(
      'Nothing was sent. Fix these and try again: lucanto_pack_crate takes size (an integer, required), label.',
    );
    const wrong = Object.fromEntries(Array.from({ length: 70 }, (_one, at) => [`zz${at}qq`, 1]));
    const many = await refusal(tool, { size: 1, ...wrong });
    expect(many.message).toMatch(/; and 60 more problems\.$/);
    expect(many.details.errors).toHaveLength(50);
    const eleven = await refusal(tool, { size: 1, ...Object.fromEntries(Object.entries(wrong).slice(0, 11)) });
    expect(eleven.message).toMatch(/; and 1 more problem\.$/);
    const ten = await refusal(tool, { size: 1, ...Object.fromEntries(Object.entries(wrong).slice(0, 10)) });
    expect(ten.message).not.toContain('more problem');
  });

  it('shortens a long name, ends a question with its own mark, and counts what it does not list', async () => {
    const long = await refusal(toolWith(LABEL), { ['z'.repeat(61)]: 1 });
    expect(long.message).toContain(`unknown argument \`${'z'.repeat(60)}…\``);
    expect((await refusal(toolWith(LABEL), { ['z'.repeat(60)]: 1 })).message).toContain(`\`${'z'.repeat(60)}\``);
    const asked = await refusal(toolWith(LABEL), { lable: 'x' });
    expect(asked.details.errors).toEqual(['unknown argument `lable`; did you mean `label`?']);
    const wide = toolWith(Object.fromEntries(Array.from({ length: 62 }, (_one, at) => [`f${at}`, {}])));
    expect((await refusal(wide, { zzzzzzzzzz: 1 })).hint).toMatch(/f59 and 2 more\.$/);
    expect((await refusal(toolWith({}), { zzzzzzzzzz: 1 })).hint).toMatch(/lucanto_pack_crate takes no arguments\.$/);
    const free = toolWith({ a: true }, { required: ['a'] });
    expect((await refusal(free, {})).hint).toMatch(/lucanto_pack_crate takes a \(required\)\.$/);
  });

  it('lets through what a remote tool may take all the same', async () => {
    const open = { type: 'object', properties: LABEL };
    const remote = { ...toolWith(LABEL, { route: 'remote' }), validation: open };
    expect((await parse(remote, { label: 'x', zzzzzzzzzz: 1 })).args).toEqual({ label: 'x', zzzzzzzzzz: 1 });
    expect((await refusal(remote, { lable: 'x' })).message).toContain('did you mean `label`?');
    expect((await refusal({ ...remote, route: 'rest' }, { zzzzzzzzzz: 1 })).message).toContain('unknown argument');
    expect((await refusal(toolWith(LABEL, { route: 'remote' }), { zzzzzzzzzz: 1 })).message).toContain(
      'unknown argument',
    );
  });

  it('can be asked for without a call', async () => {
    const tool = toolWith({ size: { type: 'integer' } });
    const problems = (raw: unknown) => parser.problems(tool, raw, callContext());
    expect(await problems({ size: 1 })).toEqual([]);
    expect(await problems({ size: 'x' })).toEqual(['`size` is the string "x", expected an integer.']);
    expect(await problems({ more: 7 })).toEqual(['more must be an object of further arguments.']);
    const broken = new ArgumentParser({ placed: () => Promise.reject(new Error('disk')) });
    await expect(broken.problems(tool, {}, callContext())).rejects.toThrow('disk');
  });
});

describe('A call of several lists', () => {
  const ROWS = { state: { type: 'string' } };
  const gathering = (queries: JsonObject[]) => {
    const asked: unknown[] = [];
    const gather = async () => ({
      queries,
      call: async (all: readonly JsonObject[]) => {
        asked.push(all);
        return RESULT;
      },
    });
    return { asked, tool: toolWith(ROWS, { reads: true, gather }) };
  };

  it('is checked list by list, and each is put right', async () => {
    const { asked, tool } = gathering([{ state: 7 }, { state: 'b' }]);
    const { args, call } = await parse(tool, { state: 'a,b' });
    expect(args).toEqual({ state: 'a,b' });
    expect(await call(args, callContext())).toBe(RESULT);
    expect(asked).toEqual([[{ state: '7' }, { state: 'b' }]]);
    const bad = gathering([{ state: 'a' }, { state: true }]);
    expect((await refusal(bad.tool, { state: 'a' })).message).toContain('`state` is true, expected a string');
  });

  it('is one call where nothing is to be gathered', async () => {
    const tool = toolWith(ROWS, { reads: true, gather: async () => null });
    const { args, call } = await parse(tool, { state: 'a' });
    expect([args, await call(args, callContext())]).toEqual([{ state: 'a' }, RESULT]);
  });
});

describe('Rows that are saved as a file', () => {
  it('are those of the call, with the fields that it names', async () => {
    const saved: JsonObject[] = [];
    const saveRows: NonNullable<Tool['saveRows']> = async ({ call, ...request }) => {
      saved.push(request, { inner: await call(callContext()) });
      return RESULT;
    };
    const tool = toolWith(LABEL, { reads: true, saveRows });
    const plain = await parse(tool, { label: 'x' });
    await plain.call(plain.args, callContext());
    expect(saved).toEqual([]);
    const { args, call } = await parse(tool, { label: 'x', save_as: 'csv', fields: 'a' });
    await call(args, callContext());
    expect(saved[0]).toMatchObject({ format: 'csv', args: { label: 'x' }, isOneList: true, fields: ['a'] });
    const gather = async () => ({ queries: [], call: async () => RESULT });
    const many = await parse(toolWith(LABEL, { reads: true, saveRows, gather }), { save_as: 'xlsx' });
    await many.call(many.args, callContext());
    expect(saved[2]).toMatchObject({ format: 'xlsx', isOneList: false });
  });
});
