/** A bridge over the embedded Lucanto whose tools are known. */
import type { Bridge } from '../../src/bridge/bridge.ts';
import { openBridge } from '../../src/bridge/open-bridge.ts';
import { resolveSettings } from '../../src/config/resolve.ts';
import { createLog, Secrets } from '../../src/core/log.ts';

export async function openedDemo(clock: () => number = Date.now): Promise<Bridge> {
  const machine = { platform: process.platform, home: '/nonexistent', cwd: '/nonexistent' };
  const settings = resolveSettings({ demo: true }, {}, machine);
  const bridge = await openBridge({
    settings,
    env: {},
    clock,
    log: createLog('error', () => undefined, new Secrets()),
  });
  await bridge.firstCatalogue(30_000);
  return bridge;
}
