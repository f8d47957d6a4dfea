/** Writes and removes profiles. Loaded lazily: conf brings a JSON Schema validator and signal handlers along. */
import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import Conf from 'conf';
import { fileErrorReason, keepPrivate } from '../config/paths.ts';
import { LocalError } from '../core/errors.ts';
import { type ProfileLocation, profileFileName, profilePath, profilesDir, readProfile } from './profile.ts';
import type { StoredProfile } from './profile-schema.ts';

const OWNER_ONLY_DIR = 0o700;
const OWNER_ONLY_FILE = 0o600;

/**
 * Replaces the profile as a whole, atomically. One file per profile, so that processes with different profiles
 * never meet, and the last of several logins into one profile wins entirely.
 * @returns the folders that were there and open to others, and are private now
 * @throws LocalError where the file there cannot be used (it is not overwritten) or nothing can be written
 */
export function writeProfile(location: ProfileLocation, profile: StoredProfile): readonly string[] {
  const existing = readProfile(location);
  if (existing.state === 'broken') throw existing.error;
  return attempt(location, 'stored in', () => {
    const folders = [location.configDir, profilesDir(location)];
    for (const folder of folders) mkdirSync(folder, { recursive: true, mode: OWNER_ONLY_DIR });
    const changed = keepPrivate(folders, location.machine);
    const store = new Conf<StoredProfile>({
      cwd: profilesDir(location),
      configName: profileFileName(location.profile),
      configFileMode: OWNER_ONLY_FILE,
      clearInvalidConfig: false,
      accessPropertiesByDotNotation: false,
    });
    store.store = profile;
    // Inside an Ubuntu snap conf writes in place, where a file keeps the mode that it had.
    chmodSync(profilePath(location), OWNER_ONLY_FILE);
    return changed;
  });
}

/** @throws LocalError where it cannot be removed */
export function removeProfile(location: ProfileLocation): void {
  attempt(location, 'removed from', () => rmSync(profilePath(location), { force: true }));
}

function attempt<T>(location: ProfileLocation, what: 'stored in' | 'removed from', action: () => T): T {
  try {
    return action();
  } catch (cause) {
    const path = profilePath(location);
    throw new LocalError('profile_unwritable', `The API key cannot be ${what} ${path} (${fileErrorReason(cause)}).`, {
      hint: 'Make the folder writable for this user, or choose another one with --config-dir <dir>.',
      cause,
    });
  }
}
