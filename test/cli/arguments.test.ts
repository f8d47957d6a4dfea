import { describe, expect, it } from 'vitest';
import { nearNames } from '../../src/catalog/arguments/wording.ts';
import { readArguments } from '../../src/cli/call-arguments.ts';

const SCHEMA = {
  type: 'object',
  properties: {
    id: { type: 'integer' },
    rate: { type: 'number' },
    name: { type: 'string' },
    draft: { type: 'boolean' },
    to: { type: 'array', items: { type: 'string' } },
    ids: { type: 'array', items: { type: 'integer' } },
    items: { type: 'array', items: { type: 'object' } },
    address: { type: 'object' },
    anything: {},
  },
};

const read = (...pairs: string[]) => readArguments(null, pairs, SCHEMA);

describe('The option --arg name=value', () => {
  it.each([
    [['id=42'], { id: 42 }],
    [['id=9007199254740993'], { id: 9007199254740993n }],
    [['rate=-1.5'], { rate: -1.5 }],
    [['name=42'], { name: '42' }],
    [['name='], { name: '' }],
    [['name=a=b'], { name: 'a=b' }],
    [['draft=yes'], { draft: true }],
    [['draft=false'], { draft: false }],
    [['to=a@b.example,c@d.example'], { to: ['a@b.example', 'c@d.example'] }],
    [['to=a, b', 'to=c'], { to: ['a, b', 'c'] }],
    [['ids=[1,2]'], { ids: [1, 2] }],
    [['ids=1,2'], { ids: [1, 2] }],
    [['items=[{"name":"Work, done"}]'], { items: [{ name: 'Work, done' }] }],
    [['items={"name":"a"}', 'items={"name":"b"}'], { items: [{ name: 'a' }, { name: 'b' }] }],
    [['address={"street":"Hlavná 123"}'], { address: { street: 'Hlavná 123' } }],
    [['anything=3'], { anything: 3 }],
    [['anything=x'], { anything: 'x' }],
    [['unknown=true'], { unknown: true }],
    [['toString=1'], { toString: 1 }],
  ])('reads %j with the type of the schema', (pairs, args) => {
    expect(read(...pairs)).toEqual(args);
  });

  it.each([['id'], ['=1'], ['id=one'], ['draft=maybe'], ['address=Hlavná'], ['ids=1,two']])('refuses %s', (pair) => {
    expect(() => read(pair)).toThrow(/^--arg /);
  });

  it('wins over the same name in --args', () => {
    expect(readArguments('{"id": 1, "name": "a"}', ['id=2'], SCHEMA)).toEqual({ id: 2, name: 'a' });
  });
});

describe('Similar names', () => {
  it('are found in spite of typing errors, and only if they are similar enough', () => {
    const names = ['login', 'logout', 'status', 'tools'];
    expect(nearNames('lgoin', names)).toEqual(['login']);
    expect(nearNames('tool', names)).toEqual(['tools']);
    expect(nearNames('invoices', names)).toEqual([]);
  });
});
