import { alternatives, nearNames } from '../catalog/arguments/wording.ts';
import { SETTINGS, TOKEN_VARIABLE } from '../config/settings.ts';
import { VERSION } from '../core/command-name.ts';
import { UsageError } from '../core/errors.ts';
import type { Command } from './command.ts';
import { textWidth, wrapped } from './terminal-text.ts';

/** Help for people: the program on one screen, one command, and every option. All of it comes from the tables. */
const GROUPS = ['Get started', 'Look', 'More'] as const;

/** The options that most people need; `help options` has all. */
const USUAL = [SETTINGS.profile, SETTINGS.workspace, SETTINGS.readOnly, SETTINGS.demo];

const GAP = '  ';

/** At most 24 lines of 80 columns. */
export function programHelp(commands: readonly Command[], columns: number): string {
  const rows = GROUPS.flatMap((group) => [
    [group],
    ...commands.filter((command) => command.group === group).map(({ name, summary }) => [name, summary]),
  ]);
  const options = [
    ...USUAL.map(({ flag, argument, help }) => [syntaxOf(flag, argument), help]),
    ['--version, --help', 'Print the version, or this help'],
  ];
  return [
    wrapped(`lucanto-mcp ${VERSION} connects AI apps to Lucanto: invoices, contacts, expenses.`, columns, ''),
    ...table(rows, columns),
    'Options',
    ...table(options, columns),
    wrapped('More: `lucanto-mcp help <command>`, `lucanto-mcp help options`.', columns, ''),
  ].join('\n');
}

export function commandHelp({ name, summary, operand, options, examples }: Command, columns: number): string {
  const usage = ['lucanto-mcp', name, ...(operand === null ? [] : [operand.syntax]), '[options]'].join(' ');
  return [
    `Usage: ${usage}`,
    '',
    wrapped(`${summary}.`, columns, ''),
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
    wrapped('Global options; an option beats its variable, which beats what is stored:', columns, ''),
    ...table(options, columns),
    ...section('Variables without an option', variables, columns),
    '',
    wrapped(
      'Exit codes: 0 done, 1 failed, 2 wrong usage, 3 no API key or refused, 4 service unreachable, 130 cancelled.',
      columns,
      '  ',
    ),
  ].join('\n');
}

export function helpOn(topic: string | undefined, commands: readonly Command[], columns: number): string {
  if (topic === undefined || topic === 'help') return programHelp(commands, columns);
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
    if (textWidth(name) <= width) return wrapped(lead.padEnd(indent.length) + meaning, columns, indent);
    return [lead, wrapped(indent + meaning, columns, indent)];
  });
}

export function seeHelp(command?: Command): string {
  return `Run \`lucanto-mcp ${command === undefined ? 'help' : `${command.name} --help`}\` to see what there is.`;
}

export function didYouMean(near: readonly string[], help: string): string {
  return near.length === 0 ? help : `Did you mean ${alternatives(near)}? ${help}`;
}

export function noCommand(word: string, commands: readonly Command[]): UsageError {
  const near = nearNames(word, [...commands.map(({ name }) => name), 'help', 'options']);
  const what = JSON.stringify(word.slice(0, 60));
  return new UsageError(`There is no command ${what}.`, { hint: didYouMean(near, seeHelp()) });
}

export const KEY_HINT =
  'An API key is never an argument, where other programs could read it: run `lucanto-mcp login` and paste it there, or set LUCANTO_TOKEN.';

export function noTokenOption(): UsageError {
  return new UsageError('There is no option --token.', { hint: KEY_HINT });
}
