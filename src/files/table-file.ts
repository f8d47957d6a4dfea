/** A table as a file that is written as its rows arrive: comma-separated values, or an Excel workbook of one sheet. */
import { once } from 'node:events';
import { createDeflateRaw } from 'node:zlib';

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

/** By this Excel knows that comma-separated values (RFC 4180) are in UTF-8. */
const BYTE_ORDER_MARK = '\ufeff';
/** The disk is asked for so much at once. */
const CSV_PIECE = 64 * 1024;

/** @param rows of cells, in the order of the titles */
export async function writeCsv(
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

const UTF8_AND_DESCRIPTOR = 0x0808;
const DEFLATED = 8;
const VERSION = 20;
/** The first of January 1980, the earliest that the format knows: the same table gives the same bytes. */
const DATE = 0x0021;

const TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value >>> 0;
});

function crcOf(bytes: Uint8Array, before: number): number {
  let crc = ~before;
  for (const byte of bytes) crc = (crc >>> 8) ^ (TABLE[(crc ^ byte) & 0xff] ?? 0);
  return ~crc >>> 0;
}

/** A ZIP file that is written as it arrives: each part is compressed on the way, its length and checksum follow it. */
class ZipWriter {
  readonly #write: (bytes: Uint8Array) => Promise<void>;
  readonly #entries: {
    readonly name: Buffer;
    readonly offset: number;
    readonly crc: number;
    readonly packed: number;
    readonly size: number;
  }[] = [];
  #offset = 0;

  constructor(write: (bytes: Uint8Array) => Promise<void>) {
    this.#write = write;
  }

  /** @param text in pieces, each of which is written before the next is asked for */
  async add(name: string, text: AsyncIterable<string> | Iterable<string>): Promise<void> {
    const path = Buffer.from(name);
    const offset = this.#offset;
    await this.#out(
      header(0x04034b50, [VERSION, UTF8_AND_DESCRIPTOR, DEFLATED, 0, DATE], [0, 0, 0], [path.length, 0]),
      path,
    );
    let crc = 0;
    let size = 0;
    let packed = 0;
    const deflate = createDeflateRaw();
    const written = (async () => {
      for await (const chunk of deflate) {
        if (!(chunk instanceof Uint8Array)) continue;
        packed += chunk.length;
        await this.#out(chunk);
      }
    })();
    // It is awaited below; until then a disk that is full must not end the process.
    written.catch(() => deflate.destroy());
    for await (const piece of inPieces(text)) {
      const bytes = Buffer.from(piece);
      crc = crcOf(bytes, crc);
      size += bytes.length;
      if (!deflate.write(bytes)) await Promise.race([once(deflate, 'drain'), written]);
    }
    deflate.end();
    await written;
    this.#entries.push({ name: path, offset, crc, packed, size });
    await this.#out(numbers([0x08074b50, crc, packed, size]));
  }

  /** The list of parts, at the end of the file. */
  async close(): Promise<void> {
    const start = this.#offset;
    for (const { name, offset, crc, packed, size } of this.#entries) {
      const shorts = [VERSION, VERSION, UTF8_AND_DESCRIPTOR, DEFLATED, 0, DATE];
      const attributes = Buffer.concat([halves([name.length, 0, 0, 0, 0]), numbers([0, offset])]);
      await this.#out(header(0x02014b50, shorts, [crc, packed, size], []), attributes, name);
    }
    const length = this.#offset - start;
    const count = this.#entries.length;
    await this.#out(header(0x06054b50, [0, 0, count, count], [length, start], [0]));
  }

  async #out(...parts: readonly Uint8Array[]): Promise<void> {
    const bytes = parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
    this.#offset += bytes.length;
    await this.#write(bytes);
  }
}

/** Compression is slow to begin: many small texts are taken together. */
const PIECE_CHARS = 64 * 1024;

async function* inPieces(text: AsyncIterable<string> | Iterable<string>): AsyncGenerator<string> {
  let piece = '';
  for await (const part of text) {
    piece += part;
    if (piece.length < PIECE_CHARS) continue;
    yield piece;
    piece = '';
  }
  yield piece;
}

function header(
  signature: number,
  first: readonly number[],
  middle: readonly number[],
  last: readonly number[],
): Buffer {
  return Buffer.concat([numbers([signature]), halves(first), numbers(middle), halves(last)]);
}

function numbers(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, at) => {
    bytes.writeUInt32LE(value, at * 4);
  });
  return bytes;
}

function halves(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  values.forEach((value, at) => {
    bytes.writeUInt16LE(value, at * 2);
  });
  return bytes;
}

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
