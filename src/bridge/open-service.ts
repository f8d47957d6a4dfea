import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Credential, resolveCredential } from '../auth/credential.ts';
import { profilePaths } from '../auth/profile.ts';
import { cachePaths, inMemory, onDisk, ServiceCache } from '../catalog/service-cache.ts';
import { cacheFolder, type Environment, keepPrivate } from '../config/paths.ts';
import type { ResolvedSettings } from '../config/resolve.ts';
import { VERSION } from '../core/command-name.ts';
import { lazy, systemClock } from '../core/deadline.ts';
import type { LucantoError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { HttpPort } from '../http/request.ts';
import { ledgerPaths } from '../writes/private-files.ts';

/** Where a bridge works and with which token: the real service, or the embedded one; and the way to it over HTTP. */

export interface BridgeOptions {
  readonly settings: ResolvedSettings;
  readonly env: Environment;
  readonly log: Log;
  readonly clock: () => number;
  /** A token that is not stored yet (`login`); otherwise it is found by the settings. */
  readonly credential?: Credential;
  /** For a look that is to change nothing on disk: neither modes nor what is remembered. */
  readonly readOnlyInspection?: true;
}

/** Where the bridge works and with which token; for `--demo`, an embedded service of its own. */
export interface Service {
  readonly origin: string;
  readonly credential: Credential | null;
  readonly problem: LucantoError | null;
  readonly cache: ServiceCache;
  readonly writesDir: string;
  readonly close: () => Promise<void>;
}

export async function openService(options: BridgeOptions): Promise<Service> {
  const { settings, log, clock } = options;
  const service = settings.demo ? await demoService(clock) : realService(options);
  if (service.credential !== null) log.secrets.conceal(service.credential.token);
  return service;
}

function realService({ settings, env, log, credential: given, readOnlyInspection }: BridgeOptions): Service {
  const tighten = (paths: readonly string[]) => {
    for (const path of readOnlyInspection === true ? [] : keepPrivate(paths, settings.machine)) {
      log.warn(`${path} could be read by other users of this computer; now only you can read it.`);
    }
  };
  tighten(profilePaths(settings));
  const { credential, problem, warnings } =
    given === undefined ? resolveCredential(settings, env) : { credential: given, problem: null, warnings: [] };
  for (const warning of warnings) log.warn(warning);
  const folder = cacheFolder(settings.configDir, settings.url, credential?.token ?? '');
  const writesDir = join(settings.configDir, 'writes');
  tighten([...cachePaths(folder), ...ledgerPaths(writesDir)]);
  const cache = new ServiceCache(onDisk(folder, log, settings.machine));
  return {
    origin: settings.url,
    credential,
    problem,
    cache: readOnlyInspection === true ? cache.unchanged() : cache,
    writesDir,
    close: async () => undefined,
  };
}

async function demoService(clock: () => number): Promise<Service> {
  const { startDemo } = await import('../demo/demo-server.ts');
  const demo = await startDemo({ port: 0, generation: 'workspaces', clock });
  // The demo forgets everything when it ends, and so does what was written in it.
  const writesDir = join(tmpdir(), `lucanto-mcp-demo-${randomBytes(8).toString('hex')}`);
  return {
    origin: demo.url,
    credential: {
      token: demo.tokens.manage,
      source: 'demo',
      origin: demo.url,
      kind: 'personal',
      where: 'the embedded Lucanto',
    },
    problem: null,
    cache: new ServiceCache(inMemory()),
    writesDir,
    close: async () => {
      await demo.close();
      await rm(writesDir, { recursive: true, force: true });
    },
  };
}

/** The one place that opens HTTP. The library is loaded with the first request. */
export function openHttp({
  env,
  log,
  origin,
  token,
  embedded,
  concurrency,
  publicOnly = false,
}: Pick<BridgeOptions, 'env' | 'log'> & {
  readonly origin: string;
  readonly token: string | null;
  /** The embedded Lucanto is in this process: no proxy stands before it. */
  readonly embedded: boolean;
  /** No address of this computer or its network is contacted. */
  readonly publicOnly?: boolean;
  readonly concurrency: number;
}): HttpPort {
  const client = lazy(async () => {
    const [{ HttpClient }, { Transport }] = await Promise.all([
      import('../http/http-client.ts'),
      import('../http/transport.ts'),
    ]);
    return new HttpClient({
      origin,
      token: () => token,
      version: VERSION,
      clock: systemClock,
      random: Math.random,
      log,
      transport: new Transport({ origin, env, embedded, publicOnly, nodeVersion: process.version, log }),
      concurrency,
    });
  });
  return { origin, send: async (request, context) => (await client()).send(request, context) };
}
