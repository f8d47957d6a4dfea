import { describe, expect, it } from 'vitest';
import { errorsOf, everyRow, rows, send, TRADER, useDemo } from './client.ts';

const demo = useDemo();

describe('Lists of the embedded Lucanto', () => {
  it('have 25 rows by default, and up to 100', async () => {
    const page = await send(demo, 'GET', '/invoices');
    expect(rows(page)).toHaveLength(25);
    expect(page.body.has_more).toBe(true);
    const all = await send(demo, 'GET', '/invoices?limit=100');
    expect(rows(all)).toHaveLength(72);
    expect([all.body.next_cursor, all.body.has_more]).toEqual([null, false]);
  });

  it.each(['0', '101', '-1', '2.5', 'ten', ''])('refuse the limit "%s"', async (limit) => {
    const answer = await send(demo, 'GET', `/invoices?limit=${limit}`);
    expect([answer.status, answer.body.error]).toEqual([400, 'bad_request']);
  });

  it('end without a cursor even when the last page is full', async () => {
    const total = rows(await send(demo, 'GET', '/bank_accounts?limit=2'));
    const page = await send(demo, 'GET', '/bank_accounts?limit=2');
    expect([total.length, page.body.next_cursor, page.body.has_more]).toEqual([2, null, false]);
  });

  it('can be walked without a gap or a repetition while rows are created and deleted', async () => {
    const before = (await everyRow(demo, '/contacts')).map(({ id }) => String(id));
    const seen: string[] = [];
    let cursor: unknown = null;
    do {
      const page = await send(demo, 'GET', `/contacts?limit=4${typeof cursor === 'string' ? `&cursor=${cursor}` : ''}`);
      seen.push(...rows(page).map(({ id }) => String(id)));
      cursor = page.body.next_cursor;
      await send(demo, 'POST', '/contacts', { body: { contact: { name: `Nový ${seen.length}` } } });
      await send(demo, 'DELETE', `/contacts/${seen.at(-1)}`);
    } while (cursor !== null);
    expect(seen).toEqual(before);
  });

  it('refuse a cursor that is invented, altered, or from another list', async () => {
    const { next_cursor: cursor } = (await send(demo, 'GET', '/contacts?limit=1')).body;
    const other = `/api/v1/workspaces/${TRADER}/contacts?cursor=${cursor}`;
    const altered = `${String(cursor).slice(0, -1)}${String(cursor).endsWith('A') ? 'B' : 'A'}`;
    expect((await send(demo, 'GET', `/contacts?limit=1&cursor=${cursor}`)).status).toBe(200);
    for (const path of ['/contacts?cursor=abc', `/contacts?cursor=${altered}`, `/invoices?cursor=${cursor}`, other]) {
      const answer = await send(demo, 'GET', path);
      expect([path, answer.status, answer.body.error]).toEqual([path, 400, 'bad_request']);
    }
  });

  it('of workspaces are bare arrays', async () => {
    expect((await send(demo, 'GET', '/api/v1/user/workspaces')).text).toMatch(/^\[\{"id":42,/);
  });

  it('have exact ids beyond 2^53', async () => {
    const answer = await send(demo, 'GET', '/invoices?limit=100');
    expect(answer.text).toContain('"id":9007199254740997,');
    expect(answer.text).toContain('"purchaser_id":9007199254741093,');
    expect((await send(demo, 'GET', '/invoices/9007199254740997')).status).toBe(200);
    expect((await send(demo, 'GET', '/invoices/9007199254740996')).status).toBe(404);
  });
});

describe('Filters of the embedded Lucanto', () => {
  it('find contacts by name, ignoring case and accents', async () => {
    const names = rows(await send(demo, 'GET', '/contacts?q=STUR')).map(({ name }) => name);
    expect(names).toEqual(['Kaviareň Štúr s.r.o.']);
    const exact = rows(await send(demo, 'GET', `/contacts?q=${encodeURIComponent('ján nov')}`));
    expect(exact.map(({ id }) => id)).toEqual([501]);
  });

  it('narrow invoices by state, dates and customer, and work together with cursors', async () => {
    const all = await everyRow(demo, '/invoices');
    const overdue = await everyRow(demo, '/invoices?status=overdue');
    expect(overdue.length).toBeGreaterThan(3);
    expect(overdue).toEqual(all.filter(({ status }) => status === 'overdue'));
    const range = await everyRow(demo, '/invoices?issue_date_from=2026-01-01&issue_date_to=2026-01-31');
    expect(range).toEqual(all.filter(({ issue_date }) => String(issue_date).startsWith('2026-01')));
    const customer = String(all[0]?.purchaser_id);
    const theirs = all.filter(({ purchaser_id }) => String(purchaser_id) === customer).map(({ id }) => id);
    const first = await send(demo, 'GET', `/invoices?purchaser_id=${customer}&limit=1`);
    const second = await send(
      demo,
      'GET',
      `/invoices?purchaser_id=${customer}&limit=1&cursor=${first.body.next_cursor}`,
    );
    expect([...rows(first), ...rows(second)].map(({ id }) => id)).toEqual(theirs.slice(0, 2));
  });

  it('get 400 for an invalid value, and 501 when the contract does not have them', async () => {
    expect((await send(demo, 'GET', '/invoices?issue_date_from=2026-02-30')).status).toBe(400);
    expect((await send(demo, 'GET', '/invoices?purchaser_id=x')).status).toBe(400);
    const unknown = await send(demo, 'GET', '/invoices?colour=red');
    expect([unknown.status, unknown.body.error, errorsOf(unknown)]).toEqual([501, 'not_implemented', []]);
  });
});
