import type { Readable, Writable } from 'node:stream';
import type { Environment } from '../config/paths.ts';
import type { ResolvedSettings } from '../config/resolve.ts';
import type { ExitCode } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { Opening } from '../server/wire.ts';
import type { Output, OutputStream } from './output.ts';

/** What a command is: data for the parser and the help, and one function. Heavy modules are imported inside `run`. */
/** A stream that may be a terminal. */
type Terminal = Writable & Pick<OutputStream, 'isTTY' | 'columns'>;

/** The process as commands see it; tests bring another. */
export interface Stdio {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Terminal;
  readonly stderr: Terminal;
}

/** What runs: absolute paths of the Node and of the script, as it was started. */
export interface RunningProgram {
  readonly node: string;
  readonly script: string;
}

export interface CommandContext {
  readonly settings: ResolvedSettings;
  readonly env: Environment;
  readonly log: Log;
  readonly output: Output;
  readonly stdio: Stdio;
  readonly running: RunningProgram;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Aborts on Ctrl-C and when the process is asked to end. */
  readonly interrupt: AbortSignal;
  /** The id of the process that started this one, or of the one that took its place. */
  readonly parentId: () => number;
  /** What ready answers were given to already, for `serve`; null where none was. */
  readonly opening: Opening | null;
}

export interface CommandInput {
  readonly operands: readonly string[];
  /** By the option's name in camelCase; a repeatable one is a list. */
  readonly options: Readonly<Record<string, unknown>>;
}

export interface CommandOption {
  /** `--json`, `--limit <n>` */
  readonly flags: string;
  readonly help: string;
  readonly repeatable?: true;
}

/** What a shell may put in place of a word that is begun. */
export interface Candidate {
  readonly value: string;
  /** A sentence, or empty. */
  readonly about: string;
}

interface CommandOperand {
  /** `<tool>`, `[client...]` */
  readonly syntax: string;
  readonly help: string;
  /** What it can be, for a shell that completes it: without the network, and at once. */
  complete?(context: CommandContext): Promise<readonly Candidate[]>;
}

export interface Command {
  readonly name: string;
  readonly summary: string;
  /** Null where the command takes none. */
  readonly operand: CommandOperand | null;
  readonly options: readonly CommandOption[];
  /** Lines of a shell. */
  readonly examples: readonly string[];
  /** @throws LucantoError; its exit code becomes the program's */
  run(context: CommandContext, input: CommandInput): Promise<ExitCode>;
}

/** The text of an option that takes a value, or null where it was left out. */
export function textOption(input: CommandInput, name: string): string | null {
  const value = input.options[name];
  return typeof value === 'string' ? value : null;
}

export function listOption(input: CommandInput, name: string): readonly string[] {
  const value = input.options[name];
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
}

export function switchOption(input: CommandInput, name: string): boolean {
  return input.options[name] === true;
}
