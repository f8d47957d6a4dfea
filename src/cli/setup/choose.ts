/** Which clients a run is about. */
import { commandLine } from '../../auth/login-line.ts';
import { alternatives, nearNames } from '../../catalog/near-names.ts';
import { LocalError, UsageError } from '../../errors.ts';
import type { Client } from '../../setup/clients/client.ts';
import { CLIENTS, isInstalled } from '../../setup/clients/table.ts';
import { inspectClient } from '../../setup/inspect.ts';
import { askChoices, isTerminal } from '../prompt.ts';
import { connectionOf } from './list.ts';
import type { SetupRun } from './run.ts';

/** The two that look ask nobody. */
export type Purpose = 'connect' | 'remove' | 'look' | 'look-connected';

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
