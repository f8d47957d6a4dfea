/** The entry: hands the process to the program, and the program's exit code to the process. */
import { homedir } from 'node:os';
import process from 'node:process';
import { commandOf, ownArguments } from '../core/command-name.ts';
import { EXIT } from '../core/errors.ts';
import { runProgram } from './program.ts';

/** What a command that was interrupted may take to end in good order (a write that has been sent). */
const GRACE_MS = 6_000;
/** What may linger after the last answer, such as a connection kept alive for requests that will not come. */
const LINGER_MS = 500;

const interrupt = new AbortController();

function onSignal(signal: NodeJS.Signals): void {
  // The second Ctrl-C means it.
  if (interrupt.signal.aborted) process.exit(EXIT.interrupted);
  interrupt.abort(signal);
  setTimeout(() => process.exit(EXIT.interrupted), GRACE_MS).unref();
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);

for (const stream of [process.stdout, process.stderr]) {
  // A reader that left (`lucanto-mcp tools | head`) is no failure of ours.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

/** The folder that the program was started in may be gone; relative paths then begin at the user's home. */
function workingFolder(home: string): string {
  try {
    return process.cwd();
  } catch {
    return home;
  }
}

const script = process.argv[1] ?? '';
const home = homedir();
const code = await runProgram({
  args: ownArguments(process.argv, process.versions.electron !== undefined),
  env: process.env,
  machine: { platform: process.platform, home, cwd: workingFolder(home), command: commandOf(script) },
  stdio: { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr },
  running: { node: process.execPath, script },
  clock: Date.now,
  interrupt: interrupt.signal,
  parentId: () => process.ppid,
});

process.exitCode = interrupt.signal.reason === 'SIGINT' ? EXIT.interrupted : code;
// The process ends by itself once nothing is open. Should something linger, it is ended, but never with output unwritten.
setInterval(() => {
  if (process.stdout.writableLength === 0 && process.stderr.writableLength === 0) process.exit();
}, LINGER_MS).unref();
