import { EXIT, UsageError } from '../../core/errors.ts';
import type { Command } from '../command.ts';
import { SCRIPTS, SHELLS } from '../completion-scripts.ts';

export const completionCommand: Command = {
  name: 'completion',
  group: 'More',
  summary: 'Print the completion script for a shell',
  operand: {
    syntax: '<shell>',
    help: 'bash, zsh, fish or powershell',
    complete: async () => SHELLS.map((value) => ({ value, about: '' })),
  },
  options: [],
  examples: [
    `echo 'eval "$(lucanto-mcp completion bash)"' >> ~/.bashrc`,
    `echo 'eval "$(lucanto-mcp completion zsh)"' >> ~/.zshrc     after the line with compinit`,
    'lucanto-mcp completion fish > ~/.config/fish/completions/lucanto-mcp.fish',
    `Add-Content $PROFILE 'lucanto-mcp completion powershell | Out-String | Invoke-Expression'`,
  ],
  async run({ output }, { operands }) {
    const [name = ''] = operands;
    const shell = SHELLS.find((one) => one === name);
    if (shell === undefined) {
      throw new UsageError(`There is no completion for ${JSON.stringify(name.slice(0, 40))}.`, {
        hint: `Run \`lucanto-mcp completion\` with one of ${SHELLS.join(', ')}.`,
      });
    }
    output.line(SCRIPTS[shell]);
    return EXIT.done;
  },
};
