import { PassThrough, type Readable } from 'node:stream';
import { AuthError, EXIT, LucantoError } from '../core/errors.ts';
import type { Confirmer } from '../core/tool.ts';
import type { CommandContext, Stdio } from './command.ts';

/** The user said no (Ctrl-C at a prompt). There is nothing to tell them about it. */
export class InterruptedError extends LucantoError {
  override readonly name = 'InterruptedError';
  override readonly exitCode = EXIT.interrupted;
  constructor() {
    super('interrupted', 'Interrupted.', { hint: 'Run the same again to go on.' });
  }
}

/** Questions at a terminal, on stderr, since stdout is for results. The library is loaded when there is something to ask. */
const USUAL_COLUMNS = 80;

interface Choice {
  readonly value: string;
  readonly label: string;
}

export function isTerminal({ stdin, stderr }: Stdio): boolean {
  return stdin.isTTY === true && stderr.isTTY === true;
}

/** Streams for one prompt. In 80 columns where a terminal does not tell its width, not in none. */
function promptStreams({ stdin, stderr }: Stdio) {
  const output = Object.assign(new PassThrough(), { isTTY: true, columns: stderr.columns || USUAL_COLUMNS });
  output.pipe(stderr, { end: false });
  return { input: stdin, output, withGuide: false };
}

/** @param preset what Enter alone says. @throws InterruptedError on Ctrl-C */
export async function askYesNo(question: string, preset: boolean, stdio: Stdio, signal: AbortSignal): Promise<boolean> {
  const { confirm, isCancel } = await import('@clack/prompts');
  const answer = await confirm({ message: question, initialValue: preset, signal, ...promptStreams(stdio) });
  if (isCancel(answer)) throw new InterruptedError();
  return answer;
}

/** @throws InterruptedError on Ctrl-C */
export async function askChoices(
  question: string,
  choices: readonly Choice[],
  chosen: readonly string[],
  stdio: Stdio,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { isCancel, multiselect } = await import('@clack/prompts');
  const answer = await multiselect({
    message: question,
    options: choices.map((choice) => ({ ...choice })),
    initialValues: [...chosen],
    required: true,
    signal,
    ...promptStreams(stdio),
  });
  if (isCancel(answer)) throw new InterruptedError();
  return answer;
}

/** The person at the terminal, asked before what cannot be undone. */
/** Undefined where nobody sits at a terminal. */
export function terminalConfirmer({ stdio, output }: CommandContext): Confirmer | undefined {
  if (!isTerminal(stdio)) return undefined;
  return {
    how: 'terminal',
    ask: async ({ message }, signal) => {
      output.clearProgress();
      return (await askYesNo(message, false, stdio, signal)) ? 'accepted' : 'declined';
    },
  };
}

/** Takes a token from a person at a terminal, or from the first line of a pipe. */
const MAX_BYTES = 16 * 1024;

/** @throws InterruptedError on Ctrl-C, AuthError where stdin gives nothing */
export async function askToken(question: string, stdio: Stdio, interrupt: AbortSignal): Promise<string> {
  if (stdio.stdin.isTTY === true) return promptHidden(question, stdio, interrupt);
  const line = await firstLine(stdio.stdin, interrupt);
  if (line.trim() === '') {
    throw new AuthError('no_token', 'There is no token on stdin.', {
      hint: 'Pipe it in (`lucanto-mcp login < token.txt`), or run `lucanto-mcp login` in a terminal and paste it there.',
    });
  }
  return line;
}

async function promptHidden(question: string, stdio: Stdio, signal: AbortSignal): Promise<string> {
  const { isCancel, password } = await import('@clack/prompts');
  const answer = await password({ message: question, signal, ...promptStreams(stdio) });
  if (isCancel(answer)) throw new InterruptedError();
  if (answer.trim() === '') {
    throw new AuthError('no_token', 'No token was entered.', { hint: 'Run the same again and paste the token.' });
  }
  return answer;
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
  throw new AuthError('token_malformed', 'What came on stdin is too long to be a token.', {
    hint: 'Pipe in the token alone: `lucanto-mcp login < token.txt`.',
  });
}
