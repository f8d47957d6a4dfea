/** What a command is: data for the parser and the help, and one function. Heavy modules are imported inside `run`. */
import type { Readable, Writable } from 'node:stream';
import type { ProfileReading } from '../auth/profile.ts';
import type { Environment } from '../config/paths.ts';
import type { Flags, ResolvedSettings } from '../config/resolve.ts';
import { SETTINGS } from '../config/settings.ts';
import type { ExitCode } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { Opening } from '../server/wire.ts';
import type { Output, OutputStream } from './output.ts';

/** The process as commands see it; tests bring another. */
export interface Stdio {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable & OutputStream;
  readonly stderr: Writable & OutputStream;
}

export interface CommandContext {
  readonly settings: ResolvedSettings;
  /** The stored profile that the settings name, as it was when the command started. */
  readonly profile: ProfileReading;
  readonly env: Environment;
  readonly log: Log;
  readonly output: Output;
  readonly stdio: Stdio;
  /** Absolute paths of the Node and of the script that run, as they were started. */
  readonly running: { readonly node: string; readonly script: string };
  readonly clock: () => number;
  /** Aborts on Ctrl-C and when the process is asked to end. */
  readonly interrupt: AbortSignal;
  /** The id of the process that started this one, or of the one that took its place. */
  readonly parentId: () => number;
  /** What ready answers were given to already, for `serve`; null where none was. */
  readonly opening: Opening | null;
  /** Called by `serve` after each call of a tool. */
  readonly onCalled: () => void;
}

/** What was typed after the command. Options are named in camelCase. */
export interface CommandInput {
  readonly operands: readonly string[];
  has(option: string): boolean;
  /** Null when it was left out. */
  text(option: string): string | null;
  list(option: string): readonly string[];
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
  readonly about: string;
}

export interface Command {
  readonly name: string;
  readonly group: 'Get started' | 'Look' | 'More';
  /** A few words without a full stop: what the command does. */
  readonly summary: string;
  /** Null where the command takes none. */
  readonly operand: {
    /** `<tool>`, `[client...]` */
    readonly syntax: string;
    readonly help: string;
    /** What it can be, for a shell that completes it: without the network, and at once. */
    complete?(context: CommandContext): Promise<readonly Candidate[]>;
  } | null;
  readonly options: readonly CommandOption[];
  readonly examples: readonly string[];
  /** @throws LucantoError; its exit code becomes the program's */
  run(context: CommandContext, input: CommandInput): Promise<ExitCode>;
}

/** `history --limit 20` is the command's own option, `--limit sends=10/day` the setting: only that one has a `=`. */
export function separated(options: Flags, command: Command): { readonly own: Flags; readonly flags: Flags } {
  const { limit } = options;
  const isOwn = command.options.some(({ flags }) => flags.startsWith(`${SETTINGS.limit.flag} `));
  if (!isOwn || !Array.isArray(limit)) return { own: options, flags: options };
  const { limit: _apart, ...others } = options;
  const settings = limit.filter((value) => String(value).includes('='));
  const count = limit.findLast((value) => !String(value).includes('='));
  return {
    own: count === undefined ? others : { ...others, limit: count },
    flags: settings.length === 0 ? others : { ...others, limit: settings },
  };
}

export function inputOf(operands: readonly string[], options: Flags): CommandInput {
  return {
    operands,
    has: (option) => options[option] === true,
    text: (option) => {
      const value = options[option];
      return typeof value === 'string' ? value : null;
    },
    list: (option) => {
      const value = options[option];
      return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
    },
  };
}
