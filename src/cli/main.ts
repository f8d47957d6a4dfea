import process from 'node:process';
import { secretsToMask } from '../auth/credential.ts';
import { loadSettings } from '../auth/profile.ts';
import { thisMachine } from '../config/paths.ts';
import { type Flags, serveFlags, typedCommand } from '../config/resolve.ts';
import { COMMAND, ownArguments } from '../core/command-name.ts';
import { EXIT, type ExitCode, InterruptedError, toLucantoError } from '../core/errors.ts';
import { createLog, Secrets } from '../core/log.ts';
import type { Opening } from '../server/wire.ts';
import type { CommandContext } from './command.ts';
import { Output } from './output.ts';
import { runServe } from './serve.ts';

/** The entry: from a command line to an exit code. Only `main` touches the process itself. */

/** Everything that the program takes from the machine it runs on. */
type World = Pick<CommandContext, 'env' | 'stdio' | 'running' | 'clock' | 'interrupt' | 'parentId'> & {
  readonly args: readonly string[];
  readonly machine: CommandContext['settings']['machine'];
  /** What ready answers were given to already; null where none was. */
  readonly opening?: CommandContext['opening'];
  readonly onCalled?: CommandContext['onCalled'];
};

/** Never throws: every failure is reported on stderr. */
export async function runProgram(world: World): Promise<ExitCode> {
  const { env, stdio, interrupt } = world;
  const secrets = new Secrets();
  const output = new Output(stdio.stdout, stdio.stderr, env, secrets, world.machine.command ?? COMMAND);
  let debug = asksForDebug(world);
  try {
    const isAtTerminal = stdio.stdin.isTTY === true;
    // What an app starts needs neither a parser with help nor the other commands.
    const plain = isAtTerminal ? null : serveFlags(world.args);
    if (plain !== null) return await runServe(contextOf(plain, world, output, secrets));
    const { COMMANDS, serveCommand, WELCOME } = await import('./commands.ts');
    const [first, ...rest] = world.args;
    // Not for people: shells run it.
    if (first === 'complete') {
      const { answerShell } = await import('./completion.ts');
      return await answerShell(rest, COMMANDS, async (flags) => contextOf(flags, world, output, secrets), output);
    }
    const { parseLine } = await import('./parse.ts');
    const parsed = parseLine(world.args, COMMANDS, serveCommand, output.helpColumns, isAtTerminal ? WELCOME : null);
    if (parsed.kind === 'print') {
      output.line(parsed.text);
      return EXIT.done;
    }
    const schema = parsed.command === serveCommand ? undefined : await import('../auth/profile-schema.ts');
    const context = contextOf(parsed.flags, world, output, secrets, schema?.parseProfile);
    debug = context.settings.logLevel === 'debug';
    return await parsed.command.run(context, parsed.input);
  } catch (thrown) {
    const error = toLucantoError(thrown);
    if (error instanceof InterruptedError) output.note(error.message);
    // Who interrupts a command knows that it did not finish; whether a write took effect they do not know.
    else if (!interrupt.aborted || error.details.outcome === 'unknown') output.error(error, debug);
    return interrupt.aborted ? EXIT.interrupted : error.exitCode;
  }
}

/** @param parse left out where something starts that has no time for zod */
function contextOf(
  flags: Flags,
  { args: _, machine, opening = null, onCalled = () => undefined, ...world }: World,
  output: Output,
  secrets: Secrets,
  parse?: Parameters<typeof loadSettings>[3],
): CommandContext {
  const { settings, profile } = loadSettings(flags, world.env, machine, parse);
  output.typedAs(typedCommand(settings));
  for (const token of secretsToMask(profile, world.env)) secrets.conceal(token);
  const log = createLog(settings.logLevel, (line) => output.log(line), secrets);
  return { settings, profile, log, output, opening, onCalled, ...world };
}

// For errors that come before the settings are known.
function asksForDebug({ args, env }: World): boolean {
  const at = args.indexOf('--log-level');
  return (
    (at >= 0 && args[at + 1] === 'debug') || args.includes('--log-level=debug') || env.LUCANTO_LOG_LEVEL === 'debug'
  );
}

/** How long a command that was interrupted may take to end in good order (a write that has been sent). */
const GRACE_MS = 6_000;
/** How long something may linger after the last answer, such as a connection kept alive for requests that will not come. */
const LINGER_MS = 500;

/**
 * @param opening what was answered before the program was loaded; null where nothing was
 * @param onCalled called after each call of a tool by an app
 */
export async function main(opening: Opening | null, onCalled?: () => void): Promise<void> {
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
    ...(onCalled && { onCalled }),
  });
  process.exitCode = interrupt.signal.reason === 'SIGINT' ? EXIT.interrupted : code;
  // The process ends by itself once nothing is open. Should something linger, it is ended, but never with output unwritten.
  setInterval(() => {
    if (process.stdout.writableLength === 0 && process.stderr.writableLength === 0) process.exit();
  }, LINGER_MS).unref();
}
