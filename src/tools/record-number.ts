/** Records by the number that people know them by: the id of the one whose number was given in place of an id. */
import { FieldNames, plainName } from '../contract/field-names.ts';
import { FIELD_ROLES } from '../contract/field-roles.ts';
import { plural } from '../contract/naming.ts';
import type { Operation } from '../contract/operation.ts';
import { pagingArguments } from '../contract/paging.ts';
import { ApiError, ArgumentsError } from '../core/errors.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import type { CallContext } from '../core/tool.ts';
import { argumentsFor, type LocalDeps } from './local-tool.ts';
import { fieldFor, ownId, plainText, valueAt } from './record-fields.ts';
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

export function listOfType(type: unknown, { operations }: Pick<LocalDeps, 'operations'>): Operation | undefined {
  return typeof type === 'string' ? operations.get(`lucanto_list_${plural(type)}`) : undefined;
}

/**
 * The arguments with the id of the record whose number stands in its place.
 * @param schema of the id @throws LucantoError where no record has the number, or several have
 */
export async function withIdOfNumber(
  args: JsonObject,
  schema: unknown,
  list: Operation,
  deps: LocalDeps,
  context: CallContext,
): Promise<JsonObject> {
  const { id } = args;
  const isOpaque = takesText(schema);
  if (typeof id !== 'string' || !isNumber(id, isOpaque) || !hasNumbers(list)) return args;
  const found = await rowsWith(id.trim(), args, list, deps, context).catch((error: unknown) => {
    // Where an id may be any text, the list is not needed.
    if (isOpaque && error instanceof ApiError) return { rows: [], stopped: null };
    throw error;
  });
  const [only] = found.rows;
  if (only === undefined && isOpaque) return args;
  const what = list.resource.replaceAll('_', ' ');
  if (only === undefined) {
    throw new ArgumentsError(`None of the ${what} has the number "${id}".`, {
      hint: `Nothing was sent. Find it with ${list.tool}.`,
    });
  }
  const ids = found.rows.map((row) => plainText(ownId(row)) ?? '?').join(', ');
  if (found.rows.length > 1) {
    throw new ArgumentsError(
      `${found.rows.length === 2 ? 'Two' : found.rows.length} ${what} match "${id}": ids ${ids}.`,
      {
        hint: {
          person: 'Nothing was sent. Give the id of one of them.',
          model: 'Nothing was sent. Ask the user which one is meant, then give its id.',
        },
      },
    );
  }
  if (found.stopped !== null) {
    throw new ArgumentsError(`"${id}" is the number of id ${ids}, but not all ${what} were read: ${found.stopped}.`, {
      hint: `Nothing was sent. Give the id, if it is the one.`,
    });
  }
  return { ...args, id: ownId(only) };
}

/** Text that cannot be an id, or that looks like the number of a document: letters or signs with digits. */
function isNumber(id: string, isOpaque: boolean): boolean {
  const text = id.trim();
  if (text === '' || text.length > 60 || UUID.test(text)) return false;
  if (/^\d+$/.test(text)) return false;
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

/** By a filter or a search of the list where it has one, else by reading all of it. */
async function rowsWith(number: string, args: JsonObject, list: Operation, deps: LocalDeps, context: CallContext) {
  const query = list.parameters.filter(({ in: place }) => place === 'query');
  const { cursor } = pagingArguments(list);
  const names: readonly string[] = FIELD_ROLES.number.names;
  const filters = query.filter(({ arg }) => arg !== cursor);
  const own =
    filters.find(({ name }) => names.includes(plainName(name))) ??
    filters.find(({ name }) => SEARCHES.has(plainName(name)));
  const first = own === undefined ? null : await read({ [own.arg]: number });
  if (first !== null && first.rows.length > 0) return first;
  return read({});

  async function read(filter: JsonObject) {
    const paths = list.parameters.filter(({ in: place, arg }) => place === 'path' && args[arg] !== undefined);
    const parents = Object.fromEntries(paths.map(({ arg }) => [arg, args[arg]]));
    const bounds = { maxPages: MAX_PAGES, noun: list.resource.replaceAll('_', ' ') };
    const all = await walk(deps, list, argumentsFor(args, { ...parents, ...filter }), context, bounds);
    const field = fieldFor('number', all.rows, list.answerFields ?? []);
    const rows = field === null ? [] : all.rows.filter((row) => isSame(plainText(valueAt(row, field)), number));
    return { rows, stopped: all.stopped };
  }
}

function isSame(value: string | null, number: string): boolean {
  return value !== null && value.trim().toLowerCase() === number.toLowerCase();
}
