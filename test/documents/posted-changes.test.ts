/** A service that changes records with POST, spells its fields in capitals, and takes any text for a state. */
import { beforeEach, describe, expect, it } from 'vitest';
import { useOneDocument } from '../helpers/one-document.ts';
import { arrayOf, body, documentOf, id, inPath, money, named, object, ok, parameters, query } from './parts.ts';

const computed = (schema: object) => ({ ...schema, readOnly: true });
const text = { type: 'string' };
const day = { type: 'string', format: 'date' };
const row = {
  LineId: computed(id),
  Description: text,
  Quantity: money,
  UnitAmount: money,
  LineAmount: computed(money),
};
const voucher = {
  VoucherID: computed(id),
  VoucherNumber: computed(text),
  Status: computed(text),
  IssueDate: day,
  Memo: { type: 'string', nullable: true },
  Reference: text,
  LineItems: arrayOf(object(row)),
  Attachments: arrayOf(object({ Name: text })),
  Total: computed(money),
};
const list = ok(object({ Vouchers: arrayOf(object(voucher)), Total: { type: 'integer' } }));
const document = documentOf(
  {
    '/Vouchers': {
      get: named(
        'list_vouchers',
        list,
        parameters(query('Status'), query('IssuedFrom', day), query('IssuedTo', day), query('DueTo', day)),
      ),
    },
    '/Vouchers/{VoucherID}': {
      get: named('get_voucher', ok(object(voucher)), parameters(inPath('VoucherID'))),
      post: named('update_voucher', ok(object(voucher)), body(object(voucher)), parameters(inPath('VoucherID'))),
    },
  },
  { servers: [{ url: '/books' }] },
);

const STORED = {
  VoucherID: 'v-7',
  VoucherNumber: 'V2026-007',
  Status: 'Approved',
  IssueDate: '2026-03-01',
  Memo: 'Old',
  Reference: 'R7',
  LineItems: [{ LineId: 'l-1', Description: 'Work', Quantity: '2.00', UnitAmount: '10.00', LineAmount: '20.00' }],
  Attachments: [],
  Total: '20.00',
};

const sent: string[] = [];
const session = useOneDocument(document, (request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://service');
    const given = Buffer.concat(chunks).toString();
    if (request.method === 'POST') sent.push(`${pathname} ${given}`);
    const status = searchParams.get('Status');
    const rows = status === null || status === STORED.Status ? [STORED] : [];
    const record = { ...STORED, ...(given === '' ? {} : JSON.parse(given)) };
    const isOne = pathname === '/books/Vouchers/v-7';
    const answer = pathname === '/books/Vouchers' ? { Vouchers: rows, Total: rows.length } : record;
    response.writeHead(isOne || answer !== record ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer));
  });
});
beforeEach(() => {
  sent.length = 0;
});

describe('A change of a record by POST', () => {
  it('shows by example how one line is changed, with a field as the service spells it', async () => {
    const tool = (await session().listTools()).find(({ name }) => name === 'lucanto_update_voucher');
    expect(tool?.description).toContain('{line: 2, Quantity} changes one');
  });

  it.each([
    [{}, 'would change nothing'],
    [{ Reference: null }, '`Reference` is null, and the service cannot clear it'],
    [{ LineItems: null }, '`LineItems` is null, and the service cannot clear it'],
  ])('that would send nothing (%j) is refused, and not reported as done', async (args, why) => {
    const { isError, text: said } = await session().callTool('lucanto_update_voucher', { id: 'v-7', ...args });
    expect([isError, sent]).toEqual([true, []]);
    expect(said).toContain(why);
  });

  it('of one line sends the others as they were read', async () => {
    const { text: said } = await session().callTool('lucanto_update_voucher', {
      id: 'v-7',
      line: 1,
      UnitAmount: '12.00',
    });
    expect(sent).toEqual([
      '/books/Vouchers/v-7 {"LineItems":[{"Description":"Work","Quantity":"2.00","UnitAmount":"12.00"}]}',
    ]);
    expect(said).toContain('Line 1: UnitAmount 10.00 → 12.00');
  });

  it('takes the record back as it was read, with a new total that goes with its new lines', async () => {
    const LineItems = [{ ...STORED.LineItems[0], Quantity: '3.00', LineAmount: '30.00' }];
    const args = { ...STORED, id: 'v-7', LineItems, Total: '30.00' };
    const { isError, text: said } = await session().callTool('lucanto_update_voucher', args);
    expect([isError, sent.length]).toEqual([false, 1]);
    expect(said).toMatch(/Left out, since the service sets it itself: .*LineItems\[\]\.LineAmount.*Total/);
  });

  it('whose one field of a line the service sets itself is refused', async () => {
    const { isError, text: said } = await session().callTool('lucanto_update_voucher', {
      ...{ id: 'v-7', line: 1, LineAmount: '99.00' },
    });
    expect([isError, sent]).toEqual([true, []]);
    expect(said).toContain('No field of line 1 to change was given: the service sets LineAmount itself.');
  });
});

describe('A record whose id has another name', () => {
  it.each(['lucanto_get_voucher', 'lucanto_update_voucher'])('is found by its number: %s', async (tool) => {
    const memo = tool.includes('update') ? { Memo: null } : {};
    const { isError, text: said } = await session().callTool(tool, { id: 'V2026-007', ...memo });
    expect([isError, said]).toEqual([false, expect.stringContaining('"VoucherID":"v-7"')]);
  });
});

describe('A list with filters that can match nothing', () => {
  it('says how a state is written that differs in its capitals', async () => {
    const { text: said } = await session().callTool('lucanto_list_vouchers', { Status: 'approved' });
    expect(said).toContain('"approved" matched nothing: the known status is written "Approved".');
  });

  it('is not asked for a period that ends before it begins', async () => {
    const period = { IssuedFrom: '2026-03-31', IssuedTo: '2026-03-01' };
    const { isError, text: said } = await session().callTool('lucanto_list_vouchers', period);
    expect(isError).toBe(true);
    expect(said).toContain('IssuedFrom (2026-03-31) is after IssuedTo (2026-03-01).');
    // What was issued in spring may have been due before.
    const due = { IssuedFrom: '2026-03-31', DueTo: '2026-03-01' };
    expect((await session().callTool('lucanto_list_vouchers', due)).isError).toBe(false);
  });
});
