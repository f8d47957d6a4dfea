/** A PDF of one A4 page with text and lines: all that an invoice needs (PDF 1.4, ISO 32000-1). */
import { Encoding, type Weight, widthOf } from './glyphs.ts';

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
