/** The bridge's own arguments: which tools take them, under which name, and how each is read. */
import { describe, expect, it } from 'vitest';
import { OWN_ARGUMENTS, ownName, withConfirmation } from '../../../src/catalog/arguments/own-arguments.ts';
import { ArgumentsError } from '../../../src/core/errors.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import type { Tool } from '../../../src/core/tool.ts';

function tool(over: Partial<Tool> = {}, properties: JsonObject = {}, readOnlyHint = false): Tool {
  const schema = { type: 'object', properties };
  const annotations = { title: 'T', readOnlyHint, destructiveHint: false, idempotentHint: false, openWorldHint: false };
  return {
    descriptor: { name: 'lucanto_pack_crate', title: 'T', description: 'D', inputSchema: schema, annotations },
    ...{ validation: schema, route: 'rest', tier: 'write', resource: 'crates', scopes: [] },
    call: () => Promise.reject(new Error('not called')),
    ...over,
  };
}
const read = (properties: JsonObject = {}) => tool({ tier: 'read' }, properties, true);

describe('An argument of the bridge', () => {
  it.each([
    ['more', tool(), 'more'],
    ['more', tool({}, { more: {} }), 'more_fields'],
    ['more', tool({}, { more: {}, more_fields: {} }), null],
    ['fields', read(), 'fields'],
    ['fields', tool(), null],
    ['fields', tool({ route: 'remote', tier: 'read' }, {}, true), null],
    ['fields', read({ fields: {} }), null],
    ['max_chars', read(), 'max_chars'],
    ['max_chars', tool(), null],
    ['cursor', read(), null],
    ['allow_duplicate', tool(), 'allow_duplicate'],
    ['allow_duplicate', read(), null],
    ['save_as', tool({ saveRows: () => Promise.reject(new Error('not called')) }), 'save_as'],
    ['save_as', tool(), null],
    ['line', tool(), null],
    ['confirmation', tool({ irreversible: 'deletes' }), 'confirmation'],
    ['confirmation', tool({ irreversible: 'deletes' }, { confirmation: {} }), 'lucanto_confirmation'],
    ['confirmation', tool(), 'confirmation'],
    ['confirmation', read(), null],
    ['preview', tool({ irreversible: 'sends' }), 'preview'],
    ['preview', tool({ irreversible: 'sends' }, { preview: {} }), 'lucanto_preview'],
    ['preview', read(), null],
  ] as const)('%s is taken, or is not (%#)', (name, taker, expected) => {
    expect(ownName<unknown>(OWN_ARGUMENTS[name], taker)).toBe(expected);
  });

  it('is taken where only the shown schema has it', () => {
    const shown = (name: string) => {
      const plain = tool({ route: 'remote' });
      const inputSchema = { type: 'object', properties: { [name]: {} } };
      return { ...plain, descriptor: { ...plain.descriptor, inputSchema } };
    };
    for (const name of ['fields', 'max_chars', 'cursor'] as const)
      expect(ownName<unknown>(OWN_ARGUMENTS[name], shown(name))).toBe(name);
  });
});

describe('The value of an argument of the bridge', () => {
  const parse = (name: keyof typeof OWN_ARGUMENTS, given: unknown): unknown => OWN_ARGUMENTS[name].parse(given, name);

  it.each([
    ['more', { a: 1 }, { a: 1 }],
    ['more', '{"a":1}', { a: 1 }],
    ['fields', 'a, b', ['a', 'b']],
    ['fields', '["a","b","a"]', ['a', 'b']],
    ['fields', ['a ', '', 'b'], ['a', 'b']],
    ['fields', '*', ['*']],
    ['fields', [], null],
    ['fields', ' , ', null],
    ['max_chars', 5000, 5000],
    ['max_chars', '5000', 5000],
    ['max_chars', 5000n, 5000],
    ['max_chars', 1000, 1000],
    ['max_chars', 999_999, 40_000],
    ['cursor', 0, 0],
    ['cursor', '120', 120],
    ['cursor', '', null],
    ['allow_duplicate', true, true],
    ['allow_duplicate', 'true', true],
    ['allow_duplicate', false, false],
    ['allow_duplicate', 'false', false],
    ['preview', true, true],
    ['preview', 'true', true],
    ['preview', false, false],
    ['preview', 'false', false],
    ['save_as', 'xlsx', 'xlsx'],
    ['save_as', ' .CSV ', 'csv'],
    ['save_as', 'Excel', 'xlsx'],
    ['save_as', '', null],
    ['line', 1, 1],
    ['line', '999999', 999_999],
    ['confirmation', ' code ', 'code'],
    ['confirmation', 7, ''],
  ] as const)('%s is read in one way (%#)', (name, given, expected) => {
    expect(parse(name, given)).toEqual(expected);
  });

  it.each(Object.keys(OWN_ARGUMENTS) as readonly (keyof typeof OWN_ARGUMENTS)[])('%s may be left out', (name) => {
    expect([parse(name, undefined), parse(name, null)]).toEqual([null, null]);
  });

  it.each([
    ['more', 'a', 'more must be an object of further arguments.'],
    ['more', [1], 'more must be an object of further arguments.'],
    ['fields', 7, 'fields must be a list of names.'],
    ['fields', ['a', 7], 'fields must be a list of names.'],
    ['max_chars', 1.5, 'max_chars must be a whole number from'],
    ['max_chars', 'x', 'max_chars must be a whole number from'],
    ['max_chars', 999, 'max_chars must be a whole number from 1000 to 40000.'],
    ['max_chars', [5000], 'max_chars must be a whole number from'],
    ['cursor', 'x1', 'This cursor does not come from'],
    ['cursor', '1234567890', 'This cursor does not come from'],
    ['cursor', -1, 'This cursor does not come from'],
    ['allow_duplicate', 'yes', 'allow_duplicate must be true or false.'],
    ['allow_duplicate', 1, 'allow_duplicate must be true or false.'],
    ['preview', 'yes', 'preview must be true or false.'],
    ['preview', 0, 'preview must be true or false.'],
    ['save_as', 'pdf', 'save_as must be "xlsx" or "csv".'],
    ['save_as', 'x.csv', 'save_as must be "xlsx" or "csv".'],
    ['line', 0, 'line must be the position of a line, counted from 1.'],
    ['line', '01', 'line must be the position of a line, counted from 1.'],
    ['line', 1_000_000, 'line must be the position of a line, counted from 1.'],
  ] as const)('%s: %j is refused, and nothing is sent', (name, given, message) => {
    const refused = () => parse(name, given);
    expect(refused).toThrow(ArgumentsError);
    expect(refused).toThrow(message);
    try {
      refused();
    } catch (error) {
      expect(Object(error).hint).toMatch(/^Nothing was sent\. [A-Z].*\.$/);
    }
  });
});

describe('A tool that a person may have to agree to', () => {
  const final = (over: Partial<Tool> = {}, properties: JsonObject = { id: {} }) =>
    tool({ irreversible: 'deletes', ...over }, properties);
  const names = (one: Tool) => Object.keys(Object(one.descriptor.inputSchema.properties));

  it('shows what asks for a preview, and the code only where one is always needed', () => {
    expect(names(withConfirmation(final(), false))).toEqual(['id', 'preview']);
    expect(names(withConfirmation(final(), true))).toEqual(['id', 'preview', 'confirmation']);
    expect(names(withConfirmation(final({ route: 'remote' }), false))).toEqual(['id']);
    expect(names(withConfirmation(final({ route: 'remote' }), true))).toEqual(['id', 'confirmation']);
    const taken = { preview: {}, lucanto_preview: {} };
    expect(names(withConfirmation(final({}, taken), false))).toEqual(['preview', 'lucanto_preview']);
  });

  it('keeps all else of its description, and another tool keeps everything', () => {
    const meta = { 'x/y': 1 };
    const before = final();
    const marked = { ...before, descriptor: { ...before.descriptor, _meta: meta } };
    const { inputSchema: _in, ...shown } = withConfirmation(marked, true).descriptor;
    const { inputSchema: _own, ...original } = marked.descriptor;
    expect(shown).toEqual(original);
    expect(withConfirmation(before, true).descriptor).not.toHaveProperty('_meta');
    const plain = tool();
    expect(withConfirmation(plain, true)).toBe(plain);
    const { validation: _checks, ...without } = final();
    expect(
      names(
        withConfirmation({ ...without, validation: {}, descriptor: { ...before.descriptor, inputSchema: {} } }, false),
      ),
    ).toEqual(['preview']);
  });
});
