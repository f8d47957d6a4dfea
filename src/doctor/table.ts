/** Every check, in the order in which they are told. A further one is a file of its own and a line here. */
import { appChecks } from './apps/checks.ts';
import { appsCheck } from './apps/overview.ts';
import type { Check } from './check.ts';
import { cachesCheck } from './checks/caches.ts';
import { configDirCheck } from './checks/config-dir.ts';
import { contractCheck } from './checks/contract.ts';
import { diskCheck } from './checks/disk.ts';
import { filesFolderCheck } from './checks/files-folder.ts';
import { installationCheck } from './checks/installation.ts';
import { nodeCheck } from './checks/node.ts';
import { openWritesCheck } from './checks/open-writes.ts';
import { profileCheck } from './checks/profile.ts';
import { mcpCheck, restCheck, tokenAcceptedCheck } from './checks/service.ts';
import { tokenCheck, tokenFormCheck, tokenOriginCheck } from './checks/token.ts';
import { scopesCheck, workspacesCheck } from './checks/token-reach.ts';
import { versionsCheck } from './checks/versions.ts';
import type { DoctorContext } from './context.ts';
import { clockCheck } from './network/clock.ts';
import { dnsCheck } from './network/dns.ts';
import { proxyCheck } from './network/proxy.ts';
import { tcpCheck } from './network/tcp.ts';
import { tlsCheck } from './network/tls.ts';

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
