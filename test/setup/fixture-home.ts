/** Homes of three platforms in folders of this disk, with the platform's own paths. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Environment, Machine } from '../../src/config/paths.ts';
import { resolveSettings } from '../../src/config/resolve.ts';
import { type Client, persistedOptions } from '../../src/setup/client.ts';
import { type InspectedFile, inspectFile } from '../../src/setup/client-file.ts';
import { type Computer, findOnPath, launchOf } from '../../src/setup/computer.ts';
import { connectFile, disconnectFile, type FileResult } from '../../src/setup/connect-file.ts';

export const PLATFORMS = ['linux', 'darwin', 'win32'] as const;
export type Platform = (typeof PLATFORMS)[number];

const MACHINES: Readonly<Record<Platform, Machine>> = {
  linux: { platform: 'linux', home: '/home/anna', cwd: '/home/anna' },
  darwin: { platform: 'darwin', home: '/Users/anna', cwd: '/Users/anna' },
  win32: { platform: 'win32', home: 'C:\\Users\\Anna Müller', cwd: 'C:\\Users\\Anna Müller' },
};

/** Installed for good. */
const PROGRAMS: Readonly<Record<Platform, { readonly node: string; readonly script: string }>> = {
  linux: { node: '/usr/bin/node', script: '/usr/lib/node_modules/lucanto-mcp/bin/lucanto-mcp.js' },
  darwin: { node: '/usr/local/bin/node', script: '/usr/local/lib/node_modules/lucanto-mcp/bin/lucanto-mcp.js' },
  win32: {
    node: 'C:\\Program Files\\nodejs\\node.exe',
    script: 'C:\\Users\\Anna Müller\\AppData\\Roaming\\npm\\node_modules\\lucanto-mcp\\bin\\lucanto-mcp.js',
  },
};

interface Run {
  readonly program: string;
  readonly args: readonly string[];
}

export interface FixtureHome {
  readonly place: Computer;
  /** What was run. */
  readonly runs: readonly Run[];
  disk(path: string): string;
  write(path: string, content: string | Buffer): void;
  exists(path: string): boolean;
  remove(): void;
}

export interface HomeOptions {
  readonly env?: Environment;
  readonly node?: string;
  readonly script?: string;
  /** What running a program does. */
  readonly run?: (program: string, args: readonly string[]) => Awaited<ReturnType<Computer['run']>>;
}

export function fixtureHome(platform: Platform, options: HomeOptions = {}): FixtureHome {
  const root = mkdtempSync(join(tmpdir(), `lucanto-setup-${platform}-`));
  const disk = (path: string) => join(root, path.replace(/^([A-Z]):/, '$1').replaceAll('\\', '/'));
  const machine = MACHINES[platform];
  const env = options.env ?? {};
  const runs: Run[] = [];
  const place: Computer = {
    machine,
    env,
    ...PROGRAMS[platform],
    ...(options.node !== undefined && { node: options.node }),
    ...(options.script !== undefined && { script: options.script }),
    onDisk: disk,
    which: (command) => findOnPath(command, machine, env, disk),
    run: async (program, args) => {
      runs.push({ program, args });
      return options.run?.(program, args) ?? { code: 0, lastLine: '' };
    },
  };
  return {
    place,
    runs,
    disk,
    write: (path, content) => {
      mkdirSync(dirname(disk(path)), { recursive: true });
      writeFileSync(disk(path), content, { mode: 0o644 });
    },
    exists: (path) => existsSync(disk(path)),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

const NOW = Date.parse('2026-11-22T09:00:00Z');

export interface ConnectOptions {
  readonly flags?: Readonly<Record<string, unknown>>;
  readonly secrets?: readonly string[];
}

/** One file of a client, as the command connects it. */
export async function connectIn(
  home: FixtureHome,
  client: Client,
  file: string,
  { flags = {}, secrets = [] }: ConnectOptions = {},
): Promise<FileResult> {
  const inspected = await inspectFile(client, home.place, 'lucanto', file);
  if (inspected.state === 'broken') return broken(inspected.problem);
  const settings = resolveSettings(flags, {}, home.place.machine);
  const launch = launchOf(home.place);
  return connectFile(client, home.place, inspected, launch, persistedOptions(settings), secrets, NOW);
}

export async function disconnectIn(home: FixtureHome, client: Client, file: string): Promise<FileResult> {
  const inspected = await inspectFile(client, home.place, 'lucanto', file);
  return inspected.state === 'broken' ? broken(inspected.problem) : disconnectFile(client, home.place, inspected, NOW);
}

export function inspectIn(home: FixtureHome, client: Client, file: string): Promise<InspectedFile> {
  return inspectFile(client, home.place, 'lucanto', file);
}

function broken(problem: string): FileResult {
  return { outcome: 'failed', problem, backup: null, command: null, notes: [] };
}
