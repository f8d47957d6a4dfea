import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import Conf from 'conf';
import { LocalError } from '../core/errors.ts';
import {
  errorCode,
  type ProfileLocation,
  profileFileName,
  profilePath,
  profilesDir,
  readProfile,
  type StoredProfile,
} from './profile.ts';

/** Writes and removes profiles. Import this lazily: conf brings a JSON Schema validator and signal handlers along. */
const OWNER_ONLY_DIR = 0o700;
const OWNER_ONLY_FILE = 0o600;

/**
 * Replaces the profile as a whole, atomically. One file per profile, so that processes with different profiles
 * never meet, and the last of several logins into one profile wins entirely.
 * @throws LocalError where the file there cannot be parsed (it is not overwritten) or nothing can be written.
 */
export function writeProfile(location: ProfileLocation, profile: StoredProfile): void {
  const existing = readProfile(location);
  if (existing.state === 'broken') throw existing.error;
  attempt(location, () => {
    secureDirectories(location);
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
  });
}

/** @returns whether there was one. @throws LocalError where it cannot be removed. */
export function removeProfile(location: ProfileLocation): boolean {
  const existed = readProfile(location).state !== 'none';
  attempt(location, () => rmSync(profilePath(location), { force: true }));
  return existed;
}

// chmod as well as mkdir's mode: the folders may have existed, and the umask has its say on new ones.
function secureDirectories(location: ProfileLocation): void {
  for (const directory of [location.configDir, profilesDir(location)]) {
    mkdirSync(directory, { recursive: true, mode: OWNER_ONLY_DIR });
    chmodSync(directory, OWNER_ONLY_DIR);
  }
}

function attempt(location: ProfileLocation, action: () => void): void {
  try {
    action();
  } catch (cause) {
    const path = profilePath(location);
    throw new LocalError(
      'profile_unwritable',
      `The credentials at ${path} cannot be written (${errorCode(cause) ?? 'unknown error'}).`,
      {
        hint: 'Make the folder writable for this user, or choose another one with --config-dir <dir>.',
        cause,
      },
    );
  }
}
