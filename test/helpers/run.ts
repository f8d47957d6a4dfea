/** The built program as users run it: a process of its own, a home of its own, an environment with nothing extra. */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runToEnd } from './child.ts';

/** The Node that runs the bridge: another one for `npm run test:nodes`. */
export const NODE = process.env.LUCANTO_TEST_NODE ?? process.execPath;

export const BIN = fileURLToPath(new URL('../../bin/lucanto-mcp.js', import.meta.url));

/**
 * Without Node's optimizing compiler, which takes a quarter of the time of a process that lives for a second and gives
 * nothing back, and with little space for new objects: pages of memory that are used once take a tenth of that time.
 * The other Nodes run the program just as users do.
 */
export const NODE_FLAGS: readonly string[] =
  process.env.LUCANTO_TEST_NODE === undefined ? ['--no-opt', '--max-semi-space-size=1'] : [];

/** The same Node for a line of a shell. */
export const NODE_IN_SHELL = [`"${NODE}"`, ...NODE_FLAGS].join(' ');

/** What Node is given to run the program. */
export const PROGRAM: readonly string[] = [...NODE_FLAGS, BIN];

export interface Home {
  readonly dir: string;
  readonly configDir: string;
  /** The whole environment of a process that lives here; nothing of the test's own leaks in. */
  readonly env: Readonly<Record<string, string>>;
  remove(): Promise<void>;
}

/** @param like what another home's bridge has stored is stored here too, as at a later start */
export async function temporaryHome(like?: Home): Promise<Home> {
  const dir = await mkdtemp(join(tmpdir(), 'lucanto-home-'));
  const configDir = join(dir, 'config');
  if (like !== undefined) await cp(like.configDir, configDir, { recursive: true, preserveTimestamps: true });
  // Set by scripts/test-nodes.mjs.
  const { LUCANTO_NO_FRONT } = process.env;
  const env = {
    ...{ HOME: dir, PATH: `${dirname(NODE)}:/usr/bin:/bin`, LUCANTO_CONFIG_DIR: configDir },
    ...(LUCANTO_NO_FRONT !== undefined && { LUCANTO_NO_FRONT }),
  };
  return { dir, configDir, env, remove: () => rm(dir, { recursive: true, force: true }) };
}

export interface Finished {
  readonly stdout: string;
  readonly stderr: string;
  /** Null where a signal ended it. */
  readonly exitCode: number | null;
}

export interface RunOptions {
  readonly home: Home;
  readonly env?: Readonly<Record<string, string>>;
  /** Written and closed; without it stdin is empty. */
  readonly stdin?: string;
}

export async function run(args: readonly string[], options: RunOptions): Promise<Finished> {
  const { home, env, stdin } = options;
  const { code, ...said } = await runToEnd(
    NODE,
    [...PROGRAM, ...args],
    { cwd: home.dir, env: { ...home.env, ...env } },
    stdin,
  );
  return { ...said, exitCode: code };
}
