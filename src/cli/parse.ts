import { Command as Commander, CommanderError, Option } from 'commander';
import { nearNames } from '../catalog/arguments/wording.ts';
import type { Flags } from '../config/resolve.ts';
import { SETTINGS } from '../config/settings.ts';
import { VERSION } from '../core/command-name.ts';
import { UsageError } from '../core/errors.ts';
import { asSentence } from '../core/text.ts';
import { type Command, type CommandInput, inputOf, separated } from './command.ts';
import { commandHelp, didYouMean, helpOn, KEY_HINT, noCommand, noTokenOption, programHelp, seeHelp } from './help.ts';

/** The command line, parsed by commander: which command, with what. Nothing runs here. */
type ParsedLine =
  | { readonly kind: 'run'; readonly command: Command; readonly input: CommandInput; readonly flags: Flags }
  /** Help or the version: text for stdout. */
  | { readonly kind: 'print'; readonly text: string };

/**
 * @param args without the program's own name
 * @param fallback the command that runs when none is named
 * @param welcome printed when no command is named; null where no person sits at stdin
 * @throws UsageError
 */
export function parseLine(
  args: readonly string[],
  commands: readonly Command[],
  fallback: Command,
  columns: number,
  welcome: string | null,
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
      if (command === fallback && welcome !== null && !isNamed) chosen.push({ kind: 'print', text: welcome });
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
    const named = commands.find(({ name }) => args.includes(name));
    throw usageErrorOf(error, named);
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

/** What commander says about a wrong command line, in our words: one sentence and what to do next. */
function usageErrorOf(error: CommanderError, command: Command | undefined): UsageError {
  const [first = '', ...rest] = error.message.replace(/^error: /, '').split('\n');
  if (/option '--token([=' ]|$)/.test(first)) return noTokenOption();
  const name = command?.name ?? 'lucanto-mcp';
  const help = seeHelp(command);
  const what = /'(.+?)'/.exec(first)?.[1] ?? '';
  switch (error.code) {
    case 'commander.unknownOption': {
      const [near] = /(?<=\()Did you mean .+\?(?=\))/.exec(rest.join(' ')) ?? [];
      return new UsageError(`There is no option ${what}.`, { hint: near === undefined ? help : `${near} ${help}` });
    }
    case 'commander.optionMissingArgument':
      return new UsageError(`${what.replace(/ .*$/s, '')} needs a value: ${what}.`, { hint: help });
    case 'commander.missingArgument':
      return new UsageError(`${name} needs ${command?.operand?.syntax ?? what}: ${command?.operand?.help ?? ''}.`, {
        hint: help,
      });
    case 'commander.excessArguments': {
      const takes = command?.operand == null ? 'no arguments' : `${command.operand.syntax} and nothing more`;
      return new UsageError(`${name} takes ${takes}.`, { hint: name === 'login' ? KEY_HINT : help });
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
  return new UsageError(`There is no option ${name}.`, { hint: didYouMean(nearNames(name, options), seeHelp()) });
}

function flagsOf(program: Commander): string[] {
  return [...program.options.map(({ long }) => long ?? ''), '--help'];
}
