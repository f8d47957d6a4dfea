/** The person at the terminal, asked before what cannot be undone. */
import type { Human } from '../catalog/human.ts';
import type { CommandContext } from './command.ts';
import { askYesNo, isTerminal } from './prompt.ts';

/** Undefined where nobody sits at a terminal. */
export function humanAt({ stdio, output }: CommandContext): Human | undefined {
  if (!isTerminal(stdio)) return undefined;
  return {
    how: 'terminal',
    ask: async ({ message }, signal) => {
      output.clearProgress();
      return (await askYesNo(message, false, stdio, signal)) ? 'accepted' : 'declined';
    },
  };
}
