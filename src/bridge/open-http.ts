import type { Environment } from '../config/paths.ts';
import { VERSION } from '../core/command-name.ts';
import type { Log } from '../core/log.ts';
import { lazy } from '../core/single-flight.ts';
import { isPrivate } from '../http/private-address.ts';
import type { HttpPort } from '../http/request.ts';

/** The one place that opens HTTP. The library is loaded with the first request. */

/** For requests without the API key: file stores that the service points to, asked like any web server. */
const CONCURRENCY_ELSEWHERE = 2;

export function openHttp({
  env,
  log,
  origin,
  token,
  embedded,
  concurrency,
  publicOnly = false,
}: {
  readonly env: Environment;
  readonly log: Log;
  readonly origin: string;
  readonly token: string | null;
  /** The embedded Lucanto is in this process: no proxy stands before it. */
  readonly embedded: boolean;
  /** No address of this computer or its network is contacted. */
  readonly publicOnly?: boolean;
  readonly concurrency: number;
}): HttpPort {
  const client = lazy(async () => {
    const [{ HttpClient }, { systemClock }, { Transport }] = await Promise.all([
      import('../http/http-client.ts'),
      import('../core/deadline.ts'),
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

/** @param service the service's origin @returns the port of another origin, the same one for each */
export function httpElsewhere(env: Environment, log: Log, service: string): (origin: string) => HttpPort {
  // A service on this network may keep its files there too.
  const publicOnly = !isPrivate(new URL(service).hostname);
  const ports = new Map<string, HttpPort>();
  return (origin) => {
    const known = ports.get(origin);
    if (known !== undefined) return known;
    const port = openHttp({
      env,
      log,
      origin,
      token: null,
      embedded: false,
      publicOnly,
      concurrency: CONCURRENCY_ELSEWHERE,
    });
    ports.set(origin, port);
    return port;
  };
}
