/** Checks and repetitions of a service that writes its dates as its country does: `31.03.2026`. */
import { describe, expect, it } from 'vitest';
import { openedBridge } from '../helpers/open-bridge.ts';
import { json, listOf, oddService, parameters } from './odd-service.ts';
import { useScenes } from './opened.ts';

const { later } = useScenes();

const text = { type: 'string' };
const FIELDS = {
  id: { type: 'integer' },
  number: text,
  supplier_name: text,
  customer_name: text,
  issued_on: text,
  due_on: text,
  reference: text,
  note: text,
  lines: { type: 'array', items: { type: 'object', properties: { name: text, quantity: {}, period_to: text } } },
  currency: text,
  total: text,
};

/** @param stored the records of `expenses`, and of `bills` */
async function opened(stored: readonly object[]) {
  const created: unknown[] = [];
  const list = (name: string) => ({
    [`/workspaces/{workspace_id}/${name}`]: {
      parameters: parameters('workspace_id'),
      get: { responses: { 200: listOf(FIELDS) } },
      post: {
        requestBody: { content: { 'application/json': { schema: { type: 'object', properties: FIELDS } } } },
        responses: { 201: json({ type: 'object', properties: FIELDS }) },
      },
    },
    [`/workspaces/{workspace_id}/${name}/{id}`]: {
      parameters: parameters('workspace_id', 'id'),
      get: { responses: { 200: json({ type: 'object', properties: FIELDS }) } },
    },
  });
  const service = later(
    await oddService({ ...list('expenses'), ...list('bills') }, ({ method, path, body }) => {
      if (method === 'POST' && path.endsWith('/bills')) {
        created.push(JSON.parse(String(body)));
        return { status: 201, json: { ...JSON.parse(String(body)), id: 9 } };
      }
      return { json: /\d$/.test(path) ? stored[0] : { data: stored, next_cursor: null } };
    }),
  );
  const when = { now: Date.parse('2026-04-10T10:00:00Z'), timeZone: 'UTC' };
  const env = { LUCANTO_SCOPES: 'manage:*', LUCANTO_CONFIRM: 'never' };
  const { ask } = later(await openedBridge(service.url, 'lct_pat_x23456789', env, when));
  return { ask, created };
}

describe('A date that may mean two days', () => {
  const stored = { id: 7, number: 'X-1', customer_name: 'Acme', currency: 'EUR', total: '120.00' };

  it.each([
    [{ issued_on: '2026-03-31', due_on: '4/5/2026' }, '2026-04-30', 'due_on (4/5/2026)'],
    [{ issued_on: '3/4/2026', due_on: '2026-04-05' }, '2026-04-10', 'issued_on (3/4/2026)'],
    [{ issued_on: '3/4/2026', due_on: '4/5/2026' }, '2026-04-10', 'issued_on (3/4/2026), due_on (4/5/2026)'],
  ])('is named where it cannot be moved: %j', async (dates, issued_on, named) => {
    const { ask, created } = await opened([{ ...stored, ...dates }]);
    const { json: answer } = await ask('lucanto_repeat_document', { type: 'bill', id: 7 });
    expect(created).toMatchObject([{ due_on: dates.due_on, issued_on }]);
    expect(answer.note).toContain(`Not understood as a date: ${named}. Check the dates of the draft.`);
  });

  it.each([
    ['3/4/2026', 'warnings', 'Which day 3/4/2026 means is not clear: it was not checked.'],
    ['3/15/2026', 'warnings', 'Which day 3/15/2026 means is not clear: it was not checked.'],
    ['31/31/2026', 'errors', '31/31/2026 is not a date. Write it as YYYY-MM-DD.'],
  ])('is no error of the record that the service itself wrote so: %s', async (issued_on, where, message) => {
    const { ask } = await opened([{ ...stored, issued_on, due_on: '2026-04-05' }]);
    const { json: answer } = await ask('lucanto_check_document', { type: 'bill', id: 7 });
    const told = (['errors', 'warnings'] as const).flatMap((name) =>
      answer[name].flatMap((one: { field: string }) => (one.field === 'issued_on' ? { name, ...one } : [])),
    );
    expect(told).toEqual([{ name: where, field: 'issued_on', message }]);
  });
});

const STYLES = [
  ['31.03.2026', '14.04.2026'],
  ['31. 3. 2026', '14. 4. 2026'],
  ['2026. 03. 31.', '2026. 04. 14.'],
  ['2026/03/31', '2026/04/14'],
  ['2026-3-31', '2026-4-14'],
  ['20260331', '20260414'],
] as const;

describe.each(STYLES)('Dates written as %s', (issued, due) => {
  const stored = { id: 7, number: 'X-1', currency: 'EUR', total: '120.00', issued_on: issued, due_on: due };

  it('tell a bill that is booked already by its amount and day', async () => {
    const { ask } = await opened([{ ...stored, supplier_name: 'Acme' }]);
    const bill = { supplier_name: 'Acme', issued_on: '2026-03-31', currency: 'EUR', total: '120.00' };
    const { json: answer } = await ask('lucanto_check_document', { type: 'expense', document: bill });
    expect(JSON.stringify(answer)).toContain('of 2026-03-31 is in the books already: expense 7.');
  });

  it('are no error of the record that the service itself wrote so', async () => {
    const { ask } = await opened([{ ...stored, customer_name: 'Acme' }]);
    const { json: answer } = await ask('lucanto_check_document', { type: 'bill', id: 7 });
    expect(JSON.stringify(answer)).not.toContain('is not a date');
    const early = await opened([{ ...stored, issued_on: due, due_on: issued }]);
    const { json: reversed } = await early.ask('lucanto_check_document', { type: 'bill', id: 7 });
    expect(reversed.errors).toContainEqual(expect.objectContaining({ field: 'due_on' }));
  });

  it('are moved where the document is repeated, and digits of other fields are not', async () => {
    const given = { customer_name: 'Acme', reference: '20260331', note: `${issued} Rent` };
    const { ask, created } = await opened([{ ...stored, ...given }]);
    const { json: answer } = await ask('lucanto_repeat_document', { type: 'bill', id: 7 });
    expect(answer.dates).toEqual({ issued_on: '2026-03-31 → 2026-04-30', due_on: '2026-04-14 → 2026-05-14' });
    expect(created).toMatchObject([{ issued_on: '2026-04-30', due_on: '2026-05-14', ...given }]);
  });

  it.skipIf(/^\d+$/.test(issued))('are moved in the lines of a document, too', async () => {
    const lines = [{ name: 'Rent', quantity: 1, period_to: issued }];
    const { ask, created } = await opened([{ ...stored, customer_name: 'Acme', lines }]);
    await ask('lucanto_repeat_document', { type: 'bill', id: 7 });
    expect(created).toMatchObject([{ lines: [{ name: 'Rent', period_to: '2026-04-30' }] }]);
  });
});
