import { Command as Commander, CommanderError, Option } from 'commander';
import { alternatives, nearNames } from '../catalog/arguments/wording.ts';
import type { Flags } from '../config/resolve.ts';
import { SETTINGS, TOKEN_VARIABLE } from '../config/settings.ts';
import { VERSION } from '../core/command-name.ts';
import { UsageError } from '../core/errors.ts';
import type { Command, CommandInput } from './command.ts';
import { textWidth, wrapped } from './terminal-text.ts';

/** Help for people: the program on one screen, one command, and every option. All of it comes from the tables. */
const GROUPS = ['Get started', 'Look', 'More'] as const;
/** The options that most people need; `help options` has all. */
const USUAL = [SETTINGS.profile, SETTINGS.workspace, SETTINGS.readOnly, SETTINGS.demo];
const GAP = '  ';

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

/** At most 24 lines of 80 columns. */
function programHelp(commands: readonly Command[], columns: number): string {
  const rows = GROUPS.flatMap((group) => [
    [group],
    ...commands.filter((command) => command.group === group).map(({ name, summary }) => [name, summary]),
  ]);
  const options = [
    ...USUAL.map(({ flag, argument, help }) => [syntaxOf(flag, argument), help]),
    ['--version, --help', 'Print the version, or this help'],
  ];
  return [
    ...wrapped(`lucanto-mcp ${VERSION} connects AI apps to Lucanto: invoices, contacts, expenses.`, columns, '').split(
      '\n',
    ),
    ...table(rows, columns),
    'Options',
    ...table(options, columns),
    ...wrapped('More: `lucanto-mcp help <command>`, `lucanto-mcp help options`.', columns, '').split('\n'),
  ].join('\n');
}

function commandHelp({ name, summary, operand, options, examples }: Command, columns: number): string {
  const usage = ['lucanto-mcp', name, ...(operand === null ? [] : [operand.syntax]), '[options]'].join(' ');
  return [
    `Usage: ${usage}`,
    '',
    ...wrapped(`${summary}.`, columns, '').split('\n'),
    ...section('Argument', operand === null ? [] : [[operand.syntax, operand.help]], columns),
    ...section(
      'Options',
      options.map(({ flags, help }) => [flags, help]),
      columns,
    ),
    ...section(
      'Examples',
      examples.map((example) => [example]),
      columns,
    ),
    '',
    'Global options: `lucanto-mcp help options`.',
  ].join('\n');
}

/** Every global option with its variable and default, and what else the environment decides. */
function optionsHelp(columns: number): string {
  const options = Object.values(SETTINGS).map(({ flag, argument, help, variable, fallbackText }) => {
    const fallback = fallbackText === null ? '' : `, default ${fallbackText}`;
    return [syntaxOf(flag, argument), `${help} (${variable}${fallback})`];
  });
  const variables = [
    [TOKEN_VARIABLE.variable, TOKEN_VARIABLE.help],
    ['NO_COLOR', 'No colours on a terminal'],
  ];
  return [
    ...wrapped('Global options; an option beats its variable, which beats what is stored:', columns, '').split('\n'),
    ...table(options, columns),
    ...section('Variables without an option', variables, columns),
    '',
    ...wrapped(
      'Exit codes: 0 done, 1 failed, 2 wrong usage, 3 no API key or refused, 4 service unreachable, 130 cancelled.',
      columns,
      '  ',
    ).split('\n'),
  ].join('\n');
}

/** @throws UsageError */
function helpOn(topic: string | undefined, commands: readonly Command[], columns: number): string {
  if (topic === undefined) return programHelp(commands, columns);
  if (topic === 'options') return optionsHelp(columns);
  const command = commands.find(({ name }) => name === topic);
  if (command !== undefined) return commandHelp(command, columns);
  throw noCommand(topic, commands);
}

function syntaxOf(flag: string, argument: string | null): string {
  return argument === null ? flag : `${flag} ${argument}`;
}

function section(title: string, rows: readonly (readonly string[])[], columns: number): string[] {
  return rows.length === 0 ? [] : ['', title, ...table(rows, columns)];
}

/** Rows of a name and its meaning, wrapped in a column of its own; a single cell is a title, or a line as it stands. */
function table(rows: readonly (readonly string[])[], columns: number): string[] {
  const names = rows.flatMap(([name = '', ...rest]) => (rest.length === 0 ? [] : [textWidth(name)]));
  // A long name takes its own line, so that the meanings keep their room.
  const width = Math.min(Math.max(0, ...names), Math.floor(columns / 3));
  const indent = ' '.repeat(GAP.length + width + GAP.length);
  return rows.flatMap(([name = '', meaning]) => {
    if (meaning === undefined) return names.length === 0 ? [`${GAP}${name}`] : [name];
    const lead = `${GAP}${name}`;
    if (textWidth(name) <= width) return wrapped(lead.padEnd(indent.length) + meaning, columns, indent).split('\n');
    return [lead, ...wrapped(indent + meaning, columns, indent).split('\n')];
  });
}

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
      return new UsageError(/[.!?]$/.test(first) ? first : `${first}.`, { hint: help });
  }
}

function seeHelp(command?: Command): string {
  return `Run \`lucanto-mcp ${command === undefined ? 'help' : `${command.name} --help`}\` to see what there is.`;
}

function didYouMean(near: string | undefined, help: string): string {
  return near === undefined ? help : `Did you mean ${near}? ${help}`;
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

function noCommand(word: string, commands: readonly Command[]): UsageError {
  const near = nearNames(word, [...commands.map(({ name }) => name), 'help', 'options']);
  return new UsageError(`There is no command ${JSON.stringify(word.slice(0, 60))}.`, {
    hint: didYouMean(near.length === 0 ? undefined : alternatives(near), seeHelp()),
  });
}

function noTokenOption(): UsageError {
  return new UsageError('There is no option --token.', { hint: KEYS_ARE_NOT_ARGUMENTS });
}

function flagsOf(program: Commander): string[] {
  return [...program.options.map(({ long }) => long ?? ''), '--help'];
}
