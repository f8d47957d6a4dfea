/** One other Lucanto and one home for all tests of a file; every test begins with fresh data and nothing recorded. */
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { type OtherLucanto, startOtherLucanto } from '../fixtures/other-lucanto/server.ts';
import { ODD_SHAPE } from '../fixtures/other-lucanto/shape.ts';
import type { BridgeOptions } from './mcp.ts';
import { type Home, run, temporaryHome } from './run.ts';

export interface OneOther {
  readonly other: OtherLucanto;
  readonly home: Home;
  bridge(env?: Readonly<Record<string, string>>): BridgeOptions;
  /** Learns the contract and the tools anew. */
  login(): Promise<void>;
}

export function useOneOther(): OneOther {
  let started: { readonly other: OtherLucanto; readonly home: Home } | undefined;
  const current = () => {
    if (started === undefined) throw new Error('Used outside a test');
    return started;
  };
  // The same records come again with every test, and none of them is a repetition.
  const bridge = (env: Readonly<Record<string, string>> = {}) => ({
    home: current().home,
    env: { LUCANTO_URL: current().other.url, LUCANTO_DUPLICATE_WINDOW: '0', ...env },
  });
  const login = async () => {
    const { exitCode, stderr } = await run(['login'], { ...bridge(), stdin: `${current().other.tokens.manage}\n` });
    if (exitCode !== 0) throw new Error(stderr);
    current().other.clear();
  };
  beforeAll(async () => {
    const other = await startOtherLucanto({ remote: { catalogue: 'wide' } });
    started = { other, home: await temporaryHome() };
    await login();
  });
  beforeEach(() => {
    current().other.set({ shape: ODD_SHAPE, workspaces: 1, remote: { state: 'served' } });
    current().other.clear();
  });
  afterAll(async () => {
    await started?.other.close();
    await started?.home.remove();
  });
  return {
    get other() {
      return current().other;
    },
    get home() {
      return current().home;
    },
    bridge,
    login,
  };
}
