/** Which day a date or time of a record belongs to, in the time zone that a summary goes by. */
import { daysIn } from '../core/calendar.ts';
import type { JsonObject } from '../core/json.ts';
import { dateText, epochTime, valueAt } from './record-fields.ts';

/** A time with an offset; one without it is the day that it names. */
const INSTANT = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?\s?(Z|[+-]\d\d:?\d\d)$/i;
const MIDNIGHT = /[T ]00:00(:00(\.0+)?)?\s?(Z|[+-]00:?00)$/i;

export type DayOf = (row: JsonObject) => string | null;

/**
 * Reads YYYY-MM-DD from one field of the rows; null where a row has no such date. Times that are all midnight in UTC are
 * dates that a service wrote as times: in no time zone do they belong to the day before.
 */
export function dayOf(rows: readonly JsonObject[], path: string | null, timeZone: string): DayOf {
  if (path === null) return () => null;
  const times = rows
    .map((row) => valueAt(row, path))
    .filter((value) => typeof value === 'string' && INSTANT.test(value));
  const areDates = times.every((value) => MIDNIGHT.test(String(value)));
  let inZone: ReturnType<typeof daysIn> | undefined;
  return (row) => {
    const value = valueAt(row, path);
    const isInstant = typeof value === 'string' && INSTANT.test(value) && !areDates;
    const time = isInstant ? Date.parse(value.replace(' ', 'T')) : epochTime(value);
    if (time === null || Number.isNaN(time)) return dateText(value);
    inZone ??= daysIn(timeZone);
    return inZone(time);
  };
}

/** Whether the field holds times, so that the time zone decides on the day. */
export function hasTimes(rows: readonly JsonObject[], path: string | null): boolean {
  return (
    path !== null &&
    rows.some((row) => INSTANT.test(String(valueAt(row, path))) || epochTime(valueAt(row, path)) !== null)
  );
}
