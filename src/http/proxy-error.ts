/** What a proxy's refusal to make a connection means, and what helps. Nothing of the request has left by then. */
import type { Trouble } from './network-error.ts';
import type { HttpProxy } from './transport/proxy.ts';

/** @param status what the proxy answered to CONNECT. */
export function proxyRefusal(status: number, { url, variable }: HttpProxy): Trouble {
  const code = 'proxy_refused';
  if (status === 407) {
    const given = url.username !== '' || url.password !== '';
    return {
      kind: 'untrusted',
      code,
      why: given ? 'it did not accept the user name and password (407)' : 'it wants a user name and password (407)',
      hint: `Set ${variable} to http://<user>:<password>@${url.host}, with special characters percent-encoded.`,
    };
  }
  if (status >= 500) {
    const hint = 'Try again; if it stays so, ask whoever runs the proxy whether it reaches the service.';
    return { kind: 'never_sent', code, why: `it could not make the connection (${status})`, hint };
  }
  const hint = `Ask whoever runs the proxy to allow it, or name the service in NO_PROXY if it is reached without ${variable}.`;
  return { kind: 'untrusted', code, why: `it refused the connection (${status})`, hint };
}
