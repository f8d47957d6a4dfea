import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { type JsonObject, objectIn } from '../core/json.ts';
import { COLLECTIONS, DOCUMENTS, type Row, type Store, type StoreCollection } from './data/store.ts';
import { listOf, stringOf, timestamp, toId, totalsOf } from './data/totals.ts';
import { type EngineRequest, type EngineResponse, notFound, Refusal } from './http/demo-request.ts';

/** Files behind signed addresses: receipts as they were uploaded, and the PDF of a document, drawn on one page. */

const [WIDTH, HEIGHT] = [595, 842];
const LEFT = 48;
const RIGHT = 547;

/** Widths of Helvetica's ASCII 32 to 126 in thousandths of the size (Adobe Core 14 AFM). */
const WIDTHS =
  '278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 278 278 584 584 584 556 1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 667 778 722 667 611 722 667 944 667 667 611 278 278 278 469 556 333 556 556 500 556 556 278 556 556 222 222 500 222 833 556 556 556 556 333 500 278 556 500 722 500 500 500 334 260 334 584'
    .split(' ')
    .map(Number);

/** Glyph names (Adobe Glyph List) of marks on letters, and of letters that are no letter with a mark. */
// biome-ignore format: a table
const MARKS = new Map(Object.entries({
  grave: '\u0300', acute: '\u0301', circumflex: '\u0302', tilde: '\u0303', macron: '\u0304', breve: '\u0306',
  dotaccent: '\u0307', dieresis: '\u0308', ring: '\u030a', hungarumlaut: '\u030b', caron: '\u030c', cedilla: '\u0327',
  ogonek: '\u0328',
}).map(([name, mark]) => [mark, name]));
// biome-ignore format: a table
const NAMED: Readonly<Record<string, string>> = {
  ß: 'germandbls', ł: 'lslash', Ł: 'Lslash', ø: 'oslash', Ø: 'Oslash', đ: 'dcroat', æ: 'ae', '€': 'Euro', '–': 'endash',
  '…': 'ellipsis', '„': 'quotedblbase', '“': 'quotedblleft', '’': 'quoteright',
};

function glyphName(character: string): string {
  const [base = '', mark = ''] = character.normalize('NFD');
  const suffix = MARKS.get(mark);
  // Glyph names follow the comma that fonts draw under these letters, Unicode calls it a cedilla.
  if (suffix === 'cedilla' && !/[csCS]/.test(base)) return `${base}commaaccent`;
  if (suffix !== undefined && /^[A-Za-z]$/.test(base)) return `${base}${suffix}`;
  return NAMED[character] ?? `uni${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** Width in points; a letter with a mark is as wide as the letter. */
function widthOf(text: string, size: number): number {
  const widths = [...text].map((character) => WIDTHS[character.normalize('NFD').charCodeAt(0) - 32] ?? 556);
  return (widths.reduce((sum, width) => sum + width, 0) * size) / 1000;
}

function fitted(text: string, size: number, maxWidth: number): string {
  if (widthOf(text, size) <= maxWidth) return text;
  const characters = [...text];
  while (characters.length > 0 && widthOf(`${characters.join('')}…`, size) > maxWidth) characters.pop();
  return `${characters.join('')}…`;
}

/** One A4 page with text and rules (PDF 1.4, ISO 32000-1). */
class PdfPage {
  readonly #operators: string[] = [];
  /** Characters outside of ASCII; each has a code of its own, 128 and up, named in the font's encoding. */
  readonly #special: string[] = [];

  /** @param x where the text begins. @param y from the top of the page, in points, of the baseline. */
  text(text: string, x: number, y: number, size = 9, maxWidth = RIGHT - x): void {
    const codes = [...fitted(text.normalize('NFC'), size, maxWidth)].map((character) => this.#code(character));
    const hex = codes.map((code) => code.toString(16).padStart(2, '0')).join('');
    this.#operators.push(`BT /F1 ${size} Tf ${x.toFixed(2)} ${HEIGHT - y} Td <${hex}> Tj ET`);
  }

  /** @param end where the text ends. */
  textEnding(text: string, end: number, y: number, size = 9): void {
    this.text(text, end - widthOf(text, size), y, size, Number.POSITIVE_INFINITY);
  }

  /** A hairline across the page between the margins. */
  rule(y: number): void {
    this.#operators.push(`0.5 w ${LEFT} ${HEIGHT - y} m ${RIGHT} ${HEIGHT - y} l S`);
  }

  #code(character: string): number {
    if (/^[\x20-\x7e]$/.test(character)) return character.charCodeAt(0);
    // Spaces of all kinds look alike, and a control character cannot be seen.
    if (/^\s$/.test(character)) return 0x20;
    if (!this.#special.includes(character)) this.#special.push(character);
    const code = 128 + this.#special.indexOf(character);
    return code > 255 ? 0x3f : code;
  }

  toPdf(): Uint8Array {
    const content = this.#operators.join('\n');
    const names = this.#special.slice(0, 128).map((character) => `/${glyphName(character)}`);
    const objects = [
      '<< /Type /Catalog /Pages 2 0 R >>',
      '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${WIDTH} ${HEIGHT}] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>`,
      `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
      `<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding << /Type /Encoding /BaseEncoding /WinAnsiEncoding /Differences [128 ${names.join(' ')}] >> >>`,
    ];
    let file = '%PDF-1.4\n';
    let entries = '';
    objects.forEach((object, index) => {
      entries += `${String(file.length).padStart(10, '0')} 00000 n \n`;
      file += `${index + 1} 0 obj\n${object}\nendobj\n`;
    });
    const size = objects.length + 1;
    const start = file.length;
    file += `xref\n0 ${size}\n0000000000 65535 f \n${entries}trailer\n<< /Size ${size} /Root 1 0 R >>\n`;
    return Buffer.from(`${file}startxref\n${start}\n%%EOF\n`, 'latin1');
  }
}

const LABELS = {
  invoice: ['Faktúra', 'Invoice'],
  quote: ['Cenová ponuka', 'Quote'],
  proforma: ['Zálohová faktúra', 'Proforma invoice'],
  credit_note: ['Dobropis', 'Credit note'],
  draft: ['KONCEPT', 'DRAFT'],
  supplier: ['Dodávateľ', 'Supplier'],
  customer: ['Odberateľ', 'Customer'],
  issued: ['Dátum vystavenia', 'Issue date'],
  supplied: ['Dátum dodania', 'Date of supply'],
  due: ['Dátum splatnosti', 'Due date'],
  validUntil: ['Platnosť do', 'Valid until'],
  reference: ['Variabilný symbol', 'Payment reference'],
  item: ['Položka', 'Item'],
  quantity: ['Množstvo', 'Quantity'],
  price: ['Cena za j.', 'Unit price'],
  vat: ['DPH', 'VAT'],
  base: ['Základ', 'Base'],
  net: ['Spolu bez DPH', 'Total without VAT'],
  discount: ['Zľava', 'Discount'],
  total: ['Na úhradu', 'Total due'],
  registration: ['IČO', 'Reg. no.'],
  vatId: ['IČ DPH', 'VAT ID'],
  more: ['ďalšie položky', 'more items'],
} as const;

const MIDDLE = 310;
const LINE = 13;
const ITEMS_TOP = 290;
const MAX_ITEMS = 24;
/** Where the columns after the item's name end. */
const COLUMN_ENDS = [330, 405, 450, RIGHT];

function partyLines(name: unknown, identity: JsonObject, label: (name: keyof typeof LABELS) => string): unknown[] {
  const { street, postal_code, municipality, country_alpha2 } = objectIn(identity.address);
  const { registration_id, vat_id, email } = identity;
  const town = [postal_code, municipality].filter(Boolean).join(' ');
  const ids = [
    registration_id && `${label('registration')}: ${registration_id}`,
    vat_id && `${label('vatId')}: ${vat_id}`,
  ];
  const country = String(country_alpha2 ?? '').toUpperCase();
  return [name, street, [town, country].filter(Boolean).join(', '), ...ids, email].filter(Boolean);
}

/** @throws Refusal 404 where the collection holds no documents. */
function renderDocument(store: Store, collection: StoreCollection, row: Row): Uint8Array {
  const { fields, workspaceId } = row;
  const type = DOCUMENT_TYPES.find((name) => DOCUMENTS[name].collection === collection);
  const workspace = store.workspaces.find(({ id }) => id === workspaceId)?.fields;
  if (type === undefined || workspace === undefined) throw notFound('The file');
  const language = fields.pdf_language === 'sk' || fields.pdf_language === 'cs' ? 0 : 1;
  const label = (name: keyof typeof LABELS): string => LABELS[name][language];
  const contact = store.find('contacts', workspaceId, toId(fields.purchaser_id))?.fields ?? {};
  const iban = store.find('bank_accounts', workspaceId, toId(fields.bank_account_id))?.fields.iban;
  const page = new PdfPage();
  page.text(`${label(type)} ${stringOf(fields, 'number') ?? label('draft')}`, LEFT, 70, 20);
  page.rule(84);
  const parties = [
    [LEFT, 'supplier', workspace],
    [MIDDLE, 'customer', contact],
  ] as const;
  for (const [x, role, { name, legal_identity }] of parties) {
    const lines = [label(role), ...partyLines(name, objectIn(legal_identity), label)];
    lines.forEach((line, index) => {
      page.text(String(line), x, 110 + index * LINE, 9, 235);
    });
  }
  const facts = [
    [label('issued'), fields.issue_date],
    [label('supplied'), fields.delivery_date],
    [label('due'), fields.due_date],
    [label('validUntil'), fields.valid_until],
    [label('reference'), fields.variable_symbol],
    ['IBAN', iban],
  ].filter(([, value]) => Boolean(value));
  facts.forEach(([name, value], index) => {
    page.text(`${name}: ${value}`, index % 2 === 0 ? LEFT : MIDDLE, 218 + Math.floor(index / 2) * LINE);
  });
  drawTotals(page, fields, label, drawItems(page, fields, label));
  return page.toPdf();
}

const DOCUMENT_TYPES = ['invoice', 'quote', 'proforma', 'credit_note'] as const;

/** @returns where the next text goes. */
function drawItems(page: PdfPage, fields: JsonObject, label: (name: keyof typeof LABELS) => string): number {
  const items = listOf(fields, 'items');
  const { lines } = totalsOf(fields);
  const rows = items.slice(0, MAX_ITEMS).map((item, index) => {
    const { name, quantity, unit, unit_price, vat_rate } = item;
    return [name, `${quantity ?? '1.0'} ${unit ?? ''}`.trim(), unit_price, `${vat_rate ?? '0.0'} %`, lines[index]];
  });
  const head = [label('item'), label('quantity'), label('price'), label('vat'), label('net')];
  [head, ...rows].forEach(([name, ...cells], index) => {
    const y = ITEMS_TOP + index * LINE + (index === 0 ? 0 : 7);
    page.text(String(name ?? ''), LEFT, y, 9, 215);
    cells.forEach((cell, column) => {
      page.textEnding(String(cell ?? ''), COLUMN_ENDS[column] ?? RIGHT, y);
    });
  });
  page.rule(ITEMS_TOP + 5);
  const y = ITEMS_TOP + 20 + rows.length * LINE;
  if (items.length > rows.length) page.text(`+ ${items.length - rows.length} ${label('more')}`, LEFT, y);
  return y + LINE;
}

function drawTotals(
  page: PdfPage,
  fields: JsonObject,
  label: (name: keyof typeof LABELS) => string,
  top: number,
): void {
  const { currency, discount_percentage, discount_amount } = fields;
  const totals = totalsOf(fields);
  const discounts = [
    discount_percentage && `${discount_percentage} %`,
    discount_amount && `${discount_amount} ${currency}`,
  ].filter(Boolean);
  const rows = [
    ...(discounts.length === 0 ? [] : [[label('discount'), discounts.join(' + ')]]),
    ...totals.vat.map(({ rate, base, vat }) => [`${label('vat')} ${rate} % (${label('base')} ${base})`, vat]),
    [label('net'), `${totals.net} ${currency}`],
  ];
  page.rule(top);
  rows.forEach(([name = '', value = ''], index) => {
    page.text(name, MIDDLE, top + 16 + index * LINE);
    page.textEnding(value, RIGHT, top + 16 + index * LINE);
  });
  const y = top + 26 + rows.length * LINE;
  page.text(label('total'), MIDDLE, y, 13);
  page.textEnding(`${totals.total} ${currency}`, RIGHT, y, 13);
  page.text(stringOf(fields, 'footer_note') ?? '', LEFT, y + 40);
}

export const FILES_BASE = '/files/';
const LIFETIME_MS = 15 * 60 * 1000;

/** Files behind signed URLs on the service's own origin: no token needed, gone after their time. */
export class SignedFiles {
  readonly #origin: () => string;
  readonly #clock: () => number;
  readonly #secret: Buffer;

  constructor(origin: () => string, clock: () => number, seed: number) {
    this.#origin = origin;
    this.#clock = clock;
    this.#secret = createHash('sha256').update(`lucanto demo files ${seed}`).digest();
  }

  sign(path: string) {
    const expires = Math.floor((this.#clock() + LIFETIME_MS) / 1000);
    const url = `${this.#origin()}${path}?expires=${expires}&signature=${this.#signature(path, expires)}`;
    return { url, expires_at: timestamp(expires * 1000) };
  }

  /** @throws Refusal 403 for a signature that is wrong or has expired, 404 for a file that is gone. */
  serve(request: EngineRequest, store: Store): EngineResponse {
    const expires = Number(request.query.get('expires'));
    const given = Buffer.from(request.query.get('signature') ?? '');
    const right = Buffer.from(this.#signature(request.path, expires));
    if (given.length !== right.length || !timingSafeEqual(given, right)) {
      throw new Refusal(403, 'forbidden', 'The signature of this address is not valid.');
    }
    if (expires * 1000 < this.#clock()) throw new Refusal(403, 'forbidden', 'This address has expired.');
    const [workspace = '', kind = '', file = ''] = request.path.slice(FILES_BASE.length).split('/');
    const { contentType, name, bytes } = fileAt(store, toId(workspace), kind, toId(file.replace(/\.pdf$/, '')));
    const disposition = `inline; filename*=UTF-8''${encodeURIComponent(name)}`;
    return { status: 200, headers: { 'Content-Type': contentType, 'Content-Disposition': disposition }, body: bytes };
  }

  #signature(path: string, expires: number): string {
    return createHmac('sha256', this.#secret).update(`${path}?expires=${expires}`).digest('hex').slice(0, 40);
  }
}

function fileAt(store: Store, workspaceId: bigint | null, kind: string, id: bigint | null) {
  const receipt = kind === 'receipts' && id !== null ? store.receipts.get(id) : undefined;
  if (receipt !== undefined) return receipt;
  const collection = COLLECTIONS.find((name) => name === kind);
  const row = collection && workspaceId !== null ? store.find(collection, workspaceId, id) : undefined;
  if (collection === undefined || row === undefined) throw notFound('The file');
  const name = `${typeof row.fields.number === 'string' ? row.fields.number : row.id}.pdf`;
  return { contentType: 'application/pdf', name, bytes: renderDocument(store, collection, row) };
}
