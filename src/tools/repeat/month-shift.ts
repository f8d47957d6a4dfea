/** Dates moved by whole months: the 31st becomes the last day of a shorter month, and the last day of a month stays the last. */

/** How many months the second date is after the first. @param first YYYY-MM-DD */
export function monthsBetween(first: string, last: string): number {
  return monthOf(last) - monthOf(first);
}

function monthOf(date: string): number {
  return Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1;
}

/** @param date YYYY-MM-DD @param staysLast whether the last day of a month becomes the last day of the other one */
export function addMonths(date: string, months: number, staysLast: boolean): string {
  const month = monthOf(date) + months;
  const day = Number(date.slice(8, 10));
  const isLast = day === lastDay(monthOf(date));
  const last = lastDay(month);
  const moved = (staysLast && isLast) || day > last ? last : day;
  return `${pad(Math.floor(month / 12), 4)}-${pad((month % 12) + 1, 2)}-${pad(moved, 2)}`;
}

function lastDay(month: number): number {
  return new Date(Date.UTC(Math.floor(month / 12), (month % 12) + 1, 0)).getUTCDate();
}

function pad(number: number, digits: number): string {
  return String(number).padStart(digits, '0');
}
