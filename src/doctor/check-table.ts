import { appChecks } from './apps/app-checks.ts';
import { appsCheck } from './apps/app-files.ts';
import { type Check, type DoctorContext, skip } from './check.ts';
import { API_KEY_CHECKS } from './checks/api-key.ts';
import { FOLDER_CHECKS } from './checks/folders.ts';
import { INSTALLATION_CHECKS } from './checks/installation.ts';
import { NETWORK_CHECKS } from './checks/network.ts';
import { ACCESS_CHECKS, SERVICE_CHECKS } from './checks/service-access.ts';
import { STORED_FILE_CHECKS } from './checks/stored-files.ts';
import { TLS_CHECKS } from './checks/tls.ts';

/** Checks under the title that people see them below. */
export interface CheckGroup {
  readonly title: string;
  readonly checks: readonly Check[];
}

/** Every check, in the order in which they are reported; some for every entry of ours in a file of an app. */
export function checkGroups({ apps, credential }: DoctorContext): readonly CheckGroup[] {
  const isUntrusted = credential.problem?.code === 'profile_untrusted';
  const network = [...NETWORK_CHECKS, ...TLS_CHECKS].map((check) => (isUntrusted ? unknownService(check) : check));
  return [
    { title: 'This computer', checks: [...INSTALLATION_CHECKS, ...FOLDER_CHECKS, ...STORED_FILE_CHECKS] },
    { title: 'Your key', checks: [...API_KEY_CHECKS, ...ACCESS_CHECKS] },
    { title: 'Lucanto', checks: [...network, ...SERVICE_CHECKS] },
    { title: 'Your apps', checks: [appsCheck, ...appChecks(apps)] },
  ];
}

/** A profile that is not used does not say which service to reach, and its own finding has the fix. */
function unknownService(check: Check): Check {
  return { ...check, run: () => skip('the stored profile, which names the service, is not used') };
}
