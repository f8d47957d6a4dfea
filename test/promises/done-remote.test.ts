/** "It was done" by a remote tool: a result that says nothing, or contradicts itself, is no success. */
import { describe, expect, it } from 'vitest';
import { callContext } from '../helpers/call-context.ts';
import { type OddAnswer, oddService, type Received } from '../tools/odd-service.ts';
import { useScenes } from '../tools/opened.ts';

const { later, scene } = useScenes();

const RECEIPT = {
  type: 'object',
  properties: { id: { type: 'integer' }, total: { type: 'string' } },
  required: ['id'],
};
const inputSchema = { type: 'object', properties: { label: { type: 'string' } } };
const TOOLS = [
  { name: 'add_crate', description: 'Adds a crate.', inputSchema },
  { name: 'weigh_crate', description: 'Weighs it.', inputSchema, outputSchema: RECEIPT },
  { name: 'list_crates', description: 'Lists crates.', inputSchema, annotations: { readOnlyHint: true } },
  {
    name: 'get_crate',
    description: 'One crate.',
    inputSchema,
    outputSchema: RECEIPT,
    annotations: { readOnlyHint: true },
  },
  { name: 'scrap_crate', description: 'Deletes a crate for good.', inputSchema },
  { name: 'lucanto_delete_crate', inputSchema },
  { name: 'edit_crate', inputSchema: { type: 'object', properties: { crate_id: { type: 'integer' } } } },
  { name: 'stamp_crate', description: 'Stamps it.', inputSchema, outputSchema: { type: 'object' } },
];

/** @param results of the calls, in order; the last one answers every further call */
async function opened(...results: readonly object[]) {
  let calls = 0;
  const answer = (request: Received): OddAnswer | null => {
    if (request.path !== '/api/mcp/v1') return null;
    const { id, method } = JSON.parse(String(request.body));
    const result = (value: object) => ({ json: { jsonrpc: '2.0', id, result: value } });
    if (id === undefined) return { status: 202 };
    if (method === 'initialize')
      return result({ protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo: {} });
    if (method === 'tools/list') return result({ tools: TOOLS });
    if (method === 'tools/call') return result(results[Math.min(calls++, results.length - 1)] ?? {});
    return { json: { jsonrpc: '2.0', id, error: { code: -32601, message: 'No such method' } } };
  };
  const odd = later(await oddService({}, answer));
  const env = { LUCANTO_SCOPES: 'manage:*', LUCANTO_CONFIRM: 'never' };
  return { calls: () => calls, ...(await scene(odd.url, 'lct_pat_remote0123456789', env)) };
}

const text = (value: string) => ({ type: 'text', text: value });
const NO_SUCCESS: readonly (readonly [string, object])[] = [
  ['no content', { content: [] }],
  ['no content and empty data', { content: [], structuredContent: {} }],
  ['an empty text', { content: [text('')] }],
  ['an empty object', { content: [text('{}')] }],
  ['null', { content: [text('null')] }],
  ['an object of nulls', { content: [text('{"id":null,"label":null}')] }],
  ['success: false', { content: [text('{"success":false}')] }],
  ['zero', { content: [text('0')] }],
  ['no data', { content: [text('{"data":{}}')] }],
  ['a status of error', { content: [text('{"status":"error","message":"locked"}')] }],
  ['an error without the flag', { content: [text('{"error":"locked"}')] }],
  [
    'data, and a text of failure',
    { content: [text('{"success":false,"message":"locked"}')], structuredContent: { id: 7 } },
  ],
  ['a success, and a second text of failure', { content: [text('{"id":7}'), text('{"error":"not stored"}')] }],
  ['a report of failure around it', { content: [text('{"result":{"success":false,"message":"locked"}}')] }],
  ['a denial of its own act', { content: [text('{"id":7,"added":false}')] }],
  ['two ids', { content: [text('{"id":7}')], structuredContent: { id: 8 } }],
  ['two amounts', { content: [text('{"id":7,"total":"10.00"}')], structuredContent: { id: 7, total: '100.00' } }],
];

describe('A remote write that is answered with a result that is no success', () => {
  it.each(NO_SUCCESS)('has an unknown outcome, and the same call is not sent again: %s', async (_what, result) => {
    const { ask, calls } = await opened(result, { content: [text('{"id":9}')] });
    const first = await ask('add_crate', { label: 'A' });
    expect([first.result.isError, first.json]).toMatchObject([true, { outcome: 'unknown' }]);
    const second = await ask('add_crate', { label: 'A' });
    expect([second.result.isError, second.json]).toMatchObject([true, { outcome: 'unknown' }]);
    expect(calls()).toBe(1);
    expect((await ask('add_crate', { label: 'B' })).json).toEqual({ id: 9 });
  });

  it.each([
    ['lacks what its description requires', { content: [text('Weighed.')], structuredContent: { total: '1' } }],
    ['is only a text', { content: [text('Weighed.')] }],
    ['has another type', { content: [text('Weighed.')], structuredContent: { id: 'seven' } }],
  ])('has an unknown outcome where its data %s', async (_what, result) => {
    const { ask } = await opened(result);
    expect((await ask('weigh_crate', { label: 'A' })).json).toMatchObject({ error: 'no_answer', outcome: 'unknown' });
  });

  it('has an unknown outcome where an update shows another record', async () => {
    const { ask } = await opened({ content: [text('{"crate":{"id":8}}')] }, { content: [text('{"crate":{"id":7}}')] });
    const other = await ask('edit_crate', { crate_id: 6 });
    expect([other.result.isError, other.json]).toMatchObject([true, { outcome: 'unknown' }]);
    expect((await ask('edit_crate', { crate_id: 7 })).json).toEqual({ crate: { id: 7 } });
  });

  it('shows what the endpoint said', async () => {
    const { ask } = await opened({ content: [text('{"error":"depot is closed"}')] });
    expect(JSON.stringify((await ask('add_crate', { label: 'A' })).json)).toContain('depot is closed');
  });
});

describe('A remote deletion', () => {
  it.each([
    ['success: false', { content: [text('{"success":false}')] }],
    ['false', { content: [text('false')] }],
  ])('has an unknown outcome where the answer says that it failed: %s', async (_what, result) => {
    const { ask } = await opened(result);
    expect((await ask('scrap_crate', { label: 'A' })).json).toMatchObject({ error: 'no_answer', outcome: 'unknown' });
  });
});

describe('A remote read that is answered with a result that is no success', () => {
  it.each([
    ['list_crates', { content: [] }],
    ['list_crates', { content: [text('{"count":3}')], structuredContent: { count: 4 } }],
    ['get_crate', { content: [text('{"total":"3"}')], structuredContent: { total: '3' } }],
  ])('is an error and not an empty answer: %s %o', async (tool, result) => {
    const { ask } = await opened(result);
    const { result: answer, json } = await ask(tool, {});
    expect([answer.isError, json]).toMatchObject([true, { error: 'no_answer' }]);
    expect(json).not.toHaveProperty('outcome');
  });
});

describe('A remote result that is a success', () => {
  it.each([
    ['add_crate', { content: [text('Added.')] }],
    [
      'add_crate',
      {
        content: [text('{"id":7,"total":"10.00","status":"Open"}')],
        structuredContent: { id: 7, total: 10, status: 'open' },
      },
    ],
    ['weigh_crate', { content: [text('Weighed.')], structuredContent: { id: 7, total: '3' } }],
    ['list_crates', { content: [text('[]')] }],
    ['scrap_crate', { content: [] }],
    ['scrap_crate', { content: [text('{}')], structuredContent: {} }],
    ['lucanto_delete_crate', { content: [text('')] }],
    ['lucanto_delete_crate', { content: [text('null')] }],
    ['stamp_crate', { content: [text('{}')], structuredContent: {} }],
    ['add_crate', { content: [text('{"id":7,"due":"1. 2. 2026"}')], structuredContent: { id: 7, due: '2026-02-01' } }],
    ['list_crates', { content: [text('')], structuredContent: { crates: [] } }],
    ['add_crate', { content: [{ type: 'image', data: '', mimeType: 'image/png' }] }],
  ])('is passed on as it came: %s %o', async (tool, result) => {
    const { bridge } = await opened(result);
    expect((await bridge.call(tool, { label: 'A' }, callContext())).result).toMatchObject(result);
  });

  it('is passed on too where it is an error of its own', async () => {
    const refusal = { isError: true, content: [text('The depot is full.')] };
    const { bridge, calls } = await opened(refusal);
    for (const _time of [1, 2]) {
      expect((await bridge.call('add_crate', { label: 'A' }, callContext())).result).toMatchObject(refusal);
    }
    expect(calls()).toBe(2);
  });
});

describe('A write of a remote tool that is answered in words', () => {
  it.each([
    ...[
      'Added 1 of 3 crates.',
      '2 were skipped.',
      'Added 2 crates, skipped 1.',
      '1 crate was rejected.',
      '0 crates added.',
    ],
    ...['Crate 2 could not be added.', 'Nothing was added.', 'Crate not added: label is taken', 'Permission denied.'],
    ...['Invalid crates: label is blank', 'Added 1/3 crates', 'Added all crates except crate 2.', 'Exception: boom'],
    ...['Unable to add crates', 'You are not allowed to add crates.', 'Only 1 crate was added.', 'Partially completed'],
  ])('is not done where they say that it was not, or not all of it: %s', async (words) => {
    const { ask, calls } = await opened({ content: [text(words)] });
    for (const _time of [1, 2])
      expect((await ask('add_crate', { label: 'A' })).json).toMatchObject({ outcome: 'unknown' });
    expect(calls()).toBe(1);
  });

  it.each([
    ...[
      'Added 3 of 3 crates.',
      'Added 3 crates without errors (0 skipped).',
      'Added crate "2 failed, 1 of 3 skipped".',
    ],
    ...['Crate added: 1 of 12 instalments', 'Crate 5 of 2026 was added.', 'Created page 1 of 3', 'Added on 1/12/2026'],
    ...['Added the crate. The customer was not notified.'],
  ])('is done where they say so: %s', async (words) => {
    const { ask } = await opened({ content: [text('{"id":1}'), text(words)] });
    expect((await ask('add_crate', { label: 'A' })).result.isError ?? false).toBe(false);
  });
});

describe('A state of several records that sounds like a failure', () => {
  it('is done where the call asks for it, and not where it asks for another', async () => {
    const results = {
      results: [
        { id: 7, status: 'rejected' },
        { id: 8, status: 'rejected' },
      ],
    };
    const done = await opened(
      { content: [text(JSON.stringify(results))] },
      { content: [text('2 crates were rejected.')] },
    );
    const asked = { label: 'rejected', ids: [7, 8] };
    expect((await done.ask('stamp_crate', asked)).json).toEqual(results);
    const refused = await opened({ content: [text(JSON.stringify(results))] });
    expect((await refused.ask('stamp_crate', { label: 'checked' })).json).toMatchObject({ error: 'not_done' });
    const failed = { failed: [{ id: 7 }], results: [{ id: 8, status: 'failed' }] };
    const partly = await opened({ content: [text(JSON.stringify(failed))] });
    expect((await partly.ask('stamp_crate', { label: 'failed' })).json).toMatchObject({ error: 'partly_done' });
  });
});
