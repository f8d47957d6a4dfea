/** Another Lucanto, as new for every test of a file, and a fresh home for each. */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach } from 'vitest';
import { type OtherLucanto, startOtherLucanto } from '../fixtures/other-lucanto/server.ts';
import type { BridgeOptions } from './mcp.ts';
import { type Home, run, temporaryHome } from './run.ts';

export interface OtherHome {
  readonly other: OtherLucanto;
  readonly home: Home;
  /** Options of a bridge that lives here and talks to it. */
  bridge(env?: Readonly<Record<string, string>>): BridgeOptions;
  /** What `login` printed. @throws Error with its stderr where it failed */
  login(token: string, env?: Readonly<Record<string, string>>): Promise<string>;
  /**
   * As after `login` in a fresh home, for tests that begin there: what it stores for the same token and the same service
   * is taken from the first time. Leaves no requests behind.
   */
  loggedIn(token: string): Promise<void>;
}

export function useOtherHome(): OtherHome {
  let other: OtherLucanto | undefined;
  let home: Home | undefined;
  /** Folders with what `login` stored, by token and options of the service. */
  const stored = new Map<string, string>();
  const present = <T>(value: T | undefined): T => {
    if (value === undefined) throw new Error('Used outside a test');
    return value;
  };
  const forget = async () => {
    for (const folder of stored.values()) await rm(folder, { recursive: true, force: true });
    stored.clear();
  };
  beforeEach(async () => {
    // A test may have closed it.
    if (other?.isListening) other.reset();
    else {
      await forget();
      other = await startOtherLucanto();
    }
    home = await temporaryHome();
  });
  afterEach(() => home?.remove());
  afterAll(async () => {
    await other?.close();
    await forget();
  });
  const bridge = (env: Readonly<Record<string, string>> = {}) => ({
    home: present(home),
    env: { LUCANTO_URL: present(other).url, ...env },
  });
  const login = async (token: string, env: Readonly<Record<string, string>> = {}) => {
    const { exitCode, stdout, stderr } = await run(['login'], { ...bridge(env), stdin: `${token}\n` });
    if (exitCode !== 0) throw new Error(stderr);
    return stdout;
  };
  return {
    get other() {
      return present(other);
    },
    get home() {
      return present(home);
    },
    bridge,
    login,
    loggedIn: async (token) => {
      const key = JSON.stringify([token, present(other).options]);
      const { configDir } = present(home);
      const known = stored.get(key);
      if (known !== undefined) return cp(known, configDir, { recursive: true, preserveTimestamps: true });
      await login(token);
      present(other).clear();
      const folder = await mkdtemp(join(tmpdir(), 'lucanto-stored-'));
      await cp(configDir, folder, { recursive: true, preserveTimestamps: true });
      stored.set(key, folder);
    },
  };
}
