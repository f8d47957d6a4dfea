/** `setup --list`: every client, whether it is there, and what stands in its files. */
import type { Client } from '../../setup/clients/client.ts';
import { CLIENTS, isInstalled } from '../../setup/clients/table.ts';
import { type InspectedFile, inspectClient } from '../../setup/inspect.ts';
import type { EntryKind } from '../../setup/recognise.ts';
import type { SetupRun } from './run.ts';

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
export async function connectionOf(client: Client, { place, name }: SetupRun): Promise<string> {
  const files = await inspectClient(client, place, name);
  return [...new Set(files.map(stateOf))].join('; ');
}

function stateOf(file: InspectedFile): string {
  return file.state === 'broken' ? `${WORDS.broken}: it ${file.problem}` : WORDS[file.recognised.kind];
}

function kindOf(file: InspectedFile): EntryKind | 'broken' {
  return file.state === 'broken' ? 'broken' : file.recognised.kind;
}
