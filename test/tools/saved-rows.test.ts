/** Rows saved as Excel and CSV: what stands in the files, read back by other means, whatever service they come from. */
import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startOtherLucanto } from '../fixtures/other-lucanto/server.ts';
import { OLD_SHAPE } from '../fixtures/other-lucanto/shape.ts';
import { json, listOf, type OddAnswer, oddService, parameters, query, type Received } from './odd-service.ts';
import { useScenes } from './opened.ts';
import { dateOf, readCsv, readSheet, sumOf } from './read-back.ts';

const { later, scene, demo } = useScenes();
const READ = { LUCANTO_SCOPES: 'read:*' };

/** A service with one list, which answers as the test says. */
async function bills(
  rows: readonly object[],
  answer: (request: Received) => OddAnswer | null = () => ({ json: { data: rows, next_cursor: null } }),
  {
    names = ['cursor'],
    fields = {},
    env = {},
  }: { names?: string[]; fields?: object; env?: Record<string, string> } = {},
) {
  const list = { operationId: 'list-bills', parameters: [...parameters('workspace_id'), ...query(...names)] };
  const paths = { '/workspaces/{workspace_id}/bills': { get: { ...list, responses: { 200: listOf(fields) } } } };
  const service = later(await oddService(paths, answer));
  const opened = await scene(service.url, 'lct_pat_x23456789', { ...READ, ...env });
  return { ...opened, service, save: (args: object) => opened.ask('lucanto_list_bills', args) };
}

describe('what stands in a file', () => {
  const LONG = 'x'.repeat(40_000);
  const ROWS = [
    {
      id: 9007199254740993n,
      number: '00042.50',
      customer: { name: '=HYPERLINK("http://evil")', vat_id: '2023456787', address: { postal_code: '05801' } },
      issue_date: '2026-02-28',
      created_at: '2026-02-28T23:30:00Z',
      paid: true,
      total: '1234.50',
      discount: '-0.05',
      exchange_rate: '25.0125',
      huge: '12345678901234567.89',
      items: [{ name: 'a' }, { name: 'b' }],
      note: 'line one\nline "two"; _x0041_ \u2028 <b>&\u0007',
    },
    {
      id: 2,
      number: '43.50',
      total: '-10',
      issue_date: '2026-03-01',
      paid: false,
      late: '+421 905 111 222',
      huge: '0.5',
    },
    { id: 3, number: '@SUM(1)', total: '0.005', issue_date: '2026-12-31', customer: { name: LONG }, tags: [] },
  ];
  const TEXT = JSON.stringify(ROWS, (_name, value) => (typeof value === 'bigint' ? `#${value}#` : value));
  const bytes = `{"data":${TEXT.replace(/"#(\d+)#"/g, '$1')},"next_cursor":null}`;
  const opened = () =>
    bills([], () => ({ bytes, headers: { 'content-type': 'application/json' } }), { env: { TZ: 'UTC' } });

  it('are dates, numbers, flags and texts in a sheet, every digit kept', async () => {
    const { save, files } = await opened();
    const { json: saved } = await save({ save_as: 'xlsx' });
    const { header, rows } = readSheet(saved.path);
    const [first, second, third] = rows;
    expect([...header].sort()).toEqual(
      [
        ...['id', 'number', 'customer.name', 'customer.vat_id', 'customer.address.postal_code', 'issue_date'],
        ...['created_at (UTC)', 'paid', 'total', 'discount', 'exchange_rate', 'huge', 'items (count)', 'note'],
        ...['late', 'tags (count)'],
      ].sort(),
    );
    const text = (value: string) => expect.objectContaining({ type: 'text', value });
    const number = (value: string, format: string) => ({ type: 'number', value, format });
    expect(first).toMatchObject({
      id: text('9007199254740993'),
      number: text('00042.50'),
      'customer.name': text('=HYPERLINK("http://evil")'),
      'customer.vat_id': text('2023456787'),
      'customer.address.postal_code': text('05801'),
      paid: { type: 'flag', value: '1' },
      total: number('1234.50', 'TWO'),
      discount: number('-0.05', 'General'),
      exchange_rate: number('25.0125', 'General'),
      huge: text('12345678901234567.89'),
      'items (count)': number('2', 'General'),
      note: text('line one\nline "two"; _x0041_ \u2028 <b>&\ufffd'),
    });
    expect(first?.issue_date?.format).toMatch(/^yyyy.+mm.+dd$/);
    expect(rows.map((row) => dateOf(row.issue_date?.value).slice(0, 10))).toEqual([
      '2026-02-28',
      '2026-03-01',
      '2026-12-31',
    ]);
    expect(dateOf(first?.['created_at (UTC)']?.value)).toBe('2026-02-28T23:30:00');
    expect(second).toMatchObject({ late: text('+421 905 111 222'), huge: number('0.5', 'General') });
    expect(second?.total).toMatchObject({ type: 'number', value: '-10.00' });
    expect(third?.number).toMatchObject({ type: 'text', value: '@SUM(1)' });
    expect(third?.['customer.name']?.value).toHaveLength(32_767);
    expect(saved).toMatchObject({ rows: 3, complete: true });
    const file = await readFile(saved.path);
    expect(saved.sha256).toBe(createHash('sha256').update(file).digest('hex'));
    expect(saved.size).toBe(file.length);
    expect(await readdir(files)).toEqual([basename(saved.path)]);
    expect((await stat(saved.path)).mode & 0o777).toBe(0o600);
  });

  it('are values without formulas in CSV', async () => {
    const { save } = await opened();
    const { json: saved } = await save({ save_as: 'csv' });
    const [first, second, third] = readCsv(saved.path);
    expect(first).toMatchObject({
      id: '9007199254740993',
      'customer.name': `'=HYPERLINK("http://evil")`,
      created_at: '2026-02-28T23:30:00Z',
      paid: 'TRUE',
      total: '1234.50',
      discount: '-0.05',
      huge: '12345678901234567.89',
      note: 'line one\nline "two"; _x0041_ \u2028 <b>&\u0007',
      late: '',
    });
    expect(second).toMatchObject({ total: '-10.00', late: "'+421 905 111 222", paid: 'FALSE' });
    expect(third).toMatchObject({ number: "'@SUM(1)", 'customer.name': LONG });
  });

  it.each([
    ['=1+1', "'=1+1"],
    ['\t=1', "'\t'=1"],
    ['-2+3', "'-2+3"],
    ['-2.50', '-2.50'],
    ['a;=1', "a;'=1"],
    ['a\n@b', "a\n'@b"],
    ['＝1', "'＝1"],
    ['a=b', 'a=b'],
    [' +1', "' +1"],
  ])('has %j as %j in CSV and unchanged in a sheet', async (text, harmless) => {
    const { save } = await bills([{ id: 1, note: text }]);
    const { json: csv } = await save({ save_as: 'csv' });
    expect(readCsv(csv.path)[0]?.note).toBe(harmless);
    const { json: sheet } = await save({ save_as: 'xlsx' });
    const cell = readSheet(sheet.path).rows[0]?.note;
    expect([cell?.type === 'formula', Number(cell?.value) || cell?.value]).toEqual([false, Number(text) || text]);
  });

  it('is every field, or those that fields names, in their order', async () => {
    const { save, files } = await bills([
      { id: 1, total: '1.00', customer: { name: 'A', city: 'B' }, lines: [{}, {}] },
    ]);
    const header = async (fields: unknown) =>
      Object.keys(readCsv((await save({ save_as: 'csv', fields })).json.path)[0] ?? {});
    expect((await header('customer.name,id')).sort()).toEqual(['customer.name', 'id']);
    expect((await header(['lines', 'Customer'])).sort()).toEqual(['customer.city', 'customer.name', 'lines (count)']);
    expect(await header('*')).toEqual(['id', 'customer.name', 'customer.city', 'total', 'lines (count)']);
    const before = await readdir(files);
    const { result, text } = await save({ save_as: 'csv', fields: 'colour' });
    expect([result.isError, text]).toEqual([true, expect.stringMatching(/colour.*total/)]);
    expect(await readdir(files)).toEqual(before);
  });

  it('is a header alone where the list is empty', async () => {
    const { save } = await bills([], undefined, { fields: { id: { type: 'integer' }, total: { type: 'string' } } });
    const { json: sheet } = await save({ save_as: 'xlsx' });
    expect(readSheet(sheet.path)).toEqual({ header: ['id', 'total'], rows: [] });
    const { json: csv } = await save({ save_as: 'csv' });
    expect(await readFile(csv.path, 'utf8')).toBe('\ufeffid,total\r\n');
    expect(csv).toMatchObject({ rows: 0, complete: true });
  });
});

describe('a list that is saved', () => {
  const all = Array.from({ length: 250 }, (_, at) => ({
    id: at + 1,
    total: `${at}.${String(at % 100).padStart(2, '0')}`,
  }));
  const page = (from: number) => all.slice(from, from + 100);
  const next = (from: number) => (from + 100 < all.length ? from + 100 : null);
  const from = ({ query: asked }: Received, name: string, factor = 1) => Number(asked.get(name) ?? 0) * factor;

  it.each<[string, string[], (request: Received) => OddAnswer]>([
    [
      'cursors',
      ['limit', 'cursor'],
      (request) => ({ json: { data: page(from(request, 'cursor')), next_cursor: next(from(request, 'cursor')) } }),
    ],
    ['offsets', ['offset'], (request) => ({ json: { data: page(from(request, 'offset')), total: all.length } })],
    [
      'links',
      ['page'],
      (request) => {
        const at = from(request, 'page', 100);
        const link = next(at) === null ? '' : `</x?page=${at / 100 + 1}>; rel="next"`;
        return { json: { data: page(at) }, headers: link === '' ? {} : { link } };
      },
    ],
  ])('is walked to its end by %s, whatever page the call names', async (_style, names, answer) => {
    const { save } = await bills([], answer, { names });
    const { json: saved } = await save({ save_as: 'csv', [names[0] ?? '']: names[0] === 'limit' ? 300 : 200 });
    expect(saved).toMatchObject({ rows: 250, complete: true });
    const rows = readCsv(saved.path);
    expect(rows.map(({ id }) => Number(id))).toEqual(all.map(({ id }) => id));
    expect(sumOf(rows.map(({ total = '' }) => total))).toBe(sumOf(all.map(({ total }) => total)));
  });

  it('says where nothing proves that it is all, and why', async () => {
    const { save } = await bills(all.slice(0, 100), () => ({ json: all.slice(0, 100) }));
    const { json: saved } = await save({ save_as: 'xlsx' });
    expect(saved).toMatchObject({
      rows: 100,
      complete: false,
      incomplete_because: expect.stringMatching(/whether they are all/),
    });
  });

  it('leaves nothing behind where a page cannot be read', async () => {
    const { save, files } = await bills([], ({ query: asked }) =>
      asked.has('cursor')
        ? { status: 403, json: { error: 'forbidden', message: 'No.' } }
        : { json: { data: page(0), next_cursor: 'x' } },
    );
    const { result, json: error } = await save({ save_as: 'xlsx' });
    expect([result.isError, error.status]).toEqual([true, 403]);
    expect(await readdir(files)).toEqual([]);
  });

  it('refuses another kind of file, and every tool without rows', async () => {
    const { save, ask, files } = await bills([{ id: 1 }]);
    expect((await save({ save_as: 'pdf' })).text).toContain('save_as must be \\"xlsx\\" or \\"csv\\"');
    expect((await save({ save_as: 'Excel' })).json).toMatchObject({ rows: 1 });
    const { text } = await ask('lucanto_check_document', { type: 'bill', save_as: 'csv' }).catch((error: Error) => ({
      text: error.message,
    }));
    expect(text).toMatch(/unknown argument `save_as`|Unknown tool/);
    expect(await readdir(files)).toHaveLength(1);
  });

  it('is never written over another file, nor outside the files folder', async () => {
    const service = later(
      await oddService(
        {
          '/workspaces/{workspace_id}/bills': {
            get: {
              operationId: 'list-bills',
              parameters: parameters('workspace_id'),
              responses: { 200: json({ type: 'array', items: { type: 'object' } }) },
            },
          },
        },
        () => ({ json: [{ id: 1 }] }),
      ),
    );
    const { ask, files } = await scene(service.url, 'lct_pat_x23456789', { ...READ, LUCANTO_WORKSPACE: '../../CON' });
    const names = [];
    for (const _time of [1, 2]) {
      const { json: saved } = await ask('lucanto_list_bills', { save_as: 'csv' });
      if (saved.path !== undefined) names.push(saved.path);
    }
    for (const path of names) expect(path.startsWith(files)).toBe(true);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('the embedded Lucanto', () => {
  it('gives sheets whose columns add up to what its own rows say, in read-only mode too', async () => {
    const service = await demo();
    const { ask, bridge } = await scene(service.url, service.tokens.manage, { LUCANTO_READ_ONLY: '1' });
    const answer = await fetch(`${service.url}/api/v1/workspaces/42/invoices?limit=100`, {
      headers: { authorization: `Bearer ${service.tokens.read}` },
    });
    // biome-ignore lint/suspicious/noExplicitAny: rows as the service gives them
    const { data }: { data: any[] } = Object(await answer.json());
    const { json: saved } = await ask('lucanto_list_invoices', { workspace_id: 42, save_as: 'xlsx' });
    const { rows } = readSheet(saved.path);
    expect(rows).toHaveLength(data.length);
    for (const currency of new Set(data.map((row) => row.currency))) {
      const own = rows.filter((row) => row.currency?.value === currency);
      expect(own.every(({ total }) => total?.type === 'number' && total.format === 'TWO')).toBe(true);
      const sum = sumOf(data.filter((row) => row.currency === currency).map(({ total }) => total));
      expect(sumOf(own.map(({ total }) => total?.value ?? ''))).toBe(sum);
    }
    expect(rows.map(({ due_date: due }) => (due === undefined ? undefined : dateOf(due.value).slice(0, 10)))).toEqual(
      data.map(({ due_date: due }) => due ?? undefined),
    );
    expect(bridge.find('lucanto_list_invoices').descriptor.annotations.readOnlyHint).toBe(true);
  });

  it('saves totals, receivables of all companies, a statement and filtered lists', async () => {
    const service = await demo();
    const { ask } = await scene(service.url, service.tokens.read);
    const own = { workspace_id: 42, save_as: 'csv' };
    const rowsOf = async (tool: string, args: object) => {
      const { json: saved, result } = await ask(tool, args);
      expect(result.isError).toBeUndefined();
      const rows = readCsv(saved.path);
      expect(rows).toHaveLength(saved.rows);
      return { saved, rows };
    };
    const months = await rowsOf('lucanto_summarize_documents', { ...own, type: 'invoice', group_by: 'month' });
    const sum = (rows: readonly Readonly<Record<string, string>>[], name: string) =>
      sumOf(rows.filter(({ currency }) => currency === 'EUR').map((row) => row[name] ?? ''));
    const totals = await rowsOf('lucanto_summarize_documents', { ...own, type: 'invoice' });
    expect(sum(months.rows, 'total')).toBe(sum(totals.rows, 'total'));
    expect(months.saved).toMatchObject({ complete: true });
    const all = await rowsOf('lucanto_list_receivables', { save_as: 'csv' });
    expect(new Set(all.rows.map(({ company }) => company)).size).toBe(2);
    const { json: told } = await ask('lucanto_list_receivables');
    const { open } = told.totals.find(({ currency }: { currency: string }) => currency === 'EUR');
    expect(sum(all.rows, 'amount_due')).toBe(sumOf([open]));
    const [debtor] = all.rows.filter(({ company }) => company?.startsWith('Tatranské'));
    const statement = await rowsOf('lucanto_get_statement', { ...own, customer: debtor?.customer });
    expect(statement.rows.length).toBeGreaterThan(0);
    const unpaid = await rowsOf('lucanto_list_invoices', { ...own, status: 'overdue,sent' });
    expect(new Set(unpaid.rows.map(({ status }) => status))).toEqual(new Set(['overdue', 'sent']));
    expect(unpaid.saved).toMatchObject({ complete: true });
    const { json: part } = await ask('lucanto_list_invoices', { ...own, status: 'overdue,sent', limit: 1 });
    expect(part).toMatchObject({ rows: 1, complete: false, incomplete_because: expect.any(String) });
  });

  it('saves nothing of another company than the pinned one', async () => {
    const service = await demo();
    const { ask } = await scene(service.url, service.tokens.read, { LUCANTO_WORKSPACE: '42' });
    const { json: saved } = await ask('lucanto_list_workspaces', { save_as: 'csv' });
    expect(readCsv(saved.path).map(({ id }) => id)).toEqual(['42']);
    const { text } = await ask('lucanto_list_workspaces', { from: '2000-01-01', to: '2100-01-01' });
    expect(text).not.toContain('9007199254740993');
  });
});

describe('another Lucanto', () => {
  it.each([
    ['huge ids', { ids: 'huge' } as const],
    ['the older paths', OLD_SHAPE],
  ])('with %s is saved with its ids exact', async (_what, shape) => {
    const other = later(await startOtherLucanto({ shape }));
    const { ask } = await scene(other.url, other.tokens.read);
    const { json: saved } = await ask('lucanto_list_invoices', { save_as: 'xlsx' });
    const { rows } = readSheet(saved.path);
    expect(rows.map(({ id }) => [id?.type, id?.value])).toEqual(
      other.ids('invoices').map((id) => ['text', String(id)]),
    );
    expect(rows.length).toBeGreaterThan(0);
  });
});
