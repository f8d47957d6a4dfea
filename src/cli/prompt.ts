import { createInterface } from 'node:readline';
import { PassThrough, type Readable } from 'node:stream';
import { AuthError, InterruptedError, runHint } from '../core/errors.ts';
import { visibleText } from '../core/text.ts';
import type { Confirmer } from '../core/tool.ts';
import type { CommandContext, Stdio } from './command.ts';
import { wrapped } from './terminal-text.ts';

/** Questions at a terminal, on stderr, since stdout is for results. The library is loaded when there is something to ask. */
const USUAL_COLUMNS = 80;
const CTRL_D = '\u0004';
const MAX_BYTES = 16 * 1024;

export function isTerminal({ stdin, stderr }: Stdio): boolean {
  return stdin.isTTY === true && stderr.isTTY === true;
}

type Asking = Pick<CommandContext, 'stdio' | 'interrupt' | 'output'>;

/** @param preset what Enter alone answers. @throws InterruptedError on Ctrl-C and Ctrl-D */
export async function askYesNo(question: string, preset: boolean, asking: Asking): Promise<boolean> {
  if (asking.output.isPlain) return plainYesNo(question, preset, asking);
  const { confirm } = await import('@clack/prompts');
  return prompted<boolean>(asking, (shared) =>
    confirm({ message: fitting(question, asking), initialValue: preset, ...shared }),
  );
}

/** @throws InterruptedError on Ctrl-C and Ctrl-D */
export async function askChoices(
  question: string,
  choices: readonly { readonly value: string; readonly label: string }[],
  chosen: readonly string[],
  asking: Asking,
): Promise<readonly string[]> {
  const options = choices.map(({ value, label }) => ({ value, label: visibleText(label) }));
  if (asking.output.isPlain) return plainChoices(question, options, chosen, asking);
  const { multiselect } = await import('@clack/prompts');
  return prompted<string[]>(asking, (shared) =>
    multiselect({ message: fitting(question, asking), options, initialValues: [...chosen], required: true, ...shared }),
  );
}

/** The person at the terminal, asked before what cannot be undone; undefined where there is no terminal. */
export function terminalConfirmer({ stdio, output, interrupt }: CommandContext): Confirmer | undefined {
  if (!isTerminal(stdio)) return undefined;
  return {
    how: 'terminal',
    ask: async ({ message }, signal) => {
      output.clearProgress();
      const asking = { stdio, output, interrupt: AbortSignal.any([signal, interrupt]) };
      return (await askYesNo(message, false, asking)) ? 'accepted' : 'declined';
    },
  };
}

/**
 * An API key from a person at a terminal, or from the first line of a pipe.
 * @throws InterruptedError on Ctrl-C and Ctrl-D, AuthError where stdin gives nothing
 */
export async function askToken(question: string, asking: Asking): Promise<string> {
  const { stdin } = asking.stdio;
  if (stdin.isTTY === true) {
    if (asking.output.isPlain) return plainHidden(question, asking);
    const { password } = await import('@clack/prompts');
    return prompted<string>(asking, (shared) => password({ message: fitting(question, asking), ...shared }));
  }
  const line = await firstLine(stdin, asking.interrupt);
  if (line.trim() !== '') return line;
  throw new AuthError('no_token', 'There is no API key on stdin.', {
    hint: 'Pipe it in (`lucanto-mcp login < key.txt`), or run `lucanto-mcp login` in a terminal and paste it there.',
  });
}

/** Broken at words, which the library does not do; its mark and a space stand before the first line. */
function fitting(question: string, { stdio }: Asking, indent = ''): string {
  const columns = (stdio.stderr.columns || USUAL_COLUMNS) - MARK_WIDTH;
  return visibleText(question)
    .split('\n')
    .map((line) => wrapped(line, columns, indent))
    .join('\n');
}

const MARK_WIDTH = 4;

/** One prompt of the library, with Ctrl-D as another way to cancel it, which the library does not know. */
async function prompted<T>(
  { stdio, interrupt }: Asking,
  ask: (shared: {
    readonly input: Readable;
    readonly output: PassThrough;
    readonly withGuide: false;
    readonly signal: AbortSignal;
  }) => Promise<T | symbol>,
): Promise<T> {
  const { stdin, stderr } = stdio;
  const cancelled = new AbortController();
  const onData = (chunk: unknown) => {
    if (String(chunk).includes(CTRL_D)) cancelled.abort();
  };
  const onEnd = () => cancelled.abort();
  stdin.on('data', onData).on('end', onEnd);
  // In 80 columns where a terminal does not tell its width, not in none.
  const output = Object.assign(new PassThrough(), { isTTY: true, columns: stderr.columns || USUAL_COLUMNS });
  output.pipe(stderr, { end: false });
  try {
    const signal = AbortSignal.any([interrupt, cancelled.signal]);
    const answer = await ask({ input: stdin, output, withGuide: false, signal });
    if (typeof answer === 'symbol') throw new InterruptedError();
    return answer;
  } finally {
    stdin.off('data', onData).off('end', onEnd);
    stdin.pause();
  }
}

async function firstLine(stdin: Readable, signal: AbortSignal): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  const stop = () => stdin.destroy(new InterruptedError());
  signal.addEventListener('abort', stop, { once: true });
  try {
    // Leaving the loop closes stdin: a pipe that stays open must not keep us running.
    for await (const chunk of stdin) {
      const part = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
      parts.push(part);
      size += part.length;
      if (part.includes(0x0a) || size > MAX_BYTES) break;
    }
  } finally {
    signal.removeEventListener('abort', stop);
  }
  const line = Buffer.concat(parts).toString('utf8').split(/\r?\n/, 1)[0] ?? '';
  if (line.length <= MAX_BYTES) return line;
  throw new AuthError('token_malformed', 'The text on stdin is too long to be an API key.', {
    hint: runHint('lucanto-mcp login < key.txt', ' with a file that holds the key alone'),
  });
}

/** Questions without escape codes, for terminals that can only print lines (TERM=dumb) or have no UTF-8. */
async function plainYesNo(question: string, preset: boolean, asking: Asking): Promise<boolean> {
  for (;;) {
    const answer = (await askLine(`${question} ${preset ? '[Y/n]' : '[y/N]'}`, asking)).trim().toLowerCase();
    if (answer === '') return preset;
    if (/^(y|yes|n|no)$/.test(answer)) return answer.startsWith('y');
  }
}

/** Numbers of a list; Enter takes what is suggested. */
async function plainChoices(
  question: string,
  choices: readonly { readonly value: string; readonly label: string }[],
  chosen: readonly string[],
  asking: Asking,
): Promise<readonly string[]> {
  const suggested = choices.flatMap(({ value }, at) => (chosen.includes(value) ? [String(at + 1)] : []));
  for (const [at, { label }] of choices.entries())
    asking.stdio.stderr.write(`${String(at + 1).padStart(3)}  ${label}\n`);
  for (;;) {
    const preset = suggested.length === 0 ? '' : ` [${suggested.join(',')}]`;
    const answer = await askLine(`${question} Numbers, with commas${preset}:`, asking);
    const numbers = answer.trim() === '' ? suggested : answer.split(/[\s,]+/).filter((word) => word !== '');
    const values = numbers.map((number) => choices[Number(number) - 1]?.value);
    const known = values.filter((value) => value !== undefined);
    if (known.length > 0 && known.length === values.length) return [...new Set(known)];
  }
}

function askLine(question: string, asking: Asking): Promise<string> {
  const { stdio, interrupt: signal } = asking;
  const { stdin, stderr } = stdio;
  return new Promise((resolve, reject) => {
    stderr.write(`${fitting(question, asking, '  ')} `);
    // Not as a terminal: the system's own line editing needs no escape codes.
    const lines = createInterface({ input: stdin, terminal: false });
    const cancel = () => lines.close();
    signal.addEventListener('abort', cancel, { once: true });
    let answer: string | null = null;
    lines.once('line', (line) => {
      answer = line;
      lines.close();
    });
    lines.once('close', () => {
      signal.removeEventListener('abort', cancel);
      stdin.pause();
      if (answer !== null && !signal.aborted) return resolve(answer);
      stderr.write('\n');
      reject(new InterruptedError());
    });
    if (signal.aborted) cancel();
  });
}

function plainHidden(question: string, asking: Asking): Promise<string> {
  const { stdio, interrupt: signal } = asking;
  const { stdin, stderr } = stdio;
  return new Promise((resolve, reject) => {
    // Before the question: what is pasted at once must not be shown either.
    setRaw(stdin, true);
    stderr.write(`${fitting(`${question}:`, asking, '  ')} `);
    let typed = '';
    const end = (settle: () => void) => {
      stdin.off('data', onData).off('end', cancel);
      signal.removeEventListener('abort', cancel);
      setRaw(stdin, false);
      stdin.pause();
      stderr.write('\n');
      settle();
    };
    const cancel = () => end(() => reject(new InterruptedError()));
    const onData = (chunk: unknown) => {
      for (const character of String(chunk)) {
        if (character === '\u0003' || character === '\u0004') return cancel();
        if (character === '\r' || character === '\n') return end(() => resolve(typed));
        typed = character === '\u007f' || character === '\b' ? typed.slice(0, -1) : typed + character;
      }
    };
    // The terminal may go away.
    stdin.on('data', onData).on('end', cancel).resume();
    signal.addEventListener('abort', cancel, { once: true });
    if (signal.aborted) cancel();
  });
}

function setRaw(stdin: Stdio['stdin'], raw: boolean): void {
  if ('setRawMode' in stdin && typeof stdin.setRawMode === 'function') stdin.setRawMode(raw);
}
