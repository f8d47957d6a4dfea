import { Command as Commander, CommanderError, Option } from 'commander';
import { alternatives, nearNames } from '../catalog/arguments/wording.ts';
import type { Flags } from '../config/resolve.ts';
import type { Setting } from '../config/setting.ts';
import { SETTINGS, TOKEN_VARIABLE } from '../config/settings.ts';
import { UsageError } from '../core/errors.ts';
import { VERSION } from '../core/version.ts';
import type { Command, CommandInput } from './command.ts';

/** The parts of `--help` that commander does not know: variables, defaults, examples. All from the settings table. */
function settingHelp(setting: Setting<unknown>): string {
  const fallback = setting.fallbackText === null ? '' : `, default ${setting.fallbackText}`;
  return `${setting.help} (${setting.variable}${fallback})`;
}

function examplesHelp(examples: readonly string[]): string {
  if (examples.length === 0) return '';
  return `\nExamples:\n${examples.map((example) => `  ${example}`).join('\n')}\n`;
}

/** The variables that have no option; those of the options stand beside them. */
function environmentHelp(): string {
  const rows = [
    [TOKEN_VARIABLE.variable, TOKEN_VARIABLE.help],
    ['NO_COLOR', 'No colours on a terminal'],
  ] as const;
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, help]) => `  ${name.padEnd(width)}  ${help}`);
  return `\nEnvironment variables besides those of the options, which beat them:\n${lines.join('\n')}\n`;
}

const EXIT_CODES_HELP =
  '\nExit codes: 0 done, 1 failed, 2 wrong usage, 3 no token or refused, 4 service unreachable, 130 interrupted\n';

/** What commander says about a wrong command line, in our words: one sentence and what to do next. */
const TOKENS_ARE_NO_ARGUMENTS =
  'A token is never an argument, where other programs could read it: run `lucanto-mcp login` and paste it there, or set LUCANTO_TOKEN.';

function usageErrorOf(error: CommanderError, command: string | null): UsageError {
  const [first = '', ...rest] = error.message.replace(/^error: /, '').split('\n');
  const suggestion = /\(Did you mean (.+)\?\)/.exec(rest.join(' '))?.[1];
  const help = `Run \`lucanto-mcp ${command === null ? '' : `${command} `}--help\` to see what there is.`;
  if (/option '--token([=' ]|$)/.test(first)) {
    return new UsageError('There is no option --token.', { hint: TOKENS_ARE_NO_ARGUMENTS });
  }
  if (error.code === 'commander.excessArguments' && command === 'login') {
    return new UsageError('login takes no arguments.', { hint: TOKENS_ARE_NO_ARGUMENTS });
  }
  return new UsageError(sentence(first), {
    hint: suggestion === undefined ? help : `Did you mean ${suggestion}? ${help}`,
  });
}

/** The default command swallows what is no command; this tells what it was. */
function unknownWord(word: string, commands: readonly string[], options: readonly string[]): UsageError {
  const isOption = word.startsWith('-');
  const near = nearNames(word.replace(/=.*$/s, ''), isOption ? options : commands);
  if (/^--token([=]|$)/.test(word)) {
    return new UsageError('There is no option --token.', { hint: TOKENS_ARE_NO_ARGUMENTS });
  }
  const what = isOption
    ? `unknown option ${word.replace(/=.*$/s, '')}`
    : `unknown command ${JSON.stringify(word.slice(0, 60))}`;
  const help = 'Run `lucanto-mcp --help` to see what there is.';
  return new UsageError(sentence(what), {
    hint: near.length === 0 ? help : `Did you mean ${alternatives(near)}? ${help}`,
  });
}

function sentence(text: string): string {
  const trimmed = text.trim();
  return /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}

/** The command line, parsed: which command, with what. Nothing runs here. */
type ParsedLine =
  | { readonly kind: 'run'; readonly command: Command; readonly input: CommandInput; readonly flags: Flags }
  /** --help or --version: text for stdout. */
  | { readonly kind: 'print'; readonly text: string };

/**
 * @param args without the program's own name
 * @throws UsageError
 */
export function parseLine(
  args: readonly string[],
  commands: readonly Command[],
  fallback: Command,
  columns: number,
): ParsedLine {
  let printed = '';
  let chosen: ParsedLine | null = null;
  const program = new Commander('lucanto-mcp')
    .description('The local MCP bridge for Lucanto: invoices, quotes, contacts and expenses for AI assistants.')
    .version(VERSION, '-v, --version', 'Print the version')
    .helpOption('-h, --help', 'Print this help')
    .helpCommand(false)
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => {
        printed += text;
      },
      writeErr: () => undefined,
      getOutHelpWidth: () => columns,
      getOutHasColors: () => false,
    })
    .addHelpText('after', environmentHelp() + EXIT_CODES_HELP + examplesHelp(PROGRAM_EXAMPLES));
  for (const setting of Object.values(SETTINGS)) {
    program.addOption(new Option(optionSyntax(setting.flag, setting.argument), settingHelp(setting)));
  }
  for (const command of commands) {
    const sub = addCommand(program, command, command === fallback);
    sub.action(() => {
      const options = sub.optsWithGlobals();
      chosen = { kind: 'run', command, input: inputOf(sub.args, options), flags: options };
      const unexpected = command === fallback ? sub.args[0] : undefined;
      if (unexpected !== undefined) throw unknownWord(unexpected, namesOf(commands), flagsOf(program));
    });
  }
  try {
    program.parse(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { kind: 'print', text: printed.trimEnd() };
    throw usageErrorOf(error, namesOf(commands).find((name) => args.includes(name)) ?? null);
  }
  return chosen ?? { kind: 'print', text: program.helpInformation().trimEnd() };
}

const PROGRAM_EXAMPLES = [
  'lucanto-mcp login                                   store a token',
  'lucanto-mcp setup                                   connect Claude Desktop and other apps',
  'lucanto-mcp tools                                   what the token may use',
  'lucanto-mcp call lucanto_list_invoices --arg limit=3',
  'lucanto-mcp --demo call lucanto_list_workspaces     try it without a token',
];

function addCommand(program: Commander, command: Command, isFallback: boolean): Commander {
  const sub = program
    .command(command.name, { isDefault: isFallback })
    .description(isFallback ? `${command.summary} (the default)` : command.summary)
    .summary(isFallback ? `${command.summary} (the default)` : command.summary)
    .addHelpText('after', examplesHelp(command.examples));
  if (command.operand !== null) sub.argument(command.operand.syntax, command.operand.help);
  for (const { flags, help, repeatable } of command.options) {
    const option = new Option(flags, help);
    sub.addOption(repeatable === true ? option.argParser(collect) : option);
  }
  // What is no command at all ends up at the default one; with commander's own words nobody would understand why.
  if (isFallback) sub.allowExcessArguments(true).allowUnknownOption(true);
  return sub;
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

function collect(value: string, before: unknown): string[] {
  return Array.isArray(before) ? [...before, value] : [value];
}

function optionSyntax(flag: string, argument: string | null): string {
  return argument === null ? flag : `${flag} ${argument}`;
}

function namesOf(commands: readonly Command[]): string[] {
  return commands.map(({ name }) => name);
}

function flagsOf(program: Commander): string[] {
  return [...program.options.map(({ long }) => long ?? ''), '--help'];
}
