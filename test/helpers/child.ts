/** A child process from its start to its end. */
import { type SpawnOptionsWithoutStdio, spawn } from 'node:child_process';

export interface Ended {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** @param stdin written and closed. @throws where it cannot be started */
export function runToEnd(
  program: string,
  args: readonly string[],
  options: SpawnOptionsWithoutStdio,
  stdin = '',
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...options, stdio: 'pipe' });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.once('error', reject).once('close', (code) => resolve({ code, stdout, stderr }));
    // A program may end before it has read what it was given.
    child.stdin.on('error', () => undefined);
    child.stdin.end(stdin);
  });
}
