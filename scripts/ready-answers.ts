/** The answers of a first start, which the build puts beside the program: for the usual options, without a cache. */
import type { Credential } from '../src/auth/credential.ts';
import type { BridgeOptions } from '../src/bridge/open-service.ts';
import type { Machine } from '../src/config/paths.ts';
import { type Flags, resolveSettings } from '../src/config/resolve.ts';
import { createLog, Secrets } from '../src/core/log.ts';
import { bundledReadyFile } from '../src/front/rehearsal.ts';

/** Nothing of the computer that builds may get into an answer. */
const MACHINE: Machine = { platform: 'linux', home: '/nonexistent', cwd: '/nonexistent' };
const NEVER_SEEN: Omit<Credential, 'origin'> = {
  token: 'lct_pat_of_the_rehearsal',
  source: 'environment',
  kind: 'personal',
  where: 'LUCANTO_TOKEN',
};

/** @param machine another one gives the same answers */
export async function readyAnswers(machine: Machine = MACHINE, clock: () => number = Date.now): Promise<Buffer> {
  const log = createLog('error', () => undefined, new Secrets());
  const start = (flags: Flags, hasToken: boolean): BridgeOptions => {
    const settings = resolveSettings(flags, {}, machine);
    const credential = { ...NEVER_SEEN, origin: settings.url };
    return { settings, env: {}, log, clock, readOnlyInspection: true, ...(hasToken && { credential }) };
  };
  return bundledReadyFile([
    start({}, false),
    start({}, true),
    start({ readOnly: true }, false),
    start({ readOnly: true }, true),
    start({ demo: true }, true),
  ]);
}
