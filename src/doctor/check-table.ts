import { appChecks } from './apps/app-checks.ts';
import { appsCheck } from './apps/app-files.ts';
import type { Check, DoctorContext } from './check.ts';
import { API_KEY_CHECKS } from './checks/api-key.ts';
import { FOLDER_CHECKS } from './checks/folders.ts';
import { INSTALLATION_CHECKS } from './checks/installation.ts';
import { NETWORK_CHECKS } from './checks/network.ts';
import { SERVICE_CHECKS } from './checks/service-access.ts';
import { STORED_FILE_CHECKS } from './checks/stored-files.ts';
import { TLS_CHECKS } from './checks/tls.ts';

/** Every check, in the order in which they are reported; some for every entry of ours in a file of an app. */
export function checksFor({ apps }: DoctorContext): readonly Check[] {
  return [
    ...INSTALLATION_CHECKS,
    ...FOLDER_CHECKS,
    ...STORED_FILE_CHECKS,
    ...API_KEY_CHECKS,
    ...NETWORK_CHECKS,
    ...TLS_CHECKS,
    ...SERVICE_CHECKS,
    appsCheck,
    ...appChecks(apps),
  ];
}
