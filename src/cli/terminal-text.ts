/** Text laid out for a terminal: width on screen, words wrapped, tables cut to fit. */

const NO_WIDTH = /^[\p{M}\p{Cf}]$/u;
const WIDE =
  /^[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]$|^\p{Emoji_Presentation}$/u;

// A style's mark takes no room, see output.ts.
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is framed by control characters
const STYLE = /\u0001[^\u0002]*\u0002/g;

export function textWidth(text: string): number {
  let width = 0;
  for (const character of text.replace(STYLE, '')) width += NO_WIDTH.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  return width;
}

export function padded(text: string, width: number, align?: 'right'): string {
  const room = ' '.repeat(Math.max(0, width - textWidth(text)));
  return align === 'right' ? room + text : text + room;
}

function cut(text: string, width: number, end: string): string {
  if (textWidth(text) <= width) return text;
  let kept = '';
  for (const character of text) {
    if (textWidth(kept + character) > width - end.length) break;
    kept += character;
  }
  return `${kept.trimEnd()}${end}`;
}

/** Lines of at most `columns`, broken at spaces; the second and later ones begin with `indent`. Commands in backquotes stay whole. */
export function wrapped(text: string, columns: number, indent: string): string {
  const lines: string[] = [];
  let line = '';
  for (const [, gap = '', word = ''] of text.matchAll(/(\s*)([^\s`]*`[^`\n]*`[^\s`]*|\S+)/g)) {
    if (line.trim() === '' || textWidth(line + gap + word) <= columns) line += gap + word;
    else {
      lines.push(line);
      line = indent + word;
    }
  }
  return [...lines, line].join('\n');
}

export interface TableColumn {
  readonly title: string;
  readonly align?: 'right';
  /** Columns with the lowest number keep their width; others are cut, and the last are left out, to fit the terminal. */
  readonly priority: number;
  /** Half of it says nothing, as of a date: it is left out rather than cut. */
  readonly isWhole?: boolean;
}

const GAP = 2;
/** Narrower than this, a cut column says nothing. */
const NARROWEST = 8;
/** Enough of a name to know it by. */
const SHORT = 16;

/**
 * Lines of a table, the titles first, at most `columns` wide, and the titles of the columns that found no room.
 * @param end what a cell that was cut ends with
 */
export function tableLines(
  head: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  columns: number,
  end = '…',
): { readonly lines: readonly string[]; readonly hidden: readonly string[] } {
  const cells = rows.map((row) => head.map((_, at) => (row[at] ?? '').replace(/\s+/g, ' ').trim()));
  const natural = head.map(({ title }, at) =>
    Math.max(textWidth(title), ...cells.map((row) => textWidth(row[at] ?? ''))),
  );
  const widths = fitted(head, natural, columns);
  const shown = head.flatMap((_, at) => ((widths[at] ?? 0) > 0 ? [at] : []));
  const lineOf = (row: readonly string[]) =>
    shown
      .map((at) => {
        const width = widths[at] ?? 0;
        return padded(cut(row[at] ?? '', width, end), width, head[at]?.align);
      })
      .join(' '.repeat(GAP))
      .trimEnd();
  return {
    lines: [lineOf(head.map(({ title }) => title)), ...cells.map(lineOf)],
    hidden: head.flatMap(({ title }, at) => (shown.includes(at) ? [] : [title])),
  };
}

/**
 * Takes from the least important column until the rest fits; 0 leaves a column out. Texts are shortened before anything
 * is left out, and get back what is free in the end.
 */
function fitted(head: readonly TableColumn[], natural: readonly number[], columns: number): number[] {
  const widths = [...natural];
  const order = head.map((_, at) => at).sort((a, b) => (head[b]?.priority ?? 0) - (head[a]?.priority ?? 0));
  const over = () => {
    const shown = widths.filter((width) => width > 0);
    return shown.reduce((sum, width) => sum + width, 0) + GAP * (shown.length - 1) - columns;
  };
  const shorten = (at: number, least: number) => {
    const width = widths[at] ?? 0;
    widths[at] = Math.min(width, Math.max(least, width - Math.max(0, over())));
  };
  for (const at of order) if (head[at]?.isWhole !== true) shorten(at, SHORT);
  for (const at of order) {
    if (over() <= 0) break;
    const canBeCut = head[at]?.isWhole !== true && (widths[at] ?? 0) - over() >= NARROWEST;
    if (canBeCut || at === order.at(-1)) shorten(at, NARROWEST);
    else widths[at] = 0;
  }
  for (const at of order.toReversed()) {
    const width = widths[at] ?? 0;
    if (width > 0) widths[at] = Math.min(natural[at] ?? width, width + Math.max(0, -over()));
  }
  return widths;
}

const MOMENT = /(?<![^\s("'“])\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:[.]\d+)?)?(?:Z|[+-]\d\d:\d\d)(?=[\s.,;:)"'”]|$)/g;

/** `2026-11-28 07:15:00`, where the user is, for every moment in a text. @param timeStyle `short` leaves the seconds out */
export function withLocalTimes(text: string, timeZone?: string, timeStyle: 'short' | 'medium' = 'medium'): string {
  return text.replace(MOMENT, (iso) => {
    const at = new Date(iso);
    if (Number.isNaN(at.getTime())) return iso;
    const options = { dateStyle: 'short', timeStyle, ...(timeZone !== undefined && { timeZone }) } as const;
    return new Intl.DateTimeFormat('sv-SE', options).format(at);
  });
}
