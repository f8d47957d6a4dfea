import { lookup } from 'node:dns/promises';
import { connect, isIP, type Socket } from 'node:net';
import { createSecureContext, type SecureContext } from 'node:tls';
import { openTunnel, ProxyError } from '../http/connections.ts';
import { networkFailure, trustAdvice } from '../http/network-error.ts';
import { type HttpProxy, ignoredProxy, proxyFor } from '../http/proxy.ts';
import { systemCertificates } from '../http/transport.ts';
import { type Check, type CheckResult, type DoctorContext, failedWith, ok } from './check.ts';

/** The connection to the service, step by step, as the HTTP client makes it; no request and no API key is sent here. */

/** @throws UsageError for a proxy that cannot be used */
export function routeOf({ origin, settings, computer }: DoctorContext) {
  const url = new URL(origin);
  return {
    origin,
    url,
    /** Of the service, without the brackets of IPv6. */
    host: bare(url.hostname),
    port: Number(url.port || (url.protocol === 'https:' ? 443 : 80)),
    // The embedded service is in this process.
    proxy: settings.demo ? null : proxyFor(origin, computer.env),
  };
}

/** What is connected to first: the proxy, or the service itself. */
function firstPeer({ proxy, host, port }: ReturnType<typeof routeOf>): {
  readonly host: string;
  readonly port: number;
} {
  if (proxy === null) return { host, port };
  const { hostname, protocol, port: own } = proxy.url;
  return { host: bare(hostname), port: Number(own || (protocol === 'https:' ? 443 : 80)) };
}

/** A connection to the service, through the proxy where there is one. @throws what `failure` can explain */
export async function openSocket(route: ReturnType<typeof routeOf>, signal: AbortSignal): Promise<Socket> {
  const { proxy, host, port, url } = route;
  if (proxy !== null) return openTunnel(proxy, `${url.hostname}:${port}`, trustedFor(proxy));
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, signal });
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
    socket.once('error', reject);
  });
}

/** What went wrong, described as by every other command. */
export function failure(
  error: unknown,
  route: ReturnType<typeof routeOf>,
  { computer, runtime }: DoctorContext,
): CheckResult {
  const connection = {
    origin: route.origin,
    proxy: route.proxy,
    trustAdvice: () => trustAdvice(computer.env, runtime.nodeVersion),
  };
  return failedWith(networkFailure(error, connection).error);
}

/** For a proxy that is itself reached over TLS: what this computer trusts counts. */
function trustedFor({ url }: HttpProxy): SecureContext | null {
  const certificates = url.protocol === 'https:' ? systemCertificates() : null;
  return certificates === null ? null : createSecureContext({ ca: [...certificates] });
}

function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}

/** The checks between this computer and the service: where one fails, the service cannot be asked. */
export const ONLINE: readonly string[] = ['proxy', 'dns', 'tcp', 'tls'];

export const NETWORK_CHECKS: readonly Check[] = [
  {
    id: 'proxy',
    title: 'Proxy',
    run: (context) => {
      const { proxy, origin } = routeOf(context);
      const ignored = context.settings.demo ? null : ignoredProxy(origin, context.computer.env);
      const none = ignored === null ? 'none' : `none; ${ignored.replace(/\.$/, '')}`;
      return ok(proxy === null ? none : `${proxy.host}, from ${proxy.variable}`);
    },
  },
  {
    id: 'dns',
    title: 'Address',
    needs: ['proxy'],
    run: async (context) => {
      const route = routeOf(context);
      const { host } = firstPeer(route);
      if (isIP(host) !== 0) return ok(`${host} is an address`);
      try {
        const found = await lookup(host, { all: true });
        const addresses = [...new Set(found.map(({ address }) => address))];
        const more = addresses.length > 2 ? ` and ${addresses.length - 2} more` : '';
        return ok(`${host} is ${addresses.slice(0, 2).join(', ')}${more}`);
      } catch (error) {
        return failure(route.proxy === null ? error : new ProxyError(null, error), route, context);
      }
    },
  },
  {
    id: 'tcp',
    title: 'Connection',
    needs: ['dns'],
    // A proxy has ten.
    seconds: 11,
    run: async (context, { signal }) => {
      const route = routeOf(context);
      try {
        const socket = await openSocket(route, signal);
        socket.destroy();
        const through = route.proxy === null ? '' : ` through ${route.proxy.host}`;
        return ok(`${route.host}, port ${route.port}${through}`);
      } catch (error) {
        return failure(error, route, context);
      }
    },
  },
];
