/** A table as comma-separated values (RFC 4180) in UTF-8, with the mark by which Excel knows that. */
import type { TableCell } from './table-cell.ts';

const BYTE_ORDER_MARK = '\ufeff';
/** The disk is asked for so much at once. */
const PIECE_CHARS = 64 * 1024;

/** @param rows of cells, in the order of the titles */
export async function writeCsv(
  titles: readonly string[],
  rows: AsyncIterable<readonly TableCell[]>,
  write: (bytes: Uint8Array) => Promise<void>,
): Promise<void> {
  let text = `${BYTE_ORDER_MARK}${line(titles)}`;
  for await (const row of rows) {
    text += line(row.map(textOf));
    if (text.length < PIECE_CHARS) continue;
    await write(Buffer.from(text));
    text = '';
  }
  await write(Buffer.from(text));
}

function line(fields: readonly string[]): string {
  return `${fields.map(quoted).join(',')}\r\n`;
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

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
