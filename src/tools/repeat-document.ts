/** A draft like an earlier document: its dates moved by whole months, created in the way of any other create. */
import type { Role } from '../contract/field-roles.ts';
import { addDays, addMonths, daysBetween, daysIn, monthsBetween } from '../core/calendar.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import { count } from '../core/text.ts';
import type { ToolResult } from '../core/tool.ts';
import { daysToPay } from './check/party-checks.ts';
import { argumentsFor, type LocalCall, readRecord, sourceOfType } from './local-tool.ts';
import { REPEAT, type RepeatSource } from './local-tools.ts';
import { companyTimeZone, dueIn, termIn } from './record-days.ts';
import { dateText, dayText, fieldFor, plainText, valueAt } from './record-fields.ts';
import { daysNote, numberOf, textsNote, textsWithPeriods, withNotes } from './repeat-notes.ts';
import { repeatedArguments } from './repeated-arguments.ts';
import { readReference } from './walk.ts';

/** @throws LucantoError as the create does */
export async function repeatDocument(sources: readonly RepeatSource[], call: LocalCall): Promise<ToolResult> {
  const source = sourceOfType(sources, call.args, 'can be repeated');
  const { get, create, body, described } = source;
  const record = await readRecord(call, get, { id: call.args.id });
  const zone = await companyTimeZone(call);
  const repeated = repeatedArguments(record, body, create, described, zone.name);
  const today = daysIn(call.timeZone())(call.clock());
  const given = typeof call.args.issue_date === 'string' ? call.args.issue_date : null;
  const byMonths = movedDates(repeated.args, source, given, today);
  const term = byMonths.keepsTerm ? null : await agreedTerm(repeated.args, record, source, call);
  const { moved, dates, issued, how } =
    term === null ? byMonths : movedDates(repeated.args, source, given, today, term);
  const result = await call.callTool(create.tool, argumentsFor(call.args, moved), {
    ...call.context,
    calledAs: REPEAT,
  });
  const periods = textsWithPeriods(moved);
  const notes = {
    repeated_from: { type: source.type, id: call.args.id, ...numberOf(record) },
    dates,
    texts_with_periods: periods,
    not_taken_over: repeated.leftOut,
  };
  const note = [how, daysNote(issued, dueIn(moved), today), textsNote(moved, periods.length > 0)].join('');
  return withNotes(result, notes, note);
}

const WHOLE_DATE = /^(\d{4}-\d\d-\d\d(T.*)?|\d{4}[-/. ] ?\d\d?[-/. ] ?\d\d?\.?|\d\d?\. ?\d\d?\. ?\d{4})$/;

const MOVED: readonly Role[] = ['delivered', 'due', 'starts', 'ends'];

/** `dates` says of each date what it was and what it is. @param term days to pay; null where whole months decide */
function movedDates(
  args: JsonObject,
  source: RepeatSource,
  given: string | null,
  today: string,
  term: number | null = null,
) {
  const issuedField = issueArgument(args, source);
  const was = issuedField === null ? null : dayText(args[issuedField]);
  const others = MOVED.map((role) => fieldFor(role, [args], source.described)).filter(
    (field) => field !== null && field !== issuedField,
  );
  const unread = [issuedField, ...others].filter(
    (field) => (valueAt(args, field) ?? '') !== '' && dayText(valueAt(args, field)) === null,
  );
  const texts = unread.map((field) => `${field} (${plainText(valueAt(args, field)) ?? '?'})`).join(', ');
  const odd = unread.length === 0 ? '' : `Not understood as a date: ${texts}. Check the dates of the draft. `;
  const [basis = null] = [was, ...others.map((field) => dayText(valueAt(args, field)))].filter((date) => date !== null);
  if (basis === null || unread.includes(issuedField)) {
    const issued = issuedField === null ? null : (given ?? today);
    const moved = issuedField === null ? args : { ...args, [issuedField]: issued };
    return { moved, dates: {}, issued, how: odd, keepsTerm: true };
  }
  const months = given === null ? Math.max(1, monthsBetween(basis, today)) : monthsBetween(basis, given);
  const usual = addMonths(basis, months, true);
  const days = given === null ? 0 : daysBetween(usual, given);
  const dates: Record<string, string> = {};
  const due = fieldFor('due', [args], []);
  const issued = issuedField === null ? null : (given ?? usual);
  const change = (value: unknown, path: string, name: string): unknown => {
    if (Array.isArray(value)) return value.map((item, at) => change(item, `${path}[${at}]`, name));
    if (isJsonObject(value)) {
      const inside = (inner: string) => (path === '' ? inner : `${path}.${inner}`);
      return Object.fromEntries(
        Object.entries(value).map(([inner, one]) => [inner, change(one, inside(inner), inner)]),
      );
    }
    // Of digits alone, and of text behind a date, only the name says what they are.
    const isDate = path === issuedField || others.includes(path) || WHOLE_DATE.test(String(value));
    const date = isDate ? dayText(value) : null;
    if (date === null) return value;
    // Days to pay are counted from the day of the issue: the end of a month is a coincidence.
    const byMonths = addDays(addMonths(date, months, name !== due), days);
    const day = path === due && term !== null && issued !== null ? addDays(issued, term) : byMonths;
    dates[path] = `${date} → ${day}`;
    return dateText(value) === null ? day : `${day}${String(value).slice(10)}`;
  };
  const changed = change(args, '', '');
  const moved = {
    ...(isJsonObject(changed) ? changed : args),
    ...(issuedField !== null && was === null && { [issuedField]: issued }),
  };
  const keeps = term === null ? '' : `, and the due date keeps the customer's ${count(term, 'day')} to pay`;
  const by = `Dates were moved ${given === null ? `by ${count(months, 'month')}` : 'with the issue date'}${keeps}. `;
  const how = Object.keys(dates).length === 0 ? odd : `${by}${odd}`;
  const terms = [termIn(args, issuedField), termIn(moved, issuedField)];
  return { moved, dates, issued, how, keepsTerm: terms[0] === terms[1] };
}

/** The days to pay of the earlier document where they are those of its customer, else null. */
async function agreedTerm(
  args: JsonObject,
  record: JsonObject,
  source: RepeatSource,
  call: LocalCall,
): Promise<number | null> {
  const term = termIn(args, issueArgument(args, source));
  const document = { record, field: (role: Role) => fieldFor(role, [record], source.described) };
  const customer = term === null ? null : await readReference('contactId', document, call);
  // With and without the customer's terms it would be another create, and a repetition would not be recognised.
  if (customer?.temporary !== undefined) throw customer.temporary;
  return term !== null && daysToPay(customer)?.eq(term) === true ? term : null;
}

/** Under which name the create takes the date of issue; null where it takes none. */
function issueArgument(args: JsonObject, { body }: RepeatSource): string | null {
  const taken = body.fields.map(({ arg }) => ({ name: arg, fields: [] }));
  const field = fieldFor('issued', [args], taken);
  return field !== null && taken.some(({ name }) => name === field) ? field : null;
}
