import { describe, expect, it } from 'vitest';
import { agedReceivables } from '../../src/tools/tally.ts';

const FIELDS = { due: 'due', status: 'status', total: 'total', open: 'open', currency: 'currency' };
const TODAY = '2026-06-15';

function daysAgo(days: number): string {
  return new Date(Date.parse(TODAY) - days * 86_400_000).toISOString().slice(0, 10);
}

describe('the age of what is overdue', () => {
  it.each([
    [0, undefined],
    [1, '0-30'],
    [30, '0-30'],
    [31, '31-60'],
    [60, '31-60'],
    [61, '61-90'],
    [90, '61-90'],
    [91, 'over 90'],
    [4000, 'over 90'],
  ])('of %i days is %s', (days, bucket) => {
    const rows = [{ due: daysAgo(days), status: 'sent', total: '2.00', open: '1.50', currency: 'EUR' }];
    const found = agedReceivables(rows, FIELDS, TODAY).by_days_past_due;
    const row = { days_past_due: bucket, currency: 'EUR', count: 1, amount: '1.50' };
    expect(found).toEqual(bucket === undefined ? [] : [row]);
  });

  it.each(['draft', 'paid', 'Cancelled', 'void'])('of what is %s is nothing', (status) => {
    const rows = [{ due: daysAgo(5), status, total: '2.00', currency: 'EUR' }];
    expect(agedReceivables(rows, FIELDS, TODAY).totals).toEqual([]);
  });

  it('is of the total where nothing says what is left, and of no credit', () => {
    const rows = [
      { due: daysAgo(5), status: 'sent', total: '2.00', currency: 'EUR' },
      { due: daysAgo(5), status: 'sent', total: '-2.00', currency: 'EUR' },
      { due: daysAgo(5), status: 'sent', total: '3.00', open: '0.00', currency: 'EUR' },
    ];
    expect(agedReceivables(rows, FIELDS, TODAY).totals).toEqual([{ currency: 'EUR', count: 1, amount: '2.00' }]);
  });
});
