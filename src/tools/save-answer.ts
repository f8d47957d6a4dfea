/** A call whose answer goes into a file: the rows of a list page by page, those of a computed answer at once. */
import { plainName } from '../contract/field-names.ts';
import type { Operation } from '../contract/operation.ts';
import { pagingArguments } from '../contract/paging.ts';
import { listIn } from '../contract/response.ts';
import { daysIn, isDay } from '../core/calendar.ts';
import { ProtocolError } from '../core/errors.ts';
import { isJsonObject, type JsonObject, objectIn, parseJson } from '../core/json.ts';
import { textResult } from '../core/results.ts';
import { capitalised } from '../core/text.ts';
import type { SaveRequest, ToolResult } from '../core/tool.ts';
import { contactNames } from './customers.ts';
import { DocumentReader } from './document-reader.ts';
import type { LocalCall } from './local-tool.ts';
import { fieldFor, plainText, textOfRole } from './record-fields.ts';
import { saveTable, type TableToSave } from './save-table.ts';
import { type ListToRead, type PageReader, walk } from './walk.ts';

/** More of them are no states. */
const MOST_STATES = 12;

type SaveCall = Pick<LocalCall, 'clock' | 'companies' | 'context' | 'folder' | 'timeZone'>;
const MAX_PAGES = 1000;
/** Time to finish the file. */
const RESERVE_MS = 3000;

/** Every row that the list has for these arguments. @throws LucantoError */
export async function saveList(operation: Operation, request: SaveRequest, call: LocalCall): Promise<ToolResult> {
  const named = new NamedRows(operation.answerFields ?? [], call);
  return saveAllRows(operation, request, call, (rows) => named.page(rows));
}

/** @param call also of a tool of the remote endpoint, with what gives a page of it */
export async function saveAllRows<T extends ListToRead & Pick<Operation, 'answerFields'>>(
  list: T,
  request: SaveRequest,
  call: SaveCall & PageReader<T>,
  named: (rows: readonly JsonObject[]) => Promise<readonly JsonObject[]> = async (rows) => rows,
): Promise<ToolResult> {
  const { args, isOneList } = request;
  const table = tableOf(list.resource, list.answerFields ?? [], request);
  const states = new StateCounts(table.described, call.timeZone);
  if (!isOneList) {
    return saveRows(table, request, async (answer) => named(states.count(rowsOfList(answer))), call, states);
  }
  const { cursor, page, offset, size } = pagingArguments(list);
  const paging = new Set([cursor, page, offset, size]);
  const filters = Object.fromEntries(Object.entries(args).filter(([name]) => !paging.has(name)));
  const most = size === null ? Number.POSITIVE_INFINITY : Number(args[size] ?? Number.POSITIVE_INFINITY);
  let left = most;
  const bounded = { ...call.context, deadline: call.context.deadline - RESERVE_MS };
  const name = await partsOfName(table, args, {}, call);
  const { file, result } = await saveTable({ ...table, name }, await call.folder(), call.context.signal, (take) =>
    walk({ ...call, context: bounded }, list, filters, {
      maxPages: MAX_PAGES,
      isEnough: () => left <= 0,
      onRows: async (rows) => {
        const taken = rows.slice(0, Math.max(0, left));
        left -= rows.length;
        if (taken.length > 0) await take(await named(states.count(taken)));
      },
    }),
  );
  const isCut = left < 0 || (left === 0 && result.stopped !== null);
  const stopped = isCut ? `limit is ${most}` : result.stopped;
  const complete = stopped === null;
  return textResult({ ...file, ...states.counts(), complete, incomplete_because: stopped, note: states.note() });
}

/** @param rowsOf the rows of the answer that the call gives @throws LucantoError */
export async function saveComputed(
  name: string,
  request: SaveRequest,
  rowsOf: (answer: JsonObject) => readonly JsonObject[],
  call: SaveCall,
): Promise<ToolResult> {
  return saveRows(tableOf(name, [], request), request, async (answer) => rowsOf(answer), call);
}

async function saveRows(
  table: TableToSave,
  { args, call: ask }: SaveRequest,
  rowsOf: (answer: JsonObject) => Promise<readonly JsonObject[]>,
  call: SaveCall,
  states?: StateCounts,
): Promise<ToolResult> {
  const { answer: _ofTheFile, ...whole } = call.context;
  const result = await ask(whole);
  if (result.isError === true) return result;
  const [first] = result.content;
  const value = typeof first?.text === 'string' ? parseJson(first.text) : null;
  const answer = isJsonObject(value) ? value : { data: value };
  const rows = await rowsOf(answer);
  const name = await partsOfName(table, args, answer, call);
  const { file } = await saveTable({ ...table, name }, await call.folder(), call.context.signal, (take) => take(rows));
  const why =
    answer.incomplete_because ?? answer.not_complete ?? (answer.has_more === true ? 'a part was asked for' : null);
  return textResult({
    ...file,
    ...states?.counts(),
    complete: answer.complete !== false && answer.has_more !== true,
    incomplete_because: why,
    // What limits the figures limits them in the file too.
    note: [answer.note, states?.note()].flatMap((note) => note ?? []).join(' ') || null,
    notes: answer.notes,
  });
}

function rowsOfList(answer: JsonObject): readonly JsonObject[] {
  const rows = listIn(answer)?.rows ?? null;
  if (rows !== null) return rows.filter(isJsonObject);
  throw new ProtocolError('unexpected_answer', 'The answer has no rows that could be saved.', {
    hint: 'Leave save_as out.',
  });
}

function tableOf(name: string, described: TableToSave['described'], { format, fields }: SaveRequest): TableToSave {
  const words = name.replaceAll('_', ' ');
  return { name: [capitalised(words)], format, described, fields };
}

/** Whose the rows are and of when, where the call or its answer says so: files of two companies or years are told apart. */
async function partsOfName(
  { name }: TableToSave,
  args: JsonObject,
  answer: JsonObject,
  { clock, companies, timeZone, context }: SaveCall,
): Promise<TableToSave['name']> {
  const known = args.workspace_id === undefined ? null : await companies(args, context).catch(() => null);
  const said = { ...args, ...objectIn(answer.period), ...answer };
  const customer = textOfRole('name', objectIn(answer.customer)) ?? plainText(args.customer);
  const when = periodIn(said) ?? plainText(said.as_of) ?? daysIn(timeZone())(clock());
  return [...name, plainText(args.type), known?.rows[0]?.name, customer, when].flatMap((part) => part ?? []);
}

/** Of the first date that has bounds: `issued_from` and `due_to` are no period. */
function periodIn(said: JsonObject): string | null {
  const bounds = Object.entries(said).flatMap(([name, value]) => {
    const [, of, end] = /^(?:(.*)_)?(from|since|after|to|until|before)$/.exec(plainName(name)) ?? [];
    return end === undefined || typeof value !== 'string' || !isDay(value) ? [] : { of, end, day: value };
  });
  const own = bounds.filter(({ of }) => of === bounds[0]?.of);
  const from = own.find(({ end }) => ['from', 'since', 'after'].includes(end))?.day;
  const to = own.find(({ end }) => ['to', 'until', 'before'].includes(end))?.day;
  if (from === undefined) return to === undefined ? null : `to ${to}`;
  return to === undefined ? `from ${from}` : `${from} to ${to}`;
}

/** How many of the saved rows are in which state, so that no drafts are among them unnoticed. */
class StateCounts {
  readonly #counts = new Map<string, number>();
  #rows = 0;
  #drafts = 0;
  readonly #described: TableToSave['described'];
  readonly #timeZone: () => string;

  constructor(described: TableToSave['described'], timeZone: () => string) {
    this.#described = described;
    this.#timeZone = timeZone;
  }

  count(rows: readonly JsonObject[]): readonly JsonObject[] {
    const reader = new DocumentReader(rows, this.#described, this.#timeZone);
    for (const row of reader.hasStates() ? rows : []) {
      const [state, role] = [reader.state(row), reader.role(row)];
      this.#rows++;
      if (role === 'draft') this.#drafts++;
      // In a word of the service's language, it may not be plain.
      const isPlain = (role !== 'draft' && role !== 'cancelled') || /draft|cancel/i.test(state ?? '');
      const name = state === null ? role : isPlain ? state : `${state} (${role})`;
      this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
    }
    return rows;
  }

  counts(): JsonObject {
    const { size } = this.#counts;
    return size === 0 || size > MOST_STATES ? {} : { by_status: Object.fromEntries(this.#counts) };
  }

  /** In a file for others, drafts might be taken for invoices. */
  note(): string | null {
    if (this.#drafts === 0 || this.#drafts === this.#rows) return null;
    return `${this.#drafts} of the ${this.#rows} rows ${this.#drafts === 1 ? 'is a draft' : 'are drafts'}.`;
  }
}

/** Rows that name their customer by an id alone, with the name before it. */
class NamedRows {
  readonly #read: (field: string) => Promise<ReadonlyMap<string, string>>;
  readonly #described: TableToSave['described'];
  #names: { readonly field: string; readonly names: ReadonlyMap<string, string> } | null | undefined;

  constructor(described: TableToSave['described'], call: LocalCall) {
    this.#described = described;
    this.#read = (field) => contactNames(field, null, call);
  }

  async page(rows: readonly JsonObject[]): Promise<readonly JsonObject[]> {
    if (this.#names === undefined) {
      const field = fieldFor('contactId', rows, this.#described);
      const isNamed =
        fieldFor('customerName', rows, []) !== null || rows.some(({ customer }) => customer !== undefined);
      const names = field === null || isNamed || field.includes('.') ? null : await this.#read(field);
      this.#names = names === null || field === null || names.size === 0 ? null : { field, names };
    }
    const known = this.#names;
    if (known === null) return rows;
    return rows.map((row) => ({ customer: known.names.get(String(row[known.field])), ...row }));
  }
}
