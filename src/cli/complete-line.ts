/** What can follow on a command line, read from the same tables as the help. Runs no command. */
import type { Flags } from '../config/resolve.ts';
import { SETTINGS } from '../config/settings.ts';
import type { Candidate, Command, CommandContext, CommandOption } from './command.ts';

interface Option extends Omit<CommandOption, 'flags'> {
  readonly name: string;
  /** `<path>`; null for a switch. */
  readonly argument: string | null;
  /** Of a setting: its key. */
  readonly setting: string | null;
}

/** File names are the shell's own business. */
export const FILES = ':files';

export async function candidatesFor(
  reading: ReturnType<typeof readLine>,
  current: string,
  commands: readonly Command[],
  contextOf: (flags: Flags) => Promise<CommandContext>,
): Promise<readonly Candidate[]> {
  const { command, operands, given, awaiting } = reading;
  if (awaiting !== null) return valuesOf(awaiting);
  const [name, value] = split(current);
  if (current.startsWith('-') && !reading.isClosed) {
    const options = optionsOf(command);
    if (value === null) {
      return [...options, ...helpOptions(command)]
        .filter((option) => option.repeatable || !given.has(option.name))
        .map(({ name, help }) => ({ value: name, about: help }));
    }
    const option = options.find((one) => one.name === name);
    return (option === undefined ? [] : valuesOf(option)).map((one) =>
      one.value === FILES ? one : { ...one, value: `${name}=${one.value}` },
    );
  }
  if (command === null) return commands.map((one) => ({ value: one.name, about: one.summary }));
  const isFull = operands.length > 0 && !command.operand?.syntax.includes('...');
  if (command.operand === null || isFull) return [];
  const all = (await command.operand.complete?.(await contextOf(reading.flags))) ?? [];
  return all.filter((one) => !operands.includes(one.value));
}

/** What the words before the cursor say: `awaiting` is the option whose value stands there, `isClosed` whether `--` was given. */
export function readLine(words: readonly string[], commands: readonly Command[]) {
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
export function joined(typed: readonly string[]): string[] {
  const words: string[] = [];
  for (const [index, word] of typed.entries()) {
    const last = words.at(-1);
    const goesOn = word === '=' || typed[index - 1] === '=';
    if (goesOn && last?.startsWith('--')) words[words.length - 1] = last + word;
    else words.push(word);
  }
  return words;
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
  const settings = Object.entries(SETTINGS).map(([key, setting]) => ({
    name: setting.flag,
    argument: setting.argument,
    help: setting.help,
    setting: key,
    ...('repeatable' in setting && { repeatable: setting.repeatable }),
  }));
  // `history --limit` is the command's own.
  return [...own, ...settings.filter(({ name }) => !own.some((one) => one.name === name))];
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
