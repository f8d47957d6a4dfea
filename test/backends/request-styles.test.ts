/** Parameters and bodies on the wire, in each way that OpenAPI knows. */
import { describe, expect, it } from 'vitest';
import { bindRequest } from '../../src/backends/rest/rest-request.ts';
import { answer, json, only, RECORD } from '../helpers/documents.ts';

const LIST = { type: 'array', items: { type: 'string' } };
const POINT = { type: 'object', properties: { x: { type: 'string' }, y: { type: 'string' } } };
const FORM = 'application/x-www-form-urlencoded';

function inPath(style: string, explode: boolean, schema: object) {
  return only({
    '/places/{at}': {
      get: { ...RECORD, parameters: [{ name: 'at', in: 'path', required: true, style, explode, schema }] },
    },
  });
}

describe('A path parameter', () => {
  it.each([
    ['simple', false, 'b/c', 'b%2Fc'],
    ['simple', false, ['b/c', 'd'], 'b%2Fc,d'],
    ['simple', true, { x: '1', y: '2' }, 'x=1,y=2'],
    ['simple', false, { x: '1', y: '2' }, 'x,1,y,2'],
    ['label', false, 'b', '.b'],
    ['label', false, ['b', 'c'], '.b,c'],
    ['label', true, ['b', 'c'], '.b.c'],
    ['label', true, { x: '1', y: '2' }, '.x=1.y=2'],
    ['matrix', false, 'b', ';at=b'],
    ['matrix', false, ['b', 'c'], ';at=b,c'],
    ['matrix', true, ['b', 'c'], ';at=b;at=c'],
    ['matrix', false, { x: '1', y: '2' }, ';at=x,1,y,2'],
    ['matrix', true, { x: '1', y: '2' }, ';x=1;y=2'],
  ])('of style %s, exploded %s, with %j is %s', (style, explode, value, text) => {
    const schema = typeof value === 'string' ? { type: 'string' } : Array.isArray(value) ? LIST : POINT;
    expect(bindRequest(inPath(style, explode, schema), { id: value }, null).path).toBe(`/api/v1/places/${text}`);
  });

  it.each(['simple', 'label', 'matrix'])('of style %s is never empty', (style) => {
    expect(() => bindRequest(inPath(style, false, LIST), { id: [] }, null)).toThrow('id is empty');
  });
});

describe('A query parameter', () => {
  const search = (parameter: object) =>
    only({
      '/places': {
        get: { ...answer({ type: 'array', items: {} }), parameters: [{ name: 'f', in: 'query', ...parameter }] },
      },
    });

  it.each([
    [{ schema: LIST }, ['a', 'b'], 'f=a&f=b'],
    [{ schema: LIST, explode: false }, ['a', 'b,c'], 'f=a,b%2Cc'],
    [{ schema: LIST, style: 'deepObject', explode: true }, ['a', 'b'], 'f%5B%5D=a&f%5B%5D=b'],
    [{ schema: POINT, style: 'deepObject', explode: true }, { x: '1', y: '2' }, 'f%5Bx%5D=1&f%5By%5D=2'],
    [{ schema: POINT }, { x: '1', y: '2' }, 'x=1&y=2'],
    [
      { content: { 'application/json': { schema: POINT } } },
      { y: '2', x: '1' },
      'f=%7B%22x%22%3A%221%22%2C%22y%22%3A%222%22%7D',
    ],
  ])('%j with %j is %s', (parameter, value, text) => {
    expect(bindRequest(search(parameter), { f: value }, null).query).toBe(text);
  });
});

describe('A form', () => {
  const form = (properties: object, encoding: object) =>
    only({
      '/places': {
        post: {
          ...RECORD,
          requestBody: { required: true, content: { [FORM]: { schema: { type: 'object', properties }, encoding } } },
        },
      },
    });
  const deep = { style: 'deepObject', explode: true };
  const rows = { type: 'array', items: { type: 'object', properties: { a: { type: 'string' } } } };

  it.each([
    [{ t: LIST }, {}, { t: ['a', 'b'] }, 't=a&t=b'],
    [{ t: LIST }, { t: { style: 'form', explode: false } }, { t: ['a', 'b&c'] }, 't=a,b%26c'],
    [{ t: LIST }, { t: { style: 'pipeDelimited' } }, { t: ['a', 'b'] }, 't=a%7Cb'],
    [{ t: LIST }, { t: deep }, { t: ['a', 'b'] }, 't%5B%5D=a&t%5B%5D=b'],
    [{ 't[]': LIST }, {}, { t_: ['a', 'b'] }, 't%5B%5D=a&t%5B%5D=b'],
    [{ p: POINT }, {}, { p: { x: '1' } }, 'p%5Bx%5D=1'],
    [{ p: POINT }, { p: { style: 'form', explode: true } }, { p: { x: '1', y: '2' } }, 'x=1&y=2'],
    [{ p: POINT }, { p: { contentType: 'application/json' } }, { p: { x: '1' } }, 'p=%7B%22x%22%3A%221%22%7D'],
    [{ r: rows }, { r: deep }, { r: [{ a: '1' }, { a: '2' }] }, 'r%5B0%5D%5Ba%5D=1&r%5B1%5D%5Ba%5D=2'],
  ])('of %j encoded by %j with %j is %s', (properties, encoding, args, text) => {
    const operation = form(properties, encoding);
    const [field] = operation.body?.fields ?? [];
    const [value] = Object.values(args);
    expect(bindRequest(operation, { [field?.arg ?? '']: value }, null).body).toBe(text);
  });

  it('that is wanted and has nothing in it is not sent', () => {
    expect(() => bindRequest(form({ t: LIST }, {}), {}, null)).toThrow('needs at least one of its fields');
  });
});

describe('A body', () => {
  const object = (properties: object, required: readonly string[] = [], more: object = {}) => ({
    type: 'object',
    properties,
    required,
    ...more,
  });
  const text = { type: 'string' };
  const payees = only(
    {
      '/payees': {
        post: {
          ...RECORD,
          ...json({
            oneOf: [{ $ref: '#/components/schemas/Iban' }, { $ref: '#/components/schemas/Mail' }],
            discriminator: { propertyName: 'kind', mapping: { by_iban: '#/components/schemas/Iban' } },
          }),
        },
      },
    },
    {
      components: {
        schemas: {
          Iban: object({ kind: text, name: text, iban: text }, ['kind', 'iban']),
          Mail: object({ kind: text, name: text, email: text }, ['kind', 'email']),
        },
      },
    },
  );

  it.each([
    [{ kind: 'by_iban', iban: 'X', name: 'N' }, null],
    [{ kind: 'Mail', email: 'a@b' }, null],
    [{ kind: 'by_iban', name: 'N' }, '`kind` "by_iban" needs `iban`'],
    [{ kind: 'Mail', email: 'a@b', iban: 'X' }, '`iban` cannot be given with `kind` "Mail"'],
  ])('of several kinds, with %j, is checked before it is sent', (args, problem) => {
    const send = () => bindRequest(payees, args, null);
    if (problem === null) expect(JSON.parse(String(send().body))).toEqual(args);
    else expect(send).toThrow(problem);
  });

  it('of several kinds that nothing tells apart must be one of them', () => {
    const either = only({
      '/payees': {
        post: { ...RECORD, ...json({ anyOf: [object({ iban: text }, ['iban']), object({ email: text }, ['email'])] }) },
      },
    });
    expect(() => bindRequest(either, {}, null)).toThrow('needs either `iban`, or `email`');
    expect(bindRequest(either, { email: 'a@b' }, null).body).toBe('{"email":"a@b"}');
  });

  it('leaves an optional wrapper away where nothing is in it, and asks for what it needs where something is', () => {
    const schema = object({ reminder: object({ text, to: text }, ['to']) });
    const remind = only({ '/invoices/{id}/remind': { post: { ...RECORD, ...json(schema, false) } } });
    expect(bindRequest(remind, { id: '1' }, null).body).toBe(null);
    expect(bindRequest(remind, { id: '1', to: 'a' }, null).body).toBe('{"reminder":{"to":"a"}}');
    expect(() => bindRequest(remind, { id: '1', text: 'a' }, null)).toThrow('`to` is missing');
    const create = only({
      '/invoices': { post: { ...RECORD, ...json(object({ invoice: object({ note: text }), send: text })) } },
    });
    expect(bindRequest(create, { send: 'now' }, null).body).toBe('{"send":"now"}');
  });

  it('open to further fields takes them in one argument', () => {
    const schema = object({ name: text }, ['name'], { additionalProperties: { type: 'integer' } });
    const operation = only({ '/leads': { post: { ...RECORD, ...json(schema) } } });
    expect(operation.inputSchema.properties).toHaveProperty('other_fields');
    const args = { name: 'N', other_fields: { score: 7 } };
    expect(bindRequest(operation, args, null).body).toBe('{"name":"N","score":7}');
  });
});
