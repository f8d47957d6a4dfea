/** Which day it is for the user: after midnight in Prague it is still yesterday in UTC. */
import type { Machine } from './setting.ts';

/** @param now milliseconds since the epoch @returns YYYY-MM-DD */
export function localDay(now: number, { timeZone }: Pick<Machine, 'timeZone'>): string {
  const parts = new Intl.DateTimeFormat('en', {
    ...(timeZone !== undefined && { timeZone }),
    calendar: 'gregory',
    numberingSystem: 'latn',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).formatToParts(now);
  const of = (type: Intl.DateTimeFormatPartTypes) => parts.find((part) => part.type === type)?.value ?? '';
  return `${of('year')}-${of('month')}-${of('day')}`;
}
