import { listIn } from '../contract/response.ts';
import { lastResult } from '../core/deadline.ts';
import { isJsonObject, type JsonObject, parseJson, stringifyJson } from '../core/json.ts';
import type { AnswerField, AnswerOptions } from '../core/tool.ts';
import { type Columns, columnsOf, projected } from './columns.ts';
import {
  centsNote,
  fitted,
  fittedText,
  fittingItems,
  recordAnswer,
  someNames,
  truncationNotices,
  withNotices,
} from './shrink.ts';

/**
 * The answer to a read as the content of a result: always valid JSON, of limited length. Rows of a list are whole or
 * absent; a page that is too long is requested again with a smaller limit, so that the cursor stays the service's own.
 */
interface AnswerSource {
  readonly options: AnswerOptions;
  /** What the document says of the record, or of each row; perhaps nothing. */
  readonly contract: readonly AnswerField[];
  readonly isList: boolean;
  /** How the list goes on after this page, where the answer itself does not say it plainly. */
  readonly continuation?: JsonObject | null;
  /** Requests the same page with fewer rows; null where the service gives lists whole. @throws LucantoError */
  readonly again: ((limit: number) => Promise<unknown>) | null;
  /** How the rows are sorted, where that is known. */
  readonly order?: string | undefined;
  /** Not the first page of a list: that one has named the further fields. */
  readonly isContinued: boolean;
}

export async function answerContent(value: unknown, source: AnswerSource): Promise<readonly JsonObject[]> {
  const page = pageOf(value, source.isList);
  if (page === null) return [block(recordAnswer(value, source.options, source.contract))];
  const { text, notice } = await listText(page, source);
  return notice === null ? [block(text)] : [block(text), block(notice)];
}

/** The content of a write's answer, shortened where needed; it then says that the write was done. */
export function writtenContent(content: readonly JsonObject[], maxChars: number): readonly JsonObject[] {
  const [first, ...notes] = content;
  if (first === undefined || typeof first.text !== 'string') return content;
  const room = maxChars - notes.reduce((sum, { text }) => sum + (typeof text === 'string' ? text.length : 0), 0);
  if (first.text.length <= room) return content;
  return [block(fittedText(parseJson(first.text), { maxChars: room, isWrite: true }, {})), ...notes];
}

function block(text: string): JsonObject {
  return { type: 'text', text };
}

interface ListPage {
  readonly rows: readonly unknown[];
  /** The member that holds the rows; null for a bare list. */
  readonly key: string | null;
  /** The other members of the answer. */
  readonly others: JsonObject;
}

const ATTEMPTS = 4;
/** A page that was the last has no cursor; with fewer rows it has one. */
const CURSOR_ROOM = 200;

/** Null for what is not a list. @param isList whether the tool lists, whatever the member with the rows is called */
function pageOf(value: unknown, isList: boolean): ListPage | null {
  const found = Array.isArray(value) || isList ? listIn(value) : null;
  if (found === null) return null;
  const { key, rows } = found;
  const others = isJsonObject(value) ? Object.entries(value).filter(([name]) => name !== key) : [];
  return { rows, key, others: Object.fromEntries(others) };
}

/** An answer, and the notices about it where they cannot be part of it. */
async function listText(first: ListPage, source: AnswerSource) {
  const columns = columnsOf(first.rows, source.options.fields, source.contract);
  let view = new View(columns, source);
  const { again } = source;
  if (again === null) return view.slice(first);
  let page = first;
  for (let attempt = 1; ; attempt += 1) {
    const whole = view.whole(page);
    if (view.fits(whole)) return whole;
    const limit = Math.min(view.fittingRows(page), page.rows.length - 1);
    if (page.rows.length <= 1) return view.oneRow(page);
    if (attempt === ATTEMPTS) return view.fewerFields(page);
    const next = pageOf(await again(Math.max(1, limit)), true);
    // A service that sends as many rows as before does not know the argument.
    if (next === null || next.rows.length >= page.rows.length) return view.fewerFields(page);
    page = next;
    // What leads on from the longer page would skip rows.
    view = new View(columns, { ...source, continuation: null });
  }
}

class View {
  readonly #columns: Columns;
  readonly #source: AnswerSource;
  readonly #notices: JsonObject;

  constructor(columns: Columns, source: AnswerSource) {
    this.#columns = columns;
    this.#source = source;
    const { maxChars } = source.options;
    const { unknown, more } = columns;
    const namesMore = more.length > 0 && (!source.isContinued || unknown.length > 0);
    this.#notices = {
      ...(source.order !== undefined && !source.isContinued && { order: source.order }),
      ...(unknown.length > 0 && { unknown_fields: someNames(unknown, maxChars) }),
      ...(namesMore && { more_fields: someNames(more, maxChars) }),
    };
  }

  fits({ text, notice }: ReturnType<View['whole']>): boolean {
    return text.length + (notice?.length ?? 0) <= this.#source.options.maxChars;
  }

  whole(page: ListPage) {
    return this.#text(page, this.#project(page.rows), {});
  }

  /** How many of the first rows fit. */
  fittingRows(page: ListPage): number {
    const frame = this.#text(page, [], {});
    const taken = frame.text.length + (frame.notice?.length ?? 0);
    const hasCursor = Object.values(page.others).some((value) => typeof value === 'string');
    const room = this.#source.options.maxChars - taken - (hasCursor ? 20 : CURSOR_ROOM);
    return fittingItems(this.#project(page.rows), room);
  }

  /** The only row of its page, shrunk like a record of its own. */
  oneRow(page: ListPage) {
    const { maxChars } = this.#source.options;
    const [row] = this.#project(page.rows);
    const record = isJsonObject(row) ? row : { value: row };
    const about = { maxChars, isWrite: false, isOnly: Object.keys(record).length === 1 };
    const framed = { ...page, key: page.key ?? 'data' };
    const text = fitted(record, about, (part) => this.#text(framed, [part.value], truncationNotices(part, about)).text);
    return { text, notice: null };
  }

  /** Part of a list that the service gives whole, from the row that the cursor names. */
  slice(page: ListPage) {
    const { from } = this.#source.options;
    const rows = page.rows.slice(from);
    const rest = { ...page, rows };
    if (from === 0) {
      const whole = this.whole(rest);
      if (this.fits(whole)) return whole;
    }
    const count = Math.max(
      1,
      this.fittingRows({ ...rest, key: page.key ?? 'data', others: this.#place(page, rows.length) }),
    );
    const shown = { rows: rows.slice(0, count), key: page.key ?? 'data', others: this.#place(page, count) };
    const part = this.whole(shown);
    return this.fits(part) ? part : this.oneRow({ ...shown, rows: rows.slice(0, 1), others: this.#place(page, 1) });
  }

  /** All rows without their longest fields, where no smaller page can be had. */
  fewerFields(page: ListPage) {
    const { maxChars } = this.#source.options;
    const rows = this.#project(page.rows);
    const frame = { ...page, key: page.key ?? 'data' };
    const leftOut: string[] = [];
    const about = { maxChars, isWrite: false, isOnly: false };
    let excess = this.#text(frame, rows, {}).text.length - maxChars;
    for (const { name, size } of byLength(rows)) {
      leftOut.push(name);
      excess -= size;
      if (excess > 0) continue;
      const notices = truncationNotices({ leftOut, shortened: [], oversized: [] }, about);
      const gone = new Set(leftOut);
      const remaining = rows.map((row) => without(row, gone));
      const answer = this.#text(frame, remaining, notices);
      if (this.fits(answer)) return answer;
    }
    const hint = `The service sent ${rows.length} rows at once, too many for one answer. Narrow the list with filters.`;
    return { text: stringifyJson({ rows: rows.length, hint }), notice: null };
  }

  #place(page: ListPage, shown: number): JsonObject {
    const next = this.#source.options.from + shown;
    const hasMore = next < page.rows.length;
    const onward = this.#source.continuation?.has_more === true;
    return {
      ...page.others,
      ...(hasMore && { next_cursor: String(next) }),
      has_more: hasMore || onward,
      rows: page.rows.length,
    };
  }

  /** Those of a page that does not fit are wanted once more. */
  readonly #project = lastResult((rows: readonly unknown[]): readonly unknown[] => {
    const { fields } = this.#source.options;
    const isAsked = fields !== null && this.#columns.unknown.length < fields.length;
    return rows.map((row) => projected(row, this.#columns, isAsked ? fields : null) ?? null);
  });

  #text({ key, others }: ListPage, rows: readonly unknown[], more: JsonObject) {
    const { continuation, again } = this.#source;
    // Where only a part of the page is shown, its rest comes first.
    const isPart = again === null && typeof others.rows === 'number' && Object.hasOwn(others, 'next_cursor');
    const amounts = centsNote(rows.find(isJsonObject), this.#source.contract);
    const onward = Object.entries(isPart ? {} : (continuation ?? {})).filter(([name, value]) => others[name] !== value);
    const notices = { ...this.#notices, ...(amounts !== null && { amounts }), ...more, ...Object.fromEntries(onward) };
    if (key !== null) return { text: stringifyJson(withNotices({ [key]: rows, ...others }, notices)), notice: null };
    // Programs that read a bare list still get one.
    return { text: stringifyJson(rows), notice: Object.keys(notices).length === 0 ? null : stringifyJson(notices) };
  }
}

/** The fields of rows with the characters that each takes in all of them, the longest first. */
function byLength(rows: readonly unknown[]): readonly { readonly name: string; readonly size: number }[] {
  const sizes = new Map<string, number>();
  for (const [name, value] of rows.filter(isJsonObject).flatMap((row) => Object.entries(row))) {
    const length = stringifyJson(value ?? null).length + JSON.stringify(name).length + 2;
    sizes.set(name, (sizes.get(name) ?? 0) + length);
  }
  return [...sizes].map(([name, size]) => ({ name, size })).sort((a, b) => b.size - a.size);
}

function without(row: unknown, names: ReadonlySet<string>): unknown {
  if (!isJsonObject(row)) return row;
  return Object.fromEntries(Object.entries(row).filter(([name]) => !names.has(name)));
}
