/**
 * Letters for the PDF's built-in Helvetica: each character outside ASCII gets a code of its own and is named in the
 * font's encoding by its glyph name (Adobe Glyph List), so that Slovak and other EU letters come out right.
 */

/** Widths of ASCII 32 to 126 in thousandths of the size (Adobe Core 14 AFM). */
const HELVETICA =
  '278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 278 278 584 584 584 556 1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 667 778 722 667 611 722 667 944 667 667 611 278 278 278 469 556 333 556 556 500 556 556 278 556 556 222 222 500 222 833 556 556 556 556 333 500 278 556 500 722 500 500 500 334 260 334 584';
const HELVETICA_BOLD =
  '278 333 474 556 556 889 722 238 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 333 333 584 584 584 611 975 722 722 722 722 667 611 778 722 278 556 722 611 833 722 778 667 778 722 667 611 722 667 944 667 667 611 333 278 333 584 556 333 556 611 556 611 556 333 611 611 278 278 556 278 889 611 611 611 611 389 556 333 611 556 778 556 556 500 389 280 389 584';

export const WIDTHS = {
  regular: HELVETICA.split(' ').map(Number),
  bold: HELVETICA_BOLD.split(' ').map(Number),
} as const;
export type Weight = keyof typeof WIDTHS;

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
export class Encoding {
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
export function widthOf(text: string, size: number, weight: Weight): number {
  const widths = WIDTHS[weight];
  const units = [...text.normalize('NFC')].reduce((sum, character) => {
    const base = character.normalize('NFD').charCodeAt(0);
    return sum + (widths[base - 32] ?? 556);
  }, 0);
  return (units * size) / 1000;
}
