/** A fresh other Lucanto and a fresh home for every test of a file. */
import { afterEach, beforeEach } from 'vitest';
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
}

export function useOtherHome(): OtherHome {
  let started: { readonly other: OtherLucanto; readonly home: Home } | undefined;
  const current = () => {
    if (started === undefined) throw new Error('Used outside a test');
    return started;
  };
  beforeEach(async () => {
    started = { other: await startOtherLucanto(), home: await temporaryHome() };
  });
  afterEach(async () => {
    await started?.other.close();
    await started?.home.remove();
  });
  const bridge = (env: Readonly<Record<string, string>> = {}) => {
    const { other, home } = current();
    return { home, env: { LUCANTO_URL: other.url, ...env } };
  };
  return {
    get other() {
      return current().other;
    },
    get home() {
      return current().home;
    },
    bridge,
    login: async (token, env) => {
      const { exitCode, stdout, stderr } = await run(['login'], { ...bridge(env), stdin: `${token}\n` });
      if (exitCode !== 0) throw new Error(stderr);
      return stdout;
    },
  };
}
