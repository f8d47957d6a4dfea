/** The entry: hands the process to the program, and the program's exit code to the process. */
import process from 'node:process';
import { ownArguments } from '../core/command-name.ts';
import { EXIT } from '../core/errors.ts';
import { thisMachine } from '../front/command-line.ts';
import type { Opening } from '../server/wire.ts';
import { runProgram } from './program.ts';

/** How long a command that was interrupted may take to end in good order (a write that has been sent). */
const GRACE_MS = 6_000;
/** How long something may linger after the last answer, such as a connection kept alive for requests that will not come. */
const LINGER_MS = 500;

/** @param opening what was answered before the program was loaded; null where nothing was */
export async function main(opening: Opening | null): Promise<void> {
  const interrupt = new AbortController();
  const onSignal = (signal: NodeJS.Signals): void => {
    // The second Ctrl-C means it.
    if (interrupt.signal.aborted) process.exit(EXIT.interrupted);
    interrupt.abort(signal);
    setTimeout(() => process.exit(EXIT.interrupted), GRACE_MS).unref();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  for (const stream of [process.stdout, process.stderr]) {
    // A reader that left (`lucanto-mcp tools | head`) is not a failure of ours.
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
  const script = process.argv[1] ?? '';
  const code = await runProgram({
    args: ownArguments(process.argv, process.versions.electron !== undefined),
    env: process.env,
    machine: thisMachine(script),
    stdio: { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr },
    running: { node: process.execPath, script },
    clock: Date.now,
    interrupt: interrupt.signal,
    parentId: () => process.ppid,
    opening,
  });
  process.exitCode = interrupt.signal.reason === 'SIGINT' ? EXIT.interrupted : code;
  // The process ends by itself once nothing is open. Should something linger, it is ended, but never with output unwritten.
  setInterval(() => {
    if (process.stdout.writableLength === 0 && process.stderr.writableLength === 0) process.exit();
  }, LINGER_MS).unref();
}
