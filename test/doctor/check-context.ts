/** One check or another, on a computer of any platform, without a network. */
import { resolveSettings } from '../../src/config/resolve.ts';
import { createLog, Secrets } from '../../src/core/log.ts';
import type { CheckResult, DoctorContext } from '../../src/doctor/check.ts';
import { checkGroups } from '../../src/doctor/run-checks.ts';
import type { Computer } from '../../src/setup/computer.ts';
import { fixtureHome, type HomeOptions, type Platform } from '../setup/fixture-home.ts';

export function contextIn(computer: Computer, flags: Readonly<Record<string, unknown>> = {}): DoctorContext {
  const unused = () => {
    throw new Error('The service is not asked in this test.');
  };
  return {
    settings: resolveSettings(flags, computer.env, computer.machine),
    origin: 'https://app.lucanto.eu',
    computer,
    runtime: { nodeVersion: 'v22.3.0', arch: 'x64', userId: 1000 },
    log: createLog('error', () => undefined, new Secrets()),
    clock: Date.now,
    credential: { credential: null, problem: null, warnings: [] },
    service: { known: unused, ask: unused },
    apps: [],
    installed: [],
  };
}

/** What one check of the table finds. */
export async function found(id: string, context: DoctorContext): Promise<CheckResult> {
  const check = checkGroups(context)
    .flatMap(({ checks }) => checks)
    .find((one) => one.id === id);
  if (check === undefined) throw new Error(`There is no check ${id}.`);
  return check.run(context, { signal: new AbortController().signal, stateOf: () => undefined });
}

export function at(platform: Platform, options: HomeOptions = {}): Computer {
  const home = fixtureHome(platform, options);
  home.remove();
  return home.place;
}
