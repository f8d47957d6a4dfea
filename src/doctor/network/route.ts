/** The way to the service, step by step, as the HTTP client takes it; no request and no token ever goes along here. */
import { connect, type Socket } from 'node:net';
import { createSecureContext, type SecureContext } from 'node:tls';
import { networkFailure } from '../../http/network-error.ts';
import { systemCertificates, trustAdvice } from '../../http/transport/certificates.ts';
import { type HttpProxy, proxyFor } from '../../http/transport/proxy.ts';
import { openTunnel } from '../../http/transport/tunnel.ts';
import { type Finding, failedWith } from '../check.ts';
import type { DoctorContext } from '../context.ts';

export interface Route {
  readonly origin: string;
  readonly url: URL;
  /** Of the service, without the brackets of IPv6. */
  readonly host: string;
  readonly port: number;
  /** Null where the service is reached directly. */
  readonly proxy: HttpProxy | null;
}

/** @throws UsageError for a proxy that cannot be used */
export function routeOf({ origin, settings, place }: DoctorContext): Route {
  const url = new URL(origin);
  return {
    origin,
    url,
    host: bare(url.hostname),
    port: Number(url.port || (url.protocol === 'https:' ? 443 : 80)),
    // The embedded service is in this process.
    proxy: settings.demo ? null : proxyFor(origin, place.env),
  };
}

/** Who is connected to first: the proxy, or the service itself. */
export function firstPeer({ proxy, host, port }: Route): { readonly host: string; readonly port: number } {
  if (proxy === null) return { host, port };
  const { hostname, protocol, port: own } = proxy.url;
  return { host: bare(hostname), port: Number(own || (protocol === 'https:' ? 443 : 80)) };
}

/** A connection to the service, through the proxy where there is one. @throws what `failure` can explain */
export async function openSocket(route: Route, signal: AbortSignal): Promise<Socket> {
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

/** What went wrong on the way, in the words of every other command. */
export function failure(error: unknown, route: Route, { place, runtime }: DoctorContext): Finding {
  const way = {
    origin: route.origin,
    proxy: route.proxy,
    trustAdvice: () => trustAdvice(place.env, runtime.nodeVersion),
  };
  return failedWith(networkFailure(error, way).error);
}

/** For a proxy that is itself spoken to over TLS, as companies have them: what this computer trusts counts. */
function trustedFor({ url }: HttpProxy): SecureContext | null {
  const certificates = url.protocol === 'https:' ? systemCertificates() : null;
  return certificates === null ? null : createSecureContext({ ca: [...certificates] });
}

function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}
