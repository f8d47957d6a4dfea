/** One A4 page with text and rules (PDF 1.4, ISO 32000-1). */
const [WIDTH, HEIGHT] = [595, 842];
export const LEFT = 48;
export const RIGHT = 547;

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

export class PdfPage {
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
