/** Days of the calendar: which day a time belongs to in a time zone, and how far two days are apart. */

const DAY_MS = 86_400_000;

/** Which day a time belongs to, YYYY-MM-DD: after midnight in Prague it is still yesterday in UTC. */
export function daysIn(timeZone: string): (time: number) => string {
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
}

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

/** Positive where `last` is later. @param first YYYY-MM-DD */
export function daysBetween(first: string, last: string): number {
  return Math.round((Date.parse(last) - Date.parse(first)) / DAY_MS);
}

/** @param day YYYY-MM-DD */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);
}
