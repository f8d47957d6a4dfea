/** Questions at a terminal, on stderr, since stdout is for results. The library is loaded when there is something to ask. */
import { PassThrough } from 'node:stream';
import type { Stdio } from './command.ts';
import { InterruptedError } from './interrupted.ts';

const USUAL_COLUMNS = 80;

export interface Choice {
  readonly value: string;
  readonly label: string;
}

export function isTerminal({ stdin, stderr }: Stdio): boolean {
  return stdin.isTTY === true && stderr.isTTY === true;
}

/** Streams for one prompt. In 80 columns where a terminal does not tell its width, not in none. */
export function promptStreams({ stdin, stderr }: Stdio) {
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
