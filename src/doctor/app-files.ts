import { pathsOf } from '../config/paths.ts';
import { commandLine } from '../config/resolve.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import { inspectClient, type ReadableFile } from '../setup/client-file.ts';
import { CLIENTS, claudeDesktop, isInstalled } from '../setup/client-table.ts';
import { type Computer, jsonIn, namesIn } from '../setup/computer.ts';
import { isServiceEntry } from '../setup/entry.ts';
import { type Check, ok, skip, warn } from './check.ts';
import type { AppEntry, AppFile } from './host-start.ts';

/** Files of apps that exist, or cannot be read, with what they say about Lucanto. @param name this profile's entry @param services origins of the service */
export async function appFiles(
  computer: Computer,
  name: string,
  services: readonly string[],
): Promise<readonly AppFile[]> {
  const isHere = new Set(CLIENTS.filter((client) => isInstalled(client, computer)));
  const installedFirst = [...isHere, ...CLIENTS.filter((client) => !isHere.has(client))];
  const found = await Promise.all(
    installedFirst.map(async (client) => {
      const files = await inspectClient(client, computer, name);
      return files.map((file, index): AppFile => {
        const id = index === 0 ? client.id : `${client.id}-${index + 1}`;
        return { client, id, file, entries: file.state === 'broken' ? [] : entriesIn(file, services) };
      });
    }),
  );
  const seen = new Set<string>();
  return found.flat().filter(({ file }) => {
    // Two apps may share a file; the one that is installed was put first.
    const isNew = !seen.has(file.file);
    seen.add(file.file);
    return isNew && (file.state === 'broken' || file.config.bytes !== null);
  });
}

export function installedApps(computer: Computer): readonly string[] {
  return CLIENTS.filter((client) => isInstalled(client, computer)).map(({ title }) => title);
}

/** Entries of other programs and addresses of other services do not concern us. */
function entriesIn(file: ReadableFile, services: readonly string[]): readonly AppEntry[] {
  const current = { name: file.at.name, folder: null, entry: file.entry, recognised: file.recognised };
  const others = file.others.filter(
    ({ recognised, folder }) => (recognised.kind === 'ours' && folder === null) || isServiceEntry(recognised, services),
  );
  return [current, ...others].flatMap(({ name, folder, entry, recognised: { kind, token } }) =>
    entry === null || kind === 'none' ? [] : [{ name, folder, kind, entry, token }],
  );
}

/** Versions of our bundle for Claude Desktop: the app unpacks it next to its file, which does not mention it. */
function bundlesIn(computer: Computer): readonly string[] {
  const paths = pathsOf(computer.machine);
  return claudeDesktop.files(computer).flatMap((file) => {
    const folder = paths.join(paths.dirname(file), 'Claude Extensions');
    return namesIn(computer.onDisk(folder)).flatMap((name) => {
      const manifest = jsonIn(computer.onDisk(paths.join(folder, name, 'manifest.json')));
      return isJsonObject(manifest) && manifest.name === 'lucanto-mcp' ? [String(manifest.version ?? '')] : [];
    });
  });
}

export const appsCheck: Check = {
  id: 'apps',
  title: 'Apps',
  run: ({ apps, installed, settings, computer }) => {
    const byEntry = new Set(apps.filter(startsUs).map(({ client }) => client.title));
    const bundles = bundlesIn(computer);
    if (bundles.length > 0 && byEntry.has(claudeDesktop.title)) {
      return warn(
        `${claudeDesktop.title} has both the bundle and an entry, so every tool is there twice.`,
        `Run \`${commandLine(`setup --remove ${claudeDesktop.id}`, settings)}\` to keep only the bundle.`,
      );
    }
    const connected = [...byEntry, ...bundles.map((version) => `${claudeDesktop.title} (bundle ${version})`)];
    const others = installed.filter((title) => !connected.some((one) => one.startsWith(title)));
    if (connected.length > 0) {
      const rest = others.length === 0 ? '' : `; not connected: ${others.join(', ')}`;
      return ok(`connected: ${connected.join(', ')}${rest}`);
    }
    if (others.length === 0) {
      if (settings.demo) return skip('no app that setup knows was found');
      return warn(
        'No app is connected, and none that setup knows was found on this computer.',
        `Install Claude Desktop or another app, then run \`${commandLine('setup', settings)}\`; \`lucanto-mcp setup --print\` shows what any other app needs.`,
      );
    }
    if (apps.some(hasOwnFinding)) return skip('none is connected; the checks below say why');
    return warn(`No app is connected. Installed: ${others.join(', ')}.`, `Run \`${commandLine('setup', settings)}\`.`);
  },
};

function startsUs({ entries }: AppFile): boolean {
  return entries.some(({ kind }) => kind === 'ours');
}

/** The check of the file has a finding, with its own fix. */
function hasOwnFinding({ file, entries }: AppFile): boolean {
  return file.state === 'broken' || entries.length > 0;
}

const SECRET = /token|secret|password|key/i;

/** Tokens in apps' files, and variables there with a secret's name: programs that are started may repeat them. */
export function secretsOf(apps: readonly AppFile[]): readonly string[] {
  return apps.flatMap(({ entries }) => entries.flatMap(({ token, entry }) => [token ?? '', ...secretVariables(entry)]));
}

function secretVariables({ env }: JsonObject): readonly string[] {
  const own = isJsonObject(env) ? Object.entries(env) : [];
  return own.flatMap(([name, value]) => (SECRET.test(name) && typeof value === 'string' ? [value] : []));
}
