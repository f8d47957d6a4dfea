import { describe, expect, it } from 'vitest';
import { ArgumentParser } from '../../../src/catalog/arguments/argument-parser.ts';
import { ArgumentsError } from '../../../src/core/errors.ts';
import { type JsonSchema, LosslessNumber, parseJson, stringifyJson } from '../../../src/core/json.ts';
import type { Tool } from '../../../src/core/tool.ts';
import { callContext } from '../../helpers/call-context.ts';

interface Options {
  readonly name?: string;
  readonly resource?: string;
  readonly readOnly?: boolean;
}

function toolWith(validation: JsonSchema, options: Options = {}): Tool {
  const name = options.name ?? 'lucanto_update_thing';
  const annotations = {
    title: name,
    readOnlyHint: options.readOnly ?? false,
    destructiveHint: false,
    idempotentHint: true,
    openWorldHint: false,
  };
  const descriptor = { name, title: name, description: '', inputSchema: validation, annotations };
  return {
    descriptor,
    validation,
    resource: options.resource ?? 'things',
    route: 'remote',
    tier: options.readOnly === true ? 'read' : 'write',
    scopes: [],
    call: () => Promise.reject(new Error('not called')),
  };
}

function object(properties: Record<string, unknown>, required: string[] = []): JsonSchema {
  return { type: 'object', properties, required, additionalProperties: false };
}

const parser = new ArgumentParser({ placed: async (args) => args });

const check = async (schema: JsonSchema, args: unknown, options?: Options) =>
  (await parser.parse(toolWith(schema, options), args, callContext())).args;

async function refused(schema: JsonSchema, args: unknown, options?: Options): Promise<ArgumentsError> {
  const outcome = await check(schema, args, options).then(
    (value) => value,
    (error: unknown) => error,
  );
  if (!(outcome instanceof ArgumentsError)) throw new Error(`was accepted: ${stringifyJson(outcome)}`);
  return outcome;
}

const item = object({ name: { type: 'string' }, quantity: { type: 'string' } }, ['name']);

it.each(['integer', 'number'])('a number too large to be one is refused where an argument is %s', async (type) => {
  const { message } = await refused(object({ amount: { type } }), parseJson('{"amount":1e400}'));
  expect(message).toContain('`amount`');
});

describe('coercion', () => {
  it('parses an object and an array that came as JSON strings, at any level', async () => {
    const schema = object({
      address: object({ tags: { type: 'array', items: { type: 'string' } } }),
      items: { type: 'array', items: item },
    });
    const args = { address: '{"tags":"[\\"a\\"]"}', items: ' [{"name":"x","quantity":2}]' };
    expect(await check(schema, args)).toEqual({ address: { tags: ['a'] }, items: [{ name: 'x', quantity: '2' }] });
  });

  it('parses arguments that came as one JSON string, and takes none as an empty object', async () => {
    const schema = object({ limit: { type: 'integer' } });
    expect(await check(schema, '{"limit":"3"}')).toEqual({ limit: 3 });
    expect(await check(schema, undefined)).toEqual({});
    expect((await refused(schema, '[1]')).message).toContain('an array of 1 item, expected an object');
  });

  it('reads numeric strings exactly where only a number fits', async () => {
    const schema = object({ id: { type: 'integer' }, rate: { type: 'number' }, small: { type: 'integer' } });
    const args = await check(schema, { id: '9223372036854775807', rate: '0.12345678901234567891', small: '7' });
    expect(args.id).toBe(9223372036854775807n);
    expect(args.rate).toBeInstanceOf(LosslessNumber);
    expect(args.small).toBe(7);
    expect(stringifyJson(args)).toBe('{"id":9223372036854775807,"rate":0.12345678901234567891,"small":7}');
  });

  it('keeps bigints that came in as numbers, through validation', async () => {
    const schema = object({ id: { type: 'integer', format: 'int64', minimum: 1 } }, ['id']);
    expect(await check(schema, parseJson('{"id":9007199254740993}'))).toEqual({ id: 9007199254740993n });
  });

  it('writes numbers as strings where only a string fits', async () => {
    const schema = object({ price: { type: 'string' }, id: { type: ['string', 'null'] } });
    const args = parseJson('{"price":15.5,"id":9007199254740993}');
    expect(await check(schema, args)).toEqual({ price: '15.5', id: '9007199254740993' });
  });

  it('reads "true" and "false" where only a boolean fits, and nothing else', async () => {
    const schema = object({ draft: { type: 'boolean' } });
    expect(await check(schema, { draft: 'false' })).toEqual({ draft: false });
    expect((await refused(schema, { draft: 'yes' })).message).toContain(
      '`draft` is the string "yes", expected true or false',
    );
  });

  it('never changes a value that already fits a branch', async () => {
    const schema = object({
      money: { oneOf: [{ type: 'number' }, { type: 'string' }] },
      any: {},
      type: { type: ['integer', 'string'] },
      data: { anyOf: [{ type: 'object' }, { type: 'string' }] },
    });
    const args = { money: '15.50', any: '{"a":1}', type: '12', data: '{"a":1}' };
    expect(await check(schema, args)).toEqual(args);
    expect(await check(schema, { money: 15.5 })).toEqual({ money: 15.5 });
    await refused(schema, { type: 1.5 });
  });

  it('never trims or otherwise changes a string', async () => {
    const schema = object({ name: { type: 'string' }, note: { type: 'string' } });
    const args = { name: '  Ján Novák ', note: '' };
    expect(await check(schema, args)).toEqual(args);
    await refused(object({ id: { type: 'integer' } }), { id: ' 5' });
  });

  it('does not unwrap JSON that was encoded twice', async () => {
    const twice = JSON.stringify(JSON.stringify([{ name: 'x' }]));
    await refused(object({ items: { type: 'array', items: item } }), { items: twice });
  });

  it('drops null where an option is not nullable, keeps it where it is, and refuses it where a value is required', async () => {
    const schema = object(
      {
        id: { type: 'integer' },
        due: { type: 'string' },
        note: { type: ['string', 'null'] },
        rate: { type: 'string', nullable: true },
      },
      ['id'],
    );
    expect(await check(schema, { id: 1, due: null, note: null, rate: null })).toEqual({
      id: 1,
      note: null,
      rate: null,
    });
    expect((await refused(schema, { id: null })).message).toContain('`id` is null, expected an integer');
  });

  it('looks through $ref, also one that refers to itself', async () => {
    const node = { type: 'object', properties: { id: { type: 'integer' }, next: { $ref: '#/$defs/node' } } };
    const schema = { ...object({ node: { $ref: '#/$defs/node' } }), $defs: { node } };
    const args = { node: { id: '1', next: { id: '2', next: { id: '3' } } } };
    expect(await check(schema, args)).toEqual({ node: { id: 1, next: { id: 2, next: { id: 3 } } } });
  });
});

describe('refusals', () => {
  it('name every wrong field, what it was and what is expected', async () => {
    const schema = object(
      {
        contact_id: { type: 'integer' },
        issue_date: { type: 'string', format: 'date' },
        status: { type: 'string', enum: ['draft', 'paid'] },
        items: { type: 'array', items: item },
        limit: { type: 'integer', maximum: 100 },
      },
      ['contact_id'],
    );
    const args = { issue_date: '15.1.2026', status: 'open', items: [{ quantity: '1' }], limit: 1.5, amout: 1 };
    const error = await refused(schema, args);
    expect(error.details.errors).toEqual([
      '`contact_id` is missing (an integer).',
      '`issue_date` is "15.1.2026", expected a date (YYYY-MM-DD).',
      '`status` is "open", expected one of "draft", "paid".',
      '`items[0].name` is missing (a string).',
      '`limit` is 1.5, expected an integer.',
      'unknown argument `amout`.',
    ]);
    expect(error.message).toContain('lucanto_update_thing');
    expect(error.hint).toContain('contact_id (an integer, required), issue_date, status, items, limit');
  });

  it('suggest near names for unknown ones, at any level', async () => {
    const schema = object({ contact_id: { type: 'integer' }, items: { type: 'array', items: item } });
    const error = await refused(schema, { contactId: 1, items: [{ name: 'x', quantitty: '1' }] });
    expect(error.message).toContain('unknown argument `contactId`; did you mean `contact_id`?');
    expect(error.message).toContain('unknown argument `items[0].quantitty`; did you mean `quantity`?');
  });

  it('never repeat a long value', async () => {
    const error = await refused(object({ limit: { type: 'integer' } }), { limit: 'x'.repeat(5000) });
    expect(error.message).toContain('`limit` is a string of 5000 characters');
    expect(error.message.length).toBeLessThan(300);
  });

  it('report the branch that was meant, or the choice where none was', async () => {
    const nullable = { anyOf: [item, { type: 'null' }] };
    const schema = object({ item: nullable, money: { oneOf: [{ type: 'number' }, { type: 'string' }] } });
    const error = await refused(schema, { item: { quantity: '1' }, money: true });
    expect(error.details.errors).toEqual([
      '`item.name` is missing (a string).',
      '`money` is true, expected a number or a string.',
    ]);
  });

  it('report the branch that a member names, whatever else is wrong there', async () => {
    const card = object({ kind: { const: 'card' }, digits: { type: 'string', pattern: '^\\d{4}$' } }, [
      'kind',
      'digits',
    ]);
    const transfer = object({ kind: { enum: ['transfer', 'sepa'] }, iban: { type: 'string' } }, ['kind', 'iban']);
    const schema = object({ pays: { type: 'array', items: { oneOf: [card, transfer, { type: 'string' }] } } });
    const error = await refused(schema, { pays: [{ kind: 'sepa' }, { kind: 'card', digits: 'x' }, true] });
    expect(error.details.errors).toEqual([
      '`pays[0].iban` is missing (a string).',
      '`pays[1].digits` must be 4 digits (you gave "x").',
      '`pays[2]` is true, expected an object or a string.',
    ]);
  });

  it('take limits that leave their own value out, in the words of either OpenAPI', async () => {
    for (const limits of [
      { exclusiveMinimum: 0, exclusiveMaximum: 10 },
      { minimum: 0, exclusiveMinimum: true, maximum: 10, exclusiveMaximum: true },
    ]) {
      const schema = object({ a: { type: 'number', ...limits }, b: { type: 'number', ...limits } });
      expect((await refused(schema, { a: 0, b: 10 })).details.errors).toEqual([
        '`a` must be more than 0 (you gave 0).',
        '`b` must be less than 10 (you gave 10).',
      ]);
      expect(await check(schema, { a: 0.01, b: 9.99 })).toEqual({ a: 0.01, b: 9.99 });
    }
  });

  it('read a multiple in decimals, and length in characters', async () => {
    const schema = object({ a: { type: 'number', multipleOf: 0.01 }, b: { type: 'string', maxLength: 2 } });
    expect(await check(schema, { a: 19.99, b: '😀😀' })).toEqual({ a: 19.99, b: '😀😀' });
    expect((await refused(schema, { a: 19.999, b: 'abc' })).details.errors).toEqual([
      '`a` must be a multiple of 0.01 (you gave 19.999).',
      '`b` can have at most 2 characters (you gave 3).',
    ]);
  });

  it.each([
    ['date', '2026-02-29', '2028-02-29', 'a date (YYYY-MM-DD)'],
    ['date-time', '2026-01-15', '2026-01-15T09:30:00Z', 'a timestamp (2024-01-15T09:30:00Z)'],
    ['time', '25:00:00Z', '09:30:00Z', 'a time with its zone (09:30:00Z)'],
    ['uri', 'example', 'https://example.com/a', 'a web address (https://example.com/page)'],
    ['hostname', 'a b', 'example.com', 'a host name (example.com)'],
    ['byte', '%%%', 'YWJj', 'base64 text'],
    ['uuid', '123', '6f9619ff-8b86-4d01-b42d-00cf4fc964ff', 'a UUID'],
  ])('name the format of a text: %s', async (format, wrong, right, words) => {
    const schema = object({ a: { type: 'string', format } });
    expect((await refused(schema, { a: wrong })).message).toContain(`\`a\` is "${wrong}", expected ${words}`);
    expect(await check(schema, { a: right })).toEqual({ a: right });
    expect(await check(object({ a: { format } }), { a: 5 })).toEqual({ a: 5 });
  });

  it('name the range of a whole number', async () => {
    const schema = object({ a: { type: 'number', format: 'int32' }, b: { type: 'number', format: 'int64' } });
    expect(await check(schema, { a: -(2 ** 31), b: 2 ** 31 })).toEqual({ a: -(2 ** 31), b: 2 ** 31 });
    expect((await refused(schema, { a: 2 ** 31, b: 1.5 })).details.errors).toEqual([
      '`a` is 2147483648, expected a 32-bit integer.',
      '`b` is 1.5, expected an integer.',
    ]);
  });

  it('do not come from a oneOf that fits twice', async () => {
    const due = { oneOf: [{ type: 'string' }, { type: 'string', format: 'date' }] };
    const schema = object({ due, either: { anyOf: [due, { type: 'null' }] }, oneOf: { type: 'string' } });
    const args = { due: '2026-01-15', either: '2026-01-15', oneOf: 'x' };
    expect(await check(schema, args)).toEqual(args);
  });

  it('do not take two ids beyond 2^53 for one', async () => {
    const schema = object({ ids: { type: 'array', items: { type: 'integer' }, uniqueItems: true } });
    const args = parseJson('{"ids":[9007199254740992,9007199254740993]}');
    expect(await check(schema, args)).toEqual({ ids: [9007199254740992n, 9007199254740993n] });
    await refused(schema, { ids: [5, 5] });
  });

  it('name an integer that has no fraction only', async () => {
    expect(await check(object({ n: { type: 'integer' } }), { n: 2 })).toEqual({ n: 2 });
    await refused(object({ n: { type: 'integer' } }), { n: '1.5' });
  });
});

describe('hostile arguments', () => {
  const free = object({
    data: { type: 'object', additionalProperties: true },
    list: { type: 'array', items: { type: 'integer' } },
  });

  it('nested 10,000 levels deep are refused, as a value and inside a string', async () => {
    const deep = `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`;
    expect((await refused(free, JSON.parse(`{"data":${deep}}`))).message).toContain('deeper than 64 levels');
    expect((await refused(free, { data: deep })).message).toContain('`data` is a string of 60001 characters');
    await refused(free, { data: `${'[1,'.repeat(10_000)}12345678901234567890${']'.repeat(10_000)}` });
  });

  it('with a __proto__ are refused and pollute nothing', async () => {
    await refused(free, JSON.parse('{"__proto__":{"polluted":true}}'));
    await refused(free, JSON.parse('{"data":{"a":{"__proto__":{"polluted":true}}}}'));
    await refused(free, { data: '{"__proto__":{"polluted":true}}' });
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
    await refused(free, { constructor: 1, toString: 2 });
  });
});

describe('what cannot be read in a schema', () => {
  it.each([
    { type: 'strin' },
    { type: 'string', pattern: '(' },
    { $ref: '#/$defs/gone' },
    { $ref: 'https://example.com/x' },
    { type: 'string', minLength: 'two', enum: 'abc', format: 'colour', if: true },
  ])('is not checked, all the rest is: %j', async (x) => {
    const broken = object({ id: { type: 'integer', maximum: 9 }, x }, ['id']);
    expect(await check(broken, { id: '5', x: 'x' })).toEqual({ id: 5, x: 'x' });
    expect((await refused(broken, { idd: 1, x: 'x' })).message).toContain(
      '`id` is missing (an integer); unknown argument `idd`; did you mean `id`?',
    );
    expect((await refused(broken, { id: 'five' })).message).toContain('`id` is the string "five", expected an integer');
    expect((await refused(broken, { id: 10 })).message).toContain('`id` can be at most 9 (you gave 10)');
  });

  it('is not another dialect, a bigint or an $id that is there twice', async () => {
    const nested = { $id: 'urn:y', type: 'string' };
    const big = { type: 'integer', maximum: 9223372036854775807n };
    const schema = { ...object({ a: nested, b: nested, n: big }), $schema: 'http://json-schema.org/draft-07/schema#' };
    expect(await check({ ...schema, $id: 'urn:y' }, { a: 'x', n: 1 })).toEqual({ a: 'x', n: 1 });
    const { message } = await refused(schema, parseJson('{"n":9223372036854775808}'));
    expect(message).toContain('`n` can be at most 9223372036854775807 (you gave 9223372036854775808)');
  });

  it('includes a schema that holds itself, which ends all the same', async () => {
    const loop = { anyOf: [{ $ref: '#/$defs/loop' }, { $ref: '#/$defs/loop' }, { type: 'null' }] };
    const schema = { ...object({ a: { $ref: '#/$defs/loop' }, id: { type: 'integer' } }), $defs: { loop } };
    expect(await check(schema, { a: {} })).toEqual({ a: {} });
    await refused(schema, { a: {}, id: 'x' });
  });
});

describe('an id where the tool has another name for it', () => {
  it('is the parent record of a sub-collection', async () => {
    const schema = object({ workspace_id: { type: 'integer' }, invoice_id: { type: 'integer' } }, [
      'workspace_id',
      'invoice_id',
    ]);
    const name = 'lucanto_create_invoice_payment';
    expect(await check(schema, { workspace_id: 1, id: '5' }, { name })).toEqual({ workspace_id: 1, invoice_id: 5 });
  });

  it('is not a record that a new one merely refers to', async () => {
    const schema = object({ contact_id: { type: 'integer' } }, ['contact_id']);
    await refused(schema, { id: 5 }, { name: 'lucanto_create_invoice' });
  });

  it('is the workspace for tools of workspaces only', async () => {
    const schema = object({ workspace_id: { type: 'integer' } });
    const options = { name: 'lucanto_get_workspace', resource: 'workspaces', readOnly: true };
    expect(await check(schema, { id: 42 }, options)).toEqual({ workspace_id: 42 });
    await refused(schema, { id: 42 }, { name: 'lucanto_list_invoices', resource: 'invoices', readOnly: true });
    await refused(schema, { id: 42, workspace_id: 1 }, options);
  });
});
