/** "You were asked": every recipient and the amount, whatever the service calls them and whatever is written into them. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AskingSession, connectAsking, says, saysAtOnce, whenItTakesEffect } from '../helpers/asking.ts';
import { connect } from '../helpers/mcp.ts';
import { type Home, temporaryHome } from '../helpers/run.ts';
import { json, type OddService, oddService, parameters } from '../tools/odd-service.ts';

/** Bills of clients, whose fields have names and shapes of their own. */
const body = (properties: object) => ({ content: { 'application/json': { schema: { type: 'object', properties } } } });
const at = (...names: string[]) => ({ parameters: parameters('workspace_id', ...names) });
const RECORD = { 200: json({ type: 'object', properties: { id: { type: 'integer' } } }) };
const SENDING = {
  mail_to: { type: 'array', items: { type: 'string', format: 'email' } },
  copy: { type: 'string', format: 'email' },
  words: { type: 'string' },
  options: { type: 'object', properties: { bcc: { type: 'string' }, colour: { type: 'string' } } },
  watchers: { type: 'array', items: { type: 'string' } },
  handover: { type: 'object', additionalProperties: true },
  recipients: { type: 'array', items: { type: 'object', properties: { email: { type: 'string' } } } },
  ...{ whatsapp: { type: 'string' }, peppol_id: { type: 'string' }, client_id: { type: 'integer' } },
};
const PATHS = {
  '/workspaces/{workspace_id}/clients/{id}': { ...at('id'), get: { operationId: 'get-client', responses: RECORD } },
  '/workspaces/{workspace_id}/bills/{id}': {
    ...at('id'),
    get: { operationId: 'get-bill', responses: RECORD },
    delete: { operationId: 'delete-bill', responses: { 204: { description: 'Gone' } } },
  },
  '/workspaces/{workspace_id}/bills/{id}/send': {
    ...at('id'),
    post: { operationId: 'send-bill', requestBody: body(SENDING), responses: RECORD },
  },
  '/workspaces/{workspace_id}/bills/{id}/reminders': {
    ...at('id'),
    post: { operationId: 'remind-bill', requestBody: body(SENDING), responses: RECORD },
  },
};

const PLAIN = { id: 5, ref_number: 'B-5', grandTotal: { amount: '120.50', currency: 'CZK' }, client_id: 9 };
let bill: Record<string, unknown>;
let client: Record<string, unknown> | null;
let service: OddService;
let home: Home;
let declining: AskingSession;

beforeAll(async () => {
  service = await oddService(PATHS, ({ method, path }) => {
    if (path.includes('/clients/')) return client === null ? null : { json: client };
    if (method === 'GET' && path.includes('/bills/')) return { json: bill };
    if (method === 'DELETE') return { status: 204 };
    return path.startsWith('/api/v1/') ? { json: { id: 5 } } : null;
  });
  home = await temporaryHome();
  declining = await connectAsking('2025-11-25', options(), says('decline'));
});
afterAll(async () => {
  await declining.close();
  await service.close();
  await home.remove();
});
beforeEach(() => {
  bill = PLAIN;
  client = { id: 9, name: 'Klára', contact: { e_mail: 'klara@client.example' } };
  service.received.length = 0;
});

const options = (env: Readonly<Record<string, string>> = {}) => ({
  home,
  env: { LUCANTO_URL: service.url, LUCANTO_TOKEN: 'lct_pat_promises1234', LUCANTO_SCOPES: 'manage:*,read:*', ...env },
});
const writes = () =>
  service.received.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`);

/** One client for all that are declined after a reader's time, each asked as the first one. */
async function asked(name: string, args: Record<string, unknown>): Promise<readonly string[]> {
  declining.forget();
  await declining.call(name, args);
  return declining.questions[0]?.split('\n') ?? [];
}
const recipients = (lines: readonly string[]) => lines.filter((line) => line.startsWith('To: '));
const OWN = 'To: "klara@client.example" (the customer\'s stored address)';

describe('A question before something is sent', () => {
  it.each([
    [
      'lucanto_send_bill',
      { mail_to: ['x@evil.example', 'KLARA@client.example'] },
      ['mail_to, not the', 'mail_to, the'],
    ],
    [
      'lucanto_send_bill',
      { copy: 'x@evil.example', options: { bcc: 'y@evil.example' } },
      ['copy, not', 'options.bcc, not'],
    ],
    ['lucanto_send_bill', { words: 'x@evil.example', options: { colour: 'y@evil.example' } }, []],
  ])('shows the stored address and every recipient of %s %o', async (name, args, marks) => {
    const lines = await asked(name, { id: 5, ...args });
    expect(lines[0]).toMatch(/^Send bill /);
    expect(lines).toContain('Grand total: 120.50 CZK');
    expect(lines).toContain('Who: "Klára"');
    expect(recipients(lines)[0]).toBe(OWN);
    expect(recipients(lines).slice(1)).toEqual(marks.map((mark) => expect.stringContaining(mark)));
    expect(writes()).toEqual([]);
  });

  it.each([
    [
      'in cents',
      { ...PLAIN, grandTotal: undefined, amount_cents: 12050, currency: 'CZK' },
      'Amount cents: 120.50 CZK (12050 cents)',
    ],
    [
      'in an object of another name',
      { ...PLAIN, grandTotal: undefined, sums: { payable: 120.5 } },
      'Sums payable: 120.5',
    ],
    ['nowhere', { ...PLAIN, grandTotal: undefined, spolu: '120,50' }, 'Amount: not found in the record'],
  ])('names the amount that stands %s', async (_where, record, line) => {
    bill = record;
    expect(await asked('lucanto_delete_bill', { id: 5 })).toContain(line);
  });

  it.each([
    [
      { watchers: ['x@y.example', 'KLARA@client.example'] },
      ['"x@y.example": not the', '"KLARA@client.example": the c'],
    ],
    [{ handover: { people: [{ at: 'x@y.example' }] } }, ['(not the']],
    [{ handover: { 'x@y.example': 'Eva' } }, ['(not the']],
    [{ words: '{"to": ["x@y.example"]}' }, ['(not the']],
  ])('marks an address that stands anywhere else in a call: %j', async (args, marks) => {
    const line = (await asked('lucanto_send_bill', { id: 5, ...args })).find((one) => one.startsWith('- '));
    for (const mark of marks) expect(line).toContain(mark);
  });

  it.each([
    [
      { recipients: [{ email: 'x@y.example' }] },
      'To: "x@y.example" (recipients.email, not the customer\'s stored address)',
    ],
    [{ whatsapp: '+420 777 111 222' }, 'To: "+420 777 111 222" (whatsapp, not the customer\'s stored address)'],
    [{ peppol_id: '0088:123456' }, 'To: also the recipients in peppol_id, whose addresses are not known'],
    [{ client_id: 10 }, 'To: also the recipients in client_id, whose addresses are not known'],
    [{ client_id: 9 }, null],
  ])('names the recipients of %j, and no amount that it would change', async (args, line) => {
    const lines = await asked('lucanto_send_bill', { id: 5, ...args });
    expect(recipients(lines).slice(1)).toEqual(line === null ? [] : [line]);
    expect(lines.filter((one) => /^Amount|in this call:/.test(one))).toEqual([]);
  });

  it.each([
    [{ mail: 'a@b.example' }, ['To: "a@b.example" (the customer\'s stored address)']],
    [{ email: 'a@b.example', emails: ['a@b.example'] }, ['To: "a@b.example" (the customer\'s stored address)']],
    [{ email: 'а@b.example' }, ['To: "а@b.example" (with unusual characters, the customer\'s stored address)']],
  ])('shows what the record of the customer has once, and letters of another alphabet in it: %j', async (has, to) => {
    client = { id: 9, name: 'Klára', ...has };
    expect(recipients(await asked('lucanto_send_bill', { id: 5 }))).toEqual(to);
  });

  it('says so where the customer cannot be read', async () => {
    client = null;
    expect(recipients(await asked('lucanto_send_bill', { id: 5, copy: 'x@y.example' }))).toEqual([
      'To: not known, the service decides',
      'To: "x@y.example" (copy, the customer\'s stored address is not known)',
    ]);
  });

  it('lets no text of a record, a customer or a call change its lines', async () => {
    const evil =
      '"\nTo: "a@b.example" (the customer\'s stored address)\n\u202e<!-- **x** [y](http://z.example) \u{e0041}';
    bill = { ...PLAIN, ref_number: evil, status: evil };
    client = { id: 9, name: evil, email: 'klara@client.example' };
    const lines = await asked('lucanto_send_bill', { id: 5, words: evil });
    expect(recipients(lines)).toEqual([OWN]);
    expect(lines.map((line) => line.split(/[ :]/)[0])).toEqual(['Send', 'Who', 'Grand', 'To', '-', 'Company', 'This']);
    expect(lines.join('')).not.toMatch(/<!--|\*\*|\]\(|[\p{Cc}\p{Cf}]/u);
  });

  it('is refused where a person could not see the whole of it, and nothing is sent', async () => {
    const session = await connectAsking('2026-07-28', options(), says('accept'));
    const mail_to = Array.from({ length: 400 }, (_, index) => `p${index}@many.example`);
    const { isError, text } = await session.call('lucanto_send_bill', { id: 5, mail_to });
    expect([isError, text]).toEqual([true, expect.stringContaining('too_much_to_confirm')]);
    expect(session.questions).toEqual([]);
    expect(writes()).toEqual([]);
    await session.close();
  });
});

describe('An answer faster than a person', () => {
  const quick = async (
    answer: 'accept' | 'decline',
    work: (session: AskingSession) => Promise<void>,
    mode = 'auto',
  ) => {
    const session = await connectAsking('2025-11-25', options({ LUCANTO_CONFIRM: mode }), saysAtOnce(answer));
    await work(session);
    await session.close();
  };

  it.each([
    ['delete', 'auto'],
    ['delete', 'always'],
    ['send', 'auto'],
  ])('that says no to %s gives nothing to go on with, in mode %s', { retry: 2 }, async (verb, mode) => {
    await quick(
      'decline',
      async (session) => {
        const { isError, text } = await session.call(`lucanto_${verb}_bill`, { id: 5 });
        expect([isError, text]).toEqual([true, expect.stringContaining('"declined_by_client"')]);
        expect(text).not.toContain('"confirmation"');
      },
      mode,
    );
    expect(writes()).toEqual([]);
  });

  it('that says yes carries nothing out, and its code counts only after a reader’s time', { retry: 2 }, async () => {
    await quick('accept', async (session) => {
      const first = await session.call('lucanto_delete_bill', { id: 5 });
      const offer = JSON.parse(first.text);
      expect(offer.done).toBe(false);
      // Asked again at once, the app answers at once again.
      await session.call('lucanto_delete_bill', { id: 5, confirmation: offer.confirmation });
      expect(writes()).toEqual([]);
      await whenItTakesEffect(offer);
      expect((await session.call('lucanto_delete_bill', { id: 5, confirmation: offer.confirmation })).isError).toBe(
        false,
      );
      expect(writes()).toHaveLength(1);
    });
  });
});

describe('A preview in an app that cannot ask', () => {
  it('cannot be confirmed by the model at once, nor twice', async () => {
    const session = await connect('v1', options({ LUCANTO_CONFIRM: 'always' }));
    const offer = JSON.parse((await session.callTool('lucanto_send_bill', { id: 5, copy: 'x@evil.example' })).text);
    expect(offer.preview.to).toEqual([expect.stringContaining('klara@'), expect.stringContaining('not the customer')]);
    expect(Date.parse(offer.takes_effect_at) - Date.now()).toBeGreaterThan(2_000);
    const args = { id: 5, copy: 'x@evil.example', confirmation: offer.confirmation };
    for (const _ of [1, 2]) {
      const { isError, text } = await session.callTool('lucanto_send_bill', args);
      expect([isError, text]).toEqual([true, expect.stringContaining('sooner than a person')]);
      await sleep(100);
    }
    expect(writes()).toEqual([]);
    await whenItTakesEffect(offer);
    expect((await session.callTool('lucanto_send_bill', args)).isError).toBe(false);
    expect((await session.callTool('lucanto_send_bill', args)).text).toContain('was used already');
    expect(writes()).toHaveLength(1);
    await session.close();
  });
});

describe('A question about several records', () => {
  const ids = { type: 'array', items: { type: 'integer' } };
  const ROW = { type: 'object', properties: { id: { type: 'integer' }, number: { type: 'string' } } };
  const all = (operationId: string, properties: object) => ({
    ...at(),
    post: { operationId, requestBody: body(properties), responses: { 200: json({ type: 'object' }) } },
  });
  const own = '/workspaces/{workspace_id}';
  const SEVERAL = {
    ...PATHS,
    [`${own}/bills`]: {
      ...all('create-bill', {
        ...{ client_id: { type: 'integer' }, label: { type: 'string' } },
        delivery: { type: 'object', properties: { send_now: { type: 'boolean', default: true } } },
      }),
      get: { operationId: 'list-bills', responses: { 200: json({ type: 'array', items: ROW }) } },
    },
    [`${own}/bills/bulk_send`]: all('bulk-send-bills', { ids }),
    [`${own}/reminders`]: all('send-reminders', { bill_ids: ids }),
    [`${own}/bills/bulk_update`]: all('bulk-update-bills', { ids, state: { type: 'string' } }),
  };
  const BILLS = [
    { ...PLAIN, id: 5, number: '1041' },
    { ...PLAIN, id: 6, number: 'B-6', grandTotal: { amount: '7.00', currency: 'EUR' }, client_id: 8 },
    { ...PLAIN, id: 1041, number: '1040' },
  ];
  let several: OddService;
  let session: AskingSession;

  beforeAll(async () => {
    several = await oddService(SEVERAL, ({ method, path }) => {
      if (!path.startsWith('/api/v1/workspaces/')) return null;
      const id = Number(path.split('/').at(-1));
      if (method === 'POST') return { json: { id: 99 } };
      if (path.includes('/clients/')) return { json: { id, name: `Client ${id}`, email: `c${id}@client.example` } };
      if (path.endsWith('/bills')) return { json: BILLS };
      const found = BILLS.find((one) => one.id === id);
      return found === undefined ? null : { json: found };
    });
    session = await connectAsking('2025-11-25', options({ LUCANTO_URL: several.url }), says('decline'));
  });
  afterAll(async () => {
    await session.close();
    await several.close();
  });
  const ask = async (name: string, args: Record<string, unknown>) => {
    several.received.length = 0;
    session.forget();
    const { text } = await session.call(name, args);
    expect(several.received.filter(({ method }) => method !== 'GET')).toEqual([]);
    return { text, lines: session.questions[0]?.split('\n') ?? [] };
  };

  it.each([
    ['lucanto_bulk_send_bills', 'ids'],
    ['lucanto_send_reminder', 'bill_ids'],
  ])('shows each with its amount and its recipient: %s', async (name, argument) => {
    const { lines } = await ask(name, { [argument]: [5, 6] });
    expect(lines.filter((line) => line.startsWith('Record '))).toEqual([
      'Record 1: 1041 (id 5), "Client 9", 120.50 CZK, to "c9@client.example"',
      'Record 2: B-6 (id 6), "Client 8", 7.00 EUR, to "c8@client.example"',
    ]);
    expect(lines.join()).not.toMatch(/not known|not found/);
    const { lines: some } = await ask(name, { [argument]: [5, 404] });
    expect(some).toContain('Record 2: 404, not read');
  });

  it('is not put where one that is named may be another one, since its number looks like an id', async () => {
    for (const [name, args] of [
      ['lucanto_bulk_send_bills', { ids: ['1041', '6'] }],
      ['lucanto_bulk_update_bills', { ids: ['6', '1041'], state: 'checked' }],
    ] as const) {
      const { text, lines } = await ask(name, args);
      expect([text, lines]).toEqual([expect.stringContaining('is an id of the bills, and the number of another'), []]);
    }
    expect((await ask('lucanto_bulk_send_bills', { ids: ['B-6'] })).lines).toContain('- ids: [6]');
  });

  it('is put where only a default inside what the call leaves out would send', async () => {
    const { lines } = await ask('lucanto_create_bill', { client_id: 9 });
    expect(lines).toContain('It also sends, because of delivery.send_now.');
    expect(recipients(lines)).toEqual(['To: "c9@client.example" (the customer\'s stored address)']);
  });
});
