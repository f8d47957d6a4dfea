/** A file of an app, and the entries in it that are about Lucanto, whatever they are called. */
import type { JsonObject } from '../../json.ts';
import type { Client } from '../../setup/clients/client.ts';
import { CLIENTS, isInstalled } from '../../setup/clients/table.ts';
import { type InspectedFile, inspectClient, inspectFile, type ReadableFile } from '../../setup/inspect.ts';
import type { Place } from '../../setup/place.ts';
import type { Recognised } from '../../setup/recognise.ts';

export interface AppEntry {
  readonly name: string;
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

/** Where the service's own page sends people; an address of it in an entry of any name is about Lucanto. */
export type IsService = (origin: string) => boolean;

/** Files that exist, or cannot be read. @param name of the entry that this profile would have */
export async function appFiles(place: Place, name: string, isService: IsService): Promise<readonly AppFile[]> {
  const found = await Promise.all(
    CLIENTS.map(async (client) => {
      const files = await inspectClient(client, place, name);
      return Promise.all(
        files.map(async (file, index): Promise<AppFile> => {
          const id = index === 0 ? client.id : `${client.id}-${index + 1}`;
          return {
            client,
            id,
            file,
            entries: file.state === 'broken' ? [] : await entriesIn(client, place, file, isService),
          };
        }),
      );
    }),
  );
  return found.flat().filter(({ file }) => file.state === 'broken' || file.config.bytes !== null);
}

export function installedApps(place: Place): readonly string[] {
  return CLIENTS.filter((client) => isInstalled(client, place)).map(({ title }) => title);
}

async function entriesIn(
  client: Client,
  place: Place,
  file: ReadableFile,
  isService: IsService,
): Promise<readonly AppEntry[]> {
  const others = await Promise.all(file.others.map((other) => inspectFile(client, place, other, file.file)));
  return [
    ...toEntry(file),
    ...others.flatMap((other) =>
      other.state === 'broken' || !isAboutUs(other.recognised, isService) ? [] : toEntry(other),
    ),
  ];
}

/** Other programs' entries, and other services' addresses, are none of our business. */
function isAboutUs({ kind, origin, token }: Recognised, isService: IsService): boolean {
  if (kind === 'ours') return true;
  return kind === 'url' && ((origin !== null && isService(origin)) || token?.startsWith('lct_') === true);
}

function toEntry({ at, entry, recognised: { kind, token } }: ReadableFile): readonly AppEntry[] {
  return entry === null || kind === 'none' ? [] : [{ name: at.name, kind, entry, token }];
}
