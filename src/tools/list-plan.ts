/** Lists that no single request gives: several values of a filter, the groups that people say, a period without a filter. */
import { FieldNames, memberNames, plainName } from '../contract/field-names.ts';
import { filterValues, hasPeriodFilter, statusParameter } from '../contract/filter-values.ts';
import type { Operation } from '../contract/operation.ts';
import { pagingArguments } from '../contract/paging.ts';
import { listIn } from '../contract/response.ts';
import { daysIn, isDay } from '../core/calendar.ts';
import { onceForEach } from '../core/deadline.ts';
import { ArgumentsError } from '../core/errors.ts';
import { isJsonObject, type JsonObject, propertyIn } from '../core/json.ts';
import { count } from '../core/text.ts';
import { DocumentReader } from './document-reader.ts';
import type { LocalCall } from './local-tool.ts';
import { kindOf, sourceOfList } from './money-resource.ts';
import { companyTimeZone, refuseReversed, refuseReversedFilters } from './record-days.ts';
import { fieldFor, ownId, plainText, textAt } from './record-fields.ts';
import { invoicedNote } from './row-names.ts';
import { isStateGroup, StatusFilter, wordsIn } from './status-filter.ts';
import { walk } from './walk.ts';

/** Together, so that one call stays one call. */
const MAX_QUERIES = 20;
const MAX_PAGES = 100;
const MOST_SEEN = 12;

/**
 * @returns null for a call that one request answers
 * @throws ArgumentsError for a state that the contract rules out, or a period that ends before it begins
 */
export function listPlan(
  operation: Operation,
  args: JsonObject,
): {
  /** The arguments of each list that is read, to be checked like those of any call. */
  readonly queries: readonly JsonObject[];
  read(queries: readonly JsonObject[], call: LocalCall): ReturnType<typeof gather>;
} | null {
  const rest = { ...args };
  const take = (name: string): unknown => {
    const { [name]: value } = rest;
    delete rest[name];
    return value;
  };
  const states = statesOf(operation, args);
  const status = states === null ? null : new StatusFilter(take(states), sourceOfList(operation));
  const period = takesPeriod(operation) ? { from: dayIn(take('from'), 'from'), to: dayIn(take('to'), 'to') } : {};
  refuseReversed(period.from, period.to);
  refuseReversedFilters(operation, rest);
  const several = severalValues(operation, rest);
  refuseForeign(operation, rest, several);
  const hasPeriod = period.from != null || period.to != null;
  if (status === null && !hasPeriod && several.length === 0) return null;
  const { cursor, page, offset, size } = pagingArguments(operation);
  for (const name of [cursor, page, offset, size]) if (name !== null) delete rest[name];
  const sent = status === null ? rest : { ...rest, ...status.argument() };
  const queries = several.reduce<readonly JsonObject[]>(
    (all, { arg, values }) => all.flatMap((query) => values.map((value) => ({ ...query, [arg]: value }))),
    [sent],
  );
  if (queries.length > MAX_QUERIES) {
    throw new ArgumentsError(
      `These filters together ask for ${queries.length} lists; at most ${MAX_QUERIES} can be read in one call.`,
      {
        hint: 'Nothing was sent. Give fewer values.',
      },
    );
  }
  return {
    queries,
    read: (checked, call) => gather(operation, checked, { status, ...period }, call),
  };
}

async function gather(
  operation: Operation,
  queries: readonly JsonObject[],
  {
    status,
    from = null,
    to = null,
  }: {
    readonly status: StatusFilter | null;
    readonly from?: string | null;
    readonly to?: string | null;
  },
  call: LocalCall,
): Promise<{ readonly rows: readonly JsonObject[]; readonly about: JsonObject }> {
  const byId = new Map<string, JsonObject>();
  const stopped: string[] = [];
  for (const args of queries) {
    const read = await walk(call, operation, args, { maxPages: MAX_PAGES });
    for (const row of read.rows) byId.set(plainText(ownId(row)) ?? `row ${byId.size}`, row);
    if (read.stopped !== null) stopped.push(read.stopped);
  }
  const all = [...byId.values()];
  const source = sourceOfList(operation);
  const [first = {}] = queries;
  const hasPeriod = from !== null || to !== null;
  const zone = hasPeriod ? await companyTimeZone({ ...call, args: first }) : null;
  const reader = new DocumentReader(
    all,
    source.described,
    zone === null ? call.timeZone : () => zone.name,
    kindOf(source),
  );
  const today = daysIn(call.timeZone())(call.clock());
  const fitting = status === null ? all : status.fitting(all, reader, today);
  const rows = hasPeriod ? within(fitting, reader, from, to) : fitting;
  const empty = all.length === 0 ? await whyEmpty(operation, { ...call, args: first }) : null;
  const idle = empty ?? status?.note(all, reader, today) ?? null;
  const field = reader.field('issued');
  const undated = hasPeriod ? fitting.filter((row) => reader.day('issued', row) === null) : [];
  const odd = undated.filter((row) => reader.misreadsDay('issued', row)).length + (status?.misdated(all, reader) ?? 0);
  const part = stopped.length === 0 ? 'the whole list' : 'only a part of the list';
  if (odd > 0) stopped.push(`the date of ${count(odd, 'row')} is not understood`);
  const invoiced = invoicedNote(operation, rows, reader, call);
  const by = field === null ? '' : `, by ${field}`;
  const walked = `The service has no filter for a period: ${part} was read (${count(all.length, 'row')})${by}.`;
  const notes = [
    ...[idle, invoiced].filter((note) => note !== null),
    ...(undated.length === 0 ? [] : [`${count(undated.length, 'row')} without a date left out.`]),
    ...(hasPeriod ? [walked] : []),
    ...(zone !== null && reader.hasTimes() ? [`Days in ${zone.text}.`] : []),
  ];
  const why = [...new Set(stopped)].join('; ');
  return {
    rows,
    about: {
      ...(why !== '' && { complete: false, not_complete: `There may be more: ${why}.` }),
      ...(notes.length > 0 && { note: notes.join(' ') }),
    },
  };
}

function within(rows: readonly JsonObject[], reader: DocumentReader, from: string | null, to: string | null) {
  if (rows.length > 0 && reader.field('issued') === null) {
    throw new ArgumentsError('These records have no date that a period could go by.', {
      hint: 'Leave from and to out.',
    });
  }
  return rows.filter((row) => {
    const day = reader.day('issued', row);
    return day !== null && (from === null || day >= from) && (to === null || day <= to);
  });
}

/** The argument that asks for states, where it asks for more than one request can: several, or a group; else null. */
function statesOf(operation: Operation, args: JsonObject): string | null {
  const arg = stateArgument(operation);
  const words = arg === null ? [] : wordsIn(args[arg]);
  if (arg === null || words.length === 0) return null;
  const own = statusParameter(operation)?.arg === arg;
  const { values, isClosed } = filterValues(operation, arg);
  const isKnown = (word: string) => values.some((value) => plainName(value) === plainName(word));
  if (words.every(isKnown) && own && (words.length === 1 ? !Array.isArray(args[arg]) : takesList(operation, arg))) {
    return null;
  }
  // A word that the contract does not know goes to the service; an empty answer then says which are known.
  const [only, ...others] = words;
  const isForeign = only !== undefined && others.length === 0 && !isKnown(only) && !isStateGroup(only);
  return own && isForeign && !isClosed && typeof args[arg] === 'string' ? null : arg;
}

/** Also of a list without such a filter, whose rows have a state: it is filtered here. */
const stateArgument = onceForEach((operation: Operation): string | null => {
  const own = statusParameter(operation)?.arg;
  if (own !== undefined) return own;
  const described = operation.answerFields ?? [];
  const likely = described.length === 0 ? 'status' : fieldFor('status', [], described);
  if (likely === null) return null;
  return Object.hasOwn(Object(operation.validation.properties), likely) ? null : likely;
});

/** Whether the list can be asked for a period that its own filters do not know. */
const takesPeriod = onceForEach((operation: Operation): boolean => {
  if (hasPeriodFilter(operation)) return false;
  const described = operation.answerFields ?? [];
  return described.length === 0 || fieldFor('issued', [], described) !== null;
});

function dayIn(given: unknown, name: string): string | null {
  if (given === undefined || given === null || given === '') return null;
  if (typeof given === 'string' && isDay(given)) return given;
  throw new ArgumentsError(`${name} must be a date (YYYY-MM-DD).`, {
    hint: `Nothing was sent. Give ${name} as 2026-01-31, for example.`,
  });
}

/** Filters that take one value and were given several: a list, or ids with commas. */
function severalValues(operation: Operation, args: JsonObject) {
  return operation.parameters
    .filter(({ in: place }) => place === 'query')
    .flatMap(({ arg }) => {
      const given = args[arg];
      if (given === undefined || takesList(operation, arg)) return [];
      const values = Array.isArray(given) ? given : partsOf(operation, arg, given);
      if (values === null || values.length === 0) return [];
      return [{ arg, values: [...new Set(values)] }];
    });
}

function refuseForeign(operation: Operation, args: JsonObject, several: ReturnType<typeof severalValues>): void {
  const state = statusParameter(operation)?.arg;
  for (const { arg, in: place } of operation.parameters) {
    const { values, isClosed } = place === 'query' ? filterValues(operation, arg) : { values: [], isClosed: false };
    const given = several.find((one) => one.arg === arg)?.values ?? [args[arg]].filter((one) => one !== undefined);
    const foreign = given.filter((one) => typeof one === 'string' && one !== '' && !values.includes(one));
    // States may be groups, which their own filter knows.
    if (!isClosed || foreign.length === 0 || arg === state) continue;
    throw new ArgumentsError(`${arg} cannot be ${foreign.map((one) => `"${one}"`).join(' or ')}.`, {
      hint: `Nothing was sent. Values of ${arg}: ${values.join(', ')}.`,
    });
  }
}

/** A comma may be part of a text: only ids and values that the contract names are taken apart. */
function partsOf(operation: Operation, arg: string, given: unknown): readonly string[] | null {
  if (typeof given !== 'string' || !given.includes(',')) return null;
  const parts = given.split(',').map((part) => part.trim());
  const schema = propertyIn(operation.validation, arg);
  const isIds = [schema?.type].flat().includes('integer') && parts.every((part) => /^\d+$/.test(part));
  const { values } = filterValues(operation, arg);
  return isIds || parts.every((part) => values.includes(part)) ? parts : null;
}

function takesList(operation: Operation, arg: string): boolean {
  return [propertyIn(operation.validation, arg)?.type].flat().includes('array');
}

/**
 * Why a list may be empty: filters with a value that the contract does not know, or that no record has.
 * @returns null where every value is known
 */
export async function whyEmpty(operation: Operation, call: LocalCall): Promise<string | null> {
  const { cursor, page, offset, size } = pagingArguments(operation);
  const paging: readonly (string | null)[] = [cursor, page, offset, size];
  const filters = operation.parameters.filter(({ in: place, arg }) => place === 'query' && !paging.includes(arg));
  const notes: string[] = [];
  for (const { arg } of filters) {
    const given = call.args[arg];
    if (typeof given !== 'string' || given === '') continue;
    const { values } = filterValues(operation, arg);
    const isState = statusParameter(operation)?.arg === arg;
    const known = values.length > 0 ? values : await seen(operation, { arg, isState }, call);
    if (known.length === 0 || known.includes(given)) continue;
    const what = isState ? 'status' : arg;
    const meant = known.find((value) => plainName(value) === plainName(given));
    // What the first page lacks, another may have.
    const other = values.length > 0 ? `it is not a known ${what}` : `no row of the first page has this ${what}`;
    const why = meant === undefined ? other : `the known ${what} is written "${meant}"`;
    notes.push(`"${given}" matched nothing: ${why}. ${isState ? 'Statuses' : arg}: ${known.join(', ')}.`);
  }
  return notes.length === 0 ? null : notes.join(' ');
}

/** The values that records have, on the first page without this filter; empty for what each record has of its own. */
async function seen(
  operation: Operation,
  { arg, isState }: { readonly arg: string; readonly isState: boolean },
  call: LocalCall,
) {
  const { [arg]: _filter, ...others } = call.args;
  try {
    const { value } = await call.service.readPage(operation, others, call.context);
    const rows = listIn(value)?.rows.filter(isJsonObject) ?? [];
    const names = new FieldNames(memberNames(rows));
    const outer = names.find(plainName(arg).replace(/_id$/, ''));
    const inner = outer === null ? null : `${outer}.id`;
    const field = isState ? fieldFor('status', rows, []) : (names.find(plainName(arg)) ?? inner);
    const values = rows.flatMap((row) => textAt(row, field) ?? []);
    const own = [...new Set(values)];
    return isState || own.length < Math.min(values.length, MOST_SEEN) ? own.slice(0, MOST_SEEN) : [];
  } catch {
    return [];
  }
}
