import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { askToken } from '../../src/cli/prompt.ts';

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

describe('The prompt for a token at a terminal', () => {
  it('shows the question and never what is typed', async () => {
    const { stdio, shown } = terminal();
    const answer = askToken('Token (from there)', stdio, never);
    setTimeout(() => stdio.stdin.write('lct_pat_hunter2\r'), 300);
    expect(await answer).toBe('lct_pat_hunter2');
    expect(shown()).toContain('Token (from there)');
    expect(shown()).not.toContain('hunter2');
  });

  it('ends with exit code 130 on Ctrl-C', async () => {
    const { stdio } = terminal();
    const answer = askToken('Token', stdio, never);
    setTimeout(() => stdio.stdin.write('\u0003'), 300);
    await expect(answer).rejects.toMatchObject({ exitCode: 130 });
  });

  it('refuses an empty answer', async () => {
    const { stdio } = terminal();
    const answer = askToken('Token', stdio, never);
    setTimeout(() => stdio.stdin.write('\r'), 300);
    await expect(answer).rejects.toMatchObject({ exitCode: 3 });
  });
});
