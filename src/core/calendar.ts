/** Days of the calendar: which day a time belongs to in a time zone, how far two days are apart, and days moved. */

import { onceFor } from './deadline.ts';

const DAY_MS = 86_400_000;

/** Which day a time belongs to, YYYY-MM-DD: after midnight in Prague it is still yesterday in UTC. */
export const daysIn = onceFor((timeZone: string): ((time: number) => string) => {
  const format = new Intl.DateTimeFormat('en', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  return (time) => {
    const parts = format.formatToParts(time);
    const of = (type: Intl.DateTimeFormatPartTypes) => parts.find((part) => part.type === type)?.value ?? '';
    return `${of('year').padStart(4, '0')}-${of('month')}-${of('day')}`;
  };
});

/** The time zone of this computer, by its IANA name. */
export function ownTimeZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** Whether it is YYYY-MM-DD and on the calendar: 2026-02-30 would be read as the second of March. */
export function isDay(text: string): boolean {
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** Positive where `last` is later. @param first YYYY-MM-DD */
export function daysBetween(first: string, last: string): number {
  return Math.round((Date.parse(last) - Date.parse(first)) / DAY_MS);
}

export function addDays(day: string, days: number): string {
  return new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);
}

/** How many months the second day's month is after the first's. @param first YYYY-MM-DD */
export function monthsBetween(first: string, last: string): number {
  return monthOf(last) - monthOf(first);
}

/** @param day YYYY-MM-DD @param staysLast whether the last day of a month becomes the last day of the other one */
export function addMonths(day: string, months: number, staysLast: boolean): string {
  const month = monthOf(day) + months;
  const inMonth = Number(day.slice(8, 10));
  const isLast = inMonth === lastDay(monthOf(day));
  const last = lastDay(month);
  const moved = (staysLast && isLast) || inMonth > last ? last : inMonth;
  return `${pad(Math.floor(month / 12), 4)}-${pad((month % 12) + 1, 2)}-${pad(moved, 2)}`;
}

/** Counted from the year 0. */
function monthOf(day: string): number {
  return Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1;
}

function lastDay(month: number): number {
  return new Date(Date.UTC(Math.floor(month / 12), (month % 12) + 1, 0)).getUTCDate();
}

function pad(number: number, digits: number): string {
  return String(number).padStart(digits, '0');
}
