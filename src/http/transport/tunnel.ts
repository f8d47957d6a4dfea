/** The way through a proxy: CONNECT, for https and http alike, so that the proxy never sees a request of ours. */
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import type { HttpProxy } from './proxy.ts';

const CONNECT_TIMEOUT_MS = 10_000;

/** The tunnel did not come about: nothing of the request has left. */
export class ProxyError extends Error {
  override readonly name = 'ProxyError';
  /** What the proxy answered, or null where it was not reached; then `cause` tells why. */
  readonly status: number | null;

  constructor(status: number | null, cause?: unknown) {
    super('the proxy made no connection', { cause });
    this.status = status;
  }
}

/**
 * A socket that ends at the target, not yet encrypted.
 * @param target `host:port`. @param trusted for a proxy that is itself spoken to over TLS.
 * @throws ProxyError
 */
export function openTunnel(proxy: HttpProxy, target: string, trusted: SecureContext | null): Promise<Socket> {
  const { url } = proxy;
  return new Promise((resolve, reject) => {
    const secure = url.protocol === 'https:';
    const request = (secure ? httpsRequest : httpRequest)({
      method: 'CONNECT',
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port || (secure ? 443 : 80),
      path: target,
      headers: { Host: target, ...authorization(url) },
      // An agent would keep the socket for itself, and might have a proxy of its own.
      agent: false,
      ...(trusted === null ? {} : { secureContext: trusted }),
    });
    const timer = setTimeout(
      () => request.destroy(Object.assign(new Error('no answer in time'), { code: 'UND_ERR_CONNECT_TIMEOUT' })),
      CONNECT_TIMEOUT_MS,
    );
    request.once('connect', (response, socket, head) => {
      clearTimeout(timer);
      const status = response.statusCode ?? 0;
      if (status < 200 || status > 299) {
        socket.destroy();
        reject(new ProxyError(status));
        return;
      }
      if (head.length > 0) socket.unshift(head);
      resolve(socket);
    });
    request.once('error', (error) => {
      clearTimeout(timer);
      reject(new ProxyError(null, error));
    });
    request.end();
  });
}

function authorization({ username, password }: URL): Readonly<Record<string, string>> {
  if (username === '' && password === '') return {};
  const credentials = Buffer.from(`${decoded(username)}:${decoded(password)}`).toString('base64');
  return { 'Proxy-Authorization': `Basic ${credentials}` };
}

/** A password may hold a percent sign that encodes nothing. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
