import { readdirSync, readFileSync } from 'node:fs';
import { commandLine } from '../../auth/credential.ts';
import { pathsOf } from '../../config/paths.ts';
import { isJsonObject } from '../../core/json.ts';
import { CLIENTS, claudeDesktop, isInstalled } from '../../setup/client-table.ts';
import type { Computer } from '../../setup/computer.ts';
import { inspectClient, type ReadableFile } from '../../setup/inspect-file.ts';
import { type IsService, isServiceEntry } from '../../setup/recognise.ts';
import { type AppEntry, type AppFile, type Check, ok, skip, warn } from '../check.ts';

/** Files that exist, or cannot be read. @param name of the entry that this profile would have */
export async function appFiles(place: Computer, name: string, isService: IsService): Promise<readonly AppFile[]> {
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

export function installedApps(place: Computer): readonly string[] {
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

/** The bundle for Claude Desktop, which stands in no file of entries: the app unpacks it beside its own file. */
/** Their versions. */
function bundlesIn(place: Computer): readonly string[] {
  const paths = pathsOf(place.machine);
  return claudeDesktop.files(place).flatMap((file) => {
    const folder = paths.join(paths.dirname(file), 'Claude Extensions');
    return namesIn(place.onDisk(folder)).flatMap((name) => {
      const manifest = readManifest(place.onDisk(paths.join(folder, name, 'manifest.json')));
      return manifest?.name === 'lucanto-mcp' ? [String(manifest.version ?? '')] : [];
    });
  });
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function readManifest(path: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return isJsonObject(value) ? value : null;
  } catch {
    return null;
  }
}

export const appsCheck: Check = {
  id: 'apps',
  title: 'Apps',
  run: ({ apps, installed, settings, place }) => {
    const byEntry = new Set(apps.filter(startsUs).map(({ client }) => client.title));
    const bundles = bundlesIn(place);
    if (bundles.length > 0 && byEntry.has(claudeDesktop.title)) {
      return warn(
        `${claudeDesktop.title} has both the bundle and an entry: every tool is there twice`,
        `Run \`${commandLine(`setup --remove ${claudeDesktop.id}`, settings)}\`, or remove the bundle in its settings.`,
      );
    }
    const connected = [...byEntry, ...bundles.map((version) => `${claudeDesktop.title} (bundle ${version})`)];
    const others = installed.filter((title) => !connected.some((one) => one.startsWith(title)));
    if (connected.length > 0) {
      const rest = others.length === 0 ? '' : `; not connected: ${others.join(', ')}`;
      return ok(`connected: ${connected.join(', ')}${rest}`);
    }
    if (others.length === 0) return skip('none that can be connected was found');
    if (apps.some(isInTheWay)) return skip('none is connected; what is in the way stands below');
    return warn(`none is connected; installed: ${others.join(', ')}`, `Run \`${commandLine('setup', settings)}\`.`);
  },
};

function startsUs({ entries }: AppFile): boolean {
  return entries.some(({ kind }) => kind === 'ours');
}

/** Has a finding of its own, with its own fix. */
function isInTheWay({ file, entries }: AppFile): boolean {
  return file.state === 'broken' || entries.length > 0;
}
