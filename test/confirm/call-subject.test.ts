/** What a call is about: which record is read for the question, by which tool, and whose it is. */
import { beforeEach, describe, expect, it } from 'vitest';
import { type CallSubject, type SubjectReader, subjectOf } from '../../src/confirm/call-subject.ts';
import { effectsAskedFor } from '../../src/contract/argument-effects.ts';
import type { JsonObject } from '../../src/core/json.ts';
import type { CallContext, Tool } from '../../src/core/tool.ts';
import { callContext } from '../helpers/call-context.ts';
import { DELETE } from '../helpers/gate.ts';

const NOW = 1_800_000_000_000;

/** @param needs its required arguments, beside the workspace */
function get(noun: string, needs: readonly string[] = ['id'], over: Partial<Tool> = {}): Tool {
  const annotations = { ...DELETE.descriptor.annotations, readOnlyHint: true };
  const properties = Object.fromEntries(['workspace_id', 'id', ...needs].map((name) => [name, { type: 'integer' }]));
  const inputSchema = { type: 'object', properties };
  const descriptor = { ...DELETE.descriptor, name: `lucanto_get_${noun}`, annotations, inputSchema };
  return {
    ...DELETE,
    tier: 'read',
    descriptor,
    validation: { ...inputSchema, required: [...needs, 'workspace_id'] },
    ...over,
  };
}
const named = (name: string, over: Partial<Tool> = {}): Tool => ({
  ...DELETE,
  descriptor: { ...DELETE.descriptor, name: `lucanto_${name}` },
  ...over,
});

let visible: readonly Tool[];
let records: Record<string, JsonObject | Error>;
let read: { readonly tool: string; readonly args: JsonObject; readonly context: CallContext }[];
beforeEach(() => {
  read = [];
  visible = [get('bill'), get('client')];
  records = {
    lucanto_get_bill: { id: 7, number: 'B-7', client_id: 3 },
    lucanto_get_client: {
      id: 3,
      name: 'Eva',
      email: 'eva@client.example',
      contact: { email: 'office@client.example' },
    },
  };
});

function reader(over: Partial<SubjectReader> = {}): SubjectReader {
  return {
    pinned: null,
    clock: () => NOW,
    workspaces: {
      resolve: async (args) => Number(args.workspace_id ?? 42),
      list: async () => [{ id: '42', name: 'Firm' }],
    },
    visible: () => visible,
    read: async ({ descriptor }, args, context) => {
      read.push({ tool: descriptor.name, args, context });
      const found = records[descriptor.name];
      if (found === undefined || found instanceof Error) throw found ?? new Error('missing');
      return { content: [{ type: 'text', text: JSON.stringify(found) }] };
    },
    ...over,
  };
}
const SEND = named('send_bill', { irreversible: 'sends' });
const about = (
  tool: Tool,
  args: JsonObject,
  over: Partial<SubjectReader> = {},
  context = callContext({ deadline: NOW + 20_000 }),
): Promise<CallSubject> =>
  subjectOf({ tool, args, effects: effectsAskedFor(tool, args), allowDuplicate: false }, context, reader(over));
const reads = () => read.map(({ tool, args }) => [tool.replace('lucanto_get_', ''), args]);

describe('The record of a call', () => {
  it.each([
    ['the get tool that its name ends with', [get('bill')], 'void_bill', { id: 7 }, ['bill', { id: 7 }]],
    [
      'the longest such',
      [get('line'), get('bill_line', ['bill_id', 'id'])],
      'delete_bill_line',
      { bill_id: 7, id: 2 },
      ['bill_line', { bill_id: 7, id: 2 }],
    ],
    ['an id of its own name', [get('bill')], 'void_bill', { bill_id: 8 }, ['bill', { id: 8 }]],
    [
      'an id of its own name before a plain one',
      [get('bill')],
      'void_bill',
      { bill_id: 8, id: 7 },
      ['bill', { id: 8 }],
    ],
    ['an argument of another name', [get('bill', ['code'])], 'void_bill', { code: 'x' }, ['bill', { code: 'x' }]],
    ['an id that the get tool does not require', [get('bill', [])], 'void_bill', { id: 7 }, ['bill', { id: 7 }]],
    ['the record that it is a part of', [get('bill')], 'send_bill_reminder', { id: 7 }, ['bill', { id: 7 }]],
  ] as const)('is read with %s', async (_what, tools, name, args, expected) => {
    visible = tools;
    records = Object.fromEntries(tools.map(({ descriptor }) => [descriptor.name, { id: 7, customer_name: 'X' }]));
    const subject = await about(named(name), args);
    expect(reads()).toEqual([[expected[0], { ...expected[1], workspace_id: 42 }]]);
    expect(subject.facts?.id).toBe('7');
    expect(subject.noun).toBe(name.endsWith(`_${expected[0]}`) ? null : expected[0]);
  });

  it.each([
    ['there is no such tool', [get('client')], 'void_bill', { id: 7 }],
    ['the tool does not read', [{ ...get('bill'), tier: 'write' as const }], 'void_bill', { id: 7 }],
    ['the tool may change something', [named('get_bill', { tier: 'read' })], 'void_bill', { id: 7 }],
    ['the tool has no noun', [get('')], 'void_', { id: 7 }],
    ['the call does not name it', [get('bill')], 'void_bill', {}],
    ['the call does not name all of it', [get('bill', ['year', 'id'])], 'void_bill', { id: 7 }],
    ['the call does not name what it is a part of', [get('bill')], 'send_bill_reminder', { level: 1 }],
    ['the get tool takes nothing', [get('bill', [], { validation: {} })], 'void_bill', { id: 7 }],
  ] as const)('is not read where %s', async (_why, tools, name, args) => {
    visible = tools;
    expect(await about(named(name), args)).toMatchObject({ facts: null, noun: null, stored: null });
    expect(read).toEqual([]);
  });

  it('is unknown where reading fails or gives no record', async () => {
    records = {};
    expect((await about(SEND, { id: 7 })).facts).toBeNull();
    for (const result of [
      { isError: true, content: [{ type: 'text', text: '{"id":7}' }] },
      { content: [] },
      { content: [{ type: 'text', text: '[1]' }] },
      { content: [{ type: 'text', text: 'nonsense' }] },
    ])
      expect((await about(SEND, { id: 7 }, { read: async () => result })).facts).toBeNull();
    const structured = { content: [{ type: 'image' }], structuredContent: { bill: { id: 9 } } };
    expect((await about(SEND, { id: 7 }, { read: async () => structured })).facts?.id).toBe('9');
  });

  it('is read within a short time, without the progress of the call', async () => {
    const context = callContext({
      ...{ deadline: NOW + 8_000, traceparent: 't', client: { name: 'app', version: '1' } },
      onProgress: () => undefined,
    });
    await about(SEND, { id: 7 }, {}, context);
    expect(read[0]?.context).toMatchObject({ deadline: NOW + 2_000, traceparent: 't', client: { name: 'app' } });
    expect(read[0]?.context).not.toHaveProperty('onProgress');
    read = [];
    await about(SEND, { id: 7 }, {}, callContext({ deadline: NOW + 60_000 }));
    expect(read[0]?.context).toMatchObject({ deadline: NOW + 4_000 });
    expect(Object.keys(read[0]?.context ?? {})).toEqual(['signal', 'deadline']);
    read = [];
    await about(SEND, { id: 7 }, {}, callContext({ deadline: NOW }));
    expect(read[0]?.context.deadline).toBe(NOW + 1);
  });
});

describe('The customer of a record', () => {
  it('is read before something is sent, and all its addresses are stored ones', async () => {
    expect(await about(SEND, { id: 7 })).toMatchObject({
      facts: { customer: 'Eva' },
      stored: expect.arrayContaining(['eva@client.example', 'office@client.example']),
    });
    expect(reads().at(-1)).toEqual(['client', { id: 3, workspace_id: 42 }]);
  });

  it.each([
    ['deletes', false],
    ['issues', false],
    ['sends', true],
    ['unknown', true],
  ] as const)('with a name in the record is read before what %s: %s', async (irreversible, isRead) => {
    records.lucanto_get_bill = { id: 7, client_id: 3, client_name: 'Known', client: { email: 'own@client.example' } };
    const subject = await about(named('send_bill', { irreversible }), { id: 7 });
    expect(read).toHaveLength(isRead ? 2 : 1);
    expect(subject.facts?.customer).toBe('Known');
    expect(subject.stored?.includes('eva@client.example')).toBe(isRead);
    expect(subject.stored?.includes('own@client.example')).toBe(!isRead);
  });

  it.each([
    ['by another word for customers', { id: 7, purchaser_id: 3 }, 'Eva'],
    ['by an object with an id', { id: 7, buyer: { id: 3 } }, 'Eva'],
    ['not at all, without an id', { id: 7, buyer: {} }, null],
    ['not at all, where there is none', { id: 7 }, null],
  ])('is found %s', async (_how, bill, customer) => {
    records.lucanto_get_bill = bill;
    expect((await about(SEND, { id: 7 })).facts?.customer).toBe(customer);
    expect(read).toHaveLength(customer === null ? 1 : 2);
  });

  it('is shown by its id where it cannot be read, and its stored address is unknown', async () => {
    records.lucanto_get_client = new Error('down');
    expect(await about(SEND, { id: 7 })).toMatchObject({ facts: { customer: '3' }, stored: null });
    visible = [get('bill')];
    expect(await about(SEND, { id: 7 })).toMatchObject({ facts: { customer: '3' }, stored: null });
  });
});

describe('The workspace of a call', () => {
  it('is the pinned one, else the one of the call, else the only one', async () => {
    const resolved: JsonObject[] = [];
    const workspaces: SubjectReader['workspaces'] = {
      list: async () => [
        { id: '43', name: 'Other' },
        { id: '42', name: 'Firm' },
      ],
      resolve: async (args) => {
        resolved.push(args);
        return Number(args.workspace_id ?? 42);
      },
    };
    expect(await about(DELETE, { id: 7 }, { pinned: '43' })).toMatchObject({ workspace: { id: '43', name: null } });
    expect(await about(DELETE, { id: 7, workspace_id: 43 }, { workspaces })).toMatchObject({
      ...{ args: { id: 7 }, callArgs: { id: 7, workspace_id: 43 } },
      workspace: { id: '43', name: 'Other' },
    });
    expect(await about(DELETE, { id: 7 }, { workspaces })).toMatchObject({
      ...{ callArgs: { id: 7, workspace_id: 42 }, workspace: { id: '42', name: 'Firm' } },
    });
    expect(resolved).toEqual([{ workspace_id: 43 }, {}]);
  });

  it('is none where the tool takes none, and has no name where it cannot be listed', async () => {
    const inputSchema = { type: 'object', properties: {} };
    const global = { ...DELETE, descriptor: { ...DELETE.descriptor, inputSchema } };
    const failing: SubjectReader['workspaces'] = {
      resolve: async () => 42,
      list: () => Promise.reject(new Error('down')),
    };
    expect(await about(global, { id: 7 }, { workspaces: failing })).toMatchObject({
      workspace: null,
      callArgs: { id: 7 },
    });
    expect((await about(global, { id: 7 })).callArgs).toEqual({ id: 7 });
    expect((await about(DELETE, { id: 7 }, { workspaces: failing })).workspace).toEqual({ id: '42', name: null });
  });
});
