/** Dates: whether they exist, whether they can be meant, and whether they fit each other. */
import { plainName } from '../../contract/field-names.ts';
import { FIELD_ROLES, stateRole } from '../../contract/field-roles.ts';
import { daysBetween, monthsBetween } from '../../core/calendar.ts';
import { isJsonObject, type JsonObject, objectIn } from '../../core/json.ts';
import { dateText, dayText, valueAt } from '../record-fields.ts';
import { type CheckedDocument, usableDate } from './checked-document.ts';
import { error, type Finding, warning } from './findings.ts';

/** Fields that hold a date by their name, whatever they mean. */
const DATE_NAME = /(^|_)(date|until|on)$|^date_/;
/** Documents are dated ahead by some weeks at most. */
const DAYS_AHEAD = 31;
const LONGEST_TERM_DAYS = 366;
/** Of the month after the delivery, by when the invoice has to be issued (VAT Directive, article 222). */
const LAST_DAY_TO_ISSUE = 15;

export function dateFindings(document: CheckedDocument, schema: unknown, today: string): readonly Finding[] {
  const single = datesIn(document.record, schema, '').flatMap(({ field, value }) => {
    return singleDate(field, value, document.isGiven, today);
  });
  const of = (one: CheckedDocument['issued']): UsableDate | null =>
    one === null || one.date === null ? null : { field: one.field, date: one.date };
  const [issued, delivered, due] = [of(document.issued), of(document.delivered), of(document.due)];
  const [starts, ends] = [of(document.starts), of(document.ends)];
  // A draft may be created after the date for which it is due.
  const from = issued === null || FIELD_ROLES.created.names.includes(issued.field) ? null : issued;
  // No VAT is due by an offer yet, and a credit note is of an earlier delivery.
  const isTaxed = !document.isPurchase && !document.isOffer && !document.isCredit;
  return [
    ...single,
    ...(from === null ? [] : afterIssue(from, [due, ends], today)),
    ...passedFindings(document, [due, document.isOffer ? ends : null], today),
    ...(from === null || delivered === null || !isTaxed ? [] : monthFindings(from, delivered)),
    ...(starts !== null && ends !== null && starts.date > ends.date
      ? [error(ends.field, `${ends.date} is before ${starts.date} (${starts.field}).`)]
      : []),
  ];
}

interface UsableDate {
  readonly field: string;
  /** YYYY-MM-DD. */
  readonly date: string;
}

function afterIssue(from: UsableDate, later: readonly (UsableDate | null)[], today: string): readonly Finding[] {
  const ahead = daysBetween(today, from.date);
  const told = `${from.date} (${from.field})`;
  return [
    ...(ahead > DAYS_AHEAD ? [warning(from.field, `${from.date} is ${ahead} days from now.`)] : []),
    ...later.flatMap((one): Finding[] => {
      if (one === null) return [];
      if (one.date < from.date) return [error(one.field, `${one.date} is before ${told}.`)];
      if (daysBetween(from.date, one.date) <= LONGEST_TERM_DAYS) return [];
      return [warning(one.field, `${one.date} is more than a year after ${told}.`)];
    }),
  ];
}

/** The customer would get a document that is overdue, or an offer that has expired. */
function passedFindings(
  { record, isPurchase, isCredit, field, text }: CheckedDocument,
  last: readonly (UsableDate | null)[],
  today: string,
): readonly Finding[] {
  const flag = field('isDraft');
  const isDraft =
    [text('status'), text('stage')].some((state) => stateRole(state ?? '') === 'draft') ||
    (flag !== null && valueAt(record, flag) === true);
  if (!isDraft || isPurchase || isCredit) return [];
  return last.flatMap((one) =>
    one === null || one.date >= today ? [] : warning(one.field, `${one.date} has passed, and it is still a draft.`),
  );
}

/** VAT belongs to the month of the delivery. */
function monthFindings(issued: UsableDate, delivered: UsableDate): readonly Finding[] {
  const months = monthsBetween(delivered.date, issued.date);
  const isLate = months > 1 || (months === 1 && Number(issued.date.slice(8, 10)) > LAST_DAY_TO_ISSUE);
  if (months >= 0 && !isLate) return [];
  const rule =
    months < 0
      ? 'the delivery is in a later month than the issue'
      : `the invoice is due by the ${LAST_DAY_TO_ISSUE}th of the month after the delivery`;
  const where = `VAT belongs to ${delivered.date.slice(0, 7)}, and the document is of ${issued.date.slice(0, 7)}`;
  return [warning(delivered.field, `${where}: ${rule}. Check ${delivered.field} and ${issued.field}.`)];
}

function datesIn(
  record: JsonObject,
  schema: unknown,
  prefix: string,
): readonly { readonly field: string; readonly value: string }[] {
  const properties = objectIn(objectIn(schema).properties);
  return Object.entries(record).flatMap(([name, value]) => {
    const field = `${prefix}${name}`;
    const described = properties[name];
    if (typeof value === 'string') return isDateField(name, described) ? [{ field, value }] : [];
    if (isJsonObject(value)) return datesIn(value, described, `${field}.`);
    if (!Array.isArray(value)) return [];
    const { items } = objectIn(described);
    return value.flatMap((item: unknown, at) => (isJsonObject(item) ? datesIn(item, items, `${field}[${at}].`) : []));
  });
}

function isDateField(name: string, schema: unknown): boolean {
  const { format } = objectIn(schema);
  return format === 'date' || format === 'date-time' || DATE_NAME.test(plainName(name));
}

/** The service takes YYYY-MM-DD, and may write its own records in another style. */
function singleDate(field: string, value: string, isGiven: boolean, today: string): readonly Finding[] {
  const date = isGiven && dateText(value) === null ? null : dayText(value);
  if (date === null) {
    const days = meantDays(value);
    if (!isGiven && days.length > 0)
      return [warning(field, `Which day ${value} means is not clear: it was not checked.`)];
    const [meant] = days.length === 1 ? days : [];
    return [error(field, `${value.slice(0, 40)} is not a date. Write it as ${meant ?? 'YYYY-MM-DD'}.`, meant)];
  }
  return usableDate(value, today) !== null ? [] : [error(field, `${date} cannot be meant: check the year.`)];
}

/** `31/1/2026` can only mean one day; `1/2/2026` can mean two. */
function meantDays(text: string): readonly string[] {
  const [, first, second, year] = /^(\d\d?)[/-]\s?(\d\d?)[/-]\s?(\d{4})$/.exec(text.trim()) ?? [];
  const written = year === undefined ? [text] : [`${first}.${second}.${year}`, `${second}.${first}.${year}`];
  return [...new Set(written.flatMap((one) => dayText(one) ?? []))];
}
