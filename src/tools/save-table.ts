/** Rows saved as an Excel or CSV file in the files folder: page by page, complete or not at all. */
import { ArgumentsError } from '../core/errors.ts';
import { arrayIn, isJsonObject, type JsonObject, parseJson, stringifyJson } from '../core/json.ts';
import type { Secrets } from '../core/log.ts';
import type { AnswerField, SaveRequest } from '../core/tool.ts';
import { type FilesFolder, fileName } from '../files/folder.ts';
import { IncomingFile } from '../files/save.ts';
import { type TableCell, writeXlsx } from '../files/table-file.ts';
import { cellsOf, tableColumns, valuePaths } from './table-columns.ts';

const MOST_BYTES = 200 * 1024 * 1024;

export interface TableToSave {
  /** Parts of the file's name: what it is, whose, and of when. */
  readonly name: readonly string[];
  readonly format: SaveRequest['format'];
  readonly described: readonly AnswerField[];
  /** Names of fields; null for all. */
  readonly fields: readonly string[] | null;
}

/**
 * @param read gives the rows page by page to its argument
 * @returns what the answer says of the file, and what `read` returned. @throws LucantoError
 */
export async function saveTable<T>(
  { name, format, described, fields }: TableToSave,
  folder: FilesFolder,
  signal: AbortSignal,
  read: (take: (rows: readonly JsonObject[]) => Promise<void>) => Promise<T>,
) {
  const incoming = new IncomingFile(folder, MOST_BYTES, 0);
  // A page is read when the one before has been taken.
  const { readable, writable } = new TransformStream<readonly JsonObject[], readonly JsonObject[]>();
  const [pages, queue] = [readable.getReader(), writable.getWriter()];
  const { write } = incoming.sink();
  try {
    let rows = 0;
    const reading = read(async (page) => {
      rows += page.length;
      await queue.write(withoutSecrets(page, folder.secrets));
    }).finally(() => queue.close().catch(() => undefined));
    // It is awaited below; until then its failure must not end the process.
    reading.catch(() => undefined);
    const { value: first } = await pages.read();
    const { paths, others, leftOut } = tableColumns(first ?? [], described, fields);
    if (fields !== null && paths.length === 0 && others.length > 0) {
      throw new ArgumentsError(`No row has a field named ${fields.join(' or ')}: no file was saved.`, {
        hint: `Leave fields out for all of them, or give some of ${others.slice(0, 40).join(', ')}.`,
      });
    }
    const without = new Set(leftOut);
    const cells = tableRows(first, pages, { paths, others, leftOut }, without);
    const isTime = (path: string) => first?.some((row) => cellsOf(row, [path])[0]?.kind === 'time') === true;
    // A spreadsheet knows no time zones.
    const titles = () => paths.map((path) => (isTime(path) ? `${path} (UTC)` : path));
    if (format === 'xlsx') await writeXlsx(titles(), cells, name[0] ?? '', write);
    else await writeCsv(paths, cells, write);
    const result = await reading;
    // Nobody would hear of a file that comes after the answer.
    signal.throwIfAborted();
    const { path, size, sha256 } = await incoming.keep(fileName(name, `.${format}`));
    return { file: { path, rows, size, sha256, ...(without.size > 0 && { without_columns: [...without] }) }, result };
  } finally {
    await pages.cancel();
    await incoming.drop();
  }
}

/** A service may echo them. */
function withoutSecrets(rows: readonly JsonObject[], secrets: Secrets): readonly JsonObject[] {
  const line = stringifyJson(rows);
  const masked = secrets.maskedJson(rows, line);
  return masked === line ? rows : arrayIn(parseJson(masked)).filter(isJsonObject);
}

/** @param without takes the fields that only later rows have, so that they have no column */
async function* tableRows(
  first: readonly JsonObject[] | undefined,
  pages: ReadableStreamDefaultReader<readonly JsonObject[]>,
  { paths, others, leftOut }: ReturnType<typeof tableColumns>,
  without: Set<string>,
): AsyncGenerator<readonly TableCell[]> {
  const known = new Set([...paths, ...others, ...leftOut]);
  for (let page = first; page !== undefined; page = (await pages.read()).value) {
    for (const row of page) {
      const own = page === first ? [] : valuePaths(row);
      for (const path of own) if (!known.has(path)) without.add(path);
      yield cellsOf(row, paths);
    }
  }
}

/** By this Excel knows that comma-separated values (RFC 4180) are in UTF-8. */
const BYTE_ORDER_MARK = '\ufeff';
/** The disk is asked for so much at once. */
const CSV_PIECE = 64 * 1024;

/** @param rows of cells, in the order of the titles */
async function writeCsv(
  titles: readonly string[],
  rows: AsyncIterable<readonly TableCell[]>,
  write: (bytes: Uint8Array) => Promise<void>,
): Promise<void> {
  let text = `${BYTE_ORDER_MARK}${line(titles)}`;
  for await (const row of rows) {
    text += line(row.map(textOf));
    if (text.length < CSV_PIECE) continue;
    await write(Buffer.from(text));
    text = '';
  }
  await write(Buffer.from(text));
}

function line(fields: readonly string[]): string {
  const quoted = fields.map((text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text));
  return `${quoted.join(',')}\r\n`;
}

function textOf(cell: TableCell): string {
  if (cell === null) return '';
  if (cell.kind === 'flag') return cell.isTrue ? 'TRUE' : 'FALSE';
  if (cell.kind === 'time') return `${cell.text}Z`;
  // An apostrophe keeps a spreadsheet from taking the text for a formula.
  return cell.kind === 'text' ? cell.text.replace(FORMULA, "'") : cell.text;
}

/** Where a text, or what stands behind the separator of another language or on a new line in it, begins like a formula. */
const FORMULA = /(?<=^|[;\t\r\n])(?=[ \u00a0]*[=+\-@\t\r＝＋－＠])/g;
