/** Questions without escape codes, for terminals that can only print lines (TERM=dumb) or have no UTF-8. */
import { createInterface } from 'node:readline';
import type { Stdio } from './command.ts';
import { InterruptedError } from './prompt.ts';

export async function plainYesNo(
  question: string,
  preset: boolean,
  stdio: Stdio,
  signal: AbortSignal,
): Promise<boolean> {
  for (;;) {
    const answer = (await askLine(`${question} ${preset ? '[Y/n]' : '[y/N]'} `, stdio, signal)).trim().toLowerCase();
    if (answer === '') return preset;
    if (/^(y|yes|n|no)$/.test(answer)) return answer.startsWith('y');
  }
}

/** Numbers of a list; Enter takes what is suggested. */
export async function plainChoices(
  question: string,
  choices: readonly { readonly value: string; readonly label: string }[],
  chosen: readonly string[],
  stdio: Stdio,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const suggested = choices.flatMap(({ value }, at) => (chosen.includes(value) ? [String(at + 1)] : []));
  for (const [at, { label }] of choices.entries()) stdio.stderr.write(`${String(at + 1).padStart(3)}  ${label}\n`);
  for (;;) {
    const preset = suggested.length === 0 ? '' : ` [${suggested.join(',')}]`;
    const answer = await askLine(`${question} Numbers, with commas${preset}: `, stdio, signal);
    const numbers = answer.trim() === '' ? suggested : answer.split(/[\s,]+/).filter((word) => word !== '');
    const values = numbers.map((number) => choices[Number(number) - 1]?.value);
    const known = values.filter((value) => value !== undefined);
    if (known.length > 0 && known.length === values.length) return [...new Set(known)];
  }
}

function askLine(question: string, { stdin, stderr }: Stdio, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    stderr.write(question);
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

/** A line that the terminal does not show. */
export function plainHidden(question: string, { stdin, stderr }: Stdio, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    // Before the question: what is pasted at once must not be shown either.
    setRaw(stdin, true);
    stderr.write(`${question}: `);
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
