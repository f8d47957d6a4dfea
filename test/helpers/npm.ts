/** npm as a child process, run by the Node under test, with a cache of its own and no network. */
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runToEnd } from './child.ts';
import { NODE } from './run.ts';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const WINDOWS = process.platform === 'win32';

export interface NpmOptions {
  readonly cwd: string;
  /** Holds npm's cache and configuration. */
  readonly home: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Resolves with stdout. @throws where npm does not end with 0 */
export async function npm(args: readonly string[], { cwd, home, env = {} }: NpmOptions): Promise<string> {
  const inherited = WINDOWS ? { SystemRoot: process.env.SystemRoot, ComSpec: process.env.ComSpec } : {};
  const own = {
    ...inherited,
    HOME: home,
    USERPROFILE: home,
    APPDATA: home,
    PATH: `${dirname(NODE)}${delimiter}${process.env.PATH ?? ''}`,
    npm_config_cache: join(home, 'npm-cache'),
    npm_config_offline: 'true',
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    npm_config_update_notifier: 'false',
    npm_config_loglevel: 'error',
  };
  // npm is a .cmd file on Windows, which only a shell starts.
  const { code, stdout, stderr } = await runToEnd('npm', args, { cwd, env: { ...own, ...env }, shell: WINDOWS });
  if (code !== 0) throw new Error(`npm ${args.join(' ')} ended with ${code}: ${stderr}`);
  return stdout;
}
