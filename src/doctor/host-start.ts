import type { Environment } from '../config/paths.ts';
import { type JsonObject, objectIn } from '../core/json.ts';
import type { Client } from '../setup/client.ts';
import type { InspectedFile } from '../setup/client-file.ts';
import type { Computer } from '../setup/computer.ts';
import { wordsOf } from '../setup/entry.ts';
/** A file of an app, and the entries in it that are about Lucanto, whatever they are called. */
export interface AppFile {
  readonly client: Client;
  /** Begins the ids of its checks: `claude-desktop`, `claude-desktop-2` for a second file. */
  readonly id: string;
  readonly file: InspectedFile;
  readonly entries: readonly AppEntry[];
}

export interface AppEntry {
  readonly name: string;
  /** Null where it holds everywhere. */
  readonly folder: string | null;
  readonly kind: 'ours' | 'url' | 'foreign';
  /** May hold a secret. */
  readonly entry: JsonObject;
  /** Secret. */
  readonly token: string | null;
}

/** The command, variables and folder that an app starts an entry with: neither the user's shell nor their variables. */
export interface HostStart {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/** The variables that MCP's own library hands on, as most apps do. */
const KEPT = ['HOME', 'LOGNAME', 'SHELL', 'TERM', 'USER'];

const KEPT_ON_WINDOWS = [
  'APPDATA',
  'HOMEDRIVE',
  'HOMEPATH',
  'LOCALAPPDATA',
  'PROCESSOR_ARCHITECTURE',
  'SYSTEMDRIVE',
  'SYSTEMROOT',
  'TEMP',
  'USERNAME',
  'USERPROFILE',
  'PROGRAMFILES',
  'PATHEXT',
  'COMSPEC',
];

const SHORT_PATHS: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  darwin: '/usr/bin:/bin:/usr/sbin:/sbin',
  linux: '/usr/local/bin:/usr/bin:/bin',
};

export function hostStart({ client }: AppFile, { entry }: AppEntry, computer: Computer): HostStart {
  const [command = '', ...args] = wordsOf(entry);
  const { machine } = computer;
  const variables = entry[client.variables ?? 'env'];
  const own = objectIn(variables);
  return {
    command,
    args,
    env: {
      ...kept(computer),
      PATH: client.startedFrom === 'terminal' ? pathOf(computer.env) : shortPath(computer),
      ...Object.fromEntries(Object.entries(own).map(([name, value]) => [name, String(value)])),
    },
    cwd: typeof entry.cwd === 'string' ? entry.cwd : machine.home,
  };
}

function kept({ machine, env }: Computer): Readonly<Record<string, string>> {
  const names = machine.platform === 'win32' ? KEPT_ON_WINDOWS : KEPT;
  const home = machine.platform === 'win32' ? {} : { HOME: machine.home };
  const found = Object.entries(env).filter(([name]) =>
    names.includes(machine.platform === 'win32' ? name.toUpperCase() : name),
  );
  return { ...home, ...Object.fromEntries(found.map(([name, value]) => [name, value ?? ''])) };
}

function shortPath({ machine, env }: Computer): string {
  const root = env.SystemRoot || env.SYSTEMROOT || 'C:\\Windows';
  if (machine.platform === 'win32') return `${root}\\System32;${root}`;
  return SHORT_PATHS[machine.platform] ?? '/usr/bin:/bin';
}

function pathOf(env: Environment): string {
  return env.PATH ?? env.Path ?? '';
}
