/** Questions at a terminal, on stderr, since stdout is for results. The library is loaded when there is something to ask. */
import { PassThrough, type Readable } from 'node:stream';
import { AuthError, EXIT, LucantoError, runHint } from '../core/errors.ts';
import { visibleText } from '../core/text.ts';
import type { Confirmer } from '../core/tool.ts';
import type { CommandContext, Stdio } from './command.ts';

/** Ctrl-C or Ctrl-D at a prompt. Every command asks before it changes anything. */
export class InterruptedError extends LucantoError {
  override readonly name = 'InterruptedError';
  override readonly exitCode = EXIT.interrupted;
  constructor() {
    super('interrupted', 'Cancelled. Nothing was changed.', { hint: 'Run the same command again to continue.' });
  }
}

const USUAL_COLUMNS = 80;
const CTRL_D = '\u0004';
const MAX_BYTES = 16 * 1024;

export function isTerminal({ stdin, stderr }: Stdio): boolean {
  return stdin.isTTY === true && stderr.isTTY === true;
}

type Asking = Pick<CommandContext, 'stdio' | 'interrupt' | 'output'>;

/** @param preset what Enter alone answers. @throws InterruptedError on Ctrl-C and Ctrl-D */
export async function askYesNo(question: string, preset: boolean, asking: Asking): Promise<boolean> {
  if (asking.output.isPlain) {
    const { plainYesNo } = await import('./plain-prompt.ts');
    return plainYesNo(visibleText(question), preset, asking.stdio, asking.interrupt);
  }
  const { confirm } = await import('@clack/prompts');
  return prompted<boolean>(asking, (shared) =>
    confirm({ message: visibleText(question), initialValue: preset, ...shared }),
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
  if (asking.output.isPlain) {
    const { plainChoices } = await import('./plain-prompt.ts');
    return plainChoices(question, options, chosen, asking.stdio, asking.interrupt);
  }
  const { multiselect } = await import('@clack/prompts');
  return prompted<string[]>(asking, (shared) =>
    multiselect({ message: question, options, initialValues: [...chosen], required: true, ...shared }),
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
    if (asking.output.isPlain) {
      const { plainHidden } = await import('./plain-prompt.ts');
      return plainHidden(question, asking.stdio, asking.interrupt);
    }
    const { password } = await import('@clack/prompts');
    return prompted<string>(asking, (shared) => password({ message: question, ...shared }));
  }
  const line = await firstLine(stdin, asking.interrupt);
  if (line.trim() !== '') return line;
  throw new AuthError('no_token', 'There is no API key on stdin.', {
    hint: 'Pipe it in (`lucanto-mcp login < key.txt`), or run `lucanto-mcp login` in a terminal and paste it there.',
  });
}

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
