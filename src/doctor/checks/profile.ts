/** The stored credentials: can they be read, this profile's and the others'. */
import { readdirSync } from 'node:fs';
import { profilePath, profilesDir } from '../../auth/profile-file.ts';
import { readProfile } from '../../auth/read-profile.ts';
import { type Check, failedWith, ok, skip, warn } from '../check.ts';
import type { DoctorContext } from '../context.ts';

export const profileCheck: Check = {
  id: 'profile',
  title: 'Stored profile',
  needs: ['config-dir'],
  run: (context) => {
    const { settings, credential } = context;
    const reading = readProfile(settings);
    if (reading.state === 'broken') {
      // Whoever gives a token in another way does not need the file.
      const { message, hint } = reading.error;
      return credential.credential === null ? failedWith(reading.error) : warn(message, hint);
    }
    const broken = otherProfiles(context).flatMap((profile) => {
      const other = readProfile({ ...settings, profile });
      return other.state === 'broken' ? [other.error] : [];
    });
    if (broken[0] !== undefined) return warn(broken[0].message, broken[0].hint);
    if (reading.state === 'none') return skip(`nothing is stored for the profile ${settings.profile}`);
    return ok(`${settings.profile}, in ${profilePath(settings)}`);
  },
};

function otherProfiles({ settings }: DoctorContext): readonly string[] {
  try {
    return readdirSync(profilesDir(settings)).flatMap((name) => {
      const profile = /^profile-([a-z0-9_-]+)[.]json$/.exec(name)?.[1];
      return profile === undefined || profile === settings.profile ? [] : [profile];
    });
  } catch {
    return [];
  }
}
