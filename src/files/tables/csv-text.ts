/** A table as comma-separated values (RFC 4180) in UTF-8, with the mark by which Excel knows that. */
import { FORMULA_START, type TableCell } from './table-cell.ts';

const BYTE_ORDER_MARK = '\ufeff';

/** @param rows of cells, in the order of the titles */
export async function writeCsv(
  titles: readonly string[],
  rows: AsyncIterable<readonly TableCell[]>,
  write: (bytes: Uint8Array) => Promise<void>,
): Promise<void> {
  const line = (fields: readonly string[]) => write(Buffer.from(`${fields.join(',')}\r\n`));
  await write(Buffer.from(BYTE_ORDER_MARK));
  await line(titles.map(quoted));
  for await (const row of rows) await line(row.map((cell) => quoted(textOf(cell))));
}

function textOf(cell: TableCell): string {
  if (cell === null) return '';
  if (cell.kind === 'flag') return cell.isTrue ? 'TRUE' : 'FALSE';
  if (cell.kind === 'time') return `${cell.text}Z`;
  // An apostrophe keeps a spreadsheet from taking the text for a formula.
  return cell.kind === 'text' && FORMULA_START.test(cell.text) ? `'${cell.text}` : cell.text;
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
