/** What commander says about a wrong command line, in our words: one sentence and what to do next. */
import type { CommanderError } from 'commander';
import { alternatives, nearNames } from '../catalog/near-names.ts';
import { UsageError } from '../errors.ts';

const TOKENS_ARE_NO_ARGUMENTS =
  'A token is never an argument, where other programs could read it: run `lucanto-mcp login` and paste it there, or set LUCANTO_TOKEN.';

export function usageErrorOf(error: CommanderError, command: string | null): UsageError {
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
export function unknownWord(word: string, commands: readonly string[], options: readonly string[]): UsageError {
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
