import { appChecks } from './apps/app-checks.ts';
import { appsCheck } from './apps/app-files.ts';
import { type Check, type DoctorContext, skip } from './check.ts';
import { API_KEY_CHECKS } from './checks/api-key.ts';
import { FOLDER_CHECKS } from './checks/folders.ts';
import { INSTALLATION_CHECKS } from './checks/installation.ts';
import { NETWORK_CHECKS } from './checks/network.ts';
import { SERVICE_CHECKS } from './checks/service-access.ts';
import { STORED_FILE_CHECKS } from './checks/stored-files.ts';
import { TLS_CHECKS } from './checks/tls.ts';

/** Every check, in the order in which they are reported; some for every entry of ours in a file of an app. */
export function checksFor({ apps, credential }: DoctorContext): readonly Check[] {
  const isUntrusted = credential.problem?.code === 'profile_untrusted';
  return [
    ...INSTALLATION_CHECKS,
    ...FOLDER_CHECKS,
    ...STORED_FILE_CHECKS,
    ...API_KEY_CHECKS,
    ...[...NETWORK_CHECKS, ...TLS_CHECKS].map((check) => (isUntrusted ? unknownService(check) : check)),
    ...SERVICE_CHECKS,
    appsCheck,
    ...appChecks(apps),
  ];
}

/** A profile that is not used does not say which service to reach, and its own finding has the fix. */
function unknownService(check: Check): Check {
  return { ...check, run: () => skip('the stored profile, which names the service, is not used') };
}
