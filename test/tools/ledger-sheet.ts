/** Invoices of a small company as whole cents, and what a spreadsheet makes of them: nothing here is the program's. */

export interface Sheet {
  readonly id: number;
  readonly customer: number;
  readonly name: string;
  readonly currency: string;
  readonly issued: string;
  readonly delivered: string;
  readonly due: string;
  readonly net: number;
  readonly vat: number;
  readonly rate: number;
  readonly state: 'draft' | 'void' | 'paid' | 'sent';
  readonly payments: readonly { readonly day: string; readonly cents: number }[];
}

const NAMES = ['Novák', 'Acme', 'Novák', 'Zelená'];
const CURRENCIES = ['EUR', 'CZK', 'EUR', 'JPY'];
const DAY_MS = 86_400_000;

export function moved(day: string, days: number): string {
  return new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);
}

/** The days that calendars get wrong first: ends of months, of a leap year, and those of clock changes. */
const ISSUED = ['2023-12-31', '2024-01-31', '2024-02-29', '2024-03-01', '2024-03-26', '2024-04-30', '2024-05-31'];

/** Due dates lie on both sides of every age. */
export const TODAY = '2024-06-30';
const TERMS = [0, 14, 30, 31, 60, 61, 90];

export const INVOICES: readonly Sheet[] = Array.from({ length: 60 }, (_, at) => {
  const issued = ISSUED[at % ISSUED.length] ?? '';
  const currency = CURRENCIES[at % CURRENCIES.length] ?? '';
  const rate = currency === 'JPY' ? 10 : ([23, 19, 5][at % 3] ?? 0);
  const net = (currency === 'JPY' ? 1000 : 10_007) * (at + 1);
  const vat = Math.round((net * rate) / 100);
  const state = at % 11 === 3 ? 'draft' : at % 13 === 5 ? 'void' : at % 7 === 1 || at % 5 === 2 ? 'paid' : 'sent';
  const gross = net + vat;
  const [day = TODAY] = [moved(issued, 10 + (at % 50)), TODAY].sort();
  const payments =
    state === 'paid'
      ? [{ day, cents: gross }]
      : state === 'sent' && at % 3 === 0
        ? [{ day, cents: Math.floor(gross / 3) }]
        : [];
  return {
    ...{
      id: at + 1,
      customer: 100 + (at % 4),
      name: NAMES[at % 4] ?? '',
      currency,
      issued,
      net,
      vat,
      rate,
      state,
      payments,
    },
    delivered: moved(issued, -1),
    due: moved(issued, TERMS[(at * 3 + Math.floor(at / 7)) % TERMS.length] ?? 0),
  };
});

export const CREDITS: readonly Sheet[] = INVOICES.filter(({ state }) => state === 'sent')
  .slice(0, 5)
  .map((row, at) => ({
    ...row,
    id: 900 + at,
    issued: '2024-05-31',
    net: 700,
    vat: Math.round(7 * row.rate),
    payments: [],
  }));

export function decimals(currency: string): number {
  return currency === 'JPY' ? 0 : 2;
}

/** `1234.50` of 123450. */
export function money(cents: number, currency: string): string {
  const places = decimals(currency);
  if (places === 0) return String(cents);
  const digits = String(Math.abs(cents)).padStart(places + 1, '0');
  return `${cents < 0 ? '-' : ''}${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

export function paid(row: Sheet, until = '9999-12-31'): number {
  return row.payments.filter(({ day }) => day <= until).reduce((sum, { cents }) => sum + cents, 0);
}

export type Figures = Record<string, Record<string, number>>;

function add(into: Figures, key: string, column: string, cents: number): void {
  into[key] ??= {};
  const row = into[key];
  row[column] = (row[column] ?? 0) + cents;
}

/** Rows by currency (or by what `key` says) with count, net, vat and total. */
export function totalled(
  rows: readonly Sheet[],
  key: (row: Sheet) => string = ({ currency }) => currency,
  sign = 1,
): Figures {
  const sums: Figures = {};
  for (const row of rows) {
    add(sums, key(row), 'count', 1);
    add(sums, key(row), 'net', sign * row.net);
    add(sums, key(row), 'vat', sign * row.vat);
    add(sums, key(row), 'total', sign * (row.net + row.vat));
  }
  return sums;
}

function column(days: number): string {
  if (days <= 0) return 'current';
  if (days <= 30) return '1-30';
  if (days <= 60) return '31-60';
  return days <= 90 ? '61-90' : 'over 90';
}

/** What was open at the end of a day, by age. */
export function aged(
  rows: readonly Sheet[],
  asOf: string,
  key: (row: Sheet) => string = ({ currency }) => currency,
): Figures {
  const sums: Figures = {};
  for (const row of rows) {
    if (row.state === 'draft' || row.state === 'void' || row.issued > asOf) continue;
    const open = row.net + row.vat - paid(row, asOf);
    if (open === 0) continue;
    const days = Math.round((Date.parse(asOf) - Date.parse(row.due)) / DAY_MS);
    add(sums, key(row), 'count', 1);
    add(sums, key(row), column(days), open);
    add(sums, key(row), 'open', open);
    add(sums, key(row), 'overdue', days > 0 ? open : 0);
  }
  return sums;
}

const COUNTS = new Set(['count', 'contact_id', 'vat_rate']);

/** What an answer says, as whole cents, under the same keys. */
// biome-ignore lint/suspicious/noExplicitAny: answers of any shape.
export function told(rows: readonly any[], key: (row: any) => string = ({ currency }) => currency): Figures {
  return Object.fromEntries(
    rows.map((row) => {
      const numbers = Object.entries(row).flatMap(([name, value]) => {
        if (name === 'count') return [[name, Number(value)] as const];
        const isAmount = !COUNTS.has(name) && typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value);
        return isAmount ? [[name, Math.round(Number(value) * 10 ** decimals(row.currency))] as const] : [];
      });
      return [key(row), Object.fromEntries(numbers)];
    }),
  );
}
