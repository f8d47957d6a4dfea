/** Lists through the whole bridge: short by default, and no row is lost on the way through the pages. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { stringifyJson } from '../../src/core/json.ts';
import { type DemoService, startDemo } from '../../src/demo/demo-server.ts';
import { type OtherLucanto, startOtherLucanto } from '../fixtures/other-lucanto/server.ts';
import { type OpenedBridge, openedBridge } from '../helpers/open-bridge.ts';

type Args = Readonly<Record<string, unknown>>;

/** Follows next_cursor to the end. */
async function pages(bridge: OpenedBridge, tool: string, args: Args) {
  const rows: Record<string, unknown>[] = [];
  const answers = [];
  for (let cursor: unknown, count = 0; count < 200; count += 1) {
    const answer = await bridge.ask(tool, { ...args, ...(cursor !== undefined && { cursor }) });
    answers.push(answer);
    rows.push(...answer.json.data);
    cursor = answer.json.next_cursor;
    if (cursor === undefined) return { rows, answers };
    expect(answer.json.has_more).toBe(true);
  }
  throw new Error('the pages do not end');
}

const idsOf = (rows: readonly Record<string, unknown>[]) => rows.map(({ id }) => String(id));

describe('against the embedded Lucanto', () => {
  let demo: DemoService;
  let bridge: OpenedBridge;
  let workspace_id: unknown;
  beforeAll(async () => {
    demo = await startDemo({ port: 0, generation: 'accounts', clock: Date.now });
    bridge = await openedBridge(demo.url, demo.tokens.manage);
    workspace_id = (await bridge.ask('lucanto_list_workspaces')).json[0].id;
  });
  afterAll(async () => {
    await bridge.close();
    await demo.close();
  });

  it.each([undefined, 1_000, 2_500, 40_000])(
    'keeps every page within %s characters, and every row once',
    async (max_chars) => {
      const all = await bridge.script('lucanto_list_invoices', { workspace_id, limit: 100 });
      const asked = { workspace_id, limit: 100, ...(max_chars !== undefined && { max_chars }) };
      const { rows, answers } = await pages(bridge, 'lucanto_list_invoices', asked);
      expect(idsOf(rows)).toEqual(idsOf(all.json.data));
      for (const { length } of answers) expect(length).toBeLessThanOrEqual(max_chars ?? 10_000);
    },
  );

  it('keeps every row of whole records too', async () => {
    const all = await bridge.script('lucanto_list_invoices', { workspace_id, limit: 100 });
    const { rows, answers } = await pages(bridge, 'lucanto_list_invoices', { workspace_id, limit: 100, fields: ['*'] });
    expect(rows.map((row) => stringifyJson({ ...row, pdf_url: '' }))).toEqual(
      all.json.data.map((row: object) => stringifyJson({ ...row, pdf_url: '' })),
    );
    expect(answers.length).toBeGreaterThan(3);
    for (const { length } of answers) expect(length).toBeLessThanOrEqual(10_000);
  });

  it('asks a second time where a page is too long, and not otherwise', async () => {
    const lists = () => demo.requests.filter(({ path }) => path.includes('/invoices')).length;
    const before = lists();
    await bridge.ask('lucanto_list_invoices', { workspace_id, limit: 100 });
    expect(lists() - before).toBe(2);
    await bridge.ask('lucanto_list_invoices', { workspace_id, limit: 10 });
    expect(lists() - before).toBe(3);
  });

  it('shows who, when, how much and in which state, and says on the first page alone what else there is', async () => {
    const first = await bridge.ask('lucanto_list_invoices', { workspace_id, limit: 3 });
    expect(Object.keys(first.json.data[1])).toEqual(
      expect.arrayContaining(['id', 'number', 'status', 'issue_date', 'due_date', 'purchaser_id', 'total', 'currency']),
    );
    expect(first.json.more_fields).toEqual(expect.arrayContaining(['items', 'total_vat', 'created_at']));
    for (const name of first.json.more_fields) expect(first.json.data[0]).not.toHaveProperty(name);
    const { next_cursor: cursor } = first.json;
    const second = await bridge.ask('lucanto_list_invoices', { workspace_id, limit: 3, cursor });
    expect(second.json).not.toHaveProperty('more_fields');
  });

  it('shows the fields that were asked for, in the order of the service', async () => {
    const { json } = await bridge.ask('lucanto_list_invoices', { workspace_id, limit: 2, fields: ['total', 'status'] });
    for (const row of json.data) expect(Object.keys(row)).toEqual(['status', 'total']);
    expect(Object.keys(json)).toEqual(['data', 'next_cursor', 'has_more']);
  });

  it.each(['total,status', 'total, status', '["total","status"]', ['total', 'Status'], ['total', 'status', 'status']])(
    'takes %j for a list of names',
    async (fields) => {
      const { json } = await bridge.ask('lucanto_list_invoices', { workspace_id, limit: 1, fields });
      expect(Object.keys(json.data[0])).toEqual(['status', 'total']);
    },
  );

  it('says which names it does not know, and which there are', async () => {
    const { json, result } = await bridge.ask('lucanto_list_invoices', {
      workspace_id,
      limit: 1,
      fields: ['total', 'foo'],
    });
    expect(result.isError).toBeUndefined();
    expect(json.unknown_fields).toEqual(['foo']);
    expect(json.more_fields).toEqual(expect.arrayContaining(['status', 'currency']));
    expect(Object.keys(json.data[0])).toEqual(['total']);
    const none = await bridge.ask('lucanto_list_invoices', { workspace_id, limit: 1, fields: ['foo'] });
    expect(none.json.data[0]).toHaveProperty('id');
  });

  it.each([{ max_chars: 999 }, { max_chars: 'many' }, { max_chars: 1.5e3 + 0.5 }, { fields: [1] }, { fields: {} }])(
    'refuses %j, and sends nothing',
    async (wrong) => {
      const before = demo.requests.length;
      const { json, result } = await bridge.ask('lucanto_list_invoices', { workspace_id, ...wrong });
      expect(result.isError).toBe(true);
      expect(json.error).toBe('invalid_arguments');
      expect(demo.requests.length).toBe(before);
    },
  );

  it('never passes its own arguments on, and gives a script everything', async () => {
    await bridge.ask('lucanto_list_contacts', { workspace_id, limit: 1, fields: ['*'], max_chars: 100_000 });
    expect(demo.requests.at(-1)?.path).not.toMatch(/fields|max_chars/);
    const { json } = await bridge.script('lucanto_list_invoices', { workspace_id, limit: 100 });
    expect(json.data.length).toBeGreaterThan(50);
    expect(json.data[0]).toHaveProperty('items');
    const few = await bridge.script('lucanto_list_invoices', { workspace_id, fields: ['id'], limit: 100 });
    expect(Object.keys(few.json.data[0])).toEqual(['id']);
  });

  it('leaves out of a record what is too long, and says how to get it', async () => {
    const [{ id }] = (await bridge.ask('lucanto_list_invoices', { workspace_id, limit: 1 })).json.data;
    const { json, length } = await bridge.ask('lucanto_get_invoice', { workspace_id, id, max_chars: 1_000 });
    expect(length).toBeLessThanOrEqual(1_000);
    expect(json.id).toBe(id);
    expect(json.hint).toMatch(/fields/);
    const whole = await bridge.ask('lucanto_get_invoice', { workspace_id, id });
    expect(whole.json).not.toHaveProperty('hint');
    const part = await bridge.ask('lucanto_get_invoice', { workspace_id, id, fields: ['total', 'zzz'] });
    expect(part.json).toMatchObject({ total: whole.json.total, unknown_fields: ['zzz'] });
  });
});

describe.each(['huge', 'small', 'uuid'] as const)('against another Lucanto with %s ids', (ids) => {
  let other: OtherLucanto;
  let bridge: OpenedBridge;
  beforeEach(async () => {
    other = await startOtherLucanto({ shape: { ids } });
    bridge = await openedBridge(other.url, other.tokens.manage);
  });
  afterEach(async () => {
    await bridge.close();
    await other.close();
  });

  async function add(count: number, fields: (index: number) => Args): Promise<readonly unknown[]> {
    const purchaser_id = (await bridge.ask('lucanto_list_contacts')).json.data[0].id;
    const made = [];
    for (let index = 0; index < count; index += 1) {
      const { json } = await bridge.script('lucanto_create_invoice', {
        ...{ purchaser_id, currency: 'EUR', issue_date: '2026-02-03' },
        ...fields(index),
        allow_duplicate: true,
      });
      made.push(json.id);
    }
    return made;
  }

  it('gives 100 rows in pages of 10,000 characters that add up to all of them', async () => {
    await add(70, (index) => ({ text_opening: `Faktúra ${index}: ${'ď'.repeat(100)}` }));
    const { rows, answers } = await pages(bridge, 'lucanto_list_invoices', { limit: 100, fields: ['*'] });
    expect(idsOf(rows)).toEqual(other.ids('invoices'));
    expect(rows).toHaveLength(100);
    expect(answers.length).toBeGreaterThan(2);
    for (const { length } of answers) expect(length).toBeLessThanOrEqual(10_000);
  });

  it('passes a giant record among others as a record of its own', async () => {
    await add(3, (index) => (index === 1 ? { text_opening: 'x'.repeat(60_000) } : {}));
    const asked = { limit: 100, fields: ['*'], max_chars: 2_000 };
    const { rows, answers } = await pages(bridge, 'lucanto_list_invoices', asked);
    expect(idsOf(rows)).toEqual(other.ids('invoices'));
    for (const { length } of answers) expect(length).toBeLessThanOrEqual(2_000);
    const giant = answers.filter(({ json }) => json.fields_left_out !== undefined);
    expect(giant.map(({ json }) => json.fields_left_out)).toEqual([['text_opening']]);
  });

  it('shows the first of many lines of a record, counted', async () => {
    const lines = Array.from({ length: 900 }, (_, index) => ({ name: `Práca ${index}`, unit_price: '10.00' }));
    const [id] = await add(1, () => ({ lines }));
    const { json, length } = await bridge.ask('lucanto_get_invoice', { id });
    expect(length).toBeLessThanOrEqual(10_000);
    expect(json.lines.length).toBeGreaterThan(50);
    expect(json.lines).toEqual(lines.slice(0, json.lines.length));
    expect(json.items_shown).toEqual([`lines: ${json.lines.length} of 900`]);
    const more = await bridge.ask('lucanto_get_invoice', { id, fields: ['lines'], max_chars: 40_000 });
    expect(more.json.lines.length).toBeGreaterThan(3 * json.lines.length);
  });

  it('says of a write whose answer is too long that it was carried out, and sends it once', async () => {
    const purchaser_id = (await bridge.ask('lucanto_list_contacts')).json.data[0].id;
    const before = other.ids('invoices').length;
    const { json, length, result } = await bridge.ask('lucanto_create_invoice', {
      purchaser_id,
      text_opening: 'y'.repeat(50_000),
    });
    expect(result.isError).toBeUndefined();
    expect(length).toBeLessThanOrEqual(10_000);
    expect(json).toMatchObject({ id: expect.anything(), status: 'draft', fields_left_out: ['text_opening'] });
    expect(json.hint).toMatch(/^This was done/);
    expect(other.ids('invoices')).toHaveLength(before + 1);
  });
});

describe('a list that the service gives whole', () => {
  let other: OtherLucanto;
  let bridge: OpenedBridge;
  beforeAll(async () => {
    other = await startOtherLucanto({ workspaces: 400 });
    bridge = await openedBridge(other.url, other.tokens.manage);
  });
  afterAll(async () => {
    await bridge.close();
    await other.close();
  });

  it('comes in pages of ours, each row once', async () => {
    const { rows, answers } = await pages(bridge, 'lucanto_list_workspaces', {});
    expect(idsOf(rows)).toEqual(other.workspaceIds);
    expect(answers.length).toBeGreaterThan(2);
    for (const { length, json } of answers) {
      expect(length).toBeLessThanOrEqual(10_000);
      expect(json.rows).toBe(400);
    }
  });

  it('stays whole for the bridge itself', async () => {
    const rows = await bridge.bridge.listWorkspaces({
      signal: new AbortController().signal,
      deadline: Date.now() + 9_000,
    });
    expect(rows.map(({ id }) => id)).toEqual(other.workspaceIds);
  });

  it('keeps the error that lists the choices short', async () => {
    const { json, length } = await bridge.ask('lucanto_list_invoices');
    expect(length).toBeLessThanOrEqual(10_000);
    expect(json).toMatchObject({ error: 'invalid_arguments', hint: expect.stringContaining('workspace_id') });
  });

  it('refuses a cursor that it never gave', async () => {
    const { json } = await bridge.ask('lucanto_list_workspaces', { cursor: 'abc' });
    expect(json.error).toBe('invalid_arguments');
  });
});
