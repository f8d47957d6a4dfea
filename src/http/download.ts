import { BlockList, isIP } from 'node:net';
import { isLoopback, parseOrigin } from '../config/origin.ts';
import { ProtocolError } from '../core/errors.ts';
import type { ByteSink } from './answer-body.ts';
import type { HttpAnswer, HttpPort, SendContext } from './request.ts';
import { isRedirect, MAX_REDIRECTS } from './request-parts.ts';

/**
 * Files behind addresses that the service hands out. They may be on another origin (a file store), which never gets the
 * token, and they may redirect there.
 */
export interface DownloadDeps {
  /** The service, with the token. */
  readonly http: HttpPort;
  /** Another origin, without it. */
  readonly elsewhere: (origin: string) => HttpPort;
}

interface Wanted {
  /** Absolute, or from the service's root. */
  readonly address: string;
  /** What it is, for errors: `the PDF of invoice 12`. */
  readonly what: string;
  readonly accept: string;
  /** Asked once per attempt. */
  readonly bytes: () => ByteSink;
}

/** Returns the last answer, whatever its status. @throws LucantoError for an address that must not be asked */
export async function download(wanted: Wanted, deps: DownloadDeps, context: SendContext): Promise<HttpAnswer> {
  const service = deps.http.origin;
  let at = allowed(wanted.address, service, service, wanted.what);
  let own = true;
  for (let followed = 0; ; followed++) {
    // Whoever is asked elsewhere must not choose what is asked here with the token.
    own &&= at.origin === service;
    const port = own ? deps.http : deps.elsewhere(at.origin);
    const answer = await port.send(
      {
        method: 'GET',
        path: at.pathname,
        query: at.search.slice(1),
        headers: {},
        body: null,
        accept: wanted.accept,
        tokenOptional: true,
        redirects: 'returned',
        secretPath: true,
        bytes: wanted.bytes,
      },
      context,
    );
    const location = answer.headers.get('location');
    if (!isRedirect(answer.status) || location === null) return answer;
    if (followed >= MAX_REDIRECTS) {
      throw refused(`${wanted.what} is behind more than ${MAX_REDIRECTS} redirects in a row`);
    }
    at = allowed(location, at.href, service, wanted.what);
  }
}

/** @throws ProtocolError for anything but https, and for addresses of this computer and its network. */
function allowed(address: string, base: string, service: string, what: string): URL {
  const url = URL.canParse(address, base) ? new URL(address, base) : null;
  if (url === null || url.username !== '' || url.password !== '') {
    throw refused(`The service gave an address for ${what} that is none`);
  }
  if (url.origin === service) return url;
  const here = new URL(service).hostname;
  const isNearer = [isLoopback, isPrivate].some((near) => near(url.hostname) && !near(here));
  // Who answers for the service could else make this computer ask its router, or a cloud's metadata address.
  if ('problem' in parseOrigin(url.origin) || isNearer) {
    throw refused(`The service gave an address for ${what} at ${url.origin}, which is not asked`);
  }
  return url;
}

function refused(message: string): ProtocolError {
  return new ProtocolError('address_refused', `${message}.`, {
    hint: 'Open the document in the Lucanto app; if it stays so, report it to Lucanto.',
  });
}

const PRIVATE = new BlockList();
for (const [net, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const) {
  PRIVATE.addSubnet(net, prefix, 'ipv4');
}
PRIVATE.addAddress('::', 'ipv6');
PRIVATE.addAddress('::1', 'ipv6');
PRIVATE.addSubnet('fc00::', 7, 'ipv6');
PRIVATE.addSubnet('fe80::', 10, 'ipv6');

function isPrivate(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  const family = isIP(host);
  if (family === 0) return /^localhost$|\.(localhost|local|internal)$/.test(host);
  return PRIVATE.check(host, family === 6 ? 'ipv6' : 'ipv4');
}
