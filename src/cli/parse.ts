import { Command as Commander, CommanderError, Option } from 'commander';
import { alternatives, nearNames } from '../catalog/arguments/wording.ts';
import type { Flags } from '../config/resolve.ts';
import { SETTINGS } from '../config/settings.ts';
import { VERSION } from '../core/command-name.ts';
import { UsageError } from '../core/errors.ts';
import { asSentence } from '../core/text.ts';
import type { Command, CommandInput } from './command.ts';
import { commandHelp, didYouMean, helpOn, noCommand, programHelp, seeHelp } from './help.ts';

/** The command line, parsed by commander: which command, with what. Nothing runs here. */
type ParsedLine =
  | { readonly kind: 'run'; readonly command: Command; readonly input: CommandInput; readonly flags: Flags }
  /** Help or the version: text for stdout. */
  | { readonly kind: 'print'; readonly text: string };

/**
 * @param args without the program's own name
 * @param fallback the command that runs when none is named
 * @param isTerminal whether a person sits at stdin, who gets a welcome when no command is named
 * @throws UsageError
 */
export function parseLine(
  args: readonly string[],
  commands: readonly Command[],
  fallback: Command,
  columns: number,
  isTerminal: boolean,
): ParsedLine {
  let printed = '';
  const chosen: ParsedLine[] = [];
  const program = new Commander('lucanto-mcp')
    .version(VERSION, '-v, --version')
    .helpOption('-h, --help')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => {
        printed += text;
      },
      writeErr: () => undefined,
    });
  program.helpInformation = () => programHelp(commands, columns);
  for (const setting of Object.values(SETTINGS)) {
    const option = new Option(setting.argument === null ? setting.flag : `${setting.flag} ${setting.argument}`);
    program.addOption('repeatable' in setting ? option.argParser(collect) : option);
  }
  for (const command of commands) {
    const sub = addCommand(program, command, command === fallback);
    sub.helpInformation = () => commandHelp(command, columns);
    sub.action(() => {
      const { own, flags } = separated(sub.optsWithGlobals(), command);
      const unexpected = command === fallback ? sub.args[0] : undefined;
      if (unexpected !== undefined) throw unknownWord(unexpected, commands, flagsOf(program));
      const isNamed = args.includes(command.name);
      if (command === fallback && isTerminal && !isNamed) chosen.push({ kind: 'print', text: welcome() });
      else chosen.push({ kind: 'run', command, input: inputOf(sub.args, own), flags });
    });
  }
  program
    .command('help')
    .argument('[topic]')
    .action((topic?: string) => {
      chosen.push({ kind: 'print', text: helpOn(topic, commands, columns) });
    });
  try {
    program.parse(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { kind: 'print', text: printed.trimEnd() };
    throw usageErrorOf(
      error,
      commands.find(({ name }) => args.includes(name)),
    );
  }
  return chosen[0] ?? { kind: 'print', text: programHelp(commands, columns) };
}

function addCommand(program: Commander, command: Command, isFallback: boolean): Commander {
  const sub = program.command(command.name, { isDefault: isFallback });
  if (command.operand !== null) sub.argument(command.operand.syntax);
  for (const { flags, repeatable } of command.options) {
    const option = new Option(flags);
    sub.addOption(repeatable === true ? option.argParser(collect) : option);
  }
  // What is not a command ends up at the default one; commander's own words for it would not help anybody.
  if (isFallback) sub.allowExcessArguments(true).allowUnknownOption(true);
  return sub;
}

function collect(value: string, before: unknown): string[] {
  return Array.isArray(before) ? [...before, value] : [value];
}

/** `history --limit 20` is the command's own option, `--limit sends=10/day` the setting: only that one has a `=`. */
function separated(options: Flags, command: Command): { readonly own: Flags; readonly flags: Flags } {
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

function inputOf(operands: readonly string[], options: Flags): CommandInput {
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

const KEYS_ARE_NOT_ARGUMENTS =
  'An API key is never an argument, where other programs could read it: run `lucanto-mcp login` and paste it there, or set LUCANTO_TOKEN.';

/** What commander says about a wrong command line, in our words: one sentence and what to do next. */
function usageErrorOf(error: CommanderError, command: Command | undefined): UsageError {
  const [first = '', ...rest] = error.message.replace(/^error: /, '').split('\n');
  if (/option '--token([=' ]|$)/.test(first)) return noTokenOption();
  const name = command?.name ?? 'lucanto-mcp';
  const help = seeHelp(command);
  const what = /'(.+?)'/.exec(first)?.[1] ?? '';
  switch (error.code) {
    case 'commander.unknownOption': {
      const near = /\(Did you mean (.+)\?\)/.exec(rest.join(' '))?.[1];
      return new UsageError(`There is no option ${what}.`, { hint: didYouMean(near, help) });
    }
    case 'commander.optionMissingArgument':
      return new UsageError(`${what.replace(/ .*$/s, '')} needs a value: ${what}.`, { hint: help });
    case 'commander.missingArgument':
      return new UsageError(`${name} needs ${command?.operand?.syntax ?? what}: ${command?.operand?.help ?? ''}.`, {
        hint: help,
      });
    case 'commander.excessArguments': {
      const takes = command?.operand == null ? 'no arguments' : `${command.operand.syntax} and nothing more`;
      return new UsageError(`${name} takes ${takes}.`, { hint: name === 'login' ? KEYS_ARE_NOT_ARGUMENTS : help });
    }
    default:
      return new UsageError(asSentence(first), { hint: help });
  }
}

/** A word that the default command was given, which takes none. */
function unknownWord(word: string, commands: readonly Command[], options: readonly string[]): UsageError {
  if (/^--token([=]|$)/.test(word)) return noTokenOption();
  if (!word.startsWith('-')) return noCommand(word, commands);
  const name = word.replace(/=.*$/s, '');
  const near = nearNames(name, options);
  return new UsageError(`There is no option ${name}.`, {
    hint: didYouMean(near.length === 0 ? undefined : alternatives(near), seeHelp()),
  });
}

function noTokenOption(): UsageError {
  return new UsageError('There is no option --token.', { hint: KEYS_ARE_NOT_ARGUMENTS });
}

function flagsOf(program: Commander): string[] {
  return [...program.options.map(({ long }) => long ?? ''), '--help'];
}

/** At a terminal without a command: what this is, and the two commands to type. */
function welcome(): string {
  return [
    'lucanto-mcp connects Claude and other AI apps to Lucanto.',
    '',
    '`lucanto-mcp login` stores your API key.',
    '`lucanto-mcp setup` connects your apps.',
    '',
    '`lucanto-mcp help` shows everything else.',
  ].join('\n');
}
