/** Takes a token from a person at a terminal, or from the first line of a pipe. */
import type { Readable } from 'node:stream';
import { AuthError } from '../errors.ts';
import type { Stdio } from './command.ts';
import { InterruptedError } from './interrupted.ts';
import { promptStreams } from './prompt.ts';

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
