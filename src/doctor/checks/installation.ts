import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { pathsOf } from '../../config/paths.ts';
import { isJsonObject } from '../../core/json.ts';
import { VERSION } from '../../core/version.ts';
import { type Computer, inHome, inLocalAppData, launchOf } from '../../setup/computer.ts';
import { wordsOf } from '../../setup/recognise.ts';
import { type Check, type DoctorContext, ok, warn } from '../check.ts';

export const installationCheck: Check = {
  id: 'installation',
  title: 'Installation',
  run: ({ place }) => {
    if (!launchOf(place).throughNpx) return ok(`${VERSION}, installed at ${place.script}`);
    return warn(
      `${VERSION} runs from the cache of npx (${place.script}): apps start it through npx, about 650 ms slower each time, and with the network on the first`,
      'Run `npm install -g lucanto-mcp`, then `lucanto-mcp setup`.',
    );
  },
};

/** By the path of the program: who installed it, and so who updates or removes it. */
const SOURCES: readonly (readonly [RegExp, string])[] = [
  [/[\\/]fnm_multishells[\\/]|[\\/]fnm[\\/]node-versions[\\/]/i, 'fnm'],
  [/[\\/][.]?nvm[\\/]/i, 'nvm'],
  [/[\\/][.]?volta[\\/]/i, 'Volta'],
  [/[\\/]Cellar[\\/]|^[/]opt[/]homebrew[/]|[/][.]?linuxbrew[/]/, 'Homebrew'],
  [/[\\/][.]asdf[\\/]/, 'asdf'],
  [/[\\/]mise[\\/]installs[\\/]/, 'mise'],
  [/[\\/][.]nodenv[\\/]/, 'nodenv'],
  [/[\\/]n[\\/]versions[\\/]/, 'n'],
  [/^[/]nix[/]/, 'Nix'],
  [/^[/]snap[/]/, 'Snap'],
  [/[\\/]scoop[\\/]/i, 'Scoop'],
  [/[.]app[/]Contents[/]|[\\/]AnthropicClaude[\\/]|[\\/]resources[\\/]/i, "an app's own"],
  [/^[A-Z]:\\Program Files( \(x86\))?\\nodejs\\/i, "Node's installer"],
  [/^[/]usr[/]local[/]/, "Node's installer or an image (/usr/local)"],
  [/^[/]usr[/]bin[/]|^[/]bin[/]/, 'the system'],
];

/** That it is new enough is the launcher's to say: an older one does not come this far. */
export const nodeCheck: Check = {
  id: 'node',
  title: 'Node',
  run: ({ place, runtime }) => {
    const source = SOURCES.find(([pattern]) => pattern.test(place.node))?.[1] ?? 'a folder of its own';
    return ok(`${runtime.nodeVersion} from ${source}, ${place.node}`);
  },
};

/** Other copies of this program on the machine: an app may start one of them. */
interface Copy {
  readonly folder: string;
  readonly version: string;
}

export const versionsCheck: Check = {
  id: 'versions',
  title: 'Other versions',
  run: (context) => {
    const copies = copiesOn(context);
    const others = copies.filter(({ version }) => version !== VERSION);
    if (others.length === 0) {
      const equal = copies.length === 0 ? '' : ` (${copies.length} more of ${VERSION})`;
      return ok(`no other version on this computer${equal}`);
    }
    const found = others.map(({ folder, version }) => `${version} in ${folder}`).join(', ');
    const onlyPassing = others.every(({ folder }) => /[\\/]_npx[\\/]/.test(folder));
    return warn(
      found,
      onlyPassing
        ? 'Delete that folder: npx fetches the newest version when it is next asked to.'
        : 'Run `npm install -g lucanto-mcp@latest` where the other version is, then `lucanto-mcp setup` for the apps that start it.',
    );
  },
};

function copiesOn({ place, apps }: DoctorContext): readonly Copy[] {
  const paths = pathsOf(place.machine);
  const fromPath = place.which('lucanto-mcp');
  const scripts = apps
    .flatMap(({ entries }) => entries)
    .flatMap(({ entry }) => wordsOf(entry).filter((word) => /[\\/]lucanto-mcp[.]js$/.test(word)));
  const packages = [
    ...moduleFolders(place).map((folder) => paths.join(folder, 'lucanto-mcp')),
    ...[...scripts, ...(fromPath === null ? [] : [real(place, fromPath) ?? fromPath])].map((script) =>
      paths.dirname(paths.dirname(script)),
    ),
  ];
  const own = real(place, paths.dirname(paths.dirname(real(place, place.script) ?? place.script)));
  const seen = new Set([own]);
  return packages.flatMap((folder): Copy[] => {
    const at = real(place, folder);
    const version = at === null || seen.has(at) ? null : versionIn(place, folder);
    if (at === null || version === null) return [];
    seen.add(at);
    return [{ folder, version }];
  });
}

/** Where npm, npx and the managers of Node versions put packages for the whole computer or user. */
function moduleFolders(place: Computer): readonly string[] {
  const { machine, env } = place;
  const paths = pathsOf(machine);
  const beside = paths.dirname(place.node);
  const each = (folder: string, ...rest: readonly string[]) =>
    namesIn(place, folder).map((name) => paths.join(folder, name, ...rest));
  const prefix = env.npm_config_prefix ?? env.NPM_CONFIG_PREFIX;
  if (machine.platform === 'win32') {
    const npm = paths.join(env.APPDATA || inHome(place, 'AppData', 'Roaming'), 'npm', 'node_modules');
    return [
      paths.join(beside, 'node_modules'),
      npm,
      ...(prefix ? [paths.join(prefix, 'node_modules')] : []),
      ...(env.NVM_HOME ? each(env.NVM_HOME, 'node_modules') : []),
      ...each(paths.join(env.npm_config_cache || inLocalAppData(place, 'npm-cache'), '_npx'), 'node_modules'),
    ];
  }
  const lib = ['lib', 'node_modules'] as const;
  return [
    paths.join(beside, '..', ...lib),
    ...['/usr', '/usr/local', '/opt/homebrew', inHome(place, '.npm-global'), inHome(place, '.local')].map((root) =>
      paths.join(root, ...lib),
    ),
    ...(prefix ? [paths.join(prefix, ...lib)] : []),
    ...each(inHome(place, '.nvm', 'versions', 'node'), ...lib),
    ...each(inHome(place, '.local', 'share', 'fnm', 'node-versions'), 'installation', ...lib),
    ...each(inHome(place, '.volta', 'tools', 'image', 'packages'), ...lib),
    ...each(inHome(place, '.local', 'share', 'pnpm', 'global'), 'node_modules'),
    ...each(paths.join(env.npm_config_cache || inHome(place, '.npm'), '_npx'), 'node_modules'),
  ];
}

function versionIn({ onDisk, machine }: Computer, folder: string): string | null {
  try {
    const text = readFileSync(onDisk(pathsOf(machine).join(folder, 'package.json')), 'utf8');
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) && value.name === 'lucanto-mcp' && typeof value.version === 'string'
      ? value.version
      : null;
  } catch {
    return null;
  }
}

function namesIn({ onDisk }: Computer, folder: string): readonly string[] {
  try {
    return readdirSync(onDisk(folder));
  } catch {
    return [];
  }
}

function real({ onDisk }: Computer, path: string): string | null {
  try {
    return realpathSync(onDisk(path));
  } catch {
    return null;
  }
}
