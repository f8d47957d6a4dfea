/** The tokens that a command could come upon without asking for one, so that no output of it repeats them. */
import type { Environment } from '../config/setting.ts';
import { TOKEN_VARIABLE } from '../config/settings.ts';
import { statedVariable } from '../config/stated.ts';
import type { ProfileLocation } from './profile-file.ts';
import { readProfile } from './read-profile.ts';
import { examineToken } from './token.ts';

/** A token file is not read here: it may be a pipe, which gives its token once. */
export function knownTokens(location: ProfileLocation, env: Environment): readonly string[] {
  const reading = readProfile(location);
  const stored = reading.state === 'stored' ? [reading.profile.token] : [];
  const stated = statedVariable(env, TOKEN_VARIABLE.variable);
  if (stated === null) return stored;
  // With what was pasted along, and without.
  const examined = examineToken(stated);
  return [...stored, stated.trim(), ...('token' in examined ? [examined.token] : [])];
}
