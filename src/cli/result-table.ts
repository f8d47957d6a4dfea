/** What a tool answered, for a person at a terminal: a list as a table, a record as lines, an error as its sentence. */

import type { Machine } from '../config/paths.ts';
import { plainName } from '../contract/field-names.ts';
import { columnNames, columnRank, OTHER_RANK } from '../contract/field-roles.ts';
import { shellWord } from '../core/command-name.ts';
import { isJsonObject, LosslessNumber, objectIn } from '../core/json.ts';
import { count } from '../core/text.ts';
import type { Output } from './output.ts';
import type { TableColumn } from './terminal-text.ts';

const NUMBER = /^-?\d+([.]\d+)?$/;
/** A date, a number, an id, a state. */
const ONE_WORD = /^\S{0,24}$/;
/** Members that say how a list goes on. */
const PAGING = new Set(['next_cursor', 'has_more', 'total', 'count', 'more_fields']);

/** @param isReport whether the lists in its rows are the answer @returns whether it has a form for people */
export function printForPeople(output: Output, value: unknown, isReport: boolean, machine: Machine): boolean {
  const rows = rowsOf(value);
  if (rows !== null && !(isReport && rows.some(holdsList))) {
    const { more_fields: more } = objectIn(value);
    printRows(output, rows, Array.isArray(more) ? more.length : 0);
    if (isJsonObject(value)) printRest(output, value, machine);
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

/** @param more fields that the answer left out */
function printRows(output: Output, rows: readonly Record<string, unknown>[], more: number): void {
  if (rows.length === 0) {
    output.line('Nothing found.');
    return;
  }
  const left = printTable(output, rows, more > 0) + more;
  output.line();
  output.line(`${count(rows.length, 'row')}.`);
  if (left > 0) {
    output.note(
      `${count(left, 'more field')}: choose with --arg fields=<name,name>; in a pipe the answer is JSON with all of them.`,
    );
  }
}

/** @param isSorted whether the usual order of columns is better than that of the fields @returns how many fields had no room */
function printTable(output: Output, rows: readonly Record<string, unknown>[], isSorted = false): number {
  const present = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const isSale = present.some((name) => CUSTOMERS.includes(plainName(name)));
  // On documents that the company sends out, the supplier is the company itself.
  const isOfSeller = (name: string) => isSale && SUPPLIERS.has(plainName(name));
  const isUsual = (name: string) => WRITTEN.includes(name) || (columnRank(name) < OTHER_RANK && !isOfSeller(name));
  const usual = present.length <= FEW_FIELDS ? present : present.filter(isUsual);
  // Where no name says anything, the first fields are as good as any.
  const names = usual.length === 0 ? present.slice(0, FEW_FIELDS) : usual;
  if (isSorted || names.length < present.length) names.sort((left, right) => columnRank(left) - columnRank(right));
  const cells = rows.map((row) => names.map((name) => cellOf(row[name])));
  const isNumbered = rows.every((row) => NUMBERS.some((name) => (row[name] ?? '') !== ''));
  const main = AMOUNTS.find((name) => names.includes(name));
  const head = names.map((name, at): TableColumn => {
    const isNumeric = cells.every((row) => row[at] === '' || NUMBER.test(row[at] ?? ''));
    const priority = importanceOf(name, isNumbered, main) * names.length + at;
    const isWhole = cells.every((row) => ONE_WORD.test(row[at] ?? ''));
    return {
      title: name.toUpperCase(),
      priority,
      isWhole,
      ...(isNumeric && columnRank(name) > 0 && { align: 'right' }),
    };
  });
  const hidden = output.table(head, cells);
  return present.length - names.length + hidden.length;
}

/** Names of the fields that a list shows, the ones that tell a row apart first. */
const DATES = new Set([...columnNames('date'), ...columnNames('created')]);
const IDS = new Set(columnNames('id'));
const NUMBERS = columnNames('number');
const CUSTOMERS = columnNames('customer');
const SUPPLIERS = new Set(columnNames('supplier'));
/** Without its currency an amount means nothing. */
const MAIN = [...columnNames('currency'), ...columnNames('overdue')];
/** Of what was written: without the outcome, what did not happen would read as done. */
const WRITTEN = ['time', 'tool', 'outcome'];
/** The one that says most first; `open` is what totals by age come to. */
const AMOUNTS = ['open', 'closing_balance', ...columnNames('total'), ...columnNames('open')];
/** Rows with no more fields than this are shown whole. */
const FEW_FIELDS = 12;

/**
 * In a narrow terminal names are cut for the main amount and what it means. Amounts stay longer than dates, and dates longer
 * than ids where something else names the record.
 */
function importanceOf(name: string, isNumbered: boolean, main: string | undefined): number {
  if (WRITTEN.includes(name)) return -1;
  if (MAIN.includes(plainName(name)) || name === main) return columnRank(CUSTOMERS[0] ?? '') - 1 / 2;
  const isId = /_id$/.test(name) || (isNumbered && IDS.has(plainName(name)));
  const later = isId ? 2 : DATES.has(plainName(name)) ? 1 : 0;
  return columnRank(name) + later * OTHER_RANK;
}

function printRest(output: Output, value: Record<string, unknown>, machine: Machine): void {
  for (const [name, member] of Object.entries(value)) {
    if (PAGING.has(name) || rowsOf(member) !== null) continue;
    output.prose(`${name}: ${cellOf(member)}`, '  ');
  }
  const { next_cursor: cursor } = value;
  if (typeof cursor === 'string' && cursor !== '') {
    output.note(`There are more: add \`--arg ${shellWord(`cursor=${cursor}`, machine)}\`.`);
  }
}

/** Its own members as lines; lists of records below them, each as a table, or one after the other where they hold lists. */
function printRecord(output: Output, record: Record<string, unknown>): void {
  const members = Object.entries(record).filter(([, member]) => !isEmpty(member));
  const hasRows = (member: unknown) => isList(member) || (isJsonObject(member) && !isReference(member));
  const own = members.filter(([, member]) => !hasRows(member));
  const width = Math.max(0, ...own.map(([name]) => name.length));
  for (const [name, member] of own) {
    output.prose(`${name.padEnd(width)}  ${cellOf(member)}`, ' '.repeat(width + 2));
  }
  for (const [name, member] of members) {
    if (!hasRows(member)) continue;
    output.line();
    output.line(output.style('bold', name.replaceAll('_', ' ').toUpperCase()));
    if (isList(member) && !member.some(holdsList)) {
      const left = printTable(output, member);
      if (left > 0) output.note(`${count(left, 'more field')}: in a pipe the answer is JSON with all of them.`);
    } else if (isJsonObject(member)) printRecord(output, member);
    else if (isList(member)) {
      for (const [at, row] of member.entries()) {
        if (at > 0) output.line();
        printRecord(output, row);
      }
    }
  }
}

function isList(value: unknown): value is readonly Record<string, unknown>[] {
  return Array.isArray(value) && value.length > 0 && value.every(isJsonObject);
}

/** Lists of a few plain members, such as the lines of a document, stay a table of their own record only. */
function holdsList(row: Record<string, unknown>): boolean {
  return Object.values(row).some(isList);
}

/** `{"id": 7, "name": "Acme"}`: another record, by its name. */
function isReference(value: Record<string, unknown>): boolean {
  const { name, ...others } = value;
  return typeof name === 'string' && Object.keys(others).every((key) => IDS.has(plainName(key)));
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return true;
  return typeof value === 'object' && Object.values(value).every(isEmpty);
}

function cellOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (isJsonObject(value) && typeof value.name === 'string') return value.name;
  if (value instanceof LosslessNumber || typeof value !== 'object') return String(value);
  const isPlain = Array.isArray(value) && !value.some(isJsonObject);
  const parts = Array.isArray(value)
    ? value.map(cellOf)
    : Object.entries(value).map(([name, member]) => `${name} ${cellOf(member)}`);
  const isProse = parts.some((part) => part.endsWith('.'));
  return parts.join(isProse ? ' ' : isPlain || isJsonObject(value) ? ', ' : '; ');
}
