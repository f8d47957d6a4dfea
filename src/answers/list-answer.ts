import { isJsonObject, type JsonObject, parseJson, stringifyJson } from '../core/json.ts';
import type { AnswerField, AnswerOptions } from '../core/tool.ts';
import { type Columns, columnsOf, projected } from './columns.ts';
import { fitted, fittedText, fittingItems, shownRecord, someNames, truncationNotices, withNotices } from './shrink.ts';

/**
 * A list as an answer that is no longer than it may be. Rows are whole or absent, and what is absent is behind
 * `next_cursor`: a page that is too long is asked for again with a smaller limit, so that the cursor is the service's.
 */
interface ListSource {
  readonly wish: AnswerOptions;
  /** What the document says of a row, perhaps nothing. */
  readonly contract: readonly AnswerField[];
  /** Asks for the same page with fewer rows; null where the service gives lists whole. @throws LucantoError */
  readonly again: ((limit: number) => Promise<unknown>) | null;
  /** Not the first page: what further fields there are was said with that one. */
  readonly isContinued: boolean;
}

interface ListPage {
  readonly rows: readonly unknown[];
  /** The member that holds the rows; null for a bare list. */
  readonly key: string | null;
  /** What stands beside the rows. */
  readonly beside: JsonObject;
}

/** One answer, and what is said about it where it has no room for that itself. */
interface ListText {
  readonly text: string;
  readonly remark: string | null;
}

const ATTEMPTS = 4;
/** A page that was the last has no cursor; with fewer rows it has one. */
const CURSOR_ROOM = 200;

/** Null for what is no list. @param isList that the tool is one, whatever the member with the rows is called */
function pageOf(value: unknown, isList: boolean): ListPage | null {
  if (Array.isArray(value)) return { rows: value, key: null, beside: {} };
  if (!isList || !isJsonObject(value)) return null;
  const lists = Object.entries(value).filter(([, member]) => Array.isArray(member));
  const [key, rows] = lists.find(([name]) => name === 'data') ?? (lists.length === 1 ? lists[0] : undefined) ?? [];
  if (key === undefined || !Array.isArray(rows)) return null;
  const { [key]: _rows, ...beside } = value;
  return { rows, key, beside };
}

async function listText(first: ListPage, source: ListSource): Promise<ListText> {
  const columns = columnsOf(first.rows, source.wish.fields, source.contract);
  const view = new View(columns, source);
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
    // A service that gives no fewer rows than before does not know the argument.
    if (next === null || next.rows.length >= page.rows.length) return view.fewerFields(page);
    page = next;
  }
}

class View {
  readonly #columns: Columns;
  readonly #source: ListSource;
  readonly #notices: JsonObject;

  constructor(columns: Columns, source: ListSource) {
    this.#columns = columns;
    this.#source = source;
    const { maxChars } = source.wish;
    const { unknown, more } = columns;
    const tellsMore = more.length > 0 && (!source.isContinued || unknown.length > 0);
    this.#notices = {
      ...(unknown.length > 0 && { unknown_fields: someNames(unknown, maxChars) }),
      ...(tellsMore && { more_fields: someNames(more, maxChars) }),
    };
  }

  fits({ text, remark }: ListText): boolean {
    return text.length + (remark?.length ?? 0) <= this.#source.wish.maxChars;
  }

  whole(page: ListPage): ListText {
    return this.#text(page, this.#project(page.rows), {});
  }

  /** Of the first rows; at least none. */
  fittingRows(page: ListPage): number {
    const frame = this.#text(page, [], {});
    const taken = frame.text.length + (frame.remark?.length ?? 0);
    const hasCursor = Object.values(page.beside).some((value) => typeof value === 'string');
    return fittingItems(this.#project(page.rows), this.#source.wish.maxChars - taken - (hasCursor ? 20 : CURSOR_ROOM));
  }

  /** The only row of its page, shrunk like a record of its own. */
  oneRow(page: ListPage): ListText {
    const { maxChars } = this.#source.wish;
    const [row] = this.#project(page.rows);
    const record = isJsonObject(row) ? row : { value: row };
    const about = { maxChars, carriedOut: false, isOnly: Object.keys(record).length === 1 };
    const framed = { ...page, key: page.key ?? 'data' };
    const text = fitted(record, about, (part) => this.#text(framed, [part.value], truncationNotices(part, about)).text);
    return { text, remark: null };
  }

  /** A list that the service gives whole, from the row on that the caller has come to. */
  slice(page: ListPage): ListText {
    const { from } = this.#source.wish;
    const rows = page.rows.slice(from);
    const rest = { ...page, rows };
    if (from === 0) {
      const whole = this.whole(rest);
      if (this.fits(whole)) return whole;
    }
    const count = Math.max(
      1,
      this.fittingRows({ ...rest, key: page.key ?? 'data', beside: this.#place(page, rows.length) }),
    );
    const shown = { rows: rows.slice(0, count), key: page.key ?? 'data', beside: this.#place(page, count) };
    const part = this.whole(shown);
    return this.fits(part) ? part : this.oneRow({ ...shown, rows: rows.slice(0, 1), beside: this.#place(page, 1) });
  }

  /** More rows than fit, and none of them may be lost: their longest fields go. */
  fewerFields(page: ListPage): ListText {
    const { maxChars } = this.#source.wish;
    const rows = this.#project(page.rows);
    const frame = { ...page, key: page.key ?? 'data' };
    const leftOut: string[] = [];
    let excess = this.#text(frame, rows, {}).text.length - maxChars;
    for (const { name, size } of byLength(rows)) {
      leftOut.push(name);
      excess -= size;
      if (excess > 0) continue;
      const notices = truncationNotices(
        { leftOut, shortened: [], giants: [] },
        { maxChars, carriedOut: false, isOnly: false },
      );
      const gone = new Set(leftOut);
      const answer = this.#text(
        frame,
        rows.map((row) => without(row, gone)),
        notices,
      );
      if (this.fits(answer)) return answer;
    }
    const hint = `The service gave ${rows.length} rows at once, too many for one answer. Narrow the list with filters.`;
    return { text: stringifyJson({ rows: rows.length, hint }), remark: null };
  }

  #place(page: ListPage, shown: number): JsonObject {
    const next = this.#source.wish.from + shown;
    const hasMore = next < page.rows.length;
    return { ...page.beside, ...(hasMore && { next_cursor: String(next) }), has_more: hasMore, rows: page.rows.length };
  }

  #project(rows: readonly unknown[]): readonly unknown[] {
    const { fields } = this.#source.wish;
    const isAsked = fields !== null && this.#columns.unknown.length < fields.length;
    return rows.map((row) => projected(row, this.#columns, isAsked ? fields : null) ?? null);
  }

  #text({ key, beside }: ListPage, rows: readonly unknown[], more: JsonObject): ListText {
    const notices = { ...this.#notices, ...more };
    if (key !== null) return { text: stringifyJson(withNotices({ [key]: rows, ...beside }, notices)), remark: null };
    // A bare list stays one, for programs that read it.
    return { text: stringifyJson(rows), remark: Object.keys(notices).length === 0 ? null : stringifyJson(notices) };
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

/** A value that the service gave, as the content of a result: by fields, bounded, always JSON. */
interface AnswerSource {
  readonly wish: AnswerOptions;
  /** Of the record, or of each row. */
  readonly contract: readonly AnswerField[];
  readonly isList: boolean;
  /** Asks for the same page with fewer rows; null where the service gives lists whole. @throws LucantoError */
  readonly again: ((limit: number) => Promise<unknown>) | null;
  /** Not the first page of a list. */
  readonly isContinued: boolean;
}

export async function answerContent(value: unknown, source: AnswerSource): Promise<readonly JsonObject[]> {
  const page = pageOf(value, source.isList);
  if (page === null) return [block(shownRecord(value, source.wish, source.contract))];
  const { text, remark } = await listText(page, source);
  return remark === null ? [block(text)] : [block(text), block(remark)];
}

/** The content of a write's answer: whatever it lacks, it says that the write was carried out. */
export function writtenContent(content: readonly JsonObject[], maxChars: number): readonly JsonObject[] {
  const [first, ...notes] = content;
  if (first === undefined || typeof first.text !== 'string') return content;
  const room = maxChars - notes.reduce((sum, { text }) => sum + (typeof text === 'string' ? text.length : 0), 0);
  if (first.text.length <= room) return content;
  return [block(fittedText(parseJson(first.text), { maxChars: room, carriedOut: true }, {})), ...notes];
}

function block(text: string): JsonObject {
  return { type: 'text', text };
}
