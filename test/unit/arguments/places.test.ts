/** What a schema says of a place, which record a call means, and what an unknown argument may have meant. */
import { describe, expect, it } from 'vitest';
import { fittedArguments, SchemaPlace } from '../../../src/catalog/arguments/fitted-arguments.ts';
import { idSource, suggestion, withRecordId } from '../../../src/catalog/arguments/meant-arguments.ts';
import { type JsonObject, type JsonSchema, LosslessNumber } from '../../../src/core/json.ts';
import { jsonTypes } from '../../../src/core/schema-keywords.ts';
import type { Tool } from '../../../src/core/tool.ts';

const types = (schema: JsonSchema, root: JsonSchema = schema) => {
  const found = new SchemaPlace([schema], root).types;
  return found === null ? null : [...found].sort();
};

describe('The types of a place', () => {
  const ROOT = {
    $defs: { 'a/b': { type: 'integer' }, 'c~d': { $ref: '#/$defs/a~1b' }, loop: { $ref: '#/$defs/loop' } },
  };
  it.each<[JsonSchema, readonly string[] | null]>([
    [{ type: 'string' }, ['string']],
    [{ type: ['string', 'null', 7] }, ['null', 'string']],
    [{ enum: ['a', 1, null, true, 1.5] }, ['boolean', 'integer', 'null', 'number', 'string']],
    [{ const: [] }, ['array']],
    [{ const: null }, ['null']],
    [{ properties: {} }, ['object']],
    [{ items: {} }, ['array']],
    [{}, null],
    [{ nullable: true }, null],
    [{ type: 'string', nullable: true }, ['null', 'string']],
    [{ type: 'string', nullable: 'yes' }, ['string']],
    [{ anyOf: [{ type: 'string' }, { type: 'null' }] }, ['null', 'string']],
    [{ anyOf: [{ type: 'string' }, {}] }, null],
    [{ anyOf: [] }, null],
    [{ anyOf: 'x', type: 'string' }, ['string']],
    [{ oneOf: [{ type: 'integer' }, { type: 'array' }] }, ['array', 'integer']],
    [{ allOf: [{ type: ['string', 'integer'] }, { type: ['integer', 'null'] }] }, ['integer']],
    [{ allOf: [{ type: 'number' }, { type: 'integer' }] }, ['integer']],
    [{ type: 'integer', allOf: [{ type: 'number' }] }, ['integer']],
    [{ type: 'string', anyOf: [{ type: 'integer' }] }, []],
    [{ $ref: '#/$defs/a~1b' }, ['integer']],
    [{ $ref: '#/$defs/c~0d' }, ['integer']],
    [{ $ref: '#/$defs/nothing' }, null],
    [{ $ref: 'other.json#/a' }, null],
    [{ $ref: 7, type: 'string' }, ['string']],
    [{ $ref: '#/$defs/loop' }, null],
  ])('%j', (schema, expected) => {
    expect(types(schema, { ...schema, ...ROOT })).toEqual(expected);
  });

  it('is that of any of several schemas, and unknown for none', () => {
    expect([...(new SchemaPlace([{ type: 'string' }, { type: 'null' }], {}).types ?? [])]).toEqual(['string', 'null']);
    expect(new SchemaPlace([], {}).types).toBeNull();
  });

  it('of a value is told with the narrower one first', () => {
    const values = [null, [], 7n, 7, 7.5, 'a', true, {}, new LosslessNumber('1.1')];
    expect([...values, Number.POSITIVE_INFINITY, new LosslessNumber('1e400'), undefined].map(jsonTypes)).toEqual([
      ['null'],
      ['array'],
      ['integer', 'number'],
      ['integer', 'number'],
      ['number'],
      ['string'],
      ['boolean'],
      ['object'],
      ['number'],
      [],
      [],
      [],
    ]);
  });
});

describe('The members of a place', () => {
  const A = { properties: { a: { type: 'string' } } };
  const B = { properties: { b: { type: 'integer' } }, required: ['b'] };
  const at = (schema: JsonSchema) => SchemaPlace.of(schema);
  const typesIn = (place: SchemaPlace) => (place.isDescribed ? [...(place.types ?? ['any'])] : []);

  it.each<[string, JsonSchema]>([
    ['anyOf', { anyOf: [A, B] }],
    ['oneOf', { oneOf: [A, B] }],
    ['allOf', { allOf: [A, B] }],
    ['both', { anyOf: [A, B], oneOf: [B, A] }],
  ])('are those of every branch: %s', (_which, schema) => {
    expect(typesIn(at(schema).member('b'))).toEqual(['integer']);
    expect(at(schema).known).toEqual(['a', 'b']);
  });

  it('are those of what is referred to, of the rest, and of nothing else', () => {
    expect(typesIn(at({ $ref: '#/$defs/x', $defs: { x: A } }).member('a'))).toEqual(['string']);
    expect(typesIn(at(A).member('zz'))).toEqual([]);
    expect(typesIn(at(A).member('toString'))).toEqual([]);
    const free = at({ ...A, additionalProperties: { type: 'null' } });
    expect([typesIn(free.member('zz')), typesIn(free.member('a'))]).toEqual([['null'], ['string']]);
    expect([free.member('zz').takes(null), free.member('zz').takes('x'), free.member('a').takes(1)]).toEqual([
      true,
      false,
      false,
    ]);
    expect(at({}).member('a').takes(1)).toBe(true);
  });

  it('are required only where no branch leaves them out', () => {
    expect(at(B).requires('b')).toBe(true);
    expect(at(B).requires('a')).toBe(false);
    expect(at({ allOf: [A, { allOf: [B] }] }).requires('b')).toBe(true);
    expect(at({ anyOf: [A, B] }).requires('b')).toBe(false);
    expect(at({ $ref: '#/$defs/x', $defs: { x: B } }).requires('b')).toBe(true);
    expect(at({ required: 'b' }).requires('b')).toBe(false);
    expect(at({ $ref: '#', properties: {} }).requires('b')).toBe(false);
  });

  it('are not known where further ones may be given, or nothing is said', () => {
    expect(at({}).known).toBeNull();
    expect(at({ additionalProperties: false }).known).toEqual([]);
    for (const more of [{ additionalProperties: true }, { additionalProperties: {} }, { patternProperties: {} }])
      expect(at({ ...A, ...more }).known).toBeNull();
    expect(new SchemaPlace([{ ...A, additionalProperties: false }, A], {}).known).toEqual(['a']);
    expect([
      at({ additionalProperties: false }).isClosed,
      at(A).isClosed,
      at({ additionalProperties: true }).isClosed,
    ]).toEqual([true, false, false]);
  });

  it('of a list are those of its item, or of the one at that index', () => {
    const list = at({ items: A, prefixItems: [B] });
    expect([list.item(0).known, list.item(1).known]).toEqual([['b'], ['a']]);
    expect(at({ items: A }).item(0).known).toEqual(['a']);
    expect(at({}).item(0).isDescribed).toBe(false);
  });
});

function tool(
  name: string,
  properties: JsonObject,
  over: { required?: string[]; reads?: boolean; resource?: string } = {},
): Tool {
  const schema = { type: 'object', properties, ...(over.required !== undefined && { required: over.required }) };
  const annotations = {
    ...{ title: name, readOnlyHint: over.reads ?? false, destructiveHint: false },
    ...{ idempotentHint: false, openWorldHint: false },
  };
  return {
    descriptor: { name, title: name, description: '', inputSchema: schema, annotations },
    ...{ validation: schema, route: 'rest', tier: 'write', resource: over.resource ?? 'crates', scopes: [] },
    call: () => Promise.reject(new Error('not called')),
  };
}

describe('The record of a call', () => {
  const needsProject = (name: string, reads = false) =>
    tool(name, { project_id: {}, contact_id: {} }, { required: ['project_id'], reads });
  it.each<[string, JsonObject, Tool, JsonObject]>([
    ['stays where it is', { id: 1 }, tool('lucanto_get_crate', { id: {} }), { id: 1 }],
    ['is given by its noun', { crate_id: 1, a: 2 }, tool('lucanto_get_crate', { id: {} }), { id: 1, a: 2 }],
    ['is given by its noun beside null', { id: null, crate_id: 1 }, tool('lucanto_get_crate', { id: {} }), { id: 1 }],
    ['is of another noun', { box_id: 1 }, tool('lucanto_get_crate', { id: {} }), { box_id: 1 }],
    ['has that argument itself', { crate_id: 1 }, tool('lucanto_get_crate', { id: {}, crate_id: {} }), { crate_id: 1 }],
    ['is given twice', { crate_id: 1, id: 2 }, tool('lucanto_get_crate', { id: {} }), { crate_id: 1, id: 2 }],
    ['may be two', { crate_id: 1, lid_id: 2 }, tool('lucanto_get_crate_lid', { id: {} }), { crate_id: 1, lid_id: 2 }],
    ['has no id', { a: 1 }, needsProject('lucanto_list_project_tasks', true), { a: 1 }],
    ['is the only one that a read needs', { id: 1 }, needsProject('lucanto_list_tasks', true), { project_id: 1 }],
    [
      'is the one that a write is named after',
      { id: 1 },
      needsProject('lucanto_create_project_task'),
      { project_id: 1 },
    ],
    ['is not what a write only refers to', { id: 1 }, needsProject('lucanto_create_task'), { id: 1 }],
    [
      'is not one that was given',
      { id: 1, project_id: 2 },
      needsProject('lucanto_list_tasks', true),
      { id: 1, project_id: 2 },
    ],
    [
      'fills one that is null',
      { id: 1, project_id: null },
      needsProject('lucanto_list_tasks', true),
      { project_id: 1 },
    ],
    [
      'is not chosen among two',
      { id: 1 },
      tool('lucanto_list_x', {}, { required: ['a_id', 'b_id'], reads: true }),
      { id: 1 },
    ],
    ['is no company', { id: 1 }, tool('lucanto_list_x', {}, { required: ['workspace_id'], reads: true }), { id: 1 }],
    ['needs no name', { id: 1 }, tool('lucanto_list_x', {}, { required: ['label'], reads: true }), { id: 1 }],
    [
      'is the company itself',
      { id: 1 },
      tool('lucanto_get_workspace', { workspace_id: {} }, { resource: 'workspaces', reads: true }),
      { workspace_id: 1 },
    ],
    ['is a company elsewhere', { id: 1 }, tool('lucanto_list_x', { workspace_id: {} }, { reads: true }), { id: 1 }],
    [
      'is a company that was given',
      { id: 1, workspace_id: 2 },
      tool('lucanto_get_workspace', { workspace_id: {} }, { resource: 'workspaces' }),
      { id: 1, workspace_id: 2 },
    ],
  ])('%s', (_what, args, taker, expected) => {
    expect(withRecordId(args, taker)).toEqual(expected);
  });
});

describe('An unknown argument', () => {
  const PROPERTIES = {
    purchaser_id: { type: 'integer' },
    issue_date_from: { type: 'string' },
    issue_date_to: { type: 'string' },
    due_date_to: { type: 'string' },
    currency: { type: 'string' },
    items: {
      type: 'array',
      items: { type: 'object', properties: { unit_price: {}, label: {}, quantity: {} }, additionalProperties: false },
    },
    delivery: { type: 'object', properties: { street: {}, city: {} }, additionalProperties: false },
  };
  const schema = { type: 'object', properties: PROPERTIES, additionalProperties: false };
  const meant = (args: JsonObject, tools: readonly Tool[] = []) =>
    fittedArguments(args, schema).unknown.map((one) => suggestion(one, schema, tools, args));

  it.each<[JsonObject, string]>([
    [{ customer: 'A' }, '; did you mean `purchaser_id`?'],
    [{ client_id: 7 }, '; did you mean `purchaser_id`?'],
    [{ purchaserId: 7 }, '; did you mean `purchaser_id`?'],
    [{ from: '2026-01-01' }, '; did you mean `issue_date_from`?'],
    [{ since: '2026-01-01' }, '; did you mean `issue_date_from`?'],
    [{ due_until: '2026-01-01' }, '; did you mean `due_date_to`?'],
    [{ until: '2026-01-01' }, '; did you mean `issue_date_to` or `due_date_to`?'],
    [{ curency: 'EUR' }, '; did you mean `currency`?'],
    [{ unit_price: 1 }, '; did you mean `items[].unit_price`?'],
    [{ unitPrice: 1 }, '; did you mean `items[].unit_price`?'],
    [{ street: 'x' }, '; did you mean `delivery.street`?'],
    [{ items: [{ price: 1 }] }, '; did you mean `unit_price`?'],
    [{ items: [{ street: 1 }] }, '; did you mean `delivery.street`?'],
    [{ items: [{ currency: 1 }] }, '; did you mean `currency`?'],
    [{ delivery: { citty: 1 } }, '; did you mean `city`?'],
    [{ zzzzzzzz: 1 }, ''],
    [{ delivery: { zzzzzzzz: 1 } }, ''],
  ])('%j: %s', (args, words) => {
    expect(meant(args)).toEqual([words]);
  });

  it('that has a name where an id is needed leads to the list that has it', () => {
    const lists = (...names: string[]) => names.map((name) => tool(name, {}));
    expect(meant({ customer: 'A' }, lists('lucanto_list_contacts'))).toEqual([
      '; did you mean `purchaser_id` (find the id with lucanto_list_contacts)?',
    ]);
    expect(meant({ customer: 'A' }, lists('lucanto_list_contacts', 'lucanto_list_purchasers'))).toEqual([
      '; did you mean `purchaser_id` (find the id with lucanto_list_purchasers)?',
    ]);
    expect(meant({ customer: 'A' }, lists('lucanto_list_crates'))).toEqual(['; did you mean `purchaser_id`?']);
    expect(meant({ client_id: 7 }, lists('lucanto_list_contacts'))).toEqual(['; did you mean `purchaser_id`?']);
    expect(meant({ curency: 7 }, lists('lucanto_list_contacts'))).toEqual(['; did you mean `currency`?']);
  });
});

describe('An id that is given as a name', () => {
  const lists = [tool('lucanto_list_contacts', {}), tool('lucanto_list_projects', {})];
  const why = (name: string) => `\`${name}\` is the string "…", expected an integer`;
  it.each<[JsonObject, string, string]>([
    [{ purchaser_id: 'ACME s.r.o.' }, 'purchaser_id', ' (find the id with lucanto_list_contacts)'],
    [{ limit: 3, projectId: 'Žatva' }, 'projectId', ' (find the id with lucanto_list_projects)'],
    [{ crate_id: 'ACME' }, 'crate_id', ''],
    [{ purchaser_id: '7,5' }, 'purchaser_id', ''],
    [{ purchaser_id: 'ACME', limit: 'many' }, 'limit', ''],
  ])('leads to the list that has it: %j', (args, name, words) => {
    expect(idSource(why(name), args, lists)).toBe(words);
  });
});
