/** The command line, parsed: which command, with what. Nothing runs here. */
import { Command as Commander, CommanderError, Option } from 'commander';
import type { Flags } from '../config/resolve.ts';
import { SETTINGS } from '../config/settings.ts';
import { VERSION } from '../version.ts';
import type { Command, CommandInput } from './command.ts';
import { EXIT_CODES_HELP, environmentHelp, examplesHelp, settingHelp } from './help.ts';
import { unknownWord, usageErrorOf } from './usage.ts';

export type ParsedLine =
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
      chosen = { kind: 'run', command, input: { operands: sub.args, options }, flags: options };
      const stray = command === fallback ? sub.args[0] : undefined;
      if (stray !== undefined) throw unknownWord(stray, namesOf(commands), flagsOf(program));
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
