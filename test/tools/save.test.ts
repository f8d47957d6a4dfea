/** Lists, summaries, receivables and statements saved as Excel and CSV files. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { listOf, oddService, parameters, query } from './odd-service.ts';
import { useScenes } from './opened.ts';

const { later, scene, demo } = useScenes();

const DAY_MS = 86_400_000;

/** Each part of a ZIP file, by the list at its end: written here anew, as Excel reads it. */
function unzipped(bytes: Buffer): ReadonlyMap<string, string> {
  const end = bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  const count = bytes.readUInt16LE(end + 10);
  let at = bytes.readUInt32LE(end + 16);
  const parts = new Map<string, string>();
  for (let index = 0; index < count; index += 1) {
    expect(bytes.readUInt32LE(at)).toBe(0x02014b50);
    const packed = bytes.readUInt32LE(at + 20);
    const size = bytes.readUInt32LE(at + 24);
    const nameLength = bytes.readUInt16LE(at + 28);
    const name = bytes.subarray(at + 46, at + 46 + nameLength).toString();
    const local = bytes.readUInt32LE(at + 42);
    const from = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const text = inflateRawSync(bytes.subarray(from, from + packed));
    expect(text.length).toBe(size);
    parts.set(name, text.toString());
    at += 46 + nameLength;
  }
  return parts;
}

interface Cell {
  readonly style: string;
  readonly type: string;
  readonly value: string;
}

/** Rows of cells by their titles. */
function sheetOf(bytes: Buffer): readonly Readonly<Record<string, Cell>>[] {
  const xml = unzipped(bytes).get('xl/worksheets/sheet1.xml') ?? '';
  const rows = [...xml.matchAll(/<row r="\d+">(.*?)<\/row>/gs)].map(([, inner = '']) =>
    Object.fromEntries(
      [
        ...inner.matchAll(
          /<c r="([A-Z]+)\d+"(?: s="(\d+)")?(?: t="(\w+)")?>(?:<is><t[^>]*>|<v>)(.*?)(?:<\/t><\/is>|<\/v>)<\/c>/gs,
        ),
      ].map(([, column = '', style = '', type = '', value = '']) => [column, { style, type, value: decoded(value) }]),
    ),
  );
  const [head = {}, ...body] = rows;
  return body.map((row) =>
    Object.fromEntries(Object.entries(row).map(([column, cell]) => [head[column]?.value ?? column, cell])),
  );
}

function decoded(text: string): string {
  return text.replace(/&#(\d+);/g, (_all, code) => String.fromCharCode(Number(code)));
}

function dayOf(serial: string): string {
  return new Date(Date.UTC(1899, 11, 30) + Number(serial) * DAY_MS).toISOString().slice(0, 10);
}

const AT = '/workspaces/{workspace_id}';
const BILL = {
  id: { type: 'integer' },
  number: { type: 'string' },
  issue_date: { type: 'string' },
  customer: { type: 'object', properties: { name: { type: 'string' } } },
  total: { type: 'string' },
  note: { type: 'string' },
  paid: { type: 'boolean' },
  lines: { type: 'array', items: { type: 'object', properties: { price: { type: 'string' } } } },
};
const PATHS = {
  [`${AT}/bills`]: {
    parameters: [...parameters('workspace_id'), ...query('limit', 'cursor', 'status')],
    get: { responses: { 200: listOf(BILL) } },
  },
};
const NOTES = ['=1+1', '+421 900', '-5', '@x', 'plain "quoted", text\nin two lines', 'a\u0001b <&>'];

const STATES = ['exposed', 'koncept', 'draft', 'storno'];

function bill(index: number) {
  return {
    status: STATES[index % STATES.length],
    id: index === 0 ? '9007199254740993' : index,
    number: `00${index}`,
    issue_date: new Date(Date.UTC(2026, 0, 1 + (index % 28))).toISOString().slice(0, 10),
    customer: { name: `Čaj ${index}` },
    total: `${index}.5`,
    note: NOTES[index % NOTES.length],
    paid: index % 2 === 0,
    lines: [{ price: '1.00' }],
  };
}

async function bills(count: number) {
  const service = later(
    await oddService(PATHS, ({ query: asked }) => {
      const from = Number(asked.get('cursor') ?? 0);
      const limit = Number(asked.get('limit') ?? 25);
      const data = Array.from({ length: Math.min(limit, count - from) }, (_, index) => bill(from + index));
      const isLast = from + limit >= count;
      return { json: { data, next_cursor: isLast ? null : String(from + limit) } };
    }),
  );
  return scene(service.url, 'lct_pat_x23456789', { LUCANTO_SCOPES: 'read:*' });
}

describe('save_as', () => {
  it('saves every row of a list as an Excel file: days, money and ids as such, and texts as texts', async () => {
    const { ask, files } = await bills(250);
    const { json: saved } = await ask('lucanto_list_bills', { save_as: 'xlsx' });
    expect(saved).toMatchObject({ rows: 250, complete: true });
    // Every fourth row each, of 250; a draft is named in plain words too where its state is known to be one.
    expect(saved.note).toBe('62 of the 250 rows are drafts.');
    expect(saved.by_status).toEqual({ exposed: 63, koncept: 63, draft: 62, 'storno (cancelled)': 62 });
    expect(dirname(saved.path)).toBe(files);
    const bytes = await readFile(saved.path);
    expect(saved).toMatchObject({ size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') });
    const rows = sheetOf(bytes);
    expect(rows).toHaveLength(250);
    rows.forEach((row, index) => {
      const { id, number, issue_date, total, note } = bill(index);
      expect(row.id).toMatchObject({ type: 'inlineStr', value: String(id) });
      expect(row.number).toMatchObject({ type: 'inlineStr', value: number });
      expect(dayOf(row.issue_date?.value ?? '')).toBe(issue_date);
      expect(row['customer.name']?.value).toBe(`Čaj ${index}`);
      expect(row.total).toMatchObject({ type: '', style: '2', value: `${total}0` });
      expect(row.note).toMatchObject({ type: 'inlineStr', value: String(note).replace('\u0001', '\ufffd') });
      expect(row.paid).toMatchObject({ type: 'b', value: index % 2 === 0 ? '1' : '0' });
    });
    // What begins like a formula is marked as text.
    expect(rows.slice(0, 6).map(({ note }) => note?.style)).toEqual(['5', '5', '5', '5', '0', '0']);
    expect(unzipped(bytes).get('xl/styles.xml')).toContain('quotePrefix="1"');
    expect(await readdir(files)).toHaveLength(1);
    const { json: some } = await ask('lucanto_list_bills', { save_as: 'csv', status: 'draft,storno', limit: 7 });
    expect(some.by_status).toEqual({ draft: 4, 'storno (cancelled)': 3 });
    expect(some.note).toBe('4 of the 7 rows are drafts.');
    const { json: drafts } = await ask('lucanto_list_bills', { save_as: 'csv', status: 'draft' });
    expect(drafts).toMatchObject({ by_status: { draft: 62 } });
    expect(drafts.note).toBeUndefined();
  });

  it('saves a list as CSV that a spreadsheet opens: with a byte order mark, quotes and no formulas', async () => {
    const { ask } = await bills(6);
    const { json: saved } = await ask('lucanto_list_bills', { save_as: 'csv', fields: 'id,total,note' });
    const text = (await readFile(saved.path)).toString();
    expect(text).toBe(
      [
        '\ufeffid,total,note',
        "9007199254740993,0.50,'=1+1",
        "1,1.50,'+421 900",
        "2,2.50,'-5",
        "3,3.50,'@x",
        '4,4.50,"plain ""quoted"", text\nin two lines"',
        '5,5.50,a\u0001b <&>',
        '',
      ].join('\r\n'),
    );
    expect(saved.path).toMatch(/Bills \d{4}-\d\d-\d\d\.csv$/);
  });

  it.each([
    [
      'list_bills',
      { client: 7, issued_on_from: '2026-01-01', issued_on_to: '2026-03-31' },
      'Bills 2026-01-01 to 2026-03-31',
    ],
    ['list_bills', { issued_on_from: '2026-01-01', workspace_id: 1 }, 'Bills One from 2026-01-01'],
    ['summarize_documents', { type: 'bill', to: '2026-03-31' }, 'Summary bill to 2026-03-31'],
    ['list_bills', { due_on_to: '2026-03-31', issued_on_from: '2026-01-01' }, 'Bills to 2026-03-31'],
    ['list_receivables', { as_of: '2026-03-31' }, 'Receivables 2026-03-31'],
    ['list_receivables', { as_of: '2026-03-31', customer: 'Acme' }, 'Receivables Acme 2026-03-31'],
    [
      'get_statement',
      { customer: '7', from: '2026-01-01', to: '2026-12-31' },
      'Statement Acme 2026-01-01 to 2026-12-31',
    ],
  ])('names the file of %s after whose and of when its rows are: %j', async (tool, args, name) => {
    const row = { id: 1, client_id: 7, total: '1.00', currency: 'EUR', status: 'sent', issued_on: '2026-02-01' };
    const fields = Object.fromEntries(Object.keys(row).map((field) => [field, {}]));
    const at = '/workspaces/{workspace_id}';
    const paths = {
      [`${at}/bills`]: {
        get: {
          parameters: [
            ...parameters('workspace_id'),
            ...query('client', 'issued_on_from', 'issued_on_to', 'due_on_to'),
          ],
          responses: { 200: listOf(fields) },
        },
      },
      [`${at}/clients`]: {
        get: { parameters: parameters('workspace_id'), responses: { 200: listOf({ id: {}, name: {} }) } },
      },
    };
    const odd = later(
      await oddService(paths, ({ path }) => ({
        json: { data: path.endsWith('/bills') ? [row] : [{ id: 7, name: 'Acme' }], has_more: false },
      })),
    );
    const { ask } = await scene(odd.url, 'lct_pat_x23456789', { LUCANTO_SCOPES: 'read:*' });
    const { json: saved } = await ask(`lucanto_${tool}`, { ...args, save_as: 'csv' });
    expect(basename(saved.path)).toBe(`${name}.csv`);
  });

  it('takes ten thousand rows, page by page', async () => {
    const { ask } = await bills(10_000);
    const { json: saved } = await ask('lucanto_list_bills', { save_as: 'xlsx' });
    expect(saved).toMatchObject({ rows: 10_000, complete: true });
    expect(sheetOf(await readFile(saved.path))).toHaveLength(10_000);
  });

  it('says where it stopped, and takes a limit', async () => {
    const { ask } = await bills(250);
    const { json: saved } = await ask('lucanto_list_bills', { save_as: 'csv', limit: 30 });
    expect(saved).toMatchObject({ rows: 30, complete: false, incomplete_because: 'limit is 30' });
  });

  it('refuses another form before anything is read', async () => {
    const { ask } = await bills(1);
    const { json: refused } = await ask('lucanto_list_bills', { save_as: 'pdf' });
    expect(refused).toMatchObject({ error: 'invalid_arguments', message: 'save_as must be "xlsx" or "csv".' });
  });

  it('saves summaries, receivables and statements of the embedded Lucanto, with the amounts that they answer', async () => {
    const service = await demo();
    const { ask, script } = await scene(service.url, service.tokens.read);
    const cases = [
      ['lucanto_list_receivables', { workspace_id: 42 }, (answer: Answer) => answer.companies[0]?.documents ?? []],
      [
        'lucanto_summarize_documents',
        { workspace_id: 42, type: 'invoice', group_by: 'month' },
        (answer: Answer) => answer.groups,
      ],
      [
        'lucanto_get_statement',
        { workspace_id: 42, customer: 502 },
        (answer: Answer) =>
          answer.accounts.flatMap((one) => [
            { balance: one.opening_balance },
            ...one.movements,
            { balance: one.closing_balance },
          ]),
      ],
      ['lucanto_list_invoices', { workspace_id: 42, status: 'unpaid' }, (answer: Answer) => answer.data],
    ] as const;
    for (const [tool, args, rowsOf] of cases) {
      const { json: answer } = await script(tool, args);
      const expected = rowsOf(answer);
      expect(expected.length).toBeGreaterThan(0);
      const { json: saved } = await ask(tool, { ...args, save_as: 'xlsx' });
      expect([tool, saved.rows, saved.complete]).toEqual([tool, expected.length, true]);
      const rows = sheetOf(await readFile(saved.path));
      if (tool === 'lucanto_list_invoices') {
        expect(rows.every((row) => (row.customer?.value ?? '') !== '')).toBe(true);
        expect(Object.keys(rows[0] ?? {})).not.toContain('pdf_url');
      }
      const names = ['amount_due', 'total', 'amount', 'balance'].filter((name) => rows.some((row) => row[name]));
      expect(names).not.toEqual([]);
      for (const amount of names) {
        expect(rows.map((row) => Number(row[amount]?.value))).toEqual(expected.map((row) => Number(row[amount])));
      }
    }
  });
});

interface Answer {
  readonly companies: readonly { readonly documents: readonly Record<string, unknown>[] }[];
  readonly groups: readonly Record<string, unknown>[];
  readonly accounts: readonly (Record<string, unknown> & { readonly movements: readonly Record<string, unknown>[] })[];
  readonly data: readonly Record<string, unknown>[];
}
