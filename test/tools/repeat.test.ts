/** A draft from an earlier document, in the embedded Lucanto and in a service with other names. */
import { describe, expect, it } from 'vitest';
import { addMonths } from '../../src/core/calendar.ts';
import { type DemoService, startDemo } from '../../src/demo/demo-server.ts';
import { namedPeriods } from '../../src/tools/repeat-notes.ts';
import { startOtherLucanto } from '../fixtures/other-lucanto/server.ts';
import { openedBridge } from '../helpers/open-bridge.ts';
import { json, listOf, oddService, parameters } from './odd-service.ts';
import { useScenes } from './opened.ts';

const { later } = useScenes();

const TOOL = 'lucanto_repeat_document';

async function demoAt(now: string, env: Readonly<Record<string, string>> = {}, tier: 'read' | 'manage' = 'manage') {
  const when = Date.parse(now);
  const service: DemoService = later(await startDemo({ port: 0, generation: 'workspaces', clock: () => when }));
  const opened = later(await openedBridge(service.url, service.tokens[tier], env, { now: when, timeZone: 'UTC' }));
  const created = async (over: object, type = 'invoice') =>
    (await opened.ask(`lucanto_create_${type}`, { workspace_id: 42, ...over })).json.id;
  return { service, ...opened, created };
}

const LINE = { name: 'Hosting január 2026', quantity: '1', unit_price: '24.90', vat_rate: '23' };
const INVOICE = {
  purchaser_id: 501,
  currency: 'EUR',
  issue_date: '2026-01-31',
  delivery_date: '2026-01-31',
  due_date: '2026-02-14',
  items: [LINE],
};

describe('lucanto_repeat_document', () => {
  it('makes a draft of this month from one of last month, without what the service computes', async () => {
    const { ask, created } = await demoAt('2026-02-10T08:00:00Z');
    const id = await created({ ...INVOICE, text_opening: 'Fakturujeme za 01/2026', variable_symbol: '77' });
    await ask('lucanto_issue_invoice', { workspace_id: 42, id });
    const { json: draft } = await ask(TOOL, { workspace_id: 42, type: 'invoice', id });
    expect(draft).toMatchObject({
      status: 'draft',
      repeated_from: { type: 'invoice', id, number: expect.stringMatching(/^FAK2026-/) },
      dates: {
        issue_date: '2026-01-31 → 2026-02-28',
        delivery_date: '2026-01-31 → 2026-02-28',
        due_date: '2026-02-14 → 2026-03-14',
      },
      texts_with_periods: [
        { field: 'text_opening', words: ['01/2026'] },
        { field: 'items[0].name', text: 'Hosting január 2026', words: ['január 2026'] },
      ],
    });
    expect(draft.id).not.toBe(id);
    expect(draft.not_taken_over).toEqual(
      expect.arrayContaining(['id', 'number', 'status', 'total', 'amount_due', 'pdf_url']),
    );
    const { json: read } = await ask('lucanto_get_invoice', { workspace_id: 42, id: draft.id, fields: '*' });
    expect(read).toMatchObject({
      purchaser_id: 501,
      variable_symbol: '77',
      issue_date: '2026-02-28',
      due_date: '2026-03-14',
      text_opening: 'Fakturujeme za 01/2026',
      total: '30.63',
    });
  });

  it('says a date before today or in the future, keeps the days to pay of the customer, and sends nothing', async () => {
    const { ask, created, service } = await demoAt('2026-11-28T08:00:00Z');
    const made = { name: 'Nine', due_days: 30, legal_identity: { email: 'nine@example.com' } };
    const { json: nine } = await ask('lucanto_create_contact', { workspace_id: 42, ...made });
    const dates = { issue_date: '2026-09-30', delivery_date: '2026-09-30', due_date: '2026-10-30' };
    const id = await created({ ...INVOICE, ...dates, purchaser_id: nine.id, delivery_type: 'email' });
    const { json: draft, result } = await ask(TOOL, { workspace_id: 42, type: 'invoice', id });
    // 30 days after 30 November; two months after 30 October it would be 30.
    expect(draft.dates).toMatchObject({ issue_date: '2026-09-30 → 2026-11-30', due_date: '2026-10-30 → 2026-12-30' });
    expect(draft.note).toContain('Dates were moved by 2 months. The issue date 2026-11-30 is 2 days from now.');
    expect(draft.not_taken_over).toContain('delivery_type');
    expect(JSON.stringify(result)).not.toMatch(/was sent|gives no address/);
    const [sent] = service.requests.slice(-1);
    expect([sent?.method, sent?.path.includes('invoices')]).toEqual(['POST', true]);
    // Asked for by an argument alone, it may be sent later, or not at all.
    const update = await ask('lucanto_update_invoice', { workspace_id: 42, id: draft.id, delivery_type: 'email' });
    expect(JSON.stringify(update.result)).toContain(
      'The service does not say whether something was sent, and to which',
    );
    const other = { issue_date: '2026-10-15', delivery_date: '2026-10-15', due_date: '2026-11-14' };
    const plain = { items: [{ name: 'Work', quantity: '1.0', unit_price: '10.00' }], text_opening: 'Thank you' };
    const late = await created({ ...INVOICE, ...other, ...plain, purchaser_id: nine.id });
    const { json: next } = await ask(TOOL, { workspace_id: 42, type: 'invoice', id: late });
    expect(next.dates.due_date).toBe('2026-11-14 → 2026-12-15');
    expect(next.note).toContain("by 1 month, and the due date keeps the customer's 30 days to pay.");
    expect(next.note).toContain('The issue date 2026-11-15 is 13 days ago. Texts were not changed.');
    const { json: past } = await ask(TOOL, { workspace_id: 42, type: 'invoice', id: late, issue_date: '2026-10-20' });
    expect(past.note).toContain('is 39 days ago. The due date 2026-11-19 has passed. Texts were not changed.');
    expect(draft.note).toContain('Texts were not changed: check those in texts_with_periods, which mention a period.');
    const { json: check } = await ask('lucanto_check_document', { workspace_id: 42, type: 'invoice', id: next.id });
    expect(JSON.stringify(check)).not.toContain('days to pay');
  });

  it('leaves out a payment reference that was made from the number', async () => {
    const { ask, created } = await demoAt('2026-02-10T08:00:00Z');
    const id = await created(INVOICE);
    await ask('lucanto_issue_invoice', { workspace_id: 42, id });
    const { json: issued } = await ask('lucanto_get_invoice', { workspace_id: 42, id, fields: '*' });
    expect(issued.variable_symbol).toBe(issued.number.replace(/\D/g, ''));
    const { json: draft } = await ask(TOOL, { workspace_id: 42, type: 'invoice', id });
    expect(draft.not_taken_over).toContain('variable_symbol');
    const { json: read } = await ask('lucanto_get_invoice', { workspace_id: 42, id: draft.id, fields: '*' });
    expect(read.variable_symbol).toBeUndefined();
  });

  it('takes another date of issue, and moves the others with it', async () => {
    const { ask, created } = await demoAt('2026-02-10T08:00:00Z');
    const id = await created({
      ...INVOICE,
      issue_date: '2026-01-15',
      delivery_date: '2026-01-14',
      due_date: '2026-01-29',
    });
    const { json: draft } = await ask(TOOL, { workspace_id: 42, type: 'invoice', id, issue_date: '2026-03-05' });
    expect(draft.dates).toEqual({
      issue_date: '2026-01-15 → 2026-03-05',
      delivery_date: '2026-01-14 → 2026-03-04',
      due_date: '2026-01-29 → 2026-03-19',
    });
  });

  it('is refused as any other create is when the same was just created, until the user wants it', async () => {
    const { ask, created, service } = await demoAt('2026-02-10T08:00:00Z');
    const id = await created(INVOICE);
    const { json: first } = await ask(TOOL, { workspace_id: 42, type: 'invoice', id });
    const before = service.requests.length;
    const { json: again, result } = await ask(TOOL, { workspace_id: 42, type: 'invoice', id });
    expect(result.isError).toBe(true);
    expect(JSON.stringify(again)).toContain(String(first.id));
    expect(service.requests.slice(before).filter(({ method }) => method === 'POST')).toEqual([]);
    const { json: wanted } = await ask(TOOL, { workspace_id: 42, type: 'invoice', id, allow_duplicate: true });
    expect(wanted.id).not.toBe(first.id);
  });

  it('exists only where a create does: not in read-only mode, and not for a key that only reads', async () => {
    const readOnly = await demoAt('2026-02-10T08:00:00Z', { LUCANTO_READ_ONLY: '1' });
    expect((() => readOnly.bridge.visible().map(({ descriptor }) => descriptor.name))()).not.toContain(TOOL);
    const reader = await demoAt('2026-02-10T08:00:00Z', {}, 'read');
    expect(reader.bridge.visible().map(({ descriptor }) => descriptor.name)).not.toContain(TOOL);
    await expect(
      reader.bridge.call(
        TOOL,
        { type: 'invoice', id: 1 },
        { signal: AbortSignal.timeout(1000), deadline: Date.now() + 1000 },
      ),
    ).rejects.toThrow(/hidden/);
  });

  it('stays in the pinned company', async () => {
    const { ask, bridge } = await demoAt('2026-02-10T08:00:00Z', { LUCANTO_WORKSPACE: '42' });
    const { json: draft } = await ask('lucanto_create_invoice', INVOICE);
    const { json: copy } = await ask(TOOL, { type: 'invoice', id: draft.id });
    expect(copy.status).toBe('draft');
    expect(Object.keys(Object(bridge.find(TOOL).descriptor.inputSchema.properties))).not.toContain('workspace_id');
  });
});

describe('repeating a document of another service', () => {
  const text = { type: 'string' };
  const day = { type: 'string', format: 'date' };
  const line = {
    type: 'object',
    properties: { what: text, count: { type: 'number' }, price: text, period_start: day, period_end: day },
  };
  const written = {
    customer_id: { type: 'integer' },
    issuedOn: day,
    payBy: day,
    memo: text,
    options: { type: 'object', properties: { send_email: { type: 'boolean' }, paper: text } },
    positions: { type: 'array', items: line },
    state: text,
  };
  const answered = { ...written, id: { type: 'integer' }, docNumber: text, customer: { type: 'object' }, sum: text };
  const PATHS = {
    '/workspaces/{workspace_id}/orders': {
      parameters: parameters('workspace_id'),
      get: { responses: { 200: listOf(answered) } },
      post: {
        requestBody: {
          content: {
            'application/json': { schema: { type: 'object', required: ['customer_id'], properties: written } },
          },
        },
        responses: { 201: json({ type: 'object', properties: answered }) },
      },
    },
    '/workspaces/{workspace_id}/orders/{id}': {
      parameters: parameters('workspace_id', 'id'),
      get: { responses: { 200: json({ type: 'object', properties: answered }) } },
    },
  };

  it('goes by its own names, moves the periods of lines, and takes ids out of objects', async () => {
    const order = {
      id: 4,
      docNumber: 'OB-2026-0004',
      state: 'paid',
      customer: { id: 9, name: 'Nine' },
      issuedOn: '2026-01-01',
      payBy: '2026-01-15',
      memo: 'Q1 2026, see KW 3',
      options: { send_email: true, paper: 'A4' },
      sum: '20.00',
      positions: [
        {
          id: 1,
          what: 'Rent',
          count: 1,
          price: '20.00',
          period_start: '2026-01-01',
          period_end: '2026-01-31',
          total: '20.00',
        },
      ],
    };
    const service = later(
      await oddService(PATHS, ({ method, body }) =>
        method === 'POST'
          ? { status: 201, json: { id: 5, state: 'draft', ...JSON.parse(String(body)) } }
          : { json: order },
      ),
    );
    const env = { LUCANTO_SCOPES: 'manage:*' };
    const { ask } = later(
      await openedBridge(service.url, 'lct_pat_x23456789', env, { now: Date.parse('2026-02-03'), timeZone: 'UTC' }),
    );
    const { json: draft } = await ask(TOOL, { type: 'order', id: 4 });
    const [sent] = service.received.filter(({ method }) => method === 'POST');
    expect(sent?.headers['idempotency-key']).toMatch(/^[\w-]{16,}$/);
    expect(JSON.parse(String(sent?.body))).toEqual({
      customer_id: 9,
      issuedOn: '2026-02-01',
      payBy: '2026-02-15',
      memo: 'Q1 2026, see KW 3',
      options: { paper: 'A4' },
      positions: [{ what: 'Rent', count: 1, price: '20.00', period_start: '2026-02-01', period_end: '2026-02-28' }],
    });
    expect(draft.not_taken_over).toContain('options.send_email');
    expect(draft).toMatchObject({ id: 5, texts_with_periods: [{ field: 'memo', words: ['Q1 2026', 'KW 3'] }] });
  });

  it('says in the words of the create what the record says in others: days of times, lines, and the currency of amounts', async () => {
    const row = { type: 'object', properties: { label: text, qty: text, net_price: { type: 'object' } } };
    const taken = { client_id: text, issued_on: day, pay_by: day, currency: { ...text, default: 'EUR' } };
    const create = { type: 'object', properties: { ...taken, items: { type: 'array', items: row } } };
    const body = { content: { 'application/json': { schema: create } } };
    const money = { type: 'object', properties: { amount: text, currency: text } };
    const fields = { id: {}, client: { type: 'object' }, issued_at: text, pay_by: text, gross: money, positions: {} };
    const record = json({ type: 'object', properties: fields });
    const at = '/workspaces/{workspace_id}/invoices';
    const paths = {
      [at]: {
        parameters: parameters('workspace_id'),
        get: { responses: { 200: listOf(fields) } },
        post: { requestBody: body, responses: { 201: record } },
      },
      [`${at}/{id}`]: { parameters: parameters('workspace_id', 'id'), get: { responses: { 200: record } } },
    };
    const price = { amount: '10.00', currency: 'CZK' };
    const invoice = {
      ...{ id: 4, client: { id: 'c9', name: 'Nine' }, gross: { amount: '12.10', currency: 'CZK' } },
      // The 15th in Prague.
      ...{ issued_at: '2026-01-14T23:30:00Z', pay_by: '2026-01-29T12:00:00+01:00' },
      positions: [{ id: 1, label: 'Rent', qty: '1', net_price: price }],
    };
    const service = later(
      await oddService(paths, ({ method, body }) =>
        method === 'POST' ? { status: 201, json: { id: 5, ...JSON.parse(String(body)) } } : { json: invoice },
      ),
    );
    const when = { now: Date.parse('2026-02-20T08:00:00Z'), timeZone: 'Europe/Prague' };
    const opened = await openedBridge(service.url, 'lct_pat_x23456789', { LUCANTO_SCOPES: 'manage:*' }, when);
    const { json: draft } = await later(opened).ask(TOOL, { type: 'invoice', id: 4 });
    const [sent] = service.received.filter(({ method }) => method === 'POST');
    expect(JSON.parse(String(sent?.body))).toEqual({
      ...{ client_id: 'c9', issued_on: '2026-02-15', pay_by: '2026-02-28', currency: 'CZK' },
      items: [{ label: 'Rent', qty: '1', net_price: price }],
    });
    expect(draft.dates).toEqual({ issued_on: '2026-01-15 → 2026-02-15', pay_by: '2026-01-29 → 2026-02-28' });
  });

  it('creates nothing while the days to pay of the customer cannot be read', async () => {
    const order = { id: 4, customer_id: 9, issuedOn: '2026-01-15', payBy: '2026-02-14', positions: [] };
    const client = { type: 'object', properties: { id: { type: 'integer' }, due_days: { type: 'integer' } } };
    const clients = {
      '/workspaces/{workspace_id}/customers/{id}': {
        parameters: parameters('workspace_id', 'id'),
        get: { responses: { 200: json(client) } },
      },
    };
    const service = later(
      await oddService({ ...PATHS, ...clients }, ({ path }) =>
        path.includes('/customers/') ? { status: 500, json: {} } : { json: order },
      ),
    );
    const when = { now: Date.parse('2026-02-03'), timeZone: 'UTC' };
    const env = { LUCANTO_SCOPES: 'manage:*' };
    const { ask } = later(await openedBridge(service.url, 'lct_pat_x23456789', env, when));
    const { result } = await ask(TOOL, { type: 'order', id: 4 });
    expect([result.isError, service.received.filter(({ method }) => method === 'POST')]).toEqual([true, []]);
  });

  it('works over another Lucanto in both of its shapes', async () => {
    for (const shape of [
      {},
      { generation: 'accounts', wrappers: { invoices: 'invoice' }, rowsField: 'items', ids: 'small' } as const,
    ]) {
      const other = later(await startOtherLucanto({ shape, remote: { catalogue: 'wide' } }));
      const when = { now: Date.parse('2026-02-10'), timeZone: 'UTC' };
      const { ask } = later(await openedBridge(other.url, other.tokens.manage, {}, when));
      const rows = other.options.shape.rowsField;
      const { json: first } = await ask('lucanto_create_invoice', {
        purchaser_id: other.ids('contacts')[0],
        issue_date: '2026-01-31',
        [rows]: [{ name: 'Work', quantity: '1', unit_price: '5.00' }],
      });
      const { json: draft } = await ask(TOOL, { type: 'invoice', id: String(first.id) });
      expect(draft.dates).toEqual({ issue_date: '2026-01-31 → 2026-02-28' });
      expect(String(draft.id)).not.toBe(String(first.id));
    }
  });
});

describe('Dates by whole months', () => {
  it.each([
    ['2026-01-31', 1, '2026-02-28'],
    ['2028-01-31', 1, '2028-02-29'],
    ['2026-01-30', 1, '2026-02-28'],
    ['2026-02-28', 1, '2026-03-31'],
    ['2028-02-28', 1, '2028-03-28'],
    ['2028-02-29', 12, '2029-02-28'],
    ['2026-04-30', 1, '2026-05-31'],
    ['2025-11-30', 3, '2026-02-28'],
    ['2025-12-15', 1, '2026-01-15'],
    ['2026-03-31', -1, '2026-02-28'],
    ['2026-01-15', 24, '2028-01-15'],
  ])('make %s and %s of it %s', (date, months, expected) => {
    expect(addMonths(date, months, true)).toBe(expected);
  });

  it('keep the day where the end of a month is a coincidence', () => {
    expect([addMonths('2026-02-28', 1, false), addMonths('2026-01-31', 1, false)]).toEqual([
      '2026-03-28',
      '2026-02-28',
    ]);
  });
});

describe('Words that name a period', () => {
  it.each([
    ['Hosting január 2026', ['január 2026']],
    ['Služby za ledna 2026 a únor', ['ledna 2026', 'únor']],
    ['Miete März 2026 (KW 12)', ['März 2026', 'KW 12']],
    ['Loyer de février', ['février']],
    ['Rent for May', ['May']],
    ['You may pay in 14 days', []],
    ['Support 2025/12, 3. kvartál 2026', ['2025/12', '3. kvartál 2026']],
    ['Práce 1.2. - 28.2.2026', ['1.2.', '28.2.2026']],
    ['Licence 2026', ['2026']],
    ['12 pieces of model 4711', []],
  ])('are found in "%s"', (text, words) => {
    expect(namedPeriods(text)).toEqual(words);
  });
});
