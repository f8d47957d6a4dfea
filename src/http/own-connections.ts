import { createSecureContext, type SecureContext } from 'node:tls';
import { Agent, buildConnector, fetch } from 'undici';
import { publicLookup } from './private-address.ts';
import { type HttpProxy, openTunnel } from './proxy.ts';

/**
 * Connections that Node's own fetch cannot make: through a proxy, with certificates of our own choice, used once, to
 * public addresses only, or in a pool that can be left behind. This is the one place that loads undici.
 * @param certificates PEM, in place of what Node trusts by itself. @param reuse whether a connection may serve another request later
 * @returns `send`: the same as `fetch`; the request's own signal is ignored. `close`: no request begins any more
 */
export function ownConnections({
  proxy,
  certificates,
  reuse,
  publicOnly,
}: {
  readonly proxy: HttpProxy | null;
  readonly certificates: readonly string[] | null;
  readonly reuse: boolean;
  readonly publicOnly: boolean;
}): { send(request: Request, signal: AbortSignal): Promise<Response>; close(): Promise<void> } {
  const trusted = certificates === null ? null : createSecureContext({ ca: [...certificates] });
  const connect = connector(proxy, trusted, publicOnly);
  // Without pipelining undici closes each connection after its answer.
  const agent = new Agent(reuse ? { connect } : { connect, pipelining: 0 });
  const send = async (request: Request, signal: AbortSignal) => {
    const body = request.body === null ? null : new Uint8Array(await request.arrayBuffer());
    // undici accepts no Request but its own.
    const response = await fetch(request.url, {
      method: request.method,
      headers: [...request.headers],
      body,
      redirect: request.redirect,
      signal,
      dispatcher: agent,
    });
    return new Response(response.body, {
      status: response.status,
      statusText: response.statusText,
      headers: [...response.headers],
    });
  };
  return { send, close: () => agent.close() };
}

function connector(
  proxy: HttpProxy | null,
  trusted: SecureContext | null,
  publicOnly: boolean,
): buildConnector.connector {
  // Behind a proxy, the proxy looks names up.
  const lookup = publicOnly && proxy === null ? { lookup: publicLookup } : {};
  const connect = buildConnector({ ...lookup, ...(trusted !== null && { secureContext: trusted }) });
  if (proxy === null) return connect;
  return (options, callback) => {
    const port = options.port || (options.protocol === 'https:' ? '443' : '80');
    const host = options.hostname.includes(':') ? `[${options.hostname}]` : options.hostname;
    openTunnel(proxy, `${host}:${port}`, trusted).then(
      (socket) => {
        if (options.protocol === 'https:') connect({ ...options, httpSocket: socket }, callback);
        else callback(null, socket);
      },
      (error: unknown) => callback(error instanceof Error ? error : new Error(String(error)), null),
    );
  };
}
