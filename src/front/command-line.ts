import { homedir } from 'node:os';
import process from 'node:process';
import type { Machine } from '../config/paths.ts';
import type { Flags } from '../config/resolve.ts';
import { SETTINGS } from '../config/settings.ts';
import { commandOf } from '../core/command-name.ts';

/** What the process was started with: the flags of its command line, and the computer that it runs on. */

/** The flags of a plain start of the server; null for every other command line, mistakes included. */
export function serveFlags(args: readonly string[]): Flags | null {
  const flags: Record<string, string | true> = {};
  const words = [...args];
  let isNamed = false;
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (word === 'serve' && !isNamed) {
      isNamed = true;
      continue;
    }
    const [, name, inline] = /^(--[a-z-]+)(?:=(.*))?$/s.exec(word) ?? [];
    const [key, setting] = Object.entries(SETTINGS).find(([, { flag }]) => flag === name) ?? [];
    if (key === undefined || setting === undefined) return null;
    const before = flags[key];
    if (before !== undefined && !('repeatable' in setting)) return null;
    const value = setting.argument === null ? (inline === undefined ? true : undefined) : (inline ?? words.shift());
    if (value === undefined) return null;
    flags[key] = before === undefined ? value : `${before},${value}`;
  }
  return flags;
}

/** @param script the path of this program's script */
export function thisMachine(script: string): Machine {
  // As Node does, but without a word to the system: loading what asks it takes longer than reading all settings.
  const home = process.env[process.platform === 'win32' ? 'USERPROFILE' : 'HOME'] || homedir();
  const userId = process.getuid?.();
  return {
    platform: process.platform,
    home,
    cwd: workingFolder(home),
    command: commandOf(script),
    ...(userId !== undefined && { userId }),
  };
}

/** The folder that the program was started in may be gone; relative paths then begin at the user's home. */
function workingFolder(home: string): string {
  try {
    return process.cwd();
  } catch {
    return home;
  }
}
