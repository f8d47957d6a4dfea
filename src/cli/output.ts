import { asTyped } from '../core/command-name.ts';
import { type LucantoError, UnreachableError } from '../core/errors.ts';
import { stringifyJson } from '../core/json.ts';
import type { Secrets } from '../core/log.ts';

/** The only writer to stdout and stderr. Everything passes through `Secrets`: results may quote what users typed. */
export interface OutputStream {
  write(text: string, callback?: (error?: Error | null) => void): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';
const CODES: Readonly<Record<Style, readonly [number, number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
};

/** Where the message alone may not be enough to find the cause. */
const DOCTOR = ' `lucanto-mcp doctor` says what is in the way.';
const CLEAR_LINE = '\r\u001b[2K';

export class Output {
  readonly #stdout: OutputStream;
  readonly #stderr: OutputStream;
  readonly #colours: boolean;
  readonly #secrets: Secrets;
  readonly #command: string;
  #progressShown = false;

  /**
   * @param colours whether streams that are terminals may be coloured (NO_COLOR, TERM=dumb)
   * @param command what users type to run this program
   */
  constructor(stdout: OutputStream, stderr: OutputStream, colours: boolean, secrets: Secrets, command: string) {
    this.#stdout = stdout;
    this.#stderr = stderr;
    this.#colours = colours;
    this.#secrets = secrets;
    this.#command = command;
  }

  get columns(): number {
    // Some terminals say 0.
    return this.#stdout.columns || 80;
  }

  /** Styles text for stdout. */
  style(style: Style, text: string): string {
    return this.#styled(this.#stdout, style, text);
  }

  line(text = ''): void {
    this.clearProgress();
    this.#stdout.write(`${this.#told(text)}\n`);
  }

  /** For the demo's own tokens, which open nothing but the demo: these must be readable. */
  lineWithDemoTokens(text: string): void {
    this.clearProgress();
    this.#stdout.write(`${text}\n`);
  }

  /** Indented for people, compact for programs. */
  json(value: unknown): void {
    this.line(stringifyJson(value, this.#stdout.isTTY === true ? 2 : undefined));
  }

  /** Resolves with whether stdout has taken everything that was written so far. */
  taken(): Promise<boolean> {
    return new Promise((resolve) => {
      this.#stdout.write('', (error) => resolve(error == null));
    });
  }

  /** One sentence for people beside the result, on stderr. */
  note(text: string): void {
    this.#toStderr(`${text}\n`);
  }

  warn(text: string): void {
    this.#toStderr(`${this.#styled(this.#stderr, 'yellow', 'warning:')} ${text}\n`);
  }

  error(error: LucantoError, withStack: boolean): void {
    const head = this.#styled(this.#stderr, 'red', 'error:');
    const details = (error.details.errors ?? []).map((detail) => `  - ${detail}\n`).join('');
    const further = error instanceof UnreachableError ? DOCTOR : '';
    const hint = `${this.#styled(this.#stderr, 'cyan', 'hint:')} ${oneLine(error.hint)}${further}\n`;
    this.#toStderr(`${head} ${oneLine(error.message)}\n${details}${hint}${withStack ? stacksOf(error) : ''}`);
  }

  /** A line of log, as it comes. */
  log(line: string): void {
    this.#toStderr(line);
  }

  /** A passing line on a terminal; nothing elsewhere. The next output takes its place. */
  progress(text: string): void {
    if (this.#stderr.isTTY !== true) return;
    this.clearProgress();
    this.#stderr.write(this.#secrets.masked(text));
    this.#progressShown = true;
  }

  #toStderr(text: string): void {
    this.clearProgress();
    this.#stderr.write(this.#told(text));
  }

  #told(text: string): string {
    return asTyped(this.#secrets.masked(text), this.#command);
  }

  /** Before something else writes to the terminal. */
  clearProgress(): void {
    if (!this.#progressShown) return;
    this.#stderr.write(CLEAR_LINE);
    this.#progressShown = false;
  }

  #styled(stream: OutputStream, style: Style, text: string): string {
    const [on, off] = CODES[style];
    return this.#colours && stream.isTTY === true ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  }
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ');
}

function stacksOf(error: Error): string {
  const cause = error.cause instanceof Error ? stacksOf(error.cause) : '';
  return `${error.stack ?? ''}\n${cause}`;
}
