/** A file of an app, and the entries in it that are about Lucanto, whatever they are called. */
import type { JsonObject } from '../../json.ts';
import type { Client } from '../../setup/clients/client.ts';
import { CLIENTS, isInstalled } from '../../setup/clients/table.ts';
import { type InspectedFile, inspectClient, type ReadableFile } from '../../setup/inspect.ts';
import type { Place } from '../../setup/place.ts';
import { type IsService, isServiceEntry } from '../../setup/strays.ts';

export interface AppEntry {
  readonly name: string;
  /** Null where it holds everywhere. */
  readonly folder: string | null;
  readonly kind: 'ours' | 'url' | 'foreign';
  /** May hold a secret. */
  readonly entry: JsonObject;
  /** Secret. */
  readonly token: string | null;
}

export interface AppFile {
  readonly client: Client;
  /** Begins the ids of its checks: `claude-desktop`, `claude-desktop-2` for a second file. */
  readonly id: string;
  readonly file: InspectedFile;
  readonly entries: readonly AppEntry[];
}

/** Files that exist, or cannot be read. @param name of the entry that this profile would have */
export async function appFiles(place: Place, name: string, isService: IsService): Promise<readonly AppFile[]> {
  const found = await Promise.all(
    CLIENTS.map(async (client) => {
      const files = await inspectClient(client, place, name);
      return files.map((file, index): AppFile => {
        const id = index === 0 ? client.id : `${client.id}-${index + 1}`;
        return { client, id, file, entries: file.state === 'broken' ? [] : entriesIn(file, isService) };
      });
    }),
  );
  return found.flat().filter(({ file }) => file.state === 'broken' || file.config.bytes !== null);
}

export function installedApps(place: Place): readonly string[] {
  return CLIENTS.filter((client) => isInstalled(client, place)).map(({ title }) => title);
}

/** Other programs' entries, and other services' addresses, are none of our business. */
function entriesIn(file: ReadableFile, isService: IsService): readonly AppEntry[] {
  const own = { name: file.at.name, folder: null, entry: file.entry, recognised: file.recognised };
  const others = file.others.filter(
    ({ recognised, folder }) =>
      (recognised.kind === 'ours' && folder === null) || isServiceEntry(recognised, isService),
  );
  return [own, ...others].flatMap(({ name, folder, entry, recognised: { kind, token } }) =>
    entry === null || kind === 'none' ? [] : [{ name, folder, kind, entry, token }],
  );
}
