/** Limits over a service that nobody knew: cents, other names, batches, switches that send, verbs that are not known. */
import { describe, expect, it } from 'vitest';
import { json, oddService, parameters } from '../tools/odd-service.ts';
import { useScenes } from '../tools/opened.ts';

const { later, scene } = useScenes();

const BILL = {
  type: 'object',
  properties: {
    id: { type: 'integer', readOnly: true },
    total_cents: { type: 'integer', readOnly: true },
    currency_code: { type: 'string' },
    client_id: { type: 'integer' },
    notify_client: { type: 'boolean' },
    delivery_fee: { type: 'integer' },
    copy_from: { type: 'integer' },
    bill_template_id: { type: 'integer' },
    pdf_template_id: { type: 'integer' },
    timesheet_ids: { type: 'array', items: { type: 'integer' } },
    handover: {
      type: 'object',
      properties: {
        courier: { type: 'string' },
        fee: { type: 'number' },
        notify_client: { type: 'boolean', default: true },
      },
    },
    copies: {
      type: 'array',
      items: { type: 'object', properties: { client_id: { type: 'integer' }, notify_client: { type: 'boolean' } } },
    },
    positions: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          text: { type: 'string' },
          qty: { type: 'integer' },
          price_cents: { type: 'integer' },
          tax_rate: { type: 'number' },
          markup: { type: 'number' },
          options: {
            type: 'array',
            items: { type: 'object', properties: { text: { type: 'string' }, surcharge: { type: 'number' } } },
          },
        },
      },
    },
  },
};
/** In cents, by id: 7 comes to 1,230.00. */
const TOTALS: Readonly<Record<string, number>> = { 7: 123_000, 8: 12_300 };

async function opened(limit: string) {
  const body = { content: { 'application/json': { schema: BILL } } };
  const list = { type: 'array', items: { type: 'integer' } };
  const ids = { type: 'object', properties: { bill_ids: list } };
  const further = { type: 'object', properties: { with: list, attached: list } };
  const base = '/workspaces/{workspace_id}/bills';
  const item = { parameters: parameters('workspace_id', 'id') };
  const action = (summary: string) => ({ ...item, post: { summary, responses: { 200: json(BILL) } } });
  const odd = later(
    await oddService(
      {
        [base]: {
          parameters: parameters('workspace_id'),
          post: { operationId: 'create-bill', requestBody: body, responses: { 201: json(BILL) } },
        },
        [`${base}/{id}`]: { ...item, get: { operationId: 'get-bill', responses: { 200: json(BILL) } } },
        [`${base}/{id}/email`]: {
          ...item,
          post: {
            summary: 'Emails the bill',
            requestBody: { content: { 'application/json': { schema: further } } },
            responses: { 200: json(BILL) },
          },
        },
        [`${base}/{id}/duplicate`]: action('Makes another bill like it'),
        [`${base}/{id}/frobnicate`]: action('Frobnicates'),
        [`${base}/{id}/archive`]: action('Archives the bill'),
        [`${base}/send_batch`]: {
          parameters: parameters('workspace_id'),
          post: {
            summary: 'Sends bills',
            requestBody: { content: { 'application/json': { schema: ids } } },
            responses: { 200: json({ type: 'object' }) },
          },
        },
      },
      ({ path, method }) => {
        const id = /bills\/(\d+)/.exec(path)?.[1] ?? '9';
        const record = { id: Number(id), total_cents: TOTALS[id] ?? 0, currency_code: 'EUR', client_id: 1 };
        return { status: method === 'POST' && path.endsWith('/bills') ? 201 : 200, json: record };
      },
    ),
  );
  const { bridge, ask } = await scene(odd.url, 'lct_pat_x23456789', {
    ...{ LUCANTO_SCOPES: 'manage:*', LUCANTO_DUPLICATE_WINDOW: '0', LUCANTO_LIMIT: limit },
  });
  const call = async (tool: string, args: object) => {
    const found = bridge.visible().find(({ descriptor }) => descriptor.name.includes(tool));
    const before = odd.received.length;
    const { result, json: first } = await ask(found?.descriptor.name ?? tool, args);
    const isSent = odd.received.slice(before).some(({ method }) => method === 'POST');
    expect(isSent).toBe(result.isError !== true);
    return result.isError === true ? `${first.error}: ${first.message}` : 'done';
  };
  return { call, bridge, today: () => bridge.sendsToday() };
}

describe('Limits over a service with other words', () => {
  it('count what its own words call sending, each record of a batch, switches, and verbs that are not known', async () => {
    const { call, today } = await opened('sends=5/day');
    expect(await call('archive', { id: 7 })).toBe('done');
    expect(await call('duplicate', { id: 7 })).toBe('done');
    expect(await call('create_bill', { client_id: 1, notify_client: false })).toBe('done');
    expect(await today()).toBe(0);
    expect(await call('email', { id: 7 })).toBe('done');
    expect(await today()).toBe(1);
    expect(await call('create_bill', { client_id: 1, notify_client: true })).toBe('done');
    expect(await today()).toBe(2);
    expect(await call('frobnicate', { id: 7 })).toBe('done');
    expect(await today()).toBe(3);
    expect(await call('batch', { bill_ids: [1, 2, 3] })).toContain('this call would make 3');
    expect(await call('batch', {})).toContain('how many messages it would send cannot be known');
    expect(await call('batch', { bill_ids: [1, 2] })).toBe('done');
    expect(await today()).toBe(5);
    expect(await call('email', { id: 8 })).toContain('0 left');
  });

  it('count ids in a list of whatever name beside the record, but not what is attached to it', async () => {
    const { call, today } = await opened('sends=3/day');
    expect(await call('email', { id: 7, with: [8, 9, 10] })).toContain('this call would make 4');
    expect(await call('email', { id: 7, with: [8] })).toBe('done');
    expect(await today()).toBe(2);
    expect(await call('email', { id: 7, attached: [8, 9, 10] })).toBe('done');
    expect(await today()).toBe(3);
    const amount = await opened('amount=5000EUR');
    expect(await amount.call('email', { id: 7, with: [8] })).toContain('the call names several records');
    expect(await amount.call('email', { id: 7, attached: [8] })).toBe('done');
  });

  it('count the switches of each record in a list, and those within objects that are on by themselves', async () => {
    const { call, today } = await opened('sends=3/day');
    expect(await call('create_bill', { client_id: 1, handover: { notify_client: false } })).toBe('done');
    expect(await today()).toBe(0);
    expect(await call('create_bill', { client_id: 1, handover: { courier: 'Eva' } })).toBe('done');
    expect(await today()).toBe(1);
    const copies = (...switches: boolean[]) => switches.map((one) => ({ client_id: 1, notify_client: one }));
    const several = { client_id: 1, copies: copies(true, true, true) };
    expect(await call('create_bill', several)).toContain('this call would make 3');
    expect(await call('create_bill', { ...several, copies: copies(true, false, true) })).toBe('done');
    expect(await today()).toBe(3);
  });

  it('refuse several records at once, whose totals and customers are not all read', async () => {
    const { call } = await opened('amount=5000EUR');
    expect(await call('batch', { bill_ids: [7, 8] })).toContain('the call names several records');
    const stored = await opened('recipients=stored');
    expect(await stored.call('batch', { bill_ids: [7, 8] })).toContain('the call names several records');
  });

  it('read totals in cents, and refuse what may add to them', async () => {
    const { call } = await opened('amount=123EUR');
    const bill = (price_cents: number, over: object = {}, row: object = {}) => ({
      ...{ client_id: 1, currency_code: 'EUR', ...over },
      positions: [{ text: 'Desk', qty: 2, price_cents, tax_rate: 23, ...row }],
    });
    // 2 × 50.00 and 23 % are 123.00.
    expect(await call('create_bill', bill(5_000))).toBe('done');
    expect(await call('create_bill', bill(5_001))).toContain('123.02 EUR');
    expect(await call('create_bill', bill(1, { delivery_fee: 100_000 }))).toContain('delivery_fee');
    for (const over of [{ copy_from: 7 }, { bill_template_id: 7 }, { timesheet_ids: [1] }])
      expect(await call('create_bill', bill(1, over))).toContain(`what ${Object.keys(over)[0]} adds is not known`);
    for (const over of [{ copy_from: null }, { pdf_template_id: 2 }, { timesheet_ids: [] }])
      expect(await call('create_bill', bill(1, over))).toBe('done');
    expect(await call('create_bill', bill(1, {}, { markup: 100 }))).toContain('markup in line 1');
    expect(await call('create_bill', bill(1, { handover: { fee: 100 } }))).toContain('what handover adds');
    expect(await call('create_bill', bill(1, { handover: { fee: 0, courier: 'Eva' } }))).toBe('done');
    const options = [{ text: 'Oak', surcharge: 100 }];
    expect(await call('create_bill', bill(1, {}, { options }))).toContain('options in line 1');
    expect(await call('create_bill', bill(1, {}, { options: [{ text: 'Oak' }] }))).toBe('done');
    for (const [id, expected] of [
      [7, '1230.00 EUR'],
      [8, 'done'],
    ] as const) {
      for (const action of ['email', 'duplicate', 'frobnicate']) expect(await call(action, { id })).toContain(expected);
      expect(await call('archive', { id })).toBe('done');
    }
  });
});

describe('With a limit to stored recipients, an address under any other name', () => {
  const text = { type: 'string' };
  const object = (properties: object) => ({ type: 'object', properties });
  const NOTE = object({ id: { type: 'integer' }, client_id: { type: 'integer' }, label: text });
  const CLIENT = object({
    id: { type: 'integer' },
    name: text,
    mail: text,
    desk: object({ inbox: text }),
    copies: { type: 'object' },
  });
  const body = (schema: object) => ({ requestBody: { content: { 'application/json': { schema } } } });
  const own = {
    ...{ watchers: { type: 'array', items: text }, desk: object({ inbox: text }), reply_to: text, label: text },
    ...{ fax: text, peppol_id: text, client_id: { type: 'integer' } },
  };
  const base = '/workspaces/{workspace_id}';
  const PATHS = {
    [`${base}/notes/{id}`]: {
      parameters: parameters('workspace_id', 'id'),
      get: { operationId: 'get-note', responses: { 200: json(NOTE) } },
    },
    [`${base}/notes/{id}/send`]: {
      parameters: parameters('workspace_id', 'id'),
      post: { operationId: 'send-note', ...body(object(own)), responses: { 200: json(NOTE) } },
    },
    [`${base}/clients/{id}`]: {
      parameters: parameters('workspace_id', 'id'),
      get: { operationId: 'get-client', responses: { 200: json(CLIENT) } },
      patch: { operationId: 'update-client', ...body(CLIENT), responses: { 200: json(CLIENT) } },
    },
  };

  it('is refused in a send and in an update, and the own address of the sender is not', async () => {
    const odd = later(
      await oddService(PATHS, ({ path }) => ({
        json: path.includes('/clients/')
          ? { id: 1, name: 'Eva', email: 'eva@client.example', mail: 'eva@client.example' }
          : { id: 7, client_id: 1, label: 'x' },
      })),
    );
    const env = { LUCANTO_SCOPES: 'manage:*', LUCANTO_LIMIT: 'recipients=stored', LUCANTO_CONFIRM: 'never' };
    const { ask } = await scene(odd.url, 'lct_pat_x23456789', env);
    const evil = 'x@evil.example';
    for (const [tool, args] of [
      ['send_note', { id: 7, watchers: [evil] }],
      ['send_note', { id: 7, watchers: ['eva@client.example', `Eva <${evil}>`] }],
      ['send_note', { id: 7, desk: { inbox: evil } }],
      ['send_note', { id: 7, label: `{"to":"${evil}"}` }],
      ['update_client', { id: 1, mail: evil }],
      ['update_client', { id: 1, desk: { inbox: evil } }],
      ['update_client', { id: 1, copies: { [evil]: 'Jan' } }],
    ] as const) {
      const { json: told } = await ask(`lucanto_${tool}`, args);
      expect([args, told.error, told.message]).toEqual([args, 'limit_reached', expect.stringContaining(evil)]);
    }
    for (const args of [{ fax: '+420 2 12345' }, { peppol_id: '0088:123' }, { client_id: 2 }])
      expect([args, (await ask('lucanto_send_note', { id: 7, ...args })).json.error]).toEqual([args, 'limit_reached']);
    expect(odd.received.filter(({ method }) => method !== 'GET')).toEqual([]);
    for (const [tool, args] of [
      ['send_note', { id: 7, watchers: ['eva@client.example'], reply_to: 'me@own.example', label: `not to ${evil}` }],
      ['update_client', { id: 1, mail: 'eva@client.example', name: 'Eva N.' }],
    ] as const)
      expect((await ask(`lucanto_${tool}`, args)).result.isError ?? false).toBe(false);
  });
});
