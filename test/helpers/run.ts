/** The built program as users run it: a process of its own, a home of its own, an environment with nothing extra. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The Node that runs the bridge: another one for `npm run test:nodes`. */
export const NODE = process.env.LUCANTO_TEST_NODE ?? process.execPath;

export const BIN = fileURLToPath(new URL('../../bin/lucanto-mcp.js', import.meta.url));

export interface Home {
  readonly dir: string;
  readonly configDir: string;
  /** The whole environment of a process that lives here; nothing of the test's own leaks in. */
  readonly env: Readonly<Record<string, string>>;
  remove(): Promise<void>;
}

export async function temporaryHome(): Promise<Home> {
  const dir = await mkdtemp(join(tmpdir(), 'lucanto-home-'));
  const configDir = join(dir, 'config');
  const env = { HOME: dir, PATH: `${dirname(NODE)}:/usr/bin:/bin`, LUCANTO_CONFIG_DIR: configDir };
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

export function run(args: readonly string[], options: RunOptions): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(NODE, [BIN, ...args], {
      cwd: options.home.dir,
      env: { ...options.home.env, ...options.env },
      stdio: 'pipe',
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.once('error', reject);
    child.once('close', (exitCode) => resolve({ stdout, stderr, exitCode }));
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.stdin ?? '');
  });
}
