/** A file that no row of the table names: `setup --file`. Its kind is told by its name, its content or an app that is named with it. */
import { isJsonObject } from '../core/json.ts';
import type { Client } from './client.ts';
import { inspectFile } from './client-file.ts';
import { CLIENTS } from './client-table.ts';
import type { Computer } from './computer.ts';

/** Rows with a kind of file of their own, the usual one of each ending first. */
const KINDS = ['cursor', 'vscode', 'zed', 'amp', 'opencode', 'codex', 'vibe', 'continue', 'goose'].flatMap((id) =>
  CLIENTS.filter((client) => client.id === id),
);

const ENDINGS: Readonly<Record<Client['format'], RegExp>> = {
  json: /[.]jsonc?$/i,
  jsonc: /[.]jsonc?$/i,
  toml: /[.]toml$/i,
  yaml: /[.]ya?ml$/i,
};

/** @returns null where the file's name says nothing, or where it holds nothing and its kind is not the only one */
export async function kindOfFile(path: string, name: string, place: Computer): Promise<Client | null> {
  const candidates = KINDS.filter(({ format }) => ENDINGS[format].test(path));
  const [usual] = candidates;
  for (const client of candidates) {
    const file = await inspectFile(client, place, name, path);
    if (file.state !== 'readable') continue;
    const entries = file.text.value[client.container];
    const hasIt = isJsonObject(entries) && (Object.keys(entries).length > 0 || client.isList !== true);
    // The settings of VS Code have `mcp` too, with the servers one level below.
    if (hasIt && !(client.id === 'opencode' && isJsonObject(entries.servers))) return client;
  }
  return usual !== undefined && usual.format !== 'yaml' ? usual : null;
}

/** A client with this file in place of its own. */
export function clientOfFile(client: Client, path: string): Client {
  return {
    ...client,
    files: () => [path],
    traces: () => [path],
    ownCommand: null,
    deepLink: null,
    isLikely: () => false,
    next: () => 'Restart the app that reads this file.',
  };
}
