/** Rows saved as an Excel or CSV file in the files folder: page by page, complete or not at all. */
import { ArgumentsError } from '../core/errors.ts';
import { arrayIn, isJsonObject, type JsonObject, parseJson, stringifyJson } from '../core/json.ts';
import type { Secrets } from '../core/log.ts';
import type { AnswerField, SaveRequest } from '../core/tool.ts';
import type { FilesFolder } from '../files/folder.ts';
import { fileName, IncomingFile } from '../files/save.ts';
import { type TableCell, writeCsv, writeXlsx } from '../files/table-file.ts';
import { cellsOf, tableColumns, valuePaths } from './table-columns.ts';

const MOST_BYTES = 200 * 1024 * 1024;
/** Rows by which the titles of columns are found. */
const MOST_LOOKED_AT = 100;

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
  const sink = incoming.sink();
  try {
    let rows = 0;
    const reading = read(async (page) => {
      rows += page.length;
      await queue.write(withoutSecrets(page, folder.secrets));
    }).finally(() => queue.close().catch(() => undefined));
    // It is awaited below; until then its failure must not end the process.
    reading.catch(() => undefined);
    const { value: first } = await pages.read();
    const columns = tableColumns(first ?? [], described, fields);
    refuseUnknown(columns, fields);
    const unseen = new Set<string>();
    const cells = tableRows(first, pages, columns, unseen);
    const isTime = (path: string) =>
      first?.slice(0, MOST_LOOKED_AT).some((row) => cellsOf(row, [path])[0]?.kind === 'time') === true;
    // A spreadsheet knows no time zones.
    const titles = () => columns.paths.map((path) => (isTime(path) ? `${path} (UTC)` : path));
    const write = (bytes: Uint8Array) => sink.write(bytes);
    if (format === 'xlsx') await writeXlsx(titles(), cells, name[0] ?? '', write);
    else await writeCsv(columns.paths, cells, write);
    const result = await reading;
    // Nobody would hear of a file that comes after the answer.
    signal.throwIfAborted();
    const { path, size, sha256 } = await incoming.keep(fileName(name, `.${format}`));
    const left = [...columns.leftOut, ...[...unseen].filter((one) => !columns.leftOut.includes(one))];
    return { file: { path, rows, size, sha256, ...(left.length > 0 && { without_columns: left }) }, result };
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

function refuseUnknown({ paths, others }: ReturnType<typeof tableColumns>, fields: readonly string[] | null): void {
  if (fields === null || paths.length > 0 || others.length === 0) return;
  throw new ArgumentsError(`No row has a field named ${fields.join(' or ')}: no file was saved.`, {
    hint: `Leave fields out for all of them, or give some of ${others.slice(0, 40).join(', ')}.`,
  });
}

/** @param unseen takes the fields that only later rows have, so that they have no column */
async function* tableRows(
  first: readonly JsonObject[] | undefined,
  pages: ReadableStreamDefaultReader<readonly JsonObject[]>,
  { paths, others, leftOut }: ReturnType<typeof tableColumns>,
  unseen: Set<string>,
): AsyncGenerator<readonly TableCell[]> {
  const known = new Set([...paths, ...others, ...leftOut]);
  for (let page = first; page !== undefined; page = (await pages.read()).value) {
    for (const row of page) {
      if (page !== first) {
        for (const path of valuePaths(row)) if (!known.has(path)) unseen.add(path);
      }
      yield cellsOf(row, paths);
    }
  }
}
