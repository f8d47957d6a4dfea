import { commandLine } from '../auth/credential.ts';
import { alternatives, nearNames } from '../catalog/arguments/wording.ts';
import { LocalError, UsageError } from '../core/errors.ts';
import type { Client } from '../setup/client.ts';
import { CLIENTS, isInstalled } from '../setup/client-table.ts';
import { type InspectedFile, inspectClient } from '../setup/inspect-file.ts';
import type { EntryKind } from '../setup/recognise.ts';
import { askChoices, isTerminal } from './prompt.ts';
import type { SetupRun } from './setup-run.ts';

/** `setup --list`: every client, whether it is there, and what stands in its files. */
const WORDS: Readonly<Record<EntryKind | 'broken', string>> = {
  ours: 'connected',
  url: "the service's address, not this program",
  foreign: 'an entry of that name that is not of this program',
  none: 'not connected',
  broken: 'file cannot be used',
};

export async function listClients(run: SetupRun): Promise<void> {
  const { context, place, name, json } = run;
  const rows = await Promise.all(
    CLIENTS.map(async (client) => ({
      client,
      installed: isInstalled(client, place),
      files: await inspectClient(client, place, name),
    })),
  );
  if (json) {
    context.output.json({
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
  const lines = rows.flatMap(({ client, installed, files }) =>
    files.map((file) => [client.id, installed ? 'installed' : 'not found', stateOf(file), file.file]),
  );
  const head = ['APP', 'INSTALLED', 'CONNECTED', 'FILE'];
  const widths = head.map((title, column) => Math.max(title.length, ...lines.map((line) => line[column]?.length ?? 0)));
  for (const [index, cells] of [head, ...lines].entries()) {
    const text = cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
    context.output.line(index === 0 ? context.output.style('bold', text) : text);
  }
}

/** In a few words, for a list to pick from. */
async function connectionOf(client: Client, { place, name }: SetupRun): Promise<string> {
  const files = await inspectClient(client, place, name);
  return [...new Set(files.map(stateOf))].join('; ');
}

function stateOf(file: InspectedFile): string {
  return file.state === 'broken' ? `${WORDS.broken}: it ${file.problem}` : WORDS[file.recognised.kind];
}

function kindOf(file: InspectedFile): EntryKind | 'broken' {
  return file.state === 'broken' ? 'broken' : file.recognised.kind;
}

/** Which clients a run is about. */
/** The two that look ask nobody. */
type Purpose = 'connect' | 'remove' | 'look' | 'look-connected';

const QUESTIONS = {
  connect: 'Which apps shall be connected?',
  remove: 'Which apps shall be disconnected?',
} as const;

/** @throws UsageError on an unknown name, and where nobody can be asked; LocalError where there is nothing to choose from */
export async function chooseClients(
  run: SetupRun,
  names: readonly string[],
  purpose: Purpose,
): Promise<readonly Client[]> {
  if (names.length > 0) return [...new Set(names.map(byName))];
  const { context, yes, json } = run;
  const candidates = await candidatesFor(run, purpose);
  if (candidates.length === 0) throw nothingFound(run, purpose);
  if (purpose === 'look' || purpose === 'look-connected' || yes) return candidates;
  if (!isTerminal(context.stdio) || json) throw nobodyToAsk(run, candidates, purpose);
  const shown = purpose === 'remove' ? candidates : CLIENTS;
  const width = Math.max(...shown.map(({ title }) => title.length));
  const choices = await Promise.all(
    shown.map(async (client) => {
      const state = isInstalled(client, run.place) ? await connectionOf(client, run) : 'not found on this computer';
      // Not as a hint: the prompt shows those of the line under the cursor only.
      return { value: client.id, label: `${client.title.padEnd(width)}  ${state}` };
    }),
  );
  const suggested = purpose === 'remove' ? [] : candidates.map(({ id }) => id);
  const ids = await askChoices(QUESTIONS[purpose], choices, suggested, context.stdio, context.interrupt);
  return CLIENTS.filter(({ id }) => ids.includes(id));
}

function byName(name: string): Client {
  const client = CLIENTS.find(({ id }) => id === name.toLowerCase());
  if (client !== undefined) return client;
  const ids = CLIENTS.map(({ id }) => id);
  const near = nearNames(name, ids);
  throw new UsageError(`setup does not know an app called ${JSON.stringify(name.slice(0, 40))}.`, {
    hint: `${near.length > 0 ? `Did you mean ${alternatives(near)}? ` : ''}It knows ${ids.join(', ')}.`,
  });
}

async function candidatesFor(run: SetupRun, purpose: Purpose): Promise<readonly Client[]> {
  if (purpose === 'connect' || purpose === 'look') return CLIENTS.filter((client) => isInstalled(client, run.place));
  const connected = await Promise.all(
    CLIENTS.map(async (client) => {
      const files = await inspectClient(client, run.place, run.name);
      return files.some((file) => file.state === 'readable' && file.recognised.kind === 'ours') ? [client] : [];
    }),
  );
  return connected.flat();
}

function nothingFound({ name, context }: SetupRun, purpose: Purpose): LocalError {
  if (purpose === 'remove' || purpose === 'look-connected') {
    return new LocalError('not_connected', `No app has an entry ${name} of lucanto-mcp.`, {
      hint: 'Run `lucanto-mcp setup --list` to see every app and its file.',
    });
  }
  return new LocalError('no_client', 'No app that setup knows was found on this computer.', {
    hint: `Name one to connect it all the same: \`${commandLine('setup', context.settings)} claude-desktop\` (or ${CLIENTS.slice(
      1,
    )
      .map(({ id }) => id)
      .join(', ')}).`,
  });
}

function nobodyToAsk({ context }: SetupRun, candidates: readonly Client[], purpose: Purpose): UsageError {
  const found = candidates.map(({ title, id }) => `${title} (${id})`).join(', ');
  const flag = purpose === 'remove' ? ' --remove' : '';
  const what = purpose === 'remove' ? 'Connected' : 'Found';
  return new UsageError(`setup was not told which app, and there is no terminal to ask at. ${what}: ${found}.`, {
    hint: `Run \`${commandLine('setup', context.settings)}${flag} ${candidates[0]?.id ?? ''}\`, or add --yes for all of them.`,
  });
}
