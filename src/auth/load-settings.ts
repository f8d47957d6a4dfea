import { type Flags, type ResolvedSettings, resolveSettings } from '../config/resolve.ts';
import type { Environment, Machine } from '../config/setting.ts';
import { readProfile } from './read-profile.ts';

/**
 * Settings with what the profile stored. In two passes, since the first one says which profile, and where it is.
 * A profile that cannot be read stores nothing; whoever needs its token will say why.
 */
export function loadSettings(flags: Flags, env: Environment, machine: Machine): ResolvedSettings {
  const located = resolveSettings(flags, env, {}, machine);
  const reading = readProfile(located);
  if (reading.state !== 'stored') return located;
  return resolveSettings(flags, env, { url: reading.profile.origin }, machine);
}
