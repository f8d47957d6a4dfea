import { describe, expect, test } from 'vitest';
import type { Operation } from '../../../src/contract/operation.ts';
import { isJsonObject } from '../../../src/core/json.ts';
import { answer, compiled, json, only, RECORD } from '../../helpers/documents.ts';

const PATH = '/accounts/{account_id}/invoices';
const ONE = `${PATH}/{invoice_id}`;

function namesOf({ inputSchema }: Operation): readonly string[] {
  return Object.keys(isJsonObject(inputSchema.properties) ? inputSchema.properties : {});
}

function object(properties: object, required: readonly string[] = []): object {
  return { type: 'object', properties, required };
}

const TEXT = { type: 'string' };
const FILE = { type: 'string', format: 'binary' };

describe('the wrapper', () => {
  test.each(['invoice', 'document', 'anything_else'])('the only key %s is one', (key) => {
    const schema = object({ [key]: object({ note: TEXT, due_date: TEXT }, ['due_date']) }, [key]);
    const operation = only({ [PATH]: { post: json(schema) } });
    expect(namesOf(operation)).toEqual(['workspace_id', 'note', 'due_date']);
    expect(operation.inputSchema.required).toEqual(['due_date']);
    expect(operation.body).toMatchObject({
      wrapper: key,
      contentType: 'application/json',
      required: true,
      whole: null,
    });
    expect(operation.body?.fields).toEqual([
      { arg: 'note', property: 'note', place: 'wrapper' },
      { arg: 'due_date', property: 'due_date', place: 'wrapper' },
    ]);
  });

  test('a body without one is taken as it is', () => {
    const operation = only({ [PATH]: { post: json(object({ a: TEXT, b: object({ c: TEXT }) }, ['a'])) } });
    expect(operation.body).toMatchObject({ wrapper: null, fields: [{ place: 'root' }, { place: 'root' }] });
    expect(namesOf(operation)).toEqual(['workspace_id', 'a', 'b']);
  });

  test('beside siblings it is the one with the record’s name, in either spelling', () => {
    const schema = object({ notify: { type: 'boolean' }, bankAccount: object({ iban: TEXT }, ['iban']) }, [
      'bankAccount',
    ]);
    const operation = only({ '/accounts/{a}/bank-accounts': { post: json(schema) } });
    expect(operation.body).toMatchObject({
      wrapper: 'bankAccount',
      fields: [
        { arg: 'notify', place: 'root' },
        { arg: 'iban', place: 'wrapper' },
      ],
    });
    expect(operation.inputSchema.required).toEqual(['iban']);
  });

  test('read-only siblings do not count', () => {
    const schema = object({ id: { type: 'integer', readOnly: true }, thing: object({ a: TEXT }) });
    expect(only({ [PATH]: { post: json(schema) } }).body?.wrapper).toBe('thing');
  });

  test('an object without named properties is an argument', () => {
    const operation = only({ [PATH]: { post: json(object({ invoice: { type: 'object' } })) } });
    expect(operation.body).toMatchObject({ wrapper: null, fields: [{ arg: 'invoice', place: 'root' }] });
  });

  test.each([
    [{ type: 'array', items: { type: 'integer' } }],
    [{ type: 'object', additionalProperties: { type: 'string' } }],
    [{}],
  ])('a body that has no properties (%j) is one argument', (schema) => {
    const operation = only({ [`${PATH}/import`]: { post: json(schema) } });
    expect(operation.body).toMatchObject({ whole: 'body', fields: [], wrapper: null });
    expect(operation.inputSchema.required).toEqual(['body']);
  });

  test('an action whose body is optional does not require what the body requires', () => {
    const schema = object({ email: object({ to: TEXT }, ['to']) }, ['email']);
    const [create, act] = compiled({
      [PATH]: { post: json(schema, false) },
      [`${ONE}/send`]: { post: json(schema, false) },
    });
    expect(create?.inputSchema.required).toEqual(['to']);
    expect(act?.inputSchema.required).toEqual(['id']);
    expect(act?.body?.required).toBe(false);
  });
});

describe('media types', () => {
  const schema = object({ file: { type: 'string', format: 'binary' }, note: TEXT });

  test('JSON is preferred, whatever its spelling', () => {
    const content = {
      'multipart/form-data': { schema },
      'application/json; charset=utf-8': { schema: object({ a: TEXT }) },
    };
    expect(only({ [PATH]: { post: { requestBody: { content } } } }).body).toMatchObject({
      contentType: 'application/json',
    });
  });

  const form = (properties: object, encoding: object = {}): Operation =>
    only({
      [PATH]: {
        post: { requestBody: { content: { 'multipart/form-data': { schema: object(properties), encoding } } } },
      },
    });

  test('a form’s files are asked for as paths, also inside the one key that wraps them', () => {
    const wrapped = form({ expense: schema });
    expect(wrapped.body).toMatchObject({
      wrapper: 'expense',
      fields: [{ arg: 'path', property: 'file', place: 'wrapper', file: { types: [] } }, { arg: 'note' }],
    });
    const { properties } = form({ file: { ...FILE, description: 'A scan' } }).inputSchema;
    expect(properties).toMatchObject({
      path: { type: 'string', description: 'A scan: path in the files folder' },
    });
  });

  test('a form without a file is never unwrapped', () => {
    expect(form({ expense: object({ note: TEXT }) }).body).toMatchObject({
      wrapper: null,
      fields: [{ arg: 'expense' }],
    });
  });

  test('every file has a name that ends in _path, and the types that the document names', () => {
    const { body, inputSchema } = form(
      { scan: {}, pages: { type: 'array', items: FILE }, note: TEXT },
      { scan: { contentType: 'application/pdf, image/*' } },
    );
    expect(body?.fields).toEqual([
      { arg: 'scan_path', property: 'scan', place: 'root', file: { types: ['application/pdf', 'image/*'] } },
      { arg: 'pages_path', property: 'pages', place: 'root', file: { types: [] } },
      { arg: 'note', property: 'note', place: 'root' },
    ]);
    expect(inputSchema.properties).toMatchObject({ pages_path: { type: 'array', items: { type: 'string' } } });
  });

  test('a binary body is one argument, the path of a file', () => {
    const content = { 'application/pdf': {} };
    const operation = only({ [`${ONE}/scan`]: { put: { requestBody: { required: true, content } } } });
    expect(operation.body).toMatchObject({
      contentType: 'application/pdf',
      whole: 'path',
      wholeFile: { types: ['application/pdf'] },
    });
    expect(operation.inputSchema.required).toContain('path');
  });
});

describe('ids', () => {
  test('are listed as text, which no host rounds, and still checked as the integers that they are', () => {
    const whole = { type: 'integer', format: 'int64', minimum: 1 };
    const line = object({ product_id: whole, position: { type: 'integer' } });
    const schema = object({
      contact_id: whole,
      tagIds: { type: 'array', items: whole },
      items: { type: 'array', items: line },
      kind_id: { type: 'integer', enum: [1, 2] },
      series_id: { type: 'integer', maximum: 500 },
      paid: { type: 'integer' },
    });
    const operation = only({ [PATH]: { post: json(schema) } });
    const type = (of: string) => ({ type: of });
    expect(operation.inputSchema.properties).toMatchObject({
      contact_id: type('string'),
      tagIds: { type: 'array', items: type('string') },
      items: { items: { properties: { product_id: type('string'), position: type('integer') } } },
      kind_id: type('integer'),
      series_id: type('integer'),
      paid: type('integer'),
    });
    expect(operation.validation.properties).toMatchObject({
      contact_id: type('integer'),
      items: { items: { properties: { product_id: type('integer') } } },
    });
  });
});

describe('names of arguments', () => {
  test('the record is id, the workspace is workspace_id and may be left out', () => {
    const parameters = [
      { name: 'account_id', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } },
      { name: 'invoice_id', in: 'path', required: true, schema: { type: 'integer', format: 'int64', minimum: 1 } },
    ];
    const operation = only({ [ONE]: { parameters, get: RECORD } });
    expect(operation.inputSchema).toEqual({
      type: 'object',
      properties: {
        workspace_id: { type: 'string', description: 'UUID' },
        id: { type: 'string', description: 'Invoice ID' },
      },
      required: ['id'],
      additionalProperties: false,
    });
    expect(operation.workspace).toBe('account_id');
  });

  test('parameters come from the path, from the operation, by reference, and the operation’s own win', () => {
    const operation = only(
      {
        [PATH]: {
          parameters: [{ $ref: '#/components/parameters/Q' }, { name: 'limit', in: 'query', schema: TEXT }],
          get: { parameters: [{ name: 'limit', in: 'query', required: true, schema: { type: 'integer' } }] },
        },
      },
      { components: { parameters: { Q: { name: 'q', in: 'query', schema: TEXT } } } },
    );
    expect(namesOf(operation)).toEqual(['workspace_id', 'q', 'limit']);
    expect(operation.inputSchema.properties).toMatchObject({ limit: { type: 'integer' } });
    expect(operation.inputSchema.required).toEqual(['limit']);
  });

  test('names that hosts refuse are changed, the wire keeps its own', () => {
    const names = ['filter[status]', 'dueDate', 'číslo', '', 'x'.repeat(80), '__proto__', '日本'];
    const parameters = names.map((name) => ({ name, in: 'query', schema: TEXT }));
    const operation = only({ [PATH]: { get: { parameters } } });
    expect(namesOf(operation).slice(0, 4)).toEqual(['workspace_id', 'filter_status', 'dueDate', 'cislo']);
    expect(operation.parameters.slice(1).map(({ name }) => name)).toEqual(names.filter((name) => name !== ''));
    for (const name of namesOf(operation)) expect(name).toMatch(/^[a-zA-Z0-9_.-]{1,64}$/);
  });

  test('a clash prefixes the wrapper’s name, or the record’s where there is none', () => {
    const query = { parameters: [{ name: 'status', in: 'query', schema: TEXT }] };
    const wrapped = { ...query, ...json(object({ document: object({ status: TEXT, id: TEXT }) })) };
    const bare = { ...query, ...json(object({ status: TEXT, workspace_id: TEXT })) };
    const [first, second] = compiled({ [ONE]: { patch: wrapped }, [PATH]: { post: bare } });
    expect(first?.body?.fields.map(({ arg }) => arg)).toEqual(['document_status', 'document_id']);
    expect(second?.body?.fields.map(({ arg }) => arg)).toEqual(['invoice_status', 'invoice_workspace_id']);
  });

  test('names of our own arguments are never given to others', () => {
    const words = ['id', 'fields', 'max_chars', 'path', 'allow_duplicate'];
    const parameters = words.map((name) => ({ name, in: 'query', schema: TEXT }));
    const operation = only({ [PATH]: { get: { parameters } } });
    expect(namesOf(operation)).toEqual(['workspace_id', ...words.map((word) => `query_${word}`)]);
  });

  test('a workspace in the query is the workspace where the path has none', () => {
    const parameters = [{ name: 'workspace_id', in: 'query', required: true, schema: { type: 'integer' } }];
    const operation = only({ '/search': { get: { parameters, ...RECORD } } });
    expect(operation.workspace).toBe('workspace_id');
    expect(operation.inputSchema.required).toBeUndefined();
    expect(operation.parameters).toMatchObject([{ arg: 'workspace_id', in: 'query', required: true }]);
  });

  test('a record whose parameter is called account_id is still a record', () => {
    const operation = only({ '/bank_accounts/{account_id}': { get: RECORD } });
    expect(operation.workspace).toBeNull();
    expect(namesOf(operation)).toEqual(['id']);
  });

  test('what must be there is asked for, null or not, by clients and by the check alike', () => {
    const schema = object({ a: { type: ['string', 'null'] }, b: TEXT }, ['a', 'b']);
    const { inputSchema, validation } = only({ [PATH]: { post: json(schema) } });
    expect([inputSchema.required, validation.required]).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
  });

  test.each([
    ['Idempotency-Key', '', 'Idempotency-Key'],
    ['X-Request-Token', 'Makes it safe to retry.', 'X-Request-Token'],
    ['Authorization', 'An idempotency key.', undefined],
    ['Idempotency-Key\u0007', '', undefined],
    ['X-Company-Id', 'Retries of the same company happen once.', undefined],
    ['X-Request-Id', 'For support.', undefined],
  ])('the header %j, described by %j, takes the key of a write as %j', (name, description, taken) => {
    const header = { name, in: 'header', description, schema: TEXT };
    const operation = only({ [ONE]: { delete: { ...RECORD, parameters: [header] } } });
    expect(operation.keyHeader).toBe(taken);
  });

  test('only required headers that the bridge does not set itself are arguments', () => {
    const header = (name: string, required: boolean): object => ({ name, in: 'header', required, schema: TEXT });
    const parameters = [header('X-Region', true), header('X-Trace', false), header('Idempotency-Key', true)];
    expect(namesOf(only({ [PATH]: { post: { parameters } } }))).toEqual(['workspace_id', 'X-Region']);
  });

  test('a header that names the workspace is filled with it, required or not', () => {
    const header = (name: string, required: boolean): object => ({ name, in: 'header', required, schema: TEXT });
    const parameters = [header('X-Tenant', true), header('X-Company-Id', false)];
    const operation = only({ [PATH]: { post: { parameters } } });
    expect(namesOf(operation)).toEqual(['workspace_id']);
    expect(operation.parameters.filter((one) => one.in === 'header').map(({ arg }) => arg)).toEqual([
      'workspace_id',
      'workspace_id',
    ]);
  });

  test('a header that names the workspace and cannot be sent is not left out unseen', () => {
    const parameters = [{ name: 'X-Company\u0007-Id', in: 'header', schema: TEXT }];
    expect(compiled({ [PATH]: { post: { parameters } } })).toEqual([]);
  });

  test('the styles of parameters are kept in their bindings', () => {
    const parameters = [
      { name: 'ids', in: 'query', style: 'pipeDelimited', explode: false, schema: { type: 'array', items: TEXT } },
      { name: 'filter', in: 'query', style: 'deepObject', schema: object({ a: TEXT }) },
      { name: 'tags', in: 'query', schema: { type: 'array', items: TEXT } },
    ];
    expect(only({ [PATH]: { get: { parameters } } }).parameters.slice(1)).toMatchObject([
      { style: 'pipeDelimited', explode: false },
      { style: 'deepObject', explode: false },
      { style: 'form', explode: true },
    ]);
  });
});

test('rows and pages are read from the document', () => {
  const paged = ['limit', 'cursor'].map((name) => ({ name, in: 'query', schema: TEXT }));
  const list = { type: 'array', items: {} };
  const rowsOf = (schema: unknown, parameters: readonly object[]): unknown => {
    const { rows, paginated } = only({ [PATH]: { get: { parameters, ...answer(schema) } } });
    return [rows, paginated];
  };
  expect(rowsOf(list, [])).toEqual(['root', false]);
  expect(rowsOf(object({ data: list }), paged)).toEqual(['data', true]);
  expect(rowsOf({ allOf: [object({ has_more: {} }), object({ data: list })] }, paged)).toEqual(['data', true]);
  expect(rowsOf(object({ data: object({}) }), [])).toEqual([null, false]);
});
