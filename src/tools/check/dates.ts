/** Dates that exist, in the order in which they happen. */
import { FIELD_NAMES } from '../../contract/field-names.ts';
import type { JsonObject } from '../../json.ts';
import { dateText, fieldFor, valueAt } from '../roles.ts';
import { error, type Finding } from './finding.ts';

/** Fields that bear a date by their name, whatever they mean. */
const DATE_NAME = /(^|_)(date|until|on)$|^date_/;

export function dateFindings(record: JsonObject): readonly Finding[] {
  const wrong = Object.entries(record).flatMap(([name, value]): Finding[] => {
    if (typeof value !== 'string' || !DATE_NAME.test(name) || isRealDate(value)) return [];
    return [error(name, `${value.slice(0, 40)} is no date: give YYYY-MM-DD.`)];
  });
  const issued = fieldFor('issued', [record], []);
  const from = issued === null ? null : dateText(valueAt(record, issued));
  const later = [fieldFor('due', [record], []), 'valid_until' in record ? 'valid_until' : null];
  const early = later.flatMap((field): Finding[] => {
    const date = field === null ? null : dateText(valueAt(record, field));
    // A record's time of creation is no date of issue: a draft may be issued later than it is due to be drafted.
    if (field === null || date === null || from === null || isCreated(issued) || date >= from) return [];
    return [error(field, `${date} is before ${from} (${issued}).`)];
  });
  return [...wrong, ...early];
}

function isCreated(field: string | null): boolean {
  return FIELD_NAMES.created.some((name) => name === field);
}

function isRealDate(text: string): boolean {
  const date = dateText(text);
  if (date === null) return false;
  const time = Date.parse(`${date}T00:00:00Z`);
  // 2026-02-30 is read as the second of March.
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(date);
}
