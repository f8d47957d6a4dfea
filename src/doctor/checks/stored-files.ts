import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandLine } from '../../auth/credential.ts';
import { profilePath, profilesDir, readProfile } from '../../auth/profile.ts';
import { history } from '../../writes/write-history.ts';
import { type Check, type DoctorContext, failedWith, ok, skip, warn } from '../check.ts';
import { deleteFile } from './folders.ts';

/** What the service said last, as it is on disk. A damaged file costs a refresh, never more. */
export const cachesCheck: Check = {
  id: 'caches',
  title: 'Caches',
  needs: ['config-dir'],
  run: ({ settings, place }) => {
    const files = jsonFiles(join(settings.configDir, 'cache'));
    if (files.length === 0) return skip('nothing was remembered yet');
    const broken = files.find((path) => !isJson(path));
    if (broken === undefined) return ok(`${files.length} files, all readable`);
    return warn(`${broken} cannot be parsed and is ignored`, deleteFile(broken, place.machine));
  },
};

function jsonFiles(folder: string): readonly string[] {
  try {
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    return names.filter((name) => name.endsWith('.json')).map((name) => join(folder, name));
  } catch {
    return [];
  }
}

function isJson(path: string): boolean {
  try {
    JSON.parse(readFileSync(path, 'utf8'));
    return true;
  } catch {
    return false;
  }
}

/** The stored credentials: can they be read, this profile's and the others'. */
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

export const openWritesCheck: Check = {
  id: 'open-writes',
  title: 'Open writes',
  needs: ['config-dir'],
  run: async ({ settings, clock, log }) => {
    if (settings.demo) return skip('the demo forgets everything when it ends');
    const all = await history({ folder: join(settings.configDir, 'writes'), clock, log });
    const open = all.filter(({ resolve }) => resolve !== null);
    const [first] = open;
    if (first === undefined) return ok(all.length === 0 ? 'nothing was written yet' : `none of ${all.length} writes`);
    const which = `${first.tool} of ${first.time.slice(0, 16).replace('T', ' ')} UTC`;
    return warn(
      open.length === 1
        ? `the outcome of ${which} is not settled`
        : `${open.length} are not settled, the latest ${which}`,
      `Run \`${commandLine('history --open', settings)}\`, which says for each what to do.`,
    );
  },
};
