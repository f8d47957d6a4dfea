/** A draft like an earlier document: its dates moved by whole months, created in the way of any other create. */
import type { Role } from '../contract/field-roles.ts';
import { addDays, addMonths, daysBetween, daysIn, monthsBetween } from '../core/calendar.ts';
import { isJsonObject, type JsonObject, recordIn, tryParseJson } from '../core/json.ts';
import { textResult } from '../core/results.ts';
import { count } from '../core/text.ts';
import type { ToolResult } from '../core/tool.ts';
import { daysToPay } from './check/party-checks.ts';
import { argumentsFor, type LocalCall, readRecord, sourceOfType } from './local-tool.ts';
import { REPEAT, type RepeatSource } from './local-tools.ts';
import { toBig } from './money.ts';
import { namedPeriods } from './period-words.ts';
import { companyTimeZone } from './record-days.ts';
import { dateText, dayText, fieldFor, plainText, textOfRole, valueAt } from './record-fields.ts';
import { repeatedArguments } from './repeated-arguments.ts';
import { readReference } from './walk.ts';

/** Every text of a value that names a period, with where it stands: `items[0].name`. */
function textsWithPeriods(
  value: unknown,
  path = '',
): readonly { readonly field: string; readonly text: string; readonly words: readonly string[] }[] {
  if (typeof value === 'string') {
    const words = /^\d{4}-\d\d-\d\d/.test(value) || !/\p{L}/u.test(value) ? [] : namedPeriods(value);
    return words.length === 0 ? [] : [{ field: path, text: value, words }];
  }
  if (Array.isArray(value)) return value.flatMap((item, at) => textsWithPeriods(item, `${path}[${at}]`));
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    textsWithPeriods(inner, path === '' ? name : `${path}.${name}`),
  );
}

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
  return withNotes(
    result,
    notes,
    [how, daysNote(issued, dueIn(moved), today), noteOn(moved, periods.length > 0)].join(''),
  );
}

function numberOf(record: JsonObject): JsonObject {
  const path = fieldFor('number', [record], []);
  return path === null ? {} : { number: valueAt(record, path) };
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

/** Days from the issue to the due date; null where one of them is missing. */
function termIn(args: JsonObject, issuedField: string | null): number | null {
  const issued = dayText(valueAt(args, issuedField));
  const due = dueIn(args);
  return issued === null || due === null ? null : daysBetween(issued, due);
}

function dueIn(args: JsonObject): string | null {
  const path = fieldFor('due', [args], []);
  return dayText(valueAt(args, path));
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

function daysNote(issued: string | null, due: string | null, today: string): string {
  const late = due !== null && due < today ? `The due date ${due} has passed. ` : '';
  if (issued === null || issued === today) return late;
  const days = daysBetween(today, issued);
  return `The issue date ${issued} is ${days > 0 ? `${count(days, 'day')} from now` : `${count(-days, 'day')} ago`}. ${late}`;
}

function noteOn(args: JsonObject, hasPeriods: boolean): string {
  const path = fieldFor('exchangeRate', [args], []);
  const rate = toBig(valueAt(args, path));
  const stale = rate === null || rate.eq(1) ? '' : ` ${path} ${rate.toFixed()} is the earlier one: check it.`;
  const periods = hasPeriods ? ': check those in texts_with_periods, which mention a period' : '';
  return `Texts were not changed${periods}.${stale}`;
}

/** The created record as the create answers it, and beside it what was changed and left out. */
function withNotes(result: ToolResult, notes: JsonObject, note: string): ToolResult {
  const [first, ...others] = result.content;
  const record = result.isError === true ? null : parsedObject(plainText(first?.text) ?? '');
  // A question before the create, or a refusal, is passed on as it is.
  if (record === null || fieldFor('id', [recordIn(record)], []) === null) return result;
  const state = textOfRole('status', recordIn(record));
  const said = state === null ? note : `The new document is in the state "${state}". ${note}`;
  return { ...result, content: [...textResult({ ...record, ...notes, note: said }).content, ...others] };
}

function parsedObject(text: string): JsonObject | null {
  const value = tryParseJson(text);
  return isJsonObject(value) ? value : null;
}
