/** Months and days of the user's own calendar. */

const MONTHS_OFFERED = 12;
const MONTH = /^(\d{4})-(0[1-9]|1[0-2])$/;

export interface Month {
  /** YYYY-MM */
  readonly name: string;
  /** YYYY-MM-DD, both inclusive. */
  readonly first: string;
  readonly last: string;
}

/** This month and those before it, YYYY-MM, newest first. */
export function lastMonths(now: number): readonly string[] {
  const today = new Date(now);
  return Array.from({ length: MONTHS_OFFERED }, (_, back) =>
    day(new Date(today.getFullYear(), today.getMonth() - back, 1)).slice(0, 7),
  );
}

/** Null for anything but a month. */
export function readMonth(text: string): Month | null {
  const [, year, month] = MONTH.exec(text) ?? [];
  if (year === undefined || month === undefined) return null;
  // Day 0 of the next month is the last of this one.
  return { name: text, first: `${text}-01`, last: day(new Date(Number(year), Number(month), 0)) };
}

/** YYYY-MM-DD */
export function day(date: Date): string {
  const [year, month, inMonth] = [date.getFullYear(), date.getMonth() + 1, date.getDate()];
  return [String(year).padStart(4, '0'), String(month).padStart(2, '0'), String(inMonth).padStart(2, '0')].join('-');
}
