/** Records by the number that people know them by: the id of the one whose number was given in place of an id. */
import { FieldNames, plainName } from '../contract/field-names.ts';
import { FIELD_ROLES } from '../contract/field-roles.ts';
import { plural, singular } from '../contract/naming.ts';
import type { Operation } from '../contract/operation.ts';
import { pagingArguments } from '../contract/paging.ts';
import { ApiError, ArgumentsError } from '../core/errors.ts';
import { isJsonObject, type JsonObject, parseJson, propertyIn } from '../core/json.ts';
import { argumentsFor, type LocalCall, readRecord } from './local-tool.ts';
import { fieldFor, ownId, plainText, textAt, textOfRole } from './record-fields.ts';
import { walk } from './walk.ts';

const MAX_PAGES = 100;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const SEARCHES = new Set(['q', 'query', 'search', 'term']);

/** The list that has the records of an operation about one of them. */
export function listOfRecords({ path, parameters }: Operation, all: readonly Operation[]): Operation | undefined {
  const id = parameters.find(({ arg, in: place }) => arg === 'id' && place === 'path')?.name;
  const at = id === undefined ? -1 : path.indexOf(`/{${id}}`);
  if (at === -1) return undefined;
  return all.find((one) => one.method === 'GET' && one.reads && one.path === path.slice(0, at));
}

/**
 * The arguments with the id of the record whose number stands in its place.
 * @param schema of the id @throws LucantoError where no record has the number, or several have
 */
export async function withIdOfNumber(
  schema: unknown,
  list: Operation,
  call: LocalCall,
  isRead = false,
): Promise<JsonObject> {
  const { args } = call;
  const { id } = args;
  const isOpaque = takesText(schema);
  if (typeof id !== 'string' || !hasNumbers(list)) return args;
  if (/^\d+$/.test(id.trim()) && (isOpaque || !/^0\d/.test(id.trim())))
    return withEither(id.trim(), list, call, isRead ? LIKE_A_NUMBER : PERHAPS_A_NUMBER);
  if (!isNumber(id, isOpaque)) return args;
  const found = await rowsWith(id.trim(), list, call).catch((error: unknown) => {
    // Where an id may be any text, the list is not needed.
    if (isOpaque && error instanceof ApiError) return { rows: [], stopped: null };
    throw error;
  });
  const [only] = found.rows;
  if (only === undefined && isOpaque) return args;
  if (only === undefined) {
    const what = nounOf(list);
    throw new ArgumentsError(`None of the ${what} has the number "${id}".`, {
      hint: `Nothing was sent. Find it with ${list.tool}.`,
    });
  }
  return { ...args, id: theOnlyId(id, found, list, call) };
}

/** The same for each of the ids that a write names in a list: `ids`, `invoice_ids`. @throws LucantoError */
export async function withIdsOfNumbers({ resource, validation }: Operation, call: LocalCall): Promise<JsonObject> {
  const entries = Object.entries(call.args).map(async ([name, given]) => {
    const [isOfIds, noun] = /^(?:(.+)_)?ids$/.exec(plainName(name)) ?? [];
    const list = call.operations.get(`lucanto_list_${noun === undefined ? resource : plural(noun)}`);
    const ids = typeof given === 'string' ? given.split(',') : given;
    if (isOfIds === undefined || list === undefined || !Array.isArray(ids)) return [name, given];
    const { items } = propertyIn(validation, name) ?? {};
    const own = ids.map(async (id: unknown) =>
      typeof id === 'string' ? (await withIdOfNumber(items, list, { ...call, args: { ...call.args, id } })).id : id,
    );
    const found = await Promise.all(own);
    return [name, typeof given === 'string' ? found.join(',') : found];
  });
  return Object.fromEntries(await Promise.all(entries));
}

function theOnlyId(
  number: string,
  { rows, stopped }: Awaited<ReturnType<typeof rowsWith>>,
  list: Operation,
  call: LocalCall,
): unknown {
  const what = nounOf(list);
  const id = idReader(list, call);
  const ids = rows.map((row) => plainText(id(row)) ?? '?').join(', ');
  if (rows.length > 1)
    throw unclear(`${rows.length === 2 ? 'Two' : rows.length} ${what} match "${number}": ids ${ids}.`);
  if (stopped !== null) {
    throw new ArgumentsError(`"${number}" is the number of id ${ids}, but not all ${what} were read: ${stopped}.`, {
      hint: `Nothing was sent. Give the id, if it is the one.`,
    });
  }
  const own = id(rows[0] ?? {});
  if (own !== undefined) return own;
  throw new ArgumentsError(`"${number}" is among the ${what}, but ${list.tool} does not say with which id.`, {
    hint: 'Nothing was sent. Give the id.',
  });
}

/** The id of a row, which may be called as the addresses of single records call it: `InvoiceID`. */
function idReader(list: Operation, call: LocalCall): (row: JsonObject) => unknown {
  const parameters = readerOf(list, call)?.parameters ?? [];
  const named = parameters.find(({ in: place, arg }) => place === 'path' && arg === 'id')?.name;
  return (row) => ownId(row, named);
}

/** What reads one record of a list. */
function readerOf({ tool, path }: Operation, { operations }: LocalCall): Operation | null {
  const get = operations.get(tool.replace(/^lucanto_list_(.*)$/, (_all, nouns) => `lucanto_get_${singular(nouns)}`));
  const isOne =
    get?.method === 'GET' &&
    get.path.startsWith(path) &&
    /^(\/\{[^{}]+\}|\('?\{[^{}]+\}'?\))$/.test(get.path.slice(path.length));
  return isOne ? get : null;
}

function unclear(message: string, how = 'Give'): ArgumentsError {
  return new ArgumentsError(message, {
    hint: {
      person: `Nothing was sent. ${how} the id of one of them.`,
      model: `Nothing was sent. Ask the user which one is meant, then ${how.toLowerCase()} its id.`,
    },
  });
}

function nounOf({ resource }: Operation): string {
  return resource.replaceAll('_', ' ');
}

/** Digits that are as long as the numbers of documents mostly are. What is shorter is read as an id, but not written so unseen. */
const LIKE_A_NUMBER = /^\d{6,12}$/;
const PERHAPS_A_NUMBER = /^\d{4,12}$/;

/**
 * Digits may be an id or a number: the service is asked for both, where its list can be asked for a number. Where it
 * cannot, the list is read only for a record that does not exist, or whose own number looks the same.
 */
async function withEither(
  digits: string,
  list: Operation,
  call: LocalCall,
  looksLikeNumber: RegExp,
): Promise<JsonObject> {
  const { args } = call;
  const get = readerOf(list, call);
  const hasFilter = numberFilter(list) !== undefined;
  if (get === null || !(hasFilter || looksLikeNumber.test(digits))) return args;
  const byId = async () => {
    const parents = Object.fromEntries(get.parameters.flatMap(({ arg }) => (arg in args ? [[arg, args[arg]]] : [])));
    return readRecord(call, get, { ...parents, id: parseJson(digits) }).catch((error: unknown) => {
      if (error instanceof ApiError && error.details.status === 404) return null;
      throw error;
    });
  };
  const first = hasFilter ? undefined : await byId();
  if (first !== undefined && first !== null && !isAlike(first, digits, list)) return args;
  const found = await rowsWith(digits, list, call, !hasFilter);
  const id = idReader(list, call);
  const others = found.rows.filter((row) => plainText(id(row)) !== digits);
  if (others.length === 0) return args;
  if (others.length < found.rows.length || (first === undefined ? await byId() : first) !== null) {
    const ids = others.map((row) => plainText(id(row)) ?? '?').join(', ');
    throw unclear(
      `"${digits}" is an id of the ${nounOf(list)}, and the number of another: id ${ids}.`,
      'Give, as a number,',
    );
  }
  return { ...args, id: theOnlyId(digits, { ...found, rows: others }, list, call) };
}

/** Whether the number of a record is one that digits could be: digits too, about as many. */
function isAlike(record: JsonObject, digits: string, list: Operation): boolean {
  const number = textOfRole('number', record, list.answerFields);
  return number !== null && number !== digits && /^\d+$/.test(number) && Math.abs(number.length - digits.length) < 2;
}

/** Text that cannot be an id, or that looks like the number of a document: letters or signs with digits. */
function isNumber(id: string, isOpaque: boolean): boolean {
  const text = id.trim();
  if (text === '' || text.length > 60 || UUID.test(text)) return false;
  return !isOpaque || /^(?=.*\d)[\p{L}]{0,8}[\s/-]?\d[\d\s/-]*$/u.test(text);
}

function takesText(schema: unknown): boolean {
  const types = isJsonObject(schema) ? [schema.type].flat() : [];
  return types.length === 0 || types.includes('string');
}

function hasNumbers({ answerFields = [] }: Operation): boolean {
  const fields = new FieldNames(answerFields.map(({ name }) => name));
  return answerFields.length === 0 || FIELD_ROLES.number.names.some((name) => fields.find(name) !== null);
}

/** By a filter or a search of the list where it has one, else by reading all of it, where that `isAllRead`. */
async function rowsWith(number: string, list: Operation, call: LocalCall, isAllRead = true) {
  const { args } = call;
  const search = list.parameters.find(({ in: place, name }) => place === 'query' && SEARCHES.has(plainName(name)));
  const own = numberFilter(list) ?? search;
  const first = own === undefined ? null : await read({ [own.arg]: number });
  return first !== null && (first.rows.length > 0 || !isAllRead) ? first : read({});

  async function read(filter: JsonObject) {
    const paths = list.parameters.filter(({ in: place, arg }) => place === 'path' && args[arg] !== undefined);
    const parents = Object.fromEntries(paths.map(({ arg }) => [arg, args[arg]]));
    const all = await walk(call, list, argumentsFor(args, { ...parents, ...filter }), { maxPages: MAX_PAGES });
    const field = fieldFor('number', all.rows, list.answerFields ?? []);
    const rows = all.rows.filter((row) => isSame(textAt(row, field), number));
    return { rows, stopped: all.stopped };
  }
}

function numberFilter(list: Operation): Operation['parameters'][number] | undefined {
  const { cursor } = pagingArguments(list);
  const names: readonly string[] = FIELD_ROLES.number.names;
  return list.parameters.find(
    ({ in: place, arg, name }) => place === 'query' && arg !== cursor && names.includes(plainName(name)),
  );
}

function isSame(value: string | null, number: string): boolean {
  return value !== null && value.trim().toLowerCase() === number.toLowerCase();
}
