/** `setup`: connects desktop apps. */
import type { Command } from '../command.ts';

export const setupCommand: Command = {
  name: 'setup',
  group: 'Get started',
  summary: 'Connect Claude Desktop, Cursor and other apps',
  operand: {
    syntax: '[app...]',
    help: 'For example claude-desktop or cursor; --list shows all. Asked for at a terminal',
    async complete() {
      const { CLIENTS } = await import('../../setup/client-table.ts');
      return CLIENTS.map(({ id, title }) => ({ value: id, about: title }));
    },
  },
  options: [
    { flags: '--list', help: 'Show every app: installed, connected, its file' },
    { flags: '--dry-run', help: 'Show what would be written, and write nothing' },
    { flags: '--remove', help: 'Remove what setup has added' },
    { flags: '--print', help: 'Print the entry to paste, and write nothing; without a name, one for any app' },
    { flags: '--file <path>', help: 'Write the entry into this file, whatever app reads it' },
    { flags: '--yes', help: 'Ask nothing; without a name, take every installed app' },
    { flags: '--json', help: 'Print JSON' },
  ],
  examples: [
    'lucanto-mcp setup',
    'lucanto-mcp setup claude-desktop --read-only',
    'lucanto-mcp setup --dry-run',
    'lucanto-mcp setup --remove cursor',
    'lucanto-mcp setup --file .cursor/mcp.json',
  ],
  async run(context, input) {
    const { runSetup } = await import('../setup-run.ts');
    return runSetup(context, input);
  },
};
