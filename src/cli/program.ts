import { loadSettings, secretsToMask } from '../auth/profile.ts';
import type { Environment, Machine } from '../config/paths.ts';
import type { Flags } from '../config/resolve.ts';
import { COMMAND } from '../core/command-name.ts';
import { EXIT, type ExitCode, type LucantoError, toLucantoError } from '../core/errors.ts';
import { createLog, Secrets } from '../core/log.ts';
import type { Opening } from '../server/wire.ts';
import type { Command, CommandContext, RunningProgram, Stdio } from './command.ts';
import { callCommand } from './commands/call.ts';
import { completionCommand } from './commands/completion.ts';
import { demoCommand } from './commands/demo.ts';
import { doctorCommand } from './commands/doctor.ts';
import { historyCommand } from './commands/history.ts';
import { loginCommand } from './commands/login.ts';
import { logoutCommand } from './commands/logout.ts';
import { serveCommand } from './commands/serve.ts';
import { setupCommand } from './commands/setup.ts';
import { statusCommand } from './commands/status.ts';
import { toolsCommand } from './commands/tools.ts';
import { Output } from './output.ts';
import { parseLine } from './parse.ts';
import { InterruptedError } from './prompt.ts';

/** From a command line to an exit code. Only main.ts touches the process itself. */
const COMMANDS: readonly Command[] = [
  serveCommand,
  loginCommand,
  logoutCommand,
  setupCommand,
  doctorCommand,
  statusCommand,
  toolsCommand,
  callCommand,
  historyCommand,
  demoCommand,
  completionCommand,
];

/** Not for people: shells ask it, see completion/scripts.ts. */
const COMPLETE = 'complete';

/** Everything that the program takes from the machine it runs on. */
interface World {
  readonly args: readonly string[];
  readonly env: Environment;
  readonly machine: Machine;
  readonly stdio: Stdio;
  readonly running: RunningProgram;
  readonly clock: () => number;
  readonly interrupt: AbortSignal;
  readonly parentId: () => number;
  /** What ready answers were given to already; null where none was. */
  readonly opening?: Opening | null;
}

/** Never throws: every failure is told on stderr. */
export async function runProgram(world: World): Promise<ExitCode> {
  const { env, stdio } = world;
  const colours = (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb';
  const secrets = new Secrets();
  const output = new Output(stdio.stdout, stdio.stderr, colours, secrets, world.machine.command ?? COMMAND);
  let debug = asksForDebug(world);
  try {
    const [first, ...rest] = world.args;
    if (first === COMPLETE) {
      const { answerShell } = await import('./complete-line.ts');
      return await answerShell(rest, COMMANDS, (flags) => contextOf(flags, world, output, secrets), output);
    }
    const parsed = parseLine(world.args, COMMANDS, serveCommand, output.columns);
    if (parsed.kind === 'print') {
      output.line(parsed.text);
      return EXIT.done;
    }
    const context = contextOf(parsed.flags, world, output, secrets);
    debug = context.settings.logLevel === 'debug';
    return await parsed.command.run(context, parsed.input);
  } catch (thrown) {
    const error = toLucantoError(thrown);
    if (isTold(error, world.interrupt)) output.error(error, debug);
    return world.interrupt.aborted ? EXIT.interrupted : error.exitCode;
  }
}

/** @throws UsageError */
function contextOf(flags: Flags, world: World, output: Output, secrets: Secrets): CommandContext {
  const { env, stdio, clock, interrupt, parentId, running, opening = null } = world;
  const settings = loadSettings(flags, env, world.machine);
  for (const token of secretsToMask(settings, env)) secrets.conceal(token);
  const log = createLog(settings.logLevel, (line) => output.log(line), secrets);
  return { settings, env, log, output, stdio, running, clock, interrupt, parentId, opening };
}

/** Who interrupts a command knows that it did not finish; whether a write took effect they do not know. */
function isTold(error: LucantoError, interrupt: AbortSignal): boolean {
  if (error instanceof InterruptedError) return false;
  return !interrupt.aborted || error.details.outcome === 'unknown';
}

// For errors that come before the settings are known.
function asksForDebug({ args, env }: World): boolean {
  const at = args.indexOf('--log-level');
  return (
    (at >= 0 && args[at + 1] === 'debug') || args.includes('--log-level=debug') || env.LUCANTO_LOG_LEVEL === 'debug'
  );
}
