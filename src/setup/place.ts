/** The computer that setup works on. Everything is passed in, so that each platform can be tested on any. */
import { pathsOf } from '../config/paths.ts';
import type { Environment, Machine } from '../config/setting.ts';

export interface ProgramRun {
  /** Null where it did not start or was ended. */
  readonly code: number | null;
  /** The last line that it printed. */
  readonly said: string;
}

export interface Place {
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
  /** Runs a program without a shell, for half a minute at most. */
  readonly run: (program: string, args: readonly string[]) => Promise<ProgramRun>;
}

/** A path below the home. */
export function inHome({ machine }: Place, ...parts: readonly string[]): string {
  return pathsOf(machine).join(machine.home, ...parts);
}

/** A path below the folder where programs of this platform keep their settings. */
export function inAppData({ machine, env }: Place, ...parts: readonly string[]): string {
  const paths = pathsOf(machine);
  if (machine.platform === 'win32') {
    return paths.join(env.APPDATA || paths.join(machine.home, 'AppData', 'Roaming'), ...parts);
  }
  if (machine.platform === 'darwin') return paths.join(machine.home, 'Library', 'Application Support', ...parts);
  return paths.join(xdgConfig(machine, env), ...parts);
}

/** A path below `~/.config`, also on macOS, as programs with roots in Unix have it. */
export function inDotConfig({ machine, env }: Place, ...parts: readonly string[]): string {
  return pathsOf(machine).join(xdgConfig(machine, env), ...parts);
}

export function inLocalAppData({ machine, env }: Place, ...parts: readonly string[]): string {
  const paths = pathsOf(machine);
  return paths.join(env.LOCALAPPDATA || paths.join(machine.home, 'AppData', 'Local'), ...parts);
}

function xdgConfig(machine: Machine, env: Environment): string {
  const paths = pathsOf(machine);
  const xdg = env.XDG_CONFIG_HOME;
  return xdg && paths.isAbsolute(xdg) ? xdg : paths.join(machine.home, '.config');
}
