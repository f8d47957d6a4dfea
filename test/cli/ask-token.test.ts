import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { Output } from '../../src/cli/output.ts';
import { askToken } from '../../src/cli/prompt.ts';
import { Secrets } from '../../src/core/log.ts';

/** Streams that pretend to be a terminal. */
function terminal() {
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => undefined });
  const stdout = Object.assign(new PassThrough(), { isTTY: true, columns: 80 });
  const stderr = Object.assign(new PassThrough(), { isTTY: true, columns: 80 });
  let shown = '';
  for (const stream of [stdout, stderr]) stream.on('data', (chunk: Buffer) => (shown += chunk.toString()));
  return { stdio: { stdin, stdout, stderr }, shown: () => shown, printed: () => stdout.readableLength };
}

const never = new AbortController().signal;

function asking({ stdio }: ReturnType<typeof terminal>) {
  return { stdio, interrupt: never, output: new Output(stdio.stdout, stdio.stderr, {}, new Secrets(), 'lucanto-mcp') };
}

describe('The prompt for a token at a terminal', () => {
  it('shows the question and never what is typed', async () => {
    const screen = terminal();
    const { stdio, shown } = screen;
    const answer = askToken('API key (from there)', asking(screen));
    setTimeout(() => stdio.stdin.write('lct_pat_hunter2\r'), 300);
    expect(await answer).toBe('lct_pat_hunter2');
    expect(shown()).toContain('API key (from there)');
    expect(shown()).not.toContain('hunter2');
  });

  it.each(['\u0003', '\u0004'])('ends with exit code 130 on Ctrl-C and Ctrl-D: %j', async (key) => {
    const screen = terminal();
    const { stdio } = screen;
    const answer = askToken('API key', asking(screen));
    setTimeout(() => stdio.stdin.write(key), 300);
    await expect(answer).rejects.toMatchObject({ exitCode: 130 });
  });

  it('gives an empty answer back, to be refused like any other wrong one', async () => {
    const screen = terminal();
    const { stdio } = screen;
    const answer = askToken('API key', asking(screen));
    setTimeout(() => stdio.stdin.write('\r'), 300);
    expect(await answer).toBe('');
  });
});
