/** Files that were saved, read by other means than those that wrote them: a zip and its XML by hand, and CSV by its rules. */
import { readFileSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';

export interface Sheet {
  readonly header: readonly string[];
  /** By the column's name; what an empty cell holds is not there. */
  readonly rows: readonly Readonly<Record<string, Cell>>[];
}

interface Cell {
  /** `text`, `number`, `flag` */
  readonly type: string;
  /** As it stands in the XML, with its entities resolved. */
  readonly value: string;
  /** `General` where there is none. */
  readonly format: string;
}

/** The parts of a zip archive, by the list at its end. */
function unzipped(path: string): ReadonlyMap<string, string> {
  const bytes = readFileSync(path);
  const end = bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  let at = bytes.readUInt32LE(end + 16);
  const parts = new Map<string, string>();
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left -= 1) {
    const method = bytes.readUInt16LE(at + 10);
    const size = bytes.readUInt32LE(at + 20);
    const [nameLength, extra, comment] = [28, 30, 32].map((offset) => bytes.readUInt16LE(at + offset));
    const local = bytes.readUInt32LE(at + 42);
    const name = bytes.toString('utf8', at + 46, at + 46 + Number(nameLength));
    const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const data = bytes.subarray(start, start + size);
    parts.set(name, (method === 8 ? inflateRawSync(data) : data).toString('utf8'));
    at += 46 + Number(nameLength) + Number(extra) + Number(comment);
  }
  return parts;
}

export function readSheet(path: string): Sheet {
  const parts = unzipped(path);
  const styles = formatsIn(parts.get('xl/styles.xml') ?? '');
  const xml = parts.get('xl/worksheets/sheet1.xml') ?? '';
  const rows = [...xml.matchAll(/<row [^>]*>(.*?)<\/row>/gs)].map(([, row = '']) => cellsIn(row, styles));
  const [first = new Map<string, Cell>(), ...others] = rows;
  const header = [...first.values()].map(({ value }) => value);
  const nameOf = new Map([...first].map(([column, { value }]) => [column, value]));
  return {
    header,
    rows: others.map((row) => Object.fromEntries([...row].map(([column, cell]) => [nameOf.get(column) ?? '?', cell]))),
  };
}

/** Formats that spreadsheets know by their numbers. */
const BUILT_IN: Readonly<Record<string, string>> = { 4: 'TWO', 49: '@' };

/** The number format of each style. */
function formatsIn(xml: string): readonly string[] {
  const formats = new Map(
    [...xml.matchAll(/<numFmt numFmtId="(\d+)" formatCode="([^"]*)"/g)].map(([, id = '', code = '']) => [id, code]),
  );
  const cells = /<cellXfs.*?<\/cellXfs>/s.exec(xml)?.[0] ?? '';
  return [...cells.matchAll(/<xf numFmtId="(\d+)"/g)].map(
    ([, id = '']) => formats.get(id) ?? BUILT_IN[id] ?? 'General',
  );
}

function cellsIn(row: string, styles: readonly string[]): ReadonlyMap<string, Cell> {
  const cells = new Map<string, Cell>();
  for (const [, attributes = '', inner = ''] of row.matchAll(/<c ([^>]*?)(?:\/>|>(.*?)<\/c>)/gs)) {
    const column = /r="([A-Z]+)/.exec(attributes)?.[1] ?? '';
    const format = styles[Number(/ s="(\d+)"/.exec(attributes)?.[1] ?? '0')] ?? 'General';
    const text = /<t[^>]*>(.*?)<\/t>/s.exec(inner)?.[1];
    const value = /<v>(.*?)<\/v>/s.exec(inner)?.[1];
    const type = /t="b"/.test(attributes) ? 'flag' : text === undefined ? 'number' : 'text';
    // A formula would be an element of its own.
    if (inner.includes('<f')) cells.set(column, { type: 'formula', value: inner, format });
    else if (text !== undefined || value !== undefined)
      cells.set(column, { type, value: plain(text ?? value ?? ''), format });
  }
  return cells;
}

/** Entities, and Excel's own escape for characters that XML cannot hold. */
function plain(xml: string): string {
  return xml
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#(\d+);/g, (_all, code: string) => String.fromCharCode(Number(code)))
    .replace(/&amp;/g, '&')
    .replace(/_x([0-9A-F]{4})_/g, (_all, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

/** Rows by the names in the first one (RFC 4180). */
export function readCsv(path: string): readonly Readonly<Record<string, string>>[] {
  const text = readFileSync(path, 'utf8');
  if (!text.startsWith('\ufeff') || !text.endsWith('\r\n')) throw new Error('No byte order mark or no last line end');
  const rows: string[][] = [[]];
  let at = 1;
  while (at < text.length) {
    let field = '';
    if (text[at] === '"') {
      for (at += 1; text[at] !== '"' || text[at + 1] === '"'; at += 1) {
        if (text[at] === '"') at += 1;
        field += text[at];
      }
      at += 1;
    } else while (!/[,\r]/.test(text[at] ?? ',')) field += text[at++];
    rows.at(-1)?.push(field);
    if (text[at] === '\r') {
      at += 1;
      rows.push([]);
    }
    at += 1;
  }
  const [header = [], ...others] = rows.slice(0, -1);
  return others.map((row) => Object.fromEntries(header.map((name, column) => [name, row[column] ?? ''])));
}

/** The date that a spreadsheet shows for a number of days. */
export function dateOf(days: string | undefined): string {
  return new Date(Date.UTC(1899, 11, 30) + Math.round(Number(days) * 86_400) * 1000).toISOString().slice(0, 19);
}

/** Decimal texts added digit by digit, as a number of the smallest unit. */
export function sumOf(amounts: readonly string[]): bigint {
  return amounts.reduce((sum, amount) => {
    const [, sign = '', whole = '', part = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(amount) ?? [];
    return sum + BigInt(`${sign}${whole}${part.padEnd(4, '0')}`);
  }, 0n);
}
