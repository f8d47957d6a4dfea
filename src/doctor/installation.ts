import { pathsOf } from '../config/paths.ts';
import { VERSION } from '../core/command-name.ts';
import { isJsonObject } from '../core/json.ts';
import { type Computer, inHome, inLocalAppData, jsonIn, launchOf, namesIn, realPath } from '../setup/computer.ts';
import { wordsOf } from '../setup/entry.ts';
import { type Check, type DoctorContext, ok, warn } from './check.ts';

/** This program, the Node that runs it, and other copies of it on the computer. */
const installationCheck: Check = {
  id: 'installation',
  title: 'This program',
  run: ({ computer }) => {
    if (!launchOf(computer).throughNpx) return ok(`${VERSION}, installed at ${computer.script}`);
    return warn(
      `${VERSION} runs from the cache of npx (${computer.script}). Apps start it through npx, which is slower each time and needs the network the first time.`,
      'Run `npm install -g lucanto-mcp`, then `lucanto-mcp setup`.',
    );
  },
};

/** By the path of Node: what installed it, and so what updates or removes it. */
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

/** It is new enough: with an older one the launcher ends before this. */
const nodeCheck: Check = {
  id: 'node',
  title: 'Node',
  run: ({ computer, runtime }) => {
    const source = SOURCES.find(([pattern]) => pattern.test(computer.node))?.[1] ?? 'a folder of its own';
    return ok(`${runtime.nodeVersion} from ${source}, ${computer.node}`);
  },
};

/** An app may start another copy. */
const versionsCheck: Check = {
  id: 'versions',
  title: 'Other versions',
  run: (context) => {
    const copies = copiesOn(context);
    const others = copies.filter(({ version }) => version !== VERSION);
    if (others.length === 0) {
      const equal = copies.length === 0 ? '' : ` (${copies.length} more of ${VERSION})`;
      return ok(`no other version on this computer${equal}`);
    }
    const list = others.map(({ folder, version }) => `${version} in ${folder}`).join(', ');
    const folders = others.length === 1 ? 'that folder' : 'those folders';
    return warn(
      `There ${others.length === 1 ? 'is another version' : 'are other versions'} on this computer: ${list}.`,
      others.every(({ folder }) => /[\\/]_npx[\\/]/.test(folder))
        ? `Delete ${folders}: npx fetches the newest version the next time.`
        : 'Run `npm install -g lucanto-mcp@latest` where the other version is, then `lucanto-mcp setup` for the apps that start it.',
    );
  },
};

function copiesOn({ computer, apps }: DoctorContext) {
  const real = (path: string) => realPath(computer.onDisk(path));
  const paths = pathsOf(computer.machine);
  const packageOf = (script: string) => paths.dirname(paths.dirname(script));
  const fromPath = computer.which('lucanto-mcp');
  const scripts = apps
    .flatMap(({ entries }) => entries)
    .flatMap(({ entry }) => wordsOf(entry).filter((word) => /[\\/]lucanto-mcp[.]js$/.test(word)));
  const packages = [
    ...moduleFolders(computer).map((folder) => paths.join(folder, 'lucanto-mcp')),
    ...[...scripts, ...(fromPath === null ? [] : [real(fromPath) ?? fromPath])].map(packageOf),
  ];
  const seen = new Set([real(packageOf(real(computer.script) ?? computer.script))]);
  return packages.flatMap((folder) => {
    const at = real(folder);
    const value = at === null || seen.has(at) ? null : jsonIn(computer.onDisk(paths.join(folder, 'package.json')));
    if (at === null || !isJsonObject(value) || value.name !== 'lucanto-mcp') return [];
    if (typeof value.version !== 'string') return [];
    seen.add(at);
    return [{ folder, version: value.version }];
  });
}

/** Where npm, npx and the managers of Node versions put packages for the whole computer or the user. */
function moduleFolders(computer: Computer): readonly string[] {
  const { machine, env } = computer;
  const paths = pathsOf(machine);
  const nodeFolder = paths.dirname(computer.node);
  const each = (folder: string, ...rest: readonly string[]) =>
    namesIn(computer.onDisk(folder)).map((name) => paths.join(folder, name, ...rest));
  const prefix = env.npm_config_prefix ?? env.NPM_CONFIG_PREFIX;
  if (machine.platform === 'win32') {
    return [
      paths.join(nodeFolder, 'node_modules'),
      paths.join(env.APPDATA || inHome(computer, 'AppData', 'Roaming'), 'npm', 'node_modules'),
      ...(prefix ? [paths.join(prefix, 'node_modules')] : []),
      ...(env.NVM_HOME ? each(env.NVM_HOME, 'node_modules') : []),
      ...each(paths.join(env.npm_config_cache || inLocalAppData(computer, 'npm-cache'), '_npx'), 'node_modules'),
    ];
  }
  const lib = ['lib', 'node_modules'] as const;
  return [
    paths.join(nodeFolder, '..', ...lib),
    ...['/usr', '/usr/local', '/opt/homebrew', inHome(computer, '.npm-global'), inHome(computer, '.local')].map(
      (root) => paths.join(root, ...lib),
    ),
    ...(prefix ? [paths.join(prefix, ...lib)] : []),
    ...each(inHome(computer, '.nvm', 'versions', 'node'), ...lib),
    ...each(inHome(computer, '.local', 'share', 'fnm', 'node-versions'), 'installation', ...lib),
    ...each(inHome(computer, '.volta', 'tools', 'image', 'packages'), ...lib),
    ...each(inHome(computer, '.local', 'share', 'pnpm', 'global'), 'node_modules'),
    ...each(paths.join(env.npm_config_cache || inHome(computer, '.npm'), '_npx'), 'node_modules'),
  ];
}

export const INSTALLATION_CHECKS: readonly Check[] = [nodeCheck, installationCheck, versionsCheck];
