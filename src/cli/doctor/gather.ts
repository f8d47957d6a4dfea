/** What doctor looks at on this machine: the settings in force, the token, the apps, and a bridge that only looks. */
import { resolveCredential } from '../../auth/credential.ts';
import type { Bridge } from '../../bridge.ts';
import { SETTINGS } from '../../config/settings.ts';
import { appFiles, installedApps } from '../../doctor/apps/app-file.ts';
import type { DoctorContext, Runtime } from '../../doctor/context.ts';
import { secretsOf } from '../../doctor/redaction.ts';
import { entryName } from '../../setup/carried.ts';
import { thisComputer } from '../../setup/this-computer.ts';
import type { CommandContext } from '../command.ts';
import { servicePort } from './service-port.ts';

export async function gather(context: CommandContext, bridge: Bridge, runtime: Runtime): Promise<DoctorContext> {
  const { settings, env, running, log, clock } = context;
  const place = thisComputer(settings.machine, env, running);
  const services = [settings.url, SETTINGS.url.fallback(settings.machine, {})];
  const apps = await appFiles(place, entryName(settings), (origin) => services.includes(origin));
  for (const secret of secretsOf(apps)) log.secrets.conceal(secret);
  return {
    settings,
    origin: bridge.origin,
    place,
    runtime,
    log,
    clock,
    credential: settings.demo
      ? { credential: bridge.credential, problem: bridge.problem, warnings: [] }
      : resolveCredential(settings, env),
    service: servicePort(bridge, context),
    apps,
    installed: installedApps(place),
  };
}
