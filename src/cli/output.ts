/**
 * The only writer to stdout and stderr. Every text passes `Secrets`, since results may quote what users typed, and then
 * one filter: what a service, a record, a file or an argument says must not control the terminal.
 */
import { randomBytes } from 'node:crypto';
import type { Environment } from '../config/paths.ts';
import { asTyped } from '../core/command-name.ts';
import { type LucantoError, UnreachableError } from '../core/errors.ts';
import { stringifyJson } from '../core/json.ts';
import type { Secrets } from '../core/log.ts';
import { escapedJson, visibleText } from '../core/text.ts';
import { padded, type TableColumn, tableLines, withLocalTimes, wrapped } from './terminal-text.ts';

export interface OutputStream {
  write(text: string, callback?: (error?: Error | null) => void): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

const CODES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const;

/** Our own marks, where the locale's encoding may not have them. */
const ASCII: Readonly<Record<string, string>> = { '…': '...', '✔': '+', '✖': 'x', '–': '-', '—': '-', '→': '->' };
const CLEAR_LINE = '\r\u001b[2K';
const USUAL_COLUMNS = 80;
/** A column of text that is narrower than this is hard to read. */
const NARROWEST = 48;

export class Output {
  readonly #stdout: OutputStream;
  readonly #stderr: OutputStream;
  readonly #secrets: Secrets;
  #command: string;
  readonly #hasColours: boolean;
  /** Whether prompts and progress may move the cursor, and marks beyond ASCII can be shown. */
  readonly isPlain: boolean;
  readonly #isAscii: boolean;
  /** Styles are marked with a word that no text from outside can know, and become codes after the filter. */
  readonly #mark = randomBytes(6).toString('hex');
  #progressShown = false;

  constructor(stdout: OutputStream, stderr: OutputStream, env: Environment, secrets: Secrets, command: string) {
    this.#stdout = stdout;
    this.#stderr = stderr;
    this.#secrets = secrets;
    this.#command = command;
    const isDumb = env.TERM === 'dumb';
    const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || 'UTF-8';
    this.#hasColours = (env.NO_COLOR ?? '') === '' && !isDumb;
    this.#isAscii = !/utf-?8/i.test(locale);
    this.isPlain = isDumb || this.#isAscii;
  }

  /** @param command how users run this program for the account in use */
  typedAs(command: string): void {
    this.#command = command;
  }

  /** The width of the terminal; what goes into a pipe is not cut. */
  get columns(): number {
    // Some terminals report 0.
    return this.#stdout.isTTY === true ? this.#stdout.columns || USUAL_COLUMNS : Number.POSITIVE_INFINITY;
  }

  /** Help is laid out for 80 columns in a pipe too. */
  get helpColumns(): number {
    return Math.min(this.columns, USUAL_COLUMNS);
  }

  get isTerminal(): boolean {
    return this.#stdout.isTTY === true;
  }

  style(style: keyof typeof CODES, text: string): string {
    return this.#styled(this.#stdout, style, text);
  }

  line(text = ''): void {
    this.clearProgress();
    this.#stdout.write(`${this.#shown(text)}\n`);
  }

  /** A sentence or more, wrapped at words at a terminal; lines of its own stay lines. */
  prose(text: string, indent = ''): void {
    const lines = withLocalTimes(this.#filtered(text)).split('\n');
    const laid = lines.map((line, at) => wrapped(at === 0 ? line : indent + line, this.columns, indent));
    this.line(this.isTerminal ? laid.join('\n') : text);
  }

  /** A name and what is said of it: in a column of its own, or below the name where that would be too narrow. */
  described(name: string, width: number, ...texts: readonly string[]): void {
    const isNarrow = this.columns - width < NARROWEST;
    const indent = ' '.repeat(isNarrow ? 4 : width + 2);
    if (isNarrow) this.line(name);
    for (const [at, text] of texts.entries()) {
      const lead = at > 0 || isNarrow ? indent : padded(name, indent.length);
      this.prose(lead + text, indent);
    }
  }

  /** @param notes for rows that need one, printed below them @returns the titles of the columns that found no room */
  table(
    head: readonly TableColumn[],
    rows: readonly (readonly string[])[],
    notes: readonly (string | null)[] = [],
  ): readonly string[] {
    const visible = rows.map((row) => row.map((cell) => this.#visible(this.isTerminal ? withLocalTimes(cell) : cell)));
    const { lines, hidden } = tableLines(head, visible, this.columns, this.#isAscii ? ASCII['…'] : '…');
    for (const [at, line] of lines.entries()) {
      this.line(at === 0 ? this.style('bold', line) : line);
      const note = at === 0 ? null : (notes[at - 1] ?? null);
      if (note !== null) this.prose(`  ${note}`, '  ');
    }
    return hidden;
  }

  /** For the demo's own tokens, which open nothing but the demo: these must be readable. */
  lineWithDemoTokens(text: string): void {
    this.clearProgress();
    this.#stdout.write(`${visibleText(text).replaceAll('\r', '[U+000D]')}\n`);
  }

  /** Indented for people, compact for programs; hidden characters are escaped for both. */
  json(value: unknown): void {
    this.clearProgress();
    const text = this.#secrets.masked(stringifyJson(value, this.isTerminal ? 2 : undefined));
    this.#stdout.write(`${escapedJson(asTyped(text, JSON.stringify(this.#command).slice(1, -1)))}\n`);
  }

  /** Resolves with whether stdout has taken everything that was written so far. */
  taken(): Promise<boolean> {
    return new Promise((resolve) => {
      this.#stdout.write('', (error) => resolve(error == null));
    });
  }

  /** One sentence for people beside the result, on stderr. */
  note(text: string): void {
    this.#toStderr(text);
  }

  warn(text: string): void {
    this.#toStderr(`${this.#styled(this.#stderr, 'yellow', 'warning:')} ${text}`);
  }

  error(error: LucantoError, withStack: boolean): void {
    this.#toStderr(`${this.#styled(this.#stderr, 'red', 'error:')} ${oneLine(error.message)}`);
    for (const detail of error.details.errors ?? []) {
      if (!error.message.includes(detail.replace(/[.]$/, ''))) this.#toStderr(`  - ${oneLine(detail)}`);
    }
    const further = error instanceof UnreachableError ? ' `lucanto-mcp doctor` finds the cause.' : '';
    this.#toStderr(`${this.#styled(this.#stderr, 'cyan', 'hint:')} ${oneLine(error.hint)}${further}`);
    if (withStack) this.log(stacksOf(error));
  }

  log(line: string): void {
    this.clearProgress();
    this.#stderr.write(this.#shown(line));
  }

  /** A passing line on a terminal; nothing elsewhere. The next output takes its place. */
  progress(text: string): void {
    if (this.#stderr.isTTY !== true || this.isPlain) return;
    this.clearProgress();
    // A line that wraps could not be cleared.
    const columns = (this.#stderr.columns || USUAL_COLUMNS) - 1;
    const { lines } = tableLines([{ title: this.#visible(text), priority: 0 }], [], columns);
    this.#stderr.write(lines[0] ?? '');
    this.#progressShown = true;
  }

  /** Before something else writes to the terminal. */
  clearProgress(): void {
    if (!this.#progressShown) return;
    this.#stderr.write(CLEAR_LINE);
    this.#progressShown = false;
  }

  #toStderr(text: string): void {
    this.clearProgress();
    const columns = this.#stderr.columns || USUAL_COLUMNS;
    // Wrapped with the styles in it, which take no room on the screen.
    const lines = this.#stderr.isTTY === true ? wrapped(withLocalTimes(this.#filtered(text)), columns, '  ') : text;
    this.#stderr.write(`${this.#shown(lines)}\n`);
  }

  /** Masked, filtered, and with our own styles as codes. */
  #shown(text: string): string {
    return this.#filtered(text, (style) => `\u001b[${style}m`);
  }

  /** Before it is laid out: what is filtered may become longer. */
  #filtered(text: string, styled = (style: string) => `\u0001${this.#mark}${style}\u0002`): string {
    const marked = new RegExp(`\\u0001${this.#mark}(\\d+)\\u0002`, 'g');
    // Every second piece is the number of a style.
    return text
      .split(marked)
      .map((piece, at) => (at % 2 === 0 ? this.#visible(piece) : styled(piece)))
      .join('');
  }

  #visible(text: string): string {
    const visible = visibleText(asTyped(this.#secrets.masked(text), this.#command).replaceAll('\r\n', '\n'));
    // A carriage return would let a text write over the beginning of its line.
    const safe = visible.replaceAll('\r', '[U+000D]');
    return this.#isAscii ? safe.replace(/[…✔✖–—→]/g, (mark) => ASCII[mark] ?? mark) : safe;
  }

  #styled(stream: OutputStream, style: keyof typeof CODES, text: string): string {
    if (!this.#hasColours || stream.isTTY !== true) return text;
    const [on, off] = CODES[style];
    return `\u0001${this.#mark}${on}\u0002${text}\u0001${this.#mark}${off}\u0002`;
  }
}

function oneLine(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, ' ');
}

function stacksOf(error: Error): string {
  const cause = error.cause instanceof Error ? stacksOf(error.cause) : '';
  return `${error.stack ?? ''}\n${cause}`;
}
