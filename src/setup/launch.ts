/** How apps are to start this program: absolute paths, since they know neither the user's PATH nor a shell. */
import { existsSync, realpathSync } from 'node:fs';
import { isPassing } from '../config/invocation.ts';
import { pathsOf } from '../config/paths.ts';
import { VERSION } from '../version.ts';
import type { Place } from './place.ts';

export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  /** Only where it cannot start without; never a secret. */
  readonly env: Readonly<Record<string, string>>;
  /** Through npx's cache, which may be emptied at any time: at every start npx looks for the program first. */
  readonly throughNpx: boolean;
}

export function launchOf(place: Place): Launch {
  const node = lastingNode(place);
  const script = lastingScript(place);
  if (!isPassing(script)) return { command: node, args: [script], env: {}, throughNpx: false };
  const words = ['-y', `lucanto-mcp@${VERSION.split('.')[0]}`];
  const env = { PATH: pathFor(place, node) };
  const npx = npxScript(place, node);
  // npx itself is a script for a shell on Windows, where a space in any path breaks it: Node takes its JavaScript.
  if (npx !== null) return { command: node, args: [npx, ...words], env, throughNpx: true };
  return { command: place.which('npx') ?? 'npx', args: words, env, throughNpx: true };
}

/** Homebrew removes the folder of a version with its update; `opt/node` stays. */
function lastingNode({ node, onDisk }: Place): string {
  const parts = /^(.*)\/Cellar\/(node(?:@\d+)?)\/[^/]+\/bin\/node$/.exec(node);
  if (parts === null) return node;
  const lasting = `${parts[1]}/opt/${parts[2]}/bin/node`;
  return realPath(onDisk(lasting)) === realPath(onDisk(node)) ? lasting : node;
}

/** A link in a folder of programs leads to the script; a script is taken as named, since pnpm's real path has the version in it. */
function lastingScript({ script, onDisk }: Place): string {
  if (/[.][cm]?js$/.test(script)) return script;
  const real = realPath(onDisk(script));
  return real !== null && onDisk(script) === script ? real : script;
}

function npxScript(place: Place, node: string): string | null {
  const { env, machine, onDisk, which } = place;
  const paths = pathsOf(machine);
  const folder = paths.dirname(node);
  const own = env.npm_execpath;
  const found = which('npx');
  const candidates = [
    ...(own === undefined ? [] : [paths.join(paths.dirname(own), 'npx-cli.js')]),
    paths.join(folder, 'node_modules', 'npm', 'bin', 'npx-cli.js'),
    paths.join(folder, '..', 'lib', 'node_modules', 'npm', 'bin', 'npx-cli.js'),
    ...(found === null ? [] : [realPath(found) ?? found]),
  ];
  return candidates.find((path) => path.endsWith('.js') && existsSync(onDisk(path))) ?? null;
}

// npx starts the program through `env node`, or a script for cmd.exe, which look for Node on PATH.
function pathFor({ machine, env }: Place, node: string): string {
  const paths = pathsOf(machine);
  const root = env.SystemRoot || env.SYSTEMROOT || 'C:\\Windows';
  const system = machine.platform === 'win32' ? [paths.join(root, 'System32'), root] : ['/usr/bin', '/bin'];
  return [...new Set([paths.dirname(node), ...system])].join(paths.delimiter);
}

function realPath(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}
