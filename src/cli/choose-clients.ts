/** The apps that a run of setup is about: the list of all, and the choice among them. */

import { nearNames } from '../catalog/arguments/wording.ts';
import { commandLine } from '../config/resolve.ts';
import { LocalError, UsageError } from '../core/errors.ts';
import type { Client } from '../setup/client.ts';
import type { InspectedFile } from '../setup/client-file.ts';
import { CLIENTS, isInstalled } from '../setup/client-table.ts';
import type { EntryKind } from '../setup/entry.ts';
import type { SetupRun } from './connect-client.ts';
import { didYouMean } from './help.ts';
import { askChoices, isTerminal } from './prompt.ts';

const WORDS: Readonly<Record<EntryKind | 'broken', string>> = {
  ours: 'connected',
  url: "entry with the service's address",
  foreign: 'entry of another program',
  none: 'not connected',
  broken: 'file cannot be used',
};

/** `setup --list`: every app, whether it is installed, and whether it is connected. */
export async function listClients(run: SetupRun): Promise<void> {
  const { context, place, name, json } = run;
  const { output } = context;
  const rows = await Promise.all(
    CLIENTS.map(async (client) => ({
      client,
      installed: isInstalled(client, place),
      files: await run.inspect(client),
    })),
  );
  if (json) {
    output.json({
      name,
      clients: rows.map(({ client, installed, files }) => ({
        client: client.id,
        title: client.title,
        installed,
        connected: files.some((file) => kindOf(file) === 'ours'),
        files: files.map((file) => ({
          file: file.file,
          exists: file.state === 'broken' || file.config.bytes !== null,
          entry: kindOf(file),
          problem: file.state === 'broken' ? `The file ${file.problem}.` : null,
        })),
      })),
    });
    return;
  }
  const hidden = output.table(
    [
      { title: 'APP', priority: 0 },
      { title: 'NAME', priority: 1 },
      { title: 'INSTALLED', priority: 3 },
      { title: 'CONNECTED', priority: 2 },
      { title: 'FILE', priority: 4, isWhole: true },
    ],
    rows.flatMap(({ client, installed, files }) =>
      files.map((file) => [client.title, client.id, installed ? 'installed' : 'not found', stateOf(file), file.file]),
    ),
  );
  if (hidden.includes('FILE')) output.note('`lucanto-mcp setup --print <name>` shows the file of an app.');
}

/** For a list to pick from: the app, and its state where that is not the usual one there. */
async function labelOf(client: Client, run: SetupRun, usual: string): Promise<string> {
  const states = new Set((await run.inspect(client)).map(stateOf));
  states.delete(usual);
  return states.size === 0 ? client.title : `${client.title} (${[...states].join('; ')})`;
}

function stateOf(file: InspectedFile): string {
  return file.state === 'broken' ? `${WORDS.broken}: it ${file.problem}` : WORDS[file.recognised.kind];
}

function kindOf(file: InspectedFile): EntryKind | 'broken' {
  return file.state === 'broken' ? 'broken' : file.recognised.kind;
}

const QUESTIONS = {
  connect: 'Which apps do you want to connect to Lucanto?',
  remove: 'Which apps do you want to disconnect from Lucanto?',
} as const;

/**
 * @param purpose the two that look ask nothing
 * @throws UsageError where there is no terminal to ask at, LocalError where there is nothing to choose from
 */
export async function chooseClients(
  run: SetupRun,
  purpose: 'connect' | 'remove' | 'look' | 'look-connected',
): Promise<readonly Client[]> {
  const { context, yes, json } = run;
  const isRemoval = purpose === 'remove' || purpose === 'look-connected';
  const candidates = await candidatesFor(run, isRemoval);
  if (candidates.length === 0) throw nothingFound(run, isRemoval);
  if (purpose === 'look' || purpose === 'look-connected' || yes) return candidates;
  if (!isTerminal(context.stdio) || json) throw noTerminal(run, candidates, purpose === 'remove');
  const usual = purpose === 'remove' ? WORDS.ours : WORDS.none;
  const choices = await Promise.all(
    candidates.map(async (client) => ({ value: client.id, label: await labelOf(client, run, usual) })),
  );
  if (purpose === 'connect') {
    context.output.note(
      `These apps were found. \`lucanto-mcp setup --list\` shows all that setup knows; to connect one that is not here, name it: \`${commandLine('setup', context.settings)} cursor\`.`,
    );
  }
  const suggested = purpose === 'remove' ? [] : candidates.map(({ id }) => id);
  const ids = await askChoices(QUESTIONS[purpose], choices, suggested, context);
  return CLIENTS.filter(({ id }) => ids.includes(id));
}

export function unknownClient(name: string): UsageError {
  const ids = CLIENTS.map(({ id }) => id);
  return new UsageError(`There is no app called ${JSON.stringify(name.slice(0, 40))} that setup knows.`, {
    hint: didYouMean(nearNames(name, ids), `It knows ${ids.join(', ')}.`),
  });
}

async function candidatesFor(run: SetupRun, isRemoval: boolean): Promise<readonly Client[]> {
  const installed = CLIENTS.filter((client) => isInstalled(client, run.place));
  if (!isRemoval) return withOwnFiles(installed, run);
  const connected = await Promise.all(
    // Of two apps that share a file, the one that is here.
    [...new Set([...installed, ...CLIENTS])].map(async (client) => {
      const files = await run.inspect(client);
      return files.some((file) => kindOf(file) === 'ours') ? [client] : [];
    }),
  );
  return withOwnFiles(connected.flat(), run);
}

/** Two apps may share a file: the first of them stands for both. */
function withOwnFiles(clients: readonly Client[], { place }: SetupRun): readonly Client[] {
  const seen = new Set<string>();
  return clients.filter((client) => {
    const files = client.files(place);
    const isNew = files.some((file) => !seen.has(file));
    for (const file of files) seen.add(file);
    return isNew;
  });
}

function nothingFound({ name, context }: SetupRun, isRemoval: boolean): LocalError {
  if (isRemoval) {
    return new LocalError('not_connected', `No app is connected: none has the entry ${name} of lucanto-mcp.`, {
      hint: 'Run `lucanto-mcp setup --list` to see every app and its file.',
    });
  }
  return new LocalError('no_client', 'No app that setup knows was found on this computer.', {
    hint: `Name one to connect it anyway, such as \`${commandLine('setup', context.settings)} claude-desktop\`; \`lucanto-mcp setup --list\` shows all.`,
  });
}

function noTerminal({ context }: SetupRun, candidates: readonly Client[], isRemoval: boolean): UsageError {
  const found = candidates.map(({ title, id }) => `${title} (${id})`).join(', ');
  return new UsageError(
    `Name the app: there is no terminal to ask at. ${isRemoval ? 'Connected' : 'Found'}: ${found}.`,
    {
      hint: `Run \`${commandLine('setup', context.settings)}${isRemoval ? ' --remove' : ''} ${candidates[0]?.id ?? ''}\`, or add --yes for all of them.`,
    },
  );
}
