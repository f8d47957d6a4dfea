/** Limits on amounts and recipients: which writes of two different services are let through, and what others are told. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DemoService, startDemo } from '../../src/demo/demo-server.ts';
import { type OtherLucanto, startOtherLucanto } from '../fixtures/other-lucanto/server.ts';
import { callContext } from '../helpers/call-context.ts';
import { type OpenedBridge, openedBridge } from '../helpers/open-bridge.ts';
import { writesOf } from '../helpers/other-writes.ts';

const line = (price: unknown, quantity: unknown = '1', vat_rate: unknown = '23', over: object = {}) => ({
  name: 'Work',
  quantity,
  unit_price: price,
  vat_rate,
  ...over,
});

let demo: DemoService;
let demoBridge: OpenedBridge;
const opened: OpenedBridge[] = [];

async function open(url: string, token: string, env: Record<string, string>): Promise<OpenedBridge> {
  const bridge = await openedBridge(url, token, { LUCANTO_DUPLICATE_WINDOW: '0', ...env });
  opened.push(bridge);
  return bridge;
}

/** Past the bridge, as the user does in the app. */
async function inApp(path: string, body?: object, method = 'POST'): Promise<{ id: number }> {
  const response = await fetch(`${demo.url}/api/v1/workspaces/42${path}`, {
    method,
    headers: { Authorization: `Bearer ${demo.tokens.manage}`, 'Content-Type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${text}`);
  return JSON.parse(text);
}

const draft = async (items: object[], over: object = {}) =>
  (await inApp('/invoices', { invoice: { currency: 'EUR', purchaser_id: customer, items, ...over } })).id;

let customer: number;

beforeAll(async () => {
  demo = await startDemo({ port: 0, generation: 'workspaces', clock: Date.now });
  customer = (await inApp('/contacts', { contact: { name: 'Nováková', legal_identity: { email: 'eva@novakova.sk' } } }))
    .id;
  demoBridge = await open(demo.url, demo.tokens.manage, {
    LUCANTO_WORKSPACE: '42',
    LUCANTO_LIMIT: 'amount=123EUR,amount=3000CZK',
  });
});
afterAll(async () => {
  for (const bridge of opened) await bridge.close();
  await demo.close();
});

/** Of a refusal: its code, and the reason in it. */
function refusal({ json, result }: Awaited<ReturnType<OpenedBridge['ask']>>): string {
  return result.isError === true ? `${json.error}: ${json.message}` : 'done';
}

describe('A document with a limit of 123 EUR and 3000 CZK', () => {
  const of = (items: unknown[], over: object = {}) => ({ currency: 'EUR', purchaser_id: customer, items, ...over });
  it.each([
    // Each total is computed here by hand.
    ['exactly the limit: 100.00 and 23 % are 123.00', of([line('100.00')]), 'done'],
    ['a cent more: 100.01 and 23 % are 123.01', of([line('100.01')]), 'comes to 123.01 EUR, and at most 123 EUR'],
    ['two lines: 3 × 33.30 + 0.10 = 100.00, 123.00', of([line('33.30', '3'), line('0.10')]), 'done'],
    ['two rates: 100.00 at 10 % and 11.60 at 23 % are 124.27', of([line('100', 1, 10), line('11.6')]), '124.27 EUR'],
    ['a quantity: 0.1 × 1000.00 at 23 % are 123.00', of([line('1000', '0.1')]), 'done'],
    ['a discount of 50 %: 200.00 is 100.00, 123.00', of([line('200')], { discount_percentage: '50' }), 'done'],
    ['a negative discount: 100.00 is 110.00, 135.30', of([line('100')], { discount_percentage: '-10' }), '135.30 EUR'],
    ['a discount on the line: 200.00 is 100.00', of([line('200', 1, 23, { discount_percentage: 50 })]), 'done'],
    ['a credit of more: -200.00 is 246.00 without its sign', of([line('-200')]), '246.00 EUR'],
    ['another currency with its own limit', of([line('2000')], { currency: 'CZK' }), 'done'],
    ['more than that: 2500.00 and 23 % are 3075.00', of([line('2500')], { currency: 'CZK' }), '3075.00 CZK'],
    [
      'another currency without a limit',
      of([line('1')], { currency: 'USD' }),
      'only documents within amount=123EUR or',
    ],
    ['no currency', of([line('1')], { currency: undefined }), 'the currency is not named'],
    ['no VAT rate', of([line('1', 1, null)]), 'line 1 has no VAT rate'],
    ['no quantity', of([{ name: 'a', unit_price: '1', vat_rate: '23' }]), 'line 1 has no quantity'],
    ['no price', of([line('1'), { name: 'a', quantity: '1', vat_rate: '23' }]), 'line 2 has no price'],
    ['no lines', of([]), 'neither lines nor a total'],
  ])('%s', async (_case, args, expected) => {
    const answer = refusal(await demoBridge.ask('lucanto_create_invoice', args));
    if (expected === 'done') expect(answer).toBe('done');
    else {
      expect(answer).toContain('limit_reached');
      expect(answer).toContain(expected);
    }
  });

  it('says what the limit is, what the document comes to, and what to do, to a model and to a person', async () => {
    const { json } = await demoBridge.ask('lucanto_create_invoice', of([line('200')]));
    expect(json).toMatchObject({ error: 'limit_reached', limit: 'amount=123EUR', total: '246.00', currency: 'EUR' });
    expect(json.hint).toContain('tell the user about this limit');
  });

  it.each([
    ['lucanto_create_quote', of([line('100.01')]), '123.01 EUR'],
    ['lucanto_create_credit_note', of([line('100.01')]), '123.01 EUR'],
    ['lucanto_create_expense', { description: 'Paper', supplier_name: 'A', currency: 'EUR', total: '123.00' }, 'done'],
    ['lucanto_create_expense', { description: 'Paper', supplier_name: 'A', currency: 'EUR', total: '123.5' }, '123.50'],
    [
      'lucanto_create_expense',
      { description: 'Paper', supplier_name: 'A', currency: 'EUR' },
      'neither lines nor a total',
    ],
    ['lucanto_create_contact', { name: 'Anybody', rate: '999999' }, 'done'],
    ['lucanto_create_bank_account', { name: 'Cash', currency: 'USD', iban: 'SK3112000000198742637541' }, 'done'],
  ])('%s', async (tool, args, expected) => {
    expect(refusal(await demoBridge.ask(tool, args))).toContain(expected);
  });

  it('is issued and sent only within the limit, by what the record says right before', async () => {
    const [small, large] = [await draft([line('100')]), await draft([line('100.01')])];
    expect(refusal(await demoBridge.ask('lucanto_issue_invoice', { id: large }))).toContain('123.01 EUR');
    expect(refusal(await demoBridge.ask('lucanto_issue_invoice', { id: small }))).toBe('done');
    await inApp(`/invoices/${large}/issue`);
    expect(refusal(await demoBridge.ask('lucanto_send_invoice', { id: large }))).toContain('123.01 EUR');
    expect(refusal(await demoBridge.ask('lucanto_send_invoice', { id: small }))).toBe('done');
    // What neither creates, issues nor sends is not limited.
    expect(refusal(await demoBridge.ask('lucanto_mark_invoice_paid', { id: large }))).toBe('done');
  });

  it('cannot be raised above the limit by an update, and can be changed otherwise', async () => {
    const id = await draft([line('100')]);
    const update = async (args: object) => refusal(await demoBridge.ask('lucanto_update_invoice', { id, ...args }));
    expect(await update({ items: [line('100.01')] })).toContain('123.01 EUR');
    expect(await update({ items: [line('50'), line('50.01')] })).toContain('123.01 EUR');
    expect(await update({ line: 1, quantity: '2' })).not.toBe('done');
    expect(await update({ currency: 'USD' })).toContain('123.00 USD');
    expect(await update({ discount_percentage: '-1' })).toContain('124.23 EUR');
    expect(await update({ items: [line('80')] })).toBe('done');
    const high = await draft([line('5000')]);
    expect(refusal(await demoBridge.ask('lucanto_update_invoice', { id: high, internal_note: 'Large' }))).toBe('done');
    expect(refusal(await demoBridge.ask('lucanto_update_invoice', { id: high, items: [line('1')] }))).toBe('done');
  });
});

describe('A person', () => {
  /** Agrees after a second, and calls `meanwhile` first. */
  const asking = (meanwhile: () => Promise<unknown>) => {
    let asked = 0;
    const ask = async () => {
      asked += 1;
      await meanwhile();
      await new Promise((resolve) => setTimeout(resolve, 900));
      return 'accepted' as const;
    };
    return { context: callContext({ human: { how: 'dialog', ask } }), count: () => asked };
  };

  it('is not asked about what is refused', async () => {
    const { context, count } = asking(async () => undefined);
    const { error } = await demoBridge.bridge.call(
      'lucanto_issue_invoice',
      { id: await draft([line('5000')]) },
      context,
    );
    expect(error?.code).toBe('limit_reached');
    expect(count()).toBe(0);
  });

  it('may take minutes to agree: the document counts as it is then', async () => {
    const id = await draft([line('1')]);
    const raise = () => inApp(`/invoices/${id}`, { invoice: { items: [line('5000')] } }, 'PATCH');
    const { context, count } = asking(raise);
    const { error } = await demoBridge.bridge.call('lucanto_issue_invoice', { id }, context);
    expect(error?.message).toContain('6150.00 EUR');
    expect(count()).toBe(1);
  });
});

describe('Recipients with a limit to stored ones', () => {
  it.each([
    ['the stored address', { to: ['Eva@novakova.sk'] }, 'done'],
    ['no address, so that the service takes the stored one', {}, 'done'],
    ['another address', { to: ['eva@novakova.sk', 'x@evil.example'] }, 'x@evil.example is not an address'],
  ])('%s', async (_case, args, expected) => {
    const bridge = await open(demo.url, demo.tokens.manage, {
      LUCANTO_WORKSPACE: '42',
      LUCANTO_LIMIT: 'recipients=stored',
    });
    const id = await draft([line('1')]);
    await inApp(`/invoices/${id}/issue`);
    expect(refusal(await bridge.ask('lucanto_send_invoice', { id, ...args }))).toContain(expected);
  });

  it('cannot be got around by an update of the address', async () => {
    const bridge = await open(demo.url, demo.tokens.manage, {
      LUCANTO_WORKSPACE: '42',
      LUCANTO_LIMIT: 'recipients=stored',
    });
    const update = async (legal_identity: object) =>
      refusal(await bridge.ask('lucanto_update_contact', { id: customer, legal_identity }));
    expect(await update({ email: 'x@evil.example' })).toContain('x@evil.example is not an address');
    expect(await update({ phone_number: '+421 900' })).toBe('done');
  });

  it('sends nothing to a customer whose record has no address', async () => {
    const bridge = await open(demo.url, demo.tokens.manage, {
      LUCANTO_WORKSPACE: '42',
      LUCANTO_LIMIT: 'recipients=stored',
    });
    const silent = (await inApp('/contacts', { contact: { name: 'Silent' } })).id;
    const id = await draft([line('1')], { purchaser_id: silent });
    await inApp(`/invoices/${id}/issue`);
    expect(refusal(await bridge.ask('lucanto_send_invoice', { id, to: ['x@y.sk'] }))).toContain('has no address');
  });
});

describe.each(['rest', 'remote'])('Another Lucanto over %s', (backend) => {
  let other: OtherLucanto;
  let bridge: OpenedBridge;
  const first = async (tool: string) => (await bridge.ask(tool)).json;
  const idOf = (list: unknown): unknown => {
    const rows = Array.isArray(list) ? list : Object.values(list ?? {}).find(Array.isArray);
    return Array.isArray(rows) ? rows[0]?.id : undefined;
  };
  beforeAll(async () => {
    other = await startOtherLucanto({ workspaces: 1, remote: { catalogue: 'wide' } });
    bridge = await open(other.url, other.tokens.manage, {
      LUCANTO_BACKEND: backend,
      LUCANTO_LIMIT: 'amount=123EUR,recipients=stored,sends=2/day',
    });
  });
  afterAll(() => other.close());

  it('creates what is within the limit and refuses the rest, before anything is sent', async () => {
    const purchaser_id = idOf(await first('lucanto_list_contacts'));
    other.clear();
    const create = async (lines: object[], over: object = {}) =>
      refusal(await bridge.ask('lucanto_create_invoice', { purchaser_id, currency: 'EUR', lines, ...over }));
    expect(await create([line('100.01')])).toContain('123.01 EUR');
    expect(await create([line('1', undefined)].map(({ quantity: _gone, ...rest }) => rest))).toContain('no quantity');
    expect(await create([{ ...line('1'), surcharge: '5000' }])).not.toBe('done');
    expect(writesOf(other)).toEqual([]);
    expect(await create([line('100')])).toBe('done');
    expect(writesOf(other)).toHaveLength(1);
  });

  it('neither issues nor sends a record of a larger total, nor to an address that is not stored', async () => {
    const id = idOf(await first('lucanto_list_invoices'));
    other.clear();
    expect(refusal(await bridge.ask('lucanto_issue_invoice', { id }))).toContain('1234567890123456.10 EUR');
    expect(refusal(await bridge.ask('lucanto_send_invoice', { id, recipients: ['x@y.sk'] }))).toContain(
      'limit_reached',
    );
    expect(refusal(await bridge.ask('lucanto_update_invoice', { id, lines: [line('200')] }))).toContain('246.00 EUR');
    expect(writesOf(other)).toEqual([]);
  });
});
