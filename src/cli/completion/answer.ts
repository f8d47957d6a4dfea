/** Answers a shell that completes a command line: from what is on disk, and without a word where something is wrong. */
import type { Flags } from '../../config/resolve.ts';
import { EXIT, type ExitCode, UsageError } from '../../errors.ts';
import type { Command, CommandContext } from '../command.ts';
import type { Output } from '../output.ts';
import { candidates } from './candidates.ts';

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
