/** A time belongs to a day in the company's time zone, whatever clocks and calendars do. */
import { describe, expect, it } from 'vitest';
import { openedBridge } from '../helpers/open-bridge.ts';
import { json, listOf, oddService, parameters } from './odd-service.ts';
import { useScenes } from './opened.ts';

const { later } = useScenes();

interface Asked {
  readonly times: readonly string[];
  readonly args?: object;
  /** Of the company's record. */
  readonly company?: string;
  readonly computer?: string;
}

async function summary({ times, args = {}, company, computer = 'UTC' }: Asked) {
  const row = { total: '1.00', currency: 'EUR', status: 'sent' };
  const data = times.map((issued_at, id) => ({ id, ...row, issued_at }));
  const workspace = {
    type: 'object',
    properties: { id: {}, name: {}, ...(company !== undefined && { time_zone: {} }) },
  };
  const paths = {
    '/workspaces/{workspace_id}/invoices': {
      get: { parameters: parameters('workspace_id'), responses: { 200: listOf({ ...row, issued_at: {} }) } },
    },
    '/user/workspaces/{id}': { get: { parameters: parameters('id'), responses: { 200: json(workspace) } } },
  };
  const odd = later(
    await oddService(paths, ({ path }) => ({
      json: path.endsWith('/invoices') ? { data, has_more: false } : { id: 1, name: 'One', time_zone: company },
    })),
  );
  const opened = later(
    await openedBridge(odd.url, 'lct_pat_x23456789', { LUCANTO_SCOPES: 'read:*' }, { timeZone: computer }),
  );
  return (await opened.ask('lucanto_summarize_documents', { type: 'invoice', group_by: 'month', ...args })).json;
}

const monthsOf = (answer: { groups: { month: string; count: number }[] }) =>
  answer.groups.map(({ month, count }) => [month, count]);

describe('A time at the end of a month', () => {
  it.each([
    ['in winter', '2026-01-31T23:30:00Z', '2026-02', '2026-01'],
    ['in summer', '2026-06-30T22:30:00+00:00', '2026-07', '2026-06'],
    ['of a leap year', '2028-02-28T23:30:00.000Z', '2028-02', '2028-02'],
    ['on the leap day', '2028-02-29T23:30:00Z', '2028-03', '2028-02'],
    ['in the hour before clocks go forward', '2026-03-29T00:59:59Z', '2026-03', '2026-03'],
    ['of the year', '2025-12-31T23:00:00Z', '2026-01', '2025-12'],
  ])('%s belongs to the month of its time zone', async (_when, time, inPrague, inLondonWinter) => {
    const times = [time];
    expect(monthsOf(await summary({ times, args: { time_zone: 'Europe/Prague' } }))).toEqual([[inPrague, 1]]);
    expect(monthsOf(await summary({ times, args: { time_zone: 'Atlantic/Reykjavik' } }))).toEqual([
      [inLondonWinter, 1],
    ]);
  });

  it('is inside a period by the same day, on both sides of a change of clocks', async () => {
    // In Prague: 29 March 00:00, 29 March 23:59:59 (23 hours later), 25 October 00:00 and 23:59:59 (25 hours later).
    const times = ['2026-03-28T23:00:00Z', '2026-03-29T21:59:59Z', '2026-10-24T22:00:00Z', '2026-10-25T22:59:59Z'];
    for (const day of ['2026-03-29', '2026-10-25']) {
      const { totals } = await summary({ times, args: { from: day, to: day, time_zone: 'Europe/Prague' } });
      expect(totals).toMatchObject([{ count: 2, total: '2.00' }]);
    }
  });
});

describe('The time zone', () => {
  const times = ['2026-06-30T22:30:00Z'];

  it("is the company's, where its record tells, and the answer says so", async () => {
    const answer = await summary({ times, company: 'Europe/Bratislava', computer: 'America/New_York' });
    expect([answer.time_zone, monthsOf(answer)]).toEqual(["Europe/Bratislava (the company's)", [['2026-07', 1]]]);
  });

  it("is else this computer's, and the call's before both", async () => {
    const own = await summary({ times, computer: 'Europe/Vienna' });
    expect([own.time_zone, monthsOf(own)]).toEqual(["Europe/Vienna (this computer's)", [['2026-07', 1]]]);
    const asked = await summary({ times, company: 'Europe/Vienna', args: { time_zone: 'America/New_York' } });
    expect([asked.time_zone, monthsOf(asked)]).toEqual(['America/New_York', [['2026-06', 1]]]);
  });

  it('is refused where there is no such zone', async () => {
    expect((await summary({ times, args: { time_zone: 'Europe/Pragu' } })).message).toBe(
      '"Europe/Pragu" is not a time zone.',
    );
  });

  it('does not move dates that a service writes as midnight in UTC', async () => {
    const dates = ['2026-07-01T00:00:00Z', '2026-06-30T00:00:00.000Z'];
    const answer = await summary({ times: dates, args: { time_zone: 'America/Los_Angeles' } });
    expect(monthsOf(answer)).toEqual(
      [
        ['2026-07', 1],
        ['2026-06', 1],
      ].sort(),
    );
  });
});
