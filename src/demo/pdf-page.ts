/**
 * Letters for the PDF's built-in Helvetica: each character outside ASCII gets a code of its own and is named in the
 * font's encoding by its glyph name (Adobe Glyph List), so that Slovak and other EU letters come out right.
 */

/** Widths of ASCII 32 to 126 in thousandths of the size (Adobe Core 14 AFM). */
const HELVETICA =
  '278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 278 278 584 584 584 556 1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 667 778 722 667 611 722 667 944 667 667 611 278 278 278 469 556 333 556 556 500 556 556 278 556 556 222 222 500 222 833 556 556 556 556 333 500 278 556 500 722 500 500 500 334 260 334 584';
const HELVETICA_BOLD =
  '278 333 474 556 556 889 722 238 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 333 333 584 584 584 611 975 722 722 722 722 667 611 778 722 278 556 722 611 833 722 778 667 778 722 667 611 722 667 944 667 667 611 333 278 333 584 556 333 556 611 556 611 556 333 611 611 278 278 556 278 889 611 611 611 611 389 556 333 611 556 778 556 556 500 389 280 389 584';

const WIDTHS = {
  regular: HELVETICA.split(' ').map(Number),
  bold: HELVETICA_BOLD.split(' ').map(Number),
} as const;
type Weight = keyof typeof WIDTHS;

const MARKS: Readonly<Record<string, string>> = {
  '\u0300': 'grave',
  '\u0301': 'acute',
  '\u0302': 'circumflex',
  '\u0303': 'tilde',
  '\u0304': 'macron',
  '\u0306': 'breve',
  '\u0307': 'dotaccent',
  '\u0308': 'dieresis',
  '\u030a': 'ring',
  '\u030b': 'hungarumlaut',
  '\u030c': 'caron',
  '\u0327': 'cedilla',
  '\u0328': 'ogonek',
};

const NAMED: Readonly<Record<string, string>> = {
  ß: 'germandbls',
  ł: 'lslash',
  Ł: 'Lslash',
  ø: 'oslash',
  Ø: 'Oslash',
  đ: 'dcroat',
  Đ: 'Dcroat',
  æ: 'ae',
  Æ: 'AE',
  œ: 'oe',
  Œ: 'OE',
  '€': 'Euro',
  '£': 'sterling',
  '§': 'section',
  '°': 'degree',
  '·': 'periodcentered',
  '×': 'multiply',
  '–': 'endash',
  '—': 'emdash',
  '…': 'ellipsis',
  '„': 'quotedblbase',
  '“': 'quotedblleft',
  '”': 'quotedblright',
  '’': 'quoteright',
  '«': 'guillemotleft',
  '»': 'guillemotright',
};

const FIRST_CODE = 128;
const LAST_CODE = 255;
const ASCII = /^[\x20-\x7e]$/;

function glyphName(character: string): string {
  const named = NAMED[character];
  if (named !== undefined) return named;
  const [base = '', mark = ''] = character.normalize('NFD');
  const suffix = MARKS[mark];
  // Glyph names follow the comma that fonts draw under these letters, Unicode calls it a cedilla.
  if (suffix === 'cedilla' && !/[csCS]/.test(base)) return `${base}commaaccent`;
  if (suffix !== undefined && ASCII.test(base)) return `${base}${suffix}`;
  return `uni${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** The encoding of one document, made as its text comes along. */
class Encoding {
  readonly #codes = new Map<string, number>();

  /** A PDF string operand, in hexadecimal: `<48656C6C6F>`. */
  encode(text: string): string {
    const codes = [...text.normalize('NFC')].map((character) => this.#code(character));
    return `<${codes.map((code) => code.toString(16).padStart(2, '0')).join('')}>`;
  }

  /** The `/Differences` array for the font's encoding. */
  differences(): string {
    const names = [...this.#codes.keys()].map((character) => `/${glyphName(character)}`);
    return names.length === 0 ? '[]' : `[${FIRST_CODE} ${names.join(' ')}]`;
  }

  #code(character: string): number {
    if (ASCII.test(character)) return character.charCodeAt(0);
    // Breaking and non-breaking space look alike; a control character has no look.
    if (/^\s$/.test(character)) return 0x20;
    const known = this.#codes.get(character);
    if (known !== undefined) return known;
    const code = FIRST_CODE + this.#codes.size;
    if (code > LAST_CODE) return 0x3f;
    this.#codes.set(character, code);
    return code;
  }
}

/** Width of a text in points; a letter with a mark is as wide as the letter. */
function widthOf(text: string, size: number, weight: Weight): number {
  const widths = WIDTHS[weight];
  const units = [...text.normalize('NFC')].reduce((sum, character) => {
    const base = character.normalize('NFD').charCodeAt(0);
    return sum + (widths[base - 32] ?? 556);
  }, 0);
  return (units * size) / 1000;
}

/** A PDF of one A4 page with text and lines: all that an invoice needs (PDF 1.4, ISO 32000-1). */
export const PAGE = { width: 595, height: 842, margin: 48 } as const;

export interface TextStyle {
  readonly size: number;
  readonly weight: Weight;
  /** `x` is the left or the right end of the text. */
  readonly align: 'left' | 'right';
  /** Points that the text may take; what is longer ends in an ellipsis. */
  readonly maxWidth: number | null;
}

const FONTS = { regular: 'F1', bold: 'F2' } as const;

function fitted(text: string, style: TextStyle): string {
  const { maxWidth, size, weight } = style;
  if (maxWidth === null || widthOf(text, size, weight) <= maxWidth) return text;
  const characters = [...text];
  while (characters.length > 0 && widthOf(`${characters.join('')}…`, size, weight) > maxWidth) characters.pop();
  return `${characters.join('')}…`;
}

function number(value: number): string {
  return String(Math.round(value * 100) / 100);
}

export class Page {
  readonly #operators: string[] = [];
  readonly #encoding = new Encoding();

  /** @param y from the top of the page, in points, of the baseline. */
  text(text: string, x: number, y: number, style: TextStyle): void {
    const shown = fitted(text, style);
    const left = style.align === 'right' ? x - widthOf(shown, style.size, style.weight) : x;
    const at = `${number(left)} ${number(PAGE.height - y)}`;
    this.#operators.push(`BT /${FONTS[style.weight]} ${style.size} Tf ${at} Td ${this.#encoding.encode(shown)} Tj ET`);
  }

  /** A hairline across the page between the margins. */
  rule(y: number): void {
    const level = number(PAGE.height - y);
    const right = PAGE.width - PAGE.margin;
    this.#operators.push(`0.5 w ${PAGE.margin} ${level} m ${right} ${level} l S`);
  }

  /** @param title of the document, ASCII. */
  toPdf(title: string): Uint8Array {
    const content = this.#operators.join('\n');
    const encoding = `<< /Type /Encoding /BaseEncoding /WinAnsiEncoding /Differences ${this.#encoding.differences()} >>`;
    const font = (name: string): string => `<< /Type /Font /Subtype /Type1 /BaseFont /${name} /Encoding 7 0 R >>`;
    return assemble([
      '<< /Type /Catalog /Pages 2 0 R >>',
      '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${PAGE.width} ${PAGE.height}] /Contents 4 0 R ` +
        '/Resources << /Font << /F1 5 0 R /F2 6 0 R >> >> >>',
      `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
      font('Helvetica'),
      font('Helvetica-Bold'),
      encoding,
      `<< /Title <${Buffer.from(title, 'latin1').toString('hex')}> /Producer (lucanto-mcp demo) >>`,
    ]);
  }
}

/** Objects 1 to n, the first the catalogue, the last the document's information. */
function assemble(objects: readonly string[]): Uint8Array {
  let file = '%PDF-1.4\n';
  const offsets = objects.map((object, index) => {
    const offset = file.length;
    file += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const start = file.length;
  const entries = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const size = objects.length + 1;
  file += `xref\n0 ${size}\n0000000000 65535 f \n${entries}`;
  file += `trailer\n<< /Size ${size} /Root 1 0 R /Info ${objects.length} 0 R >>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.from(file, 'latin1');
}
