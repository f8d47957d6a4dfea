/** The computer that setup works on, and how apps on it start this program. Everything is passed in, so that each platform can be tested on any. */
import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { type Environment, type Machine, pathsOf } from '../config/paths.ts';
import { isEphemeral, VERSION } from '../core/command-name.ts';

export interface Computer {
  readonly machine: Machine;
  readonly env: Environment;
  /** Absolute path of the Node that runs this program. */
  readonly node: string;
  /** Absolute path of this program's script, as it was started. */
  readonly script: string;
  /** Where a path of this machine really is: the same, but for tests, where another platform's disk is a folder. */
  readonly onDisk: (path: string) => string;
  /** Absolute path of a command on PATH, or null. */
  readonly which: (command: string) => string | null;
  /**
   * Runs a program without a shell, for half a minute at most.
   * @returns its exit code, null where it did not start or was ended, and the last line that it printed
   */
  readonly run: (
    program: string,
    args: readonly string[],
  ) => Promise<{ readonly code: number | null; readonly lastLine: string }>;
}

/** A path below the home. */
export function inHome({ machine }: Computer, ...parts: readonly string[]): string {
  return pathsOf(machine).join(machine.home, ...parts);
}

/** A path below the folder where programs of this platform keep their settings. */
export function inAppData({ machine, env }: Computer, ...parts: readonly string[]): string {
  const paths = pathsOf(machine);
  if (machine.platform === 'win32') {
    return paths.join(env.APPDATA || paths.join(machine.home, 'AppData', 'Roaming'), ...parts);
  }
  if (machine.platform === 'darwin') return paths.join(machine.home, 'Library', 'Application Support', ...parts);
  return paths.join(xdgConfig(machine, env), ...parts);
}

/** A path below `~/.config`, also on macOS, as programs with roots in Unix have it. */
export function inDotConfig({ machine, env }: Computer, ...parts: readonly string[]): string {
  return pathsOf(machine).join(xdgConfig(machine, env), ...parts);
}

export function inLocalAppData({ machine, env }: Computer, ...parts: readonly string[]): string {
  const paths = pathsOf(machine);
  return paths.join(env.LOCALAPPDATA || paths.join(machine.home, 'AppData', 'Local'), ...parts);
}

/** @param above how many folders further up is enough */
export function isThere(place: Computer, path: string, above = 0): boolean {
  const paths = pathsOf(place.machine);
  let at = path;
  for (let left = above; left > 0; left -= 1) at = paths.dirname(at);
  return existsSync(place.onDisk(at));
}

/** In a folder of the home that a variable may put elsewhere. */
export function inFolder(place: Computer, variable: string, folder: string, file: string): string {
  const own = place.env[variable];
  const paths = pathsOf(place.machine);
  return paths.join(own && paths.isAbsolute(own) ? own : inHome(place, folder), file);
}

/** In the folder of VS Code's user. */
export function inCode(place: Computer, ...parts: readonly string[]): string {
  return inAppData(place, 'Code', 'User', ...parts);
}

function xdgConfig(machine: Machine, env: Environment): string {
  const paths = pathsOf(machine);
  const xdg = env.XDG_CONFIG_HOME;
  return xdg && paths.isAbsolute(xdg) ? xdg : paths.join(machine.home, '.config');
}

const RUN_MS = 30_000;

/** @param program absolute paths of the Node and of the script that run */
export function thisComputer(
  machine: Machine,
  env: Environment,
  program: { readonly node: string; readonly script: string },
): Computer {
  return {
    machine,
    env,
    node: program.node,
    script: program.script,
    onDisk: (path) => path,
    which: (command) => findOnPath(command, machine, env, (path) => path),
    run: (file, args) => runProgram(file, args, env),
  };
}

/** Absolute path of a command, as the platform finds it (PATHEXT on Windows), or null. */
export function findOnPath(
  command: string,
  machine: Machine,
  env: Environment,
  onDisk: (path: string) => string,
): string | null {
  const paths = pathsOf(machine);
  const windows = machine.platform === 'win32';
  const path = env.PATH ?? env.Path ?? '';
  const endings = windows ? (env.PATHEXT || '.COM;.EXE;.BAT;.CMD').toLowerCase().split(';') : [''];
  const folders = path
    .split(paths.delimiter)
    .filter((folder) => paths.isAbsolute(folder) && !isOfWindows(folder, machine));
  const candidates = folders.flatMap((folder) => endings.map((ending) => paths.join(folder, command + ending)));
  return candidates.find((candidate) => isProgram(onDisk(candidate))) ?? null;
}

/** WSL puts the PATH of Windows behind its own: those programs have their settings there and cannot start our Node. */
function isOfWindows(folder: string, { platform }: Machine): boolean {
  return platform === 'linux' && /^\/mnt\/[a-z]\//.test(folder);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function runProgram(file: string, args: readonly string[], env: Environment): ReturnType<Computer['run']> {
  return new Promise((resolve) => {
    const child = execFile(file, args, { env, timeout: RUN_MS, windowsHide: true }, (error, stdout, stderr) => {
      const lastLine = `${stdout}\n${stderr}`.trim().split(/\r?\n/).at(-1) ?? '';
      resolve({ code: error === null ? 0 : child.exitCode, lastLine });
    });
    // A command that asks something must not wait for an answer.
    child.stdin?.end();
  });
}

/** How apps are to start this program: absolute paths, since they know neither the user's PATH nor a shell. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  /** Only where it cannot start without; never a secret. */
  readonly env: Readonly<Record<string, string>>;
  /** Through npx's cache, which may be emptied at any time: at every start npx looks for the program first. */
  readonly throughNpx: boolean;
}

export function launchOf(place: Computer): Launch {
  const node = stableNode(place);
  const script = stableScript(place);
  if (!isEphemeral(script)) return { command: node, args: [script], env: {}, throughNpx: false };
  const words = ['-y', `lucanto-mcp@${VERSION.split('.')[0]}`];
  const env = { PATH: pathFor(place, node) };
  const npx = npxScript(place, node);
  // npx itself is a script for a shell on Windows, where a space in any path breaks it: Node takes its JavaScript.
  if (npx !== null) return { command: node, args: [npx, ...words], env, throughNpx: true };
  return { command: place.which('npx') ?? 'npx', args: words, env, throughNpx: true };
}

/** Homebrew removes the folder of a version with its update; `opt/node` stays. */
function stableNode({ node, onDisk }: Computer): string {
  const parts = /^(.*)\/Cellar\/(node(?:@\d+)?)\/[^/]+\/bin\/node$/.exec(node);
  if (parts === null) return node;
  const stable = `${parts[1]}/opt/${parts[2]}/bin/node`;
  return realPath(onDisk(stable)) === realPath(onDisk(node)) ? stable : node;
}

/** A link in a folder of programs leads to the script; a script is taken as named, since pnpm's real path has the version in it. */
function stableScript({ script, onDisk }: Computer): string {
  if (/[.][cm]?js$/.test(script)) return script;
  const real = realPath(onDisk(script));
  return real !== null && onDisk(script) === script ? real : script;
}

function npxScript(place: Computer, node: string): string | null {
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
function pathFor({ machine, env }: Computer, node: string): string {
  const paths = pathsOf(machine);
  const root = env.SystemRoot || env.SYSTEMROOT || 'C:\\Windows';
  const system = machine.platform === 'win32' ? [paths.join(root, 'System32'), root] : ['/usr/bin', '/bin'];
  return [...new Set([paths.dirname(node), ...system])].join(paths.delimiter);
}

/** What is in a folder, at any depth where that is wanted; nothing where it cannot be read. */
export function namesIn(folder: string, recursive = false): readonly string[] {
  try {
    return readdirSync(folder, { recursive, encoding: 'utf8' });
  } catch {
    return [];
  }
}

/** The value of a file in JSON; undefined where it cannot be read. */
export function jsonIn(path: string): unknown {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return value;
  } catch {
    return undefined;
  }
}

export function realPath(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}
