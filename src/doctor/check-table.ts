import { appChecks } from './apps/app-checks.ts';
import { appsCheck } from './apps/app-files.ts';
import type { Check, DoctorContext } from './check.ts';
import { configDirCheck, diskCheck, filesFolderCheck } from './checks/folders.ts';
import { installationCheck, nodeCheck, versionsCheck } from './checks/installation.ts';
import { dnsCheck, proxyCheck, tcpCheck } from './checks/network.ts';
import {
  contractCheck,
  mcpCheck,
  restCheck,
  scopesCheck,
  tokenAcceptedCheck,
  tokenCheck,
  tokenFormCheck,
  tokenOriginCheck,
  workspacesCheck,
} from './checks/service-access.ts';
import { cachesCheck, openWritesCheck, profileCheck } from './checks/stored-files.ts';
import { clockCheck, tlsCheck } from './checks/tls.ts';

/** Every check, in the order in which they are told. A further one is a file of its own and a line here. */
const CHECKS: readonly Check[] = [
  nodeCheck,
  installationCheck,
  versionsCheck,
  diskCheck,
  configDirCheck,
  profileCheck,
  cachesCheck,
  openWritesCheck,
  filesFolderCheck,
  tokenCheck,
  tokenFormCheck,
  tokenOriginCheck,
  proxyCheck,
  dnsCheck,
  tcpCheck,
  tlsCheck,
  clockCheck,
  contractCheck,
  tokenAcceptedCheck,
  restCheck,
  mcpCheck,
  scopesCheck,
  workspacesCheck,
  appsCheck,
];

/** Those above, and some for every entry of ours in a file of an app. */
export function checksFor(context: DoctorContext): readonly Check[] {
  return [...CHECKS, ...appChecks(context.apps)];
}
