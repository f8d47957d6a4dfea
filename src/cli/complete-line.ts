import type { Flags } from '../config/resolve.ts';
import { SETTINGS } from '../config/settings.ts';
import { EXIT, type ExitCode, UsageError } from '../core/errors.ts';
import type { Candidate, Command, CommandContext, CommandOption } from './command.ts';
import type { Output } from './output.ts';

/** What can follow on a command line, read from the same tables as the help: nothing here runs a command. */
/** A command line with the cursor behind its last word. */
interface Unfinished {
  /** The words before it, without the program's own name. */
  readonly before: readonly string[];
  /** What of the last word is there; it may be empty. */
  readonly current: string;
}

/** What the words before the cursor say. */
interface Reading {
  readonly command: Command | null;
  readonly operands: readonly string[];
  /** The options so far. */
  readonly given: ReadonlySet<string>;
  /** Settings among them, as the parser would give them. */
  readonly flags: Readonly<Record<string, unknown>>;
  /** The option whose value stands at the cursor. */
  readonly awaiting: Option | null;
  /** `--` was given: all that follows are operands. */
  readonly isClosed: boolean;
}

interface Option extends Omit<CommandOption, 'flags'> {
  readonly name: string;
  /** `<path>`; null for a switch. */
  readonly argument: string | null;
  /** Of a setting: its key. */
  readonly setting: string | null;
}

/** File names are the shell's own business. */
const FILES = ':files';

type Operands = (command: Command, flags: Reading['flags']) => Promise<readonly Candidate[]>;

/** @param operandsOf what may stand as a command's operand */
async function candidates(
  line: Unfinished,
  commands: readonly Command[],
  operandsOf: Operands,
): Promise<readonly Candidate[]> {
  const { before, current } = joined(line);
  const reading = read(before, commands);
  const found = await candidatesFor(reading, current, commands, operandsOf);
  return found.filter(({ value }) => value === FILES || value.startsWith(current));
}

async function candidatesFor(
  reading: Reading,
  current: string,
  commands: readonly Command[],
  operandsOf: Operands,
): Promise<readonly Candidate[]> {
  const { command, operands, given, awaiting } = reading;
  if (awaiting !== null) return valuesOf(awaiting);
  const [name, value] = split(current);
  if (current.startsWith('-') && !reading.isClosed) {
    const options = optionsOf(command);
    if (value === null) {
      return [...options, ...helpOptions(command)]
        .filter((option) => option.repeatable || !given.has(option.name))
        .map(told);
    }
    const option = options.find((one) => one.name === name);
    return (option === undefined ? [] : valuesOf(option)).map((one) =>
      one.value === FILES ? one : { ...one, value: `${name}=${one.value}` },
    );
  }
  if (command === null) return commands.map((one) => ({ value: one.name, about: one.summary }));
  const isFull = operands.length > 0 && !command.operand?.syntax.includes('...');
  if (command.operand === null || isFull) return [];
  const all = await operandsOf(command, reading.flags);
  return all.filter((one) => !operands.includes(one.value));
}

function read(words: readonly string[], commands: readonly Command[]): Reading {
  let command: Command | null = null;
  let awaiting: Option | null = null;
  let isClosed = false;
  const operands: string[] = [];
  const given = new Set<string>();
  const flags: Record<string, unknown> = {};
  for (const word of words) {
    if (awaiting !== null) {
      if (awaiting.setting !== null) flags[awaiting.setting] = word;
      awaiting = null;
    } else if (isClosed || !word.startsWith('-')) {
      const named: Command | undefined = command === null ? commands.find((one) => one.name === word) : undefined;
      if (named === undefined) operands.push(word);
      else command = named;
    } else if (word === '--') {
      isClosed = true;
    } else {
      const [name, value] = split(word);
      const option = optionsOf(command).find((one) => one.name === name);
      given.add(name);
      if (option !== undefined && option.argument !== null && value === null) awaiting = option;
      else if (option !== undefined && option.setting !== null) flags[option.setting] = value ?? true;
    }
  }
  return { command, operands, given, flags, awaiting, isClosed };
}

/** bash takes `--name=value` apart at the `=`. */
function joined({ before, current }: Unfinished): Unfinished {
  const words: string[] = [];
  for (const [index, word] of [...before, current].entries()) {
    const last = words.at(-1);
    const goesOn = word === '=' || before[index - 1] === '=';
    if (goesOn && last?.startsWith('--')) words[words.length - 1] = last + word;
    else words.push(word);
  }
  return { before: words.slice(0, -1), current: words.at(-1) ?? '' };
}

function split(word: string): readonly [string, string | null] {
  const at = word.indexOf('=');
  return at < 0 ? [word, null] : [word.slice(0, at), word.slice(at + 1)];
}

function optionsOf(command: Command | null): Option[] {
  const own = (command?.options ?? []).map((option) => {
    const [name = '', argument = null] = option.flags.split(' ');
    return { ...option, name, argument, setting: null };
  });
  const settings = Object.entries(SETTINGS).map(([key, { flag, argument, help }]) => ({
    name: flag,
    argument,
    help,
    setting: key,
  }));
  return [...own, ...settings];
}

function helpOptions(command: Command | null): Option[] {
  const help = { name: '--help', argument: null, help: 'Print this help', setting: null };
  return command === null ? [help, { ...help, name: '--version', help: 'Print the version' }] : [help];
}

function valuesOf({ argument }: Option): Candidate[] {
  if (argument === null) return [];
  if (argument === '<path>' || argument === '<dir>') return [{ value: FILES, about: '' }];
  const choices = argument.slice(1, -1).split('|');
  return choices.length < 2 ? [] : choices.map((value) => ({ value, about: '' }));
}

function told({ name, help }: Option): Candidate {
  return { value: name, about: help };
}

/** Answers a shell that completes a command line: from what is on disk, and without a word where something is wrong. */
const AT_CURSOR = '--for=';

/** @param contextOf what the commands get to know, by the settings on the line @throws UsageError */
export async function answerShell(
  args: readonly string[],
  commands: readonly Command[],
  contextOf: (flags: Flags) => CommandContext,
  output: Output,
): Promise<ExitCode> {
  const last = args.at(-1) ?? '';
  if (!last.startsWith(AT_CURSOR)) {
    throw new UsageError('complete is what shells ask, not people.', {
      hint: 'Run `lucanto-mcp completion --help` to see how a shell learns to ask it.',
    });
  }
  const line = { before: args.slice(0, -1), current: last.slice(AT_CURSOR.length) };
  try {
    const found = await candidates(line, commands, async (command, flags) => {
      return (await command.operand?.complete?.(contextOf(flags))) ?? [];
    });
    for (const { value, about } of found) {
      const words = about.replace(/\s+/g, ' ').trim();
      output.line(words === '' ? value : `${value}\t${words}`);
    }
    return EXIT.done;
  } catch {
    // Whatever it is, the command itself will say it; here it would end up in the middle of the line being typed.
    return EXIT.failed;
  }
}
