/** One check or another, on a computer of any platform, without a network. */
import { resolveSettings } from '../../src/config/resolve.ts';
import { createLog, Secrets } from '../../src/core/log.ts';
import type { Check, DoctorContext, Finding } from '../../src/doctor/check.ts';
import type { Computer } from '../../src/setup/computer.ts';
import { fixtureHome, type HomeOptions, type Platform } from '../setup/fixture-home.ts';

export function contextIn(place: Computer, flags: Readonly<Record<string, unknown>> = {}): DoctorContext {
  const unused = () => {
    throw new Error('not asked in this test');
  };
  return {
    settings: resolveSettings(flags, place.env, {}, place.machine),
    origin: 'https://app.lucanto.eu',
    place,
    runtime: { nodeVersion: 'v22.3.0', arch: 'x64', userId: 1000 },
    log: createLog('error', () => undefined, new Secrets()),
    clock: Date.now,
    credential: { credential: null, problem: null, warnings: [] },
    service: { known: unused, ask: unused },
    apps: [],
    installed: [],
  };
}

export async function found(check: Check, context: DoctorContext): Promise<Finding> {
  return check.run(context, { signal: new AbortController().signal, stateOf: () => undefined });
}

export function at(platform: Platform, options: HomeOptions = {}): Computer {
  const home = fixtureHome(platform, options);
  home.remove();
  return home.place;
}
