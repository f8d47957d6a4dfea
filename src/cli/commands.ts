/** Every command, as the parser and the help need it. Its work is loaded when it runs, so that none slows another one's start. */
import type { Command, CommandOption } from './command.ts';

const JSON_OPTION: CommandOption = { flags: '--json', help: 'Print JSON' };

export const serveCommand: Command = {
  name: 'serve',
  group: 'More',
  summary: 'Speak MCP on stdin and stdout (the default)',
  operand: null,
  options: [],
  examples: ['lucanto-mcp', 'lucanto-mcp serve --read-only --workspace 42'],
  run: async (context) => (await import('./serve.ts')).runServe(context),
};

/** At a terminal without a command: what this is, and the two commands to type. */
export const WELCOME = [
  'lucanto-mcp connects Claude and other AI apps to Lucanto.',
  '',
  '`lucanto-mcp login` stores your API key.',
  '`lucanto-mcp setup` connects your apps.',
  '',
  '`lucanto-mcp help` shows everything else.',
].join('\n');

export const COMMANDS: readonly Command[] = [
  serveCommand,
  {
    name: 'login',
    group: 'Get started',
    summary: 'Store your API key',
    operand: null,
    options: [{ flags: '--no-verify', help: 'Store the key without checking it with the service' }],
    examples: [
      'lucanto-mcp login',
      'lucanto-mcp login --profile work < key.txt',
      'lucanto-mcp login --token-file key.txt',
    ],
    run: async (context, input) => (await import('./login.ts')).runLogin(context, input),
  },
  {
    name: 'logout',
    group: 'More',
    summary: 'Remove the stored API key',
    operand: null,
    options: [],
    examples: ['lucanto-mcp logout', 'lucanto-mcp logout --profile work'],
    run: async (context) => (await import('./login.ts')).runLogout(context),
  },
  {
    name: 'setup',
    group: 'Get started',
    summary: 'Connect Claude Desktop, Cursor and other apps',
    operand: {
      syntax: '[app...]',
      help: 'For example claude-desktop or cursor; --list shows all. Asked for at a terminal',
      complete: async () => {
        const { CLIENTS } = await import('../setup/client-table.ts');
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
      JSON_OPTION,
    ],
    examples: [
      'lucanto-mcp setup',
      'lucanto-mcp setup claude-desktop --read-only',
      'lucanto-mcp setup --dry-run',
      'lucanto-mcp setup --remove cursor',
      'lucanto-mcp setup --file .cursor/mcp.json',
    ],
    run: async (context, input) => (await import('./setup-run.ts')).runSetup(context, input),
  },
  {
    name: 'doctor',
    group: 'Get started',
    summary: 'Find out why something does not work',
    operand: null,
    options: [{ flags: '--json', help: 'Print JSON without secrets, fit for a support ticket' }],
    examples: [
      'lucanto-mcp doctor',
      'lucanto-mcp doctor --profile work',
      'lucanto-mcp doctor --json > doctor.json',
      'lucanto-mcp doctor --demo',
    ],
    run: async (context, input) => (await import('./doctor-report.ts')).runDoctor(context, input),
  },
  {
    name: 'status',
    group: 'Look',
    summary: 'Show service, API key, companies and access',
    operand: null,
    options: [JSON_OPTION],
    examples: ['lucanto-mcp status', 'lucanto-mcp status --profile work --json'],
    run: async (context, input) => (await import('./status-report.ts')).runStatus(context, input),
  },
  {
    name: 'tools',
    group: 'Look',
    summary: 'Show what an assistant may do',
    operand: null,
    options: [
      { flags: '--cost', help: "Add what each tool takes of a model's context" },
      { flags: '--all', help: 'Add the hidden tools, with the reason' },
      JSON_OPTION,
    ],
    examples: ['lucanto-mcp tools', 'lucanto-mcp tools --all --read-only', 'lucanto-mcp tools --demo'],
    run: async (context, input) => (await import('./tools.ts')).runTools(context, input),
  },
  {
    name: 'call',
    group: 'Look',
    summary: 'Call one tool and print its result',
    operand: {
      syntax: '<tool>',
      help: 'Name of the tool, as `lucanto-mcp tools` shows it',
      complete: async (context) => (await import('./call.ts')).toolNames(context),
    },
    options: [
      { flags: '--arg <name=value>', help: "One argument, read by the tool's schema; repeatable", repeatable: true },
      { flags: '--args <json>', help: 'All arguments as a JSON object; - reads it from stdin' },
      { flags: '--save-as <type>', help: 'Save the rows as xlsx or csv in the files folder' },
    ],
    examples: [
      'lucanto-mcp call lucanto_list_invoices --arg limit=3',
      'lucanto-mcp call lucanto_create_contact --arg "name=Acme s.r.o."',
    ],
    run: async (context, input) => (await import('./call.ts')).runCall(context, input),
  },
  {
    name: 'history',
    group: 'Look',
    summary: 'Show what was written, and how it ended',
    operand: null,
    options: [
      { flags: '--open', help: 'Only what is unresolved, with what to do' },
      { flags: '--limit <n>', help: 'How many to show, newest first (default 20)' },
      { flags: '--save-as <type>', help: 'Save it as xlsx or csv in the files folder' },
      JSON_OPTION,
    ],
    examples: ['lucanto-mcp history', 'lucanto-mcp history --open', 'lucanto-mcp history --limit 100 --json'],
    run: async (context, input) => (await import('./history.ts')).runHistory(context, input),
  },
  {
    name: 'demo',
    group: 'More',
    summary: 'Run a Lucanto with sample data',
    operand: null,
    options: [
      { flags: '--port <n>', help: 'Listen on this port (default: any free one)' },
      { flags: '--generation <name>', help: 'Path generation of its API: workspaces or accounts (default workspaces)' },
    ],
    examples: ['lucanto-mcp demo --port 4010'],
    run: async (context, input) => (await import('./serve.ts')).runDemo(context, input),
  },
  {
    name: 'completion',
    group: 'More',
    summary: 'Print the completion script for a shell',
    operand: {
      syntax: '<shell>',
      help: 'bash, zsh, fish or powershell',
      complete: async () => ['bash', 'zsh', 'fish', 'powershell'].map((value) => ({ value, about: '' })),
    },
    options: [],
    // In ~/.zshrc the line has to stand below the one with compinit.
    examples: [
      `echo 'eval "$(lucanto-mcp completion bash)"' >> ~/.bashrc`,
      `echo 'eval "$(lucanto-mcp completion zsh)"' >> ~/.zshrc`,
      'lucanto-mcp completion fish > ~/.config/fish/completions/lucanto-mcp.fish',
      `Add-Content $PROFILE 'lucanto-mcp completion powershell | Out-String | Invoke-Expression'`,
    ],
    run: async (context, input) => (await import('./completion.ts')).runCompletion(context, input),
  },
];
