/** Which day a date or time of a record belongs to, in the call's time zone, the company's, else this computer's. */
import { dateWordsOf, periodSide } from '../contract/filter-values.ts';
import type { Operation } from '../contract/operation.ts';
import { listIn } from '../contract/response.ts';
import { daysBetween, daysIn, isTimeZone } from '../core/calendar.ts';
import { ArgumentsError } from '../core/errors.ts';
import { isJsonObject, type JsonObject, recordIn } from '../core/json.ts';
import { argumentsFor, type LocalCall } from './local-tool.ts';
import { dateText, dayText, epochTime, fieldFor, textOfRole, valueAt } from './record-fields.ts';

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
    if (time === null || Number.isNaN(time)) return dayText(value);
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

/** Days from the issue to the due date; null where one of them is missing. */
export function termIn(args: JsonObject, issuedField: string | null): number | null {
  const issued = dayText(valueAt(args, issuedField));
  const due = dueIn(args);
  return issued === null || due === null ? null : daysBetween(issued, due);
}

export function dueIn(args: JsonObject): string | null {
  const path = fieldFor('due', [args], []);
  return dayText(valueAt(args, path));
}

/** @throws ArgumentsError for a time zone that does not exist */
export async function companyTimeZone(call: LocalCall): Promise<{
  readonly name: string;
  /** As in "Europe/Prague (this computer)". */
  readonly text: string;
}> {
  const { time_zone: given } = call.args;
  if (typeof given === 'string') {
    if (isTimeZone(given)) return { name: given, text: given };
    throw new ArgumentsError(`"${given}" is not a time zone.`, {
      hint: 'Give an IANA name, for example "Europe/Prague".',
    });
  }
  const own = await stated(call);
  if (own !== null) return { name: own, text: `${own} (the company's)` };
  return { name: call.timeZone(), text: `${call.timeZone()} (this computer's)` };
}

/** What the company's own record says, where the contract has such a field or does not describe the record. */
async function stated(call: LocalCall): Promise<string | null> {
  const one = call.operations.get('lucanto_get_workspace');
  const list = call.operations.get('lucanto_list_workspaces');
  const operation = [one, list].find(
    (candidate) =>
      candidate !== undefined &&
      ((candidate.answerFields ?? []).length === 0 || fieldFor('timeZone', [], candidate.answerFields ?? []) !== null),
  );
  if (operation === undefined) return null;
  try {
    const id = await call.companyId(call.args, call.context);
    const takesId = operation.parameters.some(({ arg }) => arg === 'id');
    const value = await call.service.read(
      operation,
      takesId ? { id } : argumentsFor({ workspace_id: id }, {}),
      call.context,
    );
    const rows = listIn(value)?.rows.filter(isJsonObject) ?? (isJsonObject(value) ? [recordIn(value)] : []);
    const row = rows.length === 1 ? rows[0] : rows.find((candidate) => String(candidate.id) === id);
    const name = row === undefined ? null : textOfRole('timeZone', row);
    return name !== null && isTimeZone(name) ? name : null;
  } catch {
    return null;
  }
}

/** @throws ArgumentsError for a period that ends before it begins */
export function refuseReversed(from: unknown, to: unknown, [first, last] = ['from', 'to']): void {
  if (typeof from !== 'string' || typeof to !== 'string' || from <= to) return;
  throw new ArgumentsError(`${first} (${from}) is after ${last} (${to}).`, {
    hint: `Nothing was sent. Give the earlier date as ${first}.`,
  });
}

/** @throws ArgumentsError where two filters of the contract ask for a period that ends before it begins */
export function refuseReversedFilters({ parameters }: Operation, args: JsonObject): void {
  const bounds = parameters.flatMap(({ arg, in: place }) => {
    const day = dateText(args[arg]);
    return place === 'query' && day !== null ? { arg, day, side: periodSide(arg), of: dateWordsOf(arg).join() } : [];
  });
  for (const { arg, day, side, of } of bounds) {
    const end = bounds.find((one) => side === 'begins' && one.side === 'ends' && one.of === of);
    if (end !== undefined) refuseReversed(day, end.day, [arg, end.arg]);
  }
}
