/** Updates of a service that nobody knew: what is sent, what is left out, and what the answer says. */
import { describe, expect, it } from 'vitest';
import { callContext } from '../helpers/call-context.ts';
import { json, type OddAnswer, oddService, parameters, type Received } from '../tools/odd-service.ts';
import { useScenes } from '../tools/opened.ts';

const { later, scene, demo } = useScenes();

const DECIMAL = { type: 'string', pattern: '^-?\\d+(\\.\\d{1,2})?$' };
const ROW = {
  type: 'object',
  required: ['text', 'cost'],
  properties: {
    row_id: { type: 'integer' },
    key: { type: 'integer' },
    text: { type: 'string' },
    cost: DECIMAL,
    remark: { type: ['string', 'null'] },
    sum: { ...DECIMAL, readOnly: true },
  },
};
const BILL = {
  type: 'object',
  required: ['client_id', 'rows'],
  properties: {
    id: { type: 'integer', readOnly: true },
    state: { type: 'string', readOnly: true },
    version: { type: 'integer', readOnly: true },
    grand_total: { ...DECIMAL, readOnly: true },
    client_id: { type: 'integer' },
    pay_by: { type: 'string', format: 'date' },
    memo: { type: ['string', 'null'] },
    rows: { type: 'array', items: ROW },
    options: { type: 'object', properties: { colour: { type: 'string' }, pages: { type: 'integer', readOnly: true } } },
  },
};
const STORED = {
  id: 7,
  state: 'draft',
  version: 3,
  grand_total: '30.00',
  client_id: 501,
  pay_by: '2026-12-01',
  memo: null,
  rows: [
    { key: 1, text: 'Desk', cost: '10.00', remark: null, sum: '10.00' },
    { key: 2, text: 'Lamp', cost: '20.00', remark: 'white', sum: '20.00' },
  ],
  options: { colour: 'blue', pages: 2 },
};

interface Service {
  readonly method?: 'patch' | 'put';
  readonly answer?: (request: Received) => OddAnswer | null | Promise<OddAnswer>;
  /** Without an operation that reads one. */
  readonly isBlind?: boolean;
  /** Of a bill that is sent. */
  readonly required?: readonly string[];
  /** Whether a bill takes further fields. */
  readonly isOpen?: boolean;
}

async function opened(service: Service = {}) {
  const { method = 'patch', answer, isBlind = false, required = BILL.required, isOpen = false } = service;
  const bill = { ...BILL, required, ...(isOpen && { additionalProperties: true }) };
  const schema = { type: 'object', properties: { bill } };
  const body = { required: true, content: { 'application/json': { schema } } };
  const item = {
    parameters: parameters('workspace_id', 'id'),
    ...(isBlind ? {} : { get: { operationId: 'get-bill', responses: { 200: json(BILL) } } }),
    [method]: { operationId: 'update-bill', requestBody: body, responses: { 200: json(BILL) } },
  };
  const own = answer ?? ((request: Received) => ({ json: written(request) }));
  const odd = later(await oddService({ '/workspaces/{workspace_id}/bills/{id}': item }, own));
  const opened = await scene(odd.url, 'lct_pat_x23456789', { LUCANTO_SCOPES: 'manage:*' });
  const sent = () => odd.received.flatMap((one) => (one.method === 'GET' ? [] : [JSON.parse(String(one.body)).bill]));
  const update = async (args: object) => {
    const { result, json: first } = await opened.ask('lucanto_update_bill', { id: 7, ...args });
    return { first, isError: result.isError === true, said: result.content.map(({ text }) => String(text)).join('\n') };
  };
  return { odd, sent, update, ...opened };
}

/** What the record is after the request. */
function written({ method, body }: Received): object {
  return method === 'GET' ? STORED : { ...STORED, ...JSON.parse(String(body)).bill };
}

/** Amounts as the service stores them, with two decimals. */
function inFormat(record: object): object {
  const rows: readonly { readonly cost: string }[] = Object(record).rows;
  return { ...record, rows: rows.map((row) => ({ ...row, cost: Number(row.cost).toFixed(2) })) };
}

const SETTABLE_ROWS = [
  { key: 1, text: 'Desk', cost: '10.00' },
  { key: 2, text: 'Lamp', cost: '20.00', remark: 'white' },
];

describe('A list in an update', () => {
  it('is said to replace all, in the description and in the answer', async () => {
    const { bridge, sent, update } = await opened();
    const listed = bridge.listed().find(({ name }) => name === 'lucanto_update_bill');
    expect(listed?.description).toMatch(/Replaces all rows, \{line: 2, text\} changes one, null clears\.$/);
    expect(listed?.inputSchema).toMatchObject({ required: ['id'], properties: { line: { type: 'integer' } } });
    const { said } = await update({ client_id: 501, rows: [{ text: 'Chair', cost: '5.00' }] });
    expect(sent()).toEqual([{ client_id: 501, rows: [{ text: 'Chair', cost: '5.00' }] }]);
    expect(said).toContain('rows: 2 lines before, 1 now.');
  });

  it('is counted as the service has it afterwards, where that differs', async () => {
    const merging = ({ method }: Received) => ({ json: method === 'GET' ? STORED : { ...STORED, rows: [1, 2, 3] } });
    const { update } = await opened({ answer: merging });
    const { said } = await update({ client_id: 501, rows: [{ text: 'Chair', cost: '5.00' }] });
    expect(said).toContain('rows: 2 lines before, 3 now (1 were sent).');
  });

  it('is said only to be sent where the answer does not show it', async () => {
    const { update } = await opened({ answer: ({ method }) => ({ json: method === 'GET' ? STORED : { id: 7 } }) });
    const { said } = await update({ client_id: 501, rows: [{ text: 'Chair', cost: '5.00' }] });
    expect(said).toContain('rows: 2 lines before, 1 sent.');
  });

  it.each(['patch', 'put'] as const)('goes back whole however long it is (%s)', async (method) => {
    const rows = Array.from({ length: 60 }, (_one, key) => ({ ...STORED.rows[0], key }));
    const { sent, update } = await opened({ method, answer: () => ({ json: { ...STORED, rows } }) });
    for (const args of [{ memo: 'x' }, { ...STORED, rows, memo: 'x' }, { line: 60, cost: '1.00' }]) await update(args);
    expect(sent().map((bill) => bill.rows.length)).toEqual([60, 60, 60]);
    expect(JSON.stringify(sent())).not.toContain('sum');
  });
});

describe('A record given back as it was read, with one change,', () => {
  it('is sent without what the service sets itself, which is named', async () => {
    const { sent, update } = await opened();
    const { said, isError } = await update({ ...STORED, memo: 'Thanks' });
    expect(isError).toBe(false);
    const { client_id, pay_by } = STORED;
    expect(sent()).toEqual([
      {
        client_id,
        pay_by,
        memo: 'Thanks',
        rows: [{ ...SETTABLE_ROWS[0], remark: null }, SETTABLE_ROWS[1]],
        options: { colour: 'blue' },
      },
    ]);
    expect(said).toContain(
      'Left out, since the service sets it itself: state, version, grand_total, rows[].sum, options.pages.',
    );
  });

  it('is refused where something that only the service sets is to be another', async () => {
    const { sent, update } = await opened();
    const { said } = await update({ memo: 'x', state: 'paid' });
    expect(said).toContain('`state` cannot be changed, the service sets it itself (it is \\"draft\\")');
    // The record was changed by somebody else since it was read.
    expect((await update({ ...STORED, version: 2, memo: 'x' })).said).toContain('`version` cannot be changed');
    expect(sent()).toEqual([]);
  });

  it('is refused where a field has another name, with the right one', async () => {
    const { sent, update } = await opened();
    const { said } = await update({ customer: 'Novák', rows: [{ text: 'Desk', price: '1.00' }] });
    expect(said).toContain('unknown argument `customer`; did you mean `client_id`?');
    expect(said).toContain('unknown argument `rows[0].price`');
    expect(sent()).toEqual([]);
  });
});

describe('One line', () => {
  it('is changed by its position, and the others go back as they were read', async () => {
    const { odd, sent, update } = await opened();
    const { said } = await update({ line: 2, cost: '25.00', remark: null });
    expect(sent()).toEqual([
      {
        client_id: 501,
        rows: [
          SETTABLE_ROWS[0] && { ...SETTABLE_ROWS[0], remark: null },
          { key: 2, text: 'Lamp', cost: '25.00', remark: null },
        ],
      },
    ]);
    const line = 'Line 2: cost 20.00 → 25.00, remark white → empty; the others went back as they were read.';
    expect(said).toContain(line);
    expect(odd.received.map(({ method }) => method)).toEqual(['GET', 'GET', 'PATCH']);
  });

  it.each([
    [{ line: 2, cost: '20' }, 'Nothing changed: cost is 20.00 in line 2.'],
    [{ line: 2, rows: [{ cost: '21' }], memo: 'x y' }, 'memo empty → "x y". Line 2: cost 20.00 → 21.00; the others'],
    [{ line: 1, text: 'Desk', cost: '9.5' }, 'Line 1: cost 10.00 → 9.50; the others'],
    [{ memo: 'x' }, 'memo empty → x.'],
    [{ pay_by: '2026-12-01' }, 'Nothing changed.'],
    [{ pay_by: '2026-12-24', rows: SETTABLE_ROWS }, 'pay_by 2026-12-01 → 2026-12-24. rows: 2 lines before, 2 now.'],
  ])(
    'and other fields are said with what they were, as the service has them afterwards: %j',
    async (args, sentence) => {
      const { update } = await opened({ answer: (request) => ({ json: inFormat(written(request)) }) });
      const { said } = await update(args);
      expect(said).toContain(sentence);
      expect(said).not.toContain('(sent)');
    },
  );

  it.each([
    [{ line: 2, cost: '25' }, 'Line 2: cost 20.00 → 25 (sent); the others went back as they were read.'],
    [{ state: 'draft', memo: 'x' }, 'memo empty → x (sent).'],
  ])('is said as it was sent where the answer does not show it: %j', async (args, sentence) => {
    const brief = ({ method }: Received) => ({ json: method === 'GET' ? STORED : { id: 7, state: 'draft' } });
    const { update } = await opened({ answer: brief });
    expect((await update(args)).said).toContain(sentence);
  });

  it.each([
    ['more', BILL.required],
    ['nothing', []],
  ])(
    'is changed only if the record is still the same, by its ETag too, where %s is required',
    async (_what, required) => {
      let reads = 0;
      const changing = (request: Received) => {
        if (request.method === 'GET') reads += 1;
        return { json: { ...written(request), version: reads }, headers: { etag: `"v${reads}"` } };
      };
      const { sent, update } = await opened({ answer: changing, required });
      const { said, isError } = await update({ line: 1, cost: '25.00' });
      expect([isError, sent()]).toEqual([true, []]);
      expect(said).toContain('The record has changed since this call read it; nothing was sent.');
      const tagged = await opened({
        answer: (request) => ({ json: written(request), headers: { etag: '"v9"' } }),
        required,
      });
      await tagged.update({ line: 1, cost: '25.00' });
      expect(tagged.odd.received.at(-1)?.headers['if-match']).toBe('"v9"');
    },
  );

  it('is never undone by a change of another line at the same time', async () => {
    let stored: object = STORED;
    const slow = async ({ method, body }: Received) => {
      if (method === 'GET') return { json: stored };
      await new Promise((resolve) => setTimeout(resolve, 100));
      stored = { ...STORED, ...JSON.parse(String(body)).bill };
      return { json: stored };
    };
    const { update } = await opened({ answer: slow });
    const done = await Promise.all([update({ line: 1, cost: '25.00' }), update({ line: 2, remark: 'red' })]);
    expect(done.map(({ isError }) => isError).sort()).toEqual([false, true]);
    expect(done.map(({ said }) => said).join()).toContain('The record has changed since this call read it');
  });

  it('is another change than the same of another line, also at the same time', async () => {
    const { sent, update } = await opened();
    await Promise.all([1, 2].map((line) => update({ line, cost: '25.00' })));
    expect(new Set(sent().map(({ rows }) => rows.findIndex(({ cost }: { cost: string }) => cost === '25.00')))).toEqual(
      new Set([0, 1]),
    );
  });

  it.each([
    ['a part that is completed', { pay_by: '2027-01-01', rows: [] }, 'patch'],
    ['a record that is replaced', { memo: 'Thanks' }, 'put'],
  ] as const)('is sent only if what was sent back is still the same: %s', async (_what, args, method) => {
    let reads = 0;
    const changing = (request: Received) => {
      if (request.method === 'GET') reads += 1;
      return { json: { ...written(request), client_id: 500 + reads } };
    };
    const { sent, update } = await opened({ method, answer: changing });
    const { said, isError } = await update(args);
    expect([isError, sent()]).toEqual([true, []]);
    expect(said).toContain('The record has changed since this call read it; nothing was sent.');
  });

  it.each([
    [{ line: 3, cost: '1.00' }, 'There is no line 3: the record has 2 lines.'],
    [{ line: 0, cost: '1.00' }, 'line must be the position of a line, counted from 1.'],
    [{ line: 1 }, 'No field of line 1 to change was given.'],
    [{ line: 2, rows: SETTABLE_ROWS }, '`line` changes one line, and `rows` gives 2.'],
    [{ line: 1, price: '1.00' }, 'unknown argument `rows[0].price`; did you mean `cost`?'],
    [{ line: 1, cost: '2,5' }, '`rows[0].cost` must be a decimal number as text: \\"2.5\\"'],
  ])('%j is refused: %s', async (args, sentence) => {
    const { sent, update } = await opened();
    expect((await update(args)).said).toContain(sentence);
    expect(sent()).toEqual([]);
  });
});

describe('An update', () => {
  it.each([
    ['kept', { ...STORED.options, colour: 'red' }, ['options.colour blue → red.']],
    ['lost', { colour: 'red' }, ['options.colour blue → red.', 'options.pages 2 → empty.']],
  ])('of an object says member by member what it was and is, also what is %s', async (_what, options, sentences) => {
    const { update } = await opened({
      answer: (request) => ({ json: request.method === 'GET' ? STORED : { ...STORED, options } }),
    });
    const { said } = await update({ options: { colour: 'red' } });
    for (const sentence of sentences) expect(said).toContain(sentence);
    expect(said.includes('options.pages')).toBe(sentences.length > 1);
    const blind = await opened({ answer: ({ method }) => ({ json: method === 'GET' ? STORED : { id: 7 } }) });
    expect((await blind.update({ options: { colour: 'red' } })).said).toContain('options.colour blue → red (sent).');
  });

  it('of an object is read before, also where the contract requires nothing', async () => {
    const service = await demo();
    const { ask } = await scene(service.url, service.tokens.manage);
    const { json: list } = await ask('lucanto_list_contacts', { workspace_id: '42', limit: 1, fields: '*' });
    const [{ id, legal_identity: was }] = list.data;
    const args = { workspace_id: '42', id, legal_identity: { email: 'new@example.test' } };
    const { result } = await ask('lucanto_update_contact', args);
    expect(result.content.map(({ text }) => text).join('\n')).toContain(
      `legal_identity.email ${JSON.stringify(was.email)} → "new@example.test".`,
    );
  });

  it.each([
    [{ options: { colour: 'red' } }, [{ options: { colour: 'red' } }], 'options'],
    [{ memo: 'x', options: { colour: 'red' } }, [{ memo: 'x', options: { colour: 'red' } }], 'memo'],
    [{ line: 1, cost: '25.00' }, [], 'not_now'],
  ])('needs no record that cannot be read only to say what was there: %j', async (args, wanted, said) => {
    const failing = (request: Received) =>
      request.method === 'GET' ? { status: 403, json: { error: 'not_now' } } : { json: written(request) };
    const one = await opened({ answer: failing, required: [] });
    const { isError, said: text } = await one.update(args);
    expect([isError, one.sent()]).toEqual([wanted.length === 0, wanted]);
    expect(text).toContain(said);
  });

  it('of a long text says how it begins', async () => {
    const long = (first: string) => `${first} ${'x'.repeat(90)}`;
    const memo = { ...STORED, memo: long('Old') };
    const { update } = await opened({
      answer: ({ method }) => ({ json: method === 'GET' ? memo : { ...memo, memo: long('New') } }),
    });
    expect((await update({ memo: long('New') })).said).toMatch(/memo \\?"Old x+…\\?" → \\?"New x+…\\?"\./);
  });

  it('without a field to change is refused', async () => {
    const { sent, update } = await opened();
    expect((await update({})).said).toContain(
      'lucanto_update_bill would change nothing: no field to change was given.',
    );
    expect((await update({ state: 'draft' })).said).toContain('the service sets state itself');
    expect(sent()).toEqual([]);
  });

  it('that gives a part is completed with what the contract requires, as it was read', async () => {
    const { sent, update } = await opened();
    const { said } = await update({ memo: 'x' });
    expect(sent()).toEqual([
      { client_id: 501, memo: 'x', rows: [{ ...SETTABLE_ROWS[0], remark: null }, SETTABLE_ROWS[1]] },
    ]);
    expect(said).toContain('Sent back as read, since the contract requires it: client_id, rows.');
  });

  it('that replaces the record sends all of it back', async () => {
    const { sent, update } = await opened({ method: 'put' });
    await update({ memo: 'x' });
    expect(sent()[0]).toEqual({
      client_id: 501,
      pay_by: '2026-12-01',
      memo: 'x',
      options: { colour: 'blue' },
      rows: [{ ...SETTABLE_ROWS[0], remark: null }, SETTABLE_ROWS[1]],
    });
  });

  it.each([
    [{ pay_by: { date: '2026-12-01' } }, '`pay_by` ({\\"date\\":\\"2026-12-01\\"})'],
    [{ options: [] }, '`options` ([])'],
  ])('that replaces the record is refused where it would lose what was read: %j', async (odd, sentence) => {
    const answer = () => ({ json: { ...STORED, ...odd } });
    const { sent, update } = await opened({ method: 'put', answer });
    expect((await update({ client_id: 502 })).said).toContain(
      `lucanto_update_bill cannot send back as it was read what the service needs: ${sentence}.`,
    );
    expect(sent()).toEqual([]);
  });

  it.each([
    { bill: STORED, time: '09:00' },
    { result: { bill: STORED } },
    { bills: [STORED], messages: [] },
    { success: true, client: { id: 501, memo: 'Pays late' }, bill: STORED },
  ])('that replaces the record finds it beside what else the service says: %j', async (read) => {
    const { sent, update } = await opened({ method: 'put', required: [], answer: () => ({ json: read }) });
    await update({ pay_by: '2026-12-24' });
    expect(sent()).toMatchObject([{ client_id: 501, pay_by: '2026-12-24', memo: null, options: { colour: 'blue' } }]);
  });

  it('that replaces the record is refused where nothing of it can be read', async () => {
    const { sent, update } = await opened({ method: 'put', required: [], answer: () => ({ json: { number: 'B-7' } }) });
    expect((await update({ memo: 'x' })).said).toContain('its fields cannot be read: they would be lost.');
    expect(sent()).toEqual([]);
  });

  it('says what the record is afterwards, and not what another one in the answer is', async () => {
    const { id: _id, ...named } = { ...STORED, memo: 'x', client: { id: 501, memo: 'Pays late' } };
    const { update } = await opened({ answer: ({ method }) => ({ json: method === 'GET' ? STORED : named }) });
    expect((await update({ memo: 'x' })).said).toContain('memo empty → x.');
  });

  it('of further fields alone is a change', async () => {
    const { sent, update } = await opened({ isOpen: true, required: ['client_id'] });
    const { said } = await update({ other_fields: { cost_centre: 'A' } });
    expect(sent()).toEqual([{ client_id: 501, cost_centre: 'A' }]);
    expect(said).toContain('cost_centre empty → A.');
  });

  it('clears a field with null where the contract allows it, and is refused where it does not', async () => {
    const { sent, update } = await opened();
    await update({ client_id: 501, rows: SETTABLE_ROWS, memo: null });
    expect(sent()).toMatchObject([{ memo: null }]);
    expect((await update({ pay_by: null })).said).toContain('`pay_by` is null, and the service cannot clear it');
    const { said } = await update({ memo: 'x', options: { colour: null } });
    expect(said).toContain('`options.colour` is null, and the service cannot clear it');
    expect(sent()).toHaveLength(1);
  });

  it('of a record that nothing reads is sent as it is, and asks for what is required', async () => {
    const { sent, update } = await opened({
      isBlind: true,
      answer: ({ body }) => ({ json: { ...STORED, ...JSON.parse(String(body)).bill } }),
    });
    expect((await update({ memo: 'x' })).said).toContain('`client_id` is missing');
    const { said } = await update({ client_id: 501, rows: SETTABLE_ROWS });
    expect(said).toContain('rows: how many there were is not known, 2 now.');
    expect(sent()).toHaveLength(1);
  });
});

describe('The answer to a send', () => {
  const CLIENT = { id: 501, name: 'Novák', email: 'jan@novak.sk' };
  const get = (name: string, schema: object) => ({
    parameters: parameters('workspace_id', 'id'),
    get: { operationId: `get-${name}`, responses: { 200: json(schema) } },
  });
  const object = { type: 'object', properties: { id: { type: 'integer' } } };

  async function send(args: object, answer: object, client: object | null = CLIENT) {
    const to = { type: 'array', items: { type: 'string', format: 'email' } };
    const schema = { type: 'object', properties: { to, note: { type: 'string' } } };
    const post = {
      operationId: 'send-bill',
      requestBody: { content: { 'application/json': { schema } } },
      responses: { 200: json(object) },
    };
    const paths = {
      '/workspaces/{workspace_id}/bills/{id}': get('bill', object),
      '/workspaces/{workspace_id}/clients/{id}': get('client', object),
      '/workspaces/{workspace_id}/bills/{id}/send': { parameters: parameters('workspace_id', 'id'), post },
    };
    const service = ({ method, path }: Received) => {
      if (method === 'POST') return { json: { id: 7, ...answer } };
      if (path.includes('/clients/')) return client === null ? null : { json: client };
      return { json: { id: 7, client_id: 501 } };
    };
    const odd = later(await oddService(paths, service));
    const { ask } = await scene(odd.url, 'lct_pat_x23456789', { LUCANTO_SCOPES: 'manage:*' });
    const { result } = await ask('lucanto_send_bill', { id: 7, ...args });
    return result.content.map(({ text }) => String(text)).join('\n');
  }

  it.each([
    [{}, { sent_to: ['new@novak.sk'] }, CLIENT, 'Sent to "new@novak.sk", according to the service.'],
    [
      {},
      { replyTo: 'us@own.sk', to: 'new@novak.sk', failed_recipients: ['x@y.sk'], mail: { unsent_to: 'z@y.sk' } },
      CLIENT,
      'Sent to "new@novak.sk", according to the service.',
    ],
    [
      {},
      {
        recipients: [
          { email: 'a@b.sk', status: 'queued' },
          { email: 'x@y.sk', status: 'Rejected' },
          { to: 'z@y.sk', sent: false },
        ],
      },
      CLIENT,
      'Sent to "a@b.sk", according to the service.',
    ],
    [
      {},
      { reply_to: 'us@own.sk' },
      CLIENT,
      'The service does not say to which address this was sent; this call gives no address. On record: "jan@novak.sk"',
    ],
    [
      { to: ['jan@novak.sk', 'x@y.sk'] },
      {},
      CLIENT,
      'Sent to "jan@novak.sk" (the customer\'s stored address), "x@y.sk", as given in this call.',
    ],
    [
      {},
      {},
      CLIENT,
      'does not say to which address this was sent; this call gives no address. On record: "jan@novak.sk"',
    ],
    [{}, {}, null, 'The service does not say to which address this was sent, and the stored address is not known.'],
    [{}, {}, { id: 501 }, 'The service does not say to which address this was sent, and no address is stored.'],
  ])('%j, %j says to which addresses it went: %#', async (args, answer, client, sentence) => {
    expect(await send(args, answer, client)).toContain(sentence);
  });
});

describe('The answer to a delete', () => {
  async function deleted(answer: OddAnswer, context: object) {
    const object = { type: 'object', properties: { id: { type: 'integer' } } };
    const item = {
      parameters: parameters('workspace_id', 'id'),
      get: { operationId: 'get-bill', responses: { 200: json(object) } },
      delete: {
        operationId: 'delete-bill',
        responses: { 200: json({ type: 'object' }), 204: { description: 'Gone.' } },
      },
    };
    const own = { id: 7, number: 'B-0007', state: 'draft', currency: 'EUR', total: '30.00', client: { name: 'Novák' } };
    const odd = later(
      await oddService({ '/workspaces/{workspace_id}/bills/{id}': item }, ({ method }) =>
        method === 'GET' ? { json: own } : answer,
      ),
    );
    const { bridge } = await scene(odd.url, 'lct_pat_x23456789', { LUCANTO_SCOPES: 'manage:*' });
    const { result } = await bridge.call('lucanto_delete_bill', { id: 7 }, callContext(context));
    const sent = odd.received.map(({ method }) => method);
    return { sent, said: result.content.map(({ text }) => String(text)).join('\n') };
  }
  const human = { how: 'terminal', ask: async () => 'accepted' };
  const AFTER = 'Delete bill B-0007 (draft, id 7): done. Who: "Novák". Total: 30.00 EUR.';

  it('names what the call named, without a further request', async () => {
    const { sent, said } = await deleted({ status: 204 }, {});
    expect(sent).toEqual(['DELETE']);
    expect(said).toContain('"deleted":{"type":"bill","id":7}');
  });

  it.each([
    [{ status: 204 }, true],
    [{ json: { deleted: true } }, true],
    [{ json: { id: 7, number: 'B-0007' } }, false],
  ])('says what was read for the question, unless the service says it: %j', async (answer, isSaid) => {
    const { sent, said } = await deleted(answer, { human });
    expect(sent).toEqual(['GET', 'DELETE']);
    expect(said.includes(AFTER)).toBe(isSaid);
  });
});

describe('An update that says nothing', () => {
  const item = '/workspaces/{workspace_id}/bills/{id}';
  const attributes = { type: 'object', properties: { memo: { type: ['string', 'null'] } } };
  const data = {
    type: 'object',
    properties: { type: { const: 'bills' }, id: { type: 'string' }, attributes, kind: { enum: ['a', 'b'] } },
  };
  const schema = {
    type: 'object',
    properties: { type: { type: 'string', enum: ['bill'] }, data, client: { type: 'object' }, client_id: {} },
  };
  const opened = async () => {
    const paths = {
      [item]: {
        parameters: parameters('workspace_id', 'id'),
        get: { operationId: 'get-bill', responses: { 200: json(schema) } },
        patch: {
          operationId: 'update-bill',
          requestBody: { content: { 'application/json': { schema } } },
          responses: { 200: json(schema) },
        },
      },
    };
    const odd = later(await oddService(paths, () => ({ json: { id: 7, data: { id: '7' } } })));
    const { ask } = await scene(odd.url, 'lct_pat_x23456789', { LUCANTO_SCOPES: 'manage:*' });
    const sent = () => odd.received.filter(({ method }) => method !== 'GET');
    return { sent, update: async (args: object) => (await ask('lucanto_update_bill', { id: 7, ...args })).text };
  };

  it.each([{ type: 'bill' }, { data: { type: 'bills', id: '7', attributes: {} } }, { type: 'bill', data: {} }])(
    'but what is the same in every call is not sent: %j',
    async (args) => {
      const { sent, update } = await opened();
      expect(await update(args)).toContain('lucanto_update_bill would change nothing: no field to change was given.');
      expect(sent()).toEqual([]);
    },
  );

  it.each([{ data: { attributes: { memo: null } } }, { data: { kind: 'a' } }, { data: { id: '8' } }])(
    'is not mistaken for one that clears or sets something: %j',
    async (args) => {
      const { sent, update } = await opened();
      await update(args);
      expect(sent()).toHaveLength(1);
    },
  );
});

it('an update by the name that the record has for what an id changes is told the id', async () => {
  const { client_id, ...record } = STORED;
  const read = { ...record, client: { id: client_id, name: 'Nine' } };
  const { sent, update } = await opened({ answer: ({ method }) => ({ json: method === 'GET' ? read : STORED }) });
  const { said } = await update({ client: 502, memo: 'x' });
  expect(said).toContain('`client` is changed by `client_id` (it is ');
  expect(sent()).toEqual([]);
});

describe('A service that requires the version of the record with a write', () => {
  const header = [{ name: 'If-Match', in: 'header', required: true, schema: { type: 'string' } }];
  const item = '/workspaces/{workspace_id}/bills/{id}';
  const body = { content: { 'application/json': { schema: BILL } } };
  const paths = {
    [item]: {
      parameters: parameters('workspace_id', 'id'),
      get: { operationId: 'get-bill', responses: { 200: json(BILL) } },
      patch: { operationId: 'update-bill', parameters: header, requestBody: body, responses: { 200: json(BILL) } },
      delete: { operationId: 'delete-bill', parameters: header, responses: { 204: { description: 'Gone' } } },
    },
    [`${item}/close`]: {
      parameters: [...parameters('workspace_id', 'id'), ...header],
      post: { operationId: 'close-bill', responses: { 200: json(BILL) } },
    },
  };
  const start = async (headers: OddAnswer['headers']) => {
    const odd = later(
      await oddService(paths, ({ method }) =>
        method === 'DELETE' ? { status: 204 } : { json: STORED, ...(headers !== undefined && { headers }) },
      ),
    );
    const opened = await scene(odd.url, 'lct_pat_x23456789', { LUCANTO_SCOPES: 'manage:*' });
    return { odd, ...opened };
  };

  it.each([
    ['lucanto_update_bill', { memo: 'x' }, 'PATCH', '"v4"'],
    ['lucanto_update_bill', { line: 2, cost: '25.00' }, 'PATCH', '"v4"'],
    ['lucanto_delete_bill', {}, 'DELETE', 'W/"v4"'],
    ['lucanto_close_bill', {}, 'POST', '"v4"'],
  ])('gets from %s %j the one that was read right before', async (tool, args, method, etag) => {
    const { odd, ask, bridge } = await start({ etag });
    const { inputSchema } = bridge.listed().find(({ name }) => name === tool) ?? {};
    expect(inputSchema?.required).toEqual(['id']);
    const { result } = await ask(tool, { id: 7, ...args });
    expect(result.isError ?? false).toBe(false);
    const writes = odd.received.filter((one) => one.method !== 'GET');
    expect(writes.map((one) => [one.method, one.headers['if-match']])).toEqual([[method, etag]]);
  });

  it('gets no write without one, and that is said', async () => {
    const { odd, ask } = await start(undefined);
    const { json: said } = await ask('lucanto_close_bill', { id: 7 });
    expect(said).toMatchObject({ error: 'no_version', message: expect.stringContaining('lucanto_get_bill has none') });
    expect(odd.received.filter((one) => one.method !== 'GET')).toEqual([]);
  });
});
