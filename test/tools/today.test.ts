/** What is overdue today is so on the user's own calendar, not on that of Greenwich. */
import { afterEach, describe, expect, it } from 'vitest';
import { startDemo } from '../../src/demo/demo-server.ts';
import { connect } from '../helpers/mcp.ts';
import { openedBridge } from '../helpers/open-bridge.ts';
import { temporaryHome } from '../helpers/run.ts';
import { listOf, oddService, parameters, query } from './odd-service.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const FIELDS = {
  id: { type: 'integer' },
  status: { type: 'string' },
  total: { type: 'string' },
  currency: { type: 'string' },
  issue_date: { type: 'string' },
  due_date: { type: 'string' },
};

/** Half past midnight in Prague, when it is still the day before in UTC. */
const NIGHT = Date.parse('2026-06-30T22:30:00Z');

async function summary(timeZone: string) {
  const paths = {
    '/workspaces/{workspace_id}/invoices': {
      parameters: parameters('workspace_id'),
      get: {
        operationId: 'list-invoices',
        parameters: query('limit', 'cursor'),
        responses: { 200: listOf(FIELDS) },
      },
    },
  };
  const row = { status: 'sent', total: '10.00', currency: 'EUR', issue_date: '2026-05-01' };
  const due = ['2026-05-31', '2026-06-30', '2026-07-01'];
  const data = due.map((due_date, id) => ({ id, ...row, due_date }));
  const odd = await oddService(paths, () => ({ json: { data } }));
  const scopes = { LUCANTO_SCOPES: 'read:*' };
  const opened = await openedBridge(odd.url, 'lct_pat_a23456789', scopes, { now: NIGHT, timeZone });
  closing.push(odd.close, opened.close);
  // The clock stands still, and a deadline of this hour is far ahead of it.
  return (await opened.ask('lucanto_summarize_documents', { type: 'invoice' })).json.receivables;
}

describe('at half past midnight in Prague', () => {
  it('the day is the new one there: one more is overdue, and one is a bucket older', async () => {
    const overdue = await summary('Europe/Prague');
    expect(overdue.as_of).toBe('2026-07-01');
    expect(overdue.by_currency).toMatchObject([{ count: 3, current: '10.00', '1-30': '10.00', '31-60': '10.00' }]);
  });

  it('it is still the old one in London and in Azores', async () => {
    for (const zone of ['UTC', 'Atlantic/Azores']) {
      const overdue = await summary(zone);
      expect(overdue.as_of).toBe('2026-06-30');
      expect(overdue.by_currency).toMatchObject([{ count: 3, current: '20.00', '1-30': '10.00' }]);
    }
  });
});

it.each([
  ['Pacific/Kiritimati', 14],
  ['Pacific/Pago_Pago', -11],
])('the built program goes by the calendar of %s, in summaries and in prompts', async (TZ, hours) => {
  const demo = await startDemo({ port: 0, generation: 'workspaces', clock: Date.now });
  const home = await temporaryHome();
  const session = await connect('v1', {
    home,
    env: { TZ, LUCANTO_URL: demo.url, LUCANTO_TOKEN: demo.tokens.read, LUCANTO_WORKSPACE: '42' },
  });
  closing.push(demo.close, home.remove, session.close);
  const there = () => new Date(Date.now() + hours * 3_600_000).toISOString().slice(0, 10);
  const before = there();
  await session.listTools();
  const { text } = await session.callTool('lucanto_summarize_documents', { type: 'invoice' });
  const prompt = await session.getPrompt('chase_overdue_invoices');
  const days = [before, there()];
  expect(days).toContain(JSON.parse(text).receivables.as_of);
  expect(days).toContain(/Today is (\S+)\./.exec(prompt)?.[1]);
});
