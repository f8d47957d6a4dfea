import { join } from 'node:path';
import { profilesDir, readProfile } from '../auth/profile.ts';
import { commandLine } from '../config/resolve.ts';
import { count } from '../core/text.ts';
import { jsonIn, namesIn } from '../setup/computer.ts';
import { history } from '../writes/write-history.ts';
import { type Check, type DoctorContext, failedWith, ok, skip, warn } from './check.ts';
import { deleteFile } from './folders.ts';

/** Our own files: the stored API keys, what the service last said, and the record of writes. */
export const profileCheck: Check = {
  id: 'profile',
  title: 'Saved account',
  needs: ['config-dir'],
  run: (context) => {
    const { settings, credential } = context;
    const reading = readProfile(settings);
    if (reading.state === 'broken') {
      // An API key that is given in another way does not need the file.
      const { message, hint } = reading.error;
      return credential.credential === null ? failedWith(reading.error) : warn(message, hint);
    }
    const [broken] = otherProfiles(context).flatMap((profile) => {
      const other = readProfile({ ...settings, profile });
      return other.state === 'broken' ? [other.error] : [];
    });
    if (broken !== undefined) return warn(broken.message, broken.hint);
    if (reading.state === 'none') return skip(`nothing is stored for the profile ${settings.profile}`);
    return ok(`profile ${settings.profile}`);
  },
};

function otherProfiles({ settings }: DoctorContext): readonly string[] {
  return namesIn(profilesDir(settings), true).flatMap((name) => {
    const profile = /^profile-([a-z0-9_-]+)[.]json$/.exec(name)?.[1];
    return profile === undefined || profile === settings.profile ? [] : [profile];
  });
}

/** A damaged file costs a refresh, never more. */
const cachesCheck: Check = {
  id: 'caches',
  title: 'Saved data',
  needs: ['config-dir'],
  run: ({ settings, computer }) => {
    const folder = join(settings.configDir, 'cache');
    const files = namesIn(folder, true).flatMap((name) => (name.endsWith('.json') ? [join(folder, name)] : []));
    if (files.length === 0) return skip('nothing is stored yet');
    const broken = files.find((path) => jsonIn(path) === undefined);
    if (broken === undefined) return ok(`${count(files.length, 'file')}, all readable`);
    return warn(`${broken} is damaged and is ignored.`, deleteFile(broken, computer.machine));
  },
};

const openWritesCheck: Check = {
  id: 'open-writes',
  title: 'Unfinished writes',
  needs: ['config-dir'],
  run: async ({ settings, clock, log }) => {
    if (settings.demo) return skip('the demo forgets everything when it ends');
    const all = await history({ folder: join(settings.configDir, 'writes'), clock, log });
    const open = all.filter(({ resolve }) => resolve !== null);
    const [first] = open;
    if (first === undefined)
      return ok(all.length === 0 ? 'nothing was written yet' : `none in ${count(all.length, 'write')}`);
    const which = `${first.tool} of ${first.time.slice(0, 16).replace('T', ' ')} UTC`;
    return warn(
      open.length === 1
        ? `It is not known whether ${which} was carried out.`
        : `It is not known whether ${open.length} writes were carried out; the latest is ${which}.`,
      `Run \`${commandLine('history --open', settings)}\`, which says for each what to do.`,
    );
  },
};

export const STORED_FILE_CHECKS: readonly Check[] = [profileCheck, cachesCheck, openWritesCheck];
