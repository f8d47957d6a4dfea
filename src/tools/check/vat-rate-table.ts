/**
 * VAT rates by country and date. Data only.
 *
 * Written after the European Commission's "VAT rates applied in the Member States" and its database "Taxes in Europe" (TEDB),
 * and after the tables of the tax authorities of Norway, Switzerland and the United Kingdom. The rates of the member states at
 * the date below were compared with two public copies of October and April 2026; reduced rates of earlier years were not.
 * Rates of regions and of single kinds of goods are included, since a document does not tell them apart.
 * What is missing here is no mistake in a document: an unknown rate is a warning.
 */
export const VAT_RATES_AS_OF = '2026-07-01';
/** Earlier dates are not in the table. */
const VAT_RATES_SINCE = '2015-01-01';

/** In percent. Both days are included; without `from`, since the beginning of the table, without `until`, still. */
// biome-ignore format: a table
const RATES: Readonly<Record<string, readonly string[]>> = {
  // 19: Jungholz and Mittelberg. 5: culture, catering and hotels in the pandemic. 4.9: basic food.
  AT: ['20 10 19', '12 until 2015-12-31', '13 from 2016-01-01', '5 from 2020-07-01 until 2021-12-31', '4.9 from 2026-07-01'],
  BE: ['21 12 6'],
  BG: ['20 9'],
  CY: ['19 9 5', '3 from 2023-07-21'],
  CZ: ['21', '15 10 until 2023-12-31', '12 from 2024-01-01'],
  DE: ['19 7 until 2020-06-30', '16 5 from 2020-07-01 until 2020-12-31', '19 7 from 2021-01-01'],
  DK: ['25'],
  EE: ['20 until 2023-12-31', '22 from 2024-01-01 until 2025-06-30', '24 from 2025-07-01', '9',
    '5 from 2022-08-01 until 2024-12-31', '13 from 2025-01-01'],
  ES: ['21 10 4', '5 from 2022-07-01 until 2024-12-31', '7.5 2 from 2024-10-01 until 2024-12-31'],
  FI: ['24 until 2024-08-31', '25.5 from 2024-09-01', '14 until 2025-12-31', '13.5 from 2026-01-01', '10'],
  // 8.5, 1.75 and 1.05: overseas. 13 and 0.9: Corsica.
  FR: ['20 10 5.5 2.1 8.5 1.75 1.05 13 0.9'],
  // 17, 16, 9, 5 and 4: islands.
  GR: ['23 until 2016-05-31', '24 from 2016-06-01', '13', '6.5 until 2015-07-19', '6 from 2015-07-20',
    '16 9 5 until 2016-05-31', '17 9 4 from 2016-06-01'],
  HR: ['25 13 5'],
  HU: ['27 18 5'],
  IE: ['23 until 2020-08-31', '21 from 2020-09-01 until 2021-02-28', '23 from 2021-03-01', '13.5 9 4.8'],
  IT: ['22 10 4', '5 from 2016-01-01'],
  LT: ['21 5', '9 until 2025-12-31', '12 from 2026-01-01'],
  LU: ['17 14 8 until 2022-12-31', '16 13 7 from 2023-01-01 until 2023-12-31', '17 14 8 from 2024-01-01', '3'],
  LV: ['21 12', '5 from 2018-01-01'],
  MT: ['18 7 5', '12 from 2024-01-01'],
  NL: ['21', '6 until 2018-12-31', '9 from 2019-01-01'],
  PL: ['23 8 5'],
  // 22, 12, 5 and 4: Madeira. 18, 16, 10, 9, 5 and 4: Azores.
  PT: ['23 13 6 22 12 5 9 4', '18 10 until 2021-06-30', '16 from 2021-07-01'],
  // 9 after July 2025: homes that were agreed before.
  RO: ['24 until 2015-12-31', '20 from 2016-01-01 until 2016-12-31', '19 from 2017-01-01 until 2025-07-31', '21 11 from 2025-08-01',
    '9 until 2026-07-31', '5 until 2025-07-31'],
  SE: ['25 12 6'],
  SI: ['22 9.5', '5 from 2020-01-01'],
  SK: ['20 10 until 2024-12-31', '5 from 2023-01-01', '23 19 from 2025-01-01'],
  GB: ['20 5', '12.5 from 2021-10-01 until 2022-03-31'],
  // 11.11: raw fish.
  NO: ['25 15 11.11', '8 until 2015-12-31', '10 from 2016-01-01 until 2017-12-31', '12 from 2018-01-01',
    '6 from 2020-04-01 until 2021-09-30'],
  CH: ['8 3.8 2.5 until 2017-12-31', '7.7 3.7 2.5 from 2018-01-01 until 2023-12-31', '8.1 3.8 2.6 from 2024-01-01'],
};

/** Codes that VAT numbers and addresses use for the same rates. */
const SAME: Readonly<Record<string, string>> = { EL: 'GR', XI: 'GB', UK: 'GB', LI: 'CH', MC: 'FR', IM: 'GB' };

function spansOf(country: string) {
  const code = country.toUpperCase();
  return (RATES[SAME[code] ?? code] ?? []).map((text) => {
    const [, rates = '', from, until] = /^([\d. ]+?)(?: from (\S+))?(?: until (\S+))?$/.exec(text) ?? [];
    return { rates: rates.split(' ').map(Number), from, until };
  });
}

/** The rates of a country on a day, highest first; null where the table does not know them. @param date YYYY-MM-DD */
export function vatRatesOn(country: string, date: string): readonly number[] | null {
  const spans = spansOf(country);
  if (spans.length === 0 || date < VAT_RATES_SINCE) return null;
  const valid = spans.filter(({ from = '', until = '9999' }) => from <= date && date <= until);
  return [...new Set(valid.flatMap(({ rates }) => rates))].sort((a, b) => b - a);
}

/** When a country has or had a rate, the last time first; empty where the table does not know that it ever did. */
export function validityOf(country: string, rate: number) {
  return spansOf(country)
    .filter(({ rates }) => rates.includes(rate))
    .map(({ from, until }) => ({ from, until }))
    .reverse();
}

/** Where the euro is not the currency. */
// biome-ignore format: a table
const CURRENCIES: Readonly<Record<string, string>> = {
  CZ: 'CZK', DK: 'DKK', HU: 'HUF', PL: 'PLN', RO: 'RON', SE: 'SEK', GB: 'GBP', NO: 'NOK', CH: 'CHF', IM: 'GBP', LI: 'CHF',
  XI: 'GBP', UK: 'GBP',
};

/** When the euro came to countries that had another currency in the years of the table. */
const EURO_SINCE: Readonly<Record<string, readonly [since: string, before: string]>> = {
  HR: ['2023-01-01', 'HRK'],
  BG: ['2026-01-01', 'BGN'],
};

/** The currency in which a country's VAT is accounted for; null where the table does not know the country. */
export function currencyOfCountry(country: string, date: string): string | null {
  const code = country.toUpperCase();
  if (spansOf(code).length === 0) return null;
  const [since, before] = EURO_SINCE[code] ?? [];
  if (since !== undefined && before !== undefined && date < since) return before;
  return CURRENCIES[code] ?? 'EUR';
}
