/** What a tool answered, for a person at a terminal: a list as a table, a record as lines, an error as its sentence. */
import { isJsonObject, LosslessNumber, stringifyJson } from '../core/json.ts';
import { count } from '../core/text.ts';
import type { Output } from './output.ts';
import type { TableColumn } from './terminal-text.ts';

const NUMBER = /^-?\d+([.]\d+)?$/;
/** Members that say how a list goes on. */
const PAGING = new Set(['next_cursor', 'has_more', 'total', 'count']);

/** @returns whether it has a form for people */
export function printForPeople(output: Output, value: unknown): boolean {
  const rows = rowsOf(value);
  if (rows !== null) {
    printRows(output, rows);
    if (isJsonObject(value)) printRest(output, value);
    return true;
  }
  if (!isJsonObject(value)) return false;
  printRecord(output, value);
  return true;
}

/** The rows of a list: the answer itself, or its only member that is a list of records. */
function rowsOf(value: unknown): readonly Record<string, unknown>[] | null {
  if (Array.isArray(value)) return value.every(isJsonObject) ? value : null;
  if (!isJsonObject(value)) return null;
  const members = Object.entries(value).filter(([name]) => !PAGING.has(name));
  const lists = members.filter(([, member]) => Array.isArray(member) && member.every(isJsonObject));
  const isRecord = members.some(([, member]) => typeof member !== 'object' || member === null) && 'id' in value;
  const [only] = lists;
  return lists.length === 1 && !isRecord && Array.isArray(only?.[1]) ? only[1] : null;
}

function printRows(output: Output, rows: readonly Record<string, unknown>[]): void {
  if (rows.length === 0) {
    output.line('Nothing found.');
    return;
  }
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const cells = rows.map((row) => names.map((name) => cellOf(row[name])));
  const head = names.map((name, at): TableColumn => {
    const isNumeric = cells.every((row) => row[at] === '' || NUMBER.test(row[at] ?? ''));
    const priority = rankOf(name, rows) * names.length + at;
    return { title: name.toUpperCase(), priority, ...(isNumeric && name !== 'id' && { align: 'right' }) };
  });
  const hidden = output.table(head, cells);
  output.line();
  output.line(`${count(rows.length, 'row')}.`);
  if (hidden.length > 0) {
    const columns = hidden.map((title) => title.toLowerCase()).join(', ');
    output.note(`Not shown for lack of room: ${columns}. Choose with --arg fields=…, or pipe the result for JSON.`);
  }
}

/** What tells rows apart comes first; what is the same everywhere, technical or nested comes last. */
function rankOf(name: string, rows: readonly Record<string, unknown>[]): number {
  const values = rows.map((row) => row[name]);
  if (name === 'id') return 0;
  if (values.some((value) => typeof value === 'object' && value !== null)) return 5;
  if (/(_at|_id|_url)$/.test(name)) return 4;
  if (rows.length > 1 && new Set(values.map(cellOf)).size === 1) return 3;
  if (/(^|_)(name|number|customer|status|due|total)(_|$)/.test(name)) return 1;
  return 2;
}

/** What stands beside the rows. */
function printRest(output: Output, value: Record<string, unknown>): void {
  for (const [name, member] of Object.entries(value)) {
    if (PAGING.has(name) || rowsOf(member) !== null) continue;
    output.prose(`${name}: ${cellOf(member)}`, '  ');
  }
  const { next_cursor: cursor } = value;
  if (typeof cursor === 'string' && cursor !== '') output.note(`There are more: add --arg cursor=${cursor}`);
}

function printRecord(output: Output, record: Record<string, unknown>): void {
  const width = Math.max(0, ...Object.keys(record).map((name) => name.length));
  for (const [name, member] of Object.entries(record)) {
    output.prose(`${name.padEnd(width)}  ${cellOf(member)}`, ' '.repeat(width + 2));
  }
}

function cellOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (value instanceof LosslessNumber || typeof value !== 'object') return String(value);
  return stringifyJson(value);
}
