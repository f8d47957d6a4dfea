import { EXIT, type ExitCode, UsageError } from '../../core/errors.ts';
import type { Client } from '../../setup/client.ts';
import { type Command, type CommandContext, type CommandInput, switchOption } from '../command.ts';
import type { SetupRun } from '../setup-run.ts';

export const setupCommand: Command = {
  name: 'setup',
  summary: 'Connect Claude Desktop, Cursor, VS Code and other apps on this computer',
  operand: {
    syntax: '[app...]',
    help: 'claude-desktop, claude-code, cursor, vscode, windsurf, codex, gemini or zed; asked for in a terminal',
    async complete() {
      const { CLIENTS } = await import('../../setup/client-table.ts');
      return CLIENTS.map(({ id, title }) => ({ value: id, about: title }));
    },
  },
  options: [
    { flags: '--list', help: 'Show every app: installed, connected, its file' },
    { flags: '--dry-run', help: 'Show what would be written, and write nothing' },
    { flags: '--remove', help: 'Take out what setup has put in' },
    { flags: '--print', help: 'Print the entry to paste, and write nothing' },
    { flags: '--yes', help: 'Ask nothing; without a name, take every app that is installed' },
    { flags: '--json', help: 'Print JSON' },
  ],
  examples: [
    'lucanto-mcp setup',
    'lucanto-mcp setup claude-desktop --read-only',
    'lucanto-mcp setup --dry-run',
    'lucanto-mcp setup --remove cursor',
  ],
  async run(context, input) {
    checkModes(input);
    const run = await prepare(context, input);
    if (switchOption(input, 'list')) {
      const { listClients } = await import('../choose-clients.ts');
      await listClients(run);
      return EXIT.done;
    }
    const { chooseClients } = await import('../choose-clients.ts');
    if (switchOption(input, 'print')) return print(run, input);
    const remove = switchOption(input, 'remove');
    if (switchOption(input, 'dryRun')) {
      const clients = await chooseClients(run, input.operands, remove ? 'look-connected' : 'look');
      return preview(run, clients, remove);
    }
    const isOpen = input.operands.length === 0 && !run.yes;
    const clients = await chooseClients(run, input.operands, remove ? 'remove' : 'connect');
    return remove ? disconnect(run, clients) : connect(run, clients, isOpen);
  },
};

const MODES = ['list', 'print', 'remove'] as const;

/** @throws UsageError */
function checkModes(input: CommandInput): void {
  const given = MODES.filter((mode) => switchOption(input, mode));
  if (given.length < 2 && !(given[0] !== 'remove' && given.length > 0 && switchOption(input, 'dryRun'))) return;
  const names = [...given, ...(switchOption(input, 'dryRun') ? ['dry-run'] : [])].map((name) => `--${name}`);
  throw new UsageError(`${names.join(' and ')} cannot be used together.`, {
    hint: 'Choose one of --list, --print, --remove; --dry-run goes with --remove.',
  });
}

async function prepare(context: CommandContext, input: CommandInput): Promise<SetupRun> {
  const [{ thisComputer }, { launchOf }, { persistedOptions, entryName }] = await Promise.all([
    import('../../setup/computer.ts'),
    import('../../setup/computer.ts'),
    import('../../setup/persisted-options.ts'),
  ]);
  const { settings, env, running } = context;
  const place = thisComputer(settings.machine, env, running);
  return {
    context,
    place,
    name: entryName(settings),
    launch: launchOf(place),
    carried: persistedOptions(settings),
    yes: switchOption(input, 'yes'),
    json: switchOption(input, 'json'),
  };
}

async function print(run: SetupRun, input: CommandInput): Promise<ExitCode> {
  const [{ chooseClients }, { snippetOf }, { linkOf }] = await Promise.all([
    import('../choose-clients.ts'),
    import('../setup-run.ts'),
    import('../setup-report.ts'),
  ]);
  // Without a name: the form that most apps read.
  const names = input.operands.length === 0 ? ['claude-desktop'] : input.operands;
  const clients = await chooseClients(run, names, 'look');
  const snippets = await Promise.all(
    clients.map(async (client) => ({ client, snippet: await snippetOf(client, run), link: linkOf(client, run, null) })),
  );
  const { output } = run.context;
  if (run.json) {
    output.json({
      name: run.name,
      snippets: snippets.map(({ client, snippet, link }) => ({
        client: client.id,
        files: client.files(run.place),
        snippet,
        link,
      })),
    });
    return EXIT.done;
  }
  for (const { client, snippet, link } of snippets) {
    output.note(`${client.title}: ${client.files(run.place).join(', ')}`);
    output.line(snippet);
    if (link !== null) output.note(`or open this link: ${link}`);
  }
  return EXIT.done;
}

async function preview(run: SetupRun, clients: readonly Client[], remove: boolean): Promise<ExitCode> {
  const [{ previewOf }, { reportLaunch, reportPreviews }] = await Promise.all([
    import('../setup-report.ts'),
    import('../setup-report.ts'),
  ]);
  const previews = (await Promise.all(clients.map((client) => previewOf(client, run, remove)))).flat();
  reportPreviews(run, previews);
  if (!remove) reportLaunch(run);
  return previews.some(({ outcome }) => outcome === 'failed') ? EXIT.failed : EXIT.done;
}

async function disconnect(run: SetupRun, clients: readonly Client[]): Promise<ExitCode> {
  const [{ removeFrom }, { reportResults }] = await Promise.all([
    import('../setup-report.ts'),
    import('../setup-report.ts'),
  ]);
  const results = [];
  for (const client of clients) results.push(...(await removeFrom(client, run)));
  reportResults(run, results, true);
  return results.some(({ outcome }) => outcome === 'failed') ? EXIT.failed : EXIT.done;
}

async function connect(run: SetupRun, clients: readonly Client[], isOpen: boolean): Promise<ExitCode> {
  const [{ connectClient }, { reportEntry, reportLaunch, reportResults, warnAboutToken }, { offerLogin, tokenState }] =
    await Promise.all([import('../connect-client.ts'), import('../setup-report.ts'), import('../setup-run.ts')]);
  const current = isOpen ? await offerLogin(run, clients) : run;
  if (isOpen) reportEntry(current);
  const results = [];
  for (const client of clients) results.push(...(await connectClient(client, current)));
  reportResults(current, results, false);
  reportLaunch(current);
  const { problem, onlyHere } = tokenState(current.context);
  warnAboutToken(current, problem, onlyHere);
  return results.some(({ outcome }) => outcome === 'failed') ? EXIT.failed : EXIT.done;
}
