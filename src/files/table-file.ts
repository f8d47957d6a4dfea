/** A table as an Excel workbook of one sheet, which is written as its rows arrive. */
import { ZipWriter } from './zip-file.ts';

/** One cell of a saved table: a text, an exact number, a day, a time, yes or no, or nothing. */
export type TableCell =
  | { readonly kind: 'text'; readonly text: string }
  /** Decimal digits; `isMoney` shows two decimals. */
  | { readonly kind: 'number'; readonly text: string; readonly isMoney: boolean }
  /** YYYY-MM-DD. */
  | { readonly kind: 'date'; readonly text: string }
  /** YYYY-MM-DDTHH:MM:SS, in UTC. */
  | { readonly kind: 'time'; readonly text: string }
  | { readonly kind: 'flag'; readonly isTrue: boolean }
  | null;

/** Spreadsheets take texts that begin like this for formulas, some of them also in full-width forms. */
const FORMULA_START = /^[ \u00a0]*[=+\-@\t\r＝＋－＠]/;

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

/** By their places in `styles.xml`. */
const STYLE = { plain: 0, title: 1, money: 2, date: 3, time: 4, quoted: 5 } as const;

// biome-ignore format: one line for each part
const PARTS: readonly (readonly [name: string, xml: string])[] = [
  ['[Content_Types].xml', `<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${TYPE}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${TYPE}.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="${TYPE}.styles+xml"/></Types>`],
  ['_rels/.rels', `<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>`],
  ['xl/_rels/workbook.xml.rels', `<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="${RELATIONS}/styles" Target="styles.xml"/></Relationships>`],
  ['xl/styles.xml', `<styleSheet xmlns="${MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/><numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm"/></numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="6"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/><xf numFmtId="4" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" quotePrefix="1"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`],
];

/** @param rows of cells, in the order of the titles */
export async function writeXlsx(
  titles: readonly string[],
  rows: AsyncIterable<readonly TableCell[]>,
  sheet: string,
  write: (bytes: Uint8Array) => Promise<void>,
): Promise<void> {
  const zip = new ZipWriter(write);
  for (const [name, xml] of PARTS) await zip.add(name, [XML, xml]);
  const workbook = `<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><sheets><sheet name="${escaped(sheetName(sheet))}" sheetId="1" r:id="rId1"/></sheets></workbook>`;
  await zip.add('xl/workbook.xml', [XML, workbook]);
  await zip.add('xl/worksheets/sheet1.xml', sheetXml(titles, rows));
  await zip.close();
}

async function* sheetXml(titles: readonly string[], rows: AsyncIterable<readonly TableCell[]>): AsyncGenerator<string> {
  yield `${XML}<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>`;
  if (titles.length > 0) yield `<cols><col min="1" max="${titles.length}" width="16" customWidth="1"/></cols>`;
  const head = titles.map((title, at) => inline(title, columnName(at), 1, STYLE.title));
  yield `<sheetData><row r="1">${head.join('')}</row>`;
  let number = 1;
  for await (const row of rows) {
    number += 1;
    yield `<row r="${number}">${row.map((cell, at) => cellXml(cell, columnName(at), number)).join('')}</row>`;
  }
  yield '</sheetData></worksheet>';
}

function cellXml(cell: TableCell, column: string, row: number): string {
  if (cell === null) return '';
  const at = `${column}${row}`;
  switch (cell.kind) {
    case 'number':
      return `<c r="${at}" s="${cell.isMoney ? STYLE.money : STYLE.plain}"><v>${cell.text}</v></c>`;
    case 'date':
      return `<c r="${at}" s="${STYLE.date}"><v>${serial(`${cell.text}T00:00:00`)}</v></c>`;
    case 'time':
      return `<c r="${at}" s="${STYLE.time}"><v>${serial(cell.text)}</v></c>`;
    case 'flag':
      return `<c r="${at}" t="b"><v>${cell.isTrue ? 1 : 0}</v></c>`;
    case 'text':
      return inline(cell.text, column, row, FORMULA_START.test(cell.text) ? STYLE.quoted : STYLE.plain);
  }
}

function inline(text: string, column: string, row: number, style: number): string {
  return `<c r="${column}${row}" s="${style}" t="inlineStr"><is><t xml:space="preserve">${escaped(text)}</t></is></c>`;
}

const DAY_MS = 86_400_000;

/** Days since the end of 1899, as Excel counts them. */
function serial(time: string): string {
  const days = (Date.parse(`${time}Z`) - Date.UTC(1899, 11, 30)) / DAY_MS;
  return Number.isInteger(days) ? String(days) : days.toFixed(6);
}

/** `A`, `Z`, `AA`. */
function columnName(at: number): string {
  const rest = Math.floor(at / 26);
  return `${rest === 0 ? '' : columnName(rest - 1)}${String.fromCharCode(65 + (at % 26))}`;
}

/** A cell holds at most this many characters. */
const MOST_CHARS = 32_767;

/** Excel reads `_x0041_` in a text as an escaped A. */
function escaped(text: string): string {
  return text
    .slice(0, MOST_CHARS)
    .replace(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_')
    .replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
    .replace(NOT_XML, '\ufffd');
}

/** What XML cannot hold: control characters and half pairs. */
const NOT_XML = /[^\P{Cc}\t\n\r]|\p{Cs}|[\ufffe\uffff]/gu;

/** At most 31 characters, without those that Excel forbids. */
function sheetName(wanted: string): string {
  const name = wanted
    .replaceAll(/[[\]:*?/\\]/g, ' ')
    .trim()
    .slice(0, 31);
  // Excel keeps this name for itself.
  return name === '' || /^history$/i.test(name) ? 'Sheet1' : name;
}
