/** The place that setup works on outside of tests. */
import { execFile } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { pathsOf } from '../config/paths.ts';
import type { Environment, Machine } from '../config/setting.ts';
import type { Place, ProgramRun } from './place.ts';

const RUN_MS = 30_000;

/** @param program absolute paths of the Node and of the script that run */
export function thisComputer(
  machine: Machine,
  env: Environment,
  program: { readonly node: string; readonly script: string },
): Place {
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

function runProgram(file: string, args: readonly string[], env: Environment): Promise<ProgramRun> {
  return new Promise((resolve) => {
    const child = execFile(file, args, { env, timeout: RUN_MS, windowsHide: true }, (error, stdout, stderr) => {
      const said = `${stdout}\n${stderr}`.trim().split(/\r?\n/).at(-1) ?? '';
      resolve({ code: error === null ? 0 : child.exitCode, said });
    });
    // A command that asks something must not wait for an answer.
    child.stdin?.end();
  });
}
