import { describe, expect, it } from 'vitest';
import { currencyOfCountry, validityOf, vatRatesOn } from '../../src/tools/check/vat-rate-table.ts';

const MEMBERS = 'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK'.split(' ');

describe('The table of VAT rates', () => {
  it.each([
    ['SK', '2024-12-31', [20, 10, 5]],
    ['SK', '2025-01-01', [23, 19, 5]],
    ['CZ', '2023-12-31', [21, 15, 10]],
    ['CZ', '2024-01-01', [21, 12]],
    ['EE', '2023-12-31', [20, 9, 5]],
    ['EE', '2024-06-30', [22, 9, 5]],
    ['EE', '2025-07-01', [24, 13, 9]],
    ['FI', '2024-08-31', [24, 14, 10]],
    ['FI', '2024-09-01', [25.5, 14, 10]],
    ['FI', '2026-01-01', [25.5, 13.5, 10]],
    ['RO', '2025-07-31', [19, 9, 5]],
    ['RO', '2025-08-01', [21, 11, 9]],
    ['RO', '2026-08-01', [21, 11]],
    ['DE', '2020-06-30', [19, 7]],
    ['DE', '2020-12-31', [16, 5]],
    ['DE', '2021-01-01', [19, 7]],
    ['IE', '2020-09-01', [21, 13.5, 9, 4.8]],
    ['LU', '2023-05-01', [16, 13, 7, 3]],
    ['NL', '2018-12-31', [21, 6]],
    ['NL', '2019-01-01', [21, 9]],
    ['EL', '2017-01-01', [24, 17, 13, 9, 6, 4]],
    ['XI', '2026-01-01', [20, 5]],
    ['CH', '2024-01-01', [8.1, 3.8, 2.6]],
  ])('has those of %s on %s', (country, date, rates) => {
    expect(vatRatesOn(country, date)).toEqual(rates);
  });

  it('covers every member state on every first of a month since 2015, with a standard rate of 15 percent at least', () => {
    expect(MEMBERS).toHaveLength(27);
    for (const country of MEMBERS) {
      for (let month = 0; month < 12 * 12; month += 1) {
        const date = new Date(Date.UTC(2015, month, 1)).toISOString().slice(0, 10);
        const rates = vatRatesOn(country, date) ?? [];
        expect([country, date, (rates[0] ?? 0) >= 15 && (rates[0] ?? 0) <= 27]).toEqual([country, date, true]);
      }
    }
  });

  it('knows nothing of earlier years and of other countries', () => {
    expect([vatRatesOn('SK', '2014-12-31'), vatRatesOn('US', '2026-01-01')]).toEqual([null, null]);
  });

  it('says when a country had a rate, the last time first', () => {
    expect(validityOf('SK', 20)).toEqual([{ from: undefined, until: '2024-12-31' }]);
    expect(validityOf('IE', 23).map(({ from }) => from)).toEqual(['2021-03-01', undefined]);
    expect(validityOf('SK', 21)).toEqual([]);
  });

  it('knows in which currency the books are kept', () => {
    const asked = [
      ['SK', '2026-01-01'],
      ['BG', '2025-12-31'],
      ['BG', '2026-01-01'],
      ['HR', '2022-12-31'],
      ['CZ', '2026-01-01'],
      ['US', '2026-01-01'],
    ] as const;
    expect(asked.map(([country, date]) => currencyOfCountry(country, date))).toEqual([
      'EUR',
      'BGN',
      'EUR',
      'HRK',
      'CZK',
      null,
    ]);
  });
});
